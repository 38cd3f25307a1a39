//! Where the cells of the sheet stand, for drawing them and for clicks.

use ratatui::layout::{Position, Rect};

use super::cell::Col;

/// Pointer, sign and a blank.
pub(super) const GUTTER: u16 = 3;
const GAP: u16 = 2;

/// Where things were drawn.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) rows: Vec<(u16, usize)>,
    pub(super) cols: Vec<(Col, u16, u16)>,
}

impl Drawn {
    pub(super) fn find(&self, at: Position) -> (Option<usize>, Option<Col>) {
        let row = self.rows.iter().find(|(y, _)| *y == at.y).map(|(_, row)| *row);
        let col = self
            .cols
            .iter()
            .find(|(_, x, width)| (*x..x + width).contains(&at.x))
            .map(|(col, ..)| *col);
        (row, col)
    }
}

/// Columns with their places: all of them where they fit, else as many around the chosen one.
pub(super) fn columns(area: Rect, amounts: u16, chosen: Col) -> Vec<(Col, u16, u16)> {
    let least = |col: Col| match col {
        Col::Amount => amounts.max(9),
        Col::Category | Col::Payee | Col::Note => 12,
        Col::Account => 9,
    };
    let room = area.width.saturating_sub(GUTTER);
    let mut kept = Col::ALL.to_vec();
    let needed = |kept: &[Col]| {
        let widths: u16 = kept.iter().map(|col| least(*col)).fold(0, u16::saturating_add);
        widths.saturating_add(u16::try_from(kept.len().saturating_sub(1)).unwrap_or(0) * GAP)
    };
    while needed(&kept) > room && kept.len() > 1 {
        match kept.last() {
            Some(last) if *last != chosen => drop(kept.pop()),
            _ => drop(kept.remove(0)),
        }
    }
    let mut spare = room.saturating_sub(needed(&kept));
    let mut flexible = u16::try_from(kept.iter().filter(|col| **col != Col::Amount).count()).unwrap_or(0);
    let mut x = area.x + GUTTER.min(area.width);
    let mut places = Vec::with_capacity(kept.len());
    for col in kept {
        let mut width = least(col);
        if col != Col::Amount && flexible > 0 {
            // A name needs no more than this; the rest is for the note.
            let most = if col == Col::Note { u16::MAX } else { 30 };
            let share = (spare / flexible).min(most - width);
            width += share;
            spare -= share;
            flexible -= 1;
        }
        let width = width.min(area.right().saturating_sub(x));
        places.push((col, x, width));
        x = x.saturating_add(width + GAP);
    }
    places
}
