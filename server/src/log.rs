//! Logging: where lines go, how they look, how loud they are. For people on a terminal, JSON otherwise.
//! Whatever a value holds, a line stays one line of printable text: it cannot be forged from outside, and looking
//! at it cannot command a terminal. What may be in a line is decided where it is written.

mod file;

pub use file::LogFile;

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal as _, Write};
use std::path::PathBuf;

use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer, Registry, reload};

use crate::config;

/// Whose process it is that logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The server's own: `log.file`, else standard error.
    Server,
    /// The app's, which draws on the terminal: `log.file`, else this file; never standard error.
    App { file: PathBuf },
}

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("log.file: {path} cannot be opened: {error}", path = .path.display())]
    Open { path: PathBuf, error: io::Error },
    #[error("logging has been started before")]
    Twice(#[from] TryInitError),
}

/// `{0}` is no level.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no level: error, warn, info, debug, trace, off, or by part as in `info,server::http=debug`"
)]
pub struct LevelError(String);

/// What can be changed while the process runs.
#[derive(Clone)]
pub struct Handle {
    level: reload::Handle<Targets, Registry>,
    file: Option<LogFile>,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl Handle {
    pub fn set_level(&self, level: &str) -> Result<(), LevelError> {
        let targets = parse_level(level)?;
        // Fails only when logging itself is gone.
        let _ = self.level.reload(targets);
        Ok(())
    }

    /// Opens the file anew by its name, for whoever moved the old one away.
    pub fn reopen(&self) {
        if let Some(file) = &self.file {
            file.reopen();
        }
    }
}

/// Starts logging for the whole process.
pub fn start(settings: &config::Log, place: &Place) -> Result<Handle, LogError> {
    let path = match (settings.file.as_str(), place) {
        ("", Place::Server) => None,
        ("", Place::App { file }) => Some(file.clone()),
        (file, _) => Some(PathBuf::from(file)),
    };
    let sink = match path {
        None => Sink::Stderr,
        Some(path) => {
            let opened = LogFile::open(&path, settings.max_bytes, settings.keep);
            Sink::File(opened.map_err(|error| LogError::Open { path, error })?)
        }
    };
    let is_human = match settings.format {
        config::LogFormat::Human => true,
        config::LogFormat::Json => false,
        config::LogFormat::Auto => matches!(sink, Sink::Stderr) && io::stderr().is_terminal(),
    };
    let file = match &sink {
        Sink::File(file) => Some(file.clone()),
        Sink::Stderr => None,
    };
    // What is no level has been refused with the configuration.
    let targets =
        parse_level(&settings.level).unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let (level, handle) = reload::Layer::new(targets);
    tracing_subscriber::registry()
        .with(level)
        .with(shown(is_human, sink))
        .try_init()?;
    if *place == Place::Server {
        log_panics();
    }
    Ok(Handle { level: handle, file })
}

/// How lines look. Without colours: those are escape sequences, which `Lines` takes out.
fn shown<S, T>(is_human: bool, taker: T) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    T: Take + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Lines(taker));
    if is_human {
        return layer.boxed();
    }
    layer
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .boxed()
}

/// `info`, or by part as in `info,server::http=debug`. The library's own reading takes any word for a part's name.
pub fn parse_level(text: &str) -> Result<Targets, LevelError> {
    let mut targets = Targets::new();
    for part in text.split(',').map(str::trim) {
        let (target, level) = part
            .split_once('=')
            .map_or((None, part), |(target, level)| (Some(target), level));
        let level = match level.to_ascii_lowercase().as_str() {
            "error" => LevelFilter::ERROR,
            "warn" => LevelFilter::WARN,
            "info" => LevelFilter::INFO,
            "debug" => LevelFilter::DEBUG,
            "trace" => LevelFilter::TRACE,
            "off" => LevelFilter::OFF,
            _ => return Err(LevelError(text.to_owned())),
        };
        targets = match target {
            Some("") => return Err(LevelError(text.to_owned())),
            Some(target) => targets.with_target(target, level),
            None => targets.with_default(level),
        };
    }
    Ok(targets)
}

/// A panic becomes a line like any other. Only its place and a fixed message: a formatted one may hold a row.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic
            .payload()
            .downcast_ref::<&str>()
            .copied()
            .unwrap_or("(message left out)");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(target: "panic", place, message);
    }));
}

#[derive(Debug, Clone)]
enum Sink {
    Stderr,
    File(LogFile),
}

/// Where one line goes, whole.
trait Take {
    fn take(&self, line: &str);
}

impl Take for Sink {
    fn take(&self, line: &str) {
        match self {
            // A closed standard error must not stop the server.
            Self::Stderr => drop(io::stderr().lock().write_all(line.as_bytes())),
            Self::File(file) => file.append(line.as_bytes()),
        }
    }
}

/// Between the formatter, which hands over one event a write, and where it goes.
#[derive(Debug, Clone)]
struct Lines<T>(T);

struct Line<'a, T>(&'a T);

impl<'a, T: Take + 'a> MakeWriter<'a> for Lines<T> {
    type Writer = Line<'a, T>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(&self.0)
    }
}

impl<T: Take> Write for Line<'_, T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(buf);
        let line = escaped(text.strip_suffix('\n').unwrap_or(&text));
        self.0.take(&format!("{line}\n"));
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Control characters, and those that turn the direction of text or take no room, as `\u001b`: which JSON reads
/// back as the same text.
fn escaped(text: &str) -> Cow<'_, str> {
    let is_bad = |character: char| {
        character.is_control()
            || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    if !text.contains(is_bad) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_bad(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
#[path = "log/tests.rs"]
mod tests;
