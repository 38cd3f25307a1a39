//! The reader of the entry line: what each piece is taken for, in this order: note, quoted word, marks (`#`, `@`, `by:`),
//! day, amount with its currency, tag, and else a word of the payee.

mod named;

use super::amount::{AmountText, amount_text, currency_word};
use super::line::{Piece, Span, pieces, unquote};
use super::{Context, Draft, EntryFault, Parsed, Question, Token, TokenKind};
use crate::currency::Currency;
use crate::date::{Date, DateError, parse_day};
use crate::expense::{Kind, MAX_NAME, MAX_NOTE, MAX_TAGS};
use crate::quick::MAX_LINE;
use crate::text::{TextFault, check_line, check_name_or_id, check_note, clean_line, clean_note, fold};

/// Reads a line. Never fails: what cannot be meant is a fault, what is not understood is the payee.
pub fn parse(line: &str, context: &Context<'_>) -> Parsed {
    let pieces = pieces(line, true);
    let mut reader = Reader::new(context, line.len());
    let chars = line.chars().count();
    if chars > MAX_LINE {
        reader.fault_only(
            Span {
                start: 0,
                end: line.len(),
            },
            "too-long",
            TextFault::TooLong {
                chars,
                most: MAX_LINE,
            }
            .to_string(),
        );
    }
    let mut rest = pieces.as_slice();
    while let Some((piece, after)) = rest.split_first() {
        let used = reader.piece(*piece, after);
        rest = after.get(used..).unwrap_or_default();
    }
    reader.finish()
}

/// The name after `by:`, in any case.
pub(super) fn by_name(piece: &str) -> Option<&str> {
    let (mark, name) = piece.split_at_checked(3)?;
    mark.eq_ignore_ascii_case("by:").then_some(name)
}

struct Reader<'a> {
    context: &'a Context<'a>,
    parsed: Parsed,
    /// The words of the payee and where they stand.
    words: Vec<String>,
    payee_span: Option<Span>,
    /// The amount as it was taken, so that a second one is noticed.
    has_amount: bool,
    /// The sign of the amount, where it was typed.
    signed: Option<Span>,
    has_account: bool,
    is_transfer: bool,
}

impl<'a> Reader<'a> {
    fn new(context: &'a Context<'a>, len: usize) -> Self {
        Self {
            context,
            parsed: Parsed {
                tokens: Vec::new(),
                draft: Draft::empty(context.base),
                faults: Vec::new(),
                questions: Vec::new(),
                rounded_from: None,
                len,
            },
            words: Vec::new(),
            payee_span: None,
            has_amount: false,
            signed: None,
            has_account: false,
            is_transfer: false,
        }
    }

    /// Reads one piece and says how many of the following it used up.
    fn piece(&mut self, piece: Piece<'_>, after: &[Piece<'_>]) -> usize {
        let (span, text) = (piece.span, piece.text);
        if piece.is_unclosed {
            self.fault(
                span,
                "unclosed-quote",
                "A quote is not closed - write a \" at the end of the name",
            );
        } else if let Some(note) = text.strip_prefix("//") {
            self.note(span, note);
        } else if text.starts_with('"') {
            self.word(span, &unquote(text).0);
        } else if let Some(name) = text.strip_prefix('#') {
            self.category(span, name);
        } else if text.starts_with('@') || text.starts_with(">@") {
            self.account(span, text);
        } else if let Some(name) = by_name(text) {
            self.member(span, name);
        } else if let Some(day) = parse_day(text, self.context.today, false) {
            self.day(span, text, day);
        } else if let Some(amount) = amount_text(text, self.context.base) {
            return self.amount_or_word(piece, &amount, after);
        } else if let Some(used) = self.currency_before(piece, after) {
            return used;
        } else if let Some(tag) = text.strip_prefix('+').filter(|tag| !tag.is_empty()) {
            self.tag(span, tag);
        } else {
            self.word(span, text);
        }
        0
    }

    fn token(&mut self, span: Span, kind: TokenKind) {
        self.parsed.tokens.push(Token { span, kind });
    }

    fn fault(&mut self, span: Span, code: &'static str, detail: impl Into<String>) {
        self.token(span, TokenKind::Fault);
        self.fault_only(span, code, detail);
    }

    fn fault_only(&mut self, span: Span, code: &'static str, detail: impl Into<String>) {
        self.parsed.faults.push(EntryFault {
            span,
            code,
            detail: detail.into(),
        });
    }

    fn note(&mut self, span: Span, text: &str) {
        let note = clean_note(text);
        match check_note(&note, MAX_NOTE) {
            Ok(()) => self.token(span, TokenKind::Note),
            Err(fault) => self.fault(span, fault.code(), fault.to_string()),
        }
        self.parsed.draft.note = (!note.is_empty()).then_some(note);
    }

    fn word(&mut self, span: Span, text: &str) {
        let word = clean_line(text);
        match check_line(&word, usize::MAX) {
            Ok(()) | Err(TextFault::Blank) => self.token(span, TokenKind::Word),
            Err(fault) => self.fault(span, fault.code(), fault.to_string()),
        }
        if !word.is_empty() {
            self.words.push(word);
        }
        let start = self.payee_span.map_or(span.start, |payee| payee.start);
        self.payee_span = Some(Span { start, end: span.end });
    }

    fn day(&mut self, span: Span, text: &str, day: Result<Date, DateError>) {
        match day {
            Ok(_) if self.parsed.draft.date.is_some() => {
                self.fault(
                    span,
                    "second-date",
                    "There is a date already - remove one, or quote a name",
                );
            }
            Ok(day) => {
                self.parsed.draft.date = Some(day);
                self.token(span, TokenKind::Date);
            }
            Err(error) if text.contains('/') => {
                self.fault(span, error.code(), format!("{error}; to divide write ({text})"));
            }
            Err(error) => self.fault(span, error.code(), format!("{error}; quote it if it is a name")),
        }
    }

    /// The first number is the amount; later ones belong to the payee, unless a sign says that more was meant.
    fn amount_or_word(&mut self, piece: Piece<'_>, amount: &AmountText, after: &[Piece<'_>]) -> usize {
        let (span, text) = (piece.span, piece.text);
        if !self.has_amount {
            let beside = match (amount.currency, after.first()) {
                (None, Some(next)) if !next.is_unclosed => currency_word(next.text, self.context.base),
                _ => None,
            };
            self.amount(span, amount, beside);
            if let (Some(_), Some(next)) = (beside, after.first()) {
                self.token(next.span, TokenKind::Currency);
                return 1;
            }
        } else if amount.sign.is_some() {
            let detail =
                format!("There is an amount already - write a sum without blanks, as 12{text}, or quote it");
            self.fault(span, "second-amount", detail);
        } else {
            self.word(span, text);
        }
        0
    }

    /// `EUR 12.50`: a currency right before the amount.
    fn currency_before(&mut self, piece: Piece<'_>, after: &[Piece<'_>]) -> Option<usize> {
        let next = after
            .first()
            .filter(|next| !self.has_amount && !next.is_unclosed)?;
        let currency = currency_word(piece.text, self.context.base)?;
        if parse_day(next.text, self.context.today, false).is_some() {
            return None;
        }
        let amount = amount_text(next.text, self.context.base).filter(|amount| amount.currency.is_none())?;
        self.token(piece.span, TokenKind::Currency);
        self.amount(next.span, &amount, Some(currency));
        Some(1)
    }

    fn amount(&mut self, span: Span, amount: &AmountText, beside: Option<Currency>) {
        self.has_amount = true;
        self.signed = amount.sign.map(|_| span);
        let currency = amount.currency.or(beside).unwrap_or(self.context.base);
        match amount.worth(currency) {
            Err(refusal) => self.fault(span, refusal.code, refusal.detail),
            Ok(worth) => {
                self.token(span, TokenKind::Amount);
                match worth.readings.as_slice() {
                    &[grouped, decimal] => {
                        self.parsed.questions.push(Question::Amount {
                            span,
                            currency,
                            readings: [grouped, decimal],
                        });
                    }
                    readings => {
                        self.parsed.draft.amount_minor = readings.first().copied();
                        self.parsed.draft.currency = currency;
                        self.parsed.draft.kind = worth.kind;
                        self.parsed.rounded_from = worth.rounded_from;
                    }
                }
            }
        }
    }

    fn tag(&mut self, span: Span, raw: &str) {
        let tag = clean_line(&unquote(raw).0);
        if let Err(fault) = check_name_or_id(&tag, MAX_NAME) {
            return self.fault(span, fault.code(), fault.to_string());
        }
        let folded = fold(&tag);
        let is_there = self.parsed.draft.tags.iter().any(|other| fold(other) == folded);
        if !is_there && self.parsed.draft.tags.len() >= MAX_TAGS {
            return self.fault(
                span,
                "too-many-tags",
                format!("At most {MAX_TAGS} tags - remove one"),
            );
        }
        self.token(span, TokenKind::Tag);
        if !is_there {
            self.parsed.draft.tags.push(tag);
        }
    }

    fn finish(mut self) -> Parsed {
        let payee = self.words.join(" ");
        let is_payee = check_name_or_id(&payee, MAX_NAME);
        if let (Err(fault @ (TextFault::TooLong { .. } | TextFault::Reserved)), Some(span)) =
            (is_payee, self.payee_span)
        {
            self.fault_only(
                span,
                fault.code(),
                match fault {
                    TextFault::Reserved => fault.to_string(),
                    _ => format!("The payee: {fault}; a longer text goes after //"),
                },
            );
        }
        self.parsed.draft.payee = (!payee.is_empty()).then_some(payee);
        if self.is_transfer {
            if let Some(span) = self.signed {
                self.fault_only(
                    span,
                    "sign-on-transfer",
                    "A transfer has no sign - leave out the + or -",
                );
            }
            self.parsed.draft.kind = Kind::Transfer;
        }
        self.parsed.faults.sort_by_key(|fault| fault.span.start);
        self.parsed
    }
}
