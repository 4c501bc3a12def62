//! The sample project and its reports, embedded from `demo/`. A test holds the list to the folder.

/// A file of the sample by its path under `demo/`.
pub(super) type File = (&'static str, &'static [u8]);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../../demo/", $path)))),*]
    };
}

/// Every file of the sample.
pub(super) static FILES: &[File] = files![
    "fixed/CHECKLIST.md",
    "fixed/orders/cache.py",
    "fixed/orders/export.py",
    "fixed/orders/pricing.py",
    "fixed/tests/unit/test_export.py",
    "project/.gitignore",
    "project/CHECKLIST.md",
    "project/PROGRESS_LOG.md",
    "project/README.md",
    "project/STATUS.md",
    "project/docs/diagrams/overview.md",
    "project/docs/guide.md",
    "project/docs/troubleshooting.md",
    "project/milegate.toml",
    "project/orders/__init__.py",
    "project/orders/cache.py",
    "project/orders/desk.py",
    "project/orders/export.py",
    "project/orders/model.py",
    "project/orders/pricing.py",
    "project/orders/store.py",
    "project/pyproject.toml",
    "project/tests/benchmarks/conftest.py",
    "project/tests/benchmarks/test_speed.py",
    "project/tests/conftest.py",
    "project/tests/integration/test_desk.py",
    "project/tests/unit/test_cache.py",
    "project/tests/unit/test_model.py",
    "project/tests/unit/test_pricing.py",
    "project/tests/unit/test_store.py",
    "reports-after/benchmark.json",
    "reports-after/black.status",
    "reports-after/black.txt",
    "reports-after/coverage.xml",
    "reports-after/integration.xml",
    "reports-after/interrogate.txt",
    "reports-after/mypy.txt",
    "reports-after/pylint.json",
    "reports-after/unit.xml",
    "reports-before/benchmark.json",
    "reports-before/black.status",
    "reports-before/black.txt",
    "reports-before/coverage.xml",
    "reports-before/integration.xml",
    "reports-before/interrogate.txt",
    "reports-before/mypy.txt",
    "reports-before/pylint.json",
    "reports-before/unit.xml",
];

/// The files below a folder of the sample, by their path in it.
pub(super) fn below(folder: &str) -> impl Iterator<Item = File> + '_ {
    let inside = move |(path, bytes): &File| Some((path.strip_prefix(folder)?.strip_prefix('/')?, *bytes));
    FILES.iter().filter_map(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn walk(folder: &Path, all: &mut BTreeSet<String>, root: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, all, root);
            } else {
                all.insert(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn nothing_of_the_sample_is_forgotten() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
        let mut found = BTreeSet::new();
        walk(&root, &mut found, &root);
        found.remove("README.md");
        let listed: BTreeSet<String> = FILES.iter().map(|f| f.0.to_owned()).collect();
        assert_eq!(found, listed);
    }
}
