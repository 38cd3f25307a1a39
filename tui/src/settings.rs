//! What the program knows before it starts: which server, with which token, in which ledger, and what the `[app]`
//! section says. Flags come before the environment, the environment before the file. This folder is the only place
//! that reads the environment and the clock; everything else is told.

mod config;
mod env;
mod place;
mod remembered;
mod zone;

pub use config::{AppConfig, KeyNames};
pub use env::{Env, Locale};
pub use place::{Places, private_dir, read_private, write_private};
pub use remembered::Remembered;
pub use zone::Zone;

use crate::client::{Token, Trust, is_loopback};
use crate::dates::Dates;
use std::path::{Path, PathBuf};
use url::Url;

/// What is wrong with the settings: what, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

impl SettingsError {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// What the command line says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    pub server: Option<String>,
    pub ledger: Option<String>,
    pub config: Option<PathBuf>,
    pub token_file: Option<PathBuf>,
    /// Passes over what was chosen in earlier runs.
    pub is_fresh: bool,
    pub is_demo: bool,
    pub is_plain: bool,
}

/// Everything resolved.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server to use; `None` is one inside this process.
    pub server: Option<Url>,
    pub token: Option<Token>,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// Where the token came from, in words.
    pub token_origin: Option<String>,
    /// An id, `default`, or a name.
    pub ledger: String,
    /// What was chosen in earlier runs.
    pub remembered: Remembered,
    /// The file of the token that the command line names.
    token_flag: Option<PathBuf>,
    /// The `[app]` section.
    pub app: AppConfig,
    /// The files that were read, later ones over earlier ones.
    pub config_files: Vec<PathBuf>,
    /// The file that `--config` names.
    pub config_flag: Option<PathBuf>,
    pub places: Places,
    pub locale: Locale,
    pub env: Env,
    /// Generated data in a temporary book.
    pub is_demo: bool,
    /// Lines instead of a full screen; ASCII only.
    pub is_plain: bool,
}

impl Settings {
    /// The file of the authority that is believed beside those of this machine.
    pub fn ca_path(&self) -> Option<PathBuf> {
        ca_path(&self.app, &self.places)
    }

    /// Puts flags, environment and files together.
    pub fn resolve(flags: &Flags, env: Env) -> Result<Self, SettingsError> {
        let places = Places::of(&env)?;
        let (app, config_files) = AppConfig::load(flags.config.as_deref(), &places, &env)?;
        let remembered = if flags.is_fresh {
            Remembered::default()
        } else {
            Remembered::load(&places)?
        };
        let named = flags
            .server
            .as_deref()
            .or(env.get("EXPENSE_SERVER"))
            .or(remembered.server.as_deref())
            .or(non_empty(&app.server));
        let server = match named {
            Some(address) if !flags.is_demo => Some(address_of(address)?),
            _ => None,
        };
        let (token, token_origin) = match &server {
            Some(address) => find_token(address, flags.token_file.as_deref(), &app, &places, &env)?,
            None => (None, None),
        };
        let trust = match &server {
            Some(_) => find_trust(&app, &places)?,
            None => Trust::default(),
        };
        let ledger = flags
            .ledger
            .as_deref()
            .or(env.get("EXPENSE_LEDGER"))
            .or(remembered.ledger(server.as_ref()).filter(|_| !flags.is_demo))
            .or(non_empty(&app.ledger));
        Ok(Self {
            server,
            token,
            trust,
            token_origin,
            ledger: ledger.map_or("default", str::trim).to_owned(),
            remembered,
            token_flag: flags.token_file.clone(),
            app,
            config_files,
            config_flag: flags.config.clone(),
            places,
            locale: Locale::of(&env),
            env,
            is_demo: flags.is_demo,
            is_plain: flags.is_plain,
        })
    }

    /// The same settings for another server, `None` for the one inside this process, with the token and the ledger
    /// that were last used there.
    pub fn toward(&self, server: Option<Url>) -> Result<Self, SettingsError> {
        let remembered = Remembered::load(&self.places)?;
        let (token, token_origin) = match &server {
            Some(address) => find_token(
                address,
                self.token_flag.as_deref(),
                &self.app,
                &self.places,
                &self.env,
            )?,
            None => (None, None),
        };
        let trust = match &server {
            Some(_) => find_trust(&self.app, &self.places)?,
            None => Trust::default(),
        };
        Ok(Self {
            ledger: remembered.ledger(server.as_ref()).unwrap_or("default").to_owned(),
            server,
            token,
            token_origin,
            trust,
            remembered,
            is_demo: false,
            ..self.clone()
        })
    }

    /// Where it is decided which day today is.
    pub fn zone(&self) -> Zone {
        // Checked when it was read.
        Zone::of_name(&self.app.timezone).unwrap_or_default()
    }

    /// How days are written.
    pub fn dates(&self) -> Dates {
        Dates::of_format(&self.app.date_format).unwrap_or_default()
    }

    /// The currency of a new book: as configured, else of the locale's territory.
    pub fn new_book_currency(&self) -> Option<api::currency::Currency> {
        api::currency::Currency::parse(&self.app.currency).or(self.locale.currency)
    }
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// The address of a server as people write it: the scheme may be left out.
pub fn address_of(text: &str) -> Result<Url, SettingsError> {
    let refuse = |why: &str| SettingsError::new(format!("The server's address {text:?} {why}"));
    let text_with_scheme = if text.contains("://") {
        text.to_owned()
    } else {
        let plain = Url::parse(&format!("http://{text}")).map_err(|error| refuse(&error.to_string()))?;
        let scheme = if is_loopback(&plain) { "http" } else { "https" };
        format!("{scheme}://{text}")
    };
    let url = Url::parse(&text_with_scheme).map_err(|error| {
        refuse(&format!(
            "cannot be read: {error} - write https://expense.example.org"
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("needs http or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(SettingsError::new(
            "The server's address holds a user or a password - put the token into EXPENSE_TOKEN instead",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("ends in a query - leave out everything from ? or # on"));
    }
    Ok(url)
}

/// The file of the authority that the settings name.
fn ca_path(app: &AppConfig, places: &Places) -> Option<PathBuf> {
    non_empty(&app.ca_file).map(|path| places.expand(path))
}

/// The authority that the settings name, beside those that this machine believes.
fn find_trust(app: &AppConfig, places: &Places) -> Result<Trust, SettingsError> {
    let Some(path) = ca_path(app, places) else {
        return Ok(Trust::default());
    };
    let read = std::fs::read(&path).map_err(|error| error.to_string());
    read.and_then(|pem| Trust::from_pem(&pem)).map_err(|why| {
        SettingsError::new(format!(
            "The certificate file {} of app.ca_file cannot be used: {why}",
            path.display()
        ))
    })
}

type Found = (Option<Token>, Option<String>);

/// The first token there is: file named by a flag, variable, file named by a variable, file named by the configuration,
/// the one of the last sign-in there, and for a server on this machine the one it left behind.
fn find_token(
    address: &Url,
    named: Option<&Path>,
    app: &AppConfig,
    places: &Places,
    env: &Env,
) -> Result<Found, SettingsError> {
    if let Some(path) = named {
        return token_file(path);
    }
    if let Some(text) = env.get("EXPENSE_TOKEN") {
        let token = Token::new(text).ok_or_else(|| {
            SettingsError::new("EXPENSE_TOKEN is no token - it holds blanks or control characters")
        })?;
        return Ok((Some(token), Some("EXPENSE_TOKEN".to_owned())));
    }
    let file = env
        .get("EXPENSE_TOKEN_FILE")
        .or(non_empty(&app.token_file))
        .map(|path| places.expand(path));
    if let Some(path) = file {
        return token_file(&path);
    }
    let kept = remembered::token_path(places, address);
    if kept.exists() {
        let text = read_private(&kept)?;
        return Ok((Some(token_in(&text, &kept)?), Some(kept.display().to_string())));
    }
    let left = places.server_token();
    if is_loopback(address) && left.exists() {
        let text = read_private(&left)?;
        return Ok((Some(token_in(&text, &left)?), Some(left.display().to_string())));
    }
    Ok((None, None))
}

fn token_file(path: &Path) -> Result<Found, SettingsError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        SettingsError::new(format!(
            "The token file {} cannot be read: {error}",
            path.display()
        ))
    })?;
    Ok((Some(token_in(&text, path)?), Some(path.display().to_string())))
}

fn token_in(text: &str, path: &Path) -> Result<Token, SettingsError> {
    Token::new(text).ok_or_else(|| {
        SettingsError::new(format!(
            "The file {} holds no token - it should be one word",
            path.display()
        ))
    })
}

#[cfg(test)]
mod tests;
