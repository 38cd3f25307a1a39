//! What the server does not have yet, in the order in which it goes: what waits, and what was refused with its reason
//! and what can be done about it.

use super::{Picked, Picker, frame};
use crate::client::ClientError;
use crate::desk::Desk;
use crate::fx::{Change, Fx, Message};
use crate::keymap::Action;
use crate::layer::Layer;
use crate::outbox::{Entry, OutboxChanged, Standing, Unsent};
use crate::text::Align;
use crate::theme::Look;
use crate::widget::{Canvas, Item, Scroll};
use api::ledger::Ledger;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use std::io;
use uuid::Uuid;

/// Announced when somebody wants to mend an entry: the rows' own screen knows how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MendAsked(pub Uuid);

/// Each has a line for what it is and one for how it stands.
const LINES: u16 = 2;

/// The list.
pub struct UnsentList {
    desk: Desk,
    all: Vec<Unsent>,
    scroll: Scroll,
}

impl UnsentList {
    pub fn new(desk: Desk) -> Self {
        Self {
            all: desk.outbox.unsent(),
            desk,
            scroll: Scroll::default(),
        }
    }

    fn chosen(&self) -> Option<&Unsent> {
        self.all.get(self.scroll.selected())
    }

    fn look_again(&mut self) {
        self.all = self.desk.outbox.unsent();
        self.scroll.select(self.scroll.selected(), self.all.len());
    }

    fn drop_chosen(&self) -> Fx<Self> {
        let Some(unsent) = self.chosen() else {
            return Fx::none();
        };
        if unsent.standing == Standing::Travelling {
            return Fx::notify("It is on its way to the server; try again in a moment.");
        }
        let (id, text) = (unsent.entry.id, unsent.entry.text.clone());
        let may_be_there = unsent.may_be_there && !unsent.standing.is_parked();
        let outbox = self.desk.outbox.clone();
        let work = async move { outbox.beside(move |outbox| outbox.discard(id)).await };
        Fx::call("dropping an entry", work, move |_, gone: io::Result<_>, _| {
            let dropped = match gone {
                Ok(dropped) => dropped,
                Err(error) => return Fx::notify(Message::error(format!("The disk refuses: {error}."))),
            };
            let but = match dropped.len() {
                0 => return Fx::notify("It is on its way to the server; try again in a moment."),
                _ if may_be_there => " It may have reached the server before.".to_owned(),
                1 => String::new(),
                more => format!(" {} later changes of that row went with it.", more - 1),
            };
            Fx::announce(Change::new(OutboxChanged {
                dropped,
                ..OutboxChanged::default()
            }))
            .and(Fx::notify(format!("Dropped: {text}.{but}")))
        })
    }

    /// Which ledger is to have the new rows that were not sent.
    fn ask_target(&self) -> Fx<Self> {
        let new = self.all.iter().filter(|unsent| unsent.entry.write.only_creates());
        let ids: Vec<Uuid> = new.map(|unsent| unsent.entry.id).collect();
        if ids.is_empty() {
            return Fx::notify("Only new rows can go to another ledger, and none of these is one.");
        }
        Fx::call_latest(
            "ledgers",
            "loading the ledgers",
            self.desk.api.every_ledger(),
            move |list: &mut Self, ledgers, _| list.choose_target(ids, ledgers),
        )
    }

    fn choose_target(&self, ids: Vec<Uuid>, ledgers: Result<Vec<Ledger>, ClientError>) -> Fx<Self> {
        let mut ledgers = match ledgers {
            Ok(ledgers) => ledgers,
            Err(error) => return Fx::notify(Message::error(error.sentence())),
        };
        let here = self.desk.book.lists().ledger.as_ref().map(|ledger| ledger.id);
        ledgers.retain(|ledger| Some(ledger.id) != here && ledger.role.adds());
        if ledgers.is_empty() {
            return Fx::notify("There is no other ledger in which you may add rows.");
        }
        let items = ledgers
            .iter()
            .map(|ledger| Item::new(ledger.name.clone(), ledger.base_currency.code()));
        let title = match ids.len() {
            1 => "Move 1 unsent addition to".to_owned(),
            count => format!("Move {count} unsent additions to"),
        };
        Fx::ask(
            Picker::new(title, items.collect()),
            move |list: &mut Self, picked, _| match picked {
                Picked::Item(at) => ledgers
                    .get(at)
                    .map_or_else(Fx::none, |ledger| list.hand_over(ids, ledger)),
                Picked::New(_) => Fx::none(),
            },
        )
    }

    fn hand_over(&self, ids: Vec<Uuid>, ledger: &Ledger) -> Fx<Self> {
        let (outbox, lists) = (self.desk.outbox.clone(), self.desk.book.lists());
        let (id, name, wanted) = (ledger.id, ledger.name.clone(), ids.len());
        let work = async move {
            outbox
                .beside(move |outbox| {
                    let given = ids.iter().map(|entry| outbox.hand_over(*entry, id, &lists));
                    given.collect::<io::Result<Vec<_>>>()
                })
                .await
        };
        Fx::call("moving", work, move |_, given: io::Result<Vec<_>>, _| {
            let given: Vec<Entry> = match given {
                Ok(given) => given.into_iter().flatten().collect(),
                Err(error) => return Fx::notify(Message::error(format!("The disk refuses: {error}."))),
            };
            let count = given.len();
            let stayed = match wanted - count {
                0 => String::new(),
                left => format!(" {left} on their way to the server stayed."),
            };
            let them = if count == 1 { "it" } else { "them" };
            Fx::announce(Change::new(OutboxChanged {
                dropped: given,
                is_away: true,
            }))
            .and(Fx::notify(format!(
                "Moved {count} to {name}, which sends {them} as soon as it is open.{stayed}"
            )))
        })
    }

    fn export(&self, look: &Look) -> Fx<Self> {
        if self.all.is_empty() {
            return Fx::notify("There is nothing to write.");
        }
        let (outbox, lists) = (self.desk.outbox.clone(), self.desk.book.lists());
        let stamp = look.now.format("%Y-%m-%d-%H%M%S").to_string();
        let work = async move { outbox.beside(move |outbox| outbox.export(&lists, &stamp)).await };
        Fx::call("writing", work, |_, written: io::Result<_>, _| match written {
            Ok((path, count)) => Fx::notify(format!("Wrote {count} to {}", path.display())),
            Err(error) => Fx::notify(Message::error(format!("The disk refuses: {error}."))),
        })
    }

    fn send_again(&self) -> Fx<Self> {
        let Some(unsent) = self.chosen() else {
            return Fx::none();
        };
        let id = unsent.entry.id;
        let outbox = self.desk.outbox.clone();
        let work = async move {
            outbox
                .beside(move |outbox| match id {
                    id if outbox.is_refused(id) => outbox.again(id),
                    _ => Ok(()),
                })
                .await
        };
        Fx::call("sending it again", work, |_, _: io::Result<()>, _| {
            Fx::announce(Change::new(OutboxChanged::default()))
        })
    }
}

/// `!` and why, or `~` and what for.
fn standing(unsent: &Unsent, look: &Look) -> (&'static str, Style, String) {
    let styles = &look.styles;
    match &unsent.standing {
        Standing::Travelling => ("~", styles.warning, "on its way".to_owned()),
        Standing::Waiting => ("~", styles.warning, "waits for the server".to_owned()),
        Standing::Refused(why) => ("!", styles.error, why.clone()),
        Standing::Held(text) => ("!", styles.warning, format!("waits for: {text}")),
    }
}

impl Layer for UnsentList {
    fn title(&self) -> String {
        let parked = self.all.iter().filter(|unsent| unsent.standing.is_parked());
        match (self.all.len(), parked.count()) {
            (0, _) => "Not sent yet".to_owned(),
            (all, 0) => format!("Not sent yet: {all}"),
            (all, parked) => format!("Not sent yet: {all}, {parked} of them refused or behind one"),
        }
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["unsent", "table"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "What was done here and is not with the server, in its order; also on disk.",
            "It goes by itself. Refused: <unsent.mend> opens it again or asks mine or theirs, <unsent.send-again> sends it again, <unsent.delete> drops it.",
            "<unsent.move-rows> moves new rows to another ledger, <unsent.export> writes all to a file, a line of JSON each.",
        ]
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        if self.all.is_empty() {
            let words = match self.desk.waiting.count() {
                0 => "Everything is with the server.".to_owned(),
                // Which ledger this is was never said, so that nobody knows whether they are for it.
                count => {
                    format!("{count} lie here from before; they go when the server says for which ledger.")
                }
            };
            let at = (inner.x, inner.y, inner.width);
            canvas.put_fit(at, &words, Align::Left, look.styles.plain, look);
            return;
        }
        self.scroll
            .fit((inner.height / LINES).max(1).into(), self.all.len());
        let visible = self.scroll.visible(self.all.len());
        let lines = (inner.y..inner.bottom()).step_by(LINES.into());
        for (y, at) in lines.zip(visible) {
            let Some(unsent) = self.all.get(at) else { continue };
            let (sign, style, words) = standing(unsent, look);
            let room = inner.width.saturating_sub(4);
            canvas.put(inner.x + 1, y, 1, sign, style);
            let text = look.styles.plain;
            canvas.put_fit(
                (inner.x + 3, y, room),
                &unsent.entry.text,
                Align::Left,
                text,
                look,
            );
            if y + 1 < inner.bottom() {
                let dim = look.styles.dim;
                canvas.put_fit(
                    (inner.x + 5, y + 1, room.saturating_sub(2)),
                    &words,
                    Align::Left,
                    dim,
                    look,
                );
            }
            if at == self.scroll.selected() {
                canvas.put(inner.x, y, 1, look.glyphs.pointer, look.styles.plain);
                let line = Rect {
                    y,
                    height: 1,
                    ..inner
                };
                canvas.style(line, look.styles.selected);
                canvas.set_cursor(Position::new(inner.x, y));
            }
        }
    }

    fn on_resume(&mut self, _: &Look) -> Fx<Self> {
        self.look_again();
        Fx::none()
    }

    /// Whatever it was, it may be about what is listed.
    fn on_change(&mut self, _: &Change, _: &Look) -> Fx<Self> {
        self.look_again();
        Fx::none()
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        if self.scroll.on_action(action, self.all.len()) {
            return Fx::none();
        }
        match action {
            Action::Delete => self.drop_chosen(),
            Action::SendAgain => self.send_again(),
            Action::MoveRows => self.ask_target(),
            Action::Export => self.export(look),
            Action::Mend | Action::Accept => match self.chosen() {
                Some(unsent) if unsent.standing.is_parked() => {
                    let asked = MendAsked(unsent.entry.id);
                    Fx::pop().and(Fx::announce(Change::new(asked)))
                }
                Some(_) => Fx::notify("It was not refused; it goes by itself when the server is there."),
                None => Fx::none(),
            },
            Action::Unsent => Fx::pop(),
            _ => Fx::pass(),
        }
    }
}
