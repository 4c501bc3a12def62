//! `standup`: what one person did since the last working day, what comes next, and what is in the way;
//! from the days' entries, their commits, the checklist and the registers. Writes nothing.

use super::cli::Standup as Args;
use super::entries;
use super::paper;
use super::past::{self, Sheet};
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::{Locate, Workspace};
use crate::documents::entries::Told;
use crate::documents::{day, plain, standup as page};
use crate::ledger::authored::Authored;
use crate::ledger::clock;
use crate::model::checklist::ItemState;
use crate::model::day::Day;
use crate::model::milestone::{Milestone, MilestoneId};
use crate::model::person::Person;
use crate::model::register::{BLOCKER, DEPENDENT, NEED, Registers};
use crate::model::standup::{Standup, working_day_before};
use crate::render::standup::{json, text};
use crate::verdict::ExitStatus;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// More commits are counted.
const COMMITS: usize = 12;

/// Runs the command.
pub(super) fn run(args: &Args, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let workspace = Workspace::open(locate)?;
    workspace.show_notices(terminal);
    let who = Who::new(args.person.as_deref(), &workspace)?;
    let date = args.date.unwrap_or_else(clock::today);
    let since = working_day_before(date);
    let facts = Facts::collect(&workspace, &who, since, date)?;
    if facts.days.is_empty() && facts.commits.is_empty() {
        terminal.warn(&facts.nobody(&who, since));
    }
    let standup = facts.standup(&workspace, who.name, (since, date))?;
    match args.output_format.as_str() {
        "json" => terminal.print(&json(&standup)),
        "markdown" => paper::show(&page::text(&standup), terminal),
        _ => terminal.print(&text(&standup, terminal.style(0).width)),
    }
    Ok(ExitStatus::Passed.code())
}

/// Whose standup it is, by every name and address they have.
struct Who {
    name: String,
    names: BTreeSet<String>,
    emails: BTreeSet<String>,
}

impl Who {
    fn new(asked: Option<&str>, workspace: &Workspace) -> Result<Self, Refusal> {
        let name = asked.map(str::to_owned).or_else(|| workspace.author_name());
        let name = name.filter(|name| !plain::sanitize(name).is_empty()).ok_or_else(|| {
            Refusal::usage("whose standup? git knows no user.name").hint("milegate standup --as NAME")
        })?;
        let email = workspace.repository.as_ref().and_then(|repository| repository.email());
        // Git's own address is that of whoever sits here.
        let own = email.filter(|_| asked.is_none());
        let mut who = Self {
            names: BTreeSet::from([name.to_lowercase()]),
            emails: own.iter().map(|email| email.to_lowercase()).collect(),
            name,
        };
        let known = |one: &&Person| {
            one.id.eq_ignore_ascii_case(&who.name) || own.as_ref().is_some_and(|email| one.owns(email))
        };
        if let Some(person) = workspace.config.people.iter().find(known) {
            who.names.insert(person.id.to_lowercase());
            who.emails.extend(person.emails.iter().map(|email| email.to_lowercase()));
        }
        Ok(who)
    }

    fn made(&self, commit: &Authored) -> bool {
        self.names.contains(&commit.name.to_lowercase()) || self.emails.contains(&commit.email.to_lowercase())
    }

    /// Whether an entry bears one of the names, those of their commits included.
    fn wrote(&self, told: &Told, commits: &[Authored]) -> bool {
        let day = day::read(&told.text);
        let own = |name: &String| told.name.as_ref() == Some(&day::name(&day, told.date, name));
        self.names.iter().chain(commits.iter().map(|commit| &commit.name)).any(own)
    }
}

/// What is known.
struct Facts {
    /// What they wrote, in order.
    days: Vec<Day>,
    /// What they committed.
    commits: Vec<Authored>,
    /// Who committed anything.
    authors: BTreeSet<String>,
    sheet: Option<Sheet>,
    /// The one that is worked on.
    milestone: Option<Milestone>,
    /// That one and those before it.
    due: BTreeSet<MilestoneId>,
    registers: Registers,
}

impl Facts {
    fn collect(workspace: &Workspace, who: &Who, since: Date, date: Date) -> Result<Self, Refusal> {
        let end = date.checked_add(1.days()).map_err(|error| Refusal::usage(error.to_string()))?;
        let within = past::midnight(since)?..past::midnight(end)?;
        let commits = match (&workspace.repository, &workspace.head) {
            (Some(repository), Some(head)) => repository.authored(&head.id, &within)?,
            _ => Vec::new(),
        };
        let authors = commits.iter().map(|commit| commit.name.clone()).collect();
        let commits: Vec<_> = commits.into_iter().filter(|commit| who.made(commit)).collect();
        let mut days = entries::told(workspace)?;
        days.retain(|told| since <= told.date && told.date <= date && who.wrote(told, &commits));
        let sheet = Sheet::here(workspace)?;
        let milestone = milestone(workspace, sheet.as_ref())?;
        let ids = workspace.config.milestones.iter().map(|one| one.id.clone());
        let last = milestone.as_ref().map(|one| one.id.clone());
        let later = ids.clone().skip_while(|id| Some(id) != last.as_ref()).skip(1).collect::<BTreeSet<_>>();
        Ok(Self {
            milestone,
            due: ids.filter(|id| !later.contains(id)).collect(),
            days: days.iter().map(|told| day::read(&told.text)).collect(),
            commits,
            authors,
            sheet,
            registers: past::registers(workspace)?.unwrap_or_default(),
        })
    }

    fn nobody(&self, who: &Who, since: Date) -> String {
        let authors: Vec<_> = self.authors.iter().map(String::as_str).collect();
        let others = match authors.is_empty() {
            true => "nobody committed since then".to_owned(),
            false => format!("commits since then are of {}; name one with --as", authors.join(", ")),
        };
        format!("no entry and no commit of {} since {since}; {others}", who.name)
    }

    fn standup(
        &self,
        workspace: &Workspace,
        person: String,
        (since, date): (Date, Date),
    ) -> Result<Standup, Refusal> {
        let (focus, goal) = self.today();
        Ok(Standup {
            date,
            since,
            person,
            completed: self.completed(workspace)?,
            progress: self.progress(),
            focus,
            goal,
            blockers: self.blockers(),
            help: self.help(),
        })
    }

    /// What the entries say, and what their commits ticked.
    fn completed(&self, workspace: &Workspace) -> Result<Vec<String>, Refusal> {
        let mut all: Vec<String> = Vec::new();
        let told = self.days.iter().flat_map(|day| day.items.iter().map(|done| done.text.clone()));
        for text in told.chain(self.ticked(workspace)?) {
            if !all.contains(&text) {
                all.push(text);
            }
        }
        Ok(all)
    }

    /// Items that were ticked by the commits.
    fn ticked(&self, workspace: &Workspace) -> Result<Vec<String>, Refusal> {
        let Some(path) = workspace.config.documents.checklist.as_ref().filter(|_| !self.commits.is_empty())
        else {
            return Ok(Vec::new());
        };
        let repository = workspace.repository()?;
        let mut ticked = Vec::new();
        for commit in &self.commits {
            let Some((before, after)) = repository.revision(&commit.id, path)? else { continue };
            let before = before.map(|version| Sheet::of(workspace, &version, path)).transpose()?.flatten();
            if let Some(sheet) = Sheet::of(workspace, &after, path)? {
                let new = sheet.ticked_since(before.as_ref()).into_iter();
                ticked.extend(new.map(|item| sheet.done(item).text));
            }
        }
        Ok(ticked)
    }

    /// The commits; without one, what the entries are about.
    fn progress(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for commit in self.commits.iter().rev() {
            if !all.contains(&commit.subject) {
                all.push(commit.subject.clone());
            }
        }
        let more = all.len().saturating_sub(COMMITS);
        all.truncate(COMMITS);
        all.reverse();
        if more > 0 {
            all.insert(0, format!("{more} earlier commits"));
        }
        if all.is_empty() {
            let about = self.days.iter().map(|day| day.component.clone());
            all.extend(about.filter(|component| !component.is_empty()));
        }
        all
    }

    /// The next task of the last entry, else of the checklist; and what is reached with it.
    fn today(&self) -> (String, String) {
        let last = self.days.last();
        let said = |of: fn(&Day) -> &String| last.map(of).filter(|text| !text.is_empty()).cloned();
        let (Some(sheet), Some(milestone)) = (&self.sheet, &self.milestone) else {
            return (
                said(|day| &day.next).unwrap_or_default(),
                said(|day| &day.estimate).unwrap_or_default(),
            );
        };
        let listed = sheet.next(&milestone.id);
        let progress = sheet.list.progress(Some(&milestone.id));
        let reached = format!(
            "{} of {} items of Milestone {}: {}",
            progress.done + 1,
            progress.total(),
            milestone.id,
            milestone.name
        );
        let goal = match (&listed, said(|day| &day.estimate)) {
            (Some(_), Some(estimate)) => format!("{reached}; estimated completion: {estimate}"),
            (Some(_), None) => reached,
            (None, Some(estimate)) => format!("estimated completion: {estimate}"),
            (None, None) if progress.total() > 0 => {
                format!("Milestone {}: {}: no item is left, the gates decide", milestone.id, milestone.name)
            }
            (None, None) => String::new(),
        };
        (said(|day| &day.next).or(listed).unwrap_or_default(), goal)
    }

    /// The open blockers, blocked items, and what is in the way by the entries.
    fn blockers(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for entry in self.registers.open(&BLOCKER) {
            let milestone = entry.group.as_ref().map(|id| format!(" (Milestone {id})")).unwrap_or_default();
            all.push(format!("{}{milestone}", entry.title()));
        }
        for item in self.sheet.iter().flat_map(|sheet| &sheet.list.items) {
            let due = item.milestone.as_ref().is_none_or(|id| self.due.contains(id));
            if let ItemState::Blocked(reason) = &item.state
                && due
            {
                all.push(format!("{} (blocked: {})", plain::words(&item.text), plain::words(reason)));
            }
        }
        let known = |all: &[String], text: &str| all.iter().any(|one| one.contains(text));
        for one in self.days.iter().flat_map(|day| &day.challenges).filter(|one| one.is_blocked()) {
            if !known(&all, &one.text) {
                all.push(one.text.clone());
            }
        }
        let told = self.days.last().map(|day| day.blocking.clone());
        let told =
            told.filter(|text| !text.is_empty() && !text.eq_ignore_ascii_case("none") && !known(&all, text));
        all.extend(told);
        all
    }

    /// What challenges wait for, blockers that others resolve, and what has to be given.
    fn help(&self) -> Vec<String> {
        let challenges = self.days.iter().flat_map(|day| &day.challenges).filter(|one| one.is_blocked());
        let needed = challenges.map(|one| one.blocker.clone()).filter(|text| !text.is_empty());
        let waiting = self.registers.open(&BLOCKER).filter(|entry| entry.value("Kind") == DEPENDENT);
        let waiting = waiting.map(|entry| match entry.value("Plan") {
            "" => entry.title().to_owned(),
            plan => format!("{}: {plan}", entry.title()),
        });
        let needs = self.registers.open(&NEED).map(|entry| entry.title().to_owned());
        needed.chain(waiting).chain(needs).collect()
    }
}

/// The first milestone that is not tagged and has an item left; where none has, the first that is not
/// tagged.
fn milestone(workspace: &Workspace, sheet: Option<&Sheet>) -> Result<Option<Milestone>, Refusal> {
    for milestone in &workspace.config.milestones {
        let left = sheet.is_some_and(|sheet| sheet.next(&milestone.id).is_some());
        if left && workspace.tag_of(milestone)?.is_none() {
            return Ok(Some(milestone.clone()));
        }
    }
    workspace.first_open_milestone()
}
