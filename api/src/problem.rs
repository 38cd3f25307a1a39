//! RFC 9457 problem details: the one form of every error, and the list of stable codes with their status,
//! title and advice. Both ends match on [`Code`]; the advice is what `/docs/errors/{code}` shows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! codes {
    ($($name:ident, $text:literal, $status:literal, $title:literal, $advice:literal;)*) => {
        /// What went wrong, as a stable word. New ones may come; old ones keep their meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The word on the wire.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $text,)* } }
            /// The HTTP status it is answered with.
            pub fn status(self) -> u16 { match self { $(Self::$name => $status,)* } }
            /// A short headline, the same for every occurrence.
            pub fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
            /// What the caller can do about it.
            pub fn advice(self) -> &'static str { match self { $(Self::$name => $advice,)* } }
            /// The code of that word, if it is one.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == word)
            }
        }
    };
}

codes! {
    BadRequest, "bad-request", 400, "The request is malformed",
        "The body is not one JSON value, or a header or the address cannot be read. Send one JSON document in UTF-8.";
    Validation, "validation", 400, "Some fields are not valid",
        "Each entry of `errors` names the field by JSON pointer and says what is accepted. Nothing was written.";
    BadCursor, "bad-cursor", 400, "The cursor does not belong to this list",
        "A cursor is good only for the list, the filters and the sort it came from. Start again without one.";
    SortNeedsRange, "sort-needs-range", 400, "This sort needs a shorter period",
        "Sorting by anything but the date is offered over at most 20,000 rows. Give `from` and `to`, or sort by date.";
    Unauthenticated, "unauthenticated", 401, "Sign-in needed",
        "Send `Authorization: Bearer TOKEN` with a token that is valid.";
    Forbidden, "forbidden", 403, "Not allowed",
        "Your role in this ledger, or the scope of your token, does not allow this.";
    ConfirmPassword, "confirm-password", 403, "Your password is asked for again",
        "This session gave its password too long ago for this. Send it to `POST /v1/auth/confirm` and repeat the request; that holds for 10 minutes.";
    NotFound, "not-found", 404, "Not found",
        "There is no such thing here, or it is not yours.";
    MethodNotAllowed, "method-not-allowed", 405, "This address does not take that method",
        "The header `Allow` lists the methods it takes.";
    Timeout, "timeout", 408, "The request took too long to arrive",
        "Send the whole body within the time limit.";
    Conflict, "conflict", 409, "It conflicts with what is there",
        "`errors` says with what. Mend that and send it again.";
    UnknownName, "unknown-name", 409, "A name or id is not known in this ledger",
        "`errors` names the field and, where there are some, the candidates.";
    Archived, "archived", 409, "It is archived",
        "Archived categories and accounts take no new rows. Bring it back first, or choose another.";
    NameTaken, "name-taken", 409, "The name is taken",
        "Names are unique within a ledger, whatever their case and accents.";
    InUse, "in-use", 409, "It is in use",
        "Archive it, or merge it into another one; `count` says how many rows use it.";
    IdTaken, "id-taken", 409, "The id is taken",
        "Something else has this id. Draw a new UUIDv7.";
    DuplicateExternalId, "duplicate-external-id", 409, "This external id was recorded before",
        "The bank's own id of a row is recorded once per account, also after the row was deleted.";
    ChangedSince, "changed-since", 409, "Rows were changed since",
        "`errors` names the rows that cannot be brought back. Undo with `skip=conflicts` to leave those as they are, or undo what changed them first.";
    NotUndoable, "not-undoable", 409, "This cannot be undone",
        "Only changes of rows and their names can be undone, and each once; an undo can be undone itself.";
    AlreadyDone, "already-done", 409, "Done already",
        "This request was carried out before and its answer held a secret that is shown once.";
    TooManyRows, "too-many-rows", 409, "Too many rows",
        "A day sheet holds at most 500 rows. Use the list and single edits.";
    Gone, "gone", 410, "It is gone",
        "It was removed for good.";
    Resync, "resync", 410, "The ledger was restored",
        "Cursors from before the restore are void. Load the list again from its start.";
    StaleVersion, "stale-version", 412, "Somebody changed it since",
        "`current` holds the row as it is now. Merge and send again with its version.";
    TooLarge, "too-large", 413, "The body is too large",
        "The limit is named in `detail`.";
    UnsupportedMediaType, "unsupported-media-type", 415, "The media type is not taken",
        "Send `Content-Type: application/json`, without any Content-Encoding.";
    Unprocessable, "unprocessable", 422, "It breaks a rule",
        "`errors` names each field and the rule. Nothing was written.";
    KeyReused, "key-reused", 422, "The idempotency key was used for another request",
        "Draw a fresh key for a different request.";
    PreconditionRequired, "precondition-required", 428, "If-Match is needed",
        "Read it first and send its ETag as `If-Match`, so that nobody's change is lost.";
    RateLimited, "rate-limited", 429, "Too many requests",
        "Wait as long as `Retry-After` says.";
    HeadersTooLarge, "headers-too-large", 431, "The headers are too large",
        "Send at most 16 KiB of headers.";
    Internal, "internal", 500, "Something broke on the server",
        "It was logged under `request_id`; nothing was written.";
    Unavailable, "unavailable", 503, "Try again shortly",
        "The database is busy or away. Nothing was written; wait as long as `Retry-After` says.";
    ReadOnly, "read-only", 503, "The book can only be read",
        "`detail` names the file, what is the matter with it and what to do. Reading goes on.";
}

/// An error, as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct Problem {
    /// Address of a page that explains this code.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", oai(rename = "type"))]
    pub kind: String,
    /// The headline of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, in a sentence.
    pub detail: String,
    /// A stable word for programs to match on.
    pub code: String,
    /// The id this request has in the server's log.
    pub request_id: String,
    /// Every fault of the request at once.
    pub errors: Vec<Fault>,
    /// On 412: the row as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(skip_serializing_if_is_none))]
    pub current: Option<Value>,
    /// On `in-use`: how many rows use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(skip_serializing_if_is_none))]
    pub count: Option<u64>,
}

impl Problem {
    /// The typed code, where this side knows it.
    pub fn known_code(&self) -> Option<Code> {
        Code::from_word(&self.code)
    }
}

/// One fault of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct Fault {
    /// Where: a JSON pointer (RFC 6901) into the body, or `/name` of a parameter.
    pub pointer: String,
    /// A stable word for programs to match on.
    pub code: String,
    /// Why, and how to mend it.
    pub detail: String,
    /// Names that were perhaps meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", oai(default, skip_serializing_if_is_empty))]
    pub candidates: Vec<String>,
}

/// The faults of one request, collected before anything is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) {
        self.0.push(Fault {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
            candidates: Vec::new(),
        });
    }

    /// True where nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts `prefix` before the pointers of the faults that `check` finds.
    pub fn within(&mut self, prefix: &str, check: impl FnOnce(&mut Self)) {
        let from = self.0.len();
        check(self);
        for fault in self.0.iter_mut().skip(from) {
            fault.pointer.insert_str(0, prefix);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_word_of_its_own() {
        for code in Code::ALL {
            assert_eq!(Code::from_word(code.as_str()), Some(*code));
            assert!((400..=599).contains(&code.status()));
        }
    }

    #[test]
    fn faults_inside_a_list_carry_its_pointer() {
        let mut faults = Faults::default();
        faults.within("/rows/3", |faults| faults.add("/amount", "zero", "x"));
        assert_eq!(faults.0[0].pointer, "/rows/3/amount");
    }
}
