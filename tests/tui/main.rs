//! The programs as people use them: `expense` and `expensed` built, started, typed into and killed. One file a promise.

mod plain;
