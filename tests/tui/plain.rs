//! `expense` without a terminal: what a script, a pipe or a first look gets.

use tests::program::Home;

#[test]
fn without_a_terminal_an_empty_home_prints_the_month_and_the_next_commands() {
    let home = Home::new();
    let printed = home.expense(&[]).ok();
    assert!(printed.contains("Total     0.00     0"), "{printed}");
    assert!(printed.contains("expense add '12.50 lunch #food'"), "{printed}");
    assert!(home.database().is_file(), "{:?}", home.files());
}

#[test]
fn what_add_wrote_the_next_run_prints() {
    let home = Home::new();
    let added = home.expense(&["add", "12.50 lunch #food"]).ok();
    assert!(added.contains("12.50"), "{added}");
    let printed = home.expense(&[]).ok();
    assert!(printed.contains("Food") && printed.contains("12.50"), "{printed}");
}
