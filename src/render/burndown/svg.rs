//! The chart as a picture, light or dark as the reader prefers. The same days give the same bytes. It
//! bears no script and loads nothing.

use super::{Chart, days_between};
use crate::render::plain::{clean, cut};
use jiff::civil::Date;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 696.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 296.0;

const STYLE: &str = "
  .ground { fill: #ffffff } .title { fill: #1f2328; font: 600 15px sans-serif }
  .label { fill: #59636e; font: 12px sans-serif } .grid { stroke: #d1d9e0; stroke-width: 1 }
  .area { fill: #0969da; fill-opacity: 0.12 } .rest { fill: none; stroke: #0969da; stroke-width: 2.5 }
  .all { fill: none; stroke: #bc4c00; stroke-width: 1.5 }
  .ideal { fill: none; stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 6 4 }
  .span { fill: #1a7f37; fill-opacity: 0.18 } .likely { stroke: #1a7f37; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .title { fill: #f0f6fc } .label { fill: #9198a1 } .grid { stroke: #3d444d }
    .area { fill: #4493f8 } .rest { stroke: #4493f8 } .all { stroke: #db6d28 } .ideal { stroke: #9198a1 }
    .span { fill: #3fb950 } .likely { stroke: #3fb950 }
  }
";

/// From days and items to places.
struct Scale {
    first: Date,
    span: f64,
    most: f64,
}

impl Scale {
    fn x(&self, date: Date) -> f64 {
        let days = days_between(self.first, date).unwrap_or(0) as f64;
        LEFT + (RIGHT - LEFT) * (days / self.span).clamp(0.0, 1.0)
    }

    fn y(&self, items: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * items / self.most
    }
}

/// The picture.
pub fn svg(chart: &Chart) -> String {
    let (Some(first), Some(last)) = (chart.days.first(), chart.days.last()) else { return String::new() };
    let shown = horizon(chart, last.date);
    let span = days_between(first.date, shown).unwrap_or(1).max(1) as f64;
    let scale = Scale { first: first.date, span, most: nice(chart.most()) as f64 };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         style=\"max-width:100%;height:auto\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">{} burndown</title>\n\
         <desc id=\"desc\">{}. {}.</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n",
        escape(&chart.title),
        escape(&chart.standing()),
        escape(&chart.outlook())
    );
    text(&mut out, "title", (LEFT, 26.0), "start", &cut(&format!("{} burndown", clean(&chart.title)), 70));
    grid(&mut out, &scale, (first.date, last.date, shown));
    outlook(&mut out, chart, &scale);
    lines(&mut out, chart, &scale);
    legend(&mut out, chart);
    text(&mut out, "label", (LEFT, 334.0), "start", &cut(&chart.standing(), 100));
    text(&mut out, "label", (LEFT, 351.0), "start", &cut(&chart.outlook(), 100));
    out + "</svg>\n"
}

/// The last day of the axis: of what is known, due and likely; a due day far ahead would squeeze the rest.
fn horizon(chart: &Chart, last: Date) -> Date {
    let late = chart.forecast.as_ref().ok().map(|f| f.late);
    let run = chart.days.len() as i64;
    let near = |date: &Date| days_between(last, *date).is_some_and(|ahead| ahead <= run.max(14) * 2);
    [chart.due, late].into_iter().flatten().filter(near).fold(last, Date::max)
}

/// The next number that four lines divide.
const fn nice(most: u64) -> u64 {
    most.div_ceil(4) * 4
}

fn grid(out: &mut String, scale: &Scale, (first, last, shown): (Date, Date, Date)) {
    for quarter in 0..=4_u32 {
        let items = scale.most * f64::from(quarter) / 4.0;
        let y = scale.y(items);
        out.push_str(&format!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\n"
        ));
        text(out, "label", (LEFT - 8.0, y + 4.0), "end", &format!("{items:.0}"));
    }
    text(out, "label", (LEFT, BOTTOM + 20.0), "start", &first.to_string());
    let x = scale.x(last);
    // Three dates have room only where they are apart.
    if shown > last && x > LEFT + 120.0 && x < RIGHT - 120.0 {
        text(out, "label", (x, BOTTOM + 20.0), "middle", &last.to_string());
    }
    if shown > first {
        text(out, "label", (RIGHT, BOTTOM + 20.0), "end", &shown.to_string());
    }
}

/// The range of the forecast, and its likely day.
fn outlook(out: &mut String, chart: &Chart, scale: &Scale) {
    let Ok(forecast) = &chart.forecast else { return };
    let (early, late) = (scale.x(forecast.early), scale.x(forecast.late));
    let likely = scale.x(forecast.likely);
    let height = BOTTOM - TOP;
    out.push_str(&format!(
        "<rect class=\"span\" x=\"{early:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{height}\"/>\n\
         <line class=\"likely\" x1=\"{likely:.1}\" x2=\"{likely:.1}\" y1=\"{TOP}\" y2=\"{BOTTOM}\"/>\n",
        (late - early).max(1.0)
    ));
}

/// All items, what remains of them, and the ideal line.
fn lines(out: &mut String, chart: &Chart, scale: &Scale) {
    let points = |items: &dyn Fn(&super::Day) -> u64| -> String {
        let mut all: Vec<String> = Vec::new();
        for (n, day) in chart.days.iter().enumerate() {
            // Where the line only goes on, nothing is drawn anew.
            let same = |other: Option<&super::Day>| other.is_some_and(|other| items(other) == items(day));
            if !(n > 0 && same(chart.days.get(n - 1)) && same(chart.days.get(n + 1))) {
                all.push(format!("{:.1},{:.1}", scale.x(day.date), scale.y(items(day) as f64)));
            }
        }
        all.join(" ")
    };
    let (rest, all) = (points(&|day| day.remaining), points(&|day| day.total));
    let end = chart.days.last().map_or(LEFT, |day| scale.x(day.date));
    out.push_str(&format!("<polygon class=\"area\" points=\"{LEFT},{BOTTOM} {rest} {end:.1},{BOTTOM}\"/>\n"));
    out.push_str(&format!("<polyline class=\"all\" points=\"{all}\"/>\n"));
    if let (Some(due), Some(first)) = (chart.due, chart.days.first()) {
        let shown = horizon(chart, chart.days.last().map_or(due, |day| day.date)).min(due);
        let (from, to) = (scale.y(first.remaining as f64), scale.y(chart.ideal(shown).unwrap_or(0.0)));
        let x = scale.x(shown);
        out.push_str(&format!("<polyline class=\"ideal\" points=\"{LEFT},{from:.1} {x:.1},{to:.1}\"/>\n"));
    }
    out.push_str(&format!("<polyline class=\"rest\" points=\"{rest}\"/>\n"));
}

fn legend(out: &mut String, chart: &Chart) {
    let mut rows = vec![("rest", "remaining"), ("all", "all items")];
    rows.extend(chart.due.map(|_| ("ideal", "ideal")));
    rows.extend(chart.forecast.as_ref().ok().map(|_| ("likely", "forecast")));
    let mut x = LEFT;
    for (class, name) in rows {
        out.push_str(&format!(
            "<line class=\"{class}\" x1=\"{x}\" x2=\"{}\" y1=\"45\" y2=\"45\"/>\n",
            x + 22.0
        ));
        text(out, "label", (x + 28.0, 49.0), "start", name);
        x += 112.0;
    }
}

fn text(out: &mut String, class: &str, (x, y): (f64, f64), anchor: &str, said: &str) {
    out.push_str(&format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
        escape(said)
    ));
}

fn escape(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
