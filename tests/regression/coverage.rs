//! A drop is told by file and line, and what a change did not touch apart from what it did.

use crate::project::Shop;
use crate::small::lines;

#[test]
fn an_untouched_file_is_told_apart_and_both_make_the_whole_fail() {
    let shop = Shop::new("");
    // Line 21 is new and not executed; stock.py lost its test of lines 3 and 4.
    shop.repo.write("shop/cart.py", lines(21));
    shop.repo.commit("More cart");
    shop.green().files(&[("shop/cart.py", 21, &[20, 21]), ("shop/stock.py", 10, &[3, 4, 10])]);
    let verdict = shop.check().exits(1);
    assert_eq!(verdict.outcome("regression"), "failed regression/coverage");
    assert_eq!(
        verdict.details("regression"),
        [
            "lines 93.3% -> 83.8% (-9.46 points), allowed -0",
            "shop/cart.py:21 95.0% -> 90.4% (-4.52 points); new or changed, not executed: line 21",
            "shop/stock.py:3 90.0% -> 70.0% (-20.00 points); executed before, unchanged, not executed now: \
             lines 3-4; this change did not touch the file",
        ]
    );
}

#[test]
fn a_drop_within_the_tolerance_warns_of_its_files() {
    let shop = Shop::new("[gates.integration-verified.regression]\ncoverage = { overall-drop = 10 }\n");
    shop.cover(&[20], &[3, 10]);
    let verdict = shop.check().exits(0);
    assert_eq!(
        verdict.notices("regression")[0],
        "shop/stock.py:3 90.0% -> 80.0% (-10.00 points); executed before, unchanged, not executed now: line 3; \
         this change did not touch the file"
    );
    let milestone = shop.milestone();
    assert_eq!(milestone.outcome("regression"), "failed regression/coverage");
}

#[test]
fn deleted_covered_lines_are_explained_and_are_no_regression() {
    let shop = Shop::new("");
    shop.repo.write("shop/cart.py", lines(20).lines().skip(10).map(|l| format!("{l}\n")).collect::<String>());
    shop.repo.commit("Less cart");
    shop.green().files(&[("shop/cart.py", 10, &[10]), ("shop/stock.py", 10, &[10])]);
    let verdict = shop.check().exits(0);
    assert_eq!(
        verdict.notices("regression")[0],
        "lines 93.3% -> 90.0% (-3.33 points): covered lines were taken away, and nothing got worse line by line"
    );
}

#[test]
fn a_file_that_left_the_report_is_named() {
    let shop = Shop::new("[gates.integration-verified.regression]\ncoverage = { missing = \"fail\" }\n");
    shop.files(&[("shop/cart.py", 20, &[])]);
    let verdict = shop.check().exits(1);
    assert_eq!(
        verdict.details("regression"),
        ["shop/stock.py measured before (90.0%), and in no report now"]
    );
}

#[test]
fn a_renamed_file_is_compared_with_itself() {
    let shop = Shop::new("");
    shop.repo.git(&["mv", "shop/stock.py", "shop/store.py"]);
    shop.repo.commit("Rename");
    shop.green().files(&[("shop/cart.py", 20, &[20]), ("shop/store.py", 10, &[10])]);
    assert_eq!(shop.milestone().outcome("regression"), "passed regression/passed");
    shop.files(&[("shop/cart.py", 20, &[20]), ("shop/store.py", 10, &[5, 10])]);
    let details = shop.check().exits(1).details("regression");
    assert!(
        details[1].starts_with("shop/store.py:5 90.0% -> 80.0% (-10.00 points); was shop/stock.py;"),
        "{details:?}"
    );
}

#[test]
fn a_moved_block_that_was_never_executed_is_not_new_code() {
    let shop = Shop::new("");
    let config = String::from_utf8(shop.repo.read("milegate.toml")).unwrap();
    let config = config.replace("lines = \">= 1%\"\n", "lines = \">= 1%\"\nchanged-lines = \">= 95%\"\n");
    shop.repo.write("milegate.toml", config);
    // Lines 8-10 of the stock, of which 10 was not executed, move behind the cart; 24 is new.
    let stock = lines(10).replace("line", "stock");
    let moved: String = stock.lines().skip(7).map(|l| format!("{l}\n")).collect();
    shop.repo.write("shop/stock.py", stock.replace(&moved, ""));
    shop.repo.write("shop/cart.py", format!("{}{moved}fresh = 1\n", lines(20)));
    shop.repo.commit("Move");
    shop.green().files(&[("shop/cart.py", 24, &[20, 23]), ("shop/stock.py", 7, &[])]);
    let verdict = shop.check().exits(0);
    assert!(
        verdict.text("coverage", "measured").ends_with("changed lines 100.0% (1 of 1)"),
        "{:?}",
        verdict.text("coverage", "measured")
    );
    assert_eq!(verdict.notices("coverage")[0], "shop/cart.py:23 moved, not covered before either: line 23");
    // One that was executed there, and is not here, is missed.
    shop.files(&[("shop/cart.py", 24, &[20, 22, 23]), ("shop/stock.py", 7, &[])]);
    let verdict = shop.check().exits(1);
    assert_eq!(verdict.details("coverage"), ["shop/cart.py:22 changed, not covered: line 22"]);
}
