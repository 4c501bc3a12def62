//! `check --explain-failures`: of each criterion that failed or is unproven, the commands that would
//! show it again.
//!
//! A command is shown as it is to be pasted: nothing of it is escaped or cut, and a line is broken
//! only between two words, with a backslash. `model/shell.rs` lets no word in that would not bear it.

use super::plain::{clean, cut, wrap};
use crate::evidence::reproduce::{Step, What};
use crate::model::shell;
use crate::verdict::Verdict;
use unicode_width::UnicodeWidthStr;

/// Columns before what a command is for, and before the command.
const INDENT: usize = 5;

/// Lines of at most `width` columns, or as long as a single word is; at most `most` single tests,
/// files and places of each criterion. Empty if there is nothing to do.
pub(super) fn lines(verdict: &Verdict, width: usize, most: usize) -> Vec<String> {
    let mut all = Vec::new();
    for gate in &verdict.gates {
        for criterion in gate.criteria.iter().filter(|c| !c.judgement.reproduce.is_empty()) {
            all.push(format!("   {}", cut(&clean(&format!("{}/{}", gate.id, criterion.id)), width - 3)));
            let (single, makers): (Vec<_>, Vec<_>) =
                criterion.judgement.reproduce.iter().partition(|step| is_single(step.what));
            all.extend(makers.iter().chain(single.iter().take(most)).flat_map(|step| shown(step, width)));
            if single.len() > most {
                let more = format!("... and {} more", single.len() - most);
                all.push(format!("{}{more}", " ".repeat(INDENT)));
            }
        }
    }
    if !all.is_empty() {
        all.insert(0, " To see it again".to_owned());
        all.push(String::new());
    }
    all
}

fn is_single(what: What) -> bool {
    matches!(what, What::Test | What::File | What::Lines)
}

fn shown(step: &Step, width: usize) -> Vec<String> {
    let about = clean(&step.about);
    let place = step.place.as_ref().map(|place| clean(&place.to_string())).unwrap_or_default();
    let title = match step.what {
        What::Configured => format!("the command `{about}` of the configuration:"),
        What::Recorded => format!("as `{about}` was recorded:"),
        What::Usual => format!("to make the report `{about}`, usually:"),
        What::Test => format!("{about}:"),
        What::File => String::new(),
        What::Lines => format!("{place}  {about}"),
    };
    let mut lines: Vec<String> = Vec::new();
    if !title.is_empty() {
        let room = width.saturating_sub(INDENT);
        lines.extend(
            wrap(&cut(&title, 240), room).into_iter().map(|line| format!("{}{line}", " ".repeat(INDENT))),
        );
    }
    let below = |line: &str| format!("{}{line}", " ".repeat(INDENT + 2));
    match (step.command.as_deref().map(shell::quoted), &step.shell) {
        (Some(Some(words)), _) => lines.extend(broken(&words, width - INDENT - 2).iter().map(|l| below(l))),
        (None, Some(line)) => lines.push(below(line)),
        (Some(None), _) => {
            let why = "(it holds characters that nobody sees: `command` in --output-format json has them)";
            lines.extend(wrap(why, width - INDENT - 2).iter().map(|line| below(line)));
        }
        (None, None) => {}
    }
    lines
}

/// Words in lines of at most `columns` where they fit, each but the last with a backslash at its end.
fn broken(words: &[String], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() + 2 <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) => {
                line.push_str(" \\");
                lines.push(format!("  {word}"));
            }
            None => lines.push(word.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    #[test]
    fn a_line_is_broken_where_it_would_be_too_long() {
        let words = ["pytest", "a.py::b", "'c d'", "e"].map(str::to_owned);
        assert_eq!(broken(&words, 40), ["pytest a.py::b 'c d' e"]);
        assert_eq!(broken(&words, 18), ["pytest a.py::b \\", "  'c d' e"]);
        assert_eq!(broken(&words, 9), ["pytest \\", "  a.py::b \\", "  'c d' \\", "  e"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_broken_line_is_the_same_command(words in proptest::collection::vec("[a-z '$;\\\\]{0,20}", 1..8), columns in 10usize..60) {
            let all: Vec<String> = ["printf".to_owned(), "<%s>".to_owned()].into_iter().chain(words.clone()).collect();
            let lines = broken(&shell::quoted(&all).unwrap(), columns);
            let out = Command::new("sh").args(["-c", &lines.join("\n")]).output().unwrap();
            let want: String = words.iter().map(|word| format!("<{word}>")).collect();
            prop_assert_eq!(String::from_utf8(out.stdout).unwrap(), want);
        }
    }
}
