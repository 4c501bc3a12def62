//! `html`: read as another program reads it, element by element; never by looking for a text in it.

#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "a test that cannot go on fails")]

mod program;
mod repo;
mod small;

#[path = "html/exhibits.rs"]
mod exhibits;
#[path = "html/page.rs"]
mod page;
#[path = "html/pages.rs"]
mod pages;
#[path = "html/program.rs"]
mod through_the_program;
#[path = "regression/project.rs"]
mod project;
#[path = "outputs/verdicts.rs"]
mod verdicts;
