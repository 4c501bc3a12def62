//! What `approve` signs off: the content in a role, or the statement of an attestation.

use super::refusal::Refusal;
use super::workspace::Workspace;
use crate::criteria::spec::did_you_mean;
use crate::gates::{self, Definition, Item};
use crate::model::approval::Attests;

/// How the ids of the criteria begin that are verified of a single item.
const OF_ITEM: &str = "verification/";

/// What is signed off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Topic {
    /// The role in which it is.
    pub(super) role: String,
    /// The statement; `None` if it is the content itself.
    pub(super) attests: Option<Attests>,
}

impl Topic {
    /// A role, or the id of an attestation; one that is both is named in full.
    pub(super) fn find(workspace: &Workspace, name: &str) -> Result<Self, Refusal> {
        let statements = statements(workspace);
        let named = |full: bool, item: bool| -> Vec<&(Attests, String)> {
            let is = |id: &str| if full { id == name } else { id.rsplit('/').next() == Some(name) };
            let ours = |id: &str| id.starts_with(OF_ITEM) == item;
            statements.iter().filter(|(a, _)| is(&a.criterion) && ours(&a.criterion)).collect()
        };
        let is_role = roles(workspace).any(|role| role == name);
        // What is verified of a single item gives way to a role or a gate's statement of its name.
        let mut found = [named(true, false), named(true, true)].concat();
        for item in [false, true] {
            if found.is_empty() && !(item && is_role) {
                found = named(false, item);
            }
        }
        match found.as_slice() {
            [] if is_role => Ok(Self { role: name.to_owned(), attests: None }),
            [] => {
                let attestations = statements.iter().filter_map(|(a, _)| a.criterion.rsplit('/').next());
                let known: Vec<&str> = roles(workspace).chain(attestations).collect();
                let near = did_you_mean(name, known.iter().copied());
                Err(Refusal::usage(format!("no role and no attestation is called `{name}`"))
                    .hint(near.unwrap_or_else(|| "`milegate check` names what is missing".to_owned())))
            }
            [(attests, role)] if !is_role || attests.criterion == name => {
                Ok(Self { role: role.clone(), attests: Some(attests.clone()) })
            }
            many => {
                let names: Vec<_> = many.iter().map(|(attests, _)| attests.criterion.as_str()).collect();
                let more = if is_role { "; a role of that name needs another" } else { "" };
                Err(Refusal::usage(format!("`{name}` could be more than one thing"))
                    .hint(format!("name it in full: {}{more}", names.join(" or "))))
            }
        }
    }

    /// What it is in a sentence: `the role code`.
    pub(super) fn shown(&self) -> String {
        match &self.attests {
            None => format!("in the role {}", self.role),
            Some(attests) => format!("in the role {}: {}", self.role, attests.statement),
        }
    }
}

/// Roles that criteria ask for and people hold.
fn roles(workspace: &Workspace) -> impl Iterator<Item = &str> {
    let definitions = workspace.config.gates.iter().flat_map(|gate| &gate.criteria);
    let asked = definitions.filter(|d| d.criterion.statement().is_none()).filter_map(|d| d.criterion.role());
    asked.chain(workspace.config.people.iter().flat_map(|person| person.roles.iter().map(String::as_str)))
}

/// The statements that criteria ask for, each with the role of those who may vouch for it; those that are
/// verified of a single item follow.
pub(super) fn statements(workspace: &Workspace) -> Vec<(Attests, String)> {
    let of = |gate: &str, definition: &Definition| {
        let (statement, role) = (definition.criterion.statement()?, definition.criterion.role()?);
        let criterion = format!("{gate}/{}", definition.id);
        Some((Attests { criterion, statement: statement.to_owned() }, role.to_owned()))
    };
    let definitions = workspace.config.gates.iter().flat_map(|g| g.criteria.iter().map(move |d| (g, d)));
    let asked = definitions.filter_map(|(gate, definition)| of(gate.id, definition));
    let any = Item { implementation: Item::NO_IMPLEMENTATION.to_owned(), test: Item::NO_TEST.to_owned() };
    // The configuration was read, so its mistakes are known to be none.
    let lines = gates::verification(&workspace.config.gates_table, &any).unwrap_or_default();
    let verified = lines.iter().flat_map(|line| &line.criteria);
    asked.chain(verified.filter_map(|one| of("verification", &one.definition))).collect()
}
