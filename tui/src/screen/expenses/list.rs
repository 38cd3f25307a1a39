//! The rows that are loaded, in their order, each with how it stands with the server. Knows nothing of loading.

use crate::book::Lists;
use crate::screen::view::{Sort, SortBy};
use crate::widget::Gutter;
use crate::{figures, text};
use api::currency::Currency;
use api::expense::Expense;
use api::id::ExpenseId;
use api::text::fold;
use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// Most rows that are kept; further ones are reached by a shorter period or the other order.
pub(super) const MOST: usize = 5_000;

/// How a row stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    Saved,
    /// On its way, or waiting for the server to come back.
    Unsent,
    /// The server will not have it as it is.
    Refused,
}

/// What became of a row elsewhere while it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum News {
    #[default]
    None,
    Added,
    Changed,
}

/// A row and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) row: Expense,
    pub(super) state: State,
    news: News,
}

impl Item {
    fn saved(row: Expense) -> Self {
        Self {
            row,
            state: State::Saved,
            news: News::None,
        }
    }
}

/// What is loaded.
#[derive(Debug, Default)]
pub(super) struct List {
    items: Vec<Item>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
    /// The last row was asked for: what is loaded until the next key moves on to it.
    pub(super) goes_to_end: bool,
    pub(super) marked: BTreeSet<ExpenseId>,
    /// How wide the widest amount is, and in books of which currency; found once for all frames.
    widest: Cell<Option<(u16, Currency)>>,
}

impl List {
    /// Rows, and one more that stands for those not loaded yet.
    pub(super) fn shown_len(&self) -> usize {
        self.items.len() + usize::from(self.next.is_some())
    }

    /// The room that amounts need.
    pub(super) fn amount_width(&self, base: Currency) -> u16 {
        if let Some((widest, _)) = self.widest.get().filter(|(_, of)| *of == base) {
            return widest;
        }
        let widths = self
            .rows()
            .map(|row| text::width(&figures::row_amount(row, base)));
        let widest = u16::try_from(widths.max().unwrap_or(0)).unwrap_or(0);
        self.widest.set(Some((widest, base)));
        widest
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.items.len() >= MOST
    }

    pub(super) fn get(&self, at: usize) -> Option<&Item> {
        self.items.get(at)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Expense> {
        self.items.iter().map(|item| &item.row)
    }

    /// Rows that are shown otherwise than the server has them.
    pub(super) fn unsaved(&self) -> impl Iterator<Item = &Expense> {
        let unsaved = self.items.iter().filter(|item| item.state != State::Saved);
        unsaved.map(|item| &item.row)
    }

    pub(super) fn place_of(&self, id: ExpenseId) -> Option<usize> {
        self.items.iter().position(|item| item.row.id == id)
    }

    /// Puts the first page there instead of what was.
    pub(super) fn replace(&mut self, rows: Vec<Expense>, next: Option<String>) {
        self.widest.set(None);
        self.items = rows.into_iter().map(Item::saved).collect();
        self.next = next;
    }

    /// Puts rows there as they are by now, as many as were loaded, and marks what is new of them. The new ones.
    pub(super) fn refresh(
        &mut self,
        rows: Vec<Expense>,
        next: Option<String>,
        sort: Sort,
        lists: &Lists,
    ) -> Vec<Expense> {
        let before = std::mem::take(&mut self.items);
        let is_whole = self.next.is_none();
        let last = before.iter().rev().find(|item| item.state == State::Saved);
        // What comes after the last row was not looked at yet.
        let was_looked_at = |row: &Expense| {
            is_whole || last.is_some_and(|last| compare(row, &last.row, sort, lists) == Ordering::Less)
        };
        let known: HashMap<ExpenseId, &Item> = before.iter().map(|item| (item.row.id, item)).collect();
        let mut added = Vec::new();
        let items = rows.into_iter().map(|row| {
            let news = match known.get(&row.id) {
                Some(item) if item.state != State::Saved => News::None,
                Some(item) if item.row.version == row.version => item.news,
                Some(item) if item.news == News::Added => News::Added,
                Some(_) => News::Changed,
                None if was_looked_at(&row) => News::Added,
                None => News::None,
            };
            if !known.contains_key(&row.id) {
                added.push(row.clone());
            }
            Item {
                news,
                ..Item::saved(row)
            }
        });
        self.items = items.collect();
        self.next = next;
        self.widest.set(None);
        added
    }

    /// Adds a page at the end; a row that is there already stays where it is.
    pub(super) fn append(&mut self, rows: Vec<Expense>, next: Option<String>) {
        let known: BTreeSet<ExpenseId> = self.rows().map(|row| row.id).collect();
        let new = rows.into_iter().filter(|row| !known.contains(&row.id));
        self.widest.set(None);
        self.items.extend(new.map(Item::saved));
        self.next = next;
    }

    /// Puts a row where it belongs, instead of an older form of it. `None`: it belongs to what is not loaded yet.
    pub(super) fn put(&mut self, row: Expense, state: State, sort: Sort, lists: &Lists) -> Option<usize> {
        self.remove(row.id);
        let at = self
            .items
            .partition_point(|item| compare(&item.row, &row, sort, lists) == Ordering::Less);
        if at == self.items.len() && self.next.is_some() && state == State::Saved {
            return None;
        }
        self.widest.set(None);
        let item = Item {
            state,
            ..Item::saved(row)
        };
        self.items.insert(at, item);
        Some(at)
    }

    pub(super) fn remove(&mut self, id: ExpenseId) -> Option<Item> {
        let at = self.place_of(id)?;
        Some(self.items.remove(at))
    }

    pub(super) fn gutter(&self, item: &Item) -> Gutter {
        match item.state {
            State::Refused => Gutter::Refused,
            State::Unsent => Gutter::Unsent,
            State::Saved if self.marked.contains(&item.row.id) => Gutter::Marked,
            State::Saved => match item.news {
                News::Added => Gutter::Added,
                News::Changed => Gutter::Changed,
                News::None => Gutter::None,
            },
        }
    }
}

/// The order in which the server lists them, as far as this side can tell.
fn compare(a: &Expense, b: &Expense, sort: Sort, lists: &Lists) -> Ordering {
    let minor = |row: &Expense| row.amount.minor(row.currency).unwrap_or(0);
    let category = |row: &Expense| {
        row.category_id
            .map_or_else(String::new, |id| fold(lists.category_path(id)))
    };
    let payee = |row: &Expense| fold(row.payee.as_deref().unwrap_or_default());
    let order = match sort.by {
        SortBy::Date => a.date.cmp(&b.date),
        SortBy::Amount => minor(a).cmp(&minor(b)),
        SortBy::Payee => payee(a).cmp(&payee(b)),
        SortBy::Category => category(a).cmp(&category(b)),
        SortBy::Created => a.created_at.cmp(&b.created_at),
    };
    let order = order.then_with(|| a.id.cmp(&b.id));
    if sort.is_descending {
        order.reverse()
    } else {
        order
    }
}
