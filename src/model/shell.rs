//! A command as a line that a person pastes into a shell.
//!
//! Words may come from reports and file names, so a pasted line must run its first word with the
//! others as arguments, and nothing else, in sh, bash and zsh. A word with anything that is not seen,
//! or that ends a line, is in no line at all: nobody can check what they paste.

use super::plain::is_invisible;

/// Characters that mean themselves everywhere in a word.
const PLAIN: &[char] = &['_', '@', '+', ':', ',', '.', '/', '-', '%', '='];
/// Of those the ones that may begin a word: `=ls` is a path in zsh, `%1` a job, `::` a runner's command.
const PLAIN_FIRST: &[char] = &['_', '@', '+', '.', '/', '-'];
/// What a CI runner executes wherever a line holds it: never in one piece.
const MARKERS: &[(&str, &str)] = &[("##[", "##''["), ("##vso[", "##''vso[")];

/// The words as one line for a POSIX shell; `None` if one of them cannot be shown.
pub fn line(words: &[String]) -> Option<String> {
    quoted(words).map(|all| all.join(" "))
}

/// The words of that line, each by itself.
pub fn quoted(words: &[String]) -> Option<Vec<String>> {
    let (program, arguments) = words.split_first()?;
    // `A=b` before a command sets a variable.
    let program = if program.contains('=') { single_quoted(program) } else { word(program) };
    std::iter::once(program).chain(arguments.iter().map(|argument| word(argument))).collect()
}

/// One word; `None` if it cannot be shown.
pub fn word(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || PLAIN.contains(&c);
    let begins = |c: char| c.is_ascii_alphanumeric() || PLAIN_FIRST.contains(&c);
    if text.starts_with(begins) && text.chars().all(plain) {
        return Some(text.to_owned());
    }
    single_quoted(text)
}

fn single_quoted(text: &str) -> Option<String> {
    if text.chars().any(|c| is_invisible(c) || c.is_whitespace() && c != ' ') {
        return None;
    }
    let inside = text.replace('\'', "'\\''");
    let inside = MARKERS.iter().fold(inside, |text, (marker, apart)| text.replace(marker, apart));
    Some(format!("'{inside}'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    fn words(text: &[&str]) -> Vec<String> {
        text.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn only_what_needs_it_is_quoted() {
        let told = |all: &[&str]| line(&words(all));
        assert_eq!(
            told(&["pytest", "--junitxml=a/b.xml", "t.py::T::x[1-a]"]).unwrap(),
            "pytest --junitxml=a/b.xml 't.py::T::x[1-a]'"
        );
        assert_eq!(told(&["A=b", "it's", ""]).unwrap(), "'A=b' 'it'\\''s' ''");
        assert_eq!(told(&["x", "=ls", "~", "%1", "::error::x"]).unwrap(), "x '=ls' '~' '%1' '::error::x'");
        assert_eq!(told(&["x", "##[add-mask]y"]).unwrap(), "x '##''[add-mask]y'");
        for unseen in ["a\nb", "a\x1b[2J", "a\u{202e}b", "a\u{200b}", "a\rb", "a\u{2028}b", "a\tb", "\0"] {
            assert_eq!(told(&["x", unseen]), None, "{unseen:?}");
        }
        assert_eq!(told(&[]), None);
    }

    /// What `sh` makes of `printf` with this line behind it.
    fn of_shell(line: &str) -> String {
        let script = format!("printf '<%s>' {line}");
        let out = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(out.status.success() && out.stderr.is_empty(), "{script}: {out:?}");
        String::from_utf8(out.stdout).unwrap()
    }

    #[test]
    fn a_shell_reads_the_very_words() {
        let all = words(&[
            "$(id)", "`id`", "a;b", "a&&b", "'", "''", "\\", "\"", "!!", "#x", "*", "{a,b}", "|", ">f",
        ]);
        let want: String = all.iter().map(|word| format!("<{word}>")).collect();
        let quoted: Vec<_> = all.iter().map(|text| word(text).unwrap()).collect();
        assert_eq!(of_shell(&quoted.join(" ")), want);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn a_shell_reads_any_words(texts in proptest::collection::vec(r"([a-zA-Z0-9 '$`;&|<>()\\!#*?~=%{}\[\]:-]|##\[|##vso\[|\PC){0,12}", 1..6)) {
            let quoted: Vec<_> = texts.iter().map(|text| word(text)).collect();
            for (text, quoted) in texts.iter().zip(&quoted) {
                let unseen = text.chars().any(|c| is_invisible(c) || c.is_whitespace() && c != ' ');
                prop_assert_eq!(quoted.is_none(), unseen, "{:?}", text);
            }
            let shown: Vec<_> = texts.iter().zip(quoted).filter_map(|(text, quoted)| Some((text, quoted?))).collect();
            if !shown.is_empty() {
                let line: Vec<_> = shown.iter().map(|(_, quoted)| quoted.as_str()).collect();
                let line = line.join(" ");
                prop_assert!(!line.contains("##[") && !line.contains("##vso[") && !line.starts_with("::"));
                let want: String = shown.iter().map(|(text, _)| format!("<{text}>")).collect();
                prop_assert_eq!(of_shell(&line), want);
            }
        }
    }
}
