//! The standard normal distribution, by the complementary error function.

use libm::erfc;
use std::f64::consts::SQRT_2;

/// The probability of a value above `z`.
pub fn upper(z: f64) -> f64 {
    0.5 * erfc(z / SQRT_2)
}

/// The value that is not exceeded with probability `p`; infinite at 0 and 1.
pub fn quantile(p: f64) -> f64 {
    if p > 0.5 {
        return upper_quantile(1.0 - p);
    }
    -upper_quantile(p)
}

/// The value that is exceeded with probability `p` <= 0.5, by bisection: [`upper`] falls strictly.
fn upper_quantile(p: f64) -> f64 {
    if p.is_nan() || p < 0.0 {
        return f64::NAN;
    }
    if p == 0.0 {
        return f64::INFINITY;
    }
    // Beyond 40 nothing of the distribution is left in a double.
    let (mut low, mut high) = (0.0, 40.0);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if upper(middle) > p { low = middle } else { high = middle }
    }
}
