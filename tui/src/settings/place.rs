//! Where things lie: configuration, data and state by the XDG base directory rules, and the rule that what this
//! program keeps to itself is readable by its user alone.

use super::{Env, SettingsError};
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

/// The folders of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    home: PathBuf,
    /// `config.toml` lies here.
    pub config: PathBuf,
    /// The book of the server inside the app lies here.
    pub data: PathBuf,
    /// The log, drafts and unsent entries lie here.
    pub state: PathBuf,
}

impl Places {
    /// As the environment says. A relative XDG path is passed over, as its rules ask.
    pub fn of(env: &Env) -> Result<Self, SettingsError> {
        let home = env.get("HOME").map(PathBuf::from).or_else(dirs::home_dir);
        let home =
            home.ok_or_else(|| SettingsError::new("HOME is not set - set it to a folder of your own"))?;
        let place = |name: &str, default: &str| {
            let set = env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
            set.unwrap_or_else(|| home.join(default)).join("expense")
        };
        Ok(Self {
            config: place("XDG_CONFIG_HOME", ".config"),
            data: place("XDG_DATA_HOME", ".local/share"),
            state: place("XDG_STATE_HOME", ".local/state"),
            home,
        })
    }

    /// What a server started on this machine leaves for its own user's clients.
    pub fn server_token(&self) -> PathBuf {
        self.state.join("server.token")
    }

    /// The log of the server inside the app.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("expense.log")
    }

    /// A path as written in a setting: `~/` is the user's own folder.
    pub fn expand(&self, path: &str) -> PathBuf {
        path.strip_prefix("~/")
            .map_or_else(|| PathBuf::from(path), |rest| self.home.join(rest))
    }
}

/// Makes a folder that only its user may enter, with those above it; takes the rights of others from one that is there.
pub fn private_dir(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if mode(path)? & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// The permission bits of a file.
#[cfg(unix)]
pub fn mode(path: &Path) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o7777)
}

/// Reads a secret of this program's own, and refuses it where others could have read or changed it.
pub fn read_private(path: &Path) -> Result<String, SettingsError> {
    let failed = |error: io::Error| SettingsError::new(format!("{} cannot be read: {error}", path.display()));
    #[cfg(unix)]
    if mode(path).map_err(failed)? & 0o077 != 0 {
        return Err(SettingsError::new(format!(
            "{} can be read by others - run `chmod 600 {}`, and give the server a new token",
            path.display(),
            path.display()
        )));
    }
    fs::read_to_string(path).map_err(failed)
}

/// Writes a secret of this program's own: whole or not at all, readable by its user alone.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    private_dir(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
