//! A server of this test's own, and short ways to send files to it and to look behind it.

use reqwest::{Method, header};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::Value;
use server::config::{Config, DatabaseUrl};
use server::embedded::{Running, start_with};
use tests::db::TestDb;

pub struct App {
    pub running: Running,
    connection: DatabaseConnection,
    client: reqwest::Client,
    db: TestDb,
}

/// New, duplicate and invalid rows.
pub fn preview_of(import: &Value) -> (u64, u64, u64) {
    let count = |name: &str| import[name].as_u64().unwrap();
    (
        count("new_count"),
        count("duplicate_count"),
        count("invalid_count"),
    )
}

impl App {
    pub async fn start() -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let db = Box::pin(TestDb::new()).await;
        let running = run(&db).await;
        let connection = db.connect().await;
        let client = reqwest::Client::builder()
            .no_proxy()
            .user_agent("tests/1")
            .build()
            .unwrap();
        Self {
            running,
            connection,
            client,
            db,
        }
    }

    /// Another server over the same database, the first one gone.
    pub async fn restart(self) -> Self {
        let Self {
            running,
            connection,
            client,
            db,
        } = self;
        running.shutdown().await;
        let running = run(&db).await;
        Self {
            running,
            connection,
            client,
            db,
        }
    }

    pub async fn preview(&self, query: &str, file: &str) -> Value {
        self.preview_bytes(query, file.as_bytes().to_vec()).await
    }

    pub async fn preview_bytes(&self, query: &str, file: Vec<u8>) -> Value {
        let (status, body) = self.send_bytes(&format!("imports?{query}"), None, file).await;
        assert_eq!(status, 201, "{body:#}");
        body
    }

    pub async fn commit(&self, import: &Value) -> Value {
        let id = import["id"].as_str().unwrap();
        let (status, body) = self
            .send(&format!("imports/{id}/commit"), None, String::new())
            .await;
        assert_eq!(status, 200, "{body:#}");
        body
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path).await;
        assert_eq!(status, 200, "{path}: {body:#}");
        body
    }

    pub async fn send(&self, path: &str, key: Option<&str>, file: String) -> (u16, Value) {
        self.send_bytes(path, key, file.into_bytes()).await
    }

    pub async fn send_bytes(&self, path: &str, key: Option<&str>, file: Vec<u8>) -> (u16, Value) {
        let mut request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "text/csv")
            .body(file);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        answer(request).await
    }

    pub async fn call(&self, method: Method, path: &str) -> (u16, Value) {
        answer(self.request(method, path)).await
    }

    pub async fn call_if(&self, method: Method, path: &str, tag: &str) -> (u16, Value) {
        answer(self.request(method, path).header(header::IF_MATCH, tag)).await
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}/v1/ledgers/default/{path}", self.running.address);
        self.client.request(method, url).bearer_auth(&self.running.token)
    }

    /// The one number that a statement yields.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self
            .connection
            .query_one_raw(self.statement(sql))
            .await
            .unwrap()
            .unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Count and sum of the live rows by a column of theirs, in its order.
    pub async fn sums(&self, column: &str) -> Vec<(String, i64, i64)> {
        let sql = format!(
            "SELECT {column} AS word, COUNT(*) AS n, CAST(SUM(amount_minor) AS SIGNED) AS minor FROM expense \
             LEFT JOIN category ON category.ledger_id = expense.ledger_id AND category.id = expense.category_id \
             LEFT JOIN category parent ON parent.ledger_id = category.ledger_id AND parent.id = category.parent_id \
             WHERE NOT expense.is_deleted GROUP BY {column} ORDER BY {column}"
        );
        let rows = self.connection.query_all_raw(self.statement(&sql)).await.unwrap();
        let read = |row: &sea_orm::QueryResult| {
            let word: Option<String> = row.try_get("", "word").unwrap();
            (
                word.unwrap_or_default(),
                row.try_get("", "n").unwrap(),
                row.try_get("", "minor").unwrap(),
            )
        };
        rows.iter().map(read).collect()
    }

    pub async fn execute(&self, sql: &str) {
        self.connection.execute_unprepared(sql).await.unwrap();
    }

    fn statement(&self, sql: &str) -> Statement {
        Statement::from_string(self.connection.get_database_backend(), sql.to_owned())
    }
}

async fn run(db: &TestDb) -> Running {
    let mut config = Config::default();
    config.database.urls = vec![DatabaseUrl::from(db.url())];
    Box::pin(start_with(config)).await.unwrap()
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.bytes().await.unwrap();
    (
        status,
        if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).unwrap()
        },
    )
}
