//! A new status document: every section and table head of the template, nothing invented.

use super::{MilestoneFacts, StatusFacts, history, items, performance, rows};
use crate::documents::plain;
use crate::model::checklist::Progress;
use crate::model::register::UNSAID;
use jiff::civil::Date;
use std::fmt::Write as _;

/// The table of the whole checklist.
pub(super) fn progress(facts: &StatusFacts) -> String {
    let mut out = String::from("| Metric | Count | Percentage |\n|--------|-------|------------|\n");
    for (label, count, percent) in rows(facts.overall) {
        // Writing into a String cannot fail.
        _ = writeln!(out, "| {label} | {count} | {percent} |");
    }
    out
}

/// The table of all milestones.
pub(super) fn milestones(facts: &StatusFacts) -> String {
    let mut out = String::from(
        "| Milestone | Status | Progress | Completed |\n|-----------|--------|----------|-----------|\n",
    );
    for milestone in &facts.milestones {
        let completed = facts.completed_on(milestone);
        let day = completed.map_or_else(|| UNSAID.to_owned(), |date| date.to_string());
        let name = plain::markdown(&format!("{} {}", milestone.id, milestone.name));
        let word = word(completed, milestone.progress, false);
        _ = writeln!(out, "| {name} | {word} | {} | {day} |", items(milestone.progress));
    }
    out
}

/// The word of the template for where a milestone stands. Ticked is not complete: that is for the gates to say.
pub(super) fn word(completed: Option<Date>, progress: Progress, blocked: bool) -> &'static str {
    if completed.is_some() {
        "Complete"
    } else if blocked && progress.in_progress == 0 {
        "Blocked"
    } else if progress.done > 0 || progress.in_progress > 0 {
        "In Progress"
    } else if progress.blocked > 0 {
        "Blocked"
    } else {
        "Not Started"
    }
}

/// What has to be complete before a milestone.
pub(super) fn requires(milestone: &MilestoneFacts) -> String {
    let ids: Vec<_> = milestone.requires.iter().map(ToString::to_string).collect();
    match ids.len() {
        0 => "None".to_owned(),
        1 => format!("Milestone {} must be complete", ids[0]),
        _ => format!("Milestones {} must be complete", ids.join(", ")),
    }
}

/// The labelled lines of a milestone, in the order of the template.
pub(super) fn lines(facts: &StatusFacts, milestone: &MilestoneFacts) -> Vec<(&'static str, String)> {
    let completed = facts.completed_on(milestone);
    let day = |date: Option<Date>| date.map_or_else(|| UNSAID.to_owned(), |date| date.to_string());
    let mut values = vec![
        ("Status", word(completed, milestone.progress, false).to_owned()),
        ("Progress", items(milestone.progress)),
        ("Started", day(milestone.started)),
        ("Estimated Completion", UNSAID.to_owned()),
        ("Actual Completion", day(completed)),
    ];
    if !milestone.requires.is_empty() {
        values.push(("Dependencies", requires(milestone)));
    }
    let mut lines: Vec<_> =
        values.into_iter().map(|(name, value)| (name, format!("- **{name}**: {value}"))).collect();
    lines.push(("Blocking Issues", "- **Blocking Issues**:\n  - None".to_owned()));
    lines
}

/// The section of a milestone.
pub(super) fn section(facts: &StatusFacts, milestone: &MilestoneFacts) -> String {
    let mut out = format!("### Milestone {}: {}\n", milestone.id, plain::markdown(&milestone.name));
    for (_, line) in lines(facts, milestone) {
        // Writing into a String cannot fail.
        _ = writeln!(out, "{line}");
    }
    out
}

/// The whole document.
pub(super) fn document(facts: &StatusFacts) -> String {
    let name = plain::markdown(&facts.project_name);
    let mut out = format!("# {name} Implementation Status\n\n*Last Updated: {}*\n\n", facts.stamp());
    _ = write!(out, "## Overall Progress\n\n{}\n## Milestone Status\n\n", progress(facts));
    for milestone in &facts.milestones {
        _ = writeln!(out, "{}", section(facts, milestone));
    }
    out.push_str(RISKS_AND_DEBT);
    _ = write!(out, "## Performance Baseline Tracking\n\n{}\n", performance::table(facts));
    out.push_str(DEPENDENCIES);
    if let Some(entry) = history::entry(facts) {
        _ = write!(out, "\n{entry}\n");
    }
    out
}

/// The sections that people and the register commands fill.
const RISKS_AND_DEBT: &str = "\
## Risk Register

### Active Risks

None.

### Resolved Risks

None.

## Technical Debt Log

| Item | Description | Impact | Priority | Planned Resolution |
|------|-------------|--------|----------|-------------------|

";

const DEPENDENCIES: &str = "\
## Dependencies and Blockers

### External Dependencies

None.

### Internal Dependencies

None.

## Change Log
";
