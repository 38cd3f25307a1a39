//! Sharing a ledger: invites, roles, leaving, removing, handing over; and that an owner always remains.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::client::Http;
use tests::people::Person;
use tests::server::TestApp;

async fn invite(app: &TestApp, body: Value) -> String {
    let issued = app.client().post("invites", body).await.ok(201);
    issued["code"].as_str().unwrap().to_owned()
}

async fn accept(app: &TestApp, person: &Person, code: &str) -> tests::client::Answer {
    let code = json!({ "code": code });
    app.client_of(person).post("/v1/invites/accept", code).await
}

/// Somebody who became a member by an invite.
async fn joined(app: &TestApp, name: &str, role: &str) -> (Person, Http) {
    let person = app.add_person(name).await;
    let code = invite(app, json!({ "role": role })).await;
    accept(app, &person, &code).await.expect(200);
    let http = app.client_of(&person).in_ledger(app.ledger_id());
    (person, http)
}

fn url(person: &Person) -> String {
    format!("members/{}", person.user_id)
}

#[tokio::test]
async fn an_invite_is_accepted_once_and_makes_a_member() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let ben = app.add_person("ben").await;
    let code = invite(&app, json!({ "role": "editor" })).await;
    let theirs = app.client_of(&ana).in_ledger(app.ledger_id());
    theirs.get("expenses").await.refused(404, "not-found");
    let done = accept(&app, &ana, &code).await.ok(200);
    assert_eq!(done["role"], "editor");
    assert_eq!(done["ledger_id"], json!(app.ledger_id()));
    theirs.get("expenses").await.expect(200);
    // A repeat by the same person answers the same; to anybody else it is as if it had never been.
    assert_eq!(accept(&app, &ana, &code).await.ok(200), done);
    accept(&app, &ben, &code).await.refused(404, "not-found");
    let members = app.client().get("members").await.ok(200);
    let seen: Vec<_> = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].clone(), one["role"].clone()))
        .collect();
    assert_eq!(
        seen,
        [(json!("local"), json!("owner")), (json!("ana"), json!("editor"))]
    );
    assert_eq!(app.client().get("invites").await.ok(200)["items"], json!([]));
    // One change for the invite, one for the member.
    assert_eq!(
        (app.rev().await, app.count_changes(app.ledger_id()).await),
        (2, 2)
    );
    assert_eq!(app.client().get(&url(&ana)).await.ok(200)["name"], "ana");
    app.client().get(&url(&ben)).await.refused(404, "not-found");
}

#[tokio::test]
async fn an_invite_that_is_expired_taken_back_or_for_somebody_else_is_not_there() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let (ana, ben) = (app.add_person("ana").await, app.add_person("ben").await);
    let for_ben = invite(&app, json!({ "role": "viewer", "user": "Ben" })).await;
    accept(&app, &ana, &for_ben).await.refused(404, "not-found");
    accept(&app, &ben, &for_ben).await.expect(200);
    let taken_back = invite(&app, json!({ "role": "viewer" })).await;
    let listed = app.client().get("invites").await.ok(200);
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    app.client().delete(&format!("invites/{id}")).await.expect(204);
    app.client()
        .delete(&format!("invites/{id}"))
        .await
        .refused(404, "not-found");
    accept(&app, &ana, &taken_back).await.refused(404, "not-found");
    let short = invite(&app, json!({ "role": "viewer", "days": 1 })).await;
    app.state.clock.advance(TimeDelta::days(1));
    accept(&app, &ana, &short).await.refused(404, "not-found");
    accept(&app, &ana, "exp_inv_x").await.refused(404, "not-found");
    accept(&app, &ana, "").await.refused(400, "validation");
}

#[tokio::test]
async fn the_code_of_an_invite_is_told_once() {
    let app = TestApp::start().await;
    let http = app.client();
    let body = json!({ "role": "viewer" });
    http.post("invites", body.clone())
        .key("invite-1")
        .await
        .expect(201);
    http.post("invites", body.clone())
        .key("invite-1")
        .await
        .refused(409, "already-done");
    http.post("invites", json!({ "role": "owner" }))
        .key("invite-1")
        .await
        .refused(422, "key-reused");
    assert_eq!(
        http.get("invites").await.ok(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    http.post("invites", json!({ "role": "king" }))
        .await
        .refused(400, "validation");
    http.post("invites", json!({ "role": "viewer", "user": "Not A Name" }))
        .await
        .refused(422, "unprocessable");
    http.post("invites", json!({ "role": "viewer", "days": 31 }))
        .await
        .refused(400, "validation");
    for _ in 0..19 {
        http.post("invites", body.clone()).await.expect(201);
    }
    http.post("invites", body).await.refused(409, "conflict");
}

#[tokio::test]
async fn somebody_who_is_a_member_already_stays_as_they_are() {
    let app = TestApp::start().await;
    let (ana, _) = joined(&app, "ana", "viewer").await;
    let code = invite(&app, json!({ "role": "owner" })).await;
    accept(&app, &ana, &code).await.refused(409, "conflict");
    assert_eq!(app.client().get(&url(&ana)).await.ok(200)["role"], "viewer");
    // What was refused did not use the invite up.
    accept(&app, &app.add_person("ben").await, &code)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_role_holds_from_the_next_request_on() {
    let app = TestApp::start().await;
    let (ana, theirs) = joined(&app, "ana", "viewer").await;
    let row = json!({ "date": "2026-11-21", "amount": "1" });
    theirs
        .post("expenses", row.clone())
        .await
        .refused(403, "forbidden");
    let member = app.client().get(&url(&ana)).await.expect(200);
    let patch = json!({ "role": "editor" });
    let changed = app
        .client()
        .patch(&url(&ana), patch.clone())
        .if_match(&member.etag())
        .await
        .expect(200);
    assert_eq!(
        (changed.json["role"].clone(), changed.etag()),
        (json!("editor"), "\"2\"".to_owned())
    );
    theirs.post("expenses", row.clone()).await.expect(201);
    app.client()
        .patch(&url(&ana), patch)
        .if_match(&member.etag())
        .await
        .refused(412, "stale-version");
    app.client().delete(&url(&ana)).await.expect(204);
    theirs.post("expenses", row).await.refused(404, "not-found");
    app.client().delete(&url(&ana)).await.refused(404, "not-found");
    app.client()
        .patch(&url(&ana), json!({ "role": "owner" }))
        .await
        .refused(404, "not-found");
    // What was recorded stays, and somebody who was a member can be one again.
    assert_eq!(app.count_expenses().await, 1);
    let code = invite(&app, json!({ "role": "adder" })).await;
    accept(&app, &ana, &code).await.expect(200);
    assert_eq!(
        theirs.get("expenses").await.ok(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn who_is_no_owner_any_more_lets_nobody_in_by_an_invite_of_before() {
    let app = TestApp::start().await;
    let ben = app.add_person("ben").await;
    for how in ["removed", "demoted", "handed over"] {
        let (ana, theirs) = joined(&app, &format!("ana-{}", &how[..2]), "owner").await;
        let made = theirs.post("invites", json!({ "role": "owner" })).await.ok(201);
        let code = made["code"].as_str().unwrap();
        let kept = invite(&app, json!({ "role": "viewer" })).await;
        match how {
            "removed" => app.client().delete(&url(&ana)).await.expect(204),
            "demoted" => app
                .client()
                .patch(&url(&ana), json!({ "role": "editor" }))
                .await
                .expect(200),
            _ => theirs
                .post(&format!("{}/hand-over", url(app.owner())), json!(null))
                .await
                .expect(200),
        };
        for person in [&ana, &ben] {
            accept(&app, person, code).await.refused(404, "not-found");
        }
        // Others' invites stay.
        let invites = app.client().get("invites").await.ok(200);
        assert_eq!(invites["items"].as_array().unwrap().len(), 1, "{how}");
        let carla = app.add_person(&format!("carla-{}", &how[..2])).await;
        accept(&app, &carla, &kept).await.expect(200);
    }
}

#[tokio::test]
async fn an_owner_always_remains() {
    let app = TestApp::start().await;
    let http = app.client();
    let owner = app.owner().clone();
    http.post("leave", json!(null)).await.refused(409, "conflict");
    http.delete(&url(&owner)).await.refused(409, "conflict");
    http.patch(&url(&owner), json!({ "role": "editor" }))
        .await
        .refused(409, "conflict");
    let (ana, theirs) = joined(&app, "ana", "viewer").await;
    theirs
        .post(&format!("{}/hand-over", url(&ana)), json!(null))
        .await
        .refused(403, "forbidden");
    http.post(&format!("{}/hand-over", url(&owner)), json!(null))
        .await
        .refused(409, "conflict");
    let nobody = format!("members/{}/hand-over", api::id::new_uuid());
    http.post(&nobody, json!(null)).await.refused(404, "not-found");
    let handed = http
        .post(&format!("{}/hand-over", url(&ana)), json!(null))
        .key("hand")
        .await
        .ok(200);
    assert_eq!(handed["role"], "owner");
    assert_eq!(theirs.get(&url(&owner)).await.ok(200)["role"], "editor");
    http.post("invites", json!({ "role": "viewer" }))
        .await
        .refused(403, "forbidden");
    http.post("leave", json!(null)).await.expect(204);
    http.get("members").await.refused(404, "not-found");
    theirs.post("leave", json!(null)).await.refused(409, "conflict");
}

#[tokio::test]
async fn two_owners_who_leave_at_once_leave_one() {
    let app = TestApp::start().await;
    for round in 0..5 {
        let (ana, theirs) = joined(&app, &format!("ana{round}"), "owner").await;
        let http = app.client();
        let (one, other) = tokio::join!(async { http.post("leave", json!(null)).await }, async {
            theirs.post("leave", json!(null)).await
        },);
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{one:?} {other:?}");
        if one.status == 204 {
            // The one who stayed lets the owner of the next round in again.
            let code = theirs.post("invites", json!({ "role": "owner" })).await.ok(201);
            accept(&app, app.owner(), code["code"].as_str().unwrap())
                .await
                .expect(200);
            theirs.delete(&url(&ana)).await.expect(204);
        }
    }
}
