//! One random operation: what is asked of the server, and what of the model. What is drawn are small numbers; what they
//! mean depends on what is there, so that every operation finds something to work on.

use super::state::{Book, Done, Entry, Noun, Outcome, Row, Thing};
use api::id::new_uuid;
use proptest::prelude::{Arbitrary, BoxedStrategy, Strategy, any};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use tests::client::{Answer, Http};
use tests::server::TestApp;
use uuid::Uuid;

const DAYS: [&str; 3] = ["2026-11-19", "2026-11-20", "2026-11-21"];
const KINDS: [&str; 3] = ["expense", "refund", "income"];
const PAYEES: [&str; 3] = ["Rewe", "Aldi", "Shell"];
const TAGS: [&str; 3] = ["a", "b", "c"];
const NAMES: [&str; 4] = ["One", "Two", "Three", "Four"];

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    what: u8,
    a: u8,
    b: u8,
    c: u8,
    who: bool,
    server: bool,
}

impl Arbitrary for Step {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        (0..20_u8, any::<(u8, u8, u8, bool, bool)>())
            .prop_map(|(what, (a, b, c, who, server))| Self {
                what,
                a,
                b,
                c,
                who,
                server,
            })
            .boxed()
    }
}

fn pick<T: Clone>(of: &[T], n: u8) -> Option<T> {
    (!of.is_empty()).then(|| of[usize::from(n) % of.len()].clone())
}

/// The server's ledger and the model's.
pub struct Game {
    pub book: Book,
    pub ledger_id: Uuid,
    /// By member, by server.
    clients: [[Http; 2]; 2],
    pub users: [Uuid; 2],
    step: Step,
}

impl Game {
    pub async fn begin(app: &TestApp, other: SocketAddr) -> Self {
        let name = |who: &str| format!("{who}-{:014x}", new_uuid().as_u128() & 0xff_ffff_ffff_ffff);
        let ana = app.add_person(&name("ana")).await;
        let ben = app.add_person(&name("ben")).await;
        app.add_member(ben.user_id, ana.ledger_id, "editor").await;
        let clients = [&ana, &ben].map(|person| {
            [app.address(), other]
                .map(|address| Http::new(address, Some(&person.token)).in_ledger(ana.ledger_id))
        });
        let step = Step {
            what: 0,
            a: 0,
            b: 0,
            c: 0,
            who: false,
            server: false,
        };
        let mut game = Self {
            book: Book::default(),
            ledger_id: ana.ledger_id,
            clients,
            users: [ana.user_id, ben.user_id],
            step,
        };
        for (noun, name) in [
            (Noun::Category, "Food"),
            (Noun::Category, "Rent"),
            (Noun::Account, "Card"),
            (Noun::Account, "Cash"),
        ] {
            game.create_entry(noun, name, None)
                .await
                .expect("an empty ledger");
        }
        game
    }

    pub fn http(&self) -> &Http {
        &self.clients[usize::from(self.step.who)][usize::from(self.step.server)]
    }

    pub async fn play(&mut self, step: &Step) -> Result<(), String> {
        self.step = *step;
        let played = match step.what {
            0..=2 => self.create().await,
            3..=5 => self.edit().await,
            6 => self.delete().await,
            7 => self.restore().await,
            8 => self.batch().await,
            9 => self.day().await,
            10 => self.merge().await,
            11 => self.rename().await,
            12 => self.delete_entry().await,
            13 => self.new_entry().await,
            14 => self.import().await,
            15 | 16 => self.undo(3, false).await,
            17 => self.undo(8, false).await,
            18 => self.undo(8, true).await,
            _ => self.redo().await,
        };
        played.map_err(|error| format!("{step:?}: {error}"))
    }

    fn done(&self, is_for_rows: bool) -> Done {
        Done {
            rev: 0,
            actor: usize::from(self.step.who),
            changes: Vec::new(),
            is_open: true,
            undoes: None,
            is_undone: false,
            is_for_rows,
        }
    }

    /// Holds an answer against what the model expects of it, and the ledger's revision against its own.
    async fn settle(
        &mut self,
        answer: Answer,
        success: u16,
        outcome: Outcome,
        done: Done,
    ) -> Result<Answer, String> {
        let changes = match outcome {
            Ok(changes) => changes,
            Err(status) => {
                let rev = self.rev().await;
                return if answer.status == status && rev == self.book.rev {
                    Ok(answer)
                } else {
                    Err(format!(
                        "wanted {status} and revision {}, got {rev} and {answer:?}",
                        self.book.rev
                    ))
                };
            }
        };
        if answer.status != success {
            return Err(format!("wanted {success}, got {answer:?}"));
        }
        let is_idle = changes
            .iter()
            .all(|(id, after)| self.book.things.get(id).is_some_and(|(now, _)| now == after));
        let is_remembered = done.undoes.is_some() || !is_idle;
        if is_remembered {
            self.book.rev += 1;
            let changes = self.with_true_ids(changes).await;
            let done = Done {
                rev: self.book.rev,
                ..done
            };
            self.book.commit(changes, done);
        }
        let rev = self.rev().await;
        if rev == self.book.rev {
            Ok(answer)
        } else {
            Err(format!("the ledger is at {rev}, the model at {}", self.book.rev))
        }
    }

    async fn rev(&self) -> i64 {
        let ledger = self
            .http()
            .get(&format!("/v1/ledgers/{}", self.ledger_id))
            .await
            .ok(200);
        ledger["rev"].as_i64().expect("a revision")
    }

    /// Names that the server made get the ids that it gave them.
    async fn with_true_ids(&self, changes: Vec<(Uuid, Thing)>) -> Vec<(Uuid, Thing)> {
        let mut text: Vec<(Uuid, Uuid)> = Vec::new();
        for (id, thing) in &changes {
            let Thing::Entry(entry) = thing else { continue };
            if self.book.things.contains_key(id) || !matches!(entry.noun, Noun::Payee | Noun::Tag) {
                continue;
            }
            let listed = self.http().walk(entry.noun.plural()).await;
            let found = listed.iter().find(|item| item["name"] == entry.name.as_str());
            if let Some(true_id) = found.and_then(|item| item["id"].as_str()?.parse().ok()) {
                text.push((*id, true_id));
            }
        }
        let real = |id: Uuid| {
            text.iter()
                .find(|(drawn, _)| *drawn == id)
                .map_or(id, |(_, real)| *real)
        };
        changes
            .into_iter()
            .map(|(id, thing)| {
                let thing = match thing {
                    Thing::Row(row) => Thing::Row(Row {
                        payee: row.payee.map(real),
                        tags: row.tags.into_iter().map(real).collect(),
                        ..row
                    }),
                    entry @ Thing::Entry(_) => entry,
                };
                (real(id), thing)
            })
            .collect()
    }

    /// The entry of that name, or a new one that the operation makes.
    fn on_use(&self, noun: Noun, name: &str, made: &mut Vec<(Uuid, Thing)>) -> Uuid {
        if let Some(id) = self.book.named(noun, name, None) {
            return id;
        }
        let known = made.iter().find(
            |(_, thing)| matches!(thing, Thing::Entry(entry) if entry.noun == noun && entry.name == name),
        );
        if let Some((id, _)) = known {
            return *id;
        }
        let id = new_uuid();
        let name = name.to_owned();
        made.push((
            id,
            Thing::Entry(Entry {
                noun,
                name,
                parent: None,
                is_deleted: false,
            }),
        ));
        id
    }

    fn names(&self) -> (Option<&'static str>, BTreeSet<&'static str>) {
        let Step { b, c, .. } = self.step;
        let payee = (b % 4 > 0).then(|| PAYEES[usize::from(b) % 3]);
        let tags = (0..3)
            .filter(|bit| c & (1 << bit) != 0)
            .map(|bit| TAGS[usize::from(bit as u8)]);
        (payee, tags.collect())
    }

    async fn create(&mut self) -> Result<(), String> {
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

    async fn edit(&mut self) -> Result<(), String> {
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

    async fn delete(&mut self) -> Result<(), String> {
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

    async fn restore(&mut self) -> Result<(), String> {
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
    async fn batch(&mut self) -> Result<(), String> {
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
    async fn day(&mut self) -> Result<(), String> {
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

    async fn merge(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let live = self.book.live(noun);
        let (Some(from), Some(into)) = (pick(&live, b), pick(&live, c)) else {
            return Ok(());
        };
        if from == into || !self.book.children(from).is_empty() {
            return Ok(());
        }
        let outcome = self.book.merge(from, into);
        let path = format!("{}/{from}/merge", noun.plural());
        let answer = self.http().post(&path, json!({ "into_id": into })).await;
        self.settle(answer, 200, outcome, self.done(true)).await.map(drop)
    }

    async fn rename(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let Some(id) = pick(&self.book.live(noun), b) else {
            return Ok(());
        };
        let name = NAMES[usize::from(c) % 4];
        let outcome = self.book.rename(id, name);
        let path = format!("{}/{id}", noun.plural());
        let answer = self.http().patch(&path, json!({ "name": name })).await;
        self.settle(answer, 200, outcome, self.done(false))
            .await
            .map(drop)
    }

    async fn delete_entry(&mut self) -> Result<(), String> {
        let Step { a, b, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let Some(id) = pick(&self.book.live(noun), b) else {
            return Ok(());
        };
        let outcome = self.book.delete_entry(id);
        let answer = self.http().delete(&format!("{}/{id}", noun.plural())).await;
        self.settle(answer, 204, outcome, self.done(false))
            .await
            .map(drop)
    }

    async fn new_entry(&mut self) -> Result<(), String> {
        let Step { a, b, c, .. } = self.step;
        let noun = Noun::ALL[usize::from(a) % 4];
        let tops: Vec<Uuid> = self
            .book
            .live(Noun::Category)
            .into_iter()
            .filter(|id| self.book.entry(*id).is_some_and(|entry| entry.parent.is_none()))
            .collect();
        let parent = pick(&tops, c).filter(|_| noun == Noun::Category && c % 2 == 0);
        self.create_entry(noun, NAMES[usize::from(b) % 4], parent).await
    }

    async fn create_entry(&mut self, noun: Noun, name: &str, parent: Option<Uuid>) -> Result<(), String> {
        let id = new_uuid();
        let entry = Entry {
            noun,
            name: name.to_owned(),
            parent,
            is_deleted: false,
        };
        let outcome = if self.book.named(noun, name, parent).is_some() {
            Err(409)
        } else {
            Ok(vec![(id, Thing::Entry(entry))])
        };
        let kind = (noun == Noun::Account).then_some("cash");
        let body = without_nulls(json!({ "id": id, "name": name, "parent_id": parent, "kind": kind }));
        let answer = self.http().post(noun.plural(), body).await;
        self.settle(answer, 201, outcome, self.done(false))
            .await
            .map(drop)
    }

    /// A file of up to three rows, of which a bank's id may be known.
    async fn import(&mut self) -> Result<(), String> {
        let Step { a, b, .. } = self.step;
        let mut file = "Date,Amount,Note,Payee,external_id\n".to_owned();
        let mut made = Vec::new();
        let mut rows = Vec::new();
        for n in 0..=(a % 3) {
            let external_id = (n > 0).then(|| format!("x{}", b.wrapping_add(n) % 4));
            let payee = (n == 0 && b % 2 == 0).then_some(PAYEES[usize::from(b) % 3]);
            let cents = 300 + i64::from(n);
            file.push_str(&format!(
                "{},{},import,{},{}\n",
                DAYS[1],
                money(cents),
                payee.unwrap_or_default(),
                external_id.clone().unwrap_or_default()
            ));
            let is_known = external_id
                .as_ref()
                .is_some_and(|id| self.book.refs.contains_key(&(Uuid::nil(), id.clone())));
            if !is_known {
                let payee = payee.map(|name| self.on_use(Noun::Payee, name, &mut made));
                rows.push(Row {
                    note: Some("import".to_owned()),
                    payee,
                    external_id,
                    ..plain(DAYS[1], cents)
                });
            }
        }
        let draft = self
            .http()
            .call(Method::POST, "imports")
            .bytes("text/csv", file.as_str())
            .await
            .expect(201);
        self.book.rev += 1;
        let fixed = Done {
            is_open: false,
            rev: self.book.rev,
            ..self.done(true)
        };
        self.book.commit(Vec::new(), fixed);
        let path = format!("imports/{}", draft.json["id"].as_str().expect("an id"));
        let answer = self.http().call(Method::POST, &format!("{path}/commit")).await;
        let written = self.http().walk(&format!("{path}/rows?verdict=new")).await;
        let ids: Vec<Uuid> = written
            .iter()
            .filter_map(|row| row["expense_id"].as_str()?.parse().ok())
            .collect();
        if ids.len() != rows.len() {
            return Err(format!(
                "{} rows written, not {}: {answer:?}",
                ids.len(),
                rows.len()
            ));
        }
        let rows = ids.into_iter().zip(rows.into_iter().map(Thing::Row));
        let changes = made.into_iter().chain(rows).collect();
        self.settle(answer, 200, Ok(changes), self.done(true))
            .await
            .map(drop)
    }

    /// One of the latest operations is taken back.
    async fn undo(&mut self, deep: u8, is_skipping: bool) -> Result<(), String> {
        let back = usize::from(self.step.a % deep);
        let Some(of) = self.book.done.len().checked_sub(back + 1) else {
            return Ok(());
        };
        self.take_back(of, is_skipping).await
    }

    async fn redo(&mut self) -> Result<(), String> {
        let undos = self
            .book
            .done
            .iter()
            .rposition(|done| done.undoes.is_some() && !done.is_undone);
        match undos {
            Some(of) => self.take_back(of, false).await,
            None => Ok(()),
        }
    }

    async fn take_back(&mut self, of: usize, is_skipping: bool) -> Result<(), String> {
        let reversal = self.book.reverse(of, is_skipping);
        let skip = if is_skipping { "?skip=conflicts" } else { "" };
        let path = format!("changes/{}/undo{skip}", self.book.done[of].rev);
        let answer = self.http().post(&path, Value::Null).await;
        let done = Done {
            undoes: Some(of),
            ..self.done(self.book.done[of].is_for_rows)
        };
        let (outcome, told) = match reversal {
            Ok((changes, skipped, unmade)) => (Ok(changes), Some((skipped, unmade))),
            Err(status) => (Err(status), None),
        };
        let answer = self.settle(answer, 200, outcome, done).await?;
        if let Some((skipped, unmade)) = told {
            self.book.note_undo(of);
            self.book.forget_refs(&unmade);
            if answer.json["skipped"] != skipped {
                return Err(format!("{skipped} rows stay, said the model: {answer:?}"));
            }
        }
        Ok(())
    }
}

fn plain(date: &str, cents: i64) -> Row {
    Row {
        date: date.to_owned(),
        cents,
        kind: "expense",
        category: None,
        account: None,
        payee: None,
        tags: BTreeSet::new(),
        note: None,
        external_id: None,
        is_deleted: false,
    }
}

pub fn money(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn without_nulls(mut body: Value) -> Value {
    if let Some(map) = body.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
    body
}
