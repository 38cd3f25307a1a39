//! Signing in and out: names and passwords go in, a token comes back, shown this one time.

use crate::currency::Currency;
use crate::instant::Instant;
use crate::problem::Faults;
use crate::secret::Secret;
use crate::user::{User, check_user_name};
use serde::{Deserialize, Serialize};

/// Fewest characters of a new password.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// Most bytes of one.
pub const MAX_PASSWORD_BYTES: usize = 512;

/// What signs somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The user name, whatever its case.
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub name: String,
    /// The password, as it was chosen, to the byte.
    pub password: Secret,
    /// What the session is called in lists, such as `laptop`; the program that asks where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub client: Option<String>,
}

/// A session that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Session {
    /// The token to send as `Authorization: Bearer TOKEN`. It is shown this one time.
    pub token: Secret,
    /// When it ends if it is not used; using it moves this on.
    pub expires_at: Instant,
    /// Who is signed in.
    pub user: User,
}

/// What sets a new password with a one-time code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// The user name.
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub name: String,
    /// The code that an admin made for it.
    pub code: Secret,
    /// The new password: at least 12 characters, at most 512 bytes, hard to guess.
    pub password: Secret,
}

/// What replaces one's own password.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub old_password: Secret,
    /// The new one: at least 12 characters, at most 512 bytes, hard to guess.
    pub new_password: Secret,
}

/// One's own password, given once more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct PasswordConfirmation {
    /// The password, as it was chosen, to the byte.
    pub password: Secret,
}

/// What makes an account for oneself, where the server lets everybody do so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// The name to sign in with: 3 to 32 of a-z 0-9 . _ -
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 32)))]
    pub name: String,
    /// The password: at least 12 characters, at most 512 bytes, hard to guess.
    pub password: Secret,
    /// What you are called where others see you, 1 to 100 characters; the name where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub display_name: Option<String>,
    /// The currency of your first ledger; EUR where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

impl SignUp {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        check_user_name(&self.name, "/name", faults);
        if let Some(Err(fault)) = self
            .display_name
            .as_deref()
            .map(|name| crate::text::check_line(name, crate::expense::MAX_NAME))
        {
            faults.add("/display_name", fault.code(), fault.to_string());
        }
        check_password(&self.password, "/password", faults);
    }
}

/// Notes what is wrong with the length of a new password. How hard it is to guess is the server's to judge.
pub fn check_password(password: &Secret, pointer: &str, faults: &mut Faults) {
    let (chars, bytes) = (password.expose().chars().count(), password.expose().len());
    if chars < MIN_PASSWORD_CHARS {
        let detail = format!("Too short - {chars} characters, at least {MIN_PASSWORD_CHARS} are needed");
        faults.add(pointer, "too-short", detail);
    } else if bytes > MAX_PASSWORD_BYTES {
        let detail = format!("Too long - {bytes} bytes, at most {MAX_PASSWORD_BYTES} fit");
        faults.add(pointer, "too-long", detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_counted_in_characters_from_below_and_in_bytes_from_above() {
        for (password, code) in [
            ("a".repeat(11), Some("too-short")),
            ("ä".repeat(11), Some("too-short")),
            ("ä".repeat(12), None),
            ("  \u{0}\t........".to_owned() + "x", None),
            ("a".repeat(512), None),
            ("a".repeat(513), Some("too-long")),
            ("ä".repeat(257), Some("too-long")),
        ] {
            let mut faults = Faults::default();
            check_password(&password.as_str().into(), "/password", &mut faults);
            let found = faults.told().first().map(|fault| fault.code.as_str());
            assert_eq!(found, code, "{password}");
        }
    }

    #[test]
    fn what_is_sent_does_not_show_its_secrets() {
        let login = Login {
            name: "ana".to_owned(),
            password: "hunter2".into(),
            client: None,
        };
        assert!(!format!("{login:?}").contains("hunter2"));
    }
}
