//! The checklist reader against the sample, and against everything people write into checklists.
//! The expected counts are counted by hand.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use milegate::model::checklist::{Checklist, ItemState};
use milegate::readers::checklist::read;
use milegate::readers::{Code, ReadError};

fn parse(text: &str) -> Checklist {
    read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn refuse(text: &str) -> ReadError {
    read(text.as_bytes()).expect_err(text)
}

/// Done and all items.
fn counts(text: &str) -> (u64, u64) {
    let ratio = parse(text).progress(None).ratio();
    (ratio.covered, ratio.total)
}

const SAMPLE: &str = include_str!("fixtures/checklist/phase5.md");

#[test]
fn the_sample_has_its_220_items() {
    let checklist = parse(SAMPLE);
    let all = checklist.progress(None);
    assert_eq!((all.done, all.in_progress, all.blocked, all.open), (39, 4, 4, 173));
    assert_eq!(checklist.headings.len(), 12);
    for (id, done, total) in [("5.1", 9, 9), ("5.2", 3, 5), ("5.10", 4, 18)] {
        let ratio = checklist.progress(Some(&id.parse().unwrap())).ratio();
        assert_eq!((ratio.covered, ratio.total), (done, total), "{id}");
    }
    assert_eq!(checklist.headings[0].name, "Database Foundation");
    assert_eq!(checklist.notices, ["line 52: the item is ticked, but an item below it is open"]);
    let blocked = checklist.items.iter().find(|i| i.text == "Run Redis in the test environment").unwrap();
    let reason = "no container runtime on the test machines; since 2026-11-12";
    assert_eq!(blocked.state, ItemState::Blocked(reason.into()));
}

#[test]
fn marks_are_the_bytes_of_the_box() {
    for text in [SAMPLE.to_owned(), SAMPLE.replace('\n', "\r\n"), format!("\u{feff}{SAMPLE}")] {
        let items = parse(&text).items;
        assert_eq!(items.len(), 220);
        for item in items {
            let expected = if item.state == ItemState::Done { "[x]" } else { "[ ]" };
            assert_eq!(&text[item.mark.clone()], expected);
            assert_eq!(text[..item.mark.start].matches('\n').count() + 1, item.line as usize);
        }
    }
}

#[test]
fn counts_what_a_reader_of_the_page_sees() {
    let cases: &[(&str, (u64, u64))] = &[
        ("- [x] a\n- [ ] b\n", (1, 2)),
        ("* [X] a\n+ [x] b\n1. [x] c\n2) [ ] d\n", (3, 4)),
        ("- [x] a\n  - [x] b\n    - [ ] c\n", (2, 3)),
        ("\t- [x] indented code\n", (0, 0)),
        ("```\n- [x] a\n```\n- [ ] b\n", (0, 1)),
        ("````\n```\n- [x] a\n```\n````\n", (0, 0)),
        ("~~~\n- [x] a\n~~~\n", (0, 0)),
        ("<!--\n- [x] a\n-->\n- [x] b\n", (1, 1)),
        ("> - [x] a\n\n- [ ] b\n", (0, 1)),
        ("- > - [x] a\n", (0, 0)),
        ("| a |\n|---|\n| [x] |\n", (0, 0)),
        ("- [ ] finish the [x] parser\n", (0, 1)),
        ("- [ ] use `[x]`\n", (0, 1)),
        ("- [ ] a <!-- [x] -->\n", (0, 1)),
        ("- [x] a\n\n[x]: http://e\n", (1, 1)),
        ("- [\t] a\n", (0, 1)),
        ("- [ ]\n- [ ]", (0, 2)),
        ("- [x]\n", (1, 1)),
        ("-\n  [ ] a\n", (0, 0)),
        ("- [x]a\n", (0, 0)),
        ("- [~] a\n- [-] b\n- [] c\n- [  ] d\n- [\u{a0}] e\n", (0, 0)),
        ("\u{feff}- [x] a\n", (1, 1)),
        ("- [x] a\r\n- [ ] b\r\n", (1, 2)),
        ("- [x] a\r- [ ] b\r", (1, 2)),
        ("[x] a\n", (0, 0)),
        ("<div>\n- [x] a\n</div>\n\n- [ ] b\n", (0, 1)),
        ("- [x] a\n\n  more\n\n- [ ] b\n\n  ```\n  - [x] c\n  ```\n", (1, 2)),
        ("", (0, 0)),
    ];
    for (text, expected) in cases {
        assert_eq!(counts(text), *expected, "{text:?}");
    }
}

#[test]
fn tells_what_may_be_a_mistake() {
    let cases = [
        ("- [ ] finish the [x] parser\n", "ambiguous"),
        ("- [ ] use `[x]`\n", "ambiguous"),
        ("> - [ ] a\n", "quote"),
        ("- [x] a\n\n[x]: http://e\n", "link"),
        ("- [\t] a\n", "tab"),
        ("- [ ]", "no text"),
        ("-\n  [ ] a\n", "looks like"),
        ("- [~] a\n", "looks like"),
        ("- [] a\n", "looks like"),
        ("- [x]a\n", "looks like"),
        ("[x] a\n", "looks like"),
        ("| a |\n|---|\n| [x] |\n", "looks like"),
        ("- [x] a\n  - [ ] b\n", "open"),
        ("- [x] a (in progress)\n", "ignored"),
        ("- [ ] a (blocked)\n", "by what"),
        ("<div>\n- [ ] a\n</div>\n", "HTML"),
        ("- <!-- id 7 --> [ ] a\n", "HTML"),
        ("text\n\n    - [ ] a\n", "indented"),
        ("- [ ] a\n# Milestone 1: A\n- [ ] b\n", "no milestone heading"),
    ];
    for (text, word) in cases {
        let notices = parse(text).notices;
        assert_eq!(notices.len(), 1, "{text:?}: {notices:?}");
        assert!(notices[0].contains(word), "{text:?}: {notices:?}");
    }
    assert!(parse("- [1] a\n- [a](b)\n- plain\n- [x] a [b]\n").notices.is_empty());
}

#[test]
fn items_belong_to_the_nearest_open_heading() {
    let text = "- [ ] none\n## Milestone 5.1: A\n- [x] a\n### Notes\n- [x] b\n## Milestone 5.10\n- [ ] c\n\n\
                Milestone *5.2* \u{2013} `C`\n---\n- [x] d\n# Other\n- [ ] none\n\
                > ## Milestone 9: quoted\n\n```\n## Milestone 8: fenced\n```\n- [ ] none\n";
    let checklist = parse(text);
    let ids: Vec<_> = checklist.headings.iter().map(|h| (h.id.as_str(), h.name.as_str(), h.line)).collect();
    assert_eq!(ids, [("5.1", "A", 2), ("5.10", "", 6), ("5.2", "C", 9)]);
    let of = |id: &str| checklist.progress(Some(&id.parse().unwrap())).ratio();
    assert_eq!((of("5.1").covered, of("5.1").total), (2, 2));
    assert_eq!((of("5.10").covered, of("5.10").total), (0, 1));
    assert_eq!((of("5.2").covered, of("5.2").total), (1, 1));
    assert_eq!(checklist.items.iter().filter(|i| i.milestone.is_none()).count(), 3);
}

#[test]
fn an_inner_milestone_gives_back_to_the_outer_one() {
    let checklist = parse("# Milestone 1: A\n## Milestone 1.1: B\n- [ ] b\n## Rest\n- [ ] a\n");
    let owners: Vec<_> = checklist.items.iter().map(|i| i.milestone.as_ref().unwrap().as_str()).collect();
    assert_eq!(owners, ["1.1", "1"]);
}

#[test]
fn the_text_of_an_item_is_its_own() {
    let text = "- [ ] write **the**\n  parser <!-- id 7 -->*(blocked: no\n  time)*\n  - [x] inner\n\n    more\n\n1. [x] loose\n\n   para\n";
    let items = parse(text).items;
    let texts: Vec<_> = items.iter().map(|i| i.text.as_str()).collect();
    assert_eq!(texts, ["write **the** parser", "inner", "loose"]);
    assert_eq!(items[0].state, ItemState::Blocked("no time".into()));
}

#[test]
fn a_text_that_hides_items_is_refused() {
    let cases = [
        ("- [x] a\n```\n- [ ] b\n", Code::Truncated, 2),
        ("- [x] a\n\n~~~~\n- [ ] b\n~~~\n", Code::Truncated, 3),
        ("```\n- [ ] a\n    ```\n", Code::Truncated, 1),
        ("- [x] a\n- ```\n  - [ ] b\n- c\n", Code::Truncated, 2),
        ("a\n\n<!--\n- [ ] b\n", Code::Truncated, 3),
        ("<!-- a\n\n- [ ] b --\n", Code::Truncated, 1),
        ("<pre>\n\n- [ ] b\n", Code::Truncated, 1),
        ("<?php\n\n- [ ] b\n", Code::Truncated, 1),
        ("- [x] a\n<<<<<<< HEAD\n- [ ] b\n=======\n- [x] b\n>>>>>>> x\n", Code::Malformed, 2),
        ("# Milestone 1: A\n- [x] a\n# Milestone 1: B\n- [ ] b\n", Code::Duplicate, 3),
        ("a\0b", Code::Encoding, 1),
    ];
    for (text, code, line) in cases {
        let error = refuse(text);
        assert_eq!((error.code, error.line), (code, Some(line)), "{text:?}: {error}");
    }
    let utf16: Vec<u8> = "\u{feff}- [ ] a\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&utf16).unwrap_err().code, Code::Encoding);
    assert_eq!(read(b"- [x] a\n- [ ] \xff\n").unwrap_err().line, Some(2));
}

#[test]
fn a_closed_fence_or_comment_is_fine() {
    for text in [
        "```\n```\n- [x] a\n",
        "```md\n- [ ] b\n```\n- [x] a\n",
        "> ```\n> - [ ] b\n> ```\n\n- [x] a\n",
        "- [x] a\n  ```\n  b\n  ```\n",
        "<!-- a\n\nb -->\n- [x] a\n",
        "<!-->\n- [x] a\n",
        "<details>\n\n- [x] a\n\n</details>\n",
        "<prefix>\n\n- [x] a\n",
        "```\n<<<<<<< HEAD\n```\n- [x] a\n",
        "text <!-- not a comment\n\n- [x] a\n",
    ] {
        assert_eq!(counts(text), (1, 1), "{text:?}");
    }
}

#[test]
fn deep_nesting_ends_in_time() {
    let deep: String = (0..2000).map(|n| format!("{}- [ ] a\n", "  ".repeat(n))).collect();
    assert!(read(deep.as_bytes()).is_ok());
    assert!(read("> ".repeat(50_000).as_bytes()).is_ok());
    assert!(read("- ".repeat(50_000).as_bytes()).is_ok());
}
