//! `regression`: nothing that worked before is worse now. Tests, coverage, findings and benchmarks
//! are compared with an earlier run of the repository's own history; each is a [`part::Part`].

mod benchmarks;
mod coverage;
mod findings;
mod part;
mod ratchet;
mod tests;
mod weight;

use super::spec::{self, text::Globs};
use super::{BOTH, Context, Criterion, Judgement, Kind, Parsed, Past};
use crate::evidence::comparison::benchmarks::Rules;
use crate::evidence::{Baseline, Doubt, snapshot};
use crate::model::snapshot::Snapshot;
use part::{Case, Part, Standing};
use weight::Quarantined;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "regression",
    summary: "nothing that worked before is worse now",
    guide: "Compared with the run of the merge base (on main: of the last milestone) in the repository's own history. \
            A test that passed and now fails, fails; one that is skipped or gone is a warning on a change and fails \
            on a milestone. Coverage must not drop, neither as a whole nor in a file; no finding may be new; \
            benchmarks must not be slower than their own noise allows.",
    example: "run `milegate baseline record --init` on the main branch, after its tests",
    judged_on: BOTH,
    reports: &[],
    codes: &[
        ("regression/tests", "tests that passed before fail, are gone or are skipped"),
        ("regression/coverage", "coverage is lower than before"),
        ("regression/findings", "there are findings that were not there before"),
        ("regression/benchmarks", "a benchmark is worse than before by more than its noise"),
        ("regression/ratchet", "a figure of the ratchet file is worse, was lowered, or was not measured"),
        ("regression/no-evidence", "the earlier run had evidence of a kind that this one lacks"),
        ("regression/suspect", "a benchmark looks worse, and a re-run has to tell"),
        ("regression/undecided", "there is too little history to tell"),
    ],
    parse,
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

fn parse(table: toml::Table) -> Parsed {
    let known = [
        spec::keys_of::<Spec>(),
        spec::keys_of::<tests::TestKeys>(),
        spec::keys_of::<coverage::CoverageKeys>(),
        spec::keys_of::<findings::FindingKeys>(),
        spec::keys_of::<benchmarks::Keys>(),
    ];
    let configured = !table.is_empty();
    let spec: Spec = spec::read(table, &known.concat())?;
    Ok(Box::new(Spec { configured, ..spec }))
}

/// Keys of a `regression` criterion.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Spec {
    /// What is compared; everything unless said otherwise.
    #[serde(default = "Compared::all")]
    compare: Vec<Compared>,
    /// What may become of tests.
    #[serde(default)]
    tests: tests::TestKeys,
    /// How far coverage may fall.
    #[serde(default)]
    coverage: coverage::CoverageKeys,
    /// How many findings may be new.
    #[serde(default)]
    findings: findings::FindingKeys,
    /// Benchmarks.
    #[serde(default)]
    benchmarks: benchmarks::Keys,
    /// Tests whose regression is known, each with an owner and a last day: a warning until then.
    #[serde(default)]
    quarantine: Vec<Quarantined>,
    /// Globs of files whose coverage and findings are not compared.
    #[serde(default)]
    exclude: Globs,
    /// What too little history to tell means: "warn" or "unproven".
    #[serde(default)]
    too_little_history: TooLittle,
    /// Somebody configured it: then it has to have something to compare with.
    #[serde(skip)]
    configured: bool,
}

/// A kind of evidence that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Compared {
    /// Tests.
    Tests,
    /// Coverage.
    Coverage,
    /// Findings of linters.
    Findings,
    /// Benchmarks.
    Benchmarks,
}

impl Compared {
    fn all() -> Vec<Self> {
        vec![Self::Tests, Self::Coverage, Self::Findings, Self::Benchmarks]
    }
}

/// What it means that there is too little history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum TooLittle {
    /// It is said, and does not decide.
    #[default]
    Warn,
    /// Nothing is proven.
    Unproven,
}

impl Criterion for Spec {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        match &context.evidence.baseline {
            Err(doubt) => Judgement::unproven(doubt.clone()),
            Ok(None) if matches!(context.evidence.ratchet, Ok(None)) => match self.is_paired() {
                true => self.compare(&Snapshot::default(), &Baseline::default(), context),
                false => self.no_history(context),
            },
            Ok(None) => match snapshot::of(context.evidence, "", "", 0, &context.evidence.machine) {
                Ok(now) if self.is_paired() => self.compare(&now, &Baseline::default(), context),
                Ok(now) => {
                    let part = ratchet::judge(context.evidence, &now);
                    conclude(part.as_slice()).expected("no worse than milegate.ratchet.toml")
                }
                Err(doubt) => Judgement::unproven(doubt),
            },
            // The run's name and time decide nothing.
            Ok(Some(baseline)) => {
                match snapshot::of(context.evidence, "", "", 0, &context.evidence.machine) {
                    Ok(now) => self.compare(&now, baseline, context),
                    Err(doubt) => Judgement::unproven(doubt).expected(expected(baseline)),
                }
            }
        }
    }

    fn past(&self) -> Past {
        match self.configured {
            true if self.is_paired() => Past::Unneeded,
            true => Past::Expected,
            false => Past::IfStarted,
        }
    }

    fn benchmark_rules(&self) -> Option<Rules> {
        Some(self.benchmarks.rules())
    }

    fn apart(&self) -> Vec<String> {
        self.benchmarks.apart()
    }
}

impl Spec {
    /// Nothing is compared but two builds of one job, for which no history is needed.
    fn is_paired(&self) -> bool {
        self.compare == [Compared::Benchmarks] && self.benchmarks.is_paired()
    }

    fn no_history(&self, context: &Context<'_>) -> Judgement {
        let mut judgement = Judgement::unconfigured(&KIND, context.id, "no history was ever recorded");
        judgement.unconfigured = !self.configured;
        judgement.next_step = KIND.example.to_owned();
        judgement
    }

    fn compare(&self, now: &Snapshot, baseline: &Baseline, context: &Context<'_>) -> Judgement {
        let undecided = match self.too_little_history {
            TooLittle::Warn => Standing::Warned,
            TooLittle::Unproven => Standing::Unproven,
        };
        let case = Case { now, baseline, context, undecided };
        let parts = self.compare.iter().filter_map(|compared| match compared {
            Compared::Tests => tests::judge(&self.tests, &self.quarantine, &case),
            Compared::Coverage => coverage::judge(&self.coverage, &self.exclude, &case),
            Compared::Findings => findings::judge(&self.findings, &self.exclude, &case),
            Compared::Benchmarks => benchmarks::judge(&self.benchmarks, &case),
        });
        let parts = parts.chain(ratchet::judge(context.evidence, now));
        conclude(&parts.collect::<Vec<_>>())
            .expected(expected(baseline))
            .notices(weight::expired(&self.quarantine, context.evidence.today))
    }
}

fn expected(baseline: &Baseline) -> String {
    if baseline.label.is_empty() {
        return "no worse than the other build of the job".to_owned();
    }
    format!("no worse than {}", baseline.label)
}

/// The worst part decides; the others are shown beside it.
fn conclude(parts: &[Part]) -> Judgement {
    let measured = parts.iter().map(|p| format!("{} {}", p.name, p.measured)).collect::<Vec<_>>().join("; ");
    let notices = parts.iter().flat_map(|p| p.notices.clone()).collect();
    let of = |standing| parts.iter().filter(move |p| p.standing == standing);
    let Some(worst) = parts.iter().map(|p| p.standing).max() else {
        return Judgement::unproven(Doubt::new(
            "regression/no-evidence",
            "neither run holds anything that could be compared",
            "hand in reports, and record a run on the main branch with `milegate baseline record`",
        ));
    };
    let details = || of(worst).flat_map(|p| p.details.clone()).collect();
    let next = of(worst).map(|p| p.next_step.as_str()).find(|n| !n.is_empty()).unwrap_or_default();
    let code = of(worst).map(|p| p.code).next().unwrap_or_default();
    let judgement = match worst {
        Standing::Failed => Judgement::failed(code, measured, next).details(details()),
        Standing::Unproven => {
            let mut doubt = Doubt::new(code, measured, next);
            doubt.details = details();
            Judgement::unproven(doubt)
        }
        Standing::Warned | Standing::Passed => Judgement::passed(KIND.name, measured),
    };
    judgement.notices(notices)
}
