//! Numbers with units, as benchmark targets and reports write them: `100ms`, `> 10k/s`, `80%`.

use super::ratio::Comparison;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Base unit: second.
    Time,
    /// Base unit: one a second.
    Rate,
    /// Base unit: byte.
    Size,
    /// Base unit: percent.
    Percent,
    /// No unit.
    Number,
}

impl Dimension {
    /// Symbol of the base unit.
    pub const fn base(self) -> &'static str {
        match self {
            Self::Time => "s",
            Self::Rate => "/s",
            Self::Size => "B",
            Self::Percent => "%",
            Self::Number => "",
        }
    }
}

/// Units by symbol, with the factor to the base unit of their dimension.
const UNITS: &[(&str, Dimension, f64)] = &[
    ("ns", Dimension::Time, 1e-9),
    ("us", Dimension::Time, 1e-6),
    ("µs", Dimension::Time, 1e-6),
    ("μs", Dimension::Time, 1e-6),
    ("ms", Dimension::Time, 1e-3),
    ("s", Dimension::Time, 1.0),
    ("sec", Dimension::Time, 1.0),
    ("min", Dimension::Time, 60.0),
    ("h", Dimension::Time, 3600.0),
    ("/s", Dimension::Rate, 1.0),
    ("/sec", Dimension::Rate, 1.0),
    ("/min", Dimension::Rate, 1.0 / 60.0),
    ("hz", Dimension::Rate, 1.0),
    ("ops/s", Dimension::Rate, 1.0),
    ("ops/sec", Dimension::Rate, 1.0),
    ("req/s", Dimension::Rate, 1.0),
    ("rps", Dimension::Rate, 1.0),
    // Bytes a second, with its prefixes: 100 MB/s.
    ("b/s", Dimension::Rate, 1.0),
    ("b", Dimension::Size, 1.0),
    ("byte", Dimension::Size, 1.0),
    ("bytes", Dimension::Size, 1.0),
    ("kb", Dimension::Size, 1e3),
    ("mb", Dimension::Size, 1e6),
    ("gb", Dimension::Size, 1e9),
    ("kib", Dimension::Size, 1024.0),
    ("mib", Dimension::Size, 1_048_576.0),
    ("gib", Dimension::Size, 1_073_741_824.0),
    ("%", Dimension::Percent, 1.0),
    ("", Dimension::Number, 1.0),
];

/// Prefixes of plain numbers and rates: `10k/s`.
const PREFIXES: &[(char, f64)] = &[('k', 1e3), ('K', 1e3), ('M', 1e6), ('G', 1e9)];

/// A finite number in the base unit of its dimension.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// In the base unit.
    pub value: f64,
    /// What it counts.
    pub dimension: Dimension,
}

impl Quantity {
    /// The dimension and factor of a unit symbol; case does not matter.
    pub fn unit(symbol: &str) -> Option<(Dimension, f64)> {
        let lower = symbol.trim().to_lowercase();
        let plain = |s: &str| UNITS.iter().find(|u| u.0 == s).map(|u| (u.1, u.2));
        plain(&lower).or_else(|| {
            let prefix = symbol.trim().chars().next()?;
            let factor = PREFIXES.iter().find(|p| p.0 == prefix)?.1;
            let (dimension, base) = plain(&lower[prefix.len_utf8()..])?;
            matches!(dimension, Dimension::Rate | Dimension::Number).then_some((dimension, base * factor))
        })
    }
}

/// A number as a person would write it: `5.89 µs`, `220k/s`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: &[(f64, &str)] = match self.dimension {
            Dimension::Time => &[(1.0, " s"), (1e-3, " ms"), (1e-6, " µs"), (1e-9, " ns")],
            Dimension::Rate => &[(1e6, "M/s"), (1e3, "k/s"), (1.0, "/s")],
            Dimension::Size => &[(1e9, " GB"), (1e6, " MB"), (1e3, " kB"), (1.0, " B")],
            Dimension::Percent => &[(1.0, "%")],
            Dimension::Number => &[(1.0, "")],
        };
        let (step, symbol) = steps
            .iter()
            .find(|(step, _)| self.value.abs() >= *step)
            .or(steps.last())
            .copied()
            .unwrap_or((1.0, ""));
        let number = format!("{:.3}", self.value / step);
        let number = number.trim_end_matches('0').trim_end_matches('.');
        write!(f, "{number}{symbol}")
    }
}

/// What a measured quantity is held against: `"< 100ms"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The sense.
    pub comparison: Comparison,
    /// The limit.
    pub limit: Quantity,
    /// As it was written.
    pub text: String,
}

impl Bound {
    /// Whether `value`, in the base unit of the bound's dimension, satisfies it. NaN never does.
    pub fn holds(&self, value: f64) -> bool {
        value.partial_cmp(&self.limit.value).is_some_and(|o| self.comparison.holds(o))
    }

    /// By how much of the limit the value misses it; 0 where it holds. 0.5 is "missed by 50 %".
    pub fn missed_by(&self, value: f64) -> f64 {
        if self.holds(value) {
            return 0.0;
        }
        let limit = self.limit.value;
        if limit == 0.0 { f64::INFINITY } else { ((value - limit) / limit).abs() }
    }

    /// Whether it is missed by more than half of the limit. Exactly half is not more, whatever the last
    /// bit of a decimal fraction says.
    pub fn is_far_missed(&self, value: f64) -> bool {
        self.missed_by(value) > 0.5 + 1e-9
    }

    /// Smaller values are better.
    pub fn lower_is_better(&self) -> bool {
        self.comparison.holds(Ordering::Less)
    }
}

/// Why a text is not a bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a bound such as \"< 100ms\", \"> 10k/s\" or \"> 80%\"")]
pub struct NotBound(pub String);

impl FromStr for Bound {
    type Err = NotBound;

    fn from_str(text: &str) -> Result<Self, NotBound> {
        let refuse = || NotBound(text.to_owned());
        let (comparison, rest) = Comparison::split(text).ok_or_else(refuse)?;
        let rest = rest.trim();
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..end].parse().map_err(|_| refuse())?;
        let (dimension, factor) = Quantity::unit(&rest[end..]).ok_or_else(refuse)?;
        let value = number * factor;
        if !value.is_finite() {
            return Err(refuse());
        }
        Ok(Self { comparison, limit: Quantity { value, dimension }, text: text.trim().to_owned() })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_targets_as_people_write_them() {
        for (text, value, dimension) in [
            ("<100ms", 0.1, Dimension::Time),
            ("< 5 ms", 0.005, Dimension::Time),
            ("> 10k/s", 10_000.0, Dimension::Rate),
            (">10k/sec", 10_000.0, Dimension::Rate),
            ("> 80%", 80.0, Dimension::Percent),
            ("<= 1.5 MB", 1.5e6, Dimension::Size),
            ("> 100 MB/s", 1e8, Dimension::Rate),
            (">= 2M", 2e6, Dimension::Number),
        ] {
            let bound: Bound = text.parse().unwrap();
            assert!((bound.limit.value - value).abs() < value * 1e-12, "{text}: {bound:?}");
            assert_eq!(bound.limit.dimension, dimension, "{text}");
        }
        for text in ["", "100ms", "< ms", "< 1e9ms", "< 5 parsecs", "< -1s", "> k", "< 5kms"] {
            assert!(text.parse::<Bound>().is_err(), "{text}");
        }
    }

    #[test]
    fn nan_satisfies_nothing() {
        let bound: Bound = "< 5 ms".parse().unwrap();
        assert!(!bound.holds(f64::NAN));
        assert!(bound.holds(0.004) && !bound.holds(0.005));
        assert!((bound.missed_by(0.01) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn shows_a_fitting_unit() {
        let show = |value, dimension| Quantity { value, dimension }.to_string();
        assert_eq!(show(5.89e-6, Dimension::Time), "5.89 µs");
        assert_eq!(show(220_000.0, Dimension::Rate), "220k/s");
        assert_eq!(show(94.0387, Dimension::Percent), "94.039%");
    }
}
