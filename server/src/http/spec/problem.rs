//! Refusals in the document: the schema of a problem, and the response of each status.

use super::set;
use api::problem::Code;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) fn problem_response(status: u16) -> Value {
    let codes: Vec<&Code> = Code::ALL.iter().filter(|code| code.status() == status).collect();
    let titles: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), code.title()))
        .collect();
    let mut response = json!({
        "description": if titles.is_empty() { "It was refused.".to_owned() } else { titles.join("; ") },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    let mut headers = vec![("X-Request-Id", "The id this request has in the server's log.")];
    let more: &[(&str, &str)] = match status {
        401 => &[("WWW-Authenticate", "How to authenticate (RFC 6750).")],
        429 => &[
            ("Retry-After", "Seconds to wait."),
            ("RateLimit", "What is left, such as `\"reads\";r=0;t=1`."),
            (
                "RateLimit-Policy",
                "What is allowed, such as `\"reads\";q=1200;w=60`.",
            ),
        ],
        503 => &[("Retry-After", "Seconds to wait.")],
        _ => &[],
    };
    headers.extend(more);
    let headers: Map<String, Value> = headers
        .into_iter()
        .map(|(name, description)| {
            let header = json!({ "description": description, "schema": { "type": "string" } });
            (name.to_owned(), header)
        })
        .collect();
    set(&mut response, "headers", headers);
    response
}

pub(super) fn add_problem(document: &mut Value) {
    let fault = json!({
        "type": "object",
        "description": "One fault of a request.",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": { "type": "string", "description": "Where: a JSON pointer (RFC 6901) into the body, or `/name` of a parameter." },
            "code": { "type": "string", "description": "A stable word for programs to match on." },
            "detail": { "type": "string", "description": "Why, and how to mend it." },
            "candidates": { "type": "array", "items": { "type": "string" }, "description": "Names that were perhaps meant." },
        },
    });
    let words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let problem = json!({
        "type": "object",
        "description": "An error (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference", "description": "A page that explains this code." },
            "title": { "type": "string", "description": "The headline of this code." },
            "status": { "type": "integer", "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What happened this time, in a sentence." },
            "code": { "type": "string", "description": format!("A stable word: {}.", words.join(", ")) },
            "request_id": { "type": "string", "description": "The id this request has in the server's log." },
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/Fault" }, "description": "The faults at once, at most 100 of them." },
            "more_errors": { "type": "integer", "description": "How many more faults there are than `errors` tells." },
            "current": { "type": "object", "description": "On 412: the row as it is now; of a batch the first that is stale, and `errors` names each." },
            "count": { "type": "integer", "description": "On `in-use`: how many rows use it." },
        },
    });
    // Each refusal is written once; operations point to it.
    let statuses: BTreeSet<u16> = Code::ALL.iter().map(|code| code.status()).collect();
    let responses: Map<String, Value> = statuses
        .into_iter()
        .map(|status| (format!("Problem{status}"), problem_response(status)))
        .collect();
    if let Some(components) = document.get_mut("components") {
        set(components, "responses", responses);
    }
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.insert("Fault".into(), fault);
        schemas.insert("Problem".into(), problem);
    }
}
