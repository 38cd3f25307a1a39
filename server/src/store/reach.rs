//! Which rows a query may see: those of one ledger, and of those perhaps only what one person recorded. A query of
//! expenses takes this in the place of a ledger's id, so that the narrowing cannot be forgotten.

use entity::expense;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use uuid::Uuid;

/// The rows within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    ledger_id: Uuid,
    only: Option<Uuid>,
}

impl Reach {
    /// All rows of a ledger.
    pub(crate) fn whole(ledger_id: Uuid) -> Self {
        Self {
            ledger_id,
            only: None,
        }
    }

    /// The rows of a ledger that somebody recorded.
    pub(crate) fn recorded_by(ledger_id: Uuid, user_id: Uuid) -> Self {
        Self {
            ledger_id,
            only: Some(user_id),
        }
    }

    /// The ledger.
    pub fn ledger_id(&self) -> Uuid {
        self.ledger_id
    }

    /// The condition on the table `expense`.
    pub fn condition(&self) -> Condition {
        let col = |column| Expr::col((expense::Entity, column));
        let all = Condition::all().add(col(expense::Column::LedgerId).eq(self.ledger_id));
        match self.only {
            None => all,
            Some(user_id) => all.add(col(expense::Column::CreatedBy).eq(user_id)),
        }
    }
}
