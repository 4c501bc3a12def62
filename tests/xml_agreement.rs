//! Documents made at random: Milegate's scanner and quick-xml see the same tests in them.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use milegate::readers::{Body, Input, Limits, format, read};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Text of an attribute, with references and both kinds of quotation marks.
fn value() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9 äß€:=/>_-]{1,12}",
        prop::sample::select(vec!["&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x20AC;"])
            .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![" ", "\n", "\t ", "  \r\n"])
}

/// One test case, spelled in one of the many ways of XML.
fn case() -> impl Strategy<Value = String> {
    let quote = || prop::sample::select(vec!["\"", "'"]);
    let child = prop::sample::select(vec![
        "",
        "<!-- <testcase> -->",
        "<?pi <testcase?>",
        "<![CDATA[<testcase name='x'/>]]>",
        "&lt;x",
        "text",
        "<x:y xmlns:x='u' a='>'/>",
        "<p><q a = 'b'></q ></p>",
    ]);
    (value(), value(), quote(), blank(), blank(), child, any::<bool>()).prop_map(
        |(class, name, quote, one, two, child, empty)| {
            let tag = format!("testcase{one}classname={quote}{class}{quote}{two}name ={quote}{name}{quote}");
            if empty { format!("<{tag}/>{child}") } else { format!("<{tag}{one}>{child}</testcase{two}>") }
        },
    )
}

/// The tests as quick-xml sees them, sorted, each once.
fn told_by_quick_xml(text: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "testcase" => {
                let get = |key: &str| {
                    let given = tag.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == key).unwrap();
                    quick_xml::escape::unescape(&given.value).unwrap().into_owned()
                };
                found.push((get("classname"), get("name")));
            }
            Event::Eof => {
                found.sort();
                found.dedup();
                return found;
            }
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn two_readings_of_one_document_agree(cases in prop::collection::vec(case(), 1..12), blank in blank()) {
        // The name of the suite is that of the run: it belongs to no identity.
        let text = format!("<?xml version='1.0'?>{blank}<testsuites name='pytest'>{}</testsuites>{blank}", cases.join(blank));
        let limits = Limits::default();
        let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &limits };
        let report = read(&input, format("junit")).unwrap();
        let Body::Tests(tests) = report.body else { panic!("not tests") };
        let ours: Vec<_> = tests.cases.keys().map(|id| (id.class, id.name)).collect();
        prop_assert_eq!(ours, told_by_quick_xml(&text), "{}", text);
    }
}
