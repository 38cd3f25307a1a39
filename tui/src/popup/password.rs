//! Another password for oneself.

use super::AskForm;
use super::ask_form::needed;
use crate::client::Key;
use crate::desk::Desk;
use crate::fx::Fx;
use crate::widget::Field;
use api::auth::PasswordChange;

/// Asks for the old and the new one.
pub fn change(desk: &Desk) -> AskForm<()> {
    let api = desk.api.clone();
    let fields = vec![
        Field::text("old_password", "Password now")
            .masked()
            .check(needed("The password")),
        Field::text("new_password", "New password")
            .masked()
            .check(|value, _| match value.chars().count() {
                0..api::auth::MIN_PASSWORD_CHARS => Err(format!(
                    "At least {} characters - several words are easy to keep in mind",
                    api::auth::MIN_PASSWORD_CHARS
                )),
                count => Ok(format!("{count} characters")),
            }),
        Field::text("again", "Once more").masked(),
    ];
    AskForm::new(
        "Password",
        "changing the password",
        fields,
        move |form| {
            let (new, again) = (form.value("new_password"), form.value("again"));
            if new != again {
                return Box::pin(std::future::ready(Err(differs())));
            }
            let change = PasswordChange {
                old_password: form.value("old_password").into(),
                new_password: new.into(),
            };
            api.change_password(&change, Key::new())
        },
        |(), _| {
            Fx::pop().and(Fx::notify(
                "Your password is changed. All your other sessions have ended.",
            ))
        },
    )
    .blames("old_password")
}

/// As a server would say it, so that it stands under its field.
fn differs() -> crate::client::ClientError {
    crate::client::ClientError::refused(api::problem::Problem {
        errors: vec![api::problem::Fault {
            pointer: "/again".to_owned(),
            detail: "This is not what stands above".to_owned(),
            ..api::problem::Fault::default()
        }],
        ..api::problem::Problem::default()
    })
}
