//! The entries of `[reports]`, and the files that matched them.

use super::Doubt;
use super::freshness::{Freshness, Record};
use super::reproduce::Maker;
use crate::model::shell;
use crate::readers::{self, Code, End, Format, Kind, ReadError, Report};

/// One entry of `[reports]`.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its key.
    pub name: String,
    /// Its globs, `{milestone...}` filled in.
    pub patterns: Vec<String>,
    /// The declared format; else the content decides.
    pub format: Option<&'static Format>,
    /// A file that holds the tool's exit status.
    pub exit_status: Option<String>,
    /// How many files there have to be.
    pub shards: Option<u32>,
    /// What a report older than the sources means.
    pub freshness: Freshness,
    /// No part of this run: another build's reports, or those of a re-run, which one criterion reads.
    pub apart: bool,
}

impl Entry {
    /// The kind of its evidence as far as the configuration tells: by the declared format, else
    /// by the entry's own name where that is the name of a tool or kind.
    pub fn likely_kind(&self) -> Option<Kind> {
        self.format.map(|f| f.kind).or_else(|| {
            let name = self.name.to_lowercase();
            HINTS.iter().find(|(hint, _)| name.contains(hint)).map(|row| row.1)
        })
    }

    /// The formats of the tool that the entry is named after.
    fn of_tool(&self) -> impl Iterator<Item = &'static Format> {
        let name = self.name.to_lowercase();
        readers::formats().filter(move |format| {
            let tool = format.name.split('-').next();
            name.split(|c: char| !c.is_alphanumeric()).any(|word| Some(word) == tool)
        })
    }
}

/// What an entry's name says of its kind, where no file is there to tell. More telling words first.
const HINTS: &[(&str, Kind)] = &[
    ("coverage", Kind::Coverage),
    ("lcov", Kind::Coverage),
    ("cobertura", Kind::Coverage),
    ("bench", Kind::Benchmarks),
    ("perf", Kind::Benchmarks),
    ("interrogate", Kind::Docstrings),
    ("docstr", Kind::Docstrings),
    ("lizard", Kind::Complexity),
    ("radon", Kind::Complexity),
    ("complexity", Kind::Complexity),
    ("metrics", Kind::Metrics),
    ("prometheus", Kind::Metrics),
    ("health", Kind::Health),
    ("lint", Kind::Findings),
    ("black", Kind::Findings),
    ("mypy", Kind::Findings),
    ("ruff", Kind::Findings),
    ("flake8", Kind::Findings),
    ("junit", Kind::Tests),
    ("test", Kind::Tests),
    ("unit", Kind::Tests),
    ("integration", Kind::Tests),
    ("cov", Kind::Coverage),
];

/// A file as it is named in the evidence of a judgement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Source {
    /// Path in the repository.
    pub path: String,
    /// Format it was read as.
    pub format: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// A file that matched an entry.
#[derive(Debug, Clone)]
pub struct ReportFile {
    /// Path in the repository.
    pub path: String,
    /// SHA-256 of its bytes; empty if it could not be read at all.
    pub sha256: String,
    /// What it says, or why it is not evidence.
    pub report: Result<Report, ReadError>,
    /// Why it may not be about this code.
    pub stale: Option<Doubt>,
    /// What softened or overrode staleness, and what else a person should know.
    pub notices: Vec<String>,
    /// The run that wrote it, if one was recorded for exactly these bytes.
    pub record: Option<Record>,
    /// The recorded exit status of the tool, from the run record or the entry's file.
    pub exit_status: Option<i32>,
}

impl ReportFile {
    /// How the file is named in a judgement's evidence.
    pub fn source(&self) -> Source {
        let format = self.report.as_ref().map_or("unread", |r| r.format.name);
        Source { path: self.path.clone(), format: format.to_owned(), sha256: self.sha256.clone() }
    }
}

/// An entry with what was found for it.
#[derive(Debug, Clone)]
pub struct EntryEvidence {
    /// The entry.
    pub entry: Entry,
    /// Its files in the order of their paths.
    pub files: Vec<ReportFile>,
    /// The folder that was searched, for the message when nothing was found.
    pub searched: String,
    /// The commands that make its reports, as far as they are configured or recorded.
    pub makers: Vec<Maker>,
}

/// Where a format's command writes.
fn usual(format: &Format) -> Option<&'static str> {
    format.command.split([' ', '=', ':', ';']).find(|word| word.starts_with("reports/"))
}

impl EntryEvidence {
    /// The kind of its evidence: what was read, else what the configuration tells.
    pub fn kind(&self) -> Option<Kind> {
        self.files
            .iter()
            .find_map(|f| f.report.as_ref().ok())
            .map(|r| r.format.kind)
            .or_else(|| self.entry.likely_kind())
    }

    /// The files as they are named in a judgement.
    pub fn sources(&self) -> Vec<Source> {
        self.files.iter().map(ReportFile::source).collect()
    }

    /// The first reason why the entry is no evidence of these kinds: nothing matched, a file that could
    /// not be read, a shard too few, the same shard twice, another kind, a stale report.
    pub fn doubt(&self, kinds: &[Kind]) -> Option<Doubt> {
        self.missing()
            .or_else(|| self.unreadable())
            .or_else(|| self.shards())
            .or_else(|| self.other_kind(kinds))
            .or_else(|| self.files.iter().find_map(|f| f.stale.clone()))
    }

    fn missing(&self) -> Option<Doubt> {
        if !self.files.is_empty() {
            return None;
        }
        let patterns = self.entry.patterns.join(", ");
        let how = self.usual_command().map(|c| format!(", for example with `{c}`")).unwrap_or_default();
        Some(Doubt::new(
            Code::Missing.word(),
            format!("no file matches {patterns} in {}", self.searched),
            format!("make the report `{}`{how}", self.entry.name),
        ))
    }

    /// A command that makes such a report where the entry looks for it: of the declared format or the
    /// one that was read; else of the tool that the entry is named after, or of its likely kind, whose
    /// file ends like the entry's if there is one. A line for a shell.
    pub fn usual_command(&self) -> Option<String> {
        let read = || Some(self.files.iter().find_map(|file| file.report.as_ref().ok())?.format);
        if let Some(known) = self.entry.format.or_else(read) {
            return self.command_of(known).or_else(|| Some(known.command.to_owned()));
        }
        let kind = self.entry.likely_kind();
        let of_kind = readers::formats().filter(move |format| Some(format.kind) == kind);
        let likely: Vec<_> = self.entry.of_tool().chain(of_kind).collect();
        let ending = |path: &str| path.rsplit_once('.').map(|(_, end)| end.to_owned());
        let wanted = self.entry.patterns.first().and_then(|pattern| ending(pattern));
        let alike = likely.iter().find(|format| usual(format).is_some_and(|path| ending(path) == wanted));
        self.command_of(alike.or(likely.first())?)
    }

    /// The command of a format with the entry's own path in it.
    fn command_of(&self, format: &Format) -> Option<String> {
        let wanted = self.entry.patterns.first()?.replace("**/", "").replace('*', "");
        let usual = usual(format)?;
        // What would have to be quoted stays as it is usual: the command may have quotes of its own.
        let wanted = if shell::word(&wanted)? == wanted { wanted.as_str() } else { usual };
        Some(format.command.replacen(usual, wanted, 1))
    }

    /// What to do about an empty report of an entry that is named after a tool: how to make it again, or
    /// what to configure if one format of that tool, and no second one, is empty when all is well.
    fn silent(&self) -> Option<String> {
        let again = self.entry.of_tool().next()?;
        let mut silent = self.entry.of_tool().filter(|format| format.end == End::ExitStatus);
        let made = format!("make the report `{}` again", self.entry.name);
        let path = self.entry.patterns.first()?;
        Some(match (silent.next(), silent.next()) {
            (Some(format), None) => format!(
                "{made}; if {0} is what it is, say so: {1} = {{ path = \"{path}\", format = \"{0}\", \
                 exit-status = \"...\" }}",
                format.name, self.entry.name
            ),
            (None, _) if again.tools.contains(',') => return None,
            (None, _) => format!("{made}: `{}`", self.command_of(again)?),
            _ => return None,
        })
    }

    fn unreadable(&self) -> Option<Doubt> {
        let mut defects = self.files.iter().filter_map(|f| Some((f, f.report.as_ref().err()?)));
        let (file, first) = defects.next()?;
        let place = match first.line {
            Some(line) => format!("{}:{line}", file.path),
            None => file.path.clone(),
        };
        let own = (first.code == Code::Empty && self.entry.format.is_none()).then(|| self.silent()).flatten();
        let hint = own.or_else(|| first.hint.clone()).unwrap_or_else(|| "make the report again".to_owned());
        let mut doubt = Doubt::new(first.code.word(), format!("{place}: {}", first.message), hint);
        for (file, error) in defects {
            let place = crate::model::place::Place::file(&file.path);
            doubt.details.push(super::Detail::at(place, error.message.clone()));
        }
        Some(doubt)
    }

    fn shards(&self) -> Option<Doubt> {
        for (at, file) in self.files.iter().enumerate() {
            if let Some(twin) =
                self.files[..at].iter().find(|f| f.sha256 == file.sha256 && self.entry.shards.is_some())
            {
                return Some(Doubt::new(
                    "report/same-shard-twice",
                    format!("{} and {} are the same file twice", twin.path, file.path),
                    "give each shard its own report file; a lost shard may hide behind the copy",
                ));
            }
        }
        let (found, wanted) = (self.files.len(), self.entry.shards? as usize);
        (found != wanted).then(|| {
            Doubt::new(
                "report/shards",
                format!("{found} of {wanted} shards match {}", self.entry.patterns.join(", ")),
                format!(
                    "bring all {wanted} shards of `{}` together, or correct shards = {wanted}",
                    self.entry.name
                ),
            )
        })
    }

    fn other_kind(&self, kinds: &[Kind]) -> Option<Doubt> {
        self.files.iter().find_map(|file| {
            let found = file.report.as_ref().ok()?.format;
            (!kinds.contains(&found.kind)).then(|| {
                Doubt::new(
                    "report/other-kind",
                    format!(
                        "{} is a {} report ({}), not {}",
                        file.path,
                        found.kind.word(),
                        found.name,
                        kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ")
                    ),
                    format!("correct the pattern of `{}` in [reports]", self.entry.name),
                )
            })
        })
    }
}
