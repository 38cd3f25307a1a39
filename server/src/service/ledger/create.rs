//! A ledger in the making: its own row, its owner, the rows it begins with, and the change number 1 that says so, all in
//! one transaction. A new person comes with their first ledger the same way.

use super::starter;
use crate::db::{Class, Op, Outcome, Unit, Work, classify};
use crate::error::{AppError, Findings, Result};
use crate::service::user::NewPerson;
use crate::service::{Person, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::image::LedgerImage;
use crate::store::member::{MemberImage, MemberState};
use crate::store::noun::{Edit, Ledgers, Pair};
use crate::store::reach::Reach;
use api::ledger::{Ledger, MAX_LEDGERS, NewLedger};
use api::member::Role;
use api::problem::Code;
use api::text::clean_line;
use sea_orm::DatabaseTransaction;
use std::sync::Arc;
use uuid::Uuid;

const KIND: &str = "create_ledger";

/// Makes a ledger that the caller owns.
pub async fn create(state: &AppState, person: &Person, key: &WriteKey, new: NewLedger) -> Result<Ledger> {
    if person.bound_to().is_some() {
        let detail = "This token is bound to some of your ledgers; it cannot make another";
        return Err(AppError::refuse(Code::Forbidden, detail));
    }
    let user_id = person.user_id();
    if let Some(made) = replay(state, user_id, key).await? {
        key.replayed.set();
        return Ok(made);
    }
    let mut findings = Findings::default();
    new.check(&mut findings.rules);
    findings.refuse()?;
    let owned = state
        .db
        .read(|db| async move { store::ledger::count_owned(&db, user_id).await })
        .await?;
    if owned >= MAX_LEDGERS {
        let detail = format!("You own {owned} ledgers; {MAX_LEDGERS} are the most");
        return Err(AppError::refuse(Code::Conflict, detail));
    }
    let opening = Opening::new(state, user_id, &new);
    match opening.write(state, key, person.client()).await {
        // A replay is of a request with the same key beside this one, or of its own try before, whose answer was lost.
        Ok(Outcome::Replay) => key.replayed.set(),
        Ok(Outcome::Done { .. } | Outcome::Unchanged) => {}
        Err(AppError::Db(error)) if classify(&error) == Class::Unique => {
            return replay(state, user_id, key).await?.ok_or_else(id_taken);
        }
        Err(error) => return Err(error),
    }
    replay(state, user_id, key)
        .await?
        .ok_or_else(|| AppError::Unavailable("the new ledger is not readable yet".into()))
}

fn id_taken() -> AppError {
    AppError::fault(
        Code::IdTaken,
        "/id",
        "id-taken",
        "Something else has this id; draw another",
    )
}

/// The ledger that a key made, as it was then.
async fn replay(state: &AppState, user_id: Uuid, key: &WriteKey) -> Result<Option<Ledger>> {
    let word = key.key.as_str();
    let found = state
        .db
        .read(|db| async move { store::change::find_by_key(&db, user_id, word).await })
        .await?;
    let Some(change) = found else { return Ok(None) };
    if change.request_hash != key.request_hash || change.kind != KIND {
        let detail = "This Idempotency-Key was used for another request; draw a fresh one";
        return Err(AppError::refuse(Code::KeyReused, detail));
    }
    let rows = state
        .db
        .read(|db| async move { store::change::rows(&db, change.ledger_id, change.rev).await })
        .await?;
    for row in store::apply::read_back(rows)? {
        if let Some(image) = row.image::<Ledgers>()? {
            return Ok(Some(image.seen(change.rev, Role::Owner)));
        }
    }
    Err(AppError::Internal(
        "a ledger was made without a row in the log".into(),
    ))
}

/// A ledger to make. All ids are drawn once, so that a second try makes the same one.
#[derive(Debug)]
pub(crate) struct Opening {
    /// Somebody who comes into being with it, before it.
    person: Option<NewPerson>,
    owner: Uuid,
    ledger: LedgerImage,
    epoch: Uuid,
    rows: Vec<Edit>,
}

impl Opening {
    /// A ledger for somebody who is there already.
    pub(crate) fn new(state: &AppState, owner: Uuid, new: &NewLedger) -> Self {
        let at = state.now();
        let ledger = LedgerImage {
            id: new.id.map_or_else(|| state.clock.new_id(), Uuid::from),
            name: clean_line(&new.name),
            base_currency: new.base_currency,
            month_start_day: new.month_start_day.unwrap_or(1),
            week_start: new.week_start.unwrap_or(1),
            version: 1,
            created_at: at,
            updated_at: at,
        };
        let owning = MemberImage {
            user_id: owner,
            role: Role::Owner,
            state: MemberState::Active,
            version: 1,
            created_at: at,
            updated_at: at,
        };
        let mut rows = vec![
            Edit::Ledger(new_row(ledger.clone())),
            Edit::Member(new_row(owning)),
        ];
        if !new.is_bare {
            rows.extend(starter::rows(&state.clock, at));
        }
        Self {
            person: None,
            owner,
            ledger,
            epoch: state.clock.new_id(),
            rows,
        }
    }

    /// The first ledger of somebody new, which `default` means to them.
    pub(crate) fn with_person(state: &AppState, mut person: NewPerson, new: &NewLedger) -> Self {
        let opening = Self::new(state, person.id(), new);
        person.set_default_ledger(opening.ledger.id);
        Self {
            person: Some(person),
            ..opening
        }
    }

    /// Makes it: one transaction.
    pub(crate) async fn write(
        self,
        state: &AppState,
        key: &WriteKey,
        client: &str,
    ) -> Result<Outcome<Vec<Logged>>> {
        let op = Op {
            ledger_id: self.ledger.id,
            reach: Reach::whole(self.ledger.id),
            op_id: state.clock.new_id(),
            user_id: self.owner,
            key: key.key.clone(),
            request_hash: key.request_hash,
            client: client.to_owned(),
            kind: KIND,
            at: self.ledger.created_at,
        };
        state.db.write(op, Arc::new(self)).await
    }
}

impl Work for Opening {
    type Output = Vec<Logged>;

    async fn open(&self, tx: &DatabaseTransaction) -> Result<()> {
        if let Some(person) = &self.person {
            person.insert(tx).await?;
        }
        store::ledger::insert(tx, &self.ledger, self.epoch).await
    }

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        apply(unit, self.rows.clone()).await
    }
}

fn new_row<I>(after: I) -> Pair<I> {
    Pair { before: None, after }
}
