//! A disk that becomes full, read-only or broken under nine writers, at points drawn from a seed: every 201 is there after
//! kill -9, no row is there that nobody sent, and writing goes on as soon as there is room. `EXPENSE_TEST_SEED` repeats a run.

use api::id::new_uuid;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::client::Http;
use tests::daemon::Daemon;
use tests::db::{Backend, PrivateMariaDb, TestDb};
use tests::disk::{Disk, Fault};
use tests::program::{Home, block_on, cases};

const WRITERS: u64 = 9;

/// What the server said of each row that was sent.
#[derive(Default)]
struct Journal {
    acknowledged: Mutex<BTreeSet<String>>,
    /// Refused as unavailable, or never answered: these may be there or not.
    uncertain: Mutex<BTreeSet<String>>,
    /// How many requests were acknowledged, and refused, since the counts were last looked at.
    done: AtomicU32,
    refused: AtomicU32,
    should_stop: AtomicBool,
}

impl Journal {
    fn take_counts(&self) -> (u32, u32) {
        (
            self.done.swap(0, Ordering::SeqCst),
            self.refused.swap(0, Ordering::SeqCst),
        )
    }

    /// Rows one by one and in batches, until told to stop or the server is gone.
    async fn write(self: Arc<Self>, http: Http, seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        while !self.should_stop.load(Ordering::SeqCst) {
            let rows = if random.random_bool(0.2) { 25 } else { 1 };
            let ids: Vec<String> = (0..rows).map(|_| new_uuid().to_string()).collect();
            let row = |id: &String| {
                json!({ "id": id, "date": "2026-11-21", "amount": "1.00", "payee": format!("payee {}", seed % 50),
                    "note": "n".repeat(200) })
            };
            let call = if let [id] = ids.as_slice() {
                http.post("expenses", row(id))
            } else {
                let all: Vec<Value> = ids
                    .iter()
                    .map(|id| json!({ "op": "create", "expense": row(id) }))
                    .collect();
                http.post("expenses/batch", json!({ "operations": all }))
            };
            match call.try_send().await {
                Ok(answer) if answer.status == 201 || answer.status == 200 => {
                    self.acknowledged.lock().unwrap().extend(ids);
                    self.done.fetch_add(1, Ordering::SeqCst);
                }
                Ok(answer) => {
                    answer.refused(503, "unavailable");
                    self.uncertain.lock().unwrap().extend(ids);
                    self.refused.fetch_add(1, Ordering::SeqCst);
                }
                Err(_) => {
                    self.uncertain.lock().unwrap().extend(ids);
                    return;
                }
            }
        }
    }

    async fn check(&self, http: &Http, seed: u64) {
        let rows = http.walk("expenses?limit=200").await;
        let found: BTreeSet<String> = rows
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found.len(), rows.len(), "a row is there twice, seed {seed}");
        let acknowledged = self.acknowledged.lock().unwrap();
        let lost: Vec<_> = acknowledged.difference(&found).collect();
        assert!(
            lost.is_empty(),
            "{} of {} acknowledged rows are lost, seed {seed}",
            lost.len(),
            acknowledged.len()
        );
        let uncertain = self.uncertain.lock().unwrap();
        let strange = found
            .iter()
            .filter(|id| !acknowledged.contains(*id) && !uncertain.contains(*id));
        assert_eq!(strange.count(), 0, "a row is there that nobody sent, seed {seed}");
    }
}

/// The server under test, its database and the disk that both of them, or the database alone, write to.
struct Bench {
    home: Home,
    disk: Disk,
    db: Db,
    server: Option<Daemon>,
}

enum Db {
    Sqlite(TestDb),
    MariaDb(PrivateMariaDb),
}

impl Bench {
    async fn new() -> Self {
        let mut home = Home::new();
        let (db, disk) = match Backend::of_this_run() {
            Backend::Sqlite => {
                let db = TestDb::new().await;
                let disk = Disk::under(db.folder());
                disk.serve(&mut home);
                (Db::Sqlite(db), disk)
            }
            Backend::MariaDb => {
                let folder = tempfile::tempdir().expect("make a folder");
                let disk = Disk::under(folder.path());
                let db = PrivateMariaDb::start(folder, &disk.env()).await;
                (Db::MariaDb(db), disk)
            }
        };
        let mut bench = Self {
            home,
            disk,
            db,
            server: None,
        };
        bench.start();
        bench
    }

    fn url(&self) -> String {
        match &self.db {
            Db::Sqlite(db) => db.url().to_owned(),
            Db::MariaDb(db) => db.url(),
        }
    }

    fn start(&mut self) {
        self.home.set("EXPENSE__SERVER__WRITES_PER_MINUTE", "0");
        self.home.set("EXPENSE__SERVER__READS_PER_MINUTE", "0");
        self.server = Some(Daemon::start(&self.home, Some(&self.url())));
    }

    fn http(&self) -> Http {
        self.server.as_ref().unwrap().client()
    }

    /// What is there can be read all the while.
    async fn read(&self, http: &Http) {
        for path in ["expenses?limit=5", "reports/by-category"] {
            let answer = http.get(path).await;
            if self.is_database_up() {
                answer.expect(200);
            }
        }
    }

    /// InnoDB ends its process where a rollback finds no room.
    fn is_database_up(&self) -> bool {
        match &self.db {
            Db::Sqlite(_) => true,
            Db::MariaDb(db) => db.is_up(),
        }
    }

    /// As a service manager does with a database that ended.
    async fn revive_database(&mut self) {
        if let Db::MariaDb(db) = &mut self.db
            && !db.is_up()
        {
            db.kill();
            db.start_again().await;
        }
    }

    /// kill -9 of everything, and up again.
    async fn crash(&mut self) {
        self.server.as_mut().unwrap().kill();
        if let Db::MariaDb(db) = &mut self.db {
            db.kill();
            db.start_again().await;
        }
        self.start();
    }

    /// The faults that this database goes on under. MariaDB ends itself where its log cannot be written.
    fn faults(&self) -> &'static [Fault] {
        match self.db {
            Db::Sqlite(_) => &Fault::ALL,
            Db::MariaDb(_) => &[Fault::Full],
        }
    }
}

async fn until(what: &str, seed: u64, mut is_so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "waited in vain for {what}, seed {seed}"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    began.elapsed()
}

#[expect(clippy::disallowed_methods, reason = "how a run is repeated")]
fn seed() -> u64 {
    let asked = std::env::var("EXPENSE_TEST_SEED").ok();
    asked
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(rand::random)
}

#[test]
fn what_is_acknowledged_beside_a_failing_disk_is_there_after_a_crash_and_writing_goes_on_when_there_is_room()
{
    let seed = seed();
    let rounds = match Backend::of_this_run() {
        Backend::Sqlite => cases(4, 30),
        Backend::MariaDb => cases(2, 10),
    };
    block_on(async {
        let mut random = StdRng::seed_from_u64(seed);
        let mut bench = Bench::new().await;
        let journal = Arc::new(Journal::default());
        let mut slowest = Duration::ZERO;
        let (mut refused, mut faults_met) = (0, 0);
        for _ in 0..rounds {
            let http = bench.http();
            journal.should_stop.store(false, Ordering::SeqCst);
            let writers: Vec<_> = (0..WRITERS)
                .map(|_| tokio::spawn(journal.clone().write(http.clone(), random.random())))
                .collect();
            until("the first rows", seed, || {
                journal.done.load(Ordering::SeqCst) > 10
            })
            .await;
            let fault = *bench.faults().choose(&mut random).unwrap();
            let calls = random.random_range(0..60);
            journal.take_counts();
            bench.disk.fail(fault, calls);
            // Full is felt only when a file has to grow, which takes its time.
            until("the fault to be felt", seed, || {
                journal.refused.load(Ordering::SeqCst) > 12 || journal.done.load(Ordering::SeqCst) > 1500
            })
            .await;
            bench.read(&http).await;
            let ready = http.get("/readyz").await.status;
            let (_, met) = journal.take_counts();
            refused += met;
            faults_met += u32::from(met > 0);
            if met > 0 && matches!(fault, Fault::WriteFails | Fault::SyncFails | Fault::ReadOnly) {
                assert_eq!(ready, 503, "ready beside {fault:?}, seed {seed}");
            }
            bench.disk.mend();
            bench.revive_database().await;
            let wait = until("a row after there is room", seed, || {
                journal.done.load(Ordering::SeqCst) > 0
            })
            .await;
            slowest = slowest.max(wait);
            http.get("/readyz").await.expect(200);
            // Nobody holds a transaction open: all that is refused from now on was under way before.
            journal.take_counts();
            until("more rows", seed, || journal.done.load(Ordering::SeqCst) > 30).await;
            let (_, late) = journal.take_counts();
            assert!(
                u64::from(late) <= WRITERS,
                "{late} refused after {fault:?} was over, seed {seed}"
            );
            // At any moment, the writers at work.
            bench.crash().await;
            for writer in writers {
                writer.await.unwrap();
            }
            journal.take_counts();
            journal.check(&bench.http(), seed).await;
        }
        let sent = journal.acknowledged.lock().unwrap().len();
        println!(
            "{rounds} rounds, {faults_met} with refusals ({refused}), {sent} rows acknowledged, 0 lost; \
             the first row after room: at most {slowest:?}; seed {seed}"
        );
        assert!(faults_met > 0, "no fault was ever felt, seed {seed}");
    });
}
