//! The layers that are open: one for each screen that was ever shown, those above the current one,
//! the top last, and those that a switch closed while they were writing. Finds a layer by its id, so that a reply or an answer to one that is gone
//! finds nothing.

use crate::{
    fx::Answered,
    layer::{AnyLayer, Erased},
    open_ledger::Ability,
    runtime::LayerId,
    screen::Screen,
};

pub(super) struct Entry {
    pub(super) id: LayerId,
    pub(super) layer: AnyLayer,
    /// Who opened it with a question, and what to do with the answer.
    pub(super) asked: Option<(LayerId, Answered)>,
}

impl Entry {
    pub(super) fn layer(&mut self) -> &mut dyn Erased {
        self.layer.0.as_mut()
    }
}

struct Slot {
    title: &'static str,
    needs: Option<Ability>,
    open: Option<Box<dyn FnOnce() -> AnyLayer>>,
    entry: Option<Entry>,
}

pub(super) struct Stack {
    slots: Vec<Slot>,
    current: usize,
    above: Vec<Entry>,
    /// Closed, and waiting for the answer to a write.
    closed: Vec<Entry>,
    next_id: u64,
}

impl Stack {
    pub(super) fn new(screens: Vec<Screen>) -> Self {
        let slot = |screen: Screen| Slot {
            title: screen.title,
            needs: screen.needs,
            open: Some(screen.open),
            entry: None,
        };
        Self {
            slots: screens.into_iter().map(slot).collect(),
            current: 0,
            above: Vec::new(),
            closed: Vec::new(),
            next_id: 0,
        }
    }

    /// Other screens instead of all that is open; ids go on, so that no late reply finds another layer.
    pub(super) fn start_over(&mut self, screens: Vec<Screen>) {
        let next_id = self.next_id;
        *self = Self::new(screens);
        self.next_id = next_id;
    }

    fn new_id(&mut self) -> LayerId {
        self.next_id += 1;
        LayerId(self.next_id)
    }

    /// Each screen's title, whether it is the current one, and what it needs.
    pub(super) fn titles(&self) -> impl Iterator<Item = (&'static str, bool, Option<Ability>)> + '_ {
        let current = self.current;
        self.slots
            .iter()
            .enumerate()
            .map(move |(at, slot)| (slot.title, at == current, slot.needs))
    }

    /// What a screen needs its user to be allowed.
    pub(super) fn needs(&self, index: usize) -> Option<Ability> {
        self.slots.get(index).and_then(|slot| slot.needs)
    }

    /// Layers above the current screen.
    pub(super) fn depth(&self) -> usize {
        self.above.len()
    }

    pub(super) fn top(&mut self) -> Option<&mut Entry> {
        let current = self.current;
        match self.above.last_mut() {
            Some(top) => Some(top),
            None => self.slots.get_mut(current)?.entry.as_mut(),
        }
    }

    pub(super) fn top_id(&mut self) -> Option<LayerId> {
        self.top().map(|entry| entry.id)
    }

    pub(super) fn find(&mut self, id: LayerId) -> Option<&mut Entry> {
        let opened = self.slots.iter_mut().filter_map(|s| s.entry.as_mut());
        let all = opened.chain(&mut self.above).chain(&mut self.closed);
        all.into_iter().find(|entry| entry.id == id)
    }

    pub(super) fn ids(&self) -> Vec<LayerId> {
        let opened = self.slots.iter().filter_map(|s| s.entry.as_ref());
        opened.chain(&self.above).map(|entry| entry.id).collect()
    }

    pub(super) fn push(&mut self, layer: AnyLayer, asked: Option<(LayerId, Answered)>) -> LayerId {
        let id = self.new_id();
        self.above.push(Entry { id, layer, asked });
        id
    }

    /// Takes a layer out from above the screen; a screen itself stays.
    pub(super) fn remove(&mut self, id: LayerId) -> Option<Entry> {
        let find = |entries: &mut Vec<Entry>| {
            let at = entries.iter().position(|entry| entry.id == id)?;
            Some(entries.remove(at))
        };
        find(&mut self.above).or_else(|| find(&mut self.closed))
    }

    /// Keeps a layer that was closed where its replies find it.
    pub(super) fn put_aside(&mut self, entry: Entry) {
        self.closed.push(entry);
    }

    pub(super) fn is_put_aside(&self, id: LayerId) -> bool {
        self.closed.iter().any(|entry| entry.id == id)
    }

    /// Puts `layer` where `id` stood, under a new id; the question it owes an answer to stays.
    pub(super) fn replace(&mut self, id: LayerId, layer: AnyLayer) -> Option<LayerId> {
        let new = self.new_id();
        let entry = self.find(id)?;
        entry.id = new;
        entry.layer = layer;
        Some(new)
    }

    /// Closes everything above the screen.
    pub(super) fn clear(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.above)
    }

    /// Makes a screen the current one. `Some(true)`: it was opened just now; `None`: there is none.
    pub(super) fn switch(&mut self, index: usize) -> Option<bool> {
        let id = self.new_id();
        let slot = self.slots.get_mut(index)?;
        self.current = index;
        let Some(open) = slot.open.take() else {
            return Some(false);
        };
        slot.entry = Some(Entry {
            id,
            layer: open(),
            asked: None,
        });
        Some(true)
    }

    /// The current screen and all above it, the bottom first.
    pub(super) fn shown(&mut self) -> Vec<&mut Entry> {
        let current = self.current;
        let screen = self.slots.get_mut(current).and_then(|s| s.entry.as_mut());
        screen.into_iter().chain(&mut self.above).collect()
    }
}
