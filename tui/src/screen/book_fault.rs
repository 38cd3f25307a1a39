//! The first screen where the book of this machine cannot be opened: which file, what is the matter, what to do, where the
//! copies are. It tries again when asked, or opens the book to be read, where that may do.

use crate::connect::{BookAccess, BookTrouble};
use crate::desk::Desk;
use crate::door::Door;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::text;
use crate::theme::Look;
use crate::widget::Canvas;
use ratatui::layout::{Position, Rect};
use std::sync::Arc;

/// Columns on either side of the text.
const MARGIN: u16 = 2;

/// The screen.
pub struct BookFault {
    door: Arc<dyn Door>,
    trouble: BookTrouble,
    is_trying: bool,
}

impl BookFault {
    pub fn new(door: Arc<dyn Door>, trouble: BookTrouble) -> Self {
        Self {
            door,
            trouble,
            is_trying: false,
        }
    }

    fn open(&mut self, access: BookAccess) -> Fx<Self> {
        if self.is_trying {
            return Fx::none();
        }
        self.is_trying = true;
        let opened = self.door.open_book(access);
        Fx::call("opening the book", opened, Self::opened)
    }

    fn opened(&mut self, opened: Result<Desk, BookTrouble>, _: &Look) -> Fx<Self> {
        self.is_trying = false;
        match opened {
            Ok(desk) => {
                let said = match self.door.trouble() {
                    Some(_) => Message::warning("Opened to be read: what you change waits; :book says why."),
                    None => "The book is open.".into(),
                };
                Fx::reopen(self.door.books(&desk)).and(Fx::notify(said))
            }
            Err(trouble) => {
                let is_same = trouble == self.trouble;
                self.trouble = trouble;
                Fx::notify(Message::warning(if is_same {
                    "It is as before."
                } else {
                    "It still cannot be opened, for another reason."
                }))
            }
        }
    }
}

impl Layer for BookFault {
    fn title(&self) -> String {
        "The book cannot be opened".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["fault"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "The file that your expenses are in cannot be opened.",
            "Nothing in it was changed.",
            "Do what the screen says, then try again.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let columns = area.width.saturating_sub(2 * MARGIN);
        let parts = [
            (self.title(), look.styles.bold),
            (self.trouble.what.clone(), look.styles.error),
            (self.trouble.advice.clone(), look.styles.plain),
            (self.trouble.copies.clone(), look.styles.plain),
        ];
        let mut y = area.y + 1;
        for (part, style) in parts {
            for line in text::wrap(&part, columns.into()) {
                if y >= area.bottom() {
                    break;
                }
                canvas.put(area.x + MARGIN, y, columns, &line, style);
                y += 1;
            }
            y += 1;
        }
        canvas.set_cursor(Position::new(area.x, area.y));
    }

    fn hints(&self) -> Vec<Action> {
        let mut hints = vec![Action::Reload];
        if self.trouble.may_be_readable {
            hints.push(Action::OpenReadOnly);
        }
        hints.push(Action::Quit);
        hints
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            Action::Reload => self.open(BookAccess::Write),
            Action::OpenReadOnly if self.trouble.may_be_readable => self.open(BookAccess::Read),
            Action::OpenReadOnly => Fx::notify(Message::warning("It cannot be read as it is.")),
            _ => Fx::pass(),
        }
    }
}
