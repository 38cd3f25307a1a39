//! A server of this test's own, short ways to send files to it, and to look behind it by plain SQL.

use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use tests::client::{Call, Http};
use tests::server::TestApp;

pub struct App {
    pub app: TestApp,
    http: Http,
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

/// An import's id.
pub fn id_of(import: &Value) -> &str {
    import["id"].as_str().unwrap()
}

impl App {
    pub async fn start() -> Self {
        let app = Box::pin(TestApp::start()).await;
        let http = app.client();
        Self { app, http }
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
        let (status, body) = self
            .send(&format!("imports/{}/commit", id_of(import)), None, String::new())
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
        let mut call = self.request(Method::POST, path).bytes("text/csv", file);
        if let Some(key) = key {
            call = call.key(key);
        }
        answer(call).await
    }

    pub async fn call(&self, method: Method, path: &str) -> (u16, Value) {
        answer(self.request(method, path)).await
    }

    pub async fn call_if(&self, method: Method, path: &str, tag: &str) -> (u16, Value) {
        answer(self.request(method, path).if_match(tag)).await
    }

    pub fn request(&self, method: Method, path: &str) -> Call {
        self.http.call(method, path)
    }

    /// The one number that a statement yields.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self.app.connection().query_one_raw(self.statement(sql)).await;
        row.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// Count and sum of the live rows by a column of theirs, in its order.
    pub async fn sums(&self, column: &str) -> Vec<(String, i64, i64)> {
        let sql = format!(
            "SELECT {column} AS word, COUNT(*) AS n, CAST(SUM(amount_minor) AS SIGNED) AS minor FROM expense \
             LEFT JOIN category ON category.ledger_id = expense.ledger_id AND category.id = expense.category_id \
             LEFT JOIN category parent ON parent.ledger_id = category.ledger_id AND parent.id = category.parent_id \
             WHERE NOT expense.is_deleted GROUP BY {column} ORDER BY {column}"
        );
        let rows = self.app.connection().query_all_raw(self.statement(&sql)).await;
        let read = |row: &sea_orm::QueryResult| {
            let word: Option<String> = row.try_get("", "word").unwrap();
            (
                word.unwrap_or_default(),
                row.try_get("", "n").unwrap(),
                row.try_get("", "minor").unwrap(),
            )
        };
        rows.unwrap().iter().map(read).collect()
    }

    pub async fn execute(&self, sql: &str) {
        self.app.connection().execute_unprepared(sql).await.unwrap();
    }

    fn statement(&self, sql: &str) -> Statement {
        Statement::from_string(self.app.connection().get_database_backend(), sql.to_owned())
    }
}

/// Status and JSON body of an answer; null where there is none.
pub async fn answer(call: Call) -> (u16, Value) {
    let answer = call.await;
    (answer.status, answer.json)
}
