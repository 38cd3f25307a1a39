//! What the parts promise each other, and what the documents say of them.

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
