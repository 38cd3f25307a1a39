//! A first look: nothing is asked, one line is a row, and it is there the next time. And the demo, which leaves nothing.

use tests::daemon::Household;
use tests::program::Home;
use tests::terminal::{ENTER, Terminal};

#[test]
fn the_first_run_asks_nothing_and_what_is_added_is_there_the_next_time() {
    let house = Household::new();
    let mut app = house.open();
    let first = app.wait("No rows in");
    assert!(first.contents().contains("1 Expenses"), "{}", first.contents());
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("12.50 lunch #food");
    // The preview knows the starter categories as soon as they are loaded; nobody has to wait for that, but what is said
    // of the row names its category only then.
    app.wait_until("the category", |screen| {
        let text = screen.contents();
        text.contains("Food") && !text.contains("(new)")
    });
    app.send(ENTER);
    app.wait("Saved 12.50 lunch, Food");
    let with_row = app.wait("Spent 12.50").contents();
    assert!(with_row.contains("1 row"), "{with_row}");
    app.send("q");
    let ended = app.ended();
    assert_eq!((ended.code, ended.is_restored), (0, true), "{ended:?}");

    let app = house.open();
    app.wait("Spent 12.50");
    app.wait("lunch");
    app.wait("Food");
}

#[test]
fn the_demo_opens_on_data_and_leaves_nothing_behind() {
    let home = Home::new();
    let mut app = Terminal::open(&home, &["--demo"]);
    app.wait("Spent ");
    app.send("2");
    app.wait("%");
    app.send("q");
    let ended = app.ended();
    assert_eq!((ended.code, ended.is_restored), (0, true), "{ended:?}");
    assert_eq!(home.files(), [] as [std::path::PathBuf; 0]);
}

#[test]
fn the_demo_leaves_nothing_behind_when_it_is_told_to_end() {
    let home = Home::new();
    let app = Terminal::open(&home, &["--demo"]);
    app.wait("Spent ");
    app.signal("TERM");
    assert!(app.ended().is_restored);
    assert_eq!(home.files(), [] as [std::path::PathBuf; 0]);
}
