//! Decisions per function in Python text: a count of words outside strings and comments.
//!
//! Not a parser: a word is a decision wherever it stands in a function, `assert` and `else` are
//! none, and `case` counts only where it begins a line.

/// Decisions inside functions, and functions.
pub(super) fn decisions(text: &str) -> (u64, u64) {
    let code = blank(text);
    let (mut decisions, mut functions) = (0, 0);
    let mut open: Vec<usize> = Vec::new();
    for line in code.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        while open.last().is_some_and(|def| *def >= indent) {
            open.pop();
        }
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty());
        let bare = line.trim_start();
        if bare.starts_with("def ") || bare.starts_with("async def ") {
            functions += 1;
            open.push(indent);
            continue;
        }
        if open.is_empty() {
            continue;
        }
        let first = words.clone().next() == Some("case") && bare.trim_end().ends_with(':');
        decisions += u64::from(first);
        decisions += words
            .by_ref()
            .filter(|w| matches!(*w, "if" | "elif" | "for" | "while" | "except" | "and" | "or"))
            .count() as u64;
    }
    (decisions, functions)
}

/// The text with strings and comments as blanks; line breaks outside of strings stay, so a string
/// over several lines is one line.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' | '\'' => string(rest, c),
            _ => {
                out.push(c);
                c.len_utf8()
            }
        };
        if matches!(c, '"' | '\'') {
            out.push('.');
        }
        rest = &rest[len..];
    }
    out
}

/// The length of the string literal at the start of `text`.
fn string(text: &str, quote: char) -> usize {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let long = text.starts_with(&triple);
    let end = if long { triple.as_str() } else { &triple[..1] };
    let bytes = text.as_bytes();
    let mut at = end.len();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !long => return at,
            _ if bytes[at..].starts_with(end.as_bytes()) => return at + end.len(),
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::decisions;

    #[test]
    fn counts_inside_functions_only() {
        let text = "if x:\n    pass\n\ndef a(x, y='if'):\n    \"\"\"if and\n    or\"\"\"\n    if x and y:  # or z\n        \
                    return [v for v in x if v]\n    match x:\n        case 1:\n            case = 2\n    assert x\n\n\
                    class B:\n    async def b(self):\n        return 'it\\'s or' or f\"{x} and\"\n\nfor q in r:\n    pass\n";
        assert_eq!(decisions(text), (6, 2));
        assert_eq!(decisions("def a():\n    x = 'open\n    if y:\n        pass\n"), (1, 1));
        assert_eq!(decisions("\"\\"), (0, 0));
        assert_eq!(decisions("def \u{e9}():\n  '\\\u{e9}' or \u{e9}\n"), (1, 1));
    }
}
