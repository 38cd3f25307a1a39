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
        "Each entry of `errors` names the field by JSON pointer and says what is accepted; `more_errors` says how many there are besides. Nothing was written.";
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
        "It was logged under `request_id`. A write sent again with its `Idempotency-Key` is carried out once.";
    Unavailable, "unavailable", 503, "Try again shortly",
        "The database or the server is busy, away, or has no room. Wait as long as `Retry-After` says; a write sent again with its `Idempotency-Key` is carried out once.";
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
    /// The faults of the request at once, at most 100 of them.
    pub errors: Vec<Fault>,
    /// How many more faults there are than `errors` tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(skip_serializing_if_is_none))]
    pub more_errors: Option<u64>,
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

/// Most faults that one request is told of.
pub const MAX_FAULTS: usize = 100;
/// Most bytes of them, as they are written. The rest of a problem fits into what is then left of 64 KB.
pub const MAX_FAULT_BYTES: usize = 48 * 1024;
/// Longest sentence and longest pointer, in characters: both may hold what a client sent.
const MAX_SENTENCE_CHARS: usize = 1000;
/// What the names and marks of a fault take on the wire.
const FRAME_BYTES: usize = 64;

/// The faults of one request, collected before anything is refused. It tells the first of them and counts the rest, so
/// that a request with very many faults costs no more than one with a hundred.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    told: Vec<Fault>,
    more: u64,
    bytes: usize,
}

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) {
        self.add_with(|| Fault {
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
            candidates: Vec::new(),
        });
    }

    /// Notes a fault that is only made where there is room to tell it.
    pub fn add_with(&mut self, fault: impl FnOnce() -> Fault) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        let mut fault = fault();
        for text in [&mut fault.pointer, &mut fault.detail] {
            *text = shortened(std::mem::take(text));
        }
        let bytes = fault.wire_bytes();
        if self.bytes + bytes > MAX_FAULT_BYTES {
            // What comes later may be shorter, but the faults that are told are the first ones.
            self.bytes = MAX_FAULT_BYTES;
            self.more += 1;
            return;
        }
        self.bytes += bytes;
        self.told.push(fault);
    }

    /// Notes all of another collection.
    pub fn extend(&mut self, others: Self) {
        for fault in others.told {
            self.add_with(|| fault);
        }
        self.more += others.more;
    }

    /// True where nothing was found.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.more == 0
    }

    /// True where further faults are only counted.
    pub fn is_full(&self) -> bool {
        self.told.len() >= MAX_FAULTS || self.bytes >= MAX_FAULT_BYTES
    }

    /// The faults that are told.
    pub fn told(&self) -> &[Fault] {
        &self.told
    }

    /// How many more were found than are told.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// How many were found.
    pub fn count(&self) -> u64 {
        u64::try_from(self.told.len())
            .unwrap_or(u64::MAX)
            .saturating_add(self.more)
    }

    /// The faults that are told, for an answer.
    pub fn into_told(self) -> Vec<Fault> {
        self.told
    }

    /// Where the fault noted last is told, if it is.
    pub fn last_told(&self) -> Option<usize> {
        if self.more > 0 {
            return None;
        }
        self.told.len().checked_sub(1)
    }

    /// Says of a fault which names were perhaps meant, as far as there is room, in place of those it names.
    pub fn suggest(&mut self, at: usize, candidates: Vec<String>) {
        let Some(fault) = self.told.get_mut(at) else {
            return;
        };
        for name in fault.candidates.drain(..) {
            self.bytes = self.bytes.saturating_sub(json_bytes(&name) + 1);
        }
        for name in candidates {
            let bytes = json_bytes(&name) + 1;
            if self.bytes + bytes <= MAX_FAULT_BYTES {
                self.bytes += bytes;
                fault.candidates.push(name);
            }
        }
    }

    /// Makes all of them faults of one place.
    pub fn point_to(&mut self, pointer: &str) {
        for fault in &mut self.told {
            pointer.clone_into(&mut fault.pointer);
        }
    }

    /// Puts `prefix` before the pointers of the faults that `check` finds.
    pub fn within(&mut self, prefix: &str, check: impl FnOnce(&mut Self)) {
        let from = self.told.len();
        check(self);
        for fault in self.told.iter_mut().skip(from) {
            fault.pointer.insert_str(0, prefix);
            self.bytes += prefix.len();
        }
    }
}

impl Fault {
    /// How much it takes on the wire.
    fn wire_bytes(&self) -> usize {
        let texts = [&self.pointer, &self.code, &self.detail];
        let texts = texts.into_iter().chain(&self.candidates);
        FRAME_BYTES + texts.map(|text| json_bytes(text) + 1).sum::<usize>()
    }
}

/// The bytes of a text as JSON, quotes included.
fn json_bytes(text: &str) -> usize {
    let bytes = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..=0x1f => 6,
        _ => 1,
    });
    2 + bytes.sum::<usize>()
}

/// A text of which no more than the beginning is told.
pub fn shortened(mut text: String) -> String {
    if text.len() > MAX_SENTENCE_CHARS
        && let Some((end, _)) = text.char_indices().nth(MAX_SENTENCE_CHARS)
    {
        text.truncate(end);
        text.push('…');
    }
    text
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
        assert_eq!(faults.told()[0].pointer, "/rows/3/amount");
    }

    #[test]
    fn no_more_faults_are_told_than_fit_and_the_rest_is_counted() {
        let mut faults = Faults::default();
        for n in 0..130_000 {
            faults.add(format!("/tags/{n}"), "type", "This must be text, in quotes");
        }
        assert_eq!((faults.told().len(), faults.more()), (MAX_FAULTS, 129_900));
        assert_eq!(faults.count(), 130_000);

        let mut long = Faults::default();
        for text in ["\"", "\u{1}", "x", "語"] {
            for _ in 0..40 {
                long.add("/x", "long", text.repeat(5000));
            }
        }
        assert_eq!(long.count(), 160);
        let bytes = serde_json::to_vec(long.told()).unwrap().len();
        assert!(bytes <= MAX_FAULT_BYTES, "{bytes}");
        assert!(long.told()[0].detail.ends_with("\"…"));
    }

    #[test]
    fn a_fault_that_is_not_told_is_not_made() {
        let mut faults = Faults::default();
        for _ in 0..MAX_FAULTS {
            faults.add("/x", "x", "x");
        }
        faults.add_with(|| panic!("it was made"));
        let mut other = Faults::default();
        other.add("/y", "y", "y");
        faults.extend(other);
        assert_eq!(faults.more(), 2);
        assert_eq!(faults.last_told(), None);
    }

    #[test]
    fn names_that_were_perhaps_meant_stay_within_the_bounds() {
        let mut faults = Faults::default();
        faults.add("/x", "x", "x");
        faults.suggest(0, vec!["Sweets".into()]);
        faults.suggest(0, vec!["Food: Sweets".into()]);
        assert_eq!(faults.told()[0].candidates, ["Food: Sweets"]);
        faults.suggest(0, vec!["name".repeat(10_000); 10]);
        let bytes = serde_json::to_vec(faults.told()).unwrap().len();
        assert!(bytes <= MAX_FAULT_BYTES, "{bytes}");
    }
}
