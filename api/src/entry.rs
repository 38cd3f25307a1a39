//! The entry line: one line of text that becomes one expense, as `12.50 lunch @card #food +trip y by:ana // note`.
//! One grammar for the app, the plain commands and the server. Tokens come in any order; what is not understood is the
//! payee; nothing that was typed is dropped. Guessing from history (what category a payee usually has) is the app's.

mod amount;
mod draft;
pub(crate) mod line;
mod name;
mod number;
mod parse;
mod print;

pub(crate) use amount::amount_bound;
pub use draft::Draft;
pub use line::Span;
pub use name::{Match, NameRef, Names};
pub use parse::parse;
pub use print::print;

use crate::currency::Currency;
use crate::date::Date;
use crate::money::format_minor;

/// The names a line may mean. Built once from the ledger's lists, used for every key that is typed.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// Categories, those in a category with their parent. Archived ones left out.
    pub categories: Names,
    /// Accounts. Archived ones left out.
    pub accounts: Names,
    /// Members of the ledger.
    pub members: Names,
}

/// What a line is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The names it may mean.
    pub vocabulary: &'a Vocabulary,
    /// The ledger's base currency, which an amount has that names none.
    pub base: Currency,
    /// The writer's own day.
    pub today: Date,
}

/// What a piece of the line was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// The amount, with its sign and an attached currency.
    Amount,
    /// A currency that stands by itself beside the amount.
    Currency,
    /// A word of the payee.
    Word,
    /// `#food`
    Category,
    /// `@card`, `@giro>@savings`
    Account,
    /// `+trip`
    Tag,
    /// `y`, `28/10`
    Date,
    /// `by:ana`
    Member,
    /// Everything from `//` on.
    Note,
    /// Something that cannot be meant so; a fault with the same span says why.
    Fault,
}

impl TokenKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Word => "word",
            Self::Category => "category",
            Self::Account => "account",
            Self::Tag => "tag",
            Self::Date => "date",
            Self::Member => "member",
            Self::Note => "note",
            Self::Fault => "fault",
        }
    }
}

/// A piece of the line. The pieces are in order, do not overlap, and leave out nothing but white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it was taken for.
    pub kind: TokenKind,
}

/// Why a piece of the line cannot be meant so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFault {
    /// The piece; empty, at the end of the line, for something that is missing.
    pub span: Span,
    /// The stable name of the fault.
    pub code: &'static str,
    /// One sentence: why, and how to mend it.
    pub detail: String,
}

/// Something that can be meant in more than one way. The line is not saved until it says which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// `1,234`: both amounts, in minor units of the draft's currency. Write one of them in full to choose it.
    Amount {
        /// The amount as typed.
        span: Span,
        /// The currency of the readings.
        currency: Currency,
        /// With the separator between thousands, then with it as the decimal sign.
        readings: [i64; 2],
    },
    /// A name that fits several: their positions in the vocabulary.
    Name {
        /// The name as typed.
        span: Span,
        /// Which list the positions are in: category, account or member.
        kind: TokenKind,
        /// The positions, at least two.
        candidates: Vec<usize>,
    },
}

/// What a line was understood as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// Each piece and what it was taken for.
    pub tokens: Vec<Token>,
    /// What the line says.
    pub draft: Draft,
    /// What cannot be meant so, in the order of the line.
    pub faults: Vec<EntryFault>,
    /// What can be meant in more than one way.
    pub questions: Vec<Question>,
    /// The exact result where the amount had to be rounded to the currency's decimals, to be shown beside it.
    pub rounded_from: Option<String>,
    /// How long the line is, in bytes.
    len: usize,
}

impl Parsed {
    /// Everything that forbids saving: faults, open questions (`ambiguous-amount`, `ambiguous-name`), and a missing
    /// amount (`amount-missing`). Empty when the line can be saved.
    pub fn problems(&self, vocabulary: &Vocabulary) -> Vec<EntryFault> {
        let mut problems = self.faults.clone();
        problems.extend(self.questions.iter().map(|question| question.fault(vocabulary)));
        let is_amount = |question: &Question| matches!(question, Question::Amount { .. });
        let is_explained =
            self.faults.iter().any(EntryFault::is_amount_fault) || self.questions.iter().any(is_amount);
        if self.draft.amount_minor.is_none() && !is_explained {
            problems.push(EntryFault {
                span: Span {
                    start: self.len,
                    end: self.len,
                },
                code: "amount-missing",
                detail: "An amount is missing - write it as 12.50".to_owned(),
            });
        }
        problems.sort_by_key(|problem| problem.span.start);
        problems
    }

    /// The fault of exactly that piece.
    pub fn fault_at(&self, span: Span) -> Option<&EntryFault> {
        self.faults.iter().find(|fault| fault.span == span)
    }
}

impl EntryFault {
    /// Whether it is about the amount, so that a missing one need not be named too.
    fn is_amount_fault(&self) -> bool {
        amount::FAULT_CODES.contains(&self.code)
    }
}

impl Question {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Amount { span, .. } | Self::Name { span, .. } => *span,
        }
    }

    /// The question as a fault with a sentence that offers the answers.
    pub fn fault(&self, vocabulary: &Vocabulary) -> EntryFault {
        match self {
            Self::Amount {
                span,
                currency,
                readings: [grouped, decimal],
            } => EntryFault {
                span: *span,
                code: "ambiguous-amount",
                detail: format!(
                    "Either {} or {} - write the one you mean",
                    format_minor(*grouped, *currency),
                    format_minor(*decimal, *currency)
                ),
            },
            Self::Name {
                span,
                kind,
                candidates,
            } => {
                let names = match kind {
                    TokenKind::Account => &vocabulary.accounts,
                    TokenKind::Member => &vocabulary.members,
                    _ => &vocabulary.categories,
                };
                let listed: Vec<String> = candidates
                    .iter()
                    .take(5)
                    .filter_map(|at| names.path(*at))
                    .collect();
                EntryFault {
                    span: *span,
                    code: "ambiguous-name",
                    detail: format!("Fits {} - write more of the name", listed.join(", ")),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
