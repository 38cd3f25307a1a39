//! Used as a person would, against a server that answers what it was told to.

use super::*;
use crate::book::tests::{household, id, instant, ledger, page};
use crate::client::fake::{FakeApi, refusal};
use crate::outbox::Outbox;
use crate::testkit::Harness;
use api::ledger::Ledger;
use api::member::{IssuedInvite, MemberPatch, NewInvite, Role};
use api::problem::Code;
use std::sync::Arc;
use tempfile::TempDir;

struct Bench {
    fake: Arc<FakeApi>,
    desk: Desk,
    _state: TempDir,
}

fn member(number: u128, name: &str, role: Role) -> Member {
    Member {
        user_id: id(number),
        name: name.to_lowercase(),
        display_name: name.to_owned(),
        role,
        version: 1,
        created_at: instant(),
        updated_at: instant(),
    }
}

fn invite() -> Invite {
    Invite {
        id: id(70),
        role: Role::Viewer,
        user: Some("carla".to_owned()),
        created_by: id(9),
        created_at: instant(),
        expires_at: "2026-11-29T11:00:00Z".parse().unwrap(),
    }
}

fn me() -> serde_json::Value {
    serde_json::json!({ "id": id::<UserId>(9), "name": "ana", "display_name": "Ana", "is_admin": false,
        "is_disabled": false, "has_password": true, "timezone": null, "default_ledger_id": null, "version": 1,
        "created_at": instant(), "updated_at": instant() })
}

async fn bench(role: Role) -> Bench {
    let fake = Arc::new(FakeApi::new());
    household(&fake);
    fake.on("get_ledger", &Ledger { role, ..ledger() });
    fake.on("list_expenses", &page(Vec::<api::expense::Expense>::new()));
    fake.on(
        "list_members",
        &page(vec![
            member(9, "Ana", role),
            member(10, "Ben\u{1b}[2J", Role::Editor),
        ]),
    );
    fake.on("list_invites", &page(vec![invite()]));
    fake.on("get_me", &me());
    let state = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(state.path(), "test default").unwrap();
    let desk = Desk::new(fake.clone(), api::currency::Currency::EUR, outbox);
    desk.book.set(crate::book::load(fake.clone()).await.unwrap());
    Bench {
        fake,
        desk,
        _state: state,
    }
}

fn open(role: Role, width: u16, height: u16) -> (Bench, Harness) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let bench = runtime.block_on(bench(role));
    let mut app = Harness::new(width, height).open(Members::new(bench.desk.clone()));
    app.poster()
        .ledger(crate::open_ledger::OpenLedger::of(&bench.desk.book.lists()));
    app.settle();
    (bench, app)
}

fn said(app: &Harness) -> String {
    app.message()
        .map(|message| message.text.clone())
        .unwrap_or_default()
}

#[test]
fn an_owner_sees_members_and_open_invites_and_what_can_be_done() {
    let (_bench, app) = open(Role::Owner, 80, 24);
    insta::assert_snapshot!(app.screen());
    assert!(!app.screen().contains('\u{1b}'));
    let (_bench, wide) = open(Role::Owner, 140, 40);
    insta::assert_snapshot!(wide.screen());
    let dim = ratatui::style::Modifier::DIM;
    assert!(wide.style_of("open invite for").add_modifier.contains(dim));
    assert!(!wide.style_of("since").add_modifier.contains(dim));
}

#[test]
fn others_see_the_members_are_told_what_owners_do_and_may_leave() {
    let (bench, mut app) = open(Role::Viewer, 80, 24);
    insta::assert_snapshot!(app.screen());
    for key in ["i", "e", "d", "H"] {
        app.keys(key);
        assert_eq!(
            said(&app),
            "You are a viewer in Joint: settings and members are for owners.",
            "{key}"
        );
    }
    assert!(!bench.fake.operations().contains(&"list_invites"));
    bench.fake.on("leave_ledger", &());
    app.keys("X");
    assert!(app.screen().contains("Leave Joint?"), "{}", app.screen());
    app.keys("n");
    assert!(!bench.fake.operations().contains(&"leave_ledger"));
    app.keys("Xy");
    assert!(bench.fake.operations().contains(&"leave_ledger"));
}

#[test]
fn an_invite_is_made_with_its_role_and_its_code_is_shown_once_with_what_to_do() {
    let (bench, mut app) = open(Role::Owner, 80, 24);
    let issued = IssuedInvite {
        invite: Invite {
            user: None,
            ..invite()
        },
        code: "exi_ABCD-1234".to_owned(),
    };
    bench.fake.on("create_invite", &issued);
    app.keys("i");
    insta::assert_snapshot!(app.screen());
    app.keys("<c-u>viewer<tab><tab><c-u>99<c-x>");
    assert!(
        app.screen().contains("A number of days from 1 to 30"),
        "{}",
        app.screen()
    );
    app.keys("<c-u>3<c-x>");
    let sent: NewInvite = bench.fake.requests_of("create_invite")[0].body_value().unwrap();
    assert_eq!((sent.role, sent.user, sent.days), (Role::Viewer, None, Some(3)));
    insta::assert_snapshot!(app.screen());
    app.keys("y");
    assert!(app.copied()[0].contains("expense join exi_ABCD-1234"));
    app.keys("<esc>");
    assert!(!app.screen().contains("exi_ABCD"), "shown once");
}

#[test]
fn a_role_is_changed_with_the_members_version_and_the_last_owner_is_told_why_not() {
    let (bench, mut app) = open(Role::Owner, 80, 24);
    bench.fake.on("update_member", &member(10, "Ben", Role::Viewer));
    app.keys("je");
    assert!(app.screen().contains("Role of Ben"), "{}", app.screen());
    app.keys("view<cr>");
    let request = bench.fake.requests_of("update_member").pop().unwrap();
    assert_eq!(request.if_match.as_deref(), Some("\"1\""));
    assert_eq!(
        request.body_value::<MemberPatch>().unwrap().role,
        Some(Role::Viewer)
    );
    assert_eq!(said(&app), "Ben is viewer now.");
    let mut last = refusal(Code::Conflict);
    if let crate::client::ClientError::Problem { problem, .. } = &mut last {
        problem.detail = "A ledger keeps at least one owner - make somebody else an owner first".to_owned();
    }
    bench.fake.fail_once("leave_ledger", last);
    app.keys("Xy");
    assert!(said(&app).contains("at least one owner"), "{}", said(&app));
}

#[test]
fn removing_taking_back_and_handing_over_ask_first() {
    let (bench, mut app) = open(Role::Owner, 80, 24);
    bench.fake.on("remove_member", &());
    bench.fake.on("revoke_invite", &());
    bench.fake.on("hand_over_ledger", &member(10, "Ben", Role::Owner));
    app.keys("jd");
    assert!(
        app.screen().contains("What they recorded stays"),
        "{}",
        app.screen()
    );
    app.keys("y");
    assert_eq!(bench.fake.requests_of("remove_member").len(), 1);
    app.keys("Hy");
    assert!(said(&app).contains("you are an editor"), "{}", said(&app));
    app.keys("Gdy");
    assert_eq!(bench.fake.requests_of("revoke_invite").len(), 1);
}
