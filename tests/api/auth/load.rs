//! What many sign-ins at once cost the others, and whether the time of a refusal tells anything. Both take a while:
//! `EXPENSE_TEST_LONG=1` runs them, and they print what they measured.

use super::login;
use serde_json::json;
use server::http::examples::EXAMPLE_PASSWORD;
use std::time::{Duration, Instant};
use tests::client::Http;
use tests::program::is_long_run;
use tests::server::TestApp;

const GUESSES: usize = 300;
const AT_ONCE: usize = 200;

/// Sign-ins that must not be slowed down by failures before them.
async fn forget(app: &TestApp) {
    app.forget_failures().await;
}

fn percentile(times: &mut [Duration], part: f64) -> Duration {
    times.sort_unstable();
    let at = (times.len() as f64 * part).ceil() as usize;
    times[at.clamp(1, times.len()) - 1]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_takes_as_long_as_a_wrong_password() {
    if !is_long_run() {
        return;
    }
    let app = TestApp::start().await;
    app.add_person("ana").await;
    let http = app.stranger();
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..GUESSES + 5 {
        for (name, times) in ["ana", "nobody"].into_iter().zip(&mut times) {
            forget(&app).await;
            let started = Instant::now();
            login(&http, name, "not the password of anybody")
                .await
                .expect(401);
            // The first few warm up.
            if n >= 5 {
                times.push(started.elapsed());
            }
        }
    }
    let [known, unknown] = times.map(|mut times| percentile(&mut times, 0.5).as_secs_f64() * 1000.0);
    let apart = (known - unknown).abs() / known.max(unknown) * 100.0;
    println!(
        "sign-in, medians of {GUESSES}: wrong password {known:.2} ms, unknown name {unknown:.2} ms, {apart:.2} % apart"
    );
    assert!(apart < 5.0, "{apart} %");
}

/// The most memory that this process ever held, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Asks again and again until told to stop, and gives the times.
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_sign_ins_at_once_leave_others_their_time_and_memory_its_bounds() {
    if !is_long_run() {
        return;
    }
    let app = TestApp::start().await;
    for n in 0..AT_ONCE {
        app.add_person(&format!("user{n}")).await;
    }
    for n in 0..50 {
        let row = json!({ "date": "2026-11-21", "amount": format!("{}.00", n + 1) });
        app.client().post("expenses", row).await.expect(201);
    }
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let quiet = tokio::spawn(probe(app.client(), stopped));
    tokio::time::sleep(Duration::from_secs(3)).await;
    stop.send(true).expect("the probe listens");
    let mut quiet = quiet.await.expect("the probe ends");
    let before = peak_mib();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let busy = tokio::spawn(probe(app.client(), stopped));
    let started = Instant::now();
    let all = (0..AT_ONCE).map(|n| {
        let http = app.stranger();
        async move {
            // Whoever is sent away comes again, as `Retry-After` says.
            let mut tries = 1;
            loop {
                let answer = login(&http, &format!("user{n}"), EXAMPLE_PASSWORD).await;
                match answer.status {
                    200 => return tries,
                    503 => assert!(answer.header("retry-after").is_some(), "{answer:?}"),
                    _ => panic!("{answer:?}"),
                }
                tries += 1;
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    });
    let tries: Vec<u32> = futures_util::future::join_all(all).await;
    let took = started.elapsed();
    stop.send(true).expect("the probe listens");
    let mut busy = busy.await.expect("the probe ends");
    let grown = peak_mib() - before;
    let sent_away: u32 = tries.iter().map(|tries| tries - 1).sum();
    let (median, p99) = (percentile(&mut quiet, 0.5), percentile(&mut busy, 0.99));
    let busy_median = percentile(&mut busy, 0.5);
    println!(
        "another request    n  median ms     p99 ms\n\
         quiet          {:>5}  {:>9.2}  {:>9.2}\n\
         {AT_ONCE} sign-ins   {:>5}  {:>9.2}  {:>9.2}\n\
         sign-ins took {:.1} s, {sent_away} times 503, memory grew by {grown} MiB",
        quiet.len(),
        median.as_secs_f64() * 1000.0,
        percentile(&mut quiet, 0.99).as_secs_f64() * 1000.0,
        busy.len(),
        busy_median.as_secs_f64() * 1000.0,
        p99.as_secs_f64() * 1000.0,
        took.as_secs_f64()
    );
    // Four hashes at most, of 19 MiB each, and what 200 requests hold besides.
    assert!(grown < 4 * 19 + 100, "{grown} MiB");
    assert!(p99 < median * 5, "p99 {p99:?}, quiet median {median:?}");
}
