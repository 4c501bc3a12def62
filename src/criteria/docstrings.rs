//! `docstrings`: enough of the code bears a docstring.

use super::spec::{self, text::Text};
use super::{BOTH, Context, Criterion, Judgement, Kind};
use crate::evidence::{Detail, Doubt, ReportFile, merge};
use crate::model::decimal::Decimal;
use crate::model::docstrings::Docstrings;
use crate::model::place::Place;
use crate::model::ratio::{Ratio, Threshold};
use crate::readers;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "docstrings",
    summary: "enough modules, classes and functions bear a docstring",
    guide: "Judged from the counts of a docstring-coverage report (interrogate -v). A report that shows only a rounded \
            percentage decides where rounding cannot matter, and is unproven at the edge, and at 100 %, which the tool prints for no code at all too.",
    example: "[reports] interrogate = \"reports/interrogate.txt\"",
    judged_on: BOTH,
    reports: &[readers::Kind::Docstrings],
    codes: &[
        ("docstrings/below-target", "too little of the code is documented"),
        ("docstrings/no-data", "nothing was counted"),
        ("docstrings/rounded", "the report shows only a rounded percentage, which does not decide"),
        ("docstrings/no-files", "the report does not show files, but the milestone has paths of its own"),
    ],
    parse: |table| Ok(Box::new(spec::read::<Spec>(table, &spec::keys_of::<Spec>())?)),
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// Keys of a `docstrings` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Spec {
    /// Share of documented code, for example ">= 90%".
    minimum: Text<Threshold>,
}

impl Criterion for Spec {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        let expected = format!("documented {}", self.minimum.0);
        if context.reports.is_empty() {
            return Judgement::unconfigured(&KIND, context.id, "no docstring report");
        }
        let files = match merge::files(context.reports, readers::Kind::Docstrings) {
            Ok(files) => files,
            Err(doubt) => return Judgement::unproven(doubt).expected(expected),
        };
        let reports = merge::docstrings(&files);
        let judgement = match self.counted(&reports, context) {
            Ok((ratio, worst)) => self.by_counts(ratio, worst),
            Err(Some(doubt)) => Judgement::unproven(doubt),
            Err(None) => self.by_percentage(&reports),
        };
        judgement
            .expected(expected)
            .notices(merge::notices(&files))
            .evidence(files.iter().map(|f| f.source()).collect())
    }
}

type Reports<'a> = [(&'a ReportFile, &'a Docstrings)];

impl Spec {
    /// Counts in scope with the worst files; `Err(None)` if the report shows only its percentage.
    fn counted(
        &self,
        reports: &Reports<'_>,
        context: &Context<'_>,
    ) -> Result<(Ratio, Vec<Detail>), Option<Doubt>> {
        let mut ratio = Ratio::default();
        let mut rows: Vec<(String, Ratio)> = Vec::new();
        for (file, docstrings) in reports {
            let total = docstrings.total.ok_or(None)?;
            let placed = docstrings.files.iter().map(|(path, r)| {
                let place = context.evidence.tree.place(path, &file.path, &[]);
                (place.unwrap_or_else(|| path.clone()), *r)
            });
            let in_scope: Vec<_> = placed.filter(|(path, _)| context.in_scope(path)).collect();
            if context.scope.is_none() {
                ratio += total;
            } else if docstrings.files.is_empty() {
                return Err(Some(Doubt::new(
                    "docstrings/no-files",
                    format!("{} shows no files, and the milestone has paths of its own", file.path),
                    "make the report with `interrogate -v`",
                )));
            } else {
                ratio += in_scope.iter().map(|(_, r)| *r).sum::<Ratio>();
            }
            rows.extend(in_scope);
        }
        rows.retain(|(_, r)| r.missing() > 0);
        rows.sort_by(|a, b| b.1.missing().cmp(&a.1.missing()).then(a.0.cmp(&b.0)));
        let worst = rows.into_iter().map(|(path, r)| {
            Detail::at(Place::file(path), format!("{} of {} documented", r.covered, r.total))
        });
        Ok((ratio, worst.collect()))
    }

    fn by_counts(&self, ratio: Ratio, worst: Vec<Detail>) -> Judgement {
        if ratio.is_empty() {
            let next = "let the tool look at the code that is to be documented";
            return Judgement::failed("docstrings/no-data", "no data (0 of 0)", next);
        }
        let measured = format!("{} ({} of {})", ratio.percent(), ratio.covered, ratio.total);
        if self.minimum.0.holds(ratio) {
            return Judgement::passed("docstrings", measured);
        }
        let next = format!("document {} more", self.minimum.0.short_by(ratio));
        Judgement::failed("docstrings/below-target", measured, next).details(worst)
    }

    /// The tool rounds to one decimal: the truth is within half of its last digit.
    fn by_percentage(&self, reports: &Reports<'_>) -> Judgement {
        let Some(printed) = reports.iter().filter_map(|(_, d)| d.printed).min() else {
            let next = "let the tool look at the code that is to be documented";
            return Judgement::failed("docstrings/no-data", "no data", next);
        };
        let holds = |offset: i128| {
            let (n, d) = printed.parts();
            let scaled = (n * 100) as i128 + offset * d as i128;
            let clamped = u128::try_from(scaled).unwrap_or(0);
            self.minimum.0.comparison.holds(self.minimum.0.percent.cmp_fraction(clamped, d * 100).reverse())
        };
        let measured = format!("{printed}% as printed");
        // interrogate prints 100 % where there is nothing to document at all.
        if printed == Decimal::whole(100) {
            return Judgement::unproven(Doubt::new(
                "docstrings/rounded",
                "the report shows only 100%, which the tool prints for 0 of 0 too",
                "make the report with `interrogate -v`, which shows counts",
            ));
        }
        match (holds(-5), holds(5)) {
            (true, true) => Judgement::passed("docstrings", measured),
            (false, false) => {
                Judgement::failed("docstrings/below-target", measured, "document more of the code")
            }
            _ => Judgement::unproven(Doubt::new(
                "docstrings/rounded",
                format!("the report shows only {printed}%, rounded"),
                "make the report with `interrogate -v`, which shows counts",
            )),
        }
    }
}
