//! Text that people write: the one folding behind every search and every uniqueness rule, the one cleaning before
//! text is stored, and the one check of what may be stored at all. `text/wire.rs` carries string values over serde.

pub(crate) mod wire;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use uuid::Uuid;

/// The form in which texts are compared and searched: compatibility decomposed (NFKD), without marks, lower case,
/// white space collapsed to single blanks and trimmed. Folding twice is folding once.
pub fn fold(text: &str) -> String {
    let mut folded = text.to_owned();
    // Lower case can decompose further and the other way round; two rounds reach the end for all of Unicode.
    for _ in 0..2 {
        folded = folded
            .nfkd()
            .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
            .flat_map(char::to_lowercase)
            .map(|c| if c == 'ς' { 'σ' } else { c })
            .collect();
    }
    collapse(&folded)
}

/// A line as it is stored: composed (NFC), white space collapsed to single blanks and trimmed.
pub fn clean_line(text: &str) -> String {
    collapse(&text.nfc().collect::<String>())
}

/// A note as it is stored: composed (NFC), line ends as LF, trimmed.
pub fn clean_note(text: &str) -> String {
    let text: String = text.nfc().collect();
    with_line_feeds(&text).trim().to_owned()
}

/// The line ends of other systems (CRLF, a lone CR) as LF.
fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Joins the words of a text by single blanks.
fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters without a width that a reader cannot see: soft hyphen, zero-width space and joiners, byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Why a text is refused. Its `Display` says why and how to mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but white space.
    #[error("Empty - write something or leave it out")]
    Blank,
    /// More characters than fit.
    #[error("Too long - {chars} characters, at most {most} fit")]
    TooLong {
        /// How many there are.
        chars: usize,
        /// How many fit.
        most: usize,
    },
    /// A line break in a text of one line.
    #[error("A line break at character {at} - write it in one line")]
    LineBreak {
        /// Counted from 1.
        at: usize,
    },
    /// NUL, ESC, tab or another control character.
    #[error("A control character at character {at} - remove it")]
    Control {
        /// Counted from 1.
        at: usize,
    },
    /// A name that is longer than fits once its ligatures and such are written out.
    #[error("Too long once its special characters are written out - shorten it")]
    TooLongFolded,
    /// The word by which a filter asks for what has no entry.
    #[error("The word none stands for what has no name here - choose another name, or leave it out")]
    Reserved,
    /// What an id looks like, by which something else would be meant.
    #[error("A name cannot look like an id - choose another name")]
    LooksLikeId,
    /// A character that changes the direction of the text after it.
    #[error("A hidden direction mark at character {at} - remove it")]
    Bidi {
        /// Counted from 1.
        at: usize,
    },
}

impl TextFault {
    /// The stable name of this fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::TooLong { .. } | Self::TooLongFolded => "too-long",
            Self::LineBreak { .. } => "line-break",
            Self::Control { .. } => "control-character",
            Self::Bidi { .. } => "direction-mark",
            Self::Reserved => "reserved-name",
            Self::LooksLikeId => "looks-like-id",
        }
    }
}

/// Whether a text of one line (a name, a payee) may be stored: not blank, at most `max_chars` characters, no control
/// characters, no line breaks, no direction marks.
pub fn check_line(text: &str, max_chars: usize) -> Result<(), TextFault> {
    if text.trim().is_empty() && !text.contains(|c: char| c.is_control()) {
        return Err(TextFault::Blank);
    }
    check(text, max_chars, false)
}

/// What filters and reports call rows that name no category, account, payee or tag; no entry can have it as its name.
pub const NO_NAME: &str = "none";

/// Longest folded name, in characters: what the tables hold.
pub const MAX_NAME_FOLD: usize = 400;

/// Whether the name of a dictionary entry may be stored: as [`check_line`], and its fold, by which it is found and
/// kept unique, has something in it, fits and is not reserved.
pub fn check_name(text: &str, max_chars: usize) -> Result<(), TextFault> {
    check_line(text, max_chars)?;
    let folded = fold(text);
    match folded.chars().count() {
        0 => Err(TextFault::Blank),
        chars if chars > MAX_NAME_FOLD => Err(TextFault::TooLongFolded),
        _ if folded == NO_NAME => Err(TextFault::Reserved),
        _ if as_id(&folded).is_some() => Err(TextFault::LooksLikeId),
        _ => Ok(()),
    }
}

/// The id that a text is written as, in the form that this API writes: wherever a name can be given, an id is meant then.
pub fn as_id(text: &str) -> Option<Uuid> {
    let text = text.trim();
    (text.len() == uuid::fmt::Hyphenated::LENGTH)
        .then(|| Uuid::try_parse(text).ok())
        .flatten()
}

/// Whether a text may name a dictionary entry or be its id.
pub fn check_name_or_id(text: &str, max_chars: usize) -> Result<(), TextFault> {
    match as_id(text) {
        Some(_) => Ok(()),
        None => check_name(text, max_chars),
    }
}

/// Whether a note may be stored once it is clean: as [`check_line`], but it may be empty and may hold line ends.
pub fn check_note(text: &str, max_chars: usize) -> Result<(), TextFault> {
    check(&with_line_feeds(text), max_chars, true)
}

fn check(text: &str, most: usize, may_break: bool) -> Result<(), TextFault> {
    let fault = text.chars().zip(1..).find_map(|(c, at)| match c {
        '\n' if may_break => None,
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(TextFault::LineBreak { at }),
        c if c.is_control() => Some(TextFault::Control { at }),
        c if is_bidi_control(c) => Some(TextFault::Bidi { at }),
        _ => None,
    });
    let chars = text.chars().count();
    match fault {
        Some(fault) => Err(fault),
        None if chars > most => Err(TextFault::TooLong { chars, most }),
        None => Ok(()),
    }
}

/// Embeddings, overrides, isolates and marks of the bidirectional algorithm.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_must_fold_to_something_that_fits() {
        assert_eq!(check_name("Caf\u{e9}", 100), Ok(()));
        // One ligature of 18 letters, and a mark without its letter.
        assert_eq!(
            check_name(&"\u{fdfa}".repeat(100), 100),
            Err(TextFault::TooLongFolded)
        );
        assert_eq!(check_name("\u{301}", 100), Err(TextFault::Blank));
        for name in ["none", "None", " NO\u{301}NE ", "ｎｏｎｅ"] {
            assert_eq!(check_name(name, 100), Err(TextFault::Reserved), "{name}");
        }
        assert_eq!(check_name("none of it", 100), Ok(()));
        let id = "018F6F2A-7c1d-7b55-9a53-1f0d2c3b4a59";
        assert_eq!(check_name(id, 100), Err(TextFault::LooksLikeId));
        assert_eq!(check_name_or_id(&format!(" {id} "), 100), Ok(()));
        let hash = id.replace('-', "");
        assert_eq!((check_name(&hash, 100), as_id(&hash)), (Ok(()), None));
    }
    use proptest::prelude::*;

    #[test]
    fn folding_hides_case_accents_width_and_blanks() {
        for (text, folded) in [
            ("  Café   Einstein ", "cafe einstein"),
            ("CAFE\u{301} EINSTEIN", "cafe einstein"),
            ("İstanbul", "istanbul"),
            ("ΣΑΣ", "σασ"),
            ("ς", "σ"),
            ("ｆｏｏｄ", "food"),
            ("ﬁne", "fine"),
            ("Łódź", "łodz"),
            ("日本食堂", "日本食堂"),
            ("a\u{ad}b\u{200b}c", "abc"),
            ("tab\tand\u{a0}nbsp", "tab and nbsp"),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn each_unwanted_character_is_refused_by_its_own_name() {
        for (text, code) in [
            ("a\0b", "control-character"),
            ("a\u{1b}[2J", "control-character"),
            ("a\tb", "control-character"),
            ("a\u{7f}", "control-character"),
            ("a\u{9b}2J", "control-character"),
            ("a\nb", "line-break"),
            ("a\r\nb", "line-break"),
            ("a\u{2028}b", "line-break"),
            ("a\u{202e}b", "direction-mark"),
            ("a\u{2066}b", "direction-mark"),
            ("\u{200e}a", "direction-mark"),
            ("a\u{61c}", "direction-mark"),
            ("", "blank"),
            (" \u{a0} ", "blank"),
            ("abcdef", "too-long"),
            ("éééééé", "too-long"),
        ] {
            assert_eq!(
                check_line(text, 5).map_err(TextFault::code),
                Err(code),
                "{text:?}"
            );
        }
        assert_eq!(check_line("ééééé", 5), Ok(()));
        assert_eq!(check_line("👍日本", 5), Ok(()));
    }

    #[test]
    fn a_note_may_hold_line_ends_of_any_system_and_nothing_else_of_the_kind() {
        assert_eq!(check_note("", 5), Ok(()));
        assert_eq!(check_note("a\nb", 5), Ok(()));
        assert_eq!(check_note("a\rb\r\nc", 5), Ok(()));
        assert_eq!(check_note("a\u{2028}b", 5), Err(TextFault::LineBreak { at: 2 }));
        assert_eq!(check_note("a\0", 5), Err(TextFault::Control { at: 2 }));
        assert_eq!(clean_note(" a\r\nb\r"), "a\nb");
    }

    #[test]
    fn a_refusal_says_where_and_what_to_do() {
        let sentence = check_line("ab\u{202e}", 5).unwrap_err().to_string();
        assert_eq!(sentence, "A hidden direction mark at character 3 - remove it");
        let sentence = check_line("abcdef", 5).unwrap_err().to_string();
        assert_eq!(sentence, "Too long - 6 characters, at most 5 fit");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn case_never_changes_the_fold(text in "[a-zà-öø-þα-ω ]{0,20}") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }

        #[test]
        fn cleaning_is_stable_and_leaves_no_line_break(text in any::<String>()) {
            let clean = clean_line(&text);
            prop_assert_eq!(clean_line(&clean), clean.clone());
            prop_assert!(!clean.contains(['\n', '\r', '\t']));
        }
    }

    #[test]
    fn every_character_folds_to_something_stable() {
        // Ideographs and Hangul fold alike; the planes above hold little else.
        let letters =
            ('\0'..'\u{20000}').filter(|c| !matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'));
        for c in letters {
            let once = fold(&c.to_string());
            assert_eq!(fold(&once), once, "{c:?}");
        }
    }
}
