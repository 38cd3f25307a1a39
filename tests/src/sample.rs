//! One call of each operation of the document, made from what the document itself says: its examples for the body, the
//! ids of the example book for what is filled into the address. For tests that hold for every operation alike.

use crate::calls::{Operation, operations};
use crate::client::{Answer, Call, Http};
use crate::house::ADDERS_ID;
use crate::server::TestApp;
use entity::{import, import_row};
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use server::http::examples::{EXAMPLE_ID, OTHER_EXAMPLE_ID};
use uuid::Uuid;

/// The day of the example book.
pub const EXAMPLE_DAY: &str = "2026-11-21";

/// A call of an operation.
#[derive(Debug, Clone)]
pub struct Sample {
    pub operation: Operation,
    /// `None` for what takes no body.
    pub body: Option<SampleBody>,
    /// What the document says it answers with when it succeeds.
    pub success: u16,
    /// True where it wants the ETag of what it changes.
    pub takes_if_match: bool,
    /// The query string of its parameters' examples, where a parameter is needed.
    pub query: String,
}

/// A body as it is sent.
#[derive(Debug, Clone)]
pub struct SampleBody {
    pub media_type: String,
    pub text: String,
}

impl Sample {
    /// True for what belongs to a ledger.
    pub fn is_of_a_ledger(&self) -> bool {
        self.operation.template.contains("{ledger}")
    }

    /// True for what changes something.
    pub fn is_write(&self) -> bool {
        self.operation.method != "GET" && !matches!(self.operation.id.as_str(), "parse_entry")
    }

    /// The address in a ledger, with an id for what is filled in beside it.
    pub fn path(&self, ledger: &str, id: &str) -> String {
        let filled = self.operation.template.split('/').map(|part| match part {
            "{ledger}" => ledger,
            "{date}" | "{day}" => EXAMPLE_DAY,
            // Changes have numbers; the first one of a book is of its rows.
            "{rev}" if [EXAMPLE_ID, ADDERS_ID].contains(&id) => "1",
            part if part.starts_with('{') => id,
            part => part,
        });
        let path = filled.collect::<Vec<_>>().join("/");
        if self.query.is_empty() {
            path
        } else {
            format!("{path}?{}", self.query)
        }
    }

    /// The call by somebody, in a ledger.
    pub fn call(&self, http: &Http, ledger: &str, id: &str) -> Call {
        let method: Method = self.operation.method.parse().expect("a method");
        let call = http.call(method, &self.path(ledger, id));
        match &self.body {
            Some(body) => call.bytes(&body.media_type, body.text.as_str()),
            None => call,
        }
    }
}

/// A call of every operation.
pub fn samples(document: &Value) -> Vec<Sample> {
    operations(document)
        .into_iter()
        .map(|operation| sample(document, operation))
        .collect()
}

fn sample(document: &Value, operation: Operation) -> Sample {
    let said = &document["paths"][&operation.template][operation.method.to_lowercase()];
    let content = said["requestBody"]["content"].as_object();
    let body = content
        .and_then(|content| content.iter().next())
        .map(|(media_type, media)| SampleBody {
            media_type: media_type.clone(),
            text: match &media["example"] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            },
        });
    let statuses = said["responses"]
        .as_object()
        .into_iter()
        .flat_map(|responses| responses.keys());
    let success = statuses
        .filter_map(|status| status.parse().ok())
        .find(|status| (200..300).contains(status));
    let parameters: Vec<&Value> = said["parameters"].as_array().into_iter().flatten().collect();
    let needed = parameters
        .iter()
        .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
    let query = needed.map(|parameter| {
        let example = [&parameter["example"], &parameter["schema"]["example"]]
            .into_iter()
            .find_map(Value::as_str);
        format!(
            "{}={}",
            parameter["name"].as_str().unwrap_or_default(),
            example.unwrap_or(EXAMPLE_DAY)
        )
    });
    Sample {
        query: query.collect::<Vec<_>>().join("&"),
        takes_if_match: parameters.iter().any(|parameter| parameter["name"] == "If-Match"),
        success: success.unwrap_or_default(),
        body,
        operation,
    }
}

/// Somebody's book with one entry of every sort that has the id of the examples, and is used by nothing.
#[derive(Debug)]
pub struct ExampleBook {
    http: Http,
}

/// A book for one call: a fresh one for what changes it, so that no example depends on another.
pub async fn book_of(app: &TestApp, sample: &Sample) -> ExampleBook {
    if sample.is_write() {
        let person = app
            .add_person(&format!(
                "p{:020x}",
                api::id::new_uuid().as_u128() & 0xffff_ffff_ffff_ffff_ffff
            ))
            .await;
        // So that nothing is refused: some of it is for admins.
        app.make_admin(person.user_id).await;
        let http = app.client_of(&person);
        fill_book(app, &http, person.user_id, person.ledger_id).await;
        return ExampleBook { http };
    }
    if app.rev().await == 0 {
        fill_example_book(app).await;
    }
    ExampleBook { http: app.client() }
}

impl ExampleBook {
    /// Makes the call, with the ETag of what it changes as reading it tells.
    pub async fn call(&self, sample: &Sample) -> Answer {
        let call = sample.call(&self.http, "default", EXAMPLE_ID);
        if !sample.takes_if_match {
            return call.await;
        }
        let path = sample.path("default", EXAMPLE_ID);
        let read = ["/restore", "/merge", "/reassign", "/commit"]
            .into_iter()
            .find_map(|verb| path.strip_suffix(verb));
        let read = self.http.get(read.unwrap_or(&path)).await;
        call.if_match(&read.etag()).await
    }
}

/// Fills the owner's ledger with the entries of the examples.
pub async fn fill_example_book(app: &TestApp) {
    fill_book(app, &app.client(), app.owner().user_id, app.ledger_id()).await;
}

async fn fill_book(app: &TestApp, http: &Http, user_id: Uuid, ledger_id: Uuid) {
    fill_book_with(app, http, (user_id, ledger_id), [EXAMPLE_ID, OTHER_EXAMPLE_ID]).await;
}

/// Fills somebody's ledger with entries that have those ids.
pub async fn fill_book_with(app: &TestApp, http: &Http, (user_id, ledger_id): (Uuid, Uuid), ids: [&str; 2]) {
    let [one, two] = ids;
    // What the examples name, where a new ledger lacks it.
    let named = json!({ "date": EXAMPLE_DAY, "amount": "1.00", "category": "Food", "account": "Card", "create_missing": true });
    http.post("expenses/batch", json!({ "operations": [
        { "op": "create", "expense": named },
        { "op": "create", "expense": { "id": one, "date": EXAMPLE_DAY, "amount": "12.00", "payee": "before" } },
    ] }))
    .await
    .expect(200);
    for (path, mut body) in [
        ("categories", json!({ "name": "Example category" })),
        ("accounts", json!({ "name": "Example account", "kind": "cash" })),
        ("payees", json!({ "name": "Example payee" })),
        ("tags", json!({ "name": "example-tag" })),
    ] {
        for (id, other) in [(one, ""), (two, "Other ")] {
            body["id"] = id.into();
            body["name"] = format!("{other}{}", body["name"].as_str().unwrap_or_default()).into();
            http.post(path, body.clone()).await.expect(201);
        }
    }
    import(app, http, ledger_id, one).await;
    operation(app, (user_id, ledger_id), one).await;
    app.add_example_people(user_id, ledger_id, ids).await;
}

/// The server chooses the ids of operations as well.
async fn operation(app: &TestApp, (user_id, ledger_id): (Uuid, Uuid), as_id: &str) {
    let id: Uuid = as_id.parse().expect("an id");
    let now = app.state.clock.now();
    let row = server::store::operation::Operation {
        ledger_id,
        id,
        kind: "merge_payee".to_owned(),
        args: json!({ "from": id, "into": id, "step": 1 }).to_string(),
        state: "done".to_owned(),
        done: 12,
        total: 12,
        user_id,
        client: "tests/1".to_owned(),
        idempotency_key: format!("example {}", ledger_id.simple()),
        request_hash: vec![0; 32],
        created_at: now,
        updated_at: now,
    };
    server::store::operation::insert(app.connection(), row)
        .await
        .expect("record an operation");
}

/// The server chooses an import's id; the example's is a copy of one that it made.
async fn import(app: &TestApp, http: &Http, ledger_id: Uuid, as_id: &str) {
    let file = "Date,Amount,Note\n2026-11-19,7.00,copied\n";
    let made = http
        .call(Method::POST, "imports")
        .bytes("text/csv", file)
        .await
        .ok(201);
    let id: Uuid = made["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let example: Uuid = as_id.parse().expect("an id");
    let db = app.connection();
    let found = import::Entity::find_by_id((ledger_id, id))
        .one(db)
        .await
        .expect("read the import");
    let copy = import::Model {
        id: example,
        ..found.expect("the import")
    };
    import::Entity::insert(copy.into_active_model())
        .exec_without_returning(db)
        .await
        .expect("copy the import");
    let rows = import_row::Entity::find()
        .filter(import_row::Column::LedgerId.eq(ledger_id))
        .all(db)
        .await;
    for row in rows
        .expect("read the rows")
        .into_iter()
        .filter(|row| row.import_id == id)
    {
        let copy = import_row::Model {
            import_id: example,
            ..row
        };
        import_row::Entity::insert(copy.into_active_model())
            .exec_without_returning(db)
            .await
            .expect("copy a row");
    }
}
