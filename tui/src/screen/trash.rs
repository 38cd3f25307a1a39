//! Trash: rows that were deleted and are kept for a while, the latest deletion first. Each can be brought back as it
//! was, and its history looked at.

#[cfg(test)]
mod tests;

use super::listing::{Listing, Shape};
use crate::book::{Lists, RowsChanged};
use crate::client::{ClientError, Key};
use crate::desk::Desk;
use crate::fx::{Change, Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::live::LiveChanges;
use crate::popup::History;
use crate::theme::Look;
use crate::widget::{Canvas, Column, Row, Rows};
use crate::{expense_row, figures, logged};
use api::expense::{Expense, ExpenseFilter, ExpenseQuery};
use api::page::PageQuery;
use ratatui::layout::Rect;

/// Pages that are loaded; who deletes more than that looks for a row in the list.
const PAGES: usize = 5;

/// The screen.
pub struct Trash {
    desk: Desk,
    rows: Vec<Expense>,
    has_more: bool,
    listing: Listing,
}

impl Trash {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            rows: Vec::new(),
            has_more: false,
            listing: Listing::default(),
        }
    }

    fn load(&self) -> Fx<Self> {
        let api = self.desk.api.clone();
        let mut query = ExpenseQuery {
            filter: ExpenseFilter {
                only_deleted: Some(true),
                ..ExpenseFilter::default()
            },
            page: PageQuery::largest(None),
            ..ExpenseQuery::default()
        };
        let work = async move {
            let mut rows = Vec::new();
            for _ in 0..PAGES {
                let page = api.list_expenses(&query).await?;
                rows.extend(page.items);
                query.page.cursor = page.next_cursor;
                if query.page.cursor.is_none() {
                    break;
                }
            }
            Ok((rows, query.page.cursor.is_some()))
        };
        Fx::call_latest("trash", "loading the trash", work, Self::loaded)
    }

    fn loaded(&mut self, loaded: Result<(Vec<Expense>, bool), ClientError>, _: &Look) -> Fx<Self> {
        let (mut rows, has_more) = match loaded {
            Ok(loaded) => loaded,
            Err(error) => return self.listing.failed(&error),
        };
        let chosen = self.chosen().map(|row| row.id);
        rows.sort_by_key(|row| std::cmp::Reverse((row.deleted_at, row.id)));
        (self.rows, self.has_more) = (rows, has_more);
        let place = self.rows.iter().position(|row| Some(row.id) == chosen);
        self.listing.loaded();
        self.listing.keep(place, self.rows.len());
        Fx::none()
    }

    fn chosen(&self) -> Option<&Expense> {
        self.rows.get(self.listing.scroll.selected())
    }

    fn restore(&self, look: &Look) -> Fx<Self> {
        let Some(row) = self.chosen() else {
            return Fx::none();
        };
        let base = self.desk.book.lists().base;
        let (words, day) = (expense_row::words(row, base, look), look.dates.short(row.date));
        let restored = self.desk.api.restore_expense(row.id, Key::new());
        let before = row.clone();
        Fx::call(
            "bringing it back",
            restored,
            move |screen: &mut Self, restored, _| match restored {
                Ok(after) => {
                    screen.rows.retain(|row| row.id != after.id);
                    screen.listing.keep(None, screen.rows.len());
                    Fx::announce(RowsChanged::change(vec![before], vec![after]))
                        .and(Fx::notify(format!("Back again: {words}, {day}.")))
                }
                Err(error) => Fx::notify(Message::error(format!("Not brought back: {}", error.sentence()))),
            },
        )
    }

    /// `12 deleted rows, the latest deletion first.`
    fn head(&self) -> String {
        let count = figures::grouped(&self.rows.len().to_string());
        let rows = if self.rows.len() == 1 { "row" } else { "rows" };
        let first = if self.has_more {
            " are shown, there are more"
        } else {
            ", the latest deletion first"
        };
        format!("{count} deleted {rows}{first}.")
    }
}

struct Shown<'a> {
    rows: &'a [Expense],
    lists: &'a Lists,
    look: &'a Look,
}

impl Rows for Shown<'_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let row = self.rows.get(at)?;
        let deleted = row.deleted_at.map(|at| logged::when(at, self.look));
        let category = row.category_id.map_or("", |id| self.lists.category_name(id));
        let who = row.payee.as_ref().or(row.note.as_ref());
        Some(
            Row::default()
                .cell(deleted.unwrap_or_default())
                .cell(self.look.dates.day(row.date))
                .cell(who.cloned().unwrap_or_default())
                .cell(category.to_owned())
                .styled(
                    figures::row_amount(row, self.lists.base),
                    expense_row::amount_style(row.kind, self.look),
                ),
        )
    }
}

impl Layer for Trash {
    fn title(&self) -> String {
        "Trash".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["trash", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Rows that were deleted, the latest first. They are in no sum and no list.",
            "<trash.restore> brings the chosen row back as it was; <trash.history> tells who deleted it.",
            "A deleted row is kept for 30 days, or as long as its server is set to, and then removed for good.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let head = self.head();
        let shape = Shape {
            head: (!self.rows.is_empty()).then_some(head.as_str()),
            loading: "Loading the trash.",
            none: "Nothing is deleted here, or it was long ago.",
            columns: &[
                Column::fixed("Deleted", 16),
                Column::fixed("Date", 15).weight(3),
                Column::flexible("Payee", 11),
                Column::flexible("Category", 11).weight(2),
                Column::fixed("Amount", 12).right(),
            ],
            width: u16::MAX,
        };
        let rows = Shown {
            rows: &self.rows,
            lists: &self.desk.book.lists(),
            look,
        };
        self.listing.draw(canvas, area, &shape, &rows, look);
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        self.load()
    }

    fn on_change(&mut self, change: &Change, _: &Look) -> Fx<Self> {
        let live = change.get::<LiveChanges>();
        if change.get::<RowsChanged>().is_some() || live.is_some_and(LiveChanges::touches_rows) {
            self.load()
        } else {
            Fx::none()
        }
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        if self.listing.scroll.on_action(action, self.rows.len()) {
            return Fx::none();
        }
        match action {
            Action::Restore | Action::Accept => self.restore(look),
            Action::History => match self.chosen() {
                Some(row) => Fx::push(History::new(self.desk.clone(), row, look)),
                None => Fx::none(),
            },
            Action::Reload => self.load(),
            _ => Fx::pass(),
        }
    }
}
