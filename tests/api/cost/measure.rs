//! What requests cost a server of its own, by the system's account: for every operation with a body the dearest bodies that
//! are known, and many files at once. It prints tables and fails above the bounds; `tests/measure` runs it with the release
//! build, since nothing of it is true of another.

use super::{Target, most_fields, targets, unknown_fields};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tests::client::Http;
use tests::daemon::Daemon;
use tests::program::Home;

/// CPU that a body may cost which is refused.
const MOST_REFUSED_MS: f64 = 50.0;
/// CPU that a row may cost which is taken.
const MOST_ROW_MS: f64 = 1.0;
const MOST_PEAK_MIB: u64 = 256;
const FILES: usize = 12;
/// Each body is sent so often, since the system counts in hundredths of a second.
const ROUNDS: u32 = 10;

struct Server {
    home: Home,
    daemon: Daemon,
}

impl Server {
    fn start() -> Self {
        let home = Home::new();
        let mut command = Daemon::command(&home, None);
        command
            .env("EXPENSE__SERVER__WRITES_PER_MINUTE", "0")
            .env("EXPENSE__SERVER__READS_PER_MINUTE", "0");
        let daemon = Daemon::started(&home, command);
        Self { home, daemon }
    }

    /// CPU that the process has had, in milliseconds.
    fn cpu_ms(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.daemon.pid())).expect("its account");
        let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
        let ticks = fields.split_whitespace().skip(11).take(2);
        // A tick is a hundredth of a second wherever Linux runs.
        ticks
            .map(|field| field.parse::<f64>().expect("ticks"))
            .sum::<f64>()
            * 10.0
    }

    fn peak_mib(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.daemon.pid())).expect("its status");
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        kib.expect("its peak") / 1024
    }
}

/// The dearest bodies known: each with its name.
fn bodies(target: &Target) -> Vec<(&'static str, String)> {
    let most = target.most_bytes;
    let fill = |piece: &str, before: &str, after: &str| {
        let count = (most - before.len() - after.len()) / piece.len();
        format!("{before}{}{after}", piece.repeat(count))
    };
    vec![
        ("1 fault", unknown_fields(1)),
        ("1,000 faults", unknown_fields(1000)),
        ("most fields", most_fields(most)),
        ("a long list", fill("1,", "{\"tags\":[", "1]}")),
        ("a list of rows", fill("{},", "{\"operations\":[", "{}]}")),
        ("a day of rows", fill("{},", "{\"rows\":[", "{}]}")),
        ("a long text", fill("a", "{\"name\":\"", "\"}")),
        ("a long amount", fill("1", "{\"amount\":\"", "\"}")),
        ("escapes", fill("\\u00e9", "{\"text\":\"", "\"}")),
        (
            "a long line",
            fill("#a ", "{\"today\":\"2026-11-21\",\"text\":\"", "\"}"),
        ),
        ("deep", fill("[", "", "")),
        ("one key twice", fill("\"a\":1,", "{", "\"a\":1}")),
        ("a long number", fill("1", "", "")),
        ("blanks", fill(" ", "", "")),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures: tests/measure runs it alone, with the release build"]
async fn a_body_that_is_refused_costs_little() {
    let server = Server::start();
    let http = server.daemon.client();
    let document = http.get("/openapi.json").await.ok(200);
    println!(
        "{:<22} {:<15} {:>9} {:>7} {:>8} {:>8}",
        "operation", "dearest body", "bytes", "status", "answer", "CPU ms"
    );
    let mut over = Vec::new();
    for target in targets(&document).iter().filter(|target| target.takes_json) {
        let mut dearest: Option<(f64, String)> = None;
        for (name, body) in bodies(target) {
            let (mut status, mut bytes) = (0, 0);
            let before = server.cpu_ms();
            for _ in 0..ROUNDS {
                let answer = target.send(&http, body.clone()).await;
                (status, bytes) = (answer.status, answer.text().len());
            }
            let cost = (server.cpu_ms() - before) / f64::from(ROUNDS);
            let line = format!(
                "{:<22} {name:<15} {:>9} {status:>7} {bytes:>8} {cost:>8.1}",
                target.name(),
                body.len()
            );
            if bytes > super::MOST_BYTES || cost > MOST_REFUSED_MS || status < 400 {
                over.push(line.clone());
            }
            if dearest.as_ref().is_none_or(|(most, _)| cost > *most) {
                dearest = Some((cost, line));
            }
        }
        println!("{}", dearest.map(|(_, line)| line).unwrap_or_default());
    }
    assert!(over.is_empty(), "above the bounds:\n{}", over.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures: tests/measure runs it alone, with the release build"]
async fn a_row_that_is_taken_costs_little() {
    let server = Server::start();
    let http = server.daemon.client();
    println!("{:<40} {:>6} {:>10}", "taken", "rows", "CPU ms/row");
    let mut over = Vec::new();
    let mut told = |what: &str, rows: usize, ms: f64| {
        let line = format!("{what:<40} {rows:>6} {:>10.3}", ms / rows as f64);
        println!("{line}");
        if ms / rows as f64 > MOST_ROW_MS {
            over.push(line);
        }
    };
    let plain =
        |n: usize| json!({ "date": "2026-11-21", "amount": format!("{}.50", n + 1), "note": "lunch" });
    let tagged = |n: usize| {
        let tags: Vec<String> = (0..20).map(|tag| format!("t{}", n * 20 + tag)).collect();
        json!({ "date": "2026-11-21", "amount": "1.00", "tags": tags })
    };
    let batch = |row: &dyn Fn(usize) -> Value, count: usize| {
        let operations: Vec<Value> = (0..count)
            .map(|n| json!({ "op": "create", "expense": row(n) }))
            .collect();
        json!({ "operations": operations })
    };
    for (what, row, count) in [
        ("batch of plain rows", &plain as &dyn Fn(usize) -> Value, 500),
        // No more new names fit into one change.
        ("batch of rows with twenty new tags", &tagged, 90),
        ("the same, the tags known", &tagged, 90),
    ] {
        let before = server.cpu_ms();
        http.post("expenses/batch", batch(row, count)).await.expect(200);
        told(what, count, server.cpu_ms() - before);
    }
    let before = server.cpu_ms();
    for n in 0..200 {
        http.post("expenses", plain(n)).await.expect(201);
    }
    told("single rows", 200, server.cpu_ms() - before);
    let before = server.cpu_ms();
    for n in 0..200 {
        let line = json!({ "text": format!("{}.50 lunch +trip // note", n + 1), "today": "2026-11-22" });
        http.post("expenses/quick", line).await.expect(201);
    }
    told("entry lines", 200, server.cpu_ms() - before);
    let day = http.get("days/2026-11-20").await;
    let rows: Vec<Value> = (0..500)
        .map(|n| json!({ "amount": format!("{}.50", n + 1) }))
        .collect();
    let before = server.cpu_ms();
    http.put("days/2026-11-20", json!({ "rows": rows }))
        .if_match(&day.etag())
        .await
        .expect(200);
    told("a day sheet", 500, server.cpu_ms() - before);
    assert!(over.is_empty(), "above the bounds:\n{}", over.join("\n"));
}

fn percentile(times: &mut [Duration], part: f64) -> f64 {
    times.sort_unstable();
    let at = (times.len() as f64 * part).ceil() as usize;
    times[at.clamp(1, times.len()) - 1].as_secs_f64() * 1000.0
}

async fn probe(http: Http, stop: tokio::sync::watch::Receiver<bool>) -> Vec<Duration> {
    let mut times = Vec::new();
    while !*stop.borrow() {
        let started = Instant::now();
        http.get("expenses?limit=10").await.expect(200);
        times.push(started.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    times
}

/// What another request took while `work` ran.
async fn beside<T>(http: &Http, work: impl Future<Output = T>) -> (Vec<Duration>, T) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let asking = tokio::spawn(probe(http.clone(), stopped));
    let done = work.await;
    stop.send(true).expect("the probe listens");
    (asking.await.expect("the probe ends"), done)
}

/// A hundred thousand rows, 15.8 MB.
fn file() -> Vec<u8> {
    let mut file = "Date,Amount,Payee,Note,External ID\n".to_owned();
    for n in 0..100_000 {
        let note = format!(
            "row {n} of a long year, {}",
            "paid at the counter ".repeat(4) + "in cash"
        );
        file.push_str(&format!(
            "2026-{:02}-{:02},-{}.50,Shop {},{note},bank-{n:08}\n",
            n % 12 + 1,
            n % 28 + 1,
            n % 900 + 1,
            n % 500
        ));
    }
    file.into_bytes()
}

/// Sends it until it is taken; gives how often it was sent away.
async fn import(http: Http, file: Vec<u8>) -> u32 {
    let mut sent_away = 0;
    loop {
        let answer = http
            .call(Method::POST, "imports")
            .bytes("text/csv", file.clone())
            .await;
        if answer.status == 201 {
            return sent_away;
        }
        let answer = answer.refused(503, "unavailable");
        let secs = answer.header("retry-after").and_then(|secs| secs.parse().ok());
        sent_away += 1;
        tokio::time::sleep(Duration::from_secs(secs.expect("seconds"))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures: tests/measure runs it alone, with the release build"]
async fn twelve_files_at_once_leave_others_their_time_and_memory_its_bounds() {
    let server = Server::start();
    let http = server.daemon.client();
    for n in 0..50 {
        let row = json!({ "date": "2026-11-21", "amount": format!("{}.00", n + 1) });
        http.post("expenses", row).await.expect(201);
    }
    let (mut quiet, ()) = beside(&http, tokio::time::sleep(Duration::from_secs(5))).await;
    let file = file();
    println!(
        "{FILES} files of {:.1} MB at once, into {}",
        file.len() as f64 / 1e6,
        server.home.path().display()
    );
    let started = Instant::now();
    let all = (0..FILES).map(|_| import(http.clone(), file.clone()));
    let (mut busy, sent_away) = beside(&http, futures_util::future::join_all(all)).await;
    let took = started.elapsed().as_secs_f64();
    println!(
        "they took {took:.1} s, {} times 503, peak {} MiB",
        sent_away.iter().sum::<u32>(),
        server.peak_mib()
    );
    println!("another request       n  median ms     p99 ms");
    for (name, times) in [("quiet", &mut quiet), ("beside files", &mut busy)] {
        let (median, p99) = (percentile(times, 0.5), percentile(times, 0.99));
        println!("{name:<15} {:>7}  {median:>9.2}  {p99:>9.2}", times.len());
    }
    assert!(server.peak_mib() < MOST_PEAK_MIB, "{} MiB", server.peak_mib());
    let factor = percentile(&mut busy, 0.99) / percentile(&mut quiet, 0.99);
    assert!(factor < 5.0, "p99 is {factor:.1} times that of a quiet server");
}
