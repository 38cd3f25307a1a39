//! Timed work: calls services, never stores.

pub mod imports;
