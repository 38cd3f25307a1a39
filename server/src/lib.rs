//! The server, as a library.

pub mod db;
pub mod error;
pub mod store;
