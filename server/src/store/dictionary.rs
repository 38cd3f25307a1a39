//! The four dictionaries of a ledger (categories, accounts, payees, tags): how a row of each is read and written.
//! They differ in two columns, which is all that is written apart.

use super::filter::begins;
use super::image::{AccountMarks, EntryImage};
use super::link::Link;
use super::noun::{Accounts, Categories, Edit, Noun, Pair, Payees, Tags, to_value};
use crate::db::Unit;
use crate::error::{AppError, Result};
use api::account::{Account, AccountKind};
use api::category::Category;
use api::instant::Instant;
use api::payee::Payee;
use api::problem::Code;
use api::tag::Tag;
use api::text::fold;
use entity::{account, category, payee, tag};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What makes a name unique: its folded form, and nothing once it is deleted.
fn live_name(image: &EntryImage) -> Option<String> {
    (!image.is_deleted).then(|| fold(&image.name))
}

/// The same for categories, whose names are unique under their parent.
fn live_path(image: &EntryImage) -> Option<String> {
    let parent = image
        .parent_id
        .map_or_else(String::new, |id| id.simple().to_string());
    live_name(image).map(|name| format!("{parent}:{name}"))
}

/// True where nothing but being archived and being deleted differs: such entries are written together.
fn is_state_alone(before: &EntryImage, after: &EntryImage) -> bool {
    let alike = EntryImage {
        is_archived: after.is_archived,
        is_deleted: after.is_deleted,
        version: before.version + 1,
        updated_at: after.updated_at,
        ..before.clone()
    };
    alike == *after
}

/// What makes each of some entries unique, by its id.
fn live_names(images: &[&EntryImage], live: fn(&EntryImage) -> Option<String>) -> Expr {
    let mut names = CaseStatement::new();
    let mut is_any = false;
    for image in images {
        if let Some(name) = live(image) {
            names = names.case(Expr::col("id").eq(image.id), Expr::value(name));
            is_any = true;
        }
    }
    if is_any {
        names.into()
    } else {
        Expr::value(Option::<String>::None)
    }
}

fn taken(error: sea_orm::DbErr, name: &str) -> AppError {
    if crate::db::classify(&error) == crate::db::Class::Unique {
        AppError::fault(
            Code::NameTaken,
            "/name",
            "name-taken",
            format!("The name {name:?} is taken"),
        )
    } else {
        error.into()
    }
}

/// A dictionary's own way of reading and listing.
pub trait DictionaryNoun: Noun<Image = EntryImage> {
    /// How expenses point to an entry.
    const LINKS: &'static [Link];

    /// The edit that brings an entry from one state to the next.
    fn edit(pair: Pair<EntryImage>) -> Edit;

    /// The entries with those ids, deleted ones too.
    fn find(
        db: &impl ConnectionTrait,
        ledger_id: Uuid,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<Vec<EntryImage>>> + Send;

    /// What makes the name of an entry unique while it is live.
    fn live_name(image: &EntryImage) -> Option<String>;

    /// Who has those names, of the sort that is unique.
    fn holders(
        db: &impl ConnectionTrait,
        ledger_id: Uuid,
        live_names: &[String],
    ) -> impl Future<Output = Result<HashMap<String, Uuid>>> + Send;

    /// A page of the live entries whose folded names begin so, in order of their names, after the entry named.
    fn page(
        db: &impl ConnectionTrait,
        ledger_id: Uuid,
        prefix: &str,
        after: Option<(&str, Uuid)>,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<EntryImage>>> + Send;
}

macro_rules! dictionary {
    ($noun:ty, $variant:ident, $item:ident, $table:ident, $name:literal, $links:expr, $live:ident, $read:expr, $write:expr) => {
        impl From<$table::Model> for EntryImage {
            fn from(model: $table::Model) -> Self {
                let image = Self {
                    id: model.id,
                    name: model.name.clone(),
                    parent_id: None,
                    account: None,
                    is_archived: model.is_archived,
                    is_deleted: model.is_deleted,
                    version: model.version,
                    created_at: Instant::new(model.created_at),
                    updated_at: Instant::new(model.updated_at),
                };
                $read(model, image)
            }
        }

        const _: () = {
            fn row_of(image: &EntryImage) -> $table::ActiveModel {
                let row = $table::ActiveModel {
                    name: Set(image.name.clone()),
                    name_fold: Set(fold(&image.name)),
                    live_name: Set($live(image)),
                    is_archived: Set(image.is_archived),
                    is_deleted: Set(image.is_deleted),
                    version: Set(image.version),
                    updated_at: Set(image.updated_at.utc()),
                    ..Default::default()
                };
                $write(image, row)
            }

            impl Noun for $noun {
                const NAME: &'static str = $name;
                type Image = EntryImage;

                fn id(image: &EntryImage) -> Uuid {
                    image.id
                }

                fn version(image: &EntryImage) -> i64 {
                    image.version
                }

                fn is_deleted(image: &EntryImage) -> bool {
                    image.is_deleted
                }

                fn label(image: &EntryImage) -> String {
                    image.name.clone()
                }

                fn wire(image: EntryImage) -> Result<Value> {
                    to_value(&$item::from(image))
                }

                async fn insert(unit: &Unit, images: &[&EntryImage]) -> Result<()> {
                    let rows = images.iter().map(|image| $table::ActiveModel {
                        ledger_id: Set(unit.ledger_id),
                        id: Set(image.id),
                        created_at: Set(image.created_at.utc()),
                        ..row_of(image)
                    });
                    let first = images.first().map_or("", |image| image.name.as_str());
                    let done = $table::Entity::insert_many(rows)
                        .exec_without_returning(&unit.tx)
                        .await;
                    done.map(|_| ()).map_err(|error| taken(error, first))
                }

                async fn update(unit: &Unit, before: &EntryImage, after: &EntryImage) -> Result<()> {
                    let done = $table::Entity::update_many()
                        .set(row_of(after))
                        .filter($table::Column::LedgerId.eq(unit.ledger_id))
                        .filter($table::Column::Id.eq(after.id))
                        .filter($table::Column::Version.eq(before.version))
                        .exec(&unit.tx)
                        .await
                        .map_err(|error| taken(error, &after.name))?;
                    super::one_row(done.rows_affected)
                }

                async fn update_all(unit: &Unit, pairs: &[(&EntryImage, &EntryImage)]) -> Result<()> {
                    let are_alike = pairs
                        .iter()
                        .all(|(before, after)| is_state_alone(before, after));
                    if pairs.len() == 1 || !are_alike {
                        for (before, after) in pairs {
                            Self::update(unit, before, after).await?;
                        }
                        return Ok(());
                    }
                    // Those that are deleted come first: one that comes back may take the name.
                    let mut alike: BTreeMap<(bool, bool, i64), Vec<&EntryImage>> = BTreeMap::new();
                    for (before, after) in pairs {
                        let key = (!after.is_deleted, after.is_archived, before.version);
                        alike.entry(key).or_default().push(*after);
                    }
                    for ((is_live, is_archived, version), images) in alike {
                        for some in images.chunks(500) {
                            let first = some.first().map_or("", |image| image.name.as_str());
                            let done = $table::Entity::update_many()
                                .set($table::ActiveModel {
                                    is_archived: Set(is_archived),
                                    is_deleted: Set(!is_live),
                                    version: Set(version + 1),
                                    updated_at: Set(unit.at.utc()),
                                    ..Default::default()
                                })
                                .col_expr($table::Column::LiveName, live_names(some, $live))
                                .filter($table::Column::LedgerId.eq(unit.ledger_id))
                                .filter($table::Column::Id.is_in(some.iter().map(|image| image.id)))
                                .filter($table::Column::Version.eq(version))
                                .exec(&unit.tx)
                                .await
                                .map_err(|error| taken(error, first))?;
                            super::all_rows(done.rows_affected, some.len())?;
                        }
                    }
                    Ok(())
                }
            }
        };

        impl DictionaryNoun for $noun {
            const LINKS: &'static [Link] = &$links;

            fn edit(pair: Pair<EntryImage>) -> Edit {
                Edit::$variant(pair)
            }

            async fn find(
                db: &impl ConnectionTrait,
                ledger_id: Uuid,
                ids: &[Uuid],
            ) -> Result<Vec<EntryImage>> {
                let rows = $table::Entity::find()
                    .filter($table::Column::LedgerId.eq(ledger_id))
                    .filter($table::Column::Id.is_in(ids.iter().copied()))
                    .all(db)
                    .await?;
                Ok(rows.into_iter().map(Into::into).collect())
            }

            fn live_name(image: &EntryImage) -> Option<String> {
                $live(image)
            }

            async fn holders(
                db: &impl ConnectionTrait,
                ledger_id: Uuid,
                live_names: &[String],
            ) -> Result<HashMap<String, Uuid>> {
                let mut holders = HashMap::new();
                for some in live_names.chunks(500) {
                    let rows: Vec<(String, Uuid)> = $table::Entity::find()
                        .select_only()
                        .columns([$table::Column::LiveName, $table::Column::Id])
                        .filter($table::Column::LedgerId.eq(ledger_id))
                        .filter($table::Column::LiveName.is_in(some.iter().cloned()))
                        .into_tuple()
                        .all(db)
                        .await?;
                    holders.extend(rows);
                }
                Ok(holders)
            }

            async fn page(
                db: &impl ConnectionTrait,
                ledger_id: Uuid,
                prefix: &str,
                after: Option<(&str, Uuid)>,
                limit: u64,
            ) -> Result<Vec<EntryImage>> {
                let mut find = $table::Entity::find()
                    .filter($table::Column::LedgerId.eq(ledger_id))
                    .filter($table::Column::IsDeleted.eq(false));
                if !prefix.is_empty() {
                    find = find.filter(Expr::col($table::Column::NameFold).like(begins(prefix)));
                }
                if let Some((name, id)) = after {
                    let same = Condition::all()
                        .add($table::Column::NameFold.eq(name))
                        .add($table::Column::Id.gt(id));
                    find = find.filter(
                        Condition::any()
                            .add($table::Column::NameFold.gt(name))
                            .add(same),
                    );
                }
                let rows = find
                    .order_by_asc($table::Column::NameFold)
                    .order_by_asc($table::Column::Id)
                    .limit(limit)
                    .all(db)
                    .await?;
                Ok(rows.into_iter().map(Into::into).collect())
            }
        }
    };
}

dictionary!(
    Categories,
    Category,
    Category,
    category,
    "category",
    [Link::Category],
    live_path,
    |model: category::Model, image| EntryImage {
        parent_id: model.parent_id,
        ..image
    },
    |image: &EntryImage, row| category::ActiveModel {
        parent_id: Set(image.parent_id),
        ..row
    }
);
dictionary!(
    Accounts,
    Account,
    Account,
    account,
    "account",
    [Link::Account, Link::ToAccount],
    live_name,
    |model: account::Model, image| EntryImage {
        account: Some(AccountMarks {
            kind: AccountKind::from_word(&model.kind).unwrap_or_default(),
            iban: model.iban,
            acctid: model.acctid,
            card_ends: model.card_ends,
            owner_id: model.owner_id,
        }),
        ..image
    },
    |image: &EntryImage, row| {
        let marks = image.account.clone().unwrap_or_default();
        account::ActiveModel {
            kind: Set(marks.kind.as_str().to_owned()),
            iban: Set(marks.iban),
            acctid: Set(marks.acctid),
            card_ends: Set(marks.card_ends),
            owner_id: Set(marks.owner_id),
            ..row
        }
    }
);
dictionary!(
    Payees,
    Payee,
    Payee,
    payee,
    "payee",
    [Link::Payee],
    live_name,
    |_, image| image,
    |_, row| row
);
dictionary!(
    Tags,
    Tag,
    Tag,
    tag,
    "tag",
    [Link::Tag],
    live_name,
    |_, image| image,
    |_, row| row
);

/// The live subcategories of each of some categories; those without any are left out.
pub async fn children_of(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    parents: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut children: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for some in parents.chunks(1000) {
        let rows: Vec<(Option<Uuid>, Uuid)> = category::Entity::find()
            .select_only()
            .columns([category::Column::ParentId, category::Column::Id])
            .filter(category::Column::LedgerId.eq(ledger_id))
            .filter(category::Column::ParentId.is_in(some.iter().copied()))
            .filter(category::Column::IsDeleted.eq(false))
            .into_tuple()
            .all(db)
            .await?;
        for (parent, child) in rows {
            if let Some(parent) = parent {
                children.entry(parent).or_default().push(child);
            }
        }
    }
    Ok(children)
}

/// The live subcategories of a category.
pub async fn children(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    parent_id: Uuid,
) -> Result<Vec<EntryImage>> {
    let rows = category::Entity::find()
        .filter(category::Column::LedgerId.eq(ledger_id))
        .filter(category::Column::ParentId.eq(parent_id))
        .filter(category::Column::IsDeleted.eq(false))
        .order_by_asc(category::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}
