//! A day's entry: written to the letter of the template, and read back.

use milegate::documents::day::{entry, read};
use milegate::documents::plain::sanitize;
use milegate::model::day::{Challenge, Day, Done};
use proptest::prelude::*;

/// The template of the request, as somebody pasted it.
const TEMPLATE: &str = "## [Date] - [Milestone X.Y] - [Component Name]

### Completed Items
- [x] Checklist item description (from planning doc)
  - Implementation file: `backend/infrastructure/[category]/[filename].py`
  - Test file: `backend/tests/infrastructure/[category]/test_[filename].py`
  - Lines of code: [number]
  - Test coverage: [percentage]%

### Technical Decisions
- Decision 1: Chose [technology/pattern] over [alternative] because [reasoning]

### Challenges Encountered
- Challenge 1: [Description of problem]
  - Resolution: [How it was solved]
- Challenge 2: Locks
  - Status: Blocked
  - Blocker: [What's needed to resolve]

### Performance Metrics
- Benchmark: [Operation] takes [X]ms (target was [Y]ms)

### Next Steps
- Immediate next task: [Description]
- Blocking conditions: [Any blockers]
";

#[test]
fn an_entry_written_by_hand_is_read() {
    let hand = "## 2026-11-23 - Milestone 5.1 - Pool - and more\n\nA good day.\n\n### completed items\n\
                * [X] Pool\n  * **Implementation file**: src/pool.py\n  * **Lines of code**: 20\n* [ ] not yet\n\n\
                ### Challenges encountered\n1. It was slow\n   - Status: In Progress\n   - Blocker: None\n\n### Mood\n- Challenge 1: no\n";
    let day = read(hand);
    assert_eq!((day.milestone.as_str(), day.component.as_str()), ("5.1", "Pool - and more"));
    assert_eq!(day.date, Some("2026-11-23".parse().unwrap()));
    assert_eq!(day.items.len(), 1);
    let done = &day.items[0];
    assert_eq!(
        (done.text.as_str(), done.implementation.as_str(), done.lines),
        ("Pool", "src/pool.py", Some(20))
    );
    assert_eq!((day.challenges.len(), day.challenges[0].text.as_str()), (1, "It was slow"));
    assert_eq!(day.challenges[0].status, "In Progress");
    assert!(!day.challenges[0].is_blocked());
}

#[test]
fn words_of_the_template_say_nothing() {
    let day = read(TEMPLATE);
    assert_eq!((day.date, day.next.as_str(), day.blocking.as_str()), (None, "", ""));
    assert_eq!(day.items[0].lines, None);
    assert_eq!(day.challenges.len(), 1);
    assert_eq!((day.challenges[0].status.as_str(), day.challenges[0].blocker.as_str()), ("Blocked", ""));
    assert_eq!(read("").items, []);
    assert_eq!(read("### Completed Items\n- None\n"), Day::default());
}

/// Texts that want to be more than text, and nothing at all.
fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "plain words",
        "a | b",
        "two\nlines\r\n### Next Steps\n- [x] done",
        "`code` *x* _y_ ~~z~~",
        "<!-- milegate:entry x sum=0 --> &amp;",
        "1. first: second - third",
        "Gr\u{f6}\u{df}e \u{4e2d}\u{6587} \u{1f680}",
        "[Description](http://e.example) [x]",
        "trailing \\ backslash\\",
        "Decision 2: Challenge 3: Benchmark: again",
        "# heading > quote + list",
        "```",
    ])
    .prop_map(str::to_owned)
}

fn maybe() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), text()]
}

fn day() -> impl Strategy<Value = Day> {
    let done = (text(), prop::option::of(0..9999_u64)).prop_map(|(text, lines)| Done {
        text,
        implementation: "src/a b.py".into(),
        test: if lines.is_some() { "tests/test_a.py".into() } else { String::new() },
        lines,
        coverage: if lines.is_some() { "94.3%".into() } else { String::new() },
    });
    let challenge = (text(), maybe(), maybe(), maybe(), maybe()).prop_map(
        |(text, resolution, impact, status, blocker)| Challenge { text, resolution, impact, status, blocker },
    );
    let many = || prop::collection::vec(text(), 0..3);
    let lists = (many(), many(), many(), many());
    let ends = (text(), maybe(), maybe(), maybe());
    (prop::collection::vec(done, 0..3), prop::collection::vec(challenge, 0..3), lists, ends).prop_map(
        |(
            items,
            challenges,
            (decisions, benchmarks, load, resources),
            (component, next, blocking, estimate),
        )| Day {
            date: Some("2026-11-23".parse().unwrap()),
            milestone: "5.1".into(),
            component,
            items,
            decisions,
            challenges,
            benchmarks,
            load,
            resources,
            next,
            blocking,
            estimate,
        },
    )
}

/// The day as it can be written: each text on one line.
fn clean(mut day: Day) -> Day {
    let texts = [&mut day.decisions, &mut day.benchmarks, &mut day.load, &mut day.resources];
    texts.into_iter().flatten().for_each(|text| *text = sanitize(text));
    for done in &mut day.items {
        done.text = sanitize(&done.text);
    }
    for one in &mut day.challenges {
        for text in [&mut one.text, &mut one.resolution, &mut one.impact, &mut one.status, &mut one.blocker] {
            *text = sanitize(text);
        }
    }
    for text in [&mut day.component, &mut day.next, &mut day.blocking, &mut day.estimate] {
        *text = sanitize(text);
    }
    day
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever was said is read back as it was said.
    #[test]
    fn an_entry_is_read_back(day in day()) {
        let text = entry(&day, day.date.unwrap());
        prop_assert_eq!(read(&text), clean(day), "{}", text);
    }
}
