//! The commands of the registers, from their table: `risk add`, `debt list`, `blocker resolve`, ...

use crate::documents::plain;
use crate::model::register::{self, Field, Noun};
use crate::model::since::Since;
use clap::builder::{PossibleValuesParser, ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand};
use std::collections::BTreeMap;

/// A command on a register.
#[derive(Debug)]
pub(in crate::commands) struct Registers {
    /// The register.
    pub(in crate::commands) noun: &'static Noun,
    /// What to do with it.
    pub(in crate::commands) action: Action,
}

/// What to do with a register.
#[derive(Debug)]
pub(in crate::commands) enum Action {
    /// Put an entry into it.
    Add {
        /// The milestone or side, where the register is divided.
        group: Option<String>,
        /// What the entry says.
        values: BTreeMap<&'static str, String>,
        /// Since when it stands; else now.
        since: Option<Since>,
    },
    /// Show its entries.
    List {
        /// The resolved ones, too.
        all: bool,
        /// As JSON.
        json: bool,
    },
    /// Mark an entry as resolved.
    Resolve {
        /// Its key, or a part of its title.
        key: String,
        /// What is said about it.
        values: BTreeMap<&'static str, String>,
    },
}

const SINCE: &str = "since";
const KEY: &str = "key";

impl Subcommand for Registers {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(register::NOUNS.iter().map(|noun| of(noun)))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        register::noun(name).is_some()
    }
}

/// The command of a register.
fn of(noun: &'static Noun) -> Command {
    let mut command = Command::new(noun.name)
        .about(noun.summary)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(add(noun))
        .subcommand(list(noun));
    if let Some(closing) = noun.closing {
        command = command.subcommand(resolve(noun, closing));
    }
    command
}

fn add(noun: &'static Noun) -> Command {
    let (title, others) =
        noun.fields.split_first().map_or((None, noun.fields), |(title, rest)| (Some(title), rest));
    let positional = noun.group.into_iter().chain(title);
    let positional = positional.map(|field| value(field).required(true));
    let options = others.iter().map(|field| {
        let arg = value(field).long(field.flag()).required(field.otherwise.is_none());
        match field.otherwise {
            Some(usual) if !usual.is_empty() => arg.default_value(usual),
            _ => arg,
        }
    });
    let since = Arg::new(SINCE)
        .long(SINCE)
        .value_name("WHEN")
        .help("Since when it stands, in UTC: \"2026-11-23 17:30\"; now unless given")
        .value_parser(|text: &str| text.parse::<Since>());
    Command::new("add")
        .about(format!("Put a {} into the status document", noun.name))
        .args(positional)
        .args(options)
        .arg(since)
}

fn list(noun: &'static Noun) -> Command {
    let mut command = Command::new("list").about(format!("List what the {} register holds", noun.name));
    if noun.closing.is_some() {
        command =
            command.arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help("Resolved entries, too"));
    }
    command.arg(
        Arg::new("output-format")
            .long("output-format")
            .value_name("FORMAT")
            .help("What is printed")
            .default_value("text")
            .value_parser(["text", "json"]),
    )
}

fn resolve(noun: &'static Noun, closing: &'static [Field]) -> Command {
    let key = Arg::new(KEY)
        .required(true)
        .value_name("ENTRY")
        .help("Its key, as `list` shows it, or a part of its title");
    let options = closing.iter().map(|field| {
        let arg = value(field).long(field.flag());
        match field.otherwise {
            Some(usual) if !usual.is_empty() => arg.default_value(usual),
            Some(_) => arg,
            None => arg.required(true),
        }
    });
    Command::new("resolve").about(format!("Mark a {} as resolved", noun.name)).arg(key).args(options)
}

/// An argument of a field; of the words it may be, in either case.
fn value(field: &'static Field) -> Arg {
    let arg = Arg::new(field.name).value_name(field.name.to_uppercase().replace(' ', "_")).help(field.help);
    match (field.choices, field.day) {
        ([], false) => arg.value_parser(ValueParser::string()).allow_hyphen_values(false),
        ([], true) => {
            arg.value_parser(|text: &str| text.parse::<jiff::civil::Date>().map(|day| day.to_string()))
        }
        (choices, _) => arg.value_parser(PossibleValuesParser::new(choices)).ignore_case(true),
    }
}

impl FromArgMatches for Registers {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(ErrorKind::MissingSubcommand);
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let noun = register::noun(name).ok_or_else(missing)?;
        let (name, matches) = matches.subcommand().ok_or_else(missing)?;
        let action = match name {
            "add" => Action::Add {
                group: noun.group.and_then(|field| said(field, matches).transpose()).transpose()?,
                values: values(noun.fields, matches)?,
                since: matches.get_one(SINCE).copied(),
            },
            "list" => Action::List {
                all: noun.closing.is_none() || matches.get_flag("all"),
                json: matches.get_one::<String>("output-format").is_some_and(|format| format == "json"),
            },
            _ => Action::Resolve {
                key: matches.get_one::<String>(KEY).cloned().unwrap_or_default(),
                values: values(noun.closing.unwrap_or_default(), matches)?,
            },
        };
        Ok(Self { noun, action })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn values(
    fields: &'static [Field],
    matches: &ArgMatches,
) -> Result<BTreeMap<&'static str, String>, clap::Error> {
    let mut values = BTreeMap::new();
    for field in fields {
        if let Some(value) = said(field, matches)? {
            values.insert(field.name, value);
        }
    }
    Ok(values)
}

/// What was said for a field, in the spelling of the table. Somebody who says only blanks or
/// invisible signs says nothing, and where something has to be said that is a mistake.
fn said(field: &'static Field, matches: &ArgMatches) -> Result<Option<String>, clap::Error> {
    let Some(given) = matches.get_one::<String>(field.name) else { return Ok(None) };
    let text = plain::sanitize(given);
    let chosen = field.choices.iter().find(|choice| choice.eq_ignore_ascii_case(&text));
    let text = chosen.map_or(text, |choice| (*choice).to_owned());
    match (text.is_empty(), field.otherwise) {
        (false, _) => Ok(Some(text)),
        (true, Some(usual)) => Ok(Some(usual.to_owned()).filter(|usual| !usual.is_empty())),
        (true, None) => {
            let mut error = clap::Error::new(ErrorKind::InvalidValue);
            let name = format!("<{}>", field.name.to_uppercase());
            error.insert(ContextKind::InvalidArg, ContextValue::String(name));
            error.insert(ContextKind::InvalidValue, ContextValue::String(String::new()));
            Err(error)
        }
    }
}
