//! The four gates at a glance: a road to the tag, or a list where the terminal is narrow.

use super::plain::pad;
use super::text::{Paint, symbol_of_ruling};
use crate::gates::GateResult;
use crate::model::outcome::Occasion;
use unicode_width::UnicodeWidthStr;

/// Between two gates on the road.
const LINK: &str = " ── ";

/// Shorter names, for a road of eighty columns.
fn short(name: &str) -> &str {
    name.strip_suffix(" and Approval")
        .unwrap_or_else(|| if name.starts_with("Doc") { "Documentation" } else { name })
}

/// The lines of the road.
pub(super) fn lines(gates: &[GateResult], occasion: Occasion, width: usize, paint: &Paint) -> Vec<String> {
    let end = if occasion == Occasion::Milestone { " ──▶ tag" } else { " ──▶ merge" };
    let titles: Vec<String> = gates.iter().map(|g| format!("{} {}", g.number, short(g.name))).collect();
    let road = titles.join(LINK);
    if 2 + road.width() + end.width() > width {
        return list(gates, paint);
    }
    let mut below = String::from("  ");
    for (gate, title) in gates.iter().zip(&titles) {
        let word = format!("  {} {}", symbol_of_ruling(gate.ruling), gate.ruling.word());
        below.push_str(&paint.ruling(gate.ruling, &pad(&word, title.width())));
        below.push_str(&" ".repeat(LINK.width()));
    }
    vec![format!("  {}", paint.bold(&format!("{road}{end}"))), below.trim_end().to_owned()]
}

fn list(gates: &[GateResult], paint: &Paint) -> Vec<String> {
    let widest = gates.iter().map(|g| g.name.width()).max().unwrap_or(0);
    let line = |gate: &GateResult| {
        let word = format!("{} {}", symbol_of_ruling(gate.ruling), gate.ruling.word());
        format!("  {} {}  {}", gate.number, pad(gate.name, widest), paint.ruling(gate.ruling, &word))
    };
    gates.iter().map(line).collect()
}
