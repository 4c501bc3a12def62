//! Hodges and Lehmann's shift between two samples: the median of all differences, with the interval
//! that belongs to the Mann-Whitney test (Hollander and Wolfe, 4.2 and 4.3).

use super::{mann_whitney, robust};

/// A shift with an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The median of all differences `second - first`.
    pub estimate: f64,
    /// Lower end; negative infinity where the samples are too small for the level.
    pub low: f64,
    /// Upper end; infinity where the samples are too small for the level.
    pub high: f64,
}

/// The shift of the second sample against the first, with an interval of at least `level`; `None`
/// if a sample is empty.
pub fn shift(first: &[f64], second: &[f64], level: f64) -> Option<Shift> {
    if first.is_empty() || second.is_empty() {
        return None;
    }
    let mut all: Vec<f64> = second.iter().flat_map(|b| first.iter().map(move |a| b - a)).collect();
    all.sort_by(f64::total_cmp);
    let cut = mann_whitney::tail_count(first.len(), second.len(), (1.0 - level) / 2.0);
    let (low, high) = match cut {
        Some(cut) => (all[cut], all[all.len() - 1 - cut]),
        None => (f64::NEG_INFINITY, f64::INFINITY),
    };
    Some(Shift { estimate: robust::median_of(&mut all), low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_the_median_difference() {
        // Differences: 1, 3, 0, 2, of which the median is 1.5.
        let shift = shift(&[1.0, 2.0], &[2.0, 4.0], 0.95).unwrap();
        assert_eq!(shift.estimate, 1.5);
        // Two and two have six orders: no interval of 95 %.
        assert!(shift.low.is_infinite() && shift.high.is_infinite());
        assert!(super::shift(&[], &[1.0], 0.95).is_none());
    }

    #[test]
    fn five_and_five_cut_two_differences_on_either_side() {
        // P(U <= 2) = 4/252 = 0.0159 <= 0.025 < P(U <= 3) = 7/252: the third from either end.
        let first = [0.0; 5];
        let second = [1.0, 2.0, 3.0, 4.0, 5.0];
        let shift = shift(&first, &second, 0.95).unwrap();
        assert_eq!((shift.low, shift.estimate, shift.high), (1.0, 3.0, 5.0));
    }
}
