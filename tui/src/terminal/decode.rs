//! From bytes to keys. A sequence may arrive in any number of pieces, as it does over a slow link:
//! nothing is decided before a sequence is whole or its time is over. A lone ESC is the Esc key
//! only after 50 ms without anything behind it.

use std::time::Duration;

use ratatui::layout::Position;

use crate::{
    app::Input,
    keymap::{Key, KeyCode},
};

/// How long an ESC waits for the rest of a sequence.
const ESCAPE: Duration = Duration::from_millis(50);
/// How long the start of a sequence that nobody types by hand waits.
const SEQUENCE: Duration = Duration::from_millis(500);
/// A paste whose end got lost must not swallow keys for ever.
const PASTE: Duration = Duration::from_secs(2);
const LONGEST_SEQUENCE: usize = 64;
const LONGEST_PASTE: usize = 1024 * 1024;
const PASTE_END: &[u8] = b"\x1b[201~";

/// Bytes that came and what they do not mean yet.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
    paste: Option<Vec<u8>>,
}

enum Step {
    /// So many bytes mean this, or nothing at all.
    Took(usize, Option<Input>),
    PasteStart(usize),
    More,
}

impl Decoder {
    /// Takes bytes in and gives out what is whole.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        self.buffer.extend_from_slice(bytes);
        let mut inputs = Vec::new();
        while !self.buffer.is_empty() {
            if self.paste.is_some() {
                match self.paste_on() {
                    Some(pasted) => inputs.push(pasted),
                    None => break,
                }
                continue;
            }
            match step(&self.buffer) {
                Step::Took(count, input) => {
                    self.drop_front(count);
                    inputs.extend(input);
                }
                Step::PasteStart(count) => {
                    self.drop_front(count);
                    self.paste = Some(Vec::new());
                }
                Step::More if self.buffer.len() > LONGEST_SEQUENCE => self.buffer.clear(),
                Step::More => break,
            }
        }
        inputs
    }

    /// How long to wait for more before [`Decoder::expire`]; `None`: nothing is open.
    pub fn patience(&self) -> Option<Duration> {
        if self.paste.is_some() {
            return Some(PASTE);
        }
        match self.buffer.as_slice() {
            [] => None,
            [0x1b] => Some(ESCAPE),
            _ => Some(SEQUENCE),
        }
    }

    /// Nothing more came: what is open is what it looks like.
    pub fn expire(&mut self) -> Vec<Input> {
        if let Some(mut pasted) = self.paste.take() {
            pasted.append(&mut self.buffer);
            return vec![paste(&pasted)];
        }
        let open = std::mem::take(&mut self.buffer);
        match open.as_slice() {
            [0x1b, rest @ ..] => {
                let mut inputs = vec![Input::Key(Key::new(KeyCode::Esc))];
                inputs.extend(self.feed(rest));
                inputs
            }
            _ => Vec::new(),
        }
    }

    fn drop_front(&mut self, count: usize) {
        self.buffer.drain(..count.min(self.buffer.len()));
    }

    /// Moves bytes into the open paste; gives it out when its end is there.
    fn paste_on(&mut self) -> Option<Input> {
        let open = self.paste.as_mut()?;
        let end = self
            .buffer
            .windows(PASTE_END.len())
            .position(|window| window == PASTE_END);
        // The end itself may come in pieces.
        let ready = end.unwrap_or(self.buffer.len().saturating_sub(PASTE_END.len() - 1));
        let room = LONGEST_PASTE.saturating_sub(open.len());
        open.extend(self.buffer.drain(..ready).take(room));
        end?;
        self.drop_front(PASTE_END.len());
        self.paste.take().map(|whole| paste(&whole))
    }
}

/// Terminals send a carriage return for each line end of a paste.
fn paste(bytes: &[u8]) -> Input {
    let text = String::from_utf8_lossy(bytes);
    Input::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn key(code: KeyCode) -> Input {
    Input::Key(Key::new(code))
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] | [0x1b] => Step::More,
        // Two ESC: the first one was the key.
        [0x1b, 0x1b, ..] => Step::Took(1, Some(key(KeyCode::Esc))),
        [0x1b, b'[', rest @ ..] => control_sequence(rest),
        [0x1b, b'O', rest @ ..] => match rest {
            [] => Step::More,
            [last, ..] => Step::Took(3, final_key(*last).map(key)),
        },
        [0x1b, rest @ ..] => match step(rest) {
            Step::Took(count, Some(Input::Key(pressed))) => {
                Step::Took(count + 1, Some(Input::Key(pressed.with_alt())))
            }
            Step::Took(count, _) | Step::PasteStart(count) => Step::Took(count + 1, None),
            Step::More => Step::More,
        },
        [byte, ..] => plain(*byte, bytes),
    }
}

fn plain(byte: u8, bytes: &[u8]) -> Step {
    let pressed = match byte {
        b'\r' => Key::new(KeyCode::Enter),
        b'\t' => Key::new(KeyCode::Tab),
        0x7f => Key::new(KeyCode::Backspace),
        0 => Key::ctrl(' '),
        0x01..=0x1a => Key::ctrl(char::from(byte - 1 + b'a')),
        0x1c..=0x1f => Key::ctrl(char::from(byte - 0x1c + b'4')),
        0x20..=0x7e => Key::char(char::from(byte)),
        _ => return utf8(bytes),
    };
    Step::Took(1, Some(Input::Key(pressed)))
}

fn utf8(bytes: &[u8]) -> Step {
    let count = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return Step::Took(1, None),
    };
    let there = bytes.get(..count.min(bytes.len())).unwrap_or_default();
    match std::str::from_utf8(there) {
        Ok(text) => {
            let typed = text.chars().next().map(|c| Input::Key(Key::char(c)));
            Step::Took(count, typed)
        }
        Err(error) if error.error_len().is_none() => Step::More,
        Err(error) => Step::Took(error.error_len().unwrap_or(1), None),
    }
}

/// What follows `ESC [`.
fn control_sequence(rest: &[u8]) -> Step {
    let Some(end) = rest.iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
        // A byte that belongs into no sequence: the start was no sequence either.
        let is_broken = rest.iter().any(|byte| !(0x20..0x40).contains(byte));
        return if is_broken {
            Step::Took(2, None)
        } else {
            Step::More
        };
    };
    let (Some(parameters), Some(last)) = (rest.get(..end), rest.get(end)) else {
        return Step::More;
    };
    // The Linux console writes F1 to F5 as `[[A` to `[[E`.
    if *last == b'[' && parameters.is_empty() {
        return match rest.get(1) {
            None => Step::More,
            Some(_) => Step::Took(4, None),
        };
    }
    let count = 2 + end + 1;
    let text = std::str::from_utf8(parameters).unwrap_or_default();
    if let Some(mouse) = text.strip_prefix('<') {
        return Step::Took(count, mouse_event(mouse, *last));
    }
    let mut numbers = text.split(';').map(|n| n.parse::<u16>().unwrap_or(0));
    let first = numbers.next().unwrap_or(0);
    if (*last, first) == (b'~', 200) {
        return Step::PasteStart(count);
    }
    let code = match *last {
        b'~' => numbered_key(first),
        b'Z' => Some(KeyCode::BackTab),
        last => final_key(last),
    };
    Step::Took(count, code.map(|code| with_modifiers(code, numbers.next())))
}

fn with_modifiers(code: KeyCode, modifiers: Option<u16>) -> Input {
    let bits = modifiers.unwrap_or(1).saturating_sub(1);
    let mut pressed = Key::new(code);
    pressed.alt = bits & 2 != 0;
    pressed.ctrl = bits & 4 != 0;
    Input::Key(pressed)
}

fn final_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        _ => return None,
    })
}

fn numbered_key(number: u16) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(u8::try_from(number - 10).ok()?),
        17..=21 => KeyCode::F(u8::try_from(number - 11).ok()?),
        23 | 24 => KeyCode::F(u8::try_from(number - 12).ok()?),
        _ => return None,
    })
}

/// `button;x;y` of a press or a turn of the wheel; releases mean nothing here.
fn mouse_event(parameters: &str, last: u8) -> Option<Input> {
    let mut numbers = parameters.split(';').map(|n| n.parse::<u16>().ok());
    let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
    match (button, last) {
        (0, b'M') => Some(Input::Click(Position::new(
            x.saturating_sub(1),
            y.saturating_sub(1),
        ))),
        (64 | 65, b'M') => Some(Input::Wheel {
            is_down: button == 65,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(inputs: &[Input]) -> String {
        let words: Vec<String> = inputs
            .iter()
            .map(|input| match input {
                Input::Key(key) => key.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        words.join(" ")
    }

    fn decoded(pieces: &[&[u8]]) -> String {
        let mut decoder = Decoder::default();
        let mut inputs = Vec::new();
        for piece in pieces {
            inputs.extend(decoder.feed(piece));
        }
        inputs.extend(decoder.expire());
        printed(&inputs)
    }

    #[test]
    fn an_arrow_in_three_pieces_is_one_arrow() {
        assert_eq!(decoded(&[b"\x1b", b"[", b"A"]), "Up");
        assert_eq!(decoded(&[b"\x1b", b"O", b"B"]), "Down");
        assert_eq!(decoded(&[b"\x1b[", b"5", b"~x"]), "PgUp x");
    }

    #[test]
    fn a_lone_escape_waits_shortly_and_a_sequence_longer() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.patience(), None);
        assert!(decoder.feed(b"\x1b").is_empty());
        assert_eq!(decoder.patience(), Some(ESCAPE));
        assert_eq!(printed(&decoder.expire()), "Esc");
        assert!(decoder.feed(b"\x1b[").is_empty());
        assert_eq!(decoder.patience(), Some(SEQUENCE));
        assert_eq!(printed(&decoder.feed(b"A")), "Up");
        assert_eq!(decoder.patience(), None);
    }

    #[test]
    fn escape_then_a_bracket_by_hand_are_two_keys() {
        assert_eq!(decoded(&[b"\x1b["]), "Esc [");
        assert_eq!(decoded(&[b"\x1b\x1b[A"]), "Esc Up");
    }

    #[test]
    fn named_keys_and_modifiers() {
        assert_eq!(
            decoded(&[b"\r\t\x7f\x08\x1b[Z\x1b[3~\x1b[1;5C\x1bx\x18\x1b[15~\x1bOP"]),
            "Enter Tab Backspace Backspace Shift-Tab Delete ^Right Alt-x ^x F5 F1"
        );
    }

    #[test]
    fn letters_outside_ascii_may_be_split() {
        assert_eq!(decoded(&[b"\xc3", b"\xa9\xf0\x9f", b"\x8d\x95"]), "é 🍕");
        assert_eq!(decoded(&[b"\xffa\xc3b"]), "a b");
    }

    #[test]
    fn a_paste_is_one_input_however_it_is_split() {
        let expected = "Paste(\"12.50 lunch\\n3 tea\") x";
        assert_eq!(decoded(&[b"\x1b[200~12.50 lunch\r3 tea\x1b[201~x"]), expected);
        let whole = b"\x1b[200~12.50 lunch\r3 tea\x1b[201~x";
        let single: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(decoded(&single), expected);
    }

    #[test]
    fn a_paste_without_an_end_is_given_out_in_time() {
        let mut decoder = Decoder::default();
        decoder.feed(b"\x1b[200~lost");
        assert_eq!(decoder.patience(), Some(PASTE));
        assert_eq!(printed(&decoder.expire()), "Paste(\"lost\")");
        assert_eq!(printed(&decoder.feed(b"q")), "q");
    }

    #[test]
    fn the_mouse_clicks_and_turns() {
        let clicked = "Click(Position { x: 4, y: 2 }) Wheel { is_down: true }";
        assert_eq!(decoded(&[b"\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<65;1;1M"]), clicked);
    }

    #[test]
    fn answers_nobody_asked_for_are_swallowed() {
        assert_eq!(decoded(&[b"\x1b[?62;22c\x1b[Ia"]), "a");
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_never_panic_and_leave_nothing_open(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 0..12),
        ) {
            let mut decoder = Decoder::default();
            for piece in &pieces {
                decoder.feed(piece);
            }
            decoder.expire();
            decoder.expire();
            prop_assert_eq!(printed(&decoder.feed(b"a")), "a");
        }

        #[test]
        fn typed_text_comes_out_as_it_went_in(text in "[a-zA-Z0-9 é日🍕.#@+]{0,20}", cut in 0_usize..40) {
            let bytes = text.as_bytes();
            let (head, tail) = bytes.split_at(cut.min(bytes.len()));
            let mut decoder = Decoder::default();
            let mut inputs = decoder.feed(head);
            inputs.extend(decoder.feed(tail));
            let typed: String = inputs
                .iter()
                .filter_map(|input| match input {
                    Input::Key(key) => key.typed(),
                    _ => None,
                })
                .collect();
            prop_assert_eq!(typed, text);
        }
    }
}
