//! `init`: looks at the repository and writes a commented milegate.toml. It keeps an existing one.

use super::cli::Init;
use super::collect::read_checklist;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, open_repository};
use crate::config::Config;
use crate::config::init::{Author, Findings, FoundChecklist, FoundReport, write};
use crate::ledger::files::Root;
use crate::ledger::repository::Repository;
use crate::readers::{self, Input, Limits};
use crate::verdict::ExitStatus;

/// Where tools leave their reports.
const PLACES: &[&str] = &[
    "*.{xml,json,info,lcov,txt,prom}",
    "{reports,report,test-results,test-reports,coverage,htmlcov,.reports}/**/*.{xml,json,info,lcov,txt,prom}",
    "{build/reports,build/test-results,target/surefire-reports,target/nextest}/**/*.xml",
    "*/{reports,coverage,test-results}/**/*.{xml,json,info,lcov,txt,prom}",
];
/// Tools whose section in a configuration file shows that they are used.
const LINTERS: &[&str] = &["pylint", "black", "mypy", "ruff", "flake8", "pytest", "coverage", "interrogate"];
/// Files in which such sections stand.
const TOOL_FILES: &[&str] = &[
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    ".flake8",
    "mypy.ini",
    ".pylintrc",
    "pytest.ini",
    ".coveragerc",
];
/// Larger files are not looked at.
const MAX_BYTES: u64 = 64 << 20;
/// More files than this are not looked at.
const MAX_FILES: usize = 500;

/// Runs the command.
pub(super) fn run(args: &Init, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let start = locate.start()?;
    let repository = open_repository(&start)?;
    let root = match &repository {
        Some(repository) => repository.files()?,
        None => Root::new(&start)?,
    };
    if let Some(existing) = existing(&root).filter(|_| !args.stdout) {
        terminal.print(&format!("{existing} is there already; it is kept as it is.\n"));
        return Ok(ExitStatus::Passed.code());
    }
    let findings = look(&root, repository.as_ref())?;
    let text = write(&findings);
    if args.stdout {
        terminal.print(&text);
        return Ok(ExitStatus::Passed.code());
    }
    root.write_new("milegate.toml", text.as_bytes())?;
    if repository.is_none() {
        terminal.warn("this is no git repository: approvals and `complete` need one");
    }
    let reports = findings.report_files.len();
    let checklist = findings.checklist.as_ref().map_or("no checklist".to_owned(), |c| c.path.clone());
    terminal.print(&format!(
        "wrote milegate.toml: {reports} report file(s), {checklist}, {} tool(s)\nnext: read it, then run `milegate check`\n",
        findings.linters.len()
    ));
    Ok(ExitStatus::Passed.code())
}

fn existing(root: &Root) -> Option<&'static str> {
    let own = ["milegate.toml", ".milegate.toml"].into_iter().find(|name| root.exists(name));
    let in_pyproject =
        || root.read("pyproject.toml", MAX_BYTES).is_ok_and(|file| Config::is_in_pyproject(&file.bytes));
    own.or_else(|| in_pyproject().then_some("[tool.milegate] in pyproject.toml"))
}

fn look(root: &Root, repository: Option<&Repository>) -> Result<Findings, Refusal> {
    let markdown = markdown(root, repository)?;
    let named =
        |word: &str| markdown.iter().find(|path| file_name(path).to_uppercase().contains(word)).cloned();
    let checklist = checklist(root, &markdown);
    let name = root.path().file_name().map(|n| n.to_string_lossy().into_owned());
    Ok(Findings {
        project_name: name.unwrap_or_else(|| "project".to_owned()),
        report_files: reports(root)?,
        linters: linters(root),
        status: named("STATUS").filter(|p| checklist.as_ref().is_none_or(|c| c.path != *p)),
        log: named("PROGRESS_LOG").or_else(|| named("PROGRESS")),
        docs: guides(&markdown, checklist.as_ref().map(|c| c.path.as_str())),
        author: repository.and_then(author),
        checklist,
    })
}

/// Documents under docs/ that are no papers of the project.
fn guides(markdown: &[String], checklist: Option<&str>) -> Vec<String> {
    let paper = |path: &str| {
        ["STATUS", "PROGRESS", "CHECKLIST"].iter().any(|w| file_name(path).to_uppercase().contains(w))
    };
    let is_guide =
        |path: &&String| path.starts_with("docs/") && Some(path.as_str()) != checklist && !paper(path);
    markdown.iter().filter(is_guide).cloned().collect()
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Markdown files at the top and under docs/.
fn markdown(root: &Root, repository: Option<&Repository>) -> Result<Vec<String>, Refusal> {
    let all = match repository {
        Some(repository) => [repository.tracked()?, repository.untracked()?].concat(),
        None => root.glob(&["*.md".to_owned(), "docs/**/*.md".to_owned()])?,
    };
    let near = |path: &String| path.ends_with(".md") && (!path.contains('/') || path.starts_with("docs/"));
    Ok(all.into_iter().filter(near).collect())
}

/// The first file that has items under milestone headings; one called a checklist goes first.
fn checklist(root: &Root, markdown: &[String]) -> Option<FoundChecklist> {
    let mut files: Vec<_> = markdown.iter().collect();
    files.sort_by_key(|path| !file_name(path).to_uppercase().contains("CHECKLIST"));
    files.into_iter().find_map(|path| {
        let read = read_checklist(path, &root.read(path, MAX_BYTES).ok()?.bytes).ok()?.fact;
        let has_items = read.items.iter().any(|item| item.milestone.is_some());
        let milestones = read.headings.iter().map(|h| (h.id.to_string(), h.name.clone())).collect();
        has_items.then(|| FoundChecklist { path: path.clone(), milestones })
    })
}

/// Files that are reports, by their content.
fn reports(root: &Root) -> Result<Vec<FoundReport>, Refusal> {
    let limits = Limits::default();
    let places: Vec<String> = PLACES.iter().map(|p| (*p).to_owned()).collect();
    let found = root.glob(&places)?.into_iter().take(MAX_FILES).filter_map(|path| {
        let bytes = root.read(&path, MAX_BYTES).ok()?.bytes;
        let format = readers::detect(&Input { bytes: &bytes, exit_status: None, limits: &limits }).ok()?;
        Some(FoundReport { path, format: format.name.to_owned(), kind: format.kind })
    });
    Ok(found.collect())
}

fn linters(root: &Root) -> Vec<String> {
    let texts: Vec<String> = TOOL_FILES
        .iter()
        .filter_map(|name| {
            Some(format!("{name}\n{}", String::from_utf8_lossy(&root.read(name, MAX_BYTES).ok()?.bytes)))
        })
        .collect();
    let used = |tool: &str| {
        texts.iter().any(|text| {
            let own_file = text.lines().next().is_some_and(|name| name.contains(tool));
            own_file || text.contains(&format!("[tool.{tool}")) || text.contains(&format!("[{tool}"))
        })
    };
    LINTERS.iter().filter(|tool| used(tool)).map(|tool| (*tool).to_owned()).collect()
}

fn author(repository: &Repository) -> Option<Author> {
    let (name, email) = (repository.author_name()?, repository.email()?);
    let first = name.split_whitespace().next().unwrap_or("me").to_lowercase();
    let id: String = first.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    Some(Author { id: if id.is_empty() { "me".to_owned() } else { id }, name, email })
}
