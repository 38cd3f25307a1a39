//! A folder of small JSON files that several programs share. A file is written whole or not at all, is readable by
//! its user alone, and belongs to the one program that holds the lock beside it; the lock of a dead program is free.

use crate::settings::private_dir;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::collections::hash_map::Entry as MapEntry;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The folder, and the locks that this program holds in it.
pub(super) struct Store<T> {
    dir: PathBuf,
    held: Mutex<HashMap<Uuid, File>>,
    item: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Store<T> {
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        private_dir(dir)?;
        let store = Self {
            dir: dir.to_owned(),
            held: Mutex::default(),
            item: PhantomData,
        };
        // Whether it takes files at all is better known now than when something is to be kept.
        store.gate()?;
        Ok(store)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Uuid, File>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, id: Uuid) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }

    fn lock_file(&self, id: Uuid) -> PathBuf {
        self.dir.join(format!("{id}.lock"))
    }

    /// Held for as long as files come, go or change hands: the moment between making a lock and taking it is nobody
    /// else's business.
    fn gate(&self) -> io::Result<File> {
        let gate = private_file(&self.dir.join("gate"), false)?;
        gate.lock()?;
        Ok(gate)
    }

    /// Writes an item and makes it this program's.
    pub(super) fn write(&self, id: Uuid, item: &T) -> io::Result<()> {
        let _gate = self.gate()?;
        let mut held = self.held();
        if let MapEntry::Vacant(place) = held.entry(id) {
            let lock = private_file(&self.lock_file(id), false)?;
            lock.try_lock().map_err(io::Error::from)?;
            place.insert(lock);
        }
        let beside = self.dir.join(format!("{id}.new"));
        let mut file = private_file(&beside, true)?;
        file.write_all(&serde_json::to_vec_pretty(item)?)?;
        file.sync_all()?;
        fs::rename(&beside, self.file(id))?;
        // The name must survive a power cut as well.
        File::open(&self.dir)?.sync_all()
    }

    /// Lets go of an item, so that whoever wants it can take it over.
    pub(super) fn release(&self, id: Uuid) {
        self.held().remove(&id);
    }

    /// Removes an item for good. One that is not there is fine.
    pub(super) fn remove(&self, id: Uuid) -> io::Result<()> {
        let _gate = self.gate()?;
        let lock = self.held().remove(&id);
        for path in [self.file(id), self.lock_file(id)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        drop(lock);
        Ok(())
    }

    /// Makes the items that nobody holds and that `is_wanted` this program's, oldest first. A file that cannot be
    /// read stays where it is.
    pub(super) fn claim(&self, is_wanted: impl Fn(&T) -> bool) -> io::Result<Vec<T>> {
        let _gate = self.gate()?;
        let mut held = self.held();
        let mut claimed = Vec::new();
        for id in self.ids()? {
            if held.contains_key(&id) {
                continue;
            }
            let lock = private_file(&self.lock_file(id), false)?;
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
                Ok(()) => {}
            }
            let item = fs::read(self.file(id))
                .ok()
                .and_then(|bytes| serde_json::from_slice::<T>(&bytes).ok());
            if let Some(item) = item.filter(&is_wanted) {
                held.insert(id, lock);
                claimed.push(item);
            }
        }
        Ok(claimed)
    }

    /// How many of the items that nobody holds are such. They stay nobody's.
    pub(super) fn free(&self, is_such: impl Fn(&T) -> bool) -> io::Result<usize> {
        let _gate = self.gate()?;
        let held = self.held();
        let mut count = 0;
        for id in self.ids()?.into_iter().filter(|id| !held.contains_key(id)) {
            if private_file(&self.lock_file(id), false)?.try_lock().is_err() {
                continue;
            }
            let item = fs::read(self.file(id)).ok();
            let item = item.and_then(|bytes| serde_json::from_slice::<T>(&bytes).ok());
            count += usize::from(item.is_some_and(|item| is_such(&item)));
        }
        Ok(count)
    }

    /// How many items there are, whoever holds them.
    pub(super) fn count(&self) -> io::Result<usize> {
        Ok(self.ids()?.len())
    }

    /// Ids sort by the time they were drawn.
    fn ids(&self) -> io::Result<Vec<Uuid>> {
        let mut ids = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                ids.extend(
                    path.file_stem()
                        .and_then(|name| Uuid::try_parse(name.to_str()?).ok()),
                );
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }
}

/// Writes a file that only its user can read.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private_file(path, true)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Opens a file for its user alone, making it where it is missing.
fn private_file(path: &Path, is_emptied: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(is_emptied);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
