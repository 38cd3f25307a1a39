//! The fields of the form: what each offers and checks, how a row is put into them, and their text as a draft.

use crate::book::{Lists, Members, SOMEONE};
use crate::popup::prompt::check_day;
use crate::theme::Look;
use crate::widget::{Checked, Field, Form};
use api::currency::Currency;
use api::date::Date;
use api::entry::{Context, TokenKind, Vocabulary, parse};
use api::expense::{Expense, Kind, NewExpense};
use api::member::MemberRef;
use api::money::{Money, format_minor};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

pub(super) const IDS: [&str; 11] = [
    "date",
    "amount",
    "currency",
    "kind",
    "payee",
    "category",
    "account",
    "to_account",
    "paid_by",
    "tags",
    "note",
];

/// What checks of one field must know of the others, and the text as the form was opened with.
pub(super) struct Typed {
    currency: Rc<Cell<Currency>>,
    first: RefCell<Option<String>>,
}

impl Typed {
    /// Takes the currency over that is typed.
    pub(super) fn follow(&self, form: &Form, base: Currency) {
        let typed = form.value("currency").trim();
        self.currency.set(Currency::parse(typed).unwrap_or(base));
        let mut first = self.first.borrow_mut();
        if first.is_none() {
            *first = Some(text(form));
        }
    }
}

/// Whether anything is there that closing would lose.
pub(super) fn is_touched(form: &Form, typed: &Typed) -> bool {
    typed.first.borrow().as_deref() != Some(text(form).as_str())
}

pub(super) fn form(lists: &Lists) -> (Form, Typed) {
    let base = lists.base;
    let currency = Rc::new(Cell::new(base));
    let seen = Rc::clone(&currency);
    let names = |names: Vec<(_, String)>| names.into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    let accounts: Vec<String> = lists.open_accounts().into_iter().map(|(_, name)| name).collect();
    let kinds = Kind::ALL.map(|kind| kind.as_str().to_owned()).to_vec();
    let mut fields = vec![
        Field::text("date", "Date").ghost("today").check(check_date),
        Field::text("amount", "Amount")
            .ghost("12.50")
            .check(move |text, look| check_amount(text, seen.get(), look)),
        Field::text("currency", "Currency")
            .ghost(base.code())
            .check(move |text, _| check_currency(text, base)),
        Field::choice("kind", "Kind", kinds)
            .ghost("expense")
            .check(|text, _| check_kind(text)),
        Field::choice("payee", "Payee", lists.payees.clone()).or_new(),
        Field::choice("category", "Category", names(lists.open_categories()))
            .or_new()
            .ghost("none"),
        Field::choice("account", "Account", accounts.clone()).or_new(),
        Field::choice("to_account", "To account", accounts)
            .or_new()
            .ghost("of a transfer"),
    ];
    if lists.members.is_shared() {
        let members = lists.members.clone();
        let payer = Field::choice("paid_by", "Paid by", members.labels()).ghost("nobody named");
        fields.push(payer.check(move |text, _| check_member(text, &members)));
    }
    fields.push(Field::text("tags", "Tags").ghost("trip work"));
    fields.push(Field::text("note", "Note"));
    (
        Form::new(fields),
        Typed {
            currency,
            first: RefCell::default(),
        },
    )
}

fn check_date(text: &str, look: &Look) -> Checked {
    if text.trim().is_empty() {
        let today = Date::from_naive(look.today()).unwrap_or(Date::MAX);
        return Ok(look.dates.day(today));
    }
    check_day(text, look)
}

/// An amount as it may be typed, in minor units of a currency.
pub(super) fn amount_of(text: &str, currency: Currency) -> Result<i64, String> {
    let vocabulary = Vocabulary::default();
    let context = Context {
        vocabulary: &vocabulary,
        base: currency,
        today: Date::MIN,
    };
    let text = text.trim();
    let parsed = parse(text, &context);
    if let Some(problem) = parsed.problems(&vocabulary).first() {
        return Err(problem.detail.clone());
    }
    if parsed
        .tokens
        .iter()
        .any(|token| !matches!(token.kind, TokenKind::Amount))
    {
        return Err("Not an amount - write digits and one point, as 12.50, or 12.5+3".to_owned());
    }
    if parsed.draft.kind != Kind::Expense {
        return Err("An amount has no sign here - leave it out and choose the kind instead".to_owned());
    }
    if parsed.draft.currency != currency {
        return Err("The currency has a field of its own".to_owned());
    }
    let minor = parsed.draft.amount_minor.unwrap_or(0);
    Money::new(minor, currency)
        .map(Money::minor)
        .map_err(|error| error.to_string())
}

fn check_amount(text: &str, currency: Currency, _: &Look) -> Checked {
    let minor = amount_of(text, currency)?;
    Ok(format!("{} {currency}", format_minor(minor, currency)))
}

fn check_currency(text: &str, base: Currency) -> Checked {
    let text = text.trim();
    if text.is_empty() {
        return Ok(base.to_string());
    }
    let currency = Currency::parse(text).ok_or_else(|| api::currency::CurrencyError.to_string())?;
    Ok(currency.to_string())
}

fn check_member(text: &str, members: &Members) -> Checked {
    let text = text.trim();
    // Whoever the row has already may stay, though they left.
    if text.is_empty() || text == SOMEONE || members.find(text).is_some() {
        return Ok(String::new());
    }
    Err(format!(
        "No member is called that - choose one of {}",
        members.labels().join(", ")
    ))
}

fn check_kind(text: &str) -> Checked {
    let text = text.trim();
    if text.is_empty() || Kind::from_word(&text.to_lowercase()).is_some() {
        return Ok(String::new());
    }
    Err("No such kind - choose expense, refund, income or transfer".to_owned())
}

/// Puts a row into the fields.
pub(super) fn fill(form: &mut Form, row: &Expense, lists: &Lists) {
    form.set("date", row.date.to_string());
    form.set("amount", row.amount.as_str());
    form.set("currency", row.currency.code());
    form.set("kind", row.kind.as_str());
    form.set("payee", row.payee.clone().unwrap_or_default());
    form.set(
        "category",
        row.category_id.map_or("", |id| lists.category_path(id)),
    );
    form.set("account", row.account_id.map_or("", |id| lists.account_name(id)));
    form.set(
        "to_account",
        row.to_account_id.map_or("", |id| lists.account_name(id)),
    );
    form.set("paid_by", lists.members.payer(row));
    form.set("tags", row.tags.join(" "));
    form.set("note", row.note.clone().unwrap_or_default());
}

/// Names of an unsent entry that no list has.
pub(super) fn name_new(form: &mut Form, expense: &NewExpense) {
    for (id, name) in [
        ("category", &expense.category),
        ("account", &expense.account),
        ("to_account", &expense.to_account),
    ] {
        if let Some(name) = name {
            form.set(id, name.clone());
        }
    }
    let payer = expense.paid_by.as_ref().and_then(MemberRef::name);
    if let Some(name) = payer.filter(|_| form.value("paid_by").is_empty()) {
        form.set("paid_by", name);
    }
}

/// A payee that is known is filed as the last time, where nothing else was chosen yet.
pub(super) fn suggest(form: &mut Form, lists: &Lists) {
    let Some(habit) = lists.habits.last(form.value("payee")) else {
        return;
    };
    if form.value("category").is_empty()
        && let Some(id) = habit.category_id
    {
        form.set("category", lists.category_path(id));
    }
    if form.value("account").is_empty()
        && let Some(id) = habit.account_id
    {
        form.set("account", lists.account_name(id));
    }
}

/// What is in the form, for a draft.
pub(super) fn text(form: &Form) -> String {
    let values: BTreeMap<&str, &str> = IDS
        .iter()
        .map(|id| (*id, form.value(id)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if values.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&values).unwrap_or_default()
    }
}

/// Puts a draft back.
pub(super) fn restore(form: &mut Form, draft: &str) {
    let values: BTreeMap<String, String> = serde_json::from_str(draft).unwrap_or_default();
    for id in IDS {
        form.set(id, values.get(id).cloned().unwrap_or_default());
    }
}

/// `12.50 lunch`, to name it on the screen.
pub(super) fn line(form: &Form) -> String {
    format!("{} {}", form.value("amount").trim(), form.value("payee").trim())
        .trim()
        .to_owned()
}

/// The field a pointer of the server is about.
pub(super) fn field_of(pointer: &str) -> Option<&'static str> {
    let name = pointer
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    let name = name.strip_suffix("_id").unwrap_or(name);
    IDS.into_iter().find(|id| *id == name)
}
