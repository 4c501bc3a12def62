//! GitHub, as far as a comment at a pull request needs it. The only module that knows the network,
//! and only in a build with the feature `github`.
//!
//! Nothing is tried twice: a comment is a courtesy, and the next run makes up for it. No redirect is
//! followed, so that the token goes nowhere else, and no message of here ever holds it.

mod event;

pub use event::{Event, Pull};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

/// Comments of a page, which is as many as GitHub gives.
const PAGE: usize = 100;
/// Pages that are looked through for the mark.
const PAGES: usize = 30;
/// Bytes of an answer: a hundred comments of the largest size.
const ANSWER: u64 = 64 << 20;
/// For one question, its answer included.
const PATIENCE: Duration = Duration::from_secs(30);

/// What keeps a comment from being written.
#[derive(Debug, thiserror::Error)]
pub enum GithubError {
    /// Settings that cannot be used; nothing was sent.
    #[error("{0}")]
    Settings(String),
    /// The token may read, and not write: what every pull request from a fork gets.
    #[error(
        "the token may not write comments here (status {0}): pull requests from forks get one that only reads"
    )]
    ReadOnly(u16),
    /// GitHub answered, and not as it should.
    #[error("GitHub answered {what} with status {status}{said}")]
    Status {
        /// What was asked for.
        what: &'static str,
        /// The status of the answer.
        status: u16,
        /// Its message, with what stands before it; foreign text.
        said: String,
    },
    /// The answer could not be had, or is none.
    #[error("{what}: {why}")]
    Failed {
        /// What was asked for.
        what: &'static str,
        /// Why.
        why: String,
    },
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// There was no comment of ours.
    Written,
    /// Ours says something else now.
    Updated,
    /// Ours says it already.
    Unchanged,
}

/// A repository on GitHub, and a token for it.
#[derive(Debug)]
pub struct Github {
    agent: ureq::Agent,
    /// Without a slash at its end.
    api: String,
    graphql: String,
    /// `owner/name`.
    repository: String,
    token: Token,
}

/// Its text is for the request alone.
struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    body: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct Viewer {
    data: ViewerData,
}

#[derive(Deserialize)]
struct ViewerData {
    viewer: User,
}

#[derive(Deserialize)]
struct ListedPull {
    number: u64,
    head: ListedHead,
}

#[derive(Deserialize)]
struct ListedHead {
    sha: String,
}

impl Github {
    /// With the addresses of its two interfaces, as GitHub Actions names them.
    ///
    /// # Errors
    /// If an address is not encrypted (but to this machine), or the repository or the token is none.
    pub fn new(api: &str, graphql: &str, repository: &str, token: &str) -> Result<Self, GithubError> {
        let settings = |text: &str| GithubError::Settings(text.to_owned());
        for address in [api, graphql] {
            let local = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"];
            if !address.starts_with("https://") && !local.iter().any(|l| address.starts_with(l)) {
                return Err(settings("the address of GitHub's interface does not begin with https://"));
            }
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let named = |part: &str| !part.is_empty() && !part.starts_with("..") && part.chars().all(plain);
        if repository.split('/').count() != 2 || !repository.split('/').all(named) {
            return Err(settings("GITHUB_REPOSITORY is not owner/name"));
        }
        if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
            return Err(settings("the token is empty, or holds what no token holds"));
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("milegate/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.new_agent(),
            api: api.trim_end_matches('/').to_owned(),
            graphql: graphql.to_owned(),
            repository: repository.to_owned(),
            token: Token(token.to_owned()),
        })
    }

    /// The number of the pull request: the event's own, or the open one whose head the event names.
    /// A run for a pull request from a fork does not tell its number.
    ///
    /// # Errors
    /// If GitHub cannot be asked.
    pub fn number(&self, pull: &Pull) -> Result<Option<u64>, GithubError> {
        let (owner, branch, sha) = match pull {
            Pull::Number(number, _) => return Ok(Some(*number)),
            Pull::Head { owner, branch, sha } => (owner, branch, sha),
        };
        let what = "the list of pull requests";
        let head = encoded(&format!("{owner}:{branch}"));
        let path = format!("/repos/{}/pulls?state=open&per_page={PAGE}&head={head}", self.repository);
        let listed: Vec<ListedPull> = self.get(what, &path)?;
        let mut found = listed.into_iter().filter(|pull| pull.head.sha == *sha);
        Ok(found.next().map(|pull| pull.number))
    }

    /// Brings the comment that bears `marker` and is by this token's owner to say `body`, or writes it.
    ///
    /// # Errors
    /// [`GithubError::ReadOnly`] if the token may not; else whatever GitHub or the network said.
    pub fn comment(&self, number: u64, marker: &str, body: &str) -> Result<Done, GithubError> {
        let me = self.viewer()?;
        let issues = format!("/repos/{}/issues", self.repository);
        match self.mine(&format!("{issues}/{number}/comments"), marker, &me)? {
            Some(comment) if comment.body.as_deref().is_some_and(|text| same(text, body)) => {
                Ok(Done::Unchanged)
            }
            Some(comment) => {
                let path = format!("{issues}/comments/{}", comment.id);
                self.send("the new text of the comment", ureq::http::Method::PATCH, &path, body)?;
                Ok(Done::Updated)
            }
            None => {
                let path = format!("{issues}/{number}/comments");
                self.send("the comment", ureq::http::Method::POST, &path, body)?;
                Ok(Done::Written)
            }
        }
    }

    /// The login under which this token writes. The interface for users is closed to the token of a
    /// workflow; this one is not.
    fn viewer(&self) -> Result<String, GithubError> {
        let what = "who we are";
        let question = json!({ "query": "query { viewer { login } }" });
        let (status, answer) = self.ask(what, ureq::http::Method::POST, &self.graphql, Some(&question))?;
        if status != 200 {
            return Err(unexpected(what, status, &answer));
        }
        let viewer: Viewer = parsed(what, &answer)?;
        Ok(viewer.data.viewer.login)
    }

    fn mine(&self, path: &str, marker: &str, me: &str) -> Result<Option<Comment>, GithubError> {
        for page in 1..=PAGES {
            let path = format!("{path}?per_page={PAGE}&page={page}");
            let comments: Vec<Comment> = self.get("the comments", &path)?;
            let last = comments.len() < PAGE;
            let ours = |comment: &Comment| {
                comment.user.as_ref().is_some_and(|user| user.login == me)
                    && comment.body.as_ref().is_some_and(|body| body.trim_end().ends_with(marker))
            };
            if let Some(comment) = comments.into_iter().find(ours) {
                return Ok(Some(comment));
            }
            if last {
                break;
            }
        }
        Ok(None)
    }

    fn get<T: DeserializeOwned>(&self, what: &'static str, path: &str) -> Result<T, GithubError> {
        let address = format!("{}{path}", self.api);
        match self.ask(what, ureq::http::Method::GET, &address, None)? {
            (200, answer) => parsed(what, &answer),
            (status, answer) => Err(unexpected(what, status, &answer)),
        }
    }

    fn send(
        &self,
        what: &'static str,
        method: ureq::http::Method,
        path: &str,
        body: &str,
    ) -> Result<(), GithubError> {
        let address = format!("{}{path}", self.api);
        match self.ask(what, method, &address, Some(&json!({ "body": body })))? {
            (200 | 201, _) => Ok(()),
            // What may not be written is also said not to be there.
            (status @ (403 | 404), answer) if !is_rate_limit(&answer) => Err(GithubError::ReadOnly(status)),
            (status, answer) => Err(unexpected(what, status, &answer)),
        }
    }

    fn ask(
        &self,
        what: &'static str,
        method: ureq::http::Method,
        address: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Vec<u8>), GithubError> {
        let failed = |why: String| GithubError::Failed { what, why };
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(address)
            .header("authorization", format!("Bearer {}", self.token.0))
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header("content-type", "application/json");
        let bytes = body.map(|value| value.to_string().into_bytes()).unwrap_or_default();
        let answer = if body.is_some() {
            self.agent.run(request.body(bytes).map_err(|_| failed("the request cannot be made".to_owned()))?)
        } else {
            self.agent.run(request.body(()).map_err(|_| failed("the request cannot be made".to_owned()))?)
        };
        let mut answer = answer.map_err(|error| failed(error.to_string()))?;
        let bytes = answer.body_mut().with_config().limit(ANSWER).read_to_vec();
        Ok((answer.status().as_u16(), bytes.map_err(|error| failed(error.to_string()))?))
    }
}

/// GitHub gives lines back as it likes to end them.
fn same(theirs: &str, ours: &str) -> bool {
    theirs.replace("\r\n", "\n").trim_end() == ours.trim_end()
}

fn parsed<T: DeserializeOwned>(what: &'static str, answer: &[u8]) -> Result<T, GithubError> {
    let parsed = serde_json::from_slice(answer);
    parsed
        .map_err(|_| GithubError::Failed { what, why: "the answer is not what GitHub documents".to_owned() })
}

fn message(answer: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    Some(answer.get("message")?.as_str()?.chars().take(200).collect())
}

fn is_rate_limit(answer: &[u8]) -> bool {
    message(answer).is_some_and(|text| text.to_lowercase().contains("rate limit"))
}

fn unexpected(what: &'static str, status: u16, answer: &[u8]) -> GithubError {
    let said = message(answer).map(|text| format!(": {text}")).unwrap_or_default();
    GithubError::Status { what, status, said }
}

/// As the value of a query: every byte that is not unreserved (RFC 3986) is encoded.
fn encoded(text: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
