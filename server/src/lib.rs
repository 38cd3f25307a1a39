//! The API server. Rooms, from the socket to the table: `http` (the only one that knows poem), `service` (the rules),
//! `store` (the queries), and beside them what every room stands on. `http` never names SeaORM, `service` never
//! names poem, `store` never names a service.

pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod embedded;
pub mod error;
pub mod feed;
pub mod http;
pub mod import;
pub mod job;
pub mod log;
pub mod run;
pub mod service;
pub mod state;
pub mod store;
