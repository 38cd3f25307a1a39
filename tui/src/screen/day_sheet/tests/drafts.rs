//! What is unsaved survives leaving the sheet, and the death of the app.

use super::*;
use crate::screen::Screen;

struct Below;

impl Layer for Below {
    fn title(&self) -> String {
        "Below".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec![]
    }

    fn draw(&mut self, _: &mut Canvas<'_>, _: Rect, _: &Look) {}

    fn on_action(&mut self, _: Action, _: &Look) -> Fx<Self> {
        Fx::pass()
    }
}

/// Opens the sheet over a screen.
struct Opener(Desk);

impl Layer for Opener {
    fn title(&self) -> String {
        "Opener".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["expenses"]
    }

    fn draw(&mut self, _: &mut Canvas<'_>, _: Rect, _: &Look) {}

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            Action::DaySheet => Fx::push(DaySheet::new(self.0.clone(), date("2026-11-20"))),
            _ => Fx::pass(),
        }
    }
}

fn over(desk: &Desk) -> Harness {
    let desk = desk.clone();
    let screens = vec![
        Screen::new("Opener", move || Opener(desk)),
        Screen::new("Below", || Below),
    ];
    Harness::new(80, 24).screens(screens)
}

#[test]
fn leaving_keeps_unsaved_cells_and_says_so() {
    let bench = Bench::new();
    let mut app = over(&bench.desk);
    app.keys("o50<esc><esc>");
    assert_eq!(app.titles(), ["Opener"]);
    assert!(
        app.message()
            .unwrap()
            .text
            .contains("Unsaved cells of Fri 20 Nov are kept"),
        "{:?}",
        app.message()
    );
    bench.fake.once_tagged("get_day", &day(eight()), ETAG);
    app.keys("o");
    assert!(app.line(4).contains("50.00"), "{}", app.screen());
    assert!(
        app.message().unwrap().text.contains("1 unsaved row"),
        "{:?}",
        app.message()
    );
    assert!(bench.sent().is_empty());
}

#[test]
fn a_switch_to_another_screen_keeps_them_too() {
    let bench = Bench::new();
    let mut app = over(&bench.desk);
    app.keys("o50").act(Action::Screen2);
    assert_eq!(app.titles(), ["Below"]);
    bench.fake.once_tagged("get_day", &day(eight()), ETAG);
    app.keys("1o");
    assert!(app.line(4).contains("50.00"), "{}", app.screen());
}

#[test]
fn leaving_waits_for_a_save_that_is_on_its_way() {
    let bench = Bench::new();
    bench.fake.on("update_day", &saved(vec![], vec![], vec![]));
    let mut app = over(&bench.desk);
    app.keys("o50<esc>").hold().keys("<c-x><esc>");
    assert_eq!(app.titles().len(), 2);
    app.release();
    assert_eq!(app.titles(), ["Opener"]);
    assert!(
        app.message().unwrap().text.starts_with("Saved Fri 20 Nov"),
        "{:?}",
        app.message()
    );
    assert_eq!(bench.sent().len(), 1);
}

#[test]
fn leaving_without_changes_says_nothing_and_keeps_nothing() {
    let bench = Bench::new();
    let mut app = over(&bench.desk);
    app.keys("o<esc>");
    assert!(app.message().is_none());
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
}

#[test]
fn every_letter_is_on_disk_and_a_dead_app_leaves_it_to_the_next() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("50<tab><tab><tab>eHal");
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 1));
    let Bench { fake, desk, state } = bench;
    // The program dies: its locks fall.
    drop(app);
    drop(desk);
    let desk = super::desk(&fake, &state);
    desk.drafts.put(desk.outbox.take_drafts().unwrap());
    fake.once_tagged("get_day", &day(eight()), ETAG);
    let mut app = Harness::new(80, 24).open(DaySheet::new(desk.clone(), date("2026-11-20")));
    assert!(
        app.line(4).contains("50.00") && app.line(4).contains("Hal"),
        "{}",
        app.screen()
    );
    app.keys("u");
    assert_eq!(
        desk.outbox.counts().unwrap(),
        (0, 0),
        "taken back, nothing is kept"
    );
}

#[test]
fn a_save_that_worked_takes_the_draft_off_the_disk() {
    let bench = Bench::new();
    let mut app = bench.open();
    let mut first = eight().remove(0);
    first.amount = api::money::Amount::from_minor(5_000, Currency::EUR);
    first.version = 2;
    bench.fake.on("update_day", &saved(vec![], vec![first], vec![]));
    app.keys("50<esc>");
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 1));
    app.keys("<c-x>");
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
}

#[test]
fn a_draft_over_a_row_that_changed_since_shows_both() {
    let bench = Bench::new();
    let mut app = over(&bench.desk);
    app.keys("o50<esc><esc>");
    let mut rows = eight();
    rows[0].amount = api::money::Amount::from_minor(4_950, Currency::EUR);
    rows[0].version = 2;
    bench.fake.once_tagged("get_day", &day(rows), "\"8-new\"");
    app.keys("o");
    assert!(
        app.screen().contains("Amount: mine 50, theirs 49.50"),
        "{}",
        app.screen()
    );
}

#[test]
fn a_draft_that_cannot_be_read_is_passed_over() {
    let bench = Bench::new();
    let id = bench
        .desk
        .outbox
        .keep_draft(None, "day 2026-11-20", "{not json")
        .unwrap();
    let draft = crate::outbox::Draft {
        id,
        kind: "day 2026-11-20".to_owned(),
        text: "{not json".to_owned(),
        book: "test".to_owned(),
    };
    bench.desk.drafts.put([draft]);
    let app = bench.open();
    assert!(app.line(4).contains("48.90"), "{}", app.screen());
}
