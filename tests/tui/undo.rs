//! Undo and redo in the app, over the log of a real server, with another person at work on the same row.

use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::program::{Home, block_on};
use tests::server::TestApp;
use tests::terminal::{ENTER, Terminal};

#[test]
fn what_was_added_and_edited_is_taken_back_step_by_step_and_done_again() {
    let (server, carla) = block_on(async {
        let app = TestApp::start().await;
        let carla = app.add_person("carla").await;
        let ana = app.add_person("ana").await;
        app.add_member(ana.user_id, carla.ledger_id, "editor").await;
        app.set_password(ana.user_id).await;
        let carlas = app.client_of(&carla).in_ledger(carla.ledger_id);
        (app, carlas)
    });
    let mut home = Home::new();
    home.set("EXPENSE_SERVER", &server.url());
    home.set("EXPENSE_LEDGER", "carla's");
    let mut app = Terminal::open(&home, &[]);
    app.wait("Sign in to");
    app.send("ana");
    app.send("\t");
    app.send(EXAMPLE_PASSWORD);
    app.send(ENTER);
    app.wait_gone("Password");
    app.wait("a add");
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("12.50 noodles");
    app.send(ENTER);
    app.wait("Saved 12.50 noodles");
    app.send("c");
    app.wait("Category of");
    app.send("rent");
    app.send(ENTER);
    app.wait("Changed 12.50 noodles");

    // Carla writes a note on the row meanwhile: that is not Ana's to lose.
    let row = block_on(async {
        let page = carla.get("expenses").await.ok(200);
        let row = page["items"][0].clone();
        let path = format!("expenses/{}", row["id"].as_str().unwrap());
        carla.patch(&path, json!({ "note": "with Ben" })).await.ok(200);
        path
    });
    app.send("u");
    app.wait("Not undone, because it was changed since: 12.50 noodles by carla.");
    let kept = block_on(async { carla.get(&row).await.ok(200) });
    assert_eq!(kept["note"], "with Ben");
    app.send("H");
    app.wait("History of 12.50 noodles");
    let text = app.wait("with Ben").contents();
    assert!(text.contains("carla") && text.contains("added"), "{text}");
    app.send("q");
    app.wait_gone("History of");
    block_on(async {
        let rev = carla.get("changes?sort=-rev&limit=1").await.ok(200)["rev"].clone();
        carla
            .post(&format!("changes/{rev}/undo"), Value::Null)
            .await
            .ok(200)
    });

    app.send("u");
    app.wait("Undone: edit of 12.50 noodles. U does it again.");
    app.send("u");
    app.wait("Undone: adding of 12.50 noodles. U does it again.");
    app.wait("No rows in");
    let gone = block_on(async { carla.get(&row).await.ok(200) });
    assert!(gone["deleted_at"].is_string(), "{gone}");
    app.send("U");
    app.wait("Done again: 12.50 noodles. u takes it back.");
    let back = app.wait("1 row").contents();
    assert!(back.contains("noodles"), "{back}");
    let back = block_on(async { carla.get(&row).await.ok(200) });
    assert_eq!(back["deleted_at"], Value::Null);
    app.send("q");
    assert_eq!(app.ended().code, 0);
}
