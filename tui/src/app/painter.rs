//! From a drawn frame to the fewest bytes: only cells that differ from the last frame are sent,
//! and a frame that equals the last one sends nothing at all.

use std::io;

use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect, Size},
};

use crate::{terminal::is_blank, text, widget::Canvas};

/// What is to be shown next.
pub struct Frame<'a> {
    pub next: &'a Buffer,
    /// Those that are to be sent, row by row.
    pub cells: &'a [(u16, u16, &'a Cell)],
    pub cursor: Option<Position>,
    /// The screen is emptied first.
    pub is_cleared: bool,
}

/// Where frames go: the terminal, or a test.
pub trait Surface {
    fn size(&self) -> io::Result<Size>;

    /// Puts cells and the cursor on the screen as one update, emptying it first if asked.
    fn paint(&mut self, frame: &Frame<'_>) -> io::Result<()>;

    /// Sends text to the clipboard of the terminal.
    fn copy(&mut self, text: &str) -> io::Result<()>;

    /// Gives the terminal back until the user returns.
    fn suspend(&mut self) -> io::Result<()>;

    /// Takes the terminal over again after somebody else stopped and continued the process.
    fn resume(&mut self) -> io::Result<()>;
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
        let cells = changed(&self.shown, &self.next);
        if self.is_fresh && cells.is_empty() && cursor == self.cursor {
            return Ok(());
        }
        surface.paint(&Frame {
            next: &self.next,
            cells: &cells,
            cursor,
            is_cleared: !self.is_fresh,
        })?;
        self.is_fresh = true;
        self.cursor = cursor;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(())
    }
}

/// Cells to be sent, row by row. A column that a wide character covered, and covers no more, is
/// sent even if it is as blank as it was: what a terminal leaves there is its own affair.
pub(crate) fn changed<'a>(shown: &Buffer, next: &'a Buffer) -> Vec<(u16, u16, &'a Cell)> {
    let area = next.area;
    let mut cells = Vec::new();
    for y in area.top()..area.bottom() {
        let (mut was_covered_to, mut is_covered_to) = (0, 0);
        for x in area.left()..area.right() {
            let (Some(old), Some(new)) = (shown.cell((x, y)), next.cell((x, y))) else {
                continue;
            };
            let (was_covered, is_covered) = (x < was_covered_to, x < is_covered_to);
            if !was_covered {
                was_covered_to = x + columns(old);
            }
            if !is_covered {
                is_covered_to = x + columns(new);
                let is_same = old == new || is_blank(old) && is_blank(new);
                if !is_same || was_covered {
                    cells.push((x, y, new));
                }
            }
        }
    }
    cells
}

fn columns(cell: &Cell) -> u16 {
    let columns = text::width(cell.symbol()).max(1);
    u16::try_from(columns).unwrap_or(1)
}
