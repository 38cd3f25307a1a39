//! Several lines pasted at once: each read as an entry, all shown before any is saved, saved together or not at all.

use super::reading::{Entered, Reading};
use crate::book::Lists;
use crate::keymap::Action;
use crate::theme::Look;
use api::expense::MAX_BATCH;

/// The lines and which of them are in view.
pub(super) struct Several {
    lines: Vec<String>,
    pub(super) top: usize,
}

impl Several {
    /// `None` where there is but one line.
    pub(super) fn of(text: &str) -> Option<Self> {
        let lines: Vec<String> = text
            .split(['\n', '\r'])
            .map(|line| crate::text::typed(line).trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        (lines.len() > 1).then_some(Self { lines, top: 0 })
    }

    pub(super) fn text(&self) -> String {
        self.lines.join("\n")
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn scroll(&mut self, action: Action) {
        self.top = match action {
            Action::Up => self.top.saturating_sub(1),
            _ => (self.top + 1).min(self.lines.len().saturating_sub(1)),
        };
    }

    pub(super) fn readings<'a>(
        &'a self,
        lists: &'a Lists,
        look: &'a Look,
    ) -> impl Iterator<Item = Reading> + 'a {
        self.lines.iter().map(move |line| Reading::of(line, lists, look))
    }

    pub(super) fn line(&self, at: usize) -> &str {
        self.lines.get(at).map_or("", String::as_str)
    }

    /// All rows, or why they cannot be saved.
    pub(super) fn entered(&self, lists: &Lists, look: &Look) -> Result<Vec<Entered>, String> {
        if self.lines.len() > MAX_BATCH {
            return Err(format!(
                "{} lines are too many for one go - paste at most {MAX_BATCH}.",
                self.lines.len()
            ));
        }
        let mut rows = Vec::with_capacity(self.lines.len());
        for (at, reading) in self.readings(lists, look).enumerate() {
            match (reading.entered, reading.problems.first()) {
                (Some(entered), _) => rows.push(*entered),
                (None, Some(problem)) => return Err(format!("Line {}: {}.", at + 1, problem.detail)),
                (None, None) => return Err(format!("Line {} is not complete.", at + 1)),
            }
        }
        Ok(rows)
    }
}
