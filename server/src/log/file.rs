//! The log file. It keeps its name: at its size it becomes `.1`, the one before `.2`, up to the number kept, and a
//! new one begins, so that `tail -F` goes on. A file that somebody else moved, removed or rotated (another process
//! may write the same one) is noticed at the next line. No failure here reaches the caller: a full disk must not
//! stop the server, and when it has room again the lines go on.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file that lines are appended to; clones write the same one.
#[derive(Debug, Clone)]
pub struct LogFile(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    max_bytes: u64,
    keep: u32,
    /// None after a failure, and until it can be opened again.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Device and number: whether the name still means this file.
    identity: (u64, u64),
    size: u64,
    /// The size to rotate at; more than the setting after a rotation that failed.
    rotate_at: u64,
}

impl LogFile {
    /// Fails when the file cannot be written now; later failures are silent.
    pub fn open(path: &Path, max_bytes: u64, keep: u32) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let open = Open::new(path, max_bytes)?;
        Ok(Self(Arc::new(Mutex::new(Inner {
            path: path.to_owned(),
            max_bytes,
            keep,
            open: Some(open),
        }))))
    }

    /// One line, in one write, so that lines of several processes do not mix.
    pub fn append(&self, line: &[u8]) {
        self.inner().append(line);
    }

    pub fn reopen(&self) {
        let mut inner = self.inner();
        inner.open = Open::new(&inner.path, inner.max_bytes).ok();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn append(&mut self, line: &[u8]) {
        let standing = fs::metadata(&self.path).ok();
        let is_same = match (&standing, &self.open) {
            (Some(found), Some(open)) => identity(found) == open.identity,
            _ => false,
        };
        if !is_same {
            self.open = Open::new(&self.path, self.max_bytes).ok();
        }
        let length = line.len() as u64;
        if let (Some(found), Some(open)) = (&standing, &mut self.open)
            && is_same
        {
            // Another process may have written to it too.
            open.size = found.len();
        }
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.size > 0 && open.size + length > open.rotate_at)
        {
            self.rotate();
        }
        let written = self.open.as_mut().map(|open| open.file.write_all(line));
        if !matches!(written, Some(Ok(()))) {
            self.open = None;
        }
    }

    fn rotate(&mut self) {
        for number in (1..self.keep).rev() {
            // The first ones are not there yet.
            let _ = fs::rename(self.numbered(number), self.numbered(number + 1));
        }
        let moved = if self.keep == 0 {
            fs::remove_file(&self.path)
        } else {
            fs::rename(&self.path, self.numbered(1))
        };
        match moved {
            Ok(()) => self.open = Open::new(&self.path, self.max_bytes).ok(),
            // A folder that cannot be written: the file grows on, and moving is not tried again at every line.
            Err(_) => {
                if let Some(open) = &mut self.open {
                    open.rotate_at = open.size + self.max_bytes;
                }
            }
        }
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(format!(".{number}"));
        PathBuf::from(name)
    }
}

impl Open {
    fn new(path: &Path, max_bytes: u64) -> io::Result<Self> {
        // Others may not read who did what when.
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o640)
            .open(path)?;
        let metadata = file.metadata()?;
        Ok(Self {
            file,
            identity: identity(&metadata),
            size: metadata.len(),
            rotate_at: max_bytes,
        })
    }
}

fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}
