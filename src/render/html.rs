//! `html`: one file to look at, to print and to keep: the four gates as a road, and what they were
//! judged by. It bears no script, loads nothing, and forbids both to whatever got into it.
//!
//! The same verdict gives the same bytes. Long lists are cut, and say where the rest is.

mod approvals;
mod benchmarks;
mod burndown;
mod changes;
mod coverage;
mod findings;
mod gates;
mod markup;
mod page;
mod provenance;
mod refusal;
mod road;
mod style;
mod tests;
mod treemap;

use super::exhibit::Exhibit;
use super::{Output, Whole};

/// The row.
pub(super) static OUTPUT: Output = Output {
    name: "html",
    summary: "one page to look at, to print and to keep, without script",
    render: |verdict, _| page::render(verdict, &Exhibit::default()),
    about: None,
    whole: Some(Whole { render: page::render, refused: refusal::render }),
};
