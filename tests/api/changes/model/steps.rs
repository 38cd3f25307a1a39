//! One random operation: what is asked of the server, and what of the model. What is drawn are small numbers; what they
//! mean depends on what is there, so that every operation finds something to work on.

mod names;
mod rows;
mod whole;

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
