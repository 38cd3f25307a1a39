//! The screen as it is drawn: a line that says what is looked at and what it comes to, the table, and from 120 columns
//! on the categories beside it.

use super::list::{Item, List, State};
use super::{Expenses, ask};
use crate::book::Lists;
use crate::fx::Fx;
use crate::text::{self, Align};
use crate::theme::Look;
use crate::widget::{Bar, Canvas, Chart, Row, Rows, Scroll, Table};
use crate::{expense_row, figures};
use api::currency::Currency;
use api::id::ExpenseId;
use api::report::{Report, ReportRow, Total};
use ratatui::layout::{Position, Rect};
use std::collections::HashMap;

struct Shown<'a> {
    list: &'a List,
    lists: &'a Lists,
    new_categories: &'a HashMap<ExpenseId, String>,
    look: &'a Look,
    /// The rows are of several years.
    has_years: bool,
    /// There is a column for who paid.
    has_payer: bool,
}

impl Rows for Shown<'_> {
    fn len(&self) -> usize {
        self.list.shown_len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let item = self.list.get(at)?;
        let cells = expense_row::Cells {
            category: self.new_category(item),
            has_years: self.has_years,
            has_payer: self.has_payer,
            ..expense_row::Cells::of(self.lists, self.look)
        };
        let cells = cells.row(&item.row);
        Some(cells.gutter(self.list.gutter(item)))
    }
}

impl Shown<'_> {
    fn new_category(&self, item: &Item) -> Option<&str> {
        let name = self
            .new_categories
            .get(&item.row.id)
            .filter(|_| item.state != State::Saved);
        name.map(String::as_str)
    }
}

impl Expenses {
    pub(super) fn draw_screen(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        if area.is_empty() {
            return;
        }
        let lists = self.desk.book.lists();
        self.draw_summary(canvas, Rect { height: 1, ..area }, &lists, look);
        let below = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        let width = expense_row::table_width(area.width);
        let body = Rect { width, ..below };
        self.table_area = body;
        if self.list.shown_len() == 0 {
            self.draw_empty(canvas, body, look);
        } else {
            self.draw_table(canvas, body, &lists, look);
        }
        if width < area.width {
            let aside = Rect {
                x: area.x + width + 3,
                width: area.width - width - 4,
                ..below
            };
            self.draw_aside(canvas, aside, &lists, look);
        }
    }

    fn draw_table(&mut self, canvas: &mut Canvas<'_>, body: Rect, lists: &Lists, look: &Look) {
        let has_payer = expense_row::has_payer(body.width, lists);
        let amounts = self.list.amount_width(lists.base);
        let columns = expense_row::columns_for(amounts, &look.dates, has_payer);
        let (from, to) = self.shown.as_ref().unwrap_or(&self.view).range(lists.calendar);
        let rows = Shown {
            list: &self.list,
            lists,
            new_categories: &self.new_categories,
            look,
            has_years: from.year() != to.year(),
            has_payer,
        };
        let table = Table {
            columns: &columns,
            rows: &rows,
            has_titles: true,
            has_focus: true,
            cell: None,
        };
        table.draw(canvas, body, &mut self.scroll, look);
    }

    fn draw_empty(&self, canvas: &mut Canvas<'_>, body: Rect, look: &Look) {
        let x = body.x + 3.min(body.width);
        let columns = body.width.saturating_sub(4);
        canvas.set_cursor(Position::new(body.x, body.y));
        let lines = self
            .empty_words(look)
            .into_iter()
            .flat_map(|words| text::wrap(&words, columns.into()));
        for (y, line) in (body.y + 1..body.bottom()).zip(lines) {
            canvas.put(x, y, columns, &line, look.styles.plain);
        }
    }

    /// `1-30 Nov 2026   Spent 1,842.30   Income 3,000.00   62 rows   #food`, or what is marked.
    fn draw_summary(&self, canvas: &mut Canvas<'_>, line: Rect, lists: &Lists, look: &Look) {
        let shown = self.shown.as_ref().unwrap_or(&self.view);
        let end = line.right().saturating_sub(1);
        let mut x = line.x + 1;
        let mut put = |words: &str, style| {
            if !words.is_empty() && x < end {
                let room = end - x;
                let words = text::shorten(words, room.into(), look.glyphs.ellipsis);
                x = canvas.put(x, line.y, room, &words, style) + 3;
            }
        };
        put(&shown.words(lists.calendar, &look.dates), look.styles.bold);
        if let Some(marked) = self.mark_words(lists.base) {
            put(&marked, look.styles.marked);
        }
        put(&shown.filter_text, look.styles.accent);
        put(&shown.sort.words(), look.styles.dim);
        if let Some(report) = &self.report {
            let spent = sum_words(
                report,
                "Spent",
                |total| total.net.minor(total.currency),
                lists.base,
            );
            put(&spent, look.styles.plain);
            put(&figures::rows(ask::row_count(report)), look.styles.plain);
            let income = sum_words(
                report,
                "Income",
                |total| total.income.minor(total.currency),
                lists.base,
            );
            put(&income, look.styles.income);
        }
    }

    /// The same rows by category, in one currency.
    fn draw_aside(&self, canvas: &mut Canvas<'_>, area: Rect, lists: &Lists, look: &Look) {
        for y in area.top()..area.bottom() {
            canvas.put(area.x.saturating_sub(2), y, 1, look.glyphs.tick, look.styles.rule);
        }
        let Some(report) = &self.report else { return };
        let Some(total) = report.totals.get(self.currency).or_else(|| report.totals.first()) else {
            return;
        };
        let currency = total.currency;
        let title = if report.totals.len() > 1 {
            format!("By category, {currency}")
        } else {
            "By category".to_owned()
        };
        if area.height > 0 {
            canvas.put_fit(
                (area.x, area.y, area.width),
                &title,
                Align::Left,
                look.styles.heading,
                look,
            );
        }
        let rest = not_shown(report, currency, lists.base);
        let foot = u16::from(!rest.is_empty());
        let chart = Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1 + foot),
            ..area
        };
        let bars: Vec<Bar<'_>> = report
            .rows
            .iter()
            .filter_map(|row| bar(row, currency, look))
            .collect();
        let mut scroll = Scroll::default();
        Chart {
            bars: &bars,
            has_focus: false,
        }
        .draw(canvas, chart, &mut scroll, look);
        if foot > 0 && area.height > 1 {
            let y = area.bottom() - 1;
            canvas.put_fit((area.x, y, area.width), &rest, Align::Left, look.styles.dim, look);
        }
    }

    pub(super) fn click(&mut self, at: Position) -> Fx<Self> {
        let line = at.y.checked_sub(self.table_area.y + 1);
        let row = line.and_then(|line| self.scroll.row_at(line, self.list.shown_len()));
        if let Some(row) = row.filter(|_| self.table_area.contains(at)) {
            self.scroll.select(row, self.list.shown_len());
        }
        self.load_more()
    }
}

fn sum_words(report: &Report, noun: &str, of: fn(&Total) -> Option<i64>, base: Currency) -> String {
    let sums = report
        .totals
        .iter()
        .filter_map(|total| Some((total.currency, of(total)?)));
    let sums: Vec<String> = sums
        .filter(|(currency, minor)| *minor != 0 || (*currency == base && noun == "Spent"))
        .map(|(currency, minor)| figures::amount_in(minor, currency, base))
        .collect();
    if sums.is_empty() {
        String::new()
    } else {
        format!("{noun} {}", sums.join(", "))
    }
}

/// A category's bar; subcategories are in their parents'.
fn bar<'a>(row: &'a ReportRow, currency: Currency, look: &Look) -> Option<Bar<'a>> {
    if row.parent_key.is_some() {
        return None;
    }
    let total = row.totals.iter().find(|total| total.currency == currency)?;
    let value = total.net.minor(currency).filter(|net| *net != 0)?;
    let share = total.share.map_or_else(String::new, |share| {
        format!("{}%", (share.hundredths() + 50) / 100)
    });
    let label = if row.label.is_empty() {
        look.glyphs.ellipsis
    } else {
        row.label.as_str()
    };
    Some(Bar {
        label: label.into(),
        value,
        value_text: figures::amount(value, currency).into(),
        share_text: share.into(),
        ..Bar::default()
    })
}

/// What a chart of one currency leaves out.
fn not_shown(report: &Report, currency: Currency, base: Currency) -> String {
    let others: Vec<String> = report
        .totals
        .iter()
        .filter(|total| total.currency != currency)
        .filter_map(|total| {
            Some(figures::amount_in(
                total.net.minor(total.currency)?,
                total.currency,
                base,
            ))
        })
        .collect();
    if others.is_empty() {
        String::new()
    } else {
        format!("not in it: {}", others.join(", "))
    }
}
