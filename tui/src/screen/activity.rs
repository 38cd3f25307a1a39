//! Activity: what happened in the ledger, the latest first, an operation a line however many changes it is made of.
//! Loads as far as it is looked at; whatever changes rows or lists loads it again. <activity.accept> shows the rows, `u` undoes.

#[cfg(test)]
mod tests;

use super::listing::{Listing, Shape};
use crate::book::{BookChanged, Lists, RowsChanged};
use crate::client::ClientError;
use crate::desk::Desk;
use crate::fx::{Change as News, Fx};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::live::LiveChanges;
use crate::logged;
use crate::popup::Operation;
use crate::theme::Look;
use crate::undo::{self, who};
use crate::widget::{Canvas, Column, Row, Rows};
use api::change::{Change, ChangePage, ChangeQuery, ChangeSort, OpenTo};
use api::id::OperationId;
use api::page::{MAX_LIMIT, PageQuery};
use ratatui::layout::Rect;

/// Operations asked for at once, and how near the end more are asked for.
const PAGE: u32 = 50;
const AHEAD: usize = 30;

/// The screen.
pub struct Activity {
    desk: Desk,
    /// An operation each.
    operations: Vec<Change>,
    next: Option<String>,
    /// Another screen is shown; coming back loads anyway.
    is_away: bool,
    listing: Listing,
}

impl Activity {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            operations: Vec::new(),
            next: None,
            is_away: false,
            listing: Listing::default(),
        }
    }

    /// From the latest operation on, about as many as are there.
    fn load(&self) -> Fx<Self> {
        let loaded = u32::try_from(self.operations.len()).unwrap_or(MAX_LIMIT);
        self.ask(None, loaded.clamp(PAGE, MAX_LIMIT))
    }

    fn ask(&self, cursor: Option<String>, limit: u32) -> Fx<Self> {
        let is_more = cursor.is_some();
        let query = ChangeQuery {
            sort: Some(ChangeSort::Newest),
            whole: Some(true),
            page: PageQuery {
                limit: Some(limit),
                cursor,
            },
            ..ChangeQuery::default()
        };
        let page = self.desk.api.list_changes(&query);
        Fx::call_latest(
            "activity",
            "loading the activity",
            page,
            move |screen: &mut Self, page, _| screen.loaded(page, is_more),
        )
    }

    fn loaded(&mut self, page: Result<ChangePage, ClientError>, is_more: bool) -> Fx<Self> {
        let page = match page {
            Ok(page) => page,
            Err(error) => return self.listing.failed(&error),
        };
        let chosen = self.chosen().map(|change| change.operation_id);
        if !is_more {
            self.operations.clear();
        }
        self.operations.extend(page.items);
        self.next = page.next_cursor;
        let place = chosen.and_then(|id| self.place_of(id));
        self.listing.loaded();
        self.listing.keep(place, self.operations.len());
        self.load_more()
    }

    fn place_of(&self, id: OperationId) -> Option<usize> {
        let mut all = self.operations.iter();
        all.position(|operation| operation.operation_id == id)
    }

    fn chosen(&self) -> Option<&Change> {
        self.operations.get(self.listing.scroll.selected())
    }

    /// More once the end of what is loaded comes near.
    fn load_more(&mut self) -> Fx<Self> {
        let seen = self.listing.scroll.visible(self.operations.len()).end;
        if self.listing.scroll.selected().max(seen) + AHEAD < self.operations.len() {
            return Fx::none();
        }
        match self.next.take() {
            Some(cursor) => self.ask(Some(cursor), PAGE),
            None => Fx::none(),
        }
    }
}

struct Shown<'a> {
    operations: &'a [Change],
    lists: &'a Lists,
    look: &'a Look,
}

impl Rows for Shown<'_> {
    fn len(&self) -> usize {
        self.operations.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        let change = self.operations.get(at)?;
        let is_undone = change.undone_by.is_some();
        let style = if is_undone {
            self.look.styles.dim
        } else {
            self.look.styles.plain
        };
        let cells = [
            logged::when(change.at, self.look),
            who(change, self.lists),
            logged::deed(change, self.lists),
            logged::count_words(change, self.lists),
            if is_undone { "undone" } else { "" }.to_owned(),
        ];
        let row = Row::default();
        Some(cells.into_iter().fold(row, |row, cell| row.styled(cell, style)))
    }
}

impl Layer for Activity {
    fn title(&self) -> String {
        "Activity".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["activity", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "What everybody did in this ledger, the latest first; an import or a merge is one line.",
            "<activity.accept> shows the rows of a line, each field before and after.",
            "<activity.undo> undoes the chosen line after a question, whoever made it; rows changed since are named first.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let shape = Shape {
            head: None,
            loading: "Loading the activity.",
            none: "Nothing happened here yet.",
            columns: &[
                Column::fixed("When", 16),
                Column::fixed("Who", 12),
                Column::flexible("What", 24),
                Column::fixed("Rows", 6).right().weight(1),
                Column::fixed("", 6).weight(2),
            ],
            width: u16::MAX,
        };
        let rows = Shown {
            operations: &self.operations,
            lists: &self.desk.book.lists(),
            look,
        };
        self.listing.draw(canvas, area, &shape, &rows, look);
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        self.load()
    }

    /// Others may have been at work while it was out of sight.
    fn on_resume(&mut self, _: &Look) -> Fx<Self> {
        if std::mem::take(&mut self.is_away) {
            self.load()
        } else {
            Fx::none()
        }
    }

    fn on_leave(&mut self, _: &Look) {
        self.is_away = true;
    }

    fn on_change(&mut self, change: &News, _: &Look) -> Fx<Self> {
        let is_news = change.get::<RowsChanged>().is_some()
            || change.get::<BookChanged>().is_some()
            || change.get::<LiveChanges>().is_some();
        if is_news && !self.is_away {
            self.load()
        } else {
            Fx::none()
        }
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        if self.listing.scroll.on_action(action, self.operations.len()) {
            return self.load_more();
        }
        let chosen = self.chosen().cloned();
        match (action, chosen) {
            (Action::Accept, Some(change)) => Fx::push(Operation::new(&self.desk, &change, look)),
            (Action::Undo, Some(change)) => undo::chosen(&self.desk, change, undo::nothing),
            (Action::Redo, _) => undo::latest(&self.desk, OpenTo::Redo, undo::nothing),
            (Action::Reload, _) => self.load(),
            (Action::Accept | Action::Undo, None) => Fx::none(),
            _ => Fx::pass(),
        }
    }
}
