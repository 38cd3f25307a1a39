//! The programs as people use them: `expense` and `expensed` built, started, typed into and killed. One file a promise.

mod books;
mod bytes;
mod commands;
mod first_run;
mod household;
mod keys;
mod outage;
mod plain;
mod served;
mod sizes;
mod startup;
mod stopped;
mod strange_text;
