//! Parts that screens are built of: each draws borrowed data on a canvas and keeps at most its own
//! view (scroll, cursor). Widgets know neither the API nor any screen.

mod blocks;
mod canvas;
mod chart;
mod form;
mod line;
mod scroll;
mod select;
mod table;

pub use blocks::{Block, Blocks, Pair};
pub use canvas::Canvas;
pub use chart::{Bar, BarChange, Chart};
pub use form::{Checked, Field, Form, FormEvent, Kind, offers};
pub use line::{Line, LineView};
pub use scroll::Scroll;
pub use select::{Item, Select, rank};
pub use table::{Column, Gutter, Row, Rows, Table};
