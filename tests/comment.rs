//! The comment at a pull request, through the real program and a GitHub of our own: one comment, by
//! mark and author, and never a word about the token.

#![cfg(feature = "github")]
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on fails")]

mod forge;
mod program;
mod repo;
mod runner;
mod small;

use forge::{Forge, ME, State, TOKEN};
use program::{Run, milegate_env};
use serde_json::{Value, json};
use small::{Small, junit};

const MARK: &str = "<!-- milegate comment: shop -->";

fn state() -> State {
    State { number: 7, ..State::default() }
}

/// Runs it as a step of a workflow on this event.
fn step(small: &Small, forge: &Forge, event: &Value, args: &[&str]) -> Run {
    small.repo.write("../event.json", event.to_string());
    let event = small.repo.beside("event.json");
    let env = [
        ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
        ("GITHUB_API_URL", &forge.address),
        ("GITHUB_GRAPHQL_URL", &format!("{}/graphql", forge.address)),
        ("GITHUB_REPOSITORY", "alice/shop"),
        ("GITHUB_TOKEN", TOKEN),
        ("GITHUB_ACTIONS", "true"),
    ];
    let run = milegate_env(small.path(), args, &env);
    for stream in [&run.stdout, &run.stderr] {
        assert!(!stream.contains("SECRET") && !stream.contains("Bearer"), "{stream}");
    }
    assert!(runner::listen(&run.stderr).executed.is_empty(), "{}", run.stderr);
    run
}

fn pull_request() -> Value {
    json!({ "pull_request": { "number": 7, "head": { "sha": "a".repeat(40) } } })
}

fn check(small: &Small, forge: &Forge) -> Run {
    step(small, forge, &pull_request(), &["check", "--comment"])
}

#[test]
fn one_comment_is_written_and_then_kept_up_to_date() {
    let small = Small::new();
    let forge = Forge::start(state());
    let run = check(&small, &forge).exits(0);
    assert!(run.stderr.contains("comment at pull request 7: written"), "{}", run.stderr);
    assert!(check(&small, &forge).exits(0).stderr.contains("up to date"));
    small.junit(&junit(&[("a", "<failure message='2 != 3'/>")]));
    assert!(check(&small, &forge).exits(1).stderr.contains("updated"));
    let comments = forge.comments();
    assert_eq!(comments.len(), 1);
    assert!(comments[0].1.starts_with("## Milegate: failed") && comments[0].1.trim_end().ends_with(MARK));
    assert_eq!(
        forge.writes(),
        ["POST /repos/alice/shop/issues/7/comments", "PATCH /repos/alice/shop/issues/comments/0"]
    );
}

#[test]
fn it_is_found_by_mark_and_author_on_any_page() {
    let small = Small::new();
    let mut comments: Vec<_> = (0..230).map(|n| ("bob".to_owned(), format!("remark {n}"))).collect();
    // Somebody else's comment with our mark, and one of ours with another, or one that quotes it.
    comments[3] = ("bob".to_owned(), format!("## Milegate: passed\n{MARK}"));
    comments[4] = (ME.to_owned(), "## Milegate: passed\n<!-- milegate comment: other -->".to_owned());
    comments[5] = (ME.to_owned(), format!("another tool quotes {MARK} and goes on"));
    comments[215] = (ME.to_owned(), format!("## Milegate: failed\r\n{MARK}\r\n"));
    let before = comments.clone();
    let forge = Forge::start(State { comments, ..state() });
    check(&small, &forge).exits(0);
    let after = forge.comments();
    assert_eq!(after.len(), 230);
    let changed: Vec<_> = (0..230).filter(|n| before[*n] != after[*n]).collect();
    assert_eq!(changed, [215]);
    let pages = forge.asked().iter().filter(|line| line.contains("page=")).count();
    assert_eq!(pages, 3, "{:?}", forge.asked());
}

#[test]
fn a_token_that_only_reads_is_one_notice_and_changes_no_verdict() {
    let small = Small::new();
    for (status, message) in [(403, "Resource not accessible by integration"), (404, "Not Found")] {
        let forge = Forge::start(State { refuse: Some((status, message.to_owned())), ..state() });
        let run = check(&small, &forge).exits(0);
        assert_eq!(run.stderr.matches("warning:").count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains("the token may not write comments here"), "{}", run.stderr);
        assert!(run.stdout.contains("Passed"), "{}", run.stdout);
        assert_eq!(forge.writes().len(), 1);
    }
    small.junit(&junit(&[("a", "<failure/>")]));
    let forge = Forge::start(State { refuse: Some((403, String::new())), ..state() });
    check(&small, &forge).exits(1);
}

#[test]
fn what_goes_wrong_is_told_once_and_not_tried_again() {
    let small = Small::new();
    let hostile = "no\n::error::x ##[add-mask]y \u{1b}[31m";
    for (status, told) in [
        (422, "GitHub answered the comment with status 422: no ::error::x"),
        (403, "status 403: API rate limit exceeded"),
        (500, "with status 500"),
        (502, "with status 502"),
    ] {
        let message = if status == 403 { "API rate limit exceeded" } else { hostile };
        let forge = Forge::start(State { refuse: Some((status, message.to_owned())), ..state() });
        let run = check(&small, &forge).exits(0);
        assert!(run.stderr.contains(told) && run.stderr.matches("warning:").count() == 1, "{}", run.stderr);
        assert_eq!(forge.writes().len(), 1, "no second attempt");
    }
    for (status, body) in
        [(200, "<html>"), (200, "{}"), (302, ""), (401, "{\"message\":\"Bad credentials\"}"), (503, "")]
    {
        let forge = Forge::start(State { broken: Some((status, body.to_owned())), ..state() });
        let run = check(&small, &forge).exits(0);
        assert!(run.stderr.contains("warning: no comment: "), "{}", run.stderr);
        assert_eq!(forge.asked().len(), 1, "{status}: not asked twice, no redirect followed");
    }
    // Nobody listens.
    let forge = Forge { address: "http://127.0.0.1:1".to_owned(), state: Default::default() };
    assert!(check(&small, &forge).exits(0).stderr.contains("warning: no comment: who we are"));
}

#[test]
fn settings_that_would_leak_or_forge_are_refused() {
    let small = Small::new();
    let forge = Forge::start(state());
    small.repo.write("../event.json", pull_request().to_string());
    let event = small.repo.beside("event.json");
    let graphql = format!("{}/graphql", forge.address);
    let good = [
        ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
        ("GITHUB_API_URL", forge.address.as_str()),
        ("GITHUB_GRAPHQL_URL", graphql.as_str()),
        ("GITHUB_REPOSITORY", "alice/shop"),
        ("GITHUB_TOKEN", TOKEN),
    ];
    for bad in [
        ("GITHUB_API_URL", "http://example.com"),
        ("GITHUB_API_URL", "http://localhost.example.com:80"),
        ("GITHUB_GRAPHQL_URL", "ftp://127.0.0.1:1"),
        ("GITHUB_REPOSITORY", "alice/shop/../../bob/x"),
        ("GITHUB_REPOSITORY", "alice"),
        ("GITHUB_REPOSITORY", "alice/.."),
        ("GITHUB_TOKEN", ""),
        ("GITHUB_TOKEN", "ghs_SECRET\r\nx-evil: 1"),
        ("GITHUB_EVENT_PATH", "/nowhere/event.json"),
        ("GITHUB_EVENT_PATH", ""),
    ] {
        let env: Vec<_> = good.iter().map(|pair| if pair.0 == bad.0 { bad } else { *pair }).collect();
        let run = milegate_env(small.path(), &["check", "--comment"], &env).exits(0);
        assert!(run.stderr.contains("warning: no comment: "), "{bad:?}: {}", run.stderr);
        assert!(!run.stderr.contains("SECRET"), "{}", run.stderr);
    }
    assert_eq!(forge.asked(), Vec::<String>::new());
}

/// The event of a workflow that runs after one on a pull request from bob's fork.
fn workflow_run(branch: &str, sha: &str) -> Value {
    json!({ "workflow_run": { "event": "pull_request", "head_sha": sha, "head_branch": branch, "pull_requests": [],
            "head_repository": { "owner": { "login": "bob" } } } })
}

#[test]
fn after_a_forks_run_the_event_says_which_pull_request_it_was() {
    let small = Small::new();
    small.run(&["check", "--output", "json=report.json"]).exits(0);
    let sha = "b".repeat(40);
    let pulls = vec![
        (6, "bob:fix/x".to_owned(), "c".repeat(40)),
        (7, "bob:fix/x".to_owned(), sha.clone()),
        (8, "bob:other".to_owned(), sha.clone()),
    ];
    let forge = Forge::start(State { pulls, ..state() });
    let run = step(&small, &forge, &workflow_run("fix/x", &sha), &["comment", "report.json"]).exits(0);
    assert!(run.stderr.contains("comment at pull request 7: written"), "{}", run.stderr);
    let body = &forge.comments()[0].1;
    assert!(body.contains("commit `bbbbbbbbbbbb`") && !body.contains(&small.repo.head()[..7]), "{body}");
    assert!(body.contains("as the pull request's own run reported it"), "{body}");
    // The branch went on since: the comment would be about something else.
    let run =
        step(&small, &forge, &workflow_run("fix/x", &"d".repeat(40)), &["comment", "report.json"]).exits(0);
    assert!(run.stderr.contains("no open pull request"), "{}", run.stderr);
    let push = json!({ "workflow_run": { "event": "push", "head_sha": sha, "head_branch": "main" } });
    let run = step(&small, &forge, &push, &["comment", "report.json"]).exits(0);
    assert!(run.stderr.contains("the event is not about a pull request"), "{}", run.stderr);
    assert_eq!(forge.comments().len(), 1);
}

#[test]
fn the_report_of_a_fork_is_hostile() {
    let small = Small::new();
    small.run(&["check", "--output", "json=good.json"]).exits(0);
    let good: Value = serde_json::from_slice(&small.repo.read("good.json")).unwrap();
    let forge = Forge::start(state());
    let comment = |name: &str| step(&small, &forge, &pull_request(), &["comment", name]);
    for (pointer, value) in [
        ("/schema_version", json!(2)),
        ("/project", json!("shop --><script>")),
        ("/project", json!("")),
        ("/verdict", json!("perfect")),
        ("/verdict", json!("failed")),
        ("/gates/0/verdict", json!("unproven")),
        ("/gates/0/id", json!("gate-5")),
        ("/gates/0/criteria/0/kind", json!("magic")),
        ("/gates/0/criteria/0/outcome", json!("failed")),
        ("/gates", json!({})),
        ("/gates/0/criteria/0/details", json!([{ "message": 1 }])),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        small.repo.write("bad.json", bad.to_string());
        let run = comment("bad.json").exits(3);
        assert!(run.stderr.contains("is no verdict of `milegate check`"), "{pointer}: {}", run.stderr);
    }
    for bytes in ["", "[", "{}", &"[".repeat(100_000)] {
        small.repo.write("bad.json", bytes);
        comment("bad.json").exits(3);
    }
    comment("nowhere.json").exits(5);
    assert_eq!(forge.writes(), Vec::<String>::new());

    // What is text stays text.
    let mut odd = good;
    odd["milestone"] = json!("@everyone `x` <!-- milegate comment: shop -->\n# big");
    odd["gates"][0]["criteria"][0]["next_step"] = json!("@everyone see http://x.y\n\n<script>");
    odd["gates"][0]["criteria"][0]["measured"] = json!("a | b \\| @everyone");
    odd["notices"] = json!([{ "path": null, "line": null, "message": "::error::x @everyone" }]);
    small.repo.write("odd.json", odd.to_string());
    comment("odd.json").exits(0);
    let body = &forge.comments()[0].1;
    let options = pulldown_cmark::Options::ENABLE_TABLES;
    for event in pulldown_cmark::Parser::new_ext(body, options) {
        match event {
            pulldown_cmark::Event::Text(text) => assert!(!text.contains(['@', '<']), "{text}"),
            pulldown_cmark::Event::InlineHtml(html) => panic!("{html}"),
            pulldown_cmark::Event::Html(html) => assert_eq!(html.trim_end(), MARK),
            _ => {}
        }
    }
}

#[test]
fn a_comment_fits() {
    let small = Small::new();
    let name = "very_long_name_".repeat(30);
    let tests: Vec<_> = (0..2000).map(|n| (format!("{name}{n}"), "<failure message='x'/>")).collect();
    let tests: Vec<_> = tests.iter().map(|(name, inside)| (name.as_str(), *inside)).collect();
    small.junit(&junit(&tests));
    let forge = Forge::start(state());
    check(&small, &forge).exits(1);
    assert!(forge.comments()[0].1.len() < 65_000);
}
