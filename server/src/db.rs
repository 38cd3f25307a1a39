//! The room around the database: how the schema is brought up to date, leased and described.

pub mod lease;
pub mod migrate;
pub mod schema;
