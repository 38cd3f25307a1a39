//! What stands between the app and its server in a test: a port that stays the same while servers come and go behind
//! it, counts the requests, and can lose one, or its answer, as a network does.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(40);

/// What becomes of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// They arrive, and their answers too.
    Nothing,
    /// They never arrive; the line stays open.
    Request,
    /// They arrive; their answers do not.
    Answer,
}

/// The port. Everything ends with the process.
pub struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// `None`: nobody is at home, and lines are closed at once.
    target: Option<SocketAddr>,
    loss: Loss,
    requests: Vec<String>,
    open: Vec<TcpStream>,
}

impl Relay {
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind the relay");
        let address = listener.local_addr().expect("the relay's address");
        let state = State {
            target: Some(target),
            loss: Loss::Nothing,
            requests: Vec::new(),
            open: Vec::new(),
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let of_thread = Arc::clone(&shared);
        std::thread::spawn(move || {
            for here in listener.incoming().flatten() {
                of_thread.connect(&here);
            }
        });
        Self { address, shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on lines lead there, or nowhere. Those that are open are closed.
    pub fn lead(&self, target: Option<SocketAddr>) {
        let mut state = self.shared.lock();
        state.target = target;
        for line in state.open.drain(..) {
            // It may be closed already.
            let _ = line.shutdown(Shutdown::Both);
        }
    }

    pub fn lose(&self, loss: Loss) {
        self.shared.lock().loss = loss;
    }

    /// The first lines of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.shared.lock().requests.clone()
    }

    /// Waits for a request whose first line begins so, not counting the first `known`. Says whether it came in time.
    pub fn saw(&self, known: usize, beginning: &str, within: Duration) -> bool {
        let until = Instant::now() + within.min(PATIENCE);
        let mut state = self.shared.lock();
        loop {
            let mut later = state.requests.iter().skip(known);
            if later.any(|line| line.starts_with(beginning)) {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(self: &Arc<Self>, here: &TcpStream) {
        let target = self.lock().target;
        let Some(there) = target.and_then(|target| TcpStream::connect(target).ok()) else {
            return;
        };
        let clone = |line: &TcpStream| line.try_clone().expect("a second handle of a line");
        self.lock().open.extend([clone(here), clone(&there)]);
        let is_mute = Arc::new(Mutex::new(false));
        let (mut up, mut down) = ((clone(here), clone(&there)), (there, clone(here)));
        let (shared, muted) = (Arc::clone(self), Arc::clone(&is_mute));
        std::thread::spawn(move || {
            pass(&mut up.0, &mut up.1, |bytes| {
                let (passes, mutes) = shared.note(bytes);
                if mutes {
                    *muted.lock().unwrap_or_else(PoisonError::into_inner) = true;
                }
                passes
            });
        });
        std::thread::spawn(move || {
            pass(&mut down.0, &mut down.1, |_| {
                !*is_mute.lock().unwrap_or_else(PoisonError::into_inner)
            });
        });
    }

    /// Takes down what a piece asks for. Says whether it goes on, and whether what comes back does not.
    fn note(&self, bytes: &[u8]) -> (bool, bool) {
        let text = String::from_utf8_lossy(bytes);
        let lines: Vec<&str> = text.lines().filter(|line| line.ends_with(" HTTP/1.1")).collect();
        let is_write = lines.iter().any(|line| line.starts_with("POST "));
        let mut state = self.lock();
        state.requests.extend(lines.into_iter().map(str::to_owned));
        self.changed.notify_all();
        match state.loss {
            Loss::Request if is_write => (false, true),
            Loss::Answer if is_write => (true, true),
            _ => (true, false),
        }
    }
}

/// Hands pieces on until one side closes.
fn pass(from: &mut TcpStream, to: &mut TcpStream, mut goes_on: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16_384];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let piece = buffer.get(..count).unwrap_or_default();
        if goes_on(piece) && to.write_all(piece).is_err() {
            break;
        }
    }
    for line in [from, to] {
        let _ = line.shutdown(Shutdown::Both);
    }
}
