//! Pictures: lines, dots and words, in colours for light and dark. The same things give the same
//! bytes. A picture bears no script and loads nothing.

use super::xml::escape;
use std::fmt::Display;

/// A place, in pixels from the upper left.
pub(super) type Point = (f64, f64);

/// Each class with what it looks like in the light, and in the dark.
const RULES: &[(&str, &str, &str)] = &[
    ("ground", "fill: #ffffff", "fill: #0d1117"),
    ("title", "fill: #1f2328; font: 600 15px sans-serif", "fill: #f0f6fc"),
    ("name", "fill: #1f2328; font: 600 13px sans-serif", "fill: #f0f6fc"),
    ("label", "fill: #59636e; font: 12px sans-serif", "fill: #9198a1"),
    ("grid", "stroke: #d1d9e0; stroke-width: 1", "stroke: #3d444d"),
    ("area", "fill: #0969da; fill-opacity: 0.12", "fill: #4493f8"),
    ("line", "fill: none; stroke: #0969da; stroke-width: 1.5", "stroke: #4493f8"),
    ("rest", "fill: none; stroke: #0969da; stroke-width: 2.5", "stroke: #4493f8"),
    ("all", "fill: none; stroke: #bc4c00; stroke-width: 1.5", "stroke: #db6d28"),
    ("ideal", "fill: none; stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 6 4", "stroke: #9198a1"),
    ("range", "fill: #1a7f37; fill-opacity: 0.18", "fill: #3fb950"),
    ("likely", "stroke: #1a7f37; stroke-width: 2", "stroke: #3fb950"),
    ("run", "fill: #0969da", "fill: #4493f8"),
    ("now", "fill: #1f2328", "fill: #f0f6fc"),
    ("worse", "fill: #cf222e", "fill: #f85149"),
    ("better", "fill: #1a7f37", "fill: #3fb950"),
    ("limit", "stroke: #cf222e; stroke-width: 1; stroke-dasharray: 4 3", "stroke: #f85149"),
    ("span", "stroke: #59636e; stroke-width: 1.5", "stroke: #9198a1"),
];

/// The style sheet of all pictures, for elements inside of `scope` (`.picture `, or nothing).
pub(super) fn sheet(scope: &str) -> String {
    let rules = |pick: fn(&(&str, &'static str, &'static str)) -> &'static str| -> String {
        RULES.iter().map(|rule| format!("  {scope}.{} {{ {} }}\n", rule.0, pick(rule))).collect()
    };
    let (light, dark) = (rules(|rule| rule.1), rules(|rule| rule.2));
    format!("\n{light}  @media screen and (prefers-color-scheme: dark) {{\n{dark}  }}\n")
}

/// A picture while it is drawn.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    size: (f64, f64),
    /// What is above is not shown.
    top: f64,
    body: String,
}

impl Picture {
    /// An empty picture of that width and height.
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { size: (width, height), top: 0.0, body: String::new() }
    }

    /// The part of it that begins so far down.
    pub(super) fn from(self, top: f64) -> Self {
        Self { top, ..self }
    }

    fn add(&mut self, name: &str, class: &str, attributes: &[(&str, &dyn Display)], inside: Option<&str>) {
        let attributes: String =
            attributes.iter().map(|(key, value)| format!(" {key}=\"{value}\"")).collect();
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let end = inside.map_or_else(|| "/>".to_owned(), |inside| format!(">{inside}</{name}>"));
        self.body.push_str(&format!("<{name}{class}{attributes}{end}\n"));
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &'static str, from: Point, to: Point) {
        let (from, to) = ([tenths(from.0), tenths(from.1)], [tenths(to.0), tenths(to.1)]);
        let at: [(&str, &dyn Display); 4] =
            [("x1", &from[0]), ("y1", &from[1]), ("x2", &to[0]), ("y2", &to[1])];
        self.add("line", class, &at, None);
    }

    /// A line through several points.
    pub(super) fn polyline(&mut self, class: &'static str, points: &[Point]) {
        self.add("polyline", class, &[("points", &listed(points))], None);
    }

    /// The area inside of several points.
    pub(super) fn polygon(&mut self, class: &'static str, points: &[Point]) {
        self.add("polygon", class, &[("points", &listed(points))], None);
    }

    /// A rectangle by its upper left corner and its size.
    pub(super) fn rect(&mut self, class: &'static str, at: Point, (width, height): (f64, f64)) {
        let (x, y) = (tenths(at.0), tenths(at.1));
        let (width, height) = (tenths(width), tenths(height));
        self.add("rect", class, &[("x", &x), ("y", &y), ("width", &width), ("height", &height)], None);
    }

    /// A dot that says `label` to who points at it.
    pub(super) fn dot(&mut self, class: &'static str, at: Point, radius: u32, label: &str) {
        let (x, y) = (tenths(at.0), tenths(at.1));
        let label = format!("<title>{}</title>", escape(label));
        self.add("circle", class, &[("cx", &x), ("cy", &y), ("r", &radius)], Some(&label));
    }

    /// Words; `anchor` is the end of them that stands at the place: `start`, `middle`, `end`.
    pub(super) fn text(&mut self, class: &'static str, at: Point, anchor: &'static str, said: &str) {
        let (x, y) = (tenths(at.0), tenths(at.1));
        self.add("text", class, &[("x", &x), ("y", &y), ("text-anchor", &anchor)], Some(&escape(said)));
    }

    /// Another picture, so far down, under its own name.
    pub(super) fn put(&mut self, other: &Self, down: f64, name: &str) {
        let inside = format!("\n<title>{}</title>\n{}", escape(name), other.body);
        self.add("g", "", &[("transform", &format!("translate(0 {})", tenths(down)))], Some(&inside));
    }

    /// A file of its own: with its name, what it shows in words, and its style.
    pub(super) fn file(&self, title: &str, description: &str) -> String {
        let (width, height) = (tenths(self.size.0), tenths(self.size.1));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             style=\"max-width:100%;height:auto\" role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">{}</title>\n\
             <desc id=\"desc\">{}</desc>\n<style>{}</style>\n\
             <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n{}</svg>\n",
            escape(title),
            escape(description),
            sheet(""),
            self.body
        )
    }

    /// Inside of a page that has the [`sheet`].
    pub(super) fn element(&self, description: &str) -> String {
        let (width, height) = (tenths(self.size.0), tenths(self.size.1));
        format!(
            "<svg class=\"picture\" viewBox=\"0 {} {width} {height}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
            tenths(self.top),
            escape(description),
            self.body
        )
    }
}

fn listed(points: &[Point]) -> String {
    let shown: Vec<_> = points.iter().map(|(x, y)| format!("{},{}", tenths(*x), tenths(*y))).collect();
    shown.join(" ")
}

/// At most one place behind the point.
fn tenths(number: f64) -> String {
    let shown = format!("{number:.1}");
    shown.strip_suffix(".0").map(str::to_owned).unwrap_or(shown)
}
