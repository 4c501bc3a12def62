//! Code metrics.

use milegate::documents::metrics::{CodeMetrics, is_test};

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
    assert_eq!(metrics.total_loc, 4 + 2 + 4 + 1);
    assert_eq!(metrics.test_loc, 3);
    assert_eq!(metrics.documentation, 3);
    assert_eq!(
        metrics.complexity.to_string(),
        "Low (1.0 decisions per function; built-in measure, Python only)"
    );
    assert_eq!(
        CodeMetrics::measure([("a.rs", b"fn a() {}".as_slice())]).complexity.to_string(),
        "not measured"
    );
    assert_eq!(CodeMetrics::measure([("a.py", b"x = '\xff'".as_slice())]).total_loc, 1);
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
