//! The way to other books: another ledger, another server, the book of this machine. What layers may ask for is here;
//! who does it has the settings, the disk and the network, and is elsewhere.

use crate::app::Link;
use crate::client::{ClientError, Finding};
use crate::connect::{BookAccess, BookTrouble};
use crate::desk::Desk;
use crate::open_ledger::OpenLedger;
use crate::screen::{Command, Screen};
use api::auth::{Login, PasswordConfirmation, PasswordReset};
use api::id::LedgerId;
use futures_util::future::BoxFuture;
use url::Url;

/// What the app is made of while these books are open.
pub struct Books {
    pub screens: Vec<Screen>,
    pub commands: Vec<Command>,
    pub ledger: OpenLedger,
    pub link: Link,
}

/// Announced when the ledger that is open may not be opened any more: its user was taken out of it, or it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerGone;

/// What a sign-in led to.
pub enum SignedIn {
    /// The books that are open go on with the new token.
    Here,
    /// Books on another server.
    There(Box<Desk>),
}

/// Opens other books.
pub trait Door: Send + Sync {
    /// The server, as it may be shown; `None`: the one inside the app.
    fn server(&self) -> Option<String>;

    /// Another ledger of the same server, also the next time.
    fn open_ledger(&self, id: LedgerId) -> BoxFuture<'static, Result<Desk, String>>;

    /// An address as people write it.
    fn read_address(&self, text: &str) -> Result<Url, String>;

    /// Whether something listens there.
    fn reach(&self, address: &Url) -> BoxFuture<'static, Finding>;

    /// TLS, version and clock.
    fn greet(&self, address: &Url) -> BoxFuture<'static, Vec<Finding>>;

    /// Signs in at that server, which is then opened, also the next time; or where the books are open.
    fn sign_in(
        &self,
        address: Option<Url>,
        login: Login,
    ) -> BoxFuture<'static, Result<SignedIn, ClientError>>;

    /// Sets a new password at that server, or where the books are open, with a code that an admin made.
    fn reset_password(
        &self,
        address: Option<Url>,
        reset: PasswordReset,
    ) -> BoxFuture<'static, Result<(), ClientError>>;

    /// Nobody signs in now: what waits for it is refused.
    fn decline(&self);

    /// Gives the password once more; what waits for it goes on.
    fn confirm(&self, given: PasswordConfirmation) -> BoxFuture<'static, Result<(), ClientError>>;

    /// Nobody gives it now: what waits for it is refused.
    fn decline_password(&self);

    /// The book of this machine, also the next time.
    fn go_home(&self) -> BoxFuture<'static, Result<Desk, String>>;

    /// The book of this machine, when there was none to begin with: for writing, or for what can be done with it.
    fn open_book(&self, _: BookAccess) -> BoxFuture<'static, Result<Desk, BookTrouble>> {
        Box::pin(std::future::ready(Err(BookTrouble {
            what: CLOSED.to_owned(),
            ..BookTrouble::default()
        })))
    }

    /// What is the matter with the book that is open, where it can be read and not written.
    fn trouble(&self) -> Option<BookTrouble> {
        None
    }

    /// That unsent entries go with the app, where their folder takes none.
    fn loses_unsent(&self) -> Option<String> {
        None
    }

    /// What the app is made of over this desk.
    fn books(&self, desk: &Desk) -> Books;
}

/// There is no way out, as in tests of a single screen.
pub struct Closed;

const CLOSED: &str = "Other books cannot be opened from here.";

impl Door for Closed {
    fn server(&self) -> Option<String> {
        None
    }

    fn open_ledger(&self, _: LedgerId) -> BoxFuture<'static, Result<Desk, String>> {
        Box::pin(std::future::ready(Err(CLOSED.to_owned())))
    }

    fn read_address(&self, _: &str) -> Result<Url, String> {
        Err(CLOSED.to_owned())
    }

    fn reach(&self, _: &Url) -> BoxFuture<'static, Finding> {
        Box::pin(std::future::ready(Finding::bad(CLOSED)))
    }

    fn greet(&self, _: &Url) -> BoxFuture<'static, Vec<Finding>> {
        Box::pin(std::future::ready(Vec::new()))
    }

    fn sign_in(&self, _: Option<Url>, _: Login) -> BoxFuture<'static, Result<SignedIn, ClientError>> {
        let refused = ClientError::Unsendable {
            reason: CLOSED.to_owned(),
        };
        Box::pin(std::future::ready(Err(refused)))
    }

    fn reset_password(
        &self,
        _: Option<Url>,
        _: PasswordReset,
    ) -> BoxFuture<'static, Result<(), ClientError>> {
        let refused = ClientError::Unsendable {
            reason: CLOSED.to_owned(),
        };
        Box::pin(std::future::ready(Err(refused)))
    }

    fn decline(&self) {}

    fn confirm(&self, _: PasswordConfirmation) -> BoxFuture<'static, Result<(), ClientError>> {
        let refused = ClientError::Unsendable {
            reason: CLOSED.to_owned(),
        };
        Box::pin(std::future::ready(Err(refused)))
    }

    fn decline_password(&self) {}

    fn go_home(&self) -> BoxFuture<'static, Result<Desk, String>> {
        Box::pin(std::future::ready(Err(CLOSED.to_owned())))
    }

    fn books(&self, _: &Desk) -> Books {
        Books {
            screens: Vec::new(),
            commands: Vec::new(),
            ledger: OpenLedger::default(),
            link: Link::Quiet,
        }
    }
}

#[cfg(test)]
mod tests;
