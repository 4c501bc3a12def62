//! `milegate verify` through the real program: what a tag vouches for is looked up again, and each
//! way of tampering shows as itself.

#![allow(clippy::expect_used, clippy::unwrap_used)]

mod orders;

use orders::{Sample, TAG};
use serde_json::Value;
use std::fs;

/// A completed milestone, with its reports put aside.
fn completed() -> Sample {
    let sample = Sample::ready();
    sample.milegate(&["complete", "1.0", "--yes"]).exits(0);
    sample
}

fn standings(page: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page["steps"].as_array().unwrap().iter().map(|s| (text(&s["name"]), text(&s["standing"]))).collect()
}

#[track_caller]
fn standing(sample: &Sample, args: &[&str], status: i32, claim: &str) -> String {
    let all = [&["verify"], args, &["--output-format", "json"]].concat();
    let page = sample.milegate(&all).exits(status).json();
    assert_eq!(page["exit_code"], status);
    let found = standings(&page).into_iter().find(|(name, _)| name == claim);
    found.unwrap_or_else(|| panic!("{claim}: {page}")).1
}

/// The tag object, changed and put under the name again.
fn forge(sample: &Sample, from: &str, to: &str) {
    let object = sample.git(&["cat-file", "tag", TAG]);
    assert!(object.contains(from), "{object}");
    let file = sample.root().join("forged");
    fs::write(&file, format!("{}\n", object.replace(from, to))).unwrap();
    let id = sample.git(&["hash-object", "-t", "tag", "-w", file.to_str().unwrap()]);
    sample.git(&["update-ref", &format!("refs/tags/{TAG}"), &id]);
    fs::remove_file(file).unwrap();
}

#[test]
fn a_completed_milestone_is_verified_from_anywhere() {
    let sample = completed();
    for asked in [TAG, "1.0"] {
        let run = sample.milegate(&["verify", asked]).exits(0);
        assert!(run.out.contains("Verified") && run.out.contains("exit 0"), "{}", run.out);
    }
    // A later commit changes nothing about what was tagged; so does a checkout of the tag.
    sample.write("later.py", "x = 1\n");
    sample.git(&["add", "later.py"]);
    sample.git(&["commit", "-qm", "Later"]);
    assert_eq!(standing(&sample, &[TAG], 0, "content"), "holds");
    sample.git(&["checkout", "-q", TAG]);
    assert_eq!(standing(&sample, &[TAG], 0, "manifest"), "holds");
    assert_eq!(standing(&sample, &[TAG], 0, "approvals"), "holds");
}

#[test]
fn what_does_not_fit_the_tag_is_named() {
    for (from, to, claim) in [
        ("Milegate-Subject: gitTree:", "Milegate-Subject: gitTree:00", "content"),
        ("Milegate-Evidence: sha256:", "Milegate-Evidence: sha256:00", "manifest"),
        ("Milegate-Policy: gitBlob:", "Milegate-Policy: gitBlob:00", "policy"),
        ("Milegate-Target: ", "Milegate-Target: 00", "target"),
        ("Milegate-Milestone: 1.0", "Milegate-Milestone: 2.0", "milestone"),
        (
            "Milegate-Approval: code bob asserted sha256:",
            "Milegate-Approval: code bob asserted sha256:0",
            "approvals",
        ),
        ("Milegate-Format: 1", "Milegate-Fromat: 1", "trailers"),
    ] {
        let sample = completed();
        forge(&sample, from, to);
        assert_eq!(standing(&sample, &[TAG], 4, claim), "contradicted", "{to}");
    }
}

#[test]
fn another_kind_of_tag_is_no_milestone() {
    let sample = completed();
    sample.git(&["tag", "-f", TAG, "HEAD"]);
    assert_eq!(standing(&sample, &[TAG], 4, "tag"), "contradicted");
    let sample = completed();
    let object = sample.git(&["rev-parse", TAG]);
    sample.git(&["update-ref", "refs/tags/copy", &object]);
    assert_eq!(standing(&sample, &["copy"], 4, "tag"), "contradicted");
    sample.milegate(&["verify", "orders-milestone-1.0-complet"]).exits(2).says(TAG);
}

#[test]
fn without_the_documents_nothing_is_vouched_for() {
    let sample = completed();
    sample.git(&["reset", "-q", "--hard", "HEAD^"]);
    sample.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    assert_eq!(standing(&sample, &[TAG], 3, "manifest"), "not-known");
}

#[test]
fn the_same_reports_come_to_the_same() {
    let sample = completed();
    let here = ".";
    assert_eq!(standing(&sample, &[TAG, "--reports", here], 0, "verdict"), "holds");

    let path = "reports/unit.xml";
    let bytes = sample.read(path);
    sample.write(path, &format!("{bytes}\n"));
    assert_eq!(standing(&sample, &[TAG, "--reports", here], 4, "reports"), "contradicted");
    sample.git(&["clean", "-fdxq", "reports"]);
    assert_eq!(standing(&sample, &[TAG, "--reports", here], 3, "reports"), "not-known");
}
