//! The full screen: puts the app together from what was resolved and connected, and closes everything after it.

use super::output::say_last;
use super::{Failure, under_way};
use crate::connect::{Connection, StartLocal};
use crate::doorkeeper::Doorkeeper;
use crate::open;
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::terminal::{self, Environment};
use tokio::runtime::Handle;

/// Runs the app until its user leaves.
pub(super) async fn run(
    settings: Settings,
    connection: Connection,
    outbox: Outbox,
    start: Option<StartLocal>,
) -> Result<(), Failure> {
    let doorkeeper = Doorkeeper::new(settings.clone(), connection, start, Handle::current());
    let desk = doorkeeper.first_desk(outbox);
    let outcome = match open::setup(&desk, &settings) {
        Err(error) => Err(error.into()),
        Ok(setup) => {
            let wants_mouse = Environment::of(&settings.env).wants_mouse();
            let started = |poster| doorkeeper.begin(poster, &desk);
            terminal::run(setup, wants_mouse, started)
                .await
                .map_err(Failure::from)
        }
    };
    // A server of its own goes on by itself.
    let left = if desk.door.server().is_none() {
        under_way::left(&desk.api, true).await
    } else {
        Vec::new()
    };
    drop(desk);
    doorkeeper.close().await;
    for line in left {
        say_last(&line);
    }
    outcome
}
