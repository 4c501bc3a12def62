//! `checklist`: every task item of the milestone is ticked.

use super::judgement::plural;
use super::spec;
use super::{Context, Criterion, Judgement, Kind, MILESTONE};
use crate::evidence::{Detail, Sourced};
use crate::model::checklist::{Checklist, Item, ItemState};
use crate::model::place::Place;

/// The row.
pub(super) static KIND: Kind = Kind {
    name: "checklist",
    summary: "every task item under the milestone's heading is ticked",
    guide: "Items are GFM task items under a heading that names the milestone (`### Milestone 5.1: ...`). Nested \
            items count. Boxes in code fences, comments and quotes do not. Tick `- [x]` what is done; an item \
            that ends in `(in progress)` or `(blocked: reason)` is shown as such and is not done.",
    example: "[documents] checklist = \"CHECKLIST.md\"",
    judged_on: MILESTONE,
    reports: &[],
    codes: &[
        ("checklist/open-items", "some items are not ticked"),
        ("checklist/no-items", "no item stands under the milestone's heading"),
        ("checklist/unreadable", "the checklist is not there or cannot be read"),
    ],
    parse: |table| Ok(Box::new(spec::read::<Spec>(table, &spec::keys_of::<Spec>())?)),
    schema: <Spec as schemars::JsonSchema>::json_schema,
};

/// No keys of its own: the file is `[documents] checklist`.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct Spec {}

impl Criterion for Spec {
    fn judge(&self, context: &Context<'_>) -> Judgement {
        let evidence = context.evidence;
        let expected = "all items ticked";
        let Some(checklist) = &evidence.checklist else {
            return Judgement::unconfigured(&KIND, context.id, "no checklist is named");
        };
        let Some(milestone) = &evidence.milestone else {
            let why = "no milestone is open: every configured one is tagged, or none is configured";
            return Judgement::not_applicable("checklist", why).expected(expected);
        };
        let Sourced { fact, source } = match checklist {
            Ok(sourced) => sourced,
            Err(doubt) => return Judgement::unproven(doubt.clone()).expected(expected),
        };
        let progress = fact.progress(Some(&milestone.id)).ratio();
        let measured = format!("{} of {} items", progress.covered, progress.total);
        let judgement = if progress.is_empty() {
            no_items(fact, &milestone.id.to_string(), &source.path)
        } else if progress.missing() > 0 {
            let open = fact.of(&milestone.id).filter(|i| i.state != ItemState::Done);
            let next = format!("finish and tick {} in {}", plural(progress.missing(), "item"), source.path);
            Judgement::failed("checklist/open-items", &measured, next)
                .details(open.map(|item| detail(item, &source.path)).collect())
        } else {
            Judgement::passed("checklist", &measured)
        };
        judgement
            .expected(expected)
            .notices(fact.notices.iter().map(|n| Detail::at(Place::file(&source.path), n)).collect())
            .evidence(vec![source.clone()])
            .figure("items", measured)
    }
}

fn no_items(checklist: &Checklist, milestone: &str, path: &str) -> Judgement {
    let known: Vec<_> = checklist.headings.iter().map(|h| h.id.to_string()).collect();
    let found = if known.is_empty() {
        "no milestone heading at all".to_owned()
    } else {
        format!("headings for {}", known.join(", "))
    };
    Judgement::failed(
        "checklist/no-items",
        "no data (0 of 0 items)",
        format!("add `### Milestone {milestone}: ...` with its task items to {path}"),
    )
    .message(format!("{path} has no item for milestone {milestone}; it has {found}"))
}

fn detail(item: &Item, path: &str) -> Detail {
    let state = match &item.state {
        ItemState::InProgress => " (in progress)".to_owned(),
        ItemState::Blocked(reason) => format!(" (blocked: {reason})"),
        ItemState::Open | ItemState::Done => String::new(),
    };
    Detail::at(Place::line(path, item.line), format!("{}{state}", item.text))
}
