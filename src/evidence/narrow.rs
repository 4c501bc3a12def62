//! The part of the test reports that is about some files.
//!
//! A test stands where its report places it, else in the file that its class names: pytest's
//! `tests.db.test_pool.TestPool` is in `tests/db/test_pool.py`.

use super::placement::Tree;
use super::reports::EntryEvidence;
use crate::model::tests::{TestCase, Tests};
use crate::readers::Body;
use globset::GlobSet;

/// The entry with only the tests that stand in files of `scope`.
pub fn tests(entry: &EntryEvidence, scope: &GlobSet, tree: &Tree) -> EntryEvidence {
    let stems: Vec<&str> = tree.files().filter(|file| scope.is_match(file)).map(stem).collect();
    let mut entry = entry.clone();
    for file in &mut entry.files {
        let report = file.path.clone();
        let Ok(Body::Tests(all)) = file.report.as_mut().map(|report| &mut report.body) else { continue };
        let mut own = Tests {
            lost: all.lost.clone(),
            hidden_failures: all.hidden_failures.clone(),
            ..Tests::default()
        };
        for case in all.cases.values() {
            let placed = case.place.as_ref().and_then(|place| tree.place(&place.path, &report, &[]));
            let inside = placed
                .map_or_else(|| stems.iter().any(|stem| names(&case, stem)), |path| scope.is_match(path));
            if inside {
                own.add(case);
            }
        }
        *all = own;
    }
    entry
}

/// Whether any file of the entry holds a test.
pub fn holds_tests(entry: &EntryEvidence) -> bool {
    let body = |file: &super::ReportFile| matches!(&file.report, Ok(report) if matches!(&report.body, Body::Tests(tests) if !tests.cases.is_empty()));
    entry.files.iter().any(body)
}

/// Whether a test's class, or the suite or name of one without, begins with the path of a file.
fn names(case: &TestCase, stem: &str) -> bool {
    let id = &case.id;
    [&id.class, &id.suite, &id.name].into_iter().filter(|text| !text.is_empty()).any(|text| is_in(text, stem))
}

fn is_in(text: &str, stem: &str) -> bool {
    // pytest's own `tests/test_pool.py::TestPool` is a path up to the first colons.
    let file = text.split("::").next().unwrap_or_default();
    let path = match file.contains('/') {
        true => self::stem(file).to_owned(),
        false => text.replace("::", "/").replace('.', "/"),
    };
    let mut path = path.as_str();
    loop {
        if stem == path || stem.strip_suffix(path).is_some_and(|head| head.ends_with('/')) {
            return !path.is_empty();
        }
        match path.rsplit_once('/') {
            Some((outer, _)) => path = outer,
            None => return false,
        }
    }
}

/// A path without its extension.
fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    path[name..].find('.').filter(|dot| *dot > 0).map_or(path, |dot| &path[..name + dot])
}

#[cfg(test)]
mod tests_of_it {
    use super::*;

    #[test]
    fn a_class_names_its_file() {
        for (text, file, is) in [
            ("backend.tests.db.test_pool", "backend/tests/db/test_pool.py", true),
            ("tests.db.test_pool.TestPool", "backend/tests/db/test_pool.py", true),
            ("test_pool", "tests/test_pool.py", true),
            ("test_pool2", "tests/test_pool.py", false),
            ("other.test_pool", "tests/test_pool.py", false),
            ("src/pool.test.ts", "src/pool.test.ts", true),
            ("tests/test_pool.py::TestPool", "tests/test_pool.py", true),
            ("tests", "tests/test_pool.py", false),
        ] {
            assert_eq!(is_in(text, stem(file)), is, "{text} {file}");
        }
    }
}
