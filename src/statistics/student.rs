//! Student's t distribution, by the regularised incomplete beta function (Abramowitz and Stegun,
//! 26.7.1), so that both tails keep their relative accuracy.

use super::beta;

/// The probability of a value above `t`, with `nu` > 0 degrees of freedom, which need not be whole.
pub fn upper(t: f64, nu: f64) -> f64 {
    if t.is_nan() || nu.is_nan() || nu <= 0.0 {
        return f64::NAN;
    }
    if t < 0.0 {
        return 1.0 - upper(-t, nu);
    }
    if t.is_infinite() {
        return 0.0;
    }
    let square = t * t;
    // Near the middle the inner share is the small one, which keeps its digits.
    if square < 1.0 {
        return 0.5 - 0.5 * beta::regularised(0.5, nu / 2.0, square / (nu + square), nu / (nu + square));
    }
    0.5 * beta::regularised(nu / 2.0, 0.5, nu / (nu + square), square / (nu + square))
}

/// The probability of a value up to `t`.
pub fn cdf(t: f64, nu: f64) -> f64 {
    upper(-t, nu)
}

/// The value that is not exceeded with probability `p`; infinite at 0 and 1.
pub fn quantile(p: f64, nu: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || nu.is_nan() || nu <= 0.0 {
        return f64::NAN;
    }
    if p > 0.5 {
        return upper_quantile(1.0 - p, nu);
    }
    -upper_quantile(p, nu)
}

/// The value that is exceeded with probability `p` <= 0.5, by bisection: [`upper`] falls strictly.
fn upper_quantile(p: f64, nu: f64) -> f64 {
    if p == 0.0 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while upper(high, nu) > p && high < 1e300 {
        (low, high) = (high, high * 2.0);
    }
    // 53 bits of a double, and some for the width of the first bracket.
    for _ in 0..120 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if upper(middle, nu) > p { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}
