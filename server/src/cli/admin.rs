//! `expensed admin`: the words for looking after people on the host, and how a password gets in: typed without being
//! shown, or as one line on standard input. Never as an argument, where everybody on the machine could read it.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use api::auth::MAX_PASSWORD_BYTES;
use api::currency::Currency;
use api::secret::Secret;
use clap::Subcommand;

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
    let failed = |error: std::io::Error| Failure::failed(format!("the password cannot be read: {error}"));
    if std::io::stdin().is_terminal() {
        let password = rpassword::prompt_password("Password: ").map_err(failed)?;
        if rpassword::prompt_password("Again: ").map_err(failed)? != password {
            return Err(bad("The two passwords differ; nothing was done"));
        }
        return Ok(password.into());
    }
    let mut line = String::new();
    // Longer than any password, so that a wrong file is noticed and not read whole.
    let most = MAX_PASSWORD_BYTES as u64 + 2;
    std::io::stdin()
        .lock()
        .take(most)
        .read_line(&mut line)
        .map_err(failed)?;
    let password = line.strip_suffix('\n').unwrap_or(&line);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(bad(
            "Write the password as one line to standard input, or run this in a terminal",
        ));
    }
    Ok(password.into())
}

fn bad(message: &str) -> Failure {
    Failure {
        exit: Exit::BadData,
        message: message.to_owned(),
    }
}
