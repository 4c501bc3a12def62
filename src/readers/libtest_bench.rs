//! The bench lines of Rust's libtest (`cargo bench` with `#[bench]`), and of criterion's
//! `--output-format bencher`, which writes the same lines without a frame.
//!
//! `test NAME ... bench: 1,234.5 ns/iter (+/- 67) = 89 MB/s`. libtest's figure is the median of its
//! samples, criterion's a mean. In a frame (`running 3 tests` to `test result: ...`) the counts must
//! agree; between two frames, and between criterion's lines, a cut cannot be seen. cargo's own
//! progress lines are accepted. Ignored on purpose: the spread, and tests that are marked as ignored,
//! which is all of them in a bench run.

use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line, counted};
use super::measured::{self, Rows, less, more};
use crate::model::benchmarks::Statistic;

/// libtest's own.
pub(super) static LIBTEST: Format = Format {
    name: "cargo-bench-text",
    kind: Kind::Benchmarks,
    tools: "cargo bench (libtest)",
    command: "cargo bench > bench.txt",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.any(is_bench) && text.any(|line| running(line).is_some()),
        _ => false,
    },
    read: |input| read(input, &LIBTEST, Statistic::Median),
};

/// criterion's.
pub(super) static BENCHER: Format = Format {
    name: "bencher-text",
    kind: Kind::Benchmarks,
    tools: "criterion.rs --output-format bencher",
    command: "cargo bench -- --output-format bencher > bench.txt",
    end: End::Records,
    detect: |head| match head {
        Head::Text(text) => text.any(is_bench) && !text.any(|line| running(line).is_some()),
        _ => false,
    },
    read: |input| read(input, &BENCHER, Statistic::Mean),
};

/// What cargo writes while it builds and starts; it stands on standard error.
const PROGRESS: &[&str] = &[
    "Compiling ",
    "Finished ",
    "Running ",
    "Fresh ",
    "Locking ",
    "Updating ",
    "Downloading ",
    "Downloaded ",
    "Blocking ",
    "Adding ",
];

/// Whether it is a line of figures.
pub(super) fn is_bench(line: &str) -> bool {
    unmarked(line).starts_with("test ") && line.contains(" ... bench: ")
}

/// The line without the marks of a quiet run, which stand before the first bench line of a row.
fn unmarked(line: &str) -> &str {
    line.trim_start_matches(['i', '.'])
}

/// `running 3 tests`
pub(super) fn running(line: &str) -> Option<u64> {
    counted(line.strip_prefix("running ")?, "test").filter(|(_, rest)| rest.is_empty()).map(|(n, _)| n)
}

/// A frame that is open: what it promised, and what was seen.
#[derive(Default)]
struct Frame {
    promised: u64,
    measured: u64,
    others: u64,
}

fn read(input: &Input<'_>, format: &'static Format, figure: Statistic) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut rows = Rows::new(format, input.limits);
    let (mut frame, mut framed): (Option<Frame>, _) = (None, false);
    let (mut first, mut last, mut any) = (true, 1, false);
    for line in lines::filled(&text) {
        let text = line.text.trim_end();
        last = line.number;
        // A line without its end may have been longer: `= 89 MB/s`.
        if !line.ended {
            return Err(lines::unclosed("cargo bench", last));
        }
        if is_bench(text) {
            bench(text, &line, figure, &mut rows)?;
            any = true;
            frame.iter_mut().for_each(|f| f.measured += 1);
        } else if let Some(promised) = running(text) {
            framed = true;
            if frame.replace(Frame { promised, ..Frame::default() }).is_some() {
                return Err(lines::unclosed("the tests before it (`test result: ...`)", line.number));
            }
        } else if let Some(result) = text.strip_prefix("test result: ") {
            let frame = frame.take().ok_or_else(|| lines::unknown(&line, first, "cargo bench"))?;
            close(&frame, result, &line)?;
        } else if [" ... FAILED", " --- FAILED"].iter().any(|end| text.ends_with(end)) {
            return Err(
                measured::failed(format!("a benchmark failed: {}", quote(text))).at(line.number, None)
            );
        } else if text.starts_with("test ") && text.contains(" ... ignored") && frame.is_some() {
            frame.iter_mut().for_each(|f| f.others += 1);
        } else if !is_frill(text, frame.is_some()) {
            return Err(lines::unknown(&line, first, "cargo bench"));
        }
        first = false;
    }
    if frame.is_some() {
        return Err(lines::unclosed("cargo bench (`test result: ...`)", last));
    }
    if !any {
        return Err(ReadError::new(Code::WrongFormat, "no benchmark of `cargo bench`"));
    }
    if framed != (format.name == LIBTEST.name) {
        let message =
            if framed { "libtest's frame, which criterion does not write" } else { "no `running N tests`" };
        return Err(ReadError::new(Code::WrongFormat, message));
    }
    Ok(rows.report())
}

/// cargo's progress, and the marks of a quiet run: `iii.`.
fn is_frill(text: &str, in_frame: bool) -> bool {
    let progress = text.starts_with("  ") && PROGRESS.iter().any(|p| text.trim_start().starts_with(p));
    let quiet = in_frame && text.bytes().all(|b| matches!(b, b'i' | b'.' | b' ' | b'/' | b'0'..=b'9'));
    progress || quiet || text.starts_with("Gnuplot not found") || text.starts_with("Benchmarking ")
}

/// `ok. 0 passed; 0 failed; 1 ignored; 2 measured; 0 filtered out; finished in 0.1s`.
fn close(frame: &Frame, result: &str, line: &Line<'_>) -> Result<(), ReadError> {
    let count = |what: &str| {
        let part = result.split([';', '.']).find_map(|part| part.trim().strip_suffix(what))?;
        part.trim().parse::<u64>().ok()
    };
    if !result.starts_with("ok. ") {
        return Err(measured::failed("cargo bench says that the run failed").at(line.number, None));
    }
    let (Some(told), Some(_)) = (count(" measured"), count(" filtered out")) else {
        return Err(lines::unclosed("cargo bench", line.number));
    };
    let quiet = count(" ignored").unwrap_or(0) + count(" passed").unwrap_or(0);
    if told != frame.measured || frame.promised != frame.measured + quiet.max(frame.others) {
        let message = format!("{} benchmarks, but the closing line says {told} measured", frame.measured);
        return Err(ReadError::new(Code::Contradiction, message).at(line.number, None));
    }
    Ok(())
}

fn bench(text: &str, line: &Line<'_>, figure: Statistic, rows: &mut Rows<'_>) -> Result<(), ReadError> {
    let malformed =
        || ReadError::new(Code::Malformed, "a bench line that cannot be read").at(line.number, None);
    let (name, rest) = unmarked(text)
        .strip_prefix("test ")
        .and_then(|t| t.split_once(" ... bench: "))
        .ok_or_else(malformed)?;
    let (time, rest) = rest.split_once(" ns/iter (+/- ").ok_or_else(malformed)?;
    let (spread, rate) = rest.split_once(')').ok_or_else(malformed)?;
    let time = number(time.trim()).ok_or_else(malformed)?;
    number(spread).ok_or_else(malformed)?;
    let name = name.trim();
    rows.add(name, name, less("ns"), [(figure, time)], 1).map_err(|e| e.at(line.number, None))?;
    if !rate.is_empty() {
        let rate = rate.strip_prefix(" = ").and_then(|r| r.strip_suffix(" MB/s")).and_then(number);
        rows.metric((name, name), "throughput", more("MB/s"), rate.ok_or_else(malformed)?, 1)?;
    }
    Ok(())
}

/// A number with commas between its thousands.
fn number(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut groups = whole.split(',');
    let head = groups.next()?;
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let grouped = plain(head) && groups.all(|group| group.len() == 3 && plain(group)) && plain(fraction);
    grouped.then(|| text.replace(',', "").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::benchmarks::Benchmarks;
    use crate::readers::testing;

    fn report(text: &str, format: &'static Format) -> Result<Benchmarks, ReadError> {
        testing::benchmarks(format.read, text).map(|read| read.0)
    }

    const ONE: &str = "test a ... bench:       1,234.5 ns/iter (+/- 67) = 89 MB/s\n";
    const END: &str =
        "test result: ok. 0 passed; 0 failed; 1 ignored; 1 measured; 0 filtered out; finished in 0.1s\n";

    #[test]
    fn frames_must_agree_with_their_lines() {
        let whole = format!("running 2 tests\ntest b ... ignored\n{ONE}\n{END}");
        let read = report(&whole, &LIBTEST).unwrap();
        assert_eq!((read.list[0].value(), read.list[1].name.as_str()), (1234.5, "a/throughput"));
        for (text, code) in [
            (format!("running 2 tests\n{ONE}"), Code::Truncated),
            (
                format!("running 1 test\n{ONE}{END}")
                    .replace("1 ignored", "0 ignored")
                    .replace("1 meas", "2 meas"),
                Code::Contradiction,
            ),
            (format!("running 3 tests\n{ONE}{END}"), Code::Contradiction),
            (format!("running 2 tests\n{END}"), Code::Contradiction),
            (format!("running 2 tests\n{ONE}test b ... FAILED\n"), Code::ToolFailed),
            (format!("running 2 tests\n{ONE}{}", END.replace("ok.", "FAILED.")), Code::ToolFailed),
            (format!("running 2 tests\n{ONE}running 1 test\n"), Code::Truncated),
            (format!("{ONE}what\n"), Code::Malformed),
            (format!("{ONE}{ONE}"), Code::Duplicate),
            ("test a ... bench: 1,23 ns/iter (+/- 1)\n".to_owned(), Code::Malformed),
            ("test a ... bench: NaN ns/iter (+/- 1)\n".to_owned(), Code::Malformed),
        ] {
            assert_eq!(report(&text, &LIBTEST).unwrap_err().code, code, "{text}");
        }
        let quiet = format!("running 2 tests\ni{ONE}{END}");
        assert_eq!(report(&quiet, &LIBTEST).unwrap().list[0].name, "a");
        let quiet = "running 2 tests\ni 1/2\nb --- FAILED\n";
        assert_eq!(report(quiet, &LIBTEST).unwrap_err().code, Code::ToolFailed);
        assert_eq!(report(ONE, &BENCHER).unwrap().list.len(), 2);
    }
}
