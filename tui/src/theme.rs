//! Looks: the only place that names a colour, and the only place that names a glyph outside ASCII.
//! Two tiers. `ansi` uses the terminal's own foreground and background plus its 16 colours, so it
//! is right on light and dark; `mono` has attributes only. Colour follows meaning, never decoration,
//! and nothing is told by colour alone.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, FixedOffset, NaiveDate};
use ratatui::{
    layout::Size,
    style::{Color, Modifier, Style},
};

use crate::{
    dates::Dates,
    keymap::{Action, Keymap},
    open_ledger::{Ability, OpenLedger},
};

/// How much the terminal may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tier {
    #[default]
    Ansi,
    Mono,
}

/// A style for each meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    pub plain: Style,
    /// Less important, still legible.
    pub dim: Style,
    pub bold: Style,
    pub spending: Style,
    pub income: Style,
    pub warning: Style,
    pub error: Style,
    pub accent: Style,
    /// A key in a hint.
    pub key: Style,
    /// Column headings.
    pub heading: Style,
    pub rule: Style,
    /// What would be there if something were typed.
    pub ghost: Style,
    /// A word with a fault in it.
    pub fault: Style,
    /// Laid over a row, besides the `>`.
    pub selected: Style,
    /// Laid over a marked row, besides the `*`.
    pub marked: Style,
    /// The screen that is shown, among the others in the header.
    pub current: Style,
    /// The names of ledgers, so that one is not taken for another.
    pub ledgers: [Style; 6],
}

/// A colour setting that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaletteError {
    #[error("[app.palette] {0}: no such role; roles are {ROLES}")]
    UnknownRole(String),
    #[error("[app.palette] {role}: `{color}` is not a colour; use one of {NAMES}, or 0 to 255")]
    UnknownColor { role: String, color: String },
}

const ROLES: &str = "spending, income, warning, error, accent, key, heading, rule, dim, marked";
const NAMES: &str = "default, black, red, green, yellow, blue, magenta, cyan, gray, darkgray, \
                     lightred, lightgreen, lightyellow, lightblue, lightmagenta, lightcyan, white";

/// Legible on light and dark, and neither red nor yellow, which mean something.
const ACCENTS: [Color; 6] = [
    Color::Cyan,
    Color::Magenta,
    Color::Green,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
];

impl Styles {
    pub fn new(tier: Tier) -> Self {
        let plain = Style::new();
        let mono = Self {
            plain,
            dim: plain.add_modifier(Modifier::DIM),
            bold: plain.add_modifier(Modifier::BOLD),
            spending: plain,
            income: plain,
            warning: plain.add_modifier(Modifier::BOLD),
            error: plain.add_modifier(Modifier::BOLD),
            accent: plain,
            key: plain.add_modifier(Modifier::BOLD),
            heading: plain.add_modifier(Modifier::BOLD),
            rule: plain.add_modifier(Modifier::DIM),
            ghost: plain.add_modifier(Modifier::DIM),
            fault: plain.add_modifier(Modifier::UNDERLINED),
            selected: plain.add_modifier(Modifier::REVERSED),
            marked: plain.add_modifier(Modifier::BOLD),
            current: plain.add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED)),
            ledgers: [plain.add_modifier(Modifier::BOLD); 6],
        };
        match tier {
            Tier::Mono => mono,
            Tier::Ansi => Self {
                income: plain.fg(Color::Green),
                warning: plain.fg(Color::Yellow),
                error: plain.fg(Color::Red),
                accent: plain.fg(Color::Cyan),
                fault: plain.fg(Color::Red).add_modifier(Modifier::UNDERLINED),
                ledgers: ACCENTS.map(|accent| mono.bold.fg(accent)),
                ..mono
            },
        }
    }

    /// The styles with the user's colours, role by role. In `mono` they are checked and not used.
    pub fn with_palette(tier: Tier, palette: &BTreeMap<String, String>) -> Result<Self, PaletteError> {
        let mut styles = Self::new(tier);
        for (role, name) in palette {
            let Some(style) = styles.role(role) else {
                return Err(PaletteError::UnknownRole(role.clone()));
            };
            let color = color(name).ok_or_else(|| PaletteError::UnknownColor {
                role: role.clone(),
                color: name.clone(),
            })?;
            if tier == Tier::Ansi {
                style.fg = Some(color);
            }
        }
        Ok(styles)
    }

    fn role(&mut self, name: &str) -> Option<&mut Style> {
        Some(match name {
            "spending" => &mut self.spending,
            "income" => &mut self.income,
            "warning" => &mut self.warning,
            "error" => &mut self.error,
            "accent" => &mut self.accent,
            "key" => &mut self.key,
            "heading" => &mut self.heading,
            "rule" => &mut self.rule,
            "dim" => &mut self.dim,
            "marked" => &mut self.marked,
            _ => return None,
        })
    }
}

/// `Reset` is the terminal's own colour.
fn color(name: &str) -> Option<Color> {
    Some(match name.to_ascii_lowercase().as_str() {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "gray" => Color::Gray,
        "darkgray" => Color::DarkGray,
        "lightred" => Color::LightRed,
        "lightgreen" => Color::LightGreen,
        "lightyellow" => Color::LightYellow,
        "lightblue" => Color::LightBlue,
        "lightmagenta" => Color::LightMagenta,
        "lightcyan" => Color::LightCyan,
        "white" => Color::White,
        number => Color::Indexed(number.parse().ok()?),
    })
}

/// A colour as the terminal's own code for it, of the 16 where it is one of them.
pub(crate) fn color_code(color: Color, is_background: bool) -> String {
    let shift = if is_background { 10 } else { 0 };
    let basic = match color {
        Color::Reset => 39,
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Indexed(index) => return format!("{};5;{index}", 38 + shift),
        Color::Rgb(r, g, b) => return format!("{};2;{r};{g};{b}", 38 + shift),
    };
    (basic + shift).to_string()
}

/// The characters outside letters and digits, each one column wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    pub ellipsis: &'static str,
    pub rule: &'static str,
    /// A full step of a bar.
    pub bar: &'static str,
    /// An eighth to seven eighths of a step; empty where there are no such parts.
    pub bar_parts: &'static [&'static str],
    /// A step of a bar below zero.
    pub bar_negative: &'static str,
    /// Where another value stands on a bar's scale.
    pub tick: &'static str,
    pub pointer: &'static str,
    pub mark: &'static str,
    pub more_above: &'static str,
    pub more_below: &'static str,
}

impl Glyphs {
    pub const UNICODE: Self = Self {
        ellipsis: "…",
        rule: "─",
        bar: "█",
        bar_parts: &["▏", "▎", "▍", "▌", "▋", "▊", "▉"],
        bar_negative: "-",
        tick: "|",
        pointer: ">",
        mark: "*",
        more_above: "↑",
        more_below: "↓",
    };

    pub const ASCII: Self = Self {
        ellipsis: "~",
        rule: "-",
        bar: "#",
        bar_parts: &[],
        more_above: "^",
        more_below: "v",
        ..Self::UNICODE
    };
}

/// What a layer may know about the outside while it updates and draws. Passed, never global.
#[derive(Debug, Clone)]
pub struct Look {
    pub styles: Styles,
    pub glyphs: Glyphs,
    pub keys: Arc<Keymap>,
    /// The client's own wall clock.
    pub now: DateTime<FixedOffset>,
    /// How days are written.
    pub dates: Dates,
    /// The ledger that is open.
    pub ledger: OpenLedger,
    /// The room that a full-screen layer has.
    pub body: Size,
}

impl Look {
    pub fn today(&self) -> NaiveDate {
        self.now.date_naive()
    }

    /// Whether the role in the open ledger allows it.
    pub fn allows(&self, ability: Ability) -> bool {
        self.ledger.allows(Some(ability))
    }

    /// The ledger's own colour: the same as long as those before it in the list stay.
    pub fn ledger_style(&self) -> Style {
        let accents = self.styles.ledgers;
        let at = self.ledger.place % accents.len();
        accents.get(at).copied().unwrap_or_default()
    }

    /// A sentence with the keys in force in the place of `<expenses.undo>` and its like.
    pub fn fill(&self, sentence: &str) -> String {
        self.keys.fill(sentence).0
    }

    /// The key in force for a verb, as it is shown to people.
    pub fn key(&self, contexts: &[&str], action: Action) -> String {
        self.keys.key_of(contexts, action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn mono_names_no_colour_and_still_shows_the_selection() {
        let mono = Styles::new(Tier::Mono);
        let debug = format!("{mono:?}");
        for color in ["Red", "Green", "Yellow", "Cyan", "Indexed"] {
            assert!(!debug.contains(color), "{debug}");
        }
        assert!(mono.selected.add_modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn no_default_colour_vanishes_on_a_light_or_dark_background() {
        let ansi = format!("{:?}", Styles::new(Tier::Ansi));
        for color in ["Blue", "White", "Black", "Gray"] {
            let words: Vec<&str> = ansi.split(|c: char| !c.is_alphanumeric()).collect();
            assert!(!words.contains(&color), "{color}");
        }
    }

    #[test]
    fn a_palette_changes_a_role_and_names_what_it_does_not_know() {
        let palette = |role: &str, color: &str| {
            Styles::with_palette(Tier::Ansi, &BTreeMap::from([(role.to_owned(), color.to_owned())]))
        };
        assert_eq!(
            palette("accent", "magenta").unwrap().accent.fg,
            Some(Color::Magenta)
        );
        assert_eq!(
            palette("accent", "208").unwrap().accent.fg,
            Some(Color::Indexed(208))
        );
        assert_eq!(
            palette("income", "default").unwrap().income.fg,
            Some(Color::Reset)
        );
        assert!(palette("accnt", "red").unwrap_err().to_string().contains("accnt"));
        assert!(
            palette("accent", "reddish")
                .unwrap_err()
                .to_string()
                .contains("`reddish`")
        );
    }

    #[test]
    fn every_glyph_is_one_column_and_has_an_ascii_form() {
        for glyphs in [Glyphs::UNICODE, Glyphs::ASCII] {
            let Glyphs {
                ellipsis,
                rule,
                bar,
                bar_parts,
                bar_negative,
                tick,
                pointer,
                mark,
                more_above,
                more_below,
            } = glyphs;
            let all = [
                ellipsis,
                rule,
                bar,
                bar_negative,
                tick,
                pointer,
                mark,
                more_above,
                more_below,
            ];
            for glyph in all.iter().chain(bar_parts) {
                assert_eq!(text::width(glyph), 1, "{glyph}");
                assert!(glyphs != Glyphs::ASCII || glyph.is_ascii(), "{glyph}");
            }
        }
    }
}
