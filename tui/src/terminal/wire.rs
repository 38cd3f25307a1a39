//! A frame as bytes: cells through ratatui's crossterm backend, between the marks of a synchronized
//! update, gathered and written at once. Also the clipboard (OSC 52).

use std::io::{self, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use crossterm::{
    QueueableCommand,
    terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
};
use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::Cell,
    layout::{Position, Size},
};

use super::guard;
use crate::app::Surface;

/// Terminals cut what is longer, and say nothing.
const MOST_COPIED: usize = 3 * 1024;

/// The way to a terminal; tests put a vector at its end.
pub struct Wire<W: Write> {
    backend: CrosstermBackend<W>,
    is_cursor_shown: bool,
}

impl<W: Write> Wire<W> {
    pub fn new(writer: W) -> Self {
        Self {
            backend: CrosstermBackend::new(writer),
            is_cursor_shown: false,
        }
    }
}

impl<W: Write> Surface for Wire<W> {
    fn size(&self) -> io::Result<Size> {
        self.backend.size()
    }

    fn paint(
        &mut self,
        cells: &[(u16, u16, &Cell)],
        cursor: Option<Position>,
        is_cleared: bool,
    ) -> io::Result<()> {
        self.backend.queue(BeginSynchronizedUpdate)?;
        if is_cleared {
            self.backend.hide_cursor()?;
            self.is_cursor_shown = false;
            self.backend.clear()?;
        }
        if !cells.is_empty() {
            self.backend.draw(cells.iter().copied())?;
        }
        match cursor {
            Some(at) => {
                self.backend.set_cursor_position(at)?;
                if !self.is_cursor_shown {
                    self.backend.show_cursor()?;
                }
            }
            None if self.is_cursor_shown => self.backend.hide_cursor()?,
            None => {}
        }
        self.is_cursor_shown = cursor.is_some();
        self.backend.queue(EndSynchronizedUpdate)?;
        Backend::flush(&mut self.backend)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        if text.len() > MOST_COPIED {
            let message = format!(
                "{} bytes are more than terminals take ({MOST_COPIED})",
                text.len()
            );
            return Err(io::Error::other(message));
        }
        let encoded = STANDARD.encode(text);
        write!(self.backend, "\u{1b}]52;c;{encoded}\u{7}")?;
        Backend::flush(&mut self.backend)
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.is_cursor_shown = false;
        guard::suspend()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_encoded_and_one_too_long_is_refused() {
        let mut sent = Vec::new();
        Wire::new(&mut sent).copy("12.50\u{1b}").unwrap();
        assert_eq!(sent, b"\x1b]52;c;MTIuNTAb\x07");
        let mut wire = Wire::new(Vec::new());
        let error = wire.copy(&"x".repeat(MOST_COPIED + 1)).unwrap_err();
        assert!(error.to_string().contains("3073 bytes"));
    }
}
