//! The one way in: every change of rows goes through `apply`, from which the log and the links follow. Reading the
//! log back into answers is here too, so that what is logged and what is answered cannot drift apart.

use super::change;
use super::change_count::Counts;
use super::noun::{Edit, Noun};
use crate::db::Unit;
use crate::error::{AppError, Result};
use entity::change_row;
use sea_orm::{EntityTrait, Set};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Most rows a change may hold.
pub const MAX_ROWS: usize = 1000;

/// One row of a change as the log has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    /// The noun's name.
    pub noun: String,
    /// Which row.
    pub row_id: Uuid,
    /// True where the change made the row.
    pub is_new: bool,
    /// The row after the change.
    pub after: Value,
}

impl Logged {
    /// The row's image, if it is of that noun.
    pub fn image<N: Noun>(&self) -> Result<Option<N::Image>> {
        if self.noun != N::NAME {
            return Ok(None);
        }
        let image = serde_json::from_value(self.after.clone());
        image
            .map(Some)
            .map_err(|error| AppError::Internal(format!("log image: {error}")))
    }
}

/// Writes the rows of a change and its log. Rows that would stay as they are fall out; `None` where none is left.
pub async fn apply(unit: &Unit, mut edits: Vec<Edit>) -> Result<Option<Vec<Logged>>> {
    edits.retain(|edit| !edit.is_idle());
    if edits.is_empty() {
        return Ok(None);
    }
    if edits.len() > 2 * MAX_ROWS {
        return Err(AppError::Internal(format!("a change of {} rows", edits.len())));
    }
    Edit::write_all(unit, &edits).await?;
    let mut counts = Counts::default();
    let mut logged = Vec::with_capacity(edits.len());
    let mut rows = Vec::with_capacity(edits.len());
    for (edit, n) in edits.iter().zip(0_i32..) {
        let (before, after) = edit.json()?;
        counts.add(edit.noun(), before.is_none());
        let reverse = before.map(|before| reverse_patch(&before, &after).to_string());
        rows.push(change_row::ActiveModel {
            ledger_id: Set(unit.ledger_id),
            rev: Set(unit.rev),
            n: Set(n),
            noun: Set(edit.noun().to_owned()),
            row_id: Set(edit.row_id()),
            before_image: Set(reverse.clone()),
            after_image: Set(Some(after.to_string())),
        });
        logged.push(Logged {
            noun: edit.noun().into(),
            row_id: edit.row_id(),
            is_new: reverse.is_none(),
            after,
        });
    }
    for some in rows.chunks(500) {
        change_row::Entity::insert_many(some.to_vec())
            .exec_without_returning(&unit.tx)
            .await?;
    }
    change::set_counts(unit, &counts).await?;
    Ok(Some(logged))
}

/// The rows of a change read back from the log.
pub fn read_back(rows: Vec<change_row::Model>) -> Result<Vec<Logged>> {
    rows.into_iter()
        .map(|row| {
            let after = row.after_image.ok_or_else(|| {
                AppError::refuse(
                    api::problem::Code::Gone,
                    "The rows of this change were removed for good",
                )
            })?;
            let after =
                serde_json::from_str(&after).map_err(|error| AppError::Internal(format!("log: {error}")))?;
            Ok(Logged {
                noun: row.noun,
                row_id: row.row_id,
                is_new: row.before_image.is_none(),
                after,
            })
        })
        .collect()
}

/// The merge patch (RFC 7396) that leads from `after` back to `before`: what the log keeps of the state before.
fn reverse_patch(before: &Value, after: &Value) -> Value {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return before.clone();
    };
    let mut patch = Map::new();
    for (key, value) in before {
        if after.get(key) != Some(value) {
            patch.insert(key.clone(), value.clone());
        }
    }
    for key in after.keys().filter(|key| !before.contains_key(*key)) {
        patch.insert(key.clone(), Value::Null);
    }
    Value::Object(patch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_reverse_patch_holds_what_changed_and_nulls_what_came() {
        let before = json!({"id": 1, "note": "old", "category_id": 7, "version": 1});
        let after = json!({"id": 1, "note": "new", "payee": "x", "category_id": 7, "version": 2});
        assert_eq!(
            reverse_patch(&before, &after),
            json!({"note": "old", "payee": null, "version": 1})
        );
    }
}
