//! The questions of `log day`, where somebody sits at a terminal and gave no answers yet.

use crate::commands::terminal::Terminal;
use crate::model::day::{Challenge, Day, Done};

/// Asks for what only a person knows; an empty answer says nothing.
pub(super) fn day(day: &mut Day, terminal: Terminal) {
    let ask = |question: &str| terminal.ask(question).unwrap_or_default();
    let many = |question: &str| {
        let answers = std::iter::repeat_with(|| ask(question));
        answers.take_while(|answer| !answer.is_empty()).take(50).collect::<Vec<_>>()
    };
    for done in &mut day.items {
        terminal.say(&format!("completed: {}", crate::render::plain::clean(&done.text)));
        files(done, &ask);
    }
    for text in many("another completed item (empty: no more)") {
        let mut done = Done { text, ..Done::default() };
        files(&mut done, &ask);
        day.items.push(done);
    }
    day.decisions.extend(many("decision: chose .. over .. because .. (empty: no more)"));
    for text in many("challenge (empty: no more)") {
        let resolution = ask("  resolution");
        let impact = ask("  time impact");
        let open = resolution.is_empty();
        let blocker = if open { ask("  what is needed to resolve it") } else { String::new() };
        let status = if open { "In Progress".to_owned() } else { String::new() };
        day.challenges.push(Challenge { text, resolution, impact, status, blocker });
    }
    for (place, question) in [
        (&mut day.next, "next task"),
        (&mut day.blocking, "what is in the way"),
        (&mut day.estimate, "when it will be done"),
    ] {
        if place.is_empty() {
            *place = ask(question);
        }
    }
}

fn files(done: &mut Done, ask: &impl Fn(&str) -> String) {
    if done.implementation.is_empty() {
        done.implementation = ask("  implementation file");
    }
    if done.test.is_empty() {
        done.test = ask("  test file");
    }
}
