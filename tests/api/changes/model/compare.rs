//! The server's ledger held against the model's: every list, the sums, the history of every row, and the log replayed from
//! its first change.

use super::state::{Noun, Row, Thing};
use super::steps::{Game, money};
use entity::external_ref;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tests::server::TestApp;
use uuid::Uuid;

type Seen = BTreeMap<Uuid, Map<String, Value>>;

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, wanted: &T) -> Result<(), String> {
    if is == wanted {
        Ok(())
    } else {
        Err(format!("{what}: is {is:#?}\nthe model says {wanted:#?}"))
    }
}

fn id_of(item: &Value) -> Uuid {
    item["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

impl Game {
    pub async fn compare(&self, app: &TestApp) -> Result<(), String> {
        let wanted = self.wanted_rows();
        let listed = self.http().walk("expenses?include_deleted=true&limit=200").await;
        let listed: Seen = listed.iter().map(|item| (id_of(item), seen(item))).collect();
        same("the list", &listed, &wanted)?;
        self.compare_entries().await?;
        self.compare_sums().await?;
        self.compare_refs(app).await?;
        self.compare_histories().await?;
        same("the replayed log", &self.replay().await?, &wanted)
    }

    fn name(&self, id: Uuid) -> String {
        self.book
            .entry(id)
            .map(|entry| entry.name.clone())
            .unwrap_or_default()
    }

    fn fields(&self, row: &Row) -> Map<String, Value> {
        let mut tags: Vec<String> = row.tags.iter().map(|id| self.name(*id)).collect();
        tags.sort();
        let all = json!({
            "date": row.date, "amount": money(row.cents), "kind": row.kind, "category_id": row.category,
            "account_id": row.account, "payee": row.payee.map(|id| self.name(id)), "tags": tags, "note": row.note,
            "external_id": row.external_id,
        });
        seen(&all)
    }

    fn wanted_rows(&self) -> Seen {
        self.book
            .things
            .iter()
            .filter_map(|(id, (thing, version))| {
                let Thing::Row(row) = thing else { return None };
                let mut fields = self.fields(row);
                fields.insert("version".into(), json!(version));
                fields.insert("is_deleted".into(), json!(row.is_deleted));
                Some((*id, fields))
            })
            .collect()
    }

    async fn compare_entries(&self) -> Result<(), String> {
        for noun in Noun::ALL {
            let listed = self.http().walk(noun.plural()).await;
            let listed: BTreeMap<Uuid, (String, Value, i64)> = listed
                .iter()
                .map(|item| {
                    let name = item["name"].as_str().unwrap_or_default().to_owned();
                    let version = item["version"].as_i64().unwrap_or_default();
                    (id_of(item), (name, item["parent_id"].clone(), version))
                })
                .collect();
            let wanted = self
                .book
                .live(noun)
                .into_iter()
                .map(|id| {
                    let (thing, version) = &self.book.things[&id];
                    let Thing::Entry(entry) = thing else {
                        unreachable!()
                    };
                    (id, (entry.name.clone(), json!(entry.parent), *version))
                })
                .collect();
            same(noun.plural(), &listed, &wanted)?;
        }
        Ok(())
    }

    async fn compare_sums(&self) -> Result<(), String> {
        let live = self.book.rows(false);
        let rows: Vec<&Row> = live.iter().filter_map(|id| self.book.row(*id)).collect();
        let sum = |kind: &str, of: &dyn Fn(&Row) -> bool| -> i64 {
            let those = rows.iter().filter(|row| row.kind == kind && of(row));
            those.map(|row| row.cents).sum()
        };
        let report = self.http().get("reports/by-payee").await.ok(200);
        let told = |totals: &Value, name: &str| totals[0][name].as_str().unwrap_or("0.00").to_owned();
        for (name, kind) in [("spent", "expense"), ("refunded", "refund"), ("income", "income")] {
            let wanted = money(sum(kind, &|_| true));
            same(name, &told(&report["totals"], name), &wanted)?;
        }
        for row in report["rows"].as_array().expect("rows") {
            let payee: Option<Uuid> = row["key"].as_str().and_then(|key| key.parse().ok());
            let wanted = money(sum("expense", &|row| row.payee == payee));
            same("spent by payee", &told(&row["totals"], "spent"), &wanted)?;
        }
        Ok(())
    }

    async fn compare_refs(&self, app: &TestApp) -> Result<(), String> {
        let found = external_ref::Entity::find()
            .filter(external_ref::Column::LedgerId.eq(self.ledger_id))
            .all(app.connection())
            .await
            .map_err(|error| error.to_string())?;
        let found: BTreeMap<_, _> = found
            .into_iter()
            .map(|row| ((row.account_key, row.external_id), row.expense_id))
            .collect();
        same("what banks know rows by", &found, &self.book.refs)
    }

    /// Each row's history holds its own changes and no others, by who made them.
    async fn compare_histories(&self) -> Result<(), String> {
        for id in self.book.rows(false).into_iter().chain(self.book.rows(true)) {
            let history = self
                .http()
                .walk(&format!("expenses/{id}/history?limit=200"))
                .await;
            let told: Vec<(i64, String)> = history
                .iter()
                .map(|item| {
                    let by = item["by"].as_str().unwrap_or_default().to_owned();
                    (item["rev"].as_i64().unwrap_or_default(), by)
                })
                .collect();
            let wanted: Vec<(i64, String)> = self
                .book
                .done
                .iter()
                .rev()
                .filter(|done| done.changes.iter().any(|(of, ..)| *of == id))
                .map(|done| (done.rev, self.users[done.actor].to_string()))
                .collect();
            same("a history", &told, &wanted)?;
        }
        Ok(())
    }

    /// What the log makes of nothing, change after change; its numbers have no gaps and its rows no version left out.
    async fn replay(&self) -> Result<Seen, String> {
        let changes = self.http().walk("changes?limit=200").await;
        let mut rows = Seen::new();
        for (change, wanted) in changes.iter().zip(1_i64..) {
            same("the number of a change", &change["rev"].as_i64(), &Some(wanted))?;
            let done = self.book.done.iter().find(|done| done.rev == wanted);
            if let Some(done) = done {
                let by = change["by"].as_str().unwrap_or_default();
                same("who did it", &by.to_owned(), &self.users[done.actor].to_string())?;
                let count = change["rows"].as_array().map_or(0, Vec::len);
                if done.is_open {
                    let told = change["rows"].as_array().into_iter().flatten();
                    let told = told.filter(|row| row["noun"] != "import").count();
                    same("how many rows a change has", &told, &done.changes.len())?;
                } else {
                    same("what stages a file", &count, &1)?;
                }
            }
            for row in change["rows"].as_array().into_iter().flatten() {
                if row["noun"] == "expense" {
                    replay_row(&mut rows, row)?;
                }
            }
        }
        same("the last change", &(changes.len() as i64), &self.book.rev)?;
        self.with_names_of_now(&mut rows);
        Ok(rows)
    }

    /// The log has names as they were; the lists as they are.
    fn with_names_of_now(&self, rows: &mut Seen) {
        for (id, fields) in rows {
            if let Some(row) = self.book.row(*id) {
                let now = self.fields(row);
                for name in ["payee", "tags"] {
                    let known = |fields: &Map<String, Value>| match fields.get(name) {
                        Some(Value::Array(list)) => list.len(),
                        Some(Value::Null) | None => 0,
                        Some(_) => 1,
                    };
                    if known(&now) == known(fields) {
                        fields.insert(name.into(), now[name].clone());
                    }
                }
            }
        }
    }
}

fn replay_row(rows: &mut Seen, row: &Value) -> Result<(), String> {
    let fields = rows.entry(id_of(row)).or_default();
    let action = row["action"].as_str().unwrap_or_default();
    if fields.is_empty() != (action == "created") {
        return Err(format!("a row that is {action} with {fields:?} before it"));
    }
    if action == "created" {
        *fields = seen(&json!({}));
        fields.insert("is_deleted".into(), json!(false));
        fields.insert("version".into(), json!(0));
    }
    for field in row["fields"].as_array().into_iter().flatten() {
        let name = field["field"].as_str().unwrap_or_default();
        let Some(now) = fields.get_mut(name) else { continue };
        // Names are renamed in between, which is no change of the row.
        let is_name = matches!(name, "payee" | "tags");
        let before = if name == "tags" && field["before"].is_null() {
            json!([])
        } else {
            field["before"].clone()
        };
        if action != "created" && !is_name {
            same("a field before a change", now, &before)?;
        }
        *now = if name == "tags" && field["after"].is_null() {
            json!([])
        } else {
            field["after"].clone()
        };
    }
    match action {
        "deleted" => drop(fields.insert("is_deleted".into(), json!(true))),
        "restored" => drop(fields.insert("is_deleted".into(), json!(false))),
        _ => {}
    }
    let version = fields["version"].as_i64().unwrap_or_default() + 1;
    same("a version", &row["version"].as_i64(), &Some(version))?;
    fields.insert("version".into(), json!(version));
    Ok(())
}

/// The fields of a row that its users set.
fn seen(item: &Value) -> Map<String, Value> {
    let mut fields = Map::new();
    for name in [
        "date",
        "amount",
        "kind",
        "category_id",
        "account_id",
        "payee",
        "note",
        "external_id",
    ] {
        fields.insert(name.into(), item[name].clone());
    }
    let mut tags: Vec<Value> = item["tags"].as_array().cloned().unwrap_or_default();
    tags.sort_by_key(ToString::to_string);
    fields.insert("tags".into(), Value::Array(tags));
    if item.get("version").is_some() {
        fields.insert("version".into(), item["version"].clone());
        fields.insert("is_deleted".into(), json!(!item["deleted_at"].is_null()));
    }
    fields
}
