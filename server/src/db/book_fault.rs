//! What can be the matter with a book that is a file: which file, what is wrong with it, what to do, and where the copies
//! are. Every program that opens a book tells it in the words of this file; what SQLite said goes to the log alone.

mod holder;
mod look;

use super::classify::{Class, classify, sqlite_code};
use super::migrate::{self, MigrateError};
use crate::cli::Exit;
use sea_orm::DbErr;
use std::fmt;
use std::path::{Path, PathBuf};

/// SQLite's code for a file that is none of its own.
const NOT_A_DATABASE: i32 = 26;

/// A book that cannot be opened or written, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookFault {
    /// The file.
    pub file: PathBuf,
    /// What is the matter with it.
    pub matter: Matter,
    /// The copies of it that lie beside it, latest first.
    pub copies: Vec<PathBuf>,
}

/// What is the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// The disk has no room left.
    Full,
    /// This process may not make files larger than so many bytes.
    SizeLimit(u64),
    /// The disk can only be read.
    ReadOnlyDisk,
    /// The file, or the folder named, may not be written by this user.
    NotWritable(PathBuf),
    /// The disk fails at reading or writing.
    Io,
    /// Another program does not let go of it; who, where that can be known.
    Locked(Option<String>),
    /// It was a database and is broken.
    Damaged,
    /// It never was one.
    NotADatabase,
    /// It is the database of another program.
    Foreign,
    /// A newer version of this program made these steps.
    Newer(Vec<String>),
    /// An older version wrote it, and it cannot be brought up to date because it can only be read.
    Older,
    /// This user may not even read the file, or look into the folder named.
    Denied(PathBuf),
    /// A folder stands in its place.
    Folder,
    /// Something that is neither a file nor a folder does.
    NotAFile,
    /// The file's folder is not there and cannot be made.
    NoFolder(PathBuf),
    /// No copy could be made before it was to be brought up to date.
    NoCopy(PathBuf),
}

impl BookFault {
    /// What is the matter with a book, with the copies that lie beside it.
    pub fn new(file: &Path, matter: Matter) -> Self {
        Self {
            file: file.to_owned(),
            matter,
            copies: migrate::copies(file),
        }
    }

    /// What is the matter with a file, as far as is to be seen without opening it. One that is not there yet has no fault.
    pub fn look(file: &Path) -> Result<(), Self> {
        look::look(file).map_or(Ok(()), |matter| Err(Self::new(file, matter)))
    }

    /// What an error of SQLite means for the file. `None` where the file is not at fault.
    pub fn of(file: &Path, error: &DbErr) -> Option<Self> {
        let matter = match classify(error) {
            Class::Conflict => Matter::Locked(holder::of(file)),
            Class::Storage(_) if sqlite_code(error) == Some(NOT_A_DATABASE) => Matter::NotADatabase,
            Class::Storage(super::StorageFault::Damaged) => Matter::Damaged,
            Class::Storage(super::StorageFault::Full) => Matter::Full,
            Class::Storage(super::StorageFault::ReadOnly) => {
                look::not_writable(file).unwrap_or(Matter::ReadOnlyDisk)
            }
            Class::Storage(super::StorageFault::Io) => look::not_writable(file).unwrap_or(Matter::Io),
            // SQLite says no more than that a file could not be opened: its own, or one beside it.
            Class::Endpoint if sqlite_code(error).is_some() => look::cannot_open(file),
            _ => return None,
        };
        tracing::error!(file = %file.display(), ?matter, %error, "the book cannot be used");
        Some(Self::new(file, matter))
    }

    /// Somebody holds the file. `None` where nobody is known to.
    pub fn of_lock(file: &Path) -> Option<Self> {
        let holder = holder::of(file)?;
        Some(Self::new(file, Matter::Locked(Some(holder))))
    }

    /// The same for an error at opening: a pool that waited in vain for its first connection waited for somebody's lock.
    pub fn of_opening(file: &Path, error: &DbErr) -> Option<Self> {
        let is_waiting = || classify(error) == Class::Endpoint;
        Self::of(file, error)
            .or_else(|| is_waiting().then(|| Self::new(file, Matter::Locked(holder::of(file)))))
    }

    /// The same for what ended a migration.
    pub fn of_migration(file: &Path, error: &MigrateError) -> Option<Self> {
        let matter = match error {
            MigrateError::Database(error) => return Self::of(file, error),
            MigrateError::Newer { unknown } => Matter::Newer(unknown.clone()),
            MigrateError::Foreign => Matter::Foreign,
            MigrateError::Busy { .. } => Matter::Locked(holder::of(file)),
            MigrateError::Copy { path, .. } => match look::not_writable(file) {
                Some(matter) => matter,
                None => Matter::NoCopy(path.clone()),
            },
            MigrateError::LeaseLost => return None,
        };
        tracing::error!(file = %file.display(), ?matter, %error, "the book cannot be used");
        Some(Self::new(file, matter))
    }

    /// Whether what is in it may still be read, now that it cannot be written.
    pub fn may_be_readable(&self) -> bool {
        match self.matter {
            Matter::Full
            | Matter::SizeLimit(_)
            | Matter::ReadOnlyDisk
            | Matter::NotWritable(_)
            | Matter::Io
            | Matter::Locked(_) => true,
            Matter::Damaged
            | Matter::NotADatabase
            | Matter::Foreign
            | Matter::Newer(_)
            | Matter::Older
            | Matter::Denied(_)
            | Matter::Folder
            | Matter::NotAFile
            | Matter::NoFolder(_)
            | Matter::NoCopy(_) => false,
        }
    }

    /// The code that a program ends with over it.
    pub fn exit(&self) -> Exit {
        match self.matter {
            Matter::Full
            | Matter::SizeLimit(_)
            | Matter::ReadOnlyDisk
            | Matter::NotWritable(_)
            | Matter::Io
            | Matter::Locked(_)
            | Matter::NoCopy(_) => Exit::TryLater,
            Matter::Damaged | Matter::NotADatabase | Matter::Foreign => Exit::BadData,
            Matter::Newer(_)
            | Matter::Older
            | Matter::Denied(_)
            | Matter::Folder
            | Matter::NotAFile
            | Matter::NoFolder(_) => Exit::Configuration,
        }
    }

    /// Which file, and what is the matter with it: one sentence.
    pub fn what(&self) -> String {
        let file = self.file.display();
        match &self.matter {
            Matter::Full => format!("The disk of {file} is full."),
            Matter::SizeLimit(bytes) => format!(
                "{file} cannot grow: this program may not make files larger than {} KiB.",
                bytes / 1024
            ),
            Matter::ReadOnlyDisk => format!("{file} is on a disk that can only be read."),
            Matter::NotWritable(path) if *path == self.file => format!("You may read {file}, not write it."),
            Matter::NotWritable(folder) => {
                format!(
                    "{file} cannot be written: you may not write to its folder {}.",
                    folder.display()
                )
            }
            Matter::Io => format!("The disk of {file} fails: it cannot be read or written."),
            Matter::Locked(None) => format!("Another program is using {file} and does not let go of it."),
            Matter::Locked(Some(holder)) => {
                format!("{holder} is using {file} and does not let go of it.")
            }
            Matter::Damaged => format!("{file} is damaged."),
            Matter::NotADatabase => format!("{file} is not a book: something else was written there."),
            Matter::Foreign => format!("{file} is not a book: it is a database of another program."),
            Matter::Newer(_) => format!("{file} was written by a newer version of this program."),
            Matter::Older => format!(
                "{file} was written by an older version of this program and can only be read now, so that it cannot be \
                 brought up to date."
            ),
            Matter::Denied(path) if *path == self.file => format!("You may not read {file}."),
            Matter::Denied(folder) => {
                format!(
                    "{file} cannot be read: you may not look into {}.",
                    folder.display()
                )
            }
            Matter::Folder => format!("{file} is a folder, where the book should be a file."),
            Matter::NotAFile => format!("{file} is not a file, so that it cannot be a book."),
            Matter::NoFolder(folder) => {
                format!(
                    "{file} cannot be opened: there is no folder {}.",
                    folder.display()
                )
            }
            Matter::NoCopy(copy) => format!(
                "{file} was not brought up to date, because no copy of it could be made at {}.",
                copy.display()
            ),
        }
    }

    /// What to do about it: one sentence.
    pub fn advice(&self) -> String {
        let file = self.file.display();
        match &self.matter {
            Matter::Full => "Make room on it and try again.".to_owned(),
            Matter::SizeLimit(_) => "Raise the limit (`ulimit -f unlimited`) and start again.".to_owned(),
            Matter::ReadOnlyDisk => {
                "Make the disk writable, or copy the book to another one and set XDG_DATA_HOME or database.urls to it."
                    .to_owned()
            }
            Matter::NotWritable(path) => format!("Run `chmod u+w {}` if it is yours.", path.display()),
            Matter::Io => "Look at the system's log, and copy the book to another disk while it can be read.".to_owned(),
            Matter::Locked(_) => "End that program, or wait until it is done.".to_owned(),
            Matter::Damaged => self.put_copy_back("Move it away, do not delete it, and put a copy in its place."),
            Matter::NotADatabase | Matter::Foreign => self.put_copy_back(&format!(
                "Put the right file there, or move {file} away: then an empty book is begun."
            )),
            Matter::Newer(steps) => format!(
                "Install that version, or use a copy from before it. It made {}.",
                steps.join(", ")
            ),
            Matter::Older => "Copy it to where it can be written and open it there.".to_owned(),
            Matter::Denied(path) => format!("Run `chmod u+r {}` if it is yours.", path.display()),
            Matter::Folder | Matter::NotAFile => {
                format!("Move {file} away, or name another file in database.urls.")
            }
            Matter::NoFolder(_) => {
                "Make the folder, or set XDG_DATA_HOME or database.urls to a place that you may write to.".to_owned()
            }
            Matter::NoCopy(_) => "Make room there, and try again.".to_owned(),
        }
    }

    fn put_copy_back(&self, otherwise: &str) -> String {
        match self.copies.first() {
            Some(copy) => format!(
                "Move it away, do not delete it, and put a copy in its place: `cp {} {}`.",
                copy.display(),
                self.file.display()
            ),
            None => otherwise.to_owned(),
        }
    }

    /// Where the copies are, a sentence.
    pub fn where_copies_are(&self) -> String {
        let copies: Vec<_> = self
            .copies
            .iter()
            .map(|copy| copy.display().to_string())
            .collect();
        match copies.as_slice() {
            [] => format!(
                "No copy lies beside it; those made before an update are called {}.",
                migrate::copy_of(&self.file, "N").display()
            ),
            [copy] => format!("A copy is {copy}."),
            several => format!("Copies are {}.", several.join(", ")),
        }
    }
}

impl fmt::Display for BookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n{}\n{}",
            self.what(),
            self.advice(),
            self.where_copies_are()
        )
    }
}

#[cfg(test)]
mod tests;
