//! What stands around every layer: the header in words, two rules, the message line and the
//! footer with at most eight keys. Below 40x10 one sentence instead.

use ratatui::layout::{Rect, Size};

use crate::{
    fx::{Message, Tone},
    keymap::{Action, Hint},
    text::{self, Align},
    theme::Look,
    widget::Canvas,
};

pub(super) const SMALLEST: Size = Size::new(40, 10);
const HINTS: usize = 8;
/// Most columns of a ledger's name.
const NAME: usize = 20;
const ABOVE: u16 = 2;
const BELOW: u16 = 3;

/// How the app stands with its server, in the header's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// Nothing to say: the server is inside.
    #[default]
    Quiet,
    Connecting,
    Live,
    Offline {
        waiting: usize,
    },
    /// Connected, with writes still to be sent.
    Sending {
        waiting: usize,
    },
}

impl Link {
    /// What the header says: what waits goes before how the feed stands, and that before what usually is.
    pub(super) fn with_feed(self, feed: Option<Self>) -> Self {
        match (self, feed) {
            (Self::Live, Some(feed)) => feed,
            _ => self,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Quiet => String::new(),
            Self::Connecting => "connecting".to_owned(),
            Self::Live => "live".to_owned(),
            Self::Offline { waiting: 0 } => "offline".to_owned(),
            Self::Offline { waiting } => format!("offline, {waiting} waiting"),
            Self::Sending { waiting } => format!("{waiting} waiting"),
        }
    }
}

/// The least of a sentence that still says what it is about.
const BEGINNING: u16 = 20;

pub(super) fn is_too_small(size: Size) -> bool {
    size.width < SMALLEST.width || size.height < SMALLEST.height
}

/// The part of a frame that belongs to layers.
pub(super) fn body(frame: Rect) -> Rect {
    Rect {
        y: frame.y + ABOVE.min(frame.height),
        height: frame.height.saturating_sub(ABOVE + BELOW),
        ..frame
    }
}

pub(super) fn too_small(canvas: &mut Canvas<'_>, look: &Look) {
    let frame = canvas.area();
    let sentence = format!(
        "Too small: {}x{}. expense needs {}x{}.",
        frame.width, frame.height, SMALLEST.width, SMALLEST.height
    );
    for (y, line) in (frame.top()..frame.bottom()).zip(text::wrap(&sentence, frame.width.into())) {
        canvas.put(frame.x, y, frame.width, &line, look.styles.plain);
    }
}

/// What the header says.
pub(super) struct Header<'a> {
    /// Number, title and whether it is shown, of each that one may open.
    pub(super) screens: Vec<(usize, &'static str, bool)>,
    pub(super) loading: Option<&'a str>,
    pub(super) link: Link,
}

pub(super) fn header(canvas: &mut Canvas<'_>, header: &Header<'_>, look: &Look) {
    let frame = canvas.area();
    let status: Vec<String> = [header.loading.unwrap_or_default().to_owned(), header.link.words()]
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect();
    let status = text::shorten(
        &status.join("   "),
        usize::from(frame.width / 2),
        look.glyphs.ellipsis,
    );
    let status_width = u16::try_from(text::width(&status)).unwrap_or(frame.width);
    let right = frame.right().saturating_sub(status_width + 1);
    let style = match header.link {
        Link::Offline { .. } => look.styles.warning,
        _ => look.styles.plain,
    };
    canvas.put(right, frame.y, status_width, &status, style);
    let room = |x: u16| right.saturating_sub(x + 1);
    let mut x = 1;
    if !look.ledger.name.is_empty() {
        let name = text::shorten(&look.ledger.name, NAME, look.glyphs.ellipsis);
        x = canvas.put(x, frame.y, room(x), &name, look.ledger_style());
        x = canvas.put(x, frame.y, room(x), &look.ledger.suffix(), look.styles.plain) + 3;
    }
    for (number, title, is_current) in &header.screens {
        let style = if *is_current {
            look.styles.current
        } else {
            look.styles.plain
        };
        let tab = format!("{number} {title}");
        x = canvas.put(x, frame.y, room(x), &tab, style) + 2;
    }
    canvas.rule(Rect::new(0, frame.y + 1, frame.width, 1), look);
}

/// The lines under the body.
pub(super) fn footer(
    canvas: &mut Canvas<'_>,
    said: [Option<&Message>; 2],
    hints: &[(String, String)],
    look: &Look,
) {
    let frame = canvas.area();
    let top = frame.bottom().saturating_sub(BELOW);
    canvas.rule(Rect::new(0, top, frame.width, 1), look);
    draw_said(canvas, (1, top + 1, frame.width.saturating_sub(2)), said, look);
    let mut x = 1;
    for (key, word) in hints {
        let end = usize::from(x) + text::width(key) + 1 + text::width(word);
        if end >= usize::from(frame.width) {
            break;
        }
        x = canvas.put(x, top + 2, frame.width, key, look.styles.key) + 1;
        x = canvas.put(x, top + 2, frame.width, word, look.styles.plain) + 2;
    }
}

/// What was said of one's own doing, whole, and what others did after it, in the room that is left: from its beginning
/// on, or not at all.
fn draw_said(
    canvas: &mut Canvas<'_>,
    (x, y, columns): (u16, u16, u16),
    said: [Option<&Message>; 2],
    look: &Look,
) {
    let width = |message: &Message| u16::try_from(text::width(&message.text)).unwrap_or(u16::MAX);
    let mut put = |(x, columns), message: &Message| {
        let style = match message.tone {
            Tone::Info => look.styles.plain,
            Tone::Warning => look.styles.warning,
            Tone::Error => look.styles.error,
        };
        let words = with_hint(message, columns, look);
        canvas.put_fit((x, y, columns), &words, Align::Left, style, look);
    };
    match said {
        [Some(own), Some(others)] => {
            let taken = width(own).saturating_add(3);
            let left = columns.saturating_sub(taken);
            put((x, columns), own);
            if left >= BEGINNING.min(width(others)) {
                put((x + taken, left), others);
            }
        }
        [one, other] => {
            for message in one.into_iter().chain(other) {
                put((x, columns), message);
            }
        }
    }
}

/// A message that has no room is cut before its hint at a key, which stays.
fn with_hint(message: &Message, columns: u16, look: &Look) -> String {
    let text = message.text.as_str();
    let parts = message.hint_at.and_then(|at| text.split_at_checked(at));
    let Some((said, hint)) = parts.filter(|_| text::width(text) > columns.into()) else {
        return text.to_owned();
    };
    match usize::from(columns).checked_sub(text::width(hint) + 1) {
        Some(room) if room >= usize::from(BEGINNING) => {
            format!(
                "{} {hint}",
                text::shorten(said.trim_end(), room, look.glyphs.ellipsis)
            )
        }
        _ => text.to_owned(),
    }
}

/// At most eight keys that fit, help always the last of them.
pub(super) fn choose_hints(all: &[Hint], wanted: &[Action], columns: u16) -> Vec<(String, String)> {
    let pair = |hint: &Hint| {
        let word = if hint.word.is_empty() {
            hint.action.description()
        } else {
            hint.word
        };
        (hint.key().to_owned(), word.to_owned())
    };
    let takes = |(key, word): &(String, String)| text::width(key) + text::width(word) + 3;
    let is_shown = |hint: &&Hint| !hint.keys.is_empty() && hint.action != Action::Help;
    let chosen: Vec<&Hint> = if wanted.is_empty() {
        let worded = all.iter().filter(|hint| !hint.word.is_empty());
        worded.filter(is_shown).collect()
    } else {
        let wanted = wanted.iter();
        let found = wanted.filter_map(|action| all.iter().find(|hint| hint.action == *action));
        found.filter(is_shown).collect()
    };
    let help = all
        .iter()
        .find(|h| h.action == Action::Help && !h.keys.is_empty());
    let help = help.map(pair);
    let mut room = usize::from(columns).saturating_sub(1 + help.as_ref().map_or(0, takes));
    let mut shown = Vec::new();
    for hint in chosen.into_iter().map(pair) {
        if shown.len() + 1 >= HINTS {
            break;
        }
        let Some(left) = room.checked_sub(takes(&hint)) else {
            break;
        };
        room = left;
        shown.push(hint);
    }
    shown.extend(help);
    shown
}
