//! The regularised incomplete beta function, by its continued fraction (Abramowitz and Stegun,
//! 26.5.8) in the algorithm of Lentz, as Thompson and Barnett changed it (1986).

use libm::lgamma;

/// Terms after which nothing changes any more, for the arguments that tests have.
const TERMS: u32 = 10_000;
/// Instead of a zero denominator.
const TINY: f64 = 1e-300;

/// The share of the beta distribution with `a` and `b` > 0 that lies below `x`, of which `rest` is
/// `1 - x`: given apart, so that neither loses its digits near 0 or 1.
pub(super) fn regularised(a: f64, b: f64, x: f64, rest: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if rest <= 0.0 {
        return 1.0;
    }
    let front = (lgamma(a + b) - lgamma(a) - lgamma(b) + a * x.ln() + b * rest.ln()).exp();
    // The fraction converges fast below the mean only.
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, rest) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let kept = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / kept(1.0 - (a + b) * x / (a + 1.0));
    let mut all = d;
    for m in 1..TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / kept(1.0 + even * d);
        c = kept(1.0 + even / c);
        all *= c * d;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / kept(1.0 + odd * d);
        c = kept(1.0 + odd / c);
        let step = c * d;
        all *= step;
        if (step - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    all
}
