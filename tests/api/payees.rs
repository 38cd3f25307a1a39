//! `/v1/ledgers/{ledger}/payees`.

crate::dictionary::dictionary_tests!("payees", "payee", false);
