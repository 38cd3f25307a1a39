//! The filter line: `#food @visa +trip >20 <100 by:ana kind:refund payee:"rewe" cur:usd from:2026-01-01 words`, one to
//! one with the query parameters of a list. Words are the text that is searched for; nothing that was typed is dropped.

mod parse;
mod print;

pub use parse::parse;
pub use print::{print, to_query};

use crate::currency::Currency;
use crate::date::Date;
use crate::entry::{EntryFault, Span};
use crate::expense::ExpenseFilter;

/// What a filter line is read against.
#[derive(Debug, Clone, Copy)]
pub struct FilterContext {
    /// The ledger's base currency: that of `>20` where the line names none.
    pub base: Currency,
    /// The reader's own day, which `from:fri` counts from.
    pub today: Date,
}

/// What a piece of a filter line was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FilterTokenKind {
    /// `#food`, `@visa`, `kind:refund`: narrows the list.
    Condition,
    /// A word that is searched for.
    Word,
    /// Something that cannot be meant so; a fault with the same span says why.
    Fault,
}

/// A piece of a filter line. The pieces are in order and leave out nothing but white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterToken {
    /// Where it stands.
    pub span: Span,
    /// What it was taken for.
    pub kind: FilterTokenKind,
}

/// What a filter line was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedFilter {
    /// What it asks for; faulty pieces ask for nothing.
    pub filter: ExpenseFilter,
    /// Each piece and what it was taken for.
    pub tokens: Vec<FilterToken>,
    /// What cannot be meant so, in the order of the line.
    pub faults: Vec<EntryFault>,
}

#[cfg(test)]
mod tests;
