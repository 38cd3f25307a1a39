//! Choosing the currency of the books: what rows have that name none. Rows recorded before keep theirs.

use super::{frame, sheet};
use crate::client::Key;
use crate::desk::Desk;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::{Layer, TextEvent};
use crate::theme::Look;
use crate::widget::{Canvas, Item, Select};
use api::currency::Currency;
use api::ledger::LedgerPatch;
use ratatui::layout::Rect;

const LINES: usize = 9;

/// The choice.
pub struct CurrencyChoice {
    desk: Desk,
    currencies: Vec<Currency>,
    select: Select,
}

impl CurrencyChoice {
    pub fn new(desk: Desk) -> Self {
        let mut currencies: Vec<Currency> = Currency::all().collect();
        currencies.sort_unstable();
        let items = currencies
            .iter()
            .map(|currency| Item::new(currency.code(), currency.symbol().unwrap_or("")));
        let mut select = Select::new(items.collect());
        let base = desk.book.lists().base;
        if let Some(at) = currencies.iter().position(|currency| *currency == base) {
            select.choose(at);
        }
        Self {
            desk,
            currencies,
            select,
        }
    }
}

/// Makes it the currency of the books: for the header, the next save and the next change of the settings at once.
pub(crate) fn adopt<L: Layer>(
    desk: &Desk,
    currency: Currency,
    then: impl FnOnce() -> Fx<L> + Send + 'static,
) -> Fx<L> {
    let lists = desk.book.lists();
    let Some(ledger) = &lists.ledger else {
        return Fx::notify("The lists are not loaded yet; try again in a moment.");
    };
    let patch = LedgerPatch {
        base_currency: Some(currency),
        ..LedgerPatch::default()
    };
    let saved = desk.api.update_ledger(ledger.version, &patch, Key::new());
    let desk = desk.clone();
    Fx::call(
        "changing the currency",
        saved,
        move |_: &mut L, saved, _| match saved {
            Ok(ledger) => desk.book.adopt(ledger).and(then()),
            Err(error) => {
                let said = Fx::notify(Message::error(error.sentence()));
                // The settings that are held here may be the ones that are out of date.
                desk.book.refresh(&desk.api).and(said)
            }
        },
    )
}

impl Layer for CurrencyChoice {
    fn title(&self) -> String {
        "Currency of the books".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["picker"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "The currency of rows that name none.",
            "Rows recorded before keep theirs.",
            "No sum ever adds two currencies.",
        ]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 1 + LINES))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        self.select.draw(canvas, inner, "type to find", look);
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.select.on_text(event);
        Fx::none()
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if action == Action::Accept {
            let chosen = self
                .select
                .chosen()
                .and_then(|at| self.currencies.get(at))
                .copied();
            let Some(currency) = chosen else { return Fx::none() };
            let said = format!("New rows are in {currency} now. Rows recorded before keep their currency.");
            return adopt(&self.desk, currency, move || Fx::notify(said).and(Fx::pop()));
        }
        if self.select.on_action(action) {
            Fx::none()
        } else {
            Fx::pass()
        }
    }
}
