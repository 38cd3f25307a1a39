//! A connection whose token can be replaced while it is in use. A request that is refused for its token waits until
//! somebody has signed in again and is then sent once more as it was, key and all, so that whoever asked knows nothing
//! of it. Where nobody signs in, the refusal is the answer. The same for one that is refused until the password is given
//! once more.

use super::{Answer, Api, ClientError, Feed, Reply, Request};
use api::problem::Code;
use futures_util::future::BoxFuture;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// What whoever sits there is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A name and a password: the token is not good any more.
    SignIn,
    /// The password alone: what is to be done asks for it afresh.
    Password,
}

/// What asks, from anywhere.
type Ask = Box<dyn Fn(Asked) + Send + Sync>;

/// These say that a password is wrong by the same refusal.
const OF_PASSWORDS: [&str; 3] = ["login", "change_password", "reset_password"];

/// The connection. Cheap to clone.
#[derive(Clone)]
pub struct SessionApi {
    turns: Arc<watch::Sender<Turn>>,
    passwords: Arc<watch::Sender<PasswordTurn>>,
    ask: Arc<OnceLock<Ask>>,
}

/// From one token to the next.
#[derive(Clone)]
struct Turn {
    api: Arc<dyn Api>,
    number: u64,
    /// Somebody was asked to sign in.
    is_asked: bool,
    /// And did not want to.
    is_declined: bool,
}

/// From one asking for the password to the next.
#[derive(Debug, Clone, Copy, Default)]
struct PasswordTurn {
    number: u64,
    is_asked: bool,
    /// The last one that was asked for was given.
    was_given: bool,
}

impl SessionApi {
    /// Over a connection with the token that there is.
    pub fn new(api: Arc<dyn Api>) -> Self {
        let turn = Turn {
            api,
            number: 0,
            is_asked: false,
            is_declined: false,
        };
        Self {
            turns: Arc::new(watch::Sender::new(turn)),
            passwords: Arc::default(),
            ask: Arc::default(),
        }
    }

    /// Sets what asks for a name and a password. What was refused before that has waited for it, and is asked for now.
    pub fn asks(&self, ask: impl Fn(Asked) + Send + Sync + 'static) {
        let mut is_late = false;
        // Under the lock of the turns, so that a refusal meanwhile rings once: here or where it came.
        self.turns.send_if_modified(|turn| {
            // A second one would ask the same user.
            let is_first = self.ask.set(Box::new(ask)).is_ok();
            is_late = is_first && turn.is_asked && !turn.is_declined;
            false
        });
        if is_late {
            self.ring(Asked::SignIn);
        }
    }

    fn ring(&self, what: Asked) {
        if let Some(ask) = self.ask.get() {
            ask(what);
        }
    }

    /// Goes on with another token; what waits is sent again.
    pub fn renew(&self, api: Arc<dyn Api>) {
        self.turns.send_modify(|turn| {
            *turn = Turn {
                api,
                number: turn.number + 1,
                is_asked: false,
                is_declined: false,
            };
        });
    }

    /// Nobody signs in now; what waits is refused, and nobody is asked again on this token.
    pub fn decline(&self) {
        self.turns.send_modify(|turn| turn.is_declined = true);
    }

    /// The password was given, and what waits for it is sent again; or nobody gives it, and what waits is refused. Whatever
    /// is refused for it later asks anew.
    pub fn answer_password(&self, was_given: bool) {
        self.passwords.send_modify(|turn| {
            *turn = PasswordTurn {
                number: turn.number + 1,
                is_asked: false,
                was_given,
            };
        });
    }

    /// Waits until the password was given; false where it is not.
    async fn password_is_given(&self, number: u64) -> bool {
        if self.ask.get().is_none() {
            return false;
        }
        let mut is_first = false;
        self.passwords.send_if_modified(|turn| {
            is_first = turn.number == number && !turn.is_asked;
            turn.is_asked |= is_first;
            false
        });
        if is_first {
            self.ring(Asked::Password);
        }
        let mut turns = self.passwords.subscribe();
        let answered = turns.wait_for(|turn| turn.number != number).await;
        answered.is_ok_and(|turn| turn.was_given)
    }

    /// Whether a refused request of that turn may wait. Asks where nobody was asked yet.
    fn may_wait(&self, number: u64) -> bool {
        let (mut may_wait, mut is_first) = (false, false);
        self.turns.send_if_modified(|turn| {
            may_wait = turn.number != number || !turn.is_declined;
            if turn.number == number && may_wait && !turn.is_asked {
                turn.is_asked = true;
                is_first = self.ask.get().is_some();
            }
            false
        });
        if is_first {
            self.ring(Asked::SignIn);
        }
        may_wait
    }
}

async fn send(session: SessionApi, request: Request) -> Result<Answer, ClientError> {
    let mut turns = session.turns.subscribe();
    loop {
        let turn = turns.borrow_and_update().clone();
        let password = session.passwords.borrow().number;
        let error = match turn.api.call(request.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if error.code() == Some(Code::ConfirmPassword) {
            if session.password_is_given(password).await {
                continue;
            }
            return Err(error);
        }
        let is_of_token =
            error.code() == Some(Code::Unauthenticated) && !OF_PASSWORDS.contains(&request.operation);
        if !is_of_token || !session.may_wait(turn.number) {
            return Err(error);
        }
        let changed = turns.wait_for(|now| now.number != turn.number || now.is_declined);
        match changed.await {
            Ok(now) if now.number != turn.number => {}
            _ => return Err(error),
        }
    }
}

impl Api for SessionApi {
    fn call(&self, request: Request) -> Reply<Answer> {
        Box::pin(send(self.clone(), request))
    }

    fn renewed(&self) -> BoxFuture<'static, ()> {
        let mut turns = self.turns.subscribe();
        let number = turns.borrow_and_update().number;
        Box::pin(async move {
            // The sender may be gone with all that asks; then there is nothing to wait for.
            if turns.wait_for(|now| now.number != number).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }

    /// With the token that there is: whoever sits there is asked by what they do, not by what is only shown.
    fn stream_changes(&self, after: Option<String>) -> Reply<Feed> {
        self.turns.borrow().api.stream_changes(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Key;
    use crate::client::fake::{FakeApi, refusal};
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn expired() -> Arc<FakeApi> {
        let fake = Arc::new(FakeApi::new());
        fake.fail("leave_ledger", refusal(Code::Unauthenticated));
        fake.fail("login", refusal(Code::Unauthenticated));
        fake
    }

    fn session(fake: &Arc<FakeApi>) -> (SessionApi, Arc<AtomicUsize>) {
        let session = SessionApi::new(fake.clone());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        session.asks(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        (session, asked)
    }

    #[tokio::test]
    async fn a_write_refused_for_its_token_is_sent_again_with_its_key_once_somebody_signed_in() {
        let (old, new) = (expired(), Arc::new(FakeApi::new()));
        new.on("leave_ledger", &());
        let (session, asked) = session(&old);
        let api: Arc<dyn Api> = Arc::new(session.clone());
        let key = Key::new();
        let two = futures_util::future::join(api.leave_ledger(key), api.leave_ledger(Key::new()));
        let waiting = tokio::spawn(two);
        while old.requests().len() < 2 {
            tokio::task::yield_now().await;
        }
        session.renew(new.clone());
        let (one, other) = waiting.await.unwrap();
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(asked.load(Ordering::SeqCst), 1, "asked once for both");
        assert!(new.requests().iter().any(|request| request.key == Some(key)));
        // What still refuses after that asks anew.
        new.fail("leave_ledger", refusal(Code::Unauthenticated));
        let waiting = tokio::spawn(api.leave_ledger(Key::new()));
        while asked.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        session.decline();
        assert!(waiting.await.unwrap().is_err());
        assert!(api.leave_ledger(Key::new()).await.is_err(), "and waits no more");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_wrong_password_is_no_reason_to_ask() {
        let old = expired();
        let (session, asked) = session(&old);
        let api: Arc<dyn Api> = Arc::new(session);
        assert!(api.login(&api::auth::Login::default(), Key::new()).await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn a_refusal_that_comes_before_there_is_anybody_to_ask_waits_and_is_asked_for_once() {
        let (old, new) = (expired(), Arc::new(FakeApi::new()));
        new.on("leave_ledger", &());
        let session = SessionApi::new(old.clone());
        let api: Arc<dyn Api> = Arc::new(session.clone());
        let waiting = tokio::spawn(futures_util::future::join(
            api.leave_ledger(Key::new()),
            api.leave_ledger(Key::new()),
        ));
        while old.requests().len() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        session.asks(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        session.renew(new);
        let (one, other) = waiting.await.unwrap();
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_write_that_asks_for_the_password_is_sent_again_once_it_was_given_and_refused_where_it_is_not()
    {
        let fake = Arc::new(FakeApi::new());
        fake.on("leave_ledger", &());
        let (session, asked) = session(&fake);
        let api: Arc<dyn Api> = Arc::new(session.clone());
        for (round, was_given) in [(1, true), (2, false), (3, true)] {
            fake.fail_once("leave_ledger", refusal(Code::ConfirmPassword));
            let key = Key::new();
            let waiting = tokio::spawn(api.leave_ledger(key));
            while asked.load(Ordering::SeqCst) < round {
                tokio::task::yield_now().await;
            }
            session.answer_password(was_given);
            assert_eq!(waiting.await.unwrap().is_ok(), was_given);
            let sent = fake
                .requests()
                .iter()
                .filter(|request| request.key == Some(key))
                .count();
            assert_eq!(sent, 1 + usize::from(was_given));
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
