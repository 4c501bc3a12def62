//! Hand-edited variants of the progress log: whatever a person or a formatter made of it, what is
//! brought in stands in its own lines, everything else stays byte for byte, and a second run changes
//! nothing.

use super::log::{REPORT, facts};
use super::variants::{CHANGES, ends};
use jiff::civil::Date;
use milegate::documents::day;
use milegate::documents::entries::{Entry, project, told};
use milegate::documents::log::append_completion;
use milegate::documents::week;
use milegate::model::checklist::Progress;
use milegate::model::day::{Day, Done};
use milegate::model::week::{Blocker, Week};
use proptest::prelude::*;

/// Logs of people: of the sample project, by a German and a Chinese hand, with a table as Prettier
/// leaves it, and one that holds entries already.
const BASES: &[&str] = &[
    include_str!("../fixtures/documents/log.md"),
    "",
    "# Fortschrittsbuch \u{fc}ber Phase 5\n\nF\u{fc}r alle, die \u{fc}ber den Stand Bescheid wissen m\u{f6}chten \u{2705}.\n\n\
     ## 2026-11-18 - Gr\u{fc}\u{df}e aus M\u{fc}nchen\n\n- Erledigt:\n\t- [x] Stra\u{df}en  \n\n## 2026-11-25 - Ausblick\n\n* viel\n",
    "# \u{8fdb}\u{5ea6}\u{65e5}\u{5fd7}\n\n## 2026-11-19 - \u{6570}\u{636e}\u{5e93}\n\n1. [x] \u{8fde}\u{63a5}\u{6c60} \u{1f680}\n\n   ```\n   ## 2026-11-30 - \u{5047}\n   ```\n",
    "# Log\n\n| Date       | What        | Who   |\n| ---------- | ----------- | ----- |\n| 2026-11-17 | M\u{fc}ller | alice |\n\n\
     ## Week of 2026-11-09 - Weekly Summary\n\n> ## 2026-11-29 - quoted\n\n---\n\nMilestone 4.9 Completion Report\n---\n\n*Completed: 2026-11-12 - Before*\n",
    "# Log\n\n## 2026-11-20 - Milestone 5.1 - Known\n\n- mine\n\n<!-- milegate:entry 2026-11-20-known sum=0000000000000000 -->\n\nBehind it.\n",
    "No heading at all, and no end",
];

/// What people do to a log besides.
const OWN: &[fn(&str) -> String] = &[
    |t| {
        format!(
            "{t}\n\n```md\n<!-- milegate:entry 2026-11-20-alice sum=1 -->\n## 2026-11-20 - Milestone 5.1 - Pool\n```\n"
        )
    },
    |t| {
        format!(
            "{t}\n\n~~~\n## Week of 2026-11-16 - Weekly Summary\n~~~\n\n> ## Milestone 5.1 Completion Report\n"
        )
    },
    |t| t.replace("- [x]", "*\t[X]"),
    |t| format!("{t}\n\n## 2026-11-21\u{a0}- Notizen \u{fc}ber \u{4e2d}\u{6587}\n\n\ttief\n"),
    |t| format!("{t}\r\n\r\nEnde\r\n"),
];

fn vary(base: usize, changes: &[usize]) -> String {
    let all: Vec<_> = CHANGES.iter().chain(OWN).collect();
    changes.iter().fold(BASES[base].to_owned(), |text, n| all[*n % all.len()](&text))
}

fn date(day: i8) -> Date {
    Date::new(2026, 11, day).unwrap()
}

fn read(name: String, date: Date, text: &str) -> Entry {
    Entry::read(&name, date, text.as_bytes()).unwrap()
}

/// The entries of a day and of a week, of two people each.
fn entries(words: &str, days: &[i8]) -> Vec<Entry> {
    let mut all = Vec::new();
    for (n, at) in days.iter().enumerate() {
        let person = ["alice", "bob"][n % 2];
        let done = Done { text: words.to_owned(), implementation: "src/a.py".into(), ..Done::default() };
        let day = Day {
            milestone: "5.1".into(),
            component: format!("Pool {n}"),
            items: vec![done],
            ..Day::default()
        };
        all.push(read(day::name(&day, date(*at), person), date(*at), &day::entry(&day, date(*at))));
        let monday = week::monday(date(*at));
        let week = Week {
            monday,
            milestones: vec![("Milestone 5.1".into(), Progress { done: 1, open: 2, ..Progress::default() })],
            overall: None,
            project_name: words.to_owned(),
            achievements: vec![words.to_owned()],
            blockers: vec![Blocker { text: words.to_owned(), ..Blocker::default() }],
            goals: vec![],
            needs: vec![words.to_owned()],
        };
        let name = week::name(monday, person);
        let friday = Entry::day_of(&name).unwrap();
        if !all.iter().any(|entry: &Entry| entry.name == name) {
            all.push(read(name, friday, &week::entry(&week)));
        }
    }
    all
}

/// The texts from which `block` and the line breaks around it, put in, make `text`.
fn without(text: &str, block: &str) -> Vec<String> {
    let mut rests = Vec::new();
    for eol in ["\n", "\r\n", "\r"] {
        let block = block.replace('\n', eol);
        for framed in [format!("{eol}{eol}{block}"), format!("{block}{eol}{eol}"), format!("{block}{eol}")] {
            let found = text.match_indices(&framed);
            rests.extend(found.map(|(at, _)| format!("{}{}", &text[..at], &text[at + framed.len()..])));
        }
    }
    rests.sort_unstable();
    rests.dedup();
    rests
}

/// The block of an entry as it stands in the log, its mark included.
fn block(log: &str, entry: &Entry) -> String {
    let begin = format!("<!-- milegate:entry {} sum=", entry.name);
    let at = log.rfind(&begin).unwrap();
    let mark: String = log[at..].split_inclusive("-->").next().unwrap().to_owned();
    format!("{}\n\n{mark}", entry.text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Days and weeks are put in; taken out again, the log is what it was, to the byte.
    #[test]
    fn entries_stand_in_their_own_lines(
        base in 0..BASES.len(),
        changes in prop::collection::vec(0..CHANGES.len() + OWN.len(), 0..5),
        words in prop::sample::select(vec![
            "plain words", "a | b", "two\n## lines\r\n- [x] done", "<!-- milegate:entry x sum=0 -->", "Gr\u{f6}\u{df}e \u{4e2d}\u{6587} \u{1f680}",
            "```", "1. first", "\u{1b}[31m\u{202e}",
        ]),
        days in prop::collection::vec(9..28_i8, 1..3),
    ) {
        let old = vary(base, &changes);
        let entries = entries(words, &days);
        let projected = project(Some(&old), "Phase 5", &entries).unwrap();
        let new = &projected.text;
        prop_assert_eq!(&project(Some(new), "Phase 5", &entries).unwrap().text, new);
        let blank = old.trim_start_matches('\u{feff}').trim().is_empty();
        if blank {
            prop_assert!(new.starts_with("# Phase 5 Progress Log\n"));
            return Ok(());
        }
        prop_assert!(ends(&old, new), "{:?}", new);
        prop_assert_eq!(new.starts_with('\u{feff}'), old.starts_with('\u{feff}'));
        let mut rests = vec![new.clone()];
        for name in projected.added.iter().rev() {
            let entry = entries.iter().find(|entry| entry.name == *name).unwrap();
            rests = rests.iter().flat_map(|rest| without(rest, &block(new, entry))).collect();
        }
        prop_assert!(rests.contains(&old), "{:?}\n---\n{:?}", old, new);
        // What was put in is told again, and with it what people wrote.
        let told = told(Some(new), &entries).unwrap();
        for entry in entries.iter().filter(|entry| projected.added.contains(&entry.name) && !entry.text.starts_with("## Week")) {
            let found = told.iter().find(|told| told.name.as_ref() == Some(&entry.name)).unwrap();
            prop_assert_eq!(found.text.replace("\r\n", "\n").replace('\r', "\n"), entry.text.clone());
        }
    }

    /// A completion report is put behind everything, once.
    #[test]
    fn a_report_stands_in_its_own_lines(
        base in 0..BASES.len(),
        changes in prop::collection::vec(0..CHANGES.len() + OWN.len(), 0..5),
    ) {
        let old = vary(base, &changes);
        let new = append_completion(Some(&old), &facts()).unwrap();
        prop_assert_eq!(&append_completion(Some(&new), &facts()).unwrap(), &new);
        if !old.trim_start_matches('\u{feff}').trim().is_empty() {
            prop_assert!(without(&new, REPORT).contains(&old), "{:?}\n---\n{:?}", old, new);
        }
    }

    /// An entry that a person changed in the log stays as it was changed, whatever its file says.
    #[test]
    fn an_edited_entry_stays(
        base in 0..BASES.len(),
        changes in prop::collection::vec(0..CHANGES.len() + OWN.len(), 0..4),
        place in 0..3_usize,
    ) {
        let old = vary(base, &changes);
        let first = entries("words", &[20]);
        let edited = project(Some(&old), "Phase 5", &first).unwrap().text;
        let edited = [
            edited.replace("- [x] words", "- [x] words \u{fc}ber Nacht"),
            edited.replace("### Next Steps", "### N\u{e4}chste Schritte"),
            edited.replace("1. words", "1. words  "),
        ][place].clone();
        let second = entries("other words", &[20]);
        let projected = project(Some(&edited), "Phase 5", &second).unwrap();
        prop_assert!(!projected.kept.is_empty());
        prop_assert_eq!(project(Some(&projected.text), "Phase 5", &second).unwrap().text, projected.text.clone());
        let hand = ["words \u{fc}ber Nacht", "### N\u{e4}chste Schritte", "1. words  "][place];
        prop_assert_eq!(projected.text.matches(hand).count(), edited.matches(hand).count());
    }
}
