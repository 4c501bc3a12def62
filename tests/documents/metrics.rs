//! Code metrics.

use milegate::documents::metrics::{CodeMetrics, Complexity, Lines, is_test};
use milegate::readers::{self, Body, Input, Limits};

#[test]
fn lines_are_counted_by_language() {
    let files: &[(&str, &str)] = &[
        ("backend/pool.py", "# c\n\nimport a\n\ndef f(x):\n    if x:\n        return 1\n"),
        ("backend/tests/test_pool.py", "def test_f():\n    assert f(1)\n"),
        (
            "src/a.rs",
            "//! doc\n/* a\n b */\nfn a() {} // c\n/* x */ fn b() {}\nlet c = 1; /* open\n still */ let d;\n",
        ),
        ("web/a.test.ts", "it()\n"),
        ("docs/guide.md", "# A\n\ntext\n"),
        ("docs/notes.txt", "a\n"),
        ("requirements.txt", "a\nb\n"),
        ("data.json", "{}\n"),
        ("Makefile", "all:\n"),
    ];
    let metrics = CodeMetrics::measure(files.iter().map(|(path, text)| (*path, text.as_bytes())));
    assert_eq!(metrics.code.shown(""), "11 (Python 6, Rust 4, TypeScript 1)");
    assert_eq!(metrics.tests.shown(""), "3 (Python 2, TypeScript 1)");
    assert_eq!(metrics.documentation.shown(" lines"), "3 lines (Markdown 2, plain text 1)");
    assert_eq!(
        metrics.complexity.to_string(),
        "Low (1.0 decisions per function; built-in measure, Python only; Low up to 5, Medium up to 10)"
    );
    assert_eq!(
        CodeMetrics::measure([("a.rs", b"fn a() {}".as_slice())]).complexity.to_string(),
        "not measured"
    );
    assert_eq!(CodeMetrics::measure([("a.py", b"x = '\xff'".as_slice())]).total_loc, 1);
    assert_eq!(CodeMetrics::default().code.shown(""), "0");
}

#[test]
fn many_languages_are_summed_up() {
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let lines: Lines = names.into_iter().zip(1..).collect();
    assert_eq!(lines.shown(""), "36 (H 8, G 7, F 6, E 5, D 4, C 3, others 3)");
    assert_eq!([("Rust", 2)].into_iter().collect::<Lines>().shown(""), "2 (Rust)");
}

/// lizard's own table says of `backend/infrastructure` alone: 72 functions with 196 paths; the mean is rounded up.
#[test]
fn a_tool_says_how_complex_the_functions_are() {
    let bytes = include_bytes!("../fixtures/lizard-csv/passing/lizard.csv");
    let input = Input { bytes, exit_status: None, limits: &Limits::default() };
    let Body::Complexity(report) = readers::read(&input, None).unwrap().body else { panic!() };
    let shown = Complexity::measured("lizard", &report).to_string();
    assert_eq!(
        shown,
        "Low (cyclomatic complexity 2.8 per function by lizard, highest 11 in handle, backend/infrastructure/websocket/hub.py:85; Low up to 5, Medium up to 10)"
    );
    let function = |paths| milegate::model::complexity::Function {
        path: "a|b.py".to_owned(),
        line: 3,
        name: "*f*".to_owned(),
        paths,
    };
    let of = |functions: Vec<u32>| {
        let report = milegate::model::complexity::Complexity {
            functions: functions.into_iter().map(function).collect(),
        };
        Complexity::measured("lizard", &report).to_string()
    };
    assert!(of(vec![5, 5]).starts_with("Low (cyclomatic complexity 5.0 per function"));
    let shown = of(vec![5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6]);
    assert!(
        shown.starts_with("Medium (cyclomatic complexity 5.1 per function by lizard, highest 6 in "),
        "{shown}"
    );
    assert!(shown.contains("\\*f\\*, a\\|b.py:3"), "{shown}");
    assert!(of(vec![10, 11]).starts_with("High (cyclomatic complexity 10.5 per function"));
    assert_eq!(of(vec![]), "not known (lizard reports no function outside tests)");
}

#[test]
fn tests_are_known_by_their_names() {
    for yes in
        ["tests/a.py", "a/test/b.rs", "test_a.py", "pkg/a_test.go", "a.test.js", "a.spec.ts", "x/ATest.java"]
    {
        assert!(is_test(yes), "{yes}");
    }
    for no in ["src/a.py", "src/contest.py", "latest/a.py", "testing.py", "attest.rs"] {
        assert!(!is_test(no), "{no}");
    }
}
