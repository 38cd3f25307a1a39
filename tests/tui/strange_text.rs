//! Text that would be a command to a terminal, in the database past every check: it comes out harmless everywhere.

use tests::daemon::Household;
use tests::terminal::Terminal;

/// Sets a title, writes to the clipboard, clears the screen, turns the line around, rings.
const STRANGE: &str =
    "evil\u{1b}]0;owned\u{7}\u{1b}]52;c;aGk=\u{1b}\\\u{1b}[2J\u{9b}31m\u{202e}\u{2066}\u{7}\u{8}\u{200b}";

fn house_with_strange_text() -> Household {
    let house = Household::new();
    house.expense(&["add", "12.50 harmless #food +tag // note"]).ok();
    // On MariaDB a backslash in a text is written twice.
    let text = if house.database_url().starts_with("mysql") {
        STRANGE.replace('\\', "\\\\")
    } else {
        STRANGE.to_owned()
    };
    house.execute(&format!("UPDATE payee SET name = '{text}payee'"));
    house.execute(&format!("UPDATE expense SET note = '{text}note'"));
    house.execute(&format!(
        "UPDATE category SET name = '{text}category' WHERE name = 'Food'"
    ));
    house.execute(&format!("UPDATE ledger SET name = '{text}ledger'"));
    house
}

fn is_harmless(text: &str) -> bool {
    !text.chars().any(|c| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

#[test]
fn plain_commands_print_it_without_what_a_terminal_obeys() {
    let house = house_with_strange_text();
    for arguments in [
        &["list"][..],
        &[],
        &["report", "by-category"],
        &["report", "by-payee"],
        &["categories"],
        &["doctor"],
    ] {
        let printed = house.expense(arguments);
        assert!(
            is_harmless(&printed.stderr),
            "{arguments:?}: {:?}",
            printed.stderr
        );
        let printed = printed.ok();
        assert!(is_harmless(&printed), "{arguments:?}: {printed:?}");
    }
    let list = house.expense(&["list"]).ok();
    assert!(list.contains("evil"), "{list}");
    let json = house.expense(&["list", "--json"]).ok();
    assert!(!json.contains('\u{1b}') && json.contains("\\u001b"), "{json}");
}

#[test]
fn the_app_draws_it_without_what_a_terminal_obeys() {
    let house = house_with_strange_text();
    let mut app = Terminal::open_at(&house.home, &[], 140, 40);
    app.wait("evil");
    for keys in ["e", "\x1b", "2", "1", "a", "\t", "\x1b", "?", "\x1b"] {
        app.send_in_pieces(&[keys], std::time::Duration::from_millis(80));
        app.wait_quiet();
    }
    let output = String::from_utf8(app.output()).unwrap();
    for obeyed in [
        "\u{1b}]0;owned",
        "\u{1b}]52",
        "\u{1b}[2J\u{9b}",
        "\u{9b}",
        "\u{202e}",
        "\u{2066}",
        "\u{7}",
    ] {
        assert!(!output.contains(obeyed), "{obeyed:?} reached the terminal");
    }
}
