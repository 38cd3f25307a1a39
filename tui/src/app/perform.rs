//! Carries out what layers ask for: opening and closing, routing answers, telling the others. Each
//! call into a layer goes through `on`, so that its effects are never lost.

use std::any::Any;

use super::{App, Ending, Surface, stack::Entry};
use crate::{
    door::Books,
    fx::{Change, Message, Step, Steps},
    layer::{AnyLayer, Erased},
    runtime::LayerId,
    screen::Command,
    theme::Look,
};

/// Effects that cause effects deeper than this are a loop between layers.
const NESTING: u8 = 32;

impl<S: Surface> App<S> {
    pub(super) fn push(&mut self, layer: AnyLayer) {
        let id = self.stack.push(layer, None);
        self.opened(id);
    }

    pub(super) fn opened(&mut self, id: LayerId) {
        self.on(id, |layer, look| layer.on_open(look));
    }

    pub(super) fn switch(&mut self, index: usize) {
        for entry in self.stack.shown() {
            entry.layer().on_leave(&self.look);
        }
        for entry in self.stack.clear() {
            self.runtime.abandon(entry.id);
            if self.runtime.is_writing(entry.id) && entry.layer.0.outlasts_switch() {
                self.stack.put_aside(entry);
            }
        }
        let Some(is_new) = self.stack.switch(index) else {
            return;
        };
        self.on_top(|layer, look| {
            if is_new {
                layer.on_open(look)
            } else {
                layer.on_resume(look)
            }
        });
    }

    /// Closes everything for other books. Writes on their way run to their end; nobody waits for them here.
    fn reopen(&mut self, books: Books) {
        for entry in self.stack.shown() {
            entry.layer().on_leave(&self.look);
        }
        for id in self.stack.ids() {
            self.runtime.abandon(id);
        }
        self.stack.start_over(books.screens);
        self.commands = books.commands;
        self.look.ledger = books.ledger;
        self.link = books.link;
        self.feed = None;
        self.pressed.clear();
        self.switch(0);
        self.is_dirty = true;
    }

    pub(super) fn close_top(&mut self) {
        if self.stack.depth() > 0
            && let Some(id) = self.stack.top_id()
        {
            self.close(id, None);
        }
    }

    pub(super) fn close(&mut self, id: LayerId, answer: Option<Box<dyn Any>>) {
        let was_top = self.stack.top_id() == Some(id);
        let Some(Entry { asked, .. }) = self.stack.remove(id) else {
            return;
        };
        self.runtime.abandon(id);
        self.is_dirty = true;
        if let (Some((asker, answered)), Some(answer)) = (asked, answer) {
            self.on(asker, |layer, look| answered(layer.as_any(), answer, look));
        }
        if was_top {
            self.on_top(|layer, look| layer.on_resume(look));
        }
    }

    pub(super) fn on_top(&mut self, update: impl FnOnce(&mut dyn Erased, &Look) -> Steps) {
        if let Some(id) = self.stack.top_id() {
            self.on(id, update);
        }
    }

    pub(super) fn on(&mut self, id: LayerId, update: impl FnOnce(&mut dyn Erased, &Look) -> Steps) {
        let Some(entry) = self.stack.find(id) else {
            return;
        };
        let steps = update(entry.layer(), &self.look);
        self.is_dirty = true;
        self.perform(id, steps);
    }

    pub(super) fn announce(&mut self, change: &Change) {
        for id in self.stack.ids() {
            self.on(id, |layer, look| layer.on_change(change, look));
        }
    }

    pub(super) fn say(&mut self, message: Message) {
        self.message = Some(message.with_keys(&self.look.keys));
        self.is_dirty = true;
    }

    /// Says it beside what was said of one's own doing, where there is room.
    fn mention(&mut self, message: Message) {
        self.mentioned = Some(message.with_keys(&self.look.keys));
        self.is_dirty = true;
    }

    /// With the next key everything that was said is read.
    pub(super) fn hush(&mut self) {
        let said = (self.message.take(), self.mentioned.take());
        self.is_dirty |= said != (None, None);
    }

    pub(super) fn perform(&mut self, id: LayerId, steps: Steps) {
        if self.nesting >= NESTING {
            tracing::error!("layers cause each other's effects without end");
            return;
        }
        self.nesting += 1;
        for step in steps.list {
            self.perform_one(id, step);
        }
        self.nesting -= 1;
    }

    /// A layer that was put aside goes with the answer to the last of its writes.
    pub(super) fn let_go(&mut self, id: LayerId) {
        if self.stack.is_put_aside(id) && !self.runtime.is_writing(id) {
            self.close(id, None);
        }
    }

    pub(super) fn perform_one(&mut self, id: LayerId, step: Step) {
        if self.stack.is_put_aside(id) && !step.is_possible_unseen() {
            return;
        }
        match step {
            Step::Call(call) => self.runtime.start(id, call),
            Step::Cancel(slot) => self.runtime.cancel(id, slot),
            Step::Push(layer, answered) => {
                let asked = answered.map(|answered| (id, answered));
                let id = self.stack.push(layer, asked);
                self.opened(id);
            }
            Step::Pop(answer) => self.close(id, answer),
            Step::Replace(layer) => {
                self.runtime.abandon(id);
                if let Some(id) = self.stack.replace(id, layer) {
                    self.opened(id);
                }
            }
            Step::Screen(index) => self.switch(index),
            Step::Act(action) => self.act(action),
            Step::Command(index) => {
                if let Some(layer) = self.commands.get(index).map(Command::open) {
                    self.push(layer);
                }
            }
            Step::Announce(change) => self.announce(&change),
            Step::Notify(message) => self.say(message),
            Step::Mention(message) => self.mention(message),
            Step::Reopen(books) => self.reopen(books),
            Step::Ledger(open) => self.look.ledger = open,
            Step::Copy(text) => self.copy(&text),
            Step::Quit => self.ending = Some(Ending::Soon),
        }
    }

    pub(super) fn copy(&mut self, text: &str) {
        if let Err(error) = self.surface.copy(text) {
            self.say(Message::error(format!("Not copied: {error}.")));
        } else if self.message.is_none() {
            self.say("Sent to your terminal's clipboard.".into());
        }
    }
}
