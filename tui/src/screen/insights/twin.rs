//! The table that says the same as the chart, and more.

use api::currency::Currency;

use super::{
    Shown,
    bars::{change, label, share},
    lines::{Line, minor},
    view::{By, View},
};
use crate::{
    figures, text,
    theme::Look,
    widget::{Column, Row, Rows},
};

const HEADINGS: [&str; 9] = [
    "", "Spent", "Refunds", "Net", "Share", "Before", "Change", "Income", "Rows",
];
/// The lightest column goes first when it gets narrow.
const WEIGHTS: [u8; 9] = [u8::MAX, 4, 2, u8::MAX, 6, 3, 5, 3, 1];

/// The same figures as a table, and more of them.
pub(super) struct Twin {
    pub(super) columns: Vec<Column>,
    pub(super) headings: Vec<&'static str>,
    pub(super) cells: Vec<Vec<String>>,
    bold: Vec<bool>,
    look: Look,
}

impl Twin {
    pub(super) fn new(lines: &[Line], view: &View, shown: &Shown, currency: Currency, look: &Look) -> Self {
        let by = shown.asked.by;
        let cells: Vec<Vec<String>> = lines
            .iter()
            .map(|line| row(line, view, by, currency, look))
            .collect();
        let mut headings = HEADINGS.to_vec();
        if let Some(first) = headings.first_mut() {
            *first = by.heading();
        }
        let widest = |at: usize, heading: &str| {
            let cells = cells
                .iter()
                .filter_map(|row| row.get(at))
                .map(|cell| text::width(&text::clean(cell)));
            let widest = cells.max().unwrap_or(0);
            // A column without a figure has no place.
            if widest == 0 {
                0
            } else {
                u16::try_from(widest.max(heading.len())).unwrap_or(u16::MAX)
            }
        };
        let column = |(at, (heading, weight)): (usize, (&&'static str, u8))| match (at, widest(at, heading)) {
            (0, width) => Column::fixed(*heading, width.clamp(8, 28)),
            (_, 0) => Column::fixed("", 0).weight(0),
            (_, width) => Column::fixed(*heading, width).right().weight(weight),
        };
        let columns = headings.iter().zip(WEIGHTS).enumerate().map(column).collect();
        let bold = lines.iter().map(|line| change(line, by, look).is_big).collect();
        Self {
            columns,
            headings,
            cells,
            bold,
            look: look.clone(),
        }
    }
}

fn row(line: &Line, view: &View, by: By, currency: Currency, look: &Look) -> Vec<String> {
    let figure = |of: fn(&api::report::Total) -> &api::money::Total| {
        let sum = line.total.as_ref().map_or(0, |total| minor(of(total), currency));
        figures::amount(sum, currency)
    };
    let before = line
        .before
        .filter(|_| by != By::Month)
        .map_or_else(String::new, |before| figures::amount(before, currency));
    vec![
        label(line, view),
        figure(|total| &total.spent),
        figure(|total| &total.refunded),
        figure(|total| &total.net),
        share(line),
        before,
        change(line, by, look).text.into_owned(),
        figure(|total| &total.income),
        line.total.as_ref().map_or(0, |total| total.count).to_string(),
    ]
}

impl Rows for Twin {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let styles = &self.look.styles;
        let is_bold = self.bold.get(at).copied().unwrap_or(false);
        let cells = self.cells.get(at)?;
        Some(
            cells
                .iter()
                .enumerate()
                .fold(Row::default(), |row, (column, cell)| {
                    let style = match column {
                        6 if is_bold => styles.bold,
                        7 if cell.contains(|c: char| ('1'..='9').contains(&c)) => styles.income,
                        _ => styles.plain,
                    };
                    row.styled(cell.as_str(), style)
                }),
        )
    }
}
