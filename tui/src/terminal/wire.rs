//! A frame as bytes: gathered between the marks of a synchronized update and written at once. Only
//! what changes is said: the pen when its style changes, the place when it is not the next one.
//! After a character that terminals may measure differently the next place is said in full, so
//! that columns stay columns. Also the clipboard (OSC 52).

mod pen;
mod row;

use std::io::{self, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use crossterm::terminal;
use ratatui::{buffer::Cell, layout::Size, style::Style};

pub(crate) use self::pen::is_blank;
use self::{pen::Pen, row::write_row};
use super::guard;
use crate::app::{Frame, Surface};

/// Terminals cut what is longer, and say nothing.
const MOST_COPIED: usize = 3 * 1024;

/// The way to a terminal; tests put a vector at its end.
pub struct Wire<W: Write> {
    writer: W,
    frame: Vec<u8>,
    is_cursor_shown: bool,
}

impl<W: Write> Wire<W> {
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            frame: Vec::new(),
            is_cursor_shown: false,
        }
    }

    fn say(&mut self, words: &str) {
        self.frame.extend_from_slice(words.as_bytes());
    }

    fn send(&mut self) -> io::Result<()> {
        let sent = self.writer.write_all(&self.frame);
        self.frame.clear();
        sent?;
        self.writer.flush()
    }

    fn say_frame(&mut self, frame: &Frame<'_>) {
        let mut pen = Pen::new(frame.next.area.width);
        let mut rest = frame.cells;
        while let Some((_, y, _)) = rest.first() {
            let (row, others) = rest.split_at(rest.partition_point(|(_, of, _)| of <= y));
            let row: Vec<(u16, &Cell)> = row.iter().map(|(x, _, cell)| (*x, *cell)).collect();
            let (said, after) = write_row(pen, *y, &row, frame.next);
            self.say(&said);
            pen = after;
            rest = others;
        }
        let mut end = pen.lifted();
        end.dip(Style::reset());
        if let Some(at) = frame.cursor {
            end.go(at.x, at.y);
        }
        self.say(&end.into_said());
    }
}

impl<W: Write> Surface for Wire<W> {
    fn size(&self) -> io::Result<Size> {
        let (width, height) = terminal::size()?;
        Ok(Size::new(width, height))
    }

    fn paint(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        self.say("\u{1b}[?2026h");
        if frame.is_cleared {
            self.say("\u{1b}[m\u{1b}[?25l\u{1b}[2J");
            self.is_cursor_shown = false;
        }
        self.say_frame(frame);
        match frame.cursor {
            Some(_) if !self.is_cursor_shown => self.say("\u{1b}[?25h"),
            None if self.is_cursor_shown => self.say("\u{1b}[?25l"),
            _ => {}
        }
        self.is_cursor_shown = frame.cursor.is_some();
        self.say("\u{1b}[?2026l");
        self.send()
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        if text.len() > MOST_COPIED {
            let message = format!(
                "{} bytes are more than terminals take ({MOST_COPIED})",
                text.len()
            );
            return Err(io::Error::other(message));
        }
        self.say(&format!("\u{1b}]52;c;{}\u{7}", STANDARD.encode(text)));
        self.send()
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.is_cursor_shown = false;
        guard::suspend()
    }

    fn resume(&mut self) -> io::Result<()> {
        self.is_cursor_shown = false;
        guard::retake()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{
        buffer::Buffer,
        layout::{Position, Rect},
        style::Modifier,
    };

    use super::*;
    use crate::{
        app::painter::changed,
        testkit::rows_of,
        theme::{Styles, Tier},
        widget::Canvas,
    };

    const SIZE: (u16, u16) = (24, 4);

    #[test]
    fn a_copy_is_encoded_and_one_too_long_is_refused() {
        let mut sent = Vec::new();
        Wire::new(&mut sent).copy("12.50\u{1b}").unwrap();
        assert_eq!(sent, b"\x1b]52;c;MTIuNTAb\x07");
        let mut wire = Wire::new(Vec::new());
        let error = wire.copy(&"x".repeat(MOST_COPIED + 1)).unwrap_err();
        assert!(error.to_string().contains("3073 bytes"));
    }

    fn style(kind: u8) -> Style {
        let styles = Styles::new(Tier::Ansi);
        match kind {
            0 => styles.plain,
            1 => styles.error,
            2 => styles.income.patch(styles.selected),
            3 => styles.bold,
            _ => styles.fault,
        }
    }

    fn frame(texts: &[(u16, u16, String, u8)]) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
        let mut canvas = Canvas::new(&mut buffer);
        for (x, y, text, kind) in texts {
            canvas.put(*x, *y, 99, text, style(*kind));
        }
        buffer
    }

    fn texts() -> impl Strategy<Value = Vec<(u16, u16, String, u8)>> {
        let text = (0..SIZE.0, 0..SIZE.1, "[a-c é日█]{0,9}|█{6,20}| {3,24}", 0_u8..5);
        prop::collection::vec(text, 0..8)
    }

    proptest! {
        #[test]
        fn a_terminal_shows_the_last_of_any_frames(frames in prop::collection::vec(texts(), 1..4)) {
            let mut terminal = vt100::Parser::new(SIZE.1.try_into().unwrap(), SIZE.0.try_into().unwrap(), 0);
            let mut sent = Vec::new();
            let mut wire = Wire::new(&mut sent);
            let mut shown = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
            for (at, texts) in frames.iter().enumerate() {
                let next = frame(texts);
                let cells = changed(&shown, &next);
                let frame = Frame { next: &next, cells: &cells, cursor: Some(Position::new(2, 1)), is_cleared: at == 0 };
                wire.paint(&frame).unwrap();
                drop(cells);
                shown = next;
            }
            terminal.process(&sent);
            let screen = terminal.screen();
            let lines: Vec<String> = screen.rows(0, SIZE.0).map(|l| l.trim_end().to_owned()).collect();
            let meant: Vec<String> = rows_of(&shown).iter().map(|l| l.replace('█', " ").trim_end().to_owned()).collect();
            let drawn: Vec<String> = lines.iter().map(|l| l.replace('█', " ").trim_end().to_owned()).collect();
            prop_assert_eq!(drawn, meant);
            prop_assert_eq!(screen.cursor_position(), (1, 2));
            for y in 0..SIZE.1 {
                for x in 0..SIZE.0 {
                    let drawn = screen.cell(y, x).unwrap();
                    let meant = shown.cell((x, y)).unwrap();
                    if drawn.is_wide_continuation() {
                        continue;
                    }
                    let has = |modifier| meant.modifier.contains(modifier);
                    // A bar may come as blanks in reverse video, which look the same.
                    let is_reversed = has(Modifier::REVERSED) != (meant.symbol() == "█" && drawn.contents() != "█");
                    prop_assert_eq!(drawn.inverse(), is_reversed);
                    prop_assert_eq!(drawn.underline(), has(Modifier::UNDERLINED));
                    if is_blank(meant) {
                        continue;
                    }
                    prop_assert_eq!(drawn.bold(), has(Modifier::BOLD));
                    let is_plain = drawn.fgcolor() == vt100::Color::Default;
                    prop_assert_eq!(is_plain, meant.fg == Style::reset().fg.unwrap());
                }
            }
        }
    }
}
