//! The served document: what poem-openapi writes, mended in one pass. Closed request schemas, `null` where a field
//! may be empty, one query parameter a property, the errors and the examples of each operation.

mod problem;

use self::problem::add_problem;
use super::examples;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Mends a document.
pub fn finish(document: &str) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(document)?;
    set(&mut document, "openapi", "3.0.3");
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
    Ok(document)
}

/// A path prefix comes with `:ledger` where the document says `{ledger}`, and without an end where it has one.
fn template(path: &str) -> String {
    let braced = |part: &str| {
        part.strip_prefix(':')
            .map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"))
    };
    path.split('/').map(braced).collect::<Vec<_>>().join("/")
}

/// Bounds of integers come as 1.0, and unsigned formats that OpenAPI does not know.
fn mend_numbers(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for name in ["minimum", "maximum"] {
                #[expect(clippy::cast_possible_truncation, reason = "bounds are small whole numbers")]
                if let Some(bound) = object.get(name).and_then(Value::as_f64) {
                    object.insert(name.into(), (bound as i64).into());
                }
            }
            if let Some(format) = object.get("format").and_then(Value::as_str) {
                match format {
                    "uint8" | "uint16" | "uint32" => drop(object.insert("format".into(), "int32".into())),
                    "uint64" => drop(object.insert("format".into(), "int64".into())),
                    _ => {}
                }
            }
            object.values_mut().for_each(mend_numbers);
        }
        Value::Array(values) => values.iter_mut().for_each(mend_numbers),
        _ => {}
    }
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

fn mend_schema(name: &str, schema: &mut Value, is_request: bool) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return;
    }
    if is_request {
        schema.insert("additionalProperties".into(), false.into());
    }
    let required: Vec<Value> = schema
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    // A patch says itself which fields `null` clears.
    let says_itself = name.ends_with("Patch") || name == "DayRow";
    if says_itself {
        return;
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties {
            if !required.contains(&Value::String(name.clone())) {
                make_nullable(property);
            }
        }
    }
}

fn make_nullable(property: &mut Value) {
    let Some(object) = property.as_object_mut() else {
        return;
    };
    if object.contains_key("default") {
        return;
    }
    if object.contains_key("$ref") {
        *property = json!({ "allOf": [property.clone()], "nullable": true });
    } else {
        object.insert("nullable".into(), true.into());
    }
}

fn mend_operation(method: &str, operation: &mut Map<String, Value>, schemas: &Value) {
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
    let has_if_match = operation
        .get("parameters")
        .is_some_and(|parameters| parameters.to_string().contains("If-Match"));
    let needs_token = operation.get("security").is_some();
    let is_write = method != "get";
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
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

fn set(object: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value.into());
    }
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
