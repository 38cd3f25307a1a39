//! What Tab makes of the word at the cursor, and the entries that are offered before anything is typed. Fuzzy: any part
//! of a name finds it.

use crate::book::{Habit, Lists};
use crate::widget::rank;
use api::entry::{Context, Draft, Match, NameRef, TokenKind, parse, print};
use api::text::fold;
use std::ops::Range;

/// Names that can be turned through.
const MOST: usize = 8;

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
    /// For the word at the cursor; `None` where there is nothing to complete it to.
    pub(super) fn at(line: &str, cursor: usize, lists: &Lists) -> Option<Self> {
        let context = Context {
            vocabulary: lists.vocabulary(),
            base: lists.base,
            today: api::date::Date::MIN,
        };
        let parsed = parse(line, &context);
        let at = parsed
            .tokens
            .iter()
            .position(|token| (token.span.start..=token.span.end).contains(&cursor))?;
        let span = parsed.tokens.get(at)?.span;
        let word = line.get(span.start..span.end)?;
        let (place, options) = if let Some(mark) = word.chars().next().filter(|mark| "#@+".contains(*mark)) {
            marked(mark, word, span.start, lists)
        } else {
            let is_word = |at: usize| {
                parsed
                    .tokens
                    .get(at)
                    .is_some_and(|token| token.kind == TokenKind::Word)
            };
            if !is_word(at) {
                return None;
            }
            let first = (0..=at).rev().take_while(|at| is_word(*at)).last()?;
            let last = (at..parsed.tokens.len()).take_while(|at| is_word(*at)).last()?;
            let place = parsed.tokens.get(first)?.span.start..parsed.tokens.get(last)?.span.end;
            let typed = line.get(place.clone())?;
            (place, payees(typed, lists))
        };
        let completion = Self {
            line: line.to_owned(),
            place,
            options,
            at: 0,
        };
        (!completion.options.is_empty()).then_some(completion)
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

fn marked(mark: char, word: &str, start: usize, lists: &Lists) -> (Range<usize>, Vec<String>) {
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
    (start + skip..start + word.len(), options)
}

fn payees(typed: &str, lists: &Lists) -> Vec<String> {
    let typed = typed.trim_matches('"');
    best(typed, &lists.payees)
        .map(|payee| {
            written(
                &Draft {
                    payee: Some(payee.to_owned()),
                    ..Draft::empty(lists.base)
                },
                lists,
            )
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

fn written(draft: &Draft, lists: &Lists) -> String {
    print(draft, lists.base)
}

/// The entries made most often, as lines, with how often.
pub(super) fn offers(lists: &Lists, count: usize) -> Vec<(String, usize)> {
    let repeated = lists.habits.most_repeated(count);
    repeated
        .into_iter()
        .map(|habit| (line_of(habit, lists), habit.count))
        .collect()
}

fn line_of(habit: &Habit, lists: &Lists) -> String {
    let name = |text: &str| {
        (!text.is_empty()).then(|| NameRef {
            text: text.to_owned(),
            is_exact: false,
            matched: Match::New,
        })
    };
    let draft = Draft {
        amount_minor: habit.amount.minor(habit.currency).ok(),
        currency: habit.currency,
        kind: habit.kind,
        category: habit.category_id.and_then(|id| name(lists.category_path(id))),
        account: habit.account_id.and_then(|id| name(lists.account_name(id))),
        to_account: habit.to_account_id.and_then(|id| name(lists.account_name(id))),
        payee: Some(habit.payee.clone()),
        ..Draft::empty(lists.base)
    };
    written(&draft, lists)
}
