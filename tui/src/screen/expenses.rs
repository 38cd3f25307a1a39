//! The Expenses screen: the rows of a period, in a table that loads as far as it is looked at, with their totals, and
//! everything that can be done to a row. Here is what it consists of and which verb goes where; the parts are beside it.

mod actions;
mod ask;
mod change;
mod draw;
mod empty;
mod landed;
mod list;
mod live;
mod marks;
mod mend;
mod moving;
mod own;
mod parts;
mod saved;
mod sending;
mod steer;
#[cfg(test)]
pub(crate) mod tests;
mod undo;
mod unsent;

use crate::book::{BookChanged, RowsChanged};
use crate::desk::Desk;
use crate::door::LedgerGone;
use crate::fx::{Change, Fx, NewDay};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::live::{LiveChanges, Refresh};
use crate::outbox::OutboxChanged;
use crate::popup::unsent::MendAsked;
use crate::screen::day_sheet::DaySheet;
use crate::screen::view::View;
use crate::theme::Look;
use crate::waiting::ServerBack;
use crate::widget::{Canvas, Scroll};
use api::date::Date;
use api::id::ExpenseId;
use api::report::Report;
use list::List;
use moving::Moving;
use ratatui::layout::{Position, Rect};
use std::collections::{BTreeSet, HashMap};
use undo::Undo;
use uuid::Uuid;

/// The screen.
pub struct Expenses {
    desk: Desk,
    /// What is looked at, or about to be.
    view: View,
    /// The view whose rows are shown; another one while the new rows are on their way.
    shown: Option<View>,
    list: List,
    scroll: Scroll,
    /// Totals and categories of what is shown.
    report: Option<Report>,
    /// How many rows the period before has; asked where there are none to show.
    before: Option<u64>,
    /// Why the last load failed.
    failure: Option<String>,
    /// Unsent entries that were made here: shown whatever the filter says.
    own: BTreeSet<Uuid>,
    /// Entries that lie on the disk for a ledger that is not known yet.
    strangers: usize,
    /// One that waited is on its way.
    is_flushing: bool,
    /// Categories that unsent rows make.
    new_categories: HashMap<ExpenseId, String>,
    undo: Vec<Undo>,
    /// Rows on their way to another ledger, of which it is not known that they arrived and went from here.
    half_moved: Option<Moving>,
    /// How often rows were changed here: a list that was asked for before the last time is out of date.
    changes: u64,
    /// The row to stand on as soon as it is there.
    wanted: Option<ExpenseId>,
    /// The day to stand on as soon as its rows are there.
    wanted_day: Option<Date>,
    /// A row that was saved out of view.
    outside: Option<Outside>,
    /// Nothing was done since the last save: what is said of it still stands.
    is_fresh: bool,
    /// Lines typed before.
    recall: Vec<String>,
    /// The row that was marked last.
    mark_from: Option<ExpenseId>,
    /// Rows are being loaded so that all of the view can be marked.
    is_marking: bool,
    /// The ledger may not be opened any more.
    is_shut: bool,
    /// What was begun with more rows than go in one batch.
    parts: Option<parts::Parts>,
    /// The currency of the chart, where it is not the first.
    currency: usize,
    /// The day the screen was opened on, and whether the lists have not come yet.
    first_day: Option<Date>,
    is_first_book: bool,
    /// Rows that others changed are being loaded.
    refresh: Refresh,
    /// Where the table was drawn.
    table_area: Rect,
}

/// A row that was saved and is not among those shown.
#[derive(Debug, Clone, Copy)]
struct Outside {
    id: ExpenseId,
    day: Date,
}

impl Expenses {
    /// This month.
    pub fn new(desk: Desk, today: Date) -> Self {
        let view = View::month_of(today, desk.book.lists().calendar);
        let first_day = Some(today);
        Self {
            first_day,
            is_first_book: true,
            ..Self::over(desk, view)
        }
    }

    /// The rows of a view.
    pub fn over(desk: Desk, view: View) -> Self {
        Self {
            desk,
            view,
            shown: None,
            list: List::default(),
            scroll: Scroll::default(),
            report: None,
            before: None,
            failure: None,
            own: BTreeSet::new(),
            strangers: 0,
            is_flushing: false,
            new_categories: HashMap::new(),
            undo: Vec::new(),
            half_moved: None,
            changes: 0,
            wanted: None,
            wanted_day: None,
            outside: None,
            is_fresh: false,
            recall: Vec::new(),
            mark_from: None,
            is_marking: false,
            is_shut: false,
            parts: None,
            currency: 0,
            first_day: None,
            is_first_book: false,
            refresh: Refresh::default(),
            table_area: Rect::ZERO,
        }
    }

    /// Nothing stands below it: Esc cannot lead anywhere.
    fn is_lowest(&self) -> bool {
        self.first_day.is_some()
    }

    fn today(look: &Look) -> Date {
        let day = look.today();
        Date::from_naive(day).unwrap_or(Date::MAX)
    }

    /// Moves over rows; near the end of what is loaded the next page is asked for.
    fn move_over(&mut self, action: Action) -> Option<Fx<Self>> {
        let len = self.list.shown_len();
        self.scroll.on_action(action, len).then(|| self.load_more())
    }

    fn move_in_time(&mut self, action: Action, look: &Look) -> Option<Fx<Self>> {
        let calendar = self.desk.book.lists().calendar;
        let today = Self::today(look);
        let near = self.view.near(self.selected_day(), today, calendar);
        let period = self.view.moved(action, near, today, calendar)?;
        Some(self.look_at(View {
            period,
            ..self.view.clone()
        }))
    }

    /// The chosen row's day, or the period's, as a sheet.
    fn open_day(&self, look: &Look) -> Fx<Self> {
        let calendar = self.desk.book.lists().calendar;
        let day = self.view.near(self.selected_day(), Self::today(look), calendar);
        Fx::push(DaySheet::new(self.desk.clone(), day))
    }

    fn selected_day(&self) -> Option<Date> {
        self.list.get(self.scroll.selected()).map(|item| item.row.date)
    }
}

impl Layer for Expenses {
    fn title(&self) -> String {
        "Expenses".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["expenses", "period", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Every row of the period, the newest first, and what it sums to.",
            "<expenses.add> adds one on a line such as 12.50 lunch #food; <period.previous-period> and <period.next-period> go through time.",
            "What is deleted or changed can be brought back with <expenses.undo>.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        self.draw_screen(canvas, area, look);
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        if !self.is_lowest() {
            return self.load();
        }
        let lists = self.desk.book.refresh(&self.desk.api);
        lists.and(self.load()).and(self.take_over())
    }

    fn on_resume(&mut self, _: &Look) -> Fx<Self> {
        let calendar = self.desk.book.lists().calendar;
        match self.desk.carried.take().filter(|_| self.is_lowest()) {
            Some(scope) => self.look_at(self.view.taking_up(scope, calendar)),
            None => self.look_again(),
        }
    }

    fn on_leave(&mut self, _: &Look) {
        if self.is_lowest() {
            let calendar = self.desk.book.lists().calendar;
            self.desk.carried.put(self.view.scope(calendar));
        }
    }

    fn on_change(&mut self, change: &Change, look: &Look) -> Fx<Self> {
        if change.get::<LedgerGone>().is_some() {
            return self.shut();
        }
        if change.get::<BookChanged>().is_some() {
            return self.book_changed();
        }
        if let Some(rows) = change.get::<RowsChanged>() {
            return self.rows_changed(rows);
        }
        if let Some(NewDay(day)) = change.get::<NewDay>() {
            return self.new_day(*day, look);
        }
        if let Some(live) = change.get::<LiveChanges>() {
            return self.live(live, look);
        }
        if change.get::<ServerBack>().is_some() {
            self.is_flushing = false;
            return self.reload_after_failure().and(self.flush());
        }
        if let Some(change) = change.get::<OutboxChanged>() {
            return self.outbox_changed(change);
        }
        if let Some(asked) = change.get::<MendAsked>().filter(|_| self.is_lowest()) {
            return self.mend(asked, look);
        }
        Fx::none()
    }

    fn on_click(&mut self, at: Position, _: &Look) -> Fx<Self> {
        self.click(at)
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        self.is_fresh = false;
        self.list.goes_to_end = action == Action::Last;
        self.wanted = None;
        if let Some(refused) = self.refuse_while_marking(action) {
            return refused;
        }
        let outside = self.outside.take();
        if let (Action::Accept, Some(outside)) = (action, outside) {
            return self.show_outside(outside);
        }
        if let Some(fx) = self.move_over(action).or_else(|| self.move_in_time(action, look)) {
            return fx;
        }
        match action {
            Action::Reload => self.reload(),
            Action::Sort => self.look_at(View {
                sort: self.view.sort.next(),
                ..self.view.clone()
            }),
            Action::SortReverse => self.look_at(View {
                sort: self.view.sort.reversed(),
                ..self.view.clone()
            }),
            Action::Add => self.add(),
            Action::DaySheet => self.open_day(look),
            Action::AddForm => self.add_form(look),
            Action::Edit | Action::Accept => self.edit(look),
            Action::Categorise => self.categorise(look),
            Action::Duplicate => self.duplicate(look),
            Action::Delete => self.delete(look),
            Action::MoveRows => self.move_rows(look),
            Action::Undo => self.undo(look),
            Action::Redo => self.redo_last(),
            Action::History => self.history(look),
            Action::Mark => self.mark(),
            Action::MarkRange => self.mark_range(),
            Action::MarkInvert => self.mark_invert(),
            Action::Filter => self.ask_filter(),
            Action::ClearFilter => self.clear_filter(),
            Action::Back => self.step_back(),
            Action::PeriodCustom => self.ask_range(),
            Action::GoToDate => Self::ask_day(),
            Action::Copy => self.copy(),
            Action::Currency => self.next_currency(),
            _ => Fx::pass(),
        }
    }
}
