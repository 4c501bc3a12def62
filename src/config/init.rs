//! The first `milegate.toml` of a repository, from what was found in it.
//!
//! Prose begins with `# `, a suggestion to switch on with `#` alone: taking that character away leaves
//! a valid file. What was found is somebody else's text and is only taken where it is fit.

mod entries;

use super::{people, project, words};
use crate::model::milestone::MilestoneId;
use crate::readers::Kind;
use entries::{Group, groups};
use std::collections::BTreeSet;

/// What was found in a repository.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// The repository's folder, or the name it gives itself.
    pub project_name: String,
    /// Report files.
    pub report_files: Vec<FoundReport>,
    /// Tools that `pyproject.toml` or `setup.cfg` configure: `pylint`, `black`, ...
    pub linters: Vec<String>,
    /// The checklist.
    pub checklist: Option<FoundChecklist>,
    /// Path of the status document.
    pub status: Option<String>,
    /// Path of the progress log.
    pub log: Option<String>,
    /// Paths of documents for the third gate.
    pub docs: Vec<String>,
    /// Who works here, as git knows them.
    pub author: Option<Author>,
}

/// A report file.
#[derive(Debug, Clone)]
pub struct FoundReport {
    /// Path in the repository.
    pub path: String,
    /// Name of its format.
    pub format: String,
    /// What it is evidence of.
    pub kind: Kind,
}

/// A checklist with the milestones of its headings.
#[derive(Debug, Clone)]
pub struct FoundChecklist {
    /// Path in the repository.
    pub path: String,
    /// Ids and names, in order.
    pub milestones: Vec<(String, String)>,
}

/// Somebody who may sign off.
#[derive(Debug, Clone)]
pub struct Author {
    /// A short name for `[people]`.
    pub id: String,
    /// The full name.
    pub name: String,
    /// The address of their commits.
    pub email: String,
}

/// A tool, and how it is made to write a report.
struct Tool {
    name: &'static str,
    /// The kind of its reports; of findings, the tool is asked for by name.
    kind: Kind,
    /// The line of `[reports]`.
    line: &'static str,
    command: &'static str,
}

/// The tools a configuration file of Python is searched for.
static TOOLS: &[Tool] = &[
    Tool {
        name: "pytest",
        kind: Kind::Tests,
        line: "unit = \"reports/unit*.xml\"",
        command: "pytest --junitxml=reports/unit.xml",
    },
    Tool {
        name: "coverage",
        kind: Kind::Coverage,
        line: "coverage = \"reports/coverage.xml\"",
        command: "coverage xml -o reports/coverage.xml",
    },
    Tool {
        name: "pylint",
        kind: Kind::Findings,
        line: "pylint = \"reports/pylint.json\"",
        command: "pylint --recursive=y --output-format=json . > reports/pylint.json",
    },
    Tool {
        name: "black",
        kind: Kind::Findings,
        line: "black = { path = \"reports/black.txt\", exit-status = \"reports/black.status\" }",
        command: "black --check . 2> reports/black.txt; echo $? > reports/black.status",
    },
    Tool {
        name: "mypy",
        kind: Kind::Findings,
        line: "mypy = \"reports/mypy.txt\"",
        command: "mypy . > reports/mypy.txt",
    },
    Tool {
        name: "ruff",
        kind: Kind::Findings,
        line: "ruff = \"reports/ruff.json\"",
        command: "ruff check --output-format=json . > reports/ruff.json",
    },
    Tool {
        name: "flake8",
        kind: Kind::Findings,
        line: "flake8 = { path = \"reports/flake8.txt\", exit-status = \"reports/flake8.status\" }",
        command: "flake8 . > reports/flake8.txt; echo $? > reports/flake8.status",
    },
    Tool {
        name: "interrogate",
        kind: Kind::Docstrings,
        line: "docstrings = \"reports/interrogate.txt\"",
        command: "interrogate -v . > reports/interrogate.txt",
    },
];

/// More than anybody reads; the rest is left to the person.
const MOST_MILESTONES: usize = 500;
const MOST_DOCUMENTS: usize = 50;

/// The text of a commented `milegate.toml`. It is valid, whatever was found.
pub fn write(findings: &Findings) -> String {
    let groups = groups(&findings.report_files);
    let mut page = Page::default();
    page.prose("What Milegate asks of this project before a milestone is tagged.");
    page.prose(
        "`milegate check` judges it, `milegate explain CRITERION` tells every key. A line that begins",
    );
    page.prose("with # and no space is a suggestion: take the # away to switch it on.");
    project_section(&mut page, findings);
    documents(&mut page, findings);
    milestones(&mut page, findings);
    reports(&mut page, findings, &groups);
    gates(&mut page, findings, &groups);
    author(&mut page, findings.author.as_ref());
    page.0
}

/// The text so far.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }

    fn prose(&mut self, text: &str) {
        self.line(format!("# {text}"));
    }

    /// A line to switch on.
    fn suggest(&mut self, text: impl AsRef<str>) {
        self.line(format!("#{}", text.as_ref()));
    }

    fn gap(&mut self) {
        self.line("");
    }
}

fn project_section(page: &mut Page, findings: &Findings) {
    let id = slug(&findings.project_name).unwrap_or_else(|| "project".to_owned());
    page.gap();
    page.line("[project]");
    page.line(format!("id = {}            # goes into tags and approvals: a-z, 0-9 and -", quote(&id)));
    if words::line(&findings.project_name).is_ok() && findings.project_name != id {
        page.line(format!("name = {}", quote(&findings.project_name)));
    }
}

fn documents(page: &mut Page, findings: &Findings) {
    let mut taken = BTreeSet::new();
    let mut fit = |path: Option<&String>| {
        let path = project::document(path?, "milegate.toml").ok()?;
        taken.insert(path.to_ascii_lowercase()).then_some(path)
    };
    let rows = [
        ("checklist", fit(findings.checklist.as_ref().map(|c| &c.path)), "CHECKLIST.md", "read and ticked"),
        (
            "status",
            fit(findings.status.as_ref()),
            "STATUS.md",
            "brought up to date when a milestone is complete",
        ),
        ("log", fit(findings.log.as_ref()), "PROGRESS.md", "gets an entry for each completed milestone"),
    ];
    page.gap();
    page.prose("Documents that are kept up to date. One that is not named is not touched.");
    page.line("[documents]");
    for (key, path, example, what) in rows {
        match path {
            Some(path) => page.line(format!("{key} = {}  # {what}", quote(&path))),
            None => page.suggest(format!("{key} = \"docs/{example}\"  # {what}")),
        }
    }
    page.gap();
    page.prose("\"branch\" is for a protected main branch: the documents go to milegate/<milestone>.");
    page.suggest("[tag]");
    page.suggest("publish = \"branch\"");
}

fn milestones(page: &mut Page, findings: &Findings) {
    let mut seen = BTreeSet::new();
    let mut fit = |id: &String| {
        let good = id.parse::<MilestoneId>().is_ok();
        good && seen.insert(id.to_ascii_lowercase())
    };
    let found = findings.checklist.iter().flat_map(|c| &c.milestones);
    let found: Vec<_> = found.filter(|(id, _)| fit(id)).take(MOST_MILESTONES).collect();
    page.gap();
    page.prose(
        "The milestones in their order. Each requires the one before it, unless requires = [...] says more.",
    );
    if found.is_empty() {
        for line in ["[[milestones]]", "id = \"1.0\"", "name = \"First release\"", "paths = [\"src/**\"]"] {
            page.suggest(line);
        }
    }
    for (place, (id, name)) in found.into_iter().enumerate() {
        if place > 0 {
            page.gap();
        }
        page.line("[[milestones]]");
        page.line(format!("id = {}", quote(id)));
        if words::line(name).is_ok() {
            page.line(format!("name = {}", quote(name)));
        }
    }
}

fn reports(page: &mut Page, findings: &Findings, groups: &[Group]) {
    page.gap();
    page.prose(
        "Where your tools write their reports: a name and a glob. The format is detected from the content.",
    );
    page.line("[reports]");
    for group in groups {
        let patterns: Vec<_> = group.patterns.iter().map(|pattern| quote(pattern)).collect();
        match patterns.as_slice() {
            [pattern] => page.line(format!("{} = {pattern}", group.name)),
            many => page.line(format!("{} = [{}]", group.name, many.join(", "))),
        }
        if group.left_out > 0 {
            page.prose(&format!(
                "{} more files like these were found; a glob could name them all.",
                group.left_out
            ));
        }
    }
    let has = |tool: &Tool| match tool.kind {
        Kind::Findings => groups.iter().any(|group| group.name == tool.name),
        kind => groups.iter().any(|group| group.kind == kind),
    };
    let asked = |tool: &&Tool| findings.linters.iter().any(|linter| linter == tool.name) && !has(tool);
    let mut missing: Vec<&Tool> = TOOLS.iter().filter(asked).collect();
    if groups.is_empty() && missing.is_empty() {
        missing = TOOLS.iter().take(2).collect();
    }
    for tool in missing {
        page.prose(&format!("{}: {}", tool.name, tool.command));
        page.suggest(tool.line);
    }
}

fn gates(page: &mut Page, findings: &Findings, groups: &[Group]) {
    page.gap();
    page.prose("The four gates are built in; a table here overrides a criterion key by key.");
    for (gate, criterion, names) in [
        ("code-complete", "tests", named(groups, |g| g.kind == Kind::Tests && !g.integration)),
        (
            "integration-verified",
            "integration-tests",
            named(groups, |g| g.kind == Kind::Tests && g.integration),
        ),
    ] {
        if !names.is_empty() {
            page.gap();
            page.line(format!("[gates.{gate}.{criterion}]"));
            page.line(format!("reports = [{}]", names.join(", ")));
        }
    }
    page.gap();
    page.line("[gates.code-complete.coverage]");
    page.line("lines = \">= 90%\"");
    page.suggest("branches = \">= 80%\"");
    page.suggest("changed-lines = \">= 95%\"        # of what this change touches");
    if groups.iter().any(|group| group.kind == Kind::Benchmarks) {
        page.gap();
        page.prose("Targets by the benchmark's name:");
        page.suggest("[gates.integration-verified.benchmarks.targets]");
        page.suggest("test_query = \"< 100 ms\"");
    }
    let docs: Vec<_> =
        findings.docs.iter().filter_map(|path| words::inside(path).ok()).take(MOST_DOCUMENTS).collect();
    if !docs.is_empty() {
        let docs: Vec<_> = docs.iter().map(|path| quote(path)).collect();
        page.gap();
        page.line("[gates.documentation-complete.guides]");
        page.line(format!("required = [{}]", docs.join(", ")));
    }
    page.gap();
    page.prose("What this project does not have is switched off with a reason, which every verdict shows.");
    page.suggest("[gates.integration-verified]");
    page.suggest(
        "disable = { regression = \"no baseline yet\", monitoring = \"no staging environment yet\" }",
    );
    page.suggest("[gates.documentation-complete]");
    page.suggest("disable = { diagrams = \"none in this project\" }");
}

fn named(groups: &[Group], which: fn(&Group) -> bool) -> Vec<String> {
    groups.iter().filter(|group| which(group)).map(|group| quote(&group.name)).collect()
}

fn author(page: &mut Page, author: Option<&Author>) {
    page.gap();
    page.prose(
        "Who may sign off, with `milegate approve ROLE`. Nobody's approval covers commits of their own.",
    );
    let found = author.and_then(|author| {
        let fit = people::email(&author.email).is_ok();
        Some((slug(&author.id)?, author)).filter(|_| fit)
    });
    match found {
        Some((id, author)) => {
            if words::line(&author.name).is_ok() {
                page.prose(&author.name);
            }
            page.line(format!("[people.{id}]"));
            page.line(format!("emails = [{}]", quote(&author.email)));
            page.line("roles = [\"code\", \"architecture\", \"security\", \"performance\"]");
            page.suggest("keys = [\"ssh-ed25519 AAAA...\"]    # for signed approvals");
        }
        None => {
            page.suggest("[people.alice]");
            page.suggest("emails = [\"alice@example.com\"]");
            page.suggest("roles = [\"code\", \"architecture\", \"security\", \"performance\"]");
        }
    }
}

/// A basic string of TOML.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if words::is_hidden(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The text with `-` for whatever is no letter or digit; `None` if nothing is left.
fn slug(text: &str) -> Option<String> {
    let plain = text.to_ascii_lowercase();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug: String = words.collect::<Vec<_>>().join("-").chars().take(40).collect();
    let slug = slug.trim_end_matches('-').to_owned();
    (!slug.is_empty()).then_some(slug)
}

#[cfg(test)]
mod tests;
