//! A new status document: every section and table head of the template, nothing invented.

use super::{MilestoneFacts, StatusFacts, history, items, rows};
use crate::documents::plain;
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
        let day = facts.completed_on(milestone).map_or_else(|| "N/A".to_owned(), |date| date.to_string());
        let name = plain::markdown(&format!("{} {}", milestone.id, milestone.name));
        _ = writeln!(out, "| {name} | {} | {} | {day} |", word(facts, milestone), items(milestone.progress));
    }
    out
}

/// The word of the template for where a milestone stands. Ticked is not complete: that is for the gates to say.
fn word(facts: &StatusFacts, milestone: &MilestoneFacts) -> &'static str {
    let progress = milestone.progress;
    if facts.completed_on(milestone).is_some() {
        "Complete"
    } else if progress.done > 0 || progress.in_progress > 0 {
        "In Progress"
    } else if progress.blocked > 0 {
        "Blocked"
    } else {
        "Not Started"
    }
}

fn section(facts: &StatusFacts, milestone: &MilestoneFacts) -> String {
    let day = facts.completed_on(milestone).map_or_else(|| "N/A".to_owned(), |date| date.to_string());
    let mut out = format!("### Milestone {}: {}\n", milestone.id, plain::markdown(&milestone.name));
    _ = writeln!(out, "- **Status**: {}", word(facts, milestone));
    _ = writeln!(out, "- **Progress**: {}", items(milestone.progress));
    _ = writeln!(out, "- **Started**: N/A\n- **Estimated Completion**: N/A\n- **Actual Completion**: {day}");
    if !milestone.requires.is_empty() {
        let ids: Vec<_> = milestone.requires.iter().map(ToString::to_string).collect();
        let noun = if ids.len() == 1 { "Milestone" } else { "Milestones" };
        _ = writeln!(out, "- **Dependencies**: {noun} {} must be complete", ids.join(", "));
    }
    out.push_str("- **Blocking Issues**:\n  - None\n");
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
    out.push_str(REGISTERS);
    if let Some(entry) = history::entry(facts) {
        _ = write!(out, "\n{entry}\n");
    }
    out
}

/// The sections that people and the register commands fill.
const REGISTERS: &str = "\
## Risk Register

### Active Risks

None.

### Resolved Risks

None.

## Technical Debt Log

| Item | Description | Impact | Priority | Planned Resolution |
|------|-------------|--------|----------|-------------------|

## Performance Baseline Tracking

| Operation | Baseline | Current | Target | Status |
|-----------|----------|---------|--------|--------|

## Dependencies and Blockers

### External Dependencies

None.

### Internal Dependencies

None.

## Change Log
";
