//! `monitoring`: a criterion of gate 2 that this version cannot judge yet.
//!
//! It is in the table so that it is never silently absent: on a milestone it is unproven until it
//! is disabled by name with a reason.

use super::spec;
use super::{BOTH, Context, Criterion, Judgement, Kind};

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
