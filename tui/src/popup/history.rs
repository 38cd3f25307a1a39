//! What happened to one row: who did what, when, from which program, each field before and after, the latest first.
//! Each entry can be undone, with everything else that its operation changed.

use super::frame;
use crate::book::RowsChanged;
use crate::client::ClientError;
use crate::desk::Desk;
use crate::fx::{Change as News, Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::live::LiveChanges;
use crate::theme::Look;
use crate::undo::{self, who};
use crate::widget::{Block, Blocks, Canvas, Pair};
use crate::{expense_row, logged, text};
use api::change::{Change, ChangeAction};
use api::expense::Expense;
use api::id::ExpenseId;
use api::page::{Page, PageQuery};
use ratatui::layout::{Position, Rect};

/// Entries asked for at once, and how near the end more are asked for.
const PAGE: u32 = 50;
const AHEAD: usize = 10;

/// The history of a row.
pub struct History {
    desk: Desk,
    id: ExpenseId,
    words: String,
    changes: Vec<Change>,
    next: Option<String>,
    is_loaded: bool,
    failure: Option<String>,
    blocks: Blocks,
}

impl History {
    pub fn new(desk: Desk, row: &Expense, look: &Look) -> Self {
        let words = expense_row::words(row, desk.book.lists().base, look);
        Self {
            id: row.id,
            words,
            desk,
            changes: Vec::new(),
            next: None,
            is_loaded: false,
            failure: None,
            blocks: Blocks::default(),
        }
    }

    fn load(&self, cursor: Option<String>) -> Fx<Self> {
        let is_more = cursor.is_some();
        let page = PageQuery {
            limit: Some(PAGE),
            cursor,
        };
        let page = self.desk.api.list_expense_history(self.id, &page);
        Fx::call_latest(
            "history",
            "loading the history",
            page,
            move |popup: &mut Self, page, look| popup.loaded(page, is_more, look),
        )
    }

    fn loaded(&mut self, page: Result<Page<Change>, ClientError>, is_more: bool, look: &Look) -> Fx<Self> {
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                self.failure = Some(error.sentence());
                return Fx::notify(Message::error(error.sentence()));
            }
        };
        if !is_more {
            self.changes.clear();
        }
        self.changes.extend(page.items);
        self.next = page.next_cursor;
        self.failure = None;
        self.is_loaded = true;
        self.arrange(look);
        Fx::none()
    }

    fn arrange(&mut self, look: &Look) {
        let lists = self.desk.book.lists();
        let block = |change: &Change| Block {
            head: vec![
                logged::when(change.at, look),
                who(change, &lists),
                logged::of_row(change),
            ],
            aside: change.client.clone(),
            is_dim: change.undone_by.is_some(),
            pairs: change
                .rows
                .first()
                .map_or_else(Vec::new, |row| pairs(row, &lists, look)),
        };
        self.blocks.set(self.changes.iter().map(block).collect());
    }

    /// More entries once the end of what is loaded comes near.
    fn load_more(&mut self) -> Fx<Self> {
        if self.blocks.chosen() + AHEAD < self.blocks.len() {
            return Fx::none();
        }
        match self.next.take() {
            Some(cursor) => self.load(Some(cursor)),
            None => Fx::none(),
        }
    }
}

/// A row's fields; those of a new one have no value before.
pub(crate) fn pairs(row: &api::change::ChangedRow, lists: &crate::book::Lists, look: &Look) -> Vec<Pair> {
    let is_new = row.action == ChangeAction::Created;
    let lines = logged::lines(row, lists, &look.dates).into_iter();
    lines
        .map(|line| Pair {
            name: line.name,
            before: (!is_new).then_some(line.before),
            after: line.after,
        })
        .collect()
}

impl Layer for History {
    fn title(&self) -> String {
        format!("History of {}", self.words)
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["history", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "What happened to this row, the latest first: when, who, from which program, each field before and after.",
            "<history.undo> undoes the chosen entry, and all else that was changed with it: of an import that is all its rows.",
            "An undo is an entry as well, and can be undone.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        if !self.blocks.is_empty() {
            return self.blocks.draw(canvas, inner, look);
        }
        canvas.set_cursor(Position::new(inner.x, inner.y));
        let words = self.failure.as_deref().unwrap_or("Loading the history.");
        for (y, line) in (inner.top()..inner.bottom()).zip(text::wrap(words, inner.width.into())) {
            canvas.put(inner.x, y, inner.width, &line, look.styles.plain);
        }
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(body)
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        self.load(None)
    }

    fn on_change(&mut self, change: &News, _: &Look) -> Fx<Self> {
        let is_about = |live: &LiveChanges| {
            let mut rows = live.news().flat_map(|news| &news.change.rows);
            live.is_all || rows.any(|row| row.id.0 == self.id.0)
        };
        let is_changed = change
            .get::<RowsChanged>()
            .is_some_and(|rows| rows.is_about(self.id));
        if is_changed || change.get::<LiveChanges>().is_some_and(is_about) {
            self.load(None)
        } else {
            Fx::none()
        }
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.blocks.on_action(action) {
            return self.load_more();
        }
        match action {
            Action::Undo => match self.changes.get(self.blocks.chosen()) {
                Some(change) => undo::chosen(&self.desk, change.clone(), undo::nothing),
                None => Fx::none(),
            },
            Action::Redo => undo::latest(&self.desk, api::change::OpenTo::Redo, undo::nothing),
            Action::Reload => self.load(None),
            Action::Accept => Fx::none(),
            _ => Fx::pass(),
        }
    }
}
