//! The configuration as a person writes it: the sample of the documentation, the shortest one, every
//! kind of mistake with its line, and texts that want to do harm.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

use milegate::config::{Config, Mistakes, Publish, TomlFile, schema};
use milegate::evidence::freshness::Freshness;
use milegate::model::outcome::Occasion;
use proptest::prelude::*;
use std::path::Path;

/// Every section once, as the documentation shows it.
const SAMPLE: &str = r#"[project]
id = "phase5"                               # [a-z0-9-]+ : goes into tags and approvals
name = "Phase 5"

[documents]                                  # a document that is not named is not touched
checklist = "PHASE_5_IMPLEMENTATION_CHECKLIST.md"
status    = "PHASE_5_IMPLEMENTATION_STATUS.md"
log       = "PHASE_5_PROGRESS_LOG.md"

[tag]                                        # these are the defaults; branch defaults to what origin/HEAD names
publish = "direct"                           # direct: tag + documents to the branch; branch: documents to milegate/<milestone> for a protected branch; tag-only
name    = "{project.id}-milestone-{milestone.id}-complete"
subject = "{project.name} Milestone {milestone.id}: {milestone.name} Complete"
sign = false
remote = "origin"

[[milestones]]
id = "5.1"
name = "Database Foundation"
category = "database"                        # for {milestone.category} in paths and commands
paths = ["backend/infrastructure/database/**"]
[[milestones]]
id = "5.2"
name = "Repository Layer"
requires = ["5.1"]                           # default: the milestone before it

[reports]                                    # name = glob, globs, or a table; the format is detected from the content
unit        = "reports/unit*.xml"
integration = "reports/integration*.xml"
coverage    = { path = "reports/coverage.xml", format = "cobertura" }
pylint      = "reports/pylint.json"
black       = { path = "reports/black.txt", exit-status = "reports/black.status" }
mypy        = "reports/mypy.json"
benchmarks  = { path = "reports/bench-*.json", shards = 2 }

[[commands]]                                 # `check --run` and `complete --run`: the milestone's tests; recorded with exit status, commit and digests
name = "unit tests"
run  = ["pytest", "backend/tests/infrastructure/{milestone.category}", "--junitxml=reports/unit.xml"]
writes = ["unit"]

[gates.documentation-complete]
disable = { diagrams = "none in this project" }   # short for enabled = false with a reason; accepted for every criterion of the table below, built or not

[gates.code-complete.checklist]              # a table here overrides the same criterion of the built-in gate, key by key
[gates.code-complete.tests]
reports = ["unit"]
max-skipped = "10%"
[gates.code-complete.coverage]
lines = ">= 90%"
branches = ">= 80%"
changed-lines = ">= 95%"
min-changed-lines = 0                        # below this many changed lines changed-lines is not-applicable
exclude = ["**/migrations/**"]               # coverage and lint
components = [{ paths = ["backend/infrastructure/database/**"], lines = ">= 95%" }]
[gates.code-complete.lint]
reports = ["pylint", "black", "mypy"]
max = { critical = 0, error = 0 }

[gates.integration-verified.integration-tests]
kind = "tests"                               # kind defaults to the criterion's own name
reports = ["integration"]
[gates.integration-verified.benchmarks]
reports = ["benchmarks"]
[gates.integration-verified.benchmarks.targets]
test_cache_hit = "< 5 ms"                    # a bare name matches the benchmark's name, then its unique full name
"Event Store Write" = { benchmark = "test_event_store_append", at = "> 10k/s", per = 100, stat = "median" }   # the key is the row of the performance baseline
                                             # table; units are converted, a time becomes a rate; one round of this one is 100 operations
[gates.documentation-complete.guides]        # kind documents
required = ["docs/guide.md"]                 # files that exist and are not empty
headings = { "docs/guide.md" = ["Installation", "Configuration"] }
covers = ["backend/infrastructure/database/**"]
[gates.integration-verified.monitoring]
enabled = false
reason  = "no staging environment yet"       # a disabled criterion is shown as such everywhere, never as passed

[people.bob]                                 # who may sign off; read from the trusted policy only
emails = ["bob@example.com"]
github = "bob"
roles  = ["code", "architecture", "security", "performance"]
keys   = ["ssh-ed25519 AAAA..."]
[gates.review-and-approval.code-review]      # kind approval; `milegate approve code --as bob -m "..."`
role = "code"
required = 1
trust = "asserted"                           # asserted < forge < signed
[gates.review-and-approval.security-review]
role = "security"
when-changed = ["backend/infrastructure/config.py", "**/auth/**"]   # "if applicable": else not-applicable, said so

[[waivers]]
criterion = "code-complete/coverage"
reason = "legacy importer, ticket 812"
by = "alice"
expires = 2026-12-24                         # required; an expired waiver counts for nothing
"#;

const SHORT: &str = "[project]\nid = \"x\"\n[reports]\nunit = \"junit.xml\"\ncoverage = \"coverage.xml\"\n";

fn parse(text: &str) -> Result<Config, Mistakes> {
    Config::parse(text, "milegate.toml", TomlFile::Own)
}

/// The lines and messages of the mistakes of `text`.
fn mistakes(text: &str) -> Vec<(usize, String)> {
    match parse(text) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.iter().map(|m| (m.line, m.message.clone())).collect(),
    }
}

/// The only mistake of `body` in a file that is otherwise right, with its hint.
#[track_caller]
fn only(body: &str) -> (usize, String, String) {
    let wrong = parse(&format!("[project]\nid = \"x\"\n{body}")).unwrap_err();
    let all: Vec<_> = wrong.iter().collect();
    assert_eq!(all.len(), 1, "{wrong}");
    (all[0].line, all[0].message.clone(), all[0].hint.clone().unwrap_or_default())
}

#[test]
fn the_sample_of_the_documentation_is_read() {
    let config = parse(SAMPLE).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!((config.project.id.as_str(), config.project.name.as_str()), ("phase5", "Phase 5"));
    assert_eq!(config.documents.log.as_deref(), Some("PHASE_5_PROGRESS_LOG.md"));
    assert_eq!(config.milestones.len(), 2);
    assert_eq!(config.milestones[1].requires, [config.milestones[0].id.clone()]);
    let tag = config.tag.name_of(&config.project, &config.milestones[0]).unwrap();
    assert_eq!(tag, "phase5-milestone-5.1-complete");
    let subject = config.tag.subject_of(&config.project, &config.milestones[0]).unwrap();
    assert_eq!(subject, "Phase 5 Milestone 5.1: Database Foundation Complete");
    let names: Vec<_> = config.reports.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["unit", "integration", "coverage", "pylint", "black", "mypy", "benchmarks"]);
    assert_eq!(config.reports[2].format.unwrap().name, "cobertura");
    assert_eq!(config.reports[4].exit_status.as_deref(), Some("reports/black.status"));
    assert_eq!(config.reports[6].shards, Some(2));
    let run = config.commands[0].fill(&config.project, config.milestones.first()).unwrap();
    assert_eq!(run[1], "backend/tests/infrastructure/database");
    let wrong = config.commands[0].fill(&config.project, config.milestones.get(1)).unwrap_err();
    assert!(wrong.to_string().contains("milestone 5.2 has no category"), "{wrong}");
    assert_eq!(config.people[0].roles.len(), 4);
    assert_eq!(config.waivers[0].expires.to_string(), "2026-12-24");
    let diagrams = config.gates[2].criteria.iter().find(|c| c.id == "diagrams").unwrap();
    assert_eq!(diagrams.disabled.as_deref(), Some("none in this project"));
}

#[test]
fn five_lines_are_enough() {
    let config = parse(SHORT).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert_eq!(config.project.name, "x");
    assert_eq!(config.project.freshness, Freshness::Strict);
    assert_eq!(config.tag.publish, Publish::Direct);
    assert_eq!(config.tag.remote, "origin");
    assert_eq!(config.gates.len(), 4);
    assert_eq!(config.gates[0].criteria[0].judged_on, [Occasion::Milestone]);
    assert_eq!(config.limits, milegate::readers::Limits::default());
    assert!(config.milestones.is_empty() && config.people.is_empty());
}

const TWELVE: &str = r#"covrage = 1
[project]
id = "Phase 5"

[documents]
checklist = "../CHECKLIST.md"

[[milestones]]
id = 5.10
[[milestones]]
id = "5.2"
requires = ["5.01"]

[reports]
unit = "reports/unit*.xml"
coverage = { path = "coverage.xml", format = "coberture", shards = 0 }

[tag]
name = "milestone-complete"

[gates.code-complete.tests]
reports = ["unti"]
[gates.code-complete.coverage]
lines = nan
brunches = ">= 80%"

[people.bob]
emails = ["bob@example.com"]
roles = ["Code Review"]

[[waivers]]
criterion = "code-complete/covrage"
reason = "legacy"
by = "alice"

[limits]
depth = 0
"#;

#[test]
fn all_mistakes_are_found_in_one_run_in_the_order_of_the_file() {
    let lines: Vec<_> = mistakes(TWELVE).iter().map(|m| m.0).collect();
    assert_eq!(lines, [1, 3, 6, 9, 12, 16, 16, 19, 22, 24, 25, 29, 31, 32, 37], "{:#?}", mistakes(TWELVE));
}

#[test]
fn mistakes_are_shown_as_rustc_shows_them() {
    insta::assert_snapshot!(parse(TWELVE).unwrap_err().render(false), @r#"
    error: unknown key `covrage`
     --> milegate.toml:1:1
      |
    1 | covrage = 1
      | ^^^^^^^
      |
      = help: there are project, documents, tag, baseline, milestones, reports, commands, people, gates, waivers, limits

    error: `id` takes lower-case letters, digits and `-`, not `Phase 5`
     --> milegate.toml:3:6
      |
    3 | id = "Phase 5"
      |      ^^^^^^^^^

    error: `checklist` is below the repository's root; `../CHECKLIST.md` leaves it
     --> milegate.toml:6:13
      |
    6 | checklist = "../CHECKLIST.md"
      |             ^^^^^^^^^^^^^^^^^

    error: write id = "5.10": a bare 5.10 is the number 5.1
     --> milegate.toml:9:6
      |
    9 | id = 5.10
      |      ^^^^

    error: there is no milestone `5.01`
      --> milegate.toml:12:13
       |
    12 | requires = ["5.01"]
       |             ^^^^^^
       |
       = help: did you mean `5.10`?

    error: unknown format `coberture`
      --> milegate.toml:16:46
       |
    16 | coverage = { path = "coverage.xml", format = "coberture", shards = 0 }
       |                                              ^^^^^^^^^^^
       |
       = help: did you mean `cobertura`?

    error: `shards` is at least 1
      --> milegate.toml:16:68
       |
    16 | coverage = { path = "coverage.xml", format = "coberture", shards = 0 }
       |                                                                    ^

    error: `name` has no `{milestone.id}`: all milestones would share a tag
      --> milegate.toml:19:8
       |
    19 | name = "milestone-complete"
       |        ^^^^^^^^^^^^^^^^^^^^
       |
       = help: for example name = "{project.id}-milestone-{milestone.id}-complete"

    error: [reports] has no entry `unti`
      --> milegate.toml:22:12
       |
    22 | reports = ["unti"]
       |            ^^^^^^
       |
       = help: did you mean `unit`?

    error: `nan` is not a number one can compare with
      --> milegate.toml:24:9
       |
    24 | lines = nan
       |         ^^^

    error: unknown key `brunches`
      --> milegate.toml:25:1
       |
    25 | brunches = ">= 80%"
       | ^^^^^^^^
       |
       = help: did you mean `branches`?

    error: an item of `roles` takes lower-case letters, digits and `-`, not `Code Review`
      --> milegate.toml:29:10
       |
    29 | roles = ["Code Review"]
       |          ^^^^^^^^^^^^^

    error: `expires` is missing
      --> milegate.toml:31:1
       |
    31 | [[waivers]]
       | ^^^^^^^^^^^
       |
       = help: add expires = 2026-12-24: a waiver that never ends is a gate switched off

    error: there is no criterion `code-complete/covrage`
      --> milegate.toml:32:13
       |
    32 | criterion = "code-complete/covrage"
       |             ^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `code-complete/coverage`?

    error: `depth` = 0 would refuse every report
      --> milegate.toml:37:9
       |
    37 | depth = 0
       |         ^
    "#);
}

#[test]
fn mistakes_are_values_too() {
    let wrong =
        parse("[project]\nid = \"x\"\n[reports]\ncoverage = { path = \"é.xml\", formet = \"lcov\" }\n");
    let json = serde_json::to_value(wrong.unwrap_err().iter().collect::<Vec<_>>()).unwrap();
    let expected = serde_json::json!([{
        "message": "unknown key `formet`", "line": 4, "column": 30, "hint": "did you mean `format`?"
    }]);
    assert_eq!(json, expected);
}

#[test]
fn a_bare_number_is_no_milestone_id() {
    let (line, message, _) = only("[[milestones]]\nid = 5.10\n");
    assert_eq!((line, message.as_str()), (4, "write id = \"5.10\": a bare 5.10 is the number 5.1"));
    let (_, message, _) = only("[[milestones]]\nid = 5\n");
    assert_eq!(message, "write id = \"5\": an id is text, a bare 5 is a number");
    let (line, message, _) =
        only("[[milestones]]\nid = \"5.10\"\n[[milestones]]\nid = \"6\"\nrequires = [5.10]\n");
    assert_eq!((line, message.as_str()), (7, "write \"5.10\": a bare 5.10 is the number 5.1"));
}

#[test]
fn milestones_fit_together() {
    let three = |a: &str, b: &str, c: &str| {
        format!(
            "[[milestones]]\nid = \"a\"\n{a}\n[[milestones]]\nid = \"b\"\n{b}\n[[milestones]]\nid = \"c\"\n{c}\n"
        )
    };
    let (line, message, _) = only(&three("requires = [\"c\"]", "", ""));
    assert_eq!((line, message.as_str()), (5, "milestones require each other: a -> c -> b -> a"));
    let (_, message, _) = only(&three("", "requires = [\"b\"]", ""));
    assert_eq!(message, "milestones require each other: b -> b");
    let (_, message, _) = only("[[milestones]]\nid = \"5.1\"\n[[milestones]]\nid = \"5.1\"\nrequires = []\n");
    assert_eq!(message, "there is already a milestone `5.1`");
    let (_, message, _) = only("[[milestones]]\nid = \"rc1\"\n[[milestones]]\nid = \"RC1\"\n");
    assert!(message.contains("differ only in case"), "{message}");
    let (line, _, hint) =
        only("[[milestones]]\nid = \"alpha\"\n[[milestones]]\nid = \"beta\"\nrequires = [\"alhpa\"]\n");
    assert_eq!((line, hint.as_str()), (7, "did you mean `alpha`?"));
    let (_, message, _) = only("[[milestones]]\nid = \"5/1\"\n");
    assert!(message.contains("`5/1` is not a milestone id"), "{message}");
}

#[test]
fn reports_stay_in_the_repository_and_are_globs() {
    for (value, says) in [
        ("\"/tmp/x.xml\"", "is absolute"),
        ("\"../x.xml\"", "leaves it"),
        ("\"a\\\\b.xml\"", "backslash"),
        ("[]", "reads nothing"),
        ("\"a[\"", "is not a glob"),
        ("5", "expected a glob or a list of globs, found integer"),
        ("[\"a\", 5]", "expected a list of texts, found integer"),
        ("{ format = \"junit\" }", "`path` is missing"),
        ("{ path = \"a\", shards = 0 }", "at least 1"),
        ("{ path = \"a\", exit-status = \"../a\" }", "leaves it"),
        ("{ path = \"a\", freshness = \"lax\" }", "unknown variant"),
        ("\"{milestone.idd}/a\"", "unknown placeholder `{milestone.idd}`"),
    ] {
        let (line, message, _) = only(&format!("[reports]\nunit = {value}\n"));
        assert!(line == 4 && message.contains(says), "{value}: {line} {message}");
    }
    let (_, _, hint) = only("[reports]\nunit = { path = \"a\", format = \"junti\" }\n");
    assert_eq!(hint, "did you mean `junit`?");
    let (line, message, _) = only("[reports]\nunit = [\n  \"a\",\n  \"/b\",\n]\n");
    assert!(line == 6 && message.contains("absolute"), "{line} {message}");
}

#[test]
fn a_filled_pattern_cannot_leave_the_repository() {
    let text = "[project]\nid = \"x\"\n[reports]\nunit = \"r/{milestone.name}/*.xml\"\n\
                [[milestones]]\nid = \"1\"\nname = \"../..\"\n[[milestones]]\nid = \"2\"\nname = \"a*\"\n";
    let config = parse(text).unwrap_or_else(|wrong| panic!("{wrong}"));
    let fill = |at: usize| config.reports[0].fill(&config.project, config.milestones.get(at));
    assert!(fill(0).unwrap_err().to_string().contains("leaves it"));
    assert_eq!(fill(1).unwrap().patterns, ["r/a[*]/*.xml"]);
    assert!(fill(2).unwrap_err().to_string().contains("no milestone to take it from"));
}

#[test]
fn the_tag_is_a_good_reference_for_every_milestone() {
    let milestones = "[[milestones]]\nid = \"1\"\nname = \"The first\"\n[[milestones]]\nid = \"2\"\n";
    for (line, says) in [
        ("name = \"done\"", "has no `{milestone.id}`"),
        ("name = \"{milestone.id} done\"", "the tag of milestone 1: `1 done` cannot be a git reference"),
        ("name = \"{milestone.id}-{milestone.name}\"", "`1-The first` cannot be a git reference"),
        ("name = \"-{milestone.id}\"", "cannot be a git reference"),
        ("name = \"{milestone.id}..x\"", "cannot be a git reference"),
        ("name = \"{milestone.id}.lock\"", "cannot be a git reference"),
        ("name = \"{milestone.id}{milestone.category}\"", "milestone 1 has no category"),
        ("subject = \"{milestone.category}\"", "milestone 1 has no category"),
        ("subject = \"a\\nb\"", "control or invisible character"),
        ("publish = \"tags\"", "unknown variant"),
        ("remote = \"--upload-pack=x\"", "cannot be a git reference"),
        ("branch = \"a b\"", "cannot be a git reference"),
        ("sing = true", "unknown key `sing`"),
    ] {
        let (at, message, _) = only(&format!("[tag]\n{line}\n{milestones}"));
        assert!(at == 4 && message.contains(says), "{line}: {at} {message}");
    }
    for word in ["direct", "branch", "tag-only"] {
        assert!(parse(&format!("{SHORT}[tag]\npublish = \"{word}\"\n")).is_ok(), "{word}");
    }
}

#[test]
fn nobody_is_two_people() {
    let key = "ssh-ed25519 AAAAC3Nz";
    for (a, b) in [
        ("emails = [\"b@x.org\"]".to_owned(), "emails = [\"a@x.org\", \"B@X.org\"]".to_owned()),
        (format!("keys = [\"{key} a@home\"]"), format!("keys = [\"{key} b@work\"]")),
        ("github = \"Bob\"".to_owned(), "github = \"bob\"".to_owned()),
    ] {
        let (line, message, _) = only(&format!("[people.a]\n{a}\n[people.b]\n{b}\n"));
        assert!(line == 6 && message.contains("belongs to `a` already"), "{line} {message}");
    }
    let twice = "[people.a]\nemails = [\"a@x.org\", \"a@x.org\"]\n";
    assert!(parse(&format!("{SHORT}{twice}")).is_ok());
    for (line, says) in [
        ("emails = [\"a\"]", "is an address"),
        ("roles = [\"Code\"]", "lower-case"),
        ("keys = [\"AAAA\"]", "line of a public key"),
        ("keys = \"ssh-ed25519 AAAA\"", "expected a list of texts"),
        ("role = [\"code\"]", "unknown key `role`"),
    ] {
        let (at, message, _) = only(&format!("[people.a]\n{line}\n"));
        assert!(at == 4 && message.contains(says), "{line}: {message}");
    }
    assert!(only("[people.\"A b\"]\n").1.contains("a person's id"));
}

#[test]
fn waivers_are_dated_and_answered_for() {
    let whole =
        "criterion = \"code-complete/coverage\"\nreason = \"old\"\nby = \"alice\"\nexpires = 2026-12-24\n";
    let with = |from: &str, to: &str| format!("[[waivers]]\n{}", whole.replace(from, to));
    assert!(parse(&format!("{SHORT}{}", with("2026", "1999"))).is_ok(), "an expired one is no mistake");
    let own = "[gates.code-complete.contracts]\nkind = \"tests\"\n";
    assert!(parse(&format!("{SHORT}{own}{}", with("/coverage", "/contracts"))).is_ok());
    for (from, to, says) in [
        ("expires = 2026-12-24\n", "", "`expires` is missing"),
        ("2026-12-24", "\"2026-12-24\"", "write the date without quotes: expires = 2026-12-24"),
        ("2026-12-24", "2026-12-24T00:00:00Z", "expected a date such as 2026-12-24"),
        ("2026-12-24", "2026-02-30", "date"),
        ("\"old\"", "\" \"", "`reason` is empty"),
        ("by = \"alice\"\n", "", "`by` is missing"),
        ("/coverage", "/covrage", "there is no criterion `code-complete/covrage`"),
    ] {
        let (_, message, _) = only(&with(from, to));
        assert!(message.contains(says), "{from} -> {to}: {message}");
    }
}

#[test]
fn documents_are_files_of_the_repository_and_not_the_policy() {
    for path in [
        "/a.md",
        "../a.md",
        "a/../../b.md",
        "milegate.toml",
        "./Milegate.toml",
        ".milegate/ledger/x.md",
        "docs/",
        ".git/HEAD",
        "",
    ] {
        let (line, message, _) = only(&format!("[documents]\nstatus = \"{path}\"\n"));
        assert!(line == 4 && message.starts_with("`status`"), "{path}: {message}");
    }
    let (line, message, _) = only("[documents]\nchecklist = \"./A.md\"\nlog = \"a.md\"\n");
    assert_eq!((line, message.as_str()), (5, "`log` is the same file as `checklist`"));
    let text = "[project]\nid = \"x\"\n[documents]\nlog = \"ci/gate.toml\"\n";
    assert!(Config::parse(text, "ci/gate.toml", TomlFile::Own).is_err());
    let wrong = Config::parse(SHORT, ".milegate/ledger/gate.toml", TomlFile::Own).unwrap_err();
    assert!(wrong.to_string().contains("the configuration cannot be in .milegate/ledger"), "{wrong}");
}

#[test]
fn commands_name_their_program_and_what_they_write() {
    for (body, says) in [
        ("name = \"t\"", "`run` is missing"),
        ("run = [\"t\"]", "`name` is missing"),
        ("name = \"t\"\nrun = []", "names the program first"),
        ("name = \"t\"\nrun = \"pytest -q\"", "expected a list of texts, found string"),
        ("name = \"t\"\nrun = [\"a\\u0000\"]", "NUL"),
        ("name = \"t\"\nrun = [\"a\", \"{milestone.nam}\"]", "unknown placeholder"),
        ("name = \"t\"\nrun = [\"a\"]\nwrites = [\"unti\"]", "[reports] has no entry `unti`"),
        ("name = \"t\\u001b[31m\"\nrun = [\"a\"]", "control or invisible"),
    ] {
        let (_, message, _) = only(&format!("[reports]\nunit = \"u.xml\"\n[[commands]]\n{body}\n"));
        assert!(message.contains(says), "{body}: {message}");
    }
    let twice = "[[commands]]\nname = \"t\"\nrun = [\"a\"]\n".repeat(2);
    assert_eq!(only(&twice).1, "there is already a command `t`");
}

#[test]
fn pyproject_holds_it_under_tool_milegate() {
    let text = "[project]\nname = \"other\"\nversion = nan\n[tool.milegate.project]\nid = \"x\"\n\
                [tool.milegate.reports]\nunit = \"u.xml\"\n[tool.black]\nline-length = 100\n";
    let read = |text: &str| Config::parse(text, "pyproject.toml", TomlFile::Pyproject);
    assert_eq!(read(text).unwrap_or_else(|wrong| panic!("{wrong}")).project.id, "x");
    let wrong = read(&text.replace("\"x\"", "\"X\"")).unwrap_err();
    assert_eq!(wrong.iter().map(|m| (m.line, m.column)).collect::<Vec<_>>(), [(5, 6)]);
    let wrong = read(&format!("{text}[[tool.milegate.milestones]]\nid = 1.10\n")).unwrap_err();
    assert!(wrong.iter().next().unwrap().message.contains("\"1.10\""), "{wrong}");
    let wrong = read("[project]\nname = \"x\"\n").unwrap_err();
    assert!(wrong.render(false).contains("no [tool.milegate] table"), "{wrong}");
}

#[test]
fn syntax_errors_have_a_caret_and_are_all_shown() {
    let lines: Vec<_> = mistakes("[project]\nid = \nname = \"x\n[reports]\nunit = 2026-13-01\n")
        .iter()
        .map(|m| m.0)
        .collect();
    assert_eq!(lines, [2, 3, 5]);
    insta::assert_snapshot!(parse("[project]\nid = x\nid = \"y\"\n").unwrap_err().render(false), @r#"
    error: string values must be quoted, expected literal string
     --> milegate.toml:2:6
      |
    2 | id = x
      |      ^

    error: duplicate key
     --> milegate.toml:3:1
      |
    3 | id = "y"
      | ^^
    "#);
}

#[test]
fn an_empty_file_is_a_mistake() {
    for text in ["", "\n", "# nothing\n", "\u{feff}"] {
        assert_eq!(mistakes(text), [(1, "there is no [project] table".to_owned())], "{text:?}");
    }
    assert!(parse(&format!("\u{feff}{}", SHORT.replace('\n', "\r\n"))).is_ok());
}

#[test]
fn numbers_that_are_none_are_refused_everywhere() {
    for body in [
        "[limits]\ndepth = inf",
        "[gates.code-complete.coverage]\nlines = nan",
        "[gates.code-complete.lint]\nmax = { error = -inf }",
        "[gates.integration-verified.benchmarks.targets]\na = nan",
        "[[milestones]]\nid = nan",
    ] {
        let all = mistakes(&format!("[project]\nid = \"x\"\n{body}\n"));
        assert!(
            all.iter().any(|m| m.0 == 4 && m.1.contains("is not a number one can compare with")),
            "{all:?}"
        );
        assert_eq!(all.len(), 1, "{all:?}");
    }
}

#[test]
fn a_mistake_is_told_once() {
    let (line, message, _) = only("[gates.review-and-approval.code-review]\nrole = 5\n");
    assert!(line == 4 && message.contains("invalid type"), "{line} {message}");
    let (line, message, _) = only("[gates.review-and-approval.own]\nkind = \"approval\"\n");
    assert_eq!((line, message.as_str()), (3, "missing field `role`"));
}

#[test]
fn hostile_texts_are_refused_in_short_messages() {
    let long = "a".repeat(900_000);
    let texts = [
        format!("[project]\nid = \"x\"\nname = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("[project]\nid = \"x\"\n{}y = 1", "a.".repeat(100_000)),
        format!("[project]\nid = \"{long}\""),
        format!("[project]\nid = \"x\"\n{long} = 1"),
        format!("[project]\nid = \"x\"\n[reports]\nunit = \"{long}\\u0000\""),
        format!("[project]\nid = \"x\"\n[gates.code-complete.tests]\nkind = \"{long}\""),
        format!("[project]\nid = \"x\"\n# {long}{long}"),
        format!("[project]\nid = \"x\"\nname = {}", "= ".repeat(400_000)),
        format!("[project]\nid = \"x\"\n{}", "= \n".repeat(300_000)),
        format!(
            "reports = {{ {} }}",
            (0..999).map(|n| format!("a{n} = {n}{}, ", " ".repeat(900))).collect::<String>()
        ),
        (0..90_000).map(|n| format!("a{n} = 1\n")).collect(),
        "[project]\nid = \"x\"\nid = \"y\"".to_owned(),
        "[project]\nid = \"x\"\nname = \"\\u001b]0;x\\u0007\"".to_owned(),
        "[project]\nid = \"x\"\nname = \"\\u202Ex\"".to_owned(),
        "[project]\nid = \"x\"\n\u{1b}[31m = 1".to_owned(),
        "[project]\nid = \"x\"\n\"\\u001b[31m\" = 1".to_owned(),
        "[project]\nid = \"x\"\n[limits]\ndepth = 99999999999999999999".to_owned(),
        "[project]\nid = \"x\"\n[limits]\ndepth = -1".to_owned(),
        "[project]\nid = \"x\"\n[[waivers]]\nexpires = 2026-99-99".to_owned(),
        format!(
            "[project]\nid = \"x\"\n{}",
            (0..20_000).map(|n| format!("[[milestones]]\nid = \"m{n}\"\n")).collect::<String>()
        ),
    ];
    for text in texts {
        let start = text.chars().take(60).collect::<String>();
        let wrong = parse(&text).expect_err(&start);
        for color in [true, false] {
            let shown = wrong.render(color);
            assert!(shown.len() < 60_000, "{start}: {} bytes", shown.len());
            let plain = if color { continue } else { shown };
            assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{start}");
        }
    }
}

#[test]
fn the_checked_in_schema_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/milegate.schema.json");
    let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(checked_in == generated, "run UPDATE_SCHEMA=1 cargo test --test config schema");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever is written over the sample: mistakes or a configuration, never a panic.
    #[test]
    fn no_edit_of_the_sample_makes_it_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "\\PC{0,12}|[\\[\\]{}=\"'.#,\n0-9a-z-]{0,12}"), 1..6)
    ) {
        let mut text: Vec<char> = SAMPLE.chars().collect();
        for (at, length, new) in edits {
            let at = at.index(text.len() + 1);
            let until = (at + length).min(text.len());
            text.splice(at..until, new.chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(wrong) = parse(&text) {
            prop_assert!(wrong.iter().next().is_some());
            prop_assert!(wrong.iter().all(|m| m.line >= 1 && m.column >= 1));
            let _ = wrong.render(true);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        if let Err(wrong) = parse(&text) {
            let _ = wrong.render(false);
        }
    }
}
