//! Exact decimal numbers of the configuration and of reports: `90`, `89.95`, `0.5`.
//!
//! Thresholds are never floats: `89.996 %` must not become `90 %` on its way to the comparison.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A non-negative decimal number, `digits / 10^scale`, exact.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    digits: u64,
    scale: u32,
}

/// Most places after the point that are accepted; more would overflow the exact comparison.
const MAX_SCALE: u32 = 9;

impl Decimal {
    /// The whole number `n`.
    pub const fn whole(n: u64) -> Self {
        Self { digits: n, scale: 0 }
    }

    /// Numerator and denominator, both exact.
    pub const fn parts(self) -> (u128, u128) {
        (self.digits as u128, 10u128.pow(self.scale))
    }

    /// The nearest float, for display and for benchmarks only.
    pub fn to_f64(self) -> f64 {
        self.digits as f64 / 10f64.powi(self.scale as i32)
    }

    /// Compares with the fraction `numerator / denominator` by cross-multiplication.
    /// The denominator must not be zero.
    pub fn cmp_fraction(self, numerator: u128, denominator: u128) -> Ordering {
        let (n, d) = self.parts();
        (n * denominator).cmp(&(numerator * d))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (n, d) = other.parts();
        self.cmp_fraction(n, d)
    }
}

/// Why a text is not a decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a decimal number such as 90 or 89.5")]
pub struct NotDecimal(pub String);

impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let refuse = || NotDecimal(text.to_owned());
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || text.ends_with('.') {
            return Err(refuse());
        }
        let fraction = fraction.trim_end_matches('0');
        let scale = u32::try_from(fraction.len()).map_err(|_| refuse())?;
        if scale > MAX_SCALE {
            return Err(refuse());
        }
        let digits = format!("{whole}{fraction}").parse().map_err(|_| refuse())?;
        Ok(Self { digits, scale })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let power = 10u64.pow(self.scale);
        write!(f, "{}", self.digits / power)?;
        if self.scale > 0 {
            write!(f, ".{:0width$}", self.digits % power, width = self.scale as usize)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_written() {
        for (text, shown) in [("90", "90"), ("89.95", "89.95"), ("0.50", "0.5"), ("007", "7")] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn refuses_what_is_not_plain() {
        for text in ["", ".", "90.", ".5", "-1", "1e3", "NaN", "inf", "9,5", "1.0000000001", "٣"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn compares_exactly() {
        let ninety = Decimal::whole(90);
        assert_eq!(ninety.cmp_fraction(89_996, 1000), Ordering::Greater);
        assert_eq!(ninety, "90.000".parse().unwrap());
        assert!("89.95".parse::<Decimal>().unwrap() < ninety);
    }
}
