//! Every command of `expense` with every scope in every role, against what the database holds before and after: the exit
//! code is 0 exactly where the write is there. The codes are the table of `docs/exit-codes.md`, which
//! `EXPENSE_WRITE_GOLDEN=1` writes anew; `EXPENSE_PRINT_TABLE=1` prints it.

use entity::{account, category, expense, invite, ledger, member, payee, tag, token, user};
use sea_orm::EntityTrait as _;
use serde_json::json;
use server::http::examples::EXAMPLE_PASSWORD;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tests::client::Http;
use tests::people::{Person, TokenRow};
use tests::program::{Finished, Home, block_on, workspace};
use tests::server::TestApp;

/// The last: no token at all.
const SCOPES: [&str; 6] = ["read", "add", "write", "share", "account", "none"];
const ROLES: [&str; 4] = ["owner", "editor", "viewer", "adder"];

/// What a command is to do with the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Writes,
    /// It would write, were somebody there to be asked.
    Asks,
    /// It shows what would be written.
    Previews,
    Reads,
}

/// Every command; those that go by a password are tried without a token only.
const COMMANDS: [(&str, Does); 29] = [
    ("add", Does::Writes),
    ("add --json", Does::Writes),
    ("add --ledger NAME", Does::Writes),
    ("add --create-missing", Does::Writes),
    ("edit", Does::Writes),
    ("delete", Does::Writes),
    ("restore", Does::Writes),
    ("undo", Does::Writes),
    ("undo --redo", Does::Writes),
    ("categories add", Does::Writes),
    ("categories merge", Does::Writes),
    ("accounts rename", Does::Writes),
    ("payees archive", Does::Writes),
    ("tags delete", Does::Writes),
    ("import --yes", Does::Writes),
    ("import", Does::Asks),
    ("import --dry-run", Does::Previews),
    ("invite", Does::Writes),
    ("join", Does::Writes),
    ("push", Does::Writes),
    ("logout", Does::Writes),
    ("login", Does::Writes),
    ("reset-password", Does::Writes),
    ("list", Does::Reads),
    ("report summary", Does::Reads),
    ("log", Does::Reads),
    ("categories", Does::Reads),
    ("api", Does::Reads),
    ("doctor", Does::Reads),
];
const BY_PASSWORD: [&str; 2] = ["login", "reset-password"];
/// Hard to guess, and not the one of the examples.
const ANOTHER_PASSWORD: &str = "velvet lantern harbour 42";

/// Ben with a role in Carla's ledger, and a book of this machine of which a copy is there too.
struct Stage {
    app: TestApp,
    carla: Person,
    ben: Person,
    role: &'static str,
    machine: Home,
    count: u32,
}

/// A command line, and what goes to its standard input.
struct Line {
    words: Vec<String>,
    input: String,
}

fn words(words: &[&str]) -> Line {
    Line {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        input: String::new(),
    }
}

impl Stage {
    fn new(role: &'static str) -> Self {
        let (app, carla, ben) = block_on(async {
            let app = TestApp::start().await;
            let (carla, ben) = (app.add_person("carla").await, app.add_person("ben").await);
            app.add_member(ben.user_id, carla.ledger_id, role).await;
            app.set_password(ben.user_id).await;
            (app, carla, ben)
        });
        let mut stage = Self {
            app,
            carla,
            ben,
            role,
            machine: Home::new(),
            count: 0,
        };
        stage.copy_machine();
        stage
    }

    /// Carla keeps the copy, and Ben has his role in it too.
    fn copy_machine(&mut self) {
        self.machine.expense(&["add", "1.00 first"]).ok();
        self.machine.set("EXPENSE_TOKEN", &self.carla.token);
        self.machine.expense(&["push", "--to", &self.app.url()]).ok();
        block_on(async {
            let ledgers = self.app.client_of(&self.carla).walk("/v1/ledgers").await;
            let copy = ledgers.last().unwrap()["id"].as_str().unwrap().parse().unwrap();
            self.app.add_member(self.ben.user_id, copy, self.role).await;
        });
    }

    fn carlas(&self) -> Http {
        self.app.client_of(&self.carla).in_ledger(self.carla.ledger_id)
    }

    /// Whoever records the rows: Ben, where he may.
    fn author(&self) -> Http {
        match self.role {
            "viewer" => self.carlas(),
            _ => self.app.client_of(&self.ben).in_ledger(self.carla.ledger_id),
        }
    }

    async fn row(&self) -> String {
        let body = json!({ "date": "2026-11-20", "amount": "5.00", "payee": "tea" });
        let made = self.author().post("expenses", body).await.ok(201);
        made["id"].as_str().unwrap().to_owned()
    }

    async fn entry(&self, noun: &str, name: &str) {
        self.carlas().post(noun, json!({ "name": name })).await.ok(201);
    }

    /// `expense` as Ben, who may do everything that his role may.
    fn as_ben(&self, arguments: &[&str]) -> Finished {
        let home = self.home(Some(&self.ben.token));
        let ledger = self.carla.ledger_id.to_string();
        home.expense(&[arguments, &["--ledger", &ledger]].concat())
    }

    fn home(&self, token: Option<&str>) -> Home {
        let mut home = Home::new();
        home.set("EXPENSE_SERVER", &self.app.url());
        if let Some(token) = token {
            home.set("EXPENSE_TOKEN", token);
        }
        home
    }

    /// Makes what the command needs, and its line.
    fn prepare(&mut self, command: &str, home: &Home) -> Line {
        self.count += 1;
        let (one, other) = (format!("One{}", self.count), format!("Other{}", self.count));
        let file = || {
            let text = format!("Date,Amount,Note\n2026-11-20,5.00,{one}\n");
            home.write("rows.csv", &text).display().to_string()
        };
        let ledger = self.carla.ledger_id.to_string();
        let mut line = block_on(async {
            match command {
                "add" => words(&["add", "5 tea"]),
                "add --json" => words(&["add", "5 tea", "--json"]),
                "add --ledger NAME" => words(&["add", "5 tea", "--ledger", "carla's"]),
                "add --create-missing" => words(&["add", &format!("5 tea #{one}"), "--create-missing"]),
                "edit" => words(&["edit", &self.row().await, &format!("note={one}")]),
                "delete" => words(&["delete", &self.row().await]),
                "restore" => {
                    let row = self.row().await;
                    self.author().delete(&format!("expenses/{row}")).await.expect(204);
                    words(&["restore", &row])
                }
                "undo" | "undo --redo" => {
                    self.row().await;
                    words(&command.split(' ').collect::<Vec<_>>())
                }
                "categories add" => words(&["categories", "add", &one]),
                "categories merge" => {
                    self.entry("categories", &one).await;
                    self.entry("categories", &other).await;
                    words(&["categories", "merge", &one, &other])
                }
                "accounts rename" => {
                    self.entry("accounts", &one).await;
                    words(&["accounts", "rename", &one, &other])
                }
                "payees archive" => {
                    self.entry("payees", &one).await;
                    words(&["payees", "archive", &one])
                }
                "tags delete" => {
                    self.entry("tags", &one).await;
                    words(&["tags", "delete", &one])
                }
                "import --yes" => words(&["import", &file(), "--yes", "--account", &one, "--create-missing"]),
                "import" => words(&["import", &file(), "--account", &one, "--create-missing"]),
                "import --dry-run" => words(&[
                    "import",
                    &file(),
                    "--dry-run",
                    "--account",
                    &one,
                    "--create-missing",
                ]),
                "invite" => words(&["invite", "viewer"]),
                "join" => {
                    let host = self.app.add_person(&format!("host{}", self.count)).await;
                    let invites = self.app.client_of(&host).in_ledger(host.ledger_id);
                    let made = invites.post("invites", json!({ "role": "viewer" })).await.ok(201);
                    words(&["join", made["code"].as_str().unwrap()])
                }
                "login" => Line {
                    input: format!("{EXAMPLE_PASSWORD}\n"),
                    ..words(&["login", "--name", "ben", "--password-stdin"])
                },
                "reset-password" => {
                    self.app.make_admin(self.carla.user_id).await;
                    let path = format!("/v1/users/{}/reset-code", self.ben.user_id);
                    let made = self.app.client_of(&self.carla).post(&path, json!(null)).await;
                    let code = made.json["code"].as_str().unwrap().to_owned();
                    Line {
                        input: format!("{code}\n{ANOTHER_PASSWORD}\n"),
                        ..words(&[
                            "reset-password",
                            "--name",
                            "ben",
                            "--code-stdin",
                            "--password-stdin",
                        ])
                    }
                }
                plain => words(&plain.split(' ').collect::<Vec<_>>()),
            }
        });
        if command == "undo --redo" && matches!(self.role, "owner" | "editor") {
            self.as_ben(&["undo"]).ok();
        }
        let is_in_ledger = !BY_PASSWORD.contains(&command)
            && !["join", "logout", "push", "add --ledger NAME"].contains(&command);
        if is_in_ledger {
            line.words.extend(["--ledger".to_owned(), ledger]);
        }
        line
    }

    /// Everything that a command could be asked to write, as the database holds it. Not what was only looked at: previews,
    /// the log of what was done, times of use.
    async fn held(&self) -> Vec<String> {
        let db = self.app.connection();
        macro_rules! all {
            ($($table:ident),*) => {
                [$(
                    $table::Entity::find().all(db).await.unwrap().iter().map(|row| format!("{row:?}")).collect::<Vec<_>>()
                ),*].concat()
            };
        }
        let mut held = all!(expense, category, account, payee, tag, member, invite);
        for row in ledger::Entity::find().all(db).await.unwrap() {
            held.push(format!("{} {} {}", row.id, row.name, row.version));
        }
        for row in token::Entity::find().all(db).await.unwrap() {
            held.push(format!("{} {:?}", row.id, row.revoked_at));
        }
        for row in user::Entity::find().all(db).await.unwrap() {
            held.push(format!("{} {:?} {}", row.id, row.password_hash, row.version));
        }
        held.sort();
        held
    }

    /// Runs one command with a token of one scope. Gives its exit code.
    fn code(&mut self, command: &str, does: Does, scope: &'static str) -> i32 {
        let token = (scope != "none").then(|| {
            let row = TokenRow {
                scopes: scope,
                ..TokenRow::default()
            };
            block_on(self.app.add_token(self.ben.user_id, row))
        });
        let home = self.home(token.as_deref());
        let line = self.prepare(command, &home);
        let is_push = command == "push";
        if is_push {
            self.machine.unset("EXPENSE_TOKEN");
            self.machine.expense(&["add", "2.00 more"]).ok();
            if let Some(token) = &token {
                self.machine.set("EXPENSE_TOKEN", token);
            }
        }
        let url = self.app.url();
        let mut arguments: Vec<&str> = line.words.iter().map(String::as_str).collect();
        if is_push {
            arguments.extend(["--to", &url]);
        }
        let before = block_on(self.held());
        let home = if is_push { &self.machine } else { &home };
        let ended = Finished::fed(home.command("expense", &arguments), &line.input);
        let is_changed = block_on(self.held()) != before;
        let (code, case) = (
            ended.code(),
            format!("{arguments:?} {scope} {}: {ended:?}", self.role),
        );
        match does {
            Does::Writes => assert_eq!(code == 0, is_changed, "{case}"),
            Does::Asks => assert!(code != 0 && !is_changed, "{case}"),
            Does::Previews | Does::Reads => assert!(!is_changed, "{case}"),
        }
        assert_eq!(code == 0, !ended.stderr.contains("expense: "), "{case}");
        if command == "add" && code == 0 {
            assert!(
                ended.stdout.contains("5.00") && ended.stdout.contains("tea"),
                "{case}"
            );
        }
        code
    }
}

/// The codes of all roles, by command and scope.
type Codes = BTreeMap<(usize, usize), [i32; 4]>;

fn codes_of(at: usize) -> Vec<((usize, usize), i32)> {
    let mut stage = Stage::new(ROLES[at]);
    let mut codes = Vec::new();
    for (row, (command, does)) in COMMANDS.iter().enumerate() {
        for (column, scope) in SCOPES.iter().enumerate() {
            if *scope == "none" || !BY_PASSWORD.contains(command) {
                codes.push(((row, column), stage.code(command, *does, scope)));
            }
        }
    }
    codes
}

fn table(codes: &Codes) -> String {
    let mut text = format!("| command | {} |\n", SCOPES.join(" | "));
    writeln!(text, "|---{}|", "|---".repeat(SCOPES.len())).unwrap();
    for (row, (command, _)) in COMMANDS.iter().enumerate() {
        write!(text, "| `{command}` |").unwrap();
        for column in 0..SCOPES.len() {
            let cell = match codes.get(&(row, column)) {
                None => "-".to_owned(),
                Some([one, rest @ ..]) if rest.iter().all(|code| code == one) => one.to_string(),
                Some(several) => several.map(|code| code.to_string()).join(" "),
            };
            write!(text, " {cell} |").unwrap();
        }
        text.push('\n');
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "how whoever runs the test asks for it")]
fn is_asked(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

#[test]
fn the_exit_code_is_0_exactly_where_the_write_is_there() {
    let mut codes = Codes::new();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..ROLES.len())
            .map(|at| scope.spawn(move || codes_of(at)))
            .collect();
        for (at, role) in all.into_iter().enumerate() {
            let role = role
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (cell, code) in role {
                codes.entry(cell).or_default()[at] = code;
            }
        }
    });
    let table = table(&codes);
    if is_asked("EXPENSE_PRINT_TABLE") {
        println!("{table}");
    }
    let file = workspace().join("docs/exit-codes.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (head, rest) = text.split_once("<!-- table -->\n").unwrap();
    let (_, tail) = rest.split_once("<!-- end of the table -->\n").unwrap();
    let wanted = format!("{head}<!-- table -->\n{table}<!-- end of the table -->\n{tail}");
    if is_asked("EXPENSE_WRITE_GOLDEN") {
        std::fs::write(&file, wanted).unwrap();
    } else {
        assert!(
            text == wanted,
            "docs/exit-codes.md has another table than\n{table}"
        );
    }
}
