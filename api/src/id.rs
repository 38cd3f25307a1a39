//! Typed ids. Each is a UUIDv7 (RFC 9562), so that ids sort by the time they were made and a client may
//! choose the id of what it creates before it sends it. The only place that draws an id.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Draws a fresh UUIDv7.
#[expect(clippy::disallowed_methods, reason = "the one place that draws ids")]
pub fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// What is not a UUID in its canonical text form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An id is a UUID such as 018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id.
            #[expect(clippy::new_without_default, reason = "a default id would hide a draw of randomness")]
            pub fn new() -> Self {
                Self(new_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        #[cfg(feature = "openapi")]
        crate::openapi::string_type!($name, crate::openapi::StringSchema {
            name: stringify!($name),
            format: Some("uuid"),
            pattern: None,
            max_length: Some(36),
            example: "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59",
        });
    };
}

id!(
    /// An expense.
    ExpenseId
);
id!(
    /// A category.
    CategoryId
);
id!(
    /// An account: what it was paid with.
    AccountId
);
id!(
    /// A payee.
    PayeeId
);
id!(
    /// A tag.
    TagId
);
id!(
    /// A ledger: one set of books.
    LedgerId
);
id!(
    /// A person.
    UserId
);
id!(
    /// An event of the security audit.
    AuditId
);
id!(
    /// A token.
    TokenId
);
id!(
    /// An invite into a ledger.
    InviteId
);
id!(
    /// An import and its preview.
    ImportId
);
id!(
    /// An operation: one or several changes that history shows as one.
    OperationId
);
id!(
    /// An entry of whichever dictionary the address names.
    EntryId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let ids: Vec<_> = (0..100).map(|_| ExpenseId::new()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn what_is_not_a_uuid_is_refused() {
        assert_eq!("lunch".parse::<ExpenseId>(), Err(IdError));
        let id = ExpenseId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}
