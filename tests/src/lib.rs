//! The harness of the suites beside it: databases, servers and terminals made for one test and gone with it.
//! No test lives here. What cannot be set up stops the test with a reason, so panics are right in this package.

pub mod calls;
pub mod certificate;
pub mod client;
pub mod daemon;
pub mod db;
pub mod disk;
pub mod hostile;
pub mod house;
pub mod people;
pub mod program;
pub mod proxy;
pub mod relay;
pub mod sample;
pub mod server;
pub mod snapshot;
pub mod stream;
pub mod terminal;
