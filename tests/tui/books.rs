//! Two programs over one book.

use tests::daemon::Household;
use tests::terminal::{ENTER, Terminal};

fn add(app: &mut Terminal, line: &str) {
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send(line);
    app.wait(line);
    app.send(ENTER);
    app.wait(&format!("Saved {line}"));
}

#[test]
fn two_apps_over_one_book_both_write_and_both_see() {
    let house = Household::new();
    let mut one = house.open();
    one.wait("No rows in");
    let mut two = house.open();
    two.wait("No rows in");
    add(&mut one, "1.11 one");
    add(&mut two, "2.22 two");
    let shell = house.expense(&["add", "3.33 three"]);
    shell.ok();
    for app in [&mut one, &mut two] {
        app.send("r");
        app.wait("Spent 6.66");
        app.send("q");
        assert_eq!(app.ended().code, 0);
    }
}

#[test]
fn two_programs_that_write_at_once_lose_nothing() {
    let house = Household::new();
    house.expense(&["list"]).ok();
    std::thread::scope(|scope| {
        for person in 0..3 {
            let house = &house;
            scope.spawn(move || {
                for n in 0..4 {
                    house
                        .expense(&["add", &format!("1.00 person{person} +n{n}")])
                        .ok();
                }
            });
        }
    });
    let summary = house.expense(&["report", "summary", "--json"]).json();
    assert_eq!(summary["totals"][0]["spent"], "12.00", "{summary}");
    assert_eq!(summary["totals"][0]["count"], 12, "{summary}");
}
