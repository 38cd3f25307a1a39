//! What was never sent to a ledger that is closed: new rows by their names instead of its ids, so that another ledger can
//! take them, and everything as lines of text for whoever wants to have it elsewhere.

use super::{Entry, Outbox, Write};
use crate::book::Lists;
use crate::client::Key;
use api::expense::{Expense, NewExpense};
use api::id::LedgerId;
use serde_json::{Value, json};
use std::io;
use std::path::PathBuf;
use uuid::Uuid;

/// A row with names in place of ids, made where they are missing.
fn by_name(expense: &mut NewExpense, lists: &Lists) {
    let some = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    if let Some(id) = expense.category_id.take() {
        expense.category = some(lists.category_path(id));
    }
    if let Some(id) = expense.account_id.take() {
        expense.account = some(lists.account_name(id));
    }
    if let Some(id) = expense.to_account_id.take() {
        expense.to_account = some(lists.account_name(id));
    }
    // Who shares the other ledger is not known here.
    expense.paid_by = None;
    expense.create_missing = true;
}

fn new_rows(write: &mut Write) -> Vec<&mut NewExpense> {
    match write {
        Write::Create(expense) => vec![&mut **expense],
        Write::Batch(batch) => batch
            .operations
            .iter_mut()
            .filter_map(|operation| operation.expense.as_mut())
            .collect(),
        _ => Vec::new(),
    }
}

/// An entry as a line of JSON: what it was to do, why it was not done, and its rows by name.
pub fn exported(entry: &Entry, lists: &Lists) -> Value {
    let row = |row: &Expense| {
        let account = |id: Option<_>| id.map(|id| lists.account_name(id));
        json!({
            "id": row.id, "date": row.date, "kind": row.kind, "amount": row.amount, "currency": row.currency,
            "category": row.category_id.map(|id| lists.category_path(id)), "account": account(row.account_id),
            "to_account": account(row.to_account_id), "payee": row.payee, "tags": row.tags, "note": row.note,
        })
    };
    json!({
        "text": entry.text, "refusal": entry.refusal, "write": entry.write,
        "rows": entry.after.iter().map(row).collect::<Vec<_>>(),
    })
}

impl Outbox {
    /// Keeps every entry that makes rows by names, because the ledger of its ids is closed.
    pub fn keep_by_name(&self, lists: &Lists) -> io::Result<()> {
        // Bound first: the lock of the queue is not held while the disk is written.
        let unsent = self.unsent();
        for mut entry in unsent.into_iter().map(|unsent| unsent.entry) {
            if !lists.is_loaded() || !entry.write.only_creates() || self.queue().is_travelling(entry.id) {
                continue;
            }
            for expense in new_rows(&mut entry.write) {
                by_name(expense, lists);
            }
            let id = entry.id;
            self.queue().put(entry, false);
            self.write_now(id)?;
        }
        Ok(())
    }

    /// Gives an entry that makes rows to another ledger of the same server: from then on it is one of that ledger's,
    /// and goes when that is open. `None` where it is on its way, changes rows that stay here, or is not there.
    pub fn hand_over(&self, id: Uuid, ledger: LedgerId, lists: &Lists) -> io::Result<Option<Entry>> {
        let server = self
            .books()
            .first()
            .and_then(|book| Some(book.rsplit_once(' ')?.0.to_owned()));
        let (found, is_travelling) = {
            let queue = self.queue();
            (queue.get(id), queue.is_travelling(id))
        };
        let movable = found.filter(|entry| entry.write.only_creates() && !is_travelling);
        let (Some(entry), Some(server)) = (movable, server) else {
            return Ok(None);
        };
        let mut given = Entry {
            key: Key::new(),
            book: format!("{server} {ledger}"),
            before: Vec::new(),
            after: Vec::new(),
            refusal: None,
            ..entry.clone()
        };
        if lists.is_loaded() {
            for expense in new_rows(&mut given.write) {
                by_name(expense, lists);
            }
        }
        self.inner.entries.write(id, &given)?;
        self.queue().remove(id);
        self.inner.entries.release(id);
        self.tell();
        Ok(Some(entry))
    }

    /// Writes everything that is unsent here to a file of its own, a line of JSON each; where that is, and how many.
    pub fn export(&self, lists: &Lists, stamp: &str) -> io::Result<(PathBuf, usize)> {
        let unsent = self.unsent();
        let mut lines = String::new();
        for each in &unsent {
            lines.push_str(&exported(&each.entry, lists).to_string());
            lines.push('\n');
        }
        let path = self.inner.state.join(format!("unsent-{stamp}.jsonl"));
        super::store::write_private(&path, lines.as_bytes())?;
        Ok((path, unsent.len()))
    }
}
