//! The check of schemas against the served document, and against another program that checks the same.

use super::*;
use jsonschema::{Draft, Registry};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(include_str!("../../../../tests/golden/openapi.json")).unwrap()
}

/// The names of the schemas of all bodies, and of what they hold.
fn requested(document: &Value) -> BTreeSet<String> {
    fn collect(document: &Value, value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some(name) = object
                    .get("$ref")
                    .and_then(|path| path.as_str()?.rsplit('/').next())
                    && names.insert(name.to_owned())
                {
                    collect(document, &document["components"]["schemas"][name], names);
                }
                object.values().for_each(|value| collect(document, value, names));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(document, value, names)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    for operation in document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
    {
        collect(document, &operation["requestBody"], &mut names);
    }
    names
}

#[test]
fn everything_that_the_document_asks_of_a_request_is_known() {
    let document = document();
    let schemas = Schemas::of(&document);
    let names = requested(&document);
    assert!(names.len() > 25, "{names:?}");
    for name in names {
        assert!(Rule::of(&schemas.all[&name], &schemas.all).is_ok(), "{name}");
    }
    let odd = json!({ "components": { "schemas": { "X": { "type": "string", "const": "x" } } } });
    let faults = Schemas::of(&odd).faults("X", &json!("y"));
    assert_eq!(faults.told()[0].code, "schema");
}

/// `nullable`, where the document is written so, as other programs understand it.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let plain: Map<String, Value> = object
                .iter()
                .filter(|(key, _)| *key != "nullable")
                .map(|(key, value)| (key.clone(), self::plain(value)))
                .collect();
            if object.get("nullable") == Some(&Value::Bool(true)) {
                json!({ "anyOf": [plain, { "type": "null" }] })
            } else {
                plain.into()
            }
        }
        Value::Array(values) => values.iter().map(self::plain).collect(),
        other => other.clone(),
    }
}

/// Bodies near to what a schema takes: its own fields and others, with values of every sort.
fn bodies(document: &Value) -> impl Strategy<Value = (String, Value)> + use<> {
    let schemas = document["components"]["schemas"].as_object().unwrap().clone();
    let names: Vec<String> = requested(document).into_iter().collect();
    proptest::sample::select(names).prop_flat_map(move |name| {
        let schema = &schemas[&name];
        let fields: Vec<String> = match schema["properties"].as_object() {
            Some(properties) => properties.keys().cloned().chain(["odd".into()]).collect(),
            None => vec!["odd".into()],
        };
        let leaf = leaves();
        let row = prop::collection::btree_map(proptest::sample::select(fields.clone()), leaf.clone(), 0..8);
        let object = row.prop_map(|fields| Value::Object(fields.into_iter().collect()));
        let list = prop::collection::vec(prop_oneof![leaf.clone(), object.clone()], 0..4);
        let nested = prop::collection::btree_map(
            proptest::sample::select(fields),
            prop_oneof![3 => leaf.clone(), 1 => object, 1 => list.prop_map(Value::from)],
            0..8,
        );
        let value = prop_oneof![
            8 => nested.prop_map(|fields| Value::Object(fields.into_iter().collect())),
            1 => leaf
        ];
        (Just(name), value)
    })
}

fn leaves() -> impl Strategy<Value = Value> + Clone + use<> {
    let texts = [
        "",
        "x",
        "12.50",
        "0",
        "1e5",
        "EUR",
        "XYZ",
        "eur",
        "2026-11-21",
        "2026-02-30",
        "expense",
        "create",
        "owner",
        "read",
        "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59",
        "018f6f2a7c1d7b559a531f0d2c3b4a59",
        "Europe/Berlin",
        "null",
    ];
    prop_oneof![
        6 => proptest::sample::select(texts.map(Value::from).to_vec()),
        1 => "[ -~äé語]{0,40}".prop_map(Value::from),
        1 => (0_usize..2100).prop_map(|count| "é".repeat(count).into()),
        1 => (-10_i64..500).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(json!(1.5)),
        1 => prop::collection::vec(proptest::sample::select(vec!["read", "write", "a"]), 0..22).prop_map(Value::from),
        1 => Just(json!({})),
    ]
}

#[test]
fn it_takes_what_another_program_takes_and_nothing_else() {
    let document = document();
    let schemas = Schemas::of(&document);
    let registry = Registry::new()
        .draft(Draft::Draft202012)
        .add(
            "doc:/all",
            json!({ "components": plain(&document["components"]) }),
        )
        .unwrap()
        .prepare()
        .unwrap();
    let others: HashMap<String, jsonschema::Validator> = requested(&document)
        .into_iter()
        .map(|name| {
            let validator = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(&registry)
                .should_validate_formats(true)
                .with_format("date", |text: &str| api::date::Date::parse(text).is_ok())
                .with_format("iso-4217", |text: &str| {
                    api::currency::Currency::parse(text).is_some()
                })
                .with_format("uuid", |text: &str| uuid::Uuid::try_parse(text).is_ok())
                .build(&json!({ "$ref": format!("doc:/all#/components/schemas/{name}") }))
                .unwrap();
            (name, validator)
        })
        .collect();
    let taken = std::cell::Cell::new(0);
    proptest!(ProptestConfig::with_cases(3000), |((name, body) in bodies(&document))| {
        let ours = schemas.faults(&name, &body);
        prop_assert_eq!(ours.is_empty(), others[&name].is_valid(&body), "{}: {:?}", name, ours.told());
        taken.set(taken.get() + i32::from(ours.is_empty()));
        let places: BTreeSet<&str> = ours.told().iter().map(|fault| fault.pointer.as_str()).collect();
        prop_assert_eq!(places.len(), ours.told().len(), "two faults of one place");
    });
    assert!(taken.get() > 30, "only {} were taken", taken.get());
}

#[test]
fn each_sort_of_fault_has_its_word_and_its_place() {
    let schemas = Schemas::of(&document());
    let told = |name: &str, value: Value| -> Vec<(String, String)> {
        let faults = schemas.faults(name, &value);
        let told = faults.told().iter();
        told.map(|fault| (fault.pointer.clone(), fault.code.clone()))
            .collect()
    };
    let body = json!({
        "a/b~c": 1, "amount": "x", "currency": "XXY", "kind": "gift", "payee": 5, "tags": ["a", 1],
        "note": "n".repeat(2001), "category_id": "1",
    });
    let expected = [
        ("/a~1b~0c", "unknown"),
        ("/amount", "not-an-amount"),
        ("/category_id", "format"),
        ("/currency", "unknown-currency"),
        ("/kind", "not-one-of"),
        ("/note", "too-long"),
        ("/payee", "type"),
        ("/tags/1", "type"),
        ("/date", "missing"),
    ];
    let expected = expected.map(|(place, code)| (place.to_owned(), code.to_owned()));
    assert_eq!(told("NewExpense", body), expected);
    assert_eq!(
        told("NewExpense", json!([])),
        [(String::new(), "type".to_owned())]
    );
    let twice = json!({ "name": "x", "scopes": ["read", "read"] });
    assert_eq!(
        told("NewToken", twice),
        [("/scopes".to_owned(), "twice".to_owned())]
    );
}

#[test]
fn what_is_too_long_is_one_fault_and_the_rest_is_counted() {
    let schemas = Schemas::of(&document());
    let tags = json!({ "date": "2026-11-21", "amount": "1.00", "tags": vec![1; 130_000] });
    let faults = schemas.faults("NewExpense", &tags);
    assert_eq!(faults.count(), 1);
    assert_eq!(faults.told()[0].code, "too-many");

    let keys: Map<String, Value> = (0..28_000).map(|n| (format!("key{n}"), json!(1))).collect();
    let faults = schemas.faults("Login", &keys.into());
    // And the two that are missing.
    assert_eq!((faults.told().len(), faults.count()), (100, 28_002));

    let row = json!({ "op": "create", "expense": { "date": 1, "amount": 1, "tags": vec![1; 20], "x": 1 } });
    let faults = schemas.faults("Batch", &json!({ "operations": vec![row; 500] }));
    assert_eq!((faults.told().len(), faults.count()), (100, 500 * 23));
}

/// What this thread has worked, in nanoseconds, by the system's own account: waiting for a core is not counted.
fn worked() -> u64 {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    account.split_whitespace().next().unwrap().parse().unwrap()
}

#[test]
fn the_work_grows_with_the_value_and_not_with_its_square() {
    let schema = json!({ "components": { "schemas": { "Bag": {
        "type": "object",
        "additionalProperties": false,
        "properties": { "words": { "type": "array", "items": { "type": "string", "maxLength": 3, "pattern": "^a*b?a*$" } } },
    } } } });
    let schemas = Schemas::of(&schema);
    let wide = |count: usize| -> Value {
        let keys: Map<String, Value> = (0..count).map(|n| (format!("key{n}"), json!(n))).collect();
        keys.into()
    };
    let bodies: [&dyn Fn(usize) -> Value; 3] = [
        &wide,
        &|count| json!({ "words": vec![1; count] }),
        &|count| json!({ "words": ["a".repeat(count)] }),
    ];
    for (sort, body) in bodies.iter().enumerate() {
        let cost = |count: usize| {
            let body = body(count);
            let rounds = (0..3).map(|_| {
                let before = worked();
                assert!(!schemas.faults("Bag", &body).is_empty());
                worked() - before
            });
            rounds.min().unwrap()
        };
        let (small, large) = (cost(2_000), cost(64_000));
        // Thirty-two times as much; with the square it would be a thousand times. A faulty hundred cost the same in both.
        assert!(
            large < small.max(200_000) * 200,
            "{sort}: {small} ns, then {large} ns"
        );
    }
}
