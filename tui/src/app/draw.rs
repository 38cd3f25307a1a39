//! One frame from what is open: the chrome, then the layers from the topmost that fills the body
//! upwards.

use std::io;

use super::{App, Surface, chrome, stack::Stack};
use crate::{keymap::Key, theme::Look, widget::Canvas};

impl<S: Surface> App<S> {
    /// Draws a frame if anything changed since the last one.
    pub(crate) fn draw(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.is_dirty) {
            return Ok(());
        }
        let Self {
            painter,
            surface,
            stack,
            look,
            size,
            ..
        } = self;
        let header = chrome::Header {
            screens: stack
                .titles()
                .enumerate()
                .filter(|(_, (.., needs))| look.ledger.allows(*needs))
                .map(|(at, (title, is_current, _))| (at + 1, title, is_current))
                .collect(),
            loading: self.shown_label.as_deref(),
            link: self.link.with_feed(self.feed),
        };
        let hints = hints(stack, look, &self.pressed, size.width);
        let said = [self.message.as_ref(), self.mentioned.as_ref()];
        painter.frame(surface, |canvas| {
            if chrome::is_too_small(*size) {
                return chrome::too_small(canvas, look);
            }
            chrome::header(canvas, &header, look);
            chrome::footer(canvas, said, &hints, look);
            draw_layers(canvas, stack, look);
        })
    }
}

/// From the topmost layer that fills the body upwards.
fn draw_layers(canvas: &mut Canvas<'_>, stack: &mut Stack, look: &Look) {
    let body = chrome::body(canvas.area());
    let mut shown = stack.shown();
    let base = shown
        .iter_mut()
        .rposition(|entry| entry.layer().placement(body, look).is_none())
        .unwrap_or(0);
    for entry in shown.into_iter().skip(base) {
        let layer = entry.layer();
        canvas.clear_cursor();
        match layer.placement(body, look) {
            None => layer.draw(canvas, body, look),
            Some(part) => {
                let part = part.intersection(body);
                canvas.clear(part);
                layer.draw(canvas, part, look);
            }
        }
    }
}

fn hints(stack: &mut Stack, look: &Look, pressed: &[Key], columns: u16) -> Vec<(String, String)> {
    let Some(top) = stack.top() else {
        return Vec::new();
    };
    let layer = top.layer();
    let contexts = layer.contexts();
    if !pressed.is_empty() {
        let follow = look.keys.continuations(&contexts, pressed).into_iter();
        return follow
            .map(|(key, action)| (key, action.description().to_owned()))
            .collect();
    }
    let mut all = look.keys.hints(&contexts, layer.wants_text());
    all.retain(|hint| look.ledger.allows(hint.needs));
    chrome::choose_hints(&all, &layer.hints(), columns)
}
