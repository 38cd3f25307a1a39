//! One field of a form: its text, its kind, its check, and what a choice offers for what is typed.

use crate::{
    theme::Look,
    widget::{Line, rank},
};

/// Matches offered under a choice.
const OFFERED: usize = 6;

/// What a value was understood as, or what is wrong and how to mend it.
pub type Checked = Result<String, String>;
type Check = Box<dyn Fn(&str, &Look) -> Checked>;

/// What kind of typing a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// One of these, found by a part of its name; or, if new ones are welcome, another.
    Choice {
        options: Vec<String>,
        takes_new: bool,
    },
}

/// One field.
pub struct Field {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) kind: Kind,
    pub(super) line: Line,
    pub(super) ghost: String,
    pub(super) check: Option<Check>,
    pub(super) error: Option<String>,
    pub(super) picked: usize,
    pub(super) is_touched: bool,
    pub(super) is_masked: bool,
    pub(super) is_end: bool,
}

impl Field {
    pub fn text(id: &'static str, label: &'static str) -> Self {
        Self {
            id,
            label,
            kind: Kind::Text,
            line: Line::default(),
            ghost: String::new(),
            check: None,
            error: None,
            picked: 0,
            is_touched: false,
            is_masked: false,
            is_end: false,
        }
    }

    pub fn choice(id: &'static str, label: &'static str, options: Vec<String>) -> Self {
        Self {
            kind: Kind::Choice {
                options,
                takes_new: false,
            },
            ..Self::text(id, label)
        }
    }

    /// A choice that takes what is not in the list yet.
    #[must_use]
    pub fn or_new(mut self) -> Self {
        if let Kind::Choice { takes_new, .. } = &mut self.kind {
            *takes_new = true;
        }
        self
    }

    /// What is typed is a secret.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.is_masked = true;
        self
    }

    /// Enter here saves the form: the fields below it are for few.
    #[must_use]
    pub fn end(mut self) -> Self {
        self.is_end = true;
        self
    }

    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.line.set(value);
        self
    }

    #[must_use]
    pub fn ghost(mut self, ghost: impl Into<String>) -> Self {
        self.ghost = ghost.into();
        self
    }

    /// Reads the value as it is typed; the error shows once the field is left or saved.
    #[must_use]
    pub fn check(mut self, check: impl Fn(&str, &Look) -> Checked + 'static) -> Self {
        self.check = Some(Box::new(check));
        self
    }

    pub(super) fn checked(&self, look: &Look) -> Checked {
        self.check
            .as_ref()
            .map_or(Ok(String::new()), |check| check(self.line.value(), look))
    }

    /// Matches for what is typed, each with whether it would be new.
    pub(super) fn offers(&self) -> Vec<(String, bool)> {
        match &self.kind {
            Kind::Choice { options, takes_new } => offers(self.line.value(), options, *takes_new),
            Kind::Text => Vec::new(),
        }
    }

    /// Makes the picked match the value. An empty choice stays empty.
    pub(super) fn settle(&mut self) {
        self.is_touched = true;
        if self.line.value().trim().is_empty() && self.picked == 0 {
            return;
        }
        if let Some((option, _)) = self.offers().into_iter().nth(self.picked) {
            self.line.set(option);
        }
        self.picked = 0;
    }
}

/// Matches for what is typed, each with whether it would be new. A new value comes first where no
/// match contains what was typed, so that a likeness never takes its place unasked.
pub fn offers(typed: &str, options: &[String], takes_new: bool) -> Vec<(String, bool)> {
    let typed = typed.trim();
    let folded = typed.to_lowercase();
    let ranked = rank(typed, options.iter().map(String::as_str));
    let mut offers: Vec<(String, bool)> = ranked
        .into_iter()
        .filter_map(|at| options.get(at))
        .map(|option| (option.clone(), false))
        .collect();
    let same = offers
        .iter()
        .position(|(option, _)| option.to_lowercase() == folded);
    offers.truncate(OFFERED.max(same.map_or(0, |at| at + 1)));
    if let Some(same) = same {
        let same = offers.remove(same);
        offers.insert(0, same);
    } else if takes_new && !typed.is_empty() {
        let contains = |(option, _): &(String, bool)| option.to_lowercase().contains(&folded);
        let at = if offers.iter().any(contains) {
            offers.len()
        } else {
            0
        };
        offers.insert(at, (typed.to_owned(), true));
    }
    offers
}
