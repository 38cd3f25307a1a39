//! `/v1/auth`, `/v1/me`, `/v1/users`, `/v1/audit`: who signs in, who is kept out, and that nothing tells one from another.

mod audit;
mod confirm;
mod first_ledger;
mod load;
mod machine;
mod password;
mod people;
mod sign_in;
mod throttle;

use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::{Call, Http};
use tests::server::TestApp;

/// Another good password.
const NEW_PASSWORD: &str = "velvet 42 lantern grotto";

/// A sign-in as anybody.
fn login(http: &Http, name: &str, password: &str) -> Call {
    http.post("/v1/auth/login", json!({ "name": name, "password": password }))
}

/// Signs in with the password of the examples.
async fn sign_in(app: &TestApp, name: &str) -> Http {
    let session = login(&app.stranger(), name, EXAMPLE_PASSWORD).await.ok(200);
    with_token(app, &session)
}

fn with_token(app: &TestApp, session: &Value) -> Http {
    Http::new(app.address(), session["token"].as_str())
}

/// A refusal without what differs from request to request.
fn plain(answer: &tests::client::Answer) -> (u16, Value, Option<String>) {
    let mut json = answer.json.clone();
    json["request_id"] = Value::Null;
    let how = answer.header("www-authenticate").map(str::to_owned);
    (answer.status, json, how)
}
