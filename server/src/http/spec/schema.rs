//! The schemas of the document: closed where they are of requests, `null` where a field may be empty, and in the form of
//! OpenAPI 3.1, which is that of JSON Schema. poem-openapi writes 3.0: `nullable`, and nothing beside a `$ref`.

use serde_json::{Map, Value, json};

/// Bounds of integers come as 1.0, and unsigned formats that OpenAPI does not know.
pub(super) fn mend_numbers(value: &mut Value) {
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

pub(super) fn mend_schema(name: &str, schema: &mut Value, is_request: bool) {
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
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, property) in properties {
            if required.contains(&Value::String(name.clone())) {
                continue;
            }
            if !says_itself {
                make_nullable(property);
            }
            if is_request {
                say_default(property);
            }
        }
    }
}

/// A default is said in words. By the keyword generators take a field for one that is always there, which is true of answers
/// only: whoever sends it would have to write it out.
fn say_default(property: &mut Value) {
    let Some(property) = property.as_object_mut() else {
        return;
    };
    let Some(default) = property.remove("default") else {
        return;
    };
    let said = match default {
        Value::Array(values) if values.is_empty() => "None when left out.".to_owned(),
        value => format!("`{value}` when left out."),
    };
    let before = property
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let description = format!("{before} {said}").trim_start().to_owned();
    property.insert("description".into(), description.into());
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

/// What holds values of a caller's, not schemas.
const VALUES: [&str; 4] = ["example", "default", "enum", "const"];

/// The 3.1 form of a piece of a 3.0 document: a type of its own for `null`, descriptions beside references.
pub(super) fn modern(value: Value) -> Value {
    match value {
        Value::Object(object) => modern_object(object),
        Value::Array(values) => values.into_iter().map(modern).collect(),
        other => other,
    }
}

fn modern_object(object: Map<String, Value>) -> Value {
    let mut object: Map<String, Value> = object
        .into_iter()
        .map(|(key, value)| {
            let value = if VALUES.contains(&key.as_str()) {
                value
            } else {
                modern(value)
            };
            (key, value)
        })
        .collect();
    let is_nullable = object.remove("nullable") == Some(Value::Bool(true));
    let reference = only_reference(&object);
    if reference.is_some() {
        object.remove("allOf");
        object.remove("$ref");
    }
    match (reference, is_nullable) {
        (Some(reference), true) => {
            object.insert("anyOf".into(), json!([{ "$ref": reference }, { "type": "null" }]));
        }
        (Some(reference), false) => drop(object.insert("$ref".into(), reference)),
        (None, true) => {
            // Without a type it may be anything, `null` too.
            if let Some(kind) = object.remove("type") {
                object.insert("type".into(), json!([kind, "null"]));
            }
            if let Some(Value::Array(options)) = object.get_mut("enum") {
                options.push(Value::Null);
            }
        }
        (None, false) => {}
    }
    Value::Object(object)
}

/// The only schema that an object refers to, itself or as all of `allOf` beside descriptions.
fn only_reference(object: &Map<String, Value>) -> Option<Value> {
    if let Some(reference) = object.get("$ref") {
        return Some(reference.clone());
    }
    let (first, rest) = object.get("allOf")?.as_array()?.split_first()?;
    let is_said = |part: &Value| {
        let part = part.as_object();
        part.is_some_and(|part| part.keys().all(|key| key == "description"))
    };
    first.get("$ref").filter(|_| rest.iter().all(is_said)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_with_a_default_is_one_that_may_be_left_out_of_a_request() {
        let schema = json!({ "type": "object", "required": ["name"], "properties": {
            "name": { "type": "string" },
            "tags": { "type": "array", "default": [], "description": "Names." },
        } });
        let (mut asked, mut answered) = (schema.clone(), schema);
        mend_schema("NewThing", &mut asked, true);
        mend_schema("Thing", &mut answered, false);
        let tags = json!({ "type": "array", "description": "Names. None when left out." });
        assert_eq!(asked["properties"]["tags"], tags);
        assert_eq!(answered["properties"]["tags"]["default"], json!([]));
    }

    #[test]
    fn null_becomes_a_type_and_a_description_stands_beside_its_reference() {
        let kind = json!({ "$ref": "#/components/schemas/Kind" });
        for (old, new) in [
            (
                json!({ "type": "string", "nullable": true, "enum": ["a"] }),
                json!({ "type": ["string", "null"], "enum": ["a", null] }),
            ),
            (
                json!({ "allOf": [kind, { "description": "x" }], "description": "x", "nullable": true }),
                json!({ "anyOf": [kind, { "type": "null" }], "description": "x" }),
            ),
            (
                json!({ "allOf": [kind], "description": "x" }),
                json!({ "$ref": "#/components/schemas/Kind", "description": "x" }),
            ),
            (
                json!({ "description": "anything", "nullable": true }),
                json!({ "description": "anything" }),
            ),
            (
                json!({ "allOf": [kind, { "type": "object" }] }),
                json!({ "allOf": [kind, { "type": "object" }] }),
            ),
            (
                json!({ "example": { "nullable": true } }),
                json!({ "example": { "nullable": true } }),
            ),
        ] {
            assert_eq!(modern(old), new);
        }
    }
}
