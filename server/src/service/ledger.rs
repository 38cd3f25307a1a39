//! The ledgers themselves: which ones somebody may open, and the settings of one.

pub mod create;
mod starter;

use crate::db::{Unit, Work};
use crate::error::{AppError, Findings, Refusal, Result};
use crate::service::cursor::Walk;
use crate::service::write::commit;
use crate::service::{Grant, Person, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::image::LedgerImage;
use crate::store::noun::{Edit, Ledgers, Pair};
use api::ledger::{Ledger, LedgerPatch};
use api::member::Role;
use api::page::{Page, PageQuery};
use api::problem::Code;
use api::text::clean_line;

/// A page of the ledgers that the caller is a member of, oldest first.
pub async fn list(state: &AppState, person: &Person, query: PageQuery) -> Result<Page<Ledger>> {
    let user_id = person.user_id();
    let walk = Walk::new(state, person, ("ledgers", user_id), &query);
    let (after, count) = (walk.after()?, walk.count());
    let rows =
        state
            .db
            .read(|db| async move {
                store::ledger::page_of_user(&db, user_id, person.bound_to(), after, count).await
            })
            .await?;
    walk.page(rows, |row| row.image.id, |row| row.image.seen(row.rev, row.role))
}

/// The settings of one.
pub async fn get(state: &AppState, grant: &Grant) -> Result<Ledger> {
    let (image, rev) = state
        .db
        .read(|db| async move { store::ledger::get(&db, grant.ledger_id()).await })
        .await?;
    Ok(image.seen(rev, grant.role()))
}

/// Changes them. Rows keep the currency they were recorded in.
pub async fn update(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    version: Option<i64>,
    patch: LedgerPatch,
) -> Result<Ledger> {
    let done = commit(
        state,
        grant,
        key,
        "update_ledger",
        Update {
            version,
            patch,
            role: grant.role(),
        },
    )
    .await?;
    match (done.image::<Ledgers>()?, done.rev()) {
        (Some(image), Some(rev)) => Ok(image.seen(rev, grant.role())),
        _ => get(state, grant).await,
    }
}

struct Update {
    role: Role,
    version: Option<i64>,
    patch: LedgerPatch,
}

impl Work for Update {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let (before, rev) = store::ledger::get(&unit.tx, unit.ledger_id).await?;
        if self.version.is_some_and(|version| version != before.version) {
            return Err(stale(before, rev, self.role));
        }
        let mut findings = Findings::default();
        self.patch.check(&mut findings.rules);
        findings.refuse()?;
        let mut after = before.clone();
        let LedgerPatch {
            name,
            base_currency,
            month_start_day,
            week_start,
        } = &self.patch;
        if let Some(name) = name {
            after.name = clean_line(name);
        }
        after.base_currency = base_currency.unwrap_or(before.base_currency);
        after.month_start_day = month_start_day.unwrap_or(before.month_start_day);
        after.week_start = week_start.unwrap_or(before.week_start);
        if after != before {
            after.version = before.version + 1;
            after.updated_at = unit.at;
        }
        apply(
            unit,
            vec![Edit::Ledger(Pair {
                before: Some(before),
                after,
            })],
        )
        .await
    }
}

fn stale(before: LedgerImage, rev: i64, role: Role) -> AppError {
    let detail = format!("It was changed since; it has version {} now", before.version);
    // The revision was counted up for this very change, which is not going to be.
    let current = serde_json::to_value(before.seen(rev - 1, role)).ok();
    Refusal {
        current,
        ..Refusal::new(Code::StaleVersion, detail)
    }
    .into()
}
