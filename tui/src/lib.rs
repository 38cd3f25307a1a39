//! `expense`: the terminal app and its plain commands. It speaks HTTP to a server and nothing else.

pub mod client;
