//! What the parts promise each other, and what the documents say of them.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test stops it as the test itself would"
)]

mod lease;
mod migrate;
mod schema;
mod tables;
