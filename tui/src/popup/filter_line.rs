//! The filter line: the same grammar as the API's parameters, read as it is typed, its faults underlined with their
//! reason. Names are looked up in the book, so that a mistyped one is told before anything is asked for.

#[cfg(test)]
mod tests;

use super::complete::Completion;
use super::{frame, sheet};
use crate::book::{Book, Lists};
use crate::fx::Fx;
use crate::keymap::Action;
use crate::layer::{Layer, Popup, TextEvent};
use crate::text::Align;
use crate::theme::Look;
use crate::widget::{Canvas, Line, LineView};
use api::date::Date;
use api::entry::{EntryFault, Match, Names, Span};
use api::expense::ExpenseFilter;
use api::filter::{FilterContext, parse};
use ratatui::layout::Rect;
use std::ops::Range;

/// A filter without faults, and as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filtered {
    pub filter: ExpenseFilter,
    pub text: String,
}

/// The line.
pub struct FilterLine {
    book: Book,
    line: Line,
    completion: Option<Completion>,
    /// Enter was pressed on a fault.
    is_refused: bool,
}

impl FilterLine {
    /// With the filter there is, to be changed.
    pub fn new(book: Book, text: &str) -> Self {
        Self {
            book,
            line: Line::new(text),
            completion: None,
            is_refused: false,
        }
    }

    fn read(&self, look: &Look) -> (ExpenseFilter, Vec<EntryFault>) {
        let lists = self.book.lists();
        let today = Date::from_naive(look.today()).unwrap_or(Date::MAX);
        let mut parsed = parse(
            self.line.value(),
            FilterContext {
                base: lists.base,
                today,
            },
        );
        let faults = look_up(&mut parsed.filter, self.line.value(), &lists);
        parsed.faults.extend(faults);
        (parsed.filter, parsed.faults)
    }

    fn complete(&mut self, is_forward: bool) {
        let completion = match self.completion.take() {
            Some(completion) => Some(completion.turned(is_forward)),
            None => Completion::in_filter(self.line.value(), self.line.cursor(), &self.book.lists()),
        };
        if let Some(completion) = completion {
            self.line.set(completion.text());
            self.completion = Some(completion);
            self.is_refused = false;
        }
    }

    /// What Tab would write, while nothing is wrong.
    fn hint(&self) -> String {
        let completion = Completion::in_filter(self.line.value(), self.line.cursor(), &self.book.lists());
        match completion {
            Some(completion) if self.completion.is_none() && !completion.options().is_empty() => {
                format!("Tab: {}", completion.options().join("  "))
            }
            _ => String::new(),
        }
    }
}

/// Writes names out as the lists have them; what is in none is a fault.
fn look_up(filter: &mut ExpenseFilter, line: &str, lists: &Lists) -> Vec<EntryFault> {
    if !lists.is_loaded() {
        return Vec::new();
    }
    let mut categories = Names::default();
    for category in &lists.categories {
        let parent = category.parent_id.map(|id| lists.category_name(id));
        categories.push(&category.name, parent);
    }
    let accounts = Names::flat(lists.accounts.iter().map(|account| &account.name));
    // By id whoever ever paid can be asked for.
    let is_id = |name: &str| name.parse::<api::id::UserId>().is_ok();
    let mut faults = Vec::new();
    for (slot, names, noun) in [
        (&mut filter.category, categories, "category"),
        (&mut filter.account, accounts, "account"),
        (&mut filter.paid_by, lists.members.names(), "member"),
    ] {
        let is_name = |name: &&str| *name != "none" && !(noun == "member" && is_id(name));
        let Some(name) = slot.as_deref().filter(is_name) else {
            continue;
        };
        let detail = match names.find(name, false) {
            Match::Known(at) => {
                *slot = names.path(at);
                continue;
            }
            Match::New => format!("No {noun} is called {name}"),
            Match::Ambiguous(fits) => {
                let fits: Vec<String> = fits.iter().take(5).filter_map(|at| names.path(*at)).collect();
                format!("Fits {} - write more of the name", fits.join(", "))
            }
        };
        let start = line.find(name).unwrap_or(0);
        let end = if line.contains(name) {
            start + name.len()
        } else {
            line.len()
        };
        faults.push(EntryFault {
            span: Span { start, end },
            code: "unknown-name",
            detail,
        });
    }
    faults
}

impl Popup for FilterLine {
    type Answer = Filtered;
}

impl Layer for FilterLine {
    fn title(&self) -> String {
        "Filter".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["line"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Narrows the rows and every sum: #food @visa +trip by:ana >20 <100 kind:refund payee:rewe cur:usd from:2026-01-01.",
            "Any other word is searched for in payee, note and tags. none stands for rows without one, as #none.",
            "<line.next-field> completes, <line.accept> applies it, an empty line takes the filter away.",
        ]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 2))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, "Filter", look);
        if inner.height == 0 {
            return;
        }
        let (_, faults) = self.read(look);
        let places: Vec<Range<usize>> = faults
            .iter()
            .map(|fault| fault.span.start..fault.span.end)
            .collect();
        canvas.put(inner.x, inner.y, inner.width, "/", look.styles.bold);
        let view = LineView {
            ghost: "#food @visa +trip >20 text",
            faults: &places,
            style: look.styles.plain,
            has_cursor: true,
            ..LineView::default()
        };
        let place = (inner.x + 2, inner.y, inner.width.saturating_sub(2));
        self.line.draw(canvas, place, view, look);
        let is_typing_on = !self.is_refused && self.line.cursor() == self.line.value().len();
        let last = |fault: &EntryFault| is_typing_on && fault.span.end == self.line.value().len();
        if inner.height < 2 {
            return;
        }
        let (words, style) = match faults.into_iter().find(|fault| !last(fault)) {
            Some(fault) => (fault.detail, look.styles.error),
            None => (self.hint(), look.styles.dim),
        };
        let place = (inner.x + 2, inner.y + 1, inner.width.saturating_sub(2));
        canvas.put_fit(place, &words, Align::Left, style, look);
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        if self.line.on_text(event) {
            self.is_refused = false;
            self.completion = None;
        }
        Fx::none()
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        match action {
            Action::Accept | Action::Save => {
                let (filter, faults) = self.read(look);
                if faults.is_empty() {
                    let text = self.line.value().trim().to_owned();
                    return Fx::answer(Filtered { filter, text });
                }
                self.is_refused = true;
                Fx::none()
            }
            Action::NextField | Action::PreviousField => {
                self.complete(action == Action::NextField);
                Fx::none()
            }
            _ => Fx::pass(),
        }
    }
}
