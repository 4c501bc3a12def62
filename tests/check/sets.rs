//! The sample project: a set of reports that passes, one that fails, and those that must never
//! pass. The figures are those of the tools' own summaries.

use crate::program::Verdict;
use crate::sample::{CONFIG, FAILING, PASSING, Sample, touch};

/// Outcome and code, then measured, of every criterion in order.
fn table(verdict: &Verdict) -> Vec<(String, String)> {
    let criteria = verdict.criteria();
    let ids = criteria.iter().map(|c| c["id"].as_str().unwrap());
    ids.map(|id| (format!("{id}: {}", verdict.outcome(id)), verdict.text(id, "measured").to_owned()))
        .collect()
}

#[track_caller]
fn assert_table(verdict: &Verdict, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    assert_eq!(table(verdict), expected);
}

#[test]
fn the_passing_set_passes_as_a_change_and_as_a_milestone() {
    let sample = Sample::passing();
    let change = sample.check(&[]).exits(0);
    assert_eq!(change.json["occasion"], "change");
    assert_eq!(change.outcome("checklist"), "deferred checklist/passed");
    assert_eq!(change.outcome("code-review"), "deferred approval/missing");
    assert_eq!(change.outcome("tests"), "passed tests/passed");

    sample.check(&["5.1"]).exits(1);
    sample.approve_all("5.1");
    let milestone = sample.check(&["5.1"]).exits(0);
    assert_eq!(milestone.json["occasion"], "milestone");
    assert_table(
        &milestone,
        &[
            ("checklist: passed checklist/passed", "9 of 9 items"),
            ("tests: passed tests/passed", "69 passed, 2 skipped"),
            ("coverage: passed coverage/passed", "lines 94.3% (672 of 712), branches 91.5% (152 of 166)"),
            // pylint's 2 warnings; its 6 of refactor and 4 of convention, and 2 C901 of flake8.
            ("lint: passed lint/passed", "0 critical, 0 errors, 2 warnings, 12 info"),
            ("integration-tests: passed tests/passed", "6 passed, 1 skipped"),
            ("benchmarks: passed benchmarks/passed", "4 of 4 targets met"),
            ("regression: disabled regression/disabled", "no baseline yet"),
            ("monitoring: disabled monitoring/disabled", "no staging environment yet"),
            ("docstrings: passed docstrings/passed", "95.6% (88 of 92)"),
            ("guides: passed documents/passed", "2 of 2 documents in order"),
            ("diagrams: passed documents/passed", "2 of 2 documents in order"),
            ("troubleshooting: passed documents/passed", "1 of 1 document in order"),
            ("code-review: passed approval/passed", "code: bob"),
            ("architecture-review: passed approval/passed", "architecture: bob"),
            ("security-review: passed approval/passed", "security: bob"),
            ("performance-review: passed approval/passed", "performance: bob"),
        ],
    );
}

#[test]
fn the_other_coverage_formats_of_the_same_run_say_the_same() {
    let sample = Sample::passing();
    for (name, fixture) in
        [("coverage.json", "coverage-py/passing-branch"), ("coverage.lcov", "lcov/passing-branch")]
    {
        sample.report(name, fixture);
        sample.repo.write("milegate.toml", CONFIG.replace("out/coverage.xml", &format!("out/{name}")));
        let verdict = sample.check(&[]).exits(0);
        assert_eq!(
            verdict.text("coverage", "measured"),
            "lines 94.3% (672 of 712), branches 91.5% (152 of 166)"
        );
    }
}

#[test]
fn three_shards_come_to_what_the_whole_run_says() {
    let config = CONFIG.replace("\"out/coverage.xml\"", "{ path = \"out/shard-*.xml\", shards = 3 }");
    let sample = Sample::new("main", &config, PASSING);
    for n in 1..=3 {
        let fixture = format!("cobertura/coverage-passing-combined-shards-shard-{n}");
        sample.report(&format!("shard-{n}.xml"), &fixture);
    }
    let verdict = sample.check(&[]).exits(0);
    assert_eq!(verdict.text("coverage", "measured"), "lines 94.3% (672 of 712), branches 91.5% (152 of 166)");
    assert_eq!(verdict.of("coverage")["evidence"].as_array().unwrap().len(), 3);
}

#[test]
fn the_failing_set_fails_with_every_reason() {
    let sample = Sample::failing();
    let verdict = sample.check(&["5.1"]).exits(1);
    assert_table(
        &verdict,
        &[
            ("checklist: failed checklist/open-items", "7 of 9 items"),
            // 69 tests: pytest counts one that failed and one whose teardown did twice in its header.
            ("tests: failed tests/failing", "10 failed, 5 errors, 52 passed, 2 skipped"),
            (
                "coverage: failed coverage/below-target",
                "lines 81.3% (624 of 767), branches 69.6% (131 of 188)",
            ),
            // Errors: pylint 2, black 5, mypy 9, ruff 3, and F821 twice and F841 of flake8.
            ("lint: failed lint/too-many", "0 critical, 22 errors, 13 warnings, 29 info"),
            ("integration-tests: failed tests/failing", "2 failed, 2 errors, 2 passed, 1 skipped"),
            ("benchmarks: unproven report/other-commit", ""),
            ("regression: disabled regression/disabled", "no baseline yet"),
            ("monitoring: disabled monitoring/disabled", "no staging environment yet"),
            ("docstrings: failed docstrings/below-target", "81.6% (80 of 98)"),
            ("guides: passed documents/passed", "2 of 2 documents in order"),
            ("diagrams: passed documents/passed", "2 of 2 documents in order"),
            ("troubleshooting: failed documents/missing", "0 of 1 document in order"),
            ("code-review: failed approval/missing", "code: nobody"),
            ("architecture-review: failed approval/missing", "architecture: nobody"),
            ("security-review: failed approval/missing", "security: nobody"),
            ("performance-review: failed approval/missing", "performance: nobody"),
        ],
    );
    assert_eq!(verdict.details("tests").len(), 15);
    assert!(verdict.details("checklist").iter().any(|d| d.contains("(blocked: needs PostgreSQL")));
    assert!(verdict.details("coverage")[0].contains("uncovered lines"));
    sample.check(&[]).exits(1);
}

#[test]
fn benchmarks_that_were_not_measured_are_unproven() {
    let sample = Sample::passing();
    sample.report("benchmark.json", "pytest-benchmark/two-only");
    let verdict = sample.check(&[]).exits(3);
    assert_eq!(verdict.outcome("benchmarks"), "unproven benchmarks/absent");
}

#[test]
fn a_round_of_a_hundred_writes_read_as_one_write_misses_its_target() {
    let sample = Sample::new("main", &CONFIG.replace(", per = 100", ""), PASSING);
    let verdict = sample.check(&[]).exits(1);
    assert_eq!(verdict.outcome("benchmarks"), "failed benchmarks/missed");
    let detail = &verdict.details("benchmarks")[0];
    assert_eq!(
        detail,
        "Event Store Write: 2.205k/s, target > 10k/s, missed by 77%; escalate: missed by more than 50%"
    );
}

#[test]
fn a_report_older_than_a_source_is_unproven_unless_softened() {
    let sample = Sample::passing();
    touch(&sample.path().join("backend/infrastructure/config.py"), 3600);
    let verdict = sample.check(&[]).exits(3);
    for id in ["tests", "coverage", "lint", "integration-tests", "docstrings"] {
        assert_eq!(verdict.outcome(id), "unproven report/stale", "{id}");
    }
    assert_eq!(
        verdict.text("tests", "message"),
        "out/unit.xml is older than backend/infrastructure/config.py"
    );

    let warn = CONFIG.replace("name = \"Phase 5\"", "name = \"Phase 5\"\nfreshness = \"warn\"");
    sample.repo.write("milegate.toml", warn);
    let verdict = sample.check(&[]).exits(0);
    assert!(
        verdict.notices("tests").iter().any(|n| n.contains("is older than")),
        "{:?}",
        verdict.notices("tests")
    );
}

#[test]
fn touching_documents_and_the_policy_costs_nobody_a_test_run() {
    let sample = Sample::passing();
    for path in
        ["README.md", "docs/diagrams/components.mmd", "milegate.toml", "PHASE_5_IMPLEMENTATION_CHECKLIST.md"]
    {
        touch(&sample.path().join(path), 3600);
    }
    sample.check(&[]).exits(0);
}

#[test]
fn approvals_are_of_the_code_and_nothing_else() {
    let sample = Sample::passing();
    sample.approve_all("5.1");
    // Neither the commit of the approvals themselves nor a tick takes them back.
    let checklist = "PHASE_5_IMPLEMENTATION_CHECKLIST.md";
    let text = String::from_utf8(sample.repo.read(checklist)).unwrap();
    sample.repo.write(checklist, text.replace("- [ ] Page through", "- [x] Page through"));
    sample.repo.commit_as("Bob", "bob@example.com", "Sign off 5.1");
    let sign_offs = |verdict: &Verdict| -> Vec<String> {
        let ids = ["code-review", "architecture-review", "security-review", "performance-review"];
        ids.iter().map(|id| verdict.outcome(id)).collect()
    };
    assert_eq!(sign_offs(&sample.check(&["5.1"]).exits(0)), ["passed approval/passed"; 4]);

    // One changed byte of the code does; so does a colleague who refuses.
    sample
        .run(&["approve", "security", "--as", "bob", "--milestone", "5.1", "--reject", "-m", "no"])
        .exits(0);
    let verdict = sample.check(&["5.1"]).exits(1);
    assert_eq!(verdict.outcome("security-review"), "failed approval/rejected");
    sample.repo.write("backend/infrastructure/extra.py", "x = 1\n");
    sample.repo.commit_as("Ada Example", "ada@example.com", "One more thing");
    let verdict = sample.check(&["5.1"]).exits(1);
    assert_eq!(verdict.outcome("code-review"), "failed approval/stale");
}

#[test]
fn nobody_signs_off_commits_of_their_own() {
    let sample = Sample::passing();
    sample.repo.write("docs/more.md", "More.\n");
    sample.repo.commit_as("Bob", "bob@example.com", "Write more");
    sample.approve_all("5.1");
    let verdict = sample.check(&["5.1"]).exits(1);
    assert_eq!(verdict.outcome("code-review"), "failed approval/own-work");
    // Ada, who holds the role as well, covers Bob's commit; Bob covers hers.
    sample.run(&["approve", "code", "--as", "ada", "--milestone", "5.1"]).exits(0);
    let verdict = sample.check(&["5.1"]).exits(1);
    assert_eq!(verdict.outcome("code-review"), "passed approval/passed");
    assert_eq!(verdict.outcome("security-review"), "failed approval/own-work");
}

/// A report that must never pass: where it goes, the fixture, the criterion, and what that comes to.
const NEVER: &[(&str, &str, &str, &str)] = &[
    ("unit.xml", "junit/pytest-no-tests", "tests", "failed tests/none"),
    ("unit.xml", "junit/pytest-collection-error", "tests", "failed tests/failing"),
    ("unit.xml", "junit/pytest-maxfail", "tests", "failed tests/failing"),
    ("unit.xml", "junit/jest-failing", "tests", "failed tests/failing"),
    ("coverage.xml", "cobertura/coverage-empty-file-only", "coverage", "failed coverage/no-data"),
    ("coverage.xml", "coverage-py/empty-file-only", "coverage", "failed coverage/no-data"),
    ("coverage.xml", "lcov/empty-file-only", "coverage", "failed coverage/no-data"),
    ("pylint.json", "pylint-json2/syntax-error", "lint", "unproven lint/tool-failed"),
    ("pylint.json", "pylint-text/syntax-error-text", "lint", "unproven lint/tool-failed"),
    ("pylint.json", "pylint-json2/no-such-module", "lint", "unproven lint/tool-failed"),
    ("mypy.txt", "mypy-text/syntax-error", "lint", "unproven lint/tool-failed"),
    ("black.txt", "black-text/syntax-error", "lint", "unproven lint/tool-failed"),
    // Beside the file that does not parse, both show an unused import: an error, so failed.
    ("ruff.json", "ruff-json/syntax-error", "lint", "failed lint/too-many"),
    ("flake8.txt", "flake8-text/syntax-error", "lint", "failed lint/too-many"),
];

#[test]
fn what_must_never_pass_does_not() {
    let sample = Sample::passing();
    sample.check(&[]).exits(0);
    for (to, fixture, criterion, outcome) in NEVER {
        sample.report(to, fixture);
        let verdict = sample.check(&[]);
        assert_eq!(verdict.outcome(criterion), *outcome, "{fixture}");
        assert_eq!(verdict.code, if outcome.starts_with("failed") { 1 } else { 3 }, "{fixture}");
        let (_, good) = PASSING.iter().find(|(name, _)| name == to).unwrap();
        sample.report(to, good);
    }
    sample.check(&[]).exits(0);
}

#[test]
fn no_lint_limit_lets_a_file_pass_that_does_not_parse() {
    let config = CONFIG.replace(
        "[gates.integration-verified]",
        "[gates.code-complete.lint]\nmax = {}\n\n[gates.integration-verified]",
    );
    let sample = Sample::new("main", &config, PASSING);
    sample.check(&[]).exits(0);
    for (to, fixture, _, _) in NEVER.iter().filter(|row| row.2 == "lint") {
        sample.report(to, fixture);
        assert_eq!(sample.check(&[]).exits(3).outcome("lint"), "unproven lint/tool-failed", "{fixture}");
        let (_, good) = PASSING.iter().find(|(name, _)| name == to).unwrap();
        sample.report(to, good);
    }
}

#[test]
fn clean_and_empty_look_alike_without_the_exit_status() {
    let entry = "mypy = { path = \"out/mypy.txt\", format = \"mypy-json\" }";
    let config = CONFIG.replace("mypy = \"out/mypy.txt\"", entry);
    let sample = Sample::new("main", &config, PASSING);
    sample.report("mypy.txt", "mypy-json/passing-json");
    assert_eq!(sample.check(&[]).exits(3).outcome("lint"), "unproven report/no-exit-status");
    let entry = entry.replace(" }", ", exit-status = \"out/mypy.status\" }");
    sample.repo.write("milegate.toml", CONFIG.replace("mypy = \"out/mypy.txt\"", &entry));
    sample.check(&[]).exits(0);
    sample.repo.write("out/mypy.status", "2\n");
    assert_ne!(sample.check(&[]).code, 0, "mypy crashed and wrote nothing");
}

#[test]
fn the_worst_of_three_runs_of_a_flaky_test_counts() {
    let config = CONFIG.replace("\"out/unit.xml\"", "\"out/run-*.xml\"");
    let sample = Sample::new("main", &config, PASSING);
    for n in [3, 1, 2] {
        sample.report(&format!("run-{n}.xml"), &format!("junit/pytest-flaky-three-runs-{n}"));
    }
    let verdict = sample.check(&[]).exits(1);
    assert_eq!(verdict.details("tests").len(), 4);
    assert_eq!(verdict.text("tests", "measured"), "3 failed, 1 error, 0 passed");
}

#[test]
fn linters_in_the_dress_of_tests_do_not_pass_as_tests() {
    let sample = Sample::passing();
    for fixture in [
        "junit/ruff-failing-junit",
        "junit/ruff-passing-junit",
        "junit/mypy-failing-junit",
        "junit/bandit-failing-xml",
    ] {
        sample.report("unit.xml", fixture);
        assert_ne!(sample.check(&[]).code, 0, "{fixture}");
    }
}

#[test]
fn the_failing_set_is_red_whatever_one_report_is_made_good() {
    let sample = Sample::failing();
    for (to, _) in FAILING {
        let (_, good) = PASSING.iter().find(|(name, _)| name == to).unwrap();
        sample.report(to, good);
    }
    // The files are good now; the benchmarks name another commit, and the code is another.
    let verdict = sample.check(&["5.1"]).exits(1);
    assert_eq!(verdict.outcome("benchmarks"), "unproven report/other-commit");
    assert_eq!(verdict.outcome("checklist"), "failed checklist/open-items");
}
