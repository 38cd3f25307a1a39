//! When to look for what other servers wrote: once a second. On SQLite only where the log beside the file was written
//! to, which a thread of its own looks at: asking the database for its `data_version` costs a connection and wakes
//! two threads for an answer that the file shows as well, and an app that is left open must cost nearly nothing.

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
        let mut seen = None;
        let mut was_settled = false;
        while !self.is_left.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK);
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
