//! The harness of the suites beside it: databases, servers and terminals made for one test and gone with it.
//! No test lives here. What cannot be set up stops the test with a reason, so panics are right in this package.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up must stop, and say why"
)]
#![expect(
    clippy::needless_pass_by_value,
    clippy::return_self_not_must_use,
    reason = "what a test reads comes before what the harness saves"
)]

pub mod calls;
pub mod client;
pub mod daemon;
pub mod db;
pub mod people;
pub mod program;
pub mod proxy;
pub mod relay;
pub mod sample;
pub mod server;
pub mod terminal;
