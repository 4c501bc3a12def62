//! The event that started a workflow, as GitHub writes it to the file `GITHUB_EVENT_PATH` names.
//!
//! Of a `workflow_run` only what GitHub itself says counts: which pull request it was, and which
//! commit. What the run uploaded may say anything.

use serde::Deserialize;

/// Which pull request a comment belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pull {
    /// Its number, and the commit at its head.
    Number(u64, String),
    /// The branch and the commit at its head: of a fork's nothing else is told.
    Head {
        /// Who owns the fork.
        owner: String,
        /// The branch in it.
        branch: String,
        /// The commit.
        sha: String,
    },
}

impl Pull {
    /// The commit at its head.
    pub fn sha(&self) -> &str {
        match self {
            Self::Number(_, sha) | Self::Head { sha, .. } => sha,
        }
    }
}

/// What the file says, as far as it matters.
#[derive(Debug, Deserialize)]
pub struct Event {
    pull_request: Option<PullRequest>,
    workflow_run: Option<Run>,
}

#[derive(Debug, Deserialize)]
struct PullRequest {
    number: u64,
    head: Head,
}

#[derive(Debug, Deserialize)]
struct Head {
    sha: String,
}

#[derive(Debug, Deserialize)]
struct Run {
    event: String,
    head_sha: String,
    head_branch: Option<String>,
    head_repository: Option<Repository>,
    #[serde(default)]
    pull_requests: Vec<PullRequest>,
}

#[derive(Debug, Deserialize)]
struct Repository {
    owner: Owner,
}

#[derive(Debug, Deserialize)]
struct Owner {
    login: String,
}

impl Event {
    /// Reads the file.
    ///
    /// # Errors
    /// If it is not JSON, or not of the form that GitHub documents.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|e| e.to_string().chars().take(200).collect())
    }

    /// The pull request it is about, if it is about one.
    pub fn pull(&self) -> Option<Pull> {
        if let Some(pull) = &self.pull_request {
            return Some(Pull::Number(pull.number, pull.head.sha.clone()));
        }
        let run = self.workflow_run.as_ref().filter(|run| run.event == "pull_request")?;
        if let Some(pull) = run.pull_requests.iter().find(|pull| pull.head.sha == run.head_sha) {
            return Some(Pull::Number(pull.number, run.head_sha.clone()));
        }
        Some(Pull::Head {
            owner: run.head_repository.as_ref()?.owner.login.clone(),
            branch: run.head_branch.clone()?,
            sha: run.head_sha.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(json: &str) -> Option<Pull> {
        Event::read(json.as_bytes()).unwrap().pull()
    }

    #[test]
    fn the_pull_request_is_the_events() {
        assert_eq!(
            pull(r#"{"pull_request":{"number":7,"head":{"sha":"a"}}}"#),
            Some(Pull::Number(7, "a".to_owned()))
        );
        assert_eq!(pull(r#"{"ref":"refs/heads/main"}"#), None);
        let run = |more: &str| format!(r#"{{"workflow_run":{{"head_sha":"a","head_branch":"b",{more}}}}}"#);
        assert_eq!(pull(&run(r#""event":"push""#)), None);
        let own = r#""event":"pull_request","pull_requests":[{"number":6,"head":{"sha":"z"}},{"number":7,"head":{"sha":"a"}}]"#;
        assert_eq!(pull(&run(own)), Some(Pull::Number(7, "a".to_owned())));
        let fork = r#""event":"pull_request","pull_requests":[],"head_repository":{"owner":{"login":"bob"}}"#;
        let head = Pull::Head { owner: "bob".to_owned(), branch: "b".to_owned(), sha: "a".to_owned() };
        assert_eq!(pull(&run(fork)), Some(head));
        assert_eq!(pull(&run(r#""event":"pull_request","head_repository":null"#)), None);
        assert!(Event::read(b"[]").is_err());
    }
}
