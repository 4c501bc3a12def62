//! The sections of the registers: found by their headings, or made where the template has them.

use super::{Home, Register};
use crate::documents::edit::Edits;
use crate::documents::page::Page;
use crate::documents::registers::note::{BLANKS, is_none};
use crate::model::register::Entry;
use std::ops::Range;

/// The section of a home, up to its first inner heading.
pub(super) fn find(page: &Page<'_>, home: &Home) -> Option<Range<usize>> {
    whole(page, home.path).map(|section| page.own(&section))
}

/// The section of a home with everything below it.
pub(super) fn whole(page: &Page<'_>, path: &[&str]) -> Option<Range<usize>> {
    let all = 0..page.text.len();
    let nested = path.iter().try_fold(all, |scope, name| page.section_in(&scope, name));
    // The heading may stand by itself.
    nested.or_else(|| page.section(path.last()?))
}

/// The home that an entry belongs to.
pub(super) fn of<'a>(register: &'a Register, entry: &Entry) -> Option<&'a Home> {
    let group = entry.group.as_deref().unwrap_or_default();
    register.homes.iter().find(|home| home.group == group && !home.resolved)
}

/// Makes the section with its first entry in it: in the section above it, else before the change
/// log, which is the last of the template, else at the end.
pub(super) fn make(page: &Page<'_>, path: &[&str], body: &str, edits: &mut Edits<'_>) {
    let parent = path.len().checked_sub(1).filter(|n| *n > 0).and_then(|n| whole(page, &path[..n]));
    let (from, level) = match &parent {
        Some(section) => (path.len() - 1, page.level(section) as usize + 1),
        None => (0, 2),
    };
    let headings = path[from..].iter().enumerate();
    let headings: String =
        headings.map(|(n, name)| format!("{} {name}\n\n", "#".repeat((level + n).min(6)))).collect();
    let block = format!("{headings}{body}");
    match (parent, page.section("Change Log")) {
        (Some(section), _) => edits.append(section, &block),
        (None, Some(log)) => edits.replace(log.start..log.start, &format!("{block}\n\n")),
        (None, None) => edits.append(0..page.text.len(), &block),
    }
}

/// The paragraph `None.` of a section.
pub(super) fn nothing(page: &Page<'_>, section: &Range<usize>) -> Option<Range<usize>> {
    let mut blocks =
        page.outline.blocks.iter().filter(|block| section.contains(&block.start) && page.free(block));
    blocks.find_map(|block| {
        let raw = &page.text[block.clone()];
        let start = block.start + raw.len() - raw.trim_start_matches(BLANKS).len();
        is_none(raw).then(|| start..start + raw.trim_matches(BLANKS).len())
    })
}
