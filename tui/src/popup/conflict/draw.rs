//! A field as a line: its name, what it was, mine and theirs, the chosen one in brackets.

use super::{Choice, Conflict, Side};
use crate::text::Align;
use crate::theme::Look;
use crate::widget::Canvas;
use ratatui::layout::Rect;

/// Columns of the names, and of pointer and mark before them.
pub(super) const NAME: u16 = 10;
pub(super) const GUTTER: u16 = 2;

impl Conflict {
    pub(super) fn draw_choice(&self, canvas: &mut Canvas<'_>, line: Rect, choice: &Choice, look: &Look) {
        let mark = if choice.is_clash { look.glyphs.mark } else { " " };
        canvas.put(line.x + 1, line.y, 1, mark, look.styles.warning);
        let name = (line.x + GUTTER, line.y, NAME);
        canvas.put_fit(name, choice.part.name, Align::Left, look.styles.plain, look);
        let mine = if choice.side == Side::OnlyTheirs {
            (choice.part.theirs)(&self.before, &self.lists)
        } else {
            (choice.part.mine)(&self.patch, &self.lists)
        };
        let cells = [
            ((choice.part.theirs)(&self.before, &self.lists), None),
            (mine, Some(choice.side == Side::Mine)),
            (
                (choice.part.theirs)(&self.theirs, &self.lists),
                Some(matches!(choice.side, Side::Theirs | Side::OnlyTheirs)),
            ),
        ];
        for ((x, width), (words, is_chosen)) in columns(line).into_iter().zip(cells) {
            let (words, style) = match is_chosen {
                Some(true) => (format!("[{words}]"), look.styles.bold),
                Some(false) if choice.side == Side::Open => (format!(" {words}"), look.styles.plain),
                Some(false) => (format!(" {words}"), look.styles.dim),
                None => (words, look.styles.dim),
            };
            canvas.put_fit((x, line.y, width), &words, Align::Left, style, look);
        }
    }
}

/// Before, mine, theirs.
pub(super) fn columns(line: Rect) -> [(u16, u16); 3] {
    let first = line.x + GUTTER + NAME + 1;
    let each = line.right().saturating_sub(first + 2) / 3;
    [0, 1, 2].map(|at| (first + at * (each + 1), each))
}
