//! Two people in two terminals on one server and one ledger, each signed in with a password and in a role of their own;
//! and a session that ends in the middle of a form.

use entity::token;
use sea_orm::EntityTrait;
use sea_orm::sea_query::Expr;
use serde_json::Value;
use server::http::examples::EXAMPLE_PASSWORD;
use tests::people::Person;
use tests::program::{Finished, Home, block_on};
use tests::server::TestApp;
use tests::terminal::{ENTER, Terminal};

/// A server with Carla's ledger, which Ana edits and Ben looks at.
fn shared() -> (TestApp, Person, Person) {
    block_on(async {
        let app = TestApp::start().await;
        let carla = app.add_person("carla").await;
        let ana = app.add_person("ana").await;
        let ben = app.add_person("ben").await;
        app.add_member(ana.user_id, carla.ledger_id, "editor").await;
        app.add_member(ben.user_id, carla.ledger_id, "viewer").await;
        for person in [&ana, &ben] {
            app.set_password(person.user_id).await;
        }
        (app, ana, ben)
    })
}

fn home_at(app: &TestApp) -> Home {
    let mut home = Home::new();
    home.set("EXPENSE_SERVER", &app.url());
    home.set("EXPENSE_LEDGER", "carla's");
    home
}

/// Without a token, the app asks for name and password by itself.
fn sign_in(terminal: &mut Terminal, name: &str) {
    terminal.wait("Sign in to");
    terminal.send(name);
    terminal.send("\t");
    terminal.send(EXAMPLE_PASSWORD);
    terminal.send(ENTER);
    terminal.wait_gone("Password");
}

#[test]
fn the_editor_adds_the_viewer_sees_it_and_is_told_why_not_to_add() {
    let (server, ana, _) = shared();
    let (home_of_ana, home_of_ben) = (home_at(&server), home_at(&server));
    let mut editor = Terminal::open(&home_of_ana, &[]);
    sign_in(&mut editor, "ana");
    editor.wait("carla's EUR (editor)");
    let mut viewer = Terminal::open(&home_of_ben, &[]);
    sign_in(&mut viewer, "ben");
    let seen = viewer.wait("carla's EUR (viewer)").contents();
    assert!(seen.contains("2 Insights"), "{seen}");
    editor.wait("a add");
    editor.send("a");
    editor.wait("12.50 lunch #food");
    editor.send("12.50 lunch");
    editor.send(ENTER);
    editor.wait("Saved 12.50 lunch");
    viewer.send("r");
    viewer.wait("lunch");
    let text = viewer.text();
    let footer = text.lines().last().unwrap_or_default();
    assert!(footer.contains("? help"), "{text}");
    assert!(
        !footer.contains("a add") && !footer.contains("d delete"),
        "{footer}"
    );
    viewer.send("a");
    viewer.wait("You are a viewer in carla's: adding is for editors and owners.");
    // The switcher: one's own ledger, where one may do everything.
    viewer.send("L");
    viewer.wait("Who shares carla's");
    viewer.send("ben");
    viewer.wait("ben's");
    viewer.send(ENTER);
    viewer.wait(" ben's EUR ");
    viewer.wait("a add");
    viewer.send("q");
    assert_eq!(viewer.ended().code, 0);
    // What was signed in once is signed in the next time; the choice stays where nothing else is said.
    let mut home_of_ben = home_of_ben;
    home_of_ben.unset("EXPENSE_LEDGER");
    let again = Terminal::open(&home_of_ben, &[]);
    again.wait(" ben's EUR ");
    assert!(!again.text().contains("Sign in"), "{}", again.text());
    let mode = |path: &str| {
        let folder = home_of_ben.state().join(path);
        let entries = std::fs::read_dir(folder).unwrap();
        let modes = entries.map(|entry| {
            use std::os::unix::fs::PermissionsExt;
            entry.unwrap().metadata().unwrap().permissions().mode() & 0o777
        });
        modes.collect::<Vec<_>>()
    };
    assert_eq!(mode("tokens"), [0o600]);
    let http = block_on(async { server.client_of(&ana).get("/v1/ledgers").await.ok(200) });
    assert_eq!(http["items"].as_array().unwrap().len(), 2, "{http}");
}

#[test]
fn a_session_that_ends_in_the_middle_of_a_form_is_begun_again_and_the_form_goes_on() {
    let (server, ana, _) = shared();
    let home = home_at(&server);
    let mut app = Terminal::open(&home, &[]);
    sign_in(&mut app, "ana");
    app.wait("carla's EUR (editor)");
    app.send("i");
    app.wait("To account");
    app.send("48.90");
    app.wait("48.90");
    let http = server.client_of(&ana);
    block_on(async {
        let tokens = http.get("/v1/tokens").await.ok(200);
        let is_session = |token: &&Value| token["kind"] == "session";
        for token in tokens["items"].as_array().unwrap().iter().filter(is_session) {
            let id = token["id"].as_str().unwrap();
            http.delete(&format!("/v1/tokens/{id}")).await.ok(204);
        }
    });
    app.send("\x18");
    app.wait("Your token is not good any more");
    // A wrong password is told under its field, and what was typed stays.
    app.send("ana\twr0ng-one");
    app.send(ENTER);
    app.wait("is not right");
    app.send("\x15");
    app.send(EXAMPLE_PASSWORD);
    app.send(ENTER);
    app.wait("Saved 48.90");
    let rows = block_on(async {
        let path = format!("/v1/ledgers/{}/expenses", ledger_of(&server, &ana).await);
        http.get(&path).await.ok(200)
    });
    assert_eq!(rows["items"].as_array().unwrap().len(), 1, "{rows}");
    app.send("q");
    assert_eq!(app.ended().code, 0);
    for file in home.files() {
        let text = std::fs::read(home.path().join(&file)).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert!(
            !text.contains(EXAMPLE_PASSWORD) && !text.contains("wr0ng-one"),
            "{file:?}"
        );
    }
}

/// As if all sessions had given their password long ago.
fn let_passwords_grow_old(server: &TestApp) {
    let old = token::Entity::update_many().col_expr(
        token::Column::ConfirmedUntil,
        Expr::value(server.state.clock.now()),
    );
    block_on(async { old.exec(server.connection()).await.unwrap() });
}

#[test]
fn what_lets_a_program_in_asks_for_the_password_once_more_and_the_form_goes_on() {
    let (server, ..) = shared();
    let home = home_at(&server);
    let mut app = Terminal::open(&home, &[]);
    sign_in(&mut app, "ana");
    app.wait("carla's EUR (editor)");
    let_passwords_grow_old(&server);
    app.send(":tokens");
    app.wait("your tokens for programs");
    app.send(ENTER);
    app.wait("Your tokens: ");
    app.send("a");
    app.wait("A token for a program");
    app.send("backup");
    app.wait("backup");
    app.send("\x18");
    app.wait("Your password, once more");
    // Left without it, the form says so and still has what was typed.
    app.send("\x1b");
    app.wait("this asks for your password once more");
    app.wait("backup");
    app.send("\x18");
    app.wait("Your password, once more");
    app.send("wr0ng-one");
    app.send(ENTER);
    app.wait("This is not your password");
    app.send("\x15");
    app.send(EXAMPLE_PASSWORD);
    app.send(ENTER);
    app.wait("exp_api_");
    app.send("\x1b");
    app.wait_gone("exp_api_");
    app.wait("backup");
    app.send("q");
    app.wait("No rows in");
    app.send("q");
    assert_eq!(app.ended().code, 0);
}

#[test]
fn an_invite_by_a_command_asks_for_the_password_once_more() {
    let (server, ..) = shared();
    let mut home = home_at(&server);
    home.set("EXPENSE_LEDGER", "ben's");
    let with_password = |arguments: &[&str]| {
        let command = home.command("expense", arguments);
        Finished::fed(command, &format!("{EXAMPLE_PASSWORD}\n"))
    };
    with_password(&["login", "--name", "ben", "--password-stdin"]).ok();
    // Fresh from the sign-in nobody is asked.
    assert!(home.expense(&["invite", "viewer"]).ok().starts_with("exp_inv_"));
    let_passwords_grow_old(&server);
    let said = home.expense(&["invite", "viewer"]).failed(77);
    assert!(said.contains("--password-stdin"), "{said}");
    let code = with_password(&["invite", "viewer", "--password-stdin"]).ok();
    assert!(code.starts_with("exp_inv_"), "{code}");
    assert!(home.expense(&["invite", "viewer"]).ok().starts_with("exp_inv_"));
}

/// Carla's ledger, as Ana sees it.
async fn ledger_of(server: &TestApp, ana: &Person) -> String {
    let ledgers = server.client_of(ana).get("/v1/ledgers").await.ok(200);
    let all = ledgers["items"].as_array().unwrap();
    let carlas = all.iter().find(|ledger| ledger["name"] == "carla's").unwrap();
    carlas["id"].as_str().unwrap().to_owned()
}

#[test]
fn login_keeps_a_token_for_the_commands_and_logout_ends_it() {
    let (server, ..) = shared();
    let home = Home::new();
    let url = server.url();
    assert!(
        home.expense(&["--server", &url, "list"])
            .failed(77)
            .contains("expense login")
    );
    let login = |name: &str, password: &str| {
        let mut command = home.command(
            "expense",
            &["login", "--server", &url, "--name", name, "--password-stdin"],
        );
        let mut child = command
            .stdin(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), password.as_bytes()).unwrap();
        let ended = child.wait_with_output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
    };
    let (code, said) = login("ben", "not this one\n");
    assert_eq!(code, Some(77), "{said}");
    assert!(!said.contains("EXPENSE_TOKEN"), "{said}");
    let (code, said) = login("ben", &format!("{EXAMPLE_PASSWORD}\n"));
    assert_eq!(code, Some(0), "{said}");
    // The server is remembered, and a ledger goes by its name.
    home.expense(&["list", "--ledger", "carla's"]).ok();
    let refused = home.expense(&["--ledger", "carla's", "add", "5 tea"]).failed(77);
    assert!(!refused.is_empty());
    home.expense(&["--ledger", "ben's", "add", "5 tea"]).ok();
    let unknown = home.expense(&["--ledger", "nobody's", "list"]).failed(65);
    assert!(
        unknown.contains("there are") && unknown.contains("carla's"),
        "{unknown}"
    );
    home.expense(&["logout"]).ok();
    assert!(
        home.expense(&["--server", &url, "list"])
            .failed(77)
            .contains("expense login")
    );
}
