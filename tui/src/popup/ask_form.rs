//! A form that sends what it holds and stays until the answer is good: what is refused stands under its field, in the
//! server's words, and what was typed stays. What it asks, sends and does then is told by whoever opens it. Nothing of
//! it is ever kept on the disk: it may hold secrets.

use super::{frame, sheet};
use crate::client::ClientError;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::{Layer, TextEvent};
use crate::text::{self, Align};
use crate::theme::Look;
use crate::widget::{Canvas, Field, Form, FormEvent};
use api::problem::{Code, Problem};
use futures_util::future::BoxFuture;
use ratatui::layout::Rect;

type Send<T> = Box<dyn Fn(&Form) -> BoxFuture<'static, Result<T, ClientError>>>;
type Done<T> = Box<dyn Fn(T, &Look) -> Fx<AskForm<T>>>;

/// The form. `T` is what a good answer brings.
pub struct AskForm<T> {
    title: String,
    label: &'static str,
    intro: Vec<String>,
    form: Form,
    fields: usize,
    send: Send<T>,
    done: Done<T>,
    left: Option<Box<dyn Fn()>>,
    blamed: Option<&'static str>,
    is_sending: bool,
}

impl<T: std::marker::Send + 'static> AskForm<T> {
    /// `label` is what the header says while it takes long.
    pub fn new(
        title: impl Into<String>,
        label: &'static str,
        fields: Vec<Field>,
        send: impl Fn(&Form) -> BoxFuture<'static, Result<T, ClientError>> + 'static,
        done: impl Fn(T, &Look) -> Fx<Self> + 'static,
    ) -> Self {
        Self {
            title: title.into(),
            label,
            intro: Vec::new(),
            fields: fields.len(),
            form: Form::new(fields),
            send: Box::new(send),
            done: Box::new(done),
            left: None,
            blamed: None,
            is_sending: false,
        }
    }

    /// Sentences above the fields.
    #[must_use]
    pub fn intro(mut self, lines: Vec<String>) -> Self {
        self.intro = lines;
        self
    }

    /// The field under which a refusal stands that names none.
    #[must_use]
    pub fn blames(mut self, field: &'static str) -> Self {
        self.blamed = Some(field);
        self
    }

    /// What happens where it is left without an answer.
    #[must_use]
    pub fn left(mut self, left: impl Fn() + 'static) -> Self {
        self.left = Some(Box::new(left));
        self
    }

    fn intro_lines(&self, columns: u16) -> Vec<String> {
        let columns = usize::from(columns.saturating_sub(2));
        let lines = self.intro.iter();
        lines.flat_map(|line| text::wrap(line, columns)).collect()
    }

    fn submit(&mut self) -> Fx<Self> {
        if self.is_sending {
            return Fx::none();
        }
        self.is_sending = true;
        Fx::call(self.label, (self.send)(&self.form), Self::answered)
    }

    fn answered(&mut self, answer: Result<T, ClientError>, look: &Look) -> Fx<Self> {
        self.is_sending = false;
        match answer {
            Ok(value) => (self.done)(value, look),
            Err(error) => self.refused(&error),
        }
    }

    fn refused(&mut self, error: &ClientError) -> Fx<Self> {
        let mut is_placed = false;
        for fault in error
            .problem()
            .map_or(&[][..], |problem| problem.errors.as_slice())
        {
            let field = fault.pointer.trim_start_matches('/').split('/').next();
            let words = if fault.detail.is_empty() {
                &fault.code
            } else {
                &fault.detail
            };
            is_placed |= field.is_some_and(|field| self.form.set_error(field, words.clone()));
        }
        if let Some(field) = self
            .blamed
            .filter(|_| !is_placed && error.problem().is_some() && !error.is_busy())
        {
            is_placed = self.form.set_error(field, words_of(error));
        }
        if is_placed {
            self.form.focus_on_error();
            return Fx::none();
        }
        Fx::notify(Message::error(words_of(error)))
    }

    fn leave(&self) -> Fx<Self> {
        if self.is_sending {
            return Fx::notify("It is on its way to the server; wait for the answer.");
        }
        if let Some(left) = &self.left {
            left();
        }
        Fx::pop()
    }
}

/// A wrong password is no reason to be told of tokens.
fn words_of(error: &ClientError) -> String {
    let said = |problem: &Problem| {
        let words = if problem.detail.is_empty() {
            &problem.title
        } else {
            &problem.detail
        };
        format!("{}.", words.trim_end_matches('.'))
    };
    match (error.code(), error.problem()) {
        (Some(Code::Unauthenticated), Some(problem)) => said(problem),
        _ => error.sentence(),
    }
}

impl<T: std::marker::Send + 'static> Layer for AskForm<T> {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["form"]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        // Room for the offers of a choice, or for an error.
        let lines = self.intro_lines(body.width).len() + self.fields + 3;
        Some(sheet(body, lines))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let mut inner = frame(canvas, area, &self.title, look);
        let least = u16::try_from(self.fields).unwrap_or(1) + 1;
        for line in self.intro_lines(area.width) {
            if inner.height <= least {
                break;
            }
            let at = (inner.x, inner.y, inner.width);
            canvas.put_fit(at, &line, Align::Left, look.styles.plain, look);
            inner.y += 1;
            inner.height -= 1;
        }
        self.form.draw(canvas, inner, look);
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        if !self.is_sending {
            self.form.on_text(event);
        }
        Fx::none()
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        if action == Action::Back {
            return self.leave();
        }
        match self.form.on_action(action, look) {
            FormEvent::Submit => self.submit(),
            FormEvent::Passed => Fx::pass(),
            _ => Fx::none(),
        }
    }
}

/// Asks that something is there.
pub fn needed(what: &'static str) -> impl Fn(&str, &Look) -> Result<String, String> {
    move |value, _| {
        if value.is_empty() {
            Err(format!("{what} is missing"))
        } else {
            Ok(String::new())
        }
    }
}
