//! The quick-add line: one line of typing, under it the coming row in the table's own columns, under that what stands
//! in the way. Everything it says comes from the lists in the app; a key never waits for anything.

mod draw;
mod offers;
mod reading;
mod several;
#[cfg(test)]
mod tests;

pub use reading::{Entered, row_of};

use super::complete::Completion;
use super::sheet;
use crate::book::Lists;
use crate::desk::Desk;
use crate::drafts::Slot;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::{Layer, Popup, TextEvent};
use crate::theme::Look;
use crate::widget::{Canvas, Line};
use ratatui::layout::Rect;
use reading::Reading;
use several::Several;
use std::sync::Arc;

/// Names its draft.
pub const DRAFT: &str = "quick-add";
/// Entries offered while nothing is typed.
const OFFERED: usize = 5;

/// What was typed and is to be saved.
pub struct Typed {
    /// One row, or those of several pasted lines.
    pub rows: Vec<Entered>,
    pub slot: Slot,
}

/// The line.
pub struct QuickAdd {
    desk: Desk,
    line: Line,
    slot: Slot,
    /// As wide as the table has its amounts.
    amount_width: u16,
    /// Lines typed before, the newest last, and which of them is shown.
    recall: Vec<String>,
    recalled: Option<usize>,
    /// Which of the offered entries is in the line.
    offer: Option<usize>,
    completion: Option<Completion>,
    /// Enter was pressed on a line that cannot be saved yet: what is missing is said too.
    is_complaining: bool,
    /// Enter was pressed on a new name; the next one makes it.
    is_confirmed: bool,
    several: Option<Several>,
}

impl QuickAdd {
    /// An empty line, or the draft that was left. `recall` holds what was typed before.
    pub fn new(desk: Desk, amount_width: u16, recall: Vec<String>) -> Self {
        let (slot, draft) = desk.drafts.slot(DRAFT);
        let mut quick = Self {
            desk,
            line: Line::default(),
            slot,
            amount_width,
            recall,
            recalled: None,
            offer: None,
            completion: None,
            is_complaining: false,
            is_confirmed: false,
            several: None,
        };
        match draft {
            Some(text) if text.contains('\n') => quick.several = Several::of(&text),
            Some(text) => quick.line.set(text),
            None => {}
        }
        quick
    }

    /// Starts with a text instead, to be changed.
    #[must_use]
    pub fn with_text(mut self, text: &str) -> Self {
        self.line.set(text);
        self
    }

    fn lists(&self) -> Arc<Lists> {
        self.desk.book.lists()
    }

    fn read(&self, lists: &Lists, look: &Look) -> Reading {
        Reading::of(self.line.value(), lists, look)
    }

    /// What was typed; what was only brought back or offered is no loss.
    fn text(&self) -> String {
        match &self.several {
            Some(several) => several.text(),
            None if self.recalled.is_some() || self.offer.is_some() => String::new(),
            None => self.line.value().to_owned(),
        }
    }

    /// The text is another one: nothing said about the old one holds, and the disk learns of it.
    fn changed(&mut self) -> Fx<Self> {
        self.is_complaining = false;
        self.is_confirmed = false;
        let keep = self.slot.keep(&self.text());
        Fx::call_latest("draft", "", keep, |_, (), _| Fx::none())
    }

    fn typed(&mut self) -> Fx<Self> {
        self.completion = None;
        self.offer = None;
        self.recalled = None;
        self.changed()
    }

    fn accept(&mut self, look: &Look) -> Fx<Self> {
        let lists = self.lists();
        if let Some(several) = &self.several {
            return match several.entered(&lists, look) {
                Ok(rows) => self.done(rows),
                Err(said) => Fx::notify(Message::warning(said)),
            };
        }
        if self.line.value().trim().is_empty() {
            return Fx::pop();
        }
        let reading = self.read(&lists, look);
        let has_new = !reading.new_names.is_empty();
        match reading.entered {
            Some(entered) if !has_new || self.is_confirmed => self.done(vec![*entered]),
            Some(_) => {
                self.is_confirmed = true;
                Fx::none()
            }
            None => {
                self.is_complaining = true;
                Fx::none()
            }
        }
    }

    fn done(&self, mut rows: Vec<Entered>) -> Fx<Self> {
        if let [only] = rows.as_mut_slice() {
            // The row has the id of its draft: whichever of the two a killed program leaves, it is one entry.
            only.expense.id = Some(self.slot.id().into());
            only.row.id = self.slot.id().into();
        }
        Fx::answer(Typed {
            rows,
            slot: self.slot.clone(),
        })
    }

    /// Up: what was typed before. Down: back towards the empty line, and from there through the offers.
    fn recall(&mut self, action: Action) -> Fx<Self> {
        let last = self.recall.len().checked_sub(1);
        self.recalled = match (action, self.recalled, last) {
            (Action::Up, None, last) => last,
            (Action::Up, Some(at), _) => Some(at.saturating_sub(1)),
            (_, Some(at), Some(last)) if at < last => Some(at + 1),
            _ => None,
        };
        let text = self.recalled.and_then(|at| self.recall.get(at)).cloned();
        self.line.set(text.unwrap_or_default());
        self.offer = None;
        self.completion = None;
        self.changed()
    }

    fn offers(lists: &Lists) -> Vec<(String, usize)> {
        offers::offers(lists, OFFERED)
    }

    fn next_offer(&mut self) -> Fx<Self> {
        let lists = self.lists();
        let offers = Self::offers(&lists);
        let at = self.offer.map_or(0, |at| at + 1);
        let chosen = offers.get(at);
        self.offer = chosen.map(|_| at);
        self.line
            .set(chosen.map_or_else(String::new, |(text, _)| text.clone()));
        self.completion = None;
        self.changed()
    }

    fn complete(&mut self, is_forward: bool) -> Fx<Self> {
        let lists = self.lists();
        let completion = match self.completion.take() {
            Some(completion) => Some(completion.turned(is_forward)),
            None => Completion::in_entry(self.line.value(), self.line.cursor(), &lists),
        };
        let Some(completion) = completion else {
            return Fx::none();
        };
        self.line.set(completion.text());
        self.completion = Some(completion);
        self.changed()
    }

    fn is_offering(&self) -> bool {
        self.line.is_empty() || self.offer.is_some()
    }
}

impl Popup for QuickAdd {
    type Answer = Typed;
}

impl Layer for QuickAdd {
    fn title(&self) -> String {
        "Add".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["line"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "One line is one row: 12.50 lunch #food @card +trip y // note, in any order; 12.5+3 is added up.",
            "-35 is a refund, +3000 income, @giro>@savings 200 a transfer; y is yesterday, fri the last Friday.",
            "<line.next-field> completes, <line.up> brings back what was typed before, <line.down> offers what repeats; several lines can be pasted.",
        ]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, look: &Look) -> Option<Rect> {
        Some(sheet(body, self.height(look)))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        self.draw_line(canvas, area, look);
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        if let TextEvent::Paste(text) = &event
            && let Some(several) = Several::of(&format!("{}{text}", self.line.value()))
        {
            self.several = Some(several);
            return self.typed();
        }
        if self.several.is_some() {
            return Fx::none();
        }
        if self.line.on_text(event) {
            self.typed()
        } else {
            Fx::none()
        }
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        match action {
            Action::Accept | Action::Save => self.accept(look),
            Action::Up | Action::Down if self.several.is_some() => {
                if let Some(several) = &mut self.several {
                    several.scroll(action);
                }
                Fx::none()
            }
            Action::Down if self.is_offering() => self.next_offer(),
            Action::Up | Action::Down => self.recall(action),
            Action::NextField => self.complete(true),
            Action::PreviousField => self.complete(false),
            Action::Back => {
                self.slot.shelve(&self.text());
                let kept = !self.text().trim().is_empty();
                let said = if kept {
                    Fx::notify("Kept as a draft; <expenses.add> offers it again.")
                } else {
                    Fx::none()
                };
                said.and(Fx::pop())
            }
            _ => Fx::pass(),
        }
    }
}
