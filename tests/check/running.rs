//! A running system: its metrics, its health, and any other number; through the real program.
//! The metrics are those of the fixtures, whose figures their own client told.

use crate::program::Verdict;
use crate::sample::fixture;
use crate::small::Small;

const MONITORING: &str = "[gates.integration-verified.monitoring]\n";

/// The least project with further entries of `[reports]`, and the keys of its monitoring.
fn project(reports: &str, keys: &str) -> Small {
    Small::and(&format!("{reports}\n{MONITORING}{keys}"))
}

/// With the real metrics of a client library.
fn scraped(keys: &str) -> Small {
    let small = project("metrics = \"reports/metrics.prom\"\n", keys);
    small.repo.write("reports/metrics.prom", fixture("prometheus/client-python").0);
    small
}

/// With health reports, by the fixture.
fn asked(case: &str, keys: &str) -> Small {
    let small = project("health = \"reports/health*.json\"\n", keys);
    small.repo.write("reports/health.json", fixture(&format!("health-json/{case}")).0);
    small
}

fn monitoring(small: &Small) -> Verdict {
    small.check(&[])
}

#[test]
fn required_metrics_and_targets_are_met() {
    let small = scraped(
        r#"required = ["http_requests_total", "up", 'http_requests_total{code="500"}', "http_request_duration_seconds"]
[gates.integration-verified.monitoring.targets]
up = ">= 1"
cache_hit_ratio = "> 80%"
'http_request_duration_seconds_bucket{le="0.5"}' = ">= 4"
"Errors" = { metric = 'http_requests_total{code="500"}', at = "<= 3" }
payload_bytes_sum = "< 2 kB"
"#,
    );
    let verdict = monitoring(&small).exits(0);
    assert_eq!(verdict.outcome("monitoring"), "passed monitoring/passed");
    assert_eq!(verdict.text("monitoring", "measured"), "4 of 4 required metrics; 5 of 5 targets met");
    let shown = verdict.details("monitoring");
    assert!(
        shown.contains(&"reports/metrics.prom cache_hit_ratio: 81.25%, required > 80%".to_owned()),
        "{shown:?}"
    );
    let notices = verdict.notices("monitoring").join("\n");
    assert!(notices.contains("no end mark"), "{notices}");
}

#[test]
fn a_missed_target_names_every_sample_that_misses_it() {
    let small = scraped("targets = { http_requests_total = '> 2', cache_hit_ratio = '>= 90%' }\n");
    let verdict = monitoring(&small).exits(1);
    assert_eq!(verdict.outcome("monitoring"), "failed monitoring/missed");
    let details = verdict.details("monitoring");
    assert_eq!(details.len(), 2, "{details:?}");
    assert!(details[0].contains("code=\"404\"") && details[0].contains("1, required > 2"), "{details:?}");
    assert!(details[1].ends_with("cache_hit_ratio: 81.25%, required >= 90%"), "{details:?}");
    // A label's line end and quotes do not act in a terminal.
    let shown = small.run(&["check"]).stdout;
    assert!(shown.contains("temp") && !shown.contains("\nline # {"), "{shown}");
}

#[test]
fn down_is_down() {
    let small = scraped("targets = { 'up{job=\"api\"}' = '>= 1' }\n");
    small.repo.write("reports/metrics.prom", fixture("prometheus/client-python-down").0);
    assert_eq!(
        monitoring(&small).exits(1).text("monitoring", "message"),
        "up{job=\"api\"}: 0, required >= 1"
    );
}

#[test]
fn what_is_absent_is_unproven_and_what_is_empty_fails() {
    let small = scraped("required = ['http_request_total', 'up']\n");
    let verdict = monitoring(&small).exits(3);
    assert_eq!(verdict.outcome("monitoring"), "unproven monitoring/absent");
    assert_eq!(verdict.text("monitoring", "next_step"), "did you mean `http_requests_total`?");

    let small = scraped("targets = { 'up{job=\"web\"}' = '>= 1' }\n");
    assert_eq!(monitoring(&small).exits(3).text("monitoring", "message"), "no report has up{job=\"web\"}");

    let small = scraped("required = ['odd_values{which=\"nan\"}']\n");
    assert_eq!(monitoring(&small).exits(1).outcome("monitoring"), "failed monitoring/no-sample");
    let small = scraped("targets = { 'odd_values{which=\"inf\"}' = '> 1' }\n");
    assert_eq!(monitoring(&small).exits(1).outcome("monitoring"), "failed monitoring/missed");

    let small = scraped("required = ['up']\n");
    small.repo.write("reports/metrics.prom", fixture("prometheus/client-python-no-samples").0);
    assert_eq!(monitoring(&small).exits(1).outcome("monitoring"), "failed monitoring/none");
    small.repo.remove("reports/metrics.prom");
    assert_eq!(monitoring(&small).exits(3).outcome("monitoring"), "unproven report/missing");
}

#[test]
fn a_unit_that_nothing_tells_is_unproven() {
    let small = scraped("targets = { up = '< 5 ms' }\n");
    let verdict = monitoring(&small).exits(3);
    assert_eq!(verdict.outcome("monitoring"), "unproven monitoring/unit");
    assert!(verdict.text("monitoring", "next_step").contains("unit = "), "{verdict:?}");
    let small = scraped("targets = { up = { at = '< 5 s', unit = 'ms' } }\n");
    assert_eq!(monitoring(&small).exits(0).outcome("monitoring"), "passed monitoring/passed");
}

#[test]
fn nothing_configured_is_deferred_on_a_change_and_unproven_on_a_milestone() {
    let small = Small::new();
    assert_eq!(monitoring(&small).exits(0).outcome("monitoring"), "deferred monitoring/not-configured");
    let scraped = scraped("");
    let verdict = monitoring(&scraped).exits(0);
    assert_eq!(verdict.outcome("monitoring"), "deferred monitoring/not-configured");
    assert!(verdict.text("monitoring", "message").contains("http_requests_total"), "{verdict:?}");
    small.config("[[milestones]]\nid = \"1.0\"\nname = \"Cart\"\n");
    let verdict = small.check(&["1.0"]);
    assert_eq!(verdict.outcome("monitoring"), "unproven monitoring/not-configured");
    let asked = project("", "required = ['up']\n");
    assert_eq!(monitoring(&asked).exits(3).outcome("monitoring"), "unproven monitoring/no-report");
}

#[test]
fn health_is_what_every_check_says() {
    for (case, code, outcome, measured) in [
        ("hand-made-spring-boot", 0, "passed monitoring/passed", "6 of 6 checks healthy"),
        ("hand-made-spring-boot-down", 1, "failed monitoring/unhealthy", "1 of 6 checks healthy"),
        ("hand-made-ietf-draft", 0, "passed monitoring/passed", "4 of 4 checks healthy"),
        ("hand-made-aspnet-core", 0, "passed monitoring/passed", "3 of 3 checks healthy"),
        ("hand-made-microprofile", 1, "failed monitoring/unhealthy", "1 of 3 checks healthy"),
        ("py-healthcheck-passing", 0, "passed monitoring/passed", "2 of 2 checks healthy"),
        ("py-healthcheck-failing", 1, "failed monitoring/unhealthy", "1 of 3 checks healthy"),
    ] {
        let verdict = monitoring(&asked(case, "")).exits(code);
        assert_eq!(verdict.outcome("monitoring"), outcome, "{case}");
        assert_eq!(verdict.text("monitoring", "measured"), measured, "{case}");
    }
}

#[test]
fn degraded_warns_unless_it_is_to_fail() {
    let verdict = monitoring(&asked("hand-made-aspnet-core", "")).exits(0);
    let notices = verdict.notices("monitoring");
    assert!(notices.iter().any(|n| n.ends_with("degraded: redis: Degraded")), "{notices:?}");
    let verdict = monitoring(&asked("hand-made-aspnet-core", "degraded = \"fail\"\n")).exits(1);
    assert_eq!(verdict.outcome("monitoring"), "failed monitoring/degraded");
}

#[test]
fn an_optional_check_does_not_decide_and_others_do() {
    let keys = "optional = [\"db\", \"discoveryComposite\", \"queue\"]\n";
    let verdict = monitoring(&asked("hand-made-spring-boot-down", keys)).exits(0);
    assert_eq!(verdict.text("monitoring", "measured"), "1 of 1 check healthy");
    assert_eq!(verdict.notices("monitoring").len(), 5, "{:?}", verdict.notices("monitoring"));
    let verdict = monitoring(&asked("hand-made-spring-boot-down", "optional = [\"db\"]\n")).exits(1);
    assert_eq!(verdict.outcome("monitoring"), "failed monitoring/unhealthy");
}

#[test]
fn one_sick_instance_of_two_is_enough() {
    let small = asked("hand-made-spring-boot", "");
    small.repo.write("reports/health-2.json", r#"{"status": "starting"}"#);
    let verdict = monitoring(&small).exits(1);
    assert_eq!(verdict.details("monitoring"), ["reports/health-2.json the whole: starting"]);
    small.repo.write("reports/health-2.json", r#"{"status": 503, "error": "Service Unavailable"}"#);
    assert_eq!(monitoring(&small).exits(3).outcome("monitoring"), "unproven report/malformed");
    small.repo.write("reports/health-2.json", "<html><body>502</body></html>");
    assert_eq!(monitoring(&small).exits(3).outcome("monitoring"), "unproven report/unknown-format");
}

#[test]
fn a_mistake_in_the_keys_is_a_usage_error() {
    for (keys, told) in [
        ("targets = { 'up{job=api}' = '>= 1' }\n", "selects no metric"),
        ("targets = { up = '= 1' }\n", "is not a bound"),
        ("targets = { up = { at = '>= 1', unit = 'parsecs' } }\n", "is not a unit"),
        ("required = ['a b']\n", "selects a series"),
        ("degraded = 'ignore'\n", "unknown variant"),
    ] {
        let run = scraped(keys).run(&["check"]).exits(2);
        assert!(run.stderr.contains(told), "{keys}: {}", run.stderr);
    }
}

/// The least project with one metric of its own.
fn metric(entry: &str, keys: &str, path: &str, content: &str) -> Small {
    let gate = "[gates.integration-verified.size]\nkind = \"metric\"\n";
    let small = Small::and(&format!("size = {entry}\n{gate}{keys}"));
    small.repo.write(path, content);
    small
}

fn in_json(keys: &str, content: &str) -> Small {
    metric("{ path = \"reports/size.json\", format = \"json\" }", keys, "reports/size.json", content)
}

fn in_text(keys: &str, content: &str) -> Small {
    metric("{ path = \"reports/size.txt\", format = \"text\" }", keys, "reports/size.txt", content)
}

#[test]
fn a_number_of_a_json_file_keeps_its_bound() {
    let keys = "pointer = \"/bundle/bytes\"\nat = \"< 2 MB\"\nunit = \"B\"\n";
    let verdict = in_json(keys, r#"{"bundle": {"bytes": 1999999}}"#).check(&[]).exits(0);
    assert_eq!(verdict.text("size", "expected"), "/bundle/bytes < 2 MB");
    let verdict = in_json(keys, r#"{"bundle": {"bytes": 2000000}}"#).check(&[]).exits(1);
    assert_eq!(verdict.outcome("size"), "failed metric/missed");
    assert_eq!(verdict.text("size", "message"), "/bundle/bytes: 2 MB, required < 2 MB");
    for (content, outcome) in [
        (r#"{"bundle": {"byte": 1}}"#, "unproven metric/absent"),
        (r#"{"bundle": {"bytes": {"a": 1}}}"#, "unproven metric/absent"),
        (r#"{"bundle": {"bytes": "1999999"}}"#, "unproven metric/no-number"),
        (r#"{"bundle": {"bytes": null}}"#, "unproven metric/no-number"),
        (r#"{"bundle": {"bytes": 1, "bytes": 9e9}}"#, "unproven report/duplicate"),
        (r#"{"bundle": {"bytes": 1"#, "unproven report/truncated"),
        ("", "unproven report/empty"),
        ("<html/>", "unproven report/wrong-format"),
    ] {
        assert_eq!(in_json(keys, content).check(&[]).exits(3).outcome("size"), outcome, "{content}");
    }
}

#[test]
fn every_number_of_a_text_keeps_its_bound() {
    let keys = "regex = '^total: (?<value>[0-9.,]+) *(?<unit>[a-z]+)$'\nat = \"< 1.5 s\"\n";
    let verdict = in_text(keys, "total: 1,400 ms\r\nother\ntotal: 1.4 s\n").check(&[]).exits(0);
    assert_eq!(verdict.text("size", "measured"), "all of 2 numbers keep it");
    let verdict = in_text(keys, "total: 1.4 s\ntotal: 1600 ms\n").check(&[]).exits(1);
    assert_eq!(verdict.details("size"), ["reports/size.txt:2 1600: 1.6 s, required < 1.5 s"]);
    for (content, outcome) in [
        ("totals: 1 s\n", "unproven metric/absent"),
        ("total: 1 parsec\n", "unproven metric/no-number"),
        ("total: 1.2.3 s\n", "unproven metric/no-number"),
        ("total: 1 mb\n", "unproven metric/unit"),
    ] {
        assert_eq!(in_text(keys, content).check(&[]).exits(3).outcome("size"), outcome, "{content}");
    }
}

#[test]
fn a_sample_leaves_its_report_to_monitoring() {
    let small = scraped("required = ['up']\n");
    let config = "metrics = \"reports/metrics.prom\"\n[gates.integration-verified.monitoring]\nrequired = [\"up\"]\n\
                  [gates.integration-verified.hits]\nkind = \"metric\"\nreports = [\"metrics\"]\n\
                  sample = \"cache_hit_ratio\"\nat = \">= 81%\"\n";
    small.config(config);
    let verdict = small.check(&[]).exits(0);
    assert_eq!(verdict.text("hits", "measured"), "81.25%");
    assert_eq!(verdict.outcome("monitoring"), "passed monitoring/passed");
    small.config(&config.replace("reports = [\"metrics\"]\n", ""));
    assert_eq!(small.check(&[]).exits(0).outcome("hits"), "deferred metric/not-configured");
}

#[test]
fn what_was_carried_in_a_bundle_judges_the_same() {
    let small = scraped("required = ['up']\n");
    let config = "metrics = \"reports/metrics.prom\"\nhealth = \"reports/health.json\"\n\
                  size = { path = \"reports/size.json\", format = \"json\" }\n\
                  note = { path = \"reports/note.txt\", format = \"text\" }\n\
                  [gates.integration-verified.monitoring]\ntargets = { 'odd_values{which=\"tiny\"}' = '< 1', up = '>= 1' }\n\
                  [gates.integration-verified.size]\nkind = \"metric\"\npointer = \"/a~1b/0\"\nat = \"<= 7.25\"\n\
                  [gates.integration-verified.note]\nkind = \"metric\"\nregex = '(\\d+) left'\nat = \"< 3\"\n";
    small.config(config);
    small.repo.write("reports/health.json", fixture("health-json/hand-made-terminus").0);
    small.repo.write("reports/size.json", r#"{"a/b": [7.25, "x", null]}"#);
    small.repo.write("reports/note.txt", "2 left\n");
    let here = small.check(&[]).exits(1);
    small.run(&["collect", "-o", "shard.milegate"]).exits(0);
    for path in ["metrics.prom", "health.json", "size.json", "note.txt", "junit.xml", "coverage.xml"] {
        small.repo.remove(&format!("reports/{path}"));
    }
    let there = small.check(&["--evidence", "shard.milegate"]).exits(1);
    for id in ["monitoring", "size", "note"] {
        for key in ["outcome", "code", "measured", "message"] {
            assert_eq!(there.text(id, key), here.text(id, key), "{id} {key}");
        }
        assert_eq!(there.details(id), here.details(id), "{id}");
    }
}

#[test]
fn inspect_tells_what_is_in_them() {
    let small = scraped("");
    small.repo.write("reports/health.json", fixture("health-json/hand-made-ietf-draft").0);
    let run =
        small.run(&["inspect", "--output-format", "json", "reports/metrics.prom", "reports/health.json"]);
    let json = run.exits(0).json();
    assert_eq!(json["reports"][0]["metrics"]["samples"], 27);
    assert_eq!(json["reports"][0]["metrics"]["finite"], 24);
    assert_eq!(json["reports"][1]["health"]["state"], "degraded");
    assert_eq!(json["reports"][1]["health"]["checks"][3]["said"], "warn");
    let text = small.run(&["inspect", "reports/metrics.prom", "reports/health.json"]).exits(0).flat();
    assert!(text.contains("27 samples, 24 of them finite"), "{text}");
    assert!(text.contains("degraded, 3 checks: cpu:utilization warn"), "{text}");
}
