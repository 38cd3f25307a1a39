//! What the guard found out about a caller and a ledger. Only the guard makes these values, and nothing of an account or
//! a ledger can be reached without one, so that a forgotten check does not compile.

use crate::error::{AppError, Result};
use crate::store::image::currency;
use crate::store::ledger::role;
use crate::store::reach::Reach;
use crate::store::token::{Access, Seat};
use api::currency::Currency;
use api::date::Calendar;
use api::id::LedgerId;
use api::member::Role;
use api::token::{Scope, TokenKind};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Somebody who showed a token that is good.
#[derive(Debug, Clone)]
pub struct Person {
    user_id: Uuid,
    token_id: Uuid,
    kind: TokenKind,
    scopes: Vec<Scope>,
    bound_to: Option<Vec<LedgerId>>,
    confirmed_until: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    is_admin: bool,
    client: String,
}

impl Person {
    /// Made from what the token says; the guard's alone.
    pub(crate) fn new(access: &Access, client: String) -> Result<Self> {
        let mut scopes = scopes(&access.scopes)?;
        let mut bound_to = binding(access.ledger_ids.as_deref())?;
        // What a token made may never more than its maker, whatever is written of it.
        if let Some(makers) = &access.maker_scopes {
            let makers = self::scopes(makers)?;
            scopes.retain(|scope| makers.iter().any(|maker| maker.holds(*scope)));
        }
        if let Some(makers) = binding(access.maker_ledger_ids.as_deref())? {
            let theirs = bound_to.get_or_insert_with(|| makers.clone());
            theirs.retain(|id| makers.contains(id));
        }
        let kind = match access.kind.as_str() {
            "session" => TokenKind::Session,
            _ => TokenKind::Api,
        };
        Ok(Self {
            user_id: access.user_id,
            token_id: access.token_id,
            kind,
            scopes,
            bound_to,
            confirmed_until: access.confirmed_until,
            expires_at: access.expires_at,
            is_admin: access.is_admin,
            client,
        })
    }

    /// Who.
    pub fn user_id(&self) -> Uuid {
        self.user_id
    }

    /// The token that was shown.
    pub fn token_id(&self) -> Uuid {
        self.token_id
    }

    /// How that token came to be.
    pub fn token_kind(&self) -> TokenKind {
        self.kind
    }

    /// What it may be used for.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// The ledgers it is good for; `None` is all of the person's.
    pub fn bound_to(&self) -> Option<&[LedgerId]> {
        self.bound_to.as_deref()
    }

    /// True where the token is good for that ledger.
    pub fn may_enter(&self, ledger_id: Uuid) -> bool {
        self.bound_to
            .as_ref()
            .is_none_or(|bound_to| bound_to.contains(&LedgerId(ledger_id)))
    }

    /// True where the token has that scope.
    pub fn has_scope(&self, wanted: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.holds(wanted))
    }

    /// True where what lets others in may be done: an API token was made for it, a session gave its password shortly
    /// before.
    pub fn is_confirmed(&self, now: DateTime<Utc>) -> bool {
        match self.kind {
            TokenKind::Api => true,
            TokenKind::Session => self.confirmed_until.is_some_and(|until| until > now),
        }
    }

    /// When the token ends; what it makes ends then, too.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// True for who looks after the accounts of others.
    pub fn is_admin(&self) -> bool {
        self.is_admin
    }

    /// The program that asks.
    pub fn client(&self) -> &str {
        &self.client
    }
}

fn scopes(words: &str) -> Result<Vec<Scope>> {
    let words = words.split_whitespace();
    words
        .map(|word| {
            Scope::from_word(word).ok_or_else(|| AppError::Internal("stored scope of a token".into()))
        })
        .collect()
}

fn binding(text: Option<&str>) -> Result<Option<Vec<LedgerId>>> {
    text.map(serde_json::from_str)
        .transpose()
        .map_err(|_| AppError::Internal("stored binding of a token".into()))
}

/// Leave to work in one ledger.
#[derive(Debug, Clone)]
pub struct Grant {
    person: Person,
    ledger_id: Uuid,
    role: Role,
    base: Currency,
    calendar: Calendar,
    epoch: Uuid,
}

impl Grant {
    /// Made from what the membership says; the guard's alone.
    pub(crate) fn new(person: Person, seat: &Seat) -> Result<Self> {
        let day = |value: i16| u8::try_from(value).unwrap_or(1);
        let calendar = Calendar::new(day(seat.month_start_day), day(seat.week_start));
        Ok(Self {
            person,
            ledger_id: seat.ledger_id,
            role: role(&seat.role)?,
            base: currency(&seat.base_currency)?,
            calendar: calendar.ok_or_else(|| AppError::Internal("stored calendar is out of range".into()))?,
            epoch: seat.epoch,
        })
    }

    /// Who is calling.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// The ledger.
    pub fn ledger_id(&self) -> Uuid {
        self.ledger_id
    }

    /// The rows in it that may be seen: all of them, or for an adder those it recorded.
    pub fn reach(&self) -> Reach {
        if self.role.sees_all() {
            Reach::whole(self.ledger_id)
        } else {
            Reach::recorded_by(self.ledger_id, self.user_id())
        }
    }

    /// Who is calling.
    pub fn user_id(&self) -> Uuid {
        self.person.user_id
    }

    /// As what.
    pub fn role(&self) -> Role {
        self.role
    }

    /// True where categories and accounts may be made, by their own operations and along with a row alike.
    pub fn may_make_names(&self) -> bool {
        self.role.edits() && self.person.has_scope(Scope::Write)
    }

    /// The program that asks.
    pub fn client(&self) -> &str {
        &self.person.client
    }

    /// The ledger's base currency.
    pub fn base(&self) -> Currency {
        self.base
    }

    /// How the ledger cuts months and weeks.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// The ledger's epoch, renewed by a restore.
    pub fn epoch(&self) -> Uuid {
        self.epoch
    }
}
