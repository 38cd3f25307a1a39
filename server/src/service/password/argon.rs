//! The work of one hash: argon2id in memory that is used again. Each hash asking the allocator anew would leave a piece of
//! 19 MiB behind with every thread that ever made one.

use super::Match;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Mutex, PoisonError};

/// What a password is compared with where there is none.
const NO_SALT: &[u8; 16] = b"nobody lives so.";

/// Makes and compares hashes, with at least that much work.
#[derive(Debug)]
pub(super) struct Hasher {
    params: Params,
    /// As many as were ever used at once.
    memory: Mutex<Vec<Vec<Block>>>,
}

impl Hasher {
    pub(super) fn new(params: Params) -> Self {
        Self {
            params,
            memory: Mutex::default(),
        }
    }

    /// The hash to keep, in PHC form.
    pub(super) fn hash(&self, password: &[u8]) -> argon2::password_hash::Result<String> {
        let salt: [u8; 16] = rand::random();
        let output = self.output(&self.params, password, &salt)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params)?,
            salt: Some(Salt::new(&salt)?),
            hash: Some(output),
        };
        Ok(hash.to_string())
    }

    /// Compares a password with a stored hash. Without one the same work is done in vain.
    pub(super) fn compare(&self, password: &[u8], stored: Option<&str>) -> Match {
        let Some(stored) = stored else {
            return self.in_vain(password);
        };
        let Some((params, salt, expected)) = parts(stored) else {
            tracing::error!("a stored password hash cannot be read");
            return self.in_vain(password);
        };
        // Outputs are compared in constant time.
        let is_right = self
            .output(&params, password, &salt)
            .is_ok_and(|output| output == expected);
        match (is_right, self.is_weak(&params)) {
            (false, _) => Match::Wrong,
            (true, true) => Match::RightButWeakHash,
            (true, false) => Match::Right,
        }
    }

    fn in_vain(&self, password: &[u8]) -> Match {
        std::hint::black_box(self.output(&self.params, password, NO_SALT).is_ok());
        Match::Wrong
    }

    /// True where a hash took less work than is asked for now.
    fn is_weak(&self, params: &Params) -> bool {
        params.m_cost() < self.params.m_cost()
            || params.t_cost() < self.params.t_cost()
            || params.p_cost() < self.params.p_cost()
    }

    fn output(&self, params: &Params, password: &[u8], salt: &[u8]) -> argon2::password_hash::Result<Output> {
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let mut memory = self.kept().pop().unwrap_or_default();
        let blocks = params.block_count();
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let done = argon2.hash_password_into_with_memory(password, salt, &mut output, &mut memory);
        self.kept().push(memory);
        done?;
        Ok(Output::new(&output)?)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a stored hash was made with, and what came of it.
fn parts(stored: &str) -> Option<(Params, Salt, Output)> {
    let hash = PasswordHash::new(stored).ok()?;
    Some((Params::try_from(&hash).ok()?, hash.salt?, hash.hash?))
}
