//! Damaged reports are refused, never read as whole: every fixture is cut, emptied, replaced,
//! prefixed, doubled, and flipped byte by byte.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod discover;

use discover::Fixture;
use milegate::readers::{Body, Code, End, Format, format};

/// Cuts tried at borders of tags and lines, and again elsewhere, for each fixture.
const CUTS: usize = 200;

/// Fixtures up to this size have every byte flipped.
const SMALL: usize = 1500;

const HTML: &str =
    "<!DOCTYPE html>\n<html lang=en><head><title>502 Bad Gateway</title></head><body><br></body></html>\n";

fn row(fixture: &Fixture) -> &'static Format {
    format(&fixture.format).unwrap_or_else(|| panic!("{}: no such format", fixture.name))
}

/// Where the last byte lies whose loss is a loss: blanks and comments after the end are nobody's.
fn whole_until(fixture: &Fixture) -> usize {
    fixture.bytes.trim_ascii_end().len()
}

fn spread(places: Vec<usize>, most: usize) -> Vec<usize> {
    let step = places.len().div_ceil(most).max(1);
    places.into_iter().step_by(step).collect()
}

fn cuts(fixture: &Fixture) -> Vec<usize> {
    let end = whole_until(fixture);
    let borders = (1..end).filter(|i| matches!(fixture.bytes[i - 1], b'>' | b'\n')).collect();
    let mut cuts = spread(borders, CUTS);
    cuts.extend(spread((1..end).collect(), CUTS));
    // The last bytes matter most: `</testsuites` without its `>`.
    cuts.extend(end.saturating_sub(16).max(1)..end);
    cuts
}

#[test]
fn a_cut_report_is_never_whole() {
    for fixture in discover::fixtures() {
        let row = row(&fixture);
        for cut in cuts(&fixture) {
            let bytes = &fixture.bytes[..cut];
            let read = fixture.read(bytes, fixture.exit_status());
            match (row.end, read) {
                (End::Marked, Ok(_)) => panic!("{}: cut at {cut} and read as whole", fixture.name),
                (End::Marked, Err(error)) => assert!(
                    !matches!(error.code, Code::UnknownFormat) || cut < 300 || row.kind.word() != "tests",
                    "{}: cut at {cut} and not recognised: {error}",
                    fixture.name
                ),
                // A cut at the border of a record cannot be seen; one inside of a record can, but
                // not always ("line 12" of "line 123"), so there only panics are looked for.
                (End::Records | End::ExitStatus, _) => {}
            }
        }
    }
}

#[test]
fn without_its_exit_status_a_silent_tool_proves_nothing() {
    for fixture in
        discover::fixtures().iter().filter(|f| row(f).end == End::ExitStatus && f.refused().is_none())
    {
        let read = fixture.read(&fixture.bytes, None);
        assert!(read.is_err() || !is_clean(&read.unwrap().body), "{}: clean by silence", fixture.name);
    }
}

fn is_clean(body: &Body) -> bool {
    matches!(body, Body::Findings(findings) if findings.list.is_empty())
}

#[test]
fn empty_blank_and_foreign_files_are_refused() {
    for fixture in discover::fixtures() {
        let row = row(&fixture);
        for bytes in [
            b"".as_slice(),
            b" \n\t\n",
            b"\xef\xbb\xbf",
            HTML.as_bytes(),
            b"\x1f\x8b\x08\0",
            b"<",
            b"{",
            b"[",
        ] {
            for exit_status in [None, fixture.exit_status()] {
                if row.end == End::ExitStatus && exit_status.is_some() && bytes.trim_ascii().is_empty() {
                    continue;
                }
                let read = fixture.read(bytes, exit_status);
                let declared = milegate::readers::read(
                    &milegate::readers::Input {
                        bytes,
                        exit_status,
                        limits: &milegate::readers::Limits::default(),
                    },
                    Some(row),
                );
                let shown = String::from_utf8_lossy(bytes);
                assert!(read.is_err(), "{}: {shown:?} was read", fixture.name);
                if row.end == End::Marked {
                    assert!(declared.is_err(), "{}: {shown:?} was read as {}", fixture.name, row.name);
                }
            }
        }
    }
}

#[test]
fn junk_before_or_after_is_refused() {
    for fixture in discover::fixtures().iter().filter(|f| f.bytes.starts_with(b"<")) {
        let whole = &fixture.bytes;
        let doubled = [whole.as_slice(), whole].concat();
        for junk in ["warning: something\n", "x", "]]>", "&amp;", "</a>", "<a/>", "{}"] {
            let before = [junk.as_bytes(), whole].concat();
            let after = [whole, junk.as_bytes()].concat();
            for (bytes, what) in [(before, "before"), (after, "after"), (doubled.clone(), "doubled")] {
                assert!(fixture.read(&bytes, None).is_err(), "{}: {junk} {what}", fixture.name);
            }
        }
        if fixture.refused().is_some() {
            continue;
        }
        let comment = [whole, b"\n<!-- made by hand -->\n".as_slice()].concat();
        assert!(
            fixture.read(&comment, fixture.exit_status()).is_ok(),
            "{}: a comment after the root",
            fixture.name
        );
    }
}

#[test]
fn no_flipped_byte_makes_a_reader_panic() {
    for fixture in discover::fixtures().iter().filter(|f| f.bytes.len() <= SMALL) {
        let mut bytes = fixture.bytes.clone();
        for i in 0..bytes.len() {
            for flip in [0x01, 0x20, 0x80, 0xff] {
                bytes[i] ^= flip;
                let _ = fixture.read(&bytes, fixture.exit_status());
                bytes[i] ^= flip;
            }
        }
    }
}
