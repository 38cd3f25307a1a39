//! The tables keep what they promise on both databases: values come back as they went in, and the rows that no code
//! should write are refused by the database itself. The models show the tables as they are.

use sea_orm::prelude::{DateTimeUtc, Uuid};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait,
    Iden, Iterable, Statement,
};
use std::collections::BTreeSet;
use tests::db::TestDb;

/// The seeded owner and ledger, and a row in it that the tests alter.
struct Books {
    db: DatabaseConnection,
    ledger: entity::ledger::Model,
    expense: entity::expense::Model,
}

impl Books {
    async fn open(test: &TestDb) -> Self {
        let db = test.connect().await;
        let ledger = entity::ledger::Entity::find().one(&db).await.unwrap().unwrap();
        let user = entity::user::Entity::find().one(&db).await.unwrap().unwrap();
        let at: DateTimeUtc = "2026-11-22T23:59:59.123456Z".parse().unwrap();
        let expense = entity::expense::Model {
            ledger_id: ledger.id,
            id: Uuid::from_u128(1),
            spent_on: "2026-02-28".parse().unwrap(),
            amount_minor: 999_999_999_999,
            currency: "EUR".to_owned(),
            kind: "expense".to_owned(),
            category_id: None,
            account_id: None,
            to_account_id: None,
            payee_id: None,
            note: Some("Käse 🧀".to_owned()),
            note_fold: Some("kase 🧀".to_owned()),
            paid_by: Some(user.id),
            external_id: None,
            is_deleted: false,
            deleted_at: None,
            version: 1,
            created_by: user.id,
            created_at: at,
            updated_at: at,
        };
        Self { db, ledger, expense }
    }

    async fn write(&self, change: impl FnOnce(&mut entity::expense::Model)) -> Result<(), DbErr> {
        let mut expense = self.expense.clone();
        change(&mut expense);
        let expense = entity::expense::ActiveModel::from(expense).reset_all();
        entity::expense::Entity::insert(expense)
            .exec_without_returning(&self.db)
            .await
            .map(drop)
    }

    /// A second ledger, with one category of its own.
    async fn another_ledgers_category(&self) -> Uuid {
        let id = Uuid::from_u128(7);
        let ledger: entity::ledger::ActiveModel = self.ledger.clone().into();
        let ledger = entity::ledger::ActiveModel {
            id: Set(id),
            ..ledger.reset_all()
        };
        entity::ledger::Entity::insert(ledger)
            .exec_without_returning(&self.db)
            .await
            .unwrap();
        self.category(|category| {
            category.ledger_id = Set(id);
            category.id = Set(id);
        })
        .await
        .unwrap();
        id
    }

    /// A copy of a seeded category with another id, altered.
    async fn category(&self, change: impl FnOnce(&mut entity::category::ActiveModel)) -> Result<(), DbErr> {
        let seeded = entity::category::Entity::find()
            .one(&self.db)
            .await
            .unwrap()
            .unwrap();
        let mut copy = entity::category::ActiveModel::from(seeded).reset_all();
        copy.id = Set(Uuid::from_u128(2));
        change(&mut copy);
        entity::category::Entity::insert(copy)
            .exec_without_returning(&self.db)
            .await
            .map(drop)
    }
}

#[tokio::test]
async fn an_expense_comes_back_as_it_went_in_to_the_microsecond() {
    let test = TestDb::new().await;
    let books = Books::open(&test).await;
    books.write(|_| {}).await.unwrap();
    let read = entity::expense::Entity::find()
        .one(&books.db)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read, books.expense);
}

#[tokio::test]
async fn amounts_outside_the_range_are_refused() {
    let test = TestDb::new().await;
    let books = Books::open(&test).await;
    for amount in [0, -1, 1_000_000_000_000] {
        assert!(
            books.write(|row| row.amount_minor = amount).await.is_err(),
            "{amount}"
        );
    }
    books.write(|row| row.amount_minor = 1).await.unwrap();
}

#[tokio::test]
async fn words_outside_the_closed_sets_are_refused() {
    let test = TestDb::new().await;
    let books = Books::open(&test).await;
    assert!(books.write(|row| row.kind = "gift".to_owned()).await.is_err());
    assert!(
        books.write(|row| row.is_deleted = true).await.is_err(),
        "a tombstone without its time"
    );
}

#[tokio::test]
async fn a_row_cannot_point_into_another_ledger() {
    let test = TestDb::new().await;
    let books = Books::open(&test).await;
    let theirs = books.another_ledgers_category().await;
    assert!(books.write(|row| row.category_id = Some(theirs)).await.is_err());
    assert!(
        books
            .category(|row| row.parent_id = Set(Some(theirs)))
            .await
            .is_err()
    );
    let ours = entity::category::Entity::find().all(&books.db).await.unwrap();
    let ours = ours
        .iter()
        .find(|row| row.ledger_id == books.ledger.id)
        .unwrap()
        .id;
    books.write(|row| row.category_id = Some(ours)).await.unwrap();
}

#[tokio::test]
async fn only_the_destination_of_a_transfer_may_be_set() {
    let test = TestDb::new().await;
    let books = Books::open(&test).await;
    let account = entity::account::Entity::find()
        .one(&books.db)
        .await
        .unwrap()
        .unwrap()
        .id;
    assert!(
        books
            .write(|row| row.to_account_id = Some(account))
            .await
            .is_err()
    );
    let transfer = |row: &mut entity::expense::Model| {
        row.kind = "transfer".to_owned();
        row.to_account_id = Some(account);
    };
    books.write(transfer).await.unwrap();
}

#[tokio::test]
async fn a_live_name_is_taken_once_and_free_again_after_deletion() {
    let test = TestDb::new().await;
    let books = Books::open(&test).await;
    assert!(books.category(|_| {}).await.is_err(), "the name is taken");
    assert!(
        books.category(|row| row.live_name = Set(None)).await.is_err(),
        "live, but without a live name"
    );
    for id in [3, 4] {
        let tombstone = |row: &mut entity::category::ActiveModel| {
            row.id = Set(Uuid::from_u128(id));
            row.live_name = Set(None);
            row.is_deleted = Set(true);
        };
        books.category(tombstone).await.unwrap();
    }
}

#[tokio::test]
async fn every_model_has_the_columns_of_its_table_and_no_others() {
    let test = TestDb::new().await;
    let db = test.connect().await;
    let mut models = BTreeSet::new();
    macro_rules! compare {
        ($($table:ident)*) => {$(
            let model = entity::$table::Column::iter().map(|column| column.to_string()).collect::<BTreeSet<_>>();
            assert_eq!(model, columns(&db, stringify!($table)).await, stringify!($table));
            entity::$table::Entity::find().all(&db).await.unwrap();
            models.insert(stringify!($table).to_owned());
        )*};
    }
    compare!(user ledger member token category account payee tag expense expense_tag external_ref change change_row
        month_total import_row import operation setting
        account_write invite reset_code throttle audit undo);
    let mut tables = names(
        &db,
        match db.get_database_backend() {
            DbBackend::MySql => {
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()"
            }
            _ => "SELECT name FROM sqlite_master WHERE type = 'table'",
        },
        None,
    )
    .await;
    tables.retain(|table| table != "seaql_migrations" && table != "lease");
    assert_eq!(models, tables);
}

async fn columns(db: &DatabaseConnection, table: &str) -> BTreeSet<String> {
    let sql = match db.get_database_backend() {
        DbBackend::MySql => {
            "SELECT column_name AS name FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name = ?"
        }
        _ => "SELECT name FROM pragma_table_info(?)",
    };
    names(db, sql, Some(table)).await
}

async fn names(db: &DatabaseConnection, sql: &str, table: Option<&str>) -> BTreeSet<String> {
    let values: Vec<sea_orm::Value> = table.map(Into::into).into_iter().collect();
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.into_iter()
        .map(|row| row.try_get("", "name").unwrap())
        .collect()
}
