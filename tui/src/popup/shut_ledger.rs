//! Stands before the rows of a ledger that may not be opened any more: says so, offers the others, and keeps at hand what
//! was never sent to it.

use super::frame;
use super::ledgers::Opening;
use crate::client::ClientError;
use crate::desk::Desk;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::open_ledger::OpenLedger;
use crate::text::{self, Align};
use crate::theme::Look;
use crate::widget::{Canvas, Scroll};
use api::ledger::Ledger;
use ratatui::layout::{Position, Rect};
use std::io;

/// The sentence and the other ledgers.
pub struct ShutLedger {
    desk: Desk,
    name: String,
    /// `None` until they were loaded.
    others: Option<Vec<Ledger>>,
    scroll: Scroll,
}

impl ShutLedger {
    pub fn new(desk: Desk) -> Self {
        let lists = desk.book.lists();
        let name = lists.ledger.as_ref().map(|ledger| ledger.name.clone());
        Self {
            name: name.unwrap_or_else(|| "this ledger".to_owned()),
            desk,
            others: None,
            scroll: Scroll::default(),
        }
    }

    fn load(&self) -> Fx<Self> {
        Fx::call_latest(
            "ledgers",
            "loading the ledgers",
            self.desk.api.every_ledger(),
            Self::loaded,
        )
    }

    fn loaded(&mut self, ledgers: Result<Vec<Ledger>, ClientError>, _: &Look) -> Fx<Self> {
        match ledgers {
            Ok(ledgers) => {
                self.others = Some(ledgers);
                Fx::none()
            }
            Err(error) => Fx::notify(Message::error(error.sentence())),
        }
    }

    /// What is to be known, a sentence each.
    fn sentences(&self) -> Vec<String> {
        let mut all = vec![format!(
            "You are no longer a member of {}. Its book is closed here.",
            self.name
        )];
        match self.desk.outbox.unsent().len() {
            0 => {}
            1 => all.push(
                "1 change was not sent and is kept: <global.unsent> lists it, to export it or to move it to another ledger."
                    .to_owned(),
            ),
            count => all.push(format!(
                "{count} changes were not sent and are kept: <global.unsent> lists them, to export them or to move them to another ledger."
            )),
        }
        all.push(
            match &self.others {
                None => "Loading your other ledgers.",
                Some(others) if others.is_empty() => {
                    "You have no other ledger. :join takes an invite, :connect opens another server."
                }
                Some(_) => "<table.accept> opens another one:",
            }
            .to_owned(),
        );
        all
    }
}

impl Layer for ShutLedger {
    fn title(&self) -> String {
        "Closed".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "The ledger that was open is not yours to open any more: somebody took you out of it, or it is gone.",
            "<table.accept> opens another one; nothing of this one is shown or sent any more.",
            "What was not sent is kept on this machine: <global.unsent> lists it.",
        ]
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(body)
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        let mut y = inner.y;
        for sentence in self.sentences() {
            for line in text::wrap(&text::clean(&look.fill(&sentence)), inner.width.into()) {
                if y < inner.bottom() {
                    canvas.put_fit(
                        (inner.x, y, inner.width),
                        &line,
                        Align::Left,
                        look.styles.plain,
                        look,
                    );
                }
                y += 1;
            }
        }
        canvas.set_cursor(Position::new(inner.x, inner.y));
        let others = self.others.as_deref().unwrap_or_default();
        let list = Rect {
            y: y.min(inner.bottom()),
            height: inner.bottom().saturating_sub(y),
            ..inner
        };
        self.scroll.fit(list.height.into(), others.len());
        let visible = self.scroll.visible(others.len());
        for (y, at) in (list.y..list.bottom()).zip(visible) {
            let Some(ledger) = others.get(at) else { continue };
            let words = format!(
                "{}   {}  {}",
                ledger.name,
                ledger.base_currency,
                ledger.role.as_str()
            );
            let place = (list.x + 2, y, list.width.saturating_sub(2));
            canvas.put_fit(place, &text::clean(&words), Align::Left, look.styles.plain, look);
            if at == self.scroll.selected() {
                canvas.put(list.x, y, 1, look.glyphs.pointer, look.styles.plain);
                let line = Rect { y, height: 1, ..list };
                canvas.style(line, look.styles.selected);
                canvas.set_cursor(Position::new(list.x, y));
            }
        }
    }

    /// Ids of the closed ledger say nothing elsewhere: what is kept is kept by name.
    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        let (outbox, lists) = (self.desk.outbox.clone(), self.desk.book.lists());
        let named = async move { outbox.beside(move |outbox| outbox.keep_by_name(&lists)).await };
        let kept = Fx::call("", named, |_, kept: io::Result<()>, _| match kept {
            Ok(()) => Fx::none(),
            Err(error) => Fx::notify(Message::error(format!("The disk refuses: {error}."))),
        });
        Fx::ledger(OpenLedger::default()).and(self.load()).and(kept)
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        let count = self.others.as_ref().map_or(0, Vec::len);
        if self.scroll.on_action(action, count) {
            return Fx::none();
        }
        let chosen = self
            .others
            .as_ref()
            .and_then(|others| others.get(self.scroll.selected()));
        match (action, chosen) {
            (Action::Accept, Some(ledger)) => {
                let said = format!("{} is open, the next time as well.", ledger.name);
                Fx::push(Opening::new(self.desk.clone(), ledger.id, said))
            }
            (Action::Reload, _) => self.load(),
            (Action::Quit, _) => Fx::quit(),
            (Action::Unsent | Action::Palette | Action::Help | Action::Ledgers, _) => Fx::pass(),
            _ => Fx::notify("This book is closed. Choose another one."),
        }
    }
}
