//! However the app ends, the terminal is as it was and what was typed is offered the next time.

use tests::daemon::Household;
use tests::program::eventually;
use tests::terminal::{CTRL_C, ENTER, ESC, Ended, Terminal};

const LINE: &str = "7.25 coffee #food";

fn typing(house: &Household) -> Terminal {
    let mut app = house.open();
    app.wait("No rows in");
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send(LINE);
    app.wait(LINE);
    app
}

/// Opens the app again, finds the line, and saves it.
fn finds_the_line_and_saves_it(house: &Household) {
    let mut app = house.open();
    app.wait("is kept; a offers it");
    app.wait("No rows in");
    app.send("a");
    app.wait(LINE);
    app.send(ENTER);
    app.wait("Saved 7.25 coffee, Food");
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send(ESC);
    app.wait_gone("12.50 lunch #food");
    app.send("q");
    assert_eq!(app.ended().code, 0);
}

fn ends_well(ended: &Ended) {
    assert!(ended.is_restored, "{ended:?}");
    assert_eq!(ended.signal, None, "{ended:?}");
    assert!(!ended.text.contains("panicked"), "{}", ended.text);
}

#[test]
fn ctrl_c_gives_the_terminal_back() {
    let house = Household::new();
    let mut app = house.open();
    app.wait("No rows in");
    app.send(CTRL_C);
    let ended = app.ended();
    ends_well(&ended);
    assert_eq!(ended.code, 0);
}

#[test]
fn ctrl_c_while_typing_keeps_the_line() {
    let house = Household::new();
    let mut app = typing(&house);
    app.send(CTRL_C);
    ends_well(&app.ended());
    finds_the_line_and_saves_it(&house);
}

#[test]
fn told_to_end_while_typing_it_keeps_the_line() {
    for name in ["TERM", "HUP", "INT"] {
        let house = Household::new();
        let app = typing(&house);
        app.signal(name);
        ends_well(&app.ended());
        finds_the_line_and_saves_it(&house);
    }
}

#[test]
fn killed_while_typing_it_has_kept_the_line() {
    let house = Household::new();
    let app = typing(&house);
    let drafts = house.home.state().join("drafts");
    eventually("the line is on disk", || {
        let files = std::fs::read_dir(&drafts).into_iter().flatten().flatten();
        let mut whole = files
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        whole.any(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains(LINE)))
    });
    app.signal("KILL");
    let ended = app.ended();
    assert!(ended.signal.is_some(), "{ended:?}");
    finds_the_line_and_saves_it(&house);
}
