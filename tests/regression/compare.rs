//! `compare`: what is better and worse, in every output.

use crate::project::{Shop, TESTS};

fn worse() -> Shop {
    let shop = Shop::new("");
    let tests: Vec<_> = TESTS
        .iter()
        .filter(|(name, _)| *name != "test_remove")
        .map(|(name, body)| {
            (
                *name,
                if *name == "test_add" { "<failure message=\"a|b`c &lt;b&gt;\">x</failure>" } else { body },
            )
        })
        .collect();
    shop.junit(&tests).cover(&[20], &[3, 10]).bench(13.0);
    shop.lint(&["shop/cart.py:4:0: W0612: Unused variable '<x>|`y` ##[error]' (unused-variable)"]);
    shop
}

#[test]
fn one_table_says_what_is_better_and_worse() {
    let shop = worse();
    let run = shop.run(&["compare", "main"]).exits(0);
    let text = run.stdout.clone();
    for line in [
        "Tests       4 -> 3: 1 regressed, 1 vanished",
        "- tests/cart.py:3 passed before, fails now: tests.cart::test_add",
        "- tests/cart.py:6 passed before, is gone: tests.cart::test_remove",
        "Coverage    lines 93.3% -> 90.0% (-3.33 points), 1 untouched file lower",
        "Findings    1 new, 1 fixed, 0 remaining",
        "- shop/cart.py:4 new warning W0612: Unused variable",
        "+ shop/cart.py fixed info C0103: Bad name [pylint]",
        "Worse: 2 tests, 1 file, 1 finding. Better: 1 finding.",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("##[error]"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    shop.run(&["compare", "main", "--fail-on-worse"]).exits(1);
}

#[test]
fn the_same_run_shows_nothing() {
    let shop = Shop::new("");
    let run = shop.run(&["compare", "main", "--fail-on-worse"]).exits(0);
    assert!(run.stdout.contains("Worse: nothing. Better: nothing."), "{}", run.stdout);
    let run = shop.run(&["compare", "main", "main", "--fail-on-worse"]).exits(0);
    assert!(run.stdout.contains("Worse: nothing. Better: nothing."), "{}", run.stdout);
}

#[test]
fn json_and_markdown_say_the_same() {
    let shop = worse();
    let json = shop.run(&["compare", "main", "--output-format", "json"]).exits(0).json();
    assert_eq!(json["worse"], true);
    assert_eq!(json["balance"]["tests"]["worse"], 2);
    assert_eq!(json["tests"]["changes"][0]["change"], "regressed");
    assert_eq!(json["tests"]["changes"][0]["line"], 3);
    assert_eq!(json["tests"]["changes"][1]["change"], "vanished");
    assert_eq!(json["coverage"]["files"][0]["lost"], serde_json::json!([3]));
    assert_eq!(json["coverage"]["files"][0]["touched"], false);
    assert_eq!(json["findings"]["new"][0]["line"], 4);
    let markdown = shop.run(&["compare", "main", "--output-format", "markdown"]).exits(0).stdout;
    assert!(
        markdown.contains("| **worse** | `tests/cart.py:3 passed before, fails now: tests.cart::test_add` |"),
        "{markdown}"
    );
    // What the linter said stands in a code span, and breaks no table.
    assert!(markdown.contains("``shop/cart.py:4 new warning W0612"), "{markdown}");
    assert!(!markdown.contains("##[error]"), "{markdown}");
}

#[test]
fn two_records_are_compared_without_reports() {
    let shop = worse();
    shop.run(&["baseline", "record", "--no-push", "--accept-failed", "to compare"]).exits(0);
    shop.repo.git(&["clean", "-qdfx", "reports"]);
    let run = shop.run(&["compare", "main", "HEAD"]).exits(0);
    assert!(run.stdout.contains("Worse: 2 tests, 1 file, 1 finding."), "{}", run.stdout);
}

#[test]
fn the_picture_is_the_same_bytes_and_holds_no_markup_of_reports() {
    let shop = worse();
    shop.repo.write(
        "reports/bench.json",
        "[{\"name\":\"parse\",\"unit\":\"ns\",\"value\":13},{\"name\":\"<script>&\\u001b\",\"unit\":\"ns\",\"value\":1}]",
    );
    shop.run(&["compare", "main", "--svg", "one.svg"]).exits(0);
    shop.run(&["compare", "main", "--svg", "two.svg"]).exits(0);
    let one = shop.repo.read("one.svg");
    assert_eq!(one, shop.repo.read("two.svg"));
    let text = String::from_utf8(one).unwrap();
    assert!(text.contains("prefers-color-scheme: dark") && text.contains("<title id=\"title\">"), "{text}");
    assert!(!text.contains("<script>") && !text.contains('\u{1b}'), "{text}");
    let mut reader = quick_xml::Reader::from_str(&text);
    while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
}

#[test]
fn what_cannot_be_compared_says_why() {
    let shop = Shop::new("");
    let run = shop.run(&["compare", "nowhere"]).exits(2);
    assert!(run.stderr.contains("nowhere"), "{}", run.stderr);
    shop.repo.remove("reports/junit.xml");
    let run = shop.run(&["compare", "main"]).exits(3);
    assert!(run.stderr.contains("reports/junit.xml"), "{}", run.stderr);
    for name in ["tests", "coverage", "findings", "benchmarks"] {
        shop.repo.git(&["update-ref", "-d", &format!("refs/notes/milegate/{name}")]);
    }
    let run = shop.run(&["compare", "main"]).exits(3);
    assert!(run.stderr.contains("milegate baseline record --init"), "{}", run.stderr);
}
