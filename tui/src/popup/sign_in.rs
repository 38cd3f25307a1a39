//! Name and password, for a server that is to be opened or for the one that is open and does not take the token any
//! more; and the password alone, for what asks for it once more. What waits for the latter two goes on where it was.
//! Whoever has no password any more redeems here the code that an admin made: the password that was typed is then the new one.

use super::AskForm;
use super::ask_form::needed;
use crate::client::ClientError;
use crate::desk::Desk;
use crate::door::{Door, SignedIn};
use crate::fx::{Change, Fx};
use crate::waiting::ServerBack;
use crate::widget::Field;
use api::auth::{Login, PasswordConfirmation, PasswordReset};
use api::problem::{Code, Fault, Problem};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use url::Url;

/// Signs in where the books are open.
pub fn again(desk: &Desk) -> AskForm<SignedIn> {
    let door = desk.door.clone();
    let server = door.server().unwrap_or_else(|| "this machine".to_owned());
    form(desk, format!("Sign in to {server}"), None)
        .intro(vec![
            "Your token is not good any more, or there was none. What you were doing goes on after this."
                .to_owned(),
        ])
        .left(move || door.decline())
}

/// Gives the password once more.
pub fn confirm(desk: &Desk) -> AskForm<()> {
    let (giving, declining) = (desk.door.clone(), desk.door.clone());
    let fields = vec![
        Field::text("password", "Password")
            .masked()
            .check(needed("The password")),
    ];
    AskForm::new(
        "Your password, once more",
        "confirming",
        fields,
        move |form| {
            giving.confirm(PasswordConfirmation {
                password: form.value("password").into(),
            })
        },
        |(), _| Fx::pop(),
    )
    .intro(vec![
        "This lets others in or gives them more, and so asks for your password. It holds for 10 minutes."
            .to_owned(),
    ])
    .blames("password")
    .left(move || declining.decline_password())
}

/// Signs in at a server that answered well, and opens it.
pub fn at(desk: &Desk, address: Url, intro: Vec<String>) -> AskForm<SignedIn> {
    let title = format!("Sign in to {}", address.host_str().unwrap_or_default());
    form(desk, title, Some(address)).intro(intro)
}

fn form(desk: &Desk, title: String, address: Option<Url>) -> AskForm<SignedIn> {
    let (asking, opening) = (desk.door.clone(), desk.door.clone());
    let fields = vec![
        Field::text("name", "Name").ghost("ana").check(needed("The name")),
        Field::text("password", "Password")
            .masked()
            .check(needed("The password"))
            .end(),
        Field::text("code", "Code")
            .ghost("from an admin; sets the password above")
            .check(|code, _| {
                Ok(if code.trim().is_empty() {
                    String::new()
                } else {
                    "the password above becomes yours".to_owned()
                })
            }),
    ];
    AskForm::new(
        title,
        "signing in",
        fields,
        move |form| {
            let login = Login {
                name: form.value("name").trim().to_owned(),
                password: form.value("password").into(),
                client: Some("expense".to_owned()),
            };
            match form.value("code").trim() {
                "" => asking.sign_in(address.clone(), login),
                code => redeem(&asking, address.clone(), login, code),
            }
        },
        move |signed_in, _| match signed_in {
            SignedIn::Here => Fx::pop()
                .and(Fx::announce(Change::new(ServerBack)))
                .and(Fx::notify("Signed in.")),
            SignedIn::There(desk) => {
                let said = "Signed in. This server is opened the next time as well; :disconnect leaves it.";
                Fx::reopen(opening.books(&desk)).and(Fx::notify(said))
            }
        },
    )
    .blames("password")
}

/// Sets the password with the code, then signs in with it.
fn redeem(
    door: &Arc<dyn Door>,
    address: Option<Url>,
    login: Login,
    code: &str,
) -> BoxFuture<'static, Result<SignedIn, ClientError>> {
    let reset = PasswordReset {
        name: login.name.clone(),
        code: code.into(),
        password: login.password.clone(),
    };
    let door = Arc::clone(door);
    let resetting = door.reset_password(address.clone(), reset);
    Box::pin(async move {
        resetting.await.map_err(about_code)?;
        let signed_in = door.sign_in(address, login).await;
        signed_in.map_err(|error| {
            of_code(format!(
                "The new password is set and the code used up; empty this field and sign in. {}",
                error.sentence()
            ))
        })
    })
}

/// What is refused without a field is the code.
fn about_code(error: ClientError) -> ClientError {
    match error.problem() {
        Some(problem) if error.code() == Some(Code::Unauthenticated) && problem.errors.is_empty() => {
            of_code(problem.detail.clone())
        }
        _ => error,
    }
}

/// As a server would say it, so that it stands under the field.
fn of_code(detail: String) -> ClientError {
    ClientError::refused(Problem {
        errors: vec![Fault {
            pointer: "/code".to_owned(),
            detail,
            ..Fault::default()
        }],
        ..Problem::default()
    })
}
