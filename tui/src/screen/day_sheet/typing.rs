//! Typing in a cell: the line, what is offered for it, and what it becomes when the cell is left.
//! Everything offered comes from the lists in the app.

use tui_input::InputRequest;

use super::cell::Col;
use crate::{
    book::Lists,
    layer::TextEvent,
    widget::{Line, offers},
};

/// A cell being typed in.
pub(super) struct Typing {
    pub(super) line: Line,
    pub(super) offers: Vec<(String, bool)>,
    /// Which of the offers is taken when the cell is left; `None`: what was typed.
    pub(super) picked: Option<usize>,
    is_changed: bool,
    /// All of the text is chosen: the next letter takes its place.
    pub(super) is_whole: bool,
}

impl Typing {
    /// With the cursor at the end of what stands there.
    pub(super) fn new(text: String) -> Self {
        Self {
            line: Line::new(text),
            offers: Vec::new(),
            picked: None,
            is_changed: false,
            is_whole: false,
        }
    }

    /// With all of it chosen, as in a form that is gone through with Tab.
    pub(super) fn over(text: String) -> Self {
        Self {
            is_whole: !text.is_empty(),
            ..Self::new(text)
        }
    }

    /// Takes typing in; says whether the text is another one now.
    pub(super) fn on_text(&mut self, event: TextEvent, col: Col, lists: &Lists) -> bool {
        use InputRequest as R;
        let is_whole = std::mem::take(&mut self.is_whole);
        let is_changed = match &event {
            TextEvent::Paste(_) | TextEvent::Edit(R::InsertChar(_)) if is_whole => {
                self.line.set("");
                self.line.on_text(event)
            }
            TextEvent::Edit(R::DeletePrevChar | R::DeleteNextChar | R::DeletePrevWord) if is_whole => {
                self.line.set("");
                true
            }
            _ => self.line.on_text(event),
        };
        if is_changed {
            self.is_changed = true;
            self.offer(col, lists);
        }
        is_changed
    }

    fn offer(&mut self, col: Col, lists: &Lists) {
        let typed = self.line.value();
        let names = |names: Vec<String>| offers(typed, &names, true);
        self.offers = match col {
            _ if typed.trim().is_empty() => Vec::new(),
            Col::Category => names(
                lists
                    .open_categories()
                    .into_iter()
                    .map(|(_, name)| name)
                    .collect(),
            ),
            Col::Account => names(lists.open_accounts().into_iter().map(|(_, name)| name).collect()),
            Col::Payee => offers(typed, &lists.payees, false),
            Col::Amount | Col::Note => Vec::new(),
        };
        // A payee is free text: a likeness is taken only where it was asked for.
        self.picked = Some(0).filter(|_| col != Col::Payee && !self.offers.is_empty());
    }

    /// Up and down among the offers; false where there are none.
    pub(super) fn pick(&mut self, is_down: bool) -> bool {
        let last = match self.offers.len() {
            0 => return false,
            len => len - 1,
        };
        self.picked = Some(match (self.picked, is_down) {
            (None, true) => 0,
            (None, false) => last,
            (Some(at), true) if at >= last => 0,
            (Some(at), true) => at + 1,
            (Some(at), false) => at.checked_sub(1).unwrap_or(last),
        });
        self.is_changed = true;
        true
    }

    /// What the cell becomes; `None` where nothing was typed.
    pub(super) fn settled(self) -> Option<String> {
        if !self.is_changed {
            return None;
        }
        let picked = self.picked.and_then(|at| self.offers.into_iter().nth(at));
        Some(picked.map_or_else(|| self.line.value().to_owned(), |(text, _)| text))
    }
}
