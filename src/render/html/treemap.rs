//! A rectangle shared out among parts by their weight, in pieces near to squares: the squarified
//! treemap of Bruls, Huizing and van Wijk (2000).

/// A piece in percent of the whole: left, top, width, height.
pub(super) type Piece = [f64; 4];

/// One piece for each weight, in their order. Weights are positive and fall; `aspect` is the width of the
/// whole by its height.
pub(super) fn pieces(weights: &[f64], aspect: f64) -> Vec<Piece> {
    let whole: f64 = weights.iter().sum();
    let mut rest = Rest { left: 0.0, top: 0.0, width: aspect, height: 1.0 };
    let (mut out, mut at) = (Vec::with_capacity(weights.len()), 0);
    let areas: Vec<f64> = weights.iter().map(|weight| weight / whole * aspect).collect();
    while at < areas.len() {
        let side = rest.width.min(rest.height);
        let mut end = at + 1;
        while end < areas.len() && worst(&areas[at..=end], side) <= worst(&areas[at..end], side) {
            end += 1;
        }
        out.extend(rest.row(&areas[at..end]));
        at = end;
    }
    out.into_iter()
        .map(|[l, t, w, h]| [l / aspect * 100.0, t * 100.0, w / aspect * 100.0, h * 100.0])
        .collect()
}

/// How far the worst piece of a row along `side` is from a square.
fn worst(areas: &[f64], side: f64) -> f64 {
    let depth = areas.iter().sum::<f64>() / side;
    areas.iter().map(|area| area / depth / depth).map(|ratio| ratio.max(1.0 / ratio)).fold(0.0, f64::max)
}

/// What is still free.
struct Rest {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Rest {
    /// Takes a row off the shorter side.
    fn row(&mut self, areas: &[f64]) -> Vec<Piece> {
        let upright = self.width >= self.height;
        let side = if upright { self.height } else { self.width };
        let depth = areas.iter().sum::<f64>() / side;
        let mut along = 0.0;
        let mut pieces = Vec::with_capacity(areas.len());
        for area in areas {
            let length = area / depth;
            pieces.push(match upright {
                true => [self.left, self.top + along, depth, length],
                false => [self.left + along, self.top, length, depth],
            });
            along += length;
        }
        if upright {
            self.left += depth;
            self.width -= depth;
        } else {
            self.top += depth;
            self.height -= depth;
        }
        pieces
    }
}

#[cfg(test)]
mod laws {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_fill_the_whole_each_by_its_weight(mut weights in prop::collection::vec(1.0..1000.0_f64, 1..60)) {
            weights.sort_by(|a, b| b.total_cmp(a));
            let whole: f64 = weights.iter().sum();
            let all = pieces(&weights, 2.5);
            prop_assert_eq!(all.len(), weights.len());
            for (piece, weight) in all.iter().zip(&weights) {
                let [left, top, width, height] = *piece;
                prop_assert!(left >= -1e-6 && top >= -1e-6 && left + width <= 100.0 + 1e-6 && top + height <= 100.0 + 1e-6);
                prop_assert!((width * height / 10_000.0 - weight / whole).abs() < 1e-6);
            }
            for (at, one) in all.iter().enumerate() {
                for other in &all[..at] {
                    let apart = |axis: usize| one[axis] + one[axis + 2] <= other[axis] + 1e-6 || other[axis] + other[axis + 2] <= one[axis] + 1e-6;
                    prop_assert!(apart(0) || apart(1));
                }
            }
        }
    }
}
