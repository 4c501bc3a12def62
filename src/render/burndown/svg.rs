//! The chart as a picture, light or dark as the reader prefers. The same days give the same bytes. It
//! bears no script and loads nothing.

use super::{Chart, Forecast, days_between};
use crate::render::plain::{clean, cut};
use crate::render::svg::{Picture, Point};
use jiff::civil::Date;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 696.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 296.0;
/// Height of the title, and of the picture without it and the last lines.
const HEAD: f64 = 30.0;
const BARE: f64 = 294.0;

/// From days and items to places.
struct Scale {
    first: Date,
    /// The right end of the axis.
    last: Date,
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
    let described = format!("{}. {}.", chart.standing(), chart.outlook());
    drawn(chart, true)
        .map_or_else(String::new, |picture| picture.file(&format!("{} burndown", chart.title), &described))
}

/// The same while it is drawn, with its words or without; nothing without a day.
pub(in crate::render) fn drawn(chart: &Chart, with_words: bool) -> Option<Picture> {
    let (first, last) = (chart.days.first()?, chart.days.last()?);
    let shown = horizon(chart, last.date);
    let span = days_between(first.date, shown).unwrap_or(1).max(1) as f64;
    let scale = Scale { first: first.date, last: shown, span, most: nice(chart.most()) as f64 };
    let mut picture =
        if with_words { Picture::new(WIDTH, HEIGHT) } else { Picture::new(WIDTH, BARE).from(HEAD) };
    grid(&mut picture, &scale, (first.date, last.date, shown));
    outlook(&mut picture, chart, &scale);
    lines(&mut picture, chart, &scale);
    legend(&mut picture, chart, &scale);
    if with_words {
        let title = cut(&format!("{} burndown", clean(&chart.title)), 70);
        picture.text("title", (LEFT, 26.0), "start", &title);
        picture.text("label", (LEFT, 334.0), "start", &cut(&chart.standing(), 100));
        picture.text("label", (LEFT, 351.0), "start", &cut(&chart.outlook(), 100));
    }
    Some(picture)
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

fn grid(picture: &mut Picture, scale: &Scale, (first, last, shown): (Date, Date, Date)) {
    for quarter in 0..=4_u32 {
        let items = scale.most * f64::from(quarter) / 4.0;
        let y = scale.y(items);
        picture.line("grid", (LEFT, y), (RIGHT, y));
        picture.text("label", (LEFT - 8.0, y + 4.0), "end", &format!("{items:.0}"));
    }
    picture.text("label", (LEFT, BOTTOM + 20.0), "start", &first.to_string());
    let x = scale.x(last);
    // Three dates have room only where they are apart.
    if shown > last && x > LEFT + 120.0 && x < RIGHT - 120.0 {
        picture.text("label", (x, BOTTOM + 20.0), "middle", &last.to_string());
    }
    if shown > first {
        picture.text("label", (RIGHT, BOTTOM + 20.0), "end", &shown.to_string());
    }
}

/// The forecast, unless the axis does not reach it: then it has no place there.
fn within<'c>(chart: &'c Chart, scale: &Scale) -> Option<&'c Forecast> {
    chart.forecast.as_ref().ok().filter(|forecast| forecast.likely <= scale.last)
}

/// The range of the forecast, and its likely day.
fn outlook(picture: &mut Picture, chart: &Chart, scale: &Scale) {
    let Some(forecast) = within(chart, scale) else { return };
    let (early, late) = (scale.x(forecast.early), scale.x(forecast.late));
    let likely = scale.x(forecast.likely);
    picture.rect("range", (early, TOP), ((late - early).max(1.0), BOTTOM - TOP));
    picture.line("likely", (likely, TOP), (likely, BOTTOM));
}

/// All items, what remains of them, and the ideal line.
fn lines(picture: &mut Picture, chart: &Chart, scale: &Scale) {
    let points = |items: &dyn Fn(&super::Day) -> u64| -> Vec<Point> {
        let mut all = Vec::new();
        for (n, day) in chart.days.iter().enumerate() {
            // Where the line only goes on, nothing is drawn anew.
            let same = |other: Option<&super::Day>| other.is_some_and(|other| items(other) == items(day));
            if !(n > 0 && same(chart.days.get(n - 1)) && same(chart.days.get(n + 1))) {
                all.push((scale.x(day.date), scale.y(items(day) as f64)));
            }
        }
        all
    };
    let (rest, all) = (points(&|day| day.remaining), points(&|day| day.total));
    let end = chart.days.last().map_or(LEFT, |day| scale.x(day.date));
    let below = [&[(LEFT, BOTTOM)], rest.as_slice(), &[(end, BOTTOM)]].concat();
    picture.polygon("area", &below);
    picture.polyline("all", &all);
    if let (Some(due), Some(first)) = (chart.due, chart.days.first()) {
        let shown = horizon(chart, chart.days.last().map_or(due, |day| day.date)).min(due);
        let (from, to) = (scale.y(first.remaining as f64), scale.y(chart.ideal(shown).unwrap_or(0.0)));
        picture.polyline("ideal", &[(LEFT, from), (scale.x(shown), to)]);
    }
    picture.polyline("rest", &rest);
}

fn legend(picture: &mut Picture, chart: &Chart, scale: &Scale) {
    let mut rows = vec![("rest", "remaining"), ("all", "all items")];
    rows.extend(chart.due.map(|_| ("ideal", "ideal")));
    rows.extend(within(chart, scale).map(|_| ("likely", "forecast")));
    let mut x = LEFT;
    for (class, name) in rows {
        picture.line(class, (x, 45.0), (x + 22.0, 45.0));
        picture.text("label", (x + 28.0, 49.0), "start", name);
        x += 112.0;
    }
}
