//! The four gates as a road to the tag, open or shut. Each is a link to its criteria.

use super::markup::{Element, Html, element, text};
use super::style::{class_of_ruling, ruling};
use crate::gates::GateResult;
use crate::model::outcome::{Occasion, Outcome, Ruling};
use crate::render::text::symbol_of_ruling;
use crate::verdict::Verdict;

/// The posts of a gate.
const POSTS: &str = "M12 16V66M84 16V66";
/// Both leaves swung open towards who comes, the road between them.
const OPEN: &str = "M12 26L30 34V72L12 60M21 30V66M84 26L66 34V72L84 60M75 30V66";
/// The road between the leaves, narrower further away.
const ROAD: &str = "M34 74L44 24H52L62 74Z";
/// Both leaves shut.
const SHUT: &str = "M12 30H84M12 56H84M24 24V62M36 24V62M48 24V62M60 24V62M72 24V62";
/// A bar instead of leaves: nobody has to pass here today.
const BARRIER: &str = "M12 44H84";

/// The road.
pub(super) fn road(verdict: &Verdict) -> Element {
    let gates = verdict.gates.iter().map(station);
    let (end, word) = match verdict.occasion {
        Occasion::Milestone => (FLAG, "tag"),
        Occasion::Change => (MERGE, "merge"),
    };
    let reached = verdict.ruling == Ruling::Passed && verdict.is_of_all_gates();
    let goal = element("li").class(if reached { "goal good" } else { "goal quiet" }).with(
        element("div")
            .class("station")
            .with(drawing(&[("line", end)]))
            .with(element("span").class("name").text(word))
            .with(element("span").class("count").text(if reached { "the way is free" } else { "not yet" })),
    );
    let list =
        element("ol").class("road").attribute("aria-label", "The gates, in order").all(gates).with(goal);
    element("div").class("way").with(list)
}

/// A flag on a pole, and two lines that become one.
const FLAG: &str = "M34 74V14M34 18H70L60 30L70 42H34";
const MERGE: &str = "M48 74V18M36 30L48 18L60 30M22 74C22 56 48 60 48 44";

fn station(gate: &GateResult) -> Element {
    let link = element("a")
        .class("station")
        .attribute("href", format!("#gate-{}", gate.number))
        .with(gate_drawing(gate.ruling))
        .with(element("span").class("name").with(text(&format!("{} {}", gate.number, gate.name))))
        .with(ruling(gate.ruling))
        .with(element("span").class("count").text(&counted(gate)));
    element("li").class(class_of_ruling(gate.ruling)).with(link)
}

/// `4 of 5 hold`: of the criteria that decide.
fn counted(gate: &GateResult) -> String {
    let of = |wanted: &[Outcome]| {
        gate.criteria.iter().filter(|c| !c.advisory && wanted.contains(&c.outcome)).count()
    };
    let held = of(&[Outcome::Passed, Outcome::Waived]);
    match held + of(&[Outcome::Failed, Outcome::Unproven]) {
        0 if gate.ruling == Ruling::Deferred => "judged at the milestone".to_owned(),
        0 => "nothing was judged".to_owned(),
        all => format!("{held} of {all} hold"),
    }
}

fn gate_drawing(ruling: Ruling) -> Html {
    match ruling {
        Ruling::Passed => drawing(&[("fill", ROAD), ("line", POSTS), ("line", OPEN)]),
        Ruling::Failed => drawing(&[("line", POSTS), ("line", SHUT)]),
        Ruling::Unproven => drawing(&[("line", POSTS), ("dashed", SHUT)]),
        Ruling::Deferred => drawing(&[("line", POSTS), ("dashed", BARRIER)]),
    }
    .and(element("span").class("seal").attribute("aria-hidden", "true").text(symbol_of_ruling(ruling)))
}

/// Strokes in the colour of the text; what they show stands beside them in words.
fn drawing(strokes: &[(&'static str, &'static str)]) -> Html {
    let paths = strokes.iter().map(|(class, path)| element("path").class(class).attribute("d", path));
    let picture = element("svg")
        .class("gate")
        .attribute("viewBox", "0 0 96 80")
        .attribute("aria-hidden", "true")
        .attribute("focusable", "false");
    picture.all(paths).into()
}
