//! Small questions of one or two fields: a day to go to, the first and last day of a period.

use super::{frame, sheet};
use crate::fx::Fx;
use crate::keymap::Action;
use crate::layer::{Layer, Popup, TextEvent};
use crate::theme::Look;
use crate::widget::{Canvas, Checked, Field, Form, FormEvent};
use api::date::{Date, parse_day};
use ratatui::layout::Rect;

/// A day as it may be typed in a field of its own, echoed with its weekday.
pub(super) fn day_of(text: &str, look: &Look) -> Result<Date, String> {
    let today = Date::from_naive(look.today()).unwrap_or(Date::MAX);
    match parse_day(text.trim(), today, true) {
        Some(Ok(day)) => Ok(day),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("Not a date - write 2026-11-21, 21/11, fri, y or 3d".to_owned()),
    }
}

pub(super) fn check_day(text: &str, look: &Look) -> Checked {
    let today = Date::from_naive(look.today()).unwrap_or(Date::MAX);
    let day = day_of(text, look)?;
    let near = match today.days_since(day) {
        0 => " (today)",
        1 => " (yesterday)",
        _ => "",
    };
    Ok(format!("{}{near}", look.dates.day(day)))
}

/// Asks for a day.
pub struct DayPrompt {
    title: &'static str,
    form: Form,
}

impl DayPrompt {
    pub fn new(title: &'static str) -> Self {
        let field = Field::text("day", "Day")
            .ghost("28, 28/10, fri, 2026-10-28")
            .check(check_day);
        Self {
            title,
            form: Form::new(vec![field]),
        }
    }
}

impl Popup for DayPrompt {
    type Answer = Date;
}

impl Layer for DayPrompt {
    fn title(&self) -> String {
        self.title.to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["form"]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 2))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, self.title, look);
        self.form.draw(canvas, inner, look);
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.form.on_text(event);
        Fx::none()
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        match self.form.on_action(action, look) {
            FormEvent::Submit => day_of(self.form.value("day"), look).map_or_else(|_| Fx::none(), Fx::answer),
            FormEvent::Passed => Fx::pass(),
            _ => Fx::none(),
        }
    }
}

/// Asks for a first and a last day.
pub struct RangePrompt {
    form: Form,
}

impl RangePrompt {
    /// Starts with a period.
    pub fn new(from: Date, to: Date) -> Self {
        let field = |id, label, day: Date| Field::text(id, label).value(day.to_string()).check(check_day);
        Self {
            form: Form::new(vec![
                field("from", "First day", from),
                field("to", "Last day", to),
            ]),
        }
    }

    fn submit(&mut self, look: &Look) -> Fx<Self> {
        let days = (
            day_of(self.form.value("from"), look),
            day_of(self.form.value("to"), look),
        );
        let (Ok(from), Ok(to)) = days else {
            return Fx::none();
        };
        if from > to {
            let said = format!(
                "The period ends before it begins - swap them for {}",
                look.dates.span(to, from)
            );
            self.form.set_error("to", said);
            self.form.focus_on_error();
            return Fx::none();
        }
        Fx::answer((from, to))
    }
}

impl Popup for RangePrompt {
    type Answer = (Date, Date);
}

impl Layer for RangePrompt {
    fn title(&self) -> String {
        "Period".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["form"]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 4))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, "Period", look);
        self.form.draw(canvas, inner, look);
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.form.on_text(event);
        Fx::none()
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        match self.form.on_action(action, look) {
            FormEvent::Submit => self.submit(look),
            FormEvent::Passed => Fx::pass(),
            _ => Fx::none(),
        }
    }
}
