//! People: who may sign in, under which name, and what they may change of themselves.

use crate::currency::Currency;
use crate::expense::MAX_NAME;
use crate::id::{LedgerId, UserId};
use crate::instant::Instant;
use crate::patch::Patch;
use crate::problem::Faults;
use crate::secret::Secret;
use crate::text::check_line;
use serde::{Deserialize, Serialize};

/// Fewest and most characters of a user name.
pub const USER_NAME_CHARS: std::ops::RangeInclusive<usize> = 3..=32;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// The name they sign in with.
    pub name: String,
    /// What they are called where others see them.
    pub display_name: String,
    /// True where they may look after other people's accounts. It lets nobody into a ledger.
    pub is_admin: bool,
    /// True where they are shut out: their tokens are refused.
    pub is_disabled: bool,
    /// True once they have chosen a password; without one nobody can sign in as them.
    pub has_password: bool,
    /// Their time zone, such as `Europe/Berlin`.
    pub timezone: Option<String>,
    /// The ledger that the word `default` means to them.
    pub default_ledger_id: Option<LedgerId>,
    /// Goes up by one with each change; also the `ETag`.
    pub version: i64,
    /// When they were added.
    pub created_at: Instant,
    /// When they were last changed.
    pub updated_at: Instant,
}

/// What adds a person. They have no password until a reset code lets them choose one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// An id of the client's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    /// The name to sign in with: 3 to 32 of a-z 0-9 . _ -
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 32)))]
    pub name: String,
    /// What they are called where others see them, 1 to 100 characters; the name where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub display_name: Option<String>,
    /// True lets them look after other people's accounts.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", oai(default))]
    pub is_admin: bool,
    /// The currency of their first ledger; EUR where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The name of their first ledger, 1 to 100 characters; `Personal` where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub ledger: Option<String>,
}

/// What an admin changes of somebody: a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct UserPatch {
    /// What they are called where others see them, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub display_name: Option<String>,
    /// True lets them look after other people's accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_admin: Option<bool>,
    /// True shuts them out at once and ends their sessions, false lets them in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_disabled: Option<bool>,
}

/// What people change of themselves: a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct MePatch {
    /// What you are called where others see you, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub display_name: Option<String>,
    /// Your time zone, such as `Europe/Berlin`; null for that of your machine.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub timezone: Patch<String>,
    /// The ledger that the word `default` means; null for the oldest one.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub default_ledger_id: Patch<LedgerId>,
}

/// A code that lets somebody choose a new password once. It is shown this one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct ResetCode {
    /// The code, for `POST /v1/auth/reset`.
    pub code: Secret,
    /// When it ends.
    pub expires_at: Instant,
}

impl NewUser {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        check_user_name(&self.name, "/name", faults);
        check_line_at("/display_name", self.display_name.as_deref(), faults);
        check_line_at("/ledger", self.ledger.as_deref(), faults);
    }
}

impl UserPatch {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        check_line_at("/display_name", self.display_name.as_deref(), faults);
    }
}

impl MePatch {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        check_line_at("/display_name", self.display_name.as_deref(), faults);
        if self.timezone.set().is_some_and(|zone| !is_zone_name(zone)) {
            faults.add(
                "/timezone",
                "format",
                "This is no time zone - write its name, such as Europe/Berlin or UTC",
            );
        }
    }
}

/// The form in which user names are kept and looked up.
pub fn fold_user_name(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Notes what is wrong with a name to sign in with.
pub fn check_user_name(name: &str, pointer: &str, faults: &mut Faults) {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    let name = fold_user_name(name);
    if !USER_NAME_CHARS.contains(&name.chars().count()) || !name.chars().all(is_plain) {
        let detail = "A user name is 3 to 32 of a-z 0-9 . _ -";
        faults.add(pointer, "pattern", detail);
    }
}

fn check_line_at(pointer: &str, text: Option<&str>, faults: &mut Faults) {
    if let Some(Err(fault)) = text.map(|text| check_line(text, MAX_NAME)) {
        faults.add(pointer, fault.code(), fault.to_string());
    }
}

/// The names of the zone database are words of ASCII with slashes; whether this one exists is the client's to know.
fn is_zone_name(zone: &str) -> bool {
    (1..=64).contains(&zone.len())
        && zone.starts_with(|c: char| c.is_ascii_alphabetic())
        && zone
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(check: impl FnOnce(&mut Faults)) -> Vec<String> {
        let mut faults = Faults::default();
        check(&mut faults);
        faults
            .into_told()
            .into_iter()
            .map(|fault| fault.pointer)
            .collect()
    }

    #[test]
    fn a_user_name_is_short_plain_and_of_any_case() {
        for good in ["ana", "Ana", " ben.k-2_x ", &"a".repeat(32)] {
            assert!(
                faults_of(|faults| check_user_name(good, "/name", faults)).is_empty(),
                "{good}"
            );
        }
        for bad in [
            "",
            "an",
            "a b",
            "ana\u{202e}",
            "änne",
            "a/b",
            &"a".repeat(33),
            "\u{1b}[2J",
        ] {
            assert_eq!(
                faults_of(|faults| check_user_name(bad, "/name", faults)),
                ["/name"],
                "{bad}"
            );
        }
        assert_eq!(fold_user_name(" Ana "), "ana");
    }

    #[test]
    fn a_zone_is_a_name_of_the_zone_database() {
        for (zone, is_good) in [
            ("Europe/Berlin", true),
            ("UTC", true),
            ("America/Argentina/Buenos_Aires", true),
            ("Etc/GMT+3", true),
            ("", false),
            ("+03:00", false),
            ("Europe/Berlin\n", false),
            ("../../etc/passwd", false),
        ] {
            let patch = MePatch {
                timezone: Patch::Set(zone.to_owned()),
                ..MePatch::default()
            };
            assert_eq!(
                faults_of(|faults| patch.check(faults)).is_empty(),
                is_good,
                "{zone}"
            );
        }
    }
}
