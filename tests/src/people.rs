//! More people, ledgers and tokens than the seed has, written as rows: there is no way to make them through the API
//! yet. For tests of who may see and change what.

use crate::server::TestApp;
use chrono::{DateTime, Utc};
use entity::{invite, ledger, member, token, user};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use server::http::examples::{EXAMPLE_ID, EXAMPLE_INVITE, OTHER_EXAMPLE_ID};
use server::service::secret::{self, SecretKind};
use uuid::Uuid;

/// Somebody with a token and a ledger of their own.
#[derive(Debug, Clone)]
pub struct Person {
    pub user_id: Uuid,
    /// Their own ledger.
    pub ledger_id: Uuid,
    pub token: String,
}

/// A token to make; by default it may do everything and does not expire.
#[derive(Debug, Clone)]
pub struct TokenRow {
    pub name: &'static str,
    pub scopes: &'static str,
    /// `None` is all of them.
    pub ledger_ids: Option<Vec<Uuid>>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Default for TokenRow {
    fn default() -> Self {
        Self {
            name: "test",
            scopes: "read add write share account",
            ledger_ids: None,
            expires_at: None,
            revoked_at: None,
        }
    }
}

impl TestApp {
    /// A new person who owns a new, empty ledger in EUR.
    pub async fn add_person(&self, name: &str) -> Person {
        let (user_id, ledger_id) = (api::id::new_uuid(), api::id::new_uuid());
        let now = self.state.clock.now();
        let book = ledger::ActiveModel {
            id: Set(ledger_id),
            name: Set(format!("{name}'s")),
            base_currency: Set("EUR".to_owned()),
            month_start_day: Set(1),
            week_start: Set(1),
            rev: Set(0),
            epoch: Set(api::id::new_uuid()),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        ledger::Entity::insert(book)
            .exec_without_returning(self.connection())
            .await
            .expect("add a ledger");
        self.insert_user(user_id, name, Some(ledger_id)).await;
        self.add_member(user_id, ledger_id, "owner").await;
        let token = self.add_token(user_id, TokenRow::default()).await;
        Person {
            user_id,
            ledger_id,
            token,
        }
    }

    async fn insert_user(&self, id: Uuid, name: &str, default_ledger_id: Option<Uuid>) {
        let now = self.state.clock.now();
        let row = user::ActiveModel {
            id: Set(id),
            name: Set(name.to_owned()),
            display_name: Set(name.to_owned()),
            password_hash: Set(None),
            is_admin: Set(false),
            is_disabled: Set(false),
            timezone: Set(None),
            default_ledger_id: Set(default_ledger_id),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        user::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await
            .expect("add a user");
    }

    /// Lets somebody into a ledger as `owner`, `editor`, `adder` or `viewer`.
    pub async fn add_member(&self, user_id: Uuid, ledger_id: Uuid, role: &str) {
        let now = self.state.clock.now();
        let row = member::ActiveModel {
            ledger_id: Set(ledger_id),
            user_id: Set(user_id),
            role: Set(role.to_owned()),
            state: Set("active".to_owned()),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        member::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await
            .expect("add a member");
    }

    /// One more token for somebody.
    pub async fn add_token(&self, user_id: Uuid, wanted: TokenRow) -> String {
        self.insert_token(api::id::new_uuid(), user_id, wanted).await
    }

    /// One more, of which only the id matters; those before it are gone.
    pub async fn add_spare_token(&self, user_id: Uuid) -> Uuid {
        let spare = token::Entity::delete_many().filter(token::Column::UserId.eq(user_id));
        spare
            .filter(token::Column::Name.eq("spare"))
            .exec(self.connection())
            .await
            .expect("take a token");
        let id = api::id::new_uuid();
        let row = TokenRow {
            name: "spare",
            ..TokenRow::default()
        };
        self.insert_token(id, user_id, row).await;
        id
    }

    async fn insert_token(&self, id: Uuid, user_id: Uuid, wanted: TokenRow) -> String {
        let text = secret::draw(SecretKind::Api);
        let row = token::ActiveModel {
            id: Set(id),
            user_id: Set(user_id),
            hash: Set(secret::hash(&text).to_vec()),
            kind: Set("api".to_owned()),
            name: Set(wanted.name.to_owned()),
            scopes: Set(wanted.scopes.to_owned()),
            ledger_ids: Set(wanted.ledger_ids.map(|ids| serde_json::json!(ids).to_string())),
            created_at: Set(self.state.clock.now()),
            expires_at: Set(wanted.expires_at),
            last_used_at: Set(None),
            revoked_at: Set(wanted.revoked_at),
        };
        token::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await
            .expect("add a token");
        text
    }

    /// The people, the invites and the token that have the ids of the examples, around somebody's ledger.
    pub async fn add_example_people(&self, user_id: Uuid, ledger_id: Uuid, ids: [&str; 2]) {
        let db = self.connection();
        let [one, other] = ids.map(example_id);
        // As the last letters of the id, so that names differ as ids do.
        let name = |id: Uuid| format!("example-{:04x}", id.as_u128() & 0xffff);
        for (id, name, role) in [(one, name(one), "viewer"), (other, name(other), "owner")] {
            if user::Entity::find_by_id(id)
                .one(db)
                .await
                .expect("look for a user")
                .is_none()
            {
                self.insert_user(id, &name, None).await;
            }
            self.add_member(id, ledger_id, role).await;
        }
        // Ids of tokens are nobody's ledger's: it goes to whoever calls next.
        token::Entity::delete_by_id(one)
            .exec(db)
            .await
            .expect("take the example's token");
        self.insert_token(one, user_id, TokenRow::default()).await;
        self.add_invite(ledger_id, one, other, &secret::draw(SecretKind::Invite))
            .await;
        if ledger_id == self.ledger_id() || ids != [EXAMPLE_ID, OTHER_EXAMPLE_ID] {
            return;
        }
        let known = invite::Entity::find_by_id((self.ledger_id(), other))
            .one(db)
            .await;
        if known.expect("look for an invite").is_none() {
            self.add_invite(self.ledger_id(), other, self.owner().user_id, EXAMPLE_INVITE)
                .await;
        }
    }

    /// An invite to look on, good for a week.
    pub async fn add_invite(&self, ledger_id: Uuid, id: Uuid, created_by: Uuid, code: &str) {
        let now = self.state.clock.now();
        let row = invite::ActiveModel {
            ledger_id: Set(ledger_id),
            id: Set(id),
            hash: Set(secret::hash(code).to_vec()),
            role: Set("viewer".to_owned()),
            user_name: Set(None),
            created_by: Set(created_by),
            created_at: Set(now),
            expires_at: Set(now + chrono::TimeDelta::days(7)),
            used_at: Set(None),
            used_by: Set(None),
            revoked_at: Set(None),
        };
        invite::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await
            .expect("add an invite");
    }
}

fn example_id(text: &str) -> Uuid {
    Uuid::try_parse(text).expect("an id")
}
