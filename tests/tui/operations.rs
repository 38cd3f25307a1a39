//! Long work in the hands of people: a command that is killed, interrupted or asked for twice, and what the next one does.

use std::fmt::Write as _;
use std::process::{Child, Stdio};
use tests::daemon::Household;
use tests::db::Backend;
use tests::program::eventually;
use tests::terminal::{CTRL_C, Terminal};

const ROWS: usize = 6_000;

/// A book with one row of its own and an imported file of many.
fn filled() -> Household {
    let house = Household::new();
    house.expense(&["add", "12.50 kept #food"]).ok();
    let mut file = "Date,Amount,Note,Payee,external_id\n".to_owned();
    for n in 0..ROWS {
        let (day, month) = (n % 28 + 1, n % 12 + 1);
        let _ = writeln!(
            file,
            "2026-{month:02}-{day:02},-1.{:02},row {n},Shop {},x{n}",
            n % 100,
            n % 9
        );
    }
    house.home.write("many.csv", &file);
    house.expense(&["import", "many.csv", "--yes"]).ok();
    house
}

fn live(house: &Household) -> i64 {
    house.number("SELECT COUNT(*) FROM expense WHERE is_deleted = 0")
}

fn undos(house: &Household) -> i64 {
    house.number("SELECT COUNT(*) FROM `change` WHERE kind = 'undo'")
}

/// `expense undo`, once it has made its first change.
fn begun(house: &Household) -> Child {
    let mut command = house.home.command("expense", &["undo"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().expect("start the undo");
    eventually("a first change", || undos(house) > 0);
    child
}

/// Kills an undo in its middle: on SQLite the command, which is the server as well, else the server too.
fn killed(house: &mut Household) {
    let mut child = begun(house);
    child.kill().expect("kill the undo");
    child.wait().expect("wait for the undo");
    if Backend::of_this_run() == Backend::MariaDb {
        house.kill_server();
    }
    let running = "SELECT COUNT(*) FROM operation WHERE state = 'running'";
    assert_eq!(house.number(running), 1, "it was done before it could be killed");
    assert!(live(house) > 1, "rows are left to undo");
    if Backend::of_this_run() == Backend::MariaDb {
        let address = house.restart();
        house.home.set("EXPENSE_SERVER", &format!("http://{address}"));
    }
}

#[test]
fn an_undo_that_was_killed_is_carried_on_by_the_next_list_which_says_so() {
    let mut house = filled();
    killed(&mut house);
    let list = house.expense(&["list", "--json"]);
    if Backend::of_this_run() == Backend::Sqlite {
        let said = &list.stderr;
        assert!(
            said.starts_with("An undo of 6,000 rows is under way: ") && said.contains("It is carried on."),
            "{said}"
        );
        assert!(said.contains("An undo of 6,000 rows is done."), "{said}");
        assert!(!said.contains('\r'), "no bar where no terminal is: {said}");
        let rows = list.json();
        assert_eq!(rows["items"].as_array().map(Vec::len), Some(1), "{rows}");
    } else {
        // The server that comes after carries it on by itself; nobody has to wait for it.
        list.json();
        eventually("the end of the undo", || live(&house) == 1);
    }
    assert_eq!(live(&house), 1);
    let again = house.expense(&["list"]);
    assert_eq!(again.stderr, "");
    assert!(again.ok().contains("kept"));
}

#[test]
fn undo_while_ones_own_undo_is_under_way_waits_for_it_and_takes_nothing_else_back() {
    let mut house = filled();
    killed(&mut house);
    let undo = house.expense(&["undo"]);
    if Backend::of_this_run() == Backend::Sqlite {
        assert!(
            undo.stderr.contains("An undo of 6,000 rows is under way: "),
            "{undo:?}"
        );
        assert!(undo.stderr.contains("nothing else was undone"), "{undo:?}");
        assert_eq!(undo.ok(), "Undone: 6,000 rows\n");
        assert_eq!(live(&house), 1);
    } else {
        eventually("the end of the undo", || live(&house) <= 1);
    }
    let nothing = house.expense(&["undo", "--redo"]).ok();
    assert!(nothing.starts_with("Done again: "), "{nothing}");
    assert!(live(&house) > 1);
}

#[test]
fn an_undo_shows_a_bar_and_ctrl_c_says_what_stays_and_how_it_goes_on() {
    let house = filled();
    let mut undo = Terminal::open(&house.home, &["undo"]);
    undo.wait("of 6,000 rows");
    undo.send(CTRL_C);
    let ended = undo.ended();
    assert_eq!(ended.code, 130, "{}", ended.text);
    let text = ended.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("An undo of 6,000 rows is under way: "), "{text}");
    assert!(text.contains("What is done stays;"), "{text}");
    let list = house.expense(&["list"]);
    if Backend::of_this_run() == Backend::Sqlite {
        assert!(list.stderr.contains("It is carried on."), "{list:?}");
    }
    eventually("the end of the undo", || live(&house) == 1);
    let gone = house.expense(&["list"]).ok();
    assert!(gone.contains("kept") && !gone.contains("row 1"), "{gone}");
}

#[test]
fn the_app_says_what_was_interrupted_and_carries_it_on() {
    let mut house = filled();
    killed(&mut house);
    let mut app = house.open();
    if Backend::of_this_run() == Backend::Sqlite {
        app.wait("An undo of 6,000 rows is done.");
    }
    eventually("the end of the undo", || live(&house) == 1);
    app.send("q");
    assert_eq!(app.ended().code, 0);
}
