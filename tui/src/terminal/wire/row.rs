//! One row of a frame in the fewest bytes: the cells that changed, what stands between them where that is shorter than a
//! jump, and erasing where much becomes blank. Every way is written and the shortest is sent.

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Modifier, Style},
};

use super::pen::{Pen, is_blank, is_certain};

/// Cells to write, with their columns.
type Cells<'a> = [(u16, &'a Cell)];

const FULL_BLOCK: &str = "\u{2588}";
/// From so many on, full blocks are sent as blanks in reverse video, a third of the bytes.
const LONG_BAR: usize = 8;

/// Writes the changed cells of a row.
pub(super) fn write_row(pen: Pen, y: u16, changed: &Cells<'_>, next: &Buffer) -> (String, Pen) {
    let row: Vec<(u16, &Cell)> = (next.area.left()..next.area.right())
        .filter_map(|x| Some((x, next.cell((x, y))?)))
        .collect();
    let text_end = row
        .iter()
        .rposition(|(_, cell)| !is_blank(cell))
        .map_or(0, |at| at + 1);
    let text_end = u16::try_from(text_end).unwrap_or(u16::MAX);
    let mut ways = vec![write(pen.lifted(), y, changed, &row)];
    let (text, tail) = changed.split_at(changed.partition_point(|(x, _)| *x < text_end));
    if let Some((first, _)) = tail.first() {
        let mut pen = write(pen.lifted(), y, text, &row);
        let is_blank_here = |at: u16| pen.is_at(at, y) && (text_end..*first).contains(&at);
        if !pen.column().is_some_and(is_blank_here) {
            pen.go(*first, y);
        }
        pen.erase_rest();
        ways.push(pen);
    }
    if let Some((first, _)) = changed.first() {
        let mut pen = pen.lifted();
        pen.go(*first, y);
        pen.erase_rest();
        let text = visible(&row, *first);
        ways.push(write(pen, y, &text, &row));
    }
    let best = ways.into_iter().min_by_key(Pen::len).unwrap_or(pen);
    (best.clone().into_said(), best)
}

/// What is to be seen from a column on; a wide character's second column is no cell of its own.
fn visible<'a>(row: &Cells<'a>, from: u16) -> Vec<(u16, &'a Cell)> {
    let mut covered_to = 0;
    let mut cells = Vec::new();
    for (x, cell) in row {
        if *x >= covered_to {
            let columns = crate::text::width(cell.symbol()).max(1);
            covered_to = x.saturating_add(u16::try_from(columns).unwrap_or(1));
            if *x >= from && !is_blank(cell) {
                cells.push((*x, *cell));
            }
        }
    }
    cells
}

fn write(mut pen: Pen, y: u16, cells: &Cells<'_>, row: &Cells<'_>) -> Pen {
    let mut rest = cells;
    while let Some((x, cell)) = rest.first().copied() {
        let run = run_of(rest);
        reach(&mut pen, x, y, row);
        let is_last = !follows(rest, run);
        if is_blank(cell) && (run > 9 || run > 4 && is_last) {
            pen.erase(run);
        } else if is_bar(cell) && run >= LONG_BAR {
            let style = cell.style().add_modifier(Modifier::REVERSED);
            (1..run).for_each(|_| pen.write_as(" ", style));
            // The end is a letter: what copies a screen cuts blanks off the end of a line, and with them the bar.
            pen.write(cell);
        } else {
            rest.iter().take(run).for_each(|(_, cell)| pen.write(cell));
        }
        rest = rest.get(run..).unwrap_or_default();
    }
    pen
}

fn is_bar(cell: &Cell) -> bool {
    cell.symbol() == FULL_BLOCK && cell.modifier.is_empty() && cell.style().bg == Style::reset().bg
}

/// How many cells from the first on are of one kind and side by side; one where it is of no such kind.
fn run_of(cells: &Cells<'_>) -> usize {
    let Some((start, first)) = cells.first() else {
        return 0;
    };
    let is_alike = |cell: &Cell| match (is_blank(first), is_bar(first)) {
        (true, _) => is_blank(cell),
        (_, true) => cell == *first,
        _ => false,
    };
    let same = cells
        .iter()
        .zip(*start..)
        .take_while(|((x, cell), at)| x == at && is_alike(cell));
    same.count().max(1)
}

/// Whether a cell comes right after the first `run` of them.
fn follows(cells: &Cells<'_>, run: usize) -> bool {
    let before = run.checked_sub(1).and_then(|last| cells.get(last));
    match (before, cells.get(run)) {
        (Some((before, _)), Some((x, _))) => *x == before.saturating_add(1),
        _ => false,
    }
}

/// Goes to a column; over cells that stay as they are where writing them again is no longer than the jump.
fn reach(pen: &mut Pen, x: u16, y: u16, row: &Cells<'_>) {
    if pen.is_at(x, y) {
        return;
    }
    if let Some(at) = pen.column().filter(|at| *at < x && pen.is_at(*at, y)) {
        let between = row.get(usize::from(at)..usize::from(x)).unwrap_or_default();
        let is_short = between.len() <= 6 && between.iter().all(|(_, cell)| is_certain(cell.symbol()));
        let mut over = pen.lifted();
        if is_short {
            for (_, cell) in between {
                over.write(cell);
            }
            // The style that the cell at the end has is wanted then anyhow.
            if over.len() <= pen.way(x, y).len() {
                return pen.append(over);
            }
        }
    }
    pen.go(x, y);
}

#[cfg(test)]
mod tests {
    use ratatui::{layout::Rect, style::Color};

    use super::*;
    use crate::app::painter::changed;

    /// What is sent to turn one row of forty columns into another.
    fn said(old: &str, new: &str, style: Style) -> String {
        let row = |text: &str| {
            let mut row = Buffer::empty(Rect::new(0, 0, 40, 1));
            row.set_string(0, 0, text, style);
            row
        };
        let (old, new) = (row(old), row(new));
        let cells = changed(&old, &new);
        let cells: Vec<(u16, &Cell)> = cells.iter().map(|(x, _, cell)| (*x, *cell)).collect();
        let mut pen = Pen::new(40);
        pen.go(0, 0);
        write_row(pen.lifted(), 0, &cells, &new).0
    }

    #[test]
    fn a_row_that_becomes_blank_is_erased() {
        let plain = Style::reset();
        assert_eq!(said("Sat 28 Nov  Payee number 28", "", plain), "\u{1b}[K");
        assert_eq!(said("12.50 lunch and more", "12.50", plain), "\u{1b}[6C\u{1b}[K");
    }

    #[test]
    fn a_gap_of_blanks_is_erased_and_a_short_one_written_over() {
        let plain = Style::reset();
        assert_eq!(
            said(
                "a long payee name of many words",
                "                         many words",
                plain
            ),
            "\u{1b}[K\u{1b}[25Cmany words"
        );
        assert_eq!(said("abc def", "xbc xef", plain), "xbc x");
    }

    #[test]
    fn a_long_bar_is_blanks_in_reverse_video_and_a_short_one_itself() {
        let accent = Style::reset().fg(Color::Cyan);
        assert_eq!(
            said("", "██████████", accent),
            "\u{1b}[7;36m         \u{1b}[0;36m█"
        );
        assert_eq!(said("", "███", accent), "\u{1b}[36m███");
    }
}
