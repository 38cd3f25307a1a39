//! From settings to a server that can be asked: the configured one, or one inside this process that whoever built the
//! program hands in as a function, so that this library never names the server.

use crate::client::{Api, ClientError, HttpApi, Key, Token, Trust, shown};
use crate::demo;
use crate::settings::{Settings, SettingsError, private_dir};
use api::currency::Currency;
use api::date::Date;
use api::ledger::LedgerPatch;
use futures_util::future::BoxFuture;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use url::Url;

/// How long the server inside this process may take to finish what it is doing.
const FAREWELL: Duration = Duration::from_secs(3);

/// What the server inside this process shall open.
#[derive(Debug, Clone)]
pub struct LocalBook {
    pub database: PathBuf,
    /// It must never write to the terminal.
    pub log_file: PathBuf,
    /// The configuration file that `--config` names.
    pub config: Option<PathBuf>,
    /// Goes when the program ends; what the user configured does not apply to it.
    pub is_temporary: bool,
    /// Whether it may be opened to be read alone, where it cannot be written.
    pub access: BookAccess,
}

/// What a book is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookAccess {
    /// To be written: a book that cannot be is not opened.
    Write,
    /// To be written where it can, else to be read.
    Read,
}

/// What is the matter with the book of this machine, in the sentences of whoever opened it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BookTrouble {
    /// Which file, and what is the matter with it.
    pub what: String,
    /// What to do.
    pub advice: String,
    /// Where its copies are.
    pub copies: String,
    /// The exit code of a command that fails over it.
    pub exit: u8,
    /// Whether it may be opened to be read all the same.
    pub may_be_readable: bool,
    /// It was opened to be read until it is opened anew, whatever becomes of the file.
    pub lasts: bool,
}

impl fmt::Display for BookTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}", self.what, self.advice, self.copies)
    }
}

/// A server inside this process.
pub struct Running {
    pub address: Url,
    pub token: Token,
    /// Names the book it opened, without any secret.
    pub book: String,
    /// What is the matter with it, where it can be read and not written.
    pub trouble: Option<BookTrouble>,
    /// Lets requests under way finish, then ends it.
    pub stop: Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>,
}

/// Why a server inside this process did not start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError {
    /// True where the configuration is at fault.
    pub is_configuration: bool,
    /// For people.
    pub message: String,
    /// What is the matter with the book, where that is why.
    pub trouble: Option<Box<BookTrouble>>,
}

impl StartError {
    /// The configuration is at fault.
    pub fn configuration(message: String) -> Self {
        Self {
            is_configuration: true,
            message,
            trouble: None,
        }
    }

    /// Something else is.
    pub fn failed(message: String) -> Self {
        Self {
            is_configuration: false,
            message,
            trouble: None,
        }
    }
}

impl From<StartError> for ConnectError {
    fn from(error: StartError) -> Self {
        match error.trouble {
            Some(trouble) => Self::Book(trouble),
            None if error.is_configuration => Self::Settings(SettingsError(error.message)),
            None => Self::Local(error.message),
        }
    }
}

/// Starts a server inside this process.
pub type StartLocal = fn(LocalBook) -> BoxFuture<'static, Result<Running, StartError>>;

/// Why there is no server to ask.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("{}", .0.sentence())]
    Client(#[from] ClientError),
    #[error("The server inside the app cannot start: {0}")]
    Local(String),
    #[error("{0}")]
    Book(Box<BookTrouble>),
}

/// Which server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// The one that is configured.
    Configured,
    /// Inside this process, over the user's own book.
    Local,
    /// Inside this process, over generated data that goes when it ends.
    Demo,
}

/// A server that can be asked, and what ends with it.
pub struct Connection {
    pub api: Arc<dyn Api>,
    pub http: HttpApi,
    pub kind: ServerKind,
    pub address: Url,
    pub token: Option<Token>,
    /// Names the book for as long as it exists, so that what waits for it is never sent to another one.
    pub book: String,
    /// Where drafts and unsent entries are kept.
    pub state: PathBuf,
    /// What is the matter with the book, where it can be read and not written.
    pub trouble: Option<BookTrouble>,
    stop: Option<Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>>,
    folder: Option<TempDir>,
}

impl Connection {
    /// Reaches for the server that the settings name. Asks it nothing yet, unless it is inside this process; a book of
    /// this machine that cannot be written is opened to be read.
    pub async fn open(
        settings: &Settings,
        start: Option<StartLocal>,
        today: Date,
    ) -> Result<Self, ConnectError> {
        Self::open_for(BookAccess::Read, settings, start, today).await
    }

    /// The same, for one of both.
    pub async fn open_for(
        access: BookAccess,
        settings: &Settings,
        start: Option<StartLocal>,
        today: Date,
    ) -> Result<Self, ConnectError> {
        match (&settings.server, start) {
            (Some(address), _) => {
                let http = HttpApi::new(
                    address,
                    &settings.ledger,
                    settings.token.as_ref(),
                    &settings.trust,
                )?;
                Ok(Self {
                    api: Arc::new(http.clone()),
                    http,
                    kind: ServerKind::Configured,
                    address: address.clone(),
                    token: settings.token.clone(),
                    book: format!("{} {}", shown(address), settings.ledger),
                    state: settings.places.state.clone(),
                    trouble: None,
                    stop: None,
                    folder: None,
                })
            }
            (None, Some(start)) if settings.is_demo => Self::demo(settings, start, today).await,
            (None, Some(start)) => Self::local(settings, start, access).await,
            (None, None) => {
                let why = "No server is configured - name one with --server, EXPENSE_SERVER or [app] server";
                Err(SettingsError(why.to_owned()).into())
            }
        }
    }

    async fn local(settings: &Settings, start: StartLocal, access: BookAccess) -> Result<Self, ConnectError> {
        // Where they cannot be made, whoever needs them says so, and what: the book, the outbox. The log does without.
        for folder in [&settings.places.data, &settings.places.state] {
            drop(private_dir(folder));
        }
        let book = LocalBook {
            database: settings.places.data.join("expense.db"),
            log_file: settings.places.log_file(),
            config: settings.config_flag.clone(),
            is_temporary: false,
            access,
        };
        let connection = Self::within(settings, start, book, ServerKind::Local, None).await?;
        let adopted = adopt_currency(
            connection.api.as_ref(),
            settings.new_book_currency().unwrap_or(Currency::EUR),
        );
        match adopted.await {
            // It has no rows: it takes the currency when it can be written.
            Err(error) if error.is_busy() => {}
            adopted => adopted?,
        }
        Ok(connection)
    }

    async fn demo(settings: &Settings, start: StartLocal, today: Date) -> Result<Self, ConnectError> {
        let folder = tempfile::Builder::new().prefix("expense-demo-").tempdir();
        let folder = folder.map_err(|error| ConnectError::Local(error.to_string()))?;
        let book = LocalBook {
            database: folder.path().join("demo.db"),
            log_file: folder.path().join("demo.log"),
            config: None,
            is_temporary: true,
            access: BookAccess::Write,
        };
        let connection = Self::within(settings, start, book, ServerKind::Demo, Some(folder)).await?;
        demo::fill(&connection.api, today).await?;
        Ok(connection)
    }

    async fn within(
        settings: &Settings,
        start: StartLocal,
        book: LocalBook,
        kind: ServerKind,
        folder: Option<TempDir>,
    ) -> Result<Self, ConnectError> {
        // A temporary book has one ledger; the user's own may have more.
        let ledger = if kind == ServerKind::Demo {
            "default"
        } else {
            &settings.ledger
        };
        let running = start(book).await?;
        let http = HttpApi::new(&running.address, ledger, Some(&running.token), &Trust::default())?;
        Ok(Self {
            api: Arc::new(http.clone()),
            http,
            kind,
            book: format!("{} {ledger}", running.book),
            address: running.address,
            token: Some(running.token),
            state: folder.as_ref().map_or_else(
                || settings.places.state.clone(),
                |folder| folder.path().join("state"),
            ),
            trouble: running.trouble,
            stop: Some(running.stop),
            folder,
        })
    }

    /// Ends what was started for it and removes what was temporary.
    pub async fn close(mut self) {
        if let Some(stop) = self.stop.take()
            && tokio::time::timeout(FAREWELL, stop()).await.is_err()
        {
            tracing::warn!("the server inside the app did not end in time");
        }
        // Removed by its drop; only now, because the server wrote there until here.
        drop(self.folder.take());
    }
}

/// Gives a book that nothing was ever written to the currency of the place; any other book keeps its own.
async fn adopt_currency(api: &dyn Api, currency: Currency) -> Result<(), ClientError> {
    let ledger = api.get_ledger().await?;
    if ledger.rev != 0 || ledger.base_currency == currency {
        return Ok(());
    }
    let patch = LedgerPatch {
        base_currency: Some(currency),
        ..LedgerPatch::default()
    };
    match api.update_ledger(ledger.version, &patch, Key::new()).await {
        // Another program was first, and it asked the same locale.
        Err(error) if error.code() == Some(api::problem::Code::StaleVersion) => Ok(()),
        outcome => outcome.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::FakeApi;
    use crate::settings::{Env, Flags};

    fn ledger(rev: i64) -> serde_json::Value {
        serde_json::json!({
            "id": api::id::LedgerId::new(), "name": "Personal", "base_currency": "EUR", "month_start_day": 1,
            "week_start": 1, "role": "owner", "rev": rev, "version": 1,
            "created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z",
        })
    }

    async fn adopted(rev: i64, currency: &str) -> Vec<&'static str> {
        let fake = FakeApi::new();
        fake.on("get_ledger", &ledger(rev));
        fake.on("update_ledger", &ledger(1));
        adopt_currency(&fake, Currency::parse(currency).unwrap())
            .await
            .unwrap();
        fake.operations()
    }

    #[tokio::test]
    async fn only_a_book_without_history_takes_the_currency_of_the_place() {
        assert_eq!(adopted(0, "INR").await, ["get_ledger", "update_ledger"]);
        assert_eq!(adopted(0, "EUR").await, ["get_ledger"]);
        assert_eq!(adopted(7, "INR").await, ["get_ledger"]);
    }

    #[tokio::test]
    async fn without_a_server_of_any_kind_the_settings_are_at_fault() {
        let home = tempfile::tempdir().unwrap();
        let env: Env = [("HOME".to_owned(), home.path().display().to_string())]
            .into_iter()
            .collect();
        let settings = Settings::resolve(&Flags::default(), env).unwrap();
        let error = Connection::open(&settings, None, Date::MIN).await.err().unwrap();
        assert!(matches!(error, ConnectError::Settings(_)), "{error}");
        assert!(error.to_string().contains("--server"));
    }
}
