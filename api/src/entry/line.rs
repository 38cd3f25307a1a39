//! How a typed line falls into pieces, and how a name is quoted. Shared by the entry line and the filter line; knows
//! quotes and blanks, not what a piece means.

/// A stretch of the line, in bytes of UTF-8, `end` exclusive. Both ends are character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A piece as typed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    pub(crate) span: Span,
    pub(crate) text: &'a str,
    /// A quote in it was never closed; it runs to the end of the line.
    pub(crate) is_unclosed: bool,
}

/// Splits a line at white space outside quotes. With `has_note`, a piece that begins with `//` takes the rest.
pub(crate) fn pieces(line: &str, has_note: bool) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = line.get(at..) {
        let Some(skip) = rest.find(|c: char| !c.is_whitespace()) else {
            break;
        };
        let start = at + skip;
        let rest = rest.get(skip..).unwrap_or_default();
        let (len, is_unclosed) = if has_note && rest.starts_with("//") {
            (rest.trim_end().len(), false)
        } else {
            piece_len(rest)
        };
        let text = rest.get(..len).unwrap_or_default();
        found.push(Piece {
            span: Span {
                start,
                end: start + text.len(),
            },
            text,
            is_unclosed,
        });
        at = start + len.max(1);
    }
    found
}

/// The length of the piece at the start of `rest`, and whether a quote in it stays open.
fn piece_len(rest: &str) -> (usize, bool) {
    let mut is_quoted = false;
    let mut before = None;
    for (at, c) in rest.char_indices() {
        if c == '"' && (is_quoted || opens_quote(before)) {
            is_quoted = !is_quoted;
        } else if c.is_whitespace() && !is_quoted {
            return (at, false);
        }
        before = Some(c);
    }
    (rest.trim_end().len(), is_quoted)
}

/// A quote opens at the start of a piece and after a mark; after a quote it is the second half of `""`.
fn opens_quote(before: Option<char>) -> bool {
    matches!(before, None | Some('#' | '@' | '+' | ':' | '"'))
}

/// A name as typed: its text without the quotes, and whether there were any.
pub(crate) fn unquote(raw: &str) -> (String, bool) {
    let Some(inner) = raw.strip_prefix('"') else {
        return (raw.to_owned(), false);
    };
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '"' {
            text.push(c);
        } else if chars.next_if_eq(&'"').is_some() {
            text.push('"');
        }
    }
    (text, true)
}

/// A name in quotes, whatever it holds.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A name, in quotes where it would fall apart without them.
pub(crate) fn quote_name(text: &str) -> String {
    let is_plain = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '>'));
    if is_plain { text.to_owned() } else { quote(text) }
}

/// Splits at the first `>` outside quotes: `"a b">@c` into `"a b"` and `@c`.
pub(crate) fn split_arrow(text: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let mut before = None;
    for (at, c) in text.char_indices() {
        match c {
            '"' if is_quoted || opens_quote(before) => is_quoted = !is_quoted,
            '>' if !is_quoted => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
        before = Some(c);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<&str> {
        pieces(line, true).iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn a_line_falls_apart_at_blanks_outside_quotes() {
        assert_eq!(texts("  12.50 lunch\t@card "), ["12.50", "lunch", "@card"]);
        assert_eq!(texts(r#"#"eating out" x"#), [r#"#"eating out""#, "x"]);
        assert_eq!(
            texts(r#"@"my giro">@"our savings" 5"#),
            [r#"@"my giro">@"our savings""#, "5"]
        );
        assert_eq!(texts(r#""say ""hi"" now" 5"#), [r#""say ""hi"" now""#, "5"]);
        assert_eq!(texts(r#"12" pipe"#), [r#"12""#, "pipe"]);
        assert_eq!(texts("5 // a  note // more "), ["5", "// a  note // more"]);
        assert_eq!(texts("http://x y"), ["http://x", "y"]);
        assert_eq!(texts("   "), Vec::<&str>::new());
    }

    #[test]
    fn an_open_quote_runs_to_the_end_and_says_so() {
        let found = pieces(r#"5 #"eating out "#, true);
        assert_eq!(found[1].text, r#"#"eating out"#);
        assert!(found[1].is_unclosed);
    }

    #[test]
    fn quoting_and_unquoting_are_inverse() {
        for text in ["a b", "\"", "a\"b", "\"\"", "", "x > y"] {
            assert_eq!(unquote(&quote(text)), (text.to_owned(), true), "{text}");
            assert_eq!(pieces(&format!("#{}", quote(text)), true).len(), 1);
        }
        assert_eq!(quote_name("food"), "food");
        assert_eq!(quote_name("a>b"), "\"a>b\"");
    }

    #[test]
    fn an_arrow_inside_quotes_is_part_of_the_name() {
        assert_eq!(split_arrow("a>@b"), Some(("a", "@b")));
        assert_eq!(split_arrow("\"a>b\">@c"), Some(("\"a>b\"", "@c")));
        assert_eq!(split_arrow("\"a>b\""), None);
    }
}
