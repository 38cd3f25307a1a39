//! Invites: a code for a role in a ledger, made by an owner, accepted once by somebody who has signed in.

use crate::db::{Op, Outcome, Unit, Work};
use crate::error::{AppError, Findings, Result};
use crate::service::actor::{Actor, Happening};
use crate::service::cursor::Walk;
use crate::service::secret::{self, SecretKind};
use crate::service::write::{self, already_done};
use crate::service::{Grant, Person, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::audit::NewEvent;
use crate::store::member::{MemberImage, MemberState};
use crate::store::noun::{Edit, Pair};
use crate::store::reach::Reach;
use api::id::InviteId;
use api::instant::Instant;
use api::member::{INVITE_DAYS, Invite, InviteCode, IssuedInvite, Joined, MAX_MEMBERS, NewInvite};
use api::page::{Page, PageQuery};
use api::problem::Code;
use api::user::fold_user_name;
use chrono::TimeDelta;
use entity::invite::Model;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Most invites that a person may make in a day, in all ledgers.
const MOST_A_DAY: u64 = 20;

/// A page of the invites that can still be accepted, oldest first.
pub async fn list(state: &AppState, grant: &Grant, query: PageQuery) -> Result<Page<Invite>> {
    let walk = Walk::new(state, grant, "invites", &query);
    let (after, count, now) = (walk.after()?, walk.count(), state.now());
    let rows = state
        .db
        .read(|db| async move { store::invite::page(&db, grant.ledger_id(), now, after, count).await })
        .await?;
    let rows = rows.into_iter().map(seen).collect::<Result<Vec<_>>>()?;
    walk.page(rows, |invite| invite.id, |invite| invite)
}

/// Makes one. A repeat is not told the code again.
pub async fn create(
    state: &AppState,
    grant: &Grant,
    actor: Actor,
    key: &WriteKey,
    new: NewInvite,
) -> Result<IssuedInvite> {
    let mut findings = Findings::default();
    new.check(&mut findings.rules);
    findings.refuse()?;
    let code = secret::draw(SecretKind::Invite);
    let at = state.now();
    let days = TimeDelta::days(i64::from(new.days.unwrap_or(INVITE_DAYS)));
    let row = Model {
        ledger_id: grant.ledger_id(),
        id: state.clock.new_id(),
        hash: secret::hash(&code).to_vec(),
        role: new.role.as_str().to_owned(),
        user_name: new.user.as_deref().map(fold_user_name),
        created_by: grant.user_id(),
        created_at: at.utc(),
        expires_at: at.utc() + days,
        used_at: None,
        used_by: None,
        revoked_at: None,
    };
    let op = write::op(state, grant, key, "create_invite");
    let work = Create {
        event: actor.signed_in(grant.person()).event_in(
            state,
            grant.ledger_id(),
            Happening::InviteMade,
            None,
            json!({ "invite_id": row.id, "role": row.role, "user": row.user_name }),
        ),
        row: row.clone(),
    };
    match state.db.write(op, Arc::new(work)).await? {
        Outcome::Done { .. } | Outcome::Unchanged => Ok(IssuedInvite {
            invite: seen(row)?,
            code,
        }),
        Outcome::Replay => {
            // Another request under that key is told so first.
            write::check_repeat(state, grant.user_id(), grant.ledger_id(), key).await?;
            Err(already_done())
        }
    }
}

/// Takes one back.
pub async fn revoke(
    state: &AppState,
    grant: &Grant,
    actor: Actor,
    key: &WriteKey,
    id: InviteId,
) -> Result<()> {
    let op = write::op(state, grant, key, "revoke_invite");
    let work = Revoke {
        id: id.into(),
        event: actor.signed_in(grant.person()).event_in(
            state,
            grant.ledger_id(),
            Happening::InviteRevoked,
            None,
            json!({ "invite_id": id }),
        ),
    };
    if let Outcome::Replay = state.db.write(op, Arc::new(work)).await? {
        write::check_repeat(state, grant.user_id(), grant.ledger_id(), key).await?;
    }
    Ok(())
}

/// Makes the caller a member. A repeat answers the same.
pub async fn accept(
    state: &AppState,
    person: &Person,
    actor: Actor,
    key: &WriteKey,
    body: InviteCode,
) -> Result<Joined> {
    if person.bound_to().is_some() {
        return Err(AppError::refuse(
            Code::Forbidden,
            "This token is bound to some ledgers and cannot join others",
        ));
    }
    let code = body.code.trim();
    if !secret::is_well_formed(code, &[SecretKind::Invite]) {
        return Err(unknown());
    }
    let (hash, now, user_id) = (secret::hash(code), state.now(), person.user_id());
    let hash = hash.as_slice();
    let found = state
        .db
        .read(|db| async move { store::invite::find(&db, hash).await })
        .await?
        .ok_or_else(unknown)?;
    // Whoever accepted it may ask again; anybody else finds nothing.
    if found.used_by != Some(user_id) {
        let ledger_id = found.ledger_id;
        let op = Op {
            ledger_id,
            reach: Reach::whole(ledger_id),
            op_id: state.clock.new_id(),
            user_id,
            key: key.key.clone(),
            request_hash: key.request_hash,
            client: person.client().to_owned(),
            kind: "accept_invite",
            at: now,
        };
        let work = Accept {
            event: actor.signed_in(person).event_in(
                state,
                ledger_id,
                Happening::MemberJoined,
                Some(user_id),
                json!({ "invite_id": found.id, "role": found.role }),
            ),
            invite: found.clone(),
            at: now,
        };
        if let Outcome::Replay = state.db.write(op, Arc::new(work)).await? {
            write::check_repeat(state, user_id, ledger_id, key).await?;
        }
    }
    let ledger_id = found.ledger_id;
    state
        .db
        .read(|db| async move {
            let member = store::member::find(&db, ledger_id, user_id)
                .await?
                .filter(|member| member.state == MemberState::Active)
                .ok_or_else(unknown)?;
            let (ledger, _) = store::ledger::get(&db, ledger_id).await?;
            Ok(Joined {
                ledger_id: ledger_id.into(),
                ledger_name: ledger.name,
                role: member.role,
            })
        })
        .await
}

/// One that is used, expired, taken back, for somebody else or never was: the same answer.
fn unknown() -> AppError {
    AppError::refuse(
        Code::NotFound,
        "There is no such invite, or it is used, expired or for somebody else; ask for a new one",
    )
}

struct Create {
    row: Model,
    event: NewEvent,
}

impl Work for Create {
    type Output = ();

    async fn run(&self, unit: &Unit) -> Result<Option<()>> {
        let day_ago = Instant::new(unit.at.utc() - TimeDelta::days(1));
        if store::invite::count_since(&unit.tx, unit.user_id, day_ago).await? >= MOST_A_DAY {
            return Err(AppError::refuse(
                Code::Conflict,
                format!("You made {MOST_A_DAY} invites within a day; wait until tomorrow"),
            ));
        }
        store::invite::insert(&unit.tx, self.row.clone()).await?;
        store::audit::insert(&unit.tx, &self.event).await?;
        Ok(Some(()))
    }
}

struct Revoke {
    id: Uuid,
    event: NewEvent,
}

impl Work for Revoke {
    type Output = ();

    async fn run(&self, unit: &Unit) -> Result<Option<()>> {
        if store::invite::revoke(&unit.tx, unit.ledger_id, self.id, unit.at).await? {
            store::audit::insert(&unit.tx, &self.event).await?;
            Ok(Some(()))
        } else {
            Err(AppError::not_found())
        }
    }
}

struct Accept {
    invite: Model,
    at: Instant,
    event: NewEvent,
}

impl Work for Accept {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let is_for_them = match &self.invite.user_name {
            None => true,
            Some(name) => store::member::user_name(&unit.tx, unit.user_id).await?.as_ref() == Some(name),
        };
        if !is_for_them || !store::invite::use_up(&unit.tx, &self.invite, unit.user_id, self.at).await? {
            return Err(unknown());
        }
        let before = store::member::find(&unit.tx, unit.ledger_id, unit.user_id).await?;
        if before
            .as_ref()
            .is_some_and(|member| member.state == MemberState::Active)
        {
            return Err(AppError::refuse(
                Code::Conflict,
                "You are a member of this ledger already",
            ));
        }
        let (members, _) = store::member::count(&unit.tx, unit.ledger_id).await?;
        if members >= MAX_MEMBERS {
            return Err(AppError::refuse(
                Code::Conflict,
                format!("This ledger has {MAX_MEMBERS} members, which is as many as it may have"),
            ));
        }
        let after = MemberImage {
            user_id: unit.user_id,
            role: store::ledger::role(&self.invite.role)?,
            state: MemberState::Active,
            version: before.as_ref().map_or(1, |member| member.version + 1),
            created_at: before.as_ref().map_or(unit.at, |member| member.created_at),
            updated_at: unit.at,
        };
        store::audit::insert(&unit.tx, &self.event).await?;
        apply(unit, vec![Edit::Member(Pair { before, after })]).await
    }
}

fn seen(row: Model) -> Result<Invite> {
    Ok(Invite {
        id: row.id.into(),
        role: store::ledger::role(&row.role)?,
        user: row.user_name,
        created_by: row.created_by.into(),
        created_at: Instant::new(row.created_at),
        expires_at: Instant::new(row.expires_at),
    })
}
