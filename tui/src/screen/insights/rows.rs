//! The rows behind a bar: exactly those that it sums, page by page as they are scrolled to. Esc
//! goes back to the bar; the day sheet of a row opens from here as it does everywhere.

use std::sync::Arc;

use api::{
    expense::{Expense, ExpenseFilter, ExpenseQuery, Paging},
    page::{MAX_LIMIT, Page},
};
use ratatui::layout::{Position, Rect};

use crate::{
    book::{Book, Lists, RowsChanged},
    client::{Api, ClientError},
    expense_row,
    fx::{Change, Fx, Message},
    keymap::Action,
    layer::Layer,
    text::Align,
    theme::Look,
    widget::{Canvas, Row, Rows, Scroll, Table},
};

/// The filter that an address of a list stands for; parts that this side does not know are left
/// out only if they are none of the filter's.
pub(super) fn filter_of(rows_url: &str) -> Option<ExpenseFilter> {
    let (_, query) = rows_url.split_once('?')?;
    let mut fields = serde_json::Map::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let value = match (name.as_ref(), value.as_ref()) {
            (_, "true") => serde_json::Value::Bool(true),
            (_, "false") => serde_json::Value::Bool(false),
            (_, text) => serde_json::Value::String(text.to_owned()),
        };
        fields.insert(name.into_owned(), value);
    }
    serde_json::from_value(serde_json::Value::Object(fields)).ok()
}

/// The list.
pub(crate) struct RowList {
    api: Arc<dyn Api>,
    book: Book,
    title: String,
    filter: ExpenseFilter,
    rows: Vec<Expense>,
    next: Option<String>,
    is_loaded: bool,
    error: Option<String>,
    scroll: Scroll,
    area: Rect,
}

struct Shown<'a> {
    rows: &'a [Expense],
    has_more: bool,
    lists: &'a Lists,
    look: &'a Look,
}

impl Rows for Shown<'_> {
    fn len(&self) -> usize {
        self.rows.len() + usize::from(self.has_more)
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        self.rows.get(at).map(|row| expense_row::cells(row, self.lists, self.look))
    }
}

impl RowList {
    pub(super) fn new(api: Arc<dyn Api>, book: Book, title: String, filter: ExpenseFilter) -> Self {
        Self {
            api,
            book,
            title,
            filter,
            rows: Vec::new(),
            next: None,
            is_loaded: false,
            error: None,
            scroll: Scroll::default(),
            area: Rect::ZERO,
        }
    }

    fn ask(&self, cursor: Option<String>) -> Fx<Self> {
        let query = ExpenseQuery {
            filter: self.filter.clone(),
            paging: Paging { sort: None, limit: Some(MAX_LIMIT), cursor: cursor.clone() },
        };
        let page = self.api.list_expenses(&query);
        Fx::call_latest("rows", "loading the rows", page, move |list: &mut Self, page, _| {
            list.answered(cursor.is_none(), page)
        })
    }

    fn answered(&mut self, is_first: bool, page: Result<Page<Expense>, ClientError>) -> Fx<Self> {
        match page {
            Ok(page) => {
                if is_first {
                    self.rows.clear();
                }
                self.rows.extend(page.items);
                self.next = page.next_cursor;
                self.is_loaded = true;
                self.error = None;
                Fx::none()
            }
            Err(error) => {
                let sentence = error.sentence();
                self.error = Some(sentence.clone());
                Fx::notify(Message::error(sentence))
            }
        }
    }

    fn len(&self) -> usize {
        self.rows.len() + usize::from(self.next.is_some())
    }

    /// The next page, once the end of what is there comes into view.
    fn more(&self) -> Fx<Self> {
        let is_near = self.scroll.visible(self.len()).end + self.scroll.height() >= self.rows.len();
        match &self.next {
            Some(cursor) if is_near => self.ask(Some(cursor.clone())),
            _ => Fx::none(),
        }
    }

    fn empty_words(&self, look: &Look) -> String {
        let key = |action| look.key(&["table", "global"], action);
        match &self.error {
            Some(error) => format!("{error} {} tries again.", key(Action::Reload)),
            None if self.is_loaded => format!("No rows are left here. {} goes back.", key(Action::Back)),
            None => String::new(),
        }
    }
}

impl Layer for RowList {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["rows", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        ["The rows that a bar of Insights stands for, the newest first.", "Their sum is the bar's figure.", ""]
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::DaySheet, Action::Back]
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        self.ask(None)
    }

    fn on_change(&mut self, change: &Change, _: &Look) -> Fx<Self> {
        if change.get::<RowsChanged>().is_some() { self.ask(None) } else { Fx::none() }
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.scroll.on_action(action, self.len()) {
            return self.more();
        }
        match action {
            Action::Reload => self.ask(None),
            Action::DaySheet | Action::Accept => match self.rows.get(self.scroll.selected()) {
                Some(row) => {
                    let sheet = crate::screen::DaySheet::new(self.api.clone(), self.book.clone(), row.date);
                    Fx::push(sheet)
                }
                None => Fx::none(),
            },
            _ => Fx::pass(),
        }
    }

    fn on_click(&mut self, at: Position, _: &Look) -> Fx<Self> {
        let line = at.y.checked_sub(self.area.y).filter(|_| self.area.contains(at));
        if let Some(row) = line.and_then(|line| self.scroll.row_at(line, self.len())) {
            self.scroll.select(row, self.len());
        }
        Fx::none()
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        if area.is_empty() {
            return;
        }
        let room = area.width.saturating_sub(2);
        canvas.put_fit((area.x + 1, area.y, room), &self.title, Align::Left, look.styles.bold, look);
        let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
        if self.rows.is_empty() {
            let words = self.empty_words(look);
            let lines = crate::text::wrap(&words, usize::from(room).max(1));
            for (y, line) in (body.top() + 1..body.bottom()).zip(lines) {
                canvas.put(body.x + 2, y, room, &line, look.styles.plain);
            }
            return;
        }
        let lists = self.book.lists();
        let columns = expense_row::columns(&self.rows, lists.base);
        let shown = Shown { rows: &self.rows, has_more: self.next.is_some(), lists: &lists, look };
        let table = Table { columns: &columns, rows: &shown, has_titles: true, has_focus: true, cell: None };
        self.area = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
        table.draw(canvas, body, &mut self.scroll, look);
    }
}

/// How many rows are there so far, for the tests.
#[cfg(test)]
impl RowList {
    pub(super) fn loaded(&self) -> usize {
        self.rows.len()
    }
}
