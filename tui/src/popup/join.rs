//! Accepting an invite by its code; the ledger is opened at once.

use super::AskForm;
use super::ask_form::needed;
use crate::client::Key;
use crate::desk::Desk;
use crate::fx::Fx;
use crate::popup::ledgers::Opening;
use crate::widget::Field;
use api::member::{InviteCode, Joined};

/// Asks for the code.
pub fn join(desk: &Desk) -> AskForm<Joined> {
    let (api, desk) = (desk.api.clone(), desk.clone());
    let code = Field::text("code", "Code")
        .ghost("as it was given to you")
        .check(needed("The code"));
    AskForm::new(
        "Join a ledger",
        "joining",
        vec![code],
        move |form| {
            let code = form.value("code").trim().to_owned();
            api.accept_invite(&InviteCode { code }, Key::new())
        },
        move |joined, _| {
            let role = joined.role.as_str();
            let said = format!("You are {role} in {} now.", joined.ledger_name);
            Fx::replace(Opening::new(desk.clone(), joined.ledger_id, said))
        },
    )
    .blames("code")
}
