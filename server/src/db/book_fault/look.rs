//! What the file system says of a book, without opening it: a file that this process has open must not be opened and
//! closed beside SQLite, because that would let go of SQLite's locks.

use super::Matter;
use rustix::fs::{Access, StatVfsMountFlags, access, statvfs};
use rustix::io::Errno;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// What is wrong with the file before SQLite is asked.
pub(super) fn look(file: &Path) -> Option<Matter> {
    match fs::metadata(file) {
        Ok(found) if found.is_dir() => Some(Matter::Folder),
        Ok(found) if !found.is_file() => Some(Matter::NotAFile),
        Ok(_) if access(file, Access::READ_OK) == Err(Errno::ACCESS) => Some(Matter::Denied(file.to_owned())),
        _ => None,
    }
}

/// Why the file, or one beside it, cannot be written. `None` where nothing is to be seen.
pub(super) fn not_writable(file: &Path) -> Option<Matter> {
    let folder = folder_of(file);
    for path in [file, folder] {
        match access(path, Access::WRITE_OK) {
            Err(Errno::ROFS) => return Some(Matter::ReadOnlyDisk),
            Err(Errno::ACCESS | Errno::PERM) => return Some(Matter::NotWritable(path.to_owned())),
            _ => {}
        }
    }
    if statvfs(folder).is_ok_and(|disk| disk.f_flag.contains(StatVfsMountFlags::RDONLY)) {
        return Some(Matter::ReadOnlyDisk);
    }
    if let Err(error) = write_something(folder) {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => return Some(Matter::Full),
            ErrorKind::ReadOnlyFilesystem => return Some(Matter::ReadOnlyDisk),
            ErrorKind::PermissionDenied => return Some(Matter::NotWritable(folder.to_owned())),
            ErrorKind::FileTooLarge => {}
            _ => return Some(Matter::Io),
        }
    }
    size_limit().map(Matter::SizeLimit)
}

/// As much as SQLite needs to open a book, in a file without a name.
fn write_something(folder: &Path) -> io::Result<()> {
    let mut file = tempfile::tempfile_in(folder)?;
    file.write_all(&vec![1; 64 * 1024])?;
    file.sync_all()
}

/// Why SQLite could not open it.
pub(super) fn cannot_open(file: &Path) -> Matter {
    let folder = folder_of(file);
    let is_there = match fs::metadata(file) {
        Ok(_) => true,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Matter::Denied(folder.to_owned());
        }
        Err(_) => false,
    };
    if !is_there && !folder.is_dir() {
        return Matter::NoFolder(folder.to_owned());
    }
    not_writable(file).unwrap_or(Matter::Io)
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// How large this process may make a file, where that is limited.
fn size_limit() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max file size"))?;
    line.split_whitespace().next()?.parse().ok()
}
