//! How often one may guess: waits that grow and always end, counted across servers, by account and by address.

use super::login;
use api::auth::Login;
use chrono::TimeDelta;
use entity::throttle;
use sea_orm::EntityTrait;
use serde_json::json;
use server::clock::Clock;
use server::error::AppError;
use server::http::examples::EXAMPLE_PASSWORD;
use server::service::WriteKey;
use server::service::actor::Actor;
use server::service::sign_in;
use server::state::AppState;
use std::net::IpAddr;
use tests::client::{Answer, Http};
use tests::server::TestApp;

const WRONG: &str = "not the password of anybody";

/// Signs in from an address, past the socket. True where it was let in.
async fn guess(state: &AppState, name: &str, password: &str, from: &str) -> bool {
    let address: IpAddr = from.parse().unwrap();
    let by = Actor {
        user_id: None,
        client: "test".to_owned(),
        address: Some(address),
        network: Some(address),
    };
    let key = WriteKey {
        key: api::id::new_uuid().simple().to_string(),
        ..WriteKey::default()
    };
    let wanted = Login {
        name: name.to_owned(),
        password: password.into(),
        client: None,
    };
    match sign_in::login(state, &by, &key, wanted).await {
        Ok(_) => true,
        Err(AppError::Refused(refusal)) if refusal.code.status() == 401 => false,
        Err(error) => panic!("{error}"),
    }
}

/// The same from an address that nobody used before.
async fn guess_anew(state: &AppState, name: &str, password: &str) -> bool {
    let from = format!("10.1.{}.{}", rand::random::<u8>(), rand::random::<u8>());
    guess(state, name, password, &from).await
}

async fn fails(app: &TestApp, subject: &str) -> Vec<i32> {
    let rows = throttle::Entity::find().all(app.connection()).await.unwrap();
    rows.into_iter()
        .filter(|row| row.subject.starts_with(subject))
        .map(|row| row.fails)
        .collect()
}

#[tokio::test]
async fn five_failures_are_free_then_waits_double_up_to_a_quarter_of_an_hour_and_end() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    let (state, clock) = (&app.state, &app.state.clock);
    for _ in 0..5 {
        assert!(!guess_anew(state, "ana", WRONG).await);
    }
    for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
        assert!(!guess_anew(state, "ana", WRONG).await);
        clock.advance(TimeDelta::milliseconds(wait * 1000 - 1));
        // Not even the right one, and it makes nothing worse.
        assert!(
            !guess_anew(state, "ana", EXAMPLE_PASSWORD).await,
            "after {wait} s"
        );
        clock.advance(TimeDelta::milliseconds(1));
    }
    assert!(guess_anew(state, "ana", EXAMPLE_PASSWORD).await);
    // That forgot all of it.
    for _ in 0..5 {
        assert!(!guess_anew(state, "ana", WRONG).await);
    }
    assert!(guess_anew(state, "ana", EXAMPLE_PASSWORD).await);
}

#[tokio::test]
async fn the_count_begins_anew_after_a_day() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    for _ in 0..8 {
        assert!(!guess_anew(&app.state, "ana", WRONG).await);
        app.state.clock.advance(TimeDelta::seconds(10));
    }
    app.state.clock.advance(TimeDelta::hours(24));
    for _ in 0..5 {
        assert!(!guess_anew(&app.state, "ana", WRONG).await);
    }
    assert!(guess_anew(&app.state, "ana", EXAMPLE_PASSWORD).await);
}

#[tokio::test]
async fn two_servers_count_together() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    let other = app.another(|_| ()).await;
    for _ in 0..3 {
        assert!(!guess_anew(&app.state, "ana", WRONG).await);
        assert!(!guess_anew(&other.state, "ana", WRONG).await);
    }
    for state in [&app.state, &other.state] {
        assert!(!guess_anew(state, "ana", EXAMPLE_PASSWORD).await);
    }
    app.state.clock.advance(TimeDelta::seconds(1));
    assert!(guess_anew(&other.state, "ana", EXAMPLE_PASSWORD).await);
    other.shutdown().await;
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_than_one_after_the_other() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    let other = app.another(|_| ()).await;
    let guesses = (0..30).map(|n| {
        let state = if n % 2 == 0 { &app.state } else { &other.state };
        guess_anew(state, "ana", WRONG)
    });
    let let_in = futures_util::future::join_all(guesses).await;
    assert!(let_in.iter().all(|let_in| !let_in));
    // Six went ahead, the sixth with a wait behind it; the rest met that wait.
    assert_eq!(fails(&app, "account:").await, [6]);
    other.shutdown().await;
}

#[tokio::test]
async fn a_name_that_nobody_has_is_counted_like_any_other_and_not_kept() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    for name in ["ana", "nobody", "my password, typed in the wrong field"] {
        for _ in 0..8 {
            assert!(!guess_anew(&app.state, name, WRONG).await);
        }
    }
    assert_eq!(fails(&app, "account:").await, [6, 6, 6]);
    let rows = throttle::Entity::find().all(app.connection()).await.unwrap();
    assert!(rows.iter().all(|row| !row.subject.contains("nobody")), "{rows:?}");
}

#[tokio::test]
async fn whoever_keeps_guessing_elsewhere_does_not_keep_the_owner_out_at_home() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    assert!(guess(&app.state, "ana", EXAMPLE_PASSWORD, "10.0.0.1").await);
    for _ in 0..12 {
        assert!(!guess_anew(&app.state, "ana", WRONG).await);
        app.state.clock.advance(TimeDelta::minutes(15));
    }
    assert!(!guess_anew(&app.state, "ana", WRONG).await);
    assert!(
        !guess_anew(&app.state, "ana", EXAMPLE_PASSWORD).await,
        "elsewhere one waits"
    );
    assert!(guess(&app.state, "ana", EXAMPLE_PASSWORD, "10.0.0.1").await);
    // At home one waits for one's own mistakes.
    for _ in 0..6 {
        assert!(!guess(&app.state, "ana", WRONG, "10.0.0.1").await);
    }
    assert!(!guess(&app.state, "ana", EXAMPLE_PASSWORD, "10.0.0.1").await);
}

/// A server behind a proxy, which says where requests come from.
async fn behind_proxy() -> TestApp {
    let clock = Clock::fixed("2026-11-22T10:00:00Z".parse().unwrap());
    let proxies = |config: &mut server::config::Config| {
        config.server.proxies = vec!["127.0.0.0/8".parse().unwrap()];
        config.auth.open_sign_up = true;
    };
    TestApp::start_with(clock, proxies).await
}

async fn from(http: &Http, address: &str, name: &str, password: &str) -> Answer {
    login(http, name, password)
        .header("x-forwarded-for", address)
        .await
}

#[tokio::test]
async fn an_address_that_fails_thirty_times_in_ten_minutes_is_sent_away_until_they_are_over() {
    let app = behind_proxy().await;
    app.add_person("ana").await;
    let http = app.stranger();
    for n in 0..30 {
        let neighbour = format!("2001:db8:1:2::{n:x}");
        from(&http, &neighbour, &format!("nobody{n}"), WRONG)
            .await
            .refused(401, "unauthenticated");
        app.state.clock.advance(TimeDelta::seconds(10));
    }
    let away = from(&http, "2001:db8:1:2::ffff", "ana", EXAMPLE_PASSWORD).await;
    let away = away.refused(429, "rate-limited");
    let wait: i64 = away.header("retry-after").unwrap().parse().unwrap();
    assert!((300..=301).contains(&wait), "{wait}");
    let code = json!({ "name": "ana", "code": "x", "password": EXAMPLE_PASSWORD });
    http.post("/v1/auth/reset", code)
        .header("x-forwarded-for", "2001:db8:1:2::1")
        .await
        .refused(429, "rate-limited");
    from(&http, "2001:db8:1:3::1", "ana", EXAMPLE_PASSWORD)
        .await
        .expect(200);
    app.state.clock.advance(TimeDelta::seconds(wait));
    from(&http, "2001:db8:1:2::1", "ana", EXAMPLE_PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn an_address_makes_ten_accounts_an_hour() {
    let app = behind_proxy().await;
    let sign_up = |n: usize, from: &'static str| {
        let body = json!({ "name": format!("user{n}"), "password": EXAMPLE_PASSWORD });
        app.stranger()
            .post("/v1/auth/sign-up", body)
            .header("x-forwarded-for", from)
    };
    for n in 0..10 {
        sign_up(n, "10.0.0.1").await.expect(201);
    }
    sign_up(10, "10.0.0.1").await.refused(429, "rate-limited");
    sign_up(10, "10.0.0.2").await.expect(201);
    app.state.clock.advance(TimeDelta::hours(1));
    sign_up(11, "10.0.0.1").await.expect(201);
}

#[tokio::test]
async fn what_has_no_effect_any_more_is_cleared_away() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    assert!(guess(&app.state, "ana", EXAMPLE_PASSWORD, "10.0.0.1").await);
    assert!(!guess(&app.state, "nobody", WRONG, "10.0.0.2").await);
    app.state.clock.advance(TimeDelta::hours(1));
    server::job::clear::clear(&app.state).await.unwrap();
    assert_eq!(fails(&app, "").await.len(), 3);
    app.state.clock.advance(TimeDelta::hours(24));
    server::job::clear::clear(&app.state).await.unwrap();
    assert_eq!(
        (fails(&app, "").await.len(), fails(&app, "familiar:").await.len()),
        (1, 1)
    );
    app.state.clock.advance(TimeDelta::days(90));
    server::job::clear::clear(&app.state).await.unwrap();
    assert!(fails(&app, "").await.is_empty());
}
