//! The papers: what is edited, and that everything else stays byte for byte.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "documents/day.rs"]
mod day;
#[path = "documents/log.rs"]
mod log;
#[path = "documents/log_variants.rs"]
mod log_variants;
#[path = "documents/metrics.rs"]
mod metrics;
#[path = "documents/region.rs"]
mod region;
#[path = "documents/registers.rs"]
mod registers;
#[path = "documents/schedule.rs"]
mod schedule;
#[path = "documents/status.rs"]
mod status;
#[path = "documents/tag.rs"]
mod tag;
#[path = "documents/variants.rs"]
mod variants;

/// Removed and added lines, `-` and `+`, in order: enough of a diff for small edits.
fn diff(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<_>, Vec<_>) = (old.split('\n').collect(), new.split('\n').collect());
    let mut table = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] =
                if old[i] == new[j] { table[i + 1][j + 1] + 1 } else { table[i + 1][j].max(table[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || table[i + 1][j] >= table[i][j + 1]) {
            out.push(format!("-{}", old[i]));
            i += 1;
        } else {
            out.push(format!("+{}", new[j]));
            j += 1;
        }
    }
    out
}

fn id(text: &str) -> milegate::model::milestone::MilestoneId {
    text.parse().unwrap()
}

/// A verdict with the figures that the papers quote.
fn verdict() -> milegate::verdict::Verdict {
    use milegate::criteria::Judgement;
    use milegate::evidence::Source;
    use milegate::gates::{Criterion, GATES, GateResult};
    use milegate::model::outcome::{Occasion, Outcome, Ruling};
    use milegate::verdict::{Policy, Subject, Verdict};

    let source = |path: &str| Source { path: path.into(), format: "junit".into(), sha256: "ab".repeat(32) };
    let criterion = |id: &str, kind: &'static str, judgement: Judgement| Criterion {
        id: id.into(),
        kind,
        outcome: judgement.outcome,
        advisory: false,
        judgement,
    };
    let off = |kind: &str, reason: &str| {
        let mut judgement = Judgement::not_applicable(kind, reason);
        judgement.outcome = Outcome::Disabled;
        judgement
    };
    let mut waived = Judgement::failed("lint/findings", "1 error, 0 critical", "");
    waived.outcome = Outcome::Waived;
    waived.message = "1 error - waived by alice until 2026-12-24: ticket 812".into();
    let criteria = vec![
        vec![
            criterion("checklist", "checklist", Judgement::passed("checklist", "9 of 9 items")),
            criterion(
                "tests",
                "tests",
                Judgement::passed("tests", "69 passed, 2 skipped")
                    .figure("passing", "69/71")
                    .evidence(vec![source("reports/unit.xml")]),
            ),
            criterion(
                "coverage",
                "coverage",
                Judgement::passed("coverage", "lines 94.3% (843 of 893)")
                    .figure("lines", "94.3%")
                    .evidence(vec![source("reports/b\u{e9}ta.xml")]),
            ),
            criterion("lint", "lint", waived),
        ],
        vec![
            criterion(
                "integration-tests",
                "tests",
                Judgement::passed("tests", "12 passed").figure("passing", "12/12"),
            ),
            criterion("benchmarks", "benchmarks", Judgement::passed("benchmarks", "5 of 5 targets met")),
            criterion("monitoring", "monitoring", off("monitoring", "no staging\nMilegate-Format: 9")),
        ],
        vec![
            criterion("docstrings", "docstrings", Judgement::passed("docstrings", "97.0% (65 of 67)")),
            criterion("guides", "documents", Judgement::passed("documents", "1 of 1 documents")),
            criterion("diagrams", "documents", off("documents", "none in this project")),
            criterion(
                "troubleshooting",
                "documents",
                Judgement::not_applicable("documents", "no code of it changed"),
            ),
        ],
        vec![criterion(
            "code-review",
            "approval",
            Judgement::passed("approval", "bob").figure("approvers", "bob"),
        )],
    ];
    let gates = GATES
        .iter()
        .zip(criteria)
        .map(|(gate, criteria)| GateResult {
            number: gate.number,
            id: gate.id,
            name: gate.name,
            ruling: Ruling::Passed,
            criteria,
        })
        .collect();
    Verdict {
        subject: Subject {
            project: "phase5".into(),
            project_name: "Phase 5".into(),
            milestone: Some(("5.1".into(), "Database Foundation".into())),
            commit: Some("c".repeat(40)),
            subject_tree: Some("d".repeat(40)),
            policy: Policy { path: "milegate.toml".into(), blob: "e".repeat(40), from: "HEAD".into() },
        },
        occasion: Occasion::Milestone,
        ruling: Ruling::Passed,
        gates,
        notices: Vec::new(),
    }
}
