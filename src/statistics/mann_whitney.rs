//! Mann and Whitney's test: whether the values of one sample tend to be larger than those of another.
//!
//! Exact, with ties, by counting: of all ways to choose which ranks (ties share their mean rank)
//! belong to the first sample, how many give a rank sum as far out as the one that was seen. The
//! shares are summed as probabilities, so nothing overflows. Above [`EXACT`] pairs the normal
//! approximation is used, with the correction for ties and for continuity.

use super::normal;

/// Up to so many pairs of values the test is exact.
pub const EXACT: usize = 2_500;

/// What the test finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannWhitney {
    /// Pairs in which the second value is larger; ties count one half.
    pub u: f64,
    /// Probability of so large a `u`, or a larger one, where nothing differs: the second is larger.
    pub p_greater: f64,
    /// Probability of so small a `u`, or a smaller one.
    pub p_less: f64,
    /// Whether the probabilities are exact.
    pub exact: bool,
}

impl MannWhitney {
    /// Twice the smaller of both, at most 1: the convention of SciPy and benchstat.
    pub fn p_two_sided(&self) -> f64 {
        (2.0 * self.p_greater.min(self.p_less)).min(1.0)
    }
}

/// The smallest one-sided probability that `k` values a side can reach: 1 / C(2k, k).
pub fn smallest_p(k: usize) -> f64 {
    (1..=k).map(|i| i as f64 / (k + i) as f64).product()
}

/// Compares two samples; `None` if one is empty or a value is NaN.
pub fn mann_whitney(first: &[f64], second: &[f64]) -> Option<MannWhitney> {
    if first.is_empty() || second.is_empty() || first.iter().chain(second).any(|v| v.is_nan()) {
        return None;
    }
    let pairs = second.iter().flat_map(|b| first.iter().map(move |a| (a, b)));
    // Halves: 2 for a larger second, 1 for a tie.
    let twice_u: usize = pairs.map(|(a, b)| if b > a { 2 } else { usize::from(a == b) }).sum();
    let ties = tie_sizes(first, second);
    let u = twice_u as f64 / 2.0;
    let (p_greater, p_less, exact) = if first.len() * second.len() <= EXACT {
        let shares = distribution(first.len(), second.len(), &ties);
        let up = shares[twice_u.min(shares.len() - 1)..].iter().sum::<f64>();
        let down = shares[..=twice_u.min(shares.len() - 1)].iter().sum::<f64>();
        (up.min(1.0), down.min(1.0), true)
    } else {
        let (up, down) = approximate(u, first.len(), second.len(), &ties);
        (up, down, false)
    };
    Some(MannWhitney { u, p_greater, p_less, exact })
}

/// How many equal values there are, for each value of both samples in rising order.
fn tie_sizes(first: &[f64], second: &[f64]) -> Vec<usize> {
    let mut all: Vec<f64> = first.iter().chain(second).map(|v| v + 0.0).collect();
    all.sort_by(f64::total_cmp);
    all.chunk_by(|a, b| a == b).map(<[f64]>::len).collect()
}

/// The probability of each `2 u`, from 0 to `2 m n`, for samples of `m` and `n` values whose ties are
/// known: the values join in rising order, each drawn into the second sample or not.
fn distribution(m: usize, n: usize, ties: &[usize]) -> Vec<f64> {
    let width = 2 * m * n + 1;
    // ways[k][s]: share of the choices of k among the values so far whose 2u is s.
    let mut ways = vec![vec![0.0; width]; n + 1];
    ways[0][0] = 1.0;
    let mut before = 0;
    for &tie in ties {
        let mut next = vec![vec![0.0; width]; n + 1];
        for (k, row) in ways.iter().enumerate().filter(|(k, _)| *k <= before && before - k <= m) {
            let below = before - k;
            for j in 0..=tie.min(n - k) {
                // j of the tie go to the second sample, and beat what the first has below and half of
                // the tie's rest.
                if below + tie - j > m {
                    continue;
                }
                let gained = 2 * j * below + j * (tie - j);
                let share = chance(before, k, tie, j, m + n, n);
                let to = &mut next[k + j];
                for (s, way) in row.iter().enumerate().filter(|(_, way)| **way > 0.0) {
                    to[s + gained] += way * share;
                }
            }
        }
        ways = next;
        before += tie;
    }
    ways.pop().unwrap_or_default()
}

/// The probability that of the next `tie` values exactly `j` belong to the second sample, which has
/// `n` of all `total`, where `k` of the `before` values so far do: hypergeometric.
fn chance(before: usize, k: usize, tie: usize, j: usize, total: usize, n: usize) -> f64 {
    let (rest, wanted) = (total - before, n - k);
    // Drawn one by one: j of the second sample, then the others, in C(tie, j) orders.
    let mut share = 1.0;
    for i in 0..tie {
        let left = (rest - i) as f64;
        share *= if i < j {
            (wanted - i) as f64 / left * (tie - i) as f64 / (i + 1) as f64
        } else {
            (rest - wanted - (i - j)) as f64 / left
        };
    }
    share
}

fn approximate(u: f64, m: usize, n: usize, ties: &[usize]) -> (f64, f64) {
    let (m, n) = (m as f64, n as f64);
    let total = m + n;
    let tied: f64 = ties.iter().map(|t| (*t as f64).powi(3) - *t as f64).sum();
    let variance = m * n / 12.0 * (total + 1.0 - tied / (total * (total - 1.0)));
    if variance <= 0.0 {
        return (1.0, 1.0);
    }
    let z = |u: f64| (u - m * n / 2.0 - 0.5) / variance.sqrt();
    (normal::upper(z(u)).min(1.0), normal::upper(z(m * n - u)).min(1.0))
}

/// How many of the sorted differences of samples without ties may be cut at either end so that at
/// most `tail` of probability goes with them; `None` if not one.
pub(super) fn tail_count(m: usize, n: usize, tail: f64) -> Option<usize> {
    if m * n > EXACT {
        let (a, b) = (m as f64, n as f64);
        let spread = (a * b * (a + b + 1.0) / 12.0).sqrt();
        let cut = (a * b / 2.0 - normal::quantile(1.0 - tail) * spread - 0.5).floor();
        return (cut >= 0.0).then_some(cut as usize);
    }
    let shares = distribution(m, n, &vec![1; m + n]);
    let mut sum = 0.0;
    // Without ties only whole u occur.
    let within = shares.iter().step_by(2).take_while(|share| {
        sum += **share;
        sum <= tail
    });
    within.count().checked_sub(1)
}
