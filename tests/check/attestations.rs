//! Attestations: a named person's statement, bound to the content and to its wording.

use crate::program::Verdict;
use crate::small::Small;

const CONFIG: &str = r#"
[[milestones]]
id = "1.0"
name = "Cart"
[gates.integration-verified.works-in-staging]
kind = "attestation"
statement = "works in the development environment"
role = "code"
[people.bob]
emails = ["bob@example.com"]
roles = ["code", "operations"]
[people.ada]
emails = ["ada@example.com"]
roles = ["security"]
"#;

const ID: &str = "works-in-staging";

fn project() -> Small {
    Small::and(CONFIG)
}

fn check(small: &Small) -> Verdict {
    small.check(&["1.0"])
}

fn approve(small: &Small, more: &[&str]) -> crate::program::Run {
    small.run(&[&["approve", ID, "--as", "bob"], more].concat())
}

#[test]
fn it_waits_for_the_milestone_and_then_for_somebody() {
    let small = project();
    assert_eq!(small.check(&[]).exits(0).outcome(ID), "deferred attestation/missing");
    let verdict = check(&small);
    assert_eq!(verdict.outcome(ID), "failed attestation/missing");
    assert_eq!(verdict.text(ID, "expected"), "works in the development environment, attested by 1 person");
    let next = "`milegate approve works-in-staging --milestone 1.0 --as NAME` by one of: bob";
    assert_eq!(verdict.text(ID, "next_step"), next);

    let run = approve(&small, &["-m", "tried it"]).exits(0);
    assert!(
        run.flat().starts_with("bob attested for milestone 1.0 in the role code: works in the"),
        "{}",
        run.stdout
    );
    let verdict = check(&small);
    assert_eq!(verdict.outcome(ID), "passed attestation/passed");
    assert_eq!(verdict.text(ID, "measured"), "code: bob");
    // It is no approval of the code.
    assert_eq!(verdict.outcome("code-review"), "failed approval/missing");
    let listed = small.run(&["approvals", "--output-format", "json"]).exits(0).json();
    assert_eq!(listed["approvals"][0]["attests"]["criterion"], "integration-verified/works-in-staging");
    assert_eq!(listed["approvals"][0]["counts"], true);
}

#[test]
fn an_approval_in_the_role_attests_nothing() {
    let small = project();
    small.run(&["approve", "code", "--as", "bob"]).exits(0);
    assert_eq!(check(&small).outcome(ID), "failed attestation/missing");
}

#[test]
fn other_content_and_other_wording_make_it_stale() {
    let small = project();
    approve(&small, &[]).exits(0);
    small.repo.write("README.md", "Read me.\n");
    small.repo.commit("Explain");
    let verdict = check(&small);
    assert_eq!(verdict.outcome(ID), "failed attestation/stale");
    assert!(verdict.text(ID, "message").contains("README.md"), "{verdict:?}");
    let run = approve(&small, &["--renew"]).exits(0);
    assert!(run.stdout.contains("README.md"), "{}", run.stdout);
    assert_eq!(check(&small).outcome(ID), "passed attestation/passed");

    // The policy may come from elsewhere than the attested tree.
    small.repo.git(&["branch", "strict"]);
    small.repo.write(
        "milegate.toml",
        format!("{}{CONFIG}", crate::small::CONFIG).replace("works in the", "runs in the"),
    );
    small.repo.commit("Reword");
    small.repo.git(&["tag", "reworded"]);
    small.repo.git(&["reset", "-q", "--hard", "strict"]);
    small.green();
    let verdict = small.check(&["1.0", "--policy-from", "reworded"]);
    assert_eq!(verdict.outcome(ID), "failed attestation/stale");
    assert!(verdict.text(ID, "message").contains("another wording"), "{verdict:?}");
}

#[test]
fn a_denial_blocks_until_it_is_taken_back() {
    let small = project();
    approve(&small, &["--reject", "-m", "it crashes"]).exits(0);
    let verdict = check(&small);
    assert_eq!(verdict.outcome(ID), "failed attestation/rejected");
    assert!(verdict.details(ID)[0].contains("it crashes"), "{verdict:?}");
    approve(&small, &["--withdraw"]).exits(0);
    assert_eq!(check(&small).outcome(ID), "failed attestation/missing");
}

#[test]
fn who_may_not_cannot_and_what_is_not_there_is_named() {
    let small = project();
    let run = small.run(&["approve", ID, "--as", "ada"]).exits(2);
    assert!(run.stderr.contains("does not hold the role `code`"), "{}", run.stderr);
    let run = small.run(&["approve", "works-in-stagin", "--as", "bob"]).exits(2);
    assert!(run.stderr.contains("did you mean `works-in-staging`?"), "{}", run.stderr);
    small.run(&["approve", "integration-verified/works-in-staging", "--as", "bob"]).exits(0);
    assert_eq!(check(&small).outcome(ID), "passed attestation/passed");
}

#[test]
fn a_name_that_is_a_role_too_is_given_in_full() {
    let small = project();
    small.config(&CONFIG.replace("\"operations\"", "\"works-in-staging\""));
    small.repo.commit("Hold another role");
    let run = approve(&small, &[]).exits(2);
    assert!(run.stderr.contains("integration-verified/works-in-staging"), "{}", run.stderr);
    small.run(&["approve", "integration-verified/works-in-staging", "--as", "bob"]).exits(0);
}

#[test]
fn a_damaged_file_and_people_nobody_knows_close_it() {
    let small = project();
    approve(&small, &[]).exits(0);
    small.repo.write(".milegate/ledger/1.0/approvals/code.bob.00000000.json", "{\"_type\":");
    assert_eq!(check(&small).outcome(ID), "unproven attestation/damaged");
    small.repo.remove(".milegate/ledger/1.0/approvals/code.bob.00000000.json");
    small.config(&CONFIG.replace("role = \"code\"", "role = \"code\"\nrequired = 2"));
    small.repo.commit("Ask two people");
    approve(&small, &[]).exits(0);
    let verdict = check(&small);
    assert_eq!(verdict.outcome(ID), "failed attestation/missing");
    assert!(verdict.text(ID, "message").starts_with("1 of 2 people attest"), "{verdict:?}");
    small.config(&CONFIG.replace("role = \"code\"", "role = \"nobody\""));
    assert_eq!(check(&small).outcome(ID), "unproven attestation/not-configured");
    small.config(&CONFIG.replace("role = \"code\"", "role = \"code\"\ntrust = \"signed\""));
    small.repo.commit("Ask for signatures");
    approve(&small, &[]).exits(0);
    assert_eq!(check(&small).outcome(ID), "failed attestation/missing");
}

#[test]
fn an_empty_statement_is_a_mistake() {
    for (from, to) in
        [("works in the development environment", " "), ("role = \"code\"", "role = \"code\"\nrequired = 0")]
    {
        let small = project();
        small.config(&CONFIG.replace(from, to));
        small.run(&["check"]).exits(2);
    }
}
