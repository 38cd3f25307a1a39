//! An operation of several changes, looked at before the first of them is taken back: which of its rows were changed
//! since the last of them.

use super::reverse::{Conflict, Rows, Was, is_same};
use crate::db::Dialect;
use crate::error::Result;
use crate::service::expense::Expenses;
use crate::store;
use crate::store::image::ExpenseImage;
use crate::store::noun::Noun;
use crate::store::reach::Reach;
use sea_orm::ConnectionTrait;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The rows of an operation of several changes, each as the last of them left it: which were changed since.
pub struct Last {
    dialect: Dialect,
    ledger_id: Uuid,
    seen: HashSet<Uuid>,
    /// How many expenses its changes have.
    pub rows: i64,
    pub conflicts: Vec<Conflict>,
}

impl Last {
    pub fn new(dialect: Dialect, ledger_id: Uuid) -> Self {
        Self {
            dialect,
            ledger_id,
            seen: HashSet::new(),
            rows: 0,
            conflicts: Vec::new(),
        }
    }

    /// Looks at the next change, the latest first.
    pub async fn look(&mut self, db: &impl ConnectionTrait, rev: i64) -> Result<()> {
        let rows = store::change::rows(db, self.ledger_id, rev).await?;
        let expenses = rows.iter().filter(|row| row.noun == Expenses::NAME);
        self.rows += i64::try_from(expenses.count()).unwrap_or(0);
        let rows = Rows::read(&rows)?;
        let purged = rows.purged.iter().filter(|id| self.seen.insert(**id));
        self.conflicts.extend(purged.copied().map(Conflict::purged));
        let fresh: Vec<&Was<ExpenseImage>> = rows
            .expenses
            .iter()
            .filter(|(_, after)| self.seen.insert(after.id))
            .collect();
        let ids: Vec<Uuid> = fresh.iter().map(|(_, after)| after.id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let reach = Reach::whole(self.ledger_id);
        let found = store::expense::find(db, self.dialect, reach, &ids).await?;
        let now: HashMap<Uuid, ExpenseImage> = found.into_iter().map(|row| (row.id, row)).collect();
        for (before, after) in fresh {
            let is_as_left = now.get(&after.id).is_some_and(|current| {
                is_same(current, after)
                    || before.as_ref().is_some_and(|before| is_same(current, before))
                    || (before.is_none() && current.deleted_at.is_some())
            });
            if !is_as_left {
                self.conflicts.push(Conflict {
                    noun: Expenses::NAME,
                    id: after.id,
                    why: format!("expense {:?} was changed since", Expenses::label(after)),
                });
            }
        }
        Ok(())
    }
}
