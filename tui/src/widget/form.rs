//! A form: labelled fields under each other, an error under its field, what a value was understood
//! as beside it, and for a choice the best matches to pick from. What was typed stays whatever
//! happens. A form checks nothing by itself: each field brings its own check.

use ratatui::layout::{Position, Rect};

use super::{Canvas, Line, LineView, rank};
use crate::{
    keymap::Action,
    layer::TextEvent,
    text::{self, Align},
    theme::Look,
};

/// Matches offered under a choice.
const OFFERED: usize = 6;
const VALUE: u16 = 32;

/// What a value was understood as, or what is wrong and how to mend it.
pub type Checked = Result<String, String>;
type Check = Box<dyn Fn(&str, &Look) -> Checked>;

/// What kind of typing a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// One of these, found by a part of its name; or, if new ones are welcome, another.
    Choice {
        options: Vec<String>,
        takes_new: bool,
    },
}

/// One field.
pub struct Field {
    id: &'static str,
    label: &'static str,
    kind: Kind,
    line: Line,
    ghost: String,
    check: Option<Check>,
    error: Option<String>,
    picked: usize,
    is_touched: bool,
}

impl Field {
    pub fn text(id: &'static str, label: &'static str) -> Self {
        Self {
            id,
            label,
            kind: Kind::Text,
            line: Line::default(),
            ghost: String::new(),
            check: None,
            error: None,
            picked: 0,
            is_touched: false,
        }
    }

    pub fn choice(id: &'static str, label: &'static str, options: Vec<String>) -> Self {
        Self {
            kind: Kind::Choice {
                options,
                takes_new: false,
            },
            ..Self::text(id, label)
        }
    }

    /// A choice that takes what is not in the list yet.
    #[must_use]
    pub fn or_new(mut self) -> Self {
        if let Kind::Choice { takes_new, .. } = &mut self.kind {
            *takes_new = true;
        }
        self
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.line.set(value);
        self
    }

    #[must_use]
    pub fn ghost(mut self, ghost: impl Into<String>) -> Self {
        self.ghost = ghost.into();
        self
    }

    /// Reads the value as it is typed; the error shows once the field is left or saved.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&str, &Look) -> Checked + 'static) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    fn checked(&self, look: &Look) -> Checked {
        self.check
            .as_ref()
            .map_or(Ok(String::new()), |check| check(self.line.value(), look))
    }

    /// Matches for what is typed; the last one may be the new value itself.
    fn offers(&self) -> Vec<(String, bool)> {
        let Kind::Choice { options, takes_new } = &self.kind else {
            return Vec::new();
        };
        let typed = self.line.value().trim();
        let ranked = rank(typed, options.iter().map(String::as_str));
        let mut offers: Vec<(String, bool)> = ranked
            .into_iter()
            .filter_map(|at| options.get(at))
            .take(OFFERED)
            .map(|option| (option.clone(), false))
            .collect();
        if let Some(exact) = offers.iter().position(|(option, _)| option == typed) {
            let exact = offers.remove(exact);
            offers.insert(0, exact);
        } else if *takes_new && !typed.is_empty() {
            offers.push((typed.to_owned(), true));
        }
        offers
    }

    /// Makes the picked match the value. An empty choice stays empty.
    fn settle(&mut self) {
        self.is_touched = true;
        if self.line.value().trim().is_empty() && self.picked == 0 {
            return;
        }
        if let Some((option, _)) = self.offers().into_iter().nth(self.picked) {
            self.line.set(option);
        }
        self.picked = 0;
    }
}

/// What a key did to the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormEvent {
    /// Only the view changed.
    Moved,
    /// The value of this field.
    Changed(&'static str),
    /// The user wants it saved and no check objects.
    Submit,
    /// The user wants it saved, and the first faulty field has the cursor.
    Refused,
    /// Not a verb of forms.
    Passed,
}

/// Fields and which of them has the cursor.
pub struct Form {
    fields: Vec<Field>,
    focus: usize,
    scroll: usize,
}

impl Form {
    pub fn new(fields: Vec<Field>) -> Self {
        Self {
            fields,
            focus: 0,
            scroll: 0,
        }
    }

    fn find(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    fn find_mut(&mut self, id: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.id == id)
    }

    /// What was typed, untrimmed; empty for a field that there is not.
    pub fn value(&self, id: &str) -> &str {
        self.find(id).map_or("", |field| field.line.value())
    }

    pub fn set(&mut self, id: &str, value: impl Into<String>) {
        if let Some(field) = self.find_mut(id) {
            field.line.set(value);
        }
    }

    pub fn set_ghost(&mut self, id: &str, ghost: impl Into<String>) {
        if let Some(field) = self.find_mut(id) {
            field.ghost = ghost.into();
        }
    }

    pub fn set_options(&mut self, id: &str, new: Vec<String>) {
        if let Some(Field {
            kind: Kind::Choice { options, .. },
            ..
        }) = self.find_mut(id)
        {
            *options = new;
        }
    }

    /// Paints an error under a field, as the server or the screen found it. False: no such field.
    pub fn set_error(&mut self, id: &str, error: impl Into<String>) -> bool {
        let found = self.find_mut(id);
        let is_found = found.is_some();
        if let Some(field) = found {
            field.error = Some(error.into());
        }
        is_found
    }

    pub fn has_errors(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }

    /// The id of the field that has the cursor.
    pub fn focused(&self) -> &'static str {
        self.fields.get(self.focus).map_or("", |field| field.id)
    }

    pub fn focus_on(&mut self, id: &str) {
        if let Some(at) = self.fields.iter().position(|field| field.id == id) {
            self.focus = at;
        }
    }

    /// Puts the cursor on the first field with an error.
    pub fn focus_on_error(&mut self) {
        if let Some(at) = self.fields.iter().position(|field| field.error.is_some()) {
            self.focus = at;
        }
    }

    pub fn on_text(&mut self, event: TextEvent) -> FormEvent {
        let Some(field) = self.fields.get_mut(self.focus) else {
            return FormEvent::Passed;
        };
        if !field.line.on_text(event) {
            return FormEvent::Moved;
        }
        field.error = None;
        field.is_touched = false;
        field.picked = 0;
        FormEvent::Changed(field.id)
    }

    pub fn on_action(&mut self, action: Action, look: &Look) -> FormEvent {
        let last = self.fields.len().saturating_sub(1);
        match action {
            Action::Up | Action::Down if self.pick(action == Action::Down) => FormEvent::Moved,
            Action::Accept if self.focus == last => self.submit(look),
            Action::Save => self.submit(look),
            Action::NextField | Action::Down | Action::Accept => {
                self.leave(look, if self.focus == last { 0 } else { self.focus + 1 })
            }
            Action::PreviousField | Action::Up => self.leave(look, self.focus.checked_sub(1).unwrap_or(last)),
            _ => FormEvent::Passed,
        }
    }

    /// Up and Down pick among the matches of a choice that is being typed.
    fn pick(&mut self, is_down: bool) -> bool {
        let Some(field) = self.fields.get_mut(self.focus) else {
            return false;
        };
        let offers = field.offers().len();
        if offers == 0 {
            return false;
        }
        field.picked = if is_down {
            (field.picked + 1) % offers
        } else {
            field.picked.checked_sub(1).unwrap_or(offers - 1)
        };
        true
    }

    fn leave(&mut self, look: &Look, next: usize) -> FormEvent {
        let Some(field) = self.fields.get_mut(self.focus) else {
            return FormEvent::Passed;
        };
        let before = field.line.value().to_owned();
        field.settle();
        if field.error.is_none() {
            field.error = field.checked(look).err();
        }
        self.focus = next;
        if before == field.line.value() {
            FormEvent::Moved
        } else {
            FormEvent::Changed(field.id)
        }
    }

    fn submit(&mut self, look: &Look) -> FormEvent {
        for field in &mut self.fields {
            field.settle();
            field.error = field.checked(look).err();
        }
        if self.has_errors() {
            self.focus_on_error();
            FormEvent::Refused
        } else {
            FormEvent::Submit
        }
    }

    pub fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let labels = self.fields.iter().map(|field| text::width(field.label));
        let labels = u16::try_from(labels.max().unwrap_or(0)).unwrap_or(0);
        let lines: Vec<Vec<Shown>> = self
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| shown(field, at == self.focus, area.width, labels))
            .collect();
        self.scroll_to_focus(&lines, area.height.into());
        let all = lines
            .iter()
            .enumerate()
            .flat_map(|(at, lines)| lines.iter().map(move |line| (at, line)));
        for (y, (at, line)) in (area.top()..area.bottom()).zip(all.skip(self.scroll)) {
            let Some(field) = self.fields.get(at) else {
                continue;
            };
            let row = Rect::new(area.x, y, area.width, 1);
            let has_cursor = at == self.focus;
            line.draw(canvas, row, (field, has_cursor), labels, look);
        }
    }

    fn scroll_to_focus(&mut self, lines: &[Vec<Shown>], height: usize) {
        let first: usize = lines.iter().take(self.focus).map(Vec::len).sum();
        let last = first + lines.get(self.focus).map_or(0, Vec::len);
        self.scroll = self.scroll.max(last.saturating_sub(height)).min(first);
    }

    /// Puts the cursor on the field that was clicked; false: none was.
    pub fn click(&mut self, area: Rect, at: Position) -> bool {
        let Some(mut line) = at.y.checked_sub(area.y).map(usize::from) else {
            return false;
        };
        line += self.scroll;
        for (index, field) in self.fields.iter().enumerate() {
            let taken = shown(field, index == self.focus, area.width, 0).len();
            if line < taken {
                self.focus = index;
                return true;
            }
            line -= taken;
        }
        false
    }
}

/// A line of the form.
enum Shown {
    Value,
    Offers,
    Error(String),
}

fn shown(field: &Field, is_focused: bool, columns: u16, labels: u16) -> Vec<Shown> {
    let mut lines = vec![Shown::Value];
    if is_focused && matches!(field.kind, Kind::Choice { .. }) && !field.is_touched {
        lines.push(Shown::Offers);
    }
    if let Some(error) = &field.error {
        let room = columns.saturating_sub(labels + 6).max(10);
        lines.extend(text::wrap(error, room.into()).into_iter().map(Shown::Error));
    }
    lines
}

impl Shown {
    fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        row: Rect,
        (field, has_cursor): (&Field, bool),
        labels: u16,
        look: &Look,
    ) {
        let x = row.x + labels + 4;
        let room = row.right().saturating_sub(x);
        match self {
            Self::Value => draw_value(canvas, row, (field, has_cursor), labels, look),
            Self::Offers => draw_offers(canvas, (x, row.y, room), field, look),
            Self::Error(line) => {
                let x = canvas.put(x, row.y, room, "! ", look.styles.error);
                canvas.put(x, row.y, room.saturating_sub(2), line, look.styles.error);
            }
        }
    }
}

fn draw_value(
    canvas: &mut Canvas<'_>,
    row: Rect,
    (field, has_cursor): (&Field, bool),
    labels: u16,
    look: &Look,
) {
    let pointer = if has_cursor { look.glyphs.pointer } else { " " };
    canvas.put(row.x, row.y, row.width, pointer, look.styles.plain);
    let style = if has_cursor {
        look.styles.bold
    } else {
        look.styles.plain
    };
    let label = (row.x + 2, row.y, labels.min(row.width.saturating_sub(2)));
    canvas.put_fit(label, field.label, Align::Left, style, look);
    let x = row.x + labels + 4;
    let echo = field.checked(look).unwrap_or_default();
    let room = row.right().saturating_sub(x);
    let value = if echo.is_empty() { room } else { room.min(VALUE) };
    let view = LineView {
        ghost: &field.ghost,
        style: look.styles.plain,
        has_cursor,
        ..LineView::default()
    };
    field.line.draw(canvas, (x, row.y, value), view, look);
    let x = x + value + 2;
    let room = row.right().saturating_sub(x);
    let echo = text::shorten(&echo, room.into(), look.glyphs.ellipsis);
    canvas.put(x, row.y, room, &echo, look.styles.dim);
}

fn draw_offers(canvas: &mut Canvas<'_>, (mut x, y, room): (u16, u16, u16), field: &Field, look: &Look) {
    let end = x + room;
    for (at, (option, is_new)) in field.offers().into_iter().enumerate() {
        let is_picked = at == field.picked;
        let style = if is_picked {
            look.styles.selected
        } else {
            look.styles.plain
        };
        let pointer = if is_picked { look.glyphs.pointer } else { " " };
        let new = if is_new { " (new)" } else { "" };
        let word = format!("{pointer}{option}{new} ");
        let columns = u16::try_from(text::width(&text::clean(&word))).unwrap_or(room);
        if x + columns > end && at > 0 {
            break;
        }
        x = canvas.put(x, y, end.saturating_sub(x), &word, style);
    }
}
