//! Shares of a whole in hundredths of a percent, which sum to exactly 100.00. No float, no rounding error.

use crate::text::wire::string_serde;
use std::fmt;
use std::str::FromStr;

/// A share of a whole, in hundredths of a percent: 0 to 10,000. On the wire `"30.99"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

/// One hundred percent.
const WHOLE: u16 = 10_000;

/// What is not a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A share is a percentage with two decimals from 0.00 to 100.00")]
pub struct ShareError;

impl Share {
    /// A share of that many hundredths of a percent. `None` above 10,000.
    pub fn from_hundredths(hundredths: u16) -> Option<Self> {
        (hundredths <= WHOLE).then_some(Self(hundredths))
    }

    /// Hundredths of a percent, 0 to 10,000.
    pub fn hundredths(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let (whole, decimals) = text.split_once('.').ok_or(ShareError)?;
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=3).contains(&whole.len()) || decimals.len() != 2 || !is_digits(whole) || !is_digits(decimals)
        {
            return Err(ShareError);
        }
        let hundredths = format!("{whole}{decimals}")
            .parse::<u32>()
            .map_err(|_| ShareError)?;
        u16::try_from(hundredths)
            .ok()
            .and_then(Self::from_hundredths)
            .ok_or(ShareError)
    }
}

string_serde!(Share);

#[cfg(feature = "openapi")]
crate::openapi::string_type!(
    Share,
    crate::openapi::StringSchema {
        name: "Share",
        format: Some("decimal"),
        pattern: Some(r"^[0-9]{1,3}\.[0-9]{2}$"),
        max_length: Some(6),
        example: "30.99",
    }
);

/// The share of each positive amount in their sum, by largest remainder, ties to the one that comes first. Zero and
/// negative amounts have none. The shares sum to exactly 100.00 when any amount is positive.
pub fn shares(nets: &[i64]) -> Vec<Option<Share>> {
    let total: i128 = nets
        .iter()
        .filter(|net| **net > 0)
        .map(|net| i128::from(*net))
        .sum();
    let whole = i128::from(WHOLE);
    let mut floors: Vec<Option<u16>> = Vec::with_capacity(nets.len());
    let mut remainders: Vec<(i128, usize)> = Vec::new();
    for (index, net) in nets.iter().enumerate() {
        if *net <= 0 {
            floors.push(None);
            continue;
        }
        let scaled = i128::from(*net) * whole;
        floors.push(u16::try_from(scaled / total).ok());
        remainders.push((scaled % total, index));
    }
    remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let given: u32 = floors.iter().flatten().map(|floor| u32::from(*floor)).sum();
    let left = if remainders.is_empty() {
        0
    } else {
        u32::from(WHOLE).saturating_sub(given)
    };
    for (_, index) in remainders
        .iter()
        .take(usize::try_from(left).unwrap_or(usize::MAX))
    {
        if let Some(Some(floor)) = floors.get_mut(*index) {
            *floor += 1;
        }
    }
    floors.into_iter().map(|floor| floor.map(Share)).collect()
}
