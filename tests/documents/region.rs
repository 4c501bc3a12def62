//! Marked regions.

use milegate::documents::edit::Edits;
use milegate::documents::region::{find, sum};

const KNOWN: &[&str] = &["progress", "milestones"];

fn fill(old: &str, body: &str, adopt: bool) -> Result<String, milegate::documents::EditError> {
    let mut edits = Edits::new(old)?;
    for region in find(old, KNOWN)? {
        region.fill(&mut edits, old, body, adopt)?;
    }
    edits.apply()
}

const EMPTY: &str = "# A\n\n<!-- milegate:begin progress -->\n<!-- milegate:end progress -->\n\nend\n";

#[test]
fn is_filled_and_filled_again() {
    let once = fill(EMPTY, "one\ntwo\n", false).unwrap();
    let content = "\none\ntwo\n\n";
    let expected = format!(
        "# A\n\n<!-- milegate:begin progress -->\n{content}<!-- milegate:end progress sum={} -->\n\nend\n",
        sum(content)
    );
    assert_eq!(once, expected);
    assert_eq!(fill(&once, "one\ntwo", false).unwrap(), once);
    let again = fill(&once, "three", false).unwrap();
    assert_eq!(fill(&again, "one\ntwo", false).unwrap(), once);
}

#[test]
fn line_breaks_are_those_of_the_mark() {
    let crlf = fill(&EMPTY.replace('\n', "\r\n"), "one", false).unwrap();
    assert_eq!(crlf.matches('\n').count(), crlf.matches("\r\n").count());
    // A checkout that turned the line breaks around is no hand edit.
    let lf = crlf.replace("\r\n", "\n");
    assert_eq!(fill(&lf, "one", false).unwrap(), lf);
}

#[test]
fn a_hand_edit_is_refused_with_the_choices() {
    let once = fill(EMPTY, "one", false).unwrap();
    let edited = once.replace("one", "mine");
    let error = fill(&edited, "two", true).unwrap_err();
    assert!(
        error.message.contains("edited by hand") && error.message.contains("leave the region empty"),
        "{error}"
    );
    assert_eq!(error.line, Some(3));
    // Emptied, nothing can be lost.
    assert!(fill(&once.replace("\none\n\n", ""), "two", false).unwrap().contains("two"));
}

#[test]
fn text_without_a_sum_needs_to_be_adopted() {
    let old = EMPTY.replace("begin progress -->\n", "begin progress -->\nmine\n");
    assert!(fill(&old, "two", false).unwrap_err().message.contains("adopt"));
    assert!(!fill(&old, "two", true).unwrap().contains("mine"));
}

#[test]
fn what_is_no_mark_is_none() {
    for text in [
        "```\n<!-- milegate:begin progress -->\n```\n",
        "    <!-- milegate:begin progress -->\n",
        "> <!-- milegate:begin progress -->\n",
        "text <!-- milegate:begin progress -->\n",
        "`<!-- milegate:begin progress -->`\n",
        "- <!-- milegate:begin progress -->\n",
        "<!-- milegate is great -->\n",
        "<!-- begin progress -->\n",
        "plain\n",
    ] {
        assert_eq!(find(text, KNOWN).unwrap(), [], "{text:?}");
    }
}

#[test]
fn a_damaged_mark_is_an_error() {
    let (begin, end) = ("<!-- milegate:begin progress -->\n", "<!-- milegate:end progress -->\n");
    let (begin_2, end_2) = ("<!-- milegate:begin milestones -->\n", "<!-- milegate:end milestones -->\n");
    for (text, line) in [
        (begin.to_owned(), 1),
        (end.to_owned(), 1),
        (format!("{end}{begin}"), 1),
        (format!("{begin}{end}\n{begin}{end}"), 4),
        (format!("{begin}{begin_2}{end_2}{end}"), 2),
        (format!("{begin}{end_2}{begin_2}{end}"), 2),
        (format!("{begin}{begin}{end}"), 2),
        ("a\n\n<!-- MILEGATE:BEGIN progress -->\n".into(), 3),
        ("<!-- Milegate:begin progress -->\n".into(), 1),
        ("<!--milegate:begin progress-->\n".into(), 1),
        ("<!- milegate:begin progress -->\n".into(), 1),
        ("<!--- milegate:begin progress --->\n".into(), 1),
        ("<!-- milegate: begin progress -->\n".into(), 1),
        ("<!-- milegate-begin progress -->\n".into(), 1),
        ("<!-- milegate:start progress -->\n".into(), 1),
        ("<!-- milegate:begin -->\n".into(), 1),
        ("<!-- milegate:begin other -->\n".into(), 1),
        ("<!-- milegate:begin progress --> text\n".into(), 1),
        (format!("{begin}<!-- milegate:end progress sum=xyz -->\n"), 2),
        (format!("<div>\n{begin}</div>\n"), 1),
    ] {
        let error = find(&text, KNOWN).expect_err(&text);
        assert_eq!(error.line, Some(line), "{text:?}: {error}");
    }
}

#[test]
fn a_body_with_marks_in_it_is_caught_by_the_second_run() {
    let hostile = milegate::documents::plain::markdown("<!-- milegate:end progress -->\n| x");
    let once = fill(EMPTY, &hostile, false).unwrap();
    assert_eq!(find(&once, KNOWN).unwrap().len(), 1);
}
