//! Secrets that are shown once and stored as a hash: `exp_KIND_` + 43 random letters and digits + `_` + a checksum of 6.
//! The prefix says to a scanner what leaked, the checksum turns typing errors away before the database is asked.
//! 256 bits of chance need no slow hash.

use rand::RngExt;
use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 letters of 62 hold more than 256 bits.
const LETTERS: usize = 43;
const CHECKSUM: usize = 6;

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// A session.
    Session,
    /// An API token.
    Api,
    /// An invite.
    Invite,
    /// A one-time code that sets a new password.
    Reset,
}

impl SecretKind {
    const ALL: [Self; 4] = [Self::Session, Self::Api, Self::Invite, Self::Reset];

    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "exp_ses_",
            Self::Api => "exp_api_",
            Self::Invite => "exp_inv_",
            Self::Reset => "exp_rst_",
        }
    }
}

/// Draws a secret.
pub fn draw(kind: SecretKind) -> String {
    let mut rng = rand::rng();
    let mut text = String::from(kind.prefix());
    text.extend((0..LETTERS).map(|_| letter(rng.random_range(0..ALPHABET.len()))));
    let sum = checksum(&text);
    text.push('_');
    text.push_str(&sum);
    text
}

/// What is stored of it.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// True for what was drawn as one of those kinds, as far as its text shows.
pub fn is_well_formed(text: &str, kinds: &[SecretKind]) -> bool {
    let Some((body, sum)) = text.rsplit_once('_') else {
        return false;
    };
    SecretKind::ALL.iter().any(|kind| {
        kinds.contains(kind)
            && body.strip_prefix(kind.prefix()).is_some_and(|letters| {
                letters.len() == LETTERS && letters.bytes().all(|byte| ALPHABET.contains(&byte))
            })
    }) && checksum(body) == sum
}

fn letter(at: usize) -> char {
    ALPHABET.get(at).copied().unwrap_or(b'0').into()
}

fn checksum(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    digest
        .iter()
        .take(CHECKSUM)
        .map(|byte| letter(usize::from(*byte) % ALPHABET.len()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_well_formed_and_never_the_same() {
        for kind in SecretKind::ALL {
            let (one, other) = (draw(kind), draw(kind));
            assert_ne!(one, other);
            assert!(is_well_formed(&one, &[kind]), "{one}");
            for wrong in SecretKind::ALL.into_iter().filter(|wrong| *wrong != kind) {
                assert!(!is_well_formed(&one, &[wrong]));
            }
        }
    }

    #[test]
    fn any_one_wrong_letter_is_noticed_without_a_look_at_the_database() {
        let good = draw(SecretKind::Api);
        let noticed = (0..good.len()).filter(|at| {
            let mut bytes = good.clone().into_bytes();
            bytes[*at] = if bytes[*at] == b'x' { b'y' } else { b'x' };
            !is_well_formed(&String::from_utf8(bytes).unwrap(), &SecretKind::ALL)
        });
        // 62^6 checksums: one in 57 thousand million would pass.
        assert_eq!(noticed.count(), good.len());
        for odd in ["", "_", "exp_api_", &good[..good.len() - 1], &format!("{good}x")] {
            assert!(!is_well_formed(odd, &SecretKind::ALL), "{odd}");
        }
    }
}
