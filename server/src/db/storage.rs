//! Whether the last write found the disk under the database in order. Readiness asks: a server that cannot write is not
//! ready, until a write works again.

use super::classify::StorageFault;
use std::sync::{Mutex, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Storage(Mutex<Option<StorageFault>>);

impl Storage {
    pub(super) fn fault(&self) -> Option<StorageFault> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn fails(&self, fault: StorageFault) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    pub(super) fn works(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
