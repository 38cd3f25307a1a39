//! `expense`: the terminal app and its plain commands. It speaks HTTP to a server and nothing
//! else. Screens and popups know widgets, theme, keymap, effects and API types; they never name
//! the async runtime, the HTTP client or the terminal. The client and the runtime never name a
//! screen.

pub mod app;
pub mod balance;
pub mod book;
pub mod client;
pub mod command;
pub mod connect;
pub mod dates;
mod demo;
pub mod desk;
pub mod door;
pub mod doorkeeper;
pub mod drafts;
pub mod expense_row;
pub mod figures;
pub mod fx;
pub mod keymap;
pub mod layer;
pub mod live;
mod logged;
pub mod open;
pub mod open_ledger;
pub mod outbox;
pub mod popup;
mod runtime;
pub mod scope;
pub mod screen;
pub mod settings;
pub mod terminal;
#[doc(hidden)]
pub mod testkit;
pub mod text;
pub mod theme;
mod under_way;
mod undo;
pub mod waiting;
pub mod widget;
