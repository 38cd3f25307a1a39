//! The line and what stands under it.

use super::several::Several;
use super::{QuickAdd, Reading};
use crate::book::Lists;
use crate::popup::frame;
use crate::text::{self, Align};
use crate::theme::Look;
use crate::widget::{Canvas, LineView, Row, Rows, Table};
use crate::{expense_row, figures};
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::ops::Range;

/// Pasted lines in view at once.
const MOST_LINES: usize = 8;

struct One<'a>(Row<'a>);

impl Rows for One<'_> {
    fn len(&self) -> usize {
        1
    }

    fn row(&self, _: usize) -> Option<Row<'_>> {
        Some(self.0.clone())
    }
}

impl QuickAdd {
    /// Lines below the rule.
    pub(super) fn height(&self, look: &Look) -> usize {
        let most = usize::from(look.body.height / 2).max(3);
        match &self.several {
            Some(several) => (several.len().min(MOST_LINES) + 1).min(most),
            None if self.is_offering() => (1 + Self::offers(&self.lists()).len()).clamp(3, most.max(3)),
            None => 3,
        }
    }

    pub(super) fn draw_line(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let lists = self.lists();
        let inner = frame(canvas, area, "Add", look);
        if inner.height == 0 {
            return;
        }
        if let Some(several) = &self.several {
            return draw_several(canvas, inner, several, &lists, look);
        }
        let reading = self.read(&lists, look);
        self.draw_input(canvas, inner, &reading, look);
        let below = Rect {
            y: inner.y + 1,
            height: inner.height - 1,
            ..inner
        };
        if self.line.is_empty() || self.offer.is_some() {
            self.draw_offers(canvas, below, &lists, look);
        }
        if !self.line.is_empty() && self.offer.is_none() && below.height > 0 {
            let width = expense_row::table_width(area.width);
            let row = Rect {
                x: area.x,
                width,
                height: 1,
                ..below
            };
            draw_preview(canvas, row, (&reading, self.amount_width), &lists, look);
            if below.height > 1 {
                let place = (inner.x + 2, below.y + 1, inner.width.saturating_sub(2));
                let payer = payer_words(&reading, width, &lists);
                let left = put_right(canvas, place, &payer, look);
                self.draw_reason(canvas, left, &reading, &lists, look);
            }
        }
    }

    fn draw_input(&self, canvas: &mut Canvas<'_>, inner: Rect, reading: &Reading, look: &Look) {
        canvas.put(inner.x, inner.y, inner.width, "+", look.styles.bold);
        let faults: Vec<Range<usize>> = reading
            .problems
            .iter()
            .map(|problem| problem.span.start..problem.span.end)
            .collect();
        let view = LineView {
            ghost: "12.50 lunch #food",
            faults: &faults,
            style: look.styles.plain,
            has_cursor: true,
            ..LineView::default()
        };
        let place = (inner.x + 2, inner.y, inner.width.saturating_sub(2));
        self.line.draw(canvas, place, view, look);
    }

    fn draw_offers(&self, canvas: &mut Canvas<'_>, area: Rect, lists: &Lists, look: &Look) {
        let offers = Self::offers(lists);
        for ((at, (line, count)), y) in offers.iter().enumerate().zip(area.top()..area.bottom()) {
            let is_chosen = self.offer == Some(at);
            let pointer = if is_chosen { look.glyphs.pointer } else { " " };
            let style = if is_chosen {
                look.styles.selected
            } else {
                look.styles.dim
            };
            let times = if *count > 1 {
                format!("{count} times")
            } else {
                String::new()
            };
            let room = area.width.saturating_sub(14);
            canvas.put(area.x, y, 1, pointer, look.styles.plain);
            canvas.put_fit((area.x + 2, y, room), line, Align::Left, style, look);
            let x = area.right().saturating_sub(10);
            canvas.put_fit((x, y, 10), &times, Align::Right, look.styles.dim, look);
        }
    }

    /// Why it cannot be saved, what Enter would make, what Tab would write, or nothing.
    fn draw_reason(
        &self,
        canvas: &mut Canvas<'_>,
        (x, y, columns): (u16, u16, u16),
        reading: &Reading,
        lists: &Lists,
        look: &Look,
    ) {
        let (words, style) = self.reason(reading, lists, look);
        canvas.put_fit((x, y, columns), &words, Align::Left, style, look);
    }

    fn reason(&self, reading: &Reading, lists: &Lists, look: &Look) -> (String, Style) {
        let is_missing = |code: &str| code == "amount-missing";
        let fault = reading.problems.iter().find(|problem| !is_missing(problem.code));
        if let Some(fault) = fault {
            return (fault.detail.clone(), look.styles.error);
        }
        if let Some(missing) = reading.problems.first().filter(|_| self.is_complaining) {
            return (missing.detail.clone(), look.styles.error);
        }
        if self.is_confirmed && !reading.new_names.is_empty() {
            let names = reading.new_names.join(", ");
            let near = reading.new_names.iter().find_map(|name| nearest(name, lists));
            let near = near.map_or_else(String::new, |near| format!(", and there is {near}"));
            return (
                format!("{names} is new{near}. Enter again makes it."),
                look.styles.warning,
            );
        }
        if let Some(exact) = &reading.parsed.rounded_from {
            return (format!("rounded from {exact}"), look.styles.dim);
        }
        let completion = super::Completion::in_entry(self.line.value(), self.line.cursor(), lists);
        match completion {
            Some(completion) if self.completion.is_none() && !completion.options().is_empty() => (
                format!(
                    "{}: {}",
                    look.fill("<line.next-field>"),
                    completion.options().join("  ")
                ),
                look.styles.dim,
            ),
            _ => (String::new(), look.styles.dim),
        }
    }
}

/// The category or account that a new name may be a slip of.
fn nearest(new: &str, lists: &Lists) -> Option<String> {
    let new = api::text::fold(new);
    let categories = lists.open_categories().into_iter().map(|(_, name)| name);
    let accounts = lists.open_accounts().into_iter().map(|(_, name)| name);
    let likeness = |name: &str| strsim::jaro_winkler(&api::text::fold(name), &new);
    categories
        .chain(accounts)
        .map(|name| (likeness(&name), name))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name)
}

/// Who paid, where the table has no column for it.
fn payer_words(reading: &Reading, table: u16, lists: &Lists) -> String {
    match lists.members.payer(&reading.row) {
        payer if payer.is_empty() || expense_row::has_payer(table, lists) => String::new(),
        payer => format!("paid by {}", text::clean(payer)),
    }
}

/// Puts words at the right end of a line; what is left of it.
fn put_right(
    canvas: &mut Canvas<'_>,
    (x, y, columns): (u16, u16, u16),
    words: &str,
    look: &Look,
) -> (u16, u16, u16) {
    let taken = u16::try_from(text::width(words)).unwrap_or(0).min(columns / 2);
    let place = (x + columns - taken, y, taken);
    canvas.put_fit(place, words, Align::Right, look.styles.plain, look);
    (x, y, columns.saturating_sub(taken + u16::from(taken > 0) * 2))
}

/// The coming row, cell under cell of the table, what was guessed dim.
fn draw_preview(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (reading, amount_width): (&Reading, u16),
    lists: &Lists,
    look: &Look,
) {
    let has_payer = expense_row::has_payer(area.width, lists);
    let columns = expense_row::columns_for(amount_width, &look.dates, has_payer);
    let rows = One(cells(reading, has_payer, lists, look));
    let table = Table {
        columns: &columns,
        rows: &rows,
        has_titles: false,
        has_focus: false,
        cell: None,
    };
    table.draw_plain(canvas, area, look);
}

fn cells(reading: &Reading, has_payer: bool, lists: &Lists, look: &Look) -> Row<'static> {
    let row = &reading.row;
    let (plain, dim) = (look.styles.plain, look.styles.dim);
    let guessed = |is_guessed: bool| if is_guessed { dim } else { plain };
    let category = match (&reading.new_category, row.category_id) {
        (Some(new), _) => format!("{} (new)", text::shorten(new, 40, look.glyphs.ellipsis)),
        (None, Some(id)) => lists.category_name(id).to_owned(),
        (None, None) if row.kind == api::expense::Kind::Transfer => "Transfer".to_owned(),
        (None, None) => String::new(),
    };
    let draft = &reading.parsed.draft;
    let new = |name: &Option<api::entry::NameRef>| {
        let name = name.as_ref().filter(|name| lists.account_of(name).is_none());
        name.map(|name| format!("{} (new)", name.text))
    };
    let (from, to) = (new(&draft.account), new(&draft.to_account));
    let account = match (row.kind, from) {
        (api::expense::Kind::Transfer, from) => expense_row::transfer_words(row, (from, to), lists),
        (_, Some(from)) => from,
        (_, None) => expense_row::account_words(row, lists),
    };
    let amount = if reading.has_amount {
        figures::row_amount(row, lists.base)
    } else {
        String::new()
    };
    let note = row
        .tags
        .iter()
        .map(|tag| format!("+{tag}"))
        .chain(row.note.clone())
        .collect::<Vec<_>>()
        .join(" ");
    let mut cells = Row::default()
        .styled(look.dates.short(row.date), guessed(draft.date.is_none()))
        .styled(row.payee.clone().unwrap_or_default(), plain)
        .styled(category, guessed(reading.is_category_guessed))
        .styled(account, guessed(reading.is_account_guessed));
    if has_payer {
        cells = cells.styled(lists.members.payer(row).to_owned(), plain);
    }
    cells
        .styled(note, dim)
        .styled(amount, expense_row::amount_style(row.kind, look))
}

/// Each pasted line as the row it would be, or with what is wrong with it.
fn draw_several(canvas: &mut Canvas<'_>, area: Rect, several: &Several, lists: &Lists, look: &Look) {
    let readings: Vec<Reading> = several.readings(lists, look).collect();
    let faulty = readings
        .iter()
        .filter(|reading| reading.entered.is_none())
        .count();
    let head = match faulty {
        0 => format!(
            "{} entries. <line.accept> saves all, <line.back> keeps them as a draft.",
            readings.len()
        ),
        1 => format!(
            "{} entries, 1 of them with a fault; nothing is saved until it is mended.",
            readings.len()
        ),
        _ => format!(
            "{} entries, {faulty} of them with faults; nothing is saved until they are mended.",
            readings.len()
        ),
    };
    canvas.put_fit(
        (area.x, area.y, area.width),
        &look.fill(&head),
        Align::Left,
        look.styles.bold,
        look,
    );
    let lines = readings.iter().enumerate().skip(several.top);
    for (y, (at, reading)) in (area.y + 1..area.bottom()).zip(lines) {
        if let (None, Some(problem)) = (&reading.entered, reading.problems.first()) {
            let words = format!("{} {}: {}", at + 1, several.line(at), problem.detail);
            canvas.put_fit(
                (area.x, y, area.width),
                &words,
                Align::Left,
                look.styles.error,
                look,
            );
        } else {
            let width = expense_row::table_width(area.width + 2);
            let line = Rect {
                x: area.x.saturating_sub(1),
                y,
                width,
                height: 1,
            };
            draw_preview(canvas, line, (reading, 0), lists, look);
        }
    }
}
