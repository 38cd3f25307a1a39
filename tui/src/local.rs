//! The server inside this process: the only file of this crate that names it, and only in a build that has it.
//! The app remains an HTTP client of it like any other.

use futures_util::future::BoxFuture;
use server::cli::Exit;
use server::config::{Config, DatabaseUrl};
use server::db::BookFault;
use server::embedded;
use server::log::{self, LogError, Place};
use server::run::Failure;
use tui::client::Token;
use tui::connect::{BookAccess, BookTrouble, LocalBook, Running, StartError};
use url::Url;

/// Starts it over a SQLite file, or over the databases that the configuration names.
pub fn start(book: LocalBook) -> BoxFuture<'static, Result<Running, StartError>> {
    Box::pin(async move {
        let config = config(&book)?;
        // Never to the terminal, which is the app's.
        match log::start(&config.log, &Place::App { file: book.log_file }) {
            Ok(_) | Err(LogError::Twice(_)) => {}
            // Its own place is on a disk that takes nothing now: no reason not to show the book.
            Err(LogError::Open { .. }) if config.log.file.is_empty() => {}
            Err(error) => return Err(StartError::configuration(error.to_string())),
        }
        let name = config
            .database
            .urls
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ");
        let running = match book.access {
            BookAccess::Write => embedded::start_with(config).await,
            BookAccess::Read => embedded::start_to_read(config).await,
        };
        let running = running.map_err(failed)?;
        let lasts = running.state.db.read_only().is_some();
        let address = Url::parse(&format!("http://{}", running.address));
        let address = address.map_err(|error| StartError::failed(error.to_string()))?;
        let token =
            Token::new(&running.token).ok_or_else(|| StartError::failed("it gave no token".to_owned()))?;
        Ok(Running {
            address,
            token,
            book: name,
            trouble: running.fault.as_ref().map(|fault| BookTrouble {
                lasts,
                ..trouble(fault)
            }),
            stop: Box::new(|| Box::pin(running.shutdown())),
        })
    })
}

/// The user's own configuration; a book that is temporary has none.
fn config(book: &LocalBook) -> Result<Config, StartError> {
    let mut config = if book.is_temporary {
        Config::default()
    } else {
        Config::load(book.config.as_deref())
            .map_err(|faults| StartError::configuration(faults.to_string()))?
    };
    if config.database.urls.is_empty() {
        config.database.urls = vec![DatabaseUrl::sqlite_file(&book.database)];
    }
    Ok(config)
}

fn failed(failure: Failure) -> StartError {
    let error = match failure.exit {
        Exit::Configuration => StartError::configuration(failure.message),
        _ => StartError::failed(failure.message),
    };
    StartError {
        trouble: failure.book.map(|fault| Box::new(trouble(&fault))),
        ..error
    }
}

fn trouble(fault: &BookFault) -> BookTrouble {
    BookTrouble {
        what: fault.what(),
        advice: fault.advice(),
        copies: fault.where_copies_are(),
        exit: fault.exit() as u8,
        may_be_readable: fault.may_be_readable(),
        lasts: false,
    }
}
