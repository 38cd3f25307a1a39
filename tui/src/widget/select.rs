//! A list to choose from by typing: the best match first, nothing hidden for good, the chosen row
//! in reverse and with a `>`. Fuzzy, in any place of the word, accents and case ignored.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};
use ratatui::layout::{Position, Rect};

use super::{Canvas, Line, LineView};
use crate::{
    keymap::Action,
    layer::TextEvent,
    text::{self, Align},
    theme::Look,
};

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    pub label: String,
    /// At the right, also searched.
    pub detail: String,
}

impl Item {
    pub fn new(label: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            detail: detail.into(),
        }
    }
}

/// The places of the texts that match, best first; all of them in their order for no query.
pub fn rank<'a>(query: &str, texts: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
    let pattern = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut config = Config::DEFAULT;
    config.prefer_prefix = true;
    let mut matcher = Matcher::new(config);
    let mut buffer = Vec::new();
    let mut found: Vec<(usize, u32)> = texts
        .into_iter()
        .enumerate()
        .filter_map(|(at, text)| {
            let score = pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher)?;
            Some((at, score))
        })
        .collect();
    found.sort_by_key(|(at, score)| (std::cmp::Reverse(*score), *at));
    found.into_iter().map(|(at, _)| at).collect()
}

/// The list, what was typed, and the row chosen so far.
#[derive(Debug, Clone, Default)]
pub struct Select {
    items: Vec<Item>,
    line: Line,
    order: Vec<usize>,
    selected: usize,
    scroll: usize,
    height: usize,
}

impl Select {
    pub fn new(items: Vec<Item>) -> Self {
        let mut select = Self {
            items,
            ..Self::default()
        };
        select.filter();
        select
    }

    fn filter(&mut self) {
        let texts: Vec<String> = self
            .items
            .iter()
            .map(|item| format!("{} {}", item.label, item.detail))
            .collect();
        self.order = rank(self.line.value(), texts.iter().map(String::as_str));
        self.selected = 0;
        self.scroll = 0;
    }

    /// What was typed.
    pub fn query(&self) -> &str {
        self.line.value()
    }

    /// The place of the chosen item in the list that was given.
    pub fn chosen(&self) -> Option<usize> {
        self.order.get(self.selected).copied()
    }

    /// Chooses an item by its place in the list that was given.
    pub fn choose(&mut self, item: usize) {
        if let Some(at) = self.order.iter().position(|place| *place == item) {
            self.selected = at;
        }
    }

    pub fn on_text(&mut self, event: TextEvent) {
        if self.line.on_text(event) {
            self.filter();
        }
    }

    /// Moves; says whether the verb was one of moving.
    pub fn on_action(&mut self, action: Action) -> bool {
        let last = self.order.len().saturating_sub(1);
        let half = (self.height / 2).max(1);
        self.selected = match action {
            Action::Up if self.selected == 0 => last,
            Action::Down if self.selected == last => 0,
            Action::Up => self.selected - 1,
            Action::Down => self.selected + 1,
            Action::HalfUp => self.selected.saturating_sub(half),
            Action::HalfDown => (self.selected + half).min(last),
            _ => return false,
        };
        true
    }

    /// The field with what is typed, and the list under it.
    pub fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, ghost: &str, look: &Look) {
        let Some(list) = area.height.checked_sub(1) else {
            return;
        };
        let view = LineView {
            ghost,
            style: look.styles.plain,
            has_cursor: true,
            ..LineView::default()
        };
        let prompt = canvas.put(area.x, area.y, 2, "/ ", look.styles.key);
        let columns = area.width.saturating_sub(2);
        self.line.draw(canvas, (prompt, area.y, columns), view, look);
        let list = Rect {
            y: area.y + 1,
            height: list,
            ..area
        };
        if self.order.is_empty() {
            let none = format!("Nothing matches {}.", self.query());
            canvas.put_fit(
                (area.x, list.y, area.width),
                &none,
                Align::Left,
                look.styles.dim,
                look,
            );
        }
        self.draw_list(canvas, list, look);
    }

    fn draw_list(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        self.height = area.height.into();
        self.scroll = self
            .scroll
            .max((self.selected + 1).saturating_sub(self.height))
            .min(self.selected);
        let shown = self.order.iter().enumerate().skip(self.scroll);
        for (y, (at, place)) in (area.top()..area.bottom()).zip(shown) {
            let Some(item) = self.items.get(*place) else {
                continue;
            };
            let is_selected = at == self.selected;
            let row = Rect::new(area.x, y, area.width, 1);
            draw_item(canvas, row, item, is_selected, look);
        }
    }

    /// Where a click chooses: the row at this place of the area that was drawn.
    pub fn click(&mut self, area: Rect, at: Position) -> bool {
        let Some(row) = at.y.checked_sub(area.y + 1) else {
            return false;
        };
        let row = self.scroll + usize::from(row);
        let is_there = row < self.order.len();
        if is_there {
            self.selected = row;
        }
        is_there
    }
}

fn draw_item(canvas: &mut Canvas<'_>, row: Rect, item: &Item, is_selected: bool, look: &Look) {
    let pointer = if is_selected { look.glyphs.pointer } else { " " };
    canvas.put(row.x, row.y, row.width, pointer, look.styles.plain);
    let room = row.width.saturating_sub(2);
    let detail = u16::try_from(text::width(&text::clean(&item.detail))).unwrap_or(room);
    let detail = detail.min(room / 2);
    let label = room.saturating_sub(detail + u16::from(detail > 0) * 2);
    canvas.put_fit(
        (row.x + 2, row.y, label),
        &item.label,
        Align::Left,
        look.styles.plain,
        look,
    );
    let x = row.right().saturating_sub(detail);
    canvas.put_fit(
        (x, row.y, detail),
        &item.detail,
        Align::Right,
        look.styles.dim,
        look,
    );
    if is_selected {
        canvas.style(row, look.styles.selected);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_finds_in_the_middle_and_without_accents() {
        let names = ["Café Einstein", "DB Ferry", "Groceries"];
        assert_eq!(rank("fer", names), [1]);
        assert_eq!(rank("cafe", names), [0]);
        assert_eq!(rank("", names), [0, 1, 2]);
        assert!(rank("xyz", names).is_empty());
    }

    #[test]
    fn moving_past_an_end_goes_to_the_other() {
        let mut select = Select::new(vec![Item::new("a", ""), Item::new("b", "")]);
        assert!(select.on_action(Action::Up));
        assert_eq!(select.chosen(), Some(1));
        assert!(select.on_action(Action::Down));
        assert_eq!(select.chosen(), Some(0));
        assert!(!select.on_action(Action::Save));
    }

    #[test]
    fn an_empty_list_has_no_choice_and_does_not_mind_moving() {
        let mut select = Select::new(Vec::new());
        for action in [Action::Up, Action::Down, Action::HalfDown] {
            select.on_action(action);
        }
        assert_eq!(select.chosen(), None);
    }
}
