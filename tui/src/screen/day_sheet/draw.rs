//! The sheet on the canvas: a line a row, under it what is wrong with its cells or what others did
//! to it, at the end what the day comes to. The chosen cell is always in view.

use ratatui::layout::{Position, Rect};

use super::{
    DaySheet,
    cell::Col,
    layout::{Drawn, GUTTER, columns},
    sheet::{Sheet, SheetRow},
    show::{amount_text, cell_style, cell_text, gutter, remarks},
    today,
    words::summary,
};
use crate::{
    book::Lists,
    figures,
    keymap::Action,
    text::{self, Align},
    theme::Look,
    widget::{Canvas, LineView},
};

/// A line of the sheet.
enum Item {
    Row(usize),
    /// What is offered for the cell being typed in.
    Offers,
    /// Something about a row, from a column on.
    Remark {
        row: usize,
        col: Option<Col>,
        words: String,
        is_fault: bool,
    },
}

impl DaySheet {
    pub(super) fn paint(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        if area.is_empty() {
            return;
        }
        let lists = self.desk.book.lists();
        self.draw_head(canvas, Rect { height: 1, ..area }, look);
        let foot = if area.height > 5 { 2 } else { 0 };
        let body = Rect {
            y: area.y + 1,
            height: area.height - 1 - foot,
            ..area
        };
        let date = self.date;
        let Some(sheet) = self.sheets.remove(&date) else {
            return;
        };
        if sheet.rows.is_empty() {
            self.drawn = Drawn::default();
            draw_empty(canvas, body, &sheet, look);
        } else {
            self.draw_rows(canvas, body, &sheet, &lists, look);
        }
        if foot > 0 {
            canvas.rule(
                Rect {
                    y: body.bottom(),
                    height: 1,
                    ..area
                },
                look,
            );
            let line = Rect {
                y: body.bottom() + 1,
                height: 1,
                ..area
            };
            draw_foot(canvas, line, &sheet, &lists, look);
        }
        self.sheets.insert(date, sheet);
    }

    /// The day, how far away it is, and other days with something unsaved.
    fn draw_head(&self, canvas: &mut Canvas<'_>, line: Rect, look: &Look) {
        let mut words = look.dates.day(self.date);
        let near = figures::day_words(self.date, today(look), &look.dates);
        if near.starts_with(|c: char| c.is_lowercase()) {
            words = format!("{words}, {near}");
        }
        let end = canvas.put(
            line.x + 1,
            line.y,
            line.width.saturating_sub(2),
            &words,
            look.styles.bold,
        );
        let others = self
            .sheets
            .values()
            .filter(|sheet| sheet.date != self.date && sheet.has_unsaved());
        let others: Vec<String> = others.map(|sheet| look.dates.short(sheet.date)).collect();
        if !others.is_empty() {
            let room = line.right().saturating_sub(end + 4);
            let words = format!("unsaved: {}", others.join(", "));
            canvas.put_fit(
                (end + 3, line.y, room),
                &words,
                Align::Right,
                look.styles.warning,
                look,
            );
        }
    }

    fn draw_rows(&mut self, canvas: &mut Canvas<'_>, area: Rect, sheet: &Sheet, lists: &Lists, look: &Look) {
        let amounts = sheet
            .rows
            .iter()
            .map(|row| text::width(&amount_text(row, lists, look)));
        let amounts = u16::try_from(amounts.max().unwrap_or(0)).unwrap_or(u16::MAX);
        let cols = columns(area, amounts, self.col);
        let mut body = area;
        if area.height > 2 {
            for (col, x, width) in &cols {
                let align = if *col == Col::Amount {
                    Align::Right
                } else {
                    Align::Left
                };
                canvas.put_fit(
                    (*x, area.y, *width),
                    col.title(),
                    align,
                    look.styles.heading,
                    look,
                );
            }
            body.y += 1;
            body.height -= 1;
        }
        let items = self.items(sheet, lists, look);
        self.scroll_to_chosen(&items, sheet.selected, body.height);
        let mut drawn = Drawn {
            rows: Vec::new(),
            cols: cols.clone(),
        };
        for (y, at) in (body.top()..body.bottom()).zip(self.scroll.visible(items.len())) {
            let line = Rect::new(body.x, y, body.width, 1);
            match items.get(at) {
                Some(Item::Row(at)) => {
                    if let Some(row) = sheet.rows.get(*at) {
                        let chosen = *at == sheet.selected;
                        self.draw_row(canvas, line, (row, chosen), &cols, (lists, look));
                    }
                    drawn.rows.push((y, *at));
                }
                Some(Item::Offers) => self.draw_offers(canvas, line, &cols, look),
                Some(Item::Remark {
                    row,
                    col,
                    words,
                    is_fault,
                }) => {
                    draw_remark(canvas, line, (*col, words, *is_fault), &cols, look);
                    drawn.rows.push((y, *row));
                }
                None => {}
            }
        }
        self.drawn = drawn;
    }

    fn items(&self, sheet: &Sheet, lists: &Lists, look: &Look) -> Vec<Item> {
        let mut items = Vec::with_capacity(sheet.rows.len() + 4);
        for (at, row) in sheet.rows.iter().enumerate() {
            items.push(Item::Row(at));
            let has_offers = self
                .typing
                .as_ref()
                .is_some_and(|typing| !typing.offers.is_empty());
            if at == sheet.selected && has_offers {
                items.push(Item::Offers);
            }
            let mut faults = row.faults.clone();
            faults.sort_by_key(|(col, _)| *col);
            for (col, words) in faults {
                items.push(Item::Remark {
                    row: at,
                    col: Some(col),
                    words,
                    is_fault: true,
                });
            }
            for (col, words) in remarks(row, lists, look) {
                items.push(Item::Remark {
                    row: at,
                    col,
                    words,
                    is_fault: false,
                });
            }
        }
        items
    }

    /// The chosen row and what stands under it, as far as it fits.
    fn scroll_to_chosen(&mut self, items: &[Item], chosen: usize, height: u16) {
        let is_of_chosen = |item: &Item| match item {
            Item::Row(at) | Item::Remark { row: at, .. } => *at == chosen,
            Item::Offers => true,
        };
        let first = items
            .iter()
            .position(|item| matches!(item, Item::Row(at) if *at == chosen))
            .unwrap_or(0);
        let last = items.iter().rposition(is_of_chosen).unwrap_or(first);
        self.scroll.fit(height.into(), items.len());
        self.scroll.select(last, items.len());
        self.scroll.select(first, items.len());
    }

    fn draw_row(
        &self,
        canvas: &mut Canvas<'_>,
        line: Rect,
        (row, is_chosen): (&SheetRow, bool),
        cols: &[(Col, u16, u16)],
        (lists, look): (&Lists, &Look),
    ) {
        let (sign, style) = gutter(row, look);
        if is_chosen {
            canvas.put(line.x, line.y, 1, look.glyphs.pointer, look.styles.plain);
        }
        if line.width > 1 {
            canvas.put(line.x + 1, line.y, 1, sign, style);
        }
        for (col, x, width) in cols {
            let align = if *col == Col::Amount {
                Align::Right
            } else {
                Align::Left
            };
            let place = (*x, line.y, *width);
            let is_typed_in = is_chosen && *col == self.col && self.typing.is_some();
            if is_typed_in {
                self.draw_typing(canvas, place, look);
                continue;
            }
            let style = cell_style(row, *col, lists, look);
            canvas.put_fit(place, &cell_text(row, *col, lists, look), align, style, look);
            if is_chosen && *col == self.col {
                canvas.style(Rect::new(*x, line.y, *width, 1), look.styles.selected);
                canvas.set_cursor(Position::new(*x, line.y));
            }
        }
    }

    fn draw_typing(&self, canvas: &mut Canvas<'_>, place: (u16, u16, u16), look: &Look) {
        let Some(typing) = &self.typing else { return };
        let ghost = if self.col == Col::Amount { "12.50" } else { "" };
        let view = LineView {
            ghost,
            style: look.styles.plain,
            has_cursor: true,
            ..LineView::default()
        };
        typing.line.draw(canvas, place, view, look);
        if typing.is_whole {
            let (x, y, columns) = place;
            let taken = u16::try_from(text::width(&text::clean(typing.line.value()))).unwrap_or(columns);
            canvas.style(Rect::new(x, y, taken.min(columns), 1), look.styles.selected);
        }
    }

    fn draw_offers(&self, canvas: &mut Canvas<'_>, line: Rect, cols: &[(Col, u16, u16)], look: &Look) {
        let Some(typing) = &self.typing else { return };
        let words: Vec<(String, bool)> = typing
            .offers
            .iter()
            .enumerate()
            .map(|(at, (option, is_new))| {
                let is_picked = typing.picked == Some(at);
                let pointer = if is_picked { look.glyphs.pointer } else { " " };
                let new = if *is_new { " (new)" } else { "" };
                (format!("{pointer}{option}{new} "), is_picked)
            })
            .collect();
        let width: usize = words
            .iter()
            .map(|(word, _)| text::width(&text::clean(word)))
            .sum();
        let width = u16::try_from(width).unwrap_or(u16::MAX);
        let under = cols
            .iter()
            .find(|(col, ..)| *col == self.col)
            .map_or(line.x + GUTTER, |(_, x, _)| *x);
        // Under its cell, or as far left as it needs to be read.
        let mut x = under
            .min(line.right().saturating_sub(width))
            .max(line.x + GUTTER.min(line.width));
        for (word, is_picked) in words {
            let style = if is_picked {
                look.styles.selected
            } else {
                look.styles.plain
            };
            x = canvas.put(x, line.y, line.right().saturating_sub(x), &word, style);
        }
    }
}

fn draw_remark(
    canvas: &mut Canvas<'_>,
    line: Rect,
    (col, words, is_fault): (Option<Col>, &str, bool),
    cols: &[(Col, u16, u16)],
    look: &Look,
) {
    let words = if is_fault {
        format!("! {words}")
    } else {
        words.to_owned()
    };
    let style = if is_fault {
        look.styles.error
    } else {
        look.styles.warning
    };
    let left = line.x + GUTTER.min(line.width);
    let under = cols
        .iter()
        .find(|(of, ..)| Some(*of) == col)
        .map_or(left, |(_, x, _)| *x);
    let width = u16::try_from(text::width(&text::clean(&words))).unwrap_or(u16::MAX);
    let x = under.min(line.right().saturating_sub(width)).max(left);
    let room = line.right().saturating_sub(x);
    canvas.put_fit((x, line.y, room), &words, Align::Left, style, look);
}

fn draw_empty(canvas: &mut Canvas<'_>, area: Rect, sheet: &Sheet, look: &Look) {
    let key = |action| look.key(&["sheet", "global"], action);
    let lines = match &sheet.error {
        Some(error) => vec![error.clone(), format!("{} tries again.", key(Action::Reload))],
        None if sheet.is_loaded => vec![
            format!("No rows on {}.", look.dates.day(sheet.date)),
            format!("{} adds one.", key(Action::Add)),
            format!(
                "{} shows the day before, {} the day after.",
                key(Action::PreviousDay),
                key(Action::NextDay)
            ),
        ],
        None => Vec::new(),
    };
    let room = usize::from(area.width.saturating_sub(4)).max(1);
    let lines = lines.iter().flat_map(|line| text::wrap(line, room));
    for (y, line) in (area.top() + 1..area.bottom()).zip(lines) {
        canvas.put(
            area.x + 2,
            y,
            area.width.saturating_sub(2),
            &line,
            look.styles.plain,
        );
    }
    canvas.set_cursor(Position::new(area.x, area.y));
}

/// `8 rows 55.30, 2 changed, ^x saves all`.
fn draw_foot(canvas: &mut Canvas<'_>, line: Rect, sheet: &Sheet, lists: &Lists, look: &Look) {
    if !sheet.is_loaded && sheet.rows.is_empty() {
        return;
    }
    let counts = sheet.counts();
    let parts = [
        (counts.changed, "changed"),
        (counts.new, "new"),
        (counts.removed, "to remove"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let room = line.width.saturating_sub(2);
    let x = canvas.put(
        line.x + 1,
        line.y,
        room,
        &summary(sheet, lists, look),
        look.styles.plain,
    );
    if counts.unsaved() > 0 {
        let save = look.key(&["sheet"], Action::Save);
        let words = format!(", {}, {save} saves all", parts.join(", "));
        let room = line.right().saturating_sub(x + 1);
        canvas.put_fit((x, line.y, room), &words, Align::Left, look.styles.warning, look);
    }
}
