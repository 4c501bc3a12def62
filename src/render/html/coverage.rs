//! Coverage: a map of the folders, each as large as its lines and as dark as they are covered, and the
//! same as a table.

use super::markup::{Element, Html, code, element, text};
use super::style::{Section, bar, cell, details, figure, grouped, header, level, more, table, tile, tiles};
use super::treemap::{Piece, pieces};
use crate::model::coverage::{Coverage, FileCoverage};
use crate::model::ratio::Ratio;
use crate::render::exhibit::Exhibit;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Folders that are told apart; where there are more, deeper ones count with those above.
const FOLDERS: usize = 40;
/// Files in a list.
const FILES: usize = 200;
/// Files that are drawn; where there are more, their folders are.
const DRAWN: usize = 600;
/// Width by height of the map.
const ASPECT: f64 = 3.2;

/// Where the rest is.
const REST: &str = "in the reports";

/// The section.
pub(super) fn section(exhibit: &Exhibit) -> Option<Section> {
    let coverage = exhibit.coverage.as_ref()?;
    let lines = coverage.lines();
    let folders = folders(coverage);
    let body = Html::from(numbers(coverage))
        .and(map(coverage, &folders))
        .and(by_folder(&folders))
        .and(by_file(coverage));
    let lead = format!("{} of {} lines, in all files of the reports", lines.percent(), grouped(lines.total));
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

/// A folder with its lines, and its files with theirs.
#[derive(Default)]
struct Folder<'a> {
    name: String,
    ratio: Ratio,
    files: Vec<(&'a str, Ratio)>,
}

/// Lines by folder, at the greatest depth at which they are few enough.
fn folders(coverage: &Coverage) -> Vec<Folder<'_>> {
    let deepest = coverage.files.keys().map(|path| path.matches('/').count()).max().unwrap_or(0);
    let mut found = (1..=deepest.max(1)).rev().map(|depth| at_depth(coverage, depth));
    found.find(|all| all.len() <= FOLDERS).unwrap_or_else(|| lumped(at_depth(coverage, 1)))
}

/// The greatest of too many folders, and the others as one.
fn lumped(mut all: Vec<Folder<'_>>) -> Vec<Folder<'_>> {
    all.sort_by(|a, b| b.ratio.total.cmp(&a.ratio.total).then(a.name.cmp(&b.name)));
    let rest = all.split_off(FOLDERS.min(all.len()));
    let mut other = Folder { name: format!("{} other folders", rest.len()), ..Folder::default() };
    for folder in rest {
        other.ratio += folder.ratio;
        other.files.extend(folder.files);
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.push(other);
    all
}

fn at_depth(coverage: &Coverage, depth: usize) -> Vec<Folder<'_>> {
    let mut all: BTreeMap<String, Folder<'_>> = BTreeMap::new();
    for (path, file) in &coverage.files {
        let folders: Vec<&str> = path.split('/').collect();
        let folders = &folders[..folders.len().saturating_sub(1).min(depth)];
        let name = if folders.is_empty() { ".".to_owned() } else { folders.join("/") };
        let one = all.entry(name.clone()).or_insert_with(|| Folder { name, ..Folder::default() });
        one.ratio += file.line_ratio();
        one.files.push((path, file.line_ratio()));
    }
    all.into_values().collect()
}

/// The map, of folders and the files in them; what it shows stands in the tables below.
fn map(coverage: &Coverage, folders: &[Folder<'_>]) -> Option<Element> {
    let mut all: Vec<_> = folders.iter().filter(|folder| !folder.ratio.is_empty()).collect();
    all.sort_by(|a, b| b.ratio.total.cmp(&a.ratio.total).then(a.name.cmp(&b.name)));
    if all.is_empty() || coverage.files.len() < 3 {
        return None;
    }
    let weights: Vec<f64> = all.iter().map(|folder| folder.ratio.total as f64).collect();
    let fine = coverage.files.len() <= DRAWN;
    let shared = shared(&all);
    let tiles = all.iter().zip(pieces(&weights, ASPECT)).map(|(folder, at)| {
        let percent = element("span").text(&folder.ratio.percent());
        let name = folder.name.get(shared..).filter(|name| !name.is_empty()).unwrap_or(&folder.name);
        let head = element("span").class("folder").text(name).with(text(" ")).with(percent);
        let inside = fine.then(|| files_of(folder, at[2] * ASPECT / at[3]));
        let inside = element("span").class("inside").with(inside);
        let class = if fine { "nest" } else { level(folder.ratio) };
        piece(at, element("span").class(class).with(head).with(inside))
    });
    let map = element("div").class("map").attribute("aria-hidden", "true").all(tiles);
    let legend =
        LEVELS.map(|(class, word)| element("li").with(element("span").class(class)).with(text(word)));
    let legend = element("ul").class("legend").attribute("aria-hidden", "true").all(legend);
    Some(element("div").class("mapped").with(map).with(legend))
}

/// The shades, and where they begin.
const LEVELS: [(&str, &str); 5] = [
    ("level-1", "under 50%"),
    ("level-2", "50%"),
    ("level-3", "75%"),
    ("level-4", "90%"),
    ("level-5", "97% and more"),
];

/// Bytes of the folders above that all of them have in common.
fn shared(folders: &[&Folder<'_>]) -> usize {
    let first = folders.first().map_or("", |folder| folder.name.as_str());
    let in_all = |end: usize| folders.iter().all(|folder| folder.name.starts_with(&first[..end]));
    let ends = first.match_indices('/').map(|(at, _)| at + 1);
    ends.take_while(|end| in_all(*end)).last().unwrap_or(0)
}

fn piece([left, top, width, height]: Piece, inside: Element) -> Element {
    let style = format!("left:{left:.2}%;top:{top:.2}%;width:{width:.2}%;height:{height:.2}%");
    element("span").class("piece").attribute("style", style).with(inside)
}

/// The files of a folder as pieces of its tile.
fn files_of(folder: &Folder<'_>, aspect: f64) -> Html {
    let mut files: Vec<_> = folder.files.iter().filter(|(_, ratio)| !ratio.is_empty()).collect();
    files.sort_by(|a, b| b.1.total.cmp(&a.1.total).then(a.0.cmp(b.0)));
    let weights: Vec<f64> = files.iter().map(|(_, ratio)| ratio.total as f64).collect();
    let tiles = files.iter().zip(pieces(&weights, aspect)).map(|((path, ratio), at)| {
        let name = path.rsplit('/').next().unwrap_or(path);
        let percent = element("span").text(&ratio.percent());
        piece(at, element("span").class(level(*ratio)).with(element("span").text(name)).with(percent))
    });
    tiles.collect()
}

fn by_folder(folders: &[Folder<'_>]) -> Option<Element> {
    if folders.len() < 2 {
        return None;
    }
    let rows = folders.iter().map(|folder| {
        let ratio = folder.ratio;
        vec![
            header(code(&folder.name)),
            figure(&grouped(folder.files.len() as u64)),
            figure(&format!("{} of {}", grouped(ratio.covered), grouped(ratio.total))),
            figure(&ratio.percent()),
            cell(bar(ratio)).class("bars"),
        ]
    });
    Some(details(
        folders.len() <= 16,
        text(&format!("By folder ({})", folders.len())),
        table("Covered lines by folder", &["Folder", "Files#", "Lines#", "Covered#", "Share%"], rows),
    ))
}

/// Files, the least covered first.
fn by_file(coverage: &Coverage) -> Element {
    let mut all: Vec<(&String, &FileCoverage)> = coverage.files.iter().collect();
    all.sort_by(|a, b| order(a.1.line_ratio(), b.1.line_ratio()).then(a.0.cmp(b.0)));
    let rows = all.iter().take(FILES).map(|(path, file)| {
        let ratio = file.line_ratio();
        vec![
            header(code(path)),
            figure(&format!("{} of {}", grouped(ratio.covered), grouped(ratio.total))),
            figure(&ratio.percent()),
            cell(bar(ratio)).class("bars"),
        ]
    });
    let listed = table(
        "Covered lines by file, the least covered first",
        &["File", "Lines#", "Covered#", "Share%"],
        rows,
    );
    let rest = more(all.len().saturating_sub(FILES), REST);
    let title = format!("By file, the least covered first ({})", grouped(all.len() as u64));
    details(all.len() <= 8, text(&title), Html::from(listed).and(rest))
}

/// By the share, exactly; a file without lines comes last.
fn order(one: Ratio, other: Ratio) -> Ordering {
    let share = |a: Ratio, b: Ratio| u128::from(a.covered) * u128::from(b.total);
    one.is_empty().cmp(&other.is_empty()).then_with(|| share(one, other).cmp(&share(other, one)))
}

#[cfg(test)]
mod laws {
    use super::*;
    use crate::model::coverage::Lines;

    fn coverage(paths: impl Iterator<Item = String>) -> Coverage {
        let file = FileCoverage { lines: Lines::collect([(1, true), (2, false)]), ..FileCoverage::default() };
        Coverage { files: paths.map(|path| (path, file.clone())).collect(), ..Coverage::default() }
    }

    #[test]
    fn folders_are_as_deep_as_they_are_few() {
        let names = |all: &[Folder<'_>]| all.iter().map(|folder| folder.name.clone()).collect::<Vec<_>>();
        let few = coverage(["a.py", "x/b.py", "x/y/c.py", "x/y/d.py"].map(str::to_owned).into_iter());
        assert_eq!(names(&folders(&few)), [".", "x", "x/y"]);
        let deep = coverage((0..100).map(|n| format!("src/part{}/area{n}/a.py", n % 3)));
        assert_eq!(names(&folders(&deep)), ["src/part0", "src/part1", "src/part2"]);
        let wide = coverage((0..100).map(|n| format!("part{n:02}/a.py")));
        let shown = folders(&wide);
        assert_eq!((shown.len(), shown[FOLDERS].name.as_str()), (FOLDERS + 1, "60 other folders"));
        assert_eq!(shown[FOLDERS].ratio, Ratio::new(60, 120));
    }
}
