//! `expense api`: how to reach the server from anywhere else.

use super::{Context, Failure, table::Table};
use crate::client::{Token, shown};
use crate::connect::{Connection, ServerKind};
use crate::settings::Settings;

pub(super) fn run(
    settings: &Settings,
    connection: &Connection,
    context: &mut Context,
) -> Result<(), Failure> {
    let address = shown(&connection.address);
    let token = connection
        .token
        .as_ref()
        .map(|token| token.secret().to_owned())
        .unwrap_or_default();
    let ledger = &settings.ledger;
    let url = format!("{address}/v1/ledgers/{ledger}/expenses?limit=5");
    let curl = if token.is_empty() {
        format!("curl -s '{url}'")
    } else {
        format!("curl -s -H 'Authorization: Bearer {token}' '{url}'")
    };
    if context.out.is_json {
        let body = serde_json::json!({
            "address": address, "token": connection.token.as_ref().map(Token::secret), "curl": curl,
        });
        return context.out.body(body.to_string().as_bytes());
    }
    let mut table = Table::new("ll");
    table.row(["Address", &address]);
    table.row(["Documentation", &format!("{address}/docs")]);
    table.row(["Token", &token]);
    table.row(["Ledger", ledger]);
    table.row(["Try", &curl]);
    table.print(&mut context.out)?;
    if connection.kind != ServerKind::Configured {
        context.out.say(
            "This server ends with this command. `expensed serve` keeps one up over the same book; then use \
             `expense --server 127.0.0.1:8000 api`.",
        );
    }
    Ok(())
}
