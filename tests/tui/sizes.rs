//! Every size of a terminal, and terminals that can do less.

use tests::daemon::Household;
use tests::terminal::{ENTER, Screen, Terminal};

/// What stands on the screen as one line, wherever it was broken.
fn words(screen: &Screen) -> String {
    screen.contents().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The row of the screen that the cursor bar is on: it has `>` before it and is reversed.
fn selected(screen: &Screen) -> Option<String> {
    let (rows, columns) = screen.size();
    (0..rows.get()).find_map(|row| {
        let cell = |column| screen.cell(row, column);
        let has_pointer = cell(0).is_some_and(|cell| cell.contents() == ">");
        let is_reversed = (1..columns.get()).any(|column| cell(column).is_some_and(vt100::Cell::inverse));
        let text = || screen.rows(0, columns.get()).nth(usize::from(row));
        (has_pointer && is_reversed).then(text).flatten()
    })
}

/// Every cell has the terminal's own colours.
fn is_without_colour(screen: &Screen) -> bool {
    let (rows, columns) = screen.size();
    let places = (0..rows.get()).flat_map(|row| (0..columns.get()).map(move |column| (row, column)));
    places.into_iter().all(|(row, column)| {
        let cell = screen.cell(row, column).unwrap();
        cell.fgcolor() == vt100::Color::Default && cell.bgcolor() == vt100::Color::Default
    })
}

fn with_a_row(house: &Household) {
    house.expense(&["add", "12.50 lunch #food"]).ok();
    house.expense(&["add", "+3000 salary"]).ok();
}

fn leave(mut app: Terminal) {
    app.send("q");
    let ended = app.ended();
    assert_eq!((ended.code, ended.is_restored), (0, true), "{ended:?}");
}

#[test]
fn from_40x10_to_300x80_the_rows_are_shown() {
    let house = Household::new();
    with_a_row(&house);
    for (columns, rows) in [(40, 10), (80, 24), (120, 30), (300, 80)] {
        let app = house.open_at(columns, rows);
        let screen = app.wait("lunch");
        assert!(screen.contents().contains("12.50"), "{}", screen.contents());
        leave(app);
    }
}

#[test]
fn a_smaller_terminal_is_told_its_size_in_one_sentence() {
    let house = Household::new();
    let app = house.open_at(39, 9);
    let screen = app.wait_until("the sentence", |screen| {
        words(screen) == "Too small: 39x9. expense needs 40x10."
    });
    assert!(screen.alternate_screen());
    leave(app);
    let mut app = house.open_at(1, 1);
    app.wait_until("a first letter", |screen| screen.contents() == "T");
    app.send("jka");
    app.send("\x1b");
    app.wait_quiet();
    leave(app);
}

#[test]
fn a_resize_keeps_what_is_typed() {
    let house = Household::new();
    let mut app = house.open();
    app.wait("No rows in");
    app.send("a12.50 lunch");
    app.wait("12.50 lunch");
    for (columns, rows) in [(39, 9), (300, 80), (1, 1), (40, 10), (80, 24)] {
        app.resize(columns, rows);
        let is_too_small = columns < 40;
        app.wait_until("the new size", |screen| {
            let text = words(screen);
            if is_too_small {
                text.starts_with('T') && !text.contains("lunch")
            } else {
                text.contains("12.50 lunch")
            }
        });
        assert!(app.is_running());
    }
    app.send(ENTER);
    app.wait("Saved 12.50 lunch");
}

#[test]
fn no_color_means_none_and_the_selection_is_seen_without() {
    let mut house = Household::new();
    with_a_row(&house);
    house.home.set("NO_COLOR", "1");
    let app = house.open();
    let screen = app.wait_until("a selected row", |screen| selected(screen).is_some());
    assert!(is_without_colour(&screen), "{}", screen.contents());
    leave(app);
    house.home.unset("NO_COLOR");
    let app = house.open();
    let screen = app.wait_until("a selected row", |screen| selected(screen).is_some());
    assert!(
        !is_without_colour(&screen),
        "income is green, where there are colours"
    );
    leave(app);
}

#[test]
fn a_plain_terminal_gets_no_colour_and_no_glyph_it_lacks() {
    let mut house = Household::new();
    with_a_row(&house);
    for term in ["dumb", "vt100"] {
        house.home.set("TERM", term);
        let app = house.open();
        let screen = app.wait_until("a selected row", |screen| selected(screen).is_some());
        assert!(is_without_colour(&screen), "TERM={term}");
        assert!(screen.contents().is_ascii(), "TERM={term}: {}", screen.contents());
        leave(app);
    }
}

#[test]
fn a_locale_without_utf_8_gets_ascii_only() {
    let mut house = Household::new();
    with_a_row(&house);
    for locale in ["C", "POSIX", "de_DE.ISO-8859-1"] {
        house.home.set("LANG", locale);
        let mut app = house.open();
        app.wait("lunch");
        app.send("2");
        app.wait("Food");
        app.send("?");
        app.wait_quiet();
        app.send("\x1b");
        app.wait_quiet();
        let output = app.output();
        assert!(
            output.is_ascii(),
            "LANG={locale}: {}",
            String::from_utf8_lossy(&output)
        );
        leave(app);
    }
}
