//! The findings of `regression`: none that were not there before.

use super::part::{Case, Part, Standing};
use crate::criteria::judgement::plural;
use crate::criteria::lint;
use crate::criteria::spec::text::Globs;
use crate::evidence::comparison::{FindingComparison, findings};
use crate::evidence::{Detail, snapshot};
use crate::model::findings::Severity;
use crate::model::snapshot::Fingerprint;
use std::collections::BTreeMap;

const NAME: &str = "findings";
const CODE: &str = "regression/findings";

/// How many findings may be new.
#[derive(Debug, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) struct FindingKeys {
    /// Most new findings of each severity; none of critical, error and warning unless said otherwise, and
    /// infos are not limited.
    new: Option<BTreeMap<Severity, u64>>,
}

impl FindingKeys {
    fn most(&self, severity: Severity) -> Option<u64> {
        match &self.new {
            Some(new) => new.get(&severity).copied(),
            None => (severity != Severity::Info).then_some(0),
        }
    }
}

/// Judges the findings; `None` if neither run has any.
pub(super) fn judge(keys: &FindingKeys, exclude: &Globs, case: &Case<'_>) -> Option<Part> {
    let context = case.context;
    let counts =
        |path: &str| !exclude.matches(path) && (!context.evidence.tree.has(path) || context.in_scope(path));
    let Some(comparison) = findings::compare(case.now, case.baseline, counts) else {
        return case.one_sided(NAME, case.baseline.base.findings.is_some(), case.now.findings.is_some());
    };
    let list = findings::all(context.evidence).unwrap_or_default();
    let mut part = Part::passed(NAME, comparison.summary());
    part.code = CODE;
    let is_accepted = |print: &Fingerprint| case.accepted(&[&print.rule, &print.path]).is_some();
    let (accepted, open): (Vec<_>, Vec<_>) =
        comparison.new.iter().cloned().partition(|(print, _)| is_accepted(print));
    let accepted: u64 = accepted.iter().map(|(_, mark)| mark.count).sum();
    let counted = FindingComparison { new: open, ..FindingComparison::default() }.new_by_severity();
    let is_over = |severity: Severity| keys.most(severity).is_some_and(|most| counted[&severity] > most);
    let known = findings::base(case.baseline).unwrap_or_default();
    let is_changed = |path: &str, line| match &context.evidence.changed_lines {
        Ok(Some(changes)) => changes.holds(path, line),
        _ => false,
    };
    for finding in findings::new_of(&list.list, &known, &is_changed) {
        let path = finding.place.as_ref().map(|place| place.path.as_str()).unwrap_or_default();
        if counts(path) && is_over(finding.severity) && !is_accepted(&snapshot::fingerprint(finding)) {
            part.details.push(lint::detail(finding));
        }
    }
    if Severity::ALL.into_iter().any(is_over) {
        part.standing = Standing::Failed;
        part.next_step = format!("mend {}", plural(part.details.len() as u64, "new finding"));
    }
    if accepted > 0 {
        let text = format!("{} accepted with `milegate baseline accept`", plural(accepted, "new finding"));
        part.notices.push(Detail::remark(text));
    }
    if list.suppressed > 0 && comparison.fixed_count() > 0 {
        let text = format!(
            "{} suppressed in the code: one that was suppressed counts as fixed",
            plural(list.suppressed, "finding")
        );
        part.notices.push(Detail::remark(text));
    }
    Some(part)
}
