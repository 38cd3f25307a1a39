//! The way to a server: its address is asked for and looked at, one thing after the other, each told in a sentence;
//! then comes the sign-in. And the way back to the book of this machine.

use super::{Confirm, frame, sheet, sign_in};
use crate::client::{Finding, Verdict};
use crate::desk::Desk;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::{Layer, TextEvent};
use crate::text;
use crate::theme::Look;
use crate::widget::{Canvas, Field, Form, FormEvent};
use ratatui::layout::Rect;
use url::Url;

/// Lines for what is found.
const LINES: usize = 7;

/// Asks for an address and looks at what is there.
pub struct Connect {
    desk: Desk,
    form: Form,
    findings: Vec<Finding>,
    is_looking: bool,
}

impl Connect {
    pub fn new(desk: Desk) -> Self {
        let door = desk.door.clone();
        let field = Field::text("address", "Server")
            .ghost("https://expense.example.org")
            .check(move |text, _| match text.trim() {
                "" => Err("The address is missing".to_owned()),
                text => door.read_address(text).map(|_| String::new()),
            });
        Self {
            desk,
            form: Form::new(vec![field]),
            findings: Vec::new(),
            is_looking: false,
        }
    }

    fn look(&mut self) -> Fx<Self> {
        let Ok(address) = self.desk.door.read_address(self.form.value("address")) else {
            return Fx::none();
        };
        self.findings.clear();
        self.is_looking = true;
        let reached = self.desk.door.reach(&address);
        Fx::call_latest(
            "look",
            "looking for the server",
            reached,
            move |popup: &mut Self, found, _| popup.reached(address, found),
        )
    }

    fn reached(&mut self, address: Url, found: Finding) -> Fx<Self> {
        let is_there = found.verdict != Verdict::Bad;
        self.findings.push(found);
        if !is_there {
            self.is_looking = false;
            return Fx::none();
        }
        let greeted = self.desk.door.greet(&address);
        Fx::call_latest(
            "look",
            "asking the server",
            greeted,
            move |popup: &mut Self, found, _| popup.greeted(address, found),
        )
    }

    fn greeted(&mut self, address: Url, found: Vec<Finding>) -> Fx<Self> {
        self.is_looking = false;
        self.findings.extend(found);
        if self
            .findings
            .iter()
            .any(|finding| finding.verdict == Verdict::Bad)
        {
            return Fx::none();
        }
        let intro = self
            .findings
            .iter()
            .map(|finding| finding.words.clone())
            .collect();
        Fx::replace(sign_in::at(&self.desk, address, intro))
    }
}

impl Layer for Connect {
    fn title(&self) -> String {
        "Connect to a server".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["form"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Opens the books on a server that several people share.",
            "The address, TLS, the version and the clock are looked at, then name and password are asked for.",
            "The book of this machine stays as it is; :disconnect comes back to it.",
        ]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 2 + LINES))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        let below = inner.y + 2.min(inner.height);
        let columns = inner.width.saturating_sub(2);
        let mut y = below;
        for finding in &self.findings {
            let (sign, style) = match finding.verdict {
                Verdict::Good => (" ", look.styles.plain),
                Verdict::Odd => ("~", look.styles.warning),
                Verdict::Bad => ("!", look.styles.error),
            };
            for (at, line) in text::wrap(&finding.words, columns.into()).into_iter().enumerate() {
                if y >= inner.bottom() {
                    break;
                }
                if at == 0 {
                    canvas.put(inner.x, y, 1, sign, style);
                }
                canvas.put(inner.x + 2, y, columns, &line, style);
                y += 1;
            }
        }
        if self.is_looking && y < inner.bottom() {
            canvas.put(inner.x + 2, y, columns, "Looking.", look.styles.dim);
        }
        self.form.draw(
            canvas,
            Rect {
                height: inner.height.min(2),
                ..inner
            },
            look,
        );
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.form.on_text(event);
        self.findings.clear();
        self.is_looking = false;
        Fx::cancel("look")
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        match self.form.on_action(action, look) {
            FormEvent::Submit => self.look(),
            FormEvent::Passed => Fx::pass(),
            _ => Fx::none(),
        }
    }
}

/// Asks, then goes back to the book of this machine.
pub struct Disconnect {
    desk: Desk,
}

impl Disconnect {
    pub fn new(desk: Desk) -> Self {
        Self { desk }
    }

    fn go(&self) -> Fx<Self> {
        let home = self.desk.door.go_home();
        Fx::call(
            "opening the book of this machine",
            home,
            |popup: &mut Self, home, _| match home {
                Ok(desk) => Fx::reopen(popup.desk.door.books(&desk)).and(Fx::notify(
                    "The book of this machine is open. Your token is kept; `expense logout` ends it.",
                )),
                Err(why) => Fx::pop().and(Fx::notify(Message::error(why))),
            },
        )
    }
}

impl Layer for Disconnect {
    fn title(&self) -> String {
        "Disconnect".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["message"]
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 1))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        canvas.put(inner.x, inner.y, inner.width, "One moment.", look.styles.plain);
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        let Some(server) = self.desk.door.server() else {
            return Fx::pop().and(Fx::notify(
                "The book of this machine is open; :connect opens a server's.",
            ));
        };
        let question = format!("Leave {server} and open the book of this machine?");
        Fx::ask(
            Confirm::new("Disconnect", question),
            |popup: &mut Self, is_sure, _| {
                if is_sure { popup.go() } else { Fx::pop() }
            },
        )
    }

    /// The question was left without an answer.
    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if action == Action::Back {
            Fx::pop()
        } else {
            Fx::pass()
        }
    }
}
