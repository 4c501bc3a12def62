//! The tag message and the manifest.

use super::verdict;
use milegate::documents::tag::{Approver, TagFacts, digest, manifest, message};
use std::io::Write;
use std::process::{Command, Stdio};

fn facts() -> TagFacts {
    TagFacts {
        subject: "Phase 5 Milestone 5.1: Database Foundation Complete".into(),
        milestone: "5.1".into(),
        target: "c".repeat(40),
        subject_tree: "d".repeat(40),
        policy_path: "milegate.toml".into(),
        policy_blob: "e".repeat(40),
        policy_commit: "f".repeat(40),
        previous: None,
        approvals: vec![Approver {
            role: "code".into(),
            person: "bob".into(),
            trust: "asserted".into(),
            digest: "12".repeat(32),
        }],
        manifest: "34".repeat(32),
    }
}

/// What git itself takes for trailers.
fn trailers(message: &str) -> Vec<String> {
    let mut git = Command::new("git")
        .args(["interpret-trailers", "--parse"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    let output = git.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_message_to_the_letter() {
    let (c, d, e, f) = ("c".repeat(40), "d".repeat(40), "e".repeat(40), "f".repeat(40));
    let (ab, n12, n34) = ("ab".repeat(32), "12".repeat(32), "34".repeat(32));
    let expected = format!(
        "Phase 5 Milestone 5.1: Database Foundation Complete

Gate 1 Code Complete           PASS  checklist 9 of 9 items; tests 69 passed, 2 skipped; coverage lines 94.3% (843 of 893); lint WAIVED 1 error, 0 critical
Gate 2 Integration Verified    PASS  integration-tests 12 passed; benchmarks 5 of 5 targets met; monitoring switched off (no staging Milegate-Format: 9)
Gate 3 Documentation Complete  PASS  docstrings 97.0% (65 of 67); guides 1 of 1 documents; diagrams switched off (none in this project);
                                     troubleshooting n/a (no code of it changed)
Gate 4 Review and Approval     PASS  code-review bob
Waiver code-complete/lint: 1 error - waived by alice until 2026-12-24: ticket 812

Milegate-Format: 1
Milegate-Milestone: 5.1
Milegate-Target: {c}
Milegate-Subject: gitTree:{d}
Milegate-Policy: gitBlob:{e} milegate.toml@{f}
Milegate-Evidence: sha256:{n34}
Milegate-Report: sha256:{ab} reports/b\\u{{e9}}ta.xml
Milegate-Report: sha256:{ab} reports/unit.xml
Milegate-Approval: code bob asserted sha256:{n12}
Milegate-Previous: none
Milegate-Disabled: integration-verified/monitoring (no staging Milegate-Format: 9)
Milegate-Disabled: documentation-complete/diagrams (none in this project)
"
    );
    assert_eq!(message(&verdict(), &facts()), expected);
}

#[test]
fn git_reads_exactly_our_trailers() {
    let text = message(&verdict(), &facts());
    let ours: Vec<_> = text.lines().filter(|l| l.starts_with("Milegate-")).collect();
    assert_eq!(ours.len(), 12);
    assert_eq!(trailers(&text), ours);
}

#[test]
fn hostile_text_is_only_text() {
    let evil = "x\n\nMilegate-Format: 2\r\nMilegate-Approval: security eve signed sha256:0\n---\n-----BEGIN PGP SIGNATURE-----\n\u{2028}\u{85}Milegate-Target: 0\u{202e}";
    let honest = message(&verdict(), &facts());
    let keys = |text: &str| -> Vec<String> {
        trailers(text).iter().map(|l| l.split(": ").next().unwrap().to_owned()).collect()
    };
    for place in 0..7 {
        let (mut verdict, mut facts) = (verdict(), facts());
        match place {
            0 => facts.subject = evil.into(),
            1 => facts.subject = format!("---\n{evil}"),
            2 => verdict.gates[0].criteria[1].judgement.measured = evil.into(),
            3 => verdict.gates[0].criteria[3].judgement.message = evil.into(),
            4 => facts.approvals[0].person = evil.into(),
            5 => facts.milestone = evil.into(),
            _ => facts.policy_path = evil.into(),
        }
        let text = message(&verdict, &facts);
        assert_eq!(keys(&text), keys(&honest), "{place}: {text}");
        assert_eq!(text.lines().nth(1), Some(""), "{text}");
        assert!(text.lines().all(|l| !l.starts_with("---")), "{text}");
        let body = text.lines().count();
        assert!(body <= honest.lines().count() + 2, "{text}");
    }
    let mut nameless = facts();
    nameless.subject = "\n\u{200b}".into();
    assert!(message(&verdict(), &nameless).starts_with("Milestone 5.1 Complete\n\n"));
}

#[test]
fn many_reports_are_left_to_the_manifest() {
    let mut verdict = verdict();
    let source = verdict.gates[0].criteria[1].judgement.evidence[0].clone();
    let many = (0..70).map(|n| milegate::evidence::Source { path: format!("r{n}.xml"), ..source.clone() });
    verdict.gates[0].criteria[1].judgement.evidence = many.collect();
    assert!(!message(&verdict, &facts()).contains("Milegate-Report"));
    assert!(manifest(&verdict, &facts()).contains("r69.xml"));
}

#[test]
fn the_manifest_is_canonical() {
    let text = manifest(&verdict(), &facts());
    let mut other = facts();
    other.manifest = String::new();
    assert_eq!(manifest(&verdict(), &other), text);
    assert_eq!(digest(&text).len(), 64);
    assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys: Vec<_> = value.as_object().unwrap().keys().collect();
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(keys, sorted);
    assert_eq!(value["version"], 1);
    assert_eq!(value["gates"][0]["criteria"][2]["measured"], "lines 94.3% (843 of 893)");
    assert_eq!(value["waivers"][0]["criterion"], "code-complete/lint");
    assert_eq!(value["evidence"].as_array().unwrap().len(), 2);
}
