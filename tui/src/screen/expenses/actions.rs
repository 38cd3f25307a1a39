//! What can be done to rows and to the view: each verb opens what it needs, sends what was decided, and says what it did
//! and how to take it back.

use super::Expenses;
use super::list::State;
use super::undo::{self, Undo};
use crate::book::{Lists, RowsChanged};
use crate::client::ClientError;
use crate::fx::{Fx, Message};
use crate::outbox::{Entry, Write, deleted};
use crate::popup::expense_form::{ExpenseForm, FormDone};
use crate::popup::{Confirm, Picked, Picker, QuickAdd, quick_add};
use crate::theme::Look;
use crate::widget::Item;
use api::date::Date;
use api::expense::{Batch, BatchOperation, BatchVerb, Expense, ExpensePatch, NewExpense};
use api::patch::Patch;

impl Expenses {
    pub(super) fn state_of(&self, row: &Expense) -> State {
        let at = self.list.place_of(row.id);
        at.and_then(|at| self.list.get(at))
            .map_or(State::Saved, |item| item.state)
    }

    pub(super) fn add(&mut self) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let amount = self.list.amount_width(lists.base);
        let quick = QuickAdd::new(self.desk.clone(), amount, self.recall.clone());
        Fx::ask(quick, |screen: &mut Self, typed, look| screen.typed(typed, look))
    }

    pub(super) fn add_form(&mut self, look: &Look) -> Fx<Self> {
        Fx::ask(ExpenseForm::new(self.desk.clone(), look), Self::form_done)
    }

    pub(super) fn edit(&mut self, look: &Look) -> Fx<Self> {
        let Some(item) = self.list.get(self.scroll.selected()) else {
            return Fx::none();
        };
        let (id, row) = (item.row.id, item.row.clone());
        if item.state == State::Refused {
            return self.mend_row(id, look);
        }
        Fx::ask(ExpenseForm::edit(self.desk.clone(), row, look), Self::form_done)
    }

    pub(super) fn form_done(&mut self, done: FormDone, look: &Look) -> Fx<Self> {
        match done {
            FormDone::Saved { before: None, after } => {
                self.wanted = Some(after.id);
                self.saved(*after, look)
            }
            FormDone::Saved {
                before: Some(before),
                after,
            } => {
                self.wanted = Some(after.id);
                self.changed_rows(vec![*before], vec![*after], look)
            }
            FormDone::Waiting(entry, why) => {
                self.own.insert(entry.id);
                self.wanted = entry.after.first().map(|row| row.id);
                let kept = self.kept(&entry, why);
                self.wanted = None;
                kept
            }
        }
    }

    /// Rows were changed: says so, remembers how they were.
    pub(super) fn changed_rows(
        &mut self,
        before: Vec<Expense>,
        after: Vec<Expense>,
        look: &Look,
    ) -> Fx<Self> {
        let versions = before.iter().filter_map(|row| {
            let now = after.iter().find(|after| after.id == row.id)?;
            Some((row.clone(), now.version))
        });
        let changed: Vec<(Expense, i64)> = versions
            .filter(|(row, version)| row.version != *version)
            .collect();
        if changed.is_empty() {
            return Fx::notify("Nothing was changed.");
        }
        self.remember(Undo::Changed(changed));
        let lists = self.desk.book.lists();
        let mut said = format!("Changed {}.", self.words_of(&after, look));
        if let [row] = after.as_slice()
            && let Some(category) = row.category_id
        {
            said = format!(
                "Changed {}, {}.",
                self.words_of(&after, look),
                lists.category_name(category)
            );
        }
        Fx::announce(RowsChanged::change(before, after))
            .and(Fx::notify(format!("{said} <expenses.undo> undo")))
    }

    pub(super) fn delete(&mut self, look: &Look) -> Fx<Self> {
        let rows = self.chosen();
        match rows.as_slice() {
            [] => Fx::none(),
            [row] => match self.state_of(row) {
                State::Saved => self.delete_now(rows, look),
                _ => match self.drop_unsent(row, look) {
                    Some(dropped) => dropped,
                    None => self.delete_now(rows, look),
                },
            },
            _ => {
                let is_refused = rows.iter().any(|row| self.state_of(row) == State::Refused);
                if is_refused {
                    return Fx::notify(
                        "Rows that were refused are deleted one by one; take their marks away.",
                    );
                }
                let question = format!("Delete {}?", self.words_of(&rows, look));
                Fx::ask(
                    Confirm::new("Delete", question),
                    move |screen: &mut Self, is_sure, look| {
                        if is_sure {
                            screen.delete_now(rows, look)
                        } else {
                            Fx::notify("Kept.")
                        }
                    },
                )
            }
        }
    }

    fn delete_now(&mut self, rows: Vec<Expense>, look: &Look) -> Fx<Self> {
        self.in_parts("Deleted", rows, look, |screen, rows, look| {
            screen.delete_some(rows, look)
        })
    }

    /// They go from the screen at once, and come back if the server objects.
    fn delete_some(&self, rows: Vec<Expense>, look: &Look) -> Entry {
        let write = if let [row] = rows.as_slice() {
            Write::Delete {
                id: row.id,
                version: row.version,
            }
        } else {
            batch_of(&rows, BatchVerb::Delete, None)
        };
        let text = format!("delete {}", self.words_of(&rows, look));
        let after = rows.iter().map(|row| deleted(row, row.version + 1)).collect();
        Entry {
            before: rows,
            after,
            ..self.desk.outbox.entry(write, &text)
        }
    }

    pub(super) fn deleted(&mut self, rows: Vec<Expense>, after: Vec<Expense>, look: &Look) -> Fx<Self> {
        self.list.marked.clear();
        let brings = if rows.len() == 1 {
            "brings it back"
        } else {
            "brings them back"
        };
        let said = format!("Deleted {}. <expenses.undo> {brings}", self.words_of(&rows, look));
        self.remember(Undo::Deleted(rows.clone()));
        Fx::announce(RowsChanged::change(rows, after)).and(Fx::notify(said))
    }

    /// A change was refused; where somebody was faster, the rows are loaded as they are now.
    pub(super) fn refused(&mut self, error: &ClientError) -> Fx<Self> {
        let said = Fx::notify(Message::error(format!(
            "Nothing was changed: {}",
            error.sentence()
        )));
        let is_stale = error
            .problem()
            .is_some_and(|problem| matches!(problem.status, 404 | 412));
        if is_stale { self.load().and(said) } else { said }
    }

    pub(super) fn categorise(&mut self, look: &Look) -> Fx<Self> {
        let rows = self.chosen();
        let Some(first) = rows.first() else {
            return Fx::none();
        };
        if rows.len() > 1 && rows.iter().any(|row| self.state_of(row) == State::Refused) {
            return Fx::notify("Rows that were refused are filed one by one; take their marks away.");
        }
        let open = self.desk.book.lists().open_categories();
        let mut items = vec![Item::new("Uncategorised", "")];
        items.extend(open.iter().map(|(_, name)| Item::new(name.clone(), "")));
        let at = first
            .category_id
            .and_then(|id| open.iter().position(|(open, _)| *open == id));
        let title = format!("Category of {}", self.words_of(&rows, look));
        let picker = Picker::new(title, items).or_new().at(at.map_or(0, |at| at + 1));
        Fx::ask(picker, move |screen: &mut Self, picked, look| {
            let patch = match picked {
                Picked::New(name) => ExpensePatch {
                    category: Patch::Set(name),
                    create_missing: true,
                    ..ExpensePatch::default()
                },
                Picked::Item(at) => {
                    let id = at.checked_sub(1).and_then(|at| open.get(at)).map(|(id, _)| *id);
                    let category_id = id.map_or(Patch::Clear, Patch::Set);
                    ExpensePatch {
                        category_id,
                        ..ExpensePatch::default()
                    }
                }
            };
            screen.file(rows, patch, look)
        })
    }

    fn file(&mut self, rows: Vec<Expense>, patch: ExpensePatch, look: &Look) -> Fx<Self> {
        self.in_parts("Changed", rows, look, move |screen, rows, look| {
            screen.file_some(rows, patch.clone(), look)
        })
    }

    fn file_some(&self, rows: Vec<Expense>, patch: ExpensePatch, look: &Look) -> Entry {
        let text = format!("file {}", self.words_of(&rows, look));
        let filed = |row: &Expense| Expense {
            category_id: patch.category_id.clone().over(row.category_id),
            ..row.clone()
        };
        let after = rows.iter().map(filed).collect();
        let write = if let [row] = rows.as_slice() {
            Write::Update {
                id: row.id,
                version: row.version,
                patch: Box::new(patch),
            }
        } else {
            batch_of(&rows, BatchVerb::Update, Some(&patch))
        };
        Entry {
            before: rows,
            after,
            ..self.desk.outbox.entry(write, &text)
        }
    }

    pub(super) fn duplicate(&mut self, look: &Look) -> Fx<Self> {
        let Some(item) = self.list.get(self.scroll.selected()) else {
            return Fx::none();
        };
        let mut expense = copy_of(&item.row, Self::today(look), &self.desk.book.lists());
        let text = self.words_of(std::slice::from_ref(&item.row), look);
        let mut entry = self.desk.outbox.create(expense.clone(), &text);
        expense.id = entry.created();
        let row = quick_add::row_of(&expense, &self.desk.book.lists(), look);
        self.wanted = Some(row.id);
        entry.after = vec![row];
        let label = format!("saving {}", entry.text);
        self.send(entry, label)
    }
}

/// The same to several rows, each as it is.
fn batch_of(rows: &[Expense], op: BatchVerb, patch: Option<&ExpensePatch>) -> Write {
    let operations = rows.iter().map(|row| BatchOperation {
        patch: patch.cloned(),
        ..undo::operation(op, row.id, Some(row.version))
    });
    Write::Batch(Batch {
        operations: operations.collect(),
    })
}

/// The same row again, on another day. Who left pays for nothing new.
fn copy_of(row: &Expense, day: Date, lists: &Lists) -> NewExpense {
    NewExpense {
        currency: Some(row.currency).filter(|currency| *currency != lists.base),
        kind: Some(row.kind).filter(|kind| *kind != api::expense::Kind::Expense),
        category_id: row.category_id,
        account_id: row.account_id,
        to_account_id: row.to_account_id,
        payee: row.payee.clone(),
        tags: row.tags.clone(),
        note: row.note.clone(),
        paid_by: row.paid_by.filter(|id| lists.members.has(*id)).map(Into::into),
        ..NewExpense::new(day, row.amount.clone())
    }
}
