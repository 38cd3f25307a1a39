//! Which row of many is chosen and which are in view. Moving past an edge turns half a screen, so
//! that most keys change two rows and not all of them.

use std::ops::Range;

use crate::keymap::Action;

/// The view of a list. The height is what the last frame gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    selected: usize,
    top: usize,
    height: usize,
}

impl Scroll {
    pub fn selected(&self) -> usize {
        self.selected
    }

    pub fn height(&self) -> usize {
        self.height
    }

    /// Rows in view, as far as there are rows.
    pub fn visible(&self, len: usize) -> Range<usize> {
        self.top.min(len)..(self.top + self.height).min(len)
    }

    /// Chooses a row, the last one if there are fewer.
    pub fn select(&mut self, row: usize, len: usize) {
        self.selected = row.min(len.saturating_sub(1));
        self.follow(len);
    }

    /// Other rows came and went around these: `top` is where the first row in view is now, `row` where the chosen one
    /// is. The view moves no further than it must for the chosen row to be in it.
    pub fn hold(&mut self, top: usize, row: usize, len: usize) {
        (self.top, self.selected) = (top, row.min(len.saturating_sub(1)));
        self.keep_in_view(len);
    }

    /// Moves; says whether the verb was one of moving.
    pub fn on_action(&mut self, action: Action, len: usize) -> bool {
        let half = (self.height / 2).max(1);
        let row = match action {
            Action::Up => self.selected.saturating_sub(1),
            Action::Down => self.selected + 1,
            Action::HalfUp => self.selected.saturating_sub(half),
            Action::HalfDown => self.selected + half,
            Action::First => 0,
            Action::Last => len,
            _ => return false,
        };
        self.select(row, len);
        true
    }

    /// Takes the height of a frame.
    pub fn fit(&mut self, height: usize, len: usize) {
        self.height = height;
        self.selected = self.selected.min(len.saturating_sub(1));
        self.follow(len);
    }

    /// The row at a line of the view.
    pub fn row_at(&self, line: u16, len: usize) -> Option<usize> {
        let row = self.top + usize::from(line);
        self.visible(len).contains(&row).then_some(row)
    }

    fn follow(&mut self, len: usize) {
        if self.height == 0 {
            return;
        }
        let half = self.height / 2;
        if self.selected < self.top {
            self.top = (self.selected + 1 + half).saturating_sub(self.height);
        } else if self.selected >= self.top + self.height {
            self.top = self.selected.saturating_sub(half);
        }
        self.keep_in_view(len);
    }

    fn keep_in_view(&mut self, len: usize) {
        if self.height == 0 {
            return;
        }
        // No blank lines at the end while rows are hidden above, and the chosen row always in view.
        let lowest = len.saturating_sub(self.height);
        self.top = self.top.min(lowest).min(self.selected);
        self.top = self.top.max((self.selected + 1).saturating_sub(self.height));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(height: usize, len: usize) -> Scroll {
        let mut scroll = Scroll::default();
        scroll.fit(height, len);
        scroll
    }

    #[test]
    fn passing_the_edge_turns_half_a_screen() {
        let mut scroll = at(10, 100);
        for _ in 0..10 {
            scroll.on_action(Action::Down, 100);
        }
        assert_eq!(scroll.visible(100), 5..15);
        scroll.on_action(Action::Down, 100);
        assert_eq!(scroll.visible(100), 5..15);
        scroll.select(4, 100);
        assert_eq!(scroll.visible(100), 0..10);
    }

    #[test]
    fn fewer_rows_pull_the_choice_back() {
        let mut scroll = at(10, 100);
        scroll.on_action(Action::Last, 100);
        assert_eq!(scroll.selected(), 99);
        scroll.fit(10, 3);
        assert_eq!((scroll.selected(), scroll.visible(3)), (2, 0..3));
        scroll.fit(10, 0);
        assert_eq!((scroll.selected(), scroll.visible(0)), (0, 0..0));
    }

    proptest! {
        #[test]
        fn the_chosen_row_is_always_in_view(
            len in 1_usize..60, height in 1_usize..20, moves in prop::collection::vec(0_usize..6, 0..40),
        ) {
            let verbs = [Action::Up, Action::Down, Action::HalfUp, Action::HalfDown, Action::First, Action::Last];
            let mut scroll = at(height, len);
            for step in moves {
                scroll.on_action(verbs[step], len);
                prop_assert!(scroll.visible(len).contains(&scroll.selected()));
                prop_assert_eq!(scroll.visible(len).len(), height.min(len));
            }
        }
    }
}
