//! What a runner does with what Milegate writes: annotations as they are meant, and nothing else.

use crate::runner::{MESSAGE, MOST, SUMMARY, listen, values};
use crate::verdicts::{any_verdict, criterion, failed, hostile, told, verdict};
use milegate::evidence::Detail;
use milegate::model::outcome::Outcome;
use milegate::model::place::Place;
use milegate::render::{OUTPUTS, Style, github, output, plain};
use milegate::verdict::Verdict;
use proptest::prelude::*;

fn shown(name: &str, verdict: &Verdict, width: usize) -> String {
    let style = Style { width, color: false, details: 50, reproduce: false, links: None };
    (output(name).unwrap().render)(verdict, &style)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_foreign_text_becomes_a_command(verdict in any_verdict(), width in 30usize..120) {
        for output in OUTPUTS.iter().filter(|o| !["github", "github-output"].contains(&o.name)) {
            let log = listen(&shown(output.name, &verdict, width));
            prop_assert!(log.executed.is_empty(), "{}: {:?}", output.name, log.executed);
        }
    }

    #[test]
    fn annotations_are_all_that_a_stream_of_them_comes_to(verdict in any_verdict()) {
        let stream = shown("github", &verdict, 80);
        let log = listen(&stream);
        prop_assert_eq!(log.executed.len(), stream.lines().count());
        prop_assert_eq!(&log.shown, &[""], "what ends the last line");
        for command in &log.executed {
            prop_assert!(["error", "warning", "notice"].contains(&command.name.as_str()), "{:?}", command);
            let known = |key: &String| ["file", "line", "col", "title"].contains(&key.as_str());
            prop_assert!(command.properties.keys().all(known), "{:?}", command);
            prop_assert!(command.properties.contains_key("title"));
            prop_assert!(command.data.encode_utf16().count() <= MESSAGE);
        }
        for kind in ["error", "warning", "notice"] {
            prop_assert!(log.annotations(kind).len() <= MOST);
        }
    }

    #[test]
    fn a_framed_text_is_shown_and_executes_nothing(text in hostile(), after in hostile()) {
        let log = listen(&format!("{}{}", github::framed(&text), "::notice::after"));
        prop_assert_eq!(log.executed.len(), 3, "{:?}", log);
        prop_assert_eq!(&log.executed[0].name, "stop-commands");
        prop_assert_eq!(&log.executed[0].data, &log.executed[1].name);
        prop_assert_eq!(&log.executed[2].data, "after");
        prop_assert!(!log.stopped);
        // A token of another text does not end this one.
        let other = github::framed(&after);
        prop_assert_eq!(listen(&github::framed(&other)).executed.len(), 2);
    }

    #[test]
    fn a_message_on_stderr_is_no_command(text in hostile(), width in 8usize..120) {
        let lines = plain::wrap(&plain::clean(&text), width).join("\n");
        for stream in [lines, plain::clean(&text), plain::verbatim(&text), format!("error: {}", plain::clean(&text))] {
            prop_assert!(listen(&stream).executed.is_empty(), "{stream}");
        }
    }

    #[test]
    fn outputs_of_a_step_are_read_back(verdict in any_verdict()) {
        let all = values(&format!("before=1\n{}after=2\n", shown("github-output", &verdict, 80))).unwrap();
        prop_assert_eq!(all.len(), 11);
        prop_assert_eq!((all["before"].as_str(), all["after"].as_str()), ("1", "2"));
        prop_assert_eq!(&all["verdict"], verdict.ruling.word());
        prop_assert_eq!(&all["exit-code"], &verdict.exit_status().code().to_string());
        prop_assert_eq!(&all["milestone"], &verdict.subject.milestone.clone().unwrap().0);
        let decided = |outcome| {
            let all = verdict.gates.iter().flat_map(|g| g.criteria.iter().map(move |c| (g.id, c)));
            let all = all.filter(|(_, c)| c.outcome == outcome && !c.advisory);
            all.map(|(gate, c)| format!("{gate}/{}", c.id)).collect::<Vec<_>>().join("\n")
        };
        prop_assert_eq!(&all["failed-criteria"], &decided(Outcome::Failed));
        prop_assert_eq!(&all["unproven-criteria"], &decided(Outcome::Unproven));
    }
}

/// Ten thousand findings, each of a thousand words, beside a failing test and an unproven criterion.
fn flood() -> Verdict {
    let long = "word ".repeat(1000);
    let findings = |n: u32| Detail::at(Place::line(format!("src/m{n}.py"), n), format!("error E{n}: {long}"));
    let mut unproven = criterion("coverage", "coverage", Outcome::Unproven, "");
    unproven.judgement.message = "no report matches".to_owned();
    verdict(vec![
        failed("lint", "lint", "lint/too-many", "10000 errors", (1..=10_000).map(findings).collect()),
        unproven,
        failed("tests", "tests", "tests/failing", "1 failed", vec![Detail::remark("test_add: 2 != 3")]),
    ])
}

#[test]
fn limits_are_kept_with_ten_thousand_findings() {
    let flood = flood();
    let log = listen(&shown("github", &flood, 80));
    let errors = log.annotations("error");
    assert_eq!(errors.len(), MOST);
    // The first of each criterion, failed before unproven; only then more of the same.
    let titles: Vec<_> =
        errors.iter().map(|c| c.properties["title"].split(':').next().unwrap().to_owned()).collect();
    assert_eq!(titles[..4], ["lint failed", "tests failed", "coverage unproven", "lint failed"]);
    assert_eq!(errors[9].data, "9993 more of this kind: see the step summary");
    for error in &errors {
        assert!(error.data.encode_utf16().count() <= MESSAGE, "{}", error.data.len());
    }
    assert!(errors[0].data.ends_with("…\nnext: mend it"), "{}", errors[0].data);
    assert_eq!(
        (errors[0].properties["file"].as_str(), errors[0].properties["line"].as_str()),
        ("src/m1.py", "1")
    );

    let page = shown("markdown", &flood, 100);
    assert!(page.len() < SUMMARY / 10, "{}", page.len());
    let sarif: serde_json::Value = serde_json::from_str(&shown("sarif", &flood, 100)).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 10_002);
}

#[test]
fn ten_of_a_kind_are_ten_and_eleven_are_nine_and_a_word() {
    for (n, last) in [(10, "finding 10"), (11, "2 more of this kind: see the step summary")] {
        let details = (1..=n).map(|n| Detail::remark(format!("finding {n}"))).collect();
        let mut criterion = failed("lint", "lint", "lint/too-many", "errors", details);
        criterion.judgement.next_step.clear();
        let log = listen(&shown("github", &verdict(vec![criterion]), 80));
        assert_eq!((log.executed.len(), log.executed[9].data.as_str()), (10, last));
    }
}

#[test]
fn a_summary_is_cut_between_two_sections() {
    let long = "x".repeat(380);
    let details = || (0..50).map(|n| Detail::remark(format!("{n} {long}"))).collect();
    let criteria =
        (0..200).map(|n| failed(&format!("lint-{n}"), "lint", "lint/too-many", "50 errors", details()));
    let verdict = verdict(criteria.collect());
    let page = shown("markdown", &verdict, 100);
    assert!(page.len() < 900 * 1024 && page.len() > 850 * 1024, "{}", page.len());
    let last = page.trim_end().lines().last().unwrap();
    let left: usize = last.split(' ').next().unwrap().parse().unwrap();
    let shown = page.matches("**failed**").count();
    // 200 reasons and a section for each of the four gates; each one either whole or left out.
    assert_eq!(shown + left, 204, "{last}");
    assert_eq!(page.matches("Next: mend it").count(), shown);
}

#[test]
fn what_passed_annotates_nothing() {
    let passed = verdict(vec![criterion("tests", "tests", Outcome::Passed, "2 passed")]);
    assert_eq!(shown("github", &passed, 80), "");
    let log = listen(&shown("github", &told(), 80));
    assert_eq!(log.annotations("error").len(), 4, "two findings, a line, an unproven criterion");
    assert_eq!(log.annotations("warning").len(), 2, "one waived, one advisory");
    assert_eq!(log.annotations("notice").len(), 2, "a flaky test, and what changed");
}
