//! The rules that real reports rarely break.

use super::*;
use crate::readers;

fn report(text: &str, format: Option<&'static Format>) -> Result<Report, ReadError> {
    readers::read(&Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() }, format)
}

fn metrics(text: &str, format: &'static Format) -> Metrics {
    match report(text, Some(format)) {
        Ok(Report { body: Body::Metrics(metrics), .. }) => metrics,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn samples_belong_to_their_families() {
    let text = "# HELP a_total What \\n it is\n# TYPE a_total counter\na_total{x=\"1\"} 3 1700000000000\n\
                # TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 3\nh_count 2\n\
                # a comment\n#\nloose{q=\"a b # {c\"} NaN\n\nother -Inf\n";
    let read = metrics(text, &PROMETHEUS);
    let names: Vec<_> = read.families.iter().map(|f| (f.name.as_str(), f.kind, f.samples.len())).collect();
    let unknown = MetricType::Unknown;
    assert_eq!(
        names,
        [
            ("a_total", MetricType::Counter, 1),
            ("h", MetricType::Histogram, 4),
            ("loose", unknown, 1),
            ("other", unknown, 1)
        ]
    );
    assert_eq!((read.samples().count(), read.finite()), (7, 5));
}

#[test]
fn openmetrics_has_more_to_say() {
    let text = "# TYPE a counter\n# UNIT a_seconds seconds\na_total 1.0 1.5 # {id=\"x\"} 0.5 1.25\na_created 9\n# EOF";
    let read = metrics(text, &OPENMETRICS);
    assert_eq!(read.families[0].samples.len(), 2);
    assert_eq!(read.families[1].unit.as_deref(), Some("seconds"));
    assert_eq!(report(text, None).unwrap().format.name, "openmetrics");
    for (text, code) in [
        ("# TYPE a gauge\na 1\n", Code::Truncated),
        ("# TYPE a gauge\na 1\n# EO", Code::Truncated),
        ("# EOF\na 1\n", Code::Malformed),
        ("# TYPE a untyped\na 1\n# EOF\n", Code::WrongFormat),
        ("# TYPE a gauge\na 1 # x\n# EOF\n", Code::Malformed),
        ("# UNIT a seconds\n# EOF\n", Code::WrongFormat),
    ] {
        assert_eq!(report(text, Some(&OPENMETRICS)).unwrap_err().code, code, "{text}");
    }
}

#[test]
fn what_breaks_the_rules_is_refused() {
    let first = "# TYPE a gauge\n";
    for (text, code) in [
        ("a", Code::Truncated),
        ("a 1", Code::Truncated),
        ("a\n", Code::Malformed),
        ("a x\n", Code::Malformed),
        ("a 1 2 3\n", Code::Malformed),
        ("a 1 2.5\n", Code::Malformed),
        ("a 1e999\n", Code::Malformed),
        ("a 1_000\n", Code::Malformed),
        ("a{b=\"c} 1\n", Code::Malformed),
        ("a{b=\"c\",b=\"d\"} 1\n", Code::Malformed),
        ("a 1\na 1\n", Code::Duplicate),
        ("a{x=\"1\",y=\"2\"} 1\na{y=\"2\",x=\"1\"} 2\n", Code::Duplicate),
        ("# TYPE a gauge\n", Code::Duplicate),
        ("b 1\n# TYPE b gauge\n", Code::Malformed),
        ("# TYPE b gague\n", Code::Malformed),
        ("# TYPE\n", Code::Malformed),
        ("<html>\n", Code::Malformed),
        ("a 1\n# EOF\n", Code::WrongFormat),
        ("# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\n", Code::Contradiction),
        ("# TYPE h histogram\nh_bucket{le=\"1\"} 2\n", Code::Contradiction),
        ("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_count 3\n", Code::Contradiction),
        ("# TYPE h histogram\nh_bucket 2\n", Code::Contradiction),
    ] {
        let text = format!("{first}{text}");
        assert_eq!(report(&text, Some(&PROMETHEUS)).map_err(|e| e.code).unwrap_err(), code, "{text}");
    }
    assert_eq!(report("502 Bad Gateway\n", Some(&PROMETHEUS)).unwrap_err().code, Code::WrongFormat);
}

#[test]
fn content_tells_what_it_can() {
    for (text, name) in [
        ("# HELP a b\n", "prometheus"),
        ("# TYPE a counter\na 1\n", "prometheus"),
        ("# TYPE a counter\na_total 1\n", "openmetrics"),
        ("# generated\na 1\n# TYPE b gauge\nb 1\n", "prometheus"),
    ] {
        let head = report(text, None).map(|r| r.format.name).map_err(|e| e.message);
        let wanted = if name == "openmetrics" { Err(()) } else { Ok(name) };
        assert_eq!(head.map_err(drop), wanted, "{text}");
    }
    assert_eq!(report("##vso[task.x]\n", Some(&PROMETHEUS)).unwrap_err().code, Code::WrongFormat);
    assert_eq!(report("up 1\n", None).unwrap_err().code, Code::UnknownFormat);
    assert_eq!(metrics("up 1\n", &PROMETHEUS).samples().count(), 1);
    let empty = metrics("# HELP a b\n# TYPE a gauge\n", &PROMETHEUS);
    assert_eq!((empty.families.len(), empty.finite()), (1, 0));
}
