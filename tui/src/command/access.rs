//! `expense api`: how to reach the server from anywhere else.

use super::{Context, Failure, table::Table};
use crate::client::{Token, shown};
use crate::connect::{Connection, ServerKind};
use crate::settings::Settings;

/// One word of a shell's line, whatever is in it (POSIX shell, 2.2.2).
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

pub(super) async fn run(
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
    // The server knows ids and `default`; names are this program's.
    let ledger = match settings.ledger.as_str() {
        "default" => "default".to_owned(),
        _ => context.api.get_ledger().await?.id.to_string(),
    };
    let mut url = connection.address.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty()
            .extend(["v1", "ledgers", ledger.as_str(), "expenses"]);
    }
    url.set_query(Some("limit=5"));
    let mut curl = "curl -s".to_owned();
    if let Some(path) = settings.ca_path() {
        curl = format!("{curl} --cacert {}", quoted(&path.display().to_string()));
    }
    if !token.is_empty() {
        curl = format!("{curl} -H {}", quoted(&format!("Authorization: Bearer {token}")));
    }
    let curl = format!("{curl} {}", quoted(url.as_str()));
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
    table.row(["Ledger", &ledger]);
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
