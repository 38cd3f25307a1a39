//! When to look for what other servers wrote: once a second. On SQLite only where the log beside the file was written
//! to: asking the database for its `data_version` each second costs a connection and wakes two threads for an answer
//! that the file shows as well, and an app that is left open must cost nothing. Linux says by itself when a file is
//! written to (inotify); elsewhere a thread looks at it.

use super::pool::Db;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// So long after the log was written to it is looked all the same: times in a file system are coarse, and between the
/// writing and the end of its commit lies a disk.
const FRESH: Duration = Duration::from_millis(1500);
/// And once more after so long, for the slowest disk that a write is waited for on.
const SETTLED: Duration = Duration::from_secs(5);

/// Where the file says by itself that it was written to: when to look after that.
#[cfg(target_os = "linux")]
const LATER: [Duration; 2] = [LOOK, SETTLED];
/// How long a thread that nobody needs any more is left asleep.
#[cfg(target_os = "linux")]
const NEVER: Duration = Duration::from_mins(5);

/// Says when to look, until it is dropped.
#[derive(Debug)]
pub struct Looks {
    /// None: the time alone says it.
    log: Option<Arc<Log>>,
}

#[derive(Debug)]
struct Log {
    path: PathBuf,
    told: Notify,
    is_left: AtomicBool,
}

impl Db {
    /// From now on.
    pub fn looks(&self) -> Looks {
        let path = self.endpoint().ok().and_then(|endpoint| endpoint.log.clone());
        let log = path.and_then(|path| {
            let log = Arc::new(Log {
                path,
                told: Notify::new(),
                is_left: AtomicBool::new(false),
            });
            let of_thread = Arc::clone(&log);
            let thread = std::thread::Builder::new().name("expense-looks".to_owned());
            thread.spawn(move || of_thread.watch()).ok().map(|_| log)
        });
        Looks { log }
    }
}

impl Looks {
    /// Resolves when it is time.
    pub async fn next(&self) {
        match &self.log {
            Some(log) => log.told.notified().await,
            None => tokio::time::sleep(LOOK).await,
        }
    }
}

impl Drop for Looks {
    fn drop(&mut self) {
        if let Some(log) = &self.log {
            log.is_left.store(true, Ordering::Relaxed);
        }
    }
}

impl Log {
    fn watch(&self) {
        #[cfg(target_os = "linux")]
        if self.watch_told().is_ok() {
            return;
        }
        self.watch_asking();
    }

    /// Sleeps until the file is written to, and looks again when what was written must be committed.
    #[cfg(target_os = "linux")]
    fn watch_told(&self) -> rustix::io::Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};
        let watch = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        add_watch(&watch, &self.path, WatchFlags::MODIFY | WatchFlags::DELETE_SELF)?;
        // Whoever missed a write before this is told of it now.
        self.told.notify_one();
        let mut looks_left = LATER.len();
        while !self.is_left.load(Ordering::Relaxed) {
            let pause = LATER.len().checked_sub(looks_left).and_then(|n| LATER.get(n));
            let until = pause.unwrap_or(&NEVER);
            let until = Timespec {
                tv_sec: i64::try_from(until.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: until.subsec_nanos().into(),
            };
            let is_told = poll(&mut [PollFd::new(&watch, PollFlags::IN)], Some(&until))? > 0;
            if is_told {
                let mut room = [std::mem::MaybeUninit::uninit(); 4096];
                let mut events = Reader::new(&watch, &mut room);
                while let Ok(event) = events.next() {
                    if event.events().contains(rustix::fs::inotify::ReadFlags::IGNORED) {
                        return Err(rustix::io::Errno::NOENT);
                    }
                }
                looks_left = LATER.len();
                self.told.notify_one();
            } else if looks_left > 0 {
                looks_left -= 1;
                self.told.notify_one();
            }
        }
        Ok(())
    }

    fn watch_asking(&self) {
        let mut seen = None;
        let mut was_settled = false;
        while !self.is_left.load(Ordering::Relaxed) {
            std::thread::park_timeout(LOOK);
            let now = state_of(&self.path);
            let age = now.and_then(|(at, _)| at.elapsed().ok()).unwrap_or_default();
            let is_settled = age > SETTLED;
            if age <= FRESH || seen != now || was_settled != is_settled {
                self.told.notify_one();
            }
            (seen, was_settled) = (now, is_settled);
        }
    }
}

/// None where there is no log: then it is looked every time.
fn state_of(log: &Path) -> Option<(SystemTime, u64)> {
    let file = std::fs::metadata(log).ok()?;
    Some((file.modified().ok()?, file.len()))
}
