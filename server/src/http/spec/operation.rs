//! The operations of the document: their parameters one by one, the example of their body, the headers of their answers,
//! and every way in which they refuse.

use super::set;
use crate::http::examples;
use serde_json::{Map, Value, json};

pub(super) fn mend_operation(method: &str, operation: &mut Map<String, Value>, schemas: &Value) {
    let id = operation
        .get("operationId")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if let Some(parameters) = operation.get("parameters").and_then(Value::as_array) {
        let spread: Vec<Value> = parameters
            .iter()
            .flat_map(|parameter| spread(parameter, schemas))
            .collect();
        operation.insert("parameters".into(), spread.into());
    }
    if let Some(example) = examples::body(&id)
        && let Some(content) = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"))
        && let Some(content) = content.as_object_mut()
    {
        for media in content.values_mut().filter_map(Value::as_object_mut) {
            media.insert("example".into(), example.clone());
        }
    }
    if id == "report_compare" {
        need_period(operation);
    }
    // An operation goes on by itself and has no version.
    let has_etag = id.starts_with("get_") && id != "get_operation";
    if has_etag {
        add_if_none_match(operation);
    }
    let has_if_match = has_parameter(operation, "If-Match");
    let needs_token = operation.get("security").is_some();
    let is_write = method != "get";
    if !needs_token {
        // Said, or it would be as if it had been forgotten.
        operation.insert("security".into(), json!([]));
    }
    let is_repeatable = has_parameter(operation, "Idempotency-Key");
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    for (status, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
        mend_headers(&id, is_repeatable && status != "204", response);
    }
    if has_etag {
        let unchanged = "It still has the ETag of `If-None-Match`; there is no body.";
        responses.insert("304".into(), json!({ "description": unchanged }));
    }
    let mut codes = vec![429, 500, 503];
    if needs_token {
        codes.extend([400, 401, 403, 404, 409, 410, 422]);
    }
    if is_write {
        codes.extend([408, 413, 415]);
        if !needs_token {
            // Whoever is not signed in yet is refused as well.
            codes.extend([400, 401, 403, 409, 422]);
        }
    }
    if has_if_match {
        codes.push(412);
    }
    if id == "update_day" {
        codes.push(428);
    }
    for code in codes {
        let shared = || json!({ "$ref": format!("#/components/responses/Problem{code}") });
        responses.entry(code.to_string()).or_insert_with(shared);
    }
}

fn has_parameter(operation: &Map<String, Value>, name: &str) -> bool {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let mut parameters = parameters.into_iter().flatten();
    parameters.any(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name))
}

/// What is one thing with a version can be asked for unless it is still the same.
fn add_if_none_match(operation: &mut Map<String, Value>) {
    let parameter = json!({
        "name": "If-None-Match",
        "in": "header",
        "required": false,
        "description": "The ETag that one has already; while it holds, the answer is 304 without a body (RFC 9110).",
        "schema": { "type": "string", "maxLength": 100 },
    });
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        parameters.push(parameter);
    }
}

/// Every answer is written with the same headers; here stay those that this one can have.
fn mend_headers(id: &str, is_repeatable: bool, response: &mut Value) {
    let is_list = id.starts_with("list_");
    let has_version =
        !is_list && !id.starts_with("report_") && !matches!(id, "livez" | "readyz" | "get_operation");
    if let Some(headers) = response.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, _| match name.as_str() {
            "ETag" => has_version,
            "Link" => is_list,
            _ => true,
        });
    }
    if is_repeatable && let Some(response) = response.as_object_mut() {
        let headers = response.entry("headers").or_insert_with(|| json!({}));
        let description =
            "`true` where this is the answer to an earlier request with the same `Idempotency-Key`.";
        let header = json!({ "description": description, "schema": { "type": "string" } });
        set(headers, "Idempotency-Replayed", header);
    }
}

/// A comparison is of one period with the one before, so that both its ends are needed.
fn need_period(operation: &mut Map<String, Value>) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let example = match parameter.get("name").and_then(Value::as_str) {
            Some("from") => "2026-11-01",
            Some("to") => "2026-11-30",
            _ => continue,
        };
        set(parameter, "required", true);
        set(parameter, "example", example);
    }
}

/// A query parameter with the schema of a type becomes one parameter a property; headers get their usual names.
fn spread(parameter: &Value, schemas: &Value) -> Vec<Value> {
    let place = parameter.get("in").and_then(Value::as_str).unwrap_or_default();
    if place == "header" {
        let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
        let mut renamed = parameter.clone();
        set(&mut renamed, "name", header_name(name));
        return vec![with_description(renamed)];
    }
    let reference = parameter
        .pointer("/schema/$ref")
        .and_then(Value::as_str)
        .filter(|_| place == "query");
    let properties = reference
        .and_then(|path| schemas.get(path.rsplit('/').next().unwrap_or_default()))
        .and_then(|schema| schema.get("properties"))
        .and_then(Value::as_object);
    let Some(properties) = properties else {
        return vec![with_description(parameter.clone())];
    };
    properties
        .iter()
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            let description = schema.get("description").cloned().unwrap_or_else(|| name.as_str().into());
            if let Some(schema) = schema.as_object_mut() {
                schema.remove("nullable");
                schema.remove("description");
            }
            json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
        })
        .collect()
}

fn with_description(mut parameter: Value) -> Value {
    if parameter.get("description").is_none()
        && let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut)
        && let Some(description) = schema.remove("description")
    {
        set(&mut parameter, "description", description);
    }
    if parameter.get("description").is_none()
        && let Some(name) = parameter.get("name").and_then(Value::as_str).map(str::to_owned)
    {
        set(&mut parameter, "description", format!("Which {name}, by its id."));
    }
    if let Some(parameter) = parameter.as_object_mut() {
        for noise in ["deprecated", "explode", "style"] {
            parameter.remove(noise);
        }
    }
    parameter
}

/// `if_match` is `If-Match`.
fn header_name(name: &str) -> String {
    let capital = |part: &str| {
        let mut chars = part.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_ascii_uppercase().to_string() + chars.as_str()
        })
    };
    name.split('_').map(capital).collect::<Vec<_>>().join("-")
}
