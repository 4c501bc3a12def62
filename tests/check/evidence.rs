//! Evidence that is too little, damaged, foreign or contradictory: never passed, and always named.

use crate::program::check_json;
use crate::repo::Repo;
use crate::sample::touch;
use crate::small::{CONFIG, Small, cobertura, junit, lines};

#[test]
fn the_least_project_is_green() {
    let small = Small::new();
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.text("tests", "measured"), "2 passed");
    assert_eq!(verdict.text("coverage", "measured"), "lines 95.0% (19 of 20)");
}

#[test]
fn a_hair_below_ninety_percent_fails_and_is_shown_rounded_down() {
    let small = Small::new();
    small.repo.write("shop/cart.py", lines(25_000));
    small.repo.commit("Grow");
    let missed: Vec<u32> = (1..=2_501).collect();
    small.green().coverage(&cobertura(&[("shop/cart.py", 25_000, &missed)]));
    let verdict = small.check(&[]).exits(1);
    assert_eq!(verdict.outcome("coverage"), "failed coverage/below-target");
    assert_eq!(verdict.text("coverage", "measured"), "lines 89.9% (22499 of 25000)");
    assert_eq!(verdict.text("coverage", "next_step"), "cover 1 more line");

    small.coverage(&cobertura(&[("shop/cart.py", 25_000, &missed[1..])]));
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.text("coverage", "measured"), "lines 90.0% (22500 of 25000)");
}

#[test]
fn nothing_measured_is_no_data_and_fails() {
    let small = Small::new();
    small.coverage(&cobertura(&[("shop/cart.py", 0, &[])]));
    let verdict = small.check(&[]).exits(1);
    assert_eq!(verdict.outcome("coverage"), "failed coverage/no-data");
    assert_eq!(verdict.text("coverage", "message"), "lines: no data (0 of 0)");
    assert!(!small.run(&["check"]).stdout.contains("100"));
}

#[test]
fn zero_tests_fail() {
    let small = Small::new();
    small.junit(&junit(&[]));
    assert_eq!(small.check(&[]).exits(1).outcome("tests"), "failed tests/none");
}

#[test]
fn all_tests_skipped_fail() {
    let small = Small::new();
    small.junit(&junit(&[("a", "<skipped/>"), ("b", "<skipped message='later'/>")]));
    assert_eq!(small.check(&[]).exits(1).outcome("tests"), "failed tests/all-skipped");
}

#[test]
fn a_failing_test_fails_and_is_named() {
    let small = Small::new();
    small.junit(&junit(&[("test_add", ""), ("test_sum", "<failure message='2 != 3'>trace</failure>")]));
    let verdict = small.check(&[]).exits(1);
    assert_eq!(verdict.outcome("tests"), "failed tests/failing");
    assert_eq!(verdict.details("tests"), ["tests.cart::test_sum: 2 != 3"]);
}

#[test]
fn a_missing_report_names_its_pattern_and_the_folder() {
    let small = Small::new();
    small.repo.remove("reports/junit.xml");
    let verdict = small.check(&[]).exits(3);
    assert_eq!(verdict.outcome("tests"), "unproven report/missing");
    let folder = small.path().display();
    assert_eq!(verdict.text("tests", "message"), format!("no file matches reports/junit.xml in {folder}"));
    assert_eq!(verdict.outcome("coverage"), "passed coverage/passed");
}

/// Unusable bytes in place of a report, and the code they come to.
fn unusable() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let whole = junit(&[("test_add", ""), ("test_remove", "")]).into_bytes();
    let cut = whole[..whole.len() - 20].to_vec();
    let html =
        b"<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not Found</body></html>\n".to_vec();
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend("not a report".encode_utf16().flat_map(u16::to_le_bytes));
    vec![
        ("empty", Vec::new(), "report/empty"),
        ("blank", b"\n \n".to_vec(), "report/empty"),
        ("HTML", html, "report/unknown-format"),
        ("cut", cut, "report/truncated"),
        ("two reports in one", [whole.clone(), whole].concat(), "report/malformed"),
        ("JSON", b"{\"message\": \"rate limit exceeded\"}".to_vec(), "report/unknown-format"),
        ("zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00".to_vec(), "report/unknown-format"),
        ("UTF-16", utf16, "report/unknown-format"),
        (
            "LFS pointer",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".to_vec(),
            "report/unknown-format",
        ),
    ]
}

#[test]
fn an_unusable_report_is_unproven_with_a_code_of_its_own() {
    let small = Small::new();
    for (name, bytes, code) in unusable() {
        small.repo.write("reports/junit.xml", &bytes);
        let verdict = small.check(&[]).exits(3);
        assert_eq!(verdict.outcome("tests"), format!("unproven {code}"), "{name}");
        assert!(verdict.text("tests", "message").starts_with("reports/junit.xml"), "{name}");
        assert!(!verdict.text("tests", "next_step").is_empty(), "{name}");
        assert_eq!(verdict.outcome("coverage"), "passed coverage/passed", "{name}");
    }
}

#[test]
fn the_hint_for_an_empty_report_names_its_own_tool_or_none() {
    let hint = |name: &str| {
        let small = Small::and(&format!("{name} = \"reports/{name}.txt\"\n"));
        small.repo.write(&format!("reports/{name}.txt"), "");
        let verdict = small.check(&[]).exits(3);
        assert_eq!(verdict.outcome("lint"), "unproven report/empty", "{name}");
        verdict.text("lint", "next_step").to_owned()
    };
    assert_eq!(
        hint("black"),
        "make the report `black` again: `black --check . 2> reports/black.txt; echo $? > reports/black.status`"
    );
    let mypy = hint("mypy");
    assert!(mypy.contains("mypy = { path = \"reports/mypy.txt\", format = \"mypy-json\""), "{mypy}");
    assert!(hint("flake8").contains("format = \"flake8-text\""));
    for several in ["lint", "ruff", "rubocop-lint"] {
        let hint = hint(several);
        assert!(hint.starts_with("make the report again;") && !hint.contains("mypy"), "{several}: {hint}");
    }
}

#[test]
fn an_html_page_is_called_one() {
    let small = Small::new();
    small.junit("<!DOCTYPE html><html><body>404</body></html>");
    assert!(small.check(&[]).exits(3).text("tests", "message").contains("looks like an HTML page"));
}

#[test]
fn a_report_that_is_no_regular_file_is_unproven() {
    let small = Small::new();
    small.repo.remove("reports/junit.xml");
    std::fs::create_dir(small.path().join("reports/junit.xml")).unwrap();
    assert!(small.check(&[]).exits(3).outcome("tests").starts_with("unproven report/"));
    std::fs::remove_dir(small.path().join("reports/junit.xml")).unwrap();
    let outside = small.repo.beside("outside.xml");
    std::fs::write(&outside, junit(&[("a", "")])).unwrap();
    std::os::unix::fs::symlink(&outside, small.path().join("reports/junit.xml")).unwrap();
    assert!(small.check(&[]).exits(3).outcome("tests").starts_with("unproven report/"));
}

#[test]
fn a_report_of_another_kind_is_unproven() {
    let small = Small::new();
    small.config("[gates.code-complete.tests]\nreports = [\"unit\"]\n");
    small.junit(&cobertura(&[("shop/cart.py", 20, &[])]));
    let verdict = small.check(&[]).exits(3);
    assert_eq!(verdict.outcome("tests"), "unproven report/other-kind");
}

#[test]
fn the_worse_report_of_two_wins() {
    let small = Small::new();
    small.repo.write("milegate.toml", CONFIG.replace("reports/junit.xml", "reports/junit*.xml"));
    small.repo.write("reports/junit-2.xml", junit(&[("test_add", "<failure/>")]));
    assert_eq!(small.check(&[]).exits(1).text("tests", "measured"), "1 failed, 1 passed");
    small.repo.write("reports/junit-2.xml", "");
    assert_eq!(small.check(&[]).exits(3).outcome("tests"), "unproven report/empty");
}

fn sharded() -> Small {
    let entry = "{ path = \"reports/junit-*.xml\", shards = 2 }";
    let small = Small::with(&CONFIG.replace("\"reports/junit.xml\"", entry));
    small.repo.write("reports/junit-1.xml", junit(&[("a", "")]));
    small
}

#[test]
fn a_missing_shard_is_unproven() {
    let small = sharded();
    let verdict = small.check(&[]).exits(3);
    assert_eq!(verdict.outcome("tests"), "unproven report/shards");
    assert_eq!(verdict.text("tests", "message"), "1 of 2 shards match reports/junit-*.xml");
    small.repo.write("reports/junit-2.xml", junit(&[("b", "")]));
    assert_eq!(small.check(&[]).exits(0).text("tests", "measured"), "2 passed");
}

#[test]
fn the_same_shard_twice_does_not_hide_a_lost_one() {
    let small = sharded();
    small.repo.write("reports/junit-2.xml", junit(&[("a", "")]));
    assert_eq!(small.check(&[]).exits(3).outcome("tests"), "unproven report/same-shard-twice");
}

#[test]
fn an_unknown_exit_status_is_no_proof_of_nothing_found() {
    let entry = "mypy = { path = \"reports/mypy.json\", format = \"mypy-json\" }\n";
    let small = Small::with(&format!("{CONFIG}{entry}"));
    small.repo.write("reports/mypy.json", "\n");
    assert_eq!(small.check(&[]).exits(3).outcome("lint"), "unproven report/no-exit-status");

    let entry = entry.replace(" }", ", exit-status = \"reports/mypy.status\" }");
    small.repo.write("milegate.toml", format!("{CONFIG}{entry}"));
    let verdict = small.check(&[]).exits(3);
    assert!(
        verdict.text("lint", "message").contains("reports/mypy.status is not there"),
        "{:?}",
        verdict.reasons()
    );
    small.repo.write("reports/mypy.status", "ok\n");
    assert_eq!(small.check(&[]).exits(3).outcome("lint"), "unproven report/no-exit-status");
    small.repo.write("reports/mypy.status", "0\n");
    small.check(&[]).exits(0);
}

#[test]
fn a_recorded_failure_over_a_green_report_fails() {
    let small = Small::new();
    let script = format!("cat > reports/junit.xml <<'E'\n{}E\nexit 1", junit(&[("a", ""), ("b", "")]));
    small.run(&["record", "unit", "--", "sh", "-c", &script]).exits(1);
    let verdict = small.check(&[]).exits(1);
    assert_eq!(verdict.outcome("tests"), "failed tests/exit-status");
    assert_eq!(verdict.text("tests", "measured"), "2 passed, exit status 1");
}

#[test]
fn a_record_proves_by_digest_what_file_times_cannot() {
    let small = Small::new();
    let script = format!("cat > reports/junit.xml <<'E'\n{}E\n", junit(&[("a", ""), ("b", "")]));
    small.run(&["record", "unit", "--", "sh", "-c", &script]).exits(0);
    small.repo.write("shop/cart.py", lines(20));
    small.coverage(&cobertura(&[("shop/cart.py", 20, &[])]));
    small.check(&[]).exits(0);
    // Bytes that no run recorded are judged by their time again; other code is other content.
    small.repo.write("shop/cart.py", lines(21));
    small.coverage(&cobertura(&[("shop/cart.py", 20, &[])]));
    assert_eq!(small.check(&[]).exits(3).outcome("tests"), "unproven report/stale");
}

#[test]
fn what_is_no_source_outdates_no_record() {
    let small = Small::new();
    small.repo.write("README.md", "# Shop\n").write("docs/[a]*.txt", "x\n");
    small.repo.commit("Tell");
    small.green();
    let script = format!("cat > reports/junit.xml <<'E'\n{}E\n", junit(&[("a", "")]));
    small.run(&["record", "unit", "--", "sh", "-c", &script]).exits(0);
    small.repo.write("README.md", "# The shop\n").write("docs/[a]*.txt", "y\n");
    small.config("[gates.code-complete.tests]\nmin-tests = 1\n");
    assert_eq!(small.check(&[]).exits(0).outcome("tests"), "passed tests/passed");
    small.repo.write("shop/cart.py", lines(21));
    assert_eq!(small.check(&[]).exits(3).outcome("tests"), "unproven report/stale");
}

#[test]
fn files_of_another_project_do_not_count_as_covered() {
    let small = Small::new();
    small.coverage(&cobertura(&[("elsewhere/other.py", 20, &[])]));
    let verdict = small.check(&[]).exits(3);
    assert_eq!(verdict.outcome("coverage"), "unproven coverage/unplaced");
    assert_eq!(verdict.details("coverage"), ["elsewhere/other.py not found in the repository"]);
}

#[test]
fn a_metric_that_the_report_lacks_is_unproven() {
    let small = Small::new();
    small.config("[gates.code-complete.coverage]\nfunctions = \">= 50%\"\n");
    assert_eq!(small.check(&[]).exits(3).outcome("coverage"), "unproven coverage/not-measured");
}

#[test]
fn tests_that_a_header_declares_and_nobody_finds_are_not_forgotten() {
    let small = Small::new();
    let report = junit(&[("a", ""), ("b", "")]);
    small.junit(&report.replace("tests=\"2\"", "tests=\"5\"").replace("name=\"pytest\"", "name=\"other\""));
    assert_eq!(small.check(&[]).exits(3).outcome("tests"), "unproven tests/lost");
    small.junit(&report.replace("failures=\"0\"", "failures=\"1\""));
    assert_eq!(small.check(&[]).exits(1).outcome("tests"), "failed tests/hidden-failures");
}

#[test]
fn it_works_outside_git() {
    let folder = Repo::empty();
    folder.write("shop/cart.py", lines(20)).write("milegate.toml", CONFIG);
    folder.write("reports/junit.xml", junit(&[("a", "")]));
    folder.write("reports/coverage.xml", cobertura(&[("shop/cart.py", 20, &[20])]));
    let verdict = check_json(folder.path(), &[]).exits(0);
    assert_eq!(verdict.json["commit"], serde_json::Value::Null);
    assert_eq!(verdict.json["subject_tree"], serde_json::Value::Null);
    assert_eq!(verdict.json["policy"]["from"], "work tree");
    assert_eq!(check_json(&folder.path().join("shop"), &[]).exits(0).text("tests", "measured"), "1 passed");
    folder.write("reports/junit.xml", junit(&[("a", "<failure/>")]));
    check_json(folder.path(), &[]).exits(1);
}

#[test]
fn what_is_a_source_can_be_said() {
    let small = Small::with(&CONFIG.replace("id = \"shop\"", "id = \"shop\"\nsources = [\"shop/**\"]"));
    small.repo.write("tools/build.py", "x = 1\n");
    small.repo.commit("Build");
    small.green();
    touch(&small.path().join("tools/build.py"), 3600);
    small.check(&[]).exits(0);
    touch(&small.path().join("shop/cart.py"), 3600);
    assert_eq!(small.check(&[]).exits(3).outcome("tests"), "unproven report/stale");
}

#[test]
fn one_entry_alone_may_be_older() {
    let entry = "{ path = \"reports/coverage.xml\", freshness = \"warn\" }";
    let small = Small::with(&CONFIG.replace("\"reports/coverage.xml\"", entry));
    touch(&small.path().join("shop/cart.py"), 3600);
    let verdict = small.check(&[]).exits(3);
    assert_eq!(verdict.outcome("tests"), "unproven report/stale");
    assert_eq!(verdict.outcome("coverage"), "passed coverage/passed");
    assert_eq!(
        verdict.notices("coverage"),
        ["reports/coverage.xml reports/coverage.xml is older than shop/cart.py"]
    );
}

#[test]
fn a_report_over_a_limit_is_unproven() {
    for limit in ["report-bytes = 100", "depth = 2", "attributes = 1", "items = 1"] {
        let small = Small::and(&format!("[limits]\n{limit}\n"));
        let verdict = small.check(&[]).exits(3);
        assert!(verdict.outcome("tests").starts_with("unproven report/"), "{limit}: {:?}", verdict.reasons());
    }
}

#[test]
fn a_milestone_is_about_its_own_paths() {
    let small = Small::and(
        "[[milestones]]\nid = \"1\"\npaths = [\"shop/**\"]\n[[milestones]]\nid = \"2\"\npaths = [\"nowhere/**\"]\n",
    );
    small.repo.write("old/legacy.py", lines(100));
    let all: Vec<u32> = (1..=100).collect();
    small.coverage(&cobertura(&[("shop/cart.py", 20, &[20]), ("old/legacy.py", 100, &all)]));
    assert_eq!(small.check(&["1"]).text("coverage", "measured"), "lines 95.0% (19 of 20)");
    assert_eq!(small.check(&["2"]).outcome("coverage"), "failed coverage/no-data");
    assert_eq!(small.check(&[]).exits(1).text("coverage", "measured"), "lines 15.8% (19 of 120)");
}

#[test]
fn a_report_out_of_git_says_that_its_time_is_of_the_checkout() {
    let small = Small::new();
    small.repo.git(&["add", "-f", "reports"]);
    small.repo.git(&["commit", "-q", "-m", "Reports, too"]);
    touch(&small.path().join("reports/junit.xml"), 3600);
    let told = || small.check(&[]).exits(0).notices("tests").join("\n");
    assert!(told().contains("is committed to git"), "{}", told());
    // Bytes that git does not hold come from a run.
    small.junit(&junit(&[("a", ""), ("b", ""), ("c", "")]));
    assert!(!told().contains("is committed to git"), "{}", told());
}
