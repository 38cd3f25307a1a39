//! The nouns that the log knows, by registration: how a row of each is written. One more noun is one more variant
//! in the table at the end and an `impl Noun`.

use super::shown::shown;
use crate::db::Unit;
use crate::error::{AppError, Result};
use api::change::ChangedRow;
use entity::change_row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// Rows one INSERT holds: SQLite takes 32,766 values in a statement.
const ROWS_PER_INSERT: usize = 500;

/// A kind of row that changes are made of.
pub trait Noun {
    /// Its name in the log.
    const NAME: &'static str;
    /// What a row of it looks like in the log.
    type Image: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync;

    /// The row's id.
    fn id(image: &Self::Image) -> Uuid;

    /// The version it has.
    fn version(image: &Self::Image) -> i64;

    /// True for a tombstone.
    fn is_deleted(_image: &Self::Image) -> bool {
        false
    }

    /// What it is called, for people.
    fn label(image: &Self::Image) -> String;

    /// As its resource shows it.
    fn wire(image: Self::Image) -> Result<Value> {
        to_value(&image)
    }

    /// Writes new rows.
    fn insert(unit: &Unit, images: &[&Self::Image]) -> impl Future<Output = Result<()>> + Send;

    /// Brings a row from one state to the next, if it still has the version it had before.
    fn update(
        unit: &Unit,
        before: &Self::Image,
        after: &Self::Image,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The same for several rows, in order where their order can matter.
    fn update_all(
        unit: &Unit,
        pairs: &[(&Self::Image, &Self::Image)],
    ) -> impl Future<Output = Result<()>> + Send {
        async move {
            for (before, after) in pairs {
                Self::update(unit, before, after).await?;
            }
            Ok(())
        }
    }
}

/// A row before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair<I> {
    /// As it was; `None` where it is new.
    pub before: Option<I>,
    /// As it is now. Rows are never taken away, only marked deleted.
    pub after: I,
}

/// Expenses.
#[derive(Debug)]
pub struct Expenses;
/// Categories.
#[derive(Debug)]
pub struct Categories;
/// Accounts.
#[derive(Debug)]
pub struct Accounts;
/// Payees.
#[derive(Debug)]
pub struct Payees;
/// Tags.
#[derive(Debug)]
pub struct Tags;
/// Files that are imported.
#[derive(Debug)]
pub struct Imports;
/// Who may open the ledger.
#[derive(Debug)]
pub struct Members;
/// The ledger's own settings.
#[derive(Debug)]
pub struct Ledgers;

macro_rules! nouns {
    ($($variant:ident: $noun:ty;)*) => {
        /// One row of a change.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(
            clippy::large_enum_variant,
            reason = "a list of them holds expenses and hardly ever the few imports that are larger"
        )]
        pub enum Edit {
            $(
                #[doc = stringify!($variant)]
                $variant(Pair<<$noun as Noun>::Image>),
            )*
        }

        impl Edit {
            /// The noun's name in the log.
            pub fn noun(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$noun>::NAME,)* }
            }

            /// The row's id.
            pub fn row_id(&self) -> Uuid {
                match self { $(Self::$variant(pair) => <$noun>::id(&pair.after),)* }
            }

            /// True where the row would stay as it is.
            pub fn is_idle(&self) -> bool {
                match self { $(Self::$variant(pair) => pair.before.as_ref() == Some(&pair.after),)* }
            }

            /// The row before and after, as the log keeps it.
            pub fn json(&self) -> Result<(Option<Value>, Value)> {
                match self {
                    $(Self::$variant(pair) => Ok((
                        pair.before.as_ref().map(to_value).transpose()?,
                        to_value(&pair.after)?,
                    )),)*
                }
            }

            /// What a row of the log did, as callers see it.
            pub fn shown(row: &change_row::Model) -> Result<ChangedRow> {
                match row.noun.as_str() {
                    $(<$noun>::NAME => shown::<$noun>(row),)*
                    other => Err(AppError::Internal(format!("a row of the log of noun {other}"))),
                }
            }

            /// Writes all rows: new ones first, in the order of the nouns, then the changed ones.
            pub(super) async fn write_all(unit: &Unit, edits: &[Self]) -> Result<()> {
                $(
                    let new: Vec<_> = edits.iter().filter_map(|edit| match edit {
                        Self::$variant(Pair { before: None, after }) => Some(after),
                        _ => None,
                    }).collect();
                    for some in new.chunks(ROWS_PER_INSERT) {
                        <$noun>::insert(unit, some).await?;
                    }
                )*
                $(
                    let changed: Vec<_> = edits.iter().filter_map(|edit| match edit {
                        Self::$variant(Pair { before: Some(before), after }) => Some((before, after)),
                        _ => None,
                    }).collect();
                    <$noun>::update_all(unit, &changed).await?;
                )*
                Ok(())
            }
        }
    };
}

// In the order in which new rows must be written: what others point to first.
nouns! {
    Ledger: Ledgers;
    Member: Members;
    Category: Categories;
    Account: Accounts;
    Payee: Payees;
    Tag: Tags;
    Expense: Expenses;
    Import: Imports;
}

pub(super) fn to_value(image: &impl Serialize) -> Result<Value> {
    serde_json::to_value(image).map_err(|error| AppError::Internal(format!("image: {error}")))
}
