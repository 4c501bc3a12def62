//! Benjamini and Hochberg's procedure (1995): of many tests, those that may be rejected so that the
//! expected share of false ones among them is at most `q`.

/// For each p-value whether it is among the rejected. NaN never is, and counts as a test.
pub fn rejected(p_values: &[f64], q: f64) -> Vec<bool> {
    let mut sorted: Vec<f64> = p_values.iter().copied().filter(|p| !p.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let step = q / p_values.len() as f64;
    let last = sorted.iter().enumerate().rev().find(|(at, p)| **p <= step * (at + 1) as f64);
    let limit = last.map_or(f64::NEG_INFINITY, |(_, p)| *p);
    p_values.iter().map(|p| *p <= limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_paper() {
        // Benjamini and Hochberg 1995, section 3.2: of 15 p-values the first four are rejected at 0.05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
            0.6528, 0.7590, 1.0,
        ];
        let rejected = rejected(&p, 0.05);
        assert_eq!(rejected.iter().filter(|r| **r).count(), 4);
        assert!(rejected[..4].iter().all(|r| *r));
    }

    #[test]
    fn a_later_p_value_carries_the_earlier_ones() {
        // 0.04 > 0.05 / 2, yet 0.05 <= 0.05.
        assert_eq!(rejected(&[0.05, 0.04], 0.05), [true, true]);
        assert_eq!(rejected(&[f64::NAN, 0.03], 0.05), [false, false]);
        assert!(rejected(&[], 0.05).is_empty());
    }
}
