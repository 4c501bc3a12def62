//! The registers of the status document: risks, technical debt, blockers, resource needs, changes,
//! dependencies. A row says what an entry consists of; the documents know where and how it is written.

use super::since::Since;
use std::collections::BTreeMap;

/// Something that an entry says.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// As the document labels it: `Severity`.
    pub name: &'static str,
    /// What it is, for the help of the command.
    pub help: &'static str,
    /// The words it may be; empty means any text.
    pub choices: &'static [&'static str],
    /// It is a day.
    pub day: bool,
    /// What stands there if nobody says; `None`: somebody has to say.
    pub otherwise: Option<&'static str>,
}

impl Field {
    /// The option that sets it: `planned-resolution`.
    pub fn flag(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }
}

/// A register: what its entries consist of.
#[derive(Debug, PartialEq, Eq)]
pub struct Noun {
    /// The name of its command: `risk`.
    pub name: &'static str,
    /// What it is for, in one sentence.
    pub summary: &'static str,
    /// What an entry says; the first names it.
    pub fields: &'static [Field],
    /// What divides the register: a blocker's milestone, a dependency's side.
    pub group: Option<&'static Field>,
    /// What is said when an entry is resolved; `None`: an entry stays as it is.
    pub closing: Option<&'static [Field]>,
}

const fn field(name: &'static str, help: &'static str) -> Field {
    Field { name, help, choices: &[], day: false, otherwise: None }
}

impl Field {
    const fn or(self, otherwise: &'static str) -> Self {
        Self { otherwise: Some(otherwise), ..self }
    }

    const fn a_day(self) -> Self {
        Self { day: true, ..self }
    }

    const fn one_of(self, choices: &'static [&'static str]) -> Self {
        Self { choices, ..self }
    }
}

/// What stands where nobody said anything.
pub const UNSAID: &str = "N/A";

/// A blocker that a team can work on by itself: escalated after four hours.
pub const TECHNICAL: &str = "technical";
/// A blocker that waits for somebody else: escalated at once.
pub const DEPENDENT: &str = "dependency";

/// What may go wrong.
pub static RISK: Noun = Noun {
    name: "risk",
    summary: "The risk register: what may go wrong, and who watches it",
    fields: &[
        field("Risk", "What may happen"),
        field("Severity", "How bad it would be").one_of(&["Critical", "High", "Medium", "Low"]),
        field("Impact", "What could go wrong").or(UNSAID),
        field("Mitigation", "The action being taken").or(UNSAID),
        field("Owner", "Who is responsible").or(UNSAID),
        field("Status", "What is done about it")
            .one_of(&["Monitoring", "Mitigating", "Escalated"])
            .or("Monitoring"),
    ],
    group: None,
    closing: Some(&[
        field("Resolution", "How it was resolved"),
        field("Lessons Learned", "What you learned").or(UNSAID),
    ]),
};

/// What was left undone.
pub static DEBT: Noun = Noun {
    name: "debt",
    summary: "The technical debt log: what was left undone, and when it will be done",
    fields: &[
        field("Description", "What was left undone"),
        field("Impact", "What it costs").or(UNSAID),
        field("Priority", "How soon it has to go").one_of(&["High", "Med", "Low"]).or("Med"),
        field("Planned Resolution", "When it will be done: Milestone 5.2").or(UNSAID),
    ],
    group: None,
    closing: Some(&[field("Resolution", "How it was resolved").or("")]),
};

/// What a milestone waits for.
pub static BLOCKER: Noun = Noun {
    name: "blocker",
    summary: "The blocking issues of a milestone",
    fields: &[
        field("Description", "What blocks"),
        field("Plan", "How it is going to be resolved").or(""),
        field("Kind", "Whether the team can work on it by itself, or waits for somebody else")
            .one_of(&[TECHNICAL, DEPENDENT])
            .or(TECHNICAL),
    ],
    group: Some(&field("Milestone", "The milestone that is blocked")),
    closing: Some(&[field("Resolution", "How it was resolved").or("")]),
};

/// What the team has to be given.
pub static NEED: Noun = Noun {
    name: "need",
    summary: "Resource needs: tools, access and decisions that the team has to be given",
    fields: &[
        field("Need", "The tool, access or decision that is needed"),
        field("Due", "The day by which it is needed: 2026-11-27").a_day().or(""),
    ],
    group: None,
    closing: Some(&[]),
};

/// What was changed, and who agreed.
pub static CHANGE: Noun = Noun {
    name: "change",
    summary: "The change log: what was changed, why, and who approved",
    fields: &[
        field("Change", "What was changed"),
        field("Kind", "The type of change, for the heading: Scope").or("Change"),
        field("Reason", "Why it was changed").or(UNSAID),
        field("Impact", "What it affects").or(UNSAID),
        field("Approval", "Who approved").or(UNSAID),
    ],
    group: None,
    closing: None,
};

/// What has to be there first.
pub static DEPENDENCY: Noun = Noun {
    name: "dependency",
    summary: "External and internal dependencies: what has to be there first",
    fields: &[field("Dependency", "What has to be there")],
    group: Some(&Field {
        name: "Side",
        help: "Whether others provide it, or the project itself",
        choices: &["external", "internal"],
        day: false,
        otherwise: None,
    }),
    closing: Some(&[]),
};

/// Every register, in the order in which people read the list.
pub static NOUNS: &[&Noun] = &[&RISK, &DEBT, &BLOCKER, &NEED, &CHANGE, &DEPENDENCY];

/// The register of that name.
pub fn noun(name: &str) -> Option<&'static Noun> {
    NOUNS.iter().copied().find(|noun| noun.name == name)
}

/// One entry of a register, as it stands in the document or is to stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its register.
    pub noun: &'static Noun,
    /// How a person names it: `2`, `TD-001`, `5.1/1`, `external/3`; empty for one that is new.
    pub key: String,
    /// The milestone or side it belongs to, where the register is divided.
    pub group: Option<String>,
    /// What it says, by the names of the fields; one that the document does not hold is absent.
    pub values: BTreeMap<&'static str, String>,
    /// Since when it stands there; `None`: the document does not say.
    pub since: Option<Since>,
    /// Not resolved, ticked or struck.
    pub open: bool,
}

impl Entry {
    /// An open entry that says nothing yet.
    pub fn new(noun: &'static Noun) -> Self {
        Self { noun, key: String::new(), group: None, values: BTreeMap::new(), since: None, open: true }
    }

    /// With a field set; an empty text is not said.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.values.insert(field, value);
        }
        self
    }

    /// What a field says; empty if nothing.
    pub fn value(&self, field: &str) -> &str {
        self.values.get(field).map(String::as_str).unwrap_or_default()
    }

    /// What names the entry: the risk, the description, the need.
    pub fn title(&self) -> &str {
        self.noun.fields.first().map(|field| self.value(field.name)).unwrap_or_default()
    }
}

/// The entries of all registers, register by register, each in the order of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registers(pub Vec<Entry>);

impl Registers {
    /// The entries of one register.
    pub fn of<'a>(&'a self, noun: &'static Noun) -> impl Iterator<Item = &'a Entry> {
        self.0.iter().filter(move |entry| entry.noun.name == noun.name)
    }

    /// The open entries of one register.
    pub fn open<'a>(&'a self, noun: &'static Noun) -> impl Iterator<Item = &'a Entry> {
        self.of(noun).filter(|entry| entry.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_named_by_its_first_field() {
        for noun in NOUNS {
            assert!(noun.fields.first().is_some_and(|field| field.otherwise.is_none()), "{}", noun.name);
            assert_eq!(super::noun(noun.name), Some(*noun));
            let all = noun.fields.iter().chain(noun.group).chain(noun.closing.into_iter().flatten());
            let flags: Vec<_> = all.map(Field::flag).collect();
            let distinct: std::collections::BTreeSet<_> = flags.iter().collect();
            assert_eq!(distinct.len(), flags.len(), "{}: {flags:?}", noun.name);
            assert!(!flags.contains(&"since".to_owned()), "{}", noun.name);
        }
    }

    #[test]
    fn what_is_not_said_is_absent() {
        let entry = Entry::new(&NEED).with("Need", "Redis").with("Due", "");
        assert_eq!((entry.title(), entry.value("Due"), entry.values.len()), ("Redis", "", 1));
    }
}
