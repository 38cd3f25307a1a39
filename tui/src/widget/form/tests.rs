//! Forms, used as a person would.

use ratatui::{buffer::Buffer, layout::Rect};

use super::*;
use crate::{
    keymap::{Keymap, Lookup, parse_script},
    testkit::{look, rows_of},
    widget::Canvas,
};

fn form() -> Form {
    let options = ["Food", "Eating out", "Gear", "Rent"];
    let options: Vec<String> = options.into_iter().map(str::to_owned).collect();
    Form::new(vec![
        Field::text("amount", "Amount").check(|value, _| match value {
            "" => Err("An amount is missing - as in 12.50".to_owned()),
            "12.5.0" => Err("Two decimal points - use 12.50 or 1250".to_owned()),
            amount => Ok(format!("{amount} EUR")),
        }),
        Field::choice("category", "Category", options).or_new(),
        Field::text("note", "Note").ghost("optional"),
    ])
}

/// Keys as the app would hand them over; the last event.
fn press(form: &mut Form, script: &str) -> FormEvent {
    let mut last = FormEvent::Moved;
    for key in parse_script(script).unwrap() {
        last = match key.edit() {
            Some(edit) => form.on_text(TextEvent::Edit(edit)),
            None => match Keymap::default().resolve(&["form"], &[key]) {
                Lookup::Run(action) => form.on_action(action, &look()),
                _ => FormEvent::Passed,
            },
        };
    }
    last
}

fn drawn(form: &mut Form, width: u16, height: u16) -> Vec<String> {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let mut canvas = Canvas::new(&mut buffer);
    let area = canvas.area();
    form.draw(&mut canvas, area, &look());
    rows_of(&buffer)
}

#[test]
fn a_bad_value_keeps_its_text_and_says_how_to_mend_it() {
    let mut form = form();
    press(&mut form, "12.5.0");
    assert!(!form.has_errors(), "not while it is typed");
    press(&mut form, "<tab>");
    assert_eq!(form.value("amount"), "12.5.0");
    assert_eq!(
        drawn(&mut form, 60, 4),
        [
            "  Amount    12.5.0",
            "            ! Two decimal points - use 12.50 or 1250",
            "> Category",
            "            >Food  Eating out  Gear  Rent",
        ]
    );
    press(&mut form, "<s-tab><bs><bs>");
    assert!(!form.has_errors(), "typing takes the error away");
    assert!(drawn(&mut form, 60, 1)[0].ends_with("12.5 EUR"));
}

#[test]
fn saving_refuses_and_goes_to_the_first_fault() {
    let mut form = form();
    assert_eq!(press(&mut form, "<tab>food<tab>x<c-x>"), FormEvent::Refused);
    assert_eq!(form.focused(), "amount");
    assert_eq!(form.value("note"), "x");
    assert_eq!(press(&mut form, "7<c-x>"), FormEvent::Submit);
    assert_eq!(form.value("category"), "Food");
}

#[test]
fn enter_goes_on_and_submits_from_the_last_field() {
    let mut form = form();
    assert_eq!(press(&mut form, "7<cr><cr>"), FormEvent::Moved);
    assert_eq!(form.focused(), "note");
    assert_eq!(press(&mut form, "<cr>"), FormEvent::Submit);
    assert_eq!(form.value("category"), "", "an empty choice stays empty");
}

#[test]
fn a_choice_is_found_by_a_part_and_picked_with_the_arrows() {
    let mut form = form();
    assert_eq!(press(&mut form, "<tab>out<tab>"), FormEvent::Changed("category"));
    assert_eq!(form.value("category"), "Eating out");
    press(&mut form, "<s-tab><c-u>e<down><tab>");
    assert_ne!(form.value("category"), "");
}

#[test]
fn something_new_is_not_mistaken_for_a_likeness() {
    let mut form = form();
    press(&mut form, "<tab>Eto");
    assert!(drawn(&mut form, 60, 3)[2].contains(">Eto (new)"));
    press(&mut form, "<tab>");
    assert_eq!(form.value("category"), "Eto");
    press(&mut form, "<s-tab><c-u>gea");
    assert!(drawn(&mut form, 60, 3)[2].contains(">Gear  gea (new)"));
}

#[test]
fn an_error_from_outside_stands_under_its_field() {
    let mut form = form();
    assert!(form.set_error("category", "Food is archived - choose another"));
    assert!(!form.set_error("nonsense", "x"));
    form.focus_on_error();
    assert_eq!(form.focused(), "category");
    assert!(drawn(&mut form, 60, 5).join("\n").contains("! Food is archived"));
}

#[test]
fn the_field_with_the_cursor_is_in_view_however_low_it_gets() {
    let mut form = form();
    press(&mut form, "<tab><tab>");
    assert_eq!(drawn(&mut form, 30, 1), ["> Note      optional"]);
    for (width, height) in [(1, 1), (3, 2), (12, 3), (300, 80)] {
        drawn(&mut form, width, height);
    }
}
