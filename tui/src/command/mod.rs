//! The command line: what can be asked for without the full screen, each command in a file of its own. Data goes to
//! standard output, talk to standard error; `--json` prints the API's body as it came. No HTTP library here.

mod access;
mod add;
mod book;
mod change;
mod cli;
mod dictionary;
mod doctor;
mod failure;
mod filter;
mod find;
mod import;
mod interrupt;
mod list;
mod log;
mod login;
mod manual;
mod open;
mod outcome;
mod output;
mod progress;
mod push;
mod report;
mod reset_password;
mod table;
mod under_way;

pub use cli::{Cli, parse};
pub use failure::Failure;

use crate::client::{Api, Tap};
use crate::connect::{Connection, ServerKind, StartLocal};
use crate::dates::Dates;
use crate::settings::{Env, Settings, Zone};
use crate::terminal::Environment;
use crate::theme::Glyphs;
use api::date::Date;
use api::operation::Operation;
use api::problem::Code;
use cli::Command;
use interrupt::unless_interrupted;
use output::Output;
use std::sync::Arc;

/// What a command works with.
struct Context {
    api: Arc<dyn Api>,
    /// The same, for questions whose answers `--json` does not print.
    quiet: Arc<dyn Api>,
    tap: Arc<Tap>,
    /// The server is in this process, and ends with it.
    is_local: bool,
    /// What was under way in the book when the command began.
    under_way: Vec<Operation>,
    today: Date,
    /// What the clock shows to whoever asks.
    zone: Zone,
    dates: Dates,
    out: Output,
    /// Of a command that writes several times: what is done so far, as long as something is left to do.
    unfinished: Option<String>,
    /// How the write is tried again, or looked for, without doing it twice.
    again: Option<String>,
}

impl Context {
    fn new(api: Arc<dyn Api>, today: Date, dates: Dates, out: Output) -> Self {
        let tap = Arc::new(Tap::new(Arc::clone(&api)));
        Self {
            api: tap.clone(),
            quiet: api,
            tap,
            is_local: false,
            under_way: Vec::new(),
            today,
            zone: Zone::Named(chrono_tz::Tz::UTC),
            dates,
            out,
            unfinished: None,
            again: None,
        }
    }

    /// With `--json`, prints the last answer as it came; true where that was it.
    fn json(&mut self) -> Result<bool, Failure> {
        if !self.out.is_json {
            return Ok(false);
        }
        self.out.body(&self.tap.last_body())?;
        Ok(true)
    }
}

/// Carries out what the command line says. Gives the exit code.
pub async fn run(cli: Cli, local: Option<StartLocal>) -> u8 {
    let mut out = Output::of_process(cli.is_json, cli.is_plain);
    let outcome = match &cli.command {
        Some(Command::Completions { shell }) => manual::completions(*shell, &mut out),
        Some(Command::Man { dir }) => manual::pages(dir.as_deref(), &mut out),
        Some(Command::Doctor) => doctor::run(&cli, local, &mut out).await,
        Some(Command::Login(login)) => login::login(login, &cli, &mut out).await,
        Some(Command::Logout) => login::logout(&cli, &mut out).await,
        Some(Command::ResetPassword(reset)) => reset_password::run(reset, &cli, &mut out).await,
        _ => connected(cli, local, out).await,
    };
    match outcome {
        Ok(()) | Err(Failure::Quiet) => 0,
        Err(failure) => {
            output::say_last(&format!("expense: {failure}"));
            failure.exit_code()
        }
    }
}

async fn connected(cli: Cli, local: Option<StartLocal>, mut out: Output) -> Result<(), Failure> {
    let settings = Settings::resolve(&cli.flags(), Env::of_process())?;
    out.is_ascii |= Environment::of(&settings.env).glyphs() == Glyphs::ASCII;
    let today = settings.zone().today();
    let is_full_screen = cli.command.is_none() && out.is_interactive && !cli.is_plain && !cli.is_json;
    if is_full_screen {
        return open::run(settings, local).await;
    }
    let connection = unless_interrupted(async {
        let connection = Connection::open(&settings, local, today).await?;
        Ok(connection)
    });
    let connection = connection.await?;
    let flags = cli.flags();
    let mut context = Context::new(Arc::clone(&connection.api), today, settings.dates(), out);
    context.zone = settings.zone();
    context.is_local = connection.kind != ServerKind::Configured;
    let is_write = cli.command.as_ref().is_some_and(Command::is_write);
    let done = unless_interrupted(async {
        context.under_way = under_way::before(&mut context).await;
        match cli.command {
            Some(Command::Push(push)) => push::run(push, flags, &mut context).await,
            Some(Command::Api) => access::run(&settings, &connection, &mut context).await,
            Some(command) => perform(command, &mut context).await,
            None => report::overview(&mut context).await,
        }
    });
    let done = done.await;
    if matches!(done, Err(Failure::Interrupted(_))) {
        under_way::left_behind(&mut context).await;
    }
    let flushed = context.out.flush();
    // A write that was refused for it has said so.
    if let Some(trouble) = connection.trouble.as_ref().filter(|_| !is_for_trouble(&done)) {
        let copies = &trouble.copies;
        output::say_last(&format!(
            "Opened to be read only: {} {}\n{copies}",
            trouble.what, trouble.advice
        ));
    }
    connection.close().await;
    outcome::settle(&mut context, is_write, done.and(flushed))
}

fn is_for_trouble(done: &Result<(), Failure>) -> bool {
    matches!(done, Err(Failure::Api(error)) if matches!(error.code(), Some(Code::ReadOnly | Code::Unavailable)))
}

async fn perform(command: Command, context: &mut Context) -> Result<(), Failure> {
    match command {
        Command::Add(add) => add::run(add, context).await,
        Command::List(list) => list::run(&list, context).await,
        Command::Edit(edit) => change::edit(&edit, context).await,
        Command::Delete { rows } => change::delete(&rows, context).await,
        Command::Restore { rows } => change::restore(&rows, context).await,
        Command::Undo(undo) => log::undo(&undo, context).await,
        Command::Log(log) => log::log(&log, context).await,
        Command::Report(report) => report::run(&report, context).await,
        Command::Categories(action) => dictionary::run(dictionary::Noun::Category, action, context).await,
        Command::Accounts(action) => dictionary::run(dictionary::Noun::Account, action, context).await,
        Command::Payees(action) => dictionary::run(dictionary::Noun::Payee, action, context).await,
        Command::Tags(action) => dictionary::run(dictionary::Noun::Tag, action, context).await,
        Command::Import(import) => import::run(import, context).await,
        Command::Invite(invite) => login::invite(invite, context).await,
        Command::Join(join) => login::join(join, context).await,
        // These were carried out without coming here.
        Command::Push(_)
        | Command::Api
        | Command::Doctor
        | Command::Login(_)
        | Command::Logout
        | Command::ResetPassword(_)
        | Command::Completions { .. }
        | Command::Man { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests;
