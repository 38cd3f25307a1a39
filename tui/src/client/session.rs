//! A connection whose token can be replaced while it is in use. A request that is refused for its token waits until
//! somebody has signed in again and is then sent once more as it was, key and all, so that whoever asked knows nothing
//! of it. Where nobody signs in, the refusal is the answer.

use super::{Answer, Api, ClientError, Feed, Reply, Request};
use api::problem::Code;
use futures_util::future::BoxFuture;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// What asks for a name and a password, from anywhere.
type Ask = Box<dyn Fn() + Send + Sync>;

/// These say that a password is wrong by the same refusal.
const OF_PASSWORDS: [&str; 3] = ["login", "change_password", "reset_password"];

/// The connection. Cheap to clone.
#[derive(Clone)]
pub struct SessionApi {
    turns: Arc<watch::Sender<Turn>>,
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
            ask: Arc::default(),
        }
    }

    /// Sets what asks for a name and a password. What was refused before that has waited for it, and is asked for now.
    pub fn asks(&self, ask: impl Fn() + Send + Sync + 'static) {
        let mut is_late = false;
        // Under the lock of the turns, so that a refusal meanwhile rings once: here or where it came.
        self.turns.send_if_modified(|turn| {
            // A second one would ask the same user.
            let is_first = self.ask.set(Box::new(ask)).is_ok();
            is_late = is_first && turn.is_asked && !turn.is_declined;
            false
        });
        if is_late {
            self.ring();
        }
    }

    fn ring(&self) {
        if let Some(ask) = self.ask.get() {
            ask();
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
            self.ring();
        }
        may_wait
    }
}

async fn send(session: SessionApi, request: Request) -> Result<Answer, ClientError> {
    let mut turns = session.turns.subscribe();
    loop {
        let turn = turns.borrow_and_update().clone();
        let error = match turn.api.call(request.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
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
        session.asks(move || {
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
        session.asks(move || {
            count.fetch_add(1, Ordering::SeqCst);
        });
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        session.renew(new);
        let (one, other) = waiting.await.unwrap();
        assert!(one.is_ok() && other.is_ok());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}
