//! Asking for a report and taking the answer. A newer question takes the place of an older one;
//! what was shown stays until its answer is there, also when that is a failure.

use std::{rc::Rc, sync::Arc};

use api::{
    date::{Calendar, Period, PeriodKind},
    report::CompareQuery,
};

use super::{
    Insights, Shown,
    lines::Figures,
    view::{Asked, By},
};
use crate::{
    book::{BookChanged, RowsChanged},
    client::{Api, ClientError},
    fx::{Change, Fx, Message, NewDay},
    live::LiveChanges,
    theme::Look,
};

async fn report(api: Arc<dyn Api>, asked: Asked) -> (Asked, Result<Figures, ClientError>) {
    let figures = ask_for(&api, &asked).await;
    (asked, figures)
}

async fn ask_for(api: &Arc<dyn Api>, asked: &Asked) -> Result<Figures, ClientError> {
    let filter = &asked.filter;
    let (before_from, before_to) = asked.before;
    let earlier = api::expense::ExpenseFilter {
        from: Some(before_from),
        to: Some(before_to),
        ..filter.clone()
    };
    let one = match asked.by {
        By::Category => {
            let query = CompareQuery {
                filter: filter.clone(),
                before_from: Some(before_from),
                before_to: Some(before_to),
            };
            api.report_compare(&query)
        }
        By::Month => api.report_by_month(filter),
        By::Account => api.report_by_account(filter),
        By::Payee => api.report_by_payee(filter),
        By::Member => api.report_by_member(filter),
        By::Tag => api.report_by_tag(filter),
    };
    let other = match asked.by {
        By::Category | By::Month => None,
        By::Account => Some(api.report_by_account(&earlier)),
        By::Payee => Some(api.report_by_payee(&earlier)),
        By::Member => Some(api.report_by_member(&earlier)),
        By::Tag => Some(api.report_by_tag(&earlier)),
    };
    let report = one.await?;
    let before = match other {
        Some(other) => Some(other.await?),
        None => None,
    };
    Ok(Figures { report, before })
}

impl Insights {
    /// Asks for what the view needs.
    pub(super) fn ask(&mut self) -> Fx<Self> {
        let Some(view) = &self.view else { return Fx::none() };
        let asked = view.asked(self.calendar());
        let label = format!("loading {}", asked.words(self.calendar(), &self.desk.dates));
        Fx::call_latest(
            "report",
            label,
            report(Arc::clone(&self.desk.api), asked),
            Self::answered,
        )
    }

    /// Asks what is shown once more, without a word.
    fn ask_anew(&mut self) -> Fx<Self> {
        let Some(view) = &self.view else { return Fx::none() };
        let asked = view.asked(self.calendar());
        Fx::call_latest(
            "live",
            "",
            report(Arc::clone(&self.desk.api), asked),
            |screen: &mut Self, (asked, figures), look| {
                let is_again = screen.refresh.done();
                let is_shown = screen.shown.as_ref().is_some_and(|shown| shown.asked == asked);
                if let (Ok(figures), true) = (figures, is_shown) {
                    screen.shown = Some(Rc::new(Shown { asked, figures }));
                    screen.arrange(look);
                }
                if is_again { screen.ask_anew() } else { Fx::none() }
            },
        )
    }

    fn answered(&mut self, (asked, figures): (Asked, Result<Figures, ClientError>), look: &Look) -> Fx<Self> {
        match figures {
            Ok(figures) => {
                let is_other = self
                    .shown
                    .as_ref()
                    .is_some_and(|shown| shown.asked.by != asked.by);
                if is_other {
                    self.lines.clear();
                    self.scroll.select(0, 0);
                }
                let is_first = is_other || self.shown.is_none();
                let by = asked.by;
                self.error = None;
                self.shown = Some(Rc::new(Shown { asked, figures }));
                self.arrange(look);
                if is_first && by == By::Month {
                    // The newest month is the last one.
                    self.scroll.select(self.lines.len(), self.lines.len());
                }
                Fx::none()
            }
            Err(error) => {
                let sentence = error.sentence();
                let message = if error.is_offline() && self.shown.is_some() {
                    Message::warning(format!("Shown as of the last answer. {sentence}"))
                } else {
                    Message::error(sentence.clone())
                };
                self.error = Some(sentence);
                Fx::notify(message)
            }
        }
    }

    /// The ledger's settings are known, or other ones: its month may begin on another day, and
    /// names may have changed.
    fn recut(&mut self, look: &Look) -> Fx<Self> {
        let calendar = self.calendar();
        if let Some(view) = &mut self.view
            && !By::offered(&self.desk.book.lists()).contains(&view.by)
        {
            view.by = By::Category;
            view.order = By::Category.order();
        }
        let this_month = |calendar| Period::of(PeriodKind::Month, super::day_of(look), calendar);
        if let Some(view) = &mut self.view
            && view.period == this_month(Calendar::default())
            && self.shown.is_none()
        {
            view.period = this_month(calendar);
        }
        let is_same = self.shown.as_ref().is_some_and(|shown| {
            self.view
                .as_ref()
                .is_some_and(|view| view.asked(calendar) == shown.asked)
        });
        if is_same && !self.is_renamed() {
            Fx::none()
        } else {
            self.ask()
        }
    }

    /// Whether a line has another name than the lists have for it by now.
    fn is_renamed(&self) -> bool {
        let lists = self.desk.book.lists();
        self.lines.iter().any(|line| {
            let category = line.key.parse().map_or("", |id| lists.category_name(id));
            let account = line.key.parse().map_or("", |id| lists.account_name(id));
            let member = line.key.parse().map_or("", |id| lists.members.display_name(id));
            [category, account, member]
                .into_iter()
                .any(|name| !name.is_empty() && name != line.label)
        })
    }

    /// Something changed somewhere.
    pub(super) fn heard(&mut self, change: &Change, look: &Look) -> Fx<Self> {
        if change.get::<NewDay>().is_some() {
            self.arrange(look);
            let Some(view) = &mut self.view else {
                return Fx::none();
            };
            view.today = super::day_of(look);
            return self.ask();
        }
        if change.get::<RowsChanged>().is_some() {
            return self.ask();
        }
        if change.get::<LiveChanges>().is_some_and(LiveChanges::touches_rows) {
            return if self.shown.is_some() && self.refresh.want() {
                self.ask_anew()
            } else {
                Fx::none()
            };
        }
        if change.get::<BookChanged>().is_some() && self.view.is_some() {
            return self.recut(look);
        }
        Fx::none()
    }
}
