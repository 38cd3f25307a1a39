//! Insights: where the money went, as bars and as a table, by category, month, account, payee,
//! member or tag, against the period before. It asks the server for one report at a time and keeps showing
//! the last one until the next is there.

mod actions;
mod bars;
mod copy;
mod draw;
mod lines;
mod load;
mod rows;
mod twin;
mod view;
mod words;

#[cfg(test)]
pub(super) mod tests;

use std::rc::Rc;

use api::{
    currency::Currency,
    date::{Calendar, Date, Period, PeriodKind},
};
use ratatui::layout::{Position, Rect};

use self::{
    lines::{Figures, Line},
    view::{Asked, View},
};
use crate::{
    desk::Desk,
    fx::{Change, Fx},
    keymap::Action,
    layer::Layer,
    live::Refresh,
    theme::Look,
    widget::{Canvas, Scroll},
};

/// What the last answer brought, and what it answers.
struct Shown {
    asked: Asked,
    figures: Figures,
}

/// The screen.
pub struct Insights {
    desk: Desk,
    /// `None` until it is opened and knows what day it is.
    view: Option<View>,
    shown: Option<Rc<Shown>>,
    lines: Vec<Line>,
    /// Why the last question was not answered.
    error: Option<String>,
    scroll: Scroll,
    /// What others changed is being added up.
    refresh: Refresh,
    /// Where the lines were drawn, for clicks.
    area: Rect,
}

/// Today as the contract's day; the clock of a machine may stand outside its range.
fn day_of(look: &Look) -> Date {
    Date::from_naive(look.today()).unwrap_or(Date::MIN)
}

impl Insights {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            view: None,
            shown: None,
            lines: Vec::new(),
            error: None,
            scroll: Scroll::default(),
            refresh: Refresh::default(),
            area: Rect::ZERO,
        }
    }

    /// The currency in the chart: the one chosen, else the ledger's, or the first that has rows where it has none.
    fn currency(&self) -> Currency {
        let chosen = self.view.as_ref().and_then(|view| view.currency);
        let shown = self.shown.as_ref().map(|shown| shown.figures.usual_currency());
        chosen.or(shown).unwrap_or_else(|| self.desk.book.lists().base)
    }

    fn calendar(&self) -> Calendar {
        self.desk.book.lists().calendar
    }

    /// Makes the lines anew, the chosen one staying the chosen one.
    fn arrange(&mut self, look: &Look) {
        let chosen = self.chosen().map(|line| line.key.clone());
        let currency = self.currency();
        self.lines = match (&self.view, &self.shown) {
            (Some(view), Some(shown)) => {
                let of_shown = View {
                    by: shown.asked.by,
                    ..view.clone()
                };
                shown.figures.lines(&of_shown, currency, day_of(look))
            }
            _ => Vec::new(),
        };
        let at = chosen.and_then(|key| self.lines.iter().position(|line| line.key == key));
        if let Some(at) = at {
            self.scroll.select(at, self.lines.len());
        }
    }

    fn chosen(&self) -> Option<&Line> {
        self.lines.get(self.scroll.selected())
    }
}

impl Layer for Insights {
    fn title(&self) -> String {
        "Insights".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["insights", "period", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Where the money went: a bar for each category, month, account, payee, tag or who paid.",
            "The mark on a bar is the period before, or the average of the months.",
            "<insights.accept> lists the rows that a bar stands for; every figure is in one currency.",
        ]
    }

    fn hints(&self) -> Vec<Action> {
        use Action as A;
        let mut hints = vec![
            A::Accept,
            A::GroupBy,
            A::ToggleView,
            A::ToggleIncome,
            A::PreviousPeriod,
            A::NextPeriod,
        ];
        let has_children = self.lines.iter().any(|line| line.children > 0);
        hints.insert(1, if has_children { A::Unfold } else { A::Filter });
        hints
    }

    fn on_open(&mut self, look: &Look) -> Fx<Self> {
        let period = Period::of(PeriodKind::Month, day_of(look), self.calendar());
        let view = self.view.get_or_insert_with(|| View::new(period));
        view.today = day_of(look);
        if let Some(scope) = self.desk.carried.take() {
            view.look_at(scope);
        }
        self.ask()
    }

    fn on_resume(&mut self, _: &Look) -> Fx<Self> {
        match self.desk.carried.take() {
            Some(scope) => self.take_up(scope),
            None => Fx::none(),
        }
    }

    fn on_leave(&mut self, _: &Look) {
        if let Some(view) = &self.view {
            self.desk.carried.put(view.scope(self.calendar()));
        }
    }

    fn on_change(&mut self, change: &Change, look: &Look) -> Fx<Self> {
        self.heard(change, look)
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        self.act(action, look)
    }

    fn on_click(&mut self, at: Position, _: &Look) -> Fx<Self> {
        let line = at.y.checked_sub(self.area.y).filter(|_| self.area.contains(at));
        if let Some(row) = line.and_then(|line| self.scroll.row_at(line, self.lines.len())) {
            self.scroll.select(row, self.lines.len());
        }
        Fx::none()
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        self.paint(canvas, area, look);
    }
}
