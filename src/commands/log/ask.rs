//! The questions of `log day` and `log week`, where somebody sits at a terminal and gave no answers yet.
//!
//! A thing is asked for with all that belongs to it before the next one is.

use crate::commands::terminal::Terminal;
use crate::model::day::{Challenge, Day, Done};
use crate::model::week::{Said, Week};
use crate::render::plain::{clean, cut};

/// Nobody has more of anything in a day or a week.
const MOST: usize = 50;
/// A longer answer that is proposed is cut.
const LONG: usize = 60;

/// Who is asked.
pub(super) trait Asked {
    /// Shows something.
    fn say(&mut self, text: &str);
    /// The answer; empty if there is none.
    fn ask(&mut self, question: &str) -> String;
}

impl Asked for Terminal {
    fn say(&mut self, text: &str) {
        Self::say(*self, text);
    }

    fn ask(&mut self, question: &str) -> String {
        Self::ask(*self, question).unwrap_or_default()
    }
}

/// What an empty answer means, where something is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Otherwise {
    /// The next task.
    pub(super) next: String,
    /// What is in the way.
    pub(super) blocking: String,
}

/// Asks for what only a person knows; an empty answer says nothing.
pub(super) fn day(day: &mut Day, otherwise: &Otherwise, asked: &mut impl Asked) {
    asked.say("An empty answer says nothing, and ends a list; Ctrl-C leaves, and nothing is written.");
    for done in &mut day.items {
        asked.say(&format!("completed: {}", clean(&done.text)));
        files(done, asked);
    }
    let question = if day.items.is_empty() { "completed item" } else { "another completed item" };
    let items = many(question, asked, |text, asked| {
        let mut done = Done { text, ..Done::default() };
        files(&mut done, asked);
        done
    });
    day.items.extend(items);
    day.decisions.extend(many("decision (chose .. over .. because ..)", asked, |text, _| text));
    day.challenges.extend(many("challenge", asked, challenge));
    for (place, question, otherwise) in [
        (&mut day.next, "next task", otherwise.next.as_str()),
        (&mut day.blocking, "what is in the way of it", otherwise.blocking.as_str()),
        (&mut day.estimate, "when it will be done", ""),
    ] {
        if place.is_empty() {
            let proposed = clean(otherwise);
            let proposed =
                if proposed.is_empty() { proposed } else { format!(" (empty: {})", cut(&proposed, LONG)) };
            *place = asked.ask(&format!("{question}{proposed}"));
        }
    }
}

fn challenge(text: String, asked: &mut impl Asked) -> Challenge {
    let resolution = asked.ask("  how it was solved (empty: not yet)");
    let impact = asked.ask("  time it took");
    let open = resolution.is_empty();
    let blocker = if open { asked.ask("  what is needed to resolve it") } else { String::new() };
    let status = match (open, blocker.is_empty()) {
        (false, _) => "",
        (true, true) => "In Progress",
        (true, false) => "Blocked",
    };
    Challenge { text, resolution, impact, status: status.to_owned(), blocker }
}

fn files(done: &mut Done, asked: &mut impl Asked) {
    if done.implementation.is_empty() {
        done.implementation = asked.ask("  implementation file");
    }
    if done.test.is_empty() {
        done.test = asked.ask("  test file");
    }
}

/// Asks for achievements and goals beside those that were found.
pub(super) fn week(said: &mut Said, found: &Week, asked: &mut impl Asked) {
    for (title, found, place, question) in [
        ("achievements", &found.achievements, &mut said.achievements, "another achievement (empty: no more)"),
        ("goals of next week", &found.goals, &mut said.goals, "another goal (empty: no more)"),
    ] {
        asked.say(&format!("{title}:{}", if found.is_empty() { " none was found" } else { "" }));
        found.iter().for_each(|text| asked.say(&format!("  {}", clean(text))));
        place.extend(many(question, asked, |text, _| text));
    }
}

/// Answers until an empty one, each with what belongs to it.
fn many<A: Asked, T>(question: &str, asked: &mut A, mut whole: impl FnMut(String, &mut A) -> T) -> Vec<T> {
    let mut all = Vec::new();
    while all.len() < MOST {
        let text = asked.ask(question);
        if text.is_empty() {
            break;
        }
        all.push(whole(text, asked));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers in turn, and what was asked.
    #[derive(Default)]
    struct Person {
        answers: Vec<&'static str>,
        heard: Vec<String>,
    }

    impl Asked for Person {
        fn say(&mut self, text: &str) {
            self.heard.push(format!("! {text}"));
        }

        fn ask(&mut self, question: &str) -> String {
            self.heard.push(question.to_owned());
            if self.answers.is_empty() { String::new() } else { self.answers.remove(0).to_owned() }
        }
    }

    fn person(answers: &[&'static str]) -> Person {
        Person { answers: answers.to_vec(), heard: Vec::new() }
    }

    #[test]
    fn a_thing_is_asked_for_with_what_belongs_to_it() {
        let ticked = Done { text: "Pool".into(), implementation: "pool.py".into(), ..Done::default() };
        let mut day = Day { items: vec![ticked], estimate: "soon".into(), ..Day::default() };
        let otherwise = Otherwise { next: "Migrations".into(), blocking: "None".into() };
        let mut person = person(&[
            "test_pool.py",
            "Cache",
            "cache.py",
            "",
            "",
            "A over B",
            "",
            "Slow",
            "an index",
            "2 hours",
            "Locks",
            "",
            "",
            "a bigger machine",
            "",
            "",
            "ops",
        ]);
        super::day(&mut day, &otherwise, &mut person);
        assert_eq!(
            person.heard[1..],
            [
                "! completed: Pool",
                "  test file",
                "another completed item",
                "  implementation file",
                "  test file",
                "another completed item",
                "decision (chose .. over .. because ..)",
                "decision (chose .. over .. because ..)",
                "challenge",
                "  how it was solved (empty: not yet)",
                "  time it took",
                "challenge",
                "  how it was solved (empty: not yet)",
                "  time it took",
                "  what is needed to resolve it",
                "challenge",
                "next task (empty: Migrations)",
                "what is in the way of it (empty: None)",
            ]
        );
        assert_eq!(
            (day.items[0].test.as_str(), day.items[1].implementation.as_str()),
            ("test_pool.py", "cache.py")
        );
        assert_eq!(day.decisions, ["A over B"]);
        assert_eq!(
            (day.challenges[0].resolution.as_str(), day.challenges[0].status.as_str()),
            ("an index", "")
        );
        assert_eq!(
            (day.challenges[1].status.as_str(), day.challenges[1].blocker.as_str()),
            ("Blocked", "a bigger machine")
        );
        assert_eq!((day.next.as_str(), day.blocking.as_str()), ("", "ops"));
    }

    #[test]
    fn who_only_presses_enter_says_nothing() {
        let mut day = Day::default();
        super::day(&mut day, &Otherwise::default(), &mut person(&[]));
        assert_eq!(day, Day::default());
    }
}
