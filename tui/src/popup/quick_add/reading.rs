//! What a line means here: the parsed line, what the book knows besides (a payee is filed as the last time), the row
//! it would make, and what stands in the way.

use crate::book::Lists;
use crate::theme::Look;
use api::date::Date;
use api::entry::{Context, Draft, EntryFault, Match, Parsed, TokenKind, parse};
use api::expense::{Expense, Kind, NewExpense};
use api::id::{ExpenseId, UserId};
use api::instant::Instant;
use api::member::MemberRef;
use api::problem::Faults;

/// A row to be saved, and as it is shown until it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    pub expense: NewExpense,
    pub row: Expense,
    /// A category that is made with it.
    pub new_category: Option<String>,
    /// As it was typed.
    pub text: String,
}

/// A line as it is understood.
pub(super) struct Reading {
    pub(super) parsed: Parsed,
    /// What forbids saving, in the order of the line.
    pub(super) problems: Vec<EntryFault>,
    /// The row as far as it is known; its amount is zero while there is none.
    pub(super) row: Expense,
    pub(super) has_amount: bool,
    pub(super) is_category_guessed: bool,
    pub(super) is_account_guessed: bool,
    /// Names that would be made.
    pub(super) new_names: Vec<String>,
    pub(super) new_category: Option<String>,
    /// `None` while something is in the way.
    pub(super) entered: Option<Box<Entered>>,
}

pub(super) fn today(look: &Look) -> Date {
    Date::from_naive(look.today()).unwrap_or(Date::MAX)
}

impl Reading {
    pub(super) fn of(line: &str, lists: &Lists, look: &Look) -> Self {
        let today = today(look);
        let context = Context {
            vocabulary: lists.vocabulary(),
            base: lists.base,
            today,
        };
        let parsed = parse(line, &context);
        let mut problems = parsed.problems(lists.vocabulary());
        if !lists.is_loaded() {
            // Before the lists are there, nothing can be said to be unknown.
            problems.retain(|problem| problem.code != "unknown-member");
        }
        let mut row = provisional(&parsed.draft, lists, today, look);
        let (is_category_guessed, is_account_guessed) = guess(&mut row, &parsed.draft, lists);
        let mut reading_new = parsed.draft.new_expense(&context);
        if let Some(expense) = &mut reading_new {
            settle(expense, &row, lists);
            let named = parsed.draft.paid_by.as_ref();
            let by_name = named.map(|name| MemberRef::Name(name.text.clone()));
            expense.paid_by = row.paid_by.map(MemberRef::Id).or(by_name);
            let mut faults = Faults::default();
            expense.check(lists.base, &mut faults);
            let at = api::entry::Span {
                start: line.len(),
                end: line.len(),
            };
            problems.extend(faults.into_told().into_iter().map(|fault| EntryFault {
                span: at,
                code: "field",
                detail: fault.detail,
            }));
        }
        problems.extend(names_not_to_make(&parsed, lists));
        // Before the lists are there, nothing can be said to be new.
        let news = parsed.draft.new_names().filter(|_| lists.is_loaded());
        let new_names: Vec<String> = news.map(|name| name.text.clone()).collect();
        let category = parsed.draft.category.as_ref().filter(|_| lists.is_loaded());
        let category = category.filter(|name| lists.category_of(name).is_none());
        let new_category = category.map(|name| name.text.clone());
        let entered = reading_new.filter(|_| problems.is_empty()).map(|expense| {
            let text = line.trim().to_owned();
            Box::new(Entered {
                expense,
                row: row.clone(),
                new_category: new_category.clone(),
                text,
            })
        });
        Self {
            has_amount: parsed.draft.amount_minor.is_some(),
            parsed,
            problems,
            row,
            is_category_guessed,
            is_account_guessed,
            new_names,
            new_category,
            entered,
        }
    }
}

/// New names that whoever sits there may not make along with a row.
fn names_not_to_make(parsed: &Parsed, lists: &Lists) -> Vec<EntryFault> {
    if lists.role().is_none_or(api::member::Role::edits) {
        return Vec::new();
    }
    let draft = &parsed.draft;
    let names = [
        (TokenKind::Category, &draft.category),
        (TokenKind::Account, &draft.account),
        (TokenKind::Account, &draft.to_account),
    ];
    let unknown = names
        .into_iter()
        .filter_map(|(kind, name)| Some((kind, name.as_ref()?)))
        .filter(|(_, name)| name.matched == Match::New);
    unknown
        .filter_map(|(kind, name)| {
            let token = parsed.tokens.iter().find(|token| token.kind == kind)?;
            Some(EntryFault {
                span: token.span,
                code: "not-yours",
                detail: format!("There is no {} - to make it is for editors and owners", name.text),
            })
        })
        .collect()
}

/// The row as the line says it, names that are known as ids.
fn provisional(draft: &Draft, lists: &Lists, today: Date, look: &Look) -> Expense {
    let account = |name: &Option<api::entry::NameRef>| name.as_ref().and_then(|name| lists.account_of(name));
    let now = Instant::new(look.now.to_utc());
    Expense {
        id: ExpenseId::new(),
        date: draft.date.unwrap_or(today),
        amount: api::money::Amount::from_minor(draft.amount_minor.unwrap_or(0), draft.currency),
        currency: draft.currency,
        kind: draft.kind,
        category_id: draft.category.as_ref().and_then(|name| lists.category_of(name)),
        account_id: account(&draft.account),
        to_account_id: account(&draft.to_account),
        payee: draft.payee.clone(),
        tags: draft.tags.clone(),
        note: draft.note.clone(),
        paid_by: draft.paid_by.as_ref().and_then(|name| lists.members.named(name)),
        external_id: None,
        version: 0,
        created_by: UserId(uuid::Uuid::nil()),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

/// Files the row as its payee's last one was, where the line does not say.
fn guess(row: &mut Expense, draft: &Draft, lists: &Lists) -> (bool, bool) {
    let Some(habit) = draft.payee.as_deref().and_then(|payee| lists.habits.last(payee)) else {
        return (false, false);
    };
    let is_alike = |kind: Kind| matches!(kind, Kind::Expense | Kind::Refund);
    let is_same = row.kind == habit.kind || (is_alike(row.kind) && is_alike(habit.kind));
    if row.kind == Kind::Transfer || !is_same {
        return (false, false);
    }
    let offered = |id: api::id::CategoryId| lists.open_categories().iter().any(|(open, _)| *open == id);
    let category = habit
        .category_id
        .filter(|id| draft.category.is_none() && offered(*id));
    let is_open = |id: api::id::AccountId| lists.open_accounts().iter().any(|(open, _)| *open == id);
    let account = habit
        .account_id
        .filter(|id| draft.account.is_none() && is_open(*id));
    row.category_id = row.category_id.or(category);
    row.account_id = row.account_id.or(account);
    (category.is_some(), account.is_some())
}

/// Ids instead of names where they are known, and leave to make those that are not.
fn settle(expense: &mut NewExpense, row: &Expense, lists: &Lists) {
    expense.id = Some(row.id);
    if row.category_id.is_some() {
        expense.category = None;
        expense.category_id = row.category_id;
    }
    if row.account_id.is_some() {
        expense.account = None;
        expense.account_id = row.account_id;
    }
    if row.to_account_id.is_some() {
        expense.to_account = None;
        expense.to_account_id = row.to_account_id;
    }
    let has_names = expense.category.is_some() || expense.account.is_some() || expense.to_account.is_some();
    expense.create_missing = has_names && lists.is_loaded();
}

/// A row that is not saved yet as it will look, names looked up.
pub fn row_of(expense: &NewExpense, lists: &Lists, look: &Look) -> Expense {
    let now = Instant::new(look.now.to_utc());
    let account = |name: &Option<String>| name.as_deref().and_then(|name| lists.find_account(name));
    Expense {
        id: expense.id.unwrap_or_else(ExpenseId::new),
        date: expense.date,
        amount: expense.amount.clone(),
        currency: expense.currency.unwrap_or(lists.base),
        kind: expense.kind.unwrap_or_default(),
        category_id: expense.category_id.or_else(|| {
            expense
                .category
                .as_deref()
                .and_then(|name| lists.find_category(name))
        }),
        account_id: expense.account_id.or_else(|| account(&expense.account)),
        to_account_id: expense.to_account_id.or_else(|| account(&expense.to_account)),
        payee: expense.payee.clone(),
        tags: expense.tags.clone(),
        note: expense.note.clone(),
        paid_by: expense
            .paid_by
            .as_ref()
            .and_then(|member| lists.members.of(member)),
        external_id: expense.external_id.clone(),
        version: 0,
        created_by: UserId(uuid::Uuid::nil()),
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}
