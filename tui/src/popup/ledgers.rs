//! The ledgers that one may open: a fuzzy list with currency and role, and the way to who shares the one that is open.

use super::{frame, sheet};
use crate::client::ClientError;
use crate::desk::Desk;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::{Layer, TextEvent};
use crate::text::Align;
use crate::theme::Look;
use crate::widget::{Canvas, Item, Select};
use api::id::LedgerId;
use api::ledger::Ledger;
use ratatui::layout::Rect;

const LINES: usize = 9;

/// The list.
pub struct Ledgers {
    desk: Desk,
    /// `None` until they were loaded.
    all: Option<Vec<Ledger>>,
    select: Select,
}

impl Ledgers {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            all: None,
            select: Select::default(),
        }
    }

    fn open_id(&self) -> Option<LedgerId> {
        let lists = self.desk.book.lists();
        lists.ledger.as_ref().map(|ledger| ledger.id)
    }

    fn loaded(&mut self, ledgers: Result<Vec<Ledger>, ClientError>, _: &Look) -> Fx<Self> {
        let ledgers = match ledgers {
            Ok(ledgers) => ledgers,
            Err(error) => return Fx::pop().and(Fx::notify(Message::error(error.sentence()))),
        };
        let open = self.open_id();
        let item = |ledger: &Ledger| {
            let here = if Some(ledger.id) == open { ", open" } else { "" };
            let detail = format!("{}  {}{here}", ledger.base_currency, ledger.role.as_str());
            Item::new(ledger.name.clone(), detail)
        };
        let mut items: Vec<Item> = ledgers.iter().map(item).collect();
        let name = self
            .desk
            .book
            .lists()
            .ledger
            .as_ref()
            .map(|ledger| ledger.name.clone());
        items.extend(name.map(|name| Item::new(format!("Who shares {name}"), ":members")));
        let mut select = Select::new(items);
        if let Some(at) = ledgers.iter().position(|ledger| Some(ledger.id) == open) {
            select.choose(at);
        }
        (self.all, self.select) = (Some(ledgers), select);
        Fx::none()
    }

    fn choose(&self) -> Fx<Self> {
        let (Some(ledgers), Some(at)) = (&self.all, self.select.chosen()) else {
            return Fx::none();
        };
        match ledgers.get(at) {
            None => Fx::pop().and(Fx::act(Action::Members)),
            Some(ledger) if Some(ledger.id) == self.open_id() => {
                Fx::pop().and(Fx::notify(format!("{} is open already.", ledger.name)))
            }
            Some(ledger) => {
                let said = format!("{} is open, the next time as well.", ledger.name);
                Fx::replace(Opening::new(self.desk.clone(), ledger.id, said))
            }
        }
    }
}

impl Layer for Ledgers {
    fn title(&self) -> String {
        "Ledgers".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["picker"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "The ledgers that you may open, with their currency and what you may do there.",
            "What you typed and what waits to be sent stays with the ledger it was meant for.",
            ":join takes an invite to another one.",
        ]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        let lines = self.all.as_ref().map_or(1, |ledgers| ledgers.len() + 1);
        Some(sheet(body, 1 + lines.clamp(1, LINES)))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        if self.all.is_none() {
            let at = (inner.x, inner.y, inner.width);
            canvas.put_fit(at, "Loading the ledgers.", Align::Left, look.styles.plain, look);
            return;
        }
        self.select.draw(canvas, inner, "type to find", look);
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        Fx::call_latest(
            "ledgers",
            "loading the ledgers",
            self.desk.api.every_ledger(),
            Self::loaded,
        )
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.select.on_text(event);
        Fx::none()
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            Action::Accept => self.choose(),
            _ if self.select.on_action(action) => Fx::none(),
            _ => Fx::pass(),
        }
    }
}

/// Opens a ledger; there for no longer than that takes.
pub struct Opening {
    desk: Desk,
    id: LedgerId,
    said: String,
}

impl Opening {
    /// `said` is told when it is open.
    pub fn new(desk: Desk, id: LedgerId, said: String) -> Self {
        Self { desk, id, said }
    }
}

impl Layer for Opening {
    fn title(&self) -> String {
        "Opening".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["message"]
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 1))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        let at = (inner.x, inner.y, inner.width);
        canvas.put_fit(at, "One moment.", Align::Left, look.styles.plain, look);
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        let opened = self.desk.door.open_ledger(self.id);
        Fx::call(
            "opening the ledger",
            opened,
            |popup: &mut Self, opened, _| match opened {
                Ok(desk) => Fx::reopen(popup.desk.door.books(&desk)).and(Fx::notify(popup.said.clone())),
                Err(why) => Fx::pop().and(Fx::notify(Message::error(why))),
            },
        )
    }
}
