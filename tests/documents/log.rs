//! The progress log.

use super::{id, verdict};
use milegate::documents::log::{CompletionFacts, append_completion};
use milegate::documents::metrics::{CodeMetrics, Complexity};

const SAMPLE: &str = include_str!("../fixtures/documents/log.md");

pub(crate) const REPORT: &str = "## Milestone 5.1 Completion Report

*Completed: 2026-11-24 - Database Foundation*

### Test Results
- Unit Tests: 69/71 passing (94.3% coverage)
- Integration Tests: 12/12 passing
- Performance Tests: Met targets

### Documentation Updates
- [ ] Technical design patterns documented (switched off: none in this project)
- [x] API documentation updated
- [x] Configuration guide created
- [ ] Troubleshooting guide updated (not applicable)

### Code Metrics
- Total LOC: 1200 (Python 1100, SQL 100)
- Test LOC: 500 (Python)
- Documentation: 90 lines (Markdown)
- Complexity: Low (2.1 decisions per function; built-in measure, Python only; Low up to 5, Medium up to 10)";

pub(crate) fn facts() -> CompletionFacts {
    let complexity = Complexity::BuiltIn { decisions: 21, functions: 10 };
    let metrics = CodeMetrics {
        total_loc: 1200,
        code: [("Python", 1100), ("SQL", 100)].into_iter().collect(),
        tests: [("Python", 500)].into_iter().collect(),
        documentation: [("Markdown", 90)].into_iter().collect(),
        complexity,
    };
    let date = "2026-11-24".parse().unwrap();
    CompletionFacts::new(&verdict(), id("5.1"), "Database Foundation", date, metrics)
}

fn apply(old: &str) -> String {
    let new = append_completion(Some(old), &facts()).unwrap();
    assert_eq!(append_completion(Some(&new), &facts()).unwrap(), new, "a second run changed something");
    new
}

#[test]
fn the_report_stands_at_the_end() {
    assert_eq!(apply(SAMPLE), format!("{}\n\n{REPORT}\n", SAMPLE.trim_end()));
}

#[test]
fn a_new_log_has_a_title() {
    let expected = format!("# Phase 5 Progress Log\n\n{REPORT}\n");
    assert_eq!(append_completion(None, &facts()).unwrap(), expected);
    assert_eq!(append_completion(Some("\n"), &facts()).unwrap(), expected);
    assert_eq!(apply(&expected), expected);
}

#[test]
fn the_old_text_stays_as_it_is() {
    let crlf = SAMPLE.replace('\n', "\r\n");
    let new = apply(&crlf);
    assert!(new.starts_with(crlf.trim_end()));
    assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
    assert_eq!(apply("\u{feff}a"), format!("\u{feff}a\n\n{REPORT}"));
    assert_eq!(apply("a \u{2705}\t \n\n\n"), format!("a \u{2705}\t \n\n{REPORT}\n\n\n"));
}

#[test]
fn a_report_is_known_by_its_heading() {
    for old in [
        "# milestone 5.1  completion report\nmine\n",
        "Milestone **5.1** Completion Report\n---\n",
        "## Milestone 5.1 Completion Report (2026-11-20)\n",
    ] {
        assert_eq!(apply(old), old);
    }
    for old in [
        "## Milestone 5.10 Completion Report\n",
        "```\n## Milestone 5.1 Completion Report\n```\n",
        "> ## Milestone 5.1 Completion Report\n",
        "Milestone 5.1 Completion Report\n",
    ] {
        assert_eq!(apply(old), format!("{}\n\n{REPORT}\n", old.trim_end()));
    }
}

#[test]
fn nothing_is_appended_where_it_would_be_swallowed() {
    for old in ["```\na\n", "<!-- a\n", "<<<<<<< HEAD\n"] {
        assert!(append_completion(Some(old), &facts()).is_err(), "{old}");
    }
}

#[test]
fn what_was_not_judged_says_so() {
    let mut verdict = verdict();
    verdict.gates.clear();
    let date = "2026-11-24".parse().unwrap();
    let facts = CompletionFacts::new(&verdict, id("5.1"), "a\n## b", date, CodeMetrics::default());
    let text = append_completion(None, &facts).unwrap();
    for line in [
        "*Completed: 2026-11-24 - a ## b*",
        "- Unit Tests: not measured",
        "- Performance Tests: not measured",
        "- [ ] API documentation updated (not judged)",
        "- Complexity: not measured",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
}
