//! The served document: it equals the kept copy, so that no change of the contract goes unseen, and it keeps the rules of
//! OpenAPI 3.1 and the house's own.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use tests::server::TestApp;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/openapi.json");

async fn document() -> Value {
    let app = TestApp::start().await;
    server::http::document(&app.state).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "set by tests/run --golden and by nobody else"
)]
fn rewrite_is_asked_for() -> bool {
    std::env::var_os("EXPENSE_WRITE_GOLDEN").is_some()
}

/// Each operation with its address and method.
fn operations(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((
                format!("{} {path}", method.to_uppercase()),
                operation.as_object().unwrap(),
            ));
        }
    }
    all
}

/// Every object of the document, with where it is.
fn walk<'a>(value: &'a Value, at: &str, visit: &mut impl FnMut(&str, &'a Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(at, object);
            for (key, value) in object {
                walk(
                    value,
                    &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                    visit,
                );
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                walk(value, &format!("{at}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// The schemas that requests are made of, by name.
fn request_schemas(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut open: Vec<&Value> = operations(document)
        .iter()
        .filter_map(|(_, operation)| operation.get("requestBody"))
        .collect();
    while let Some(value) = open.pop() {
        walk(value, "", &mut |_, object| {
            let name = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|path| path.rsplit('/').next());
            if let Some(name) = name.filter(|name| names.insert((*name).to_owned())) {
                open.push(&document["components"]["schemas"][name]);
            }
        });
    }
    names
}

#[tokio::test]
async fn the_document_is_the_one_that_was_agreed_on() {
    let now = serde_json::to_string_pretty(&document().await).unwrap() + "\n";
    if rewrite_is_asked_for() {
        std::fs::write(GOLDEN, now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(GOLDEN).unwrap_or_default();
    if kept != now {
        let first = kept
            .lines()
            .zip(now.lines())
            .enumerate()
            .find(|(_, (kept, now))| kept != now);
        let (line, (kept, now)) = first.unwrap_or((0, ("", "")));
        panic!(
            "the API's document changed, first in line {}:\n- {kept}\n+ {now}\nIf that is meant, run tests/run --golden",
            line + 1
        );
    }
}

#[tokio::test]
async fn every_operation_is_named_described_and_grouped() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "{id} is there twice");
        assert!(
            id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{id}"
        );
        for part in ["summary", "description"] {
            let text = operation.get(part).and_then(Value::as_str).unwrap_or_default();
            assert!(text.len() > 3, "{name} has no {part}");
        }
        let groups = operation["tags"].as_array().unwrap();
        assert!(
            groups.len() == 1 && groups.iter().all(|tag| tags.contains(tag.as_str().unwrap())),
            "{name}: {groups:?}"
        );
    }
}

#[tokio::test]
async fn every_operation_says_how_it_refuses() {
    let document = document().await;
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let statuses: Vec<u16> = responses.keys().map(|status| status.parse().unwrap()).collect();
        assert!(
            statuses
                .iter()
                .filter(|status| (200..300).contains(*status))
                .count()
                == 1,
            "{name}: {statuses:?}"
        );
        for status in [429, 500, 503] {
            assert!(statuses.contains(&status), "{name} does not say {status}");
        }
        if operation["security"] != json!([]) || operation.contains_key("requestBody") {
            let of_a_token: &[u16] = &[400, 401, 403, 404];
            let of_a_stranger: &[u16] = &[400, 401, 403];
            let wanted = if operation["security"] != json!([]) {
                of_a_token
            } else {
                of_a_stranger
            };
            for status in wanted {
                assert!(statuses.contains(status), "{name} does not say {status}");
            }
        }
        for (status, response) in responses {
            let shared = response["$ref"]
                .as_str()
                .and_then(|path| document.pointer(path.strip_prefix('#')?));
            let response = shared.unwrap_or(response);
            assert!(
                response["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{name} {status}"
            );
            let media: Vec<&String> = response["content"]
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .collect();
            if status.starts_with(['4', '5']) {
                assert_eq!(media, ["application/problem+json"], "{name} {status}");
            }
        }
    }
}

#[tokio::test]
async fn media_types_carry_no_charset_and_every_body_has_an_example() {
    let document = document().await;
    walk(&document, "", &mut |at, object| {
        if let Some(content) = object.get("content").and_then(Value::as_object) {
            for media_type in content.keys() {
                assert!(
                    media_type.contains('/') && !media_type.contains(';'),
                    "{at}: {media_type}"
                );
            }
        }
    });
    for (name, operation) in operations(&document) {
        if let Some(body) = operation.get("requestBody") {
            assert_eq!(body["required"], true, "{name}");
            for media in body["content"].as_object().unwrap().values() {
                assert!(!media["example"].is_null(), "{name} has no example");
            }
        }
    }
}

#[tokio::test]
async fn request_schemas_are_closed_and_answers_are_open() {
    let document = document().await;
    let requests = request_schemas(&document);
    assert!(
        requests.contains("NewExpense") && requests.contains("ExpensePatch"),
        "{requests:?}"
    );
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if schema["type"] != "object" {
            continue;
        }
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        if requests.contains(name) {
            assert!(closed, "{name} takes unknown fields");
        } else if name == "Expense" || name == "Problem" || name.starts_with("Page_") {
            assert!(!closed, "{name} may grow");
        }
    }
}

#[tokio::test]
async fn schemas_keep_to_openapi_3_1() {
    let document = document().await;
    let types = [
        "string", "integer", "number", "boolean", "array", "object", "null",
    ];
    let formats = [
        "date",
        "date-time",
        "uuid",
        "uri",
        "uri-reference",
        "int32",
        "int64",
        "decimal",
        "iso-4217",
        "password",
    ];
    let mut references = Vec::new();
    walk(&document["components"], "", &mut |at, object| {
        if at.ends_with("/properties") || at.contains("/example") {
            return;
        }
        let kinds = match object.get("type") {
            _ if at.ends_with("/securitySchemes/bearer") => Vec::new(),
            Some(Value::Array(kinds)) => {
                assert!(kinds.len() == 2 && kinds[1] == "null", "{at}: {kinds:?}");
                kinds.iter().collect()
            }
            kind => kind.into_iter().collect(),
        };
        for kind in kinds {
            let kind = kind.as_str().unwrap();
            assert!(types.contains(&kind), "{at}: {kind}");
            assert!(
                kind != "array" || object.contains_key("items"),
                "{at} has no items"
            );
        }
        assert!(!object.contains_key("nullable"), "{at}: 3.0's way to say null");
        let any_of = object.get("anyOf").and_then(Value::as_array);
        assert!(
            any_of.is_none_or(|any| any.len() == 2 && any[1]["type"] == "null"),
            "{at}: {any_of:?}"
        );
        if let Some(format) = object.get("format").and_then(Value::as_str) {
            assert!(formats.contains(&format), "{at}: {format}");
        }
        if let Some(required) = object.get("required").and_then(Value::as_array) {
            for name in required {
                let known = object
                    .get("properties")
                    .and_then(|all| all.get(name.as_str().unwrap()));
                assert!(known.is_some(), "{at} needs {name}, which it does not have");
            }
        }
        if object.contains_key("$ref") {
            let beside = object
                .keys()
                .filter(|key| !matches!(key.as_str(), "$ref" | "description"));
            assert_eq!(beside.count(), 0, "{at}: {object:?}");
        }
    });
    walk(&document, "", &mut |_, object| {
        references.extend(object.get("$ref").and_then(Value::as_str));
    });
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn parameters_are_described_and_those_of_the_address_are_in_it() {
    let document = document().await;
    for (name, operation) in operations(&document) {
        let (_, path) = name.split_once(' ').unwrap();
        let mut in_path = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for parameter in operation
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let (called, place) = (
                parameter["name"].as_str().unwrap(),
                parameter["in"].as_str().unwrap(),
            );
            assert!(seen.insert((called, place)), "{name}: {called} is there twice");
            let text = [&parameter["description"], &parameter["schema"]["description"]];
            assert!(
                text.iter()
                    .any(|text| text.as_str().is_some_and(|text| !text.is_empty())),
                "{name}: {called}"
            );
            assert!(parameter["schema"].is_object(), "{name}: {called}");
            if place == "path" {
                assert_eq!(parameter["required"], true, "{name}: {called}");
                in_path.insert(called);
            }
        }
        let templated: BTreeSet<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        assert_eq!(in_path, templated, "{name}");
        if !name.starts_with("GET") && !path.ends_with("/parse") {
            assert!(
                seen.contains(&("Idempotency-Key", "header")),
                "{name} takes no Idempotency-Key"
            );
        }
    }
}

#[tokio::test]
async fn days_are_dates_and_amounts_are_texts() {
    let document = document().await;
    let properties = &document["components"]["schemas"]["NewExpense"]["properties"];
    assert_eq!(
        (&properties["date"]["type"], &properties["date"]["format"]),
        (&"string".into(), &"date".into())
    );
    assert_eq!(properties["amount"]["type"], "string");
    walk(&document, "", &mut |at, object| {
        assert!(
            object.get("format").and_then(Value::as_str) != Some("naive-date"),
            "{at}"
        );
        assert!(
            object.get("type").and_then(Value::as_str) != Some("number"),
            "{at}: nothing here is a float"
        );
    });
}

#[tokio::test]
async fn the_document_says_who_answers_for_it_where_it_is_and_what_to_read_first() {
    let document = document().await;
    assert_eq!(document["servers"][0]["url"], "/");
    let info = &document["info"];
    assert!(info["contact"]["name"].is_string() && info["license"]["identifier"] == "MIT");
    let page = info["description"].as_str().unwrap();
    for word in [
        "Money",
        "Idempotency-Key",
        "If-Match",
        "next_cursor",
        "RateLimit",
        "errors",
        "/docs/guide",
    ] {
        assert!(page.contains(word), "{word}");
    }
    let tags: Vec<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    assert_eq!(tags[..4], ["Auth", "Ledgers", "Expenses", "Days"]);
    assert_eq!(tags.last(), Some(&"Health"));
}

#[tokio::test]
async fn operations_for_everybody_say_so() {
    let document = document().await;
    let open: BTreeSet<&str> = operations(&document)
        .iter()
        .filter(|(_, operation)| operation["security"] == json!([]))
        .map(|(_, operation)| operation["operationId"].as_str().unwrap())
        .collect();
    assert!(open.is_superset(&BTreeSet::from([
        "livez",
        "login",
        "readyz",
        "reset_password",
        "sign_up"
    ])));
    assert!(
        !open.contains("list_expenses") && !open.contains("get_me"),
        "{open:?}"
    );
    for (name, operation) in operations(&document) {
        assert!(operation["security"].is_array(), "{name}");
    }
}

#[tokio::test]
async fn what_may_be_left_out_of_a_request_has_no_default_that_makes_it_needed() {
    let document = document().await;
    for name in request_schemas(&document) {
        let schema = &document["components"]["schemas"][&name];
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            assert!(property.get("default").is_none(), "{name}: {field}");
        }
    }
}

#[tokio::test]
async fn no_component_is_there_for_nothing() {
    let document = document().await;
    let text = document.to_string();
    for kind in ["schemas", "responses"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let reference = format!("\"#/components/{kind}/{name}\"");
            assert!(text.contains(&reference), "{reference}");
        }
    }
}
