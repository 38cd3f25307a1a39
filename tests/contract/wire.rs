//! The two forms that every type of the API has, serde's and poem-openapi's, agree: what one reads the other reads as the
//! same, and both write an answer alike. The values are the server's own answers and the document's examples.

use api::problem::Problem;
use poem_openapi::types::{ParseFromJSON, ToJSON};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Debug;
use tests::sample::{book_of, samples};
use tests::server::TestApp;

/// What is left when that a field is empty is said by leaving it out.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let fields = object.iter().map(|(key, value)| (key.clone(), bare(value)));
            let is_said =
                |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && *value != json!([]);
            Value::Object(fields.filter(|(_, value)| is_said(value)).collect())
        }
        Value::Array(values) => values.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// Reads a value both ways and writes it both ways. Returns what does not agree.
fn agree<T>(value: &Value, is_answer: bool) -> Result<(), String>
where
    T: Serialize + DeserializeOwned + ParseFromJSON + ToJSON + PartialEq + Debug,
{
    let by_serde: T = serde_json::from_value(value.clone()).map_err(|fault| format!("serde: {fault}"))?;
    let by_poem =
        T::parse_from_json(Some(value.clone())).map_err(|fault| format!("poem: {}", fault.into_message()))?;
    if by_serde != by_poem {
        return Err(format!("read as {by_serde:?} and as {by_poem:?}"));
    }
    let (serde, poem) = (
        serde_json::to_value(&by_serde).unwrap(),
        by_poem.to_json().unwrap_or_default(),
    );
    let is_alike = if is_answer {
        serde == poem && serde == *value
    } else {
        bare(&serde) == bare(&poem)
    };
    if is_alike {
        Ok(())
    } else {
        Err(format!("written as {serde} and as {poem}"))
    }
}

type Agree = fn(&Value, bool) -> Result<(), String>;

/// The check of a type, by the name of its schema.
fn check_of(schema: &str) -> Option<Agree> {
    use api::page::Page;
    use api::{
        account, audit, auth, category, change, day, expense, import, ledger, member, operation, payee,
        quick, report, tag, token, user,
    };
    Some(match schema {
        "Expense" => agree::<expense::Expense>,
        "Page_Expense" => agree::<Page<expense::Expense>>,
        "NewExpense" => agree::<expense::NewExpense>,
        "ExpensePatch" => agree::<expense::ExpensePatch>,
        "Batch" => agree::<expense::Batch>,
        "BatchResult" => agree::<expense::BatchResult>,
        "Category" => agree::<category::Category>,
        "Page_Category" => agree::<Page<category::Category>>,
        "NewCategory" => agree::<category::NewCategory>,
        "CategoryPatch" => agree::<category::CategoryPatch>,
        "Merge" => agree::<category::Merge>,
        "Reassign" => agree::<category::Reassign>,
        "OperationResult" => agree::<category::OperationResult>,
        "Account" => agree::<account::Account>,
        "Page_Account" => agree::<Page<account::Account>>,
        "NewAccount" => agree::<account::NewAccount>,
        "AccountPatch" => agree::<account::AccountPatch>,
        "Payee" => agree::<payee::Payee>,
        "Page_Payee" => agree::<Page<payee::Payee>>,
        "NewPayee" => agree::<payee::NewPayee>,
        "PayeePatch" => agree::<payee::PayeePatch>,
        "Tag" => agree::<tag::Tag>,
        "Page_Tag" => agree::<Page<tag::Tag>>,
        "NewTag" => agree::<tag::NewTag>,
        "TagPatch" => agree::<tag::TagPatch>,
        "Ledger" => agree::<ledger::Ledger>,
        "Page_Ledger" => agree::<Page<ledger::Ledger>>,
        "NewLedger" => agree::<ledger::NewLedger>,
        "LedgerPatch" => agree::<ledger::LedgerPatch>,
        "Member" => agree::<member::Member>,
        "Page_Member" => agree::<Page<member::Member>>,
        "MemberPatch" => agree::<member::MemberPatch>,
        "Page_Invite" => agree::<Page<member::Invite>>,
        "NewInvite" => agree::<member::NewInvite>,
        "IssuedInvite" => agree::<member::IssuedInvite>,
        "InviteCode" => agree::<member::InviteCode>,
        "Joined" => agree::<member::Joined>,
        "Page_Token" => agree::<Page<token::Token>>,
        "NewToken" => agree::<token::NewToken>,
        "IssuedToken" => agree::<token::IssuedToken>,
        "Login" => agree::<auth::Login>,
        "Session" => agree::<auth::Session>,
        "PasswordReset" => agree::<auth::PasswordReset>,
        "PasswordChange" => agree::<auth::PasswordChange>,
        "PasswordConfirmation" => agree::<auth::PasswordConfirmation>,
        "SignUp" => agree::<auth::SignUp>,
        "User" => agree::<user::User>,
        "Page_User" => agree::<Page<user::User>>,
        "NewUser" => agree::<user::NewUser>,
        "UserPatch" => agree::<user::UserPatch>,
        "MePatch" => agree::<user::MePatch>,
        "ResetCode" => agree::<user::ResetCode>,
        "Page_AuditEvent" => agree::<Page<audit::AuditEvent>>,
        "Day" => agree::<day::Day>,
        "DayUpdate" => agree::<day::DayUpdate>,
        "DaySaved" => agree::<day::DaySaved>,
        "EntryLine" => agree::<quick::EntryLine>,
        "ParsedEntry" => agree::<quick::ParsedEntry>,
        "QuickResult" => agree::<quick::QuickResult>,
        "Report" => agree::<report::Report>,
        "ChangePage" => agree::<change::ChangePage>,
        "Page_Change" => agree::<Page<change::Change>>,
        "UndoResult" => agree::<change::UndoResult>,
        "Operation" => agree::<operation::Operation>,
        "Page_Operation" => agree::<Page<operation::Operation>>,
        "Import" => agree::<import::Import>,
        "Page_Import" => agree::<Page<import::Import>>,
        "Page_ImportRow" => agree::<Page<import::ImportRow>>,
        _ => return None,
    })
}

/// The name at the end of a reference.
fn schema_name(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

#[tokio::test]
async fn both_forms_of_every_type_agree() {
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).unwrap();
    let (mut wrong, mut checked) = (Vec::new(), BTreeSet::new());
    let mut check = |name: &str, value: &Value, is_answer: bool| match check_of(name) {
        None => wrong.push(format!("{name}: add it to the list of this test")),
        Some(agree) => {
            checked.insert(name.to_owned());
            wrong.extend(
                agree(value, is_answer)
                    .err()
                    .map(|fault| format!("{name}: {fault}")),
            );
        }
    };
    for sample in samples(&document) {
        let said = &document["paths"][&sample.operation.template][sample.operation.method.to_lowercase()];
        let body = sample
            .body
            .as_ref()
            .filter(|body| body.media_type == "application/json");
        if let Some((name, body)) =
            schema_name(&said["requestBody"]["content"]["application/json"]["schema"]).zip(body)
        {
            check(name, &serde_json::from_str(&body.text).unwrap(), false);
        }
        let schema = &said["responses"][sample.success.to_string()]["content"]["application/json"]["schema"];
        let Some(name) = schema_name(schema).filter(|name| *name != "Health") else {
            continue;
        };
        // What it would make stands in these as it would be sent.
        let is_exact = !matches!(name, "ParsedEntry" | "Page_ImportRow");
        let answer = book_of(&app, &sample).await.call(&sample).await;
        if answer.status == sample.success {
            check(name, &answer.json, is_exact);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked.len() > 4, "{checked:?}");
}

#[tokio::test]
async fn both_forms_of_a_refusal_agree() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = http
        .post("expenses", json!({ "date": "2026-11-21", "amount": "1" }))
        .await
        .ok(201);
    let path = format!("expenses/{}", row["id"].as_str().unwrap());
    for answer in [
        http.get("expenses?category=Fod").await.expect(409),
        http.patch(&path, json!({})).if_match("\"7\"").await.expect(412),
        http.post("expenses", json!({})).await.expect(400),
    ] {
        agree::<Problem>(&answer.json, true).unwrap();
    }
}

#[test]
fn absent_null_and_given_fields_of_a_patch_are_three_things_in_both_forms() {
    for patch in [
        json!({}),
        json!({ "note": null }),
        json!({ "note": "x", "amount": "1.00" }),
        json!({ "category_id": null }),
    ] {
        let by_serde: api::expense::ExpensePatch = serde_json::from_value(patch.clone()).unwrap();
        assert_eq!(serde_json::to_value(&by_serde).unwrap(), patch);
        agree::<api::expense::ExpensePatch>(&patch, false).unwrap();
    }
}

#[test]
fn what_one_form_refuses_the_other_does_not_take() {
    for (name, value) in [
        ("NewExpense", json!({ "date": "2026-11-21", "amount": 12.5 })),
        ("NewExpense", json!({ "date": "2026-02-31", "amount": "1" })),
        ("NewExpense", json!({ "amount": "1" })),
        (
            "NewExpense",
            json!({ "date": "2026-11-21", "amount": "1", "kind": "gift" }),
        ),
        (
            "NewExpense",
            json!({ "date": "2026-11-21", "amount": "1", "currency": "EURO" }),
        ),
        ("Batch", json!({ "operations": [{ "op": "merge" }] })),
    ] {
        assert!(check_of(name).unwrap()(&value, false).is_err(), "{name} {value}");
    }
}
