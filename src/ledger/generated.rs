//! Files that a program wrote: `linguist-generated` in `.gitattributes`, as GitHub reads it.
//!
//! Read from the base, never from the change itself: a change could otherwise declare its own source
//! generated, and so out of the measure. The last line that matches decides; of two files the one
//! nearer to the path. Ignored on purpose: macros, quoted patterns, `$GIT_DIR/info/attributes`.

use super::error::LedgerError;
use super::repository::Repository;
use globset::{GlobBuilder, GlobMatcher};
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = ".gitattributes";
const ATTRIBUTE: &str = "linguist-generated";

/// Those of `paths` that the attributes of the commit `base` call generated.
///
/// # Errors
/// If the base is not in this clone.
pub(super) fn among<'a>(
    repo: &Repository,
    base: Option<&str>,
    paths: impl Iterator<Item = &'a str>,
) -> Result<BTreeSet<String>, LedgerError> {
    let Some(base) = base else { return Ok(BTreeSet::new()) };
    let mut known: BTreeMap<String, Vec<Rule>> = BTreeMap::new();
    let mut generated = BTreeSet::new();
    for path in paths {
        let mut answer = None;
        for folder in folders(path) {
            if !known.contains_key(folder) {
                let file = if folder.is_empty() { FILE.to_owned() } else { format!("{folder}/{FILE}") };
                let rules = repo.blob(base, &file)?.map(|(bytes, _)| rules(&bytes)).unwrap_or_default();
                known.insert(folder.to_owned(), rules);
            }
            let below = path[folder.len()..].trim_start_matches('/');
            let matching = known[folder].iter().rev().find(|rule| rule.matches(below));
            answer = matching.map(|rule| rule.generated).or(answer);
        }
        if answer == Some(true) {
            generated.insert(path.to_owned());
        }
    }
    Ok(generated)
}

/// The folders above a path, the root first.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::once("").chain(path.match_indices('/').map(|(at, _)| &path[..at]))
}

struct Rule {
    glob: GlobMatcher,
    /// A pattern without a slash is about the name alone.
    by_name: bool,
    generated: bool,
}

impl Rule {
    fn matches(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.glob.is_match(if self.by_name { name } else { path })
    }
}

fn rules(bytes: &[u8]) -> Vec<Rule> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().filter_map(|line| rule(line.trim())).collect()
}

fn rule(line: &str) -> Option<Rule> {
    let mut words = line.split_ascii_whitespace();
    let pattern = words.next().filter(|first| !first.starts_with(['#', '!', '"', '[']))?;
    let mut generated = words.filter_map(|word| match word.strip_prefix(ATTRIBUTE) {
        Some("" | "=true" | "=1") => Some(true),
        Some(_) => Some(false),
        // `-` and `!` take it back.
        None => (word.get(1..) == Some(ATTRIBUTE)).then_some(false),
    });
    let generated = generated.next_back()?;
    let by_name = !pattern.contains('/');
    let glob = GlobBuilder::new(pattern.trim_start_matches('/')).literal_separator(true).build().ok()?;
    Some(Rule { glob: glob.compile_matcher(), by_name, generated })
}

#[cfg(test)]
mod laws {
    use super::*;

    #[test]
    fn the_last_line_that_matches_decides() {
        let rules = rules(
            b"# *.py linguist-generated\n*.pb.go linguist-generated=true\ngen/** linguist-generated text\n\
              gen/hand.py -linguist-generated\n/top.js linguist-generated\nodd.x linguist-generated=false\n",
        );
        let answer = |path: &str| rules.iter().rev().find(|r| r.matches(path)).map(|r| r.generated);
        for (path, then) in [
            ("a/b.pb.go", Some(true)),
            ("gen/a/b.py", Some(true)),
            ("gen/hand.py", Some(false)),
            ("top.js", Some(true)),
            ("a/top.js", None),
            ("odd.x", Some(false)),
            ("a.py", None),
        ] {
            assert_eq!(answer(path), then, "{path}");
        }
    }
}
