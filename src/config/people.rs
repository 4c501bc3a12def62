//! `[people]`: who may sign off. No address, account or key belongs to two people, or one could
//! stand for both and make a quorum alone.

use super::section::{Section, Texts};
use super::words;
use crate::criteria::spec::{Problem, did_you_mean};
use crate::gates::Gate;
use crate::model::person::Person;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Keys of one of `[people]`.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct PersonKeys {
    /// E-mail addresses of their commits.
    emails: Option<Texts>,
    /// Their account on GitHub.
    github: Option<String>,
    /// Roles they may sign off.
    roles: Option<Texts>,
    /// Public keys of their signatures: "ssh-ed25519 AAAA...".
    keys: Option<Texts>,
}

/// What belongs to somebody: the key it stands under, its position there, and itself.
type Belonging = (&'static str, Option<usize>, String);

/// Reads `[people]`, in the order of the file.
pub(super) fn read(file: &Table, problems: &mut Vec<Problem>) -> Vec<Person> {
    let table = match file.get("people") {
        Some(Value::Table(table)) => table.clone(),
        Some(other) => {
            let message = format!("expected [people.<id>] tables, found {}", other.type_str());
            problems.push(Problem::new(["people"], message));
            return Vec::new();
        }
        None => return Vec::new(),
    };
    let mut owners: BTreeMap<(&'static str, String), String> = BTreeMap::new();
    let mut people = Vec::new();
    for (id, value) in &table {
        if let Err(wrong) = words::person(id) {
            problems.push(Problem::new(["people", id], format!("a person's id {wrong}")).key());
        }
        let path = vec!["people".to_owned(), id.clone()];
        let Some(mut section) = Section::open(value, path, problems) else { continue };
        let person = read_one(id, &mut section);
        for (key, at, belonging) in belongings(&section, &person) {
            let owner = owners.entry((key, belonging)).or_insert_with(|| id.clone()).clone();
            if owner != *id {
                let at = at.map(|at| at.to_string());
                let below: Vec<&str> = std::iter::once(key).chain(at.as_deref()).collect();
                section.wrong(
                    &below,
                    format!("this belongs to `{owner}` already, and cannot stand for two people"),
                );
            }
        }
        people.push(person);
    }
    people
}

/// A role that no criterion asks for, and that looks like one that is asked for, is a slip of the pen.
pub(super) fn check_roles(people: &[Person], gates: &[Gate], problems: &mut Vec<Problem>) {
    let asked: Vec<&str> =
        gates.iter().flat_map(|g| &g.criteria).filter_map(|d| d.criterion.role()).collect();
    for person in people {
        for (at, role) in person.roles.iter().enumerate().filter(|(_, role)| !asked.contains(&role.as_str()))
        {
            if let Some(hint) = did_you_mean(role, asked.iter().copied()) {
                let path = ["people", &person.id, "roles", &at.to_string()].map(str::to_owned);
                problems
                    .push(Problem::new(path, format!("no criterion asks for the role `{role}`")).hint(hint));
            }
        }
    }
}

fn read_one(id: &str, section: &mut Section<'_>) -> Person {
    let keys: PersonKeys = section.read();
    Person {
        id: id.to_owned(),
        emails: section.each_checked("emails", keys.emails, email),
        github: section.checked("github", keys.github, account),
        roles: section.each_checked("roles", keys.roles, words::slug),
        keys: section.each_checked("keys", keys.keys, key),
    }
}

/// Everything by which a person is known, in the form in which it is compared.
fn belongings(section: &Section<'_>, person: &Person) -> Vec<Belonging> {
    let place = |key: &str, text: &str| section.position(key, text);
    let emails = person.emails.iter().map(|e| ("emails", place("emails", e), e.to_ascii_lowercase()));
    let keys = person.keys.iter().map(|k| ("keys", place("keys", k), without_comment(k)));
    let github = person.github.iter().map(|g| ("github", None, g.to_ascii_lowercase()));
    emails.chain(keys).chain(github).collect()
}

/// The kind and body of a key; what follows is a comment of its owner's.
fn without_comment(key: &str) -> String {
    key.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

pub(super) fn email(text: &str) -> Result<(), String> {
    words::line(text)?;
    let whole = text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
    if !whole || text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',')) {
        return Err(format!("is an address such as bob@example.com, not `{text}`"));
    }
    Ok(())
}

fn account(text: &str) -> Result<(), String> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '[' | ']');
    if text.is_empty() || text.len() > 100 || !text.chars().all(good) {
        return Err(format!("is the name of an account, not `{text}`"));
    }
    Ok(())
}

fn key(text: &str) -> Result<(), String> {
    // RSA keys are longer than any name.
    if text.chars().any(words::is_hidden) || text.len() > 10_000 {
        return Err("is one line of at most 10000 characters".to_owned());
    }
    if text.split_whitespace().count() < 2 {
        return Err("is the line of a public key: \"ssh-ed25519 AAAA...\"".to_owned());
    }
    Ok(())
}
