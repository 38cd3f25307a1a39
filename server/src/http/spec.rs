//! The served document, OpenAPI 3.1: what poem-openapi writes, mended in one pass. What it is about (`about`), its
//! operations (`operation`), its schemas (`schema`) and its refusals (`problem`).

mod about;
mod operation;
mod problem;
mod schema;

use self::about::add_about;
use self::operation::mend_operation;
use self::problem::add_problem;
use self::schema::{mend_numbers, mend_schema, modern};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Mends a document. It still holds the schemas that only queries are checked against; see [`prune`].
pub fn finish(document: &str) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(document)?;
    set(&mut document, "openapi", "3.1.0");
    mend_numbers(&mut document);
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        *paths = std::mem::take(paths)
            .into_iter()
            .map(|(path, operations)| (template(&path), operations))
            .collect();
    }
    let requested = request_schemas(&document);
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        for (name, schema) in schemas.iter_mut() {
            mend_schema(name, schema, requested.contains(name));
        }
    }
    let schemas = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for path in paths.values_mut().filter_map(Value::as_object_mut) {
            for (method, operation) in path.iter_mut() {
                if let Some(operation) = operation.as_object_mut() {
                    mend_operation(method, operation, &schemas);
                }
            }
        }
    }
    add_problem(&mut document);
    for part in ["components", "paths"] {
        if let Some(part) = document.get_mut(part) {
            *part = modern(part.take());
        }
    }
    add_about(&mut document);
    Ok(document)
}

/// Leaves out the components that nothing in the document refers to: a client made from it would have no use for them.
pub fn prune(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        references(document, &mut used);
        let mut is_done = true;
        for kind in ["schemas", "responses"] {
            let parts = document
                .get_mut("components")
                .and_then(|components| components.get_mut(kind))
                .and_then(Value::as_object_mut);
            if let Some(parts) = parts {
                let before = parts.len();
                parts.retain(|name, _| used.contains(&format!("#/components/{kind}/{name}")));
                is_done &= parts.len() == before;
            }
        }
        if is_done {
            return;
        }
    }
}

fn references(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            used.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| references(value, used));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, used)),
        _ => {}
    }
}

/// A path prefix comes with `:ledger` where the document says `{ledger}`, and without an end where it has one.
fn template(path: &str) -> String {
    let braced = |part: &str| {
        part.strip_prefix(':')
            .map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"))
    };
    path.split('/').map(braced).collect::<Vec<_>>().join("/")
}

/// The names of all schemas that a request body or query can hold.
fn request_schemas(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let operations = document
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|paths| paths.values());
    for operation in operations.filter_map(Value::as_object).flat_map(Map::values) {
        for part in ["requestBody", "parameters"] {
            if let Some(part) = operation.get(part) {
                collect(document, part, &mut names);
            }
        }
    }
    names
}

fn collect(document: &Value, value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|path| path.rsplit('/').next())
                && names.insert(name.to_owned())
                && let Some(schema) = document.pointer(&format!("/components/schemas/{name}"))
            {
                collect(document, schema, names);
            }
            object.values().for_each(|value| collect(document, value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(document, value, names)),
        _ => {}
    }
}

fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value.into());
    }
}

/// The methods that the document knows for an address.
pub fn methods_of(document: &Value, path: &str) -> Vec<poem::http::Method> {
    let wanted: Vec<&str> = path.trim_matches('/').split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.trim_matches('/').split('/').collect();
        parts.len() == wanted.len()
            && parts
                .iter()
                .zip(&wanted)
                .all(|(part, text)| part == text || part.starts_with('{'))
    };
    let Some(paths) = document.get("paths").and_then(Value::as_object) else {
        return Vec::new();
    };
    // What is spelled out goes before what is filled in, as in the router.
    let best = paths
        .iter()
        .filter(|(template, _)| fits(template))
        .min_by_key(|(template, _)| template.matches('{').count());
    let methods = best
        .and_then(|(_, operations)| operations.as_object())
        .into_iter()
        .flat_map(Map::keys);
    let mut methods: Vec<_> = methods
        .filter_map(|method| method.to_ascii_uppercase().parse().ok())
        .collect();
    if methods.contains(&poem::http::Method::GET) {
        methods.push(poem::http::Method::HEAD);
    }
    methods
}
