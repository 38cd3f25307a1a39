//! The full screen: puts the app together from what was resolved and connected, and closes everything after it.

use super::Failure;
use crate::connect::Connection;
use crate::outbox::Outbox;
use crate::settings::Settings;

/// Runs the app until its user leaves.
pub(super) async fn run(settings: Settings, connection: Connection, outbox: Outbox) -> Result<(), Failure> {
    // Seam: the screens are put together here.
    drop((settings, outbox));
    connection.close().await;
    Err(Failure::Failed(
        "the full screen is not there yet - `expense --help` lists the commands".to_owned(),
    ))
}
