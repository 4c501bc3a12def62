//! The status document.

use super::{diff, id};
use milegate::documents::status::{ChangeLog, Completed, MilestoneFacts, StatusFacts, update};
use milegate::model::checklist::Progress;
use proptest::prelude::*;

const SAMPLE: &str = include_str!("../fixtures/documents/status.md");
const CHECKLIST: &[u8] = include_bytes!("../fixtures/checklist/phase5.md");

/// The facts of the sample's checklist, with 5.1 just completed.
fn facts() -> StatusFacts {
    let checklist = milegate::readers::checklist::read(CHECKLIST).unwrap();
    let milestones = checklist.headings.iter().map(|heading| MilestoneFacts {
        id: heading.id.clone(),
        name: heading.name.clone(),
        progress: checklist.progress(Some(&heading.id)),
        requires: if heading.id == id("5.2") { vec![id("5.1")] } else { vec![] },
        started: None,
        completed_on: None,
    });
    StatusFacts {
        project_name: "Phase 5".into(),
        date: "2026-11-24".parse().unwrap(),
        time: "09:15".into(),
        overall: checklist.progress(None),
        milestones: milestones.collect(),
        completed: Some(Completed {
            milestone: id("5.1"),
            date: "2026-11-24".parse().unwrap(),
            change_log: ChangeLog {
                reason: "All four gates passed".into(),
                impact: "Milestone 5.2 may begin".into(),
                approval: "bob (code)".into(),
            },
        }),
        performance: Vec::new(),
        adopt: false,
    }
}

fn apply(old: &str, facts: &StatusFacts) -> String {
    let new = update(Some(old), facts).unwrap();
    assert_eq!(update(Some(&new), facts).unwrap(), new, "a second run changed something");
    new
}

const ENTRY: [&str; 5] = [
    "+### 2026-11-24 - Milestone completed",
    "+- **Change**: Milestone 5.1: Database Foundation completed",
    "+- **Reason**: All four gates passed",
    "+- **Impact**: Milestone 5.2 may begin",
    "+- **Approval**: bob (code)",
];

#[test]
fn the_sample_is_completed() {
    let mut expected = vec![
        "-*Last Updated: 2026-11-20 17:30*",
        "+*Last Updated: 2026-11-24 09:15*",
        "-- **Status**: In Progress",
        "+- **Status**: Complete",
        "-- **Actual Completion**: N/A",
        "+- **Actual Completion**: 2026-11-24",
    ];
    expected.extend(ENTRY);
    expected.push("+");
    let new = apply(SAMPLE, &facts());
    assert_eq!(diff(SAMPLE, &new), expected);
    assert!(new.ends_with(
        "- **Approval**: dee\n\n### 2026-11-24 - Milestone completed\n- **Change**: Milestone 5.1: \
                           Database Foundation completed\n- **Reason**: All four gates passed\n- **Impact**: \
                           Milestone 5.2 may begin\n- **Approval**: bob (code)\n"
    ));
}

#[test]
fn what_waited_for_the_milestone_is_resolved() {
    let waits = "(since 2026-11-20 09:00 UTC)";
    let issues = [
        (format!("Milestone 5.1 must be complete {waits}"), true),
        (format!("No schema - comes with milestone 5.1 {waits}"), true),
        (format!("Milestones 5.1 and 5.3 come first {waits}"), false),
        (format!("Milestone 5.10 must be complete {waits}"), false),
        (format!("PostgreSQL 5.1 is missing {waits}"), false),
        (format!("A regression in milestone 5.1 - roll back {waits}"), false),
    ];
    let lines: String = issues.iter().map(|(issue, _)| format!("  - {issue}\n")).collect();
    let old = format!(
        "*Last Updated: 2026-11-20*\n\n### Milestone 5.1: A\n- **Blocking Issues**:\n  - Milestone 5.1 is not \
         reviewed\n\n### Milestone 5.2: B\n- **Blocking Issues**:\n{lines}"
    );
    let mut expected =
        vec!["-*Last Updated: 2026-11-20*".to_owned(), "+*Last Updated: 2026-11-24 09:15*".to_owned()];
    let resolved: Vec<_> = issues.iter().filter(|(_, resolved)| *resolved).map(|(issue, _)| issue).collect();
    expected.extend(resolved.iter().map(|issue| format!("-  - {issue}")));
    let end = "Resolved 2026-11-24: Milestone 5.1 completed";
    expected.extend(resolved.iter().map(|issue| format!("+  - ~~{issue}~~ {end}")));
    assert_eq!(diff(&old, &apply(&old, &facts())), expected);

    // The last of them: the milestone is no longer blocked.
    let one = "### Milestone 5.2: B\n- **Status**: Blocked\n- **Blocking Issues**: Milestone 5.1 must be complete\n";
    let mut fresh = facts();
    fresh.milestones[1].progress = Progress { open: 5, ..Progress::default() };
    let new = apply(one, &fresh);
    assert!(new.contains("**Status**: Not Started\n"), "{new}");
    // Only completing resolves.
    let mut quiet = fresh;
    quiet.completed = None;
    assert_eq!(apply(one, &quiet), one);
}

#[test]
fn nothing_new_changes_nothing() {
    let mut facts = facts();
    facts.completed = None;
    assert_eq!(apply(SAMPLE, &facts), SAMPLE);
}

#[test]
fn numbers_follow_the_checklist() {
    let mut facts = facts();
    facts.completed = None;
    facts.overall = Progress { done: 40, in_progress: 110, blocked: 0, open: 70 };
    facts.milestones[1].progress = Progress { done: 4, in_progress: 0, blocked: 0, open: 1 };
    let expected = [
        "-*Last Updated: 2026-11-20 17:30*",
        "+*Last Updated: 2026-11-24 09:15*",
        "-| Completed items | 39 | 17.7% |",
        "-| In progress items | 4 | 1.8% |",
        "-| Blocked items | 4 | 1.8% |",
        "-| Not started items | 173 | 78.6% |",
        "+| Completed items | 40 | 18.1% |",
        "+| In progress items | 110 | 50.0% |",
        "+| Blocked items | 0 | 0.0% |",
        "+| Not started items | 70 | 31.9% |",
        "-- **Progress**: 3/5 items (60%)",
        "+- **Progress**: 4/5 items (80%)",
    ];
    assert_eq!(diff(SAMPLE, &apply(SAMPLE, &facts)), expected);
}

#[test]
fn a_table_that_a_formatter_aligned_stays_aligned() {
    let table = "| Metric                | Count | Percentage |\n| --------------------- | ----: | :--------- |\n\
                 | Total checklist items |   220 | 100%       |\n| Completed items       |     9 | 4.0%       |\n";
    let old = format!("# S\n\n## Overall Progress\n\n{table}\n");
    let new = apply(&old, &facts());
    let expected = [
        "-| Completed items       |     9 | 4.0%       |",
        "+| Completed items       |    39 | 17.7%      |",
    ];
    assert_eq!(diff(&old, &new), expected);
}

#[test]
fn the_order_of_the_change_log_is_kept() {
    let log = "# S\n\n## Change Log\n\n### 2026-11-12 - B\n- **Change**: b\n\n### 2026-11-02 - A\n- **Change**: a\n\n## Notes\n\nend";
    let new = apply(log, &facts());
    let at = |needle: &str| new.find(needle).unwrap();
    assert!(at("## Change Log") < at("### 2026-11-24") && at("### 2026-11-24") < at("### 2026-11-12"));
    let ascending = log.replace("2026-11-12", "2026-11-01");
    let new = apply(&ascending, &facts());
    let at = |needle: &str| new.find(needle).unwrap();
    assert!(at("### 2026-11-02") < at("### 2026-11-24") && at("### 2026-11-24") < at("## Notes"));
    assert!(new.contains("bob (code)\n\n## Notes\n\nend"));
}

#[test]
fn an_entry_for_5_10_is_none_for_5_1() {
    let old =
        "## Change Log\n\n### 2026-11-20 - Milestone completed\n- **Change**: Milestone 5.10: X completed\n";
    assert_eq!(apply(old, &facts()).matches("### ").count(), 2);
    let old = old.replace("5.10: X", "5.1: Database Foundation");
    assert_eq!(apply(&old, &facts()), old);
}

#[test]
fn what_is_absent_stays_absent() {
    let old = "# Mine\n\nNothing of the template.\n\n### Milestone 5.1\n- **Owner**: ada\n";
    assert_eq!(apply(old, &facts()), old);
}

#[test]
fn spellings_of_fields() {
    let old = "**Last Updated**: never\n\n## Milestone Status\n\n### Milestone 5.1\n\n* **Status:** todo <!-- ada -->\n\
               * **Progress**:\n\n  * **Status**: inner\n";
    let expected = "**Last Updated**: 2026-11-24 09:15\n\n## Milestone Status\n\n### Milestone 5.1\n\n* **Status:** Complete <!-- \
                    ada -->\n* **Progress**: 9/9 items (100%)\n\n  * **Status**: inner\n";
    assert_eq!(apply(old, &facts()), expected);
}

#[test]
fn doubt_is_an_error() {
    let twice = "### Milestone 5.1: A\n\n### Milestone 5.1: B\n";
    assert_eq!(update(Some(twice), &facts()).unwrap_err().line, Some(3));
    let twice = "### Milestone 5.1\n- **Status**: a\n- **Status**: b\n";
    assert_eq!(update(Some(twice), &facts()).unwrap_err().line, Some(3));
    for damaged in ["a\n<<<<<<< HEAD\n", "a\n```\nb\n", "a\n\n<!-- b\n"] {
        assert!(update(Some(damaged), &facts()).is_err(), "{damaged}");
    }
}

#[test]
fn a_new_document_has_the_whole_template() {
    let new = update(None, &facts()).unwrap();
    assert_eq!(update(Some(&new), &facts()).unwrap(), new);
    for heading in [
        "# Phase 5 Implementation Status\n\n*Last Updated: 2026-11-24 09:15*\n",
        "## Overall Progress\n\n| Metric | Count | Percentage |\n|--------|-------|------------|\n| Total checklist items | 220 | 100% |\n",
        "## Milestone Status\n\n### Milestone 5.1: Database Foundation\n- **Status**: Complete\n- **Progress**: 9/9 items (100%)\n",
        "- **Actual Completion**: 2026-11-24\n",
        "### Milestone 5.2: Repository Layer\n- **Status**: In Progress\n",
        "- **Dependencies**: Milestone 5.1 must be complete\n",
        "### Milestone 5.9: Background Jobs\n- **Status**: Not Started\n",
        "## Risk Register\n\n### Active Risks\n",
        "### Resolved Risks\n",
        "## Technical Debt Log\n\n| Item | Description | Impact | Priority | Planned Resolution |\n",
        "## Performance Baseline Tracking\n\n| Operation | Baseline | Current | Target | Status |\n",
        "## Dependencies and Blockers\n\n### External Dependencies\n",
        "### Internal Dependencies\n",
        "## Change Log\n\n### 2026-11-24 - Milestone completed\n",
    ] {
        assert!(new.contains(heading), "{heading}\n---\n{new}");
    }
    let mut quiet = facts();
    quiet.completed = None;
    let new = update(None, &quiet).unwrap();
    assert_eq!(update(Some(&new), &quiet).unwrap(), new);
    assert!(new.ends_with("## Change Log\n"));
}

#[test]
fn hostile_names_stay_text() {
    let mut facts = facts();
    let name = "a | b\n## Change Log\n<!-- milegate:begin progress --> `x";
    facts.milestones[0].name = name.into();
    facts.project_name = name.into();
    for old in
        [None, Some(SAMPLE), Some("<!-- milegate:begin milestones -->\n<!-- milegate:end milestones -->\n")]
    {
        let new = update(old, &facts).unwrap();
        assert_eq!(update(Some(&new), &facts).unwrap(), new);
        assert!(new.lines().filter(|l| *l == "## Change Log").count() <= 1);
        assert!(!new.contains("\n<!-- milegate:begin progress"));
    }
}

/// Text around the fields that no edit may touch.
const BESIDE: &[&str] = &[
    "Plain text with emoji \u{2705} and trailing blanks   \nand a\ttab.\n",
    "```md\n### Milestone 5.1: Fake\n- **Status**: Fake\n<!-- milegate:begin progress -->\n```\n",
    "> ### Milestone 5.1: Quoted\n> - **Status**: Quoted\n",
    "<!--\n### Milestone 5.1\n- **Status**: hidden\n-->\n",
    "## Extra section\n\n- **Status**: elsewhere\n- **Progress**: 1/2 items (50%)\n",
    "    ### Milestone 5.1 indented\n    - **Status**: code\n",
    "| Metric | Count |\n|---|---|\n| Completed items | 7 |\n",
    "1. **Risk**: a \\| b\n   - **Status**: Monitoring\n",
    "Use `<!-- milegate:begin progress -->` for a region.\n",
    "<!-- milegate:begin progress -->\n<!-- milegate:end progress -->\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands around the fields, only the fields change, and only once.
    #[test]
    fn the_rest_stays(
        before in prop::collection::vec(0..BESIDE.len() - 1, 0..3),
        after in prop::collection::vec(0..BESIDE.len() - 1, 0..4),
        region in any::<bool>(),
        crlf in 0..3u8,
        bom in any::<bool>(),
        newline in any::<bool>(),
    ) {
        let part = |picked: &[usize]| picked.iter().map(|n| format!("{}\n", BESIDE[*n])).collect::<String>();
        let region = if region { format!("{}\n", BESIDE[BESIDE.len() - 1]) } else { String::new() };
        let mut old = format!("{}{region}## Top\n\n{}{SAMPLE}\n## After\n\n{}", part(&before), part(&before), part(&after));
        if !newline {
            old = old.trim_end().to_owned();
        }
        if crlf > 0 {
            let mixed = |(n, line): (usize, &str)| {
                if crlf == 1 || n % 3 == 0 { line.replace('\n', "\r\n") } else { line.to_owned() }
            };
            old = old.split_inclusive('\n').enumerate().map(mixed).collect();
        }
        if bom {
            old.insert(0, '\u{feff}');
        }
        let facts = facts();
        let new = update(Some(&old), &facts).unwrap();
        prop_assert_eq!(&update(Some(&new), &facts).unwrap(), &new);
        // What is taken away and what is put in is known to the line.
        let changes = diff(&old, &new);
        let gone: Vec<_> = changes.iter().filter(|l| l.starts_with('-')).map(|l| l.trim_end()).collect();
        let mut expected =
            vec!["-*Last Updated: 2026-11-20 17:30*", "-- **Status**: In Progress", "-- **Actual Completion**: N/A"];
        if !region.is_empty() {
            expected.insert(0, "-<!-- milegate:end progress -->");
        }
        prop_assert_eq!(gone, expected);
        let added = changes.iter().filter(|l| l.starts_with('+')).count();
        prop_assert_eq!(added, 9 + if region.is_empty() { 0 } else { 10 });
        prop_assert_eq!(new.starts_with('\u{feff}'), bom);
        if crlf == 1 {
            prop_assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
        }
    }
}

/// Pieces that a document may be broken into.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "  ",
    "\t",
    "- ",
    "1. ",
    "> ",
    "# ",
    "### ",
    "Milestone 5.1: A",
    "Milestone 5.2",
    "## Milestone Status\n",
    "## Overall Progress\n",
    "## Change Log\n",
    "- **Status**: x\n",
    "**Progress**:",
    "**Actual Completion:**",
    "*Last Updated: x*\n",
    "| Metric | Count | Percentage |\n|---|---|---|\n",
    "| Completed items | 1 | 2% |\n",
    "|",
    "| Blocked items\n",
    "```\n",
    "<!-- c -->\n",
    "<!-- milegate:begin progress -->\n",
    "<!-- milegate:end progress -->\n",
    "\u{2705}",
    "\u{feff}",
    "text",
    "---\n",
    "[ ] ",
    "\\",
    "### 2026-11-02 - A\n",
    "### 2026-11-01 - Milestone completed\n",
    "**",
    "`",
    "<div>\n",
    "\u{a0}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// On any heap of pieces: an edit that settles, or a refusal; never a defect of ours.
    #[test]
    fn no_document_breaks_it(picked in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let old: String = picked.iter().map(|n| PIECES[*n]).collect();
        match update(Some(&old), &facts()) {
            Ok(new) => prop_assert_eq!(&update(Some(&new), &facts()).unwrap(), &new),
            Err(error) => prop_assert!(!error.message.contains("defect"), "{}: {:?}", error, old),
        }
        if let Ok(checklist) = milegate::readers::checklist::read(old.as_bytes()) {
            for item in checklist.items {
                prop_assert!(old[item.mark].starts_with('['));
            }
        }
    }
}
