//! What the server does not have yet, in the order in which it goes: what waits, and what was refused with its reason
//! and what can be done about it.

use super::frame;
use crate::desk::Desk;
use crate::fx::{Change, Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::outbox::{OutboxChanged, Standing, Unsent};
use crate::text::Align;
use crate::theme::Look;
use crate::widget::{Canvas, Scroll};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::io;
use uuid::Uuid;

/// Announced when somebody wants to mend an entry: the rows' own screen knows how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MendAsked(pub Uuid);

/// Each has a line for what it is and one for how it stands.
const LINES: u16 = 2;

/// The list.
pub struct UnsentList {
    desk: Desk,
    all: Vec<Unsent>,
    scroll: Scroll,
}

impl UnsentList {
    pub fn new(desk: Desk) -> Self {
        Self {
            all: desk.outbox.unsent(),
            desk,
            scroll: Scroll::default(),
        }
    }

    fn chosen(&self) -> Option<&Unsent> {
        self.all.get(self.scroll.selected())
    }

    fn look_again(&mut self) {
        self.all = self.desk.outbox.unsent();
        self.scroll.select(self.scroll.selected(), self.all.len());
    }

    fn drop_chosen(&self) -> Fx<Self> {
        let Some(unsent) = self.chosen() else {
            return Fx::none();
        };
        if unsent.standing == Standing::Travelling {
            return Fx::notify("It is on its way to the server; try again in a moment.");
        }
        let (id, text) = (unsent.entry.id, unsent.entry.text.clone());
        let may_be_there = unsent.may_be_there && !unsent.standing.is_parked();
        let outbox = self.desk.outbox.clone();
        let work = async move { outbox.beside(move |outbox| outbox.discard(id)).await };
        Fx::call("dropping an entry", work, move |_, gone: io::Result<_>, _| {
            let dropped = match gone {
                Ok(dropped) => dropped,
                Err(error) => return Fx::notify(Message::error(format!("The disk refuses: {error}."))),
            };
            let but = match dropped.len() {
                0 => return Fx::notify("It is on its way to the server; try again in a moment."),
                _ if may_be_there => " It may have reached the server before.".to_owned(),
                1 => String::new(),
                more => format!(" {} later changes of that row went with it.", more - 1),
            };
            Fx::announce(Change::new(OutboxChanged {
                dropped,
                ..OutboxChanged::default()
            }))
            .and(Fx::notify(format!("Dropped: {text}.{but}")))
        })
    }

    fn send_again(&self) -> Fx<Self> {
        let Some(unsent) = self.chosen() else {
            return Fx::none();
        };
        let id = unsent.entry.id;
        let outbox = self.desk.outbox.clone();
        let work = async move {
            outbox
                .beside(move |outbox| match id {
                    id if outbox.is_refused(id) => outbox.again(id),
                    _ => Ok(()),
                })
                .await
        };
        Fx::call("sending it again", work, |_, _: io::Result<()>, _| {
            Fx::announce(Change::new(OutboxChanged::default()))
        })
    }
}

/// `!` and why, or `~` and what for.
fn standing(unsent: &Unsent, look: &Look) -> (&'static str, Style, String) {
    let styles = &look.styles;
    match &unsent.standing {
        Standing::Travelling => ("~", styles.warning, "on its way".to_owned()),
        Standing::Waiting => ("~", styles.warning, "waits for the server".to_owned()),
        Standing::Refused(why) => ("!", styles.error, why.clone()),
        Standing::Held(text) => ("!", styles.warning, format!("waits for: {text}")),
    }
}

impl Layer for UnsentList {
    fn title(&self) -> String {
        let parked = self.all.iter().filter(|unsent| unsent.standing.is_parked());
        match (self.all.len(), parked.count()) {
            (0, _) => "Not sent yet".to_owned(),
            (all, 0) => format!("Not sent yet: {all}"),
            (all, parked) => format!("Not sent yet: {all}, {parked} of them refused or behind one"),
        }
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["unsent", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "What was done here and is not with the server, in its order; also on disk.",
            "It goes by itself. What was refused waits for you, its row's changes behind it:",
            "<unsent.mend> opens it again or asks mine or theirs, <unsent.send-again> sends it once more, <unsent.delete> drops it.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        if self.all.is_empty() {
            let words = match self.desk.waiting.count() {
                0 => "Everything is with the server.".to_owned(),
                // Which ledger this is was never said, so that nobody knows whether they are for it.
                count => {
                    format!("{count} lie here from before; they go when the server says for which ledger.")
                }
            };
            let at = (inner.x, inner.y, inner.width);
            canvas.put_fit(at, &words, Align::Left, look.styles.plain, look);
            return;
        }
        self.scroll
            .fit((inner.height / LINES).max(1).into(), self.all.len());
        let visible = self.scroll.visible(self.all.len());
        let lines = (inner.y..inner.bottom()).step_by(LINES.into());
        for (y, at) in lines.zip(visible) {
            let Some(unsent) = self.all.get(at) else { continue };
            let (sign, style, words) = standing(unsent, look);
            let room = inner.width.saturating_sub(4);
            canvas.put(inner.x + 1, y, 1, sign, style);
            let text = look.styles.plain;
            canvas.put_fit(
                (inner.x + 3, y, room),
                &unsent.entry.text,
                Align::Left,
                text,
                look,
            );
            if y + 1 < inner.bottom() {
                let dim = look.styles.dim;
                canvas.put_fit(
                    (inner.x + 5, y + 1, room.saturating_sub(2)),
                    &words,
                    Align::Left,
                    dim,
                    look,
                );
            }
            if at == self.scroll.selected() {
                canvas.put(inner.x, y, 1, look.glyphs.pointer, look.styles.plain);
                let line = Rect {
                    y,
                    height: 1,
                    ..inner
                };
                canvas.style(line, look.styles.selected);
                canvas.set_cursor(Position::new(inner.x, y));
            }
        }
    }

    fn on_resume(&mut self, _: &Look) -> Fx<Self> {
        self.look_again();
        Fx::none()
    }

    /// Whatever it was, it may be about what is listed.
    fn on_change(&mut self, _: &Change, _: &Look) -> Fx<Self> {
        self.look_again();
        Fx::none()
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.scroll.on_action(action, self.all.len()) {
            return Fx::none();
        }
        match action {
            Action::Delete => self.drop_chosen(),
            Action::SendAgain => self.send_again(),
            Action::Mend | Action::Accept => match self.chosen() {
                Some(unsent) if unsent.standing.is_parked() => {
                    let asked = MendAsked(unsent.entry.id);
                    Fx::pop().and(Fx::announce(Change::new(asked)))
                }
                Some(_) => Fx::notify("It was not refused; it goes by itself when the server is there."),
                None => Fx::none(),
            },
            Action::Unsent => Fx::pop(),
            _ => Fx::pass(),
        }
    }
}
