//! New findings fail, and one whose line moved is not new.

use crate::program::check_json;
use crate::project::Shop;

const OLD: &str = "shop/cart.py:9:0: C0103: Bad name (invalid-name)";
const NEW: &str = "shop/cart.py:4:0: W0612: Unused variable 'x' (unused-variable)";

#[test]
fn a_finding_that_moved_is_the_same_and_another_is_new() {
    let shop = Shop::new("");
    shop.lint(&[OLD]);
    assert!(
        shop.check().exits(0).text("regression", "measured").contains("findings 0 new, 0 fixed, 1 remaining")
    );
    shop.lint(&[NEW, OLD]);
    let verdict = shop.check().exits(1);
    assert_eq!(verdict.outcome("regression"), "failed regression/findings");
    let details = verdict.details("regression");
    assert_eq!(details.len(), 1, "{details:?}");
    assert!(details[0].starts_with("shop/cart.py:4 warning W0612: "), "{details:?}");
}

#[test]
fn lint_can_judge_only_what_is_new() {
    let shop = Shop::new(
        "[gates.code-complete.lint]\nnew-only = true\nmax = { critical = 0, error = 0, warning = 0, info = 0 }\n",
    );
    let verdict = shop.check().exits(0);
    assert_eq!(verdict.outcome("lint"), "passed lint/passed");
    assert!(
        verdict.notices("lint")[0].starts_with("new-only: 1 old finding of "),
        "{:?}",
        verdict.notices("lint")
    );
    shop.lint(&[NEW, OLD]);
    let verdict = shop.check().exits(1);
    assert_eq!(verdict.outcome("lint"), "failed lint/too-many");
    assert_eq!(verdict.details("lint").len(), 1);
    // Without the history that was asked for nothing is proven.
    for name in ["tests", "coverage", "findings", "benchmarks"] {
        shop.repo.git(&["update-ref", "-d", &format!("refs/notes/milegate/{name}")]);
    }
    let verdict = check_json(shop.repo.path(), &["--base", "main"]).exits(3);
    assert!(verdict.outcome("lint").starts_with("unproven baseline/"), "{:?}", verdict.reasons());
}
