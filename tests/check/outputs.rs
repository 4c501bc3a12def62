//! What is shown: the JSON contract, widths and colours, and hostile text made harmless.

use crate::program::{Run, Verdict, command, milegate_env, run};
use crate::runner::listen;
use crate::sample::{CONFIG, FAILING, PASSING, Sample, fixtures};
use crate::small::{Small, cobertura, junit, lines};
use serde_json::{Value, json};
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// Holds `value` to `shape`: the same keys at least, and values of the same JSON type. A list holds
/// every item to its one; `null` stands for anything.
#[track_caller]
fn assert_shape(at: &str, value: &Value, shape: &Value) {
    match (value, shape) {
        (_, Value::Null) => {}
        (Value::Object(have), Value::Object(want)) => {
            for (key, shape) in want {
                let value = have.get(key).unwrap_or_else(|| panic!("{at}.{key} is missing"));
                assert_shape(&format!("{at}.{key}"), value, shape);
            }
        }
        (Value::Array(have), Value::Array(want)) => {
            have.iter().enumerate().for_each(|(i, v)| assert_shape(&format!("{at}[{i}]"), v, &want[0]));
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        _ => panic!("{at}: {value} is not like {shape}"),
    }
}

#[track_caller]
fn assert_check_contract(verdict: &Verdict) {
    let remark = json!({ "path": null, "line": null, "message": "" });
    let shape = json!({
        "schema_version": 1, "milegate": "", "project": "", "milestone": null, "occasion": "", "commit": "",
        "subject_tree": "", "policy": { "path": "", "blob": "", "from": "" }, "verdict": "", "exit_code": 1,
        "notices": [remark.clone()],
        "gates": [{ "number": 1, "id": "", "name": "", "verdict": "", "criteria": [{
            "id": "", "kind": "", "outcome": "", "advisory": true, "code": "", "expected": "", "measured": "",
            "message": "", "next_step": "", "details": [remark.clone()], "notices": [remark],
            "evidence": [{ "path": "", "format": "", "sha256": "" }],
        }] }],
    });
    assert_shape("$", &verdict.json, &shape);
    assert_eq!(verdict.json["schema_version"], 1);
    assert_eq!(verdict.json["milegate"], env!("CARGO_PKG_VERSION"));
    assert!(["change", "milestone"].contains(&verdict.json["occasion"].as_str().unwrap()));
    assert!(["passed", "failed", "unproven"].contains(&verdict.json["verdict"].as_str().unwrap()));
    for key in ["commit", "subject_tree"] {
        assert_eq!(verdict.json[key].as_str().unwrap().len(), 40);
    }
    let gates = verdict.json["gates"].as_array().unwrap();
    let ids: Vec<_> = gates.iter().map(|g| g["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["code-complete", "integration-verified", "documentation-complete", "review-and-approval"]
    );
    for gate in gates {
        assert!(["passed", "failed", "unproven", "deferred"].contains(&gate["verdict"].as_str().unwrap()));
    }
    for criterion in verdict.criteria() {
        let outcome = criterion["outcome"].as_str().unwrap();
        let words = ["passed", "failed", "unproven", "waived", "deferred", "not-applicable", "disabled"];
        assert!(words.contains(&outcome), "{outcome}");
        let code = criterion["code"].as_str().unwrap();
        let (what, how) = code.split_once('/').unwrap();
        assert!([what, how].iter().all(|p| p.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')), "{code}");
        let decided = ["failed", "unproven"].contains(&outcome);
        assert!(!decided || !criterion["next_step"].as_str().unwrap().is_empty(), "{criterion:#}");
        for detail in criterion["details"].as_array().unwrap() {
            assert!(detail["path"].is_string() || detail["path"].is_null());
            assert!(detail["line"].is_u64() || detail["line"].is_null());
        }
        for source in criterion["evidence"].as_array().unwrap() {
            assert_eq!(source["sha256"].as_str().unwrap().len(), 64);
        }
    }
}

#[test]
fn the_json_of_check_keeps_its_contract() {
    for sample in [Sample::passing(), Sample::failing()] {
        for args in [&[][..], &["5.1"]] {
            let verdict = sample.check(args);
            assert_check_contract(&verdict);
            assert_eq!(verdict.json["project"], "phase5");
            assert_eq!(verdict.json["policy"]["from"], "HEAD");
            assert_eq!(verdict.json["commit"], sample.repo.head());
            let evidence = &verdict.of("tests")["evidence"][0];
            assert_eq!((&evidence["path"], &evidence["format"]), (&"out/unit.xml".into(), &"junit".into()));
        }
    }
}

#[test]
fn the_json_is_the_same_twice() {
    let sample = Sample::failing();
    let once = sample.run(&["check", "5.1", "--output-format", "json"]).exits(1).stdout;
    let wide = milegate_env(
        sample.path(),
        &["check", "5.1", "--output-format", "json"],
        &[("COLUMNS", "40"), ("CLICOLOR_FORCE", "1")],
    );
    assert_eq!(once, wide.stdout);
}

#[test]
fn the_json_of_inspect_keeps_its_contract() {
    let cases = [
        (
            "junit/pytest-passing-unit-xunit2/junit.xml",
            "tests",
            json!({ "total": 71, "passed": 69, "failed": 0, "errors": 0, "skipped": 2, "flaky": 0, "duration_seconds": 1.0 }),
        ),
        (
            "cobertura/coverage-passing-branch/coverage.xml",
            "coverage",
            json!({ "files": 20, "lines": { "covered": 672, "total": 712 }, "branches": { "covered": 152, "total": 166 },
                    "functions": null, "statements": null }),
        ),
        (
            "mypy-text/failing-text/mypy.txt",
            "findings",
            json!({ "total": 9, "by_severity": { "critical": 0, "error": 9, "warning": 0, "info": 0 }, "suppressed": 0 }),
        ),
        (
            "pytest-benchmark/passing/benchmark.json",
            "benchmarks",
            json!([{ "name": "x", "unit": "s", "value": 1.0, "direction": "lower", "samples": 1 }]),
        ),
        ("interrogate-text/passing-v/interrogate.txt", "docstrings", json!({ "covered": 88, "total": 92 })),
    ];
    let paths: Vec<_> = cases.iter().map(|case| case.0).collect();
    let args = [&["inspect", "--output-format", "json"], paths.as_slice()].concat();
    let json = run(command(&fixtures(), &args)).exits(0).json();
    assert_eq!((&json["schema_version"], &json["errors"]), (&json!(1), &json!([])));
    for ((path, kind, body), report) in cases.iter().zip(json["reports"].as_array().unwrap()) {
        assert_eq!((&report["path"], &report["kind"]), (&json!(path), &json!(kind)));
        assert_shape(path, report, &json!({ "format": "", "sha256": "", "notices": [""] }));
        assert_shape(path, &report[kind], body);
        for (key, value) in
            body.as_object().into_iter().flatten().filter(|(_, v)| v.is_u64() || v.is_null() || v.is_object())
        {
            assert_eq!(&report[kind][key], value, "{path}: {key}");
        }
    }
    assert_eq!(json["reports"][3]["benchmarks"].as_array().unwrap().len(), 6);
}

#[test]
fn inspect_reports_what_it_cannot_read_and_exits_with_three() {
    let small = Small::new();
    small.repo.write("cut.xml", "<testsuites>\n<testsuite name=\"a\" tests=\"2\">\n<testcase na");
    let args = ["inspect", "--output-format", "json", "reports/junit.xml", "cut.xml", "nowhere.xml"];
    let json = small.run(&args).exits(3).json();
    assert_eq!(json["reports"].as_array().unwrap().len(), 1);
    let errors = json["errors"].as_array().unwrap();
    assert_eq!((&errors[0]["code"], &errors[0]["line"]), (&json!("report/truncated"), &json!(3)));
    assert!(errors[0]["message"].is_string() && errors[0]["path"] == "cut.xml");
    assert_eq!((&errors[1]["code"], &errors[1]["line"]), (&json!("report/missing"), &Value::Null));
    let run = small.run(&["inspect", "--as", "junti", "cut.xml"]).exits(2);
    assert!(
        run.stderr.contains("no report format `junti`") && run.stderr.contains("junit"),
        "{}",
        run.stderr
    );
}

fn at_width(dir: &Path, args: &[&str], columns: usize) -> Run {
    milegate_env(dir, args, &[("COLUMNS", &columns.to_string())])
}

#[test]
fn no_line_is_wider_than_the_terminal_and_none_has_an_escape() {
    for sample in [Sample::passing(), Sample::failing()] {
        for columns in [40, 60, 80, 120] {
            for args in [&["check"][..], &["check", "5.1"], &["check", "5.1", "--details", "1000"]] {
                let text = at_width(sample.path(), args, columns).stdout;
                assert!(!text.contains('\x1b'), "{text}");
                for line in text.lines() {
                    assert!(line.width() <= columns, "{columns}: {line:?}");
                    assert_eq!(line, line.trim_end(), "{columns}");
                }
            }
        }
    }
}

#[test]
fn colour_is_asked_for_or_not_shown() {
    let small = Small::new();
    let coloured = |args: &[&str], env: &[(&str, &str)]| {
        milegate_env(small.path(), &[&["check"], args].concat(), env).exits(0).stdout.contains('\x1b')
    };
    assert!(coloured(&["--color", "always"], &[]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[]), "a pipe");
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("NO_COLOR", "1")]));
    assert!(!coloured(&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "0")]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "what was asked for by name");
    let stripped = small.run(&["check"]).stdout;
    let plain = anstream::adapter::strip_str(&small.run(&["check", "--color", "always"]).stdout).to_string();
    assert_eq!(plain, stripped);
    for format in ["json", "markdown"] {
        assert!(!coloured(&["--color", "always", "--output-format", format], &[]), "{format}");
    }
}

/// Text that would act on a terminal, a CI runner, Markdown or HTML, as far as XML can hold it.
const HOSTILE: &str = "\u{202e}evil\u{200b}\u{9b}2J ::error::boom ##[add-mask]x ##vso[task] | ` `` ``` --> <!-- \
                       <img src=x onerror=y> @everyone [a](http://x) # **b** \n::error file=x::line\n\n# heading\n";

/// The same with what only JSON can hold.
const ESCAPES: &str = "\u{1b}[31mred\u{1b}]8;;http://x\u{7}\u{8}\r\n::set-output name=x::y";

fn escape_xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\n', "&#10;")
}

/// A project whose reports, checklist and file names are all hostile.
fn hostile() -> Small {
    let small = Small::and(
        "pylint = \"reports/pylint.json\"\n[documents]\nchecklist = \"TODO.md\"\n[[milestones]]\nid = \"1\"\nname = \"One `|` <b>\"\n\
         [gates.code-complete.checklist]\njudged-on = [\"change\"]\n",
    );
    small
        .repo
        .write("TODO.md", "## Milestone 1: x\n\n- [ ] ::error::a | `b` <!-- c --> \u{202e}d ##[e] @f\n");
    small.repo.write("shop/::error::|`x` @y.py", lines(20));
    let all: Vec<u32> = (1..=20).collect();
    small.coverage(&cobertura(&[("shop/cart.py", 20, &all), ("shop/::error::|`x` @y.py", 20, &all)]));
    let name = escape_xml(HOSTILE);
    small.junit(&junit(&[("ok", ""), (&name, &format!("<failure message=\"{name}\">{name}</failure>"))]));
    let findings = json!({
        "messages": [{
            "type": "error", "symbol": ESCAPES, "message": format!("{ESCAPES}{HOSTILE}"), "messageId": "E0001\u{1b}[2K",
            "confidence": "HIGH", "module": ESCAPES, "obj": "", "line": 1, "column": 0, "endLine": null, "endColumn": null,
            "path": format!("a{ESCAPES}.py"), "absolutePath": "/a"
        }],
        "statistics": { "messageTypeCount": { "fatal": 0, "error": 1, "warning": 0, "refactor": 0, "convention": 0, "info": 0 },
                        "modulesLinted": 1, "score": 0.0 }
    });
    small.repo.write("reports/pylint.json", findings.to_string());
    small
}

/// Nothing in it acts on a terminal or on a CI runner that shows it.
#[track_caller]
fn assert_harmless(what: &str, text: &str) {
    for c in ['\x1b', '\x07', '\x08', '\r', '\t', '\u{9b}', '\u{200b}', '\u{202e}'] {
        assert!(!text.contains(c), "{what} holds {c:?}:\n{text}");
    }
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::"), "{what}: {line}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{what}: {line}");
    }
}

#[test]
fn hostile_text_is_harmless_in_every_output() {
    let small = hostile();
    for format in milegate::render::OUTPUTS.iter().map(|o| o.name).filter(|name| !name.starts_with("github"))
    {
        for columns in [40, 80, 110] {
            let args = ["check", "--details", "1000", "--output-format", format];
            let run = at_width(small.path(), &args, columns).exits(1);
            assert_harmless(format, &run.stdout);
            assert_harmless("stderr", &run.stderr);
            for stream in [&run.stdout, &run.stderr] {
                assert!(listen(stream).executed.is_empty(), "{format}: {stream}");
            }
            if format == "text" {
                run.stdout.lines().for_each(|line| assert!(line.width() <= columns, "{columns}: {line:?}"));
            }
        }
    }
    for args in [&["inspect"][..], &["inspect", "--output-format", "json"]] {
        let files = ["reports/junit.xml", "reports/pylint.json", "reports/\u{1b}[31m::x"];
        let run = small.run(&[args, &files].concat()).exits(3);
        assert_harmless("inspect", &run.stdout);
    }
    let run = small.run(&["check", "\u{1b}[31m\u{202e}::error::x"]).exits(2);
    assert_harmless("stderr", &run.stderr);
}

#[test]
fn machines_get_hostile_text_as_it_is() {
    let small = hostile();
    let verdict = small.check(&[]).exits(1);
    assert_check_contract(&verdict);
    let lint = verdict.details("lint");
    assert!(lint[0].contains(ESCAPES.trim_end()) && lint[0].contains("##[add-mask]"), "{lint:?}");
    let tests = verdict.details("tests");
    assert!(
        tests[0].contains("\u{202e}evil\u{200b}\u{9b}2J ::error::boom ##[add-mask]x ##vso[task]"),
        "{tests:?}"
    );
}

#[test]
fn hostile_text_stays_in_its_code_span_in_markdown() {
    let small = hostile();
    let page = small.run(&["check", "--output-format", "markdown"]).exits(1).stdout;
    let options = pulldown_cmark::Options::ENABLE_TABLES;
    let mut columns = Vec::new();
    for event in pulldown_cmark::Parser::new_ext(&page, options) {
        use pulldown_cmark::{Event, Tag, TagEnd};
        match event {
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => panic!("{page}"),
            Event::Text(text) => {
                for hostile in ["@everyone", "@f", "evil", "error::", "<img", "-->"] {
                    assert!(!text.contains(hostile), "{text}");
                }
            }
            Event::Start(Tag::TableRow | Tag::TableHead) => columns.push(0),
            Event::Start(Tag::TableCell) => *columns.last_mut().unwrap() += 1,
            Event::Start(Tag::Heading { .. }) | Event::End(TagEnd::Heading(_)) => {}
            _ => {}
        }
    }
    assert!(columns.len() > 20 && columns.iter().all(|n| *n == 3 || *n == 4), "{columns:?}");
    let headings = page.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings, 6, "its own, what failed, and one for each gate: {page}");
}

#[test]
fn in_github_actions_hostile_text_is_shown_and_annotates_what_it_should() {
    let small = hostile();
    let run = milegate_env(small.path(), &["check"], &[("GITHUB_ACTIONS", "true")]).exits(1);
    let log = listen(&run.stdout);
    assert!(!log.stopped && listen(&run.stderr).executed.is_empty(), "{}", run.stderr);
    let names: Vec<_> = log.executed.iter().map(|c| c.name.as_str()).collect();
    let token = &log.executed[0].data;
    assert_eq!(names[..2], ["stop-commands", token], "{names:?}");
    assert!(names[2..].iter().all(|name| ["error", "warning", "notice"].contains(name)), "{names:?}");
    assert!(log.annotations("error").len() >= 3, "{names:?}");
    let lint =
        log.annotations("error").into_iter().find(|c| c.properties["title"].starts_with("lint")).unwrap();
    assert!(lint.data.contains("##\\[add-mask]x") && lint.properties["line"] == "1", "{lint:?}");
}

#[test]
fn the_failing_set_as_a_person_sees_it() {
    let sample = Sample::new("failing", CONFIG, FAILING);
    let commit: String = sample.repo.head().chars().take(7).collect();
    for columns in [80, 60] {
        let text = at_width(sample.path(), &["check", "5.1", "--details", "3"], columns).exits(1).stdout;
        insta::assert_snapshot!(format!("failing_set_{columns}"), text.replace(&commit, "<head>"));
    }
}

#[test]
fn the_passing_set_as_a_person_sees_it() {
    let sample = Sample::new("main", CONFIG, PASSING);
    let commit: String = sample.repo.head().chars().take(7).collect();
    let text = at_width(sample.path(), &["check"], 80).exits(0).stdout;
    insta::assert_snapshot!("passing_set_80", text.replace(&commit, "<head>"));
}

#[test]
fn in_github_actions_complete_frames_its_text() {
    let milestone = "[[milestones]]\nid = \"1.0\"\nname = \"::add-path::x\"\n";
    let small =
        Small::and(&format!("{milestone}[gates.code-complete]\ndisable = {{ checklist = \"none\" }}\n"));
    small.junit(&junit(&[("::error::x ##[add-mask]y", "<failure/>")]));
    for args in [&["complete", "1.0"][..], &["complete", "1.0", "--dry-run"]] {
        let run = milegate_env(small.path(), args, &[("GITHUB_ACTIONS", "true")]).exits(1);
        let log = listen(&run.stdout);
        let names: Vec<_> = log.executed.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["stop-commands", &log.executed[0].data], "{}", run.stdout);
        assert!(!log.stopped && log.shown.iter().any(|line| line.contains("Refused")), "{}", run.stdout);
        let json = [args, &["--output-format", "json"]].concat();
        milegate_env(small.path(), &json, &[("GITHUB_ACTIONS", "true")]).exits(1).json();
        assert!(!milegate_env(small.path(), args, &[]).exits(1).stdout.contains("stop-commands"));
    }
}

#[test]
fn in_github_actions_what_quotes_a_report_is_framed() {
    let small = Small::new();
    std::fs::write(small.path().join("bad.xml"), "<::error::x>").unwrap();
    let args = ["inspect", "bad.xml"];
    let run = milegate_env(small.path(), &args, &[("GITHUB_ACTIONS", "true")]).exits(3);
    let log = listen(&run.stdout);
    assert_eq!(log.executed.len(), 2, "{}", run.stdout);
    assert!(!log.stopped && log.executed[0].name == "stop-commands", "{}", run.stdout);
    let json = [&args[..], &["--output-format", "json"]].concat();
    milegate_env(small.path(), &json, &[("GITHUB_ACTIONS", "true")]).exits(3).json();
}
