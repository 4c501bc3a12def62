//! Welch's t test: whether two samples with variances of their own have the same mean. The degrees
//! of freedom are those of Welch and Satterthwaite.

use super::{robust, student};

/// What the test finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Welch {
    /// Mean of the second sample, less that of the first.
    pub difference: f64,
    /// The difference in units of its standard error.
    pub t: f64,
    /// Degrees of freedom.
    pub nu: f64,
    /// The probability of so large a `t`, or a larger one, where the means are equal: one-sided.
    pub p_greater: f64,
    /// The standard error of the difference.
    pub error: f64,
}

impl Welch {
    /// Half the width of the interval that holds the true difference with probability `level`.
    pub fn margin(&self, level: f64) -> f64 {
        student::quantile(f64::midpoint(1.0, level), self.nu) * self.error
    }
}

/// Compares two samples of at least two values each, of which not all may be equal.
pub fn welch(first: &[f64], second: &[f64]) -> Option<Welch> {
    if first.len() < 2 || second.len() < 2 {
        return None;
    }
    let share = |sample: &[f64]| robust::variance(sample) / sample.len() as f64;
    let (a, b) = (share(first), share(second));
    let error = (a + b).sqrt();
    if !(error > 0.0 && error.is_finite()) {
        return None;
    }
    let degrees = |share: f64, n: usize| share * share / (n - 1) as f64;
    let nu = (a + b).powi(2) / (degrees(a, first.len()) + degrees(b, second.len()));
    let difference = robust::mean(second) - robust::mean(first);
    let t = difference / error;
    Some(Welch { difference, t, nu, p_greater: student::upper(t, nu), error })
}
