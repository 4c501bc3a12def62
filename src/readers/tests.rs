//! A report reads the same however it is cut up: as a whole, in order, and ahead on several threads.

use super::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::path::Path;

/// What a reader made of a report, or where it refused it.
type Made = Result<(Body, Vec<String>), (Code, Option<u64>, Option<u64>)>;

/// What a reader made of it, as far as two ways of reading must agree.
fn made(report: Result<Report, ReadError>) -> Made {
    report.map(|r| (r.body, r.notices)).map_err(|e| (e.code, e.line, e.column))
}

/// The report read as each of the formats, as a whole or cut up.
fn read_as(bytes: &[u8], formats: &[&str], cutting: Option<Cutting>) -> Vec<Made> {
    let limits = Limits::default();
    let chosen = STREAMED.iter().filter(|(format, _)| formats.contains(&format.name));
    let read = chosen.map(|(_, stream)| match cutting {
        None => stream(Source::Whole(bytes), &limits),
        Some(cutting) => {
            let (head, mut rest) = bytes.split_at(bytes.len().min(100));
            stream(Source::Stream(head, &mut rest, cutting), &limits)
        }
    });
    read.map(made).collect()
}

/// In pieces of few bytes, so that everything is cut everywhere.
fn agrees(name: &str, bytes: &[u8], formats: &[&str]) {
    let cutting = Cutting { piece: 64, alone: 2, threads: Some(2) };
    let (pieces, whole) = (read_as(bytes, formats, Some(cutting)), read_as(bytes, formats, None));
    assert_eq!(pieces, whole, "{name} as {formats:?}");
}

#[test]
fn pieces_read_like_the_whole() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut seen = 0;
    let all = ["cobertura", "junit", "lcov"];
    for format in all {
        let folders = std::fs::read_dir(fixtures.join(format)).into_iter().flatten().flatten();
        for file in folders.flat_map(|f| std::fs::read_dir(f.path())).flatten().flatten() {
            let (path, name) = (file.path(), file.path().display().to_string());
            let Ok(bytes) = std::fs::read(path) else { continue };
            if bytes.len() > 300_000 || bytes.contains(&0) || std::str::from_utf8(&bytes).is_err() {
                continue;
            }
            seen += 1;
            agrees(&name, &bytes, &all);
            for cut in (1..bytes.len()).step_by(bytes.len() / 7 + 1) {
                let cut = (cut..bytes.len()).find(|i| bytes[*i] & 0xc0 != 0x80).unwrap_or(0);
                agrees(&name, &bytes[..cut], &all);
            }
        }
    }
    assert!(seen > 20, "{seen} fixtures");
}

/// What looks like the beginning of a record and is none, what is in the way of one, and what breaks.
const TRAPS: &[&str] = &[
    "<!-- <class filename='x'> <testcase name='x'> -->",
    "<!-- <testcase ",
    "<![CDATA[ <testcase name='x'/> <class filename='x'/> ]]>",
    "<![CDATA[<class ",
    "<?x <class a='1'> <testcase ?>",
    "<x y='<testcase '/>",
    "<x y='&lt;class '/>",
    "&amp<testcase name='x'/>",
    "<failure><testcase name='x'/></failure>",
    "<failure>\n<class filename='x'/></failure>",
    "<testsuite name='t' tests='7'><testcase name='y'/>",
    "</testsuite>",
    "<class filename='y'>",
    "</class>",
    "<source> <class filename='s.py'/> </source>",
    "\nend_of_record\n",
    "\nSF:x\nend_of_record\nTN:\n",
    "\nend_of_record of x\n",
    "\n#\nend_of_record \n",
    "\nXYZ:1\nDA:0,1\nDA:5,-1\n",
    "\0",
    "é",
];

/// A small report of several records in each format.
fn reports() -> Vec<(&'static str, String)> {
    let class = |i: usize| {
        let lines = format!(
            "<lines><line number=\"{i}\" hits=\"1\"/>\n<line number='9' hits='{}'/></lines>\n",
            i % 2
        );
        format!("<class filename='f{}.py'>\n<methods/>{lines}</class>\n", i % 4)
    };
    let case = |i: usize| {
        let end = ["/>", "><failure message='m'/></testcase>", "><skipped/></testcase>"][i % 3];
        format!("<testcase classname='c{}' name='n{}' time='0.5'{end}\n", i % 2, i % 5)
    };
    let section = |i: usize| format!("TN:\nSF:f{}.c\nDA:{i},{}\nLF:{}\nend_of_record\n", i % 4, i % 2, i % 3);
    let of = |record: &dyn Fn(usize) -> String| (1..9).map(record).collect::<String>();
    let suite = |i: usize| format!("<testsuite name='s{}' tests='{i}'>\n{}</testsuite>\n", i % 3, of(&case));
    vec![
        ("cobertura", format!("<coverage lines-covered='3' lines-valid='9'>\n{}</coverage>", of(&class))),
        ("junit", format!("<testsuite name='s'>\n{}</testsuite>\n", of(&case))),
        ("junit", format!("<testsuites>{}</testsuites>\n", of(&suite))),
        ("lcov", of(&section)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn no_cutting_changes_what_is_read(
        report in 0..4_usize,
        traps in vec((0..TRAPS.len(), any::<prop::sample::Index>()), 0..4),
        end in option::of(any::<prop::sample::Index>()),
        piece in 8..400_usize,
        alone in 1..4_usize,
        threads in 1..4_usize,
    ) {
        let (format, mut text) = reports().swap_remove(report);
        let borders: Vec<usize> = text.match_indices(['<', '\n']).map(|(at, _)| at).collect();
        let mut places: Vec<_> = traps.iter().map(|(trap, place)| (*place.get(&borders), *trap)).collect();
        places.sort_unstable();
        for (at, trap) in places.into_iter().rev() {
            text.insert_str(at, TRAPS[trap]);
        }
        let mut bytes = text.into_bytes();
        bytes.truncate(end.map_or(bytes.len(), |end| end.index(bytes.len())));
        let one = Cutting { piece: bytes.len() + 1, alone: usize::MAX, threads: None };
        let pieces = read_as(&bytes, &[format], Some(Cutting { piece, alone, threads: Some(threads) }));
        prop_assert_eq!(pieces, read_as(&bytes, &[format], Some(one)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn what_is_taken_at_a_glance_is_what_the_tags_say(
        lines in vec(
            (
                prop_oneof!["[0-9]{1,3}", "[0-9]{0,9}", Just("1073741825".to_owned()), "[ x-]?1"],
                prop_oneof!["[0-9]{1,3}", "[0-9]{0,9}", Just("1.5e3".to_owned()), "[ x-]?1"],
                prop::sample::select(vec![
                    "/>", " branch=\"false\"/>", " branch=\"False\" />", " />", "  />", "></line>", ">", "", "/",
                    " hits=\"1\"/>", " branch=\"true\"/>", " branch=\"true\" condition-coverage=\"50% (1/2)\"/>",
                ]),
                0..8_usize,
            ),
            1..9,
        ),
    ) {
        let report = |blanks: &str| {
            let mut text = "<coverage><class filename=\"a\"><lines>".to_owned();
            for (number, hits, end, around) in &lines {
                // Mistakes are rare, or nothing would ever be read.
                let end = if around % 4 > 0 && end.len() < 2 { "/>" } else { *end };
                let number = if around % 4 > 0 { number.trim_matches([' ', 'x', '-']) } else { number };
                let line = format!("<line{blanks}number=\"{number}\" hits=\"{hits}\"{end}\n");
                text += &if *around == 5 { format!("<method name=\"m\">{line}</method>") } else { line };
            }
            text + "</lines></class></coverage>"
        };
        let read = |blanks| {
            let read = read_as(report(blanks).as_bytes(), &["cobertura"], None);
            let placed = |made: Made| made.map_err(|(code, line, _)| (code, line));
            read.into_iter().map(placed).collect::<Vec<_>>()
        };
        prop_assert_eq!(read(" "), read("  "));
    }
}

#[test]
fn damage_is_told_alike_in_pieces() {
    let filler = "<testcase name='x'/>\n".repeat(40);
    // Of two mistakes pieces tell the first, and the whole that of the encoding: hence one format.
    let agrees = |what: &str, start: &[u8], end: &[u8]| {
        agrees(what, &[start, filler.as_bytes(), end].concat(), &["junit"]);
    };
    for end in
        ["\0", "</testsuite>x", "<a b='1' b='2'/>", "&nbsp;", "<![CDATA[ x", "<!-- ", "</b>", "<a", "&am", ""]
    {
        agrees(end, b"<testsuite>", format!("  {end}").as_bytes());
    }
    agrees("no UTF-8", b"<testsuite>", b"  \xff");
    agrees("cut character", b"<testsuite>", b"  \xc3");
    agrees("blank", b" \n", &b" \n".repeat(400));
    agrees("Latin 1", b"<?xml version='1.0' encoding='latin1'?><testsuite name='\xe4'>", b"</testsuite>");
}
