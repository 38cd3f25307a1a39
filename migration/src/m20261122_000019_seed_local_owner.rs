//! The first rows of a new database: one local owner with one ledger, its usual categories and accounts.
//! All in one transaction, and nothing at all where somebody lives already. The ids are drawn anew for each database,
//! so that two books never share a ledger's id.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::{ChronoDateTimeUtc, ChronoUtc};
use uuid::Uuid;

const CATEGORIES: [&str; 10] = [
    "Food",
    "Shopping",
    "Rent",
    "Entertainment",
    "Other",
    "Groceries",
    "Transport",
    "Health",
    "Utilities",
    "Travel",
];
const ACCOUNTS: [(&str, &str); 3] = [("Cash", "cash"), ("Card", "card"), ("Bank", "bank")];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let transaction = manager.begin().await?;
        if !somebody_lives_here(&transaction).await? {
            Seed::now().plant(&transaction).await?;
        }
        transaction.commit().await
    }
}

async fn somebody_lives_here(manager: &SchemaManager<'_>) -> Result<bool, DbErr> {
    let any = Query::select().column("id").from("user").limit(1).take();
    Ok(manager.get_connection().query_one(&any).await?.is_some())
}

/// What every seeded row shares.
struct Seed {
    user: Uuid,
    ledger: Uuid,
    at: ChronoDateTimeUtc,
}

impl Seed {
    #[expect(
        clippy::disallowed_methods,
        reason = "a migration has no clock but the host's"
    )]
    fn now() -> Self {
        let now = ChronoUtc::now();
        let at = ChronoDateTimeUtc::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now);
        Self {
            user: new_id(),
            ledger: new_id(),
            at,
        }
    }

    async fn plant(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.execute(self.owner()).await?;
        manager.execute(self.books()).await?;
        manager.execute(self.membership()).await?;
        manager.execute(self.categories()).await?;
        manager.execute(self.accounts()).await
    }

    fn owner(&self) -> InsertStatement {
        let columns = [
            "id",
            "name",
            "display_name",
            "is_admin",
            "is_disabled",
            "default_ledger_id",
        ];
        let row: [Expr; 6] = [
            self.user.into(),
            "local".into(),
            "Local owner".into(),
            true.into(),
            false.into(),
            self.ledger.into(),
        ];
        self.stamped("user", &columns, [row])
    }

    fn books(&self) -> InsertStatement {
        let columns = [
            "id",
            "name",
            "base_currency",
            "month_start_day",
            "week_start",
            "rev",
            "epoch",
        ];
        let row: [Expr; 7] = [
            self.ledger.into(),
            "Personal".into(),
            "EUR".into(),
            1.into(),
            1.into(),
            0_i64.into(),
            new_id().into(),
        ];
        self.stamped("ledger", &columns, [row])
    }

    fn membership(&self) -> InsertStatement {
        let columns = ["ledger_id", "user_id", "role", "state"];
        let row: [Expr; 4] = [
            self.ledger.into(),
            self.user.into(),
            "owner".into(),
            "active".into(),
        ];
        self.stamped("member", &columns, [row])
    }

    fn categories(&self) -> InsertStatement {
        let columns = [
            "ledger_id",
            "id",
            "name",
            "name_fold",
            "live_name",
            "is_archived",
            "is_deleted",
        ];
        let rows = CATEGORIES.map(|name| -> [Expr; 7] {
            let fold = name.to_lowercase();
            let live_name = format!(":{fold}");
            let id = new_id();
            [
                self.ledger.into(),
                id.into(),
                name.into(),
                fold.into(),
                live_name.into(),
                false.into(),
                false.into(),
            ]
        });
        self.stamped("category", &columns, rows)
    }

    fn accounts(&self) -> InsertStatement {
        let columns = [
            "ledger_id",
            "id",
            "name",
            "name_fold",
            "live_name",
            "kind",
            "is_archived",
            "is_deleted",
        ];
        let rows = ACCOUNTS.map(|(name, kind)| -> [Expr; 8] {
            let fold = name.to_lowercase();
            let id = new_id();
            [
                self.ledger.into(),
                id.into(),
                name.into(),
                fold.clone().into(),
                fold.into(),
                kind.into(),
                false.into(),
                false.into(),
            ]
        });
        self.stamped("account", &columns, rows)
    }

    /// Rows of version 1, made at this moment.
    fn stamped<const COLUMNS: usize, const ROWS: usize>(
        &self,
        table: &'static str,
        columns: &[&'static str; COLUMNS],
        rows: [[Expr; COLUMNS]; ROWS],
    ) -> InsertStatement {
        let stamp_columns = ["version", "created_at", "updated_at"];
        let mut insert = Query::insert();
        insert
            .into_table(table)
            .columns(columns.iter().copied().chain(stamp_columns));
        for row in rows {
            let stamp: [Expr; 3] = [1_i64.into(), self.at.into(), self.at.into()];
            insert.values_panic(row.into_iter().chain(stamp));
        }
        insert
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a migration stands alone: it uses no other crate of ours"
)]
fn new_id() -> Uuid {
    Uuid::now_v7()
}
