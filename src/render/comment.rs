//! The comment at a pull request: the page of `markdown`, and a mark by which the next run finds it.

use super::Style;
use super::markdown::page;
use crate::verdict::Verdict;

/// Bytes of a comment: GitHub takes 65,536 characters.
const BUDGET: usize = 65_000;

/// Most details of one criterion: a comment is read between two others.
const DETAILS: usize = 10;

/// The mark of a project's comment; it is not shown. Anybody can write it, so whoever looks for it
/// looks at the author too.
pub fn marker(project: &str) -> String {
    let id: String = project.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("<!-- milegate comment: {id} -->")
}

/// What the comment says, its mark at the end.
pub fn body(verdict: &Verdict) -> String {
    let marker = marker(&verdict.subject.project);
    let style = Style { width: 100, color: false, details: DETAILS, reproduce: false, links: None };
    format!("{}\n{marker}\n", page(verdict, &style, BUDGET - marker.len() - 2))
}
