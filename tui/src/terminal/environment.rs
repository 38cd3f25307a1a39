//! What the environment says about the terminal: it alone decides what can be drawn there.

use crate::settings::Env;
use crate::theme::{Glyphs, Tier};

/// The variables that matter, as they were.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment {
    pub term: String,
    pub locale: String,
    pub has_no_color: bool,
    pub is_ssh: bool,
}

impl Environment {
    pub fn of(env: &Env) -> Self {
        let read = |name: &str| env.get(name).unwrap_or_default().to_owned();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .map(read)
            .find(|value| !value.is_empty())
            .unwrap_or_default();
        Self {
            term: read("TERM"),
            locale,
            has_no_color: !read("NO_COLOR").is_empty(),
            is_ssh: !read("SSH_CONNECTION").is_empty(),
        }
    }

    /// Colours, unless the user or the terminal has none.
    pub fn tier(&self) -> Tier {
        let has_none = ["dumb", "vt100", "vt102", "vt220", "vt320"].contains(&self.term.as_str());
        if self.has_no_color || has_none || self.term.ends_with("-m") || self.term.ends_with("-mono") {
            Tier::Mono
        } else {
            Tier::Ansi
        }
    }

    /// Unicode where the locale says so and the terminal has the glyphs: the Linux console and a
    /// VT have no eighth blocks.
    pub fn glyphs(&self) -> Glyphs {
        let locale = self.locale.to_ascii_lowercase();
        let is_utf8 = locale.contains("utf-8") || locale.contains("utf8");
        let is_plain = self.term == "linux" || self.term == "dumb" || self.term.starts_with("vt");
        if is_utf8 && !is_plain {
            Glyphs::UNICODE
        } else {
            Glyphs::ASCII
        }
    }

    /// Capturing the mouse over SSH takes selecting and copying away.
    pub fn wants_mouse(&self) -> bool {
        !self.is_ssh && self.term != "linux"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(term: &str, locale: &str) -> Environment {
        Environment {
            term: term.to_owned(),
            locale: locale.to_owned(),
            ..Environment::default()
        }
    }

    #[test]
    fn no_color_and_plain_terminals_are_mono() {
        let xterm = environment("xterm-256color", "en_GB.UTF-8");
        assert_eq!(xterm.tier(), Tier::Ansi);
        let refused = Environment {
            has_no_color: true,
            ..xterm
        };
        assert_eq!(refused.tier(), Tier::Mono);
        assert_eq!(environment("vt100", "C").tier(), Tier::Mono);
    }

    #[test]
    fn glyphs_follow_the_locale() {
        assert_eq!(environment("xterm", "de_DE.UTF-8").glyphs(), Glyphs::UNICODE);
        assert_eq!(environment("xterm", "C.utf8").glyphs(), Glyphs::UNICODE);
        assert_eq!(environment("xterm", "POSIX").glyphs(), Glyphs::ASCII);
        assert_eq!(environment("linux", "de_DE.UTF-8").glyphs(), Glyphs::ASCII);
    }
}
