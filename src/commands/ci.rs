//! What the CI service says in the environment. Only hints: nothing of it decides a gate.

use std::env;

/// Running as a step of GitHub Actions.
pub(super) fn is_github() -> bool {
    env::var("GITHUB_ACTIONS").is_ok_and(|v| v == "true")
}

/// Running in some CI service: nobody looks at a terminal there.
pub(super) fn is_any() -> bool {
    is_github() || named("CI").is_some_and(|value| value != "false")
}

/// The branch a pull request goes to.
pub(super) fn base_branch() -> Option<String> {
    if is_github() { named("GITHUB_BASE_REF") } else { named("CI_MERGE_REQUEST_TARGET_BRANCH_NAME") }
}

/// The checkout is the merge commit that the service made for a pull request.
pub(super) fn is_merge_checkout() -> bool {
    env::var("GITHUB_REF").is_ok_and(|r| r.starts_with("refs/pull/") && r.ends_with("/merge"))
}

/// The file whose content becomes the step summary.
pub(super) fn step_summary() -> Option<String> {
    named("GITHUB_STEP_SUMMARY")
}

/// The files that the commands of a step share.
pub(super) fn shared_files() -> Vec<String> {
    ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"].into_iter().filter_map(named).collect()
}

/// The file that holds the event.
#[cfg(feature = "github")]
pub(super) fn event() -> Option<String> {
    named("GITHUB_EVENT_PATH")
}

/// `owner/name`; empty outside of GitHub Actions.
#[cfg(feature = "github")]
pub(super) fn repository() -> String {
    named("GITHUB_REPOSITORY").unwrap_or_default()
}

/// The token that the workflow hands over; empty without one.
#[cfg(feature = "github")]
pub(super) fn token() -> String {
    named("GITHUB_TOKEN").or_else(|| named("GH_TOKEN")).unwrap_or_default()
}

/// The addresses of GitHub's two interfaces: REST, then GraphQL.
#[cfg(feature = "github")]
pub(super) fn interfaces() -> [String; 2] {
    [("GITHUB_API_URL", "https://api.github.com"), ("GITHUB_GRAPHQL_URL", "https://api.github.com/graphql")]
        .map(|(variable, usual)| named(variable).unwrap_or_else(|| usual.to_owned()))
}

fn named(variable: &str) -> Option<String> {
    env::var(variable).ok().filter(|value| !value.is_empty())
}

/// What tells this run of the service from all others, each attempt by itself.
pub(super) fn run_id() -> Option<String> {
    let of = |name| env::var(name).ok().filter(|v: &String| !v.is_empty());
    if is_github() {
        let parts = ["GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB"].map(of);
        return Some(parts.into_iter().flatten().collect::<Vec<_>>().join(".")).filter(|id| !id.is_empty());
    }
    of("CI_JOB_ID")
}
