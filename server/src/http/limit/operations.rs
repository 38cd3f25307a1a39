//! How long the body of each operation may be. It follows from the document: who needs no token sends little, a body with
//! a list of rows may be as long as the settings say, and everything else is one row.

use poem::http::Method;
use serde_json::{Map, Value};

/// For whoever has shown no token yet.
const DOOR_BYTES: usize = 16 * 1024;
/// For one row: the longest texts that its schema takes, however they are escaped.
const ROW_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Door,
    Row,
    Rows,
    File,
}

/// The limit of each operation.
#[derive(Debug, Clone)]
pub struct BodyLimits {
    operations: Vec<(Method, Vec<String>, Size)>,
    max_body_bytes: usize,
    max_import_bytes: usize,
}

impl BodyLimits {
    /// Of the operations of a document. No body is longer than `max_body_bytes`, and no file than `max_import_bytes`.
    pub fn of(document: &Value, max_body_bytes: usize, max_import_bytes: usize) -> Self {
        let mut operations = Vec::new();
        let paths = document.get("paths").and_then(Value::as_object);
        for (template, methods) in paths.into_iter().flatten() {
            for (method, operation) in methods.as_object().into_iter().flatten() {
                if let Ok(method) = method.to_ascii_uppercase().parse() {
                    operations.push((method, parts(template), size_of(document, operation)));
                }
            }
        }
        // What is spelled out goes before what is filled in, as in the router.
        operations.sort_by_key(|(_, template, _)| template.iter().filter(|part| is_open(part)).count());
        Self {
            operations,
            max_body_bytes,
            max_import_bytes,
        }
    }

    /// How long a body may be that is sent to an address.
    pub fn most_bytes(&self, method: &Method, path: &str) -> usize {
        let path: Vec<&str> = path.trim_matches('/').split('/').collect();
        let fits = |template: &[String]| {
            template.len() == path.len()
                && template
                    .iter()
                    .zip(&path)
                    .all(|(part, text)| part == text || is_open(part))
        };
        let found = self
            .operations
            .iter()
            .find(|(known, template, _)| known == method && fits(template));
        // Nobody reads what is sent to no operation.
        match found.map_or(Size::Door, |(_, _, size)| *size) {
            Size::Door => DOOR_BYTES.min(self.max_body_bytes),
            Size::Row => ROW_BYTES.min(self.max_body_bytes),
            Size::Rows => self.max_body_bytes,
            Size::File => self.max_import_bytes,
        }
    }
}

/// Says in the document how long each body may be.
pub fn describe(document: &mut Value) {
    let sizes: Vec<(String, String, Size)> = operations_with_body(document)
        .map(|(path, method, operation)| (path.clone(), method.clone(), size_of(document, operation)))
        .collect();
    for (path, method, size) in sizes {
        let limit = match size {
            Size::Door => format!("At most {} KiB.", DOOR_BYTES / 1024),
            Size::Row => format!("At most {} KiB.", ROW_BYTES / 1024),
            Size::Rows => {
                "At most as long as the server's `max_body_bytes`, 256 KiB unless set otherwise.".into()
            }
            Size::File => {
                "At most as long as the server's `max_import_bytes`, 16 MiB unless set otherwise.".into()
            }
        };
        let body = document
            .get_mut("paths")
            .and_then(|paths| paths.get_mut(&path)?.get_mut(&method)?.get_mut("requestBody"))
            .and_then(Value::as_object_mut);
        if let Some(body) = body {
            let before = body
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let told = format!("{before} {limit}").trim().to_owned();
            body.insert("description".into(), told.into());
        }
    }
}

fn operations_with_body(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object);
    let all = paths.into_iter().flatten().flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path, method, operation))
    });
    all.filter(|(_, _, operation)| operation.get("requestBody").is_some())
}

fn size_of(document: &Value, operation: &Value) -> Size {
    let needs_token = operation
        .get("security")
        .and_then(Value::as_array)
        .is_some_and(|schemes| !schemes.is_empty());
    let content = operation
        .pointer("/requestBody/content")
        .and_then(Value::as_object);
    match content {
        None => Size::Door,
        Some(_) if !needs_token => Size::Door,
        Some(content) if has(document, content, &is_file) => Size::File,
        Some(content) if has(document, content, &is_list_of_rows) => Size::Rows,
        Some(_) => Size::Row,
    }
}

/// True where one of the schemas of a body, or of one that the schema itself refers to, is such.
fn has(
    document: &Value,
    content: &Map<String, Value>,
    is_such: &dyn Fn(&Value, &Map<String, Value>) -> bool,
) -> bool {
    let schemas = content.values().filter_map(|media| media.get("schema"));
    schemas
        .map(|schema| resolved(document, schema))
        .filter_map(Value::as_object)
        .any(|schema| {
            let fields = schema.get("properties").and_then(Value::as_object);
            let fields = fields
                .into_iter()
                .flat_map(Map::values)
                .filter_map(Value::as_object);
            std::iter::once(schema)
                .chain(fields)
                .any(|schema| is_such(document, schema))
        })
}

fn is_file(_document: &Value, schema: &Map<String, Value>) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("binary") || schema.contains_key("contentMediaType")
}

fn is_list_of_rows(document: &Value, schema: &Map<String, Value>) -> bool {
    schema
        .get("items")
        .map(|items| resolved(document, items))
        .is_some_and(|items| items.get("properties").is_some())
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let name = schema.get("$ref").and_then(Value::as_str);
    name.and_then(|name| document.pointer(name.trim_start_matches('#')))
        .unwrap_or(schema)
}

fn parts(template: &str) -> Vec<String> {
    template.trim_matches('/').split('/').map(str::to_owned).collect()
}

fn is_open(part: &str) -> bool {
    part.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Value {
        let body = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
        let secured = |schema| json!({ "security": [{ "bearer": [] }], "requestBody": body(schema) });
        json!({
            "paths": {
                "/login": { "post": { "requestBody": body(json!({ "$ref": "#/components/schemas/Rows" })) } },
                "/rows": { "post": secured(json!({ "$ref": "#/components/schemas/Row" })) },
                "/rows/{row}": { "patch": secured(json!({ "$ref": "#/components/schemas/Row" })), "delete": {} },
                "/rows/batch": { "patch": secured(json!({ "$ref": "#/components/schemas/Rows" })) },
                "/files": { "post": secured(json!({ "type": "string", "format": "binary" })) },
            },
            "components": { "schemas": {
                "Row": { "type": "object", "properties": { "tags": { "type": "array", "items": { "type": "string" } } } },
                "Rows": { "type": "object", "properties": { "rows": { "type": "array", "items": { "$ref": "#/components/schemas/Row" } } } },
            } },
        })
    }

    #[test]
    fn each_operation_takes_as_much_as_its_schema_needs() {
        let limits = BodyLimits::of(&document(), 256 * 1024, 1024 * 1024);
        for (method, path, kib) in [
            ("POST", "/login", 16),
            ("POST", "/rows", 64),
            ("PATCH", "/rows/1", 64),
            ("PATCH", "/rows/batch", 256),
            ("DELETE", "/rows/1", 16),
            ("POST", "/files/", 1024),
            ("POST", "/nowhere", 16),
        ] {
            let most = limits.most_bytes(&method.parse().unwrap(), path);
            assert_eq!(most, kib * 1024, "{method} {path}");
        }
        let small = BodyLimits::of(&document(), 10, 20);
        assert_eq!(small.most_bytes(&Method::POST, "/rows"), 10);
    }

    #[test]
    fn the_document_says_it() {
        let mut document = document();
        describe(&mut document);
        let said = |pointer: &str| {
            document
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        assert_eq!(
            said("/paths/~1login/post/requestBody/description").as_deref(),
            Some("At most 16 KiB.")
        );
        let batch = said("/paths/~1rows~1batch/patch/requestBody/description").unwrap();
        assert!(batch.contains("max_body_bytes"), "{batch}");
    }
}
