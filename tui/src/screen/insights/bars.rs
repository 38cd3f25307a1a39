//! Lines of figures as bars: their words, what the tick on them stands for, and how they moved.

use api::currency::Currency;

use super::{
    Shown, day_of,
    lines::{Line, average, moved},
    view::{By, View},
    words,
};
use crate::{
    dates::partial,
    figures, text,
    theme::Look,
    widget::{Bar, BarChange},
};

pub(super) fn share_heading(bars: &[Bar<'_>]) -> &'static str {
    if bars.iter().any(|bar| !bar.share_text.is_empty()) {
        "Share"
    } else {
        ""
    }
}

/// The heading of the changes: `vs Oct`.
pub(super) fn against(by: By, shown: &Shown) -> String {
    if by == By::Month {
        return "vs before".to_owned();
    }
    let (from, to) = shown.asked.before;
    match (shown.asked.period, from.month() == to.month()) {
        (api::date::Period::Year(_), _) => format!("vs {}", from.year()),
        (api::date::Period::Month(_), _) | (_, true) if to.days_since(from) > 1 => {
            format!("vs {}", api::date::month_name(from.month()))
        }
        _ => "vs before".to_owned(),
    }
}

/// What the tick on a bar is: the average of the months, or the period before.
pub(super) fn tick_words(
    lines: &[Line],
    view: &View,
    shown: &Shown,
    currency: Currency,
    look: &Look,
) -> Option<String> {
    let words = if shown.asked.by == By::Month {
        let average = average(lines, day_of(look))?;
        format!("average {}", figures::amount(average, currency))
    } else {
        words::before(&shown.figures, &shown.asked, view, currency, &look.dates)?
    };
    Some(if view.is_table {
        words
    } else {
        format!("{} {words}", look.glyphs.tick)
    })
}

pub(super) fn label(line: &Line, view: &View) -> String {
    if line.is_own {
        format!("  {} itself", line.label)
    } else if line.is_child {
        format!("  {}", line.label)
    } else if line.children == 0 || view.unfolded.contains(&line.key) {
        line.label.clone()
    } else {
        format!("{} ({})", line.label, line.children)
    }
}

/// A month that is not over says so; everything else how it moved.
pub(super) fn change(line: &Line, by: By, look: &Look) -> BarChange<'static> {
    if by == By::Month
        && let (Some(from), Some(to)) = (line.from, line.to)
        && let Some(words) = partial(from, to, day_of(look))
    {
        return BarChange {
            text: words.into(),
            is_big: false,
        };
    }
    let moved = moved(line.value, line.before);
    BarChange {
        text: moved.text,
        is_big: moved.is_big,
    }
}

pub(super) fn share(line: &Line) -> String {
    line.share.map_or_else(String::new, |share| format!("{share}%"))
}

pub(super) fn bars(
    lines: &[Line],
    view: &View,
    shown: &Shown,
    currency: Currency,
    look: &Look,
) -> Vec<Bar<'static>> {
    let by = shown.asked.by;
    let average = (by == By::Month).then(|| average(lines, day_of(look))).flatten();
    let least = view.measure.heading().len();
    // As wide as its heading, so that short names leave that whole.
    let headed = |label: String| {
        let missing = by.heading().len().saturating_sub(text::width(&label));
        format!("{label}{}", " ".repeat(missing))
    };
    let bar = |line: &Line| Bar {
        label: headed(label(line, view)).into(),
        value: line.value,
        value_text: format!("{:>least$}", figures::amount(line.value, currency)).into(),
        share_text: share(line).into(),
        // Nothing before is no place on the scale.
        other: if by == By::Month {
            average
        } else {
            line.before.filter(|before| *before > 0)
        },
        change: change(line, by, look),
    };
    let mut bars: Vec<Bar<'_>> = lines.iter().map(bar).collect();
    let least = against(by, shown).len();
    for bar in &mut bars {
        bar.change.text = format!("{:>least$}", bar.change.text).into();
    }
    if share_heading(&bars).len() > 4 {
        for bar in &mut bars {
            bar.share_text = format!("{:>6}", bar.share_text).into();
        }
    }
    bars
}
