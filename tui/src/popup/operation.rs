//! The rows of one operation, as far as the log shows them: what became of each, each field before and after.

use super::frame;
use super::history::pairs;
use crate::desk::Desk;
use crate::fx::Fx;
use crate::keymap::Action;
use crate::layer::Layer;
use crate::theme::Look;
use crate::undo::who;
use crate::widget::{Block, Blocks, Canvas};
use crate::{figures, logged};
use api::change::{Change, ChangeAction};
use ratatui::layout::Rect;

/// The rows.
pub struct Operation {
    title: String,
    blocks: Blocks,
}

impl Operation {
    pub fn new(desk: &Desk, change: &Change, look: &Look) -> Self {
        let lists = desk.book.lists();
        let what = logged::deed(change, &lists);
        let title = format!(
            "{} {what}, {}",
            who(change, &lists),
            logged::when(change.at, look)
        );
        let mut all: Vec<Block> = change
            .rows
            .iter()
            .map(|row| Block {
                head: vec![verb(row.action).to_owned(), logged::label(row, lists.base)],
                pairs: pairs(row, &lists, look),
                ..Block::default()
            })
            .collect();
        let shown = |is_row: bool| {
            let rows = change.rows.iter().filter(|row| (row.noun == "expense") == is_row);
            rows.count() as u64
        };
        let rows = logged::row_count(change).saturating_sub(shown(true));
        let names = logged::name_count(change).saturating_sub(shown(false));
        let more = [(rows, "row"), (names, "name")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| {
                let s = if count == 1 { "" } else { "s" };
                format!("{} more {noun}{s}", figures::grouped(&count.to_string()))
            });
        for words in more {
            all.push(Block {
                head: vec!["and".to_owned(), words],
                is_dim: true,
                ..Block::default()
            });
        }
        let mut blocks = Blocks::default();
        blocks.set(all);
        Self { title, blocks }
    }
}

fn verb(action: ChangeAction) -> &'static str {
    match action {
        ChangeAction::Created => "added",
        ChangeAction::Updated => "edited",
        ChangeAction::Deleted => "deleted",
        ChangeAction::Restored => "brought back",
        ChangeAction::Purged => "gone",
    }
}

impl Layer for Operation {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["history", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "The rows that were changed together, each field before and after; of many the first ones.",
            "<history.undo> undoes all of it after a question.",
            "<history.back> goes back to the list.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title, look);
        self.blocks.draw(canvas, inner, look);
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(body)
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.blocks.on_action(action) {
            return Fx::none();
        }
        match action {
            // The list below asks and does it.
            Action::Undo | Action::Redo => Fx::pop().and(Fx::act(action)),
            Action::Accept => Fx::none(),
            _ => Fx::pass(),
        }
    }
}
