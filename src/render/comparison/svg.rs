//! The history of the benchmarks as a picture: one plot each, light or dark as the reader prefers. The
//! same comparison gives the same bytes. It bears no script and loads nothing.

use super::{Compared, Series};
use crate::render::plain::{clean, cut};
use crate::render::svg::{Picture, Point};

const WIDTH: f64 = 640.0;
/// Height of one plot with its title.
const PLOT: f64 = 130.0;
/// Height of the title.
const HEAD: f64 = 26.0;
/// Left, right and, within a plot, upper and lower edge of its lines.
const LEFT: f64 = 16.0;
const RIGHT: f64 = 624.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 112.0;
/// More are left out: a picture is for looking.
const PLOTS: usize = 60;

pub(super) fn render(compared: &Compared) -> String {
    let shown: Vec<&Series> = compared.benchmarks.iter().take(PLOTS).collect();
    let mut picture = Picture::new(WIDTH, shown.len().max(1) as f64 * PLOT + 10.0);
    if shown.is_empty() {
        picture.text("label", (LEFT, 24.0), "start", "no benchmark is in both runs");
    }
    for (at, series) in shown.iter().enumerate() {
        picture.put(&plot(series, true), at as f64 * PLOT, &series.name);
    }
    picture.file("Benchmarks, run by run", &description(compared))
}

fn description(compared: &Compared) -> String {
    let count = compared.benchmarks.len();
    let left_out = match count.saturating_sub(PLOTS) {
        0 => String::new(),
        n => format!("; {n} more are not drawn"),
    };
    format!(
        "{count} benchmarks from {} to {}, oldest run on the left{left_out}",
        compared.before, compared.now
    )
}

/// The runs of one benchmark, oldest on the left; above them, if wanted, its name and its values.
pub(in crate::render) fn plot(series: &Series, named: bool) -> Picture {
    let values: Vec<f64> = series.values().into_iter().filter(|v| v.is_finite()).collect();
    let scale = Scale::of(series, &values);
    let points: Vec<Point> =
        values.iter().enumerate().map(|(at, v)| (scale.x(at, values.len()), scale.y(*v))).collect();
    let mut picture =
        if named { Picture::new(WIDTH, PLOT) } else { Picture::new(WIDTH, PLOT - HEAD).from(HEAD) };
    if named {
        picture.text("name", (LEFT, 22.0), "start", &cut(&clean(&series.name), 56));
        let change = series.change().map(|c| format!(" ({c})")).unwrap_or_default();
        let value = format!("{} -> {}{change}", series.show(series.before), series.show(series.now));
        picture.text("label", (RIGHT, 22.0), "end", &value);
    }
    if let Some((low, high)) = series.interval.filter(|(low, high)| low.is_finite() && high.is_finite()) {
        picture.line("span", (RIGHT, scale.y(high)), (RIGHT, scale.y(low)));
    }
    if let Some(limit) = series.limit.filter(|limit| limit.is_finite()) {
        picture.line("limit", (LEFT, scale.y(limit)), (RIGHT, scale.y(limit)));
    }
    picture.polyline("line", &points);
    for (at, (point, value)) in points.iter().zip(&values).enumerate() {
        let last = at + 1 == values.len() && series.now.is_some();
        let class = match series.is_better {
            _ if !last => "run",
            Some(true) => "better",
            Some(false) => "worse",
            None => "now",
        };
        picture.dot(class, *point, if last { 4 } else { 2 }, &series.show(Some(*value)));
    }
    picture
}

/// From values to places.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(series: &Series, values: &[f64]) -> Self {
        let drawn = values.iter().copied().chain(series.limit);
        let drawn = drawn.chain(series.interval.into_iter().flat_map(|(low, high)| [low, high]));
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in drawn.filter(|v| v.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        Self { low, high }
    }

    fn x(&self, at: usize, of: usize) -> f64 {
        let last = of.saturating_sub(1).max(1);
        LEFT + (RIGHT - LEFT) * at as f64 / last as f64
    }

    /// Greater values stand higher; where all are equal, in the middle.
    fn y(&self, value: f64) -> f64 {
        let whole = self.high / 2.0 - self.low / 2.0;
        let part = if whole > 0.0 { (value / 2.0 - self.low / 2.0) / whole } else { 0.5 };
        BOTTOM - (BOTTOM - TOP) * part
    }
}
