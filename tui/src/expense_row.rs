//! A row of the book as a row of a table: which columns there are, what stands in each, in which style. The list, the
//! preview of the coming row and whatever else shows rows use the same, so that cells stand under cells.

use crate::book::Lists;
use crate::dates::Dates;
use crate::figures;
use crate::text;
use crate::theme::Look;
use crate::widget::{Column, Row};
use api::currency::Currency;
use api::expense::{Expense, Kind};
use ratatui::style::Style;

/// An amount as most are; wider ones widen their column.
const AMOUNT: u16 = 12;

/// What a note needs, and who paid: that comes out of the note's room, not out of the other columns'.
const NOTE: u16 = 24;
const PAYER: u16 = 8;
const NOTE_BESIDE_PAYER: u16 = 14;
/// From so wide a table on there is room for who paid.
const WITH_PAYER: u16 = 96;

/// From so many columns on, something stands beside the table.
const WIDE: u16 = 120;
/// How much of them it has.
const ASIDE: u16 = 44;

/// The table's part of a body so wide; the rest is for what stands beside it.
pub fn table_width(body: u16) -> u16 {
    if body >= WIDE { body - ASIDE } else { body }
}

/// Whether a table so wide says who paid: where that can be more than one, and nothing else has to go for it.
pub fn has_payer(table: u16, lists: &Lists) -> bool {
    table >= WITH_PAYER && lists.members.is_shared()
}

/// The columns, with at least so much room for amounts, and perhaps one for who paid.
pub fn columns_for(amount: u16, dates: &Dates, has_payer: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::fixed("Date", dates.width()).grouped(),
        Column::flexible("Payee", 11),
        Column::flexible("Category", 12).weight(3),
        Column::flexible("Account", 10).weight(2),
    ];
    if has_payer {
        columns.push(Column::fixed("By", PAYER).weight(1));
        columns.push(Column::flexible("Note", NOTE_BESIDE_PAYER).weight(1));
    } else {
        columns.push(Column::flexible("Note", NOTE).weight(1));
    }
    columns.push(Column::fixed("Amount", amount.max(AMOUNT)).right());
    columns
}

/// The style of an amount: colour by meaning only.
pub fn amount_style(kind: Kind, look: &Look) -> Style {
    match kind {
        Kind::Expense => look.styles.spending,
        Kind::Refund | Kind::Income => look.styles.income,
        Kind::Transfer => look.styles.dim,
    }
}

/// What stands under Payee: the payee, else the note.
fn who(row: &Expense) -> (&str, bool) {
    match (&row.payee, &row.note) {
        (Some(payee), _) => (payee, false),
        (None, Some(note)) => (note, true),
        (None, None) => ("", false),
    }
}

/// Tags and the note, for where there is room.
fn remark(row: &Expense) -> String {
    let tags = row.tags.iter().map(|tag| format!("+{tag}"));
    let note = row.note.clone().filter(|_| row.payee.is_some());
    tags.chain(note).collect::<Vec<_>>().join(" ")
}

/// `Giro`, and of a transfer `Giro > Savings`, `outside` where an end is none of the accounts.
pub fn account_words(row: &Expense, lists: &Lists) -> String {
    if row.kind == Kind::Transfer {
        return transfer_words(row, (None, None), lists);
    }
    row.account_id
        .map(|id| lists.account_name(id).to_owned())
        .unwrap_or_default()
}

/// `Giro > Savings`; an end that is not made yet goes by the words given for it.
pub fn transfer_words(row: &Expense, (from, to): (Option<String>, Option<String>), lists: &Lists) -> String {
    let name = |words: Option<String>, id: Option<api::id::AccountId>| {
        let known = || id.map(|id| lists.account_name(id).to_owned());
        words.or_else(known).unwrap_or_else(|| "outside".to_owned())
    };
    format!("{} > {}", name(from, row.account_id), name(to, row.to_account_id))
}

/// How rows are written into cells.
pub struct Cells<'a> {
    pub lists: &'a Lists,
    pub look: &'a Look,
    /// Stands for the category instead of the row's own.
    pub category: Option<&'a str>,
    /// Days with their year, where rows of several years stand together.
    pub has_years: bool,
    /// There is a column for who paid.
    pub has_payer: bool,
}

impl<'a> Cells<'a> {
    /// As most are.
    pub fn of(lists: &'a Lists, look: &'a Look) -> Self {
        Self {
            lists,
            look,
            category: None,
            has_years: false,
            has_payer: false,
        }
    }

    /// The cells of a row.
    pub fn row(&self, row: &Expense) -> Row<'static> {
        let Self { lists, look, .. } = self;
        let (plain, dim) = (look.styles.plain, look.styles.dim);
        let (who, is_note) = who(row);
        let is_transfer = row.kind == Kind::Transfer;
        let category = match (self.category, row.category_id) {
            (Some(category), _) => category,
            (None, Some(id)) => lists.category_name(id),
            (None, None) if is_transfer => "Transfer",
            (None, None) => "",
        };
        let day = if self.has_years {
            row.date.to_string()
        } else {
            look.dates.short(row.date)
        };
        let mut cells = Row::default()
            .styled(day, plain)
            .styled(who.to_owned(), if is_note { dim } else { plain })
            .styled(category.to_owned(), if is_transfer { dim } else { plain })
            .styled(account_words(row, lists), plain);
        if self.has_payer {
            cells = cells.styled(lists.members.payer(row).to_owned(), plain);
        }
        cells
            .styled(remark(row), dim)
            .styled(figures::row_amount(row, lists.base), amount_style(row.kind, look))
    }
}

/// The cells of a row, as most are.
pub fn cells(row: &Expense, lists: &Lists, look: &Look) -> Row<'static> {
    Cells::of(lists, look).row(row)
}

/// `12.50 lunch`, to name a row in a sentence.
pub fn words(row: &Expense, base: Currency, look: &Look) -> String {
    let amount = figures::cell_amount(row.amount.as_str(), row.kind, row.currency, base);
    let (who, _) = who(row);
    let who = text::shorten(who, 30, look.glyphs.ellipsis);
    [amount.trim(), who.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
