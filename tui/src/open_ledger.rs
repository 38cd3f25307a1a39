//! Which ledger is open and what one may do in it: the header names it, the keymap asks it before a verb runs, and a
//! verb that the role forbids is answered with its sentence. The rights themselves are the server's; this only spares
//! the asking.

use crate::book::Lists;
use api::currency::Currency;
use api::member::Role;

/// What a verb or a screen needs its user to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ability {
    /// To record rows.
    Add,
    /// To change and delete rows; an adder's own are all that an adder sees.
    Change,
    /// To see what others recorded, and what all of it comes to.
    SeeAll,
    /// To change the settings and the members.
    Own,
}

impl Ability {
    fn is_of(self, role: Role) -> bool {
        match self {
            Self::Add | Self::Change => role.adds(),
            Self::SeeAll => role.sees_all(),
            Self::Own => role.owns(),
        }
    }

    /// What it is and whose, as the end of a sentence.
    fn words(self) -> &'static str {
        match self {
            Self::Add => "adding is for editors and owners",
            Self::Change => "changing is for editors and owners",
            Self::SeeAll => "what others recorded is for viewers, editors and owners",
            Self::Own => "settings and members are for owners",
        }
    }
}

/// The ledger that is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenLedger {
    /// Empty until it was loaded.
    pub name: String,
    pub currency: Option<Currency>,
    /// `None` until it was loaded: nothing is forbidden on suspicion.
    pub role: Option<Role>,
    /// Its place among those that one may open.
    pub place: usize,
}

impl OpenLedger {
    /// As the lists know it.
    pub fn of(lists: &Lists) -> Self {
        lists.ledger.as_ref().map_or_else(Self::default, |ledger| Self {
            name: ledger.name.clone(),
            currency: Some(ledger.base_currency),
            role: Some(ledger.role),
            place: lists.place,
        })
    }

    /// Whether the role allows it, as far as that is known.
    pub fn allows(&self, needed: Option<Ability>) -> bool {
        match (needed, self.role) {
            (Some(ability), Some(role)) => ability.is_of(role),
            _ => true,
        }
    }

    /// `You are a viewer in Joint: adding is for editors and owners.`
    pub fn refusal(&self, needed: Option<Ability>) -> Option<String> {
        let (ability, role) = (needed?, self.role?);
        (!ability.is_of(role)).then(|| {
            let a = if matches!(role, Role::Adder | Role::Editor | Role::Owner) {
                "an"
            } else {
                "a"
            };
            format!(
                "You are {a} {} in {}: {}.",
                role.as_str(),
                self.name,
                ability.words()
            )
        })
    }

    /// ` EUR (viewer)`: what stands behind the name in the header.
    pub fn suffix(&self) -> String {
        let currency = self
            .currency
            .map_or_else(String::new, |currency| format!(" {currency}"));
        match self.role.filter(|role| *role != Role::Owner) {
            Some(role) => format!("{currency} ({})", role.as_str()),
            None => currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joint(role: Role) -> OpenLedger {
        OpenLedger {
            name: "Joint".to_owned(),
            currency: Some(Currency::EUR),
            role: Some(role),
            place: 0,
        }
    }

    #[test]
    fn each_role_has_what_the_table_of_rights_gives_it() {
        use Ability as A;
        for (ability, allowed) in [
            (A::Add, [true, false, true, true]),
            (A::Change, [true, false, true, true]),
            (A::SeeAll, [false, true, true, true]),
            (A::Own, [false, false, false, true]),
        ] {
            for (role, is_allowed) in Role::ALL.into_iter().zip(allowed) {
                let ledger = joint(role);
                assert_eq!(ledger.allows(Some(ability)), is_allowed, "{ability:?} {role:?}");
                assert_eq!(ledger.refusal(Some(ability)).is_none(), is_allowed);
                assert!(ledger.allows(None));
            }
        }
    }

    #[test]
    fn a_refusal_names_role_ledger_and_who_may() {
        assert_eq!(
            joint(Role::Viewer).refusal(Some(Ability::Add)).as_deref(),
            Some("You are a viewer in Joint: adding is for editors and owners.")
        );
        assert_eq!(
            joint(Role::Adder).refusal(Some(Ability::SeeAll)).as_deref(),
            Some("You are an adder in Joint: what others recorded is for viewers, editors and owners.")
        );
        assert_eq!(OpenLedger::default().refusal(Some(Ability::Own)), None);
    }

    #[test]
    fn the_role_is_in_the_header_unless_it_is_owner() {
        assert_eq!(joint(Role::Owner).suffix(), " EUR");
        assert_eq!(joint(Role::Viewer).suffix(), " EUR (viewer)");
    }
}
