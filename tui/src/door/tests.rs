//! Connecting, signing in, switching: as a person would, through a door that opens on what the test holds.

use super::*;
use crate::book::tests::{household, id, ledger, page};
use crate::client::Verdict;
use crate::client::fake::{FakeApi, refusal};
use crate::outbox::Outbox;
use crate::popup::QuickAdd;
use crate::testkit::Harness;
use api::ledger::Ledger;
use api::member::Role;
use api::problem::Code;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Opens on a desk of its own for each server and ledger, and notes what was asked.
struct TestDoor {
    api: Arc<FakeApi>,
    state: TempDir,
    asked: Mutex<Vec<String>>,
    bad: Option<&'static str>,
    server: Option<String>,
}

impl TestDoor {
    fn new(server: Option<&str>, bad: Option<&'static str>) -> Arc<Self> {
        let api = Arc::new(FakeApi::new());
        household(&api);
        let joint = ledger();
        let trip = Ledger {
            id: id(2),
            name: "Trip".to_owned(),
            role: Role::Viewer,
            ..ledger()
        };
        api.on("list_ledgers", &page(vec![joint, trip]));
        api.on("list_expenses", &page(Vec::<api::expense::Expense>::new()));
        Arc::new(Self {
            api,
            state: tempfile::tempdir().unwrap(),
            asked: Mutex::default(),
            bad,
            server: server.map(str::to_owned),
        })
    }

    fn note(&self, what: impl Into<String>) {
        self.asked.lock().unwrap().push(what.into());
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn desk(&self) -> Desk {
        let outbox = Outbox::open(self.state.path(), "test default").unwrap();
        Desk::new(self.api.clone(), api::currency::Currency::EUR, outbox)
    }
}

fn found(verdict: Verdict, words: &str) -> Finding {
    Finding {
        verdict,
        words: words.to_owned(),
    }
}

impl Door for TestDoor {
    fn server(&self) -> Option<String> {
        self.server.clone()
    }

    fn open_ledger(&self, id: LedgerId) -> BoxFuture<'static, Result<Desk, String>> {
        self.note(format!("ledger {id}"));
        Box::pin(std::future::ready(Ok(self.desk())))
    }

    fn read_address(&self, text: &str) -> Result<Url, String> {
        crate::settings::address_of(text).map_err(|error| error.to_string())
    }

    fn reach(&self, address: &Url) -> BoxFuture<'static, Finding> {
        self.note(format!("reach {address}"));
        let finding = match self.bad {
            Some(words) => found(Verdict::Bad, words),
            None => found(Verdict::Good, "books.example.org answers at 192.0.2.7:443."),
        };
        Box::pin(std::future::ready(finding))
    }

    fn greet(&self, _: &Url) -> BoxFuture<'static, Vec<Finding>> {
        let all = vec![
            found(Verdict::Good, "TLS: the certificate is trusted."),
            found(
                Verdict::Odd,
                "The server's clock is 5 minutes ahead of this machine's.",
            ),
        ];
        Box::pin(std::future::ready(all))
    }

    fn sign_in(
        &self,
        address: Option<Url>,
        login: Login,
    ) -> BoxFuture<'static, Result<SignedIn, ClientError>> {
        self.note(format!("sign in {}", login.name));
        let outcome = if login.password.expose() == "right" {
            Ok(match address {
                Some(_) => SignedIn::There(Box::new(self.desk())),
                None => SignedIn::Here,
            })
        } else {
            let mut error = refusal(Code::Unauthenticated);
            if let ClientError::Problem { problem, .. } = &mut error {
                problem.detail = "Name and password do not fit".to_owned();
            }
            Err(error)
        };
        Box::pin(std::future::ready(outcome))
    }

    fn reset_password(
        &self,
        _: Option<Url>,
        reset: PasswordReset,
    ) -> BoxFuture<'static, Result<(), ClientError>> {
        self.note(format!("reset {} {}", reset.name, reset.code.expose()));
        let outcome = if reset.code.expose() == "good" {
            Ok(())
        } else {
            let mut error = refusal(Code::Unauthenticated);
            if let ClientError::Problem { problem, .. } = &mut error {
                problem.detail = "This code is not good for this name".to_owned();
            }
            Err(error)
        };
        Box::pin(std::future::ready(outcome))
    }

    fn decline(&self) {
        self.note("declined");
    }

    fn confirm(&self, given: api::auth::PasswordConfirmation) -> BoxFuture<'static, Result<(), ClientError>> {
        self.note(format!("confirmed by {}", given.password.expose()));
        Box::pin(std::future::ready(Ok(())))
    }

    fn decline_password(&self) {
        self.note("not confirmed");
    }

    fn go_home(&self) -> BoxFuture<'static, Result<Desk, String>> {
        self.note("home");
        Box::pin(std::future::ready(Ok(self.desk())))
    }

    fn books(&self, desk: &Desk) -> Books {
        let (screen, today) = (desk.clone(), crate::book::tests::date("2026-11-21"));
        Books {
            screens: vec![Screen::new("Opened", move || {
                crate::screen::expenses::Expenses::new(screen, today)
            })],
            commands: Vec::new(),
            ledger: OpenLedger::default(),
            link: Link::Live,
        }
    }
}

fn open_at(door: &Arc<TestDoor>, width: u16, height: u16) -> Harness {
    let mut desk = door.desk();
    desk.door = door.clone();
    let today = crate::book::tests::date("2026-11-21");
    let mut starter = Harness::new(width, height);
    for command in crate::open::commands(&desk) {
        starter = starter.command(command);
    }
    starter.open(crate::screen::expenses::Expenses::new(desk, today))
}

fn open(door: &Arc<TestDoor>) -> Harness {
    open_at(door, 80, 24)
}

fn said(app: &Harness) -> String {
    app.message()
        .map(|message| message.text.clone())
        .unwrap_or_default()
}

#[test]
fn connecting_looks_at_the_server_then_signs_in_and_opens_its_books() {
    let door = TestDoor::new(None, None);
    let mut app = open(&door);
    app.keys(":connect<cr>");
    app.keys("<c-x>");
    assert!(
        app.screen().contains("! The address is missing"),
        "{}",
        app.screen()
    );
    app.keys("books.example.org<cr>");
    assert_eq!(door.asked(), ["reach https://books.example.org/"]);
    app.keys("ana<tab>wrong");
    insta::assert_snapshot!(app.screen());
    assert!(!app.screen().contains("wrong"), "a password is not shown");
    app.keys("<cr>");
    assert!(
        app.screen().contains("! Name and password do not fit."),
        "{}",
        app.screen()
    );
    app.keys("<c-u>right<cr>");
    assert_eq!(door.asked().last().unwrap(), "sign in ana");
    assert!(app.line(0).contains("1 Opened"), "{}", app.line(0));
    assert!(said(&app).starts_with("Signed in"), "{}", said(&app));
    let mut wide = open_at(&door, 140, 40);
    wide.keys(":connect<cr>books.example.org<cr>");
    insta::assert_snapshot!(wide.screen());
}

#[test]
fn a_code_from_an_admin_sets_the_password_that_was_typed_and_signs_in_with_it() {
    let door = TestDoor::new(Some("https://books.example.org"), None);
    let mut app = open(&door);
    app.poster().command(crate::open::SIGN_IN);
    app.settle();
    app.keys("ana<tab>right<tab>bad<cr>");
    assert!(
        app.screen().contains("! This code is not good for this name"),
        "{}",
        app.screen()
    );
    assert_eq!(door.asked(), ["reset ana bad"]);
    app.keys("<c-u>good<cr>");
    assert_eq!(door.asked()[1..], ["reset ana good", "sign in ana"]);
    assert_eq!(said(&app), "Signed in.");
    // The code is used up where the sign-in after it fails; that is said where it stands.
    app.poster().command(crate::open::SIGN_IN);
    app.settle();
    app.keys("ana<tab>wrong<tab>good<cr>");
    assert!(
        app.screen().contains("! The new password is set"),
        "{}",
        app.screen()
    );
}

#[test]
fn what_stops_the_way_to_a_server_is_said_and_the_address_stays() {
    let door = TestDoor::new(None, Some("Nothing answers at 192.0.2.7:443: check the port."));
    let mut app = open(&door);
    app.keys(":connect<cr>books.example.org<cr>");
    insta::assert_snapshot!(app.screen());
    let red = Some(ratatui::style::Color::Red);
    assert_eq!(app.style_of("Nothing answers").fg, red);
    app.keys("x");
    assert!(!app.screen().contains("Nothing answers"), "{}", app.screen());
    assert!(app.screen().contains("books.example.orgx"));
}

#[test]
fn a_sign_in_asked_for_meanwhile_comes_over_what_is_typed_and_leaves_it_there() {
    let door = TestDoor::new(Some("https://books.example.org"), None);
    let mut app = open(&door);
    app.keys("a12.50 lun");
    app.poster().command(crate::open::SIGN_IN);
    app.settle();
    insta::assert_snapshot!(app.screen());
    app.keys("ana<tab>right<cr>");
    assert_eq!(said(&app), "Signed in.");
    assert!(app.with::<QuickAdd, _>(|_| ()).is_some(), "{}", app.screen());
    assert!(app.screen().contains("12.50 lun"), "{}", app.screen());
    app.poster().command(crate::open::SIGN_IN);
    app.settle();
    app.keys("<esc>");
    assert_eq!(door.asked().last().unwrap(), "declined");
    assert!(app.screen().contains("12.50 lun"), "{}", app.screen());
}

#[test]
fn the_switcher_finds_ledgers_with_currency_and_role_and_opens_one() {
    let door = TestDoor::new(None, None);
    let mut app = open(&door);
    app.keys("L");
    insta::assert_snapshot!(app.screen());
    app.keys("joi<cr>");
    assert_eq!(said(&app), "Joint is open already.");
    app.keys("Ltri<cr>");
    assert_eq!(door.asked(), [format!("ledger {}", id::<LedgerId>(2))]);
    assert_eq!(said(&app), "Trip is open, the next time as well.");
    assert!(app.line(0).contains("1 Opened"), "{}", app.line(0));
    let mut wide = open_at(&door, 140, 40);
    wide.keys("L");
    insta::assert_snapshot!(wide.screen());
}

#[test]
fn disconnecting_asks_and_at_home_there_is_nothing_to_leave() {
    let door = TestDoor::new(Some("https://books.example.org"), None);
    let mut app = open(&door);
    app.keys(":disconnect<cr>");
    assert!(
        app.screen().contains("Leave https://books.example.org"),
        "{}",
        app.screen()
    );
    app.keys("n:disconnect<cr>y");
    assert_eq!(door.asked(), ["home"]);
    assert!(app.line(0).contains("1 Opened"), "{}", app.line(0));
    let home = TestDoor::new(None, None);
    let mut app = open(&home);
    app.keys(":");
    assert!(!app.screen().contains("sign in again"), "{}", app.screen());
    app.keys("<esc>");
    app.keys(":disconnect<cr>");
    assert!(
        said(&app).starts_with("The book of this machine is open"),
        "{}",
        said(&app)
    );
}

#[test]
fn a_password_is_changed_with_its_faults_under_their_fields_and_joining_opens_the_ledger() {
    let door = TestDoor::new(Some("https://books.example.org"), None);
    let mut app = open(&door);
    door.api.on("change_password", &());
    app.keys(":password<cr>old one<tab>short<tab>x<c-x>");
    assert!(
        app.screen().contains("! At least 12 characters"),
        "{}",
        app.screen()
    );
    app.keys("<c-u>velvet lantern 42<tab><c-u>velvet lantern<c-x>");
    assert!(
        app.screen().contains("! This is not what stands above"),
        "{}",
        app.screen()
    );
    assert!(!app.screen().contains("velvet"));
    app.keys("<c-u>velvet lantern 42<c-x>");
    assert!(
        said(&app).starts_with("Your password is changed"),
        "{}",
        said(&app)
    );
    let joined =
        serde_json::json!({ "ledger_id": id::<LedgerId>(2), "ledger_name": "Trip", "role": "viewer" });
    door.api.on("accept_invite", &joined);
    app.keys(":join<cr>exi_1<cr>");
    assert_eq!(said(&app), "You are viewer in Trip now.");
    assert_eq!(door.asked(), [format!("ledger {}", id::<LedgerId>(2))]);
}
