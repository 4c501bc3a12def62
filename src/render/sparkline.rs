//! A row of numbers as a row of bars, the lowest and the highest of them as high as a line allows.

use super::plain::clean;

/// The name of a criterion's figure that holds a history: `test_query: 0.0121 0.0119 0.0124`, oldest
/// first. A criterion may have one for each thing it measures.
pub(super) const HISTORY: &str = "history";

/// Bars, the lowest first.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Most numbers shown; the latest ones.
const MOST: usize = 40;

/// The name and the bars of a history; nothing if it holds less than two numbers.
pub(super) fn history(figure: &str) -> Option<String> {
    let (name, numbers) = figure.rsplit_once(':')?;
    let numbers: Option<Vec<f64>> =
        numbers.split_whitespace().map(|n| n.parse().ok().filter(|n: &f64| n.is_finite())).collect();
    let numbers = numbers.filter(|numbers| numbers.len() > 1)?;
    Some(format!("{} {}", bars(&numbers[numbers.len().saturating_sub(MOST)..]), clean(name)))
}

fn bars(numbers: &[f64]) -> String {
    let low = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bar = |n: &f64| {
        let share = if high > low { (n - low) / (high - low) } else { 0.5 };
        // Between 0 and 7, whatever the rounding.
        BARS.get((share * 7.0).round() as usize).copied().unwrap_or(BARS[7])
    };
    numbers.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_follow_the_numbers() {
        assert_eq!(history("test_query: 1 2 3 4 5 6 7 8").as_deref(), Some("▁▂▃▄▅▆▇█ test_query"));
        assert_eq!(history("a::b: 0.5 0.5").as_deref(), Some("▅▅ a::b"));
        assert_eq!(history("x: 3 1e3 -1").as_deref(), Some("▁█▁ x"));
        for none in ["x", "x: 1", "x: 1 two", "x: 1 inf", ""] {
            assert_eq!(history(none), None, "{none}");
        }
        assert_eq!(history(&format!("x:{}", " 1".repeat(100))).unwrap().chars().count(), 42);
    }
}
