//! The same server, in another ledger than the one that is open: every operation on a ledger is one on that.

use super::{Answer, Api, Base, Reply, Request};
use api::id::LedgerId;
use std::sync::Arc;

/// A client of one ledger, over the connection of another.
struct Elsewhere {
    api: Arc<dyn Api>,
    id: LedgerId,
}

impl Api for Elsewhere {
    fn call(&self, mut request: Request) -> Reply<Answer> {
        if request.base == Base::Ledger {
            request.base = Base::Server;
            request.path = format!("/v1/ledgers/{}{}", self.id, request.path);
        }
        self.api.call(request)
    }
}

impl dyn Api {
    /// The same connection, for operations on that ledger.
    pub fn in_ledger(self: &Arc<Self>, id: LedgerId) -> Arc<dyn Api> {
        Arc::new(Elsewhere {
            api: Arc::clone(self),
            id,
        })
    }
}
