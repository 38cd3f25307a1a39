//! Who opens other books: makes the connection, keeps the token and the choice, and puts together what the app is made
//! of over it. Connections that were opened stay until the app ends, since what is being written may still need them.

use crate::app::Poster;
use crate::client::{Api, Asked, ClientError, Finding, HttpApi, Key, SessionApi, Token, probe};
use crate::connect::{BookAccess, BookTrouble, ConnectError, Connection, ServerKind, StartLocal};
use crate::desk::Desk;
use crate::door::{Books, Door, SignedIn};
use crate::fx::Message;
use crate::live;
use crate::open;
use crate::open_ledger::OpenLedger;
use crate::outbox::Outbox;
use crate::settings::{Settings, address_of};
use crate::under_way;
use api::auth::{Login, PasswordConfirmation, PasswordReset};
use api::id::LedgerId;
use api::instant::Instant;
use futures_util::future::BoxFuture;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use url::Url;

/// What is open.
#[derive(Clone)]
struct Opened {
    settings: Settings,
    http: HttpApi,
    session: SessionApi,
    /// The server's part of the names of books.
    server: String,
    state: std::path::PathBuf,
    trouble: Option<BookTrouble>,
}

/// Opens books. Cheap to clone.
#[derive(Clone)]
pub struct Doorkeeper {
    inner: Arc<Inner>,
}

struct Inner {
    start: Option<StartLocal>,
    handle: Handle,
    opened: Mutex<Opened>,
    connections: Mutex<Vec<Connection>>,
    /// Where unsent entries go that their own folder cannot take; gone with the app.
    stand_in: Mutex<Option<TempDir>>,
    poster: OnceLock<Poster>,
    /// What follows the books that are open.
    feed: Mutex<Option<AbortHandle>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Doorkeeper {
    /// Over the first connection.
    pub fn new(
        settings: Settings,
        connection: Connection,
        start: Option<StartLocal>,
        handle: Handle,
    ) -> Self {
        let opened = opened(settings, &connection);
        Self::over(opened, vec![connection], start, handle)
    }

    /// Over nothing yet, because the book of this machine cannot be opened.
    pub fn without_book(
        settings: Settings,
        start: Option<StartLocal>,
        handle: Handle,
    ) -> Result<Self, ClientError> {
        // Nobody is asked there: the first screen asks for the book alone.
        let nowhere = address_of("127.0.0.1:9").map_err(|error| ClientError::Unsendable {
            reason: error.to_string(),
        })?;
        let http = HttpApi::new(&nowhere, &settings.ledger, None, &settings.trust)?;
        let opened = Opened {
            session: SessionApi::new(Arc::new(http.clone())),
            http,
            server: String::new(),
            state: settings.places.state.clone(),
            trouble: None,
            settings,
        };
        Ok(Self::over(opened, Vec::new(), start, handle))
    }

    fn over(opened: Opened, connections: Vec<Connection>, start: Option<StartLocal>, handle: Handle) -> Self {
        Self {
            inner: Arc::new(Inner {
                start,
                handle,
                opened: Mutex::new(opened),
                connections: Mutex::new(connections),
                stand_in: Mutex::new(None),
                poster: OnceLock::new(),
                feed: Mutex::new(None),
            }),
        }
    }

    /// The desk over the first connection, with the outbox that belongs to it.
    pub fn first_desk(&self) -> Result<Desk, String> {
        self.turn_to(self.opened())
    }

    /// The app runs: from now on it can be told something.
    pub fn begin(&self, poster: Poster) {
        if self.trouble().is_some() {
            poster.command(open::BOOK);
        }
        if let Some(lost) = self.loses_unsent() {
            poster.notify(Message::warning(lost));
        }
        // There is one app.
        drop(self.inner.poster.set(poster));
    }

    /// The outbox of what is opened: where its folder takes nothing, in one that goes with the app.
    fn outbox(&self, opened: &mut Opened, book: &str) -> Result<Outbox, String> {
        let error = match Outbox::open(&opened.state, book) {
            Ok(outbox) => return Ok(outbox),
            Err(error) => error,
        };
        tracing::error!(folder = %opened.state.display(), %error, "unsent entries cannot be kept there");
        let refused = |error: io::Error| format!("{} cannot be used: {error}.", opened.state.display());
        let mut stand_in = locked(&self.inner.stand_in);
        let folder = match &*stand_in {
            Some(folder) => folder.path().to_owned(),
            None => {
                let made = tempfile::Builder::new().prefix("expense-unsent-").tempdir();
                stand_in.insert(made.map_err(refused)?).path().to_owned()
            }
        };
        let outbox = Outbox::open(&folder, book).map_err(refused)?;
        opened.state = folder;
        Ok(outbox)
    }

    async fn of_access(self, access: BookAccess) -> Result<Desk, BookTrouble> {
        let settings = self.opened().settings;
        let today = settings.zone().today();
        let connection = Connection::open_for(access, &settings, self.inner.start, today).await;
        let failed = |what: String| BookTrouble {
            what,
            exit: 1,
            ..BookTrouble::default()
        };
        let connection = connection.map_err(|error| match error {
            ConnectError::Book(trouble) => *trouble,
            other => failed(other.to_string()),
        })?;
        self.turn_to_connection(settings, connection).map_err(failed)
    }

    /// The server inside the app, where that is what is open.
    pub fn local_api(&self) -> Option<Arc<dyn Api>> {
        let opened = self.opened();
        let is_local = self.is_open() && opened.settings.server.is_none();
        is_local.then(|| -> Arc<dyn Api> { Arc::new(opened.http) })
    }

    /// Whether anything was opened.
    pub fn is_open(&self) -> bool {
        !locked(&self.inner.connections).is_empty()
    }

    /// Ends every connection.
    pub async fn close(self) {
        if let Some(feed) = locked(&self.inner.feed).take() {
            feed.abort();
        }
        let connections = std::mem::take(&mut *locked(&self.inner.connections));
        for connection in connections {
            connection.close().await;
        }
    }

    fn opened(&self) -> Opened {
        locked(&self.inner.opened).clone()
    }

    fn desk(&self, opened: &Opened, outbox: Outbox) -> Desk {
        let api: Arc<dyn Api> = if opened.settings.server.is_some() {
            Arc::new(opened.session.clone())
        } else {
            Arc::new(opened.http.clone())
        };
        let mut desk = open::desk(api, outbox, &opened.settings);
        desk.door = Arc::new(self.clone());
        desk
    }

    /// Looks for the server while something waits, and asks for a sign-in where the token is refused.
    pub fn watch(&self, desk: &Desk) {
        let Some(poster) = self.inner.poster.get().cloned() else {
            return;
        };
        let opened = self.opened();
        let link = open::link(&opened.settings);
        let asking = poster.clone();
        opened.session.asks(move |what| {
            asking.command(match what {
                Asked::SignIn => open::SIGN_IN,
                Asked::Password => open::CONFIRM,
            });
        });
        let watch = desk.waiting.watch(Arc::clone(&desk.api), poster.clone(), link);
        drop(self.inner.handle.spawn(watch));
        let under_way = under_way::watch(Arc::clone(&desk.api), poster.clone());
        drop(self.inner.handle.spawn(under_way));
        let feed = live::follow(Arc::clone(&desk.api), poster);
        let feed = self.inner.handle.spawn(feed).abort_handle();
        if let Some(before) = locked(&self.inner.feed).replace(feed) {
            before.abort();
        }
    }

    /// Turns to other books: what is done from now on is done there.
    fn turn_to(&self, mut opened: Opened) -> Result<Desk, String> {
        let book = format!("{} {}", opened.server, opened.settings.ledger);
        let outbox = self.outbox(&mut opened, &book)?;
        let desk = self.desk(&opened, outbox);
        *locked(&self.inner.opened) = opened;
        Ok(desk)
    }

    fn turn_to_connection(&self, settings: Settings, connection: Connection) -> Result<Desk, String> {
        let opened = opened(settings, &connection);
        locked(&self.inner.connections).push(connection);
        self.turn_to(opened)
    }

    async fn sign_in_at(self, address: Option<Url>, login: Login) -> Result<SignedIn, ClientError> {
        let unusable = |why: String| ClientError::Unsendable { reason: why };
        let here = self.opened();
        let mut settings = match &address {
            Some(address) => {
                let toward = here.settings.toward(Some(address.clone()));
                toward.map_err(|error| unusable(error.to_string()))?
            }
            None => here.settings.clone(),
        };
        let Some(server) = settings.server.clone() else {
            return Err(unusable("the book of this machine needs no sign-in".to_owned()));
        };
        let token = sign_in(&settings, &server, &login).await?;
        settings.token = Some(token.clone());
        if address.is_none() {
            let renewed = here.http.with_token(&token, &settings.trust)?;
            let opened = Opened {
                settings,
                http: renewed.clone(),
                ..here
            };
            opened.session.renew(Arc::new(renewed));
            *locked(&self.inner.opened) = opened;
            return Ok(SignedIn::Here);
        }
        if let Err(error) = settings.remembered.keep_server(Some(&server)) {
            tracing::warn!(%error, "the server could not be remembered");
        }
        let today = settings.zone().today();
        let connection = Connection::open(&settings, None, today)
            .await
            .map_err(|error| unusable(error.to_string()))?;
        let desk = self.turn_to_connection(settings, connection).map_err(unusable)?;
        Ok(SignedIn::There(Box::new(desk)))
    }

    async fn of_this_machine(self) -> Result<Desk, String> {
        let here = self.opened();
        let mut settings = here.settings.toward(None).map_err(|error| error.to_string())?;
        if let Err(error) = settings.remembered.keep_server(None) {
            tracing::warn!(%error, "the choice could not be remembered");
        }
        // It goes on as long as the app: its log and its database are not opened twice.
        let known = locked(&self.inner.connections)
            .iter()
            .find(|connection| connection.kind == ServerKind::Local)
            .map(|connection| opened(settings.clone(), connection));
        if let Some(mut known) = known {
            known.http = known.http.in_ledger(&known.settings.ledger);
            return self.turn_to(known);
        }
        let today = settings.zone().today();
        let connection = Connection::open(&settings, self.inner.start, today)
            .await
            .map_err(|error| error.to_string())?;
        self.turn_to_connection(settings, connection)
    }
}

fn opened(settings: Settings, connection: &Connection) -> Opened {
    let server = connection.book.rsplit_once(' ').map_or("", |(server, _)| server);
    Opened {
        session: SessionApi::new(Arc::clone(&connection.api)),
        http: connection.http.clone(),
        server: server.to_owned(),
        state: connection.state.clone(),
        trouble: connection.trouble.clone(),
        settings,
    }
}

/// Begins a session and keeps its token on the disk.
pub async fn sign_in(settings: &Settings, server: &Url, login: &Login) -> Result<Token, ClientError> {
    let stranger: Arc<dyn Api> = Arc::new(HttpApi::new(server, "default", None, &settings.trust)?);
    let session = stranger.login(login, Key::new()).await?;
    let token = Token::new(session.token.expose()).ok_or_else(|| ClientError::Unreadable {
        operation: "login",
        reason: "its token is none".to_owned(),
        server_version: None,
    })?;
    if let Err(error) = settings.places.keep_token(server, &token) {
        // Nobody has the token: a session that was said not to begin is not left behind.
        let signed_in: Arc<dyn Api> =
            Arc::new(HttpApi::new(server, "default", Some(&token), &settings.trust)?);
        if let Err(error) = signed_in.logout(Key::new()).await {
            tracing::warn!(%error, "a session that nobody has the token of could not be ended");
        }
        return Err(ClientError::Unsendable {
            reason: format!("the token cannot be kept on the disk: {error}"),
        });
    }
    Ok(token)
}

/// Sets a new password with a code. Whoever needs one has no token to show.
pub async fn reset_password(
    settings: &Settings,
    server: &Url,
    reset: &PasswordReset,
) -> Result<(), ClientError> {
    let stranger: Arc<dyn Api> = Arc::new(HttpApi::new(server, "default", None, &settings.trust)?);
    stranger.reset_password(reset, Key::new()).await
}

impl Door for Doorkeeper {
    fn server(&self) -> Option<String> {
        self.opened().settings.server.as_ref().map(crate::client::shown)
    }

    fn open_ledger(&self, id: LedgerId) -> BoxFuture<'static, Result<Desk, String>> {
        let this = self.clone();
        Box::pin(async move {
            let mut opened = this.opened();
            let name = id.to_string();
            let server = opened.settings.server.clone();
            opened.http = opened.http.in_ledger(&name);
            opened.session = SessionApi::new(Arc::new(opened.http.clone()));
            if !opened.settings.is_demo
                && let Err(error) = opened.settings.remembered.keep_ledger(server.as_ref(), &name)
            {
                tracing::warn!(%error, "the ledger could not be remembered");
            }
            opened.settings.ledger = name;
            this.turn_to(opened)
        })
    }

    fn read_address(&self, text: &str) -> Result<Url, String> {
        address_of(text.trim()).map_err(|error| error.to_string())
    }

    fn reach(&self, address: &Url) -> BoxFuture<'static, Finding> {
        Box::pin(probe::reach(address.clone()))
    }

    fn greet(&self, address: &Url) -> BoxFuture<'static, Vec<Finding>> {
        let settings = self.opened().settings.toward(Some(address.clone()));
        let address = address.clone();
        Box::pin(async move {
            match settings {
                Ok(settings) => {
                    let now = Instant::new(settings.zone().now().to_utc());
                    probe::greet(address, settings.trust, now).await
                }
                Err(error) => vec![Finding::bad(error.to_string())],
            }
        })
    }

    fn sign_in(
        &self,
        address: Option<Url>,
        login: Login,
    ) -> BoxFuture<'static, Result<SignedIn, ClientError>> {
        Box::pin(self.clone().sign_in_at(address, login))
    }

    fn reset_password(
        &self,
        address: Option<Url>,
        reset: PasswordReset,
    ) -> BoxFuture<'static, Result<(), ClientError>> {
        let here = self.opened().settings;
        Box::pin(async move {
            let unusable = |reason: String| ClientError::Unsendable { reason };
            let settings = match address {
                Some(address) => here
                    .toward(Some(address))
                    .map_err(|error| unusable(error.to_string()))?,
                None => here,
            };
            let server = settings.server.clone();
            let server =
                server.ok_or_else(|| unusable("the book of this machine needs no sign-in".to_owned()))?;
            self::reset_password(&settings, &server, &reset).await
        })
    }

    fn decline(&self) {
        self.opened().session.decline();
    }

    fn confirm(&self, given: PasswordConfirmation) -> BoxFuture<'static, Result<(), ClientError>> {
        let session = self.opened().session;
        Box::pin(async move {
            let api: Arc<dyn Api> = Arc::new(session.clone());
            api.confirm_password(&given, Key::new()).await?;
            session.answer_password(true);
            Ok(())
        })
    }

    fn decline_password(&self) {
        self.opened().session.answer_password(false);
    }

    fn go_home(&self) -> BoxFuture<'static, Result<Desk, String>> {
        Box::pin(self.clone().of_this_machine())
    }

    fn open_book(&self, access: BookAccess) -> BoxFuture<'static, Result<Desk, BookTrouble>> {
        Box::pin(self.clone().of_access(access))
    }

    fn trouble(&self) -> Option<BookTrouble> {
        self.opened().trouble
    }

    fn loses_unsent(&self) -> Option<String> {
        let is_so = locked(&self.inner.stand_in).is_some();
        let state = self.opened().settings.places.state;
        is_so.then(|| {
            format!(
                "What is not saved goes with the app: {} takes no files.",
                state.display()
            )
        })
    }

    fn books(&self, desk: &Desk) -> Books {
        self.watch(desk);
        let settings = self.opened().settings;
        Books {
            screens: open::screens(desk, settings.zone()),
            commands: open::commands(desk),
            ledger: OpenLedger::default(),
            link: open::link(&settings),
        }
    }
}
