//! `lint`: no more findings of each severity than allowed.

use super::judgement::plural;
use super::spec::{self, text::Globs};
use super::{BOTH, Context, Criterion, Judgement, Kind, Past};
use crate::evidence::{Detail, Doubt, ReportFile, comparison, merge};
use crate::model::findings::{Finding, Findings, Severity};
use crate::readers::{self, Body};
use std::collections::BTreeMap;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "lint",
    summary: "no more findings of each severity than allowed",
    guide: "One scale: critical, error, warning, info. A linter that crashed, or a module that does not parse, proves \
            nothing, whatever else is in the list. Suppressed findings do not count, and are shown.",
    example: "[reports] pylint = { path = \"reports/pylint.json\", format = \"pylint-json2\" }",
    judged_on: BOTH,
    reports: &[readers::Kind::Findings],
    codes: &[
        ("lint/too-many", "more findings of a severity than max allows"),
        ("lint/nothing-analysed", "the linter says that it looked at nothing"),
        ("lint/tool-failed", "the linter could not do its work somewhere"),
    ],
    parse: |table| Ok(Box::new(spec::read::<Spec>(table, &spec::keys_of::<Spec>())?)),
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// Keys of a `lint` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Spec {
    /// Most findings of each severity; a severity that is not named is not limited.
    #[serde(default)]
    max: BTreeMap<Severity, u64>,
    /// Globs of files whose findings do not count.
    #[serde(default)]
    exclude: Globs,
    /// Only findings count that were not there at the baseline: known by tool, rule, file and message, so
    /// that one whose line moved is the same.
    #[serde(default)]
    new_only: bool,
    /// Severities of single rules, over the tool's own: { C901 = "info" }.
    #[serde(default)]
    rules: BTreeMap<String, Severity>,
}

impl Criterion for Spec {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        if context.reports.is_empty() {
            return Judgement::unconfigured(&KIND, context.id, "no lint report");
        }
        let files = match merge::files(context.reports, readers::Kind::Findings) {
            Ok(files) => files,
            Err(doubt) => return Judgement::unproven(doubt).expected(self.expected()),
        };
        let mut findings = self.counted(merge::findings(&files, &context.evidence.tree), context);
        let aside = match self.without_old(&mut findings, context) {
            Ok(aside) => aside,
            Err(doubt) => return Judgement::unproven(doubt).expected(self.expected()),
        };
        self.decide(&findings, &files)
            .expected(self.expected())
            .notices(aside)
            .notices(merge::notices(&files))
            .notices(suppressed(&findings))
            .evidence(files.iter().map(|f| f.source()).collect())
    }

    fn past(&self) -> Past {
        if self.new_only { Past::Expected } else { Past::Unneeded }
    }
}

impl Spec {
    /// With `new-only`, takes the findings out that were there at the baseline, and tells how many.
    fn without_old(&self, findings: &mut Findings, context: &Context<'_>) -> Result<Vec<Detail>, Doubt> {
        if !self.new_only {
            return Ok(Vec::new());
        }
        let evidence = context.evidence;
        let baseline = evidence.baseline.as_ref().map_err(Clone::clone)?.as_ref();
        let known = baseline.and_then(|past| Some((past, comparison::findings::base(past)?)));
        let Some((past, known)) = known else {
            let text = "new-only: no earlier run to compare with, so every finding counts as new";
            return Ok(vec![Detail::remark(text)]);
        };
        // What a tool could not look at is no finding, and never old.
        let (blocking, usual): (Vec<Finding>, Vec<Finding>) =
            std::mem::take(&mut findings.list).into_iter().partition(|f| f.blocking);
        let is_changed = |path: &str, line| match &evidence.changed_lines {
            Ok(Some(changes)) => changes.holds(path, line),
            _ => false,
        };
        let new: Vec<Finding> =
            comparison::findings::new_of(&usual, &known, &is_changed).into_iter().cloned().collect();
        let old = (usual.len() - new.len()) as u64;
        let all = comparison::findings::all(evidence);
        let fixed = all.map(|all| comparison::findings::fixed_since(&all.list, &known));
        let fixed = fixed.map(|n| format!(", {n} fixed since")).unwrap_or_default();
        findings.list = new.into_iter().chain(blocking).collect();
        findings.list.sort();
        let text = format!("new-only: {} of {} left out{fixed}", plural(old, "old finding"), past.label);
        Ok(vec![Detail::remark(text)])
    }

    fn expected(&self) -> String {
        let new = if self.new_only { "new " } else { "" };
        let limits: Vec<_> =
            self.max.iter().map(|(severity, most)| format!("{new}{severity} <= {most}")).collect();
        if limits.is_empty() { "reported".to_owned() } else { limits.join(", ") }
    }

    /// The findings that count: in scope, not excluded, with the rules' own severities.
    /// A finding without a place, and one of a tool that could not do its work, always counts.
    fn counted(&self, mut findings: Findings, context: &Context<'_>) -> Findings {
        findings.list.retain(|finding| match &finding.place {
            Some(place) if !finding.blocking => {
                let known = context.evidence.tree.has(&place.path);
                !self.exclude.matches(&place.path) && (!known || context.in_scope(&place.path))
            }
            _ => true,
        });
        for finding in &mut findings.list {
            if let Some(severity) = finding.rule.as_ref().and_then(|rule| self.rules.get(rule)) {
                finding.severity = *severity;
            }
        }
        findings.list.sort();
        findings
    }

    fn decide(&self, findings: &Findings, files: &[&ReportFile]) -> Judgement {
        let (blocking, usual): (Vec<&Finding>, Vec<&Finding>) =
            findings.list.iter().partition(|f| f.blocking);
        let count = |severity| usual.iter().filter(|f| f.severity == severity).count() as u64;
        let shown = show(&Severity::ALL.map(|s| (s, count(s))));
        let over: Vec<_> = self.max.iter().filter(|(severity, most)| count(**severity) > **most).collect();
        if !over.is_empty() {
            let is_over = |f: &&&Finding| over.iter().any(|(severity, _)| **severity == f.severity);
            let details: Vec<_> = usual.iter().filter(is_over).map(|f| detail(f)).collect();
            let next = format!("mend {}", plural(details.len() as u64, "finding"));
            return Judgement::failed("lint/too-many", shown, next).details(details);
        }
        if !blocking.is_empty() {
            let mut doubt = Doubt::new(
                "lint/tool-failed",
                format!("a linter could not do its work: {}", blocking[0].message),
                "make the code parse, and run the linter again",
            );
            doubt.details = blocking.iter().map(|f| detail(f)).collect();
            return Judgement::unproven(doubt);
        }
        // Of each report: another linter's modules are no proof that this one looked at any.
        if let Some(file) = files.iter().find(|file| looked_at_nothing(file)) {
            let next = format!("give the linter of {} something to look at", file.path);
            return Judgement::failed("lint/nothing-analysed", "no data (0 modules)", next);
        }
        let tools: Vec<_> = files.iter().filter_map(|f| Some(f.report.as_ref().ok()?.format.name)).collect();
        Judgement::passed("lint", shown).figure("linters", tools.join(", "))
    }
}

fn looked_at_nothing(file: &ReportFile) -> bool {
    let body = file.report.as_ref().map(|report| &report.body);
    matches!(body, Ok(Body::Findings(findings)) if findings.analysed == Some(0))
}

/// `0 critical, 0 errors, 12 warnings`; infos only if there are any.
fn show(counts: &[(Severity, u64); 4]) -> String {
    let shown = counts.iter().filter(|(severity, n)| *severity != Severity::Info || *n > 0);
    let word = |severity: Severity, n| match severity {
        Severity::Critical | Severity::Info => severity.word().to_owned(),
        _ if n == 1 => severity.word().to_owned(),
        _ => format!("{severity}s"),
    };
    shown.map(|(severity, n)| format!("{n} {}", word(*severity, *n))).collect::<Vec<_>>().join(", ")
}

/// A finding as a person reads it.
pub(super) fn detail(finding: &Finding) -> Detail {
    let rule = finding.rule.as_ref().map(|rule| format!(" {rule}")).unwrap_or_default();
    let message = format!("{}{rule}: {} [{}]", finding.severity, finding.message, finding.tool);
    Detail { place: finding.place.clone(), message }
}

fn suppressed(findings: &Findings) -> Vec<Detail> {
    match findings.suppressed {
        0 => Vec::new(),
        n => vec![Detail::remark(format!("{} suppressed in the code", plural(n, "finding")))],
    }
}
