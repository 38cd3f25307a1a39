//! Who paid what of a ledger's spending, and what that leaves each member to pay or to get where all carry the same
//! share. Words only; the server works it out.

use crate::currency::Currency;
use crate::id::UserId;
use crate::money::Total as Sum;
use serde::{Deserialize, Serialize};

/// How the spending of one currency stands between the members. No figure ever adds two currencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Balance {
    /// ISO 4217 code.
    pub currency: Currency,
    /// What is split: expenses less refunds that a member paid.
    pub total: Sum,
    /// Expenses less refunds with nobody named as who paid. They are not split.
    pub unassigned: Sum,
    /// Active members that can add rows, and whoever else paid: who paid most first.
    pub members: Vec<MemberBalance>,
    /// What settles it: at most one payment less than there are members. Empty where nobody owes anything.
    pub payments: Vec<Payment>,
}

/// One member's part of a balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct MemberBalance {
    /// Who.
    pub user_id: UserId,
    /// The name for people.
    pub name: String,
    /// Expenses less refunds that they paid.
    pub paid: Sum,
    /// What they carry: the same for all active members that can add rows, but for single minor units that do not
    /// divide; zero for viewers and those who left. The shares sum to exactly `total`.
    pub even_share: Sum,
    /// Paid less share: what they are owed, or where it is negative, owe. The balances sum to exactly zero.
    pub balance: Sum,
}

/// Money that one member gives another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Payment {
    /// Who gives it.
    pub from: UserId,
    /// Who gets it.
    pub to: UserId,
    /// How much; always positive.
    pub amount: Sum,
}
