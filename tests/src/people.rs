//! More people, ledgers and tokens than the seed has, written as rows: there is no way to make them through the API
//! yet. For tests of who may see and change what.

use crate::server::TestApp;
use chrono::{DateTime, Utc};
use entity::{ledger, member, token, user};
use sea_orm::{EntityTrait, Set};
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
    pub scopes: &'static str,
    /// `None` is all of them.
    pub ledger_ids: Option<Vec<Uuid>>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Default for TokenRow {
    fn default() -> Self {
        Self {
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
        let row = user::ActiveModel {
            id: Set(user_id),
            name: Set(name.to_owned()),
            display_name: Set(name.to_owned()),
            password_hash: Set(None),
            is_admin: Set(false),
            is_disabled: Set(false),
            timezone: Set(None),
            default_ledger_id: Set(Some(ledger_id)),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
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
        user::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await
            .expect("add a user");
        self.add_member(user_id, ledger_id, "owner").await;
        let token = self.add_token(user_id, TokenRow::default()).await;
        Person {
            user_id,
            ledger_id,
            token,
        }
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
        let id = api::id::new_uuid();
        let text = secret::draw(SecretKind::Api);
        let row = token::ActiveModel {
            id: Set(id),
            user_id: Set(user_id),
            hash: Set(secret::hash(&text).to_vec()),
            kind: Set("api".to_owned()),
            name: Set("test".to_owned()),
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
}
