//! Damaged and foreign reports are refused, never read as whole: every fixture is cut, emptied,
//! replaced, prefixed, doubled, recoded, and flipped byte by byte.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod discover;

use discover::{Fixture, fixtures, read_as};
use milegate::readers::{Body, Code, End, FORMATS, Input, Kind, Limits, detect};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every report is cut at so many places, and at as many borders of tags or lines.
const CUTS: usize = 500;

/// A report of more bytes takes longer than 5 ms to read here, and is cut at fewer places.
const LARGE: usize = 24 << 10;

/// Reports up to this size have every byte flipped; up to the other in four ways.
const FLIPPED: usize = 4 << 10;
const SMALL: usize = 800;

/// Does the work on all of the fixtures, on every core; the large ones first.
fn each(wanted: impl Fn(&Fixture) -> bool, work: impl Fn(&Fixture) + Sync) {
    let mut fixtures = fixtures();
    fixtures.retain(wanted);
    fixtures.sort_by_key(|fixture| std::cmp::Reverse(fixture.bytes.len()));
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(fixture) = fixtures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(fixture);
                }
            });
        }
    });
}

fn spread(places: Vec<usize>, most: usize) -> impl Iterator<Item = usize> {
    let step = places.len().div_ceil(most.max(1)).max(1);
    places.into_iter().step_by(step)
}

/// How long the report is without what may be cut from its end unseen.
fn whole(fixture: &Fixture) -> usize {
    fixture.bytes.trim_ascii_end().len()
}

fn cuts(fixture: &Fixture) -> Vec<usize> {
    let end = whole(fixture);
    let most = CUTS * LARGE / end.max(LARGE);
    let borders = (1..end).filter(|i| matches!(fixture.bytes[i - 1], b'>' | b'\n')).collect();
    let mut cuts: Vec<_> = spread(borders, most).collect();
    cuts.extend(spread((0..end).collect(), most));
    // The last bytes matter most: `</testsuites` without its `>`.
    cuts.extend(end.saturating_sub(40)..end);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn check_cuts(wanted: impl Fn(&Fixture) -> bool) {
    each(wanted, |fixture| cuts(fixture).into_iter().for_each(|cut| check_cut(fixture, cut)));
}

fn check_cut(fixture: &Fixture, cut: usize) {
    let bytes = &fixture.bytes[..cut];
    let read = fixture.read(bytes, fixture.exit_status());
    let at = || format!("{} cut at {cut} of {}", fixture.name, whole(fixture));
    match (fixture.format.end, read) {
        // What OpenMetrics shares with Prometheus, which has no end mark, is Prometheus without it.
        (End::Marked, Ok(report)) if report.format.name == "prometheus" => {
            assert!(fixture.format.name == "openmetrics" && bytes.ends_with(b"\n"), "{}", at());
            assert!(read_as(Some(fixture.format), bytes, None).is_err(), "{}: declared", at());
        }
        (End::Marked, Ok(_)) => panic!("{}: read as whole", at()),
        // XML is recognised by its root, and then the place of the cut can be told.
        (End::Marked, Err(error)) => assert!(
            error.code != Code::UnknownFormat || fixture.format.kind != Kind::Tests || cut < 300,
            "{}: not recognised: {error}",
            at()
        ),
        // What is left looks like another tool's: no evidence where this kind is asked for.
        (End::Records, Ok(report)) if report.format.kind != fixture.format.kind => {}
        // A cut at the border of a record cannot be seen; one inside of a record has to be.
        (End::Records, Ok(_)) => {
            let ends = |end: &[u8]| bytes.trim_ascii_end().ends_with(end);
            let border = ends(b"end_of_record");
            // An event that closes a package or a suite.
            let is_text = fixture.format.name.ends_with("-text");
            let events = fixture.format.kind == Kind::Tests && !is_text;
            let border = border || (events && ends(b"}"));
            let border = border || (fixture.format.kind == Kind::Tests && ends(b"failed]"));
            let by_lines = !events && fixture.format.name != "lcov";
            let line = bytes.iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
            let border = border || (by_lines && line == Some(&b'\n'));
            assert!(border, "{}: read as whole", at());
        }
        (End::ExitStatus, Ok(report)) => {
            assert!(cut == 0 || !is_clean(&report.body) || bytes.trim_ascii().is_empty(), "{}: clean", at());
        }
        (_, Err(_)) => {}
    }
}

#[test]
fn a_cut_test_report_is_never_whole() {
    check_cuts(|fixture| fixture.format.kind == Kind::Tests);
}

#[test]
fn a_cut_coverage_report_is_never_whole() {
    check_cuts(|fixture| fixture.format.kind == Kind::Coverage);
}

#[test]
fn any_other_cut_report_is_never_whole() {
    check_cuts(|fixture| !matches!(fixture.format.kind, Kind::Tests | Kind::Coverage));
}

fn is_clean(body: &Body) -> bool {
    matches!(body, Body::Findings(findings) if findings.list.is_empty())
}

#[test]
fn without_its_exit_status_a_silent_tool_proves_nothing() {
    let silent = |fixture: &&Fixture| fixture.format.end == End::ExitStatus && fixture.refused().is_none();
    for fixture in fixtures().iter().filter(silent) {
        let read = fixture.read(&fixture.bytes, None);
        assert!(read.is_err() || !is_clean(&read.unwrap().body), "{}: clean by silence", fixture.name);
    }
}

/// What stands in the place of a report when things go wrong: the page of a proxy, a pointer, a
/// conflict, a log, the beginning of something else.
const IMPOSTORS: &[&[u8]] = &[
    b"<!DOCTYPE html>\n<html lang=en><head><title>502 Bad Gateway</title></head><body><br></body></html>\n",
    b"<html><head/><body/></html>",
    b"<Error><Code>NoSuchKey</Code></Error>",
    b"version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 5\n",
    b"<<<<<<< HEAD\n[]\n=======\n[]\n>>>>>>> x\n",
    b"\x1f\x8b\x08\x00\x00\x00",
    b"PK\x03\x04",
    b"Traceback (most recent call last):\n  File \"x.py\", line 1, in <module>\nImportError: x\n",
    b"bash: line 1: pylint: command not found\n",
    b"{\"error\": \"not found\"}",
    b"{}",
    b"[{\"name\": \"x\"}]",
    b"[{}]",
    b"null",
    b"0x",
    b"\0\0\0\0",
    b"\xff\xfe\xff",
    b"<",
    b"{",
    b"[",
];

#[test]
fn impostors_are_read_as_nothing() {
    for impostor in IMPOSTORS {
        let shown = String::from_utf8_lossy(impostor);
        for exit_status in [None, Some(0), Some(1)] {
            assert!(read_as(None, impostor, exit_status).is_err(), "{shown}");
            for format in FORMATS.iter().copied() {
                assert!(read_as(Some(format), impostor, exit_status).is_err(), "{shown} as {}", format.name);
            }
        }
    }
}

/// A blank file is clean only for a tool that is known to be silent, and that ended with 0.
#[test]
fn nothing_is_read_as_nothing() {
    for blank in [b"".as_slice(), b" \n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\0 "] {
        assert!(read_as(None, blank, Some(0)).is_err(), "{blank:?}");
        for format in FORMATS.iter().copied() {
            assert!(read_as(Some(format), blank, None).is_err(), "{blank:?} as {}", format.name);
            assert!(read_as(Some(format), blank, Some(1)).is_err(), "{blank:?} as {}", format.name);
            match read_as(Some(format), blank, Some(0)) {
                Ok(report) => {
                    assert!(format.kind == Kind::Findings && is_clean(&report.body), "{}", format.name)
                }
                Err(error) => assert_ne!(format.end, End::ExitStatus, "{}: {error}", format.name),
            }
        }
    }
}

#[test]
fn junk_before_or_after_is_refused() {
    for fixture in fixtures().iter().filter(|f| f.bytes.starts_with(b"<")) {
        let whole = &fixture.bytes;
        let doubled = [whole.as_slice(), whole].concat();
        assert!(fixture.read(&doubled, None).is_err(), "{}: doubled", fixture.name);
        for junk in ["warning: something\n", "x", "]]>", "&amp;", "</a>", "<a/>", "{}"] {
            let before = [junk.as_bytes(), whole].concat();
            let after = [whole, junk.as_bytes()].concat();
            assert!(fixture.read(&before, None).is_err(), "{}: {junk} before", fixture.name);
            assert!(fixture.read(&after, None).is_err(), "{}: {junk} after", fixture.name);
        }
        let comment = [whole, b"\n<!-- made by hand -->\n".as_slice()].concat();
        let read = fixture.read(&comment, fixture.exit_status());
        assert_eq!(read.is_ok(), fixture.refused().is_none(), "{}: a comment after the root", fixture.name);
    }
}

#[test]
fn no_flipped_byte_makes_a_reader_panic() {
    const FLIPS: [u8; 4] = [0x01, 0x20, 0x80, 0xff];
    each(
        |fixture| fixture.bytes.len() <= FLIPPED,
        |fixture| {
            let mut bytes = fixture.bytes.clone();
            let ways = if bytes.len() <= SMALL { FLIPS.len() } else { 1 };
            for i in 0..bytes.len() {
                for way in 0..ways {
                    let flip = FLIPS[(i + way) % FLIPS.len()];
                    bytes[i] ^= flip;
                    let _ = fixture.read(&bytes, fixture.exit_status());
                    bytes[i] ^= flip;
                }
            }
        },
    );
}

#[test]
fn utf_16_line_ends_and_marks_change_nothing() {
    for fixture in fixtures().iter().filter(|f| f.bytes.len() < 40_000 && f.refused().is_none()) {
        let Ok(text) = std::str::from_utf8(&fixture.bytes) else { continue };
        let read = |bytes: &[u8]| match read_as(Some(fixture.format), bytes, fixture.exit_status()) {
            Ok(report) => report.body,
            Err(error) => panic!("{}: {error} {:?}", fixture.name, error.line),
        };
        let plain = read(&fixture.bytes);
        let wide = [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        let marked = ["\u{feff}", text].concat();
        assert_eq!(read(&wide), plain, "{} in UTF-16", fixture.name);
        assert_eq!(read(marked.as_bytes()), plain, "{} with a mark", fixture.name);
        assert_eq!(
            unlined(read(text.replace('\n', "\r\n").as_bytes())),
            unlined(plain),
            "{} with CR LF",
            fixture.name
        );
        if !fixture.is_declared() {
            let input = Input { bytes: &wide, exit_status: None, limits: &Limits::default() };
            assert_eq!(detect(&input).unwrap().name, fixture.format.name, "{} in UTF-16", fixture.name);
        }
    }
}

/// The line ends inside of messages are the report's own.
fn unlined(mut body: Body) -> Body {
    if let Body::Tests(tests) = &mut body {
        for mut case in std::mem::take(&mut tests.cases).values() {
            case.message = case.message.map(|message| message.replace('\r', ""));
            tests.add(case);
        }
    }
    body
}
