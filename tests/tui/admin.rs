//! `expensed admin`: people looked after on the host, with passwords that come in by the terminal or a pipe and nowhere else.

use serde_json::{Value, json};
use tests::client::{Answer, Http};
use tests::daemon::{Daemon, Household};
use tests::program::{Finished, block_on};
use tests::terminal::Terminal;

const PASSWORD: &str = "grotto lantern 42 velvet";
const OTHER: &str = "velvet 42 lantern grotto";

/// `expensed admin` over a household's database, a line on its standard input.
fn admin(house: &Household, arguments: &[&str], input: &str) -> Finished {
    let arguments = [&["admin"], arguments].concat();
    let mut command = house.home.command("expensed", &arguments);
    let urls = format!("[{:?}]", house.database_url());
    command.env("EXPENSE__DATABASE__URLS", urls);
    Finished::fed(command, input)
}

fn login(server: &Daemon, name: &str, password: &str) -> Answer {
    let body = json!({ "name": name, "password": password });
    block_on(async {
        Http::new(server.address(), None)
            .post("/v1/auth/login", body)
            .send()
            .await
    })
}

fn get(server: &Daemon, session: &Value, path: &str) -> Answer {
    let http = Http::new(server.address(), session["token"].as_str());
    block_on(async { http.get(path).send().await })
}

#[test]
fn the_first_admin_of_a_server_is_made_on_its_host_and_needs_nothing_else() {
    let house = Household::served();
    let create = [
        "create",
        "Root",
        "--admin",
        "--currency",
        "jpy",
        "--ledger",
        "Haus",
    ];
    let made = admin(&house, &create, &format!("{PASSWORD}\n"));
    assert!(
        made.stderr
            .contains("Added root, an admin, with the ledger Haus in JPY."),
        "{made:?}"
    );
    assert_eq!(made.ok(), "");
    let session = login(house.server(), "root", PASSWORD).ok(200);
    let ledger = get(house.server(), &session, "/v1/ledgers/default").ok(200);
    assert_eq!(
        (&ledger["base_currency"], &ledger["rev"]),
        (&json!("JPY"), &json!(1))
    );
    get(house.server(), &session, "/v1/users").expect(200);
    // What the machine's own owner keeps using goes on.
    house.expense(&["add", "12.50", "lunch"]).ok();
    let listed = admin(&house, &["list", "--json"], "").json();
    let listed: Vec<(&str, bool, bool)> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| {
            let is = |field: &str| user[field].as_bool().unwrap();
            (user["name"].as_str().unwrap(), is("is_admin"), is("has_password"))
        })
        .collect();
    assert_eq!(listed, [("local", true, false), ("root", true, true)]);
    let lines = admin(&house, &["list"], "").ok();
    assert_eq!(
        lines,
        "local  Local owner  (admin, no password)\nroot   root  (admin)\n"
    );
}

#[test]
fn a_code_sets_a_new_password_and_who_is_shut_out_is_out_at_once() {
    let house = Household::served();
    admin(&house, &["create", "root", "--admin"], PASSWORD).ok();
    admin(&house, &["create", "ana", "--display-name", "Ana K."], PASSWORD).ok();
    let session = login(house.server(), "ana", PASSWORD).ok(200);
    let code = admin(&house, &["reset-code", "ANA"], "").ok();
    let body = json!({ "name": "ana", "code": code, "password": OTHER });
    let http = Http::new(house.server().address(), None);
    block_on(async { http.post("/v1/auth/reset", body).await }).expect(204);
    get(house.server(), &session, "/v1/me").refused(401, "unauthenticated");
    let session = login(house.server(), "ana", OTHER).ok(200);
    admin(&house, &["disable", "ana"], "").ok();
    get(house.server(), &session, "/v1/me").refused(401, "unauthenticated");
    login(house.server(), "ana", OTHER).refused(401, "unauthenticated");
    assert!(
        admin(&house, &["list"], "")
            .ok()
            .contains("ana    Ana K.  (shut out)")
    );
    admin(&house, &["enable", "ana"], "").ok();
    let session = login(house.server(), "ana", OTHER).ok(200);
    // The host's doings are in the audit, done by nobody signed in.
    let events = get(house.server(), &session, "/v1/audit").ok(200);
    let made = events["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (
            &made["kind"],
            &made["client"],
            &made["actor_id"],
            &made["address"]
        ),
        (
            &json!("user-created"),
            &json!("expensed admin"),
            &Value::Null,
            &Value::Null
        )
    );
}

#[test]
fn a_code_is_redeemed_by_a_command_that_says_what_became_of_the_password() {
    let house = Household::served();
    admin(&house, &["create", "ana", "--admin"], PASSWORD).ok();
    let code = admin(&house, &["reset-code", "ana"], "").ok();
    let redeem = |input: &str| {
        let line = [
            "reset-password",
            "--name",
            "ana",
            "--code-stdin",
            "--password-stdin",
        ];
        Finished::fed(house.home.command("expense", &line), input)
    };
    let said = redeem(&format!("exr_nonsense\n{OTHER}\n")).failed(77);
    assert!(said.contains("code is not good"), "{said}");
    redeem(&format!("{}\nshort\n", code.trim())).failed(65);
    // Half of what is needed is no password without a word.
    redeem(&format!("{}\n", code.trim())).failed(2);
    login(house.server(), "ana", PASSWORD).ok(200);
    let said = redeem(&format!("{}\n{OTHER}\n", code.trim()));
    assert!(said.stderr.contains("expense login"), "{said:?}");
    said.ok();
    login(house.server(), "ana", OTHER).ok(200);
    redeem(&format!("{}\n{PASSWORD}\n", code.trim())).failed(77);
    // Neither is there a terminal to ask at.
    house.expense(&["reset-password", "--name", "ana"]).failed(2);
}

#[test]
fn what_cannot_be_done_says_why_and_ends_with_its_code() {
    let house = Household::served();
    admin(&house, &["create", "root", "--admin"], PASSWORD).ok();
    for (arguments, input, code, says) in [
        (
            vec!["create", "ana"],
            "passwordpassword\n",
            65,
            "password: Too easy to guess",
        ),
        (
            vec!["create", "ana"],
            "short\n",
            65,
            "password: Too short - 5 characters",
        ),
        (vec!["create", "ana"], "", 65, "one line to standard input"),
        (vec!["create", "ana"], "\n", 65, "one line to standard input"),
        (
            vec!["create", "a b"],
            PASSWORD,
            65,
            "name: A user name is 3 to 32",
        ),
        (
            vec!["create", "ROOT"],
            PASSWORD,
            65,
            "name: The name \"root\" is taken",
        ),
        (
            vec!["create", "ana", "--currency", "EURO"],
            PASSWORD,
            2,
            "ISO 4217",
        ),
        (vec!["create", "ana", PASSWORD], "", 2, "unexpected argument"),
        (
            vec!["disable", "root"],
            "",
            77,
            "make somebody else an admin first",
        ),
        (vec!["disable", "nobody"], "", 1, "There is nobody called nobody"),
        (
            vec!["reset-code", "nobody"],
            "",
            1,
            "There is nobody called nobody",
        ),
    ] {
        let said = admin(&house, &arguments, input).failed(code);
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert!(!said.contains("passwordpassword"), "{said}");
    }
    let long = format!("{}\n", "grotto lantern 42 ".repeat(40));
    let said = admin(&house, &["create", "ana"], &long).failed(65);
    assert!(said.contains("Too long"), "{said}");
    assert_eq!(admin(&house, &["list"], "").ok().lines().count(), 2);
}

#[test]
fn at_a_terminal_the_password_is_asked_for_twice_and_never_shown() {
    let mut house = Household::served();
    let urls = format!("[{:?}]", house.database_url());
    house.home.set("EXPENSE__DATABASE__URLS", &urls);
    let create = ["admin", "create", "ana"];
    let type_in = |second: &str| {
        let mut terminal = Terminal::run(&house.home, "expensed", &create, 80, 24);
        terminal.wait("Password: ");
        terminal.send(&format!("{PASSWORD}\r"));
        terminal.wait("Again: ");
        terminal.send(&format!("{second}\r"));
        let ended = terminal.ended();
        let shown = String::from_utf8_lossy(&terminal.output()).into_owned();
        assert!(!shown.contains("grotto") && ended.is_restored, "{shown}");
        (ended.code, ended.text)
    };
    let (code, text) = type_in(OTHER);
    assert!(code == 65 && text.contains("The two passwords differ"), "{text}");
    let (code, text) = type_in(PASSWORD);
    assert!(code == 0 && text.contains("Added ana"), "{text}");
    login(house.server(), "ana", PASSWORD).expect(200);
}
