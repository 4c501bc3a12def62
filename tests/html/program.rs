//! The page through the real program, in real repositories.

use crate::page::Page;
use crate::project::{Shop, TESTS};
use crate::small::Small;

fn page(shop: &Shop) -> Page {
    Page::read(&String::from_utf8(shop.repo.read("out.html")).unwrap())
}

#[test]
fn a_branch_on_which_things_got_worse() {
    let shop = Shop::new("");
    shop.repo.write("shop/cart.py", crate::small::lines(20).replace("line_3 = 3\n", "line_3 = \"<3>\"\n"));
    shop.repo.commit("Change the cart");
    let tests: Vec<_> = TESTS
        .iter()
        .map(|(name, body)| {
            (*name, if *name == "test_add" { "<failure message=\"1 &lt; 2\">x</failure>" } else { *body })
        })
        .collect();
    shop.junit(&tests).cover(&[3, 20], &[10]).bench(13.0);
    shop.lint(&["shop/cart.py:4:0: W0612: Unused variable 'x' (unused-variable)"]);
    let plain = shop.run(&["check", "--no-github"]).exits(1).stdout;
    let run = shop.run(&["check", "--no-github", "--output", "html=out.html"]).exits(1);
    assert_eq!(run.stdout, plain);
    let page = page(&shop);
    page.is_harmless("");
    page.is_accessible();
    let words = page.words();
    for said in ["2 of 4 tests passed", "1 < 2", "Unused variable", "12.5 ns → 13 ns", "reports/junit.xml"]
    {
        assert!(words.contains(said), "{said}\n{words}");
    }
    let missed = page.0.iter().position(|e| e.get("class") == Some("miss") && e.name == "div").unwrap();
    let row: Vec<_> = page.0[missed..].iter().take(4).map(|e| e.text.trim()).collect();
    assert_eq!(row[1..], ["3", "✗", "line_3 = \"<3>\""]);
    let first = shop.repo.read("out.html");
    shop.run(&["check", "--no-github", "--output", "html=out.html"]).exits(1);
    assert!(first == shop.repo.read("out.html"), "the same run made another page");
    let printed = shop.run(&["check", "--no-github", "--output-format", "html"]).exits(1).stdout;
    assert!(printed.as_bytes() == first, "stdout and file differ");
}

#[test]
fn a_mistake_in_another_output_replaces_the_page_of_an_earlier_run() {
    let small = Small::new();
    small.green();
    small.run(&["check", "--no-github", "--output", "html=out.html"]).exits(0);
    small.run(&["check", "--no-github", "--output", "htm=x", "--output", "html=out.html"]).exits(2);
    let words = Page::read(&String::from_utf8(small.repo.read("out.html")).unwrap()).words();
    assert!(words.contains("no verdict") && words.contains("no output format"), "{words}");
}

#[test]
fn a_refusal_replaces_the_page_of_an_earlier_run() {
    let small = Small::new();
    small.green();
    small.run(&["check", "--no-github", "--output", "html=out.html"]).exits(0);
    let page = || Page::read(&String::from_utf8(small.repo.read("out.html")).unwrap());
    assert!(page().words().contains("passed"));
    small.config("[reports.x]\npth = \"<b>\"\n");
    small.run(&["check", "--no-github", "--output", "html=out.html"]).exits(2);
    let refused = page();
    refused.is_harmless("");
    refused.is_accessible();
    let words = refused.words();
    assert!(
        words.contains("no verdict") && words.contains("exit 2") && words.contains("milegate.toml:"),
        "{words}"
    );
    let printed = small.run(&["check", "--no-github", "--output-format", "html"]).exits(2).stdout;
    assert_eq!(Page::read(&printed).0, refused.0);
    let run = small.run(&["check", "--base", "nowhere", "--no-github", "--output", "html=out.html"]).exits(2);
    assert!(run.stdout.is_empty(), "{}", run.stdout);
}
