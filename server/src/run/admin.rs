//! What `expensed admin` does: opens the database of the configuration and calls the same services as the API.

use crate::cli::admin::{Admin, read_password};
use crate::cli::{self, Exit};
use crate::config::Config;
use crate::error::{AppError, Refusal};
use crate::run::{Failure, name_file, open};
use crate::service::actor::Actor;
use crate::service::{WriteKey, password_reset, sign_in, user};
use crate::state::AppState;
use crate::store;
use api::problem::Code;
use api::text::is_bidi_control;
use api::user::{NewUser, User, UserPatch};
use serde_json::json;
use uuid::Uuid;

/// People read at a time.
const PAGE: u64 = 200;

/// Carries out a command.
pub async fn admin(config: Config, command: &Admin) -> Result<(), Failure> {
    // Before anything is opened: whoever types it must not wait, or type for nothing.
    let password = match command {
        Admin::Create { .. } => Some(read_password()?),
        _ => None,
    };
    let mut state = open(&config).await?;
    name_file(&config, &mut state);
    let done = match (command, password) {
        (Admin::Create { .. }, Some(password)) => create(&state, command, &password).await,
        (Admin::ResetCode { name }, _) => reset_code(&state, name).await,
        (Admin::Disable { name }, _) => set_disabled(&state, name, true).await,
        (Admin::Enable { name }, _) => set_disabled(&state, name, false).await,
        (Admin::List { json }, _) => list(&state, *json).await,
        (Admin::Create { .. }, None) => Err(Failure::failed("no password was read")),
    };
    state.db.close().await;
    done
}

async fn create(state: &AppState, command: &Admin, password: &api::secret::Secret) -> Result<(), Failure> {
    let Admin::Create {
        name,
        display_name,
        admin,
        currency,
        ledger,
    } = command
    else {
        return Ok(());
    };
    let new = NewUser {
        id: None,
        name: name.clone(),
        display_name: display_name.clone(),
        is_admin: *admin,
        currency: Some(*currency),
        ledger: Some(ledger.clone()),
    };
    let made = sign_in::create_with_password(state, &Actor::on_host(), &key(state), new, password).await?;
    cli::say(&format!(
        "Added {}{}, with the ledger {} in {}.",
        made.name,
        if made.is_admin { ", an admin" } else { "" },
        shown(ledger),
        currency.code()
    ));
    Ok(())
}

async fn reset_code(state: &AppState, name: &str) -> Result<(), Failure> {
    let user_id = find(state, name).await?;
    let made = password_reset::create_code(state, &Actor::on_host(), &key(state), user_id).await?;
    cli::say(&format!(
        "Good once, until {}. Older codes are void; the new password ends all sessions.",
        made.expires_at
    ));
    cli::print(made.code.expose())
}

async fn set_disabled(state: &AppState, name: &str, is_disabled: bool) -> Result<(), Failure> {
    let user_id = find(state, name).await?;
    let patch = UserPatch {
        is_disabled: Some(is_disabled),
        ..UserPatch::default()
    };
    let user = user::update(state, &Actor::on_host(), &key(state), user_id, None, patch).await?;
    cli::say(&if is_disabled {
        format!("{} is shut out, and their sessions have ended.", user.name)
    } else {
        format!("{} may sign in again.", user.name)
    });
    Ok(())
}

async fn list(state: &AppState, is_json: bool) -> Result<(), Failure> {
    let mut people: Vec<User> = Vec::new();
    loop {
        let after = people.last().map(|user| user.name.clone());
        let rows = user::page(state, after.as_deref(), PAGE).await?;
        if rows.is_empty() {
            break;
        }
        people.extend(rows.into_iter().map(store::user::wire));
    }
    if is_json {
        return cli::print(&json!({ "items": people, "next_cursor": null }).to_string());
    }
    let width = people.iter().map(|user| user.name.len()).max().unwrap_or(0);
    let lines: Vec<String> = people.iter().map(|user| line(user, width)).collect();
    cli::print(&lines.join("\n"))
}

/// `ana     Ana Keller  (admin, no password)`
fn line(user: &User, width: usize) -> String {
    let marks: Vec<&str> = [
        (user.is_admin, "admin"),
        (user.is_disabled, "shut out"),
        (!user.has_password, "no password"),
    ]
    .into_iter()
    .filter_map(|(is_so, mark)| is_so.then_some(mark))
    .collect();
    let marks = if marks.is_empty() {
        String::new()
    } else {
        format!("  ({})", marks.join(", "))
    };
    format!(
        "{:width$}  {}{marks}",
        shown(&user.name),
        shown(&user.display_name)
    )
}

/// What other people wrote, without what a terminal would obey.
fn shown(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || is_bidi_control(c) {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

async fn find(state: &AppState, name: &str) -> Result<Uuid, Failure> {
    match user::find(state, name).await? {
        Some(user) => Ok(user.id),
        None => Err(Failure::failed(format!(
            "There is nobody called {}; `expensed admin list` says who is there",
            shown(name)
        ))),
    }
}

/// Each run is a write of its own.
fn key(state: &AppState) -> WriteKey {
    WriteKey {
        key: state.clock.new_id().simple().to_string(),
        ..WriteKey::default()
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Refused(refusal) => Self::new(exit_of(refusal.code), said(&refusal)),
            AppError::Unavailable(reason) => {
                Self::new(Exit::TryLater, format!("The database is busy or away: {reason}"))
            }
            AppError::Storage(_, reason) => Self::new(
                Exit::TryLater,
                format!("The disk of the database fails: {reason}"),
            ),
            other => Self::failed(other.to_string()),
        }
    }
}

fn exit_of(code: Code) -> Exit {
    match code.status() {
        400 | 422 => Exit::BadData,
        409 if code == Code::NameTaken => Exit::BadData,
        403 | 409 => Exit::Refused,
        503 => Exit::TryLater,
        _ => Exit::Failed,
    }
}

/// Every fault on a line, with the field it is about.
fn said(refusal: &Refusal) -> String {
    if refusal.faults.is_empty() {
        return refusal.detail.clone();
    }
    let lines = refusal
        .faults
        .told()
        .iter()
        .map(|fault| format!("{}: {}", fault.pointer.trim_start_matches('/'), fault.detail));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::instant::Instant;

    fn user(name: &str, display_name: &str) -> User {
        let at = Instant::new(chrono::DateTime::UNIX_EPOCH);
        User {
            id: Uuid::nil().into(),
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            is_admin: false,
            is_disabled: false,
            has_password: true,
            timezone: None,
            default_ledger_id: None,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }

    #[test]
    fn a_line_is_aligned_and_obeys_nobody() {
        let plain = line(&user("ana", "Ana Keller"), 5);
        assert_eq!(plain, "ana    Ana Keller");
        let marked = User {
            is_admin: true,
            is_disabled: true,
            has_password: false,
            ..user("ben", "Ben\u{1b}[2J\u{202e}")
        };
        assert_eq!(
            line(&marked, 3),
            "ben  Ben\u{fffd}[2J\u{fffd}  (admin, shut out, no password)"
        );
    }

    #[test]
    fn a_refusal_ends_with_the_code_that_scripts_know() {
        for (code, exit) in [
            (Code::Unprocessable, Exit::BadData),
            (Code::NameTaken, Exit::BadData),
            (Code::Conflict, Exit::Refused),
            (Code::Unavailable, Exit::TryLater),
        ] {
            assert_eq!(Failure::from(AppError::refuse(code, "x")).exit, exit);
        }
    }
}
