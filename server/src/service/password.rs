//! Passwords: hashed by argon2id beside the async threads, a few at a time with a short queue before them, and judged
//! before they are taken. A wrong, an unknown and a locked name cost the same work. Who may sign in is not decided here.

mod argon;

use crate::config::Auth;
use crate::error::{AppError, Findings, Refusal, Result};
use api::auth::check_password;
use api::problem::Code;
use api::secret::Secret;
use argon::Hasher;
use argon2::Params;
use rand::RngExt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most hashes that are worked on at once, however many cores there are: each takes its memory.
const MOST_AT_ONCE: usize = 4;
/// How many more may wait.
const QUEUE: usize = 32;
/// How long those wait for whom there is no place in it.
const WAIT_SECS: std::ops::RangeInclusive<u64> = 2..=8;
/// The least score of the estimator, of 0 to 4: safely unguessable within 10^8 tries.
const LEAST_SCORE: zxcvbn::Score = zxcvbn::Score::Three;

/// How passwords are hashed. One a process.
#[derive(Debug)]
pub struct Passwords {
    hasher: Arc<Hasher>,
    workers: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A place at work, held until the last clone is dropped. A hash that nobody waits for any more still holds it.
#[derive(Debug, Clone)]
pub struct Turn(#[expect(dead_code, reason = "held, not read")] Arc<[OwnedSemaphorePermit; 2]>);

/// What came of comparing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It is the one.
    Right,
    /// It is the one, and its hash was made with less work than is asked for now.
    RightButWeakHash,
    /// It is not, or there is none to compare with.
    Wrong,
}

impl Passwords {
    /// With the work that the settings ask for.
    pub fn new(auth: &Auth) -> Result<Self> {
        let Auth {
            argon2_memory_kib: memory,
            argon2_iterations: iterations,
            argon2_parallelism: lanes,
            ..
        } = *auth;
        let params = Params::new(memory, iterations, lanes, None)
            .map_err(|error| AppError::Internal(format!("argon2 settings: {error}")))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // One core stays for everybody else: a hash takes all of its own, and other requests would wait behind it.
        let at_once = cores.saturating_sub(1).clamp(1, MOST_AT_ONCE);
        Ok(Self {
            hasher: Arc::new(Hasher::new(params)),
            workers: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once + QUEUE)),
        })
    }

    /// Waits for a place at work; refuses where too many wait already.
    pub async fn turn(&self) -> Result<Turn> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| busy())?;
        let worker = self.workers.clone().acquire_owned().await;
        let worker = worker.map_err(|error| AppError::Internal(format!("hash workers: {error}")))?;
        Ok(Turn(Arc::new([place, worker])))
    }

    /// The hash to keep, in PHC form.
    pub async fn hash(&self, turn: &Turn, password: &Secret) -> Result<String> {
        let (hasher, password) = (self.hasher.clone(), password.clone());
        work(turn, move || hasher.hash(password.expose().as_bytes()))
            .await?
            .map_err(|error| AppError::Internal(format!("hash: {error}")))
    }

    /// Compares a password with a stored hash. Without one the same work is done in vain.
    pub async fn compare(&self, turn: &Turn, password: &Secret, stored: Option<String>) -> Result<Match> {
        let (hasher, password) = (self.hasher.clone(), password.clone());
        work(turn, move || {
            hasher.compare(password.expose().as_bytes(), stored.as_deref())
        })
        .await
    }

    /// Notes what is wrong with a new password: its length, or that it is easy to guess by who knows `words`, which are
    /// the names of its owner.
    pub async fn judge(
        &self,
        turn: &Turn,
        password: &Secret,
        pointer: &str,
        words: &[&str],
        findings: &mut Findings,
    ) -> Result<()> {
        let before = findings.rules.count();
        check_password(password, pointer, &mut findings.rules);
        if findings.rules.count() > before {
            return Ok(());
        }
        let password = password.clone();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        if let Some(detail) = work(turn, move || reason_against(&password, &words)).await? {
            findings.rules.add(pointer, "easy-to-guess", detail);
        }
        Ok(())
    }
}

/// Those sent away are told different times, so that they do not all come back at once.
fn busy() -> AppError {
    Refusal {
        retry_after_secs: Some(rand::rng().random_range(WAIT_SECS)),
        ..Refusal::new(
            Code::Unavailable,
            "Many people are signing in at this moment; try again shortly",
        )
    }
    .into()
}

/// Why a password is too easy to guess and what would be better; `None` where it is not.
fn reason_against(password: &Secret, words: &[String]) -> Option<String> {
    let is_blank = |c: char| !c.is_alphanumeric();
    let mut known = vec!["expense".to_owned(), "expensed".to_owned()];
    for word in words {
        known.extend(
            word.split(is_blank)
                .filter(|part| part.len() > 2)
                .map(str::to_owned),
        );
        known.push(word.replace(is_blank, ""));
        known.push(word.clone());
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let found = zxcvbn::zxcvbn(password.expose(), &known);
    if found.score() >= LEAST_SCORE {
        return None;
    }
    let warning = found.feedback().and_then(zxcvbn::feedback::Feedback::warning);
    let reason = warning.map_or_else(String::new, |warning| {
        format!(" ({})", warning.to_string().trim_end_matches('.'))
    });
    Some(format!(
        "Too easy to guess{reason} - use four or more unrelated words, or let a password manager draw one"
    ))
}

/// Does it beside the async threads, at that place.
async fn work<T: Send + 'static>(turn: &Turn, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let turn = turn.clone();
    let done = tokio::task::spawn_blocking(move || {
        let output = job();
        drop(turn);
        output
    });
    done.await
        .map_err(|error| AppError::Internal(format!("hash worker: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(auth: &Auth) -> Passwords {
        Passwords::new(auth).unwrap()
    }

    fn raised() -> Auth {
        Auth {
            argon2_iterations: 3,
            ..Auth::default()
        }
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_a_raised_setting_is_noticed() {
        let (now, later) = (passwords(&Auth::default()), passwords(&raised()));
        let (secret, turn) = (
            Secret::from("pässword \u{0}with bytes"),
            now.turn().await.unwrap(),
        );
        let hash = now.hash(&turn, &secret).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hash.len() < 256 && hash != now.hash(&turn, &secret).await.unwrap());
        for (passwords, password, stored, expected) in [
            (&now, "pässword \u{0}with bytes", Some(&hash), Match::Right),
            (
                &later,
                "pässword \u{0}with bytes",
                Some(&hash),
                Match::RightButWeakHash,
            ),
            (&now, "pässword \u{0}with byteS", Some(&hash), Match::Wrong),
            (&now, "pa\u{308}ssword \u{0}with bytes", Some(&hash), Match::Wrong),
            (&now, "", Some(&hash), Match::Wrong),
            (&now, "pässword \u{0}with bytes", None, Match::Wrong),
            (
                &now,
                "pässword \u{0}with bytes",
                Some(&"$argon2id$rubbish".to_owned()),
                Match::Wrong,
            ),
        ] {
            let found = passwords
                .compare(&turn, &password.into(), stored.cloned())
                .await
                .unwrap();
            assert_eq!(found, expected, "{password}");
        }
        let strong = later.hash(&turn, &secret).await.unwrap();
        assert_eq!(
            now.compare(&turn, &secret, Some(strong)).await.unwrap(),
            Match::Right
        );
    }

    #[tokio::test]
    async fn one_more_than_the_queue_takes_is_sent_away_and_a_place_comes_free_again() {
        let passwords = Arc::new(passwords(&Auth::default()));
        let places = passwords.places.available_permits();
        assert!((QUEUE + 1..=QUEUE + MOST_AT_ONCE).contains(&places));
        let working: Vec<Turn> = {
            let mut working = Vec::new();
            while passwords.workers.available_permits() > 0 {
                working.push(passwords.turn().await.unwrap());
            }
            working
        };
        let waiting: Vec<_> = (0..QUEUE)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.turn().await.map(drop) })
            })
            .collect();
        while passwords.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = passwords.turn().await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::Unavailable));
        drop(working);
        for task in waiting {
            task.await.unwrap().unwrap();
        }
        assert_eq!(passwords.places.available_permits(), places);
        drop(passwords.turn().await.unwrap());
    }

    #[tokio::test]
    async fn what_is_easy_to_guess_is_refused_with_a_way_out_and_never_repeated() {
        let passwords = passwords(&Auth::default());
        let turn = passwords.turn().await.unwrap();
        for (password, code) in [
            ("tiny", "too-short"),
            ("aaaaaaaaaaaaaaaa", "easy-to-guess"),
            ("password12345", "easy-to-guess"),
            ("qwertyuiop[]", "easy-to-guess"),
            ("AnnabellMeyer1", "easy-to-guess"),
            ("ExpensedExpensed", "easy-to-guess"),
            ("grotto lantern 42 velvet", ""),
            ("Tr0ub4dour&3-horse", ""),
            ("日本語のとても長い合言葉です", ""),
        ] {
            let mut findings = Findings::default();
            let names = ["annabell", "Annabell Meyer"];
            let secret = Secret::from(password);
            let judged = passwords.judge(&turn, &secret, "/password", &names, &mut findings);
            judged.await.unwrap();
            let found = findings.rules.told().first();
            assert_eq!(found.map_or("", |fault| &fault.code), code, "{password}");
            if let Some(fault) = found {
                assert!(
                    fault.detail.contains(" - ") && !fault.detail.contains(password),
                    "{fault:?}"
                );
            }
        }
    }
}
