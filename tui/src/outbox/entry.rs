//! What lies in the outbox: an entry for each unsent write, a draft for each form that was closed before it was saved,
//! as they are on disk. Entries of the form that held nothing but new rows are read as well.

use super::Write;
use crate::client::Key;
use api::expense::{Expense, NewExpense};
use api::id::ExpenseId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A write that is not known to be done. It is sent with this key, however often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Lying")]
pub struct Entry {
    /// Its place: entries are sent in the order of their ids, which is that of time.
    pub id: Uuid,
    pub key: Key,
    pub write: Write,
    /// It in a few words, or as it was typed.
    pub text: String,
    /// What the form had that it came from, in the form's own words.
    pub typed: String,
    /// The draft that it was made of: never offered besides.
    pub draft: Option<Uuid>,
    /// The book it belongs to; it is never sent to another one.
    pub book: String,
    /// The rows as they were, and as they will be; a deleted one has its `deleted_at`.
    pub before: Vec<Expense>,
    pub after: Vec<Expense>,
    /// Why the server refused it. From then on it waits for its user.
    pub refusal: Option<String>,
}

impl Entry {
    /// The rows it touches. A day's rows that it leaves out are deleted by it, and among those from before.
    pub fn rows(&self) -> BTreeSet<ExpenseId> {
        let before = self.before.iter().map(|row| row.id);
        self.write.rows().into_iter().chain(before).collect()
    }

    /// The id of the row that it makes, where it makes one.
    pub fn created(&self) -> Option<ExpenseId> {
        match &self.write {
            Write::Create(expense) => expense.id,
            _ => None,
        }
    }

    /// The write again, as another intention: with another key and nothing said against it.
    #[must_use]
    pub fn anew(mut self, write: Write) -> Self {
        self.key = Key::new();
        self.write = write;
        self.refusal = None;
        self
    }
}

/// An entry as it may lie on disk.
#[derive(Deserialize)]
#[serde(untagged)]
enum Lying {
    Write {
        id: Uuid,
        key: Key,
        write: Box<Write>,
        text: String,
        #[serde(default)]
        typed: String,
        #[serde(default)]
        draft: Option<Uuid>,
        book: String,
        #[serde(default)]
        before: Vec<Expense>,
        #[serde(default)]
        after: Vec<Expense>,
        refusal: Option<String>,
    },
    Create {
        key: Key,
        expense: Box<NewExpense>,
        text: String,
        book: String,
        refusal: Option<String>,
    },
}

impl From<Lying> for Entry {
    fn from(lying: Lying) -> Self {
        match lying {
            Lying::Write {
                id,
                key,
                write,
                text,
                typed,
                draft,
                book,
                before,
                after,
                refusal,
            } => Self {
                id,
                key,
                write: *write,
                text,
                typed,
                draft,
                book,
                before,
                after,
                refusal,
            },
            Lying::Create {
                key,
                mut expense,
                text,
                book,
                refusal,
            } => {
                let id = *expense.id.get_or_insert_with(ExpenseId::new);
                Self {
                    id: id.0,
                    key,
                    write: Write::Create(expense),
                    text,
                    typed: String::new(),
                    draft: Some(id.0),
                    book,
                    before: Vec::new(),
                    after: Vec::new(),
                    refusal,
                }
            }
        }
    }
}

/// The text of a form that was closed before it was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub id: Uuid,
    /// Which form, such as `quick-add` or `day 2026-11-21`.
    pub kind: String,
    /// What was in it, in the form's own words.
    pub text: String,
    pub book: String,
}
