//! The API server. Rooms: `http` (the only one that knows poem), and beside it what every room stands on.

pub mod cli;
pub mod clock;
pub mod config;
pub mod http;
pub mod log;
pub mod run;
