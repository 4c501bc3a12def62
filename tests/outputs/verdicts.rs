//! Verdicts to be shown: one that is told in full, and any there can be.

use milegate::criteria::{CRITERIA, Judgement};
use milegate::evidence::{Detail, Source};
use milegate::gates::{Criterion, GATES, GateResult};
use milegate::model::outcome::{Occasion, Outcome, Ruling};
use milegate::model::place::Place;
use milegate::verdict::{Policy, Subject, Verdict};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A judged criterion with nothing more to say than its outcome.
pub fn criterion(id: &str, kind: &'static str, outcome: Outcome, measured: &str) -> Criterion {
    let mut judgement = Judgement::passed(kind, measured);
    judgement.outcome = outcome;
    judgement.code = format!("{kind}/{}", outcome.word());
    Criterion { id: id.to_owned(), kind, outcome, advisory: false, judgement }
}

/// One that failed, with its details.
pub fn failed(id: &str, kind: &'static str, code: &str, measured: &str, details: Vec<Detail>) -> Criterion {
    let mut criterion = criterion(id, kind, Outcome::Failed, measured);
    criterion.judgement.code = code.to_owned();
    criterion.judgement.details = details;
    criterion.judgement.next_step = "mend it".to_owned();
    criterion
}

/// The four gates with these criteria in the first; the others hold nothing.
pub fn verdict(first: Vec<Criterion>) -> Verdict {
    let ruling = ruling(&first);
    let mut gates: Vec<_> = GATES
        .iter()
        .map(|g| GateResult {
            number: g.number,
            id: g.id,
            name: g.name,
            ruling: Ruling::Deferred,
            criteria: vec![],
        })
        .collect();
    gates[0].criteria = first;
    gates[0].ruling = ruling;
    Verdict { subject: subject(), occasion: Occasion::Change, ruling, gates, notices: Vec::new() }
}

fn ruling(criteria: &[Criterion]) -> Ruling {
    let any = |outcome| criteria.iter().any(|c| c.outcome == outcome && !c.advisory);
    if any(Outcome::Failed) {
        Ruling::Failed
    } else if any(Outcome::Unproven) || !any(Outcome::Passed) {
        Ruling::Unproven
    } else {
        Ruling::Passed
    }
}

fn subject() -> Subject {
    Subject {
        project: "shop".to_owned(),
        project_name: "Shop".to_owned(),
        milestone: Some(("1.0".to_owned(), "Cart".to_owned())),
        commit: Some("3f2a91c0".repeat(5)),
        subject_tree: Some("4b825dc6".repeat(5)),
        policy: Policy { path: "milegate.toml".to_owned(), blob: String::new(), from: "HEAD".to_owned() },
    }
}

/// One of every outcome, each with all it can tell.
pub fn told() -> Verdict {
    let at = |path: &str, line, message: &str| Detail::at(Place::line(path, line), message);
    let mut lint = failed(
        "lint",
        "lint",
        "lint/too-many",
        "0 critical, 2 errors",
        vec![
            Detail::at(Place::at("shop/cart.py", 7, 3), "error E501: Line too long (120 > 79) [flake8]"),
            at("shop/ä b.py", 9, "error C0114: Missing docstring | `x` <b> @alice [pylint]"),
        ],
    );
    lint.judgement.expected = "critical <= 0, error <= 0".to_owned();
    lint.judgement.next_step = "mend 2 findings".to_owned();
    let mut coverage = failed(
        "coverage",
        "coverage",
        "coverage/below-target",
        "lines 89.9% (899 of 1000), changed lines 50.0% (2 of 4)",
        vec![at("shop/cart.py", 22, "changed, not covered: lines 22-23")],
    );
    coverage.judgement.expected = "lines >= 90%, changed lines >= 95%".to_owned();
    coverage.judgement.next_step = "cover 1 more line".to_owned();
    coverage.judgement.figures = vec![("lines", "89.9%".to_owned())];
    let mut tests = criterion("tests", "tests", Outcome::Passed, "412 passed, 3 skipped");
    tests.judgement.figures = vec![("passing", "412/415".to_owned())];
    tests.judgement.notices = vec![at("tests/test_cart.py", 40, "flaky: tests.test_cart::test_lock")];
    tests.judgement.evidence = vec![Source {
        path: "reports/unit.xml".to_owned(),
        format: "junit".to_owned(),
        sha256: "0".repeat(64),
    }];
    let mut waived = failed("licences", "lint", "lint/too-many", "1 error", vec![]);
    waived.outcome = Outcome::Waived;
    waived.judgement.message = "1 error - waived by alice until 2026-12-24: legacy importer".to_owned();
    let mut advisory = failed("spelling", "lint", "lint/too-many", "12 warnings", vec![]);
    advisory.advisory = true;
    let mut all = verdict(vec![tests, coverage, lint, waived, advisory]);
    let mut absent = criterion("benchmarks", "benchmarks", Outcome::Unproven, "");
    absent.judgement.code = "benchmarks/absent".to_owned();
    absent.judgement.message = "no report measures `test_query`".to_owned();
    absent.judgement.next_step = "run `pytest --benchmark-json=bench.json` and check again".to_owned();
    let mut measured = criterion("queries", "benchmarks", Outcome::Passed, "1 of 1 targets met");
    measured.judgement.details = vec![Detail::remark("Simple Query: 1.2 ms, target < 100 ms")];
    measured.judgement.figures =
        vec![("history", "test_db_query_simple: 0.0012 0.0013 0.0012 0.0018".to_owned())];
    all.gates[1].criteria = vec![
        absent,
        measured,
        criterion("monitoring", "monitoring", Outcome::Disabled, "switched off: no staging environment yet"),
    ];
    all.gates[1].ruling = Ruling::Unproven;
    all.gates[2].criteria = vec![criterion("guides", "documents", Outcome::Passed, "2 of 2 documents")];
    all.gates[2].ruling = Ruling::Passed;
    all.gates[3].criteria = vec![
        criterion("code-review", "approval", Outcome::Deferred, "0 of 1 approvals"),
        criterion("security-review", "approval", Outcome::NotApplicable, "nothing it looks at changed"),
    ];
    all.notices = vec![Detail::remark("this change edits milegate.toml; it is judged by the base's")];
    all
}

const PIECES: &[&str] = &[
    "::error::",
    "::",
    "##[",
    "##[error]",
    "##[add-mask]x",
    "##vso[task.setvariable]",
    "::add-mask::x",
    "]",
    "::stop-commands::x",
    "::x::",
    "::set-output name=a::",
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "\u{b}",
    "\u{85}",
    "\u{2028}",
    "%0A",
    "%25",
    "%",
    ",",
    ":",
    "=",
    "<<EOF",
    "ghadelimiter_",
    "`",
    "``",
    "```",
    "|",
    "\\|",
    "\\",
    "<b>",
    "<!-- x -->",
    "]]>",
    "&amp;",
    "@everyone",
    "#1",
    "[a](http://x)",
    "http://x.y",
    "www.x.y",
    "**",
    "_",
    "~~",
    "\u{1b}[31m",
    "\u{1b}]8;;x\u{7}",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{9b}2J",
    "\u{0}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{e0041}",
    "ü",
    "𝄞",
    "a",
    "word",
    "1",
    "12.5%",
    "\"",
    "'",
    "-->",
    "- x",
    "# x",
    "> ",
];

/// Text that means something to somebody: a runner, a terminal, Markdown, HTML, XML, JSON, a file of values.
pub fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => select(PIECES).prop_map(str::to_owned), 1 => ".{0,8}"];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn detail() -> impl Strategy<Value = Detail> {
    let place = (hostile(), option::of(1..9999_u32), option::of(1..200_u32))
        .prop_map(|(path, line, column)| Place { path, line, column: line.and(column) });
    (option::of(place), hostile()).prop_map(|(place, message)| Detail { place, message })
}

fn judged() -> impl Strategy<Value = Criterion> {
    const OUTCOMES: &[Outcome] = &[
        Outcome::Passed,
        Outcome::Failed,
        Outcome::Unproven,
        Outcome::Waived,
        Outcome::Deferred,
        Outcome::NotApplicable,
        Outcome::Disabled,
    ];
    let texts = (hostile(), hostile(), hostile(), hostile());
    let lists = (vec(detail(), 0..4), vec(detail(), 0..3));
    (select(CRITERIA), select(OUTCOMES), any::<bool>(), "[a-z-]{1,12}", texts, lists, hostile()).prop_map(
        |(kind, outcome, advisory, id, (measured, message, expected, next), (details, notices), path)| {
            let mut criterion = criterion(&id, kind.name, outcome, &measured);
            criterion.advisory = advisory;
            let judgement = &mut criterion.judgement;
            judgement.code = kind.codes.first().map_or("x/y", |code| code.0).to_owned();
            (judgement.message, judgement.expected, judgement.next_step) = (message, expected, next);
            (judgement.details, judgement.notices) = (details, notices);
            judgement.evidence = vec![Source { path, format: "junit".to_owned(), sha256: String::new() }];
            criterion
        },
    )
}

/// Any verdict, all of its texts hostile.
pub fn any_verdict() -> impl Strategy<Value = Verdict> {
    (vec(judged(), 1..5), vec(judged(), 0..3), (hostile(), hostile(), hostile()), vec(hostile(), 0..3))
        .prop_map(|(first, second, (project, milestone, policy), notices)| {
            let mut all = verdict(unique(first));
            all.gates[1].criteria = unique(second);
            all.gates[1].ruling = ruling(&all.gates[1].criteria);
            all.subject.project.clone_from(&project);
            all.subject.project_name = project;
            all.subject.milestone = Some((milestone.clone(), milestone));
            all.subject.policy.path = policy;
            all.notices = notices.into_iter().map(Detail::remark).collect();
            all
        })
}

/// As in a configuration: no two criteria of a gate bear the same name.
fn unique(mut criteria: Vec<Criterion>) -> Vec<Criterion> {
    for (at, criterion) in criteria.iter_mut().enumerate() {
        criterion.id = format!("{}{at}", criterion.id);
    }
    criteria
}
