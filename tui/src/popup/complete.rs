//! What Tab makes of the word at the cursor, in an entry and in a filter. Fuzzy: any part of a name finds it. From the
//! lists in the app alone.

use crate::book::Lists;
use crate::widget::rank;
use api::entry::{Context, Draft, Span, TokenKind, parse, print};
use api::filter::FilterContext;
use api::text::fold;
use std::ops::Range;

/// Names that can be turned through.
const MOST: usize = 8;
/// The mark of a member.
const BY: &str = "by:";

/// A word of the line and what may stand there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Completion {
    line: String,
    place: Range<usize>,
    /// As they are written into the line.
    options: Vec<String>,
    at: usize,
}

impl Completion {
    /// For the word of an entry at the cursor; `None` where there is nothing to complete it to.
    pub(super) fn in_entry(line: &str, cursor: usize, lists: &Lists) -> Option<Self> {
        let context = Context {
            vocabulary: lists.vocabulary(),
            base: lists.base,
            today: api::date::Date::MIN,
        };
        let tokens = parse(line, &context).tokens;
        let at = tokens.iter().position(|token| is_at(token.span, cursor))?;
        let span = tokens.get(at)?.span;
        if let Some(marked) = marked(line, span, lists) {
            return Self::of(line, marked);
        }
        let is_word = |at: usize| tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word);
        if !is_word(at) {
            return None;
        }
        let first = (0..=at).rev().take_while(|at| is_word(*at)).last()?;
        let last = (at..tokens.len()).take_while(|at| is_word(*at)).last()?;
        let place = tokens.get(first)?.span.start..tokens.get(last)?.span.end;
        let payees = payees(line.get(place.clone())?, lists);
        Self::of(line, (place, payees))
    }

    /// For the word of a filter at the cursor. Words without a mark are searched for as they are.
    pub(super) fn in_filter(line: &str, cursor: usize, lists: &Lists) -> Option<Self> {
        let context = FilterContext {
            base: lists.base,
            today: api::date::Date::MIN,
        };
        let tokens = api::filter::parse(line, context).tokens;
        let token = tokens.iter().find(|token| is_at(token.span, cursor))?;
        Self::of(line, marked(line, token.span, lists)?)
    }

    fn of(line: &str, (place, options): (Range<usize>, Vec<String>)) -> Option<Self> {
        (!options.is_empty()).then(|| Self {
            line: line.to_owned(),
            place,
            options,
            at: 0,
        })
    }

    /// The next one, or the one before.
    pub(super) fn turned(mut self, is_forward: bool) -> Self {
        let count = self.options.len().max(1);
        self.at = if is_forward {
            (self.at + 1) % count
        } else {
            (self.at + count - 1) % count
        };
        self
    }

    /// The line with the option in it and a blank after, so that typing goes on.
    pub(super) fn text(&self) -> String {
        let before = self.line.get(..self.place.start).unwrap_or_default();
        let after = self.line.get(self.place.end..).unwrap_or_default();
        let option = self.options.get(self.at).map_or("", String::as_str);
        let blank = if after.is_empty() { " " } else { "" };
        format!("{before}{option}{blank}{after}")
    }

    /// What Tab would put there, the first ones; nothing where that is what stands there.
    pub(super) fn options(&self) -> &[String] {
        let typed = self.line.get(self.place.clone()).unwrap_or_default();
        match self.options.as_slice() {
            [only] if fold(only) == fold(typed) => &[],
            options => options,
        }
    }
}

fn is_at(span: Span, cursor: usize) -> bool {
    (span.start..=span.end).contains(&cursor)
}

/// What may stand for a word that begins with a mark; `None` for any other word.
fn marked(line: &str, span: Span, lists: &Lists) -> Option<(Range<usize>, Vec<String>)> {
    let word = line.get(span.start..span.end)?;
    if let Some((mark, typed)) = word.split_at_checked(BY.len())
        && mark.eq_ignore_ascii_case(BY)
    {
        let (names, found_by): (Vec<String>, Vec<String>) = lists.members.offered().into_iter().unzip();
        let order = rank(typed.trim_matches('"'), found_by.iter().map(String::as_str));
        let named = order.into_iter().take(MOST).filter_map(|at| names.get(at));
        let options = named.map(|name| format!("{BY}{name}")).collect();
        return Some((span.start..span.end, options));
    }
    let mark = word.chars().next().filter(|mark| "#@+".contains(*mark))?;
    // The second account of a transfer is completed by itself.
    let skip = word.rfind('>').filter(|_| mark == '@').map_or(0, |at| at + 1);
    let part = word.get(skip..).unwrap_or_default();
    let typed = part.trim_start_matches(mark).trim_matches('"');
    let names: Vec<String> = match mark {
        '#' => lists
            .open_categories()
            .into_iter()
            .map(|(_, name)| name)
            .collect(),
        '@' => lists.open_accounts().into_iter().map(|(_, name)| name).collect(),
        _ => lists.tags.clone(),
    };
    let options = best(typed, &names)
        .map(|name| format!("{mark}{}", quoted(name)))
        .collect();
    Some((span.start + skip..span.end, options))
}

fn payees(typed: &str, lists: &Lists) -> Vec<String> {
    let typed = typed.trim_matches('"');
    best(typed, &lists.payees)
        .map(|payee| {
            let draft = Draft {
                payee: Some(payee.to_owned()),
                ..Draft::empty(lists.base)
            };
            print(&draft, lists.base)
        })
        .collect()
}

fn best<'a>(typed: &str, names: &'a [String]) -> impl Iterator<Item = &'a str> + use<'a> {
    let order = rank(typed, names.iter().map(String::as_str));
    order
        .into_iter()
        .take(MOST)
        .filter_map(|at| names.get(at))
        .map(String::as_str)
}

fn quoted(name: &str) -> String {
    let is_plain = !name.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '>'));
    if is_plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
