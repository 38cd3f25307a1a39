//! The reader of the filter line: what each piece narrows the list by.

use super::{FilterContext, FilterToken, FilterTokenKind, ParsedFilter};
use crate::currency::Currency;
use crate::date::{Date, parse_day};
use crate::entry::line::{Piece, pieces, unquote};
use crate::entry::{EntryFault, Span, amount_bound};
use crate::expense::{ExpenseFilter, Kind, MAX_NAME};
use crate::money::Amount;
use crate::text::{TextFault, check_line, clean_line, fold};

/// Longest text searched for, in characters.
const MAX_SEARCH: usize = 200;

/// What a piece narrows the list by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Category,
    Account,
    Payee,
    Tag,
    Min,
    Max,
    Kind,
    Currency,
    PaidBy,
    From,
    To,
    Is,
}

impl Field {
    /// The field of a word before a colon: the short forms, and the names of the query parameters.
    fn of_key(key: &str) -> Option<Self> {
        Some(match key.to_ascii_lowercase().as_str() {
            "category" | "cat" => Self::Category,
            "account" => Self::Account,
            "payee" => Self::Payee,
            "tag" => Self::Tag,
            "min" => Self::Min,
            "max" => Self::Max,
            "kind" => Self::Kind,
            "currency" | "cur" => Self::Currency,
            "paid_by" | "by" => Self::PaidBy,
            "from" => Self::From,
            "to" => Self::To,
            "is" => Self::Is,
            _ => return None,
        })
    }

    /// What is written for it, in sentences.
    fn example(self) -> &'static str {
        match self {
            Self::Category => "#food",
            Self::Account => "@card",
            Self::Payee => "payee:rewe",
            Self::Tag => "+trip",
            Self::Min => ">20",
            Self::Max => "<100",
            Self::Kind => "kind:refund",
            Self::Currency => "cur:usd",
            Self::PaidBy => "by:ana",
            Self::From => "from:2026-01-01",
            Self::To => "to:2026-12-31",
            Self::Is => "is:deleted",
        }
    }
}

/// Words that join conditions in other programs.
pub(super) const JOINTS: [&str; 2] = ["not", "or"];

/// What is known, for whoever wrote something else.
const KNOWN: &str =
    "#category, @account, +tag, >20, <100, payee:, by:, kind:, cur:, from:, to: and is:deleted";

/// Whether a word means something in a filter or looks as if it did, so that it is searched for only in quotes.
pub(super) fn needs_quotes(word: &str) -> bool {
    split_field(word).is_some() || is_leaving_out(word) || unknown_key(word).is_some()
}

/// `-#rent`, `!@cash`, `-by:ana`, `-rent`. Not `-5`, nor a dash alone, nor `anti-aging`.
fn is_leaving_out(word: &str) -> bool {
    let Some(rest) = word.strip_prefix(['-', '!']) else {
        return false;
    };
    rest.starts_with(|c: char| c.is_alphabetic() || c == '"') || split_field(rest).is_some()
}

/// The word before a colon that stands for no field: `nonsense:foo`. Times and addresses are text.
fn unknown_key(word: &str) -> Option<&str> {
    let (key, value) = word.split_once(':')?;
    let is_word = !key.is_empty() && key.chars().all(|c| c.is_alphabetic() || c == '_' || c == '-');
    let is_address = value.starts_with("//");
    (is_word && !value.is_empty() && !is_address && Field::of_key(key).is_none()).then_some(key)
}

/// The field a piece is about and the rest of it. `None` for a word.
pub(super) fn split_field(text: &str) -> Option<(Field, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    match first {
        '#' => return Some((Field::Category, rest)),
        '@' => return Some((Field::Account, rest)),
        '+' if !rest.is_empty() => return Some((Field::Tag, rest)),
        '>' | '<' => {
            let amount = rest.strip_prefix('=').unwrap_or(rest);
            let is_amount = amount.starts_with(|c: char| c.is_ascii_digit() || "-+.,(".contains(c))
                && amount.contains(|c: char| c.is_ascii_digit());
            let field = if first == '>' { Field::Min } else { Field::Max };
            return is_amount.then_some((field, amount));
        }
        _ => {}
    }
    let (key, value) = text.split_once(':')?;
    Field::of_key(key).map(|field| (field, value))
}

/// Reads a filter line. Never fails: what cannot be meant is a fault, what is not understood is searched for.
pub fn parse(line: &str, context: FilterContext) -> ParsedFilter {
    let mut reader = Reader {
        context,
        parsed: ParsedFilter {
            filter: ExpenseFilter::default(),
            tokens: Vec::new(),
            faults: Vec::new(),
        },
        words: Vec::new(),
        amounts: Vec::new(),
        to_span: None,
        search_span: None,
    };
    let mut pieces = pieces(line, false).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let next = pieces.peek().map(|next| next.text);
        let fault = Reader::refuse_joint(piece, next)
            .and_then(|()| reader.piece(piece))
            .err();
        reader.close(piece.span, fault);
    }
    reader.finish()
}

/// Why a piece is refused: the stable name and the sentence.
type Refusal = (&'static str, String);

struct Reader {
    context: FilterContext,
    parsed: ParsedFilter,
    words: Vec<String>,
    /// Bounds, read when the currency is known.
    amounts: Vec<(Field, Span, String)>,
    to_span: Option<Span>,
    search_span: Option<Span>,
}

impl Reader {
    /// Refuses `not` and `or` before a condition: they would be searched for, and the condition would mean its contrary.
    fn refuse_joint(piece: Piece<'_>, next: Option<&str>) -> Result<(), Refusal> {
        let word = fold(piece.text);
        let is_joint =
            JOINTS.contains(&word.as_str()) && next.is_some_and(|next| split_field(next).is_some());
        if is_joint {
            return Err((
                "unsupported-filter",
                format!(
                    "{word:?} before a condition is not supported yet - every condition must hold; leave it out, or put it in quotes to search for it"
                ),
            ));
        }
        Ok(())
    }

    fn piece(&mut self, piece: Piece<'_>) -> Result<(), Refusal> {
        if piece.is_unclosed {
            return Err((
                "unclosed-quote",
                "A quote is not closed - write a \" at the end of it".to_owned(),
            ));
        }
        match split_field(piece.text).filter(|_| !piece.text.starts_with('"')) {
            Some((field, value)) => {
                self.token(piece.span, FilterTokenKind::Condition);
                self.field(field, value, piece.span)
            }
            None if is_leaving_out(piece.text) => Err((
                "unsupported-filter",
                format!(
                    "Leaving rows out with {} is not supported yet - put {} in quotes to search for it",
                    piece.text.get(..1).unwrap_or_default(),
                    piece.text
                ),
            )),
            None => match unknown_key(piece.text) {
                Some(key) => Err((
                    "unknown-filter",
                    format!(
                        "No filter is called {key}: - known are {KNOWN}; put it in quotes to search for it"
                    ),
                )),
                None => self.word(piece),
            },
        }
    }

    fn token(&mut self, span: Span, kind: FilterTokenKind) {
        self.parsed.tokens.push(FilterToken { span, kind });
    }

    /// Turns the piece that was just read into a fault, where it is one.
    fn close(&mut self, span: Span, fault: Option<Refusal>) {
        let Some((code, detail)) = fault else { return };
        match self.parsed.tokens.iter_mut().find(|token| token.span == span) {
            Some(token) => token.kind = FilterTokenKind::Fault,
            None => self.token(span, FilterTokenKind::Fault),
        }
        self.parsed.faults.push(EntryFault { span, code, detail });
    }

    fn word(&mut self, piece: Piece<'_>) -> Result<(), Refusal> {
        let word = clean_line(&unquote(piece.text).0);
        self.token(piece.span, FilterTokenKind::Word);
        let start = self.search_span.map_or(piece.span.start, |span| span.start);
        self.search_span = Some(Span {
            start,
            end: piece.span.end,
        });
        match check_line(&word, usize::MAX) {
            Ok(()) => {
                self.words.push(word);
                Ok(())
            }
            Err(TextFault::Blank) => Ok(()),
            Err(fault) => Err((fault.code(), fault.to_string())),
        }
    }

    fn field(&mut self, field: Field, value: &str, span: Span) -> Result<(), Refusal> {
        let text = clean_line(&unquote(value).0);
        let most = if field == Field::Category {
            2 * MAX_NAME + 2
        } else {
            MAX_NAME
        };
        match check_line(&text, most) {
            Ok(()) => {}
            Err(TextFault::Blank) => return Err(("name-missing", format!("Write {}", field.example()))),
            Err(fault) => return Err((fault.code(), fault.to_string())),
        }
        let context = self.context;
        let filter = &mut self.parsed.filter;
        match field {
            Field::Category => set(&mut filter.category, name(text), field),
            Field::Account => set(&mut filter.account, name(text), field),
            Field::Payee => set(&mut filter.payee, name(text), field),
            Field::Tag => set(&mut filter.tag, name(text), field),
            Field::PaidBy => set(&mut filter.paid_by, name(text), field),
            Field::Kind => set(&mut filter.kind, kinds(&text)?, field),
            Field::Currency => set(&mut filter.currency, currency(&text)?, field),
            Field::From => set(&mut filter.from, day(&text, context)?, field),
            Field::To => {
                self.to_span = Some(span);
                set(&mut filter.to, day(&text, context)?, field)
            }
            Field::Is if fold(&text) == "deleted" => {
                filter.include_deleted = Some(true);
                Ok(())
            }
            Field::Is => Err(("unknown-filter", "Only is:deleted can be asked for".to_owned())),
            Field::Min | Field::Max => {
                if self.amounts.iter().any(|(other, ..)| *other == field) {
                    return Err(twice(field));
                }
                self.amounts.push((field, span, text));
                Ok(())
            }
        }
    }

    fn finish(mut self) -> ParsedFilter {
        let currency = self.parsed.filter.currency.unwrap_or(self.context.base);
        let mut bounds = [None, None];
        for (field, span, text) in std::mem::take(&mut self.amounts) {
            match amount_bound(&text, currency) {
                Err(refusal) => self.close(span, Some(refusal)),
                Ok(minor) if field == Field::Min => bounds[0] = Some((minor, span)),
                Ok(minor) => bounds[1] = Some((minor, span)),
            }
        }
        let amount = |minor: i64| Amount::from_minor(minor, currency);
        let [min, max] = bounds;
        self.parsed.filter.min = min.map(|(minor, _)| amount(minor));
        self.parsed.filter.max = max.map(|(minor, _)| amount(minor));
        if let (Some((min, _)), Some((max, span))) = (min, max)
            && min > max
        {
            self.parsed.filter.max = None;
            let detail = "The largest amount is below the smallest - swap them".to_owned();
            self.close(span, Some(("reversed", detail)));
        }
        if let (Some(from), Some(to), Some(span)) =
            (self.parsed.filter.from, self.parsed.filter.to, self.to_span)
            && from > to
        {
            self.parsed.filter.to = None;
            let detail = format!("The period ends before it begins - swap {from} and {to}");
            self.close(span, Some(("reversed", detail)));
        }
        let search = self.words.join(" ");
        let chars = search.chars().count();
        if let (Some(span), true) = (self.search_span, chars > MAX_SEARCH) {
            let fault = TextFault::TooLong {
                chars,
                most: MAX_SEARCH,
            };
            self.parsed.faults.push(EntryFault {
                span,
                code: fault.code(),
                detail: fault.to_string(),
            });
        }
        self.parsed.filter.q = (!search.is_empty()).then_some(search);
        self.parsed.faults.sort_by_key(|fault| fault.span.start);
        self.parsed
    }
}

/// Sets what was not asked for yet.
fn set<T>(slot: &mut Option<T>, value: T, field: Field) -> Result<(), Refusal> {
    if slot.is_some() {
        return Err(twice(field));
    }
    *slot = Some(value);
    Ok(())
}

fn twice(field: Field) -> Refusal {
    (
        "twice",
        format!("There is one such filter already - leave one {}", field.example()),
    )
}

/// A name; the word `none` in any case means that there is none.
fn name(text: String) -> String {
    if fold(&text) == "none" {
        "none".to_owned()
    } else {
        text
    }
}

fn day(text: &str, context: FilterContext) -> Result<Date, Refusal> {
    match parse_day(text, context.today, true) {
        Some(Ok(day)) => Ok(day),
        Some(Err(error)) => Err((error.code(), error.to_string())),
        None => Err((
            "not-a-date",
            "Not a date - write 2026-11-21, 21/11, fri or 3d".to_owned(),
        )),
    }
}

fn currency(text: &str) -> Result<Currency, Refusal> {
    Currency::parse(text).ok_or_else(|| {
        (
            "unknown-currency",
            "Not a currency code - write an ISO 4217 code such as cur:usd".to_owned(),
        )
    })
}

/// Kinds with commas between, each once, in the order typed.
fn kinds(text: &str) -> Result<String, Refusal> {
    let mut found: Vec<&str> = Vec::new();
    for word in text.split(',') {
        let Some(kind) = Kind::from_word(&fold(word)) else {
            let known = Kind::ALL.map(Kind::as_str).join(", ");
            return Err((
                "unknown-kind",
                format!("No such kind - write one of {known}, commas between"),
            ));
        };
        if !found.contains(&kind.as_str()) {
            found.push(kind.as_str());
        }
    }
    Ok(found.join(","))
}
