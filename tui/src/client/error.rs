//! Why a request brought no answer, and the one sentence that says so: what happened and what to do about it.
//! Text of the server stands in it as it came; whoever shows it cleans it first.

use api::problem::{Code, Problem};

/// What went wrong between here and the server, or what the server refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// No connection could be made.
    #[error("No server answers at {address}: {reason}")]
    Unreachable { address: String, reason: String },
    /// The connection broke before the whole answer was there.
    #[error("The connection to {address} was lost: {reason}")]
    Lost { address: String, reason: String },
    /// The server's certificate is not believed, or it does not speak TLS.
    #[error("{address} cannot be trusted: {reason}")]
    Untrusted {
        address: String,
        reason: String,
        fix: &'static str,
    },
    /// The address would send secrets to another machine in clear.
    #[error("{address} would carry passwords, tokens and the books to another machine in clear")]
    InClear {
        address: String,
        host: String,
        port: u16,
    },
    /// No answer within the time allowed.
    #[error("{address} did not answer within {secs} seconds")]
    Timeout { address: String, secs: u64 },
    /// The server refused, and said why.
    #[error("{}", said(problem))]
    Problem {
        problem: Box<Problem>,
        retry_after_secs: Option<u64>,
    },
    /// Something answered that is no such server.
    #[error("What answers at {address} is not an expense server: {reason}")]
    Foreign { address: String, reason: String },
    /// A success whose body does not have the form it should have.
    #[error("The answer to {operation} could not be read: {reason}")]
    Unreadable {
        operation: &'static str,
        reason: String,
        server_version: Option<String>,
    },
    /// A body larger than anything the API sends.
    #[error("The answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// No ledger has that name, or several have.
    #[error("{} called {name}", if *is_several { "Several ledgers are" } else { "No ledger is" })]
    NoSuchLedger {
        name: String,
        is_several: bool,
        /// The names there are, or the ids of those that have it.
        known: Vec<String>,
    },
    /// The request could not even be made.
    #[error("The request could not be made: {reason}")]
    Unsendable { reason: String },
}

/// What the server says: its detail, and each field's where there is more than one thing to mend.
fn said(problem: &Problem) -> String {
    let head = if problem.detail.is_empty() {
        &problem.title
    } else {
        &problem.detail
    };
    let faults: Vec<_> = problem
        .errors
        .iter()
        .map(fault_words)
        .filter(|fault| !fault.is_empty())
        .collect();
    match faults.as_slice() {
        [] => head.clone(),
        [fault] => fault.clone(),
        several => format!("{head}: {}", several.join("; ")),
    }
}

/// `amount: EUR has 2 decimals - write 12.35`, with the names that were perhaps meant.
fn fault_words(fault: &api::problem::Fault) -> String {
    let field = fault.pointer.trim_start_matches('/').replace('/', " ");
    let mut words = if field.is_empty() {
        String::new()
    } else {
        format!("{field}: ")
    };
    words.push_str(if fault.detail.is_empty() {
        &fault.code
    } else {
        &fault.detail
    });
    if !fault.candidates.is_empty() {
        words = format!("{words} (perhaps {})", fault.candidates.join(", "));
    }
    words
}

impl ClientError {
    /// An error that the server described.
    pub fn refused(problem: Problem) -> Self {
        Self::Problem {
            problem: Box::new(problem),
            retry_after_secs: None,
        }
    }

    /// One sentence: what happened and what to do.
    pub fn sentence(&self) -> String {
        if self.code() == Some(Code::ConfirmPassword) {
            // The server says by which request; whoever sits here is asked.
            return "Nothing was done: this asks for your password once more.".to_owned();
        }
        let fix = self.fix();
        let fact = self.to_string();
        let fact = fact.trim_end().trim_end_matches('.');
        if fix.is_empty() {
            format!("{fact}.")
        } else {
            format!("{fact} - {fix}.")
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "start it with `expensed serve`, or mend --server or EXPENSE_SERVER".to_owned()
            }
            Self::Untrusted { fix, .. } => (*fix).to_owned(),
            Self::InClear { host, port, .. } => format!(
                "use https://, or run `ssh -L {port}:127.0.0.1:{port} {host}` and use http://127.0.0.1:{port}"
            ),
            Self::Lost { .. } => "try again; nothing is written twice".to_owned(),
            Self::Timeout { .. } => "try again later; nothing is written twice".to_owned(),
            Self::Problem {
                problem,
                retry_after_secs,
            } => refusal_fix(problem, *retry_after_secs),
            Self::Foreign { .. } => "check the address, and a proxy on the way".to_owned(),
            Self::Unreadable { server_version, .. } => age(server_version.as_deref()),
            Self::NoSuchLedger { known, .. } if known.is_empty() => "there is none to open".to_owned(),
            Self::NoSuchLedger {
                is_several: true,
                known,
                ..
            } => format!("name one by its id: {}", known.join(", ")),
            Self::NoSuchLedger { known, .. } => format!("there are {}", known.join(", ")),
            Self::TooLarge { .. } => "ask for fewer rows".to_owned(),
            Self::Unsendable { .. } => "check the server's address and the token".to_owned(),
        }
    }

    /// What the server refused, where it was the server.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> Option<Code> {
        self.problem().and_then(Problem::known_code)
    }

    /// True where the same request may well succeed later: what was to be written is kept and sent again. False where
    /// the server has judged it.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Lost { .. }
            | Self::Timeout { .. }
            | Self::Foreign { .. } => true,
            Self::Problem { problem, .. } => matches!(problem.status, 401 | 408 | 429 | 500..),
            // The write was done; only its answer is of no use.
            Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::InClear { .. }
            | Self::NoSuchLedger { .. }
            | Self::Unsendable { .. } => false,
        }
    }

    /// True where a write that ended so is certainly not done: it never reached the server, or was refused by it. A
    /// server that broke or was too busy may have done it and not be able to say so.
    pub fn is_not_done(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::InClear { .. }
            | Self::NoSuchLedger { .. }
            | Self::Unsendable { .. } => true,
            Self::Problem { problem, .. } => problem.status < 500,
            Self::Lost { .. }
            | Self::Timeout { .. }
            | Self::Foreign { .. }
            | Self::Unreadable { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// True where the server would, but not now.
    pub fn is_busy(&self) -> bool {
        self.problem()
            .is_some_and(|problem| matches!(problem.status, 408 | 429 | 500..))
    }

    /// True where no server was there at all, or none that may be spoken to.
    pub fn is_offline(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Untrusted { .. } | Self::Lost { .. } | Self::Timeout { .. }
        )
    }
}

/// What to do about a refusal, unless its own words say so.
fn refusal_fix(problem: &Problem, retry_after_secs: Option<u64>) -> String {
    match (problem.known_code(), retry_after_secs) {
        // What to do is in its own words, and waiting is no part of it.
        (Some(Code::ReadOnly), _) => String::new(),
        (_, Some(secs)) => format!("try again in {secs} s"),
        (Some(Code::Unauthenticated), _) => {
            "sign in with `expense login` (:sign-in in the app), or set EXPENSE_TOKEN or EXPENSE_TOKEN_FILE to a valid token"
                .to_owned()
        }
        (Some(Code::StaleVersion), _) => "load it again and repeat the change".to_owned(),
        (Some(Code::InUse), _) => match problem.count {
            Some(1) => "1 row uses it: archive or merge it instead".to_owned(),
            Some(count) => format!("{count} rows use it: archive or merge it instead"),
            None => "archive or merge it instead".to_owned(),
        },
        (Some(Code::Unavailable | Code::RateLimited), None) => "try again shortly".to_owned(),
        (Some(Code::Internal), _) if !problem.request_id.is_empty() => {
            format!("the server's log says more under {}", problem.request_id)
        }
        _ => String::new(),
    }
}

/// Which side is older, as far as the versions tell.
pub(super) fn age(server_version: Option<&str>) -> String {
    let own = env!("CARGO_PKG_VERSION");
    let numbers = |version: &str| {
        version
            .split('.')
            .map(str::parse)
            .collect::<Result<Vec<u32>, _>>()
            .ok()
    };
    match server_version.map(|version| (version, numbers(version), numbers(own))) {
        Some((version, Some(theirs), Some(ours))) if theirs < ours => {
            format!("the server ({version}) is older than this app ({own}): update the server")
        }
        Some((version, Some(theirs), Some(ours))) if theirs > ours => {
            format!("this app ({own}) is older than the server ({version}): update the app")
        }
        _ => format!("the server and this app ({own}) may be of different age: bring both up to date"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::problem::Fault;

    fn problem(code: Code) -> Problem {
        Problem {
            code: code.as_str().to_owned(),
            status: code.status(),
            title: code.title().to_owned(),
            ..Problem::default()
        }
    }

    fn fault(pointer: &str, detail: &str) -> Fault {
        Fault {
            pointer: pointer.to_owned(),
            detail: detail.to_owned(),
            ..Fault::default()
        }
    }

    #[test]
    fn an_unreachable_server_is_named_with_what_to_do() {
        let error = ClientError::Unreachable {
            address: "http://127.0.0.1:8000".to_owned(),
            reason: "connection refused".to_owned(),
        };
        assert_eq!(
            error.sentence(),
            "No server answers at http://127.0.0.1:8000: connection refused - start it with `expensed serve`, or \
             mend --server or EXPENSE_SERVER."
        );
        assert!(error.is_passing() && error.is_offline());
    }

    #[test]
    fn one_fault_is_the_whole_sentence_and_several_stand_together() {
        let mut refused = problem(Code::Validation);
        refused.errors = vec![fault("/amount", "Two decimal points - write 12.50 or 1250")];
        let error = ClientError::refused(refused.clone());
        assert_eq!(
            error.sentence(),
            "amount: Two decimal points - write 12.50 or 1250."
        );
        refused.errors.push(fault("/rows/3/date", "There is no such day"));
        let error = ClientError::refused(refused);
        assert_eq!(
            error.sentence(),
            "Some fields are not valid: amount: Two decimal points - write 12.50 or 1250; rows 3 date: There is no \
             such day."
        );
        assert!(!error.is_passing());
    }

    #[test]
    fn candidates_stale_versions_and_uses_are_told() {
        let mut unknown = problem(Code::UnknownName);
        unknown.errors = vec![Fault {
            pointer: "/category".to_owned(),
            detail: "No category is called fod".to_owned(),
            candidates: vec!["Food".to_owned(), "Fuel".to_owned()],
            ..Fault::default()
        }];
        assert_eq!(
            ClientError::refused(unknown).sentence(),
            "category: No category is called fod (perhaps Food, Fuel)."
        );
        assert_eq!(
            ClientError::refused(problem(Code::StaleVersion)).sentence(),
            "Somebody changed it since - load it again and repeat the change."
        );
        let in_use = Problem {
            count: Some(3),
            ..problem(Code::InUse)
        };
        assert_eq!(
            ClientError::refused(in_use).sentence(),
            "It is in use - 3 rows use it: archive or merge it instead."
        );
    }

    #[test]
    fn a_busy_server_says_when_to_come_back() {
        let error = ClientError::Problem {
            problem: Box::new(problem(Code::Unavailable)),
            retry_after_secs: Some(2),
        };
        assert_eq!(error.sentence(), "Try again shortly - try again in 2 s.");
        assert!(error.is_passing());
    }

    #[test]
    fn an_unreadable_answer_says_which_side_is_older() {
        let unreadable = |version: &str| ClientError::Unreadable {
            operation: "get_expense",
            reason: "missing field `id`".to_owned(),
            server_version: Some(version.to_owned()),
        };
        assert!(
            unreadable("0.0.1")
                .sentence()
                .contains("the server (0.0.1) is older")
        );
        assert!(unreadable("99.0.0").sentence().contains("this app"));
        assert!(unreadable("?").sentence().contains("different age"));
        assert!(!unreadable("0.0.1").is_passing());
    }
}
