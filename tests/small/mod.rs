//! The least project there can be: JUnit, coverage and the README's configuration.

// Each test binary uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use crate::program::{Run, Verdict, check_json, milegate};
use crate::repo::Repo;
use std::path::Path;

/// The configuration of the README's "In your project".
pub const CONFIG: &str = r#"[project]
id = "shop"

[reports]
unit = "reports/junit.xml"
coverage = "reports/coverage.xml"
"#;

/// A project of one module of twenty lines, all its tests passing, 19 of 20 lines covered.
pub struct Small {
    pub repo: Repo,
}

impl Small {
    pub fn new() -> Self {
        Self::with(CONFIG)
    }

    /// With more configuration after the README's.
    pub fn and(more: &str) -> Self {
        Self::with(&format!("{CONFIG}\n{more}"))
    }

    /// With another configuration.
    pub fn with(config: &str) -> Self {
        let repo = Repo::new();
        repo.write("shop/cart.py", lines(20))
            .write(".gitignore", "reports/\n")
            .write("milegate.toml", config);
        repo.commit("Start");
        let small = Self { repo };
        small.green();
        small
    }

    /// Reports that pass, newer than everything.
    pub fn green(&self) -> &Self {
        self.junit(&junit(&[("test_add", ""), ("test_remove", "")])).coverage(&cobertura(&[(
            "shop/cart.py",
            20,
            &[20],
        )]))
    }

    pub fn junit(&self, text: &str) -> &Self {
        self.repo.write("reports/junit.xml", text);
        self
    }

    pub fn coverage(&self, text: &str) -> &Self {
        self.repo.write("reports/coverage.xml", text);
        self
    }

    pub fn config(&self, more: &str) -> &Self {
        self.repo.write("milegate.toml", format!("{CONFIG}\n{more}"));
        self
    }

    pub fn path(&self) -> &Path {
        self.repo.path()
    }

    pub fn run(&self, args: &[&str]) -> Run {
        milegate(self.path(), args)
    }

    pub fn check(&self, args: &[&str]) -> Verdict {
        check_json(self.path(), args)
    }
}

/// Numbered lines of source.
pub fn lines(n: u32) -> String {
    (1..=n).map(|i| format!("line_{i} = {i}\n")).collect()
}

/// A JUnit report; each test with what stands inside its element.
pub fn junit(tests: &[(&str, &str)]) -> String {
    let failures = tests.iter().filter(|t| t.1.starts_with("<failure")).count();
    let skipped = tests.iter().filter(|t| t.1.starts_with("<skipped")).count();
    let cases: String = tests
        .iter()
        .map(|(name, inside)| {
            format!("<testcase classname=\"tests.cart\" name=\"{name}\" time=\"0.1\">{inside}</testcase>\n")
        })
        .collect();
    let total = tests.len();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites><testsuite name=\"pytest\" errors=\"0\" failures=\"{failures}\" \
         skipped=\"{skipped}\" tests=\"{total}\" time=\"0.2\">\n{cases}</testsuite></testsuites>\n"
    )
}

/// A Cobertura report: files with their number of lines and the lines that were not executed.
pub fn cobertura(files: &[(&str, u32, &[u32])]) -> String {
    let class = |(path, lines, missed): &(&str, u32, &[u32])| {
        let lines: String = (1..=*lines)
            .map(|n| format!("<line number=\"{n}\" hits=\"{}\"/>", u8::from(!missed.contains(&n))))
            .collect();
        format!("<class name=\"x\" filename=\"{path}\"><methods/><lines>{lines}</lines></class>\n")
    };
    let classes: String = files.iter().map(class).collect();
    format!(
        "<?xml version=\"1.0\" ?>\n<coverage version=\"7.6\"><packages><package name=\"shop\"><classes>\n{classes}\
         </classes></package></packages></coverage>\n"
    )
}
