//! XML as attackers and careless writers make it, and the rules of JUnit and Cobertura one by one.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use milegate::model::coverage::Coverage;
use milegate::model::place::Place;
use milegate::model::ratio::Ratio;
use milegate::model::tests::{TestCase, TestOutcome, Tests};
use milegate::readers::{Body, Code, Input, Limits, ReadError, Report, detect, format, read};
use std::time::{Duration, Instant};

fn any(bytes: &[u8]) -> Result<Report, ReadError> {
    read(&Input { bytes, exit_status: None, limits: &Limits::default() }, None)
}

fn refused(bytes: impl AsRef<[u8]>) -> ReadError {
    match any(bytes.as_ref()) {
        Ok(_) => {
            panic!("read: {}", String::from_utf8_lossy(&bytes.as_ref()[..bytes.as_ref().len().min(200)]))
        }
        Err(error) => error,
    }
}

fn tests_of(report: &Report) -> &Tests {
    match &report.body {
        Body::Tests(tests) => tests,
        other => panic!("not tests: {other:?}"),
    }
}

fn junit(text: &str) -> Tests {
    tests_of(&any(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"))).clone()
}

fn suite(content: &str) -> Tests {
    junit(&format!("<testsuite name='s'>{content}</testsuite>"))
}

fn only(tests: &Tests) -> TestCase {
    assert_eq!(tests.cases.len(), 1, "{tests:?}");
    tests.cases.values().next().unwrap()
}

fn coverage_report(text: &str) -> Report {
    any(text.as_bytes()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn cobertura(classes: &str) -> Coverage {
    match coverage_report(&packages("", classes)).body {
        Body::Coverage(coverage) => coverage,
        other => panic!("not coverage: {other:?}"),
    }
}

fn packages(header: &str, classes: &str) -> String {
    format!(
        "<coverage line-rate='1' {header}><packages><package><classes>{classes}</classes></package></packages></coverage>"
    )
}

fn class(lines: &str) -> String {
    format!("<class name='c' filename='a.py'><methods/><lines>{lines}</lines></class>")
}

const GOOD: &str = "<testsuite name='s' tests='1'><testcase classname='c' name='t'/></testsuite>";

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let laughs = "<!DOCTYPE testsuite [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><testsuite><testcase name=\"&b;\"/></testsuite>";
    assert_eq!(refused(laughs).code, Code::Malformed);
    let xxe = "<!DOCTYPE testsuite [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><testsuite>&x;</testsuite>";
    assert_eq!(refused(xxe).code, Code::Malformed);
    let undefined = "<testsuite>\n<testcase name='t'>&nbsp;</testcase></testsuite>";
    let error = refused(undefined);
    assert_eq!((error.code, error.line, error.column), (Code::Malformed, Some(2), Some(20)));
    assert_eq!(refused("<testsuite><testcase name='&nbsp;'/></testsuite>").code, Code::Malformed);
    assert_eq!(refused("<testsuite><testcase name='&#0;'/></testsuite>").code, Code::Malformed);
    assert_eq!(refused("<testsuite><testcase name='a & b'/></testsuite>").code, Code::Malformed);
    junit(&format!("<!DOCTYPE testsuite SYSTEM 'http://example.invalid/junit.dtd'>{GOOD}"));
}

#[test]
fn size_is_bounded_in_time() {
    let start = Instant::now();
    assert_eq!(refused("<testsuite>".repeat(100_000)).code, Code::Limit);
    let attributes: String = (0..800_000).map(|i| format!(" a{i}='1'")).collect();
    assert_eq!(refused(format!("<testsuite{attributes}/>")).code, Code::Limit);
    let many: String = (0..1000).map(|i| format!(" a{i}='1'")).collect();
    junit(&format!("<testsuite{many}/>"));
    let limits = Limits { items: 2, ..Limits::default() };
    let three = "<testsuite><testcase name='a'/><testcase name='b'/><testcase name='c'/></testsuite>";
    let error =
        read(&Input { bytes: three.as_bytes(), exit_status: None, limits: &limits }, None).unwrap_err();
    assert_eq!(error.code, Code::Limit);
    // A million classes of one file are one file, in linear time.
    let one = class("<line number='1' hits='1'/>");
    assert_eq!(cobertura(&one.repeat(50_000)).lines(), Ratio::new(1, 1));
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn encodings_are_decoded_or_refused() {
    let text = "<testsuite><testcase classname='c' name='größe'/></testsuite>";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let latin: Vec<u8> =
        format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{text}").chars().map(|c| c as u8).collect();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [little, big, latin, marked] {
        assert_eq!(only(tests_of(&any(&bytes).unwrap())).id.name, "größe");
    }
    assert_eq!(refused(b"<testsuite><testcase name='\xff'/></testsuite>").code, Code::Encoding);
    assert_eq!(refused(b"<testsuite><testcase name='\0'/></testsuite>").code, Code::Encoding);
    suite("<testcase name='\u{1b}[31mred\u{1b}[0m'/>");
}

#[test]
fn one_root_and_nothing_around_it() {
    for bad in [
        format!("{GOOD}{GOOD}"),
        format!("{GOOD}x"),
        format!("x{GOOD}"),
        format!("{GOOD}<!DOCTYPE a>"),
        format!("{GOOD}<?xml version='1.0'?>"),
        format!("{GOOD}&amp;"),
        format!("{GOOD}<![CDATA[x]]>"),
        format!("{GOOD}</testsuite>"),
    ] {
        assert!(matches!(refused(&bad).code, Code::Malformed | Code::UnknownFormat), "{bad}");
    }
    junit(&format!("<?xml version='1.0'?>\n<!-- a --><?pi?>{GOOD}\n<!-- b --><?pi b?>\n"));
    junit(&format!("\n {GOOD}"));
    assert_eq!(refused("<testsuite><testcase name='a' name='b'/></testsuite>").code, Code::Duplicate);
    assert_eq!(refused("<testsuite><testcase></testsuite>").code, Code::Malformed);
    // A lost quotation mark must not swallow the failure behind it.
    let swallowed = "<testsuite><testcase name='a><failure/></testcase><testcase name='/></testsuite>";
    assert_eq!(refused(swallowed).code, Code::Malformed);
    for cut in [
        "<testsuite",
        "<testsuite><!-- ",
        "<testsuite><testcase name='",
        "<testsuite>&am",
        "<testsuite><![CDATA[",
        "<testsuite><!",
        "<?xml version='1.0'?>",
        "<testsuite><testcase/>",
        "<",
    ] {
        assert_eq!(refused(cut).code, Code::Truncated, "{cut}");
    }
}

#[test]
fn a_declared_format_says_what_it_found_instead() {
    let declared = |name: &str, bytes: &[u8]| {
        read(&Input { bytes, exit_status: None, limits: &Limits::default() }, format(name)).unwrap_err()
    };
    let error = declared("cobertura", GOOD.as_bytes());
    assert_eq!(error.code, Code::WrongFormat);
    assert!(error.message.contains("testsuite"), "{error}");
    assert_eq!(declared("junit", b"{}").code, Code::WrongFormat);
    assert_eq!(declared("junit", b" ").code, Code::Empty);
    let clover = b"<coverage generated='1' clover='4'><project name='p'><file name='a'><line num='1' type='stmt' count='1'/></file></project></coverage>";
    let sonar = b"<coverage version='1'><file path='a'><lineToCover lineNumber='1' covered='true'/></file></coverage>";
    for foreign in [clover.as_slice(), sonar] {
        assert_eq!(declared("cobertura", foreign).code, Code::WrongFormat);
        let found = detect(&Input { bytes: foreign, exit_status: None, limits: &Limits::default() });
        assert!(!found.is_ok_and(|format| format.name == "cobertura"));
    }
}

#[test]
fn linters_in_the_dress_of_tests_are_refused() {
    for text in [
        "<testsuites name='ruff' tests='1' failures='1'><testsuite name='a.py' package='org.ruff'><testcase name='x'><failure/></testcase></testsuite></testsuites>",
        "<testsuite errors='0' failures='0' name='mypy' skips='0' tests='1' time='0.1'><testcase classname='mypy' name='mypy-py3_11-linux'/></testsuite>",
        "<testsuite name='bandit' tests='0'></testsuite>",
        "<testsuites><testsuite package='org.eslint' name='a.js'><testcase name='x'/></testsuite></testsuites>",
    ] {
        let error = refused(text);
        assert_eq!(error.code, Code::WrongFormat, "{text}");
        assert!(error.hint.is_some());
    }
    // The linter's own tests are tests.
    junit(
        "<testsuites name='nextest-run'><testsuite name='ruff'><testcase classname='ruff' name='a'/></testsuite></testsuites>",
    );
}

#[test]
fn the_worst_child_decides() {
    let outcome = |children: &str| only(&suite(&format!("<testcase name='t'>{children}</testcase>"))).outcome;
    assert_eq!(outcome(""), TestOutcome::Passed);
    assert_eq!(outcome("<skipped/>"), TestOutcome::Skipped);
    assert_eq!(outcome("<skipped/><failure/>"), TestOutcome::Failed);
    assert_eq!(outcome("<failure/><error/>"), TestOutcome::Failed);
    assert_eq!(outcome("<error/>"), TestOutcome::Errored);
    assert_eq!(outcome("<Failure/>"), TestOutcome::Failed);
    assert_eq!(outcome("<x:failure xmlns:x='urn:x'/>"), TestOutcome::Failed);
    assert_eq!(outcome("<flakyFailure/><flakyError/>"), TestOutcome::Flaky);
    assert_eq!(
        outcome("<flakyFailure><stackTrace>x</stackTrace></flakyFailure><failure/>"),
        TestOutcome::Failed
    );
    assert_eq!(outcome("<failure/><rerunFailure/>"), TestOutcome::Failed);
    assert_eq!(outcome("<rerunFailure/>"), TestOutcome::Failed);
    assert_eq!(outcome("<rerun/>"), TestOutcome::Failed);
    assert_eq!(outcome("<system-out>x</system-out><properties/>"), TestOutcome::Passed);
}

#[test]
fn words_that_are_not_known_to_be_good_fail() {
    let outcome = |attributes: &str| only(&suite(&format!("<testcase name='t' {attributes}/>"))).outcome;
    assert_eq!(outcome("status='run' result='completed'"), TestOutcome::Passed);
    assert_eq!(outcome("status='notrun' result='suppressed'"), TestOutcome::Skipped);
    assert_eq!(outcome("status='Disabled'"), TestOutcome::Skipped);
    assert_eq!(outcome("status='fail'"), TestOutcome::Failed);
    assert_eq!(outcome("status='whatever'"), TestOutcome::Failed);
    assert_eq!(outcome("status='passed' result='error'"), TestOutcome::Errored);
}

#[test]
fn reruns_are_one_test() {
    let rerun = suite("<testcase name='t'><rerun message='x'/></testcase><testcase name='t'/>");
    assert_eq!(only(&rerun).outcome, TestOutcome::Flaky);
    let failing = suite("<testcase name='t'><rerun/></testcase><testcase name='t'><failure/></testcase>");
    assert_eq!(only(&failing).outcome, TestOutcome::Failed);
    let pytest = |cases: &str| {
        junit(&format!(
            "<testsuites name='pytest tests'><testsuite name='x'>{cases}</testsuite></testsuites>"
        ))
    };
    assert_eq!(only(&pytest("<testcase name='t'/><testcase name='t'/>")).outcome, TestOutcome::Flaky);
    let torn = pytest("<testcase name='t'><failure/></testcase><testcase name='t'><error/></testcase>");
    assert_eq!(only(&torn).outcome, TestOutcome::Failed);
    assert_eq!(only(&suite("<testcase name='t'/><testcase name='t'/>")).outcome, TestOutcome::Passed);
}

#[test]
fn headers_that_declare_more_than_there_is() {
    let case = "<testcase classname='c' name='t'/>";
    let lost = junit(&format!(
        "<testsuites tests='9'><testsuite name='s' tests='9'>{case}</testsuite></testsuites>"
    ));
    assert_eq!((lost.lost, lost.hidden_failures), (vec![(9, 1)], vec![]));
    let hidden = junit(&format!("<testsuite name='s' tests='1' failures='2' errors='1'>{case}</testsuite>"));
    assert_eq!((hidden.lost, hidden.hidden_failures), (vec![], vec![(3, 0)]));
    let pytest = format!(
        "<testsuites><testsuite name='pytest' errors='0' failures='3' skipped='0' tests='4' time='1'>{case}</testsuite></testsuites>"
    );
    let report = any(pytest.as_bytes()).unwrap();
    assert_eq!(tests_of(&report).hidden_failures, [(3, 0)]);
    assert!(tests_of(&report).lost.is_empty());
    assert_eq!(report.notices, ["header says 4 tests, 1 found"]);
    let libtest = format!(
        "<testsuites><testsuite name='test' package='test' id='0' errors='0' failures='0' tests='2' skipped='1'>{case}</testsuite></testsuites>"
    );
    assert!(junit(&libtest).lost.is_empty());
    let inner = junit(&format!(
        "<testsuites><testsuite name='a' tests='1'>{case}</testsuite><testsuite name='b' tests='1'/></testsuites>"
    ));
    assert_eq!(inner.lost, [(1, 0)]);
    for bad in ["-1", "NaN", "1e3", "x"] {
        assert_eq!(refused(format!("<testsuite failures='{bad}'>{case}</testsuite>")).code, Code::Malformed);
    }
    // The same worker's loss in a file merged from pytest's and another writer's.
    let merged = junit(&format!(
        "<testsuites><testsuite name='pytest' tests='5'>{case}</testsuite><testsuite name='b' tests='5'/></testsuites>"
    ));
    assert_eq!(merged.lost, [(5, 0)]);
}

#[test]
fn a_suite_that_breaks_is_a_test_that_could_not_be_run() {
    let tests = junit(
        "<testsuites><testsuite name='db'><error message='no import'/><testcase name='t'/></testsuite></testsuites>",
    );
    assert_eq!((tests.totals().total, tests.totals().errors), (2, 1));
    let broken = tests.cases.values().find(|case| case.outcome == TestOutcome::Errored).unwrap();
    assert_eq!((broken.id.name.as_str(), broken.message.as_deref()), ("db", Some("no import")));
    assert_eq!(refused("<testsuite><testcase><testcase/></testcase></testsuite>").code, Code::Malformed);
}

#[test]
fn identity_is_the_same_in_every_shard() {
    let id = |text: &str| only(&junit(text)).id.clone();
    let one = id(
        "<testsuites name='pytest tests'><testsuite name='shard 1'><testcase classname='m' name='t'/></testsuite></testsuites>",
    );
    let two = id(
        "<testsuites name='pytest tests'><testsuite name='shard 2'><testcase classname='m' name='t'/></testsuite></testsuites>",
    );
    assert_eq!(one, two);
    assert_eq!(one.suite, "");
    let surefire =
        id("<testsuite name='com.acme.A'><testcase classname='com.acme.A$Inner' name='t'/></testsuite>");
    assert_eq!(surefire.suite, "");
    let phpunit = id(
        "<testsuites><testsuite name='/ci/7/phpunit.xml'><testsuite name='Tests\\A'><testcase classname='Tests.A' name='t'/></testsuite></testsuite></testsuites>",
    );
    assert_eq!(phpunit.suite, "");
    let node = id(
        "<testsuites><testsuite name='a'><testsuite name='b'><testcase classname='test' name='t'/></testsuite></testsuite></testsuites>",
    );
    assert_eq!(node.suite, "a/b");
    let prefix = id("<testsuite name='com.acme.A'><testcase classname='com.acme.Ab' name='t'/></testsuite>");
    assert_eq!(prefix.suite, "com.acme.A");
}

#[test]
fn messages_places_and_times() {
    let case = |text: &str| only(&suite(text)).clone();
    let told = case(
        "<testcase name='t' file='a.cpp' line='7' time='1,234.5'><failure message='m'>text</failure></testcase>",
    );
    assert_eq!(
        (told.message.as_deref(), told.place, told.seconds),
        (Some("m"), Some(Place::line("a.cpp", 7)), Some(1234.5))
    );
    let text = case(
        "<testcase name='t' time='0,5'><skipped message='s'/><failure>\n a &lt; <![CDATA[<b>]]>\n</failure><failure message='2'/></testcase>",
    );
    assert_eq!((text.message.as_deref(), text.seconds), (Some("a < <b>"), Some(0.5)));
    for bad in ["NaN", "-1", "inf", "x", ""] {
        assert_eq!(case(&format!("<testcase name='t' time='{bad}'/>")).seconds, None);
    }
    let long = case(&format!("<testcase name='t'><failure>{}</failure></testcase>", "ä&amp;".repeat(5000)));
    assert!(long.message.unwrap().len() <= 2048);
    let pytest = junit(
        "<testsuites name='pytest tests'><testsuite name='pytest'><testcase name='t' file='a.py' line='0'><failure message='m'>x\n&gt; y\ntests/a.py:12: AssertionError</failure></testcase><testcase name='u' file='a.py' line='0'/></testsuite></testsuites>",
    );
    let places: Vec<_> = pytest.cases.values().map(|case| case.place.clone().unwrap()).collect();
    assert_eq!(places, [Place::line("tests/a.py", 12), Place::line("a.py", 1)]);
}

#[test]
fn lines_are_distinct_by_file() {
    let line =
        "<line number='1' hits='0'/><line number='1' hits='2' branch='True' condition-coverage='50% (1/2)'/>";
    let again = "<line number='1' hits='2' branch='true' condition-coverage='0% (0/2)'/><line number='2' hits='1e+20'/>";
    let coverage = cobertura(&format!("{}{}", class(line), class(again)));
    assert_eq!(coverage.lines(), Ratio::new(2, 2));
    assert_eq!(coverage.branches(), Some(Ratio::new(1, 2)));
    assert_eq!((coverage.files.len(), coverage.functions()), (1, None));
}

#[test]
fn lines_of_methods_count_where_the_class_is_silent() {
    let method = "<methods><method name='m' signature='()'><lines><line number='1' hits='0'/><line number='3' hits='1'/></lines></method></methods>";
    let coverage = cobertura(&format!(
        "<class filename='a.cs'>{method}<lines><line number='1' hits='1'/></lines></class>"
    ));
    assert_eq!(coverage.lines(), Ratio::new(2, 2));
    assert_eq!(coverage.functions(), Some(Ratio::new(0, 1)));
    let istanbul =
        "<methods><method name='m' hits='3'><lines><line number='9' hits='3'/></lines></method></methods>";
    let coverage = cobertura(&format!(
        "<class filename='a.js'>{istanbul}<lines><line number='1' hits='1'/></lines></class>"
    ));
    assert_eq!((coverage.lines(), coverage.functions()), (Ratio::new(1, 1), Some(Ratio::new(1, 1))));
}

#[test]
fn headers_of_coverage_are_compared_and_never_believed() {
    let lines =
        "<line number='1' hits='1' branch='true' condition-coverage='50% (1/2)'/><line number='2' hits='0'/>";
    let header =
        "lines-covered='9' lines-valid='10' branches-covered='1' branches-valid='2' branch-rate='NaN'";
    let report = coverage_report(&packages(header, &class(lines)));
    assert_eq!(report.notices, ["header says 9 of 10 lines, recounted 1 of 2"]);
    let off = coverage_report(&packages(
        "branches-covered='0' branches-valid='0'",
        &class("<line number='1' hits='1'/>"),
    ));
    let Body::Coverage(off) = off.body else { panic!() };
    assert_eq!(off.branches(), None);
    let sources = "<coverage line-rate='1'><sources><source>/b</source><source> </source><source>/a</source></sources><packages/></coverage>";
    let Body::Coverage(sources) = coverage_report(sources).body else { panic!() };
    assert_eq!(sources.roots, ["/a", "/b"]);
    assert!(sources.lines().is_empty());
}

#[test]
fn numbers_that_decide_must_be_numbers() {
    let code = |lines: &str| refused(packages("", &class(lines))).code;
    for number in ["0", "-1", "undefined", "1.5", "", "99999999999"] {
        assert_eq!(code(&format!("<line number='{number}' hits='1'/>")), Code::Malformed, "{number}");
    }
    for hits in ["-1", "NaN", "inf", "1e400", "true", "", "1,5"] {
        assert_eq!(code(&format!("<line number='1' hits='{hits}'/>")), Code::Malformed, "{hits}");
    }
    assert_eq!(code("<line number='1' hits='1' branch='true' condition-coverage='(x/2)'/>"), Code::Malformed);
    assert_eq!(
        code("<line number='1' hits='1' branch='true' condition-coverage='150% (3/2)'/>"),
        Code::Contradiction
    );
    assert_eq!(refused(packages("lines-covered='3' lines-valid='2'", "")).code, Code::Contradiction);
    assert_eq!(refused(packages("lines-covered='x'", "")).code, Code::Malformed);
    assert_eq!(refused(packages("", "<class name='c'/>")).code, Code::Malformed);
    assert_eq!(refused(packages("", "<line number='1' hits='1'/>")).code, Code::Malformed);
    let error = refused(packages("", &class("\n<line number='1' hits='1'/>\n  <line number='0' hits='1'/>")));
    assert_eq!((error.line, error.column), (Some(3), Some(3)));
    let silent = cobertura(&class(
        "<line number='1' hits='1' branch='true'/><line number='2' hits='1' branch='false' condition-coverage='100%'/>",
    ));
    assert_eq!(silent.branches(), Some(Ratio::new(0, 2)));
}
