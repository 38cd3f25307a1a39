//! How a command fails, and the exit code that says so to a script.

use crate::client::ClientError;
use crate::connect::{BookTrouble, ConnectError};
use crate::settings::SettingsError;
use std::fmt;
use std::io::{self, ErrorKind};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// A name and a password or a code that do not fit.
    Refused(String),
    /// The server was not there, or refused.
    Api(ClientError),
    /// The settings are wrong.
    Settings(SettingsError),
    /// The command line is.
    Usage(String),
    /// What was to be written is.
    Data(String),
    /// Something is the matter with the book of this machine.
    Book(Box<BookTrouble>),
    /// Anything else.
    Failed(String),
    /// Something of this machine could not be read or written, such as the output.
    Io(io::Error),
    /// What was to be written may be there or not; the second says how to find out.
    Unsure(Box<Failure>, String),
    /// A part was written, which the first says, and the rest was not.
    Partly(String, Box<Failure>),
    /// The process was told to end, by this signal.
    Interrupted(u8),
    /// Whoever read the output went away, which is their right.
    Quiet,
}

impl Failure {
    /// The exit code, as in `sysexits.h` where it has one.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Quiet => 0,
            // As shells count it.
            Self::Interrupted(signal) => 128_u8.saturating_add(*signal),
            Self::Failed(_) | Self::Io(_) => 1,
            Self::Unsure(cause, _) => match cause.as_ref() {
                Self::Api(ClientError::Problem { .. }) | Self::Interrupted(_) => cause.exit_code(),
                _ => 74,
            },
            Self::Partly(_, cause) => match cause.as_ref() {
                Self::Interrupted(_) => cause.exit_code(),
                _ => 1,
            },
            Self::Usage(_) => 2,
            Self::Data(_) => 65,
            Self::Refused(_) => 77,
            Self::Settings(_) => 78,
            Self::Api(error) => of_client(error),
            Self::Book(trouble) => trouble.exit,
        }
    }
}

fn of_client(error: &ClientError) -> u8 {
    match error {
        ClientError::Unreachable { .. }
        | ClientError::Untrusted { .. }
        | ClientError::Lost { .. }
        | ClientError::Timeout { .. }
        | ClientError::Foreign { .. } => 69,
        ClientError::NoSuchLedger { .. } => 65,
        ClientError::Unsendable { .. } | ClientError::InClear { .. } => 78,
        ClientError::Unreadable { .. } | ClientError::TooLarge { .. } => 1,
        ClientError::Problem { problem, .. } => match problem.status {
            401 | 403 => 77,
            400 | 409 | 413 | 415 | 422 => 65,
            408 | 429 | 503 => 75,
            _ => 1,
        },
    }
}

/// What a server says to do, in the words of this command line: it speaks of its own parameters.
pub(super) fn in_flags(text: &str) -> String {
    [
        ("date_format=", "--date-format "),
        ("columns=", "--columns "),
        ("`create_missing`", "--create-missing"),
        ("create_missing", "--create-missing"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (parameter, flag)| {
        text.replace(parameter, flag)
    })
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => f.write_str(&in_flags(&error.sentence())),
            Self::Settings(error) => error.fmt(f),
            Self::Book(trouble) => trouble.fmt(f),
            Self::Usage(text) | Self::Refused(text) | Self::Data(text) | Self::Failed(text) => {
                f.write_str(text)
            }
            Self::Io(error) => error.fmt(f),
            // The client would say to try again, which adds it twice.
            Self::Unsure(cause, again) => match cause.as_ref() {
                Self::Api(error) => write!(f, "{}. {again}", error.to_string().trim_end_matches('.')),
                other => write!(f, "{other}. {again}"),
            },
            Self::Partly(done, cause) => write!(f, "{done} The rest was not: {cause}"),
            Self::Interrupted(_) => f.write_str("interrupted"),
            Self::Quiet => Ok(()),
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Api(error)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Settings(error) => Self::Settings(error),
            ConnectError::Client(error) => Self::Api(error),
            ConnectError::Book(trouble) => Self::Book(trouble),
            ConnectError::Local(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            Self::Quiet
        } else {
            Self::Io(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::{refusal, unreachable};
    use api::problem::Code;

    #[test]
    fn each_kind_of_failure_has_the_code_that_scripts_know() {
        let refused = |code| Failure::Api(refusal(code)).exit_code();
        assert_eq!(Failure::Api(unreachable()).exit_code(), 69);
        assert_eq!(refused(Code::Unauthenticated), 77);
        assert_eq!(refused(Code::Forbidden), 77);
        assert_eq!(refused(Code::Validation), 65);
        assert_eq!(refused(Code::UnknownName), 65);
        assert_eq!(refused(Code::Unprocessable), 65);
        assert_eq!(refused(Code::Unavailable), 75);
        assert_eq!(refused(Code::RateLimited), 75);
        assert_eq!(refused(Code::StaleVersion), 1);
        assert_eq!(refused(Code::Internal), 1);
        assert_eq!(Failure::Settings(SettingsError(String::new())).exit_code(), 78);
        assert_eq!(Failure::Usage(String::new()).exit_code(), 2);
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let failure = Failure::from(io::Error::from(ErrorKind::BrokenPipe));
        assert_eq!(failure.exit_code(), 0);
        assert_eq!(Failure::from(io::Error::other("disk full")).exit_code(), 1);
    }
}
