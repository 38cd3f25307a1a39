//! One call of each operation of the document, made from what the document itself says: its examples for the body, the
//! ids of the example book for what is filled into the address. For tests that hold for every operation alike.

use crate::calls::{Operation, operations};
use crate::client::{Call, Http};
use crate::server::TestApp;
use reqwest::Method;
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_ID;

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

/// Fills the owner's ledger with one entry of every sort that has the id of the examples, and is used by nothing.
pub async fn fill_example_book(app: &TestApp) {
    let http = app.client();
    for (path, body) in [
        (
            "expenses",
            json!({ "id": EXAMPLE_ID, "date": EXAMPLE_DAY, "amount": "12.00", "payee": "before" }),
        ),
        (
            "categories",
            json!({ "id": EXAMPLE_ID, "name": "Example category" }),
        ),
        (
            "accounts",
            json!({ "id": EXAMPLE_ID, "name": "Example account", "kind": "cash" }),
        ),
        ("payees", json!({ "id": EXAMPLE_ID, "name": "Example payee" })),
        ("tags", json!({ "id": EXAMPLE_ID, "name": "example-tag" })),
    ] {
        http.post(path, body).await.expect(201);
    }
}
