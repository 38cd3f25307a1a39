//! The example body of each operation that takes one. Each is sent as printed by a test and must succeed.

use serde_json::{Value, json};

/// The id that a demo book gives to one entry of every sort, so that the examples of the document find something.
pub const EXAMPLE_ID: &str = "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59";

/// The id of a second category, account, payee and tag of that book, for what takes two.
pub const OTHER_EXAMPLE_ID: &str = "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a5a";

/// The code of an invite into that book, which somebody else gave to its owner.
pub const EXAMPLE_INVITE: &str = "exp_inv_ThisIsAnExampleOfACodeThatSomebodyHandsOver_syJqWf";

/// Somebody who signs in, and their password.
pub const EXAMPLE_USER: &str = "ana.keller";
pub const EXAMPLE_PASSWORD: &str = "grotto lantern 42 velvet";

/// A code that an admin made for somebody who forgot their password.
pub const EXAMPLE_CODE: &str = "exp_rst_ThisIsAnExampleOfACodeThatAnAdminHandsOver0_jNJ15G";

/// The example body of an operation.
pub fn body(operation_id: &str) -> Option<Value> {
    Some(match operation_id {
        "login" => json!({ "name": EXAMPLE_USER, "password": EXAMPLE_PASSWORD, "client": "laptop" }),
        "reset_password" => json!({
            "name": EXAMPLE_USER, "code": EXAMPLE_CODE, "password": "velvet 42 lantern grotto",
        }),
        "sign_up" => json!({ "name": "ben.keller", "password": EXAMPLE_PASSWORD, "display_name": "Ben" }),
        "update_me" => json!({ "display_name": "Ana", "timezone": "Europe/Berlin" }),
        "change_password" => json!({
            "old_password": EXAMPLE_PASSWORD, "new_password": "velvet 42 lantern grotto",
        }),
        "confirm_password" => json!({ "password": EXAMPLE_PASSWORD }),
        "create_user" => json!({ "name": "cleo.keller", "display_name": "Cleo", "currency": "EUR" }),
        "update_user" => json!({ "display_name": "Cleo K.", "is_disabled": false }),
        "create_expense" => json!({
            "date": "2026-11-21", "amount": "12.50", "category": "Food", "account": "Card", "payee": "lunch",
            "tags": ["trip"], "note": "with Ana",
        }),
        "update_expense" => json!({ "amount": "13.00", "note": null }),
        "batch_expenses" => json!({ "operations": [
            { "op": "create", "expense": { "date": "2026-11-21", "amount": "3.20", "payee": "coffee" } },
            { "op": "update", "id": EXAMPLE_ID, "patch": { "tags": ["trip", "food"] } },
        ] }),
        "parse_entry" | "quick_expense" => {
            json!({ "text": "12.50 lunch #food @card +trip y // with Ana", "today": "2026-11-21" })
        }
        "update_day" => json!({ "rows": [
            { "id": EXAMPLE_ID, "amount": "14.00" },
            { "amount": "2.80", "category": "Food", "note": "added in the sheet" },
        ] }),
        "create_category" => json!({ "name": "Sushi" }),
        "update_category" | "update_account" | "update_payee" | "update_tag" => json!({ "name": "Renamed" }),
        "create_account" => json!({ "name": "Savings", "kind": "bank", "iban": "DE02120300000000202051" }),
        "create_payee" => json!({ "name": "Corner shop" }),
        "create_tag" => json!({ "name": "holiday" }),
        "merge_category" | "merge_account" | "merge_payee" | "merge_tag" => {
            json!({ "into_id": OTHER_EXAMPLE_ID })
        }
        "reassign_category" => json!({ "to_id": null }),
        // The file itself, not JSON.
        "create_import" => json!("Date,Amount,Note\n2026-11-20,-12.50,lunch\n2026-11-21,3000.00,salary\n"),
        "create_ledger" => json!({ "name": "Joint", "base_currency": "EUR" }),
        "update_member" => json!({ "role": "editor" }),
        "create_invite" => json!({ "role": "viewer", "days": 3 }),
        "accept_invite" => json!({ "code": EXAMPLE_INVITE }),
        "create_token" => json!({ "name": "phone shortcut", "scopes": ["add"], "days": 30 }),
        "update_ledger" => json!({ "month_start_day": 1 }),
        _ => return None,
    })
}
