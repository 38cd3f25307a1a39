//! A ledger with somebody in every role, and the tokens they may come with; and beside it somebody else's ledger, whose
//! things have ids of their own. For tests of who may do what.

use crate::client::Http;
use crate::people::{Person, TokenRow};
use crate::sample::{EXAMPLE_DAY, fill_book_with};
use crate::server::TestApp;
use api::id::new_uuid;
use chrono::TimeDelta;
use entity::{member, user};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};
use serde_json::json;
use server::http::examples::{EXAMPLE_ID, OTHER_EXAMPLE_ID};
use server::service::secret::{SecretKind, draw};
use uuid::Uuid;

/// The id of one thing of every sort in somebody else's ledger.
pub const FOREIGN_ID: &str = "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4aaa";
const OTHER_FOREIGN_ID: &str = "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4aab";
/// The row that the adder recorded.
pub const ADDERS_ID: &str = "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4add";

/// Who comes, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    NoToken,
    Expired,
    Revoked,
    Disabled,
    /// The owner, with a token of that scope alone.
    Scope(&'static str),
    /// A member in that role, with a token of all scopes.
    Role(&'static str),
    Invited,
    Removed,
    Stranger,
    /// Who looks after the accounts of others, and is a member of nothing here.
    Admin,
}

impl Who {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::NoToken,
        Self::Expired,
        Self::Revoked,
        Self::Disabled,
        Self::Scope("read"),
        Self::Scope("add"),
        Self::Scope("write"),
        Self::Scope("share"),
        Self::Scope("account"),
        Self::Role("owner"),
        Self::Role("editor"),
        Self::Role("viewer"),
        Self::Role("adder"),
        Self::Invited,
        Self::Removed,
        Self::Stranger,
        Self::Admin,
    ];
}

/// A ledger in which everything has the id of the examples, and its people.
#[derive(Debug)]
pub struct House {
    pub ledger_id: Uuid,
    /// A code that lets anybody into the ledger of somebody else.
    pub invite: String,
    /// A code that lets anybody in here.
    pub invite_home: String,
    callers: Vec<(Who, Http)>,
    tokens: Vec<(Who, Uuid)>,
}

/// Somebody else's ledger.
#[derive(Debug)]
pub struct Abroad {
    pub ledger_id: Uuid,
    person: Person,
}

impl Abroad {
    pub async fn new(app: &TestApp) -> Self {
        let person = app.add_person("stranger").await;
        let ids = (person.user_id, person.ledger_id);
        fill_book_with(app, &app.client_of(&person), ids, [FOREIGN_ID, OTHER_FOREIGN_ID]).await;
        Self {
            ledger_id: person.ledger_id,
            person,
        }
    }
}

impl House {
    pub async fn new(app: &TestApp, abroad: &Abroad) -> Self {
        app.forget_failures().await;
        let name = |what: &str| format!("{what}-{:014x}", new_uuid().as_u128() & 0xff_ffff_ffff_ffff);
        let owner = app.add_person(&name("owner")).await;
        let http = app.client_of(&owner);
        let ledger_id = owner.ledger_id;
        fill_book_with(
            app,
            &http,
            (owner.user_id, ledger_id),
            [EXAMPLE_ID, OTHER_EXAMPLE_ID],
        )
        .await;
        let mut callers = vec![(Who::NoToken, app.stranger()), (Who::Role("owner"), http)];
        let mut tokens = Vec::new();
        let now = app.state.clock.now() - TimeDelta::seconds(1);
        let everything = TokenRow::default;
        for (who, row) in [
            (
                Who::Expired,
                TokenRow {
                    expires_at: Some(now),
                    ..everything()
                },
            ),
            (
                Who::Revoked,
                TokenRow {
                    revoked_at: Some(now),
                    ..everything()
                },
            ),
        ] {
            let token = app.add_token(owner.user_id, row).await;
            callers.push((who, Http::new(app.address(), Some(&token))));
        }
        for scopes in ["read", "add", "write", "share", "account"] {
            let token = app
                .add_token(
                    owner.user_id,
                    TokenRow {
                        scopes,
                        ..everything()
                    },
                )
                .await;
            callers.push((Who::Scope(scopes), Http::new(app.address(), Some(&token))));
        }
        for (who, role, state) in [
            (Who::Role("editor"), "editor", "active"),
            (Who::Role("viewer"), "viewer", "active"),
            (Who::Role("adder"), "adder", "active"),
            (Who::Disabled, "owner", "active"),
            (Who::Invited, "owner", "invited"),
            (Who::Removed, "owner", "removed"),
        ] {
            let person = app.add_person(&name(role)).await;
            app.add_member(person.user_id, ledger_id, role).await;
            let http = app.client_of(&person);
            if who == Who::Role("adder") {
                let row = json!({ "id": ADDERS_ID, "date": EXAMPLE_DAY, "amount": "5.00" });
                http.in_ledger(ledger_id).post("expenses", row).await.expect(201);
            }
            set_state(app, ledger_id, person.user_id, state).await;
            if who == Who::Disabled {
                disable(app, person.user_id).await;
            }
            callers.push((who, http));
            tokens.push((who, app.add_spare_token(person.user_id).await));
        }
        let admin = app.add_person(&name("admin")).await;
        app.make_admin(admin.user_id).await;
        callers.push((Who::Admin, app.client_of(&admin)));
        tokens.push((Who::Admin, app.add_spare_token(admin.user_id).await));
        // A fresh one, in case the last house ended it; and of tokens one has so many.
        app.forget_tokens(abroad.person.user_id).await;
        let stranger = app.add_token(abroad.person.user_id, everything()).await;
        callers.push((Who::Stranger, Http::new(app.address(), Some(&stranger))));
        tokens.push((Who::Stranger, app.add_spare_token(abroad.person.user_id).await));
        let (invite, invite_home) = (draw(SecretKind::Invite), draw(SecretKind::Invite));
        app.add_invite(abroad.ledger_id, new_uuid(), abroad.person.user_id, &invite)
            .await;
        app.add_invite(ledger_id, new_uuid(), owner.user_id, &invite_home)
            .await;
        Self {
            ledger_id,
            invite,
            invite_home,
            callers,
            tokens,
        }
    }

    /// The client of one of them.
    pub fn client(&self, who: Who) -> &Http {
        let found = self.callers.iter().find(|(of, _)| *of == who);
        &found.expect("everybody is at home").1
    }

    /// A token of theirs beside the one they come with, where it is not the owner's, which has the id of the examples.
    pub fn spare_token(&self, who: Who) -> Option<Uuid> {
        let found = self.tokens.iter().find(|(of, _)| *of == who);
        found.map(|(_, id)| *id)
    }
}

async fn set_state(app: &TestApp, ledger_id: Uuid, user_id: Uuid, state: &str) {
    let update = member::Entity::update_many().col_expr(member::Column::State, Expr::value(state));
    update
        .filter(member::Column::LedgerId.eq(ledger_id))
        .filter(member::Column::UserId.eq(user_id))
        .exec(app.connection())
        .await
        .expect("change a member");
}

async fn disable(app: &TestApp, user_id: Uuid) {
    let update = user::Entity::update_many().col_expr(user::Column::IsDisabled, Expr::value(true));
    update
        .filter(user::Column::Id.eq(user_id))
        .exec(app.connection())
        .await
        .expect("disable a user");
}

/// How much of everything there is, in all ledgers: any write that is not undone within its request shows in it. What only
/// notes that somebody called (uses of tokens, the audit, throttles) is not in it.
pub async fn fingerprint(app: &TestApp) -> String {
    let db = app.connection();
    let parts = [
        "SELECT COALESCE(SUM(rev), 0) FROM ledger",
        "SELECT COALESCE(SUM(version), 0) FROM ledger",
        "SELECT COALESCE(SUM(version), 0) FROM member",
        "SELECT COUNT(*) FROM member WHERE state = 'active'",
        "SELECT COALESCE(SUM(version), 0) FROM expense",
        "SELECT COUNT(*) FROM expense_tag",
        "SELECT COALESCE(SUM(version), 0) FROM category",
        "SELECT COALESCE(SUM(version), 0) FROM account",
        "SELECT COALESCE(SUM(version), 0) FROM payee",
        "SELECT COALESCE(SUM(version), 0) FROM tag",
        "SELECT COUNT(*) FROM `change`",
        "SELECT COUNT(*) FROM change_row",
        "SELECT COUNT(*) FROM external_ref",
        "SELECT COUNT(*) FROM import",
        "SELECT COUNT(*) FROM import_row",
        "SELECT COUNT(*) FROM operation",
        "SELECT COUNT(*) FROM invite WHERE used_at IS NULL AND revoked_at IS NULL",
        "SELECT COUNT(*) FROM token WHERE revoked_at IS NULL",
        "SELECT COALESCE(SUM(version), 0) FROM user",
        "SELECT COUNT(*) FROM reset_code WHERE used_at IS NULL",
        "SELECT COUNT(*) FROM account_write",
    ];
    let mut seen = Vec::new();
    let backend = db.get_database_backend();
    let columns: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(n, part)| format!("CAST(({part}) AS SIGNED) AS c{n}"))
        .collect();
    let sql = format!("SELECT {}", columns.join(", "));
    let sql = if backend == sea_orm::DbBackend::Sqlite {
        sql.replace("AS SIGNED", "AS INTEGER")
    } else {
        sql
    };
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await
        .expect("take the fingerprint")
        .expect("a row");
    for n in 0..parts.len() {
        seen.push(
            row.try_get::<i64>("", &format!("c{n}"))
                .expect("a count")
                .to_string(),
        );
    }
    seen.join(" ")
}
