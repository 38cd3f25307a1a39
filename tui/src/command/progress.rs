//! How far long work is, while a command waits for it: on a terminal a bar that is drawn over, elsewhere a plain line every
//! few seconds. What is quick is not talked about.

use super::output::Output;
use crate::figures::{grouped, rows};
use std::time::Duration;
use tokio::time::Instant;

/// Between two lines where nobody looks at a bar.
const LINE: Duration = Duration::from_secs(5);
/// How wide the bar is.
const BAR: u64 = 20;

/// The progress of one piece of work.
pub(super) struct Progress {
    /// What is done, for the head of a line.
    doing: &'static str,
    /// When it was first looked at, and how far it was.
    first: Option<(Instant, u64)>,
    told: Option<Instant>,
}

impl Progress {
    pub(super) fn of(doing: &'static str) -> Self {
        Self {
            doing,
            first: None,
            told: None,
        }
    }

    /// Tells how far it is at that moment, where it is time to.
    pub(super) fn tell(&mut self, out: &mut Output, (done, total): (u64, u64), now: Instant) {
        let (began, before) = *self.first.get_or_insert((now, done));
        let seen = Seen {
            doing: self.doing,
            done,
            total,
            rate: rate(done.saturating_sub(before), now - began),
        };
        if let Some(columns) = out.talk_columns {
            out.draw(&bar(&seen, columns, out.is_ascii));
        } else if now - self.told.unwrap_or(began) >= LINE {
            self.told = Some(now);
            out.say(&line(&seen));
        }
    }
}

/// What there is to tell.
struct Seen<'a> {
    doing: &'a str,
    done: u64,
    total: u64,
    /// Rows a second, once that can be said.
    rate: Option<u64>,
}

impl Seen<'_> {
    /// `30,019 of 100,000 rows, 11,204 a second, 6 s left`
    fn figures(&self) -> String {
        let far = format!("{} of {}", grouped(&self.done.to_string()), rows(self.total));
        match self.rate.filter(|rate| *rate > 0) {
            Some(rate) => {
                let left = time(self.total.saturating_sub(self.done).div_ceil(rate));
                format!("{far}, {} a second, {left} left", grouped(&rate.to_string()))
            }
            None => far,
        }
    }
}

fn rate(done: u64, took: Duration) -> Option<u64> {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    (millis >= 200).then(|| done.saturating_mul(1000) / millis)
}

/// `Undoing: 30,019 of 100,000 rows, 11,204 a second, 6 s left`
fn line(seen: &Seen<'_>) -> String {
    format!("{}: {}", seen.doing, seen.figures())
}

/// The same with a bar, cut to the width of the terminal.
fn bar(seen: &Seen<'_>, columns: usize, is_ascii: bool) -> String {
    let total = seen.total.max(1);
    let full = usize::try_from(seen.done.min(total) * BAR / total).unwrap_or(0);
    let rest = usize::try_from(BAR).unwrap_or(0).saturating_sub(full);
    let (on, off) = if is_ascii { ("#", "-") } else { ("█", "░") };
    let whole = format!(
        "{} {}{} {}",
        seen.doing,
        on.repeat(full),
        off.repeat(rest),
        seen.figures()
    );
    // A line that is full would be two.
    whole.chars().take(columns.saturating_sub(1)).collect()
}

/// `45 s`, `3 min`
fn time(secs: u64) -> String {
    if secs < 100 {
        format!("{secs} s")
    } else {
        format!("{} min", secs.div_ceil(60))
    }
}

#[cfg(test)]
mod tests {
    use super::super::output::capture::Sink;
    use super::*;

    fn out(columns: Option<usize>) -> (Output, Sink) {
        let (mut out, _, talk) = Output::captured(false);
        out.talk_columns = columns;
        (out, talk)
    }

    #[test]
    fn in_a_pipe_there_is_a_line_every_few_seconds_with_rate_and_time_left() {
        let (mut out, talk) = out(None);
        let mut progress = Progress::of("Undoing");
        let began = Instant::now();
        for second in 0..12 {
            let now = began + Duration::from_secs(second);
            progress.tell(&mut out, (second * 1_000, 50_000), now);
        }
        assert_eq!(
            talk.text(),
            "Undoing: 5,000 of 50,000 rows, 1,000 a second, 45 s left\n\
             Undoing: 10,000 of 50,000 rows, 1,000 a second, 40 s left\n"
        );
    }

    #[test]
    fn on_a_terminal_a_bar_is_drawn_over_and_gone_in_the_end() {
        let (mut out, talk) = out(Some(80));
        let mut progress = Progress::of("Undoing");
        let began = Instant::now();
        progress.tell(&mut out, (0, 100_000), began);
        progress.tell(&mut out, (25_000, 100_000), began + Duration::from_secs(2));
        let drawn = "Undoing #####--------------- 25,000 of 100,000 rows, 12,500 a second, 6 s left";
        assert!(
            talk.text().ends_with(&format!("\r\u{1b}[K{drawn}")),
            "{:?}",
            talk.text()
        );
        assert!(drawn.chars().count() < 80);
        out.say("Done.");
        assert!(talk.text().ends_with("\r\u{1b}[KDone.\n"), "{:?}", talk.text());
    }

    #[test]
    fn long_waits_are_told_in_minutes() {
        assert_eq!((time(99), time(100)), ("99 s".to_owned(), "2 min".to_owned()));
    }
}
