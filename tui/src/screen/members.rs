//! Members: who shares the open ledger, in which role, and the invites that are open. Owners invite, change roles,
//! remove and hand over; everybody may leave.

mod actions;
mod draw;
#[cfg(test)]
mod tests;

pub(super) use actions::days;
pub(super) use draw::day;

use super::listing::Listing;
use crate::client::ClientError;
use crate::desk::Desk;
use crate::fx::{Change, Fx};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::theme::Look;
use crate::widget::Canvas;
use api::id::UserId;
use api::member::{Invite, Member};
use ratatui::layout::Rect;

/// Announced when members or invites are other ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MembersChanged;

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Member(Member),
    Invite(Invite),
}

/// The screen.
pub struct Members {
    desk: Desk,
    lines: Vec<Line>,
    /// Oneself, where the server says who that is.
    me: Option<UserId>,
    listing: Listing,
}

type Loaded = (Result<Vec<Member>, ClientError>, Vec<Invite>, Option<UserId>);

impl Members {
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            lines: Vec::new(),
            me: None,
            listing: Listing::default(),
        }
    }

    /// Invites are for owners to see; who asks is told where the server does.
    fn load(&self) -> Fx<Self> {
        let api = self.desk.api.clone();
        let is_owner = self.is_owner();
        let work = async move {
            let members = api.every_member().await;
            let invites = if is_owner {
                api.every_invite().await.unwrap_or_default()
            } else {
                Vec::new()
            };
            let me = api.get_me().await.ok().map(|me| me.id);
            (members, invites, me)
        };
        Fx::call_latest("members", "loading the members", work, Self::loaded)
    }

    fn is_owner(&self) -> bool {
        let role = self.desk.book.lists().role();
        role.is_some_and(api::member::Role::owns)
    }

    fn loaded(&mut self, (members, invites, me): Loaded, _: &Look) -> Fx<Self> {
        match members {
            Ok(members) => {
                let members = members.into_iter().map(Line::Member);
                self.lines = members.chain(invites.into_iter().map(Line::Invite)).collect();
                self.me = me;
                self.listing.loaded();
                Fx::none()
            }
            Err(error) => self.listing.failed(&error),
        }
    }

    fn chosen(&self) -> Option<&Line> {
        self.lines.get(self.listing.scroll.selected())
    }

    fn ledger_name(&self) -> String {
        let lists = self.desk.book.lists();
        let name = lists.ledger.as_ref().map(|ledger| ledger.name.clone());
        name.unwrap_or_else(|| "this ledger".to_owned())
    }
}

impl Layer for Members {
    fn title(&self) -> String {
        "Members".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["members", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Who shares this ledger, since when and in which role, and the invites that nobody has accepted yet.",
            "An owner does everything, an editor all but settings and members, a viewer only looks,",
            "an adder records rows and sees no others. At least one owner stays.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        self.paint(canvas, area, look);
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        self.load()
    }

    fn on_change(&mut self, change: &Change, _: &Look) -> Fx<Self> {
        if change.get::<MembersChanged>().is_some() {
            self.load()
        } else {
            Fx::none()
        }
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        if self.listing.scroll.on_action(action, self.lines.len()) {
            return Fx::none();
        }
        match action {
            Action::Reload => self.load(),
            Action::Invite => self.invite(look),
            Action::Edit => self.change_role(),
            Action::Delete => self.remove(),
            Action::HandOver => self.hand_over(),
            Action::LeaveLedger => self.leave(),
            Action::Accept | Action::Members => Fx::none(),
            _ => Fx::pass(),
        }
    }
}
