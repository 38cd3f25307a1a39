//! The verbs: everything a key, the palette or a script of keys can ask a layer to do. A verb is
//! general (`Delete`, not "delete expense"); the layer on top decides what it means there.
//! A new verb is one line here and, if it has a key, one line in the default table.

macro_rules! actions {
    ($($name:ident $id:literal $description:literal,)*) => {
        /// A verb; see the table for its id and meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($name,)* }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable name that a configuration uses.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// What it does, in a few words, wherever a binding does not say it better.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => $description,)* }
            }
        }
    };
}

actions! {
    Up "up" "one up",
    Down "down" "one down",
    Left "left" "one to the left",
    Right "right" "one to the right",
    First "first" "to the first",
    Last "last" "to the last",
    HalfUp "half-up" "half a screen up",
    HalfDown "half-down" "half a screen down",
    Accept "accept" "open or accept",
    Back "back" "go back",
    NextField "next-field" "next field",
    PreviousField "previous-field" "previous field",
    Save "save" "save",
    Mine "mine" "take mine",
    Theirs "theirs" "take theirs",
    AddRow "add-row" "the row below, a new one after the last",
    Yes "yes" "yes",
    No "no" "no",

    PreviousPeriod "previous-period" "the period before",
    NextPeriod "next-period" "the period after",
    PeriodDay "period-day" "show a day",
    PeriodWeek "period-week" "show a week",
    PeriodMonth "period-month" "show a month",
    PeriodYear "period-year" "show a year",
    PeriodCustom "period-custom" "choose first and last day",
    Today "today" "go to today",
    GoToDate "go-to-date" "go to a date",

    Add "add" "add an expense on one line",
    AddForm "add-form" "add an expense in the full form",
    Edit "edit" "edit",
    Categorise "categorise" "change the category",
    Duplicate "duplicate" "copy to today",
    Delete "delete" "delete",
    MoveRows "move-rows" "move to another ledger",
    Undo "undo" "undo the last change",
    Redo "redo" "do again what was undone",
    Restore "restore" "bring it back",
    History "history" "what happened to the row",
    DaySheet "day-sheet" "open the day as a sheet",
    PreviousDay "previous-day" "the day before",
    NextDay "next-day" "the day after",
    Mark "mark" "mark or unmark",
    MarkRange "mark-range" "mark from the last mark to here",
    MarkInvert "mark-invert" "invert the marks",
    Filter "filter" "filter",
    ClearFilter "clear-filter" "clear the filter",
    Sort "sort" "sort by the next column",
    SortReverse "sort-reverse" "reverse the order",
    ToggleView "toggle-view" "chart or table",
    GroupBy "group-by" "group by something else",
    ToggleIncome "toggle-income" "spending, income or net",
    Unfold "unfold" "show or hide subcategories",
    Currency "currency" "show the next currency",
    Copy "copy" "copy",
    Invite "invite" "invite somebody",
    HandOver "hand-over" "make somebody the owner instead",
    LeaveLedger "leave-ledger" "leave this ledger",

    Screen1 "screen-1" "first screen",
    Screen2 "screen-2" "second screen",
    Screen3 "screen-3" "third screen",
    Screen4 "screen-4" "fourth screen",
    Screen5 "screen-5" "fifth screen",
    Ledgers "ledgers" "open another ledger",
    Members "members" "who shares this ledger",
    Unsent "unsent" "what is not sent yet",
    Mend "mend" "mend what was refused",
    SendAgain "send-again" "send it again",
    Export "export" "write all to a file",
    Help "help" "keys and help",
    Palette "palette" "find a command",
    Reload "reload" "load again",
    OpenReadOnly "open-read-only" "open the book to be read only",
    Redraw "redraw" "draw the screen again",
    Suspend "suspend" "back to the shell, fg returns",
    Quit "quit" "quit",
    Leave "leave" "leave at once, drafts kept",
}

impl Action {
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.id() == id)
    }

    /// Position in the table of screens, for the verbs that switch to one.
    pub const fn screen(self) -> Option<usize> {
        match self {
            Self::Screen1 => Some(0),
            Self::Screen2 => Some(1),
            Self::Screen3 => Some(2),
            Self::Screen4 => Some(3),
            Self::Screen5 => Some(4),
            _ => None,
        }
    }
}
