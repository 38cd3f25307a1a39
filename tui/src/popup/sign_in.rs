//! Name and password, for a server that is to be opened or for the one that is open and does not take the token any
//! more. What waits for the latter goes on where it was.

use super::AskForm;
use super::ask_form::needed;
use crate::desk::Desk;
use crate::door::SignedIn;
use crate::fx::{Change, Fx};
use crate::waiting::ServerBack;
use crate::widget::Field;
use api::auth::Login;
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
            .check(needed("The password")),
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
            asking.sign_in(address.clone(), login)
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
