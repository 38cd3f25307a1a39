//! The pieces of a line that carry a name of the ledger: category, account or transfer, member.

use super::Reader;
use crate::entry::line::{Span, quote_name, split_arrow, unquote};
use crate::entry::{Match, NameRef, Names, Question, TokenKind};
use crate::expense::MAX_NAME;
use crate::text::{TextFault, check_line, clean_line, fold};

impl Reader<'_> {
    pub(super) fn category(&mut self, span: Span, raw: &str) {
        if self.parsed.draft.category.is_some() {
            return self.fault(
                span,
                "second-category",
                "There is a category already - remove one, or quote a name",
            );
        }
        let names = &self.context.vocabulary.categories;
        let Some(name) = self.name(span, raw, names, "a category after #, as #food", 2 * MAX_NAME + 2) else {
            return;
        };
        if fold(&name.text) == "none" {
            return self.fault(
                span,
                "reserved-name",
                "The word none stands for no category - leave it out",
            );
        }
        self.named(span, TokenKind::Category, &name);
        self.parsed.draft.category = Some(name);
    }

    pub(super) fn member(&mut self, span: Span, raw: &str) {
        if self.parsed.draft.paid_by.is_some() {
            return self.fault(span, "second-member", "There is a by: already - remove one");
        }
        let names = &self.context.vocabulary.members;
        let Some(name) = self.name(span, raw, names, "a member after by:, as by:ana", MAX_NAME) else {
            return;
        };
        if name.matched == Match::New {
            let known: Vec<&str> = (0..names.len().min(5)).filter_map(|at| names.name(at)).collect();
            let hint = if known.is_empty() {
                String::new()
            } else {
                format!(" - write one of {}", known.join(", "))
            };
            self.fault(span, "unknown-member", format!("No member has that name{hint}"));
        } else {
            self.named(span, TokenKind::Member, &name);
        }
        self.parsed.draft.paid_by = Some(name);
    }

    pub(super) fn account(&mut self, span: Span, text: &str) {
        if self.has_account {
            let detail = "There is an account already - for a transfer write @giro>@savings";
            return self.fault(span, "second-account", detail);
        }
        let names = &self.context.vocabulary.accounts;
        let (from, to) = match split_arrow(text) {
            Some((from, to)) => (from, Some(to.strip_prefix('@').unwrap_or(to))),
            None => (text, None),
        };
        let from = from.strip_prefix('@').unwrap_or(from);
        let is_outside = |name: &str| to.is_some() && name.is_empty();
        let mut ends = [None, None];
        for (end, raw) in ends.iter_mut().zip([Some(from), to]) {
            let Some(raw) = raw.filter(|raw| !is_outside(raw)) else {
                continue;
            };
            let Some(name) = self.name(span, raw, names, "an account after @, as @card", MAX_NAME) else {
                return;
            };
            *end = Some(name);
        }
        self.has_account = true;
        self.is_transfer = to.is_some();
        self.token(span, TokenKind::Account);
        for name in ends.iter().flatten() {
            self.ask(span, TokenKind::Account, name);
        }
        let [account, to_account] = ends;
        if account.is_some()
            && account.as_ref().map(|a| (&a.text, &a.matched))
                == to_account.as_ref().map(|a| (&a.text, &a.matched))
        {
            self.fault_only(
                span,
                "same-account",
                "A transfer goes to another account - change one of them",
            );
        }
        (self.parsed.draft.account, self.parsed.draft.to_account) = (account, to_account);
    }

    /// Reads the name after a mark, or says what is wrong with it.
    fn name(&mut self, span: Span, raw: &str, names: &Names, what: &str, most: usize) -> Option<NameRef> {
        let (text, is_quoted) = unquote(raw);
        let text = clean_line(&text);
        // A name that cannot be written without quotes is read as if it had them, so that it is printed as it is read.
        let is_exact = is_quoted || quote_name(&text) != text;
        match check_line(&text, most) {
            Ok(()) => Some(NameRef {
                matched: names.find(&text, is_exact),
                text,
                is_exact,
            }),
            Err(TextFault::Blank) => {
                self.fault(span, "name-missing", format!("Write {what}"));
                None
            }
            Err(fault) => {
                self.fault(span, fault.code(), fault.to_string());
                None
            }
        }
    }

    fn named(&mut self, span: Span, kind: TokenKind, name: &NameRef) {
        self.token(span, kind);
        self.ask(span, kind, name);
    }

    fn ask(&mut self, span: Span, kind: TokenKind, name: &NameRef) {
        if let Match::Ambiguous(candidates) = &name.matched {
            self.parsed.questions.push(Question::Name {
                span,
                kind,
                candidates: candidates.clone(),
            });
        }
    }
}
