//! The full screen: puts the app together from what was resolved and connected, and closes everything after it. Where the
//! book of this machine cannot be opened, the first screen says why and opens it as soon as it can be.

use super::interrupt::unless_interrupted;
use super::output::say_last;
use super::{Failure, under_way};
use crate::connect::{BookAccess, Connection, StartLocal};
use crate::doorkeeper::Doorkeeper;
use crate::open;
use crate::settings::Settings;
use crate::terminal::{self, Environment};
use std::sync::Arc;
use tokio::runtime::Handle;

/// Runs the app until its user leaves.
pub(super) async fn run(settings: Settings, start: Option<StartLocal>) -> Result<(), Failure> {
    let today = settings.zone().today();
    let handle = Handle::current();
    let connection = unless_interrupted(async {
        let connection = Connection::open_for(BookAccess::Write, &settings, start, today).await?;
        Ok(connection)
    });
    let (doorkeeper, trouble) = match connection.await {
        Ok(connection) => (Doorkeeper::new(settings.clone(), connection, start, handle), None),
        Err(Failure::Book(trouble)) => (
            Doorkeeper::without_book(settings.clone(), start, handle)?,
            Some(trouble),
        ),
        Err(failure) => return Err(failure),
    };
    let door = Arc::new(doorkeeper.clone());
    let setup = match &trouble {
        Some(trouble) => {
            let setup = open::setup_without_book(door, (**trouble).clone(), &settings);
            setup.map(|setup| (setup, None)).map_err(Failure::from)
        }
        None => {
            let desk = doorkeeper.first_desk().map_err(Failure::Failed);
            desk.and_then(|desk| {
                let setup = open::setup(&desk, &settings)?;
                Ok((setup, Some(desk)))
            })
        }
    };
    let outcome = match setup {
        Err(failure) => Err(failure),
        Ok((setup, desk)) => {
            let wants_mouse = Environment::of(&settings.env).wants_mouse();
            let started = |poster| {
                doorkeeper.begin(poster);
                if let Some(desk) = &desk {
                    doorkeeper.watch(desk);
                }
            };
            terminal::run(setup, wants_mouse, started)
                .await
                .map_err(Failure::from)
        }
    };
    // A server of its own goes on by itself.
    let left = match doorkeeper.local_api() {
        Some(api) => under_way::left(&api, true).await,
        None => Vec::new(),
    };
    let is_open = doorkeeper.is_open();
    doorkeeper.close().await;
    for line in left {
        say_last(&line);
    }
    match trouble {
        // Its user left before the screen that says so: scripts and eyes after it see it all the same.
        Some(trouble) if !is_open => outcome.and(Err(Failure::Book(trouble))),
        _ => outcome,
    }
}
