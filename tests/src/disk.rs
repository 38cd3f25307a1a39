//! A disk that becomes full, read-only or broken when a test says so, under the real programs and under MariaDB. The
//! programs write through `disk/fault.c`, which is compiled here and loaded before libc: no root, no mounts.

use crate::program::Home;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/disk/fault.c");

/// What is the matter. The numbers are those of `fault.c`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No file grows any more: what fits is written, the rest is ENOSPC.
    Full = 1,
    /// Writing is EIO.
    WriteFails = 2,
    /// Flushing to the disk is EIO.
    SyncFails = 3,
    /// Writing is EROFS.
    ReadOnly = 4,
}

impl Fault {
    pub const ALL: [Self; 4] = [Self::Full, Self::WriteFails, Self::SyncFails, Self::ReadOnly];
}

/// A disk under one folder.
pub struct Disk {
    own: TempDir,
    folder: PathBuf,
}

impl Disk {
    /// Under a folder: files elsewhere are written as ever.
    pub fn under(folder: &Path) -> Self {
        let own = tempfile::tempdir().expect("make a folder");
        let disk = Self {
            folder: folder.canonicalize().expect("the folder of the disk"),
            own,
        };
        std::fs::write(disk.control(), [0; 8]).expect("make the control file");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(disk.library())
            .arg(SOURCE)
            .output()
            .expect("run cc");
        assert!(built.status.success(), "{built:?}");
        disk
    }

    fn control(&self) -> PathBuf {
        self.own.path().join("fault")
    }

    fn library(&self) -> PathBuf {
        self.own.path().join("fault.so")
    }

    /// What a process is given to write to this disk.
    pub fn env(&self) -> Vec<(String, String)> {
        let text = |path: &Path| path.display().to_string();
        vec![
            ("LD_PRELOAD".to_owned(), text(&self.library())),
            ("EXPENSE_TEST_DISK".to_owned(), text(&self.folder)),
            ("EXPENSE_TEST_DISK_FAULT".to_owned(), text(&self.control())),
        ]
    }

    /// Every program of this home writes to this disk from now on.
    pub fn serve(&self, home: &mut Home) {
        for (name, value) in self.env() {
            home.set(&name, &value);
        }
    }

    /// From the call after the next `calls` on, until [`Disk::mend`].
    pub fn fail(&self, fault: Fault, calls: u16) {
        // The number of calls first: the fault must not begin before it is known when.
        self.write(4, u32::from(calls));
        self.write(0, fault as u32);
    }

    /// There is room again, and everything works.
    pub fn mend(&self) {
        self.write(0, 0);
    }

    fn write(&self, at: u64, number: u32) {
        let open = std::fs::OpenOptions::new().write(true).open(self.control());
        let mut control = open.expect("open the control file");
        control.seek(SeekFrom::Start(at)).expect("find the number");
        control
            .write_all(&number.to_ne_bytes())
            .expect("write the number");
    }
}
