//! Where it all comes from: the content that was judged, the policy, and the report files.

use super::markup::{Element, Html, code, element, text};
use super::style::{Section, cards, cell, chip, header, more};
use crate::render::exhibit::{Exhibit, Provenance};
use crate::verdict::Verdict;

/// Report files that are listed; those that are no evidence first.
const FILES: usize = 500;

/// The section.
pub(super) fn section(verdict: &Verdict, exhibit: &Exhibit) -> Section {
    let subject = &verdict.subject;
    let policy = format!("{} of {}", subject.policy.path, subject.policy.from);
    let facts = [
        ("Project", Some(subject.project.clone())),
        ("Occasion", Some(verdict.occasion.word().to_owned())),
        ("Milestone", subject.milestone.as_ref().map(|(id, name)| format!("{id} {name}"))),
        ("Commit", subject.commit.clone()),
        ("Subject tree", subject.subject_tree.clone()),
        ("Policy", Some(policy)),
        ("Policy blob", Some(subject.policy.blob.clone()).filter(|blob| !blob.is_empty())),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let pairs = facts.map(|(name, value)| {
        element("div").with(element("dt").text(name)).with(element("dd").with(code(&value)))
    });
    let list = element("dl").class("facts").all(pairs);
    let files = match exhibit.reports.is_empty() {
        true => judged_by(verdict),
        false => Some(reports(&exhibit.reports)),
    };
    let count = if exhibit.reports.is_empty() { verdict.evidence().len() } else { exhibit.reports.len() };
    let rest = more(count.saturating_sub(FILES), "in the JSON output");
    let body = Html::from(list).and(files).and(rest);
    Section { id: "provenance", title: "Provenance", lead: String::new(), body }
}

fn reports(all: &[Provenance]) -> Element {
    let (usable, unusable): (Vec<_>, Vec<_>) = all.iter().partition(|file| file.standing.is_ok());
    let rows = unusable.into_iter().chain(usable).take(FILES).map(|file| {
        let standing = match &file.standing {
            Ok(said) => Html::from(chip("good", "✓", "usable")).and(element("p").class("note").text(said)),
            Err(why) => {
                Html::from(chip("doubt", "?", "no evidence")).and(element("p").class("note").text(why))
            }
        };
        vec![
            header(code(&file.path)),
            cell(text(&file.entry)),
            cell(text(&file.format)),
            cell(standing),
            cell(code(&file.sha256)).class("digest"),
        ]
    });
    cards("Report files", &["File", "Entry", "Format", "Standing", "SHA-256"], rows)
}

/// The files that the verdict itself names.
fn judged_by(verdict: &Verdict) -> Option<Element> {
    let all = verdict.evidence();
    let rows = all.iter().take(FILES).map(|source| {
        vec![
            header(code(&source.path)),
            cell(text(&source.format)),
            cell(code(&source.sha256)).class("digest"),
        ]
    });
    (!all.is_empty()).then(|| cards("Report files", &["File", "Format", "SHA-256"], rows))
}
