//! The members of the open ledger: who can be named as the one who paid, by the name that signs in, and how each is
//! called on the screen. What they may do is not this file's affair.

use api::entry::{Match, NameRef, Names};
use api::expense::Expense;
use api::id::UserId;
use api::member::{ME, Member, MemberRef};
use api::text::fold;
use std::collections::HashMap;

/// Who paid where that is nobody in the list: somebody who left, or came after the list was loaded.
pub const SOMEONE: &str = "someone";

/// The active members.
#[derive(Debug, Clone, Default)]
pub struct Members {
    all: Vec<Member>,
    labels: HashMap<UserId, String>,
}

impl Members {
    /// As they were loaded.
    pub fn new(all: Vec<Member>) -> Self {
        let shown = |member: &Member| {
            if fold(&member.display_name).is_empty() {
                member.name.clone()
            } else {
                member.display_name.clone()
            }
        };
        let mut counts: HashMap<String, usize> = HashMap::new();
        for member in &all {
            *counts.entry(fold(&shown(member))).or_default() += 1;
        }
        let labels = all.iter().map(|member| {
            let shown = shown(member);
            let is_only = counts.get(&fold(&shown)) == Some(&1);
            let label = if is_only {
                shown
            } else {
                format!("{shown} ({})", member.name)
            };
            (member.user_id, label)
        });
        Self {
            labels: labels.collect(),
            all,
        }
    }

    /// True where there is more than one, so that it matters who paid.
    pub fn is_shared(&self) -> bool {
        self.all.len() > 1
    }

    /// The names that a line may mean after `by:`, oneself last, whom the server knows.
    pub fn names(&self) -> Names {
        let names = self.all.iter().map(|member| member.name.as_str());
        Names::flat(names.chain((!self.all.is_empty()).then_some(ME)))
    }

    /// The name after `by:` and all that finds it, of each.
    pub fn offered(&self) -> Vec<(String, String)> {
        let both = |member: &Member| format!("{} {}", member.name, self.label(member.user_id));
        self.all
            .iter()
            .map(|member| (member.name.clone(), both(member)))
            .collect()
    }

    /// What each is called on the screen, in their order.
    pub fn labels(&self) -> Vec<String> {
        self.all
            .iter()
            .map(|member| self.label(member.user_id).to_owned())
            .collect()
    }

    /// What one is called on the screen; empty for who is not in the list.
    pub fn label(&self, id: UserId) -> &str {
        self.labels.get(&id).map_or("", String::as_str)
    }

    /// The name for people, as the server has it; empty for who is not in the list.
    pub fn display_name(&self, id: UserId) -> &str {
        let member = self.all.iter().find(|member| member.user_id == id);
        member.map_or("", |member| &member.display_name)
    }

    /// The name that signs in; `None` for who is not in the list.
    pub fn user_name(&self, id: UserId) -> Option<&str> {
        let member = self.all.iter().find(|member| member.user_id == id)?;
        Some(&member.name)
    }

    /// Whether new rows may name them.
    pub fn has(&self, id: UserId) -> bool {
        self.labels.contains_key(&id)
    }

    /// Who paid, as the screen calls them; empty where nobody is named.
    pub fn payer(&self, row: &Expense) -> &str {
        match row.paid_by {
            None => "",
            // Before the list is there nothing can be said.
            Some(_) if self.all.is_empty() => "",
            Some(id) if self.has(id) => self.label(id),
            Some(_) => SOMEONE,
        }
    }

    /// Who a name in a line stands for, if it is a known one.
    pub fn named(&self, name: &NameRef) -> Option<UserId> {
        Some(self.all.get(name.known()?)?.user_id)
    }

    /// Who is called exactly this: on the screen, or when they sign in.
    pub fn find(&self, text: &str) -> Option<UserId> {
        let wanted = fold(text);
        let by_label = self
            .all
            .iter()
            .find(|member| fold(self.label(member.user_id)) == wanted);
        let found = by_label.or_else(|| match self.names().find(text, true) {
            Match::Known(at) => self.all.get(at),
            Match::New | Match::Ambiguous(_) => None,
        });
        found.map(|member| member.user_id)
    }

    /// Whom a request names, as far as the list knows.
    pub fn of(&self, member: &MemberRef) -> Option<UserId> {
        match member {
            MemberRef::Id(id) => Some(*id),
            MemberRef::Name(name) => self.find(name),
        }
    }
}
