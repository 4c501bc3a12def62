//! A test that fails, is gone, skipped or renamed is named as such, with its place.

use crate::program::check_json;
use crate::project::{SOURCE, Shop, TESTS};

const FAIL: &str = "<failure message=\"1 != 2\">no</failure>";
const SKIP: &str = "<skipped message=\"flaky\"/>";

/// The tests of main, one of them with another body, or without it.
fn with<'a>(name: &str, inside: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
    let other = |(test, body): &(&'static str, &'static str)| match inside {
        Some(inside) if *test == name => Some((*test, inside)),
        None if *test == name => None,
        _ => Some((*test, *body)),
    };
    TESTS.iter().filter_map(other).collect()
}

#[test]
fn nothing_worse_passes_and_says_with_what_it_was_compared() {
    let shop = Shop::new("");
    let verdict = shop.check().exits(0);
    assert_eq!(verdict.outcome("regression"), "passed regression/passed");
    let measured = verdict.text("regression", "measured").to_owned();
    assert!(
        measured.starts_with("tests 4, none worse; coverage lines 93.3%, as before; findings 0 new"),
        "{measured}"
    );
    let main = shop.repo.git(&["rev-parse", "main"]);
    let expected = verdict.text("regression", "expected").to_owned();
    assert_eq!(expected, format!("no worse than the merge base with main ({})", &main[..7]));
}

#[test]
fn a_test_that_fails_now_fails() {
    let shop = Shop::new("");
    shop.junit(&with("test_remove", Some(FAIL)));
    let verdict = shop.check().exits(1);
    assert_eq!(verdict.outcome("regression"), "failed regression/tests");
    assert_eq!(
        verdict.details("regression"),
        ["tests/cart.py:6 passed before, fails now: tests.cart::test_remove"]
    );
}

#[test]
fn a_test_that_is_gone_is_named_where_it_stood() {
    let shop = Shop::new("");
    shop.junit(&with("test_remove", None));
    shop.repo.write("tests/cart.py", SOURCE.replace("def test_remove():\n    pass\n\n", ""));
    shop.repo.commit("Drop a test");
    shop.junit(&with("test_remove", None)).cover(&[20], &[10]);
    shop.bench(12.5).lint(&["shop/cart.py:3:0: C0103: Bad name (invalid-name)"]);
    let line = "tests/cart.py:6 passed before, is gone: tests.cart::test_remove";
    let verdict = shop.check().exits(0);
    assert_eq!(verdict.outcome("regression"), "passed regression/passed");
    assert!(verdict.notices("regression").contains(&line.to_owned()), "{:?}", verdict.notices("regression"));
    let milestone = shop.milestone();
    assert_eq!(milestone.outcome("regression"), "failed regression/tests");
    assert_eq!(milestone.details("regression"), [line]);
}

#[test]
fn a_test_that_is_skipped_is_named_and_weighs_as_configured() {
    let shop = Shop::new("[gates.integration-verified.regression]\ntests = { newly-skipped = \"fail\" }\n");
    shop.junit(&with("test_add", Some(SKIP)));
    let verdict = shop.check().exits(1);
    assert_eq!(
        verdict.details("regression"),
        ["tests/cart.py:3 passed before, is skipped now: tests.cart::test_add"]
    );
}

#[test]
fn a_renamed_test_is_called_probably_renamed_until_it_is_declared() {
    let shop = Shop::new("");
    shop.repo.write("tests/cart.py", SOURCE.replace("test_checkout_total", "test_checkout_totals"));
    shop.repo.commit("Rename a test");
    let renamed: Vec<_> = TESTS
        .iter()
        .map(|(name, body)| {
            (if *name == "test_checkout_total" { "test_checkout_totals" } else { name }, *body)
        })
        .collect();
    shop.green().junit(&renamed);
    let what = "tests.cart::test_checkout_total -> tests.cart::test_checkout_totals";
    let notices = shop.check().exits(0).notices("regression");
    assert_eq!(notices[0], format!("tests/cart.py:9 probably renamed: {what}"));
    let declared = "[gates.integration-verified.regression]\ntests = { renamed = [{ from = \
                    \"tests.cart::test_checkout_total\", to = \"tests.cart::test_checkout_totals\" }] }\n";
    shop.repo.write("milegate.toml", format!("{}{declared}", crate::project::CONFIG));
    assert_eq!(shop.check().notices("regression")[0], format!("tests/cart.py:9 renamed: {what}"));
}

#[test]
fn a_test_in_a_file_that_git_knows_to_be_renamed_is_accepted() {
    let shop = Shop::new("");
    shop.repo.git(&["mv", "tests/cart.py", "tests/basket.py"]);
    shop.repo.commit("Rename the file");
    shop.green();
    let moved = String::from_utf8(shop.repo.read("reports/junit.xml")).unwrap();
    shop.repo.write("reports/junit.xml", moved.replace("tests.cart", "tests.basket"));
    let milestone = shop.milestone();
    assert_eq!(milestone.outcome("regression"), "passed regression/passed");
    let notices = milestone.notices("regression");
    let renamed =
        |line, name| format!("tests/basket.py:{line} renamed: tests.cart::{name} -> tests.basket::{name}");
    for (line, name) in [(3, "test_add"), (6, "test_remove"), (9, "test_checkout_total"), (12, "test_empty")]
    {
        assert!(notices.contains(&renamed(line, name)), "{notices:?}");
    }
}

#[test]
fn a_quarantine_has_an_owner_and_an_end_and_leaves_the_tests_gate_alone() {
    let until = |day: &str| {
        format!(
            "[gates.integration-verified.regression]\nquarantine = [{{ test = \"tests.cart::test_rem*\", owner = \"alice\", expires = {day}, reason = \"ticket 7\" }}]\n"
        )
    };
    let shop = Shop::new(&until("2999-01-01"));
    shop.junit(&with("test_remove", Some(FAIL)));
    let verdict = shop.check().exits(1);
    assert_eq!(verdict.outcome("tests"), "failed tests/failing");
    assert_eq!(verdict.outcome("regression"), "passed regression/passed");
    assert_eq!(
        verdict.notices("regression")[0],
        "tests/cart.py:6 passed before, fails now: tests.cart::test_remove (quarantined until 2999-01-01 by alice: ticket 7)"
    );
    shop.repo.write("milegate.toml", format!("{}{}", crate::project::CONFIG, until("2020-01-01")));
    let verdict = shop.check().exits(1);
    assert_eq!(verdict.outcome("regression"), "failed regression/tests");
    assert!(
        verdict
            .notices("regression")
            .iter()
            .any(|n| n.contains("ended on 2020-01-01 and counts for nothing"))
    );
}

#[test]
fn a_removal_is_listed_with_its_reason() {
    let shop = Shop::new(
        "[gates.integration-verified.regression]\ntests = { removed = [{ test = \"tests.cart::test_remove\", reason = \"the feature is gone\" }] }\n",
    );
    shop.junit(&with("test_remove", None));
    let milestone = shop.milestone();
    assert_eq!(milestone.outcome("regression"), "passed regression/passed");
    assert!(milestone.notices("regression")[0].ends_with("(removed on purpose: the feature is gone)"));
}

#[test]
fn no_history_is_deferred_and_unproven_where_it_was_configured() {
    let shop = Shop::new("");
    shop.repo.git(&["for-each-ref", "--format=delete %(refname)", "refs/notes"]).lines().for_each(|line| {
        shop.repo.git(&["update-ref", "-d", line.trim_start_matches("delete ")]);
    });
    let verdict = shop.check().exits(0);
    assert_eq!(verdict.outcome("regression"), "deferred regression/not-configured");
    assert_eq!(shop.milestone().outcome("regression"), "unproven regression/not-configured");
    let configured = "[gates.integration-verified.regression]\ntests = { vanished = \"fail\" }\n";
    shop.repo.write("milegate.toml", format!("{}{configured}", crate::project::CONFIG));
    let verdict = check_json(shop.repo.path(), &["--base", "main"]).exits(3);
    assert!(verdict.outcome("regression").starts_with("unproven baseline/"), "{:?}", verdict.reasons());
}

#[test]
fn a_mistake_in_the_keys_is_a_mistake() {
    let shop = Shop::new("");
    let wrong = "[gates.integration-verified.regression]\ntests = { vanishd = \"fail\" }\n\
                 quarantine = [{ test = \"x\", owner = \"alice\", expires = 7 }]\n";
    shop.repo.write("milegate.toml", format!("{}{wrong}", crate::project::CONFIG));
    let run = shop.run(&["check"]).exits(2);
    assert!(run.stderr.contains("did you mean `vanished`?"), "{}", run.stderr);
    assert!(run.stderr.contains("expected a date"), "{}", run.stderr);
}

#[test]
fn a_pull_requests_merge_commit_is_compared_with_its_first_parent() {
    let shop = Shop::new("");
    // What CI checks out: refs/pull/N/merge, detached.
    shop.repo.git(&["switch", "-q", "--detach", "main"]);
    shop.repo.git(&["merge", "-q", "--no-ff", "-m", "Merge", "feature"]);
    shop.green().junit(&with("test_remove", Some(FAIL)));
    let env = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_BASE_REF", "main"),
        ("GITHUB_REF", "refs/pull/7/merge"),
        ("GITHUB_SHA", &shop.repo.head()),
    ];
    let verdict = crate::program::check_json_env(shop.repo.path(), &[], &env).exits(1);
    assert_eq!(verdict.outcome("regression"), "failed regression/tests");
    assert_eq!(verdict.text("regression", "expected"), "no worse than main, the base of the pull request");
}
