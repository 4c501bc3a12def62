//! `regression`: a criterion of gate 2 that this version cannot judge yet.
//!
//! It is in the table so that it is never silently absent: on a milestone it is unproven until it is
//! disabled by name with a reason.

use super::spec;
use super::{BOTH, Context, Criterion, Judgement, Kind};

/// The row of `regression`.
pub(super) static REGRESSION: Kind = Kind {
    name: "regression",
    summary: "nothing that worked before is worse now (this version cannot judge it)",
    guide: "This version keeps no history to compare with. Until one does, say so on a milestone: \
            disable = { regression = \"reason\" } under [gates.integration-verified].",
    example: "[gates.{gate}.{name}] enabled = false, reason = \"no baseline yet\"",
    judged_on: BOTH,
    reports: &[],
    codes: &[],
    parse: |table| parse(&REGRESSION, table),
    schema: <NoKeys as schemars::JsonSchema>::json_schema,
};

/// No keys of its own.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct NoKeys {}

#[derive(Debug)]
struct Planned(&'static Kind);

fn parse(kind: &'static Kind, table: toml::Table) -> Result<Box<dyn Criterion>, Vec<spec::Problem>> {
    let NoKeys {} = spec::read(table, &[])?;
    Ok(Box::new(Planned(kind)))
}

impl Criterion for Planned {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        Judgement::unconfigured(self.0, context.id, "this version of milegate cannot judge it")
    }
}
