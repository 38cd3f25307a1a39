//! The table as text, for a spreadsheet: tabs between cells, one line a row.

use super::{Insights, twin::Twin};
use crate::{fx::Fx, theme::Look};

/// More than this many terminals do not take.
const MOST: usize = 3_000;

impl Insights {
    pub(super) fn copy(&self, look: &Look) -> Fx<Self> {
        let (Some(view), Some(shown)) = (&self.view, &self.shown) else {
            return Fx::notify("Nothing to copy yet.");
        };
        let twin = Twin::new(&self.lines, view, shown, self.currency(), look);
        let plain = |cell: &String| cell.trim().replace(['\t', '\n', '\r', ','], "");
        let headings = twin.headings.join("\t");
        let lines = twin
            .cells
            .iter()
            .map(|row| row.iter().map(plain).collect::<Vec<_>>().join("\t"));
        let text = std::iter::once(headings)
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n");
        if text.len() > MOST {
            return Fx::notify(
                "The table is too long for the clipboard of a terminal; narrow it with a filter.",
            );
        }
        Fx::copy(text)
    }
}
