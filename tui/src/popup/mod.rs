//! Popups: layers that take a part of the body, ask one thing and go. A new popup is its file and
//! a `mod` line; whoever wants it says `Fx::ask(Popup::new(..), Self::answered)`.

pub mod ask_form;
mod complete;
mod confirm;
pub mod conflict;
pub mod connect;
pub mod currency;
pub mod expense_form;
pub mod filter_line;
mod help;
pub mod history;
pub mod join;
pub mod ledgers;
mod message;
mod operation;
mod palette;
pub mod password;
mod picker;
pub mod prompt;
pub mod quick_add;
mod shut_ledger;
pub mod sign_in;
pub mod unsent;

pub use ask_form::AskForm;
pub use confirm::Confirm;
pub use help::Help;
pub use history::History;
pub use message::MessageBox;
pub use operation::Operation;
pub use palette::Palette;
pub use picker::{Picked, Picker};
pub use quick_add::QuickAdd;
pub use shut_ledger::ShutLedger;

use ratatui::layout::Rect;

use crate::{text, theme::Look, widget::Canvas};

/// The bottom part of the body, where the eyes are already, with a rule above it.
fn sheet(body: Rect, lines: usize) -> Rect {
    let lines = u16::try_from(lines).unwrap_or(u16::MAX);
    let height = lines.saturating_add(1).min(body.height);
    Rect {
        y: body.bottom() - height,
        height,
        ..body
    }
}

/// Draws the rule with the title in it; returns what is left for the content.
fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &str, look: &Look) -> Rect {
    if area.is_empty() {
        return area;
    }
    canvas.rule(Rect { height: 1, ..area }, look);
    let columns = area.width.saturating_sub(6);
    let title = text::shorten(title, columns.into(), look.glyphs.ellipsis);
    canvas.put(
        area.x + 1,
        area.y,
        columns + 2,
        &format!(" {title} "),
        look.styles.bold,
    );
    Rect {
        x: area.x + 1,
        y: area.y + 1,
        width: area.width.saturating_sub(2),
        height: area.height - 1,
    }
}
