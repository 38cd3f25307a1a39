//! Aligned columns and bars of text, measured as a terminal shows them. Columns in which nothing stands are left out.

use super::{Failure, output::Output};
use crate::text::{Align, clean, fit, width};

/// Below this a column that may be cut is of no use.
const NARROWEST: usize = 8;
/// Columns of the longest bar.
const BAR: usize = 24;

/// Rows under an optional head.
pub(super) struct Table {
    aligns: Vec<Align>,
    /// Which column is cut where the whole does not fit.
    flexible: usize,
    head: Option<Vec<String>>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Columns as in `"lrl"`: left, right, left; a capital marks the one that may be cut.
    pub(super) fn new(columns: &str) -> Self {
        let is_right = |c: char| c.eq_ignore_ascii_case(&'r');
        Self {
            aligns: columns
                .chars()
                .map(|c| if is_right(c) { Align::Right } else { Align::Left })
                .collect(),
            flexible: columns.chars().position(|c| c.is_ascii_uppercase()).unwrap_or(0),
            head: None,
            rows: Vec::new(),
        }
    }

    /// Names the columns. A name alone does not make a column.
    pub(super) fn head(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.head = Some(cells.into_iter().map(Into::into).collect());
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn print(&self, out: &mut Output) -> Result<(), Failure> {
        let widths = self.widths(out.columns);
        let ellipsis = if out.is_ascii { "~" } else { "…" };
        for row in self.head.iter().chain(&self.rows) {
            let cells = row.iter().zip(&self.aligns).zip(&widths);
            let shown = cells.filter(|(_, width)| **width > 0);
            let cells: Vec<_> = shown
                .map(|((cell, align), width)| fit(cell, *width, *align, ellipsis))
                .collect();
            out.line(cells.join("  ").trim_end())?;
        }
        Ok(())
    }

    fn widths(&self, columns: Option<usize>) -> Vec<usize> {
        let cells = |at: usize| self.rows.iter().filter_map(move |row| row.get(at));
        let widest = |at: usize| {
            let widest = cells(at).map(|cell| width(&clean(cell))).max().unwrap_or(0);
            let head = self
                .head
                .as_ref()
                .and_then(|head| head.get(at))
                .map_or(0, |cell| width(cell));
            if widest == 0 { 0 } else { widest.max(head) }
        };
        let mut widths: Vec<_> = (0..self.aligns.len()).map(widest).collect();
        let shown = widths.iter().filter(|width| **width > 0).count();
        let taken = widths.iter().sum::<usize>() + 2 * shown.saturating_sub(1);
        if let (Some(columns), Some(flexible)) = (columns, widths.get_mut(self.flexible)) {
            let spare = taken.saturating_sub(columns);
            *flexible = flexible.saturating_sub(spare).max(NARROWEST.min(*flexible));
        }
        widths
    }
}

/// A bar for `value` where `most` is the longest. What is below zero is drawn with minus signs.
pub(super) fn bar(value: i64, most: i64, is_ascii: bool) -> String {
    let (length, most) = (value.unsigned_abs(), most.unsigned_abs().max(1));
    let eighths = u128::from(length) * 8 * u128::try_from(BAR).unwrap_or(0) / u128::from(most);
    let eighths = usize::try_from(eighths).unwrap_or(0).min(8 * BAR);
    let (whole, rest) = (eighths / 8, eighths % 8);
    if value < 0 {
        return "-".repeat(whole.max(1));
    }
    if is_ascii {
        let halves = whole + usize::from(rest >= 4);
        return "#".repeat(if length > 0 { halves.max(1) } else { 0 });
    }
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let rest = if eighths == 0 && length > 0 { 1 } else { rest };
    format!(
        "{}{}",
        "█".repeat(whole),
        parts.get(rest).copied().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(table: &Table, columns: Option<usize>) -> String {
        let (mut out, data, _) = Output::captured(false);
        out.columns = columns;
        table.print(&mut out).unwrap();
        data.text()
    }

    #[test]
    fn columns_line_up_by_what_is_seen_and_empty_ones_go() {
        let mut table = Table::new("rlLl");
        table.row(["12.50", "", "日本食堂", "a1"]);
        table.row(["7.00", "", "lunch", "b2"]);
        assert_eq!(
            printed(&table, None),
            "12.50  日本食堂  a1\n 7.00  lunch     b2\n"
        );
    }

    #[test]
    fn only_the_flexible_column_is_cut() {
        let mut table = Table::new("rLl");
        table.row(["12.50", "a very long note about lunch", "a1b2c3d4"]);
        assert_eq!(printed(&table, Some(30)), "12.50  a very long ~  a1b2c3d4\n");
        assert_eq!(printed(&table, Some(1)), "12.50  a very ~  a1b2c3d4\n");
    }

    #[test]
    fn text_from_outside_cannot_reach_the_terminal_raw() {
        let mut table = Table::new("L");
        table.row(["a\u{1b}[2Jb\nc"]);
        let text = printed(&table, None);
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn bars_are_to_scale() {
        assert_eq!(bar(100, 100, true), "#".repeat(BAR));
        assert_eq!(bar(50, 100, true), "#".repeat(BAR / 2));
        assert_eq!(bar(0, 100, true), "");
        assert_eq!(bar(1, 1_000_000, true), "#");
        assert_eq!(bar(1, 1_000_000, false), "▏");
        assert_eq!(bar(-50, 100, false), "-".repeat(BAR / 2));
        assert_eq!(bar(i64::MAX, i64::MAX, false), "█".repeat(BAR));
        assert_eq!(bar(5, 0, true), "#".repeat(BAR));
    }
}
