//! Coverage: a map of the folders, each as large as its lines and as dark as they are covered, and the
//! same as a table.

use super::markup::{Element, Html, code, element, text};
use super::style::{Section, bar, cell, details, figure, grouped, header, level, more, table, tile, tiles};
use super::treemap::pieces;
use crate::model::coverage::{Coverage, FileCoverage};
use crate::model::ratio::Ratio;
use crate::render::exhibit::Exhibit;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Folders that are told apart; where there are more, deeper ones count with those above.
const FOLDERS: usize = 40;
/// Files in a list.
const FILES: usize = 200;
/// Width by height of the map.
const ASPECT: f64 = 3.2;

/// Where the rest is.
const REST: &str = "in the reports";

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let coverage = exhibit.coverage.as_ref()?;
    let lines = coverage.lines();
    let folders = folders(coverage);
    let body =
        Html::from(numbers(coverage)).and(map(&folders)).and(by_folder(&folders)).and(by_file(coverage));
    let lead = format!("{} of {} lines", lines.percent(), grouped(lines.total));
    Some(Section { id: "coverage", title: "Coverage", lead, body })
}

fn numbers(coverage: &Coverage) -> Element {
    let kinds = [
        ("lines", Some(coverage.lines())),
        ("branches", coverage.branches()),
        ("functions", coverage.functions()),
        ("statements", coverage.statements()),
    ];
    let known = kinds.into_iter().filter_map(|(what, ratio)| Some((what, ratio.filter(|r| !r.is_empty())?)));
    let shown = known.map(|(what, ratio)| {
        let of = format!("{what}, {} of {}", grouped(ratio.covered), grouped(ratio.total));
        tile("quiet", &ratio.percent(), &of)
    });
    tiles(shown)
}

/// Lines by folder, at the greatest depth at which they are few enough.
fn folders(coverage: &Coverage) -> Vec<(String, Ratio, u64)> {
    let deepest = coverage.files.keys().map(|path| path.matches('/').count()).max().unwrap_or(0);
    let at_depth = |depth: usize| {
        let mut all: BTreeMap<String, (Ratio, u64)> = BTreeMap::new();
        for (path, file) in &coverage.files {
            let folders: Vec<&str> = path.split('/').collect();
            let folders = &folders[..folders.len().saturating_sub(1).min(depth)];
            let name = if folders.is_empty() { ".".to_owned() } else { folders.join("/") };
            let one = all.entry(name).or_default();
            *one = (one.0 + file.line_ratio(), one.1 + 1);
        }
        all
    };
    let found = (0..=deepest).rev().map(at_depth).find(|all| all.len() <= FOLDERS).unwrap_or_default();
    found.into_iter().map(|(name, (ratio, files))| (name, ratio, files)).collect()
}

/// The map; what it shows stands in the table below.
fn map(folders: &[(String, Ratio, u64)]) -> Option<Element> {
    let mut all: Vec<_> = folders.iter().filter(|(_, ratio, _)| !ratio.is_empty()).collect();
    all.sort_by(|a, b| b.1.total.cmp(&a.1.total).then(a.0.cmp(&b.0)));
    if all.len() < 2 {
        return None;
    }
    let weights: Vec<f64> = all.iter().map(|(_, ratio, _)| ratio.total as f64).collect();
    let tiles =
        all.iter().zip(pieces(&weights, ASPECT)).map(|((name, ratio, _), [left, top, width, height])| {
            let style = format!("left:{left:.2}%;top:{top:.2}%;width:{width:.2}%;height:{height:.2}%");
            let inner = element("span")
                .class(level(*ratio))
                .with(element("span").class("folder").text(name))
                .with(element("span").text(&ratio.percent()));
            element("span").class("piece").attribute("style", style).with(inner)
        });
    let map = element("div").class("map").attribute("aria-hidden", "true").all(tiles);
    let steps = [
        ("level-1", "under 50%"),
        ("level-2", "50%"),
        ("level-3", "75%"),
        ("level-4", "90%"),
        ("level-5", "97% and more"),
    ];
    let steps = steps.map(|(class, word)| element("li").with(element("span").class(class)).with(text(word)));
    let legend = element("ul").class("legend").attribute("aria-hidden", "true").all(steps);
    Some(element("div").class("mapped").with(map).with(legend))
}

fn by_folder(folders: &[(String, Ratio, u64)]) -> Option<Element> {
    if folders.len() < 2 {
        return None;
    }
    let rows = folders.iter().map(|(name, ratio, files)| {
        element("tr")
            .with(header(code(name)))
            .with(figure(&grouped(*files)))
            .with(figure(&format!("{} of {}", grouped(ratio.covered), grouped(ratio.total))))
            .with(figure(&ratio.percent()))
            .with(cell(bar(*ratio)).class("bars"))
    });
    Some(details(
        folders.len() <= 16,
        text(&format!("By folder ({})", folders.len())),
        table("Covered lines by folder", &["Folder", "Files#", "Lines#", "Covered#", "Share"], rows),
    ))
}

/// Files, the least covered first.
fn by_file(coverage: &Coverage) -> Element {
    let mut all: Vec<(&String, &FileCoverage)> = coverage.files.iter().collect();
    all.sort_by(|a, b| order(a.1.line_ratio(), b.1.line_ratio()).then(a.0.cmp(b.0)));
    let rows = all.iter().take(FILES).map(|(path, file)| {
        let ratio = file.line_ratio();
        element("tr")
            .with(header(code(path)))
            .with(figure(&format!("{} of {}", grouped(ratio.covered), grouped(ratio.total))))
            .with(figure(&ratio.percent()))
            .with(cell(bar(ratio)).class("bars"))
    });
    let listed =
        table("Covered lines by file, the least covered first", &["File", "Lines#", "Covered#", "Share"], rows);
    let rest = more(all.len().saturating_sub(FILES), REST);
    let title = format!("By file, the least covered first ({})", grouped(all.len() as u64));
    details(all.len() <= 8, text(&title), Html::from(listed).and(rest))
}

/// By the share, exactly; a file without lines comes last.
fn order(one: Ratio, other: Ratio) -> Ordering {
    let share = |a: Ratio, b: Ratio| u128::from(a.covered) * u128::from(b.total);
    one.is_empty().cmp(&other.is_empty()).then_with(|| share(one, other).cmp(&share(other, one)))
}
