//! The four gates at a glance: a road to the tag, or a list where the terminal is narrow.

use super::plain::pad;
use super::text::{Paint, symbol_of_ruling};
use crate::gates::GateResult;
use crate::model::outcome::Occasion;
use unicode_width::UnicodeWidthStr;

/// Columns of a gate on the road, so that its ruling has room below its name.
const STATION: usize = 12;

/// Shorter names, for a narrower road.
const SHORT: &[(&str, &str)] = &[
    ("Code Complete", "Code"),
    ("Integration Verified", "Integration"),
    ("Documentation Complete", "Documentation"),
    ("Review and Approval", "Review"),
];

fn short(name: &'static str) -> &'static str {
    SHORT.iter().find(|row| row.0 == name).map_or(name, |row| row.1)
}

/// The lines of the road.
pub(super) fn lines(gates: &[GateResult], occasion: Occasion, width: usize, paint: &Paint) -> Vec<String> {
    let end = if occasion == Occasion::Milestone { "──▶ tag" } else { "──▶ merge" };
    let long: fn(&'static str) -> &'static str = |name| name;
    for name_of in [long, short] {
        let stations: Vec<String> =
            gates.iter().map(|g| format!("{} {} ", g.number, name_of(g.name))).collect();
        let columns: Vec<usize> = stations.iter().map(|s| s.width().max(STATION) + 3).collect();
        if 2 + columns.iter().sum::<usize>() + end.width() <= width {
            return road(gates, &stations, &columns, end, paint);
        }
    }
    list(gates, paint)
}

fn road(
    gates: &[GateResult],
    stations: &[String],
    columns: &[usize],
    end: &str,
    paint: &Paint,
) -> Vec<String> {
    let mut above = String::from("  ");
    let mut below = String::from("  ");
    for ((gate, station), columns) in gates.iter().zip(stations).zip(columns) {
        let link = "─".repeat(columns - station.width() - 1);
        above.push_str(&paint.bold(station));
        above.push_str(&format!("{link} "));
        let word = format!("  {} {}", symbol_of_ruling(gate.ruling), gate.ruling.word());
        // Blanks outside of the colour, so that those at the end can be trimmed.
        below.push_str(&paint.ruling(gate.ruling, &word));
        below.push_str(&" ".repeat(columns.saturating_sub(word.width())));
    }
    above.truncate(above.trim_end().len());
    vec![format!("{above}{end}"), below.trim_end().to_owned()]
}

fn list(gates: &[GateResult], paint: &Paint) -> Vec<String> {
    let widest = gates.iter().map(|g| g.name.width()).max().unwrap_or(0);
    let line = |gate: &GateResult| {
        let word = format!("{} {}", symbol_of_ruling(gate.ruling), gate.ruling.word());
        format!("  {} {}  {}", gate.number, pad(gate.name, widest), paint.ruling(gate.ruling, &word))
    };
    gates.iter().map(line).collect()
}
