//! The filter of a list, a report or an export with its names already looked up, as one SQL condition; and the
//! orders a list can have with the key that a page ends on.

use super::expense::touches_account;
use super::image::ExpenseImage;
use crate::error::{AppError, Result};
use api::currency::Currency;
use api::date::Date;
use api::expense::Kind;
use entity::{expense, expense_tag, payee, tag};
use sea_orm::QueryResult;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, LikeExpr, Query, SimpleExpr, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a filter on a dictionary asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// Rows that have none.
    None,
    /// Rows that have one of these.
    Any(Vec<Uuid>),
}

/// Which rows. Everything narrows; what is left out does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub from: Option<Date>,
    pub to: Option<Date>,
    pub category: Option<Pick>,
    pub account: Option<Pick>,
    pub payee: Option<Pick>,
    pub tag: Option<Pick>,
    /// Folded words, each the beginning of a word of payee, tag or note.
    pub words: Vec<String>,
    pub min_minor: Option<i64>,
    pub max_minor: Option<i64>,
    /// `None` is all of them; an empty list is none.
    pub kinds: Option<Vec<Kind>>,
    pub currency: Option<Currency>,
    pub paid_by: Option<Pick>,
    pub include_deleted: bool,
    /// Deleted rows and no others.
    pub only_deleted: bool,
}

impl Filter {
    /// The condition on the table `expense`.
    pub fn condition(&self, ledger_id: Uuid) -> Condition {
        let col = |column| SimpleExpr::from(Expr::col((expense::Entity, column)));
        let mut all = Condition::all().add(col(expense::Column::LedgerId).eq(ledger_id));
        if self.only_deleted {
            all = all.add(col(expense::Column::IsDeleted).eq(true));
        } else if !self.include_deleted {
            all = all.add(col(expense::Column::IsDeleted).eq(false));
        }
        // Bounds also where none are asked for: without them SQLite, once ANALYZE has run, prefers the table itself to
        // the covering index.
        let (from, to) = (self.from.unwrap_or(Date::MIN), self.to.unwrap_or(Date::MAX));
        all = all
            .add(col(expense::Column::SpentOn).gte(from.naive()))
            .add(col(expense::Column::SpentOn).lte(to.naive()));
        for (pick, column) in [
            (&self.category, expense::Column::CategoryId),
            (&self.payee, expense::Column::PayeeId),
            (&self.paid_by, expense::Column::PaidBy),
        ] {
            all = match pick {
                None => all,
                Some(Pick::None) => all.add(col(column).is_null()),
                Some(Pick::Any(ids)) => all.add(col(column).is_in(ids.iter().copied())),
            };
        }
        all = match &self.account {
            None => all,
            Some(Pick::None) => all
                .add(col(expense::Column::AccountId).is_null())
                .add(col(expense::Column::ToAccountId).is_null()),
            Some(Pick::Any(ids)) => all.add(touches_account(ids)),
        };
        all = match &self.tag {
            None => all,
            Some(Pick::None) => all.add(tagged(ledger_id, None).not()),
            Some(Pick::Any(ids)) => all.add(tagged(ledger_id, Some(ids))),
        };
        if let Some(min) = self.min_minor {
            all = all.add(col(expense::Column::AmountMinor).gte(min));
        }
        if let Some(max) = self.max_minor {
            all = all.add(col(expense::Column::AmountMinor).lte(max));
        }
        if let Some(kinds) = &self.kinds {
            all = all.add(col(expense::Column::Kind).is_in(kinds.iter().map(|kind| kind.as_str())));
        }
        if let Some(currency) = self.currency {
            all = all.add(col(expense::Column::Currency).eq(currency.code()));
        }
        for word in &self.words {
            all = all.add(has_word(ledger_id, word));
        }
        all
    }
}

/// True where the row has one of those tags, or any.
pub(super) fn tagged(ledger_id: Uuid, ids: Option<&[Uuid]>) -> SimpleExpr {
    let mut select = Query::select();
    select.expr(Expr::val(1)).from(expense_tag::Entity);
    select.and_where(Expr::col((expense_tag::Entity, expense_tag::Column::LedgerId)).eq(ledger_id));
    select.and_where(
        Expr::col((expense_tag::Entity, expense_tag::Column::ExpenseId))
            .equals((expense::Entity, expense::Column::Id)),
    );
    if let Some(ids) = ids {
        select.and_where(
            Expr::col((expense_tag::Entity, expense_tag::Column::TagId)).is_in(ids.iter().copied()),
        );
    }
    Expr::exists(select)
}

/// True where the word begins a word of the row's note, payee or a tag.
fn has_word(ledger_id: Uuid, word: &str) -> Condition {
    let mut payees = Query::select();
    payees.column(payee::Column::Id).from(payee::Entity);
    payees.and_where(Expr::col(payee::Column::LedgerId).eq(ledger_id));
    payees.cond_where(begins_word(&Expr::col(payee::Column::NameFold), word));
    let mut tags = Query::select();
    tags.expr(Expr::val(1)).from(expense_tag::Entity).inner_join(
        tag::Entity,
        Condition::all()
            .add(Expr::col((tag::Entity, tag::Column::LedgerId)).eq(ledger_id))
            .add(
                Expr::col((tag::Entity, tag::Column::Id))
                    .equals((expense_tag::Entity, expense_tag::Column::TagId)),
            ),
    );
    tags.and_where(Expr::col((expense_tag::Entity, expense_tag::Column::LedgerId)).eq(ledger_id));
    tags.and_where(
        Expr::col((expense_tag::Entity, expense_tag::Column::ExpenseId))
            .equals((expense::Entity, expense::Column::Id)),
    );
    tags.cond_where(begins_word(
        &Expr::col((tag::Entity, tag::Column::NameFold)),
        word,
    ));
    Condition::any()
        .add(begins_word(
            &Expr::col((expense::Entity, expense::Column::NoteFold)),
            word,
        ))
        .add(Expr::col((expense::Entity, expense::Column::PayeeId)).in_subquery(payees))
        .add(Expr::exists(tags))
}

fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
        .collect()
}

/// The pattern of what begins with a text.
pub(super) fn begins(text: &str) -> LikeExpr {
    LikeExpr::new(format!("{}%", escaped(text))).escape('!')
}

fn begins_word(column: &SimpleExpr, word: &str) -> Condition {
    let escaped = escaped(word);
    let like = |pattern: String| column.clone().like(LikeExpr::new(pattern).escape('!'));
    Condition::any()
        .add(like(format!("{escaped}%")))
        .add(like(format!("% {escaped}%")))
}

/// What a list is sorted by. Ties are broken by the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortKey {
    Date,
    Amount,
    Payee,
    Category,
    Created,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub key: SortKey,
    pub is_descending: bool,
}

impl Order {
    /// The order of that word, `-date` where none is given.
    pub fn parse(word: Option<&str>) -> Option<Self> {
        let word = word.unwrap_or("-date");
        let (is_descending, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
        let key = match name {
            "date" => SortKey::Date,
            "amount" => SortKey::Amount,
            "payee" => SortKey::Payee,
            "category" => SortKey::Category,
            "created" => SortKey::Created,
            _ => return None,
        };
        Some(Self { key, is_descending })
    }
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyset {
    /// What the last row sorts by.
    pub key: KeyValue,
    /// The last row.
    pub id: Uuid,
}

/// The value that a row sorts by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyValue {
    Day(Date),
    Minor(i64),
    Text(String),
    At(api::instant::Instant),
}

impl Keyset {
    /// The key of a row that was read with `sort_key`.
    pub fn of(image: &ExpenseImage, sort: SortKey, row: &QueryResult) -> Result<Self> {
        let key = match sort {
            SortKey::Date => KeyValue::Day(image.date),
            SortKey::Amount => KeyValue::Minor(image.amount_minor),
            SortKey::Created => KeyValue::At(image.created_at),
            SortKey::Payee | SortKey::Category => {
                KeyValue::Text(row.try_get("", "sort_key").map_err(AppError::from)?)
            }
        };
        Ok(Self { key, id: image.id })
    }

    /// The key as a value for SQL.
    pub fn value(&self) -> Value {
        match &self.key {
            KeyValue::Day(day) => day.naive().into(),
            KeyValue::Minor(minor) => (*minor).into(),
            KeyValue::Text(text) => text.clone().into(),
            KeyValue::At(at) => at.utc().into(),
        }
    }
}
