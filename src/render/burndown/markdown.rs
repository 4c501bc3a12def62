//! The table of the request, and the chart in Mermaid's own language for pages that draw it.

use super::{Chart, thinned};
use crate::evidence::burndown::Day;
use crate::model::plain::is_invisible;
use crate::render::plain::clean;

/// Rows of the table; the JSON has them all.
const ROWS: usize = 90;
/// More points are not readable, and Mermaid does not thin them.
const POINTS: usize = 30;

/// The table, what happened besides, and the forecast.
pub fn markdown(chart: &Chart) -> String {
    let mut out = format!("## {} Burndown\n\n", escape(&chart.title));
    out.push_str("| Date | Remaining Items | Completed Today | Blockers |\n");
    out.push_str("|------|-----------------|-----------------|----------|\n");
    let hidden = chart.days.len().saturating_sub(ROWS);
    for day in &chart.days[hidden..] {
        let blockers =
            if day.blockers.is_empty() { "None".to_owned() } else { escape(&day.blockers.join("; ")) };
        out.push_str(&format!("| {} | {} | {} | {blockers} |\n", day.date, day.remaining, day.completed));
    }
    out.push_str(&format!("\n{}. {}.\n", chart.standing(), chart.outlook()));
    let mut remarks = chart.remarks();
    if hidden > 0 {
        remarks.push(format!("the first {hidden} days are left out of the table"));
    }
    if !remarks.is_empty() {
        out.push('\n');
    }
    out + &remarks.iter().map(|text| format!("- {}\n", escape(text))).collect::<String>()
}

/// A fenced block with the remaining items, all items, and the ideal line.
pub fn mermaid(chart: &Chart) -> String {
    let days = thinned(&chart.days, POINTS);
    let list = |value: &dyn Fn(&Day) -> String| days.iter().map(|d| value(d)).collect::<Vec<_>>().join(", ");
    let labels = list(&|day| format!("\"{}\"", day.date.strftime("%m-%d")));
    let mut lines = vec![
        "```mermaid".to_owned(),
        "xychart-beta".to_owned(),
        format!("    title \"{} burndown\"", quoted(&chart.title)),
        format!("    x-axis [{labels}]"),
        format!("    y-axis \"Items\" 0 --> {}", chart.most()),
        format!("    line [{}]", list(&|day| day.remaining.to_string())),
        format!("    line [{}]", list(&|day| day.total.to_string())),
    ];
    if chart.due.is_some() {
        let ideal = list(&|day| format!("{:.1}", chart.ideal(day.date).unwrap_or(0.0)));
        lines.push(format!("    line [{ideal}]"));
    }
    lines.push("```".to_owned());
    let third = if chart.due.is_some() { ", ideal" } else { "" };
    format!("{}\n\nLines in order: remaining, all items{third}. {}.\n", lines.join("\n"), chart.outlook())
}

/// A title within quotes: nothing that ends them, or a line, or begins a comment.
fn quoted(text: &str) -> String {
    let plain = clean(text).replace("%%", "%");
    plain
        .chars()
        .filter(|c| !is_invisible(*c) && !matches!(c, '"' | '[' | ']' | '{' | '}' | ';' | '`' | '<' | '>'))
        .collect()
}

/// Text shown as it is, in running text and in cells.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '@') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
