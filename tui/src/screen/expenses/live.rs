//! What happened elsewhere, put under the eyes of who looks here: rows come, change and go in their places, the chosen
//! row stays the chosen one, and the view moves no further than it must.

use super::Expenses;
use crate::client::{Api, ClientError};
use crate::fx::Fx;
use crate::live::LiveChanges;
use crate::screen::view::View;
use crate::theme::Look;
use api::date::Calendar;
use api::expense::Expense;
use std::sync::Arc;

/// Rows, and where those that were not loaded begin.
type Loaded = (Vec<Expense>, Option<String>);

/// The rows of a view, at least so many of them where there are.
async fn first_rows(
    api: Arc<dyn Api>,
    view: View,
    calendar: Calendar,
    wanted: usize,
) -> Result<Loaded, ClientError> {
    let (mut rows, mut next) = (Vec::new(), None);
    loop {
        let page = api.list_expenses(&view.query(calendar, next)).await?;
        rows.extend(page.items);
        next = page.next_cursor;
        if next.is_none() || rows.len() >= wanted {
            return Ok((rows, next));
        }
    }
}

impl Expenses {
    /// Others changed something, or this user on another device.
    pub(super) fn live(&mut self, live: &LiveChanges, look: &Look) -> Fx<Self> {
        let mut fx = Fx::none();
        // Of several such screens one above the other the lowest speaks for all.
        if self.is_lowest() {
            let words = live.words(&self.desk.book.lists(), look);
            fx = fx.and(words.map_or_else(Fx::none, Fx::mention));
            if live.touches_lists() {
                fx = fx.and(self.desk.book.refresh(&self.desk.api));
            }
        }
        if live.touches_rows() {
            fx = fx.and(self.refresh());
        }
        fx
    }

    fn refresh(&mut self) -> Fx<Self> {
        if self.shown.as_ref() != Some(&self.view) {
            // What is on its way may have been read before.
            return self.load();
        }
        if self.refresh.want() {
            self.ask_anew()
        } else {
            Fx::none()
        }
    }

    fn ask_anew(&mut self) -> Fx<Self> {
        let (view, calendar) = (self.view.clone(), self.desk.book.lists().calendar);
        let api = Arc::clone(&self.desk.api);
        let rows = first_rows(api, view.clone(), calendar, self.list.len());
        Fx::call_latest("live", "", rows, move |screen: &mut Self, loaded, look| {
            screen.refreshed(&view, loaded, look)
        })
        .and(self.ask_totals())
    }

    fn refreshed(&mut self, view: &View, loaded: Result<Loaded, ClientError>, _: &Look) -> Fx<Self> {
        let is_again = self.refresh.done();
        let is_of_view = self.shown.as_ref() == Some(view) && self.view == *view;
        // A failure is no news: what is shown is as old as it was, and the header says whether the server is there.
        let mut fx = match loaded {
            Ok((rows, next)) if is_of_view => self.take_in(rows, next),
            _ => Fx::none(),
        };
        if is_again {
            fx = fx.and(self.ask_anew());
        }
        fx
    }

    fn take_in(&mut self, rows: Vec<Expense>, next: Option<String>) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let top = self.scroll.visible(self.list.shown_len()).start;
        let chosen = self.scroll.selected();
        let id_at = |at| self.list.get(at).map(|item| item.row.id);
        let (top_id, chosen_id) = (id_at(top), id_at(chosen));
        let added = self.list.refresh(rows, next, self.view.sort, &lists);
        self.show_unsent();
        self.add_up_if_own();
        let len = self.list.shown_len();
        let place = |id| self.list.place_of(id);
        // At the top it stays at the top: what is new is to be seen there.
        let top_now = if top == 0 {
            0
        } else {
            top_id.and_then(place).unwrap_or(top)
        };
        let chosen_now = chosen_id.and_then(place).unwrap_or(chosen);
        self.scroll.hold(top_now, chosen_now, len);
        if self.desk.book.learn(&added) {
            self.desk.book.refresh(&self.desk.api)
        } else {
            Fx::none()
        }
    }
}
