//! What the keys of Insights do.

use api::{
    currency::Currency,
    date::{Period, PeriodKind},
    expense::ExpenseFilter,
};

use super::{Insights, day_of, rows::rows_view, view::By};
use crate::{
    fx::Fx,
    keymap::Action,
    popup::{
        Picked, Picker,
        filter_line::{FilterLine, Filtered},
        prompt::{DayPrompt, RangePrompt},
    },
    scope::Scope,
    screen::expenses::Expenses,
    theme::Look,
    widget::Item,
};

impl Insights {
    pub(super) fn act(&mut self, action: Action, look: &Look) -> Fx<Self> {
        use Action as A;
        if self.scroll.on_action(action, self.lines.len()) {
            return Fx::none();
        }
        match action {
            A::Accept => self.open_rows(),
            A::GroupBy => self.choose_by(),
            A::Unfold => self.unfold(look),
            A::ToggleView => self.change_view(look, |view| view.is_table = !view.is_table),
            A::ToggleIncome => self.change_view(look, |view| view.measure = view.measure.next()),
            A::Sort => self.sort(look),
            A::SortReverse => self.change_view(look, |view| view.is_reversed = !view.is_reversed),
            A::Currency => self.next_currency(look),
            A::Copy => self.copy(look),
            A::PreviousPeriod => self.step(false),
            A::NextPeriod => self.step(true),
            A::PeriodDay => self.cut(PeriodKind::Day, look),
            A::PeriodWeek => self.cut(PeriodKind::Week, look),
            A::PeriodMonth => self.cut(PeriodKind::Month, look),
            A::PeriodYear => self.cut(PeriodKind::Year, look),
            A::Today => self.today(look),
            A::PeriodCustom => self.ask_range(),
            A::GoToDate => Self::ask_day(),
            A::Filter => self.ask_filter(),
            A::ClearFilter => self.set_filter(ExpenseFilter::default(), String::new()),
            // Rows are added and taken back where rows are.
            A::Add | A::Undo | A::Redo => Fx::screen(0).and(Fx::act(action)),
            A::Reload => self.ask(),
            _ => Fx::pass(),
        }
    }

    /// Changes what needs no new answer.
    fn change_view(&mut self, look: &Look, change: impl FnOnce(&mut super::View)) -> Fx<Self> {
        if let Some(view) = &mut self.view {
            change(view);
        }
        self.arrange(look);
        Fx::none()
    }

    fn choose_by(&self) -> Fx<Self> {
        let offered = By::offered(&self.desk.book.lists());
        let items = offered
            .iter()
            .map(|by| Item::new(format!("by {}", by.word()), ""))
            .collect();
        let now = self
            .view
            .as_ref()
            .and_then(|view| offered.iter().position(|by| *by == view.by));
        Fx::ask(
            Picker::new("Show", items).at(now.unwrap_or(0)),
            move |screen: &mut Self, picked, _| screen.chose_by(&offered, &picked),
        )
    }

    fn chose_by(&mut self, offered: &[By], picked: &Picked) -> Fx<Self> {
        let Picked::Item(at) = *picked else {
            return Fx::none();
        };
        if let (Some(view), Some(by)) = (&mut self.view, offered.get(at)) {
            view.by = *by;
            view.order = by.order();
            view.is_reversed = false;
        }
        self.ask()
    }

    /// Shows or hides the subcategories of the chosen line, or of the one it is under.
    fn unfold(&mut self, look: &Look) -> Fx<Self> {
        let at = self.scroll.selected();
        let parent = self.lines.iter().take(at + 1).rposition(|line| !line.is_child);
        let Some(line) = parent.and_then(|parent| self.lines.get(parent)) else {
            return Fx::none();
        };
        if line.children == 0 {
            return Fx::notify(format!("{} has nothing under it here.", line.label));
        }
        let key = line.key.clone();
        if let Some(parent) = parent {
            self.scroll.select(parent, self.lines.len());
        }
        self.change_view(look, |view| {
            if !view.unfolded.remove(&key) {
                view.unfolded.insert(key);
            }
        })
    }

    fn sort(&mut self, look: &Look) -> Fx<Self> {
        let Some(view) = &mut self.view else {
            return Fx::none();
        };
        view.order = view.order.next(view.by);
        view.is_reversed = false;
        let words = view.order.words();
        self.arrange(look);
        Fx::notify(format!("Sorted {words}."))
    }

    fn next_currency(&mut self, look: &Look) -> Fx<Self> {
        let now = self.currency();
        let all: Vec<Currency> = self
            .shown
            .as_ref()
            .map(|shown| shown.figures.currencies())
            .unwrap_or_default();
        let at = all.iter().position(|currency| *currency == now);
        let next = all
            .get(at.map_or(0, |at| at + 1))
            .or_else(|| all.first())
            .copied();
        match next.filter(|next| *next != now) {
            None => Fx::notify(format!("Everything here is in {now}.")),
            Some(next) => self.change_view(look, |view| view.currency = Some(next)),
        }
    }

    fn step(&mut self, is_forward: bool) -> Fx<Self> {
        let calendar = self.calendar();
        let Some(view) = &mut self.view else {
            return Fx::none();
        };
        view.period = if is_forward {
            view.period.next(calendar)
        } else {
            view.period.prev(calendar)
        };
        self.ask()
    }

    /// Another length of period, around today where today is in view.
    fn cut(&mut self, kind: PeriodKind, look: &Look) -> Fx<Self> {
        let calendar = self.calendar();
        let Some(view) = &mut self.view else {
            return Fx::none();
        };
        let (from, to) = view.period.range(calendar);
        let today = day_of(look);
        let anchor = if (from..=to).contains(&today) { today } else { to };
        view.period = Period::of(kind, anchor, calendar);
        self.ask()
    }

    fn today(&mut self, look: &Look) -> Fx<Self> {
        let calendar = self.calendar();
        let Some(view) = &mut self.view else {
            return Fx::none();
        };
        view.period = Period::of(kind_of(view.period), day_of(look), calendar);
        self.ask()
    }

    fn ask_filter(&self) -> Fx<Self> {
        let text = self.view.as_ref().map_or("", |view| view.filter_text.as_str());
        Fx::ask(
            FilterLine::new(self.desk.book.clone(), text),
            |screen: &mut Self, filtered: Filtered, _| screen.set_filter(filtered.filter, filtered.text),
        )
    }

    /// Takes a filter; its days, if it names any, become the period.
    fn set_filter(&mut self, filter: ExpenseFilter, text: String) -> Fx<Self> {
        match &self.view {
            Some(view) => self.take_up(Scope::new(view.period, filter, text, self.calendar())),
            None => Fx::none(),
        }
    }

    /// Looks at this part of the books, if it is another one.
    pub(super) fn take_up(&mut self, scope: Scope) -> Fx<Self> {
        let calendar = self.calendar();
        let Some(view) = self.view.as_mut().filter(|view| view.scope(calendar) != scope) else {
            return Fx::none();
        };
        view.look_at(scope);
        self.ask()
    }

    fn ask_range(&self) -> Fx<Self> {
        let Some(view) = &self.view else { return Fx::none() };
        let (from, to) = view.period.range(self.calendar());
        Fx::ask(RangePrompt::new(from, to), |screen: &mut Self, (from, to), _| {
            screen.look_at(Period::Custom(from, to))
        })
    }

    fn ask_day() -> Fx<Self> {
        Fx::ask(DayPrompt::new("Go to a day"), |screen: &mut Self, day, _| {
            let Some(view) = &screen.view else {
                return Fx::none();
            };
            let period = Period::of(kind_of(view.period), day, screen.calendar());
            screen.look_at(period)
        })
    }

    fn look_at(&mut self, period: Period) -> Fx<Self> {
        if let Some(view) = &mut self.view {
            view.period = period;
        }
        self.ask()
    }

    /// The rows behind the chosen bar: the same filter and days, narrowed to the bar.
    fn open_rows(&self) -> Fx<Self> {
        let (Some(view), Some(shown), Some(line)) = (&self.view, &self.shown, self.chosen()) else {
            return Fx::none();
        };
        if line.rows_url.is_none() {
            return Fx::notify(format!(
                "{} has no rows in {}.",
                line.label,
                shown.asked.words(self.calendar(), &self.desk.dates)
            ));
        }
        match rows_view(line, view, shown, self.currency(), &self.desk.book.lists()) {
            Some(rows) => Fx::push(Expenses::over(self.desk.clone(), rows)),
            None => Fx::notify("The server names no list of these rows; update it."),
        }
    }
}

/// The length of a period; a chosen one counts as a month.
fn kind_of(period: Period) -> PeriodKind {
    match period {
        Period::Day(_) => PeriodKind::Day,
        Period::Week(_) => PeriodKind::Week,
        Period::Year(_) => PeriodKind::Year,
        Period::Month(_) | Period::Custom(..) => PeriodKind::Month,
    }
}
