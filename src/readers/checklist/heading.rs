//! `Milestone 5.1: Database Foundation`: the heading of a milestone.

use crate::model::milestone::MilestoneId;

/// Signs that may stand between id and name.
const SEPARATORS: [char; 5] = [':', '-', '\u{2013}', '\u{2014}', '.'];

/// Id and name, if the text (inline markup taken out) is the heading of a milestone.
///
/// The id is all of its own characters, so that `5.1` is never found in `5.10`. An id without a
/// digit needs a sign after it: `Milestone Status` is a heading like any other.
pub fn milestone(heading: &str) -> Option<(MilestoneId, String)> {
    // An emoji before the word is decoration.
    let text = heading.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word = text.get(..9).filter(|w| w.eq_ignore_ascii_case("milestone"))?;
    let rest = &text[word.len()..];
    let after = rest.trim_start();
    if after.len() == rest.len() {
        return None;
    }
    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)).unwrap_or(after.len());
    let id = after[..end].trim_end_matches(['.', '-']);
    let rest = after[id.len()..].trim_start();
    let signed = rest.starts_with(SEPARATORS);
    if !signed && !id.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let name = rest.trim_start_matches(|c: char| SEPARATORS.contains(&c) || c.is_whitespace());
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    Some((id.parse().ok()?, name))
}

#[cfg(test)]
mod tests {
    use super::milestone;

    #[test]
    fn finds_id_and_name() {
        for (text, id, name) in [
            ("Milestone 5.1: Database Foundation", "5.1", "Database Foundation"),
            ("milestone 5.10 - Tests", "5.10", "Tests"),
            ("MILESTONE 5.1 \u{2013} A: b", "5.1", "A: b"),
            ("Milestone 5.1", "5.1", ""),
            ("Milestone 5.1. Name", "5.1", "Name"),
            ("\u{2705} Milestone 5.1 Done", "5.1", "Done"),
            ("Milestone alpha: First", "alpha", "First"),
            ("Milestone\u{a0}5.1 :Name", "5.1", "Name"),
        ] {
            let found = milestone(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.0.as_str(), found.1.as_str()), (id, name), "{text}");
        }
    }

    #[test]
    fn leaves_other_headings_alone() {
        for text in
            ["Milestones", "Milestone", "Milestone Status", "Milestone5.1", "My milestone 5.1", "Milestöne 1"]
        {
            assert!(milestone(text).is_none(), "{text}");
        }
    }
}
