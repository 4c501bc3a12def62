//! The chart for a terminal: bars of what remains, a line over them for all items, dots for the ideal.

use super::Chart;
use crate::evidence::burndown::Day;
use crate::render::comparison::Spark;
use crate::render::plain::{clean, wrap};

/// Rows of the chart.
const HEIGHT: usize = 10;
/// A day is at most so many columns wide.
const WIDEST: usize = 6;
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The chart, within `width` columns.
pub fn text(chart: &Chart, width: usize, spark: Spark) -> String {
    let most = chart.most();
    let axis = most.to_string().len().max(2);
    let room = width.saturating_sub(axis + 4).max(10);
    let columns = columns(&chart.days, room);
    let mut out = format!(" {}\n\n", clean(&chart.title));
    for row in (0..HEIGHT).rev() {
        let label = match row {
            _ if row == HEIGHT - 1 => most.to_string(),
            0 => "0".to_owned(),
            _ => String::new(),
        };
        let line: String = columns.iter().map(|day| cell(chart, day, row, most, spark)).collect();
        out.push_str(format!(" {label:>axis$} │{line}").trim_end());
        out.push('\n');
    }
    out.push_str(&format!(" {:>axis$} └{}\n", "", "─".repeat(columns.len())));
    out.push_str(&dates(chart, axis + 3, columns.len()));
    let ideal = if chart.due.is_some() { ", · ideal" } else { "" };
    let bar = if spark == Spark::Digits { '#' } else { '█' };
    let mut texts = vec![format!("{bar} remaining, ‾ all items{ideal}"), chart.standing(), chart.outlook()];
    let blockers = chart.days.last().map(|day| day.blockers.join("; ")).unwrap_or_default();
    if !blockers.is_empty() {
        texts.push(format!("Blocked by: {blockers}"));
    }
    texts.extend(chart.remarks());
    out.push('\n');
    for line in texts.iter().flat_map(|text| wrap(&clean(text), width.saturating_sub(2))) {
        out.push_str(&format!(" {line}\n"));
    }
    out
}

/// A day for each column: each of few days several times, of many the last of each share.
fn columns(days: &[Day], room: usize) -> Vec<&Day> {
    let count = days.len();
    if count > room {
        return (0..room).map(|n| &days[((n + 1) * count / room).saturating_sub(1)]).collect();
    }
    let wide = (room / count.max(1)).clamp(1, WIDEST);
    days.iter().flat_map(|day| std::iter::repeat_n(day, wide)).collect()
}

fn cell(chart: &Chart, day: &Day, row: usize, most: u64, spark: Spark) -> char {
    let eighths = |items: f64| (items * (HEIGHT * 8) as f64 / most as f64).round() as usize;
    // What is not gone is seen.
    let full = eighths(day.remaining as f64).max(usize::from(day.remaining > 0));
    let here = full.saturating_sub(row * 8).min(8);
    let at = |items: f64| (eighths(items).saturating_sub(1) / 8).min(HEIGHT - 1) == row;
    let ideal = chart.ideal(day.date).is_some_and(at);
    match spark {
        Spark::Digits if here >= 4 => '#',
        _ if here > 0 && spark != Spark::Digits => BLOCKS[here],
        _ if ideal => '·',
        _ if at(day.total as f64) => '‾',
        _ => ' ',
    }
}

/// First and last day below the axis.
fn dates(chart: &Chart, indent: usize, columns: usize) -> String {
    let (Some(first), Some(last)) = (chart.days.first(), chart.days.last()) else { return String::new() };
    let (first, last) = (first.date.to_string(), last.date.to_string());
    let gap = columns.saturating_sub(first.len() + last.len());
    match chart.days.len() {
        1 => format!("{}{first}\n", " ".repeat(indent)),
        _ if gap == 0 => format!("{}{first} to {last}\n", " ".repeat(indent)),
        _ => format!("{}{first}{}{last}\n", " ".repeat(indent), " ".repeat(gap)),
    }
}
