//! The comment at a pull request: `check --comment`, and `comment REPORT` for a workflow that runs
//! after a fork's own. It never changes a verdict.

use super::cli::Comment;
use super::refusal::Refusal;
use super::terminal::Terminal;
use crate::verdict::Verdict;

/// Largest report that is read.
const LIMIT: u64 = 64 << 20;

/// Runs the command: the report is what another run uploaded, so only its words are used. Which pull
/// request, and which commit, the event says.
pub(super) fn run(args: &Comment, terminal: Terminal) -> Result<u8, Refusal> {
    let shown = args.report.to_string_lossy();
    let read = crate::ledger::anywhere::read_once(&args.report, LIMIT, |file, _| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(file, &mut bytes).map(|_| bytes)
    });
    let bytes = read?.0.map_err(|error| Refusal::cannot_act(format!("{shown}: {error}")))?;
    let verdict = crate::render::json::reading::verdict(&bytes).map_err(|why| {
        Refusal::unproven(format!("{shown} is no verdict of `milegate check`: {why}"))
            .hint("let the run write it: milegate check --output json=milegate.json")
    })?;
    terminal.say(&write(verdict, true)?);
    Ok(0)
}

/// After `check`: says on stderr what came of it, and warns where nothing did.
pub(super) fn after_check(verdict: &Verdict, terminal: Terminal) {
    match write(verdict.clone(), false) {
        Ok(done) => terminal.say(&done),
        Err(refusal) => {
            let hint = refusal.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
            terminal.warn(&format!("no comment: {}{hint}", refusal.message));
        }
    }
}

#[cfg(not(feature = "github"))]
fn write(_: Verdict, _: bool) -> Result<String, Refusal> {
    Err(Refusal::usage("this milegate was built without the feature `github`")
        .hint("build it with: cargo install --locked --features github milegate"))
}

#[cfg(feature = "github")]
fn write(mut verdict: Verdict, reported: bool) -> Result<String, Refusal> {
    use super::ci;
    use crate::evidence::Detail;
    use crate::ledger::github::{Done, Github};
    use crate::render::comment;

    let Some(pull) = event()?.pull() else {
        return Ok("no comment: the event is not about a pull request".to_owned());
    };
    let [api, graphql] = ci::interfaces();
    let github = Github::new(&api, &graphql, &ci::repository(), &ci::token()).map_err(refused)?;
    let Some(number) = github.number(&pull).map_err(refused)? else {
        return Ok("no comment: no open pull request has the commit of this run at its head".to_owned());
    };
    if reported {
        verdict.subject.commit = Some(pull.sha().to_owned());
        verdict.notices.push(Detail::remark("as the pull request's own run reported it"));
    }
    let (marker, body) = (comment::marker(&verdict.subject.project), comment::body(&verdict));
    let done = match github.comment(number, &marker, &body).map_err(refused)? {
        Done::Written => "written",
        Done::Updated => "updated",
        Done::Unchanged => "up to date",
    };
    Ok(format!("comment at pull request {number}: {done}"))
}

#[cfg(feature = "github")]
fn event() -> Result<crate::ledger::github::Event, Refusal> {
    use super::ci;
    let hint = "run this in a workflow of GitHub Actions, on pull_request or workflow_run";
    let path = ci::event().ok_or_else(|| Refusal::usage("GITHUB_EVENT_PATH is not set").hint(hint))?;
    let read = crate::ledger::anywhere::read_once(path.as_ref(), LIMIT, |file, _| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(file, &mut bytes).map(|_| bytes)
    });
    let bytes = read?.0.map_err(|error| Refusal::cannot_act(format!("the event: {error}")))?;
    crate::ledger::github::Event::read(&bytes)
        .map_err(|why| Refusal::cannot_act(format!("the event in GITHUB_EVENT_PATH: {why}")))
}

#[cfg(feature = "github")]
fn refused(error: crate::ledger::github::GithubError) -> Refusal {
    use crate::ledger::github::GithubError;
    let hint = match &error {
        GithubError::Settings(_) => "set GITHUB_TOKEN to a token with pull-requests: write",
        GithubError::ReadOnly(_) => {
            "the step summary has it all; grant pull-requests: write, or comment from a workflow_run"
        }
        GithubError::Status { .. } | GithubError::Failed { .. } => "the next run tries again",
    };
    Refusal::cannot_act(error.to_string()).hint(hint)
}
