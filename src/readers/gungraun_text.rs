//! What gungraun (iai-callgrind from 0.14) and its ancestor iai print.
//!
//! **gungraun**: a benchmark and below it one line an event, `Instructions:  733|700  (+4.7%)`, where
//! the first number is of this run. The names are those of the JSON, so that a history may go on with
//! either. Each benchmark file closes with `Gungraun result:`, of which the count has to agree; a cut
//! between two files cannot be seen. Regressions are refused as in the JSON.
//!
//! **iai**: the same of five events, without a closing line.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::gungraun::Run;
use super::lines::{self, Line};
use super::{divan, measured};

/// The row of gungraun.
pub(super) static GUNGRAUN: Format = Format {
    name: "gungraun-text",
    kind: Kind::Benchmarks,
    tools: "gungraun, iai-callgrind",
    command: "cargo bench > gungraun.txt",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.any(|line| {
            result(line).is_some() || (line.contains('|') && line.starts_with("  ") && event(line).is_some())
        }),
        _ => false,
    },
    read: read_gungraun,
};

/// The row of iai.
pub(super) static IAI: Format = Format {
    name: "iai-text",
    kind: Kind::Benchmarks,
    tools: "iai",
    command: "cargo bench > iai.txt",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.any(|line| line.starts_with("  L1 Accesses: ")),
        _ => false,
    },
    read: read_iai,
};

/// Events by what is printed; all others are printed as they are called.
const LABELS: &[(&str, &str)] = &[
    ("Instructions", "Ir"),
    ("L1 Hits", "L1hits"),
    ("L2 Hits", "LLhits"),
    ("LL Hits", "LLhits"),
    ("RAM Hits", "RamHits"),
    ("Total read+write", "TotalRW"),
    ("Estimated Cycles", "EstimatedCycles"),
    ("I1 Miss Rate", "I1MissRate"),
    ("D1 Miss Rate", "D1MissRate"),
    ("LLi Miss Rate", "LLiMissRate"),
    ("LLd Miss Rate", "LLdMissRate"),
    ("LL Miss Rate", "LLMissRate"),
    ("L1 Hit Rate", "L1HitRate"),
    ("LL Hit Rate", "LLHitRate"),
    ("RAM Hit Rate", "RamHitRate"),
    ("Total units", "TotalUnits"),
    ("Total events", "TotalEvents"),
    ("Total bytes", "TotalBytes"),
    ("Total blocks", "TotalBlocks"),
    ("At t-gmax bytes", "AtTGmaxBytes"),
    ("At t-gmax blocks", "AtTGmaxBlocks"),
    ("At t-end bytes", "AtTEndBytes"),
    ("At t-end blocks", "AtTEndBlocks"),
    ("Reads bytes", "ReadsBytes"),
    ("Writes bytes", "WritesBytes"),
    ("Total lifetimes", "TotalLifetimes"),
    ("Maximum bytes", "MaximumBytes"),
    ("Maximum blocks", "MaximumBlocks"),
    ("Errors", "Errors"),
    ("Contexts", "Contexts"),
    ("Suppressed Errors", "SuppressedErrors"),
    ("Suppressed Contexts", "SuppressedContexts"),
];

/// Events that are printed as they are called.
const PLAIN: &[&str] = &[
    "Dr",
    "Dw",
    "I1mr",
    "D1mr",
    "D1mw",
    "ILmr",
    "DLmr",
    "DLmw",
    "ILdmr",
    "DLdmr",
    "DLdmw",
    "Bc",
    "Bcm",
    "Bi",
    "Bim",
    "Ge",
    "SysCount",
    "SysTime",
    "SysCpuTime",
    "AcCost1",
    "AcCost2",
    "SpLoss1",
    "SpLoss2",
];

/// The events of iai, in its order.
const OF_IAI: [(&str, &str); 5] = [
    ("Instructions", "Ir"),
    ("L1 Accesses", "L1Accesses"),
    ("L2 Accesses", "L2Accesses"),
    ("RAM Accesses", "RAMAccesses"),
    ("Estimated Cycles", "EstimatedCycles"),
];

/// An event, and what stands behind its colon.
fn event(line: &str) -> Option<(&'static str, &str)> {
    let (label, rest) = line.trim_start().split_once(':')?;
    let labelled = LABELS.iter().find(|row| row.0 == label).map(|row| row.1);
    let event = labelled.or(PLAIN.iter().find(|event| **event == label).copied())?;
    Some((event, rest.trim_start()))
}

/// How many benchmarks a closing line counts: those that regressed, and all that ran.
fn result(line: &str) -> Option<(u64, u64)> {
    let rest = line.strip_prefix("Gungraun result: ").or(line.strip_prefix("Iai-Callgrind result: "))?;
    let (_, rest) = rest.split_once(". ")?;
    let mut parts = rest.split("; ");
    let number = |part: &str, word: &str| part.strip_suffix(word)?.parse::<u64>().ok();
    let good = number(parts.next()?, " without regressions")?;
    let bad = number(parts.next()?, " regressed")?;
    rest.contains(" finished in ").then_some((bad, good.checked_add(bad)?))
}

fn read_gungraun(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut state = State {
        run: Run::new(&GUNGRAUN, input.limits),
        tool: String::new(),
        closed: 0,
        regressed: 0,
        open: false,
    };
    let mut begun = false;
    let last = lines::each(&text, |line| {
        state.take(line, !std::mem::replace(&mut begun, true))?;
        // A number may have been longer.
        if line.ended { Ok(()) } else { Err(lines::unclosed("gungraun", line.number)) }
    })?;
    if state.open || state.run.measured == 0 {
        return Err(lines::unclosed("gungraun (`Gungraun result:`)", last));
    }
    state.run.report()
}

struct State<'a> {
    run: Run<'a>,
    /// The tool whose events follow.
    tool: String,
    /// Benchmarks that a closing line has counted.
    closed: u64,
    /// Regressions that were named since the last closing line.
    regressed: u64,
    /// No closing line has come since the last benchmark.
    open: bool,
}

impl State<'_> {
    fn take(&mut self, line: &Line<'_>, first: bool) -> Result<(), ReadError> {
        let text = line.text.trim_end();
        let malformed = |what: &str| {
            let message = format!("{what}: {}", quote(text));
            ReadError::new(Code::Malformed, message).at(line.number, None)
        };
        if let Some(rest) = text.strip_prefix("  ======= ") {
            self.tool = rest.trim_end_matches('=').trim().to_owned();
        } else if let Some((bad, all)) = result(text) {
            self.run.counted()?;
            let found = self.run.measured - self.closed;
            if found != all {
                let message = format!("the closing line counts {all} benchmarks, {found} are there");
                return Err(ReadError::new(Code::Contradiction, message).at(line.number, None));
            }
            (self.regressed..bad).for_each(|_| self.run.regressed("a benchmark"));
            self.regressed = 0;
            (self.closed, self.open) = (self.run.measured, false);
        } else if self.open && text.starts_with("  ") {
            match event(text) {
                Some((event, counts)) => {
                    let count = new_side(counts).ok_or_else(|| malformed("an event without a count"))?;
                    if let Some(count) = count {
                        self.run.event(&self.tool, event, count).map_err(|e| e.at(line.number, None))?;
                    }
                }
                None if text.contains(" exceeds ") => {}
                // Below `Regressions:`.
                None if text.contains("::") => {
                    self.run.regressed(text.trim().trim_end_matches(':'));
                    self.regressed += 1;
                }
                None => return Err(malformed("an unknown line of gungraun")),
            }
        } else if let Some(name) = name(text) {
            self.run.counted()?;
            self.run.begin(name);
            (self.open, self.tool) = (true, String::new());
        } else if text != "Regressions:" && !divan::is_cargo(text) {
            return Err(lines::unknown(line, first, "gungraun"));
        }
        Ok(())
    }
}

/// The name of a benchmark: `file::group::function id:(arguments)`.
fn name(text: &str) -> Option<String> {
    let (path, rest) = text.split_once(' ').unwrap_or((text, ""));
    let plain = path.split("::").all(|part| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '<' | '>' | '-'))
    });
    let id = rest.split_once(':').map_or("", |(id, _)| id);
    let full = if id.is_empty() { path.to_owned() } else { format!("{path} {id}") };
    (plain && path.contains("::")).then_some(full)
}

/// The count of this run, `None` if it has none.
fn new_side(counts: &str) -> Option<Option<f64>> {
    let word = counts.split_whitespace().next()?;
    match word.split('|').next()? {
        "N/A" => Some(None),
        number => number.parse().ok().map(Some),
    }
}

fn read_iai(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut run = Run::new(&IAI, input.limits);
    let mut expected = OF_IAI.iter();
    let mut begun = false;
    let last = lines::each(&text, |line| {
        let first = !std::mem::replace(&mut begun, true);
        let text = line.text.trim_end();
        if !line.ended {
            return Err(lines::unclosed("iai", line.number));
        }
        if let Some(rest) = text.strip_prefix("  ") {
            let (label, count) = rest.split_once(':').unwrap_or((rest, ""));
            let row = expected.next().filter(|row| row.0 == label);
            let count = count.split_whitespace().next().and_then(|count| count.parse::<u64>().ok());
            let (Some(row), Some(count)) = (row, count) else {
                return Err(lines::unknown(line, first, "iai"));
            };
            return run.event("iai", row.1, count as f64).map_err(|e| e.at(line.number, None));
        }
        if divan::is_cargo(text) {
            return Ok(());
        }
        if expected.len() != 0 && run.measured > 0 {
            return Err(lines::unclosed("a benchmark of iai", line.number));
        }
        if text.contains(char::is_whitespace) {
            return Err(lines::unknown(line, first, "iai"));
        }
        run.counted()?;
        run.begin(text.to_owned());
        expected = OF_IAI.iter();
        Ok(())
    })?;
    if expected.len() != 0 {
        return Err(lines::unclosed("a benchmark of iai", last));
    }
    if run.measured == 0 {
        return Err(measured::failed("no benchmark ran"));
    }
    run.report()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing;

    const TWO: &str = "b::g::sorted long:(1000)\n  Instructions:   733|N/A   (*********)\n  L1 Hit Rate:  98.5|97.0 (+1%)\n\
                       b::g::total\n  ======= CALLGRIND ======\n  Instructions:  N/A|5  (x)\n  Estimated Cycles: 49|50 (-2%)\n\
                       ======= DHAT\n";

    #[test]
    fn the_first_number_is_of_this_run() {
        let body = TWO.replace("======= DHAT\n", "  ======= DHAT ======\n  Total bytes: 8|N/A (x)\n");
        let end = "\nGungraun result: Ok. 2 without regressions; 0 regressed; 0 filtered; 2 benchmarks finished in 1.1s\n";
        let read = testing::benchmarks(read_gungraun, &format!("{body}{end}")).unwrap().0;
        let rows: Vec<_> = read.list.iter().map(|b| (b.full_name.as_str(), b.value(), &*b.unit)).collect();
        let total = "b::g::total/EstimatedCycles";
        assert_eq!(rows[..2], [("b::g::sorted long", 733.0, ""), (total, 49.0, "")]);
        assert_eq!(rows[2..], [("b::g::total/TotalBytes", 8.0, "B")]);
        for (text, code) in [
            (body.clone(), Code::Truncated),
            (format!("{body}{}", end.trim_end()), Code::Truncated),
            (format!("{body}{}", end.replace("2 without", "3 without")), Code::Contradiction),
            (
                format!("{body}{}", end.replace("; 0 regressed", &format!("; {} regressed", u64::MAX))),
                Code::Malformed,
            ),
            (
                format!("{body}{}", end.replace("2 without regressions; 0", "1 without regressions; 1")),
                Code::ToolFailed,
            ),
            (format!("{body}  Instruction: 7|7\n{end}"), Code::Malformed),
            (format!("{body}  Errors: 7|7\n{end}"), Code::ToolFailed),
            (format!("{body}b::g::none\n{end}"), Code::ToolFailed),
            (format!("{body}{body}{end}"), Code::Duplicate),
            (end.replace('2', "0"), Code::Truncated),
            ("error: x\n".to_owned(), Code::WrongFormat),
        ] {
            assert_eq!(testing::benchmarks(read_gungraun, &text).unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn iai_has_five_events() {
        let rows: String =
            OF_IAI.iter().zip(1..).map(|(row, n)| format!("  {}:   {n} (No change)\n", row.0)).collect();
        let text = format!("a\n{rows}\nb\n{rows}\n");
        let read = testing::benchmarks(read_iai, &text).unwrap().0;
        assert_eq!(
            (read.list.len(), read.list[9].full_name.as_str(), read.list[9].value()),
            (10, "b/EstimatedCycles", 5.0)
        );
        for (text, code) in [
            ("a\n".to_owned(), Code::Truncated),
            (text.trim_end().to_owned(), Code::Truncated),
            (text.replace("  Estimated Cycles:   5 (No change)\n", ""), Code::Truncated),
            (text.replace("   5 ", "   -5 "), Code::Malformed),
            (format!("{text}error: x\n"), Code::Malformed),
            (format!("{text}a\n{rows}"), Code::Duplicate),
        ] {
            assert_eq!(testing::benchmarks(read_iai, &text).unwrap_err().code, code, "{text}");
        }
    }
}
