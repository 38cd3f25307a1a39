//! The mechanism, proven on a small demo layer: a list that is loaded, a popup that answers, a
//! field to type in.

use std::{
    future::{pending, ready},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::TimeDelta;
use ratatui::{
    layout::{Position, Rect},
    style::Modifier,
};

use super::*;
use crate::open_ledger::OpenLedger;
use crate::{
    fx::Fx,
    keymap::Action,
    layer::{Layer, TextEvent},
    popup::{Confirm, MessageBox},
    testkit::{Harness, noon, remapped},
    widget::{Canvas, Column, Line, LineView, Row, Rows, Scroll, Table},
};

struct Names(Vec<String>);

impl Rows for Names {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        self.0.get(at).map(|name| Row::default().cell(name))
    }
}

/// A screen as small as one can be.
struct Demo {
    rows: Names,
    scroll: Scroll,
    days_seen: usize,
    resumed: usize,
}

impl Demo {
    fn new() -> Self {
        Self {
            rows: Names(Vec::new()),
            scroll: Scroll::default(),
            days_seen: 0,
            resumed: 0,
        }
    }

    fn loaded(&mut self, names: Result<Vec<String>, String>, _: &Look) -> Fx<Self> {
        match names {
            Ok(names) => {
                self.rows.0 = names;
                Fx::none()
            }
            Err(error) => Fx::notify(Message::error(error)),
        }
    }

    fn load(count: usize) -> Fx<Self> {
        let names = (0..count).map(|n| format!("row {n}")).collect();
        Fx::call_latest("rows", "loading October", ready(Ok(names)), Self::loaded)
    }

    fn confirmed(&mut self, is_sure: bool, _: &Look) -> Fx<Self> {
        if is_sure {
            self.rows.0.clear();
        }
        Fx::notify(if is_sure { "Gone." } else { "Kept." })
    }
}

impl Layer for Demo {
    fn title(&self) -> String {
        "Demo".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["expenses", "period", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        ["What it is for.", "", ""]
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        Self::load(100)
    }

    fn on_resume(&mut self, _: &Look) -> Fx<Self> {
        self.resumed += 1;
        Fx::none()
    }

    fn on_change(&mut self, change: &Change, _: &Look) -> Fx<Self> {
        if change.get::<NewDay>().is_some() {
            self.days_seen += 1;
        }
        Fx::none()
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.scroll.on_action(action, self.rows.len()) {
            return Fx::none();
        }
        match action {
            Action::Delete => Fx::ask(Confirm::new("Delete", "Delete 2 rows?"), Self::confirmed),
            Action::Add => Fx::push(Typing::default()),
            Action::Reload => Self::load(3),
            Action::Edit => Fx::call("saving", pending::<()>(), |_, (), _| Fx::notify("Saved.")),
            Action::Duplicate => Fx::call_latest("rows", "loading", pending::<()>(), |_, (), _| Fx::none()),
            Action::Categorise => Fx::call("breaking", async { broken() }, |_, (), _| Fx::none()),
            Action::Copy => Fx::copy("row"),
            Action::Filter => Fx::push(MessageBox::new("Text", "line\n".repeat(90))),
            Action::PeriodDay => Fx::notify("A day."),
            Action::Sort => Fx::announce(Change::new(NewDay(NaiveDate::default()))),
            _ => Fx::pass(),
        }
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let table = Table {
            columns: &[Column::flexible("Name", 6)],
            rows: &self.rows,
            has_titles: true,
            has_focus: true,
            cell: None,
        };
        table.draw(canvas, area, &mut self.scroll, look);
    }
}

fn broken() {
    panic!("on purpose");
}

/// A field over the screen.
#[derive(Default)]
struct Typing {
    line: Line,
}

impl Layer for Typing {
    fn title(&self) -> String {
        "Typing".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["line"]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.line.on_text(event);
        Fx::none()
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            // A reply that will find this layer gone.
            Action::Accept => {
                let late = Fx::call("saving", ready(()), |_, (), _| Fx::notify("too late"));
                late.and(Fx::pop())
            }
            Action::Save => Fx::call("saving", ready(()), |_, (), _| Fx::pop()),
            _ => Fx::pass(),
        }
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(Rect {
            y: body.bottom().saturating_sub(1),
            height: 1,
            ..body
        })
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let view = LineView {
            ghost: "12.50 lunch #food",
            style: look.styles.plain,
            has_cursor: true,
            ..LineView::default()
        };
        let place = (area.x, area.y, area.width);
        self.line.draw(canvas, place, view, look);
    }
}

fn demo() -> Harness {
    Harness::new(80, 24).open(Demo::new())
}

#[test]
fn a_screen_loads_and_moves_and_the_cursor_sits_on_the_chosen_row() {
    let mut app = demo();
    app.keys("jj");
    assert!(app.line(5).starts_with(">  row 2"), "{}", app.screen());
    assert_eq!(app.cursor(), Some(Position::new(0, 5)));
    assert!(app.line(0).contains("Joint EUR   1 Test"), "{}", app.line(0));
    assert!(app.line(0).ends_with("live"), "{}", app.line(0));
}

#[test]
fn the_footer_shows_keys_of_this_layer_and_help_last() {
    let app = demo();
    let footer = app.line(23);
    assert!(footer.starts_with(" a add  e edit  d delete"), "{footer}");
    assert!(footer.ends_with("? help"), "{footer}");
    assert!(app.style_of("add").add_modifier.is_empty());
    assert!(app.style_at(1, 23).add_modifier.contains(Modifier::BOLD));
}

#[test]
fn a_popup_answers_whoever_asked() {
    let mut app = demo();
    app.keys("d");
    assert!(app.screen().contains("Delete 2 rows?"));
    assert!(app.screen().contains("row 3"), "what is below stays");
    app.keys("n");
    assert_eq!(app.message().unwrap().text, "Kept.");
    app.keys("dy");
    assert_eq!(app.message().unwrap().text, "Gone.");
    assert!(!app.screen().contains("row 3"));
    assert_eq!(app.titles(), ["Demo"]);
}

#[test]
fn a_message_stays_until_the_next_key() {
    let mut app = demo();
    app.keys("pd");
    assert_eq!(app.line(22), " A day.");
    app.wait(60_000);
    assert_eq!(app.line(22), " A day.");
    app.keys("j");
    assert_eq!(app.line(22), "");
}

#[test]
fn letters_are_text_in_a_field_and_verbs_elsewhere() {
    let mut app = demo();
    app.keys("a");
    assert!(app.screen().contains("12.50 lunch #food"));
    app.keys("12.50 q?1a");
    assert!(app.line(20).starts_with("12.50 q?1a"), "{}", app.screen());
    assert_eq!(app.cursor(), Some(Position::new(10, 20)));
    app.keys("<bs><bs><bs><c-w>x").paste("\ny");
    assert!(app.line(20).starts_with("12.50 x y"), "{}", app.line(20));
    app.keys("<esc>");
    assert_eq!(app.titles(), ["Demo"]);
}

#[test]
fn a_reply_to_a_layer_that_is_gone_is_dropped() {
    let mut app = demo();
    app.keys("a<cr>");
    assert_eq!(app.titles(), ["Demo"]);
    assert_eq!(app.message(), None);
}

#[test]
fn a_layer_closes_itself_even_from_under_another() {
    let mut app = demo();
    app.keys("a").hold().keys("<c-x><f1>");
    assert_eq!(app.titles(), ["Demo", "Typing", "Keys of Typing"]);
    app.release();
    assert_eq!(app.titles(), ["Demo", "Keys of Typing"]);
}

#[test]
fn the_newest_call_of_a_slot_wins() {
    let mut app = demo();
    app.hold().keys("Dr").release();
    assert!(app.screen().contains("row 2"));
    assert!(!app.screen().contains("row 3"));
}

#[test]
fn work_that_panics_says_so_and_leaves_no_label() {
    let mut app = demo();
    app.keys("c");
    assert!(app.message().unwrap().text.contains("failed"));
    app.wait(1000);
    assert!(!app.screen().contains("breaking"));
}

#[test]
fn what_takes_long_is_said_after_300_ms_and_old_rows_stay() {
    let mut app = demo();
    app.hold().keys("D");
    assert!(!app.line(0).contains("loading"));
    app.wait(301);
    assert!(app.line(0).contains("loading"), "{}", app.line(0));
    assert!(app.screen().contains("row 3"));
}

#[test]
fn nothing_is_sent_when_nothing_changed() {
    let mut app = demo();
    app.take_bytes();
    let frames = app.frames();
    app.keys("k").keys("<esc>").keys("k").wait(100);
    assert_eq!(app.frames(), frames);
    assert!(app.take_bytes().is_empty());
}

#[test]
fn a_frame_and_a_key_stay_within_their_bytes() {
    let mut app = demo();
    let first = app.take_bytes();
    assert!(first.len() <= 4096, "{}", first.len());
    assert!(first.starts_with(b"\x1b[?2026h") && first.ends_with(b"\x1b[?2026l"));
    for key in ["j", "k", "a", "1"] {
        app.keys(key);
        let sent = app.take_bytes().len();
        assert!(sent <= 600, "{key}: {sent}");
    }
}

#[test]
fn no_size_is_too_small_or_too_large_to_draw() {
    for script in ["", "a1", "d", "?", ":", "p", "/"] {
        let mut app = demo();
        app.keys(script);
        for (width, height) in [(1, 1), (20, 5), (39, 9), (40, 10), (80, 24), (300, 80), (1, 80)] {
            app.resize(width, height);
            assert_eq!(app.lines().len(), usize::from(height));
        }
        app.resize(20, 5);
        assert!(app.screen().replace('\n', " ").contains("Too small: 20x5."));
    }
}

#[test]
fn mono_and_ascii_keep_the_selection_and_write_no_colour() {
    let mut app = Harness::new(80, 24).mono().ascii().open(Demo::new());
    app.keys("jj");
    assert!(app.line(5).starts_with('>'));
    assert!(app.style_at(3, 5).add_modifier.contains(Modifier::REVERSED));
    assert!(!app.style_at(3, 4).add_modifier.contains(Modifier::REVERSED));
    assert!(app.screen().is_ascii());
    let sent = String::from_utf8(app.take_bytes()).unwrap();
    let colours = sent.split("\u{1b}[").filter_map(|part| part.split_once('m'));
    for (code, _) in colours {
        let is_colour = code
            .split(';')
            .filter_map(|n| n.parse::<u8>().ok())
            .any(|n| (30..=38).contains(&n) || (40..=48).contains(&n) || n >= 90);
        assert!(!is_colour, "{code}");
    }
}

#[test]
fn help_lists_the_keys_and_runs_one() {
    let mut app = demo();
    app.keys("?");
    assert!(app.screen().contains("What it is for."));
    assert!(app.screen().contains("expenses.add"));
    app.keys("show a day");
    assert!(app.screen().contains("p d"), "{}", app.screen());
    app.keys("<cr>");
    assert_eq!(app.titles(), ["Demo"]);
    assert_eq!(app.message().unwrap().text, "A day.");
}

#[test]
fn the_palette_finds_verbs_and_commands() {
    let about = || MessageBox::new("About", "The books of this house.");
    let mut app = Harness::new(80, 24)
        .command(Command::new("about", "what this is", about))
        .open(Demo::new());
    app.keys(":about<cr>");
    assert!(app.screen().contains("The books of this house."));
    app.keys("<esc>:screen");
    assert!(app.screen().contains("screen-1: first screen"));
    assert!(!app.screen().contains("screen-2"), "there is one screen only");
    app.keys("<esc>:relo");
    assert!(app.screen().contains("> reload: load again"), "{}", app.screen());
    app.keys("<cr>");
    assert_eq!(app.titles(), ["Demo"]);
    assert!(!app.screen().contains("row 4"));
}

#[test]
fn a_sequence_shows_what_may_follow() {
    let mut app = demo();
    app.keys("p");
    assert!(app.line(23).contains("m show a month"), "{}", app.line(23));
    app.keys("<esc>");
    assert!(app.line(23).contains("a add"));
    assert_eq!(app.titles(), ["Demo"]);
}

#[test]
fn a_remapped_key_is_the_one_shown() {
    let keys = remapped(&[("expenses.add", "n")]);
    let mut app = Harness::new(80, 24).keymap(keys).open(Demo::new());
    assert!(app.line(23).starts_with(" n add"), "{}", app.line(23));
    app.keys("n");
    assert_eq!(app.titles(), ["Demo", "Typing"]);
}

#[test]
fn escape_never_quits_and_q_does_only_at_the_top() {
    let mut app = demo();
    app.keys("<esc><esc>/q");
    assert!(!app.has_ended());
    assert_eq!(app.titles(), ["Demo"]);
    app.keys("q");
    assert!(app.has_ended());
}

#[test]
fn control_c_leaves_from_anywhere() {
    let mut app = demo();
    app.keys("a12<c-c>");
    assert!(app.has_ended());
}

#[test]
fn screens_are_kept_while_another_is_shown() {
    let mut app = Harness::new(80, 24).screens(vec![
        Screen::new("Expenses", Demo::new),
        Screen::new("Insights", || MessageBox::new("Insights", "Nothing yet.")),
    ]);
    app.keys("jjj2");
    assert_eq!(app.titles(), ["Insights"]);
    app.keys("1");
    assert!(app.line(6).starts_with(">  row 3"), "{}", app.screen());
    app.keys("9");
    assert_eq!(app.titles(), ["Demo"]);
}

#[test]
fn midnight_reaches_every_layer_once() {
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = ahead.clone();
    let mut app = Harness::new(80, 24)
        .clock(move || noon() + TimeDelta::hours(clock.load(Ordering::SeqCst)))
        .open(Demo::new());
    assert_eq!(app.look().today().to_string(), "2026-11-21");
    ahead.store(12, Ordering::SeqCst);
    app.wait(0);
    assert_eq!(app.look().today().to_string(), "2026-11-22");
    let frames = app.frames();
    app.wait(0);
    assert_eq!(app.frames(), frames);
}

#[test]
fn midnight_is_as_far_as_the_clock_says() {
    assert_eq!(until_midnight(noon()), Duration::from_hours(12));
    let last = noon() + TimeDelta::milliseconds(12 * 3_600_000 - 1);
    assert_eq!(until_midnight(last), Duration::from_secs(1));
}

#[test]
fn posts_from_outside_change_the_header_and_the_message() {
    let mut app = demo();
    let poster = app.poster();
    poster.link(Link::Offline { waiting: 2 });
    poster.ledger(OpenLedger {
        name: "Trip".to_owned(),
        currency: api::currency::Currency::parse("USD"),
        ..OpenLedger::default()
    });
    poster.notify("Ana added Rewe 48.90");
    app.settle();
    assert!(app.line(0).contains("Trip USD"));
    assert!(app.line(0).ends_with("offline, 2 waiting"));
    assert_eq!(app.line(22), " Ana added Rewe 48.90");
}

#[test]
fn what_is_copied_goes_to_the_terminal() {
    let mut app = demo();
    app.keys("y");
    assert_eq!(app.copied(), ["row"]);
    assert!(app.message().unwrap().text.contains("clipboard"));
}

#[test]
fn a_hostile_text_cannot_reach_the_wire() {
    let mut app = demo();
    app.take_bytes();
    app.poster().notify("pay\u{1b}]0;owned\u{7}\u{202e}ee");
    app.settle();
    let sent = String::from_utf8(app.take_bytes()).unwrap();
    assert!(!sent.contains('\u{7}') && !sent.contains("\u{1b}]") && !sent.contains('\u{202e}'));
    assert!(app.line(22).contains("pay?]0;owned?ee"));
}

#[test]
fn a_test_may_bring_its_own_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .unwrap();
    let mut app = Harness::new(80, 24)
        .on(runtime.handle().clone())
        .open(Demo::new());
    app.keys("r");
    assert!(app.screen().contains("row 2"));
}

#[test]
fn what_was_resumed_is_told_and_a_change_goes_to_everybody() {
    let mut app = Harness::new(80, 24).screens(vec![
        Screen::new("Expenses", Demo::new),
        Screen::new("Insights", Demo::new),
    ]);
    app.keys("a<esc>");
    let counts = |app: &mut Harness| app.with(|demo: &mut Demo| (demo.resumed, demo.days_seen));
    assert_eq!(counts(&mut app), Some((1, 0)));
    app.keys("2s1");
    assert_eq!(counts(&mut app), Some((2, 1)));
}

#[test]
fn layers_that_set_each_other_off_come_to_an_end() {
    let mut app = Harness::new(80, 24).open(Echo(0));
    app.keys("r");
    let heard = app.with(|echo: &mut Echo| echo.0).unwrap();
    assert!((1..100).contains(&heard), "{heard}");
}

/// Answers every change with another.
struct Echo(usize);

impl Layer for Echo {
    fn title(&self) -> String {
        "Echo".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        Vec::new()
    }

    fn draw(&mut self, _: &mut Canvas<'_>, _: Rect, _: &Look) {}

    fn on_action(&mut self, _: Action, _: &Look) -> Fx<Self> {
        Fx::announce(Change::new(()))
    }

    fn on_change(&mut self, _: &Change, _: &Look) -> Fx<Self> {
        self.0 += 1;
        Fx::announce(Change::new(()))
    }
}
