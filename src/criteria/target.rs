//! A number out of a report, held against a bound with a unit.

use super::spec::text::Text;
use crate::model::metrics;
use crate::model::quantity::{Bound, Dimension, Quantity};
use serde::Deserialize;

/// A bound, and the unit of the number that is held against it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    /// The bound.
    pub(super) at: Bound,
    /// The unit of the number, as it was written and as it is meant.
    pub(super) unit: Option<Unit>,
}

/// A unit that somebody named: `ms`, `bytes`, `ratio`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unit {
    symbol: String,
    meaning: Meaning,
}

/// A dimension with the factor to its base unit.
pub(super) type Meaning = (Dimension, f64);

impl Unit {
    /// The unit of that symbol.
    pub(super) fn named(symbol: &str) -> Result<Self, String> {
        match metrics::unit(symbol) {
            Some(meaning) => Ok(Self { symbol: symbol.to_owned(), meaning }),
            None => {
                Err(format!("`{symbol}` is not a unit such as \"ms\", \"MB\", \"/s\", \"%\" or \"ratio\""))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(symbol): Text<String> = Text::deserialize(deserializer)?;
        Self::named(&symbol).map_err(serde::de::Error::custom)
    }
}

impl Target {
    /// The number in the base unit of the bound; `own` is the unit that the report itself tells. A bound
    /// without a unit is about the number as it stands.
    ///
    /// # Errors
    /// Why the two cannot be compared.
    pub(super) fn convert(&self, number: f64, own: Option<Meaning>) -> Result<Quantity, String> {
        let dimension = self.at.limit.dimension;
        let named = self.unit.as_ref().map(|unit| unit.meaning);
        let factor = match named.or(own) {
            Some((is, factor)) if is == dimension => factor,
            _ if dimension == Dimension::Number && named.is_none() => 1.0,
            None => {
                return Err(format!("nothing tells its unit, and the bound is in `{}`", dimension.base()));
            }
            Some((is, _)) => {
                let symbol = self.unit.as_ref().map_or(is.base(), |unit| unit.symbol.as_str());
                return Err(format!("it is in `{symbol}`, and the bound is in `{}`", dimension.base()));
            }
        };
        Ok(Quantity { value: number * factor, dimension })
    }

    /// Whether the number satisfies the bound; one that is not finite measures nothing.
    pub(super) fn holds(&self, number: Quantity) -> bool {
        number.value.is_finite() && self.at.holds(number.value)
    }

    /// The number beside what is asked of it: `120 ms, required < 100 ms`.
    pub(super) fn beside(&self, number: Quantity) -> String {
        format!("{}, required {}", shown(number), self.at)
    }
}

/// A quantity as a person would write it, and what is none as what it is.
pub(super) fn shown(number: Quantity) -> String {
    if number.value.is_finite() {
        number.to_string()
    } else {
        format!("{}, which is no number", number.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(at: &str, unit: Option<&str>) -> Target {
        Target { at: at.parse().unwrap(), unit: unit.map(|unit| Unit::named(unit).unwrap()) }
    }

    #[test]
    fn numbers_are_compared_in_one_unit() {
        let of = |at, unit, number, own| {
            let target = target(at, unit);
            target.convert(number, own).map(|quantity| target.holds(quantity))
        };
        assert_eq!(of("< 100 ms", Some("ms"), 99.0, None), Ok(true));
        assert_eq!(of("< 100 ms", Some("s"), 0.1, None), Ok(false));
        assert_eq!(of("< 100 ms", None, 0.099, Some((Dimension::Time, 1.0))), Ok(true));
        assert_eq!(of("> 80%", Some("ratio"), 0.81, None), Ok(true));
        assert_eq!(of("> 80%", Some("%"), 0.81, None), Ok(false));
        assert_eq!(of(">= 1", None, 1.0, Some((Dimension::Time, 1.0))), Ok(true));
        assert_eq!(of(">= 1", None, f64::INFINITY, None), Ok(false));
        assert_eq!(of("< 1", None, f64::NAN, None), Ok(false));
        assert!(of("> 80%", None, 81.0, None).is_err());
        assert!(of("< 1 MB", Some("ms"), 81.0, None).is_err());
        assert!(of("< 1", Some("ms"), 81.0, None).is_err());
        assert!(Unit::named("parsecs").is_err());
    }
}
