//! The full screen: puts the app together from what was resolved and connected, and closes everything after it.

use super::Failure;
use crate::connect::Connection;
use crate::open;
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::terminal::{self, Environment};
use std::sync::Arc;

/// Runs the app until its user leaves.
pub(super) async fn run(settings: Settings, connection: Connection, outbox: Outbox) -> Result<(), Failure> {
    let desk = open::desk(Arc::clone(&connection.api), outbox, &settings);
    let outcome = match open::setup(&desk, &settings) {
        Err(error) => Err(error.into()),
        Ok(setup) => {
            let (api, link) = (Arc::clone(&connection.api), open::link(&settings));
            let started = |poster| drop(tokio::spawn(desk.waiting.watch(api, poster, link)));
            let wants_mouse = Environment::of(&settings.env).wants_mouse();
            terminal::run(setup, wants_mouse, started)
                .await
                .map_err(Failure::from)
        }
    };
    connection.close().await;
    outcome
}
