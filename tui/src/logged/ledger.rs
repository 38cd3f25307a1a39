//! What is done to a ledger itself and to who may open it, in sentences. What is done to its rows and names is not here.

use crate::book::{Lists, SOMEONE};
use api::change::{Change, ChangedRow};
use api::id::UserId;

/// `ana` of the row of a member; who is no member any more has no name here.
fn whom<'a>(row: Option<&ChangedRow>, lists: &'a Lists) -> &'a str {
    let name = row.map_or("", |row| lists.members.label(UserId(row.id.0)));
    if name.is_empty() { SOMEONE } else { name }
}

/// The sentence; none for a change of rows.
pub(super) fn deed(change: &Change, lists: &Lists) -> Option<String> {
    let row = |noun: &str| change.rows.iter().find(|row| row.noun == noun);
    let role = |row: Option<&ChangedRow>| row.map_or("member", |row| row.label.as_str()).to_owned();
    let member = row("member");
    Some(match change.kind.as_str() {
        "create_ledger" => {
            let name = row("ledger").map_or("", |row| row.label.as_str());
            format!("made the ledger {name}").trim_end().to_owned()
        }
        "update_ledger" => "changed the settings".to_owned(),
        "hand_over_ledger" => {
            let owner = change
                .rows
                .iter()
                .find(|row| row.noun == "member" && row.label == "owner");
            format!("handed the ledger over to {}", whom(owner, lists))
        }
        "leave_ledger" => "left the ledger".to_owned(),
        "create_invite" => "made an invite".to_owned(),
        "revoke_invite" => "took an invite back".to_owned(),
        "accept_invite" => format!("joined as {}", role(member)),
        "remove_member" => format!("removed {} from the members", whom(member, lists)),
        "update_member" => format!("made {} {}", whom(member, lists), role(member)),
        "delete_import" => "dropped a prepared import".to_owned(),
        "purge" => "removed for good what was deleted long ago".to_owned(),
        _ => return None,
    })
}
