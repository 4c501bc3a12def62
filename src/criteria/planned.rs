//! `regression` and `monitoring`: criteria of gate 2 that this version cannot judge yet.
//!
//! They are in the table so that they are never silently absent: on a milestone they are unproven
//! until they are disabled by name with a reason.

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
    reports: None,
    codes: &[],
    parse: |table| parse(&REGRESSION, table),
    schema: <NoKeys as schemars::JsonSchema>::json_schema,
};

/// The row of `monitoring`.
pub(super) static MONITORING: Kind = Kind {
    name: "monitoring",
    summary: "metrics and health checks of a running system are good (this version cannot judge it)",
    guide: "This version reads neither Prometheus text nor health JSON. Until one does, say so on a milestone: \
            disable = { monitoring = \"reason\" } under [gates.integration-verified].",
    example: "[gates.{gate}.{name}] enabled = false, reason = \"no staging environment yet\"",
    judged_on: BOTH,
    reports: None,
    codes: &[],
    parse: |table| parse(&MONITORING, table),
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
