//! What the CI service says in the environment. Only hints: nothing of it decides a gate.

use std::env;

/// Running as a step of GitHub Actions.
pub(super) fn is_github() -> bool {
    env::var("GITHUB_ACTIONS").is_ok_and(|v| v == "true")
}

/// The branch a pull request goes to.
pub(super) fn base_branch() -> Option<String> {
    let of = |name| env::var(name).ok().filter(|v: &String| !v.is_empty());
    if is_github() { of("GITHUB_BASE_REF") } else { of("CI_MERGE_REQUEST_TARGET_BRANCH_NAME") }
}

/// The checkout is the merge commit that the service made for a pull request.
pub(super) fn is_merge_checkout() -> bool {
    env::var("GITHUB_REF").is_ok_and(|r| r.starts_with("refs/pull/") && r.ends_with("/merge"))
}

/// The file whose content becomes the step summary.
pub(super) fn step_summary() -> Option<String> {
    env::var("GITHUB_STEP_SUMMARY").ok().filter(|path| !path.is_empty())
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
