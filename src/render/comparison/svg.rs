//! The history of the benchmarks as a picture: one plot each, light or dark as the reader prefers. The
//! same comparison gives the same bytes. It bears no script and loads nothing.

use super::{Compared, Series};
use crate::render::plain::{clean, cut};

const WIDTH: usize = 640;
/// Height of one plot with its title.
const PLOT: usize = 130;
/// Left, right and, within a plot, upper and lower edge of its lines.
const LEFT: f64 = 16.0;
const RIGHT: f64 = 624.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 112.0;
/// More are left out: a picture is for looking.
const PLOTS: usize = 60;

const STYLE: &str = "
  .ground { fill: #ffffff } .name { fill: #1f2328; font: 600 13px sans-serif }
  .value { fill: #59636e; font: 12px sans-serif } .line { fill: none; stroke: #0969da; stroke-width: 1.5 }
  .run { fill: #0969da } .now { fill: #1f2328 } .worse { fill: #cf222e } .better { fill: #1a7f37 }
  .limit { stroke: #cf222e; stroke-width: 1; stroke-dasharray: 4 3 } .span { stroke: #59636e; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .name { fill: #f0f6fc } .value { fill: #9198a1 }
    .line { stroke: #4493f8 } .run { fill: #4493f8 } .now { fill: #f0f6fc } .worse { fill: #f85149 }
    .better { fill: #3fb950 } .limit { stroke: #f85149 } .span { stroke: #9198a1 }
  }
";

pub(super) fn render(compared: &Compared) -> String {
    let shown: Vec<&Series> = compared.benchmarks.iter().take(PLOTS).collect();
    let height = (shown.len().max(1)) * PLOT + 10;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">Benchmarks, run by run</title>\n\
         <desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n<rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\"/>\n",
        escape(&description(compared))
    );
    if shown.is_empty() {
        out.push_str("<text class=\"value\" x=\"16\" y=\"24\">no benchmark is in both runs</text>\n");
    }
    for (at, series) in shown.iter().enumerate() {
        out.push_str(&format!("<g transform=\"translate(0 {})\">\n{}</g>\n", at * PLOT, plot(series)));
    }
    out + "</svg>\n"
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

fn plot(series: &Series) -> String {
    let values: Vec<f64> = series.values().into_iter().filter(|v| v.is_finite()).collect();
    let scale = Scale::of(series, &values);
    let x = |at: usize| scale.x(at, values.len());
    let points: Vec<String> =
        values.iter().enumerate().map(|(at, v)| format!("{:.1},{:.1}", x(at), scale.y(*v))).collect();
    let mut out = format!(
        "<title>{}</title>\n<text class=\"name\" x=\"{LEFT}\" y=\"22\">{}</text>\n",
        escape(&series.name),
        escape(&cut(&clean(&series.name), 56))
    );
    let change = series.change().map(|c| format!(" ({c})")).unwrap_or_default();
    let value = format!("{} -> {}{change}", series.show(series.before), series.show(series.now));
    out.push_str(&format!(
        "<text class=\"value\" x=\"{RIGHT}\" y=\"22\" text-anchor=\"end\">{}</text>\n",
        escape(&value)
    ));
    if let Some((low, high)) = series.interval.filter(|(low, high)| low.is_finite() && high.is_finite()) {
        let (top, bottom) = (scale.y(high), scale.y(low));
        out.push_str(&format!(
            "<line class=\"span\" x1=\"{RIGHT}\" x2=\"{RIGHT}\" y1=\"{top:.1}\" y2=\"{bottom:.1}\"/>\n"
        ));
    }
    if let Some(limit) = series.limit.filter(|limit| limit.is_finite()) {
        let y = scale.y(limit);
        out.push_str(&format!(
            "<line class=\"limit\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\n"
        ));
    }
    out.push_str(&format!("<polyline class=\"line\" points=\"{}\"/>\n", points.join(" ")));
    for (at, value) in values.iter().enumerate() {
        let last = at + 1 == values.len() && series.now.is_some();
        let class = match series.is_better {
            _ if !last => "run",
            Some(true) => "better",
            Some(false) => "worse",
            None => "now",
        };
        let radius = if last { 4 } else { 2 };
        let label = escape(&series.show(Some(*value)));
        out.push_str(&format!(
            "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\"><title>{label}</title></circle>\n",
            x(at),
            scale.y(*value)
        ));
    }
    out
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

/// Text of XML: harmless, and none of it markup.
fn escape(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Not characters of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
