//! Lines of a file as text: runs of equal state, `1-3!4,7`. `!` before missed ones, `,` before hit ones.

use crate::model::coverage::{Lines, MAX_LINE};

/// The runs of a file's lines.
pub(in crate::evidence) fn encode(lines: &Lines) -> String {
    let mut out = String::new();
    let mut all = lines.iter().peekable();
    while let Some((first, hit)) = all.next() {
        let mut last = first;
        while all.peek() == Some(&(last + 1, hit)) {
            last += 1;
            all.next();
        }
        out.push(if hit { ',' } else { '!' });
        out.push_str(&first.to_string());
        if last > first {
            out.push_str(&format!("-{last}"));
        }
    }
    out
}

/// The lines of such a text; `None` if it is none.
pub(in crate::evidence) fn decode(text: &str) -> Option<Lines> {
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let hit = match sign {
            ',' => true,
            '!' => false,
            _ => return None,
        };
        let end = rest[1..].find([',', '!']).map_or(rest.len(), |at| at + 1);
        let run = &rest[1..end];
        let (first, last) = run.split_once('-').unwrap_or((run, run));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        // A run of a hundred million lines is no file, but a way to use up memory.
        if first > last || last > MAX_LINE || last - first > 10_000_000 {
            return None;
        }
        all.extend((first..=last).map(|line| (line, hit)));
        rest = &rest[end..];
    }
    Some(Lines::collect(all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_runs() {
        let lines = Lines::collect([(1, true), (2, true), (3, true), (4, false), (7, true)]);
        assert_eq!(encode(&lines), ",1-3!4,7");
        assert_eq!(decode(",5-3"), None);
        assert_eq!(decode("1-3"), None);
        assert_eq!(decode(",1-4000000000"), None);
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(lines in prop::collection::vec((1u32..2000, any::<bool>()), 0..300)) {
            let lines = Lines::collect(lines);
            prop_assert_eq!(decode(&encode(&lines)), Some(lines));
        }
    }
}
