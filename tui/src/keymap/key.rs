//! A key as this app sees it: already normalised (Ctrl-H is Backspace, Ctrl-J is Enter, Shift is
//! part of the character), and how it is written for people: `a`, `^x`, `Enter`.

use std::fmt;

use tui_input::InputRequest;

/// What was pressed, apart from modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyCode {
    Char(char),
    Enter,
    Tab,
    BackTab,
    Esc,
    Backspace,
    Delete,
    Insert,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

/// One key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: KeyCode,
    pub ctrl: bool,
    pub alt: bool,
}

impl Key {
    pub const fn new(code: KeyCode) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    pub const fn char(c: char) -> Self {
        Self::new(KeyCode::Char(c))
    }

    /// Ctrl with a letter; the letters that a terminal cannot tell from a named key become it.
    pub const fn ctrl(c: char) -> Self {
        match c {
            'h' => Self::new(KeyCode::Backspace),
            'i' => Self::new(KeyCode::Tab),
            'j' | 'm' => Self::new(KeyCode::Enter),
            '[' => Self::new(KeyCode::Esc),
            _ => Self {
                code: KeyCode::Char(c),
                ctrl: true,
                alt: false,
            },
        }
    }

    #[must_use]
    pub const fn with_alt(mut self) -> Self {
        self.alt = true;
        self
    }

    /// The character this key types into a field, if it types one.
    pub const fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// What this key does inside a text field: the readline habits.
    pub const fn edit(self) -> Option<InputRequest> {
        use InputRequest as R;
        if let Some(c) = self.typed() {
            return Some(R::InsertChar(c));
        }
        Some(match (self.code, self.ctrl, self.alt) {
            (KeyCode::Backspace, false, false) => R::DeletePrevChar,
            (KeyCode::Delete, false, false) | (KeyCode::Char('d'), true, false) => R::DeleteNextChar,
            (KeyCode::Left, false, false) | (KeyCode::Char('b'), true, false) => R::GoToPrevChar,
            (KeyCode::Right, false, false) | (KeyCode::Char('f'), true, false) => R::GoToNextChar,
            (KeyCode::Left, true, _) | (KeyCode::Char('b'), false, true) => R::GoToPrevWord,
            (KeyCode::Right, true, _) | (KeyCode::Char('f'), false, true) => R::GoToNextWord,
            (KeyCode::Home, ..) | (KeyCode::Char('a'), true, false) => R::GoToStart,
            (KeyCode::End, ..) | (KeyCode::Char('e'), true, false) => R::GoToEnd,
            (KeyCode::Char('w'), true, false) | (KeyCode::Backspace, ..) => R::DeletePrevWord,
            (KeyCode::Delete, ..) | (KeyCode::Char('d'), false, true) => R::DeleteNextWord,
            (KeyCode::Char('u'), true, false) => R::DeleteFromStart,
            (KeyCode::Char('k'), true, false) => R::DeleteTillEnd,
            (KeyCode::Char('y'), true, false) => R::Yank,
            _ => return None,
        })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.alt {
            f.write_str("Alt-")?;
        }
        if self.ctrl {
            f.write_str("^")?;
        }
        let name = match self.code {
            KeyCode::Char(' ') => "Space",
            KeyCode::Char(c) => return write!(f, "{c}"),
            KeyCode::F(n) => return write!(f, "F{n}"),
            KeyCode::Enter => "Enter",
            KeyCode::Tab => "Tab",
            KeyCode::BackTab => "Shift-Tab",
            KeyCode::Esc => "Esc",
            KeyCode::Backspace => "Backspace",
            KeyCode::Delete => "Delete",
            KeyCode::Insert => "Insert",
            KeyCode::Up => "Up",
            KeyCode::Down => "Down",
            KeyCode::Left => "Left",
            KeyCode::Right => "Right",
            KeyCode::Home => "Home",
            KeyCode::End => "End",
            KeyCode::PageUp => "PgUp",
            KeyCode::PageDown => "PgDn",
        };
        f.write_str(name)
    }
}
