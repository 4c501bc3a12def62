//! Pages of any verdict, with everything that can be shown beside it.

use crate::exhibits::{full, large};
use crate::page::Page;
use crate::verdicts::{any_verdict, failed, told, verdict};
use milegate::evidence::Detail;
use milegate::model::place::Place;
use milegate::render::exhibit::{Exhibit, Refused};
use milegate::render::{Whole, output};
use milegate::verdict::Verdict;
use proptest::prelude::*;

fn html() -> &'static Whole {
    output("html").unwrap().whole.as_ref().unwrap()
}

fn shown(verdict: &Verdict, exhibit: &Exhibit) -> String {
    (html().render)(verdict, exhibit)
}

/// What has got out of pages before, around a word to look for.
const ESCAPES: &[&str] = &[
    "",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><style>*{",
    "</title>",
    "<!--",
    "-->",
    "]]>",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "&#x3c;",
    "\u{202e}",
    "\u{0}",
    "\u{fffe}",
    "`",
    "`<b>`",
    "\r\n<br>",
    "</pre>",
    "</svg>",
    "<svg/onload=alert(1)>",
    "https://example.com/x.css",
    "\u{e0001}",
    "{{7*7}}",
];

fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => prop::sample::select(ESCAPES).prop_map(str::to_owned), 1 => "\\PC{0,8}"];
    prop::collection::vec(part, 1..5).prop_map(|parts| parts.join("zq7") + "zq7")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_foreign_text_is_more_than_words(verdict in any_verdict(), said in hostile()) {
        let page = Page::read(&shown(&verdict, &full(&said)));
        page.is_harmless("zq7");
        page.is_accessible();
        let mistakes = vec![(said.clone(), said.as_str(), Some(said.as_str()))];
        let refused = Refused { status: 2, message: &said, next_step: Some(&said), mistakes };
        let page = Page::read(&(html().refused)(&refused));
        page.is_harmless("zq7");
        page.is_accessible();
    }
}

#[test]
fn the_page_says_what_the_verdict_says() {
    let verdict = told();
    let page = Page::read(&shown(&verdict, &full("text")));
    page.is_harmless("");
    page.is_accessible();
    let words = page.words();
    for criterion in verdict.gates.iter().flat_map(|gate| &gate.criteria) {
        assert!(
            words.contains(&criterion.id) && words.contains(criterion.outcome.word()),
            "{}",
            criterion.id
        );
    }
    for heading in [
        "Gates",
        "Tests",
        "Coverage",
        "Changed lines",
        "Findings",
        "Benchmarks",
        "Burndown",
        "Approvals",
        "Provenance",
    ] {
        assert!(page.all("h2").any(|h2| h2.text == heading), "{heading}");
    }
    // Five tests, of which one failed and one was an error; 1 of 2 changed executable lines; 35 of 40 a file.
    for said in [
        "2 of 5 tests passed",
        "1 of 2 executable changed lines were executed",
        "140 of 160",
        "87.5%",
        "+35.9%",
    ] {
        assert!(words.contains(said), "{said}\n{words}");
    }
    assert_eq!(shown(&verdict, &full("text")), shown(&verdict, &full("text")));
}

#[test]
fn without_an_exhibit_the_gates_are_shown() {
    let page = Page::read(&shown(&told(), &Exhibit::default()));
    page.is_accessible();
    let headings: Vec<_> = page.all("h2").map(|h2| h2.text.as_str()).collect();
    assert_eq!(headings, ["What to do next", "Gates", "Provenance"]);
}

#[test]
fn a_hundred_thousand_tests_stay_below_five_megabytes() {
    let details = (1..=20_000).map(|line| Detail::at(Place::line("shop/cart.py", line), "much ".repeat(400)));
    let verdict = verdict(vec![failed("tests", "tests", "tests/failing", "10000 failed", details.collect())]);
    let text = shown(&verdict, &large());
    assert!((100_000..5_000_000).contains(&text.len()), "{} bytes", text.len());
    let page = Page::read(&text);
    page.is_accessible();
    let words = page.words();
    for said in [
        "90,000 of 100,000 tests passed",
        "9,800 more are in the reports",
        "19,900 more are in the JSON output",
        "98,000 more",
    ] {
        assert!(words.contains(said), "{said}");
    }
}
