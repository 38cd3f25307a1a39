//! What can be done to rows and to the view: each verb opens what it needs, sends what was decided, and says what it did
//! and how to take it back.

use super::list::State;
use super::undo::{self, Undo};
use super::{Expenses, sending::Unsent};
use crate::book::{Lists, RowsChanged};
use crate::client::{ClientError, Key};
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::popup::expense_form::{ExpenseForm, FormDone};
use crate::popup::{Confirm, Picked, Picker, QuickAdd, quick_add};
use crate::theme::Look;
use crate::widget::Item;
use api::date::Date;
use api::expense::{BatchOperation, BatchVerb, Expense, ExpensePatch, MAX_BATCH, NewExpense};
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
        let id = item.row.id;
        if item.state == State::Saved {
            return Fx::ask(
                ExpenseForm::edit(self.desk.clone(), item.row.clone(), look),
                Self::form_done,
            );
        }
        match self.unsent.iter().find(|unsent| unsent.entry.id() == Some(id)) {
            Some(unsent) if unsent.is_flying => {
                Fx::notify("It is on its way to the server; try again in a moment.")
            }
            Some(unsent) => {
                let form = ExpenseForm::mend(self.desk.clone(), unsent.entry.clone(), look);
                Fx::ask(form, Self::form_done)
            }
            None => Fx::none(),
        }
    }

    fn form_done(&mut self, done: FormDone, look: &Look) -> Fx<Self> {
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
                let row = quick_add::row_of(&entry.expense, &self.desk.book.lists(), look);
                self.unsent.retain(|unsent| unsent.entry.id() != entry.id());
                self.unsent.push(Unsent {
                    entry: *entry,
                    row: row.clone(),
                    is_flying: false,
                });
                self.show(row, State::Unsent);
                self.say_waiting();
                Fx::notify(Message::warning(format!("Kept here, not sent yet. {why}")))
            }
        }
    }

    /// Rows were changed: says so, remembers how they were.
    fn changed_rows(&mut self, before: Vec<Expense>, after: Vec<Expense>, look: &Look) -> Fx<Self> {
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
        let key = look.key(&["expenses"], Action::Undo);
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
        Fx::announce(RowsChanged::change(before, after)).and(Fx::notify(format!("{said} {key} undo")))
    }

    pub(super) fn delete(&mut self, look: &Look) -> Fx<Self> {
        let rows = self.chosen();
        match rows.as_slice() {
            [] => Fx::none(),
            [row] if self.state_of(row) != State::Saved => self.drop_unsent(row.id, look),
            [row] => self.delete_now(rows.clone(), row.id, look),
            _ => {
                let unsaved = rows.iter().any(|row| self.state_of(row) != State::Saved);
                if unsaved || rows.len() > MAX_BATCH {
                    return Fx::notify(format!(
                        "Mark at most {MAX_BATCH} rows, all of them saved, to delete them in one go."
                    ));
                }
                let question = format!("Delete {}?", self.words_of(&rows, look));
                Fx::ask(
                    Confirm::new("Delete", question),
                    move |screen: &mut Self, is_sure, look| match rows
                        .first()
                        .filter(|_| is_sure)
                        .map(|row| row.id)
                    {
                        Some(first) => screen.delete_now(rows, first, look),
                        None => Fx::notify("Kept."),
                    },
                )
            }
        }
    }

    /// They go from the screen at once, and come back if the server objects.
    fn delete_now(&mut self, rows: Vec<Expense>, _: api::id::ExpenseId, _: &Look) -> Fx<Self> {
        for row in &rows {
            self.list.remove(row.id);
        }
        let api = self.desk.api.clone();
        let sent = rows.clone();
        let work = async move {
            if let [row] = sent.as_slice() {
                api.delete_expense(row.id, row.version, Key::new()).await?;
                Ok(vec![undo::deleted(row)])
            } else {
                let operations = sent
                    .iter()
                    .map(|row| undo::operation(BatchVerb::Delete, row.id, Some(row.version)));
                undo::batch(api, operations).await
            }
        };
        Fx::call("deleting", work, move |screen: &mut Self, outcome, look| {
            screen.deleted(rows, outcome, look)
        })
    }

    fn deleted(
        &mut self,
        rows: Vec<Expense>,
        outcome: Result<Vec<Expense>, ClientError>,
        look: &Look,
    ) -> Fx<Self> {
        match outcome {
            Ok(after) => {
                self.list.marked.clear();
                let key = look.key(&["expenses"], Action::Undo);
                let brings = if rows.len() == 1 {
                    "brings it back"
                } else {
                    "brings them back"
                };
                let said = format!("Deleted {}. {key} {brings}", self.words_of(&rows, look));
                self.remember(Undo::Deleted(rows.clone()));
                Fx::announce(RowsChanged::change(rows, after)).and(Fx::notify(said))
            }
            Err(error) => {
                let first = rows.first().map(|row| row.id);
                for row in rows {
                    self.show(row, State::Saved);
                }
                self.wanted = first;
                self.refused(&error)
            }
        }
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
        if rows.iter().any(|row| self.state_of(row) != State::Saved) || rows.len() > MAX_BATCH {
            return Fx::notify("Only rows that are saved have a category to change.");
        }
        let open = self.desk.book.lists().open_categories();
        let mut items = vec![Item::new("Uncategorised", "")];
        items.extend(open.iter().map(|(_, name)| Item::new(name.clone(), "")));
        let at = first
            .category_id
            .and_then(|id| open.iter().position(|(open, _)| *open == id));
        let title = format!("Category of {}", self.words_of(&rows, look));
        let picker = Picker::new(title, items).or_new().at(at.map_or(0, |at| at + 1));
        Fx::ask(picker, move |screen: &mut Self, picked, _| {
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
            screen.patch(rows, patch)
        })
    }

    fn patch(&mut self, rows: Vec<Expense>, patch: ExpensePatch) -> Fx<Self> {
        let api = self.desk.api.clone();
        let sent = rows.clone();
        let work = async move {
            if let [row] = sent.as_slice() {
                let saved = api
                    .update_expense(row.id, row.version, &patch, Key::new())
                    .await?;
                Ok(vec![saved])
            } else {
                let operations = sent.iter().map(|row| BatchOperation {
                    patch: Some(patch.clone()),
                    ..undo::operation(BatchVerb::Update, row.id, Some(row.version))
                });
                undo::batch(api, operations).await
            }
        };
        Fx::call(
            "changing the category",
            work,
            move |screen: &mut Self, outcome, look| match outcome {
                Ok(after) => screen.changed_rows(rows, after, look),
                Err(error) => screen.refused(&error),
            },
        )
    }

    pub(super) fn duplicate(&mut self, look: &Look) -> Fx<Self> {
        let Some(item) = self.list.get(self.scroll.selected()) else {
            return Fx::none();
        };
        let expense = copy_of(&item.row, Self::today(look), &self.desk.book.lists());
        let text = self.words_of(std::slice::from_ref(&item.row), look);
        let entry = self.desk.outbox.entry(expense, &text);
        let row = quick_add::row_of(&entry.expense, &self.desk.book.lists(), look);
        self.wanted = Some(row.id);
        self.send(entry, row)
    }
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
