//! What an event means: a key is text or a verb, a verb is the top layer's or everybody's, a reply
//! finds the layer that asked for it.

use ratatui::layout::{Position, Rect, Size};

use super::{App, Ending, Input, Post, Surface, chrome};
use crate::{
    fx::Message,
    keymap::{Action, Hint, Key, KeyCode, Lookup},
    layer::{AnyLayer, TextEvent},
    popup::{Help, Palette},
    runtime::Landed,
    screen::Command,
};

impl<S: Surface> App<S> {
    pub(crate) fn update(&mut self, input: Input) {
        self.look.now = (self.now)();
        match input {
            Input::Key(key) => self.press(key),
            Input::Paste(text) => self.paste(text),
            Input::Click(at) => self.click(at),
            Input::Wheel { is_down } => {
                let action = if is_down { Action::Down } else { Action::Up };
                for _ in 0..3 {
                    self.act(action);
                }
            }
            Input::Resize(size) => self.resize(size),
            Input::Continued => self.resume(),
            Input::Closed => self.ending = Some(Ending::Now),
        }
    }

    /// Errors of the terminal come up again with the next frame.
    fn resume(&mut self) {
        let _ = self.surface.resume();
        let size = self.surface.size().unwrap_or(self.size);
        self.resize(size);
    }

    pub(super) fn resize(&mut self, size: Size) {
        self.size = size;
        self.painter.resize(size);
        self.look.body = chrome::body(Rect::from((Position::ORIGIN, size))).as_size();
        self.is_dirty = true;
    }

    pub(super) fn redraw(&mut self) {
        self.painter.forget();
        self.is_dirty = true;
    }

    pub(super) fn press(&mut self, key: Key) {
        self.hush();
        self.is_dirty |= !self.pressed.is_empty();
        if chrome::is_too_small(self.size) {
            return self.press_unseen(key);
        }
        let Some(top) = self.stack.top() else { return };
        let starts_typing = key.typed().is_some_and(|c| top.layer().takes_char(c));
        let is_text = top.layer().wants_text() || starts_typing;
        if starts_typing && let Some(refusal) = self.refusal(Action::Edit) {
            return self.say(Message::warning(refusal));
        }
        let Some(top) = self.stack.top() else { return };
        if self.pressed.is_empty()
            && is_text
            && let Some(edit) = key.edit()
        {
            return self.on_top(|layer, look| layer.on_text(TextEvent::Edit(edit), look));
        }
        let contexts = top.layer().contexts();
        if !self.pressed.is_empty() && key.code == KeyCode::Esc {
            return self.pressed.clear();
        }
        self.pressed.push(key);
        match self.look.keys.resolve(&contexts, &self.pressed) {
            Lookup::Run(action) => {
                self.pressed.clear();
                self.act(action);
            }
            Lookup::More => self.is_dirty = true,
            Lookup::Nothing => self.pressed.clear(),
        }
    }

    /// Nothing of what a key would do is to be seen: only what leaves or stops.
    fn press_unseen(&mut self, key: Key) {
        self.pressed.clear();
        let is_typing = self.stack.top().is_some_and(|top| top.layer().wants_text());
        let is_above = is_typing || self.stack.depth() > 0;
        match self.look.keys.resolve(&["global"], &[key]) {
            Lookup::Run(action @ (Action::Leave | Action::Suspend | Action::Redraw)) => self.act(action),
            Lookup::Run(Action::Quit) if !is_above => self.act(Action::Quit),
            _ => {}
        }
    }

    pub(super) fn paste(&mut self, text: String) {
        self.hush();
        if chrome::is_too_small(self.size) {
            return;
        }
        if self.stack.top().is_some_and(|top| top.layer().wants_text()) {
            self.on_top(|layer, look| layer.on_text(TextEvent::Paste(text), look));
        }
    }

    pub(super) fn click(&mut self, at: Position) {
        let body = chrome::body(Rect::from((Position::ORIGIN, self.size)));
        if body.contains(at) && !chrome::is_too_small(self.size) {
            self.on_top(|layer, look| layer.on_click(at, look));
        }
    }

    /// A verb: the app's own, else the layer's on top, else what it means everywhere.
    pub(crate) fn act(&mut self, action: Action) {
        match action {
            Action::Leave => self.ending = Some(Ending::Now),
            Action::Suspend => self.is_suspending = true,
            Action::Redraw => self.redraw(),
            _ => {
                if let Some(refusal) = self.refusal(action) {
                    return self.say(Message::warning(refusal));
                }
                let look = &self.look;
                let Some(top) = self.stack.top() else { return };
                let id = top.id;
                let steps = top.layer().on_action(action, look);
                let is_passed = steps.is_passed;
                self.is_dirty = true;
                self.perform(id, steps);
                if is_passed {
                    self.act_everywhere(action);
                }
            }
        }
    }

    /// Why the role in the open ledger forbids a verb here.
    fn refusal(&mut self, action: Action) -> Option<String> {
        let contexts = self.stack.top()?.layer().contexts();
        let of_screen = action.screen().and_then(|index| self.stack.needs(index));
        let needed = of_screen.or_else(|| self.look.keys.needs(&contexts, action));
        self.look.ledger.refusal(needed)
    }

    pub(super) fn act_everywhere(&mut self, action: Action) {
        match action {
            Action::Back => self.close_top(),
            Action::Quit if self.stack.depth() > 0 => self.close_top(),
            Action::Quit => self.ending = Some(Ending::Soon),
            Action::Help => self.open_help(),
            Action::Palette => self.open_palette(),
            Action::Ledgers => self.open_command("ledger"),
            Action::Members => self.open_command("members"),
            Action::Unsent => self.open_command("unsent"),
            _ => {
                if let Some(index) = action.screen() {
                    self.switch(index);
                }
            }
        }
    }

    fn open_help(&mut self) {
        let Some(top) = self.stack.top() else { return };
        let layer = top.layer();
        let about = layer.about().map(|line| self.look.fill(line));
        let (title, is_typing) = (layer.title(), layer.wants_text());
        let hints = self.verbs(is_typing);
        self.push(AnyLayer::new(Help::new(title, about, hints)));
    }

    fn open_palette(&mut self) {
        let ledger = &self.look.ledger;
        let allowed = |(_, command): &(usize, &Command)| ledger.allows(command.needs);
        let commands = self.commands.iter().enumerate().filter(allowed);
        let commands = commands
            .map(|(index, command)| (index, command.words()))
            .collect();
        let palette = Palette::new(self.verbs(false), commands);
        self.push(AnyLayer::new(palette));
    }

    fn open_command(&mut self, name: &str) {
        let found = self.commands.iter().find(|command| command.name == name);
        if let Some(layer) = found.map(Command::open) {
            self.push(layer);
        }
    }

    /// What can be asked for here, without screens that there are not.
    fn verbs(&mut self, is_typing: bool) -> Vec<Hint> {
        let screens = self.stack.titles().count();
        let Some(top) = self.stack.top() else {
            return Vec::new();
        };
        let mut hints = self.look.keys.hints(&top.layer().contexts(), is_typing);
        hints.retain(|hint| hint.action.screen().is_none_or(|index| index < screens));
        hints.retain(|hint| {
            let of_screen = hint.action.screen().and_then(|index| self.stack.needs(index));
            self.look.ledger.allows(of_screen.or(hint.needs))
        });
        hints
    }

    pub(super) fn land(&mut self, landed: Landed) {
        let Some((id, reply)) = self.runtime.route(landed) else {
            return;
        };
        match reply {
            Some(reply) => self.on(id, |layer, look| reply(layer.as_any(), look)),
            None => self.say(Message::error(
                "A part of the app failed; the log says more. Nothing else was changed.",
            )),
        }
        self.let_go(id);
    }

    pub(super) fn receive(&mut self, post: Post) {
        self.is_dirty = true;
        match post {
            Post::Change(change) => self.announce(&change),
            Post::Notify(message) => self.say(message),
            Post::Link(link) => self.link = link,
            Post::Feed(link) => self.feed = Some(link),
            Post::Ledger(open) => self.look.ledger = open,
            Post::Command(name) => self.open_command(name),
        }
    }
}
