//! Horizontal bars: label, value and share in their columns, the bar in eighths of a column, a
//! tick where another value (the period before, the average) stands on the same scale, and marks
//! of their own for what is below zero. Scrolls rather than lumping rows together.

use std::borrow::Cow;

use ratatui::layout::{Position, Rect};

use super::{Canvas, Scroll};
use crate::{
    text::{self, Align},
    theme::Look,
};

const POINTER: u16 = 2;
const GAP: u16 = 2;
/// A bar in less room than this says nothing.
const LEAST_BAR: u16 = 6;

/// How a value moved against the other one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BarChange<'a> {
    pub text: Cow<'a, str>,
    /// Enough to be pointed out.
    pub is_big: bool,
}

/// One bar with its figures as they are to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bar<'a> {
    pub label: Cow<'a, str>,
    pub value: i64,
    pub value_text: Cow<'a, str>,
    pub share_text: Cow<'a, str>,
    /// Where the tick stands.
    pub other: Option<i64>,
    pub change: BarChange<'a>,
}

/// A chart for one frame.
pub struct Chart<'a> {
    pub bars: &'a [Bar<'a>],
    pub has_focus: bool,
}

struct Layout {
    label: u16,
    value: u16,
    share: u16,
    bar: u16,
    change: u16,
}

impl Chart<'_> {
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, scroll: &mut Scroll, look: &Look) {
        scroll.fit(area.height.into(), self.bars.len());
        let layout = self.layout(area.width);
        let full = self.full_scale();
        for (y, at) in (area.top()..area.bottom()).zip(scroll.visible(self.bars.len())) {
            let Some(bar) = self.bars.get(at) else {
                continue;
            };
            let line = Rect::new(area.x, y, area.width, 1);
            draw_bar(canvas, line, bar, &layout, full, look);
            if at == scroll.selected() && self.has_focus {
                canvas.put(line.x, y, 1, look.glyphs.pointer, look.styles.plain);
                // The bar keeps its own picture: reversed, its length could not be read.
                let words = layout.label + layout.value + layout.share + POINTER + 2 * GAP;
                let words = Rect {
                    width: words.min(line.width),
                    ..line
                };
                canvas.style(words, look.styles.selected);
                canvas.set_cursor(Position::new(line.x, y));
            }
        }
    }

    /// Headings for label, value, share and change, in the columns that [`Chart::draw`] gives them.
    pub fn draw_titles(&self, canvas: &mut Canvas<'_>, line: Rect, titles: [&str; 4], look: &Look) {
        let layout = self.layout(line.width);
        let [label, value, share, change] = titles;
        let style = look.styles.heading;
        let y = line.y;
        let mut x = line.x + POINTER;
        x = canvas.put_fit((x, y, layout.label), label, Align::Left, style, look) + GAP;
        x = canvas.put_fit((x, y, layout.value), value, Align::Right, style, look) + GAP;
        canvas.put_fit((x, y, layout.share), share, Align::Right, style, look);
        let x = line.right().saturating_sub(layout.change);
        canvas.put_fit((x, y, layout.change), change, Align::Right, style, look);
    }

    fn full_scale(&self) -> u64 {
        let values = self.bars.iter().flat_map(|bar| [Some(bar.value), bar.other]);
        values.flatten().map(i64::unsigned_abs).max().unwrap_or(0).max(1)
    }

    fn layout(&self, columns: u16) -> Layout {
        let widest = |part: fn(&Bar<'_>) -> usize| {
            let widest = self.bars.iter().map(part).max().unwrap_or(0);
            u16::try_from(widest).unwrap_or(u16::MAX)
        };
        let value = widest(|bar| text::width(&bar.value_text));
        let share = widest(|bar| text::width(&bar.share_text));
        let change = widest(|bar| text::width(&bar.change.text));
        let label = widest(|bar| text::width(&text::clean(&bar.label)));
        let gaps = GAP + if share > 0 { GAP } else { 0 };
        let fixed = POINTER + value + share + gaps;
        let label = label
            .min((columns / 3).max(10))
            .min(columns.saturating_sub(fixed));
        let left = columns.saturating_sub(fixed + label);
        let change_room = if change > 0 { change + GAP } else { 0 };
        let bar = left.saturating_sub(GAP + change_room);
        let has_bar = bar >= LEAST_BAR;
        Layout {
            label,
            value,
            share,
            bar: if has_bar { bar } else { 0 },
            change: if left >= change_room { change } else { 0 },
        }
    }
}

fn draw_bar(canvas: &mut Canvas<'_>, line: Rect, bar: &Bar<'_>, layout: &Layout, full: u64, look: &Look) {
    let y = line.y;
    let plain = look.styles.plain;
    let mut x = line.x + POINTER;
    x = canvas.put_fit((x, y, layout.label), &bar.label, Align::Left, plain, look) + GAP;
    x = canvas.put_fit((x, y, layout.value), &bar.value_text, Align::Right, plain, look);
    if layout.share > 0 {
        x += GAP;
        x = canvas.put_fit((x, y, layout.share), &bar.share_text, Align::Right, plain, look);
    }
    if layout.bar > 0 {
        x += GAP;
        let picture = picture(bar.value, full, layout.bar, look);
        let style = if bar.value < 0 {
            look.styles.income
        } else {
            look.styles.accent
        };
        canvas.put(x, y, layout.bar, &picture, style);
        if let Some(other) = bar.other.and_then(|other| u64::try_from(other).ok()) {
            let at = steps(other, full, u64::from(layout.bar)).min(u64::from(layout.bar) - 1);
            let at = u16::try_from(at).unwrap_or(0);
            canvas.put(x + at, y, 1, look.glyphs.tick, look.styles.bold);
        }
    }
    if layout.change > 0 {
        let style = if bar.change.is_big {
            look.styles.bold
        } else {
            plain
        };
        let x = line.right().saturating_sub(layout.change);
        canvas.put_fit((x, y, layout.change), &bar.change.text, Align::Right, style, look);
    }
}

/// `value` of `full` in `most` steps, rounded.
fn steps(value: u64, full: u64, most: u64) -> u64 {
    let exact = u128::from(value) * u128::from(most) * 2 + u128::from(full);
    u64::try_from(exact / (u128::from(full) * 2)).unwrap_or(most)
}

fn picture(value: i64, full: u64, columns: u16, look: &Look) -> String {
    let glyphs = look.glyphs;
    if value == 0 {
        return String::new();
    }
    let parts = glyphs.bar_parts.len() as u64 + 1;
    let magnitude = value.unsigned_abs();
    if value < 0 {
        let marks = steps(magnitude, full, columns.into()).max(1);
        return glyphs.bar_negative.repeat(usize::try_from(marks).unwrap_or(0));
    }
    // Something is never shown as nothing.
    let eighths = steps(magnitude, full, u64::from(columns) * parts).max(1);
    let mut picture = glyphs.bar.repeat(usize::try_from(eighths / parts).unwrap_or(0));
    let rest = usize::try_from(eighths % parts).unwrap_or(0);
    if let Some(part) = rest.checked_sub(1).and_then(|at| glyphs.bar_parts.get(at)) {
        picture.push_str(part);
    }
    picture
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::{
        testkit::{look, rows_of},
        theme::Glyphs,
    };

    fn bar(label: &'static str, value: i64, other: Option<i64>) -> Bar<'static> {
        Bar {
            label: label.into(),
            value,
            value_text: format!("{value}.00").into(),
            share_text: format!("{value}%").into(),
            other,
            change: BarChange {
                text: "+5%".into(),
                is_big: true,
            },
        }
    }

    fn drawn(bars: &[Bar<'_>], size: (u16, u16), look: &Look) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        let mut canvas = Canvas::new(&mut buffer);
        let area = canvas.area();
        let chart = Chart {
            bars,
            has_focus: true,
        };
        chart.draw(&mut canvas, area, &mut Scroll::default(), look);
        rows_of(&buffer)
    }

    #[test]
    fn bars_share_a_scale_and_tick_the_other_value() {
        let bars = [
            bar("Rent", 80, Some(40)),
            bar("Food", 41, None),
            bar("Back", -20, None),
        ];
        let shown = drawn(&bars, (40, 3), &look());
        assert_eq!(
            shown,
            [
                "> Rent   80.00   80%  ███████|█████  +5%",
                "  Food   41.00   41%  ██████▋        +5%",
                "  Back  -20.00  -20%  ---            +5%",
            ]
        );
    }

    #[test]
    fn ascii_bars_are_whole_steps_and_never_nothing() {
        let mut look = look();
        look.glyphs = Glyphs::ASCII;
        let shown = drawn(&[bar("A", 80, None), bar("B", 1, None)], (36, 2), &look);
        assert_eq!(
            shown,
            [
                "> A  80.00  80%  ##############  +5%",
                "  B   1.00   1%  #               +5%",
            ]
        );
    }

    #[test]
    fn extremes_and_no_room_are_drawn_without_a_fuss() {
        let bars = [
            bar("Most", i64::MAX, Some(i64::MIN)),
            bar("Least", i64::MIN, None),
        ];
        for size in [(1, 1), (10, 2), (40, 1), (300, 80)] {
            drawn(&bars, size, &look());
        }
        drawn(&[], (40, 3), &look());
    }
}
