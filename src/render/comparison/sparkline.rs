//! A history in one line: one character a run, low to high between the least and the greatest.

/// What a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spark {
    /// Blocks of eight heights.
    Blocks,
    /// Digits from 1 to 8, where there are no blocks.
    Digits,
}

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const DIGITS: [char; 8] = ['1', '2', '3', '4', '5', '6', '7', '8'];

/// The last `most` values. What is no number is a blank; where all are equal they stand in the middle.
pub(in crate::render) fn sparkline(values: &[f64], most: usize, spark: Spark) -> String {
    let values = &values[values.len().saturating_sub(most)..];
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let levels = if spark == Spark::Blocks { BLOCKS } else { DIGITS };
    let show = |value: &f64| {
        if !value.is_finite() {
            return ' ';
        }
        // Halves, since the difference of two great numbers may be too great.
        let (part, whole) = (value / 2.0 - low / 2.0, high / 2.0 - low / 2.0);
        if whole <= 0.0 {
            return levels[3];
        }
        levels[((part / whole * 8.0).floor().clamp(0.0, 7.0)) as usize]
    };
    values.iter().map(show).collect()
}

#[cfg(test)]
mod laws {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn from_the_least_to_the_greatest() {
        let eight: Vec<f64> = (0..8).map(f64::from).collect();
        assert_eq!(sparkline(&eight, 30, Spark::Blocks), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&eight, 3, Spark::Digits), "158");
        assert_eq!(sparkline(&[5.0, 5.0], 30, Spark::Blocks), "▄▄");
        assert_eq!(sparkline(&[1.0, f64::NAN, 2.0], 30, Spark::Digits), "1 8");
        assert_eq!(sparkline(&[], 30, Spark::Blocks), "");
    }

    proptest! {
        #[test]
        fn one_character_a_run(values in prop::collection::vec(any::<f64>(), 0..60), most in 0usize..40) {
            let line = sparkline(&values, most, Spark::Blocks);
            prop_assert_eq!(line.chars().count(), values.len().min(most));
        }
    }
}
