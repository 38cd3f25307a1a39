//! Somebody changed the row meanwhile: for each field that was changed here, mine or theirs. What was not touched here
//! is as they left it. Nothing is saved before it is decided.

use super::frame;
use crate::book::Lists;
use crate::fx::Fx;
use crate::keymap::Action;
use crate::layer::{Layer, Popup};
use crate::text::Align;
use crate::theme::Look;
use crate::widget::{Canvas, Scroll};
use crate::{expense_row, figures};
use api::expense::{Expense, ExpensePatch};
use api::patch::Patch;
use ratatui::layout::{Position, Rect};
use std::sync::Arc;

/// A field of a patch: its name, and how it is taken out of one.
struct Part {
    name: &'static str,
    is_touched: fn(&ExpensePatch) -> bool,
    mine: fn(&ExpensePatch, &Lists) -> String,
    theirs: fn(&Expense, &Lists) -> String,
    leave: fn(&mut ExpensePatch),
}

fn text_of(patch: &Patch<String>) -> String {
    patch.set().cloned().unwrap_or_default()
}

const PARTS: [Part; 9] = [
    Part {
        name: "Date",
        is_touched: |patch| patch.date.is_some(),
        mine: |patch, _| patch.date.map_or_else(String::new, api::date::Date::words),
        theirs: |row, _| row.date.words(),
        leave: |patch| patch.date = None,
    },
    Part {
        name: "Amount",
        is_touched: |patch| patch.amount.is_some() || patch.currency.is_some(),
        mine: |patch, _| {
            let amount = patch
                .amount
                .as_ref()
                .map(|amount| figures::grouped(amount.as_str()));
            let currency = patch.currency.map(|currency| currency.to_string());
            [amount, currency]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        },
        theirs: |row, lists| figures::row_amount(row, lists.base),
        leave: |patch| {
            patch.amount = None;
            patch.currency = None;
        },
    },
    Part {
        name: "Kind",
        is_touched: |patch| patch.kind.is_some(),
        mine: |patch, _| patch.kind.map_or("", api::expense::Kind::as_str).to_owned(),
        theirs: |row, _| row.kind.as_str().to_owned(),
        leave: |patch| patch.kind = None,
    },
    Part {
        name: "Payee",
        is_touched: |patch| !patch.payee.is_keep(),
        mine: |patch, _| text_of(&patch.payee),
        theirs: |row, _| row.payee.clone().unwrap_or_default(),
        leave: |patch| patch.payee = Patch::Keep,
    },
    Part {
        name: "Category",
        is_touched: |patch| !patch.category_id.is_keep() || !patch.category.is_keep(),
        mine: |patch, lists| match (patch.category.set(), patch.category_id.set()) {
            (Some(name), _) => format!("{name} (new)"),
            (None, Some(id)) => lists.category_path(*id).to_owned(),
            (None, None) => "Uncategorised".to_owned(),
        },
        theirs: |row, lists| {
            row.category_id
                .map_or("Uncategorised", |id| lists.category_path(id))
                .to_owned()
        },
        leave: |patch| {
            patch.category_id = Patch::Keep;
            patch.category = Patch::Keep;
        },
    },
    Part {
        name: "Account",
        is_touched: |patch| {
            !patch.account_id.is_keep()
                || !patch.account.is_keep()
                || !patch.to_account_id.is_keep()
                || !patch.to_account.is_keep()
        },
        mine: |patch, lists| {
            let name = |id: &Patch<api::id::AccountId>, name: &Patch<String>| {
                let known = id.set().map(|id| lists.account_name(*id).to_owned());
                name.set().cloned().or(known)
            };
            let ends = [
                name(&patch.account_id, &patch.account),
                name(&patch.to_account_id, &patch.to_account),
            ];
            ends.into_iter().flatten().collect::<Vec<_>>().join(" > ")
        },
        theirs: expense_row::account_words,
        leave: |patch| {
            patch.account_id = Patch::Keep;
            patch.account = Patch::Keep;
            patch.to_account_id = Patch::Keep;
            patch.to_account = Patch::Keep;
        },
    },
    Part {
        name: "Paid by",
        is_touched: |patch| !patch.paid_by.is_keep(),
        mine: |patch, lists| {
            let member = patch.paid_by.set().and_then(|member| lists.members.of(member));
            member.map_or("", |id| lists.members.label(id)).to_owned()
        },
        theirs: |row, lists| lists.members.payer(row).to_owned(),
        leave: |patch| patch.paid_by = Patch::Keep,
    },
    Part {
        name: "Tags",
        is_touched: |patch| patch.tags.is_some(),
        mine: |patch, _| patch.tags.clone().unwrap_or_default().join(" "),
        theirs: |row, _| row.tags.join(" "),
        leave: |patch| patch.tags = None,
    },
    Part {
        name: "Note",
        is_touched: |patch| !patch.note.is_keep(),
        mine: |patch, _| text_of(&patch.note),
        theirs: |row, _| row.note.clone().unwrap_or_default(),
        leave: |patch| patch.note = Patch::Keep,
    },
];

struct Choice {
    part: &'static Part,
    is_mine: bool,
}

/// The question.
pub struct Conflict {
    lists: Arc<Lists>,
    before: Expense,
    theirs: Expense,
    patch: ExpensePatch,
    choices: Vec<Choice>,
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
    pub fn new(lists: Arc<Lists>, before: Expense, theirs: Expense, patch: ExpensePatch) -> Self {
        let touched = PARTS.iter().filter(|part| (part.is_touched)(&patch));
        let choices = touched.map(|part| Choice { part, is_mine: true }).collect();
        Self {
            lists,
            before,
            theirs,
            patch,
            choices,
            scroll: Scroll::default(),
        }
    }

    fn decided(&self) -> Decided {
        let mut patch = self.patch.clone();
        for choice in self.choices.iter().filter(|choice| !choice.is_mine) {
            (choice.part.leave)(&mut patch);
        }
        Decided {
            theirs: self.theirs.clone(),
            patch,
        }
    }

    fn choose(&mut self, is_mine: bool) {
        let len = self.choices.len();
        if let Some(choice) = self.choices.get_mut(self.scroll.selected()) {
            choice.is_mine = is_mine;
        }
        self.scroll.on_action(Action::Down, len);
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
            "The row was changed elsewhere while it was changed here.",
            "m takes what was typed here for a field, t what is there now; a star is a field that both changed.",
            "Nothing is saved before Enter, and Esc goes back to the form.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        self.scroll
            .fit(inner.height.saturating_sub(1).into(), self.choices.len());
        let half = inner.width.saturating_sub(14) / 2;
        let columns = [
            (inner.x + 2, 10),
            (inner.x + 13, half),
            (inner.x + 14 + half, half),
        ];
        for ((x, width), title) in columns.into_iter().zip(["", "mine", "theirs"]) {
            if inner.height > 0 {
                canvas.put_fit((x, inner.y, width), title, Align::Left, look.styles.heading, look);
            }
        }
        let visible = self.scroll.visible(self.choices.len());
        for (y, at) in (inner.y + 1..inner.bottom()).zip(visible) {
            let Some(choice) = self.choices.get(at) else {
                continue;
            };
            let both = (choice.part.theirs)(&self.before, &self.lists)
                != (choice.part.theirs)(&self.theirs, &self.lists);
            let star = if both { look.glyphs.mark } else { " " };
            canvas.put(inner.x + 1, y, 1, star, look.styles.warning);
            let cells = [
                (choice.part.name.to_owned(), look.styles.plain, false),
                (
                    (choice.part.mine)(&self.patch, &self.lists),
                    look.styles.bold,
                    choice.is_mine,
                ),
                (
                    (choice.part.theirs)(&self.theirs, &self.lists),
                    look.styles.bold,
                    !choice.is_mine,
                ),
            ];
            for ((x, width), (words, chosen, is_chosen)) in columns.into_iter().zip(cells) {
                let style = if is_chosen { chosen } else { look.styles.dim };
                let words = if is_chosen { format!("[{words}]") } else { words };
                canvas.put_fit((x, y, width), &words, Align::Left, style, look);
            }
            if at == self.scroll.selected() {
                canvas.put(inner.x, y, 1, look.glyphs.pointer, look.styles.plain);
                canvas.style(
                    Rect {
                        x: inner.x,
                        y,
                        width: 13,
                        height: 1,
                    },
                    look.styles.selected,
                );
                canvas.set_cursor(Position::new(inner.x, y));
            }
        }
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        if self.scroll.on_action(action, self.choices.len()) {
            return Fx::none();
        }
        match action {
            Action::Mine => self.choose(true),
            Action::Theirs => self.choose(false),
            Action::Save => return Fx::answer(self.decided()),
            _ => return Fx::pass(),
        }
        Fx::none()
    }
}
