//! The one filter for text from outside (notes, payees, server messages, file names) on its way to
//! a terminal, and the one measure of how wide it is there. Controls become `?`, what is invisible
//! or turns the writing direction goes, emoji are taken apart until every terminal agrees on their
//! width. The screen, the plain commands, window titles and logs all pass through here.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// More marks than this on one letter are noise that spills over other lines.
const MARKS_PER_LETTER: usize = 4;

/// Which side of its column a text stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    #[default]
    Left,
    Right,
}

/// The text as it may be shown: one line, no escape, nothing invisible, nothing reordering.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut marks = MARKS_PER_LETTER;
    for c in text.chars().filter_map(visible) {
        if c.width() == Some(0) {
            // A mark without a letter would fall on the neighbouring column.
            if marks < MARKS_PER_LETTER {
                marks += 1;
                shown.push(c);
            }
        } else {
            marks = 0;
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn visible(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
        _ if is_unseen(c) => None,
        _ if c.is_control() => Some('?'),
        _ => Some(c),
    }
}

/// Characters that show nothing themselves but change what stands around them.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

/// What a person may type or paste into a field of one line. Unlike [`clean`] this is kept, so
/// emoji stay whole; only what could never be meant is left out.
pub fn typed(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => Some(c),
            _ => visible(c).filter(|_| !c.is_control() || c.is_whitespace()),
        })
        .collect()
}

/// Columns that a cleaned text takes.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(grapheme_width).sum()
}

pub(crate) fn grapheme_width(grapheme: &str) -> usize {
    grapheme.width()
}

/// The text in exactly `columns` columns: padded, or cut between graphemes with the ellipsis.
pub fn fit(text: &str, columns: usize, align: Align, ellipsis: &str) -> String {
    let text = clean(text);
    let taken = width(&text);
    let (shown, taken) = if taken <= columns {
        (text, taken)
    } else {
        let (cut, taken) = cut(&text, columns, ellipsis);
        (Cow::Owned(cut), taken)
    };
    let padding = " ".repeat(columns.saturating_sub(taken));
    match align {
        Align::Left => format!("{shown}{padding}"),
        Align::Right => format!("{padding}{shown}"),
    }
}

/// The text in at most `columns` columns, not padded.
pub fn shorten(text: &str, columns: usize, ellipsis: &str) -> String {
    let text = clean(text);
    if width(&text) <= columns {
        return text.into_owned();
    }
    cut(&text, columns, ellipsis).0
}

fn cut(text: &str, columns: usize, ellipsis: &str) -> (String, usize) {
    let ellipsis_width = width(ellipsis);
    if columns < ellipsis_width {
        return (String::new(), 0);
    }
    let (mut kept, taken) = take(text, columns - ellipsis_width);
    kept.push_str(ellipsis);
    (kept, taken + ellipsis_width)
}

fn take(text: &str, columns: usize) -> (String, usize) {
    let mut kept = String::new();
    let mut taken = 0;
    for grapheme in text.graphemes(true) {
        let wide = grapheme_width(grapheme);
        if taken + wide > columns {
            break;
        }
        taken += wide;
        kept.push_str(grapheme);
    }
    (kept, taken)
}

/// Lines of at most `columns` columns, broken at blanks where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in clean(paragraph).split(' ').filter(|w| !w.is_empty()) {
            let mut word = word.to_owned();
            if !line.is_empty() && width(&line) + 1 + width(&word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            while width(&word) > columns {
                let (head, _) = take(&word, columns);
                if head.is_empty() {
                    // Wider than the line by itself: there is no place where it could stand.
                    let first = word.graphemes(true).next().map_or(0, str::len);
                    word.drain(..first);
                    continue;
                }
                word = word.get(head.len()..).unwrap_or_default().to_owned();
                lines.push(head);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_escape_sequence_loses_its_escape() {
        assert_eq!(clean("a\u{1b}[31mred\u{7}"), "a?[31mred?");
        assert_eq!(clean("c1 \u{9b}31m"), "c1 ?31m");
    }

    #[test]
    fn direction_and_zero_width_characters_go() {
        assert_eq!(clean("inv\u{202e}oice\u{200b}\u{feff}"), "invoice");
    }

    #[test]
    fn emoji_are_taken_apart_to_a_width_all_terminals_agree_on() {
        let family = clean("👨\u{200d}👩\u{200d}👧");
        assert_eq!(width(&family), 6);
        assert_eq!(clean("❤\u{fe0f}"), "❤");
        assert_eq!(clean("👍\u{1f3fd}"), "👍");
    }

    #[test]
    fn a_storm_of_marks_is_capped_and_a_lone_mark_goes() {
        let storm = format!("a{}", "\u{301}".repeat(90));
        assert_eq!(clean(&storm).chars().count(), 1 + MARKS_PER_LETTER);
        assert_eq!(clean("\u{301}a"), "a");
    }

    #[test]
    fn cutting_never_halves_a_wide_character() {
        assert_eq!(fit("日本食堂", 5, Align::Left, "…"), "日本…");
        assert_eq!(fit("日本食堂", 4, Align::Left, "…"), "日… ");
        assert_eq!(fit("日本食堂", 0, Align::Left, "…"), "");
        assert_eq!(fit("12.50", 8, Align::Right, "…"), "   12.50");
    }

    #[test]
    fn lines_break_at_blanks_and_long_words_inside() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a\nb", 9), ["a", "b"]);
    }

    #[test]
    fn typing_keeps_emoji_whole_and_drops_controls() {
        assert_eq!(typed("a\u{1b}b\nc"), "ab c");
        assert_eq!(typed("👨\u{200d}👩 ❤\u{fe0f}"), "👨\u{200d}👩 ❤\u{fe0f}");
    }

    proptest! {
        #[test]
        fn nothing_dangerous_passes_and_cleaning_twice_changes_nothing(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert!(!once.chars().any(|c| c.is_control() || is_unseen(c)));
            prop_assert_eq!(clean(&once), once.as_str());
        }

        #[test]
        fn a_fitted_text_has_exactly_the_width_asked(text in any::<String>(), columns in 0_usize..40) {
            prop_assert_eq!(width(&fit(&text, columns, Align::Left, "…")), columns);
            prop_assert!(width(&shorten(&text, columns, "~")) <= columns);
        }

        #[test]
        fn wrapped_lines_fit(text in any::<String>(), columns in 2_usize..40) {
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns, "{line:?}");
            }
        }
    }
}
