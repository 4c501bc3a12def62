//! `coverage`: enough lines, branches, functions and changed lines were executed.

mod changed;

use super::spec::{self, text::Globs, text::Text};
use super::{BOTH, Context, Criterion, Judgement, Kind, Past};
use crate::evidence::comparison::{self, coverage::runs};
use crate::evidence::merge::{self, PlacedCoverage};
use crate::evidence::{Detail, Doubt};
use crate::model::coverage::{Coverage, FileCoverage};
use crate::model::place::Place;
use crate::model::ratio::{Ratio, Threshold};
use crate::readers;
use changed::Changed;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "coverage",
    summary: "enough lines, branches, functions and changed lines were executed",
    guide: "The unit is the distinct (file, line) of the repository, recounted from the report's body. Each metric \
            is named and judged by itself, in integers: 89.996 % is not 90 %. 0 of 0 is no data and fails. \
            changed-lines looks at the diff from the merge base and at the work tree.",
    example: "[reports] coverage = \"reports/coverage.xml\"",
    judged_on: BOTH,
    reports: &[readers::Kind::Coverage],
    codes: &[
        ("coverage/below-target", "a metric is below its threshold"),
        ("coverage/no-data", "nothing was measured where something has to be"),
        ("coverage/not-measured", "the reports do not hold a metric that is required"),
        ("coverage/unplaced", "too many files of the report are not in the repository"),
        ("coverage/no-lines", "a report tells totals of a changed file, and not which lines they are"),
        ("coverage/no-base", "the base of the changed lines cannot be had"),
    ],
    parse: |table| Ok(Box::new(spec::read::<Spec>(table, &spec::keys_of::<Spec>())?)),
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// Keys of a `coverage` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Spec {
    /// Executed lines, for example ">= 90%".
    lines: Option<Text<Threshold>>,
    /// Taken branches.
    branches: Option<Text<Threshold>>,
    /// Called functions.
    functions: Option<Text<Threshold>>,
    /// Executed statements (Go, Istanbul).
    statements: Option<Text<Threshold>>,
    /// Executed lines among those that changed since the base.
    changed_lines: Option<Text<Threshold>>,
    /// Below this many changed executable lines, changed-lines is not applicable.
    #[serde(default)]
    min_changed_lines: u64,
    /// Globs of files that a program wrote, whose lines are no changed lines; those that the base's
    /// .gitattributes call linguist-generated need not be named.
    #[serde(default)]
    generated: Globs,
    /// Globs of files that are not looked at.
    #[serde(default)]
    exclude: Globs,
    /// Parts of the repository with thresholds of their own.
    #[serde(default)]
    components: Vec<Component>,
    /// Share of the report's files that has to be found in the repository.
    #[serde(default = "mostly")]
    placed: Text<Threshold>,
}

/// A part of the repository with thresholds of its own.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Component {
    /// Its name in messages; else its first glob.
    name: Option<String>,
    /// Globs of its files.
    paths: Globs,
    /// Executed lines.
    lines: Option<Text<Threshold>>,
    /// Taken branches.
    branches: Option<Text<Threshold>>,
    /// Called functions.
    functions: Option<Text<Threshold>>,
    /// Executed statements (Go, Istanbul).
    statements: Option<Text<Threshold>>,
}

fn mostly() -> Text<Threshold> {
    Text(Threshold::at_least(90))
}

/// One metric against one threshold.
struct Check {
    label: String,
    /// `None`: the reports do not hold the metric.
    ratio: Option<Ratio>,
    threshold: Threshold,
}

impl Check {
    fn holds(&self) -> bool {
        self.ratio.is_some_and(|ratio| self.threshold.holds(ratio))
    }

    fn measured(&self) -> String {
        match self.ratio {
            Some(ratio) => {
                format!("{} {} ({} of {})", self.label, ratio.percent(), ratio.covered, ratio.total)
            }
            None => format!("{} not measured", self.label),
        }
    }
}

impl Criterion for Spec {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        if context.reports.is_empty() {
            return Judgement::unconfigured(&KIND, context.id, "no coverage report");
        }
        if self.expected().is_empty() {
            return Judgement::unconfigured(&KIND, context.id, "no threshold");
        }
        let files = match merge::files(context.reports, readers::Kind::Coverage) {
            Ok(files) => files,
            Err(doubt) => return Judgement::unproven(doubt).expected(self.expected()),
        };
        let placed = merge::coverage(&files, &context.evidence.tree);
        let judgement = match self.unplaced(&placed) {
            Some(doubt) => Judgement::unproven(doubt),
            None => self.decide(&placed.coverage, context),
        };
        let looked_at = self.looked_at(&placed.coverage, context);
        judgement
            .expected(self.expected())
            .notices(merge::notices(&files))
            .notices(unplaced_notice(&placed))
            .evidence(files.iter().map(|f| f.source()).collect())
            .figure("lines", looked_at.lines().percent())
    }

    fn past(&self) -> Past {
        // It tells whether what was moved here was executed before.
        if self.changed_lines.is_some() { Past::IfStarted } else { Past::Unneeded }
    }
}

impl Spec {
    fn expected(&self) -> String {
        let own = [
            ("lines", &self.lines),
            ("branches", &self.branches),
            ("functions", &self.functions),
            ("statements", &self.statements),
            ("changed lines", &self.changed_lines),
        ];
        let mut all: Vec<_> =
            own.iter().filter_map(|(label, t)| t.as_ref().map(|t| format!("{label} {}", t.0))).collect();
        for component in &self.components {
            all.extend(component.metrics().filter_map(|(label, t)| Some(format!("{label} {}", t?.0))));
        }
        all.join(", ")
    }

    fn unplaced(&self, placed: &PlacedCoverage) -> Option<Doubt> {
        if placed.placed.is_empty() || self.placed.0.holds(placed.placed) {
            return None;
        }
        let mut doubt = Doubt::new(
            "coverage/unplaced",
            format!(
                "{} of {} files of the report are in the repository, required {}",
                placed.placed.covered, placed.placed.total, self.placed.0
            ),
            "run the tool in the repository, or let it write paths relative to the repository",
        );
        doubt.details = placed
            .unplaced
            .iter()
            .map(|p| Detail::at(Place::file(p), "not found in the repository"))
            .collect();
        Some(doubt)
    }

    /// The files that count: in scope, not excluded.
    fn looked_at(&self, coverage: &Coverage, context: &Context<'_>) -> Coverage {
        let counts = |path: &str| context.in_scope(path) && !self.exclude.matches(path);
        restricted(coverage, counts)
    }

    fn decide(&self, coverage: &Coverage, context: &Context<'_>) -> Judgement {
        let coverage = self.looked_at(coverage, context);
        let mut checks =
            metrics("", &coverage, [&self.lines, &self.branches, &self.functions, &self.statements]);
        for component in &self.components {
            checks.extend(component.checks(&coverage));
        }
        let mut changed = Vec::new();
        let mut notices = Vec::new();
        match self.changed(&coverage, context) {
            Changed::NotRequired => {}
            Changed::Doubtful(doubt) if checks.iter().all(Check::holds) => return Judgement::unproven(doubt),
            Changed::Doubtful(doubt) => notices.push(Detail::remark(doubt.message)),
            Changed::NotApplicable(why, aside) if checks.is_empty() => {
                return Judgement::not_applicable("coverage", why).notices(aside);
            }
            Changed::NotApplicable(why, aside) => {
                notices.push(Detail::remark(why));
                notices.extend(aside);
            }
            Changed::Measured { check, missed, aside } => {
                checks.push(check);
                changed = missed;
                notices.extend(aside);
            }
        }
        if self.changed_lines.is_some() {
            notices.extend(self.unmeasured(&coverage, context));
        }
        conclude(&checks, &coverage, changed).notices(notices)
    }
}

impl Component {
    fn label(&self) -> &str {
        self.name
            .as_deref()
            .or_else(|| self.paths.patterns.first().map(String::as_str))
            .unwrap_or("component")
    }

    fn metrics(&self) -> impl Iterator<Item = (String, Option<&Text<Threshold>>)> {
        let all = [
            ("lines", &self.lines),
            ("branches", &self.branches),
            ("functions", &self.functions),
            ("statements", &self.statements),
        ];
        all.into_iter().map(|(metric, t)| (format!("{} {metric}", self.label()), t.as_ref()))
    }

    fn checks(&self, coverage: &Coverage) -> Vec<Check> {
        let part = restricted(coverage, |path| self.paths.matches(path));
        let thresholds = [&self.lines, &self.branches, &self.functions, &self.statements];
        metrics(&format!("{} ", self.label()), &part, thresholds)
    }
}

fn metrics(prefix: &str, coverage: &Coverage, thresholds: [&Option<Text<Threshold>>; 4]) -> Vec<Check> {
    let ratios = [
        ("lines", Some(coverage.lines())),
        ("branches", coverage.branches()),
        ("functions", coverage.functions()),
        ("statements", coverage.statements()),
    ];
    let pairs = ratios.into_iter().zip(thresholds);
    pairs
        .filter_map(|((label, ratio), threshold)| {
            let threshold = threshold.as_ref()?.0;
            Some(Check { label: format!("{prefix}{label}"), ratio, threshold })
        })
        .collect()
}

fn restricted(coverage: &Coverage, counts: impl Fn(&str) -> bool) -> Coverage {
    let files = coverage.files.iter().filter(|(path, _)| counts(path));
    Coverage {
        files: files.map(|(path, file)| (path.clone(), file.clone())).collect(),
        ..coverage.without_files()
    }
}

/// Kleene's AND over the metrics, with the worst files of what failed.
fn conclude(checks: &[Check], coverage: &Coverage, changed: Vec<Detail>) -> Judgement {
    let measured = checks.iter().map(Check::measured).collect::<Vec<_>>().join(", ");
    let below = checks.iter().find(|c| c.ratio.is_some() && !c.holds());
    if let Some(check) = below {
        let ratio = check.ratio.unwrap_or_default();
        if ratio.is_empty() {
            return Judgement::failed(
                "coverage/no-data",
                measured,
                "let the tool measure the code that is to be covered",
            )
            .message(format!("{}: no data (0 of 0)", check.label));
        }
        let next = format!("cover {}", more(check.threshold.short_by(ratio), &check.label));
        let details = if changed.is_empty() { worst_files(coverage) } else { changed };
        return Judgement::failed("coverage/below-target", measured, next).details(details);
    }
    if let Some(check) = checks.iter().find(|c| c.ratio.is_none()) {
        return Judgement::unproven(Doubt::new(
            "coverage/not-measured",
            format!("the reports hold no {}", check.label),
            "switch the metric on in the coverage tool (coverage.py: branch = true), or take its threshold out",
        ));
    }
    Judgement::passed("coverage", measured)
}

/// `1 more line`, `2 more branches`.
fn more(n: u64, label: &str) -> String {
    let metrics =
        [("branches", "branch"), ("functions", "function"), ("statements", "statement"), ("lines", "line")];
    let (many, one) =
        metrics.into_iter().find(|(many, _)| label.ends_with(many)).unwrap_or(("lines", "line"));
    format!("{n} more {}", if n == 1 { one } else { many })
}

/// The files with most uncovered lines, each with the lines.
fn worst_files(coverage: &Coverage) -> Vec<Detail> {
    let mut files: Vec<(&String, &FileCoverage, u64)> =
        coverage.files.iter().map(|(path, file)| (path, file, file.line_ratio().missing())).collect();
    files.retain(|f| f.2 > 0);
    files.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(b.0)));
    files.iter().map(|(path, file, _)| uncovered(path, file)).collect()
}

fn uncovered(path: &str, file: &FileCoverage) -> Detail {
    const SHOWN: usize = 12;
    let percent = file.line_ratio().percent();
    if file.is_without_lines() {
        return Detail::at(Place::file(path), format!("{percent}, the report does not say which lines"));
    }
    let missed: Vec<_> = runs(file.lines.iter().filter(|l| !l.1).map(|l| l.0)).collect();
    let mut shown: Vec<_> =
        missed.iter().take(SHOWN).map(|(a, b)| comparison::coverage::show_run(*a, *b)).collect();
    if missed.len() > SHOWN {
        shown.push("...".to_owned());
    }
    let place = Place { path: path.to_owned(), line: missed.first().map(|r| r.0), column: None };
    let noun = if file.lines.ratio().missing() == 1 { "line" } else { "lines" };
    Detail::at(place, format!("{percent}, uncovered {noun} {}", shown.join(", ")))
}

fn show_run(first: u32, last: u32) -> String {
    if first == last { format!("line {first}") } else { format!("lines {first}-{last}") }
}

fn unplaced_notice(placed: &PlacedCoverage) -> Vec<Detail> {
    const SHOWN: usize = 5;
    if placed.unplaced.is_empty() {
        return Vec::new();
    }
    let names: Vec<_> = placed.unplaced.iter().take(SHOWN).cloned().collect();
    let more = if placed.unplaced.len() > SHOWN { ", ..." } else { "" };
    vec![Detail::remark(format!(
        "{} of {} files of the report are not in the repository and do not count: {}{more}",
        placed.unplaced.len(),
        placed.placed.total,
        names.join(", ")
    ))]
}
