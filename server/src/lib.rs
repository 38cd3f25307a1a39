//! Placeholder.

pub mod db;
