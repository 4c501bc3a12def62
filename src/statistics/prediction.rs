//! Whether one new value is what earlier values lead to expect: the prediction interval of a normal
//! sample, with its centre at the median and a winsorised scale (of several strata, each about its
//! own median), or with mean and standard deviation where the sample falls into two groups.
//!
//! Values are logarithms, of which a larger one is worse.

use super::{robust, student};

/// The variance of a median against that of a mean, in large normal samples: pi / 2.
const MEDIAN: f64 = 1.57;
/// The normal deviate of a power of 90 %.
const POWER: f64 = 1.282;

/// How centre and scale were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Median, and winsorised residuals of all strata.
    Winsorised,
    /// Mean and standard deviation of the own stratum, which falls into two groups.
    MeanAndSd,
}

/// What earlier values lead to expect of one more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// How it was found.
    pub method: Method,
    /// The expected value.
    pub centre: f64,
    /// The standard deviation of single values.
    pub scale: f64,
    /// Values of the own stratum.
    pub n: usize,
    /// Degrees of freedom of the scale.
    pub nu: usize,
    /// The standard error of the difference between a new value and the centre.
    pub error: f64,
}

impl Prediction {
    /// From the values of the own stratum and those of the others; `least` is the smallest scale to
    /// be believed. `None` if there is no value of the own stratum, or no two of any.
    pub fn new(own: &[f64], others: &[Vec<f64>], least: f64) -> Option<Self> {
        if own.is_empty() {
            return None;
        }
        if robust::is_two_humped(own) {
            return Self::about_mean(own, least);
        }
        let all: Vec<&[f64]> = std::iter::once(own).chain(others.iter().map(Vec::as_slice)).collect();
        let (residuals, nu) = residuals(&all);
        if nu == 0 {
            return None;
        }
        let scale = robust::winsorised_sd(&residuals, nu).max(least);
        let error = scale * (1.0 + MEDIAN / own.len() as f64).sqrt();
        let (centre, n) = (robust::median(own), own.len());
        Some(Self { method: Method::Winsorised, centre, scale, n, nu, error })
    }

    /// About the mean, with the standard deviation: for values of which groups are not to be left out.
    pub fn about_mean(values: &[f64], least: f64) -> Option<Self> {
        let n = values.len();
        let scale = robust::variance(values).sqrt();
        if scale.is_nan() {
            return None;
        }
        let scale = scale.max(least);
        let (centre, error) = (robust::mean(values), scale * (1.0 + 1.0 / n as f64).sqrt());
        Some(Self { method: Method::MeanAndSd, centre, scale, n, nu: n - 1, error })
    }

    /// By how much `value` is worse than expected.
    pub fn excess(&self, value: f64) -> f64 {
        value - self.centre
    }

    /// The probability of a value as bad as this, or worse, where nothing has changed.
    pub fn p(&self, value: f64) -> f64 {
        student::upper(self.excess(value) / self.error, self.nu as f64)
    }

    /// Half the width of the interval that holds a new value with probability `level`, and equally
    /// the true excess of a value that was seen.
    pub fn margin(&self, level: f64) -> f64 {
        student::quantile(f64::midpoint(1.0, level), self.nu as f64) * self.error
    }

    /// The smallest excess that is called in nine of ten cases, by a test at `alpha` that calls none
    /// below `floor`.
    pub fn smallest_seen(&self, alpha: f64, floor: f64) -> f64 {
        (student::quantile(1.0 - alpha, self.nu as f64) * self.error).max(floor) + POWER * self.error
    }
}

/// The residuals of strata of two or more values about their own medians, and their degrees of freedom.
fn residuals(strata: &[&[f64]]) -> (Vec<f64>, usize) {
    let (mut all, mut nu) = (Vec::new(), 0);
    for stratum in strata.iter().filter(|stratum| stratum.len() > 1) {
        let centre = robust::median(stratum);
        all.extend(stratum.iter().map(|value| value - centre));
        nu += stratum.len() - 1;
    }
    (all, nu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_share_their_scale_and_keep_their_centres() {
        // Two machines 14 % apart, each with the same small spread.
        let own = [0.00, 0.01, -0.01];
        let other = vec![0.14, 0.15, 0.13];
        let one = Prediction::new(&own, &[], 0.0).unwrap();
        let both = Prediction::new(&own, &[other], 0.0).unwrap();
        assert_eq!((one.nu, both.nu, both.n, both.centre), (2, 4, 3, 0.0));
        // sqrt(4 * 0.01^2 / 4).
        assert!((both.scale - 0.01).abs() < 1e-15 && (one.scale - 0.01).abs() < 1e-15);
        assert!((both.error - 0.01 * (1.0 + 1.57 / 3.0f64).sqrt()).abs() < 1e-15);
        assert_eq!(Prediction::new(&[], &[vec![1.0, 2.0]], 0.0), None);
        assert_eq!(Prediction::new(&[1.0], &[vec![1.0]], 0.0), None);
        assert_eq!(Prediction::new(&[1.0], &[vec![1.0, 2.0]], 0.0).unwrap().nu, 1);
    }

    #[test]
    fn equal_values_are_believed_to_vary_a_little() {
        let prediction = Prediction::new(&[1.0; 8], &[], 0.0025).unwrap();
        assert_eq!(prediction.scale, 0.0025);
        assert!(prediction.p(1.0) == 0.5 && prediction.p(1.05) < 1e-6);
    }

    fn percent_seen(sd: f64, n: usize, spread: f64) -> f64 {
        let error = sd * (1.0 + spread / n as f64).sqrt();
        let prediction =
            Prediction { method: Method::Winsorised, centre: 0.0, scale: sd, n, nu: n - 1, error };
        100.0 * prediction.smallest_seen(0.01, 0.0).exp_m1()
    }

    #[test]
    fn the_smallest_slowdown_is_that_of_the_closed_form() {
        // Percent, at alpha 0.01 and power 0.9, by the standard deviation of runs and their number.
        for (sd, n, percent) in [
            (0.005, 5, 2.8),
            (0.005, 20, 2.0),
            (0.01, 10, 4.4),
            (0.0266, 20, 11.0),
            (0.05, 5, 31.7),
            (0.05, 20, 21.6),
            (0.1, 50, 45.1),
        ] {
            // The closed form is about a mean; about a median it is a little more.
            let mean = percent_seen(sd, n, 1.0);
            assert!((mean - percent).abs() < 0.1, "{sd} {n}: {mean}");
            let median = percent_seen(sd, n, MEDIAN);
            assert!(median > mean && median < mean * 1.06, "{sd} {n}: {median}");
        }
    }

    #[test]
    fn nothing_below_the_floor_is_seen() {
        let prediction = Prediction::new(&[0.0; 10], &[], 0.0025).unwrap();
        assert!(prediction.smallest_seen(0.01, 0.05) > 0.05);
    }
}
