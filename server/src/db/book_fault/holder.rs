//! Which program holds a SQLite file: the kernel's list of locks names the process, its folder in /proc the program.
//! On a system without /proc nobody is named.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// `sqlite3 (process 4711)`, where it can be known.
pub(super) fn of(file: &Path) -> Option<String> {
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let inodes = [file.to_owned(), beside(file, "-shm")].map(|path| inode(&path));
    let own = std::process::id();
    let holder = locks
        .lines()
        .filter_map(Lock::read)
        .filter(|lock| lock.is_writing && lock.process != own)
        .find(|lock| inodes.contains(&Some(lock.inode)))?;
    let name = fs::read_to_string(format!("/proc/{}/comm", holder.process)).ok();
    let name = name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    Some(match name {
        Some(name) => format!("{name} (process {})", holder.process),
        None => format!("The process {}", holder.process),
    })
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn inode(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|found| found.ino())
}

/// A line of /proc/locks.
#[derive(Debug, PartialEq, Eq)]
struct Lock {
    is_writing: bool,
    process: u32,
    inode: u64,
}

impl Lock {
    /// `2: POSIX  ADVISORY  WRITE 4711 08:01:1234567 120 120`; one that waits has `->` after its number.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let is_held = words.next().is_some() && words.next() == Some("POSIX");
        let (mode, process, place) = (words.nth(1)?, words.next()?, words.next()?);
        is_held.then_some(())?;
        Some(Self {
            is_writing: mode == "WRITE",
            process: process.parse().ok()?,
            inode: place.rsplit(':').next()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_read_and_one_that_waits_is_not() {
        let held = "2: POSIX  ADVISORY  WRITE 4711 08:01:1234567 120 120";
        let lock = Lock {
            is_writing: true,
            process: 4711,
            inode: 1_234_567,
        };
        assert_eq!(Lock::read(held), Some(lock));
        for other in [
            "2: -> POSIX  ADVISORY  WRITE 4711 08:01:1234567 120 120",
            "3: FLOCK  ADVISORY  WRITE 4711 08:01:1234567 0 EOF",
            "4: POSIX  ADVISORY  WRITE -1 08:01:1234567 0 EOF",
            "",
        ] {
            assert_eq!(Lock::read(other), None, "{other}");
        }
    }
}
