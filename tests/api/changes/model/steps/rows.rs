//! Operations on rows: one, several at once, a day.

use super::*;

impl Game {
    pub(super) async fn create(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let id = new_uuid();
        let (payee, tags) = self.names();
        let mut made = Vec::new();
        let of = |noun, n: u8| pick(&self.book.live(noun), n).filter(|_| !n.is_multiple_of(3));
        let row = Row {
            date: DAYS[usize::from(a) % 3].to_owned(),
            cents: 100 + i64::from(b) * 7,
            kind: KINDS[usize::from(c) % 3],
            category: of(Noun::Category, a / 3),
            account: of(Noun::Account, b / 3),
            payee: payee.map(|name| self.on_use(Noun::Payee, name, &mut made)),
            tags: tags
                .iter()
                .map(|name| self.on_use(Noun::Tag, name, &mut made))
                .collect(),
            note: None,
            external_id: (c % 4 == 0).then(|| format!("x{}", a % 3)),
            is_deleted: false,
        };
        let body = json!({
            "id": id, "date": row.date, "amount": money(row.cents), "kind": row.kind, "category_id": row.category,
            "account_id": row.account, "payee": payee, "tags": tags, "external_id": row.external_id,
        });
        let body = without_nulls(body);
        let outcome = self
            .book
            .put(id, row)
            .map(|rows| made.into_iter().chain(rows).collect());
        let answer = self.http().post("expenses", body).await;
        self.settle(answer, 201, outcome, self.done(true)).await.map(drop)
    }

    pub(super) async fn edit(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let Some(id) = pick(&self.book.rows(false), a) else {
            return Ok(());
        };
        let mut row = self.book.row(id).expect("a row").clone();
        let mut made = Vec::new();
        let (payee, tags) = self.names();
        let patch = match b % 9 {
            0 => {
                row.cents = 1 + i64::from(c);
                json!({ "amount": money(row.cents) })
            }
            1 => {
                row.note = (c > 30).then(|| format!("note {c}"));
                json!({ "note": row.note })
            }
            2 => {
                row.payee = payee.map(|name| self.on_use(Noun::Payee, name, &mut made));
                json!({ "payee": payee })
            }
            3 => {
                row.tags = tags
                    .iter()
                    .map(|name| self.on_use(Noun::Tag, name, &mut made))
                    .collect();
                json!({ "tags": tags })
            }
            4 => {
                row.category = pick(&self.book.live(Noun::Category), c).filter(|_| c % 4 > 0);
                json!({ "category_id": row.category })
            }
            5 => {
                row.account = pick(&self.book.live(Noun::Account), c).filter(|_| c % 4 > 0);
                json!({ "account_id": row.account })
            }
            6 => {
                row.date = DAYS[usize::from(c) % 3].to_owned();
                json!({ "date": row.date })
            }
            7 => {
                row.external_id = (c % 4 > 0).then(|| format!("x{}", c % 3));
                json!({ "external_id": row.external_id })
            }
            _ => {
                row.kind = KINDS[usize::from(c) % 3];
                json!({ "kind": row.kind })
            }
        };
        let outcome = self
            .book
            .put(id, row)
            .map(|rows| made.into_iter().chain(rows).collect());
        let answer = self.http().patch(&format!("expenses/{id}"), patch).await;
        self.settle(answer, 200, outcome, self.done(true)).await.map(drop)
    }

    pub(super) async fn delete(&mut self) -> Result<(), String> {
        let Some(id) = pick(&self.book.rows(false), self.step.a) else {
            return Ok(());
        };
        let row = self.book.row(id).expect("a row").clone();
        let gone = Thing::Row(Row {
            is_deleted: true,
            ..row
        });
        let answer = self.http().delete(&format!("expenses/{id}")).await;
        self.settle(answer, 204, Ok(vec![(id, gone)]), self.done(true))
            .await
            .map(drop)
    }

    pub(super) async fn restore(&mut self) -> Result<(), String> {
        let Some(id) = pick(&self.book.rows(true), self.step.a) else {
            return Ok(());
        };
        let outcome = self.book.restore(id);
        let answer = self
            .http()
            .call(Method::POST, &format!("expenses/{id}/restore"))
            .await;
        self.settle(answer, 200, outcome, self.done(true)).await.map(drop)
    }

    /// One row made, one changed, one deleted.
    pub(super) async fn batch(&mut self) -> Result<(), String> {
        let Step { a, b, .. } = self.step;
        let id = new_uuid();
        let fresh = plain(DAYS[0], 250 + i64::from(b));
        let mut operations = vec![
            json!({ "op": "create", "expense": { "id": id, "date": fresh.date, "amount": money(fresh.cents) } }),
        ];
        let mut changes = vec![(id, Thing::Row(fresh))];
        let live = self.book.rows(false);
        let (one, two) = (pick(&live, a), pick(&live, b));
        if let Some(id) = one {
            let mut row = self.book.row(id).expect("a row").clone();
            row.note = Some(format!("batch {b}"));
            operations.push(json!({ "op": "update", "id": id, "patch": { "note": row.note } }));
            changes.push((id, Thing::Row(row)));
        }
        if let Some(id) = two.filter(|two| Some(*two) != one) {
            let mut row = self.book.row(id).expect("a row").clone();
            row.is_deleted = true;
            operations.push(json!({ "op": "delete", "id": id }));
            changes.push((id, Thing::Row(row)));
        }
        let answer = self
            .http()
            .post("expenses/batch", json!({ "operations": operations }))
            .await;
        self.settle(answer, 200, Ok(changes), self.done(true))
            .await
            .map(drop)
    }

    /// A day saved with one row left out, one changed and one more.
    pub(super) async fn day(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let day = DAYS[usize::from(a) % 3];
        let read = self.http().get(&format!("days/{day}")).await.expect(200);
        let etag = read.etag();
        let mut sent = Vec::new();
        let mut changes = Vec::new();
        for (n, row) in read.json["rows"].as_array().expect("rows").iter().enumerate() {
            let id: Uuid = row["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
            let mut known = self
                .book
                .row(id)
                .ok_or("a row that the model does not have")?
                .clone();
            match n {
                0 if b % 2 == 0 => {
                    known.is_deleted = true;
                    changes.push((id, Thing::Row(known)));
                    continue;
                }
                1 => {
                    known.note = Some(format!("day {c}"));
                    sent.push(json!({ "id": id, "note": known.note }));
                    changes.push((id, Thing::Row(known)));
                }
                _ => sent.push(json!({ "id": id })),
            }
        }
        if c % 2 == 0 {
            let (id, row) = (new_uuid(), plain(day, 500 + i64::from(c)));
            sent.push(json!({ "id": id, "is_new": true, "amount": money(row.cents) }));
            changes.push((id, Thing::Row(row)));
        }
        let answer = self
            .http()
            .put(&format!("days/{day}"), json!({ "rows": sent }))
            .if_match(&etag)
            .await;
        self.settle(answer, 200, Ok(changes), self.done(true))
            .await
            .map(drop)
    }
}
