//! Placeholders in patterns, commands and the tag: `{milestone.id}`, `{project.name}`, ...
//!
//! A pair of braces around one word is a placeholder and must be a known one. `{{word}}` stands for
//! `{word}` itself. All else is left alone: `*.{xml,json}`, `\d{4}`, `${{ github.sha }}`.

use super::{Project, words};
use crate::model::milestone::Milestone;

/// Why a template could not be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfilled {
    /// The milestone has no category.
    #[error("`{{milestone.category}}` is used, but milestone {milestone} has no category")]
    NoCategory {
        /// The milestone's id.
        milestone: String,
    },
    /// There is no milestone to take it from.
    #[error("`{{{placeholder}}}` is used, but there is no milestone to take it from")]
    NoMilestone {
        /// The placeholder without its braces.
        placeholder: String,
    },
    /// The path that comes out is not one below the repository's root.
    #[error("the path `{path}` {wrong}")]
    Outside {
        /// The path.
        path: String,
        /// What is wrong with it.
        wrong: String,
    },
    /// Nobody knows the word.
    #[error("unknown placeholder `{{{placeholder}}}`")]
    Unknown {
        /// The placeholder without its braces.
        placeholder: String,
    },
}

/// The name of a placeholder, and where its value is.
struct Placeholder {
    name: &'static str,
    of: Of,
}

/// Where a value is.
enum Of {
    Project(fn(&Project) -> &str),
    Milestone(fn(&Milestone) -> Option<&str>),
}

/// Every placeholder.
static PLACEHOLDERS: &[Placeholder] = &[
    Placeholder { name: "milestone.id", of: Of::Milestone(|m| Some(m.id.as_str())) },
    Placeholder { name: "milestone.name", of: Of::Milestone(|m| Some(&m.name)) },
    Placeholder { name: "milestone.category", of: Of::Milestone(|m| m.category.as_deref()) },
    Placeholder { name: "project.id", of: Of::Project(|p| &p.id) },
    Placeholder { name: "project.name", of: Of::Project(|p| &p.name) },
];

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    /// `{{word}}`: the word, in braces.
    Braced(&'t str),
    Placeholder(&'t str),
}

/// The template with its placeholders filled in.
///
/// # Errors
/// A placeholder that has no value here.
pub fn fill(template: &str, project: &Project, milestone: Option<&Milestone>) -> Result<String, Unfilled> {
    fill_with(template, project, milestone, str::to_owned)
}

/// The same for a glob: what is filled in stands for itself, whatever characters it has.
///
/// # Errors
/// A placeholder that has no value here.
pub fn fill_glob(glob: &str, project: &Project, milestone: Option<&Milestone>) -> Result<String, Unfilled> {
    fill_with(glob, project, milestone, globset::escape)
}

fn fill_with(
    template: &str,
    project: &Project,
    milestone: Option<&Milestone>,
    escape: fn(&str) -> String,
) -> Result<String, Unfilled> {
    let mut filled = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Braced(word) => filled.extend(["{", word, "}"]),
            Piece::Placeholder(word) => filled.push_str(&escape(value(word, project, milestone)?)),
        }
    }
    Ok(filled)
}

fn value<'a>(
    word: &str,
    project: &'a Project,
    milestone: Option<&'a Milestone>,
) -> Result<&'a str, Unfilled> {
    let placeholder = word.to_owned();
    let Some(known) = PLACEHOLDERS.iter().find(|p| p.name == word) else {
        return Err(Unfilled::Unknown { placeholder });
    };
    match (&known.of, milestone) {
        (Of::Project(get), _) => Ok(get(project)),
        (Of::Milestone(_), None) => Err(Unfilled::NoMilestone { placeholder }),
        (Of::Milestone(get), Some(milestone)) => {
            get(milestone).ok_or_else(|| Unfilled::NoCategory { milestone: milestone.id.to_string() })
        }
    }
}

/// Whether the template has the placeholder.
pub(super) fn uses(template: &str, placeholder: &str) -> bool {
    pieces(template).contains(&Piece::Placeholder(placeholder))
}

/// The unknown placeholders of a template, each with the message and the hint.
pub(super) fn unknown(template: &str) -> Vec<(String, String)> {
    let unknown = pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Placeholder(word) if PLACEHOLDERS.iter().all(|p| p.name != word) => Some(word),
        _ => None,
    });
    unknown.map(|word| (format!("unknown placeholder `{{{word}}}`"), hint(word))).collect()
}

fn hint(word: &str) -> String {
    let last = word.rsplit('.').next().unwrap_or(word);
    let same_end = PLACEHOLDERS.iter().find(|p| p.name.ends_with(&format!(".{last}")));
    let near = words::near(word, PLACEHOLDERS.iter().map(|p| p.name));
    match (near, same_end) {
        (Some(near), _) => near,
        (None, Some(same)) => format!("did you mean `{}`?", same.name),
        (None, None) => {
            let names: Vec<_> = PLACEHOLDERS.iter().map(|p| format!("{{{}}}", p.name)).collect();
            format!("there are {}; write {{{{{word}}}}} for the text {{{word}}}", names.join(", "))
        }
    }
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut rest, mut from) = (template, 0);
    while let Some(brace) = rest.get(from..).and_then(|text| text.find('{')).map(|at| from + at) {
        let Some((piece, length)) = braced(&rest[brace..]) else {
            from = brace + 1;
            continue;
        };
        pieces.extend([Piece::Text(&rest[..brace]), piece]);
        (rest, from) = (&rest[brace + length..], 0);
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The placeholder or braced word at the start of `text`, and how long it is.
fn braced(text: &str) -> Option<(Piece<'_>, usize)> {
    let depth = if text.starts_with("{{") { 2 } else { 1 };
    let word = text.get(depth..)?;
    let first = word.starts_with(|c: char| c.is_ascii_alphabetic());
    let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')))?;
    let closed = word.get(end..)?.starts_with(&"}}"[..depth]);
    let piece = if depth == 2 { Piece::Braced } else { Piece::Placeholder };
    (first && closed).then(|| (piece(&word[..end]), end + 2 * depth))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> (Project, Milestone) {
        let project = Project { id: "p5".into(), name: "Phase 5".into(), ..Project::default() };
        let milestone = Milestone {
            id: "5.1".parse().unwrap(),
            name: "Data*base".into(),
            category: None,
            requires: vec![],
            paths: vec![],
        };
        (project, milestone)
    }

    #[test]
    fn fills_and_leaves_other_braces_alone() {
        let (project, milestone) = sample();
        let fill = |text| fill(text, &project, Some(&milestone)).unwrap();
        assert_eq!(fill("{project.id}-milestone-{milestone.id}-complete"), "p5-milestone-5.1-complete");
        for same in
            ["*.{xml,json}", "\\d{4}", "${{ github.sha }}", "{", "a{b", "{é}", "{}", "{{a,b},c}", "{a b}"]
        {
            assert_eq!(fill(same), same);
        }
        assert_eq!(fill("{{name}} {project.id}"), "{name} p5");
        assert_eq!(fill_glob("r/{milestone.name}/*", &project, Some(&milestone)).unwrap(), "r/Data[*]base/*");
    }

    #[test]
    fn says_what_is_missing() {
        let (project, milestone) = sample();
        let wrong = fill("{milestone.category}", &project, Some(&milestone)).unwrap_err();
        assert_eq!(wrong.to_string(), "`{milestone.category}` is used, but milestone 5.1 has no category");
        let wrong = fill("{milestone.id}", &project, None).unwrap_err();
        assert_eq!(wrong.to_string(), "`{milestone.id}` is used, but there is no milestone to take it from");
    }

    #[test]
    fn names_unknown_placeholders() {
        let hints: Vec<_> =
            ["{mileston.id}", "{category}", "{x}"].iter().map(|t| unknown(t).remove(0).1).collect();
        assert_eq!(hints[0], "did you mean `milestone.id`?");
        assert_eq!(hints[1], "did you mean `milestone.category`?");
        assert!(hints[2].starts_with("there are {milestone.id}"), "{}", hints[2]);
    }
}
