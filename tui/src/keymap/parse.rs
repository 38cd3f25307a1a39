//! How keys are written: one key (`a`, `^x`, `Enter`), a sequence (`p,d`), alternatives (`j Down`),
//! and a script of typing for tests (`12.50<tab>lunch<c-x>`). The same names are printed.

use super::{Key, KeyCode};

/// A key that nobody can press, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key; keys look like a, ^x, Enter, PgDn, Shift-Tab or p,d")]
pub struct ParseKeyError(pub String);

/// One key.
pub fn parse_key(text: &str) -> Result<Key, ParseKeyError> {
    let bad = || ParseKeyError(text.to_owned());
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some(c), None, None) if !c.is_control() && c != ' ' => return Ok(Key::char(c)),
        (Some('^'), Some(c), None) if c.is_ascii_graphic() => {
            return Ok(Key::ctrl(c.to_ascii_lowercase()));
        }
        _ => {}
    }
    named(&text.to_ascii_lowercase()).ok_or_else(bad)
}

fn named(lower: &str) -> Option<Key> {
    if let Some(rest) = lower.strip_prefix("ctrl-").or_else(|| lower.strip_prefix("c-")) {
        return match rest {
            "left" => Some(with_ctrl(KeyCode::Left)),
            "right" => Some(with_ctrl(KeyCode::Right)),
            _ => single(rest).map(Key::ctrl),
        };
    }
    if let Some(rest) = lower.strip_prefix("alt-").or_else(|| lower.strip_prefix("m-")) {
        return single(rest).map(|c| Key::char(c).with_alt());
    }
    if let Some(number) = lower.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
        return (1..=12).contains(&number).then(|| Key::new(KeyCode::F(number)));
    }
    Some(Key::new(match lower {
        "space" => KeyCode::Char(' '),
        "lt" => KeyCode::Char('<'),
        "comma" => KeyCode::Char(','),
        "enter" | "return" | "cr" => KeyCode::Enter,
        "tab" => KeyCode::Tab,
        "shift-tab" | "s-tab" | "backtab" => KeyCode::BackTab,
        "esc" | "escape" => KeyCode::Esc,
        "backspace" | "bs" => KeyCode::Backspace,
        "delete" | "del" => KeyCode::Delete,
        "insert" | "ins" => KeyCode::Insert,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" | "pageup" => KeyCode::PageUp,
        "pgdn" | "pagedown" => KeyCode::PageDown,
        _ => return None,
    }))
}

fn with_ctrl(code: KeyCode) -> Key {
    let mut key = Key::new(code);
    key.ctrl = true;
    key
}

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Alternatives between blanks, each a key or a sequence joined by commas.
pub fn parse_keys(text: &str) -> Result<Vec<Vec<Key>>, ParseKeyError> {
    text.split_whitespace()
        .map(|one| {
            if one == "," {
                return Ok(vec![Key::char(',')]);
            }
            one.split(',').map(parse_key).collect()
        })
        .collect()
}

/// A script of typing: characters as they are, other keys as `<tab>`, `<c-x>`, `<esc>`, `<lt>`.
pub fn parse_script(script: &str) -> Result<Vec<Key>, ParseKeyError> {
    let mut keys = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        if c == '<'
            && let Some((name, after)) = rest.get(1..).and_then(|inner| inner.split_once('>'))
        {
            keys.push(parse_key(name)?);
            rest = after;
        } else {
            keys.push(match c {
                '\n' => Key::new(KeyCode::Enter),
                '\t' => Key::new(KeyCode::Tab),
                c => Key::char(c),
            });
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_as_they_are_printed() {
        for text in [
            "a",
            "D",
            "^x",
            "Enter",
            "Shift-Tab",
            "PgDn",
            "F1",
            "Space",
            "/",
            "?",
            ":",
            "$",
            "*",
            "^",
        ] {
            assert_eq!(parse_key(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_a_terminal_cannot_tell_apart_is_one_key() {
        assert_eq!(parse_key("^h").unwrap(), parse_key("Backspace").unwrap());
        assert_eq!(parse_key("^m").unwrap(), parse_key("Enter").unwrap());
        assert_eq!(parse_key("^i").unwrap(), parse_key("Tab").unwrap());
    }

    #[test]
    fn a_key_nobody_can_press_is_refused_by_name() {
        for text in ["", "ab", "Entr", "F13", "ctrl-", "^"]
            .iter()
            .filter(|t| **t != "^")
        {
            let error = parse_key(text).unwrap_err();
            assert!(error.to_string().contains(&format!("`{text}`")), "{error}");
        }
    }

    #[test]
    fn a_script_mixes_text_and_named_keys() {
        let keys = parse_script("1<tab>x<c-x><lt>").unwrap();
        let printed: Vec<_> = keys.iter().map(Key::to_string).collect();
        assert_eq!(printed, ["1", "Tab", "x", "^x", "<"]);
        assert!(parse_script("<nonsense>").is_err());
    }
}
