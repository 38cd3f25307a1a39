//! Used as a person would, against a server that answers what it was told to.

use super::*;
use crate::book::tests::{household, id, instant, page};
use crate::client::fake::{FakeApi, refusal};
use crate::outbox::Outbox;
use crate::testkit::Harness;
use api::problem::{Code, Fault};
use api::token::IssuedToken;
use std::sync::Arc;
use tempfile::TempDir;

fn token(number: u128, name: &str, scopes: &[Scope], is_this: bool) -> Token {
    Token {
        id: id(number),
        kind: if is_this {
            TokenKind::Session
        } else {
            TokenKind::Api
        },
        name: name.to_owned(),
        scopes: scopes.to_vec(),
        ledger_ids: (!is_this).then(|| vec![id(1)]),
        is_this,
        made_by: None,
        created_at: instant(),
        expires_at: Some("2027-02-19T11:00:00Z".parse().unwrap()),
        last_used_at: is_this.then(instant),
    }
}

fn open(width: u16, height: u16) -> (Arc<FakeApi>, Harness, TempDir) {
    let fake = Arc::new(FakeApi::new());
    household(&fake);
    fake.on(
        "list_tokens",
        &page(vec![
            token(50, "laptop", &Scope::ALL, true),
            token(51, "backup\u{202e} script", &[Scope::Read], false),
        ]),
    );
    let state = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(state.path(), "test default").unwrap();
    let desk = Desk::new(fake.clone(), api::currency::Currency::EUR, outbox);
    let app = Harness::new(width, height).open(Tokens::new(desk));
    (fake, app, state)
}

#[test]
fn tokens_are_listed_with_what_they_are_good_for_and_this_one_is_marked() {
    let (_fake, app, _state) = open(80, 24);
    insta::assert_snapshot!(app.screen());
    assert!(app.screen().contains("laptop, this one"));
    assert!(!app.screen().contains('\u{202e}'));
    let (_fake, wide, _state) = open(140, 40);
    insta::assert_snapshot!(wide.screen());
    let bold = ratatui::style::Modifier::BOLD;
    assert!(wide.style_of("Your tokens").add_modifier.contains(bold));
}

#[test]
fn a_token_is_made_and_its_secret_shown_once_and_faults_stand_under_their_fields() {
    let (fake, mut app, _state) = open(80, 24);
    let mut fault = refusal(Code::Validation);
    if let ClientError::Problem { problem, .. } = &mut fault {
        problem.errors = vec![Fault {
            pointer: "/name".to_owned(),
            detail: "A token needs a name".to_owned(),
            ..Fault::default()
        }];
    }
    fake.fail_once("create_token", fault);
    app.keys("a<c-x>");
    assert!(
        app.screen().contains("! A token needs a name"),
        "{}",
        app.screen()
    );
    app.keys("backup<tab><c-u>read fly<c-x>");
    assert!(app.screen().contains("fly is no scope"), "{}", app.screen());
    app.keys("<c-u>read, add<tab>nowhere<c-x>");
    assert!(
        app.screen().contains("No ledger of yours is called nowhere"),
        "{}",
        app.screen()
    );
    insta::assert_snapshot!(app.screen());
    let issued = IssuedToken {
        token: token(52, "backup", &[Scope::Read], false),
        secret: "exp_s3cret".to_owned(),
    };
    fake.on("create_token", &issued);
    app.keys("<c-u>joint<c-x>");
    let sent: NewToken = fake
        .requests_of("create_token")
        .pop()
        .unwrap()
        .body_value()
        .unwrap();
    assert_eq!(sent.scopes, [Scope::Read, Scope::Add]);
    assert_eq!((sent.ledger_ids, sent.days), (Some(vec![id(1)]), Some(90)));
    assert!(
        app.screen().contains("Authorization: Bearer exp_s3cret"),
        "{}",
        app.screen()
    );
    app.keys("<esc>");
    assert!(!app.screen().contains("exp_s3cret"));
}

#[test]
fn revoking_asks_and_says_what_goes_with_it() {
    let (fake, mut app, _state) = open(80, 24);
    fake.on("revoke_token", &());
    app.keys("d");
    assert!(
        app.screen().contains("you will have to sign in again"),
        "{}",
        app.screen()
    );
    app.keys("n");
    assert!(fake.requests_of("revoke_token").is_empty());
    app.keys("jdy");
    assert_eq!(fake.requests_of("revoke_token").len(), 1);
}
