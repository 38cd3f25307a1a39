//! From a drawn frame to the fewest bytes: only cells that differ from the last frame are sent,
//! and a frame that equals the last one sends nothing at all.

use std::io;

use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect, Size},
};

use crate::widget::Canvas;

/// Where frames go: the terminal, or a test.
pub trait Surface {
    fn size(&self) -> io::Result<Size>;

    /// Puts cells and the cursor on the screen as one update, emptying it first if asked.
    fn paint(
        &mut self,
        cells: &[(u16, u16, &Cell)],
        cursor: Option<Position>,
        is_cleared: bool,
    ) -> io::Result<()>;

    /// Sends text to the clipboard of the terminal.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Gives the terminal back until the user returns.
    fn suspend(&mut self) -> io::Result<()>;
}

pub(super) struct Painter {
    shown: Buffer,
    next: Buffer,
    cursor: Option<Position>,
    is_fresh: bool,
}

impl Painter {
    pub(super) fn new(size: Size) -> Self {
        let area = Rect::from((Position::ORIGIN, size));
        Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            cursor: None,
            is_fresh: false,
        }
    }

    pub(super) fn resize(&mut self, size: Size) {
        *self = Self::new(size);
    }

    /// The next frame is sent whole, whatever was on the screen.
    pub(super) fn forget(&mut self) {
        self.resize(self.shown.area.as_size());
    }

    pub(super) fn frame(
        &mut self,
        surface: &mut impl Surface,
        draw: impl FnOnce(&mut Canvas<'_>),
    ) -> io::Result<()> {
        self.next.reset();
        let mut canvas = Canvas::new(&mut self.next);
        draw(&mut canvas);
        let cursor = canvas.cursor();
        let cells = self.shown.diff(&self.next);
        if self.is_fresh && cells.is_empty() && cursor == self.cursor {
            return Ok(());
        }
        surface.paint(&cells, cursor, !self.is_fresh)?;
        self.is_fresh = true;
        self.cursor = cursor;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(())
    }
}
