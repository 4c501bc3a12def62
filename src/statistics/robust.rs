//! Location and scale that a few wild values do not move.

/// What makes the median absolute deviation of a normal sample estimate its standard deviation.
pub const MAD_TO_SD: f64 = 1.482_602_218_505_602;

/// The middle value, or the mean of the middle two; NaN if there is none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    median_of(&mut sorted)
}

/// The same, of values that may be reordered.
pub fn median_of(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n == 0 {
        return f64::NAN;
    }
    let (below, middle, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    let middle = *middle;
    if n % 2 == 1 {
        return middle;
    }
    let before = below.iter().copied().max_by(f64::total_cmp).unwrap_or(middle);
    f64::midpoint(before, middle)
}

/// What the median absolute deviation of `n` values has to be multiplied with, beside
/// [`MAD_TO_SD`], to be unbiased for normal samples (Croux and Rousseeuw, Compstat 1992).
pub fn small_sample(n: usize) -> f64 {
    const FACTORS: [f64; 10] = [1.0, 1.0, 1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107];
    FACTORS.get(n).copied().unwrap_or_else(|| n as f64 / (n as f64 - 0.8))
}

/// The standard deviation that residuals suggest by the median of their absolute values; `n` is the
/// number of values they come from, less the further medians that were taken of them.
pub fn mad_scale(residuals: &[f64], n: usize) -> f64 {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    MAD_TO_SD * small_sample(n) * median_of(&mut sizes)
}

/// How many times the robust scale a residual counts at most.
const WINSOR: f64 = 2.5;

/// The root mean square of residuals about medians, with `nu` degrees of freedom, in which none
/// counts for more than 2.5 times the scale that [`mad_scale`] finds. Where most residuals are 0
/// that scale tells nothing, and none is cut.
pub fn winsorised_sd(residuals: &[f64], nu: usize) -> f64 {
    let scale = mad_scale(residuals, nu + 1);
    let limit = if scale > 0.0 { WINSOR * scale } else { f64::INFINITY };
    let squares: f64 = residuals.iter().map(|r| r.clamp(-limit, limit).powi(2)).sum();
    (squares / nu as f64).sqrt()
}

/// The arithmetic mean; NaN if there is none.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The variance with n - 1; NaN for fewer than two values.
pub fn variance(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return f64::NAN;
    }
    let centre = mean(values);
    values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (values.len() - 1) as f64
}

/// Whether the values fall into two groups: the largest gap between neighbours is wider than four
/// times the robust scale, and at least a fifth of them, and two, are on either side.
pub fn is_two_humped(values: &[f64]) -> bool {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let centre = median(values);
    let residuals: Vec<f64> = values.iter().map(|v| v - centre).collect();
    let scale = mad_scale(&residuals, n);
    let enough = |side: usize| side >= 2 && side * 5 >= n;
    let widest =
        sorted.windows(2).map(|pair| pair[1] - pair[0]).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    widest.is_some_and(|(at, gap)| gap > 4.0 * scale && gap > 0.0 && enough(at + 1) && enough(n - at - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert!(median(&[]).is_nan());
        assert_eq!(median(&[3.0]), 3.0);
        assert_eq!(median(&[4.0, 1.0]), 2.5);
        assert_eq!(median(&[9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(&[1.0, 2.0, 3.0, 100.0]), 2.5);
    }

    #[test]
    fn small_samples_have_the_factors_of_the_paper() {
        assert_eq!((small_sample(5), small_sample(6)), (1.206, 1.200));
        assert_eq!(small_sample(10), 10.0 / 9.2);
    }

    #[test]
    fn one_wild_value_does_not_move_the_scale_far() {
        // About 0: |r| = 1,1,2,2,1000, median 2, 1.4826 * 1.206 * 2 = 3.576; cut at 8.940.
        let residuals = [-1.0, 1.0, -2.0, 2.0, 1000.0];
        let limit = 2.5 * MAD_TO_SD * 1.206 * 2.0;
        let expected = ((1.0 + 1.0 + 4.0 + 4.0 + limit * limit) / 4.0f64).sqrt();
        assert!((winsorised_sd(&residuals, 4) - expected).abs() < 1e-12);
        // Most are 0: all of the rest counts.
        assert_eq!(winsorised_sd(&[0.0, 0.0, 0.0, 4.0], 4), 2.0);
    }

    #[test]
    fn two_humps_are_seen_and_an_outlier_is_none() {
        let low = [0.0, 0.01, -0.01, 0.005, -0.005, 0.002, 0.007];
        let both = [low.as_slice(), &[0.3, 0.31, 0.29]].concat();
        assert!(is_two_humped(&both));
        assert!(!is_two_humped(&[low.as_slice(), &[0.3]].concat()));
        assert!(!is_two_humped(&low));
        assert!(!is_two_humped(&[1.0; 8]) && !is_two_humped(&[]));
    }
}
