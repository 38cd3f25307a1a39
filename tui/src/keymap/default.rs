//! The one default table: in which context which keys ask for which verb. Order matters twice:
//! the first key of a verb is the one that hints show, and hints stand in the footer in this
//! order. No key needs Alt, a function key, or Ctrl with S Q Z H I J M A B: terminals, tmux and
//! screen take those.

use super::Action;
use crate::open_ledger::Ability;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    pub context: &'static str,
    /// Alternatives between blanks; a sequence is joined by `,` as in `p,d`. Empty: palette only.
    pub keys: &'static str,
    pub action: Action,
    /// The word in the footer; empty: not there.
    pub hint: &'static str,
    /// What its user must be allowed; where they are not, the verb is not offered and says why.
    pub needs: Option<Ability>,
}

impl Binding {
    const fn needs(mut self, ability: Ability) -> Self {
        self.needs = Some(ability);
        self
    }
}

const fn row(context: &'static str, keys: &'static str, action: Action, hint: &'static str) -> Binding {
    Binding {
        context,
        keys,
        action,
        hint,
        needs: None,
    }
}

use Action as A;

/// Every default binding.
pub const TABLE: &[Binding] = &[
    row("expenses", "a +", A::Add, "add").needs(Ability::Add),
    row("expenses", "e", A::Edit, "edit").needs(Ability::Change),
    row("expenses", "d Delete", A::Delete, "delete").needs(Ability::Change),
    row("expenses", "u", A::Undo, "undo").needs(Ability::Change),
    row("expenses", "/", A::Filter, "filter"),
    row("expenses", "o", A::DaySheet, "day").needs(Ability::SeeAll),
    row("expenses", "Enter", A::Accept, "").needs(Ability::Change),
    row("expenses", "i", A::AddForm, "").needs(Ability::Add),
    row("expenses", "c", A::Categorise, "").needs(Ability::Change),
    row("expenses", "D", A::Duplicate, "").needs(Ability::Add),
    row("expenses", "x", A::ClearFilter, ""),
    row("expenses", "Space", A::Mark, ""),
    row("expenses", "V", A::MarkRange, ""),
    row("expenses", "*", A::MarkInvert, ""),
    row("expenses", "s", A::Sort, ""),
    row("expenses", "S", A::SortReverse, ""),
    row("expenses", "$", A::Currency, ""),
    row("expenses", "y", A::Copy, ""),
    row("insights", "Enter", A::Accept, "rows"),
    row("insights", "b", A::GroupBy, "by"),
    row("insights", "v", A::ToggleView, "table"),
    row("insights", "i", A::ToggleIncome, "income"),
    row("insights", "Space Tab", A::Unfold, "unfold"),
    row("insights", "/", A::Filter, "filter"),
    row("insights", "a +", A::Add, "").needs(Ability::Add),
    row("insights", "x", A::ClearFilter, ""),
    row("insights", "s", A::Sort, ""),
    row("insights", "S", A::SortReverse, ""),
    row("insights", "$", A::Currency, ""),
    row("insights", "u", A::Undo, "").needs(Ability::Change),
    row("insights", "y", A::Copy, ""),
    row("period", "h Left", A::PreviousPeriod, "before"),
    row("period", "l Right", A::NextPeriod, "after"),
    row("period", "p,m", A::PeriodMonth, ""),
    row("period", "p,d", A::PeriodDay, ""),
    row("period", "p,w", A::PeriodWeek, ""),
    row("period", "p,y", A::PeriodYear, ""),
    row("period", "p,c", A::PeriodCustom, ""),
    row("period", "t", A::Today, ""),
    row("period", "T", A::GoToDate, ""),
    row("table", "j Down", A::Down, ""),
    row("table", "k Up", A::Up, ""),
    row("table", "g Home", A::First, ""),
    row("table", "G End", A::Last, ""),
    row("table", "^d PgDn", A::HalfDown, ""),
    row("table", "^u PgUp", A::HalfUp, ""),
    row("table", "Enter", A::Accept, ""),
    row("sheet", "^x", A::Save, "save all").needs(Ability::Change),
    row("sheet", "Tab", A::NextField, "next"),
    row("sheet", "Shift-Tab", A::PreviousField, ""),
    row("sheet", "Enter", A::AddRow, "row below").needs(Ability::Change),
    row("sheet", "a", A::Add, "add").needs(Ability::Change),
    row("sheet", "d Delete", A::Delete, "remove").needs(Ability::Change),
    row("sheet", "[", A::PreviousDay, "day before"),
    row("sheet", "]", A::NextDay, "day after"),
    row("sheet", "e", A::Edit, "edit").needs(Ability::Change),
    row("sheet", "u", A::Undo, "").needs(Ability::Change),
    row("sheet", "t", A::Today, ""),
    row("sheet", "T", A::GoToDate, ""),
    row("sheet", "j Down", A::Down, ""),
    row("sheet", "k Up", A::Up, ""),
    row("sheet", "h Left", A::Left, ""),
    row("sheet", "l Right", A::Right, ""),
    row("sheet", "g Home", A::First, ""),
    row("sheet", "G End", A::Last, ""),
    row("sheet", "^d PgDn", A::HalfDown, ""),
    row("sheet", "^u PgUp", A::HalfUp, ""),
    row("cell", "Tab", A::NextField, "next cell"),
    row("cell", "Enter", A::AddRow, "row below"),
    row("cell", "^x", A::Save, "save all"),
    row("cell", "Shift-Tab", A::PreviousField, ""),
    row("cell", "Down", A::Down, ""),
    row("cell", "Up", A::Up, ""),
    row("cell", "Esc", A::Back, "done"),
    row("form", "^x", A::Save, "save"),
    row("form", "Tab", A::NextField, "next"),
    row("form", "Shift-Tab", A::PreviousField, "previous"),
    row("form", "Enter", A::Accept, ""),
    row("form", "Down", A::Down, ""),
    row("form", "Up", A::Up, ""),
    row("form", "Esc", A::Back, "back"),
    row("line", "Enter", A::Accept, "accept"),
    row("line", "Tab", A::NextField, "complete"),
    row("line", "Shift-Tab", A::PreviousField, ""),
    row("line", "^x", A::Save, ""),
    row("line", "Up", A::Up, ""),
    row("line", "Down", A::Down, ""),
    row("line", "Esc", A::Back, "back"),
    row("picker", "Enter", A::Accept, "choose"),
    row("picker", "Down Tab ^n", A::Down, ""),
    row("picker", "Up Shift-Tab ^p", A::Up, ""),
    row("picker", "PgDn", A::HalfDown, ""),
    row("picker", "PgUp", A::HalfUp, ""),
    row("picker", "Esc", A::Back, "back"),
    row("confirm", "y Enter", A::Yes, "yes"),
    row("confirm", "n", A::No, "no"),
    row("confirm", "Esc", A::Back, "back"),
    row("conflict", "m", A::Mine, "mine"),
    row("conflict", "t", A::Theirs, "theirs"),
    row("conflict", "^x Enter", A::Save, "save"),
    row("conflict", "j Down", A::Down, ""),
    row("conflict", "k Up", A::Up, ""),
    row("conflict", "Esc", A::Back, "back"),
    row("message", "Esc Enter q", A::Back, "back"),
    row("message", "j Down", A::Down, ""),
    row("message", "k Up", A::Up, ""),
    row("message", "y", A::Copy, "copy"),
    row("global", "Esc Backspace", A::Back, ""),
    row("global", "1", A::Screen1, ""),
    row("global", "2", A::Screen2, ""),
    row("global", "3", A::Screen3, ""),
    row("global", "4", A::Screen4, ""),
    row("global", "5", A::Screen5, ""),
    row("global", "r", A::Reload, ""),
    row("global", "q", A::Quit, ""),
    row("global", ": ^p", A::Palette, "commands"),
    row("global", "? F1", A::Help, "help"),
    row("global", "^l", A::Redraw, ""),
    row("global", "^z", A::Suspend, ""),
    row("global", "^c", A::Leave, ""),
];
