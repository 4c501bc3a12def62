//! What is written is valid whatever was found, and so is every suggestion in it.

use super::*;
use crate::config::{Config, TomlFile};
use proptest::prelude::*;

fn parse(text: &str) -> Config {
    Config::parse(text, "milegate.toml", TomlFile::Own).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"))
}

/// The text with every suggestion switched on.
fn switched_on(text: &str) -> String {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') => rest.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(|line| on(line) + "\n").collect()
}

fn report(path: &str, format: &str, kind: Kind) -> FoundReport {
    FoundReport { path: path.to_owned(), format: format.to_owned(), kind }
}

fn sample() -> Findings {
    Findings {
        project_name: "Phase 5".into(),
        report_files: vec![
            report("reports/unit-10.xml", "junit", Kind::Tests),
            report("reports/unit-11.xml", "junit", Kind::Tests),
            report("reports/integration.xml", "junit", Kind::Tests),
            report("reports/coverage.xml", "cobertura", Kind::Coverage),
            report("reports/pylint.json", "pylint-json", Kind::Findings),
            report("a/bench.json", "pytest-benchmark", Kind::Benchmarks),
            report("b/perf.json", "pytest-benchmark", Kind::Benchmarks),
        ],
        linters: ["pylint", "black", "mypy", "pytest", "coverage", "interrogate"].map(str::to_owned).to_vec(),
        checklist: Some(FoundChecklist {
            path: "PHASE_5_IMPLEMENTATION_CHECKLIST.md".into(),
            milestones: vec![
                ("5.1".into(), "Database Foundation".into()),
                ("5.1".into(), "again".into()),
                ("not an id".into(), "no".into()),
                ("5.10".into(), "The \"last\" one".into()),
            ],
        }),
        status: Some("PHASE_5_IMPLEMENTATION_STATUS.md".into()),
        log: None,
        docs: vec!["docs/guide.md".into(), "../elsewhere.md".into()],
        author: Some(Author {
            id: "Bob B.".into(),
            name: "Bob Builder".into(),
            email: "bob@example.com".into(),
        }),
    }
}

#[test]
fn a_repository_with_reports() {
    insta::assert_snapshot!(write(&sample()), @r##"
    # What Milegate asks of this project before a milestone is tagged.
    # `milegate check` judges it, `milegate explain CRITERION` tells every key. A line that begins
    # with # and no space is a suggestion: take the # away to switch it on.

    [project]
    id = "phase-5"            # goes into tags and approvals: a-z, 0-9 and -
    name = "Phase 5"

    # Documents that are kept up to date. One that is not named is not touched.
    [documents]
    checklist = "PHASE_5_IMPLEMENTATION_CHECKLIST.md"  # read and ticked
    status = "PHASE_5_IMPLEMENTATION_STATUS.md"  # brought up to date when a milestone is complete
    #log = "docs/PROGRESS.md"  # gets an entry for each completed milestone

    # "branch" is for a protected main branch: the documents go to milegate/<milestone>.
    #[tag]
    #publish = "branch"

    # The milestones in their order. Each requires the one before it, unless requires = [...] says more.
    [[milestones]]
    id = "5.1"
    name = "Database Foundation"

    [[milestones]]
    id = "5.10"
    name = "The \"last\" one"

    # Where your tools write their reports: a name and a glob. The format is detected from the content.
    [reports]
    unit = "reports/unit-*.xml"
    integration = "reports/integration.xml"
    coverage = "reports/coverage.xml"
    pylint = "reports/pylint.json"
    benchmarks = ["a/bench.json", "b/perf.json"]
    # black: black --check . 2> reports/black.txt; echo $? > reports/black.status
    #black = { path = "reports/black.txt", exit-status = "reports/black.status" }
    # mypy: mypy . > reports/mypy.txt
    #mypy = "reports/mypy.txt"
    # interrogate: interrogate -v . > reports/interrogate.txt
    #docstrings = "reports/interrogate.txt"

    # The four gates are built in; a table here overrides a criterion key by key.

    [gates.code-complete.tests]
    reports = ["unit"]

    [gates.integration-verified.integration-tests]
    reports = ["integration"]

    [gates.code-complete.coverage]
    lines = ">= 90%"
    #branches = ">= 80%"
    #changed-lines = ">= 95%"        # of what this change touches

    # Targets by the benchmark's name:
    #[gates.integration-verified.benchmarks.targets]
    #test_query = "< 100 ms"

    [gates.documentation-complete.guides]
    required = ["docs/guide.md"]

    # What this project does not have is switched off with a reason, which every verdict shows.
    #[gates.integration-verified]
    #disable = { regression = "no baseline yet", monitoring = "no staging environment yet" }
    #[gates.documentation-complete]
    #disable = { diagrams = "none in this project" }

    # Who may sign off, with `milegate approve ROLE`. Nobody's approval covers commits of their own.
    # Bob Builder
    [people.bob-b]
    emails = ["bob@example.com"]
    roles = ["code", "architecture", "security", "performance"]
    #keys = ["ssh-ed25519 AAAA..."]    # for signed approvals
    "##);
}

#[test]
fn what_is_written_says_what_was_found() {
    let config = parse(&write(&sample()));
    assert_eq!(config.project.id, "phase-5");
    assert_eq!(config.milestones.len(), 2);
    assert_eq!(config.people[0].id, "bob-b");
    let patterns = |name: &str| config.reports.iter().find(|r| r.name == name).unwrap().patterns.clone();
    assert_eq!(patterns("unit"), ["reports/unit-*.xml"]);
    assert_eq!(patterns("benchmarks"), ["a/bench.json", "b/perf.json"]);
    assert_eq!(config.gates[1].criteria[0].reports.as_deref(), Some(&["integration".to_owned()][..]));
}

#[test]
fn an_empty_repository_gets_a_file_to_begin_with() {
    let text = write(&Findings::default());
    assert_eq!(parse(&text).project.id, "project");
    assert!(text.contains("#unit = \"reports/unit*.xml\""), "{text}");
    parse(&switched_on(&text));
}

#[test]
fn every_tool_has_a_line_that_can_be_switched_on() {
    let linters = TOOLS.iter().map(|tool| tool.name.to_owned()).collect();
    let config = parse(&switched_on(&write(&Findings { linters, ..Findings::default() })));
    assert_eq!(config.reports.len(), TOOLS.len());
}

#[test]
fn a_glob_never_takes_in_another_report() {
    let files = [
        report("r/a-unit.xml", "junit", Kind::Tests),
        report("r/b-unit.xml", "junit", Kind::Tests),
        report("r/integration-unit.xml", "junit", Kind::Tests),
        report("w/1/mypy.txt", "mypy-text", Kind::Findings),
        report("w/2/mypy.txt", "mypy-text", Kind::Findings),
        report("x[1].json", "ruff-json", Kind::Findings),
    ];
    let groups = groups(&files);
    let of = |name: &str| groups.iter().find(|g| g.name == name).unwrap().patterns.clone();
    assert_eq!(of("unit"), ["r/a-unit.xml", "r/b-unit.xml"]);
    assert_eq!(of("mypy"), ["w/*/mypy.txt"]);
    assert_eq!(of("ruff"), ["x[[]1[]].json"]);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z/.*{}\\[\\]\"'\\\\\n#=~: -]{0,20}",
        "(reports/)?(unit|integration|milegate|pyproject)[0-9]{0,2}\\.(xml|toml|md)",
        "\\{(milestone|project)\\.[a-z]{2,8}\\}",
        "[0-9]\\.[0-9]{1,2}",
    ]
}

prop_compose! {
    fn found()(path in text(), format in prop_oneof![text(), Just("pylint-json".to_owned())], kind in 0..7_usize) -> FoundReport {
        let kinds = [
            Kind::Tests, Kind::Coverage, Kind::Findings, Kind::Benchmarks, Kind::Docstrings, Kind::Metrics, Kind::Health,
        ];
        FoundReport { path, format, kind: kinds[kind] }
    }
}

prop_compose! {
    fn findings()(
        project_name in text(),
        report_files in prop::collection::vec(found(), 0..8),
        linters in prop::collection::vec(prop::sample::select(vec!["pylint", "black", "pytest", "ruff", "x\n[a]"]), 0..4),
        checklist in prop::option::of((text(), prop::collection::vec((text(), text()), 0..5))),
        status in prop::option::of(text()),
        log in prop::option::of(text()),
        docs in prop::collection::vec(text(), 0..4),
        author in prop::option::of((text(), text(), prop_oneof![text(), Just("a@b.c".to_owned())])),
    ) -> Findings {
        Findings {
            project_name,
            report_files,
            linters: linters.into_iter().map(str::to_owned).collect(),
            checklist: checklist.map(|(path, milestones)| FoundChecklist { path, milestones }),
            status,
            log,
            docs,
            author: author.map(|(id, name, email)| Author { id, name, email }),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_valid(findings in findings()) {
        let text = write(&findings);
        parse(&text);
        parse(&switched_on(&text));
    }
}
