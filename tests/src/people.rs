//! More people, ledgers and tokens than the seed has, written as rows: there is no way to make them through the API
//! yet. For tests of who may see and change what.

use crate::server::TestApp;
use chrono::{DateTime, Utc};
use entity::{invite, ledger, member, reset_code, throttle, token, user};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use server::config::Auth;
use server::http::examples::{
    EXAMPLE_CODE, EXAMPLE_ID, EXAMPLE_INVITE, EXAMPLE_PASSWORD, EXAMPLE_USER, OTHER_EXAMPLE_ID,
};
use server::service::password::Passwords;
use server::service::secret::{self, SecretKind};
use tokio::sync::OnceCell;
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
    /// A new person who owns a new, empty ledger in EUR, with the password of the examples.
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
            password_hash: Set(Some(password_hash().await.to_owned())),
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
            made_by_token: Set(None),
            confirmed_until: Set(None),
        };
        token::Entity::insert(row)
            .exec_without_returning(self.connection())
            .await
            .expect("add a token");
        text
    }

    /// Gives somebody the password of the examples.
    pub async fn set_password(&self, user_id: Uuid) {
        self.change_user(user_id, user::Column::PasswordHash, password_hash().await.into())
            .await;
    }

    /// Lets everybody try again who failed too often.
    pub async fn forget_failures(&self) {
        let done = throttle::Entity::delete_many().exec(self.connection()).await;
        done.expect("forget failures");
    }

    /// Takes away all tokens that somebody has.
    pub async fn forget_tokens(&self, user_id: Uuid) {
        let theirs = token::Entity::delete_many().filter(token::Column::UserId.eq(user_id));
        theirs.exec(self.connection()).await.expect("forget tokens");
    }

    /// Makes somebody look after the accounts.
    pub async fn make_admin(&self, user_id: Uuid) {
        self.change_user(user_id, user::Column::IsAdmin, true.into())
            .await;
    }

    async fn change_user(&self, user_id: Uuid, column: user::Column, value: sea_orm::Value) {
        let done = user::Entity::update_many()
            .col_expr(column, Expr::value(value))
            .filter(user::Column::Id.eq(user_id))
            .exec(self.connection())
            .await;
        assert_eq!(done.expect("change a user").rows_affected, 1);
    }

    /// Somebody of that name with the password of the examples, and a code to set another with.
    async fn add_example_user(&self) {
        let db = self.connection();
        let known = user::Entity::find()
            .filter(user::Column::Name.eq(EXAMPLE_USER))
            .one(db)
            .await;
        let id = match known.expect("look for a user") {
            Some(user) => user.id,
            None => self.add_person(EXAMPLE_USER).await.user_id,
        };
        self.set_password(id).await;
        let now = self.state.clock.now();
        let code = secret::hash(EXAMPLE_CODE);
        reset_code::Entity::delete_many()
            .filter(reset_code::Column::Hash.eq(code.as_slice()))
            .exec(db)
            .await
            .expect("take the example's code");
        let row = reset_code::ActiveModel {
            id: Set(api::id::new_uuid()),
            user_id: Set(id),
            hash: Set(code.to_vec()),
            purpose: Set("password".to_owned()),
            created_at: Set(now),
            expires_at: Set(now + chrono::TimeDelta::minutes(30)),
            used_at: Set(None),
        };
        reset_code::Entity::insert(row)
            .exec_without_returning(db)
            .await
            .expect("add a code");
    }

    /// The people, the invites and the token that have the ids of the examples, around somebody's ledger.
    pub async fn add_example_people(&self, user_id: Uuid, ledger_id: Uuid, ids: [&str; 2]) {
        let db = self.connection();
        let (one, other) = (example_id(EXAMPLE_ID), example_id(OTHER_EXAMPLE_ID));
        Box::pin(self.add_example_user()).await;
        for (id, name, role) in [(one, "example", "viewer"), (other, "other-example", "owner")] {
            if user::Entity::find_by_id(id)
                .one(db)
                .await
                .expect("look for a user")
                .is_none()
            {
                self.insert_user(id, name, None).await;
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

/// The hash of the examples' password, made once a process.
pub async fn password_hash() -> &'static str {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let make = || async {
        let passwords = Passwords::new(&Auth::default()).expect("the default settings");
        let turn = passwords.turn().await.expect("a turn");
        let hash = passwords.hash(&turn, &EXAMPLE_PASSWORD.into()).await;
        hash.expect("a hash")
    };
    HASH.get_or_init(make).await
}

fn example_id(text: &str) -> Uuid {
    Uuid::try_parse(text).expect("an id")
}
