//! Asking for rows and totals, and taking the answers in. Old rows stay until the new ones are there; an answer to what
//! is not looked at any more never arrives, because its slot was taken.

use super::Expenses;
use crate::client::ClientError;
use crate::fx::{Fx, Message};
use crate::screen::view::View;
use crate::theme::Look;
use api::expense::Expense;
use api::page::Page;
use api::problem::Code;
use api::report::Report;

/// Rows that are loaded ahead of the last one in view.
const AHEAD: usize = 60;

impl Expenses {
    /// Loads everything again.
    pub(super) fn reload(&mut self) -> Fx<Self> {
        let waiting = self.flush();
        self.desk
            .book
            .refresh(&self.desk.api)
            .and(self.load())
            .and(waiting)
    }

    /// Loads what could not be loaded, now that the server answers again.
    pub(super) fn reload_after_failure(&mut self) -> Fx<Self> {
        let is_missing = self.failure.is_some() || !self.desk.book.lists().is_loaded();
        if is_missing {
            self.desk.book.refresh(&self.desk.api).and(self.load())
        } else {
            Fx::none()
        }
    }

    /// Turns to another view.
    pub(super) fn look_at(&mut self, view: View) -> Fx<Self> {
        if view == self.view && self.failure.is_none() {
            return Fx::none();
        }
        self.view = view;
        self.load()
    }

    /// Asks for the first page and the totals of the view.
    pub(super) fn load(&mut self) -> Fx<Self> {
        self.is_marking = false;
        let changes = self.changes;
        let calendar = self.desk.book.lists().calendar;
        let view = self.view.clone();
        let name = format!("loading {}", view.words(calendar, &self.desk.dates));
        let page = self.desk.api.list_expenses(&view.query(calendar, None));
        Fx::cancel("more")
            .and(Fx::call_latest(
                "rows",
                name,
                page,
                move |screen: &mut Self, page, look| screen.loaded(view, changes, page, look),
            ))
            .and(self.ask_totals())
    }

    /// Whether reports may be asked for. While nobody knows, they wait for the lists.
    pub(super) fn has_reports(&self) -> bool {
        let role = self.desk.book.lists().role();
        role.is_some_and(api::member::Role::sees_all)
    }

    pub(super) fn ask_totals(&mut self) -> Fx<Self> {
        if !self.has_reports() {
            if self.desk.book.lists().is_loaded() {
                self.add_up_own();
            }
            return Fx::none();
        }
        let calendar = self.desk.book.lists().calendar;
        let report = self.desk.api.report_by_category(&self.view.asked(calendar));
        Fx::call_latest("totals", "adding up", report, Self::added_up)
    }

    fn added_up(&mut self, report: Result<Report, ClientError>, _: &Look) -> Fx<Self> {
        // A failure is told by the rows, which were asked for with it or are shown without it.
        self.report = report.ok();
        Fx::none()
    }

    fn loaded(
        &mut self,
        view: View,
        changes: u64,
        page: Result<Page<Expense>, ClientError>,
        _: &Look,
    ) -> Fx<Self> {
        let page = match page {
            // Read before what was saved meanwhile: it would take that off the screen again.
            Ok(_) if changes != self.changes => return self.load(),
            Ok(page) => page,
            Err(error) => return self.failed(&error),
        };
        self.failure = None;
        let selected = self.list.get(self.scroll.selected()).map(|item| item.row.id);
        let is_same = self.shown.as_ref() == Some(&view);
        self.list.replace(page.items, page.next_cursor);
        self.add_up_if_own();
        self.before = None;
        self.shown = Some(view);
        self.show_unsent();
        let len = self.list.shown_len();
        let wanted = self.wanted.take();
        let place = wanted.and_then(|id| self.list.place_of(id));
        if let (Some(id), None) = (wanted, place)
            && let Some(outside) = self.saved_outside(id)
        {
            return outside;
        }
        let place = place.or_else(|| selected.and_then(|id| self.list.place_of(id)));
        match place {
            Some(place) => self.scroll.select(place, len),
            None if is_same => self.scroll.select(self.scroll.selected(), len),
            None => self.scroll.select(0, len),
        }
        if self.list.is_empty() {
            self.ask_before()
        } else {
            Fx::none()
        }
    }

    /// What was asked for did not come: what is shown stays, and is named for what it is.
    fn failed(&mut self, error: &ClientError) -> Fx<Self> {
        self.failure = Some(error.sentence());
        self.look_for_book();
        if let Some(shown) = &self.shown {
            self.view = shown.clone();
        }
        self.look_for_ledger(error)
            .and(Fx::notify(Message::error(error.sentence())))
    }

    /// Something is not there: where that is the ledger itself, the lists that are loaded again say so.
    pub(super) fn look_for_ledger(&self, error: &ClientError) -> Fx<Self> {
        if error.code() == Some(Code::NotFound) {
            self.desk.book.refresh(&self.desk.api)
        } else {
            Fx::none()
        }
    }

    /// Asks for the next page once the end of what is loaded comes near.
    pub(super) fn load_more(&mut self) -> Fx<Self> {
        let near = self
            .scroll
            .selected()
            .max(self.scroll.visible(self.list.shown_len()).end)
            + AHEAD;
        let is_wanted = self.is_marking || near >= self.list.len();
        let Some(cursor) = self.list.next.clone().filter(|_| is_wanted) else {
            return Fx::none();
        };
        if self.list.is_full() {
            let kept = crate::figures::rows(self.list.len() as u64);
            return Fx::notify(format!(
                "{kept} are loaded. <expenses.sort-reverse> shows the other end, <expenses.filter> fewer."
            ));
        }
        let Some(view) = self.shown.clone().filter(|shown| *shown == self.view) else {
            return Fx::none();
        };
        let query = view.query(self.desk.book.lists().calendar, Some(cursor.clone()));
        let page = self.desk.api.list_expenses(&query);
        Fx::call_latest(
            "more",
            "loading more rows",
            page,
            move |screen: &mut Self, page, look| screen.loaded_more(&cursor, page, look),
        )
    }

    fn loaded_more(&mut self, cursor: &str, page: Result<Page<Expense>, ClientError>, _: &Look) -> Fx<Self> {
        if self.list.next.as_deref() != Some(cursor) {
            return self.go_on_marking();
        }
        match page {
            Ok(page) => {
                self.list.append(page.items, page.next_cursor);
                self.add_up_if_own();
                if self.list.goes_to_end {
                    let len = self.list.shown_len();
                    self.scroll.select(len, len);
                }
            }
            Err(error) => {
                self.is_marking = false;
                return Fx::notify(Message::error(error.sentence()));
            }
        }
        if self.is_marking {
            return self.go_on_marking();
        }
        self.load_more()
    }

    pub(super) fn add_up_if_own(&mut self) {
        if self.desk.book.lists().is_loaded() && !self.has_reports() {
            self.add_up_own();
        }
    }

    /// Where nothing is to be shown: how many rows the period before has.
    pub(super) fn ask_before(&self) -> Fx<Self> {
        if !self.has_reports() {
            return Fx::none();
        }
        let calendar = self.desk.book.lists().calendar;
        let before = View {
            period: self.view.period.prev(calendar),
            ..self.view.clone()
        };
        let report = self.desk.api.report_summary(&before.asked(calendar));
        Fx::call_latest(
            "before",
            "looking at the period before",
            report,
            |screen: &mut Self, report, _| {
                screen.before = report.ok().map(|report| row_count(&report));
                Fx::none()
            },
        )
    }
}

/// How many rows a report sums, transfers among them.
pub(super) fn row_count(report: &Report) -> u64 {
    let rows: u64 = report.totals.iter().map(|total| total.count).sum();
    let transfers: u64 = report.transfers.iter().map(|total| total.count).sum();
    rows + transfers
}
