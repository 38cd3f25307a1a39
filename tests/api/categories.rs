//! `/v1/ledgers/{ledger}/categories`: as every dictionary, and the two levels, reassigning, and merges of many rows.

mod levels;
mod operations;

crate::dictionary::dictionary_tests!("categories", "category", false);
