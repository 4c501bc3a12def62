//! What helps at a desk: commands that show a failure again, and links to files.

use crate::program::{Run, command, milegate_env, run};
use crate::sample::Sample;
use crate::small::{Small, cobertura, junit};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The steps of a criterion: what, about, shell.
#[track_caller]
fn steps(criterion: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let steps = criterion["reproduce"].as_array().unwrap().iter();
    steps.map(|s| (text(&s["what"]), text(&s["about"]), text(&s["shell"]))).collect()
}

fn shells(criterion: &Value, what: &str) -> Vec<String> {
    steps(criterion).into_iter().filter(|step| step.0 == what).map(|step| step.2).collect()
}

#[test]
fn every_failing_test_of_a_real_report_has_its_command() {
    let sample = Sample::failing();
    let verdict = crate::program::check_json(sample.path(), &["5.1"]).exits(1);
    let tests = verdict.of("tests");
    let single = shells(tests, "test");
    // pytest's own counts: ten failures and five errors.
    assert_eq!(single.len(), 15, "{single:#?}");
    for line in &single {
        let path = line.strip_prefix("pytest ").unwrap().trim_start_matches('\'');
        let path = path.split("::").next().unwrap().trim_end_matches('\'');
        assert!(sample.path().join(path).is_file(), "{line}");
    }
    assert!(single.contains(
        &"pytest backend/tests/infrastructure/events/test_bus.py::test_handler_is_tried_again".to_owned()
    ));
    assert!(
        single
            .contains(&"pytest backend/tests/infrastructure/websocket/test_rooms_of_tomorrow.py".to_owned())
    );
    let lint = shells(verdict.of("lint"), "file");
    for tool in ["pylint ", "mypy ", "ruff check ", "flake8 ", "black --diff "] {
        assert!(lint.iter().any(|line| line.starts_with(tool)), "{tool}: {lint:#?}");
    }
    assert!(
        steps(verdict.of("coverage")).iter().any(|step| step.0 == "lines" && step.1.contains("uncovered"))
    );
    assert!(verdict.criteria().iter().filter(|c| c["outcome"] == "passed").all(|c| steps(c).is_empty()));
}

#[test]
fn commands_come_from_the_configuration_then_from_records_then_from_the_format() {
    let configured = "[[commands]]\nname = \"unit tests\"\nrun = [\"poetry\", \"run\", \"pytest\", \"--junitxml=reports/junit.xml\", \"-k\", \"not slow\"]\nwrites = [\"unit\"]\n";
    let small = Small::and(configured);
    small.repo.write("tests/test_cart.py", "def test_add(): pass\n");
    small.repo.commit("Test");
    let failing =
        junit(&[("test_add", "<failure/>")]).replace("classname=\"", "classname=\"tests.test_cart\" x=\"");
    small.junit(&failing).coverage(&cobertura(&[("shop/cart.py", 20, &[])]));
    let told = steps(small.check(&[]).exits(1).of("tests"));
    assert_eq!(told[0].0, "configured");
    assert_eq!(told[0].2, "poetry run pytest --junitxml=reports/junit.xml -k 'not slow'");
    assert_eq!(told[1].2, "poetry run pytest tests/test_cart.py::test_add", "{told:?}");

    small.config("");
    let told = steps(small.check(&[]).exits(1).of("tests"));
    assert_eq!((told[0].0.as_str(), told[0].2.as_str()), ("usual", "pytest --junitxml=reports/junit.xml"));

    small.run(&["record", "unit", "--", "sh", "-c", "exit 1"]).exits(1);
    let told = steps(small.check(&[]).of("tests"));
    assert_eq!((told[0].0.as_str(), told[0].2.as_str()), ("recorded", "sh -c 'exit 1'"));

    small.repo.remove("reports/coverage.xml");
    let told = steps(small.check(&[]).of("coverage"));
    assert_eq!(told[0].2, "coverage xml -o reports/coverage.xml");
}

fn hostile() -> Small {
    let small = Small::and(
        "[[commands]]\nname = \"::error::x\"\nrun = [\"cargo\", \"test\", \"##[add-mask]\"]\nwrites = [\"unit\"]\n",
    );
    let names = [
        "x'; touch pwned; '",
        "$(touch pwned)",
        "`touch pwned`",
        "--help",
        "&#x9b;2J&#x202e;evil",
        "a  b",
        "::error::boom ##[add-mask]y ##vso[task]",
        "-- ; touch pwned",
    ];
    small.junit(&junit(&names.map(|name| (name, "<failure/>"))));
    small
}

#[test]
fn a_pasted_line_runs_nothing_else() {
    let small = hostile();
    let verdict = small.check(&[]).exits(1);
    let single = shells(verdict.of("tests"), "test");
    assert_eq!(single.len(), 6, "{single:#?}");
    for line in single.iter().filter(|line| *line != "-") {
        // What `cargo` would be given, as sh reads the line.
        let script = format!("cargo() {{ printf '<%s>' \"$@\"; }}\n{line}");
        let out = Command::new("sh").current_dir(small.path()).args(["-c", &script]).output().unwrap();
        let words = String::from_utf8(out.stdout).unwrap();
        assert!(
            out.status.success() && words.starts_with("<test><--workspace><--><--exact><"),
            "{line}: {words}"
        );
    }
    assert!(!small.path().join("pwned").exists());
    assert!(single.contains(&"-".to_owned()), "what nobody sees is no line: {single:#?}");
    for columns in ["40", "80", "110"] {
        let mut text = command(small.path(), &["check", "--explain-failures"]);
        text.env("COLUMNS", columns);
        let text = run(text).exits(1).stdout;
        assert!(text.contains("To see it again") && text.contains("characters that nobody"), "{text}");
        assert!(!text.contains(['\u{9b}', '\u{202e}', '\x1b']) && !text.contains("##["), "{text}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
    }
    assert!(!small.run(&["check"]).exits(1).stdout.contains("To see it again"));
}

/// Without the links.
fn bare(text: &str) -> String {
    let mut parts = text.split("\x1b]8;;");
    let mut out = parts.next().unwrap_or_default().to_owned();
    parts.for_each(|part| out.push_str(part.split_once("\x1b\\").unwrap().1));
    out
}

#[test]
fn places_are_links_where_they_are_asked_for() {
    let small = Small::new();
    let path = "shop/ä;b%.py";
    small.repo.write(path, "x\n").commit("More");
    small.green().coverage(&cobertura(&[("shop/cart.py", 20, &[1, 2, 3, 4]), (path, 9, &[5, 6])]));
    let check = |args: &[&str], env: &[(&str, &str)]| -> Run {
        milegate_env(small.path(), &[&["check"], args].concat(), env).exits(1)
    };
    let plain = check(&[], &[]).stdout;
    let linked = check(&["--hyperlinks", "always"], &[]).stdout;
    assert_eq!(bare(&linked), plain);
    let root = small.path().to_str().unwrap();
    assert!(linked.contains(&format!("{root}/shop/cart.py\x1b\\shop/cart.py:1\x1b]8;;\x1b\\")), "{linked}");
    assert!(linked.contains(&format!("{root}/shop/%C3%A4%3Bb%25.py\x1b\\")), "{linked}");
    assert!(linked.contains("\x1b]8;;file://"), "{linked}");

    let capable = [("KITTY_WINDOW_ID", "1"), ("TERM", "xterm-kitty")];
    assert_eq!(check(&[], &capable).stdout, plain, "no terminal");
    assert_eq!(check(&["--hyperlinks", "never"], &capable).stdout, plain);
    check(&["--hyperlinks", "always", "--output", "text=out.txt", "--output", "json=out.json"], &capable);
    for file in ["out.txt", "out.json"] {
        assert!(!std::fs::read_to_string(Path::new(root).join(file)).unwrap().contains('\x1b'), "{file}");
    }
}
