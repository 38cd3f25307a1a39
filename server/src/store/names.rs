//! Look-ups in a ledger's dictionaries: all the names and ids of one request in one statement.

use crate::error::Result;
use api::text::{as_id, fold};
use entity::{account, category, member, payee, tag, user};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dictionary {
    /// Categories.
    Category,
    /// Accounts.
    Account,
    /// Payees.
    Payee,
    /// Tags.
    Tag,
    /// Members of the ledger, by user name.
    Member,
}

impl Dictionary {
    const ALL: [Self; 5] = [
        Self::Category,
        Self::Account,
        Self::Payee,
        Self::Tag,
        Self::Member,
    ];

    /// Its name in the log and in sentences.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Account => "account",
            Self::Payee => "payee",
            Self::Tag => "tag",
            Self::Member => "member",
        }
    }
}

/// What a request wants to know.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    ids: BTreeSet<(Dictionary, Uuid)>,
    folds: BTreeSet<(Dictionary, String)>,
    has_all_members: bool,
}

impl Wanted {
    /// Asks for an entry by id.
    pub fn id(&mut self, dictionary: Dictionary, id: Uuid) {
        self.ids.insert((dictionary, id));
    }

    /// Asks for an entry by name, or by an id written as text. `Parent: Child` asks for both.
    pub fn name(&mut self, dictionary: Dictionary, name: &str) {
        if let Some(id) = as_id(name) {
            self.id(dictionary, id);
            return;
        }
        if dictionary == Dictionary::Category
            && let Some((parent, child)) = split_path(name)
        {
            self.folds.insert((dictionary, fold(parent)));
            self.folds.insert((dictionary, fold(child)));
        }
        self.folds.insert((dictionary, fold(name)));
    }

    /// Asks for all members.
    pub fn all_members(&mut self) {
        self.has_all_members = true;
    }

    /// True where nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.folds.is_empty() && !self.has_all_members
    }
}

/// The two levels of `Parent: Child`.
pub fn split_path(name: &str) -> Option<(&str, &str)> {
    let (parent, child) = name.split_once(':')?;
    let (parent, child) = (parent.trim(), child.trim());
    (!parent.is_empty() && !child.is_empty()).then_some((parent, child))
}

/// An entry that was found. Deleted ones are among them; whether they count is the caller's rule.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Found {
    mark: String,
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its name, folded.
    pub name_fold: String,
    /// A category's parent.
    pub parent_id: Option<Uuid>,
    /// An account's owner.
    pub owner_id: Option<Uuid>,
    /// True where it takes no new rows.
    pub is_archived: bool,
    /// True where it was deleted.
    pub is_deleted: bool,
}

impl Found {
    /// True where it is of that dictionary.
    pub fn is(&self, dictionary: Dictionary) -> bool {
        self.mark == dictionary.mark()
    }
}

/// Finds everything wanted, categories with their subcategories, in one statement.
pub async fn find(db: &impl ConnectionTrait, ledger_id: Uuid, wanted: &Wanted) -> Result<Vec<Found>> {
    let mut selects = Dictionary::ALL.into_iter().filter_map(|dictionary| {
        if dictionary == Dictionary::Member && wanted.has_all_members {
            return Some(entries(dictionary, ledger_id));
        }
        let ids: Vec<Uuid> = wanted
            .ids
            .iter()
            .filter(|(of, _)| *of == dictionary)
            .map(|(_, id)| *id)
            .collect();
        let folds: Vec<&str> = wanted
            .folds
            .iter()
            .filter(|(of, _)| *of == dictionary)
            .map(|(_, name)| name.as_str())
            .collect();
        (!ids.is_empty() || !folds.is_empty()).then(|| select(dictionary, ledger_id, &ids, &folds))
    });
    let Some(mut statement) = selects.next() else {
        return Ok(Vec::new());
    };
    for select in selects {
        statement.union(UnionType::All, select);
    }
    Ok(Found::find_by_statement(super::change::build(db, &statement))
        .all(db)
        .await?)
}

/// All categories, accounts and members that a line of text may mean, and the archived ones that it may not, in one
/// statement.
pub async fn usable(db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<Vec<Found>> {
    let live = |dictionary| {
        let mut select = entries(dictionary, ledger_id);
        select.and_where(Expr::col(Alias::new("is_deleted")).eq(false));
        select
    };
    let mut members = entries(Dictionary::Member, ledger_id);
    members.and_where(Expr::col((member::Entity, member::Column::State)).eq("active"));
    let mut statement = live(Dictionary::Category);
    statement
        .union(UnionType::All, live(Dictionary::Account))
        .union(UnionType::All, members);
    Ok(Found::find_by_statement(super::change::build(db, &statement))
        .all(db)
        .await?)
}

/// The entries of some dictionaries, at most `limit` of each.
pub async fn all(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    dictionaries: &BTreeSet<Dictionary>,
    limit: u64,
) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for dictionary in dictionaries {
        let mut select = entries(*dictionary, ledger_id);
        select.limit(limit);
        found.extend(
            Found::find_by_statement(super::change::build(db, &select))
                .all(db)
                .await?,
        );
    }
    Ok(found)
}

fn select(dictionary: Dictionary, ledger_id: Uuid, ids: &[Uuid], folds: &[&str]) -> SelectStatement {
    let (id, name) = match dictionary {
        Dictionary::Member => (
            Expr::col((user::Entity, user::Column::Id)),
            Expr::col((user::Entity, user::Column::Name)),
        ),
        _ => (Expr::col(Alias::new("id")), Expr::col(Alias::new("name_fold"))),
    };
    let mut any = id.is_in(ids.iter().copied());
    any = ExprTrait::or(any, name.is_in(folds.iter().copied()));
    if dictionary == Dictionary::Category {
        // With their subcategories, which a filter on the parent means too.
        let mut parents = Query::select();
        parents.column(category::Column::Id).from(category::Entity);
        parents.and_where(Expr::col(category::Column::LedgerId).eq(ledger_id));
        parents.and_where(Expr::col(category::Column::NameFold).is_in(folds.iter().copied()));
        let parent = || Expr::col(Alias::new("parent_id"));
        any = ExprTrait::or(any, parent().is_in(ids.iter().copied()));
        any = ExprTrait::or(any, parent().in_subquery(parents));
    }
    let mut select = entries(dictionary, ledger_id);
    select.and_where(any);
    select
}

/// All entries of a dictionary, in the columns of [`Found`].
fn entries(dictionary: Dictionary, ledger_id: Uuid) -> SelectStatement {
    let col = |name: &'static str| Expr::col(Alias::new(name));
    let mut select = Query::select();
    select.expr_as(Expr::val(dictionary.mark()), "mark");
    if dictionary == Dictionary::Member {
        let id = || Expr::col((user::Entity, user::Column::Id));
        let name = || Expr::col((user::Entity, user::Column::Name));
        let state = Expr::col((member::Entity, member::Column::State));
        select
            .expr_as(id(), "id")
            .expr_as(name(), "name")
            .expr_as(name(), "name_fold");
        select
            .expr_as(Expr::val(None::<Uuid>), "parent_id")
            .expr_as(Expr::cust("NULL"), "owner_id");
        // A bound value here would make the column of a union a DECIMAL on MariaDB.
        select
            .expr_as(Expr::cust("FALSE"), "is_archived")
            .expr_as(state.ne("active"), "is_deleted");
        let is_theirs = id().equals((member::Entity, member::Column::UserId));
        select.from(member::Entity).inner_join(user::Entity, is_theirs);
        select.and_where(Expr::col((member::Entity, member::Column::LedgerId)).eq(ledger_id));
        return select;
    }
    select
        .column(Alias::new("id"))
        .column(Alias::new("name"))
        .column(Alias::new("name_fold"));
    match dictionary {
        Dictionary::Category => select.column(Alias::new("parent_id")),
        _ => select.expr_as(Expr::val(None::<Uuid>), "parent_id"),
    };
    match dictionary {
        Dictionary::Account => select.column(Alias::new("owner_id")),
        _ => select.expr_as(Expr::cust("NULL"), "owner_id"),
    };
    select
        .column(Alias::new("is_archived"))
        .column(Alias::new("is_deleted"));
    match dictionary {
        Dictionary::Category => select.from(category::Entity),
        Dictionary::Account => select.from(account::Entity),
        Dictionary::Payee => select.from(payee::Entity),
        Dictionary::Tag | Dictionary::Member => select.from(tag::Entity),
    };
    select.and_where(col("ledger_id").eq(ledger_id));
    select
}

/// All categories of a ledger, deleted ones too: few, and needed whole where levels matter.
pub async fn categories(db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<Vec<category::Model>> {
    use sea_orm::{ColumnTrait, QueryFilter};
    Ok(category::Entity::find()
        .filter(category::Column::LedgerId.eq(ledger_id))
        .all(db)
        .await?)
}
