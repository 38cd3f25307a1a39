//! The command line as clap reads it, and the one liberty taken before: in `expense add -35 shoes --json` the text may
//! begin with a minus and options may stand anywhere.

use super::add::Add;
use super::change::Edit;
use super::dictionary::Dictionary;
use super::import::ImportArgs;
use super::list::List;
use super::log::{Log, Undo};
use super::login::{Invite, Join, Login};
use super::push::PushArgs;
use super::report::ReportArgs;
use super::reset_password::ResetPassword;
use crate::settings::Flags;
use clap::{Parser, Subcommand};
use clap_complete::Shell;
use std::ffi::OsString;
use std::path::PathBuf;

/// Expenses in the terminal: alone it opens the app; with a command it does one thing and prints it.
#[derive(Debug, Parser)]
#[command(
    name = "expense",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
#[command(
    after_help = "Exit codes: 0 done, 1 failed or done in part, 2 usage, 65 bad data, 69 server unreachable, \
                        74 the answer was lost: done or not, 75 try later, 77 refused, 78 configuration. With 2, 65, \
                        69, 77 and 78 nothing was written.\nThe token comes from `expense login`, EXPENSE_TOKEN, \
                        EXPENSE_TOKEN_FILE or --token-file, never from an argument itself."
)]
pub struct Cli {
    /// The server's address [env: `EXPENSE_SERVER`]; left out, one inside this process over a file of your own
    #[arg(long, global = true, value_name = "URL")]
    server: Option<String>,
    /// The ledger: its name, its id, or default [env: `EXPENSE_LEDGER`]
    #[arg(long, global = true, value_name = "LEDGER")]
    ledger: Option<String>,
    /// This configuration file instead of the usual ones
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A file with the token to use, instead of the one of the last `expense login`
    #[arg(long, global = true, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Two years of generated data in a temporary book
    #[arg(long, global = true)]
    demo: bool,
    /// Print the API's body as it came
    #[arg(long = "json", global = true)]
    pub(super) is_json: bool,
    /// Lines in ASCII instead of a full screen
    #[arg(long = "plain", global = true)]
    pub(super) is_plain: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Command {
    Add(Add),
    List(List),
    Edit(Edit),
    /// Delete expenses, all or none; they can be restored for 30 days
    Delete {
        /// Ids, or the ends of them as `expense list` prints them
        #[arg(value_name = "ID", required = true)]
        rows: Vec<String>,
    },
    /// Bring deleted expenses back
    Restore {
        /// Ids, or the ends of them as `expense list --deleted` prints them
        #[arg(value_name = "ID", required = true)]
        rows: Vec<String>,
    },
    Undo(Undo),
    Log(Log),
    Report(ReportArgs),
    /// List and change categories
    #[command(disable_help_subcommand = true)]
    Categories(Dictionary),
    /// List and change accounts
    #[command(disable_help_subcommand = true)]
    Accounts(Dictionary),
    /// List and change payees
    #[command(disable_help_subcommand = true)]
    Payees(Dictionary),
    /// List and change tags
    #[command(disable_help_subcommand = true)]
    Tags(Dictionary),
    Import(ImportArgs),
    Push(PushArgs),
    Login(Login),
    /// End the session on the server and forget its token
    Logout,
    ResetPassword(ResetPassword),
    Invite(Invite),
    Join(Join),
    /// Print the server's address, the token and a ready curl line
    Api,
    /// Check server, clock, locale, terminal, configuration and folders
    Doctor,
    /// Print a completion script for a shell
    Completions {
        shell: Shell,
    },
    /// Print the manual page, or write all pages into a folder
    Man {
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

impl Command {
    /// Whether it is asked to write to the books, so that doing nothing is no success.
    pub(super) fn is_write(&self) -> bool {
        match self {
            Self::Add(_)
            | Self::Edit(_)
            | Self::Delete { .. }
            | Self::Restore { .. }
            | Self::Undo(_)
            | Self::Push(_)
            | Self::Login(_)
            | Self::Logout
            | Self::ResetPassword(_)
            | Self::Invite(_)
            | Self::Join(_) => true,
            Self::Categories(action) | Self::Accounts(action) | Self::Payees(action) | Self::Tags(action) => {
                action.is_write()
            }
            Self::Import(import) => import.is_write(),
            Self::List(_)
            | Self::Log(_)
            | Self::Report(_)
            | Self::Api
            | Self::Doctor
            | Self::Completions { .. }
            | Self::Man { .. } => false,
        }
    }
}

impl Cli {
    pub(super) fn flags(&self) -> Flags {
        Flags {
            server: self.server.clone(),
            ledger: self.ledger.clone(),
            config: self.config.clone(),
            token_file: self.token_file.clone(),
            // From the book of this machine to the server that one signed in to last.
            is_fresh: matches!(self.command, Some(Command::Push(_))),
            is_demo: self.demo,
            is_plain: self.is_plain,
        }
    }
}

/// Reads the arguments. What is wrong, and what was asked for by `--help`, is printed; the code is then to be left with.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, u8> {
    read(arguments.into_iter().collect()).map_err(|error| {
        // Fails only where nobody reads it.
        drop(error.print());
        u8::try_from(error.exit_code()).unwrap_or(2)
    })
}

fn read(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(ordered(arguments))
}

/// Options that take the next argument with them.
const WITH_VALUE: [&str; 5] = ["--server", "--ledger", "--config", "--token-file", "--id"];

/// Puts the text of `add` behind its options, so that a minus can begin it.
fn ordered(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut rest = arguments.into_iter();
    let mut head: Vec<OsString> = rest.next().into_iter().collect();
    let mut is_add = false;
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy().into_owned();
        head.push(argument);
        if WITH_VALUE.contains(&text.as_str()) {
            head.extend(rest.next());
        } else if !text.starts_with('-') {
            is_add = text == "add";
            break;
        }
    }
    if !is_add {
        head.extend(rest);
        return head;
    }
    let mut words = Vec::new();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy().into_owned();
        if text == "--" {
            words.extend(rest.by_ref());
        } else if WITH_VALUE.contains(&text.as_str()) {
            head.push(argument);
            head.extend(rest.next());
        } else if text.starts_with("--") || text == "-h" {
            head.push(argument);
        } else {
            words.push(argument);
        }
    }
    if !words.is_empty() {
        head.push("--".into());
        head.extend(words);
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn read(line: &[&str]) -> Result<Cli, i32> {
        super::read(line.iter().map(OsString::from).collect()).map_err(|error| error.exit_code())
    }

    fn added(line: &[&str]) -> (String, bool) {
        let cli = read(line).unwrap();
        let Some(Command::Add(add)) = cli.command else {
            panic!("{line:?}")
        };
        (add.text.join(" "), cli.is_json)
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_entry_may_begin_with_a_minus_and_options_may_stand_anywhere() {
        assert_eq!(
            added(&["expense", "add", "-35", "shoes", "--json"]),
            ("-35 shoes".to_owned(), true)
        );
        assert_eq!(
            added(&["expense", "--json", "add", "-3*4 wine"]),
            ("-3*4 wine".to_owned(), true)
        );
        assert_eq!(
            added(&["expense", "--ledger", "add", "add", "12", "--server", "x", "y"]),
            ("12 y".to_owned(), false)
        );
        assert_eq!(
            added(&["expense", "add", "12", "--", "--json"]),
            ("12 --json".to_owned(), false)
        );
        assert_eq!(read(&["expense", "add"]).err(), Some(2));
        assert_eq!(read(&["expense", "add", "--jsno", "12"]).err(), Some(2));
    }

    #[test]
    fn wrong_usage_is_2_and_help_is_0() {
        assert_eq!(read(&["expense", "lits"]).err(), Some(2));
        assert_eq!(read(&["expense", "list", "--limit", "0"]).err(), Some(2));
        assert_eq!(read(&["expense", "list", "--month", "2026-13"]).err(), Some(2));
        assert_eq!(
            read(&["expense", "list", "--month", "2026-11", "--from", "y"]).err(),
            Some(2)
        );
        assert_eq!(read(&["expense", "report", "by-moon"]).err(), Some(2));
        assert_eq!(read(&["expense", "--token", "secret"]).err(), Some(2));
        assert_eq!(read(&["expense", "--help"]).err(), Some(0));
        assert!(read(&["expense", "list", "--from", "-3", "#food", ">20"]).is_ok());
    }
}
