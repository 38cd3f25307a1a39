//! Rows of the log as callers see them: what became of each, and the fields that differ, in the form of its resource.
//! Reading images back is here too, so that who shows and who undoes a change read the same.

use super::noun::Noun;
use crate::error::{AppError, Result};
use api::change::{ChangeAction, ChangedRow, FieldChange};
use entity::change_row;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Fields that differ with every change, or never, and say nothing.
const SILENT: [&str; 6] = [
    "id",
    "version",
    "created_by",
    "created_at",
    "updated_at",
    "deleted_at",
];

/// A row as a change met it, where it was there, and as it left it.
pub type Was<I> = (Option<I>, I);

/// The images that the log has of a row. `None` once it was purged.
pub fn images<N: Noun>(row: &change_row::Model) -> Result<Option<Was<N::Image>>> {
    let Some(after) = &row.after_image else {
        return Ok(None);
    };
    let read = |value: Value| {
        serde_json::from_value(value).map_err(|error| AppError::Internal(format!("log image: {error}")))
    };
    let Some(patch) = &row.before_image else {
        return Ok(Some((None, parsed(after)?)));
    };
    let after = json(after)?;
    let before = read(patched(after.clone(), json(patch)?))?;
    Ok(Some((Some(before), read(after)?)))
}

fn json(text: &str) -> Result<Value> {
    parsed(text)
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| AppError::Internal(format!("log: {error}")))
}

/// A merge patch (RFC 7396) over one level, which is all that the log writes.
fn patched(target: Value, patch: Value) -> Value {
    match (target, patch) {
        (Value::Object(mut target), Value::Object(patch)) => {
            for (key, value) in patch {
                if value.is_null() {
                    target.remove(&key);
                } else {
                    target.insert(key, value);
                }
            }
            Value::Object(target)
        }
        (_, patch) => patch,
    }
}

/// What a row of the log did, as callers see it.
pub fn shown<N: Noun>(row: &change_row::Model) -> Result<ChangedRow> {
    let Some((before, after)) = images::<N>(row)? else {
        return Ok(ChangedRow {
            noun: row.noun.clone(),
            id: row.row_id.into(),
            action: ChangeAction::Purged,
            label: String::new(),
            version: None,
            fields: Vec::new(),
        });
    };
    let action = match &before {
        None => ChangeAction::Created,
        Some(before) => match (N::is_deleted(before), N::is_deleted(&after)) {
            (false, true) => ChangeAction::Deleted,
            (true, false) => ChangeAction::Restored,
            _ => ChangeAction::Updated,
        },
    };
    let (label, version) = (N::label(&after), N::version(&after));
    let before = before.map(N::wire).transpose()?.map_or_else(Map::new, fields);
    let after = fields(N::wire(after)?);
    Ok(ChangedRow {
        noun: row.noun.clone(),
        id: row.row_id.into(),
        action,
        label,
        version: Some(version),
        fields: differences(&before, &after),
    })
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<FieldChange> {
    let something = |value: Option<&Value>| {
        value
            .filter(|value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()))
            .cloned()
    };
    let gone = before.keys().filter(|key| !after.contains_key(*key));
    after
        .keys()
        .chain(gone)
        .filter(|key| !SILENT.contains(&key.as_str()))
        .filter_map(|key| {
            let (before, after) = (something(before.get(key)), something(after.get(key)));
            (before != after).then(|| FieldChange {
                field: key.clone(),
                before,
                after,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_of_the_log_leads_back_to_what_was_there() {
        let after = json!({"note": "new", "payee": "x", "version": 2, "tags": ["a"]});
        let patch = json!({"note": "old", "payee": null, "version": 1});
        assert_eq!(
            patched(after, patch),
            json!({"note": "old", "version": 1, "tags": ["a"]})
        );
    }

    #[test]
    fn only_what_differs_and_says_something_is_a_field_of_a_change() {
        let map = |value: Value| fields(value);
        let found = differences(
            &map(json!({"note": "old", "tags": ["a"], "version": 1, "account_id": null})),
            &map(json!({"note": "old", "tags": [], "version": 2, "payee": "Rewe"})),
        );
        let found: Vec<_> = found
            .into_iter()
            .map(|change| (change.field, change.before, change.after))
            .collect();
        assert_eq!(
            found,
            [
                ("payee".to_owned(), None, Some(json!("Rewe"))),
                ("tags".to_owned(), Some(json!(["a"])), None),
            ]
        );
    }
}
