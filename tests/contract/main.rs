//! What the parts promise each other, and what the documents say of them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test stops it as the test itself would"
)]

mod api_page;
mod calls;
mod examples;
mod lease;
mod migrate;
mod openapi;
mod rooms;
mod schema;
mod tables;
mod wire;
