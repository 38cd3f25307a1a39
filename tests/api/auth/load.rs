//! What many sign-ins at once cost the others, and whether the time of a refusal tells anything. Both measure times,
//! so that they run alone, by `tests/measure`, and print a table.

use super::login;
use serde_json::json;
use server::http::examples::EXAMPLE_PASSWORD;
use std::time::{Duration, Instant};
use tests::client::Http;
use tests::server::TestApp;

const GUESSES: usize = 300;
const AT_ONCE: usize = 200;

fn percentile(times: &mut [Duration], part: f64) -> Duration {
    times.sort_unstable();
    let at = (times.len() as f64 * part).ceil() as usize;
    times[at.clamp(1, times.len()) - 1]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: tests/measure runs it alone"]
async fn an_unknown_name_takes_as_long_as_a_wrong_password() {
    let app = TestApp::start().await;
    app.add_person("ana").await;
    let http = app.stranger();
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..GUESSES + 5 {
        for (name, times) in ["ana", "nobody"].into_iter().zip(&mut times) {
            app.forget_failures().await;
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

/// Everybody signs in at the same moment; whoever is sent away comes again, as `Retry-After` says. Gives how often that was.
async fn sign_in_all(http: &Http) -> u32 {
    let all = (0..AT_ONCE).map(|n| {
        let http = http.clone();
        async move {
            let mut sent_away = 0;
            loop {
                let answer = login(&http, &format!("user{n}"), EXAMPLE_PASSWORD).await;
                if answer.status == 200 {
                    return sent_away;
                }
                let answer = answer.refused(503, "unavailable");
                let wait = answer.header("retry-after").and_then(|secs| secs.parse().ok());
                sent_away += 1;
                tokio::time::sleep(Duration::from_secs(wait.expect("seconds"))).await;
            }
        }
    });
    futures_util::future::join_all(all).await.into_iter().sum()
}

/// What another request took while `work` ran.
async fn beside<T>(app: &TestApp, work: impl Future<Output = T>) -> (Vec<Duration>, T) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let asking = tokio::spawn(probe(app.client(), stopped));
    let done = work.await;
    stop.send(true).expect("the probe listens");
    (asking.await.expect("the probe ends"), done)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "measures: tests/measure runs it alone"]
async fn two_hundred_sign_ins_at_once_leave_others_their_time_and_memory_its_bounds() {
    let app = TestApp::start().await;
    for n in 0..AT_ONCE {
        app.add_person(&format!("user{n}")).await;
    }
    for n in 0..50 {
        let row = json!({ "date": "2026-11-21", "amount": format!("{}.00", n + 1) });
        app.client().post("expenses", row).await.expect(201);
    }
    let http = app.stranger();
    let mut factor = f64::MAX;
    println!("another request       n  median ms     p99 ms");
    // Whatever else this machine does makes it slower, never faster: the best round is the one that tells.
    for _ in 0..3 {
        let (mut quiet, ()) = beside(&app, tokio::time::sleep(Duration::from_secs(3))).await;
        let before = peak_mib();
        let started = Instant::now();
        let (mut busy, sent_away) = beside(&app, sign_in_all(&http)).await;
        let took = started.elapsed().as_secs_f64();
        let grown = peak_mib() - before;
        for (name, times) in [("quiet", &mut quiet), ("200 sign-ins", &mut busy)] {
            let (median, p99) = (percentile(times, 0.5), percentile(times, 0.99));
            println!(
                "{name:<15} {:>7}  {:>9.2}  {:>9.2}",
                times.len(),
                millis(median),
                millis(p99)
            );
        }
        println!("  they took {took:.1} s, {sent_away} times 503, memory grew by {grown} MiB");
        // Four hashes at most, of 19 MiB each, and what 200 requests hold besides.
        assert!(grown < 4 * 19 + 100, "{grown} MiB");
        factor = factor.min(millis(percentile(&mut busy, 0.99)) / millis(percentile(&mut quiet, 0.5)));
        if factor < 5.0 {
            break;
        }
    }
    assert!(factor < 5.0, "p99 is {factor:.1} times the quiet median");
}
