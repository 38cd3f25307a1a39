//! Writes on their way: shown at once, kept on disk until the server has them, sent in order, again when it is back,
//! given back to their user where it refuses them. The lowest screen is the one that goes on with what waits.

use super::Expenses;
use crate::client::ClientError;
use crate::figures;
use crate::fx::{Change, Fx, Message};
use crate::keymap::Action;
use crate::outbox::{Draft, Entry, OutboxChanged, Sent, Write};
use crate::popup::quick_add::{DRAFT, Entered, Typed};
use crate::theme::Look;
use api::expense::{Batch, BatchOperation, BatchVerb};
use futures_util::future::BoxFuture;
use std::io;

/// What lay on the disk: entries and drafts of this book, and how many entries of others.
type Taken = (Vec<Entry>, Vec<Draft>, usize);

impl Expenses {
    /// Takes over what earlier runs left on the disk.
    pub(super) fn take_over(&self) -> Fx<Self> {
        let outbox = self.desk.outbox.clone();
        let taken = async move {
            outbox
                .beside(|outbox| Ok((outbox.take_over()?, outbox.take_drafts()?, outbox.strangers()?)))
                .await
        };
        Fx::call("", taken, Self::taken_over)
    }

    fn taken_over(&mut self, taken: io::Result<Taken>, look: &Look) -> Fx<Self> {
        let (entries, drafts, strangers) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                return Fx::notify(Message::warning(format!(
                    "Unsent entries cannot be read: {error}."
                )));
            }
        };
        // What is on its way already is not offered again, in no later run either.
        let (sent, drafts): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| {
            let mut of = entries.iter().filter_map(|entry| entry.draft);
            of.any(|id| id == draft.id)
        });
        self.desk.drafts.put(drafts);
        let mut fx = self.forget(sent);
        if self.desk.drafts.has(DRAFT) {
            let add = look.key(&["expenses"], Action::Add);
            fx = fx.and(Fx::notify(format!("What you typed is kept; {add} offers it.")));
        }
        let refused = entries.iter().filter(|entry| entry.refusal.is_some()).count();
        if refused > 0 {
            let list = look.key(&["global"], Action::Unsent);
            let count = if refused == 1 {
                "One change was".to_owned()
            } else {
                format!("{refused} changes were")
            };
            let said = format!("{count} refused by the server; {list} shows what and why.");
            fx = fx.and(Fx::notify(Message::warning(said)));
        }
        for mut entry in entries {
            let is_bare = entry.after.is_empty();
            if let Write::Create(expense) = &entry.write
                && is_bare
            {
                let row = crate::popup::quick_add::row_of(expense, &self.desk.book.lists(), look);
                entry.after = vec![row];
                self.desk.outbox.show_as(entry);
            }
        }
        self.show_all();
        self.strangers = strangers;
        self.desk.waiting.recount(self.desk.outbox.waiting());
        self.look_for_book();
        fx.and(self.flush())
    }

    /// Which ledger this is could not be asked: what may be for it waits until the server says so.
    pub(super) fn look_for_book(&self) {
        let is_unknown = self.failure.is_some() && !self.desk.book.lists().is_loaded();
        if is_unknown && self.is_lowest() && self.strangers > 0 {
            let waiting = self.desk.outbox.waiting();
            self.desk.waiting.away(waiting + self.strangers);
        }
    }

    fn forget(&self, drafts: Vec<Draft>) -> Fx<Self> {
        if drafts.is_empty() {
            return Fx::none();
        }
        let outbox = self.desk.outbox.clone();
        let dropped = async move {
            outbox
                .beside(move |outbox| drafts.iter().try_for_each(|draft| outbox.drop_draft(draft.id)))
                .await
        };
        Fx::call("", dropped, |_, _, _| Fx::none())
    }

    /// A typed line, or several of them.
    pub(super) fn typed(&mut self, typed: Typed, _: &Look) -> Fx<Self> {
        let Typed { rows, mut slot } = typed;
        for row in &rows {
            self.recall.retain(|line| *line != row.text);
            self.recall.push(row.text.clone());
        }
        self.wanted = rows.first().map(|row| row.row.id);
        let draft = Some(slot.id());
        let entry = match rows.as_slice() {
            [
                Entered {
                    expense, row, text, ..
                },
            ] => Entry {
                draft,
                after: vec![row.clone()],
                ..self.desk.outbox.create(expense.clone(), text)
            },
            _ => Entry {
                draft,
                ..self.several(rows)
            },
        };
        let label = format!("saving {}", entry.text);
        self.send_then(entry, label, Some(slot.forget()))
    }

    fn several(&self, rows: Vec<Entered>) -> Entry {
        let lines: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        let (typed, after) = (lines.join("\n"), rows.iter().map(|row| row.row.clone()).collect());
        let text = figures::rows(rows.len() as u64);
        let operations = rows.into_iter().map(|entered| BatchOperation {
            op: BatchVerb::Create,
            id: None,
            version: None,
            expense: Some(entered.expense),
            patch: None,
        });
        let batch = Batch {
            operations: operations.collect(),
        };
        Entry {
            typed,
            after,
            ..self.desk.outbox.entry(Write::Batch(batch), &text)
        }
    }

    pub(super) fn send(&mut self, entry: Entry, label: impl Into<String>) -> Fx<Self> {
        self.send_then(entry, label, None)
    }

    /// The entry is on the disk before its draft goes, and sent after that.
    fn send_then(
        &mut self,
        entry: Entry,
        label: impl Into<String>,
        forget: Option<BoxFuture<'static, ()>>,
    ) -> Fx<Self> {
        self.own.insert(entry.id);
        let api = self.desk.api.clone();
        let work = self.desk.outbox.send_then(api, entry, forget);
        self.show_all();
        Fx::call(label, work, Self::sent)
    }

    /// What is unsent among the rows; the cursor stays on its row, or goes to the wanted one.
    pub(super) fn show_all(&mut self) {
        let selected = self.selected_id();
        self.show_unsent();
        self.stand_on(selected);
    }

    fn sent(&mut self, sent: Sent, look: &Look) -> Fx<Self> {
        match sent {
            Sent::Saved(entry, answer) => self.landed(*entry, answer, look),
            Sent::Waiting(entry, why) => {
                self.wanted = None;
                self.kept(&entry, why.as_ref().map(ClientError::sentence))
            }
            Sent::Refused(entry, error) => {
                let looked = self.look_for_ledger(&error);
                self.refused_at_once(&entry, &error).and(looked)
            }
        }
    }

    /// It waits: for the server, or for others before it, which are tried again now.
    pub(super) fn kept(&mut self, entry: &Entry, why: Option<String>) -> Fx<Self> {
        self.show_all();
        let said = self.desk.outbox.waiting_words(entry);
        match why {
            Some(why) => {
                self.desk.waiting.away(self.desk.outbox.waiting());
                Fx::notify(Message::warning(format!("{said} {why}")))
            }
            None => Fx::notify(Message::warning(said)).and(self.flush()),
        }
    }

    /// Its user still stands before it. What was typed stays as an entry, or goes back to be typed; a key that was
    /// pressed can be pressed again.
    fn refused_at_once(&mut self, entry: &Entry, error: &ClientError) -> Fx<Self> {
        self.wanted = None;
        if entry.created().is_some() {
            self.show_all();
            let said = format!(
                "Not saved: {} <expenses.edit> mends it, <expenses.delete> drops it.",
                error.sentence()
            );
            return Fx::notify(Message::error(said)).and(self.flush());
        }
        let (outbox, id) = (self.desk.outbox.clone(), entry.id);
        let gone = async move { outbox.beside(move |outbox| outbox.discard(id)).await };
        let dropped = Fx::call("", gone, |screen: &mut Self, gone, _| {
            if let Err(error) = gone {
                tracing::warn!(%error, "a refused entry could not be taken out of the outbox");
            }
            screen.flush()
        });
        self.as_before(entry);
        if entry.write.only_creates() {
            let (mut slot, _) = self.desk.drafts.slot(DRAFT);
            let kept = slot.keep(&entry.typed);
            slot.shelve(&entry.typed);
            let said = format!(
                "None of them was saved; <expenses.add> offers them again. {}",
                error.sentence()
            );
            return Fx::call("", kept, |_, (), _| Fx::none())
                .and(dropped)
                .and(Fx::notify(Message::error(said)));
        }
        self.wanted = entry.before.first().map(|row| row.id);
        self.refused(error).and(dropped)
    }

    /// Goes on with what waits.
    pub(super) fn flush(&mut self) -> Fx<Self> {
        if !self.is_lowest() {
            return match self.desk.outbox.waiting() {
                0 => Fx::none(),
                _ => Fx::announce(Change::new(OutboxChanged::default())),
            };
        }
        if self.is_flushing {
            return Fx::none();
        }
        let Some((entry, sent)) = self.desk.outbox.send_next(self.desk.api.clone()) else {
            return Fx::none();
        };
        self.is_flushing = true;
        Fx::call(format!("saving {}", entry.text), sent, Self::resent)
    }

    fn resent(&mut self, sent: Sent, look: &Look) -> Fx<Self> {
        self.is_flushing = false;
        match sent {
            Sent::Saved(entry, answer) => self.landed(*entry, answer, look),
            Sent::Waiting(..) => {
                self.desk.waiting.away(self.desk.outbox.waiting());
                Fx::announce(OutboxChanged::news())
            }
            Sent::Refused(entry, error) => {
                self.desk.waiting.taken(self.desk.outbox.waiting());
                let list = look.key(&["global"], Action::Unsent);
                let said = format!("Not saved: {}: {} {list} lists it.", entry.text, error.sentence());
                let told = Fx::announce(OutboxChanged::news());
                let looked = self.look_for_ledger(&error);
                told.and(Fx::notify(Message::error(said)))
                    .and(looked)
                    .and(self.flush())
            }
        }
    }
}
