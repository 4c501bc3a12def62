//! Texts that a person gives names with: which characters and words are taken.
//!
//! Names go into tags, trailers, Markdown and terminals, so nothing that hides or acts is let in.

use crate::criteria::spec;

/// Longest name, in characters.
const MOST: usize = 200;

/// Longest path, in characters.
const MOST_PATH: usize = 1000;

/// Longer words have no near ones, and comparing them would take long.
const MOST_COMPARED: usize = 64;

/// Control characters, and those that turn or hide what stands around them. The joiners are let
/// through: Persian, Indic scripts and emoji need them.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line that says something.
pub(super) fn line(text: &str) -> Result<(), String> {
    line_of(text, MOST)
}

fn line_of(text: &str, most: usize) -> Result<(), String> {
    if text.trim().is_empty() {
        Err("is empty".to_owned())
    } else if text.chars().any(is_hidden) {
        Err("holds a control or invisible character".to_owned())
    } else if text.chars().count() > most {
        Err(format!("is longer than {most} characters"))
    } else {
        Ok(())
    }
}

/// `[a-z0-9-]+`; never read as an option, so no `-` comes first.
pub(super) fn slug(text: &str) -> Result<(), String> {
    if text.starts_with('-') {
        return Err(format!("begins with a letter or digit, not `{text}`"));
    }
    of(text, "-", "lower-case letters, digits and `-`")
}

/// `[a-z0-9_-]+`
pub(super) fn person(text: &str) -> Result<(), String> {
    of(text, "-_", "lower-case letters, digits, `-` and `_`")
}

fn of(text: &str, more: &str, what: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
    if text.is_empty() || text.len() > MOST || !text.chars().all(good) {
        return Err(format!("takes {what}, not `{text}`"));
    }
    Ok(())
}

/// The name of a tag, branch or remote. Stricter than git: what every forge, shell and file system bears.
pub(super) fn reference(text: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    let whole = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.to_ascii_lowercase().ends_with(".lock")
    };
    if text.len() > MOST
        || text.starts_with('-')
        || text.contains("..")
        || !text.chars().all(good)
        || !text.split('/').all(whole)
    {
        return Err(format!(
            "`{text}` cannot be a git reference: letters, digits, `.`, `_`, `-`, `/`; no `-` first, no `..`, no part that \
             begins or ends with `.` or ends in `.lock`"
        ));
    }
    Ok(())
}

/// A path or glob below the repository's root, without `./`.
pub(super) fn inside(text: &str) -> Result<String, String> {
    line_of(text, MOST_PATH)?;
    let drive = text.as_bytes().get(1) == Some(&b':');
    if text.contains('\\') {
        return Err("is written with `/`, never with a backslash".to_owned());
    }
    if text.starts_with('/') || text.starts_with('~') || drive {
        return Err(format!("is below the repository's root; `{text}` is absolute"));
    }
    let parts: Vec<_> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    // A brace is looked into as well: {..,a}/b leaves the repository just as ../b does.
    let mut words = parts.iter().flat_map(|part| part.split(['{', '}', ',']));
    if words.any(|word| word == "..") {
        return Err(format!("is below the repository's root; `{text}` leaves it"));
    }
    if parts.is_empty() || parts.iter().any(|part| part.eq_ignore_ascii_case(".git")) {
        return Err(format!("names nothing a repository holds: `{text}`"));
    }
    Ok(parts.join("/"))
}

/// A glob below the repository's root.
pub(super) fn glob(text: &str) -> Result<String, String> {
    let pattern = inside(text)?;
    match globset::GlobBuilder::new(&pattern).literal_separator(true).build() {
        Ok(_) => Ok(pattern),
        Err(error) => Err(format!("is not a glob: {}", error.kind())),
    }
}

/// The nearest of `candidates`, as a question.
pub(super) fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if word.len() > MOST_COMPARED {
        return None;
    }
    spec::did_you_mean(word, candidates.into_iter().filter(|c| c.len() <= MOST_COMPARED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_strict() {
        for good in ["phase5-milestone-5.1-complete", "v1/x", "A_b", "1"] {
            assert!(reference(good).is_ok(), "{good}");
        }
        for bad in [
            "", "-a", "a..b", "a.lock", "a.LOCK/b", "/a", "a/", "a//b", ".a", "a/.b", "a b", "é", "a@{1}",
            "a\n", "a.",
        ] {
            assert!(reference(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        assert_eq!(inside("./a//b/*.xml").unwrap(), "a/b/*.xml");
        for bad in [
            "",
            " ",
            "/a",
            "../a",
            "a/../b",
            "~/a",
            "C:/a",
            "a\\b",
            ".",
            ".git/config",
            "a/.GIT/x",
            "{..,a}/b",
            "a\0",
        ] {
            assert!(inside(bad).is_err(), "{bad:?}");
        }
        assert!(glob("a/[").is_err() && glob("a/{b").is_err() && glob("a/{milestone.id}.xml").is_ok());
    }

    #[test]
    fn names_hide_nothing() {
        for bad in ["a\u{1b}[31m", "a\nb", "\u{202e}a", "a\u{e0041}", "\u{feff}a", "\u{85}"] {
            assert!(line(bad).is_err(), "{bad:?}");
        }
        assert!(line("Phase 5 — Größe 数据库 👩\u{200d}💻").is_ok());
    }
}
