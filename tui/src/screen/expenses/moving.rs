//! Rows that go to another ledger: which one is asked, what it lacks, and whether it shall be so. They are made there
//! first and deleted here afterwards, so that whatever breaks in between leaves a row too many and never one too few.
//! What was begun is finished with the same ids and keys. How a row is told anew is in `told`.

mod told;

use super::Expenses;
use super::list::State;
use super::undo::{self, Undo};
use crate::book::{Lists, Members, RowsChanged};
use crate::client::{Api, ClientError, Key};
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::open_ledger::{Ability, OpenLedger};
use crate::popup::{Confirm, Picked, Picker};
use crate::theme::Look;
use crate::widget::Item;
use api::expense::{Batch, BatchOperation, BatchVerb, Expense, MAX_BATCH, NewExpense};
use api::ledger::Ledger;
use futures_util::future::try_join;
use std::sync::Arc;
use told::Told;

/// Rows on their way, and all that is needed to send them once more as they were.
#[derive(Debug, Clone)]
pub(super) struct Moving {
    rows: Vec<Expense>,
    target: Ledger,
    made: Vec<NewExpense>,
    make: Key,
    delete: Key,
}

/// How far it went.
enum Outcome {
    Moved,
    /// As far as is known, nothing was made there; nothing was deleted here.
    NotMade(ClientError),
    /// They are there, and here as well.
    NotDeleted(ClientError),
}

impl Expenses {
    pub(super) fn move_rows(&mut self, look: &Look) -> Fx<Self> {
        if let Some(moving) = self.half_moved.take() {
            return self.ask_to_finish(moving, look);
        }
        let rows = self.chosen();
        if rows.is_empty() {
            return Fx::none();
        }
        if rows.len() > MAX_BATCH || rows.iter().any(|row| self.state_of(row) != State::Saved) {
            return Fx::notify(format!(
                "Mark at most {MAX_BATCH} rows, all of them saved, to move them in one go."
            ));
        }
        let here = self.desk.book.known(&self.desk.api);
        let ledgers = try_join(here, self.desk.api.every_ledger());
        Fx::call(
            "loading the ledgers",
            ledgers,
            |screen: &mut Self, ledgers, look| match ledgers {
                Ok((here, ledgers)) => screen.ask_target(rows, &here, ledgers, look),
                Err(error) => Fx::notify(Message::error(error.sentence())),
            },
        )
    }

    fn ask_target(
        &mut self,
        rows: Vec<Expense>,
        here: &Lists,
        mut ledgers: Vec<Ledger>,
        look: &Look,
    ) -> Fx<Self> {
        let open = here.ledger.as_ref().map(|ledger| ledger.id);
        ledgers.retain(|ledger| Some(ledger.id) != open);
        if ledgers.is_empty() {
            return Fx::notify("There is no other ledger that you may open; :join takes an invite to one.");
        }
        let items = ledgers.iter().map(|ledger| {
            let detail = format!("{}  {}", ledger.base_currency, ledger.role.as_str());
            Item::new(ledger.name.clone(), detail)
        });
        let title = format!("Move {} to", self.words_in_full(&rows, look));
        let picker = Picker::new(title, items.collect());
        Fx::ask(picker, move |screen: &mut Self, picked, _| {
            let Picked::Item(at) = picked else {
                return Fx::none();
            };
            match ledgers.into_iter().nth(at) {
                Some(target) => screen.look_there(rows, target),
                None => Fx::none(),
            }
        })
    }

    /// What there is in the other ledger, so that it can be said what it lacks.
    fn look_there(&mut self, rows: Vec<Expense>, target: Ledger) -> Fx<Self> {
        let role = OpenLedger {
            name: target.name.clone(),
            role: Some(target.role),
            ..OpenLedger::default()
        };
        if let Some(refusal) = role.refusal(Some(Ability::Add)) {
            return Fx::notify(Message::warning(refusal));
        }
        let label = format!("looking into {}", target.name);
        let there = self.desk.api.in_ledger(target.id);
        Fx::call(
            label,
            lists_of(there, target),
            |screen: &mut Self, there, look| match there {
                Ok(there) => screen.ask_of_missing(rows, there, look),
                Err(error) => Fx::notify(Message::error(error.sentence())),
            },
        )
    }

    fn ask_of_missing(&mut self, rows: Vec<Expense>, there: Lists, look: &Look) -> Fx<Self> {
        let here = self.desk.book.lists();
        let Some(told) = Told::of(&rows, &here, &there) else {
            let key = look.key(&["global"], Action::Reload);
            return Fx::notify(format!("A name of these rows is not loaded yet; {key} loads it."));
        };
        let name = there.ledger.as_ref().map_or("", |ledger| ledger.name.as_str());
        let Some(lacks) = told.missing_words() else {
            return self.ask_to_move(rows, there, told, false, look);
        };
        let title = format!("{name} has no {lacks}");
        let choices = ["Make them there", "Leave them empty in the rows"];
        let items = choices.map(|choice| Item::new(choice, "")).to_vec();
        Fx::ask(
            Picker::new(title, items),
            move |screen: &mut Self, picked, look| {
                let makes = picked == Picked::Item(0);
                screen.ask_to_move(rows, there, told, makes, look)
            },
        )
    }

    fn ask_to_move(
        &mut self,
        rows: Vec<Expense>,
        there: Lists,
        told: Told,
        makes: bool,
        look: &Look,
    ) -> Fx<Self> {
        let Some(target) = there.ledger else {
            return Fx::none();
        };
        let words = self.words_in_full(&rows, look);
        let mut question = format!("Move {words} to {}?", target.name);
        question += &told.loss_words(makes);
        let moving = Moving {
            made: told.rows(makes),
            rows,
            target,
            make: Key::new(),
            delete: Key::new(),
        };
        Fx::ask(
            Confirm::new("Move", question),
            move |screen: &mut Self, is_sure, _| {
                if is_sure {
                    screen.carry(moving)
                } else {
                    Fx::notify("Kept.")
                }
            },
        )
    }

    fn ask_to_finish(&mut self, moving: Moving, look: &Look) -> Fx<Self> {
        let words = self.words_in_full(&moving.rows, look);
        let question = format!("Finish moving {words} to {}?", moving.target.name);
        // Esc and no: it can still be finished later.
        self.half_moved = Some(moving);
        Fx::ask(
            Confirm::new("Move", question),
            |screen: &mut Self, is_sure, _| match screen.half_moved.take() {
                Some(moving) if is_sure => screen.carry(moving),
                Some(moving) => {
                    let name = moving.target.name;
                    Fx::notify(format!("Left as it is; see in {name} what came of it."))
                }
                None => Fx::none(),
            },
        )
    }

    /// They go from the screen at once, and come back if it does not come off.
    fn carry(&mut self, moving: Moving) -> Fx<Self> {
        for row in &moving.rows {
            self.list.remove(row.id);
        }
        let label = format!("moving to {}", moving.target.name);
        let there = self.desk.api.in_ledger(moving.target.id);
        let work = send(Arc::clone(&self.desk.api), there, moving.clone());
        Fx::call(label, work, |screen: &mut Self, outcome, look| {
            screen.carried(moving, outcome, look)
        })
    }

    fn carried(&mut self, moving: Moving, outcome: Outcome, look: &Look) -> Fx<Self> {
        let words = self.words_in_full(&moving.rows, look);
        let name = &moving.target.name;
        let again = look.key(&["expenses"], Action::MoveRows);
        let said = match outcome {
            Outcome::Moved => {
                let opens = look.key(&["global"], Action::Ledgers);
                let said =
                    format!("Moved {words} to {name}. {opens} opens it, {again} there brings them back.");
                self.list.marked.clear();
                self.remember(Undo::Moved(name.clone()));
                let after = moving.rows.iter().map(undo::deleted).collect();
                return Fx::announce(RowsChanged::change(moving.rows, after)).and(Fx::notify(said));
            }
            Outcome::NotMade(error) if !error.is_passing() => {
                self.show_again(&moving.rows);
                return self.refused(&error);
            }
            Outcome::NotMade(error) => format!("Not moved to {name}: {} {again} goes on.", error.sentence()),
            Outcome::NotDeleted(error) => format!(
                "In {name}, and still here as well: {} {again} finishes it.",
                error.sentence()
            ),
        };
        self.show_again(&moving.rows);
        self.half_moved = Some(moving);
        Fx::notify(Message::warning(said))
    }

    fn show_again(&mut self, rows: &[Expense]) {
        self.wanted = rows.first().map(|row| row.id);
        let (sort, lists) = (self.view.sort, self.desk.book.lists());
        for row in rows
            .iter()
            .filter(|row| self.is_in_view(row))
            .cloned()
            .collect::<Vec<_>>()
        {
            self.list.put(row, State::Saved, sort, &lists);
        }
        self.show_all();
    }
}

async fn lists_of(there: Arc<dyn Api>, target: Ledger) -> Result<Lists, ClientError> {
    let categories = there.every_category().await?;
    let accounts = there.every_account().await?;
    let members = Members::new(there.every_member().await?);
    Ok(Lists::new(
        target,
        categories,
        accounts,
        Vec::new(),
        Vec::new(),
        members,
        &[],
    ))
}

async fn send(here: Arc<dyn Api>, there: Arc<dyn Api>, moving: Moving) -> Outcome {
    let creates = moving.made.into_iter().map(|expense| BatchOperation {
        op: BatchVerb::Create,
        id: None,
        version: None,
        expense: Some(expense),
        patch: None,
    });
    let creates = Batch {
        operations: creates.collect(),
    };
    let made = match there.batch_expenses(&creates, moving.make).await {
        Ok(made) => made.items,
        Err(error) => return Outcome::NotMade(error),
    };
    let deletes = moving
        .rows
        .iter()
        .map(|row| undo::operation(BatchVerb::Delete, row.id, Some(row.version)));
    let deletes = Batch {
        operations: deletes.collect(),
    };
    let error = match here.batch_expenses(&deletes, moving.delete).await {
        Ok(_) => return Outcome::Moved,
        Err(error) if error.is_passing() => return Outcome::NotDeleted(error),
        Err(error) => error,
    };
    // Refused for good, as by somebody who changed a row meanwhile: what was made goes again.
    let made = made
        .iter()
        .map(|row| undo::operation(BatchVerb::Delete, row.id, Some(row.version)));
    match undo::batch(there, made).await {
        Ok(_) => Outcome::NotMade(error),
        Err(_) => Outcome::NotDeleted(error),
    }
}
