//! The command line of `expensed`: its words, and what each one runs. What is printed for a person goes to standard
//! error, data to standard output. Nothing here knows how a command does its work.

pub mod admin;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Faults, Sources};
use crate::log::{self, Place};
use crate::run::{self, Failure};

/// How a command ended; the numbers are those of sysexits(3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    BadData = 65,
    Unreachable = 69,
    TryLater = 75,
    Refused = 77,
    Configuration = 78,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The API server of the expense tracker.
#[derive(Debug, Parser)]
#[command(name = "expensed", version, arg_required_else_help = true)]
pub struct Arguments {
    /// Read this file in place of the standard ones.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API until it is told to stop.
    Serve {
        /// The address and port, in place of `server.listen`. Port 0 takes a free one.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
    /// Bring the database's tables up to date, or look at them.
    #[command(subcommand)]
    Migrate(Migrate),
    /// Say all that is wrong with the configuration.
    CheckConfig,
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look at the database's tables.
    #[command(subcommand)]
    Schema(Schema),
    /// Look after the people who may sign in, on the host.
    #[command(subcommand)]
    Admin(admin::Admin),
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Migrate {
    /// Apply what is missing.
    Up,
    /// List what is applied and what is missing.
    Status,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Print what is in force, secrets left out.
    Print,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Schema {
    /// Print the tables as SQL and as a diagram, in Markdown.
    Print,
}

impl Arguments {
    /// Where the settings come from, this command line included.
    fn sources(&self) -> Sources {
        let mut sources = Sources::standard(self.config.as_deref());
        if let Command::Serve { listen: Some(listen) } = &self.command {
            sources
                .flags
                .push(("--listen".to_owned(), "server.listen".to_owned(), listen.clone()));
        }
        sources
    }

    /// Runs the command and says on standard error why it failed, if it did.
    pub fn run(&self) -> Exit {
        let ended = self
            .sources()
            .load()
            .map_err(Failure::from)
            .and_then(|config| self.run_with(config));
        match ended {
            Ok(()) => Exit::Ok,
            Err(failure) => {
                say(&failure.message);
                failure.exit
            }
        }
    }

    fn run_with(&self, config: Config) -> Result<(), Failure> {
        match &self.command {
            Command::CheckConfig => {
                run::check_files(&config)?;
                say("The configuration is right.");
                Ok(())
            }
            Command::Config(ConfigCommand::Print) => {
                let text = config
                    .to_toml()
                    .map_err(|error| Failure::failed(error.to_string()))?;
                print(&text)
            }
            Command::Serve { .. } => {
                let log = log::start(&config.log, &Place::Server)?;
                runtime()?.block_on(run::serve(config, log, self.sources()))
            }
            Command::Migrate(Migrate::Up) => print(&runtime()?.block_on(run::migrate_up(config))?),
            Command::Migrate(Migrate::Status) => print(&runtime()?.block_on(run::migrate_status(config))?),
            Command::Schema(Schema::Print) => print(&runtime()?.block_on(run::schema_print(config))?),
            Command::Admin(command) => runtime()?.block_on(run::admin::admin(config, command)),
        }
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::new(Exit::Configuration, faults.to_string())
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        built.map_err(|error| Failure::failed(format!("the threads could not be started: {error}")))?;
    run::outlive_size_limit(&runtime);
    Ok(runtime)
}

/// To a person. A closed standard error is no reason to fail.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Data. Whoever closes the pipe early has read enough.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| {
        if text.ends_with('\n') {
            Ok(())
        } else {
            out.write_all(b"\n")
        }
    });
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_listen_flag_wins_over_the_settings_and_is_checked_like_one() {
        let arguments = Arguments::try_parse_from(["expensed", "serve", "--listen", "0.0.0.0:80"]).unwrap();
        let flags = arguments.sources().flags;
        assert_eq!(
            flags,
            [(
                "--listen".to_owned(),
                "server.listen".to_owned(),
                "0.0.0.0:80".to_owned()
            )]
        );
        let faults = Sources {
            flags,
            ..Sources::default()
        }
        .load()
        .unwrap_err();
        assert!(
            faults.to_string().starts_with("--listen: server.listen: "),
            "{faults}"
        );
        assert_eq!(Failure::from(faults).exit, Exit::Configuration);
    }

    #[test]
    fn the_config_flag_may_stand_on_either_side() {
        for line in [
            ["expensed", "--config", "x.toml", "check-config"],
            ["expensed", "check-config", "--config", "x.toml"],
        ] {
            let arguments = Arguments::try_parse_from(line).unwrap();
            assert_eq!(arguments.config, Some(PathBuf::from("x.toml")));
        }
    }

    #[test]
    fn unknown_words_are_refused() {
        for line in [
            vec!["expensed"],
            vec!["expensed", "migrate"],
            vec!["expensed", "migrate", "down"],
            vec!["expensed", "serve", "now"],
        ] {
            assert!(Arguments::try_parse_from(&line).is_err(), "{line:?}");
        }
    }
}
