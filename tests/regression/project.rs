//! A shop with a recorded run on main, and a branch on which things get worse.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use crate::program::{Run, Verdict, check_json, milegate};
use crate::repo::Repo;
use crate::small::{cobertura, junit, lines};

pub const CONFIG: &str = r#"[project]
id = "shop"

[reports]
unit = "reports/junit.xml"
coverage = "reports/coverage.xml"
pylint = { path = "reports/pylint.txt", format = "pylint-text" }
bench = { path = "reports/bench.json", format = "custom-smaller-is-better" }

[gates.code-complete.coverage]
lines = ">= 1%"

[[milestones]]
id = "1"
name = "One"
"#;

/// The tests as they are on main.
pub const TESTS: &[(&str, &str)] = &[
    ("test_add", ""),
    ("test_remove", ""),
    ("test_checkout_total", ""),
    ("test_empty", "<skipped message=\"later\"/>"),
];

/// The source of the tests.
pub const SOURCE: &str = "import shop\n\ndef test_add():\n    pass\n\ndef test_remove():\n    pass\n\n\
                          def test_checkout_total():\n    pass\n\ndef test_empty():\n    pass\n";

pub struct Shop {
    pub repo: Repo,
}

impl Shop {
    /// Main is recorded; HEAD is a branch with one commit that changes nothing that is measured.
    pub fn new(more: &str) -> Self {
        let repo = Repo::new();
        repo.write("milegate.toml", format!("{CONFIG}{more}"))
            .write(".gitignore", "reports/\n")
            .write("shop/cart.py", lines(20))
            .write("shop/stock.py", lines(10).replace("line", "stock"))
            .write("tests/cart.py", SOURCE);
        repo.commit("Start");
        let shop = Self { repo };
        shop.green();
        shop.run(&["baseline", "record", "--init", "--no-push"]).exits(0);
        shop.repo.git(&["switch", "-q", "-c", "feature"]);
        shop.repo.write("README.md", "# Shop\n");
        shop.repo.commit("Tell");
        shop.green();
        shop
    }

    /// The reports of main.
    pub fn green(&self) -> &Self {
        self.junit(TESTS)
            .cover(&[20], &[10])
            .lint(&["shop/cart.py:3:0: C0103: Bad name (invalid-name)"])
            .bench(12.5)
    }

    pub fn junit(&self, tests: &[(&str, &str)]) -> &Self {
        self.repo.write("reports/junit.xml", junit(tests));
        self
    }

    /// The lines that were not executed of the cart and of the stock.
    pub fn cover(&self, cart: &[u32], stock: &[u32]) -> &Self {
        self.files(&[("shop/cart.py", 20, cart), ("shop/stock.py", 10, stock)])
    }

    pub fn files(&self, files: &[(&str, u32, &[u32])]) -> &Self {
        self.repo.write("reports/coverage.xml", cobertura(files));
        self
    }

    pub fn lint(&self, findings: &[&str]) -> &Self {
        let rated = "\n------------------------------------------------------------------\n\
                     Your code has been rated at 9.00/10\n\n";
        let text = format!("************* Module shop.cart\n{}\n{rated}", findings.join("\n"));
        self.repo.write("reports/pylint.txt", text);
        self
    }

    pub fn bench(&self, value: f64) -> &Self {
        let bench = format!("[{{\"name\":\"parse\",\"unit\":\"ns\",\"value\":{value}}}]");
        self.repo.write("reports/bench.json", bench);
        self
    }

    pub fn run(&self, args: &[&str]) -> Run {
        milegate(self.repo.path(), args)
    }

    /// On the occasion of a change.
    pub fn check(&self) -> Verdict {
        check_json(self.repo.path(), &["--base", "main"])
    }

    /// On the occasion of the milestone; only what `regression` says of it counts.
    pub fn milestone(&self) -> Verdict {
        check_json(self.repo.path(), &["1", "--base", "main", "--gate", "2"])
    }
}
