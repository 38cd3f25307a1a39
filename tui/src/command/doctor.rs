//! `expense doctor`: everything that can be wrong around the program, each on a line with what it is now.

use super::{Cli, Failure, output::Output, table::Table};
use crate::client::shown;
use crate::connect::{Connection, ServerKind, StartLocal};
use crate::outbox::Outbox;
use crate::settings::{Env, Settings, Zone};
use serde_json::{Value, json};
use std::path::Path;

/// Clocks further apart are worth a note.
const CLOCKS_APART_SECS: i64 = 60;

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Odd,
    Bad,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Odd => "note",
            Self::Bad => "BAD",
        }
    }
}

/// The findings so far.
#[derive(Default)]
struct Findings(Vec<(State, &'static str, String)>);

impl Findings {
    fn add(&mut self, state: State, name: &'static str, detail: impl Into<String>) {
        self.0.push((state, name, detail.into()));
    }

    fn print(&self, out: &mut Output) -> Result<(), Failure> {
        if out.is_json {
            let finding = |(state, name, detail): &(State, &str, String)| -> Value {
                json!({ "state": state.word().to_lowercase(), "name": name, "detail": detail })
            };
            let all: Vec<_> = self.0.iter().map(finding).collect();
            out.body(Value::from(all).to_string().as_bytes())?;
        } else {
            let mut table = Table::new("lll");
            for (state, name, detail) in &self.0 {
                table.row([state.word(), name, detail]);
            }
            table.print(out)?;
        }
        out.flush()
    }
}

pub(super) async fn run(cli: &Cli, local: Option<StartLocal>, out: &mut Output) -> Result<(), Failure> {
    let mut findings = Findings::default();
    findings.add(State::Good, "version", env!("CARGO_PKG_VERSION"));
    let outcome = match Settings::resolve(&cli.flags(), Env::of_process()) {
        Ok(settings) => {
            around(&settings, &mut findings);
            server(&settings, local, &mut findings).await
        }
        Err(error) => {
            findings.add(State::Bad, "settings", error.to_string());
            Err(error.into())
        }
    };
    findings.print(out)?;
    let is_bad = findings.0.iter().any(|(state, ..)| *state == State::Bad);
    match outcome {
        Ok(()) if is_bad => Err(Failure::Failed("Something is wrong; see BAD above".to_owned())),
        outcome => outcome,
    }
}

/// What needs no server.
fn around(settings: &Settings, findings: &mut Findings) {
    match settings.config_files.as_slice() {
        [] => findings.add(State::Good, "configuration", "no file; the defaults"),
        files => {
            let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
            findings.add(State::Good, "configuration", files.join(", "));
        }
    }
    let now = settings.zone().now();
    let zone = match (settings.zone(), settings.env.get("TZ")) {
        (Zone::Named(zone), _) => format!("app.timezone {zone}"),
        (Zone::Here, Some(zone)) => format!("TZ={zone}"),
        (Zone::Here, None) => "the system's zone".to_owned(),
    };
    findings.add(
        State::Good,
        "today",
        format!(
            "{} ({zone}, {})",
            settings.dates().day(settings.zone().today()),
            now.format("%H:%M %:z")
        ),
    );
    let locale = &settings.locale;
    let name = if locale.name.is_empty() {
        "none"
    } else {
        &locale.name
    };
    let currency = settings
        .new_book_currency()
        .map_or("EUR, as nothing names another".to_owned(), |c| c.to_string());
    findings.add(
        State::Good,
        "locale",
        format!("{name}; a new book counts in {currency}"),
    );
    let text = if locale.is_utf8 {
        "UTF-8"
    } else {
        "not UTF-8: ASCII is drawn"
    };
    findings.add(
        if locale.is_utf8 { State::Good } else { State::Odd },
        "characters",
        text,
    );
    terminal(settings, findings);
    for (name, place) in [("data", &settings.places.data), ("state", &settings.places.state)] {
        folder(name, place, findings);
    }
}

fn terminal(settings: &Settings, findings: &mut Findings) {
    let term = settings.env.get("TERM").unwrap_or("none");
    let size = crossterm::terminal::size().map_or("no size".to_owned(), |(columns, rows)| {
        format!("{columns}x{rows}")
    });
    let has = |name: &str, word: &str| {
        settings
            .env
            .get(name)
            .map(|_| format!(", {word}"))
            .unwrap_or_default()
    };
    let far = has("SSH_CONNECTION", "over SSH");
    let mono = has("NO_COLOR", "NO_COLOR");
    let state = if matches!(term, "none" | "dumb") {
        State::Odd
    } else {
        State::Good
    };
    findings.add(state, "terminal", format!("{term}, {size}{far}{mono}"));
}

fn folder(name: &'static str, place: &Path, findings: &mut Findings) {
    let shown = place.display();
    match std::fs::metadata(place) {
        Ok(meta) if meta.permissions().readonly() => {
            findings.add(State::Bad, name, format!("{shown} is read-only"));
        }
        Ok(meta) if !meta.is_dir() => findings.add(State::Bad, name, format!("{shown} is no folder")),
        Ok(_) => findings.add(State::Good, name, shown.to_string()),
        Err(_) => findings.add(State::Good, name, format!("{shown} (made when needed)")),
    }
}

async fn server(
    settings: &Settings,
    local: Option<StartLocal>,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let connection = match Connection::open(settings, local, settings.zone().today()).await {
        Ok(connection) => connection,
        Err(error) => {
            findings.add(State::Bad, "server", error.to_string());
            return Err(error.into());
        }
    };
    let address = shown(&connection.address);
    let own = if connection.token.is_some() {
        "of this run"
    } else {
        "none"
    };
    let origin = settings.token_origin.as_deref().unwrap_or(own);
    findings.add(
        State::Good,
        "server",
        format!("{address}, {}, token: {origin}", kind_words(connection.kind)),
    );
    let outcome = ask(&connection, findings).await;
    if let Ok((entries, drafts)) =
        Outbox::open(&connection.state, &connection.book).and_then(|outbox| outbox.counts())
    {
        let state = if entries == 0 { State::Good } else { State::Odd };
        findings.add(state, "outbox", format!("{entries} unsent, {drafts} drafts"));
    }
    connection.close().await;
    outcome
}

fn kind_words(kind: ServerKind) -> &'static str {
    match kind {
        ServerKind::Configured => "as configured",
        ServerKind::Local => "inside this process",
        ServerKind::Demo => "inside this process, over generated data",
    }
}

/// Whether both clocks agree; every instant in the book is the server's.
fn clock(server: Option<api::instant::Instant>, findings: &mut Findings) {
    let Some(server) = server else { return };
    let apart = (Zone::Here.now().to_utc() - server.utc()).num_seconds();
    let state = if apart.abs() <= CLOCKS_APART_SECS {
        State::Good
    } else {
        State::Odd
    };
    findings.add(state, "clock", format!("{apart} s from the server's"));
}

async fn ask(connection: &Connection, findings: &mut Findings) -> Result<(), Failure> {
    let api = &connection.api;
    let fail = |findings: &mut Findings, name, error: crate::client::ClientError| {
        findings.add(State::Bad, name, error.sentence());
        Err(Failure::from(error))
    };
    match api.livez().await {
        Ok(health) => {
            findings.add(
                State::Good,
                "answers",
                health.version.unwrap_or_else(|| "without a version".to_owned()),
            );
            clock(health.now, findings);
        }
        Err(error) => return fail(findings, "answers", error),
    }
    match api.readyz().await {
        Ok(_) => findings.add(State::Good, "database", "ready"),
        Err(error) => return fail(findings, "database", error),
    }
    match api.get_ledger().await {
        Ok(ledger) => {
            let detail = format!(
                "{}, {}, at change {}",
                ledger.name, ledger.base_currency, ledger.rev
            );
            findings.add(State::Good, "ledger", detail);
            Ok(())
        }
        Err(error) => fail(findings, "ledger", error),
    }
}
