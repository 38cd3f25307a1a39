//! A screen that is one table below a line of words: which row is chosen, and what stands there while there are none and
//! why. What the rows are and how they are loaded is the screen's own.

use crate::client::ClientError;
use crate::fx::{Fx, Message};
use crate::layer::Layer;
use crate::text::{self, Align};
use crate::theme::Look;
use crate::widget::{Canvas, Column, Rows, Scroll, Table};
use ratatui::layout::{Position, Rect};

/// Where one is in the table, and how its loading stands.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) scroll: Scroll,
    is_loaded: bool,
    failure: Option<String>,
}

/// How the table looks.
pub(super) struct Shape<'a> {
    /// The line above it; none where it stands alone.
    pub(super) head: Option<&'a str>,
    /// Instead of rows before they came.
    pub(super) loading: &'a str,
    /// Instead of rows where there are none.
    pub(super) none: &'a str,
    pub(super) columns: &'a [Column],
    /// No wider than this, so that the eye finds the end of a short row.
    pub(super) width: u16,
}

impl Listing {
    /// Rows came.
    pub(super) fn loaded(&mut self) {
        (self.is_loaded, self.failure) = (true, None);
    }

    /// Rows did not come. What there was stays.
    pub(super) fn failed<L: Layer>(&mut self, error: &ClientError) -> Fx<L> {
        self.failure = Some(error.sentence());
        Fx::notify(Message::error(error.sentence()))
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Goes to the place where what was chosen stands now; where it is gone, to what stands in its place.
    pub(super) fn keep(&mut self, place: Option<usize>, len: usize) {
        self.scroll.select(place.unwrap_or(self.scroll.selected()), len);
    }

    pub(super) fn draw(
        &mut self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        shape: &Shape<'_>,
        rows: &impl Rows,
        look: &Look,
    ) {
        let above = u16::from(shape.head.is_some()).min(area.height);
        let body = Rect {
            y: area.y + above,
            height: area.height - above,
            ..area
        };
        if let Some(head) = shape.head.filter(|_| above > 0) {
            let at = (area.x + 1, area.y, area.width.saturating_sub(2));
            canvas.put_fit(at, head, Align::Left, look.styles.bold, look);
        }
        if rows.len() == 0 {
            return self.draw_words(canvas, body, shape, look);
        }
        let table = Table {
            columns: shape.columns,
            rows,
            has_titles: true,
            has_focus: true,
            cell: None,
        };
        let width = body.width.min(shape.width);
        table.draw(canvas, Rect { width, ..body }, &mut self.scroll, look);
    }

    fn draw_words(&self, canvas: &mut Canvas<'_>, body: Rect, shape: &Shape<'_>, look: &Look) {
        canvas.set_cursor(Position::new(body.x, body.y));
        let words = match (&self.failure, self.is_loaded) {
            (Some(failure), _) => failure,
            (None, true) => &look.fill(shape.none),
            (None, false) => shape.loading,
        };
        let columns = body.width.saturating_sub(4);
        let lines = text::wrap(words, columns.into());
        for (y, line) in (body.y + 1..body.bottom()).zip(lines) {
            let at = (body.x + 3, y, columns);
            canvas.put_fit(at, &line, Align::Left, look.styles.plain, look);
        }
    }
}
