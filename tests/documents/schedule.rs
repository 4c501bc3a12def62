//! When milestones begin and end, and whose they are: written behind the labels that stand there.

use super::{diff, id};
use milegate::documents::schedule::{read, write};
use milegate::model::schedule::Plan;
use proptest::prelude::*;

const TEMPLATE: &str = include_str!("../fixtures/documents/template.md");
const STAMP: &str = "2026-11-24 09:15";

fn plan() -> Plan {
    Plan {
        start: Some("2026-11-24".parse().unwrap()),
        begun: true,
        estimate: Some("2026-12-18".parse().unwrap()),
        owner: Some("alice, bob: the migrations".to_owned()),
    }
}

fn put(text: &str, milestone: &str) -> String {
    let new = write(text, &id(milestone), &plan(), STAMP).unwrap();
    assert_eq!(write(&new, &id(milestone), &plan(), "later").unwrap(), new, "a second run changed something");
    new
}

#[test]
fn the_template_is_filled() {
    assert_eq!(
        diff(TEMPLATE, &put(TEMPLATE, "5.1")),
        [
            "-*Last Updated: [Date Time]*",
            "+*Last Updated: 2026-11-24 09:15*",
            "-- **Status**: [Not Started | In Progress | Complete | Blocked]",
            "+- **Status**: In Progress",
            "-- **Started**: [Date]",
            "-- **Estimated Completion**: [Date]",
            "+- **Started**: 2026-11-24",
            "+- **Estimated Completion**: 2026-12-18",
            "+- **Owner**: alice, bob: the migrations",
        ]
    );
}

#[test]
fn labels_that_are_not_there_are_put_in_their_order() {
    let new = put("### Milestone 5.2: B\r\n\r\n* **Status:** Blocked\r\n* **Blocking Issues**: x\r\n", "5.2");
    assert_eq!(
        new,
        "### Milestone 5.2: B\r\n\r\n* **Status:** Blocked\r\n* **Started**: 2026-11-24\r\n\
         * **Estimated Completion**: 2026-12-18\r\n* **Owner**: alice, bob: the migrations\r\n\
         * **Blocking Issues**: x\r\n"
    );
    let new = put("### Milestone 5.2: B\n\nText.\n\n### Milestone 5.3: C\n", "5.2");
    assert_eq!(
        new,
        "### Milestone 5.2: B\n\nText.\n\n- **Status**: In Progress\n- **Started**: 2026-11-24\n\
         - **Estimated Completion**: 2026-12-18\n- **Owner**: alice, bob: the migrations\n\n### Milestone 5.3: C\n"
    );
}

#[test]
fn days_are_read_as_people_write_them() {
    for (text, expected) in [
        ("2026-12-18", Some("2026-12-18")),
        ("2026-12-18 (if Redis comes)", Some("2026-12-18")),
        ("~2026-12-18", Some("2026-12-18")),
        ("[Date]", None),
        ("N/A", None),
        ("in December", None),
        ("\u{4e2d}\u{4e2d}\u{4e2d}\u{4e2d}", None),
        ("", None),
    ] {
        let document = format!("### Milestone 5.1: A\n- **Estimated Completion**: {text}\n");
        let found = read(&document).unwrap()[0].estimated.map(|day| day.to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }
}

#[test]
fn what_is_in_doubt_is_refused() {
    for (text, why) in [
        ("### Milestone 5.10: A\n", "no heading `Milestone 5.1`"),
        ("### Milestone 5.1: A\n- **Owner**: a\n- **Owner**: b\n", "stands twice"),
        ("### Milestone 5.1: A\n### Milestone 5.1: A\n", "two headings"),
        ("### Milestone 5.1: A\n```\n", "never"),
    ] {
        let error = write(text, &id("5.1"), &plan(), STAMP).unwrap_err();
        assert!(error.message.contains(why), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn hostile_owners_stay_text(owner in "[ -~\u{e4}\u{4e2d}\u{1f600}\r\n\t]{1,40}") {
        let mut plan = plan();
        plan.owner = Some(owner);
        if let Ok(new) = write(TEMPLATE, &id("5.2"), &plan, STAMP) {
            // Nobody is named by blanks alone.
            let more = 2 + usize::from(new.contains("\n- **Owner**: "));
            prop_assert_eq!(new.lines().count(), TEMPLATE.lines().count() + more);
            prop_assert_eq!(read(&new).unwrap().len(), read(TEMPLATE).unwrap().len());
        }
    }
}
