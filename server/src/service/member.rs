//! Who may open a ledger: listing members, giving them another role, removing them, leaving, handing over. Whatever is
//! done, an owner remains. Every change of a member is a change of the ledger and in its log.

use crate::db::{Unit, Work};
use crate::error::{AppError, Refusal, Result};
use crate::service::actor::{Actor, Happening};
use crate::service::cursor::Walk;
use crate::service::write::commit;
use crate::service::{Grant, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::audit::NewEvent;
use crate::store::member::{MemberImage, MemberState};
use crate::store::noun::{Edit, Pair};
use api::id::UserId;
use api::member::{Member, MemberPatch, Role};
use api::page::{Page, PageQuery};
use api::problem::Code;
use serde_json::json;
use uuid::Uuid;

/// A page of the members, those who have been there longest first.
pub async fn list(state: &AppState, grant: &Grant, query: PageQuery) -> Result<Page<Member>> {
    let walk = Walk::new(state, grant, "members", &query);
    let (after, count) = (walk.after()?, walk.count());
    let rows = state
        .db
        .read(|db| async move { store::member::page(&db, grant.ledger_id(), None, after, count).await })
        .await?;
    walk.page(rows, |member| member.user_id, |member| member)
}

/// One member.
pub async fn get(state: &AppState, grant: &Grant, user_id: UserId) -> Result<Member> {
    let found =
        state
            .db
            .read(|db| async move {
                store::member::page(&db, grant.ledger_id(), Some(user_id.into()), None, 1).await
            })
            .await?;
    found.into_iter().next().ok_or_else(AppError::not_found)
}

/// Gives a member another role.
pub async fn update(
    state: &AppState,
    grant: &Grant,
    actor: Actor,
    key: &WriteKey,
    user_id: UserId,
    version: Option<i64>,
    patch: MemberPatch,
) -> Result<Member> {
    let work = Change {
        user_id: user_id.into(),
        version,
        what: What::Role(patch.role),
        event: actor.signed_in(grant.person()).event_in(
            state,
            grant.ledger_id(),
            Happening::MemberChanged,
            Some(user_id.into()),
            json!({ "role": patch.role }),
        ),
    };
    commit(state, grant, key, "update_member", work).await?;
    get(state, grant, user_id).await
}

/// Removes a member; what they recorded stays.
pub async fn remove(
    state: &AppState,
    grant: &Grant,
    actor: Actor,
    key: &WriteKey,
    user_id: UserId,
    version: Option<i64>,
) -> Result<()> {
    let work = Change {
        user_id: user_id.into(),
        version,
        what: What::Remove,
        event: actor.signed_in(grant.person()).event_in(
            state,
            grant.ledger_id(),
            Happening::MemberRemoved,
            Some(user_id.into()),
            json!({}),
        ),
    };
    commit(state, grant, key, "remove_member", work).await.map(|_| ())
}

/// Leaves the ledger.
pub async fn leave(state: &AppState, grant: &Grant, actor: Actor, key: &WriteKey) -> Result<()> {
    let work = Change {
        user_id: grant.user_id(),
        version: None,
        what: What::Remove,
        event: actor.signed_in(grant.person()).event_in(
            state,
            grant.ledger_id(),
            Happening::MemberLeft,
            Some(grant.user_id()),
            json!({}),
        ),
    };
    commit(state, grant, key, "leave_ledger", work).await.map(|_| ())
}

/// Makes another member an owner, and the caller an editor, in one change.
pub async fn hand_over(
    state: &AppState,
    grant: &Grant,
    actor: Actor,
    key: &WriteKey,
    user_id: UserId,
) -> Result<Member> {
    let work = Change {
        user_id: user_id.into(),
        version: None,
        what: What::HandOver {
            from: grant.user_id(),
        },
        event: actor.signed_in(grant.person()).event_in(
            state,
            grant.ledger_id(),
            Happening::LedgerHandedOver,
            Some(user_id.into()),
            json!({}),
        ),
    };
    commit(state, grant, key, "hand_over_ledger", work).await?;
    get(state, grant, user_id).await
}

enum What {
    Role(Option<Role>),
    Remove,
    HandOver { from: Uuid },
}

struct Change {
    user_id: Uuid,
    version: Option<i64>,
    what: What,
    event: NewEvent,
}

impl Work for Change {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let before = active(unit, self.user_id).await?;
        if self.version.is_some_and(|version| version != before.version) {
            let detail = format!("It was changed since; it has version {} now", before.version);
            return Err(Refusal::new(Code::StaleVersion, detail).into());
        }
        let mut edits = Vec::new();
        // Who is no owner any more lets nobody in, themselves least of all.
        let past_owner = match self.what {
            What::Role(role) => role.is_some_and(|role| !role.owns()).then_some(self.user_id),
            What::Remove => Some(self.user_id),
            What::HandOver { from } => Some(from),
        };
        let after = |before: &MemberImage, role, state| MemberImage {
            role,
            state,
            ..before.clone()
        };
        match self.what {
            What::Role(role) => {
                let role = role.unwrap_or(before.role);
                edits.push(edit(unit, after(&before, role, MemberState::Active), before));
            }
            What::Remove => {
                edits.push(edit(
                    unit,
                    after(&before, before.role, MemberState::Removed),
                    before,
                ));
            }
            What::HandOver { from } => {
                if from == self.user_id {
                    return Err(AppError::refuse(Code::Conflict, "It is yours already"));
                }
                let giver = active(unit, from).await?;
                edits.push(edit(
                    unit,
                    after(&before, Role::Owner, MemberState::Active),
                    before,
                ));
                edits.push(edit(
                    unit,
                    after(&giver, Role::Editor, MemberState::Active),
                    giver,
                ));
            }
        }
        let done = apply(unit, edits).await?;
        // Counted behind the ledger's own row, which no other change can have passed meanwhile.
        let (_, owners) = store::member::count(&unit.tx, unit.ledger_id).await?;
        if owners == 0 {
            return Err(AppError::refuse(
                Code::Conflict,
                "A ledger needs an owner; make another member one first",
            ));
        }
        if done.is_some() {
            if let Some(user_id) = past_owner {
                store::invite::revoke_of(&unit.tx, unit.ledger_id, user_id, unit.at).await?;
            }
            store::audit::insert(&unit.tx, &self.event).await?;
        }
        Ok(done)
    }
}

async fn active(unit: &Unit, user_id: Uuid) -> Result<MemberImage> {
    store::member::find(&unit.tx, unit.ledger_id, user_id)
        .await?
        .filter(|member| member.state == MemberState::Active)
        .ok_or_else(AppError::not_found)
}

fn edit(unit: &Unit, mut after: MemberImage, before: MemberImage) -> Edit {
    if after != before {
        after.version = before.version + 1;
        after.updated_at = unit.at;
    }
    Edit::Member(Pair {
        before: Some(before),
        after,
    })
}
