//! Ctrl-C and being told to end, for commands without a full screen: work is let go of where it stands, so that what
//! was started for it ends and what was temporary is removed.

use super::Failure;
use std::future::Future;
use std::io;

/// Carries `work` out, unless the process is told to end before it is done.
pub(super) async fn unless_interrupted<T>(
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let told = told_to_end();
    tokio::select! {
        biased;
        done = work => done,
        signal = told => Err(signal.map_or_else(Failure::from, Failure::Interrupted)),
    }
}

/// The number of the signal that ends it.
#[cfg(unix)]
async fn told_to_end() -> io::Result<u8> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut int, mut term, mut hup) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
        signal(SignalKind::hangup())?,
    );
    Ok(tokio::select! {
        _ = int.recv() => 2,
        _ = term.recv() => 15,
        _ = hup.recv() => 1,
    })
}

#[cfg(not(unix))]
async fn told_to_end() -> io::Result<u8> {
    tokio::signal::ctrl_c().await.map(|()| 2)
}
