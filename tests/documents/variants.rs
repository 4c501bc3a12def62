//! Hand-edited variants of status documents: whatever a person or a formatter made of them, an edit
//! changes its own lines only, and a second run changes nothing.

use milegate::documents::registers::{Closing, add, read, resolve};
use milegate::documents::schedule;
use milegate::documents::status::{MilestoneFacts, StatusFacts, update};
use milegate::model::checklist::Progress;
use milegate::model::performance::Performance;
use milegate::model::quantity::{Dimension, Quantity};
use milegate::model::register::{Entry, NOUNS};
use milegate::model::schedule::Plan;
use proptest::prelude::*;
use std::collections::BTreeMap;

const BASES: &[&str] = &[
    include_str!("../fixtures/documents/template.md"),
    include_str!("../fixtures/documents/status.md"),
    include_str!("../fixtures/documents/status.prettier.md"),
    include_str!("../fixtures/documents/hand.md"),
    include_str!("../fixtures/documents/hand.prettier.md"),
    include_str!("../fixtures/documents/filled.md"),
    include_str!("../fixtures/documents/filled.prettier.md"),
];

/// What people, editors and formatters do to a document. None of it changes what it says.
pub(crate) const CHANGES: &[fn(&str) -> String] = &[
    |t| t.replace('\n', "\r\n"),
    |t| {
        t.split_inclusive('\n')
            .enumerate()
            .map(|(n, l)| if n % 3 == 0 && !l.ends_with("\r\n") { l.replace('\n', "\r\n") } else { l.into() })
            .collect()
    },
    |t| format!("\u{feff}{t}"),
    |t| t.trim_end().to_owned(),
    |t| format!("{t}\n\n\n"),
    |t| t.replace("\n   - **", "\n\t- **"),
    |t| {
        t.lines().map(|l| if l.starts_with("- **") { format!("{l}  \n") } else { format!("{l}\n") }).collect()
    },
    |t| {
        t.replace("## Risk Register", "## \u{1f525} Risk Register")
            .replace("# \u{26a0}\u{fe0f} \u{1f525}", "#")
    },
    |t| {
        t.replace("\n## Risk Register", "\n## Meine Notizen\n\n- **Status**: Fake\n- **Progress**: 1/2 Fake\n1. **Risk**: Fake\n\n## Risk Register")
    },
    |t| {
        t.replace("\n## Change Log", "\n```md\n<!-- milegate:begin progress -->\n## Change Log\n### 2026-01-01 - Fake\n```\n\n## Change Log")
    },
    |t| {
        format!(
            "{t}\n## \u{9644}\u{5f55}\n\n> ### Milestone 5.1: Fake\n> - **Status**: Fake\n\n~~~\n| TD-999 | Fake |\n~~~\n"
        )
    },
    |t| t.replace("\n### Resolved Risks", "\n<!--\n1. **Risk**: Fake\n-->\n\n### Resolved Risks"),
    |t| t.replace("## Overall Progress", "## 1. Overall progress"),
    |t| t.replace("| Blocked items ", "| Fake items | 1 | 2% |\n| Blocked items "),
    |t| t.replace("- [ ] ", "* [ ] ").replace("- [x] ", "* [x] "),
    |t| t.replace("\n| ", "\n|   ").replace(" |\n", "\t|\n"),
    |t| format!("# Fake\n\nText with `<!-- milegate:end progress -->` \u{2705}   \n\n{t}"),
];

/// Texts that want to be more than text.
const HOSTILE: &[&str] = &[
    "plain words",
    "a | b || c",
    "two\nlines\r\n## Change Log\n- [x] done",
    "`code` and ``more`` *x* _y_ ~~z~~",
    "<!-- milegate:end progress --> <div> &amp; -->",
    "1. first - second - third",
    "\u{1b}[31mred\u{7} \u{202e}turned \u{200b}",
    "Gr\u{f6}\u{df}e \u{4e2d}\u{6587} \u{1f680}",
    "[Description](http://e.example) [x]",
    "trailing \\ backslash\\",
    "(since 2020-01-01 00:00 UTC)",
    "~~struck~~ **Status**: Blocked",
    "# heading > quote + list = rule",
    "ends with a bar|",
    "-",
    "None of it",
];

fn facts(progress: Progress, done: bool, value: Option<f64>) -> StatusFacts {
    let milestone = |id: &str, name: &str| MilestoneFacts {
        id: id.parse().unwrap(),
        name: name.into(),
        progress,
        requires: vec![],
        started: Some("2026-11-03".parse().unwrap()),
        completed_on: (done && id == "5.1").then(|| "2026-11-20".parse().unwrap()),
    };
    let row = |operation: &str, target: &str| Performance {
        operation: operation.into(),
        target: target.parse().unwrap(),
        baseline: value.map(|value| Quantity { value, dimension: Dimension::Time }),
        current: value.map(|value| Quantity { value, dimension: Dimension::Time }).ok_or("no report".into()),
    };
    StatusFacts {
        project_name: "Phase 5".into(),
        date: "2026-11-24".parse().unwrap(),
        time: "09:15".into(),
        overall: progress,
        milestones: vec![
            milestone("5.1", "Database Foundation"),
            milestone("5.2", "Repository Layer"),
            milestone("5.3", "Caching"),
        ],
        completed: None,
        performance: vec![row("DB Query (simple)", "< 100ms"), row("New | one", "< 1 s")],
        adopt: false,
    }
}

fn vary(base: usize, changes: &[usize]) -> String {
    changes.iter().fold(BASES[base].to_owned(), |text, n| CHANGES[*n](&text))
}

/// Lines that a run may change, by how they begin; nothing that is called Fake is among them.
const OURS: &[&str] = &[
    "*Last Updated",
    "_Last Updated",
    "| Total checklist",
    "| Completed items",
    "| In progress items",
    "| Blocked items",
    "| Not started items",
    "- **Status**",
    "- **Progress**",
    "- **Started**",
    "- **Estimated",
    "- **Actual",
    "* **Status**",
    "* **Progress**",
    "- [Continue",
    "- [Issue",
    "| DB Query",
    "| Cache Hit",
    "| WebSocket",
    "| Event Store",
    "1. **Risk**: [",
    "- **Severity**: [",
    "- **Impact**: [",
    "- **Mitigation**: [",
    "- **Owner**: [",
    "- **Resolution**: [",
    "- **Resolved Date**: [",
    "- **Lessons Learned**: [",
    "| TD-001 | [",
    "### [Date]",
    "- **Change**: [",
    "- **Reason**: [",
    "- **Approval**: [",
];

/// The lines of `old` that are not `gone` are in `new`, byte for byte and in order.
fn keeps(old: &str, new: &str, gone: impl Fn(&str) -> bool) -> Result<(), String> {
    let mut rest = new.split('\n').map(|line| line.trim_end_matches('\r'));
    for line in old.split('\n') {
        let line = line.trim_end_matches('\r');
        let squeezed = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if squeezed.is_empty() || gone(squeezed.trim_start_matches('\u{feff}')) {
            continue;
        }
        if !rest.any(|other| other == line) {
            return Err(format!("lost: {line:?}\n--- old\n{old}\n--- new\n{new}"));
        }
    }
    Ok(())
}

/// Carriage returns stay, and new lines end as those around them.
pub(crate) fn ends(old: &str, new: &str) -> bool {
    let (crlf, lf) = (old.matches("\r\n").count(), old.matches('\n').count());
    let ours = new.matches("\r\n").count();
    match crlf {
        0 => !new.contains('\r'),
        _ if crlf == lf => ours == new.matches('\n').count(),
        _ => ours > 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// `status`: only its own lines change, once.
    #[test]
    fn a_run_changes_its_own_lines(
        base in 0..BASES.len(),
        changes in prop::collection::vec(0..CHANGES.len(), 0..5),
        counts in (0..50u64, 0..5u64, 0..5u64, 0..50u64),
        done in any::<bool>(),
        value in prop::option::of(1e-6..2.0f64),
    ) {
        let old = vary(base, &changes);
        let facts = facts(Progress { done: counts.0, in_progress: counts.1, blocked: counts.2, open: counts.3 }, done, value);
        let new = update(Some(&old), &facts).unwrap();
        prop_assert_eq!(&update(Some(&new), &facts).unwrap(), &new);
        let ours = |line: &str| !line.contains("Fake") && OURS.iter().any(|start| line.starts_with(start));
        if let Err(lost) = keeps(&old, &new, ours) {
            prop_assert!(false, "{}", lost);
        }
        prop_assert!(ends(&old, &new));
        prop_assert_eq!(new.starts_with('\u{feff}'), old.starts_with('\u{feff}'));
        let (before, after) = (read(&old).unwrap(), read(&new).unwrap());
        prop_assert_eq!(before, after, "a register changed");
    }

    /// `add`: every line stays, words of the template and `None` left out; what was said is read back.
    #[test]
    fn an_entry_more_is_an_entry_more(
        base in 0..BASES.len(),
        changes in prop::collection::vec(0..CHANGES.len(), 0..5),
        noun in 0..NOUNS.len(),
        words in prop::collection::vec(0..HOSTILE.len(), 6),
        last in any::<bool>(),
    ) {
        let old = vary(base, &changes);
        let noun = NOUNS[noun];
        let mut entry = Entry::new(noun);
        for (field, word) in noun.fields.iter().zip(&words) {
            let value = match field.choices {
                _ if field.day => "2026-11-27",
                [] => HOSTILE[*word],
                choices => choices[word % choices.len()],
            };
            entry = entry.with(field.name, value);
        }
        entry.group = noun.group.map(|field| field.choices.get(usize::from(last)).map_or("5.1", |word| word).to_owned());
        entry.since = Some("2026-11-23 17:30".parse().unwrap());
        let new = match add(&old, &entry, "2026-11-24 09:15") {
            Ok(new) => new,
            Err(error) => {
                prop_assert!(false, "{}: {:?}", error, entry);
                return Ok(());
            }
        };
        let gone = |line: &str| {
            line.contains("Last Updated") || line.contains(": [") || line.contains("- [I") || line.contains("| [")
                || line.starts_with("### [") || line == "- None"
        };
        if let Err(lost) = keeps(&old, &new, gone) {
            prop_assert!(false, "{}", lost);
        }
        prop_assert!(ends(&old, &new));
        let (before, after) = (read(&old).unwrap(), read(&new).unwrap());
        prop_assert_eq!(after.0.len(), before.0.len() + 1);
        for other in NOUNS.iter().filter(|other| other.name != noun.name) {
            prop_assert!(before.of(other).eq(after.of(other)));
        }
        // It can be resolved, and only it is.
        let Some(added) = after.of(noun).find(|e| e.open && !before.0.contains(e) && e.since == after.of(noun).last().and_then(|l| l.since)) else { return Ok(()) };
        if noun.closing.is_some() {
            let closing = Closing { on: "2026-11-25".parse().unwrap(), values: BTreeMap::from([("Resolution", HOSTILE[words[0]].to_owned())]) };
            let settled = resolve(&new, added, &closing, "2026-11-25 10:00").unwrap();
            prop_assert_eq!(read(&settled).unwrap().open(noun).count(), after.open(noun).count() - 1);
            if noun.name != "risk" {
                let own = |line: &str| line.contains("Last Updated") || line.contains("since 2026-11-23 17:30");
                if let Err(lost) = keeps(&new, &settled, own) {
                    prop_assert!(false, "{}", lost);
                }
            }
        }
    }

    /// `next`: the labels of one milestone are written and read back; every other line and register stays.
    #[test]
    fn a_plan_changes_its_own_labels(
        base in 0..BASES.len(),
        changes in prop::collection::vec(0..CHANGES.len(), 0..5),
        word in 0..HOSTILE.len(),
        first in any::<bool>(),
    ) {
        let old = vary(base, &changes);
        let id = super::id(if first { "5.1" } else { "5.2" });
        let plan = Plan {
            start: Some("2031-02-03".parse().unwrap()),
            begun: true,
            estimate: Some("2031-04-05".parse().unwrap()),
            owner: Some(HOSTILE[word].to_owned()),
        };
        let new = match schedule::write(&old, &id, &plan, "2026-11-24 09:15") {
            Ok(new) => new,
            Err(error) => {
                prop_assert!(false, "{}: {:?}", error, HOSTILE[word]);
                return Ok(());
            }
        };
        let own = |line: &str| ["Last Updated", "Status**", "Status:**", "Started", "Estimated Completion", "Owner"].iter().any(|w| line.contains(w));
        if let Err(lost) = keeps(&old, &new, own) {
            prop_assert!(false, "{}", lost);
        }
        prop_assert!(ends(&old, &new));
        prop_assert_eq!(read(&old).unwrap(), read(&new).unwrap(), "a register changed");
        let schedules = schedule::read(&new).unwrap();
        let mine = schedules.iter().find(|one| one.milestone == id).unwrap();
        prop_assert_eq!((mine.started, mine.estimated), (plan.start, plan.estimate));
        prop_assert_eq!(schedule::write(&new, &id, &plan, "later").unwrap(), new);
    }

    /// Any open entry of any document can be resolved, whatever others say.
    #[test]
    fn a_resolved_entry_leaves_the_others(
        base in 0..BASES.len(),
        changes in prop::collection::vec(0..CHANGES.len(), 0..4),
        which in any::<prop::sample::Index>(),
    ) {
        let old = vary(base, &changes);
        let registers = read(&old).unwrap();
        let open: Vec<_> = registers.0.iter().filter(|e| e.open && e.noun.closing.is_some()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let entry = open[which.index(open.len())];
        let closing = Closing { on: "2026-11-25".parse().unwrap(), values: BTreeMap::new() };
        let new = resolve(&old, entry, &closing, "2026-11-25 10:00").unwrap();
        let after = read(&new).unwrap();
        prop_assert_eq!(after.0.len(), registers.0.len());
        prop_assert_eq!(after.0.iter().filter(|e| e.open).count(), registers.0.iter().filter(|e| e.open).count() - 1);
        prop_assert!(ends(&old, &new));
        prop_assert_eq!(resolve(&new, after.0.iter().find(|e| !e.open && e.title() == entry.title()).unwrap(), &closing, "later").unwrap(), new);
    }
}

#[test]
fn what_prettier_writes_is_read_alike() {
    for (own, formatted) in [(1, 2), (3, 4), (5, 6)] {
        assert_eq!(read(BASES[own]).unwrap(), read(BASES[formatted]).unwrap());
    }
}

#[test]
fn the_template_keeps_its_headings_and_columns() {
    let new = update(
        Some(BASES[0]),
        &facts(Progress { done: 1, in_progress: 1, blocked: 1, open: 3 }, false, None),
    )
    .unwrap();
    for line in BASES[0].lines().filter(|l| l.starts_with('#') && !l.contains("[Date]")) {
        assert!(new.lines().any(|other| other == line), "{line}");
    }
    for line in BASES[0]
        .lines()
        .filter(|l| l.starts_with("| Metric") || l.starts_with("| Item") || l.starts_with("| Operation"))
    {
        assert!(new.contains(line), "{line}");
    }
    assert!(
        new.lines()
            .all(|l| !l.contains(": [") && !l.contains("| [") && !l.contains("X%") && !l.contains("Xms")),
        "{new}"
    );
    let shares = [
        "| Total checklist items | 6 | 100% |",
        "| Completed items | 1 | 16.6% |",
        "| In progress items | 1 | 16.7% |",
        "| Blocked items | 1 | 16.7% |",
        "| Not started items | 3 | 50.0% |",
    ];
    assert!(shares.iter().all(|row| new.contains(row)), "{new}");
}
