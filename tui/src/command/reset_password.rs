//! `expense reset-password`: a new password with a code that an admin made. Code and password come from the terminal
//! without being shown, or from lines of standard input; never from an argument.

use super::login::{line_of_stdin, refused};
use super::{Cli, Failure, output::Output};
use crate::client::shown;
use crate::doorkeeper;
use crate::settings::{Env, Settings};
use crate::terminal::hidden;
use api::auth::PasswordReset;
use clap::Args;
use std::io::{self, IsTerminal};

/// Set a new password with a code from an admin; all sessions end, then `expense login` signs in
#[derive(Debug, Clone, Args)]
pub(super) struct ResetPassword {
    /// The name to sign in with; asked for where left out
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read the code from a line of standard input
    #[arg(long = "code-stdin", requires = "name")]
    is_code_from_stdin: bool,
    /// Read the new password from a line of standard input, after the code where that is read from it too
    #[arg(long = "password-stdin", requires = "name")]
    is_password_from_stdin: bool,
}

pub(super) async fn run(args: &ResetPassword, cli: &Cli, out: &mut Output) -> Result<(), Failure> {
    let settings = Settings::resolve(&cli.flags(), Env::of_process())?;
    let Some(server) = settings.server.clone() else {
        return Err(Failure::Usage(
            "Which server? Name it: expense reset-password --server https://expense.example.org".to_owned(),
        ));
    };
    let name = if let Some(name) = &args.name {
        name.clone()
    } else {
        eprint!("Name: ");
        line_of_stdin()?
    };
    let code = if args.is_code_from_stdin {
        line_of_stdin()?
    } else {
        ask("Code from the admin: ", "--code-stdin")?
    };
    let password = if args.is_password_from_stdin {
        line_of_stdin()?
    } else {
        let password = ask("New password: ", "--password-stdin")?;
        if ask("Once more: ", "--password-stdin")? != password {
            return Err(Failure::Data(
                "The two passwords differ; nothing was changed".to_owned(),
            ));
        }
        password
    };
    let reset = PasswordReset {
        name: name.trim().to_owned(),
        code: code.trim().into(),
        password: password.into(),
    };
    if let Err(error) = doorkeeper::reset_password(&settings, &server, &reset).await {
        return Err(if error.is_not_done() {
            refused(error)
        } else {
            let again = "Whether the password was set is not known; `expense login` with the new one tells.";
            Failure::Unsure(Box::new(error.into()), again.to_owned())
        });
    }
    out.say(&format!(
        "{} has a new password at {}; all sessions have ended. `expense login --server {} --name {}` signs in.",
        reset.name,
        shown(&server),
        shown(&server),
        reset.name
    ));
    Ok(())
}

fn ask(question: &str, flag: &str) -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        return Ok(hidden::ask(question)?);
    }
    Err(Failure::Usage(format!(
        "There is no terminal to ask at; {flag} reads it from standard input"
    )))
}
