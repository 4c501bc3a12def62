//! An upper limit as a count or as a share: `3`, `"10%"`.

use super::decimal::Decimal;
use super::ratio::Ratio;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// At most so many, or at most such a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A number of items.
    Count(u64),
    /// Percent of all.
    Share(Decimal),
}

impl Limit {
    /// Whether `part` (counted in `covered`) of all keeps the limit.
    pub fn holds(self, part: Ratio) -> bool {
        match self {
            Self::Count(most) => part.covered <= most,
            Self::Share(_) if part.is_empty() => true,
            Self::Share(percent) => {
                percent.cmp_fraction(u128::from(part.covered) * 100, u128::from(part.total)) != Ordering::Less
            }
        }
    }
}

/// Why a text is not a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a count such as 3 nor a share such as \"10%\"")]
pub struct NotLimit(pub String);

impl FromStr for Limit {
    type Err = NotLimit;

    fn from_str(text: &str) -> Result<Self, NotLimit> {
        let refuse = || NotLimit(text.to_owned());
        match text.trim().strip_suffix('%') {
            Some(number) => {
                let percent: Decimal = number.trim().parse().map_err(|_| refuse())?;
                if percent > Decimal::whole(100) { Err(refuse()) } else { Ok(Self::Share(percent)) }
            }
            None => text.trim().parse().map(Self::Count).map_err(|_| refuse()),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(most) => write!(f, "<= {most}"),
            Self::Share(percent) => write!(f, "<= {percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_shares() {
        assert!("10%".parse::<Limit>().unwrap().holds(Ratio::new(1, 10)));
        assert!(!"10%".parse::<Limit>().unwrap().holds(Ratio::new(2, 19)));
        assert!(!"0".parse::<Limit>().unwrap().holds(Ratio::new(1, 1000)));
        assert!("-1".parse::<Limit>().is_err() && "101%".parse::<Limit>().is_err());
    }
}
