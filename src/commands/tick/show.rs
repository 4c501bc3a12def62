//! What became of one item, for people and for programs.

use crate::criteria::judgement::count_of;
use crate::gates::{Criterion, Item as Files, LineResult};
use crate::model::checklist::{Item, ItemState};
use crate::model::outcome::Outcome;
use crate::render::Style;
use crate::render::json::page;
use crate::render::plain::{clean, wrap};
use crate::verdict::ExitStatus;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What became of one item.
#[derive(Debug)]
pub(super) struct Ticked {
    pub(super) path: String,
    pub(super) key: String,
    pub(super) text: String,
    pub(super) line: u32,
    pub(super) state: ItemState,
    pub(super) changed: bool,
    pub(super) dry_run: bool,
    pub(super) files: Option<Files>,
    pub(super) guessed: bool,
    pub(super) lines: Vec<LineResult>,
    pub(super) vouched: BTreeSet<String>,
    pub(super) voucher: Option<String>,
    pub(super) status: ExitStatus,
}

impl Ticked {
    pub(super) fn new(path: &str, key: String, item: &Item) -> Self {
        Self {
            path: path.to_owned(),
            key,
            text: item.text.clone(),
            line: item.line,
            state: item.state.clone(),
            changed: false,
            dry_run: false,
            files: None,
            guessed: false,
            lines: Vec::new(),
            vouched: BTreeSet::new(),
            voucher: None,
            status: ExitStatus::Passed,
        }
    }

    const fn word(&self) -> &'static str {
        match self.state {
            ItemState::Done => "done",
            ItemState::Open => "open",
            ItemState::InProgress => "in-progress",
            ItemState::Blocked(_) => "blocked",
        }
    }

    /// Paths of the files that are known.
    fn files(&self) -> (Option<&str>, Option<&str>) {
        let known = |path: &'_ str, none: &str| path != none;
        let implementation = self.files.as_ref().map(|f| f.implementation.as_str());
        let test = self.files.as_ref().map(|f| f.test.as_str());
        (
            implementation.filter(|path| known(path, Files::NO_IMPLEMENTATION)),
            test.filter(|path| known(path, Files::NO_TEST)),
        )
    }

    pub(super) fn json(&self) -> String {
        let (implementation, test) = self.files();
        let criterion = |c: &Criterion| {
            json!({
                "id": c.id, "kind": c.kind, "outcome": c.outcome.word(), "attested": self.vouched.contains(&c.id),
                "code": c.judgement.code, "expected": c.judgement.expected, "measured": c.judgement.measured,
                "message": c.judgement.message, "next_step": c.judgement.next_step,
            })
        };
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                let criteria: Vec<Value> = line.criteria.iter().map(criterion).collect();
                json!({ "section": line.section, "line": line.text, "criteria": criteria })
            })
            .collect();
        page(&json!({
            "schema_version": 1, "checklist": self.path, "item": self.key, "text": self.text, "line": self.line,
            "state": self.word(), "changed": self.changed, "dry_run": self.dry_run,
            "implementation": implementation, "test": test, "guessed": self.guessed,
            "attested_by": self.voucher,
            "exit_code": self.status.code(), "lines": lines,
        }))
    }

    pub(super) fn text(&self, style: Style) -> String {
        let mut out = String::new();
        for line in wrap(&clean(&format!("{} {}", self.key, self.text)), style.width.saturating_sub(1)) {
            out.push_str(&format!(" {line}\n"));
        }
        if let (true, (implementation, test)) = (self.files.is_some(), self.files()) {
            let shown = |path: Option<&str>| path.map_or_else(|| "not known".to_owned(), clean);
            let guess = if self.guessed { ", as its text mentions them" } else { "" };
            out.push_str(&format!(
                "   implementation {}, test {}{guess}\n",
                shown(implementation),
                shown(test)
            ));
        }
        let mut section = "";
        for line in &self.lines {
            if line.section != section {
                section = &line.section;
                out.push_str(&format!("\n {}\n", clean(section)));
            }
            out.push_str(&self.line(line, style));
        }
        if !self.lines.is_empty() {
            out.push('\n');
        }
        if let Some(voucher) = &self.voucher {
            let said = count_of(self.vouched.len() as u64, "criterion", "criteria");
            out.push_str(&format!(" {said} attested by {}\n", clean(voucher)));
        }
        out + &self.end()
    }

    /// A line of the checklist, and below it what is in the way.
    fn line(&self, line: &LineResult, style: Style) -> String {
        let open = |c: &&Criterion| !self.vouched.contains(&c.id);
        let missing: Vec<_> = line.missing().filter(open).collect();
        let vouched = line.criteria.iter().any(|c| self.vouched.contains(&c.id));
        let failed = |c: &&Criterion| c.outcome == Outcome::Failed && !super::is_open(c);
        let (mark, word) = match missing.iter().any(failed) {
            true => ("✗", ""),
            false if !missing.is_empty() => ("?", ""),
            false if vouched => ("✓", " (attested)"),
            false if line.criteria.iter().any(|c| c.outcome == Outcome::Passed) => ("✓", ""),
            false => ("-", ""),
        };
        let mut out = format!("   {mark} {}{word}\n", clean(&line.text));
        let room = style.width.saturating_sub(9);
        for c in missing {
            let said = &c.judgement;
            if c.kind == "attestation" && super::is_open(c) {
                let text = format!(
                    "{0}: nobody's word yet; --attest {0}, or milegate approve verification/{0}",
                    c.id
                );
                out.extend(wrap(&text, room).iter().map(|text| format!("       {text}\n")));
                continue;
            }
            let mut texts = vec![format!("{}: {}", c.id, clean(&said.message))];
            let places = said.details.iter().take(style.details.min(4));
            texts.extend(places.map(|detail| {
                let place = detail.place.as_ref().map(|place| format!("{place} ")).unwrap_or_default();
                clean(&format!("{place}{}", detail.message))
            }));
            if !said.next_step.is_empty() {
                texts.push(format!("next: {}", clean(&said.next_step)));
            }
            for text in texts.iter().flat_map(|text| wrap(text, room)) {
                out.push_str(&format!("       {text}\n"));
            }
        }
        out
    }

    fn end(&self) -> String {
        let place = format!("{}:{}", self.path, self.line);
        let open: Vec<_> = self.lines.iter().flat_map(LineResult::missing).collect();
        let only_unproven = self.status == ExitStatus::Unproven;
        match self.status {
            ExitStatus::Passed if !self.changed => {
                format!(" {place} is {} already: nothing to do\n", self.word())
            }
            ExitStatus::Passed if self.dry_run => format!(" {place} would be {}\n", self.word()),
            ExitStatus::Passed => format!(" {place} is {}\n", self.word()),
            _ => {
                let more =
                    if only_unproven { "\n next: prove it, or vouch for it with --attest ID" } else { "" };
                let n = open.iter().filter(|c| !self.vouched.contains(&c.id)).count();
                let n = count_of(n as u64, "criterion does", "criteria do");
                format!(" Not ticked: {n} not hold. exit {}{more}\n", self.status.code())
            }
        }
    }
}
