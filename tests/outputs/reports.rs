//! Reports for other programs: valid by the official schema, and read back to the same totals.

use crate::verdicts::{any_verdict, told};
use milegate::gates::Criterion;
use milegate::model::findings::Severity;
use milegate::model::outcome::Outcome;
use milegate::readers::{Body, Input, Limits, Report, format, read};
use milegate::render::{OUTPUTS, Style, output};
use milegate::verdict::Verdict;
use proptest::prelude::*;
use quick_xml::events::Event;
use serde_json::Value;
use std::sync::LazyLock;

const STYLE: Style = Style { width: 100, color: false, details: 50, reproduce: false, links: None };

fn shown(name: &str, verdict: &Verdict) -> String {
    (output(name).unwrap().render)(verdict, &STYLE)
}

/// SARIF 2.1.0 as OASIS publishes it, but for a stray bracket in two patterns of languages: no engine
/// of today takes them for regular expressions.
static SARIF: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/schemas/sarif-2.1.0.json");
    let schema = std::fs::read_to_string(path).unwrap().replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

fn complaints(sarif: &Value) -> Vec<String> {
    SARIF.iter_errors(sarif).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// What its reader makes of an output, by content alone where that tells.
fn reread(name: &str, text: &str, declared: bool) -> Report {
    let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
    read(&input, format(name).filter(|_| declared)).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
}

fn all(verdict: &Verdict) -> impl Iterator<Item = &Criterion> {
    verdict.gates.iter().flat_map(|gate| &gate.criteria)
}

/// Tests, failures, errors and skipped cases as they have to be, counted from the verdict.
fn cases(verdict: &Verdict) -> [u64; 4] {
    let count = |is: &dyn Fn(&Criterion) -> bool| all(verdict).filter(|c| is(c)).count() as u64;
    [
        count(&|_| true),
        count(&|c| c.outcome == Outcome::Failed && !c.advisory),
        count(&|c| c.outcome == Outcome::Unproven && !c.advisory),
        count(&|c| match c.outcome {
            Outcome::Passed | Outcome::Waived => false,
            Outcome::Failed | Outcome::Unproven => c.advisory,
            Outcome::Deferred | Outcome::NotApplicable | Outcome::Disabled => true,
        }),
    ]
}

/// Findings of each severity as they have to be: one for each detail, or one for the criterion.
fn findings(verdict: &Verdict) -> [usize; 4] {
    let mut counts = [0; 4];
    for criterion in all(verdict) {
        let judgement = &criterion.judgement;
        let own = judgement.details.len().max(1);
        match criterion.outcome {
            Outcome::Failed if !criterion.advisory => counts[0] += own,
            Outcome::Unproven if !criterion.advisory => counts[1] += own,
            Outcome::Failed | Outcome::Unproven | Outcome::Waived => counts[2] += own,
            _ => {}
        }
        counts[3] += judgement.notices.iter().filter(|notice| notice.place.is_some()).count();
    }
    counts
}

fn read_cases(verdict: &Verdict, declared: bool) -> [u64; 4] {
    let report = reread("junit", &shown("junit", verdict), declared);
    assert_eq!(report.notices, Vec::<String>::new(), "its headers say what its body holds");
    let Body::Tests(tests) = report.body else { panic!("{:?}", report.format.name) };
    assert_eq!((tests.lost.clone(), tests.hidden_failures.clone()), (vec![], vec![]));
    let totals = tests.totals();
    [totals.total, totals.failed, totals.errors, totals.skipped]
}

fn read_findings(verdict: &Verdict, declared: bool) -> [usize; 4] {
    let Body::Findings(found) = reread("gitlab", &shown("gitlab", verdict), declared).body else { panic!() };
    Severity::ALL.map(|severity| found.list.iter().filter(|f| f.severity == severity).count())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn junit_is_read_back_to_the_same_totals(verdict in any_verdict()) {
        prop_assert_eq!(read_cases(&verdict, true), cases(&verdict));
    }

    #[test]
    fn gitlab_is_read_back_to_the_same_totals(verdict in any_verdict()) {
        prop_assert_eq!(read_findings(&verdict, true), findings(&verdict));
    }

    #[test]
    fn sarif_is_valid_and_has_a_result_for_each_issue(verdict in any_verdict()) {
        let sarif: Value = serde_json::from_str(&shown("sarif", &verdict)).unwrap();
        prop_assert_eq!(complaints(&sarif), Vec::<String>::new());
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        prop_assert_eq!(results.len(), findings(&verdict).iter().sum::<usize>());
        let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        for result in results {
            // What code scanning asks for beyond the schema.
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            prop_assert_eq!(&rule["id"], &result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            let uri = place.as_str().unwrap();
            prop_assert!(!uri.is_empty() && !uri.starts_with('/') && !uri.contains([':', '?', '#', ' ', '\\']), "{uri}");
            prop_assert!(uri.split('/').all(|part| part != ".."), "{uri}");
            prop_assert_eq!(result["partialFingerprints"]["milegate/v1"].as_str().unwrap().len(), 64);
        }
    }

    #[test]
    fn fingerprints_are_unique_and_stay_where_lines_move(verdict in any_verdict(), by in 1u32..500) {
        let of = |verdict: &Verdict| {
            let issues: Value = serde_json::from_str(&shown("gitlab", verdict)).unwrap();
            let mut all: Vec<_> =
                issues.as_array().unwrap().iter().map(|i| i["fingerprint"].as_str().unwrap().to_owned()).collect();
            all.sort();
            all
        };
        let mut moved = verdict.clone();
        for criterion in moved.gates.iter_mut().flat_map(|g| &mut g.criteria) {
            let judgement = &mut criterion.judgement;
            for place in judgement.details.iter_mut().chain(&mut judgement.notices).filter_map(|d| d.place.as_mut()) {
                place.line = place.line.map(|line| line + by);
            }
        }
        let (before, after) = (of(&verdict), of(&moved));
        let mut once = before.clone();
        once.dedup();
        prop_assert_eq!(&once, &before);
        prop_assert_eq!(before, after);
    }

    #[test]
    fn markup_is_well_formed_and_loads_nothing(verdict in any_verdict()) {
        let mut pages = vec![shown("badge", &verdict), shown("junit", &verdict)];
        let about = output("badge").unwrap().about.unwrap();
        pages.extend(all(&verdict).map(|criterion| about(&verdict, &criterion.id).unwrap()));
        for page in pages {
            let mut reader = quick_xml::Reader::from_str(&page);
            let mut depth = 0;
            loop {
                match reader.read_event().unwrap() {
                    Event::Start(start) => {
                        depth += 1;
                        for attribute in start.attributes() {
                            let key = attribute.unwrap().key;
                            prop_assert!(!key.as_ref().contains("href") && !key.as_ref().starts_with("on"));
                        }
                        prop_assert!(!["script", "image", "style"].contains(&start.name().as_ref()));
                    }
                    Event::End(_) => depth -= 1,
                    Event::Eof => break,
                    Event::DocType(_) | Event::PI(_) | Event::CData(_) | Event::Comment(_) => prop_assert!(false),
                    _ => {}
                }
            }
            prop_assert_eq!(depth, 0);
        }
    }
}

#[test]
fn the_schema_finds_mistakes() {
    let sarif: Value = serde_json::from_str(&shown("sarif", &told())).unwrap();
    assert_eq!(complaints(&sarif), Vec::<String>::new());
    for (pointer, wrong) in [
        ("/version", Value::from("2.2.0")),
        ("/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", Value::from("a b")),
        ("/runs/0/results/0/level", Value::from("fatal")),
        ("/runs/0/results/0/message", Value::from("text")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", Value::from(0)),
        ("/runs/0/tool/driver/name", Value::Null),
    ] {
        let mut broken = sarif.clone();
        *broken.pointer_mut(pointer).unwrap() = wrong;
        assert!(!complaints(&broken).is_empty(), "{pointer}");
    }
}

#[test]
fn the_told_verdict_is_read_back_by_content_alone() {
    // 10 criteria: 2 failed, 1 unproven; skipped are the advisory, disabled, deferred and inapplicable one.
    assert_eq!(read_cases(&told(), false), [11, 2, 1, 4]);
    assert_eq!(cases(&told()), [11, 2, 1, 4]);
    // 2 findings and a line; 1 unproven; 1 waived and 1 advisory; 1 flaky test.
    assert_eq!(read_findings(&told(), false), [3, 1, 2, 1]);
    let Body::Findings(found) = reread("sarif", &shown("sarif", &told()), false).body else { panic!() };
    let count = |severity| found.list.iter().filter(|f| f.severity == severity).count();
    // The waived one is suppressed.
    assert_eq!((count(Severity::Error), count(Severity::Warning), found.suppressed), (4, 1, 1));
}

#[test]
fn a_badge_is_of_a_criterion_that_was_judged() {
    let about = output("badge").unwrap().about.unwrap();
    let told = told();
    for (name, value) in [
        ("coverage", "coverage: 89.9%"),
        ("code-complete/coverage", "coverage: 89.9%"),
        ("tests", "tests: 412/415"),
        ("lint", "lint: failed"),
        ("benchmarks", "benchmarks: unproven"),
        ("code-review", "code-review: deferred"),
    ] {
        assert!(about(&told, name).unwrap().contains(&format!("<title>{value}</title>")), "{name}");
    }
    for name in ["", "covera", "review-and-approval/coverage", "code-complete"] {
        assert_eq!(about(&told, name), None, "{name}");
    }
}

/// Each output of the same verdict, beside each other.
#[test]
fn every_output_as_its_reader_gets_it() {
    // The page is read element by element, in tests of its own.
    for output in OUTPUTS.iter().filter(|output| output.whole.is_none()) {
        let text = (output.render)(&told(), &STYLE).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(output.name, text);
    }
}
