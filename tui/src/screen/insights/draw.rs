//! Insights on the canvas: what is shown, the chart or its table, the totals, and what is not in
//! the chart. Figures of an older answer are dim until the new one is there.

use ratatui::layout::Rect;

use super::{
    Insights, Shown,
    bars::{against, bars, share_heading, tick_words},
    day_of,
    twin::Twin,
    view::{By, Measure, View},
    words,
};
use crate::{
    keymap::Action,
    text::{self, Align},
    theme::Look,
    widget::{Canvas, Chart, Table},
};

/// Lines above and under the chart.
const HEAD: u16 = 1;
/// A blank line, since a rule across the screen is as long as three bars on the wire, and what is not in the chart.
const FOOT: u16 = 2;

/// Most lines for who owes whom.
const BALANCE: usize = 3;

/// The parts of the screen.
struct Parts {
    head: Rect,
    chart: Rect,
    foot: Rect,
}

fn parts(area: Rect, totals: usize) -> Parts {
    let head = Rect {
        height: HEAD.min(area.height),
        ..area
    };
    let rest = area.height - head.height;
    // The chart comes first where there is little room.
    let wanted = FOOT + u16::try_from(totals).unwrap_or(1);
    let foot = if rest > wanted + 3 { wanted } else { 0 };
    let chart = Rect {
        y: head.bottom(),
        height: rest - foot,
        ..area
    };
    Parts {
        head,
        chart,
        foot: Rect {
            y: chart.bottom(),
            height: foot,
            ..area
        },
    }
}

impl Insights {
    pub(super) fn paint(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let Some(view) = self.view.clone() else { return };
        let totals = self.totals(&view, area.width, look);
        let parts = parts(area, totals.len());
        self.draw_head(canvas, parts.head, &view, look);
        let Some(shown) = self.shown.clone() else {
            return self.draw_unknown(canvas, parts.chart, look);
        };
        let is_stale = view.asked(self.calendar()) != shown.asked;
        let look_of_lines = shade(look, &view, is_stale);
        if self.lines.is_empty() {
            self.draw_empty(canvas, parts.chart, &view, &shown, look);
        } else if view.is_table {
            self.draw_table(canvas, parts.chart, &view, &shown, &look_of_lines);
        } else {
            self.draw_chart(canvas, parts.chart, &view, &shown, &look_of_lines);
        }
        self.draw_foot(canvas, parts.foot, (&view, &shown, &totals), look);
    }

    /// `1-30 Nov 2026, 21 of 30 days   by category   spending`, and at the right the filter.
    fn draw_head(&self, canvas: &mut Canvas<'_>, line: Rect, view: &View, look: &Look) {
        let asked = view.asked(self.calendar());
        let mut days = asked.words(self.calendar(), &look.dates);
        if view.by != By::Month
            && let Some(partial) = asked.partial(day_of(look))
        {
            days = format!("{days}, {partial}");
        }
        let filter = &view.filter_text;
        let right = if filter.is_empty() {
            String::new()
        } else {
            format!("/ {filter}")
        };
        let room = usize::from(line.width.saturating_sub(2));
        let right = text::shorten(&right, room / 3, look.glyphs.ellipsis);
        let taken = u16::try_from(text::width(&right)).unwrap_or(0);
        let mut left = room.saturating_sub(usize::from(taken) + usize::from(taken > 0) * 2);
        let mut x = line.x + 1;
        let what = format!("by {}, {}", view.by.word(), view.measure.word());
        let currency = self.currency().to_string();
        for (part, style) in [
            (days, look.styles.bold),
            (what, look.styles.plain),
            (currency, look.styles.plain),
        ] {
            let part = text::shorten(&part, left, look.glyphs.ellipsis);
            let columns = u16::try_from(left).unwrap_or(0);
            let end = canvas.put(x, line.y, columns, &part, style) + 3;
            left = left.saturating_sub(usize::from(end - x));
            x = end;
        }
        let x = line.right().saturating_sub(taken + 1);
        canvas.put(x, line.y, taken, &right, look.styles.accent);
    }

    /// Nothing was answered yet: why, and what to do.
    fn draw_unknown(&self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let Some(error) = &self.error else { return };
        let again = format!(
            "{} tries again.",
            look.key(&["insights", "global"], Action::Reload)
        );
        let lines = text::wrap(error, usize::from(area.width.saturating_sub(4)).max(1));
        for (y, line) in (area.top() + 1..area.bottom()).zip(lines.into_iter().chain([again])) {
            canvas.put(
                area.x + 2,
                y,
                area.width.saturating_sub(2),
                &line,
                look.styles.plain,
            );
        }
    }

    fn draw_empty(&self, canvas: &mut Canvas<'_>, area: Rect, view: &View, shown: &Shown, look: &Look) {
        let empty = words::Empty {
            dates: &look.dates,
            view,
            asked: &shown.asked,
            figures: &shown.figures,
            currency: self.currency(),
            calendar: self.calendar(),
        };
        let lines = empty.lines(|action| look.key(&["insights", "period"], action));
        for (y, line) in (area.top() + 1..area.bottom()).zip(lines) {
            let place = (area.x + 2, y, area.width.saturating_sub(3));
            canvas.put_fit(place, &line, Align::Left, look.styles.plain, look);
        }
    }

    fn draw_chart(&mut self, canvas: &mut Canvas<'_>, area: Rect, view: &View, shown: &Shown, look: &Look) {
        let currency = self.currency();
        let bars = bars(&self.lines, view, shown, currency, look);
        let chart = Chart {
            bars: &bars,
            has_focus: true,
        };
        let has_titles = area.height > 3;
        if has_titles {
            let against = against(view.by, shown);
            let titles = [
                view.by.heading(),
                view.measure.heading(),
                share_heading(&bars),
                against.as_str(),
            ];
            chart.draw_titles(canvas, Rect { height: 1, ..area }, titles, look);
        }
        self.area = below_titles(area, has_titles);
        chart.draw(canvas, self.area, &mut self.scroll, look);
    }

    fn draw_table(&mut self, canvas: &mut Canvas<'_>, area: Rect, view: &View, shown: &Shown, look: &Look) {
        let twin = Twin::new(&self.lines, view, shown, self.currency(), look);
        let table = Table {
            columns: &twin.columns,
            rows: &twin,
            has_titles: area.height > 3,
            has_focus: true,
            cell: None,
        };
        table.draw(canvas, area, &mut self.scroll, look);
        self.area = below_titles(area, area.height > 3);
    }

    /// The totals, and what is not in the chart.
    fn draw_foot(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        (view, shown, totals): (&View, &Shown, &[String]),
        look: &Look,
    ) {
        if area.is_empty() {
            return;
        }
        let currency = self.currency();
        let room = area.width.saturating_sub(2);
        for (y, line) in (area.y + 1..).zip(totals) {
            canvas.put_fit((area.x + 1, y, room), line, Align::Left, look.styles.plain, look);
        }
        let y = area.bottom() - 1;
        let more = self.more(look);
        let taken = u16::try_from(text::width(&more)).unwrap_or(0).min(room);
        canvas.put(
            area.right().saturating_sub(taken + 1),
            y,
            taken,
            &more,
            look.styles.dim,
        );
        let mut left = room.saturating_sub(taken + u16::from(taken > 0) * 2);
        let mut x = area.x + 1;
        let left_out = words::left_out(&shown.figures, currency, view.measure).map(|left_out| {
            let key = look.key(&["insights"], Action::Currency);
            (format!("{left_out}, {key} shows it"), look.styles.warning)
        });
        let tick = tick_words(&self.lines, view, shown, currency, look).map(|tick| (tick, look.styles.dim));
        for (part, style) in left_out.into_iter().chain(tick) {
            let part = text::shorten(&part, left.into(), look.glyphs.ellipsis);
            let end = canvas.put(x, y, left, &part, style) + 3;
            left = left.saturating_sub(end - x);
            x = end;
        }
    }

    /// The totals in as few lines as they fit in, none of them cut, then who owes whom.
    fn totals(&self, view: &View, columns: u16, look: &Look) -> Vec<String> {
        let Some(shown) = &self.shown else {
            return Vec::new();
        };
        let room = usize::from(columns.saturating_sub(2));
        let mut lines: Vec<String> = Vec::new();
        for part in words::totals(&shown.figures, self.currency()) {
            match lines.last_mut() {
                Some(line) if text::width(line) + 3 + text::width(&part) <= room => {
                    line.push_str("   ");
                    line.push_str(&part);
                }
                _ => lines.push(part),
            }
        }
        if let Some(balance) = words::balance(&shown.figures, self.currency(), view.measure, look) {
            let mut wrapped = text::wrap(&balance, room);
            if let Some(rest) = wrapped.get(BALANCE - 1..) {
                let last = text::shorten(&rest.join(" "), room, look.glyphs.ellipsis);
                wrapped.splice(BALANCE - 1.., [last]);
            }
            lines.extend(wrapped.into_iter().filter(|line| !line.is_empty()));
        }
        lines
    }

    /// `↓ 12 more` while lines are out of view.
    fn more(&self, look: &Look) -> String {
        let seen = self.scroll.visible(self.lines.len());
        let (above, below) = (seen.start, self.lines.len() - seen.end.min(self.lines.len()));
        let part = |count: usize, glyph: &str| (count > 0).then(|| format!("{glyph} {count} more"));
        let parts = [
            part(above, look.glyphs.more_above),
            part(below, look.glyphs.more_below),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("  ")
    }
}

fn below_titles(area: Rect, has_titles: bool) -> Rect {
    let titles = u16::from(has_titles).min(area.height);
    Rect {
        y: area.y + titles,
        height: area.height - titles,
        ..area
    }
}

/// What is below zero came back, and is good; what is left below zero is not.
fn shade(look: &Look, view: &View, is_stale: bool) -> Look {
    let mut shaded = look.clone();
    if view.measure == Measure::Net {
        shaded.styles.income = look.styles.warning;
    }
    if is_stale {
        let dim = look.styles.dim;
        shaded.styles = crate::theme::Styles {
            accent: dim,
            income: dim,
            plain: dim,
            bold: dim,
            ..shaded.styles
        };
    }
    shaded
}
