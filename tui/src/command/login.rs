//! `expense login`, `logout`, `invite` and `join`. The password comes from the terminal without being shown, or from one line of
//! standard input; never from an argument.

use super::{Cli, Context, Failure, output::Output};
use crate::client::{Api, ClientError, HttpApi, Key, Token, shown};
use crate::doorkeeper;
use crate::settings::{Env, Settings};
use crate::terminal::hidden;
use api::auth::{Login as Credentials, PasswordConfirmation};
use api::member::{INVITE_DAYS, InviteCode, NewInvite, Role};
use api::problem::Code;
use clap::Args;
use std::io::{self, BufRead, IsTerminal};
use std::sync::Arc;

/// Sign in to a server; its token is kept for the next commands and the app
#[derive(Debug, Clone, Args)]
pub(super) struct Login {
    /// The name to sign in with; asked for where left out
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long = "password-stdin", requires = "name")]
    is_from_stdin: bool,
}

/// Make an invite to the ledger and print its code, which is shown this once
#[derive(Debug, Clone, Args)]
pub(super) struct Invite {
    /// What whoever accepts it may do
    #[arg(value_name = "ROLE", value_parser = ["owner", "editor", "viewer", "adder"])]
    role: String,
    /// Only somebody who signs in with this name can accept it
    #[arg(long = "for", value_name = "NAME")]
    user: Option<String>,
    /// Read the password from the first line of standard input, where it is asked for once more
    #[arg(long = "password-stdin")]
    is_from_stdin: bool,
}

/// Accept an invite to a ledger
#[derive(Debug, Clone, Args)]
pub(super) struct Join {
    /// The code, as it was handed over
    #[arg(value_name = "CODE")]
    code: String,
}

pub(super) async fn login(login: &Login, cli: &Cli, out: &mut Output) -> Result<(), Failure> {
    let mut settings = Settings::resolve(&cli.flags(), Env::of_process())?;
    let Some(server) = settings.server.clone() else {
        return Err(Failure::Usage(
            "Which server? Name it: expense login --server https://expense.example.org".to_owned(),
        ));
    };
    let name = if let Some(name) = &login.name {
        name.clone()
    } else {
        eprint!("Name: ");
        line_of_stdin()?
    };
    let password = if login.is_from_stdin {
        line_of_stdin()?
    } else if io::stdin().is_terminal() {
        hidden::ask(&format!("Password of {name} at {}: ", shown(&server)))?
    } else {
        return Err(Failure::Usage(
            "There is no terminal to ask for the password; --password-stdin reads it from standard input"
                .to_owned(),
        ));
    };
    let credentials = Credentials {
        name: name.trim().to_owned(),
        password: password.into(),
        client: Some("expense".to_owned()),
    };
    let signed_in = doorkeeper::sign_in(&settings, &server, &credentials).await;
    signed_in.map_err(refused)?;
    out.say(&format!("Signed in to {} as {}.", shown(&server), name.trim()));
    if let Err(error) = settings.remembered.keep_server(Some(&server)) {
        out.say(&format!(
            "The server could not be remembered ({error}); name it with --server or EXPENSE_SERVER."
        ));
    }
    if let Some(origin) = settings
        .token_origin
        .filter(|origin| origin.starts_with("EXPENSE_TOKEN"))
    {
        out.say(&format!("{origin} is set and is used before this sign-in."));
    }
    Ok(())
}

/// A wrong password is no reason to be told of tokens.
pub(super) fn refused(error: crate::client::ClientError) -> Failure {
    match error.problem() {
        Some(problem) if problem.status == 401 && !problem.detail.is_empty() => {
            Failure::Refused(problem.detail.clone())
        }
        _ => error.into(),
    }
}

pub(super) fn line_of_stdin() -> Result<String, Failure> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(Failure::Usage("Standard input ended before a line".to_owned()));
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) async fn logout(cli: &Cli, out: &mut Output) -> Result<(), Failure> {
    let mut settings = Settings::resolve(&cli.flags(), Env::of_process())?;
    let Some(server) = settings.server.clone() else {
        return Err(Failure::Usage(
            "The book of this machine needs no sign-in".to_owned(),
        ));
    };
    let Some(token) = settings.token.clone() else {
        return Err(Failure::Usage(format!(
            "You are not signed in to {}",
            shown(&server)
        )));
    };
    if is_this_machines(&settings, &token) {
        return Err(Failure::Usage(format!(
            "You are not signed in to {}: what lets you in is this machine's own token, which stays",
            shown(&server)
        )));
    }
    let api: Arc<dyn Api> = Arc::new(HttpApi::new(&server, "default", Some(&token), &settings.trust)?);
    let ended = api.logout(Key::new()).await;
    // A token that is not good any more is as good as ended, and one for a server that is away is not kept either.
    let dropped = settings.places.drop_token(&server);
    if settings.remembered.server.is_some()
        && let Err(error) = settings.remembered.keep_server(None)
    {
        out.say(&format!("The server could not be forgotten: {error}."));
    }
    let is_ended = |error: &ClientError| error.code() == Some(Code::Unauthenticated);
    if let Some(error) = ended.err().filter(|error| !is_ended(error)) {
        if dropped.is_ok() {
            out.say("The token is forgotten here.");
        }
        return Err(if error.is_not_done() {
            error.into()
        } else {
            let again = "Whether the session ended is not known; `:tokens` in the app shows and ends it.";
            Failure::Unsure(Box::new(error.into()), again.to_owned())
        });
    }
    out.say(&format!("Signed out of {}.", shown(&server)));
    match (dropped, settings.token_origin) {
        (Err(error), _) => out.say(&format!(
            "The file of the token could not be removed ({error}); the token is good for nothing any more."
        )),
        (Ok(false), Some(origin)) => {
            out.say(&format!("The token came from {origin}, where it still stands."));
        }
        _ => {}
    }
    Ok(())
}

/// Whoever may read the token that a server left on its machine is its owner there: there is no session to end, and
/// everything else on this machine would be shut out with it.
fn is_this_machines(settings: &Settings, token: &Token) -> bool {
    let left = std::fs::read_to_string(settings.places.server_token());
    left.is_ok_and(|left| Token::new(&left).as_ref() == Some(token))
}

pub(super) async fn invite(invite: Invite, context: &mut Context) -> Result<(), Failure> {
    // The values are clap's.
    let role = Role::from_word(&invite.role).unwrap_or(Role::Viewer);
    let new = NewInvite {
        role,
        user: invite.user,
        days: None,
    };
    let key = Key::new();
    let issued = match context.api.create_invite(&new, key).await {
        Err(error) if error.code() == Some(Code::ConfirmPassword) => {
            confirm(invite.is_from_stdin, context).await?;
            context.api.create_invite(&new, key).await?
        }
        issued => issued?,
    };
    if context.json()? {
        return Ok(());
    }
    context.out.line(&issued.code)?;
    context.out.say(&format!(
        "Whoever runs `expense join CODE` with it becomes {}; it is good once, for {INVITE_DAYS} days.",
        role.as_str()
    ));
    Ok(())
}

/// Gives the password once more, for what asks for it.
async fn confirm(is_from_stdin: bool, context: &Context) -> Result<(), Failure> {
    let password = if is_from_stdin {
        line_of_stdin()?
    } else if io::stdin().is_terminal() {
        hidden::ask("Your password, once more: ")?
    } else {
        return Err(Failure::Refused(
            "You signed in more than 10 minutes ago, and this asks for your password once more; there is no terminal to \
             ask at, --password-stdin reads it from standard input"
                .to_owned(),
        ));
    };
    let given = PasswordConfirmation {
        password: password.into(),
    };
    Ok(context.api.confirm_password(&given, Key::new()).await?)
}

pub(super) async fn join(join: Join, context: &mut Context) -> Result<(), Failure> {
    let joined = context
        .api
        .accept_invite(&InviteCode { code: join.code }, Key::new())
        .await?;
    if context.json()? {
        return Ok(());
    }
    let said = format!("You are {} in {} now.", joined.role.as_str(), joined.ledger_name);
    context.out.line(&said)?;
    context
        .out
        .say(&format!("expense --ledger {} opens it.", joined.ledger_id));
    Ok(())
}
