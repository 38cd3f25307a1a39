//! `expensed admin`: the words for looking after people on the host, and how a password gets in: typed without being
//! shown, or as one line on standard input. Never as an argument, where everybody on the machine could read it.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};

use api::auth::MAX_PASSWORD_BYTES;
use api::currency::Currency;
use api::secret::Secret;
use clap::Subcommand;
use rustix::termios::{self, LocalModes, OptionalActions, Termios};

use super::Exit;
use crate::run::Failure;

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Add somebody, with a first ledger. The password is asked for, or read from standard input.
    Create {
        /// The name to sign in with: 3 to 32 of a-z 0-9 . _ -
        name: String,
        /// What they are called where others see them. [default: the name]
        #[arg(long, value_name = "TEXT")]
        display_name: Option<String>,
        /// Let them look after other people's accounts.
        #[arg(long)]
        admin: bool,
        /// The currency of their first ledger.
        #[arg(long, value_name = "CODE", default_value = "EUR", value_parser = currency)]
        currency: Currency,
        /// What their first ledger is called.
        #[arg(long, value_name = "TEXT", default_value = "Personal")]
        ledger: String,
    },
    /// Print a code, good once and for 30 minutes, with which somebody chooses a new password.
    ResetCode {
        /// Whose.
        name: String,
    },
    /// Shut somebody out at once and end their sessions.
    Disable {
        /// Whom.
        name: String,
    },
    /// Let somebody in again.
    Enable {
        /// Whom.
        name: String,
    },
    /// List everybody.
    List {
        /// As the API has it.
        #[arg(long)]
        json: bool,
    },
}

fn currency(code: &str) -> Result<Currency, String> {
    Currency::parse(&code.to_uppercase())
        .ok_or_else(|| "there is no such currency; write its ISO 4217 code, such as EUR".to_owned())
}

/// The password: typed twice where there is a terminal, else one line.
pub fn read_password() -> Result<Secret, Failure> {
    let failed = |error: io::Error| Failure::failed(format!("the password cannot be read: {error}"));
    let password = if io::stdin().is_terminal() {
        let hidden = Hidden::new().map_err(failed)?;
        let password = ask(&hidden, "Password: ").map_err(failed)?;
        if ask(&hidden, "Again: ").map_err(failed)? != password {
            return Err(bad("The two passwords differ; nothing was done"));
        }
        password
    } else {
        read_line().map_err(failed)?
    };
    if password.is_empty() {
        return Err(bad(
            "There is no password: write it as one line to standard input, or type it at a terminal",
        ));
    }
    Ok(password.into())
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    // Longer than any password, so that a wrong file is noticed and not read whole.
    let most = MAX_PASSWORD_BYTES as u64 + 2;
    io::stdin().lock().take(most).read_line(&mut line)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden {
    before: Termios,
}

impl Hidden {
    fn new() -> io::Result<Self> {
        let before = termios::tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // What was typed before belongs to something else.
        termios::tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // There is nobody to tell.
        let _ = termios::tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Standard output is for data: the question goes to standard error.
fn ask(_: &Hidden, question: &str) -> io::Result<String> {
    let mut err = io::stderr().lock();
    write!(err, "{question}")?;
    err.flush()?;
    let line = read_line()?;
    // The line break that was typed was not shown either.
    writeln!(err)?;
    Ok(line)
}

fn bad(message: &str) -> Failure {
    Failure::new(Exit::BadData, message)
}
