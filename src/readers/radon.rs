//! The JSON of radon's cyclomatic complexity (`radon cc -j`): the blocks of each Python file.
//!
//! Functions and methods count; a class is the mean of its methods, which stand beside it, and inner
//! functions are counted in the outer one, as radon does. A file that radon could not parse has an
//! `error`, and then the report is none. Recognised by its keys, which are paths of Python files,
//! and by what its blocks hold.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Report};
use super::json::{self, UniqueMap};
use crate::model::complexity::{Complexity, Function};
use serde::Deserialize;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "radon-json",
    kind: Kind::Complexity,
    tools: "radon",
    command: "radon cc -j backend > reports/radon.json",
    end: End::Marked,
    detect,
    read,
};

/// Blocks with a complexity, or an error, under the path of every Python file.
fn detect(head: &Head<'_>) -> bool {
    let Head::Json(json) = head else { return false };
    let telling = |key: &String| key.ends_with(".py[complexity") || key.ends_with(".pyi[complexity");
    let error = |key: &String| key.ends_with(".py.error") || key.ends_with(".pyi.error");
    let known = |key: &String| key.contains(".py[") || key.contains(".pyi[") || error(key);
    !json.array
        && json.keys.iter().all(|key| is_python(key))
        && json.nested.iter().all(known)
        && json.nested.iter().any(|key| telling(key) || error(key))
}

/// Radon looks at nothing else.
fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyi")
}

/// What stands under a path.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Blocks(Vec<Block>),
    Failed { error: String },
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    classname: Option<String>,
    lineno: u32,
    complexity: u32,
    // Named so that other lists are not taken for blocks.
    #[serde(rename = "rank")]
    _rank: String,
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let files: UniqueMap<File> = json::parse(input)?;
    if files.0.is_empty() || !files.0.keys().all(|path| is_python(path)) {
        return Err(ReadError::new(Code::WrongFormat, "radon's JSON: not the paths of Python files"));
    }
    let mut complexity = Complexity::default();
    for (path, file) in files.0 {
        let blocks = match file {
            File::Blocks(blocks) => blocks,
            File::Failed { error } => {
                let message = format!("radon could not read {}: {}", quote(&path), quote(&error));
                return Err(ReadError::new(Code::ToolFailed, message));
            }
        };
        for block in blocks {
            complexity.functions.extend(function(&path, block)?);
            input.limits.check_items(complexity.functions.len())?;
        }
    }
    Ok(Report::new(&FORMAT, Body::Complexity(complexity)))
}

fn function(path: &str, block: Block) -> Result<Option<Function>, ReadError> {
    let refuse = |message: String| Err(ReadError::new(Code::Malformed, format!("radon's JSON: {message}")));
    match block.kind.as_str() {
        "class" => return Ok(None),
        "function" | "method" => {}
        other => return refuse(format!("{} is no kind of block", quote(other))),
    }
    if block.complexity == 0 {
        return refuse(format!("{} has no path", quote(&block.name)));
    }
    let name = block.classname.map_or_else(|| block.name.clone(), |class| format!("{class}.{}", block.name));
    Ok(Some(Function { path: path.to_owned(), line: block.lineno, name, paths: block.complexity }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::Limits;

    #[test]
    fn what_radon_could_not_read_is_no_report() {
        let code = |text: &str| {
            read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() })
                .map_err(|error| error.code)
                .err()
        };
        let block = |kind: &str, paths: u32| {
            format!(
                r#"{{"a.py": [{{"type": "{kind}", "rank": "A", "lineno": 1, "complexity": {paths}, "name": "f"}}]}}"#
            )
        };
        assert_eq!(code(&block("function", 1)), None);
        assert_eq!(code(&block("function", 0)), Some(Code::Malformed));
        assert_eq!(code(&block("module", 1)), Some(Code::Malformed));
        assert_eq!(code(r#"{"a.py": {"error": "invalid syntax"}}"#), Some(Code::ToolFailed));
        assert_eq!(code("{}"), Some(Code::WrongFormat));
        assert_eq!(code(r#"{"a.py": [], "a.py": []}"#), Some(Code::Duplicate));
    }
}
