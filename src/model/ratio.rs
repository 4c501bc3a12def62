//! A part of a whole as two integers, and the threshold it is held against.

use super::decimal::Decimal;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

/// `covered` of `total`, exact. `0 of 0` is "no data", never 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Ratio {
    /// How many were covered, done or documented.
    pub covered: u64,
    /// Out of how many.
    pub total: u64,
}

impl Ratio {
    /// `covered` of `total`.
    pub const fn new(covered: u64, total: u64) -> Self {
        Self { covered, total }
    }

    /// Nothing was measured.
    pub const fn is_empty(self) -> bool {
        self.total == 0
    }

    /// How many are not covered.
    pub const fn missing(self) -> u64 {
        self.total.saturating_sub(self.covered)
    }

    /// The most that either tells of the same thing: what both together cover is at least that.
    pub fn most(self, other: Self) -> Self {
        Self::new(self.covered.max(other.covered), self.total.max(other.total))
    }

    /// Percent with one decimal, rounded *down*, so that 89.996 never reads as 90.0; `no data` for 0 of 0.
    pub fn percent(self) -> String {
        if self.is_empty() {
            return "no data".to_owned();
        }
        let tenths = u128::from(self.covered) * 1000 / u128::from(self.total);
        format!("{}.{}%", tenths / 10, tenths % 10)
    }
}

/// From one ratio to another, in percentage points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Before.
    pub before: Ratio,
    /// After.
    pub after: Ratio,
}

impl Step {
    /// Whether it went down by more than `points`, exactly. From no data nothing can go down; to no
    /// data everything does.
    pub fn falls_by_more_than(self, points: Decimal) -> bool {
        if self.before.is_empty() || self.after.is_empty() {
            return !self.before.is_empty();
        }
        let (n, d) = points.parts();
        let product = |factors: [u128; 4]| factors.into_iter().try_fold(1, u128::checked_mul);
        let [(b, of_b), (a, of_a)] =
            [self.before, self.after].map(|r| (u128::from(r.covered), u128::from(r.total)));
        let parts = (product([b, of_a, 100, d]), product([a, of_b, 100, d]), product([of_a, of_b, n, 1]));
        // Numbers too great to multiply are nobody's lines.
        let (Some(before), Some(after), Some(most)) = parts else { return true };
        before > after.saturating_add(most)
    }

    /// `Greater` if it is better after.
    pub fn ordering(self) -> Ordering {
        if self.falls_by_more_than(Decimal::whole(0)) {
            Ordering::Less
        } else if (Self { before: self.after, after: self.before }).falls_by_more_than(Decimal::whole(0)) {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }
}

/// `+1.25 points`, `-0.30 points`, `±0`; cut off, and never zero where something changed.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.before.is_empty() || self.after.is_empty() {
            return write!(f, "{} -> {}", self.before.percent(), self.after.percent());
        }
        let hundredths = |r: Ratio| r.covered as f64 * 1e4 / r.total as f64;
        let size = (hundredths(self.after) - hundredths(self.before)).abs();
        let sign = match self.ordering() {
            Ordering::Equal => return f.write_str("±0 points"),
            Ordering::Less => '-',
            Ordering::Greater => '+',
        };
        // Two numbers that differ by whole hundredths may come out just below.
        match (size + 1e-6).floor() as u64 {
            0 => write!(f, "{sign}<0.01 points"),
            n => write!(f, "{sign}{}.{:02} points", n / 100, n % 100),
        }
    }
}

impl Add for Ratio {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.covered + other.covered, self.total + other.total)
    }
}

impl AddAssign for Ratio {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Ratio {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::default(), Add::add)
    }
}

/// How a measured value has to stand to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
}

impl Comparison {
    /// Longest signs first, so that `>=` is not read as `>`.
    const SIGNS: [(&'static str, Self); 6] = [
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("≥", Self::AtLeast),
        ("≤", Self::AtMost),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    /// Takes a leading comparison sign off `text`.
    pub fn split(text: &str) -> Option<(Self, &str)> {
        let text = text.trim_start();
        Self::SIGNS.iter().find_map(|(sign, comparison)| Some((*comparison, text.strip_prefix(sign)?)))
    }

    /// Whether a measured value that stands to the bound as `ordering` satisfies it.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::AtLeast => ordering != Ordering::Less,
            Self::Above => ordering == Ordering::Greater,
            Self::AtMost => ordering != Ordering::Greater,
            Self::Below => ordering == Ordering::Less,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtLeast => ">=",
            Self::Above => ">",
            Self::AtMost => "<=",
            Self::Below => "<",
        })
    }
}

/// A percentage that a ratio is held against: `">= 90%"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The sense of the comparison.
    pub comparison: Comparison,
    /// The bound in percent, 0 to 100.
    pub percent: Decimal,
}

impl Threshold {
    /// `>= percent`.
    pub const fn at_least(percent: u64) -> Self {
        Self { comparison: Comparison::AtLeast, percent: Decimal::whole(percent) }
    }

    /// Whether `ratio` satisfies the threshold; no data never does.
    pub fn holds(self, ratio: Ratio) -> bool {
        if ratio.is_empty() {
            return false;
        }
        let bound = self.percent.cmp_fraction(u128::from(ratio.covered) * 100, u128::from(ratio.total));
        self.comparison.holds(bound.reverse())
    }

    /// How many more of `ratio.total` would have to be covered; 0 where the threshold holds or
    /// where no number of them would do.
    pub fn short_by(self, ratio: Ratio) -> u64 {
        if ratio.is_empty() || self.holds(ratio) {
            return 0;
        }
        let (n, d) = self.percent.parts();
        let exact = n * u128::from(ratio.total);
        let needed = match self.comparison {
            Comparison::AtLeast => exact.div_ceil(d * 100),
            Comparison::Above => exact / (d * 100) + 1,
            Comparison::AtMost | Comparison::Below => return 0,
        };
        u64::try_from(needed).map_or(0, |needed| needed.saturating_sub(ratio.covered))
    }
}

/// Why a text is not a threshold in percent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotThreshold {
    /// Not a number of percent.
    #[error("`{0}` is not a percentage such as \">= 90%\" (0 to 100)")]
    NotPercent(String),
    /// A share where percent are asked for.
    #[error("`{0}` would be less than one percent; write percent, such as \">= 90%\"")]
    Share(String),
    /// The wrong sense, or a bound that nothing can satisfy.
    #[error("`{0}` asks for less, or for more than everything; write at least so much: \">= 90%\"")]
    Sense(String),
}

impl FromStr for Threshold {
    type Err = NotThreshold;

    fn from_str(text: &str) -> Result<Self, NotThreshold> {
        let refuse = || NotThreshold::NotPercent(text.to_owned());
        let (comparison, rest) = Comparison::split(text).unwrap_or((Comparison::AtLeast, text));
        let number = rest.trim().trim_end_matches('%').trim_end();
        let percent: Decimal = number.parse().map_err(|_| refuse())?;
        let (nothing, one, all) = (Decimal::whole(0), Decimal::whole(1), Decimal::whole(100));
        if percent > all {
            return Err(refuse());
        }
        if percent > nothing && percent < one && !rest.contains('%') {
            return Err(NotThreshold::Share(text.to_owned()));
        }
        if !matches!(comparison, Comparison::AtLeast | Comparison::Above)
            || comparison == Comparison::Above && percent == all
        {
            return Err(NotThreshold::Sense(text.to_owned()));
        }
        Ok(Self { comparison, percent })
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}%", self.comparison, self.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_rounds_up() {
        let ratio = Ratio::new(89_996, 100_000);
        assert_eq!(ratio.percent(), "89.9%");
        assert!(!Threshold::at_least(90).holds(ratio));
        assert_eq!(Threshold::at_least(90).short_by(ratio), 4);
        assert_eq!(Ratio::new(999, 1000).percent(), "99.9%");
        assert_eq!(Ratio::new(1000, 1000).percent(), "100.0%");
    }

    #[test]
    fn nothing_measured_satisfies_nothing() {
        for text in [">= 0%", "> 0", "1%"] {
            assert!(!text.parse::<Threshold>().unwrap().holds(Ratio::new(0, 0)), "{text}");
        }
        assert_eq!(Ratio::new(0, 0).percent(), "no data");
    }

    #[test]
    fn a_step_is_measured_exactly() {
        let step = |b: u64, of_b: u64, a: u64, of_a: u64| Step {
            before: Ratio::new(b, of_b),
            after: Ratio::new(a, of_a),
        };
        let half: Decimal = "0.5".parse().unwrap();
        for (step, falls, by_half, shown) in [
            (step(90, 100, 90, 100), false, false, "±0 points"),
            (step(900, 1000, 895, 1000), true, false, "-0.50 points"),
            (step(900, 1000, 8949, 10000), true, true, "-0.51 points"),
            (step(1, 3, 333_333, 1_000_000), true, false, "-<0.01 points"),
            (step(1, 3, 2, 6), false, false, "±0 points"),
            (step(0, 4, 1, 4), false, false, "+25.00 points"),
            (step(0, 0, 1, 4), false, false, "no data -> 25.0%"),
            (step(1, 4, 0, 0), true, true, "25.0% -> no data"),
            (step(0, 0, 0, 0), false, false, "no data -> no data"),
        ] {
            assert_eq!(step.falls_by_more_than(Decimal::whole(0)), falls, "{step}");
            assert_eq!(step.falls_by_more_than(half), by_half, "{step}");
            assert_eq!(step.to_string(), shown);
        }
        assert!(step(u64::MAX, u64::MAX, u64::MAX, u64::MAX).falls_by_more_than(half));
    }

    #[test]
    fn reads_the_usual_spellings() {
        for (text, shown) in
            [(">= 90%", ">= 90%"), ("90", ">= 90%"), ("> 89.5 %", "> 89.5%"), ("≥5%", ">= 5%")]
        {
            assert_eq!(text.parse::<Threshold>().unwrap().to_string(), shown);
        }
        for text in ["", "ninety", "101%", "-1%", "NaN", ">= 90,5%", "90%%x", "0.9", "<= 90%", "> 100%"] {
            assert!(text.parse::<Threshold>().is_err(), "{text}");
        }
    }
}
