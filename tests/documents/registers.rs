//! The registers: read where they stand, appended to, resolved; every other byte stays.

use super::diff;
use milegate::documents::registers::{Closing, add, pick, read, resolve};
use milegate::model::register::{BLOCKER, CHANGE, DEBT, DEPENDENCY, Entry, NEED, NOUNS, Noun, RISK};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("../fixtures/documents/template.md");
const SAMPLE: &str = include_str!("../fixtures/documents/status.md");
const STAMP: &str = "2026-11-24 09:15";

fn entry(noun: &'static Noun, values: &[(&'static str, &str)]) -> Entry {
    let mut entry = Entry::new(noun);
    for field in noun.fields {
        entry = entry.with(field.name, field.otherwise.unwrap_or_default());
    }
    for (name, value) in values {
        entry.values.insert(name, (*value).to_owned());
    }
    entry.since = Some("2026-11-23 17:30".parse().unwrap());
    entry
}

fn risk() -> Entry {
    entry(
        &RISK,
        &[
            ("Risk", "Redis 7 is not there in time"),
            ("Severity", "High"),
            ("Impact", "5.3 cannot be tested"),
            ("Mitigation", "Ask operations"),
            ("Owner", "alice"),
        ],
    )
}

fn closing(values: &[(&'static str, &str)]) -> Closing {
    Closing {
        on: "2026-11-24".parse().unwrap(),
        values: values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect::<BTreeMap<_, _>>(),
    }
}

fn show(text: &str, noun: &'static Noun) -> Vec<String> {
    let one = |e: &Entry| {
        let since = e.since.map(|s| format!(" @{s}")).unwrap_or_default();
        format!("{}{} {}{since}", if e.open { "" } else { "x " }, e.key, e.title())
    };
    read(text).unwrap().of(noun).map(one).collect()
}

#[test]
fn the_template_holds_no_entries() {
    for noun in NOUNS {
        let found = show(TEMPLATE, noun);
        let expected: &[&str] = match noun.name {
            "dependency" => &[
                "external/1 PostgreSQL 15+ available in all environments",
                "external/2 Redis 7+ available for caching/rate limiting",
                "external/3 Monitoring infrastructure (Prometheus/Grafana) ready",
                "external/4 CI/CD pipeline supports integration tests",
                "internal/1 Application layer interfaces finalized",
                "internal/2 Domain events fully implemented",
                "internal/3 WebSocket adapter patterns approved",
                "internal/4 Database schema reviewed and approved",
            ],
            _ => &[],
        };
        assert_eq!(found, expected, "{}", noun.name);
    }
}

#[test]
fn the_sample_is_read_as_it_was_written_by_hand() {
    assert_eq!(
        show(SAMPLE, &RISK),
        [
            "1 The tests run on SQLite and production will run on PostgreSQL",
            "2 Broadcasts slow down with the number of clients",
            "x resolved/1 A torn write makes the event log unreadable",
        ]
    );
    assert_eq!(
        show(SAMPLE, &DEBT),
        [
            "TD-001 SQL columns are put in by f-string",
            "TD-002 `BroadcastHub.handle` has eleven returns",
            "TD-003 The event log has no index; a read scans it all",
        ]
    );
    assert_eq!(show(SAMPLE, &BLOCKER), [""; 0]);
    assert_eq!(show(SAMPLE, &CHANGE).len(), 1);
    let registers = read(SAMPLE).unwrap();
    let first = registers.of(&RISK).next().unwrap();
    for (field, value) in [
        ("Severity", "High"),
        ("Impact", "Locking differs; conflicts may show only in production"),
        ("Mitigation", "Get PostgreSQL 15 for the test machines"),
        ("Owner", "ada"),
        ("Status", "Mitigating"),
    ] {
        assert_eq!(first.value(field), value);
    }
    assert_eq!(first.since, None);
    assert_eq!(registers.of(&DEBT).nth(2).unwrap().value("Impact"), "Slow | long reads");
    assert_eq!(registers.open(&DEPENDENCY).count(), 3);
    let change = registers.of(&CHANGE).next().unwrap();
    assert_eq!(
        (change.value("Kind"), change.since.unwrap().date().to_string().as_str()),
        ("Scope", "2026-11-12")
    );
}

#[test]
fn first_entries_take_the_place_of_the_template_s_words() {
    let mut text = TEMPLATE.to_owned();
    let blocker = |kind, plan| {
        let mut entry = entry(
            &BLOCKER,
            &[("Description", "Redis is not reachable - at all"), ("Plan", plan), ("Kind", kind)],
        );
        entry.group = Some("5.1".into());
        entry
    };
    let mut dependency = entry(&DEPENDENCY, &[("Dependency", "Grafana 12")]);
    dependency.group = Some("external".into());
    let debt = entry(
        &DEBT,
        &[("Description", "No | index"), ("Impact", "Slow"), ("Planned Resolution", "Milestone 5.4")],
    );
    let change = entry(&CHANGE, &[("Change", "Redis moved"), ("Kind", "Scope"), ("Approval", "alice")]);
    let need = entry(&NEED, &[("Need", "A test machine"), ("Due", "2026-11-27")]);
    for entry in
        [risk(), debt, blocker("dependency", "ask"), blocker("technical", ""), dependency, need, change]
    {
        text = add(&text, &entry, STAMP).unwrap();
    }
    let expected = "\
-*Last Updated: [Date Time]*
+*Last Updated: 2026-11-24 09:15*
-  - [Issue description] - [Resolution plan]
+  - Redis is not reachable \\- at all - ask (dependency, since 2026-11-23 17:30 UTC)
+  - Redis is not reachable \\- at all (since 2026-11-23 17:30 UTC)
-1. **Risk**: [Description]
-   - **Severity**: [Critical | High | Medium | Low]
-   - **Impact**: [What could go wrong]
-   - **Mitigation**: [Action being taken]
-   - **Owner**: [Who is responsible]
-   - **Status**: [Monitoring | Mitigating | Escalated]
+1. **Risk**: Redis 7 is not there in time
+   - **Severity**: High
+   - **Impact**: 5.3 cannot be tested
+   - **Mitigation**: Ask operations
+   - **Owner**: alice
+   - **Status**: Monitoring
+   - **Since**: 2026-11-23 17:30 UTC
-| TD-001 | [Debt description] | [Impact] | [High/Med/Low] | [Milestone X.Y] |
+| TD-001 | No \\| index (since 2026-11-23 17:30 UTC) | Slow | Med | Milestone 5.4 |
+- [ ] Grafana 12 (since 2026-11-23 17:30 UTC)
+## Resource Needs
+
+- [ ] A test machine (since 2026-11-23 17:30 UTC, due 2026-11-27)
+
-### [Date] - [Change Type]
-- **Change**: [What was changed]
-- **Reason**: [Why it was changed]
-- **Impact**: [What it affects]
-- **Approval**: [Who approved]
+### 2026-11-23 - Scope
+- **Change**: Redis moved
+- **Reason**: N/A
+- **Impact**: N/A
+- **Approval**: alice";
    assert_eq!(diff(TEMPLATE, &text).join("\n"), expected);
    assert_eq!(show(&text, &NEED), ["1 A test machine @2026-11-23 17:30 UTC"]);
}

#[test]
fn further_entries_follow_in_the_manner_of_the_others() {
    let text = add(SAMPLE, &risk(), STAMP).unwrap();
    let text = add(&text, &entry(&DEBT, &[("Description", "x")]), STAMP).unwrap();
    assert!(text.contains("   - **Status**: Monitoring\n\n3. **Risk**: Redis 7"), "{text}");
    assert!(
        text.contains("Milestone 5.4 |\n| TD-004 | x (since 2026-11-23 17:30 UTC) | N/A | Med | N/A |\n\n"),
        "{text}"
    );
    for (old, new) in [
        ("1. **Risk**: a\n2. **Risk**: b\n", "2. **Risk**: b\n3. **Risk**: Redis"),
        ("1. **Risk**: a\n1. **Risk**: b\n", "1. **Risk**: b\n1. **Risk**: Redis"),
        ("1) **Risk**: a\n\n4) **Risk**: b", "4) **Risk**: b\n\n5) **Risk**: Redis"),
        (
            "* **Risk**: a\n  + **Severity**: Low\n",
            "Low\n\n* **Risk**: Redis 7 is not there in time\n  + **Severity**: High\n",
        ),
        (
            "9. **Risk**: a\n   - **Severity**: Low\n",
            "10. **Risk**: Redis 7 is not there in time\n    - **Severity**: High\n",
        ),
        (
            "1. **Risk**: a\n\t- **Severity**: Low\n",
            "2. **Risk**: Redis 7 is not there in time\n\t- **Severity**: High\n",
        ),
        ("None so far.\n", "### Active Risks\n\n1. **Risk**: Redis"),
        ("Text.\n", "Text.\n\n1. **Risk**: Redis"),
        ("", "### Active Risks\n\n1. **Risk**: Redis"),
    ] {
        let old =
            format!("## 1. Risk Register\n\n### \u{26a0}\u{fe0f} Active Risks\n\n{old}\n## Change Log\n");
        let text = add(&old, &risk(), STAMP).unwrap();
        let plain = text.replace("\u{26a0}\u{fe0f} ", "");
        assert!(plain.contains(new), "{text}");
        assert_eq!(show(&text, &RISK).len(), show(&old, &RISK).len() + 1);
    }
}

#[test]
fn a_first_blocker_gets_its_label_behind_the_others() {
    let mut blocker = entry(&BLOCKER, &[("Description", "x")]);
    blocker.group = Some("5.2".into());
    let text = add(TEMPLATE, &blocker, STAMP).unwrap();
    let expected = "Milestone 5.1 must be complete\n- **Blocking Issues**:\n  - x (since 2026-11-23 17:30 UTC)\n- [Continue";
    assert!(text.contains(expected), "{text}");
    for (old, new) in [
        ("* **Blocking Issues**: None", "* **Blocking Issues**:\n  - x (since"),
        ("* **Blocking Issues**: a - b", "* **Blocking Issues**: a - b\n  - x (since"),
        ("* **Blocking Issues:**\n    * a", "    * a\n    * x (since"),
        ("No list.", "No list.\n\n- **Blocking Issues**:\n  - x (since"),
    ] {
        let text = add(&format!("### Milestone 5.2\n\n{old}\n\n## End\n"), &blocker, STAMP).unwrap();
        assert!(text.contains(new) && text.ends_with("\n\n## End\n"), "{text}");
    }
    blocker.group = Some("5.20".into());
    assert!(add(TEMPLATE, &blocker, STAMP).unwrap_err().message.contains("Milestone 5.20"));
}

#[test]
fn a_missing_section_is_made_where_the_template_has_it() {
    let text = add("# S\n\n## Change Log\n\nold\n", &risk(), STAMP).unwrap();
    assert!(text.starts_with("# S\n\n## Risk Register\n\n### Active Risks\n\n1. **Risk**: Redis"), "{text}");
    assert!(text.ends_with("17:30 UTC\n\n## Change Log\n\nold\n"), "{text}");
    let text = add("# S", &entry(&DEBT, &[("Description", "x")]), STAMP).unwrap();
    assert!(text.ends_with("## Technical Debt Log\n\n| Item | Description | Impact | Priority | Planned Resolution |\n|------|-------------|--------|----------|--------------------|\n| TD-001 | x (since 2026-11-23 17:30 UTC) | N/A | Med | N/A |"), "{text}");
}

#[test]
fn a_resolved_risk_is_moved_with_all_of_its_words() {
    let text = SAMPLE
        .replace("   - **Owner**: ada\n", "   - **Owner**: ada <!-- on leave -->\n\n     More *words*.\n");
    let registers = read(&text).unwrap();
    let first = pick(&registers, &RISK, "1").unwrap();
    let said = closing(&[("Resolution", "PostgreSQL 15 is there"), ("Lessons Learned", "Ask early")]);
    let new = resolve(&text, first, &said, STAMP).unwrap();
    assert_eq!(
        show(&new, &RISK),
        [
            "2 Broadcasts slow down with the number of clients",
            "x resolved/1 A torn write makes the event log unreadable",
            "x resolved/2 The tests run on SQLite and production will run on PostgreSQL",
        ]
    );
    let moved = "   - **Lessons Learned**: Test with a cut file, not only with a closed one\n\n\
                 2. **Risk**: The tests run on SQLite and production will run on PostgreSQL\n   - **Severity**: High\n   - **Impact**: \
                 Locking differs; conflicts may show only in production\n   - **Mitigation**: Get PostgreSQL 15 for the test \
                 machines\n   - **Owner**: ada <!-- on leave -->\n\n     More *words*.\n   - **Status**: Mitigating\n   - \
                 **Resolution**: PostgreSQL 15 is there\n   - **Resolved Date**: 2026-11-24\n   - **Lessons Learned**: Ask early\n\n## Technical";
    assert!(new.contains(moved), "{new}");
    assert!(new.contains("### Active Risks\n\n2. **Risk**: Broadcasts"), "{new}");
    // The last one leaves its mark.
    let registers = read(&new).unwrap();
    let last = resolve(&new, pick(&registers, &RISK, "broadcasts").unwrap(), &closing(&[]), STAMP).unwrap();
    assert!(last.contains("### Active Risks\n\nNone.\n\n### Resolved Risks"), "{last}");
    assert!(last.contains("\n3. **Risk**: Broadcasts"), "{last}");
}

#[test]
fn what_is_resolved_stays_to_be_read() {
    let mut text = SAMPLE.to_owned();
    let mut blocker = entry(&BLOCKER, &[("Description", "No schema"), ("Plan", "draw one")]);
    blocker.group = Some("5.1".into());
    text = add(&text, &blocker, STAMP).unwrap();
    for (noun, key, how) in
        [(&DEBT, "TD-002", "split up"), (&BLOCKER, "5.1/1", "drawn"), (&DEPENDENCY, "Redis", "")]
    {
        let registers = read(&text).unwrap();
        let said = if how.is_empty() { closing(&[]) } else { closing(&[("Resolution", how)]) };
        text = resolve(&text, pick(&registers, noun, key).unwrap(), &said, STAMP).unwrap();
    }
    let expected = "\
-*Last Updated: 2026-11-20 17:30*
+*Last Updated: 2026-11-24 09:15*
-  - None
+  - ~~No schema - draw one (since 2026-11-23 17:30 UTC)~~ Resolved 2026-11-24: drawn
-| TD-002 | `BroadcastHub.handle` has eleven returns | Hard to extend | Med | Milestone 5.6 |
+| ~~TD-002~~ | `BroadcastHub.handle` has eleven returns | Hard to extend | Med | ~~Milestone 5.6~~ Resolved 2026-11-24: split up |
-- [ ] Redis 7+ available for caching/rate limiting
+- [x] Redis 7+ available for caching/rate limiting";
    assert_eq!(diff(SAMPLE, &text).join("\n"), expected);
    let registers = read(&text).unwrap();
    for (noun, key) in [(&DEBT, "TD-002"), (&BLOCKER, "5.1/1"), (&DEPENDENCY, "external/2")] {
        let entry = pick(&registers, noun, key).unwrap();
        assert!(!entry.open, "{key}");
        assert_eq!(resolve(&text, entry, &closing(&[]), "later").unwrap(), text, "a second time");
    }
    // Its number is not given again.
    let text = add(&text, &entry(&DEBT, &[("Description", "y")]), STAMP).unwrap();
    assert!(text.contains("| TD-004 | y"), "{text}");
}

#[test]
fn names_of_entries() {
    let registers = read(SAMPLE).unwrap();
    assert_eq!(pick(&registers, &DEBT, "td-003").unwrap().key, "TD-003");
    assert_eq!(pick(&registers, &RISK, "SQLite").unwrap().key, "1");
    assert_eq!(pick(&registers, &RISK, "the").unwrap_err().known.len(), 2);
    assert_eq!(
        pick(&registers, &RISK, "9").unwrap_err().known[0],
        "1 (The tests run on SQLite and productio...)"
    );
    assert!(pick(&registers, &RISK, "").is_err());
    // Numbers that do not tell the items apart are none.
    let text = "## Risk Register\n### Active Risks\n1. **Risk**: a\n1. **Risk**: b\n";
    assert_eq!(show(text, &RISK), ["1 a", "2 b"]);
}
