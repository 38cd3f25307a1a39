//! The members as a table: name, role, since when; open invites below, with their last day.

use super::super::listing::Shape;
use super::{Line, Members};
use crate::theme::Look;
use crate::widget::{Canvas, Column, Row, Rows};
use api::date::Date;
use api::id::UserId;
use api::instant::Instant;
use api::member::{Invite, Member};
use ratatui::layout::Rect;

/// The day of a moment, here.
pub(in crate::screen) fn day(at: Instant, look: &Look) -> String {
    let day = at.utc().with_timezone(look.now.offset()).date_naive();
    Date::from_naive(day).map_or_else(String::new, |day| look.dates.day(day))
}

struct Shown<'a> {
    lines: &'a [Line],
    me: Option<UserId>,
    look: &'a Look,
}

impl Rows for Shown<'_> {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn row(&self, at: usize) -> Option<Row<'_>> {
        Some(match self.lines.get(at)? {
            Line::Member(member) => self.member(member),
            Line::Invite(invite) => self.invite(invite),
        })
    }
}

impl Shown<'_> {
    fn member(&self, member: &Member) -> Row<'_> {
        let mut name = member.display_name.clone();
        if member.display_name != member.name {
            name = format!("{name} ({})", member.name);
        }
        if self.me == Some(member.user_id) {
            name.push_str(", you");
        }
        Row::default()
            .cell(name)
            .cell(member.role.as_str())
            .cell(format!("since {}", day(member.created_at, self.look)))
    }

    fn invite(&self, invite: &Invite) -> Row<'_> {
        let whom = invite.user.as_deref();
        let whom = whom.map_or_else(
            || "open invite".to_owned(),
            |user| format!("open invite for {user}"),
        );
        let dim = self.look.styles.dim;
        Row::default()
            .styled(whom, dim)
            .styled(invite.role.as_str(), dim)
            .styled(format!("until {}", day(invite.expires_at, self.look)), dim)
    }
}

impl Members {
    pub(super) fn paint(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let head = self.head();
        let shape = Shape {
            head: Some(&head),
            loading: "Loading the members.",
            none: "Nobody.",
            columns: &[
                Column::flexible("Name", 16),
                Column::fixed("Role", 6),
                Column::fixed("", 22).weight(1),
            ],
            width: 86,
        };
        let rows = Shown {
            lines: &self.lines,
            me: self.me,
            look,
        };
        self.listing.draw(canvas, area, &shape, &rows, look);
    }

    /// `Joint: 2 members, 1 open invite`
    fn head(&self) -> String {
        let members = self.lines.iter().filter(|line| matches!(line, Line::Member(_)));
        let members = members.count();
        let invites = self.lines.len() - members;
        let count = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {one}s"),
        };
        if !self.listing.is_loaded() {
            return self.ledger_name();
        }
        let mut head = format!("{}: {}", self.ledger_name(), count(members, "member"));
        if invites > 0 {
            head = format!("{head}, {}", count(invites, "open invite"));
        }
        head
    }
}
