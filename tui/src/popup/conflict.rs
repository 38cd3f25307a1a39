//! Somebody changed the row meanwhile: field by field what it was, what was typed here and what is there now, and who
//! changed it when. What only one side touched merges by itself; what both did is chosen. Nothing is saved before that.

mod draw;
mod parts;

use super::frame;
use crate::book::Lists;
use crate::client::ClientError;
use crate::desk::Desk;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::{Layer, Popup};
use crate::logged;
use crate::text::Align;
use crate::theme::Look;
use crate::undo::who;
use crate::widget::{Canvas, Scroll};
use api::change::Change;
use api::expense::{Expense, ExpensePatch};
use api::page::{Page, PageQuery};
use draw::{GUTTER, NAME, columns};
use parts::{PARTS, Part};
use ratatui::layout::{Position, Rect};
use std::sync::Arc;

/// Entries of the history that are looked at for who changed it.
const ENTRIES: u32 = 10;

/// Whose value a field gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Mine,
    Theirs,
    /// Both changed it: not decided yet.
    Open,
    /// Nothing was typed here, and they changed it.
    OnlyTheirs,
}

struct Choice {
    part: &'static Part,
    side: Side,
    /// Both changed it, each to something else.
    is_clash: bool,
}

/// The question.
pub struct Conflict {
    desk: Desk,
    lists: Arc<Lists>,
    before: Expense,
    theirs: Expense,
    patch: ExpensePatch,
    choices: Vec<Choice>,
    /// `Ana, today 11:05`, as soon as it is known.
    by: Option<String>,
    scroll: Scroll,
}

/// What is to be sent: what is left of the patch, onto the row as they left it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub theirs: Expense,
    pub patch: ExpensePatch,
}

impl Conflict {
    /// `before` is the row as it was when the change was begun.
    pub fn new(desk: Desk, before: Expense, theirs: Expense, patch: ExpensePatch) -> Self {
        let lists = desk.book.lists();
        let mut patch = patch;
        let mut choices = Vec::new();
        for part in &PARTS {
            let is_theirs = (part.theirs)(&before, &lists) != (part.theirs)(&theirs, &lists);
            let is_mine = (part.is_touched)(&patch);
            if is_mine && is_theirs && (part.mine)(&patch, &lists) == (part.theirs)(&theirs, &lists) {
                // They did what was wanted here.
                (part.leave)(&mut patch);
                continue;
            }
            let side = match (is_mine, is_theirs) {
                (true, true) => Side::Open,
                (true, false) => Side::Mine,
                (false, true) => Side::OnlyTheirs,
                (false, false) => continue,
            };
            let is_clash = side == Side::Open;
            choices.push(Choice { part, side, is_clash });
        }
        let mut conflict = Self {
            desk,
            lists,
            before,
            theirs,
            patch,
            choices,
            by: None,
            scroll: Scroll::default(),
        };
        conflict.stand_on_open();
        conflict
    }

    fn decided(&self) -> Decided {
        let mut patch = self.patch.clone();
        for choice in self.choices.iter().filter(|choice| choice.side == Side::Theirs) {
            (choice.part.leave)(&mut patch);
        }
        Decided {
            theirs: self.theirs.clone(),
            patch,
        }
    }

    fn choose(&mut self, side: Side) -> Fx<Self> {
        let Some(choice) = self.choices.get_mut(self.scroll.selected()) else {
            return Fx::none();
        };
        if choice.side == Side::OnlyTheirs {
            let name = choice.part.name;
            return Fx::notify(format!("{name} was not changed here; theirs stays."));
        }
        choice.side = side;
        let was_clash = choice.is_clash;
        let len = self.choices.len();
        if !(was_clash && self.stand_on_open()) {
            self.scroll.on_action(Action::Down, len);
        }
        Fx::none()
    }

    /// Stands on the first field that is not decided; false where all are.
    fn stand_on_open(&mut self) -> bool {
        let open = self.choices.iter().position(|choice| choice.side == Side::Open);
        if let Some(at) = open {
            self.scroll.select(at, self.choices.len());
        }
        open.is_some()
    }

    fn save(&mut self) -> Fx<Self> {
        if !self.stand_on_open() {
            return Fx::answer(self.decided());
        }
        let name = self.choices.get(self.scroll.selected());
        let name = name.map_or("This", |choice| choice.part.name);
        Fx::notify(Message::warning(format!(
            "Both changed it: {name}. <conflict.mine> takes what was typed here, <conflict.theirs> what is there now."
        )))
    }

    fn told(&mut self, history: Result<Page<Change>, ClientError>, look: &Look) -> Fx<Self> {
        // Who may not read the history is left without a name.
        let changes = history.map(|page| page.items).unwrap_or_default();
        let since = changes.iter().find(|change| {
            let version = change.rows.first().and_then(|row| row.version);
            version.is_some_and(|version| version > self.before.version)
        });
        self.by = since.map(|change| {
            let when = logged::when(change.at, look);
            format!("{}, {when}", who(change, &self.lists))
        });
        Fx::none()
    }

    /// `Ana, today 11:05. Nothing clashes: Enter keeps both.`
    fn words(&self, look: &Look) -> String {
        let by = self
            .by
            .as_ref()
            .map_or_else(String::new, |by| format!("By {by}. "));
        let clashes = self.choices.iter().filter(|choice| choice.is_clash).count();
        let open = self
            .choices
            .iter()
            .filter(|choice| choice.side == Side::Open)
            .count();
        let rest = match (clashes, open) {
            (0, _) => "No field was changed by both: <conflict.save> keeps both changes.".to_owned(),
            (_, 0) => "<conflict.save> saves what stands in brackets.".to_owned(),
            (_, 1) => {
                "One field was changed by both: <conflict.mine> mine, <conflict.theirs> theirs.".to_owned()
            }
            (_, open) => {
                format!("{open} fields were changed by both: <conflict.mine> mine, <conflict.theirs> theirs.")
            }
        };
        format!("{by}{}", look.fill(&rest))
    }
}

impl Popup for Conflict {
    type Answer = Decided;
}

impl Layer for Conflict {
    fn title(&self) -> String {
        "Somebody changed it meanwhile".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["conflict"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "The row was changed elsewhere while it was changed here: as it was before, as typed here, as it is there now.",
            "What only one of you changed is kept; of a field with a star <conflict.mine> takes what was typed here, <conflict.theirs> what is there now.",
            "Nothing is saved before <conflict.save>, and <conflict.back> goes back to the form.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        if inner.height == 0 {
            return;
        }
        let head = (inner.x, inner.y, inner.width);
        canvas.put_fit(head, &self.words(look), Align::Left, look.styles.plain, look);
        let table = Rect {
            y: inner.y + 1,
            height: inner.height - 1,
            ..inner
        };
        if table.height == 0 {
            return;
        }
        let titles = Rect { height: 1, ..table };
        for ((x, width), title) in columns(titles).into_iter().zip(["before", " mine", " theirs"]) {
            canvas.put_fit((x, table.y, width), title, Align::Left, look.styles.heading, look);
        }
        self.scroll.fit(usize::from(table.height) - 1, self.choices.len());
        let visible = self.scroll.visible(self.choices.len());
        for (y, at) in (table.y + 1..table.bottom()).zip(visible) {
            let line = Rect {
                y,
                height: 1,
                ..table
            };
            let Some(choice) = self.choices.get(at) else {
                continue;
            };
            self.draw_choice(canvas, line, choice, look);
            if at == self.scroll.selected() {
                canvas.put(line.x, y, 1, look.glyphs.pointer, look.styles.plain);
                let width = GUTTER + NAME;
                canvas.style(Rect { width, ..line }, look.styles.selected);
                canvas.set_cursor(Position::new(line.x, y));
            }
        }
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        let page = PageQuery::first(ENTRIES);
        let history = self.desk.api.list_expense_history(self.theirs.id, &page);
        Fx::call_latest("who", "looking who it was", history, Self::told)
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.scroll.on_action(action, self.choices.len()) {
            return Fx::none();
        }
        match action {
            Action::Mine => self.choose(Side::Mine),
            Action::Theirs => self.choose(Side::Theirs),
            Action::Save => self.save(),
            _ => Fx::pass(),
        }
    }
}
