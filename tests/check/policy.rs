//! What is asked, of whom, and when: gates chosen, waivers, advisory criteria, occasions, mistakes
//! in the configuration, and whose policy it is.

use crate::program::{check_json, milegate};
use crate::repo::Repo;
use crate::small::{CONFIG, Small, cobertura, junit};

const RED_COVERAGE: &[(&str, u32, &[u32])] = &[("shop/cart.py", 20, &[1, 2, 3])];

fn red() -> Small {
    let small = Small::new();
    small.coverage(&cobertura(RED_COVERAGE));
    small
}

fn waiver(expires: &str) -> String {
    format!(
        "[[waivers]]\ncriterion = \"code-complete/coverage\"\nreason = \"legacy importer\"\nby = \"alice\"\nexpires = {expires}\n"
    )
}

#[test]
fn a_waiver_covers_a_failure_until_its_day() {
    let small = red();
    small.check(&[]).exits(1);
    small.config(&waiver("2126-12-24"));
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.outcome("coverage"), "waived coverage/below-target");
    assert!(
        verdict.text("coverage", "message").ends_with("waived by alice until 2126-12-24: legacy importer")
    );

    small.config(&waiver("2020-01-01"));
    let verdict = small.check(&[]).exits(1);
    assert_eq!(verdict.outcome("coverage"), "failed coverage/below-target");
    assert_eq!(verdict.notices("coverage"), ["the waiver by alice expired on 2020-01-01"]);
}

#[test]
fn a_waiver_never_covers_missing_evidence() {
    let small = red();
    small.config(&waiver("2126-12-24"));
    small.repo.remove("reports/coverage.xml");
    assert_eq!(small.check(&[]).exits(3).outcome("coverage"), "unproven report/missing");
    small.coverage("<coverage");
    assert_eq!(small.check(&[]).exits(3).outcome("coverage"), "unproven report/truncated");
}

#[test]
fn a_waiver_alone_is_no_pass() {
    let small = red();
    let without_tests = CONFIG.replace("unit = \"reports/junit.xml\"\n", "");
    small.repo.write("milegate.toml", format!("{without_tests}{}", waiver("2126-12-24")));
    let verdict = small.check(&[]).exits(3);
    assert_eq!(verdict.outcome("coverage"), "waived coverage/below-target");
    assert!(verdict.run_notices()[0].starts_with("nothing was judged"));
}

#[test]
fn an_advisory_criterion_is_shown_and_does_not_decide() {
    let small = red();
    small.config("[gates.code-complete.coverage]\nadvisory = true\n");
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.outcome("coverage"), "failed coverage/below-target");
    assert_eq!(verdict.of("coverage")["advisory"], true);
    let text = small.run(&["check"]).exits(0).flat();
    assert!(text.contains("lines 85.0%") && text.contains("(advisory: does not decide)"), "{text}");
    assert!(text.contains("1 advisory"), "counted in the summary: {text}");
    // It cannot be the one that makes a run pass either.
    small.config(
        "[gates.code-complete.coverage]\nadvisory = true\n[gates.code-complete.tests]\nadvisory = true\n",
    );
    small.check(&[]).exits(3);
}

#[test]
fn an_advisory_run_exits_with_zero_and_says_so() {
    let small = red();
    let run = small.run(&["check", "--advisory"]).exits(0);
    assert!(run.stdout.contains("Refused: gate 1 failed"), "{}", run.stdout);
    assert!(run.stdout.contains("advisory: exits with 0 instead of 1"), "{}", run.stdout);
    let verdict = check_json(small.path(), &["--advisory"]);
    assert_eq!((verdict.code, &verdict.json["verdict"]), (0, &"failed".into()));
    assert_eq!(verdict.json["exit_code"], 1, "what the verdict is worth");
    assert_eq!(verdict.run_notices(), ["advisory: exits with 0 instead of 1"]);
}

#[test]
fn one_gate_alone_is_judged_by_number_or_id() {
    let small = red();
    for gate in ["1", "code-complete"] {
        let verdict = small.check(&["--gate", gate]).exits(1);
        assert_eq!(verdict.json["gates"].as_array().unwrap().len(), 1);
    }
    // Nothing is configured for the others: no vacuous pass.
    small.check(&["--gate", "3"]).exits(3);
    let verdict = small.check(&["--gate", "4", "--gate", "1"]).exits(1);
    assert_eq!(verdict.json["gates"][0]["number"], 1);
}

#[test]
fn unknown_names_are_usage_errors_with_a_suggestion() {
    let small = Small::and("[[milestones]]\nid = \"5.1\"\n");
    for (args, message, hint) in [
        (vec!["check", "--gate", "code-complet"], "no gate `code-complet`", "code-complete"),
        (vec!["check", "--gate", "7"], "no gate `7`", "1 code-complete"),
        (vec!["check", "5.2"], "no milestone `5.2` in milegate.toml", "5.1"),
        (vec!["check", "--output", "jsno=x"], "no output format `jsno`", "json"),
        (vec!["check", "--output", "x"], "expected FORMAT=PATH", "--output markdown=summary.md"),
        (vec!["check", "--output-format", "jsn"], "invalid value 'jsn'", "json"),
        (vec!["check", "--base", "nowhere"], "nowhere", ""),
        (vec!["check", "--policy-from", "nowhere"], "nowhere", ""),
        (vec!["check", "--on", "tuesday"], "invalid value 'tuesday'", "change, milestone"),
        (vec!["chekc"], "unrecognized subcommand 'chekc'", "check"),
    ] {
        let run = small.run(&args).exits(2);
        assert!(run.stderr.contains(message) && run.stderr.contains(hint), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
    }
}

#[test]
fn a_refusal_is_a_page_where_a_program_reads() {
    let small = Small::new();
    small.config("[reports]\nunit = \"again.xml\"\n");
    let page = small.run(&["check", "--output-format", "json"]).exits(2).json();
    assert_eq!((&page["schema_version"], &page["exit_code"]), (&1.into(), &2.into()));
    assert_eq!(page["error"]["message"], "the configuration has mistakes");
    assert!(page["error"]["mistakes"][0]["line"].as_u64().unwrap() > 1, "{page}");
    small.repo.write("milegate.toml", CONFIG);
    let page = small.run(&["complete", "9.9", "--output-format", "json"]).exits(2).json();
    assert_eq!(page["error"]["message"], "no milestone `9.9` in milegate.toml");
}

#[test]
fn every_mistake_in_the_configuration_is_shown_at_once() {
    let small = Small::with(
        "[project]\nid = \"Shop!\"\n\n[[milestones]]\nid = 5.10\n\n[reports]\nunit = { path = \"a.xml\", formt = \"junit\" }\n\n\
         [gates.code-complete.coverage]\nlines = \">= 900%\"\nbranchs = \">= 80%\"\n[gates.code-complet.tests]\n",
    );
    let run = small.run(&["check"]).exits(2);
    for told in [
        "milegate.toml:2:",
        "milegate.toml:5:",
        "milegate.toml:8:",
        "milegate.toml:11:",
        "milegate.toml:12:",
        "milegate.toml:13:",
    ] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
    assert!(run.stderr.contains("write id = \"5.10\""), "{}", run.stderr);
    assert!(run.stderr.contains("branches"), "{}", run.stderr);
    assert!(run.stderr.matches("^").count() >= 6, "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert!(!run.stderr.contains('\x1b'), "{}", run.stderr);
}

#[test]
fn no_configuration_is_told_how_to_get_one() {
    let repo = Repo::new();
    repo.write("a", "a");
    repo.commit("Start");
    let run = milegate(repo.path(), &["check"]).exits(2);
    assert!(run.stderr.contains("no milegate.toml in "), "{}", run.stderr);
    assert!(run.stderr.contains("milegate init"), "{}", run.stderr);
}

#[test]
fn it_judges_the_same_from_a_folder_below_and_with_other_names_of_the_file() {
    let small = Small::new();
    check_json(&small.path().join("shop"), &[]).exits(0);
    milegate(&small.repo.beside(""), &["-C", "work", "check"]).exits(0);
    for (name, text) in [
        (".milegate.toml", CONFIG.to_owned()),
        (
            "pyproject.toml",
            CONFIG
                .replace("[project]", "[tool.milegate.project]")
                .replace("[reports]", "[tool.milegate.reports]"),
        ),
        ("ci/gates.toml", CONFIG.to_owned()),
    ] {
        let _ = std::fs::remove_file(small.path().join("milegate.toml"));
        small.repo.write(name, text);
        small.green();
        let args: &[&str] = if name.contains('/') { &["--config", name] } else { &[] };
        let verdict = small.check(args).exits(0);
        assert_eq!(verdict.json["policy"]["path"], name);
        small.repo.remove(name);
    }
}

#[test]
fn a_configuration_is_named_from_where_one_stands() {
    let small = Small::new();
    small.repo.write("ci/gates.toml", CONFIG);
    small.green();
    let shop = small.path().join("shop");
    for args in [&["--config", "../ci/gates.toml"][..], &["-C", "..", "--config", "ci/gates.toml"]] {
        assert_eq!(check_json(&shop, args).exits(0).json["policy"]["path"], "ci/gates.toml", "{args:?}");
    }
    let outside = small.repo.beside("outside.toml");
    std::fs::write(&outside, CONFIG).unwrap();
    for config in
        [outside.to_str().unwrap(), "../outside.toml", "nowhere.toml", "nowhere/at/all.toml", "shop", ""]
    {
        let run = small.run(&["check", "--config", config]).exits(2);
        assert!(run.stderr.starts_with("error: "), "{config}: {}", run.stderr);
    }
}

const MILESTONES: &str =
    "[[milestones]]\nid = \"1.0\"\nname = \"First\"\n[[milestones]]\nid = \"1.1\"\nname = \"Second\"\n";

#[test]
fn a_change_defers_what_a_milestone_needs() {
    let small = Small::and(MILESTONES);
    let change = small.check(&[]).exits(0);
    assert_eq!((&change.json["occasion"], &change.json["milestone"]), (&"change".into(), &"1.0".into()));
    let words: Vec<_> =
        change.json["gates"].as_array().unwrap().iter().map(|g| g["verdict"].as_str().unwrap()).collect();
    assert_eq!(words, ["passed", "deferred", "deferred", "deferred"]);

    for args in [vec!["1.0"], vec!["--on", "milestone"]] {
        let milestone = small.check(&args).exits(3);
        assert_eq!(milestone.json["occasion"], "milestone");
        let words: Vec<_> = milestone.json["gates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|g| g["verdict"].as_str().unwrap())
            .collect();
        assert_eq!(words, ["unproven"; 4]);
        assert_eq!(milestone.outcome("regression"), "unproven regression/not-configured");
        assert_eq!(milestone.outcome("code-review"), "unproven approval/not-configured");
    }
    let change = small.check(&["1.1", "--on", "change"]).exits(0);
    assert_eq!((&change.json["occasion"], &change.json["milestone"]), (&"change".into(), &"1.1".into()));
}

#[test]
fn the_first_milestone_without_a_tag_is_chosen() {
    let small = Small::and(MILESTONES);
    small.repo.git(&["tag", "-a", "-m", "x", "shop-milestone-1.0-complete"]);
    assert_eq!(small.check(&[]).exits(0).json["milestone"], "1.1");
    small.repo.git(&["tag", "-a", "-m", "x", "shop-milestone-1.1-complete"]);
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.json["milestone"], serde_json::Value::Null);
    let run = small.run(&["check", "--on", "milestone"]).exits(2);
    assert!(run.stderr.contains("no milestone to judge"), "{}", run.stderr);
}

#[test]
fn the_occasion_of_a_criterion_can_be_chosen() {
    let small = Small::and(
        "[gates.code-complete.tests]\njudged-on = [\"milestone\"]\n[gates.code-complete.coverage]\njudged-on = [\"milestone\"]\n",
    );
    let verdict = small.check(&[]).exits(3);
    assert_eq!(verdict.outcome("tests"), "deferred tests/passed");
    assert_eq!(verdict.json["verdict"], "unproven");
    let text = small.run(&["check"]).exits(3).stdout;
    assert!(text.contains("nothing was judged"), "{text}");

    let small = Small::and(
        "[documents]\nchecklist = \"TODO.md\"\n[[milestones]]\nid = \"1\"\n[gates.code-complete.checklist]\njudged-on = [\"change\"]\n",
    );
    small.repo.write("TODO.md", "## Milestone 1: x\n\n- [x] a\n- [ ] b\n");
    let verdict = small.check(&[]).exits(1);
    assert_eq!(verdict.outcome("checklist"), "failed checklist/open-items");
    assert_eq!(verdict.details("checklist"), ["TODO.md:4 b"]);
}

#[test]
fn a_disabled_criterion_is_never_a_pass() {
    let small = Small::and("[gates.code-complete]\ndisable = { coverage = \"not yet\" }\n");
    small.repo.remove("reports/coverage.xml");
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.outcome("coverage"), "disabled coverage/disabled");
    let text = small.run(&["check"]).exits(0).stdout;
    assert!(text.contains("switched off: not yet") && text.contains("(1 switched off"), "{text}");
}

#[test]
fn a_change_cannot_lower_the_bar_it_is_held_against() {
    let small = red();
    small.repo.git(&["switch", "-q", "-c", "feature"]);
    small.config("[gates.code-complete.coverage]\nlines = \">= 10%\"\n");
    small.repo.commit("Lower the bar");
    small.junit(&junit(&[("a", "")])).coverage(&cobertura(RED_COVERAGE));
    small.check(&[]).exits(0);
    let verdict = small.check(&["--policy-from", "main"]).exits(1);
    assert_eq!(verdict.json["policy"]["from"], "main");
    assert_eq!(verdict.json["policy"]["blob"], small.repo.git(&["rev-parse", "main:milegate.toml"]));
    let notice = "this change edits milegate.toml: judged by the policy of main";
    assert_eq!(verdict.run_notices(), [notice]);
    for format in ["text", "markdown"] {
        let run = small.run(&["check", "--policy-from", "main", "--output-format", format]).exits(1);
        assert!(run.stdout.contains("edits milegate.toml"), "{format}: {}", run.stdout);
    }
}

#[test]
fn deleting_the_policy_does_not_escape_it() {
    let small = red();
    small.repo.git(&["switch", "-q", "-c", "feature"]);
    small.repo.remove("milegate.toml");
    small.repo.commit("Do without");
    small.junit(&junit(&[("a", "")])).coverage(&cobertura(RED_COVERAGE));
    let verdict = small.check(&["--policy-from", "main"]).exits(1);
    assert_eq!(verdict.json["policy"]["from"], "main");
}

#[test]
fn moving_the_policy_does_not_escape_it() {
    let small = red();
    small.repo.git(&["switch", "-q", "-c", "feature"]);
    small.repo.git(&["mv", "milegate.toml", ".milegate.toml"]);
    small
        .repo
        .write(".milegate.toml", format!("{CONFIG}[gates.code-complete.coverage]\nlines = \">= 10%\"\n"));
    small.repo.write("shop/milegate.toml", "[project]\nid = \"x\"\n");
    small.repo.commit("Move the bar");
    small.junit(&junit(&[("a", "")])).coverage(&cobertura(RED_COVERAGE));
    let verdict = small.check(&["--policy-from", "main"]).exits(1);
    assert_eq!(verdict.json["policy"]["path"], "milegate.toml");
    let verdict = check_json(&small.path().join("shop"), &["--policy-from", "main"]).exits(1);
    assert_eq!(verdict.json["policy"]["path"], "milegate.toml");
}

#[test]
fn a_first_policy_is_not_yet_trusted() {
    let repo = Repo::new();
    repo.write("shop/cart.py", "x = 1\n").write(".gitignore", "reports/\n");
    repo.commit("Start");
    repo.git(&["switch", "-q", "-c", "feature"]);
    repo.write("milegate.toml", CONFIG);
    repo.commit("Introduce gates");
    repo.write("reports/junit.xml", junit(&[("a", "")]));
    repo.write("reports/coverage.xml", cobertura(&[("shop/cart.py", 1, &[])]));
    let verdict = check_json(repo.path(), &["--policy-from", "main"]).exits(0);
    assert!(verdict.run_notices()[0].contains("not yet trusted"), "{:?}", verdict.run_notices());
    assert_eq!(verdict.json["policy"]["from"], "work tree, not yet trusted");
}
