//! Carries out calls: spawns the work, keeps what is in flight with its label, and brings replies
//! back over one queue. It knows the id of a layer and never the layer, nor any screen.

use std::time::Duration;

use tokio::{
    runtime::Handle,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::AbortHandle,
    time::Instant,
};

use crate::fx::{Call, Reply};

/// Names a layer for as long as the app runs; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LayerId(pub(crate) u64);

/// Work is worth a word on the screen only after this.
const PATIENCE: Duration = Duration::from_millis(300);

struct InFlight {
    id: u64,
    layer: LayerId,
    label: String,
    slot: Option<&'static str>,
    started: Instant,
    task: AbortHandle,
}

/// A finished call; without a reply if its work panicked.
pub(crate) struct Landed {
    id: u64,
    reply: Option<Reply>,
}

pub(crate) struct Runtime {
    handle: Handle,
    in_flight: Vec<InFlight>,
    next_id: u64,
    sender: UnboundedSender<Landed>,
    landed: UnboundedReceiver<Landed>,
}

/// Reports a call even when its work panics, so that its label does not stay for ever.
struct Report {
    id: u64,
    reply: Option<Reply>,
    sender: UnboundedSender<Landed>,
}

impl Report {
    fn land(mut self, reply: Reply) {
        self.reply = Some(reply);
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        let landed = Landed {
            id: self.id,
            reply: self.reply.take(),
        };
        // Nobody listens any more only when the app is gone.
        let _ = self.sender.send(landed);
    }
}

impl Runtime {
    pub(crate) fn new(handle: Handle) -> Self {
        let (sender, landed) = mpsc::unbounded_channel();
        Self {
            handle,
            in_flight: Vec::new(),
            next_id: 0,
            sender,
            landed,
        }
    }

    pub(crate) fn start(&mut self, layer: LayerId, call: Call) {
        if let Some(slot) = call.slot {
            self.cancel(layer, slot);
        }
        self.next_id += 1;
        let report = Report {
            id: self.next_id,
            reply: None,
            sender: self.sender.clone(),
        };
        let work = call.work;
        let task = self.handle.spawn(async move { report.land(work.await) });
        self.in_flight.push(InFlight {
            id: self.next_id,
            layer,
            label: call.label,
            slot: call.slot,
            started: Instant::now(),
            task: task.abort_handle(),
        });
    }

    /// Forgets what runs in a slot: its reply finds nothing in flight and is dropped.
    pub(crate) fn cancel(&mut self, layer: LayerId, slot: &str) {
        self.drop_where(|call| call.layer == layer && call.slot == Some(slot));
    }

    /// The layer is gone: what it was reading is of no use, what it was writing runs on.
    pub(crate) fn abandon(&mut self, layer: LayerId) {
        self.drop_where(|call| call.layer == layer && call.slot.is_some());
    }

    fn drop_where(&mut self, is_dropped: impl Fn(&InFlight) -> bool) {
        self.in_flight.retain(|call| {
            let stays = !is_dropped(call);
            if !stays {
                call.task.abort();
            }
            stays
        });
    }

    /// Waits for the next finished call. Safe to drop midway.
    pub(crate) async fn next(&mut self) -> Option<Landed> {
        self.landed.recv().await
    }

    pub(crate) fn try_next(&mut self) -> Option<Landed> {
        self.landed.try_recv().ok()
    }

    /// Whose reply it is, unless the call was dropped meanwhile.
    pub(crate) fn route(&mut self, landed: Landed) -> Option<(LayerId, Option<Reply>)> {
        let at = self.in_flight.iter().position(|call| call.id == landed.id)?;
        Some((self.in_flight.remove(at).layer, landed.reply))
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Whether a layer waits for something that it wrote.
    pub(crate) fn is_writing(&self, layer: LayerId) -> bool {
        self.in_flight
            .iter()
            .any(|call| call.layer == layer && call.slot.is_none())
    }

    /// Labels of calls that outlive their layer: writes.
    pub(crate) fn writes(&self) -> Vec<String> {
        let writes = self.in_flight.iter().filter(|call| call.slot.is_none());
        writes.map(|call| call.label.clone()).collect()
    }

    /// What has been going on for long enough to be said; the oldest first.
    pub(crate) fn label(&self, now: Instant) -> Option<&str> {
        self.in_flight
            .iter()
            .find(|call| !call.label.is_empty() && now >= call.started + PATIENCE)
            .map(|call| call.label.as_str())
    }

    /// When [`Runtime::label`] will next have something new to say.
    pub(crate) fn deadline(&self, now: Instant) -> Option<Instant> {
        if self.label(now).is_some() {
            return None;
        }
        let labelled = self.in_flight.iter().filter(|call| !call.label.is_empty());
        labelled.map(|call| call.started + PATIENCE).min()
    }
}
