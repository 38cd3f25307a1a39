//! The table of screens: what the number keys switch between, and what the palette can open besides.
//! A new screen is its file, a `mod` line and a row where the table is put together.

pub mod activity;
pub mod book_fault;
pub mod day_sheet;
pub mod expenses;
pub mod insights;
mod listing;
pub mod members;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod trash;
pub mod view;

use crate::layer::{AnyLayer, Layer};
use crate::open_ledger::Ability;

/// A row of the table of screens. Opened when first shown, kept from then on.
pub struct Screen {
    pub(crate) title: &'static str,
    pub(crate) needs: Option<Ability>,
    pub(crate) open: Box<dyn FnOnce() -> AnyLayer>,
}

impl Screen {
    pub fn new<L: Layer>(title: &'static str, open: impl FnOnce() -> L + 'static) -> Self {
        Self {
            title,
            needs: None,
            open: Box::new(move || AnyLayer::new(open())),
        }
    }

    /// Only for those whose role allows this.
    #[must_use]
    pub fn needs(mut self, ability: Ability) -> Self {
        self.needs = Some(ability);
        self
    }
}

/// A command of the palette that has no key: it opens a layer.
pub struct Command {
    pub name: &'static str,
    pub description: &'static str,
    pub(crate) needs: Option<Ability>,
    open: Box<dyn Fn() -> AnyLayer>,
}

impl Command {
    pub fn new<L: Layer>(
        name: &'static str,
        description: &'static str,
        open: impl Fn() -> L + 'static,
    ) -> Self {
        Self {
            name,
            description,
            needs: None,
            open: Box::new(move || AnyLayer::new(open())),
        }
    }

    /// Only for those whose role allows this.
    #[must_use]
    pub fn needs(mut self, ability: Ability) -> Self {
        self.needs = Some(ability);
        self
    }

    pub(crate) fn words(&self) -> String {
        format!("{}: {}", self.name, self.description)
    }

    pub(crate) fn open(&self) -> AnyLayer {
        (self.open)()
    }
}
