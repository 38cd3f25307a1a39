//! Members of a ledger: the row of each as an image, and with the name of its user for people.

use super::ledger::role;
use super::noun::{Members, Noun};
use crate::db::Unit;
use crate::error::Result;
use api::instant::Instant;
use api::member::{Member, Role};
use entity::{member, user};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    Unchanged,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Whether a membership holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberState {
    /// It does.
    Active,
    /// Not yet.
    Invited,
    /// Not any more.
    Removed,
}

impl MemberState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Removed => "removed",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "active" => Self::Active,
            "invited" => Self::Invited,
            _ => Self::Removed,
        }
    }
}

/// A membership as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberImage {
    pub user_id: Uuid,
    pub role: Role,
    pub state: MemberState,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The membership of one user, whatever its state.
pub async fn find(db: &impl ConnectionTrait, ledger_id: Uuid, user_id: Uuid) -> Result<Option<MemberImage>> {
    let row = member::Entity::find_by_id((ledger_id, user_id)).one(db).await?;
    row.as_ref().map(image).transpose()
}

/// How many active members there are, and how many owners among them.
pub async fn count(db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<(u64, u64)> {
    let active = member::Entity::find()
        .filter(member::Column::LedgerId.eq(ledger_id))
        .filter(member::Column::State.eq("active"));
    let owners = active.clone().filter(member::Column::Role.eq("owner"));
    Ok((active.count(db).await?, owners.count(db).await?))
}

/// The ledgers that a user is an active member of.
pub async fn ledgers_of(db: &impl ConnectionTrait, user_id: Uuid) -> Result<Vec<Uuid>> {
    Ok(member::Entity::find()
        .select_only()
        .column(member::Column::LedgerId)
        .filter(member::Column::UserId.eq(user_id))
        .filter(member::Column::State.eq("active"))
        .into_tuple()
        .all(db)
        .await?)
}

/// A page of the active members, after the user named; or the one asked for.
pub async fn page(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    only: Option<Uuid>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Member>> {
    let mut find = member::Entity::find()
        .filter(member::Column::LedgerId.eq(ledger_id))
        .filter(member::Column::State.eq("active"));
    if let Some(only) = only {
        find = find.filter(member::Column::UserId.eq(only));
    }
    if let Some(after) = after {
        find = find.filter(member::Column::UserId.gt(after));
    }
    let rows = find
        .order_by_asc(member::Column::UserId)
        .limit(limit)
        .all(db)
        .await?;
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(rows.iter().map(|row| row.user_id)))
        .all(db)
        .await?;
    let mut users: HashMap<Uuid, user::Model> = users.into_iter().map(|user| (user.id, user)).collect();
    rows.into_iter()
        .filter_map(|row| Some((users.remove(&row.user_id)?, row)))
        .map(|(user, row)| {
            Ok(Member {
                user_id: row.user_id.into(),
                name: user.name,
                display_name: user.display_name,
                role: role(&row.role)?,
                version: row.version,
                created_at: Instant::new(row.created_at),
                updated_at: Instant::new(row.updated_at),
            })
        })
        .collect()
}

/// The name that a user signs in with.
pub async fn user_name(db: &impl ConnectionTrait, user_id: Uuid) -> Result<Option<String>> {
    Ok(user::Entity::find_by_id(user_id)
        .one(db)
        .await?
        .map(|user| user.name))
}

fn image(row: &member::Model) -> Result<MemberImage> {
    Ok(MemberImage {
        user_id: row.user_id,
        role: role(&row.role)?,
        state: MemberState::from_word(&row.state),
        version: row.version,
        created_at: Instant::new(row.created_at),
        updated_at: Instant::new(row.updated_at),
    })
}

impl Noun for Members {
    const NAME: &'static str = "member";
    type Image = MemberImage;

    fn id(image: &MemberImage) -> Uuid {
        image.user_id
    }

    fn version(image: &MemberImage) -> i64 {
        image.version
    }

    fn is_deleted(image: &MemberImage) -> bool {
        image.state == MemberState::Removed
    }

    fn label(image: &MemberImage) -> String {
        image.role.as_str().to_owned()
    }

    async fn insert(unit: &Unit, images: &[&MemberImage]) -> Result<()> {
        let rows = images.iter().map(|image| member::ActiveModel {
            ledger_id: Set(unit.ledger_id),
            user_id: Set(image.user_id),
            role: Set(image.role.as_str().to_owned()),
            state: Set(image.state.as_str().to_owned()),
            version: Set(image.version),
            created_at: Set(image.created_at.utc()),
            updated_at: Set(image.updated_at.utc()),
        });
        member::Entity::insert_many(rows)
            .exec_without_returning(&unit.tx)
            .await?;
        Ok(())
    }

    async fn update(unit: &Unit, before: &MemberImage, after: &MemberImage) -> Result<()> {
        let row = member::ActiveModel {
            ledger_id: Unchanged(unit.ledger_id),
            user_id: Unchanged(after.user_id),
            role: Set(after.role.as_str().to_owned()),
            state: Set(after.state.as_str().to_owned()),
            version: Set(after.version),
            created_at: Set(after.created_at.utc()),
            updated_at: Set(after.updated_at.utc()),
        };
        let done = member::Entity::update_many()
            .set(row)
            .filter(member::Column::LedgerId.eq(unit.ledger_id))
            .filter(member::Column::UserId.eq(after.user_id))
            .filter(member::Column::Version.eq(before.version))
            .exec(&unit.tx)
            .await?;
        super::one_row(done.rows_affected)
    }
}
