//! What changed: lines against a base, and the commits of a milestone.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The new-side lines of the diff from a base to the work tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedLines {
    /// What it is measured from, for people: `merge base with origin/main (3f2a91c)`.
    pub base: String,
    /// Added or modified lines by path in the repository; renamed files under their new name,
    /// deleted and binary files not at all.
    pub files: BTreeMap<String, Vec<RangeInclusive<u32>>>,
}

/// One commit in the range of a milestone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commit {
    /// Object id in hexadecimal.
    pub id: String,
    /// First line of its message; hostile until escaped by an output.
    pub subject: String,
    /// E-mail addresses of its author and of everybody in `Co-authored-by`.
    pub authors: Vec<String>,
    /// It needs nobody's approval: it changes ledger paths only, or it is a merge whose tree is
    /// what git makes of its parents by itself.
    pub exempt: bool,
}
