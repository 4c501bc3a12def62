//! GitHub on this machine, as far as its documentation tells of comments: pages, authors, rights, and
//! answers that are none.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The token that the workflow has.
pub const TOKEN: &str = "ghs_0123456789abcdefSECRET";
/// Under which login it writes.
pub const ME: &str = "github-actions[bot]";

/// What it holds, and how it behaves.
#[derive(Debug, Default)]
pub struct State {
    /// Author and text, oldest first; the id is the place in the list.
    pub comments: Vec<(String, String)>,
    /// Open pull requests: number, `owner:branch`, commit.
    pub pulls: Vec<(u64, String, String)>,
    /// The status with which every write is refused, and the message.
    pub refuse: Option<(u16, String)>,
    /// The status of every answer whatever was asked, and its body.
    pub broken: Option<(u16, String)>,
    /// `METHOD /path` of everything that was asked.
    pub asked: Vec<String>,
    /// The number of the pull request that exists.
    pub number: u64,
}

/// The server; it ends with the test.
pub struct Forge {
    pub address: String,
    pub state: Arc<Mutex<State>>,
}

impl Forge {
    pub fn start(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &shared);
            }
        });
        Self { address, state }
    }

    pub fn comments(&self) -> Vec<(String, String)> {
        self.state.lock().unwrap().comments.clone()
    }

    pub fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// What was written, not merely asked.
    pub fn writes(&self) -> Vec<String> {
        let all = self.asked().into_iter();
        all.filter(|line| !line.starts_with("GET") && !line.ends_with("/graphql")).collect()
    }
}

/// One request a connection.
fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    if lines.is_empty() {
        return;
    }
    let header = |name: &str| {
        let found = lines.iter().find(|l| l.to_lowercase().starts_with(&format!("{name}:")));
        found.map(|l| l.split_once(':').unwrap().1.trim().to_owned())
    };
    let mut body = vec![0; header("content-length").map_or(0, |n| n.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let mut words = lines[0].split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut state = state.lock().unwrap();
    state.asked.push(format!("{method} {target}"));
    let known = header("authorization").is_some_and(|value| value == format!("Bearer {TOKEN}"))
        && header("user-agent").is_some_and(|value| value.starts_with("milegate/"));
    let (status, answer) = match (&state.broken, known) {
        (Some((status, text)), _) => (*status, text.clone()),
        (None, false) => (401, json!({ "message": "Bad credentials" }).to_string()),
        (None, true) => {
            let (status, value) = answer(&mut state, method, target, &body);
            (status, value.to_string())
        }
    };
    let mut stream = stream;
    // The client may have gone away.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\
         Location: http://127.0.0.1:1/elsewhere\r\n\r\n{answer}",
        answer.len()
    );
}

fn answer(state: &mut State, method: &str, target: &str, body: &[u8]) -> (u16, Value) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let of = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(&format!("{key}=")));
    let text = || {
        let body: Value = serde_json::from_slice(body).unwrap();
        body["body"].as_str().unwrap().to_owned()
    };
    let shown = |id: usize, (user, body): &(String, String)| json!({ "id": id, "body": body, "user": { "login": user } });
    let list = format!("/repos/alice/shop/issues/{}/comments", state.number);
    let one = path.strip_prefix("/repos/alice/shop/issues/comments/").and_then(|id| id.parse::<usize>().ok());
    let writes = path == list && method == "POST" || method == "PATCH";
    if let Some((status, message)) = state.refuse.as_ref().filter(|_| writes) {
        return (*status, json!({ "message": message }));
    }
    match method {
        "POST" if path == "/graphql" => (200, json!({ "data": { "viewer": { "login": ME } } })),
        "GET" if path == "/repos/alice/shop/pulls" => {
            let head = of("head").unwrap().replace("%3A", ":").replace("%2F", "/");
            let found = state.pulls.iter().filter(|pull| pull.1 == head);
            (200, found.map(|pull| json!({ "number": pull.0, "head": { "sha": pull.2 } })).collect())
        }
        "GET" if path == list => {
            let (size, page): (usize, usize) =
                (of("per_page").unwrap().parse().unwrap(), of("page").unwrap().parse().unwrap());
            let all = state.comments.iter().enumerate().skip(size * (page - 1)).take(size);
            (200, all.map(|(id, comment)| shown(id, comment)).collect())
        }
        "POST" if path == list => {
            state.comments.push((ME.to_owned(), text()));
            (201, json!({ "id": state.comments.len() - 1 }))
        }
        "PATCH" if one.is_some_and(|id| id < state.comments.len()) => {
            let id = one.unwrap();
            state.comments[id].1 = text();
            (200, shown(id, &state.comments[id]))
        }
        _ => (404, json!({ "message": "Not Found" })),
    }
}
