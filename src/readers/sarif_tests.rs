//! The traps of SARIF, one by one.

use super::*;
use crate::readers::linter::testing;

/// A log of one run with these results, and whatever else belongs into the run.
fn log(results: &str, more: &str) -> String {
    format!(
        r#"{{"version": "2.1.0", "runs": [{{"tool": {{"driver": {{"name": "X", "rules": [
            {{"id": "R0", "defaultConfiguration": {{"level": "error"}}}},
            {{"id": "R1", "defaultConfiguration": {{"level": "note"}}, "messageStrings": {{"m": {{"text": "a {{0}} b"}}}}}},
            {{"id": "R2", "properties": {{"security-severity": "9.1"}}}},
            {{"id": "R3"}}]}},
          "extensions": [{{"name": "Y", "rules": [{{"id": "Y0", "defaultConfiguration": {{"level": "error"}}}}]}}]}},
          "results": [{results}]{more}}}]}}"#
    )
}

fn found(result: &str, more: &str) -> Result<Findings, Code> {
    testing::read(&FORMAT, &log(result, more), None)
}

#[test]
fn the_level_is_looked_up_in_order() {
    for (result, want) in [
        (r#""ruleId": "R3""#, Severity::Warning),
        (r#""ruleId": "unknown""#, Severity::Warning),
        (r#""level": "note", "ruleId": "R0""#, Severity::Info),
        (r#""level": "none""#, Severity::Info),
        (r#""ruleId": "R0""#, Severity::Error),
        (r#""ruleId": "R1/sub/1""#, Severity::Info),
        (r#""ruleIndex": 0"#, Severity::Error),
        (r#""ruleIndex": -1, "ruleId": "R1""#, Severity::Info),
        (r#""rule": {"index": 1}"#, Severity::Info),
        (r#""rule": {"index": 0, "toolComponent": {"index": 0}}"#, Severity::Error),
        (r#""rule": {"index": 0, "toolComponent": {"name": "Y"}}"#, Severity::Error),
        (r#""ruleId": "Y0""#, Severity::Error),
        (r#""ruleId": "R2""#, Severity::Critical),
        (r#""ruleId": "R2", "level": "note""#, Severity::Critical),
        (r#""ruleId": "R0", "kind": "review""#, Severity::Info),
        (r#""ruleId": "R3", "ruleIndex": 0, "level": "error""#, Severity::Error),
    ] {
        let findings = found(&format!(r#"{{"message": {{"text": "m"}}, {result}}}"#), "").unwrap();
        assert_eq!(findings.list[0].severity, want, "{result}");
    }
    for (result, code) in [
        (r#""ruleIndex": 9"#, Code::Contradiction),
        (r#""ruleId": "R3", "ruleIndex": 0"#, Code::Contradiction),
        (r#""level": "fatal""#, Code::Malformed),
        (r#""kind": "failed""#, Code::Malformed),
        (r#""baselineState": "old""#, Code::Malformed),
        (r#""suppressions": [{"status": "maybe"}]"#, Code::Malformed),
        (r#""level": "error", "level": "note""#, Code::Duplicate),
    ] {
        assert_eq!(found(&format!(r#"{{"message": {{"text": "m"}}, {result}}}"#), ""), Err(code), "{result}");
    }
}

#[test]
fn what_does_not_count() {
    for (result, list, suppressed) in [
        (r#""kind": "pass""#, 0, 0),
        (r#""kind": "notApplicable", "level": "error""#, 0, 0),
        (r#""baselineState": "absent""#, 0, 0),
        (r#""baselineState": "unchanged""#, 1, 0),
        (r#""suppressions": []"#, 1, 0),
        (r#""suppressions": [{"kind": "inSource"}]"#, 0, 1),
        (r#""suppressions": [{"kind": "external", "status": "accepted"}]"#, 0, 1),
        (r#""suppressions": [{"status": "accepted"}, {"status": "rejected"}]"#, 1, 0),
        (r#""suppressions": [{"status": "underReview"}]"#, 1, 0),
    ] {
        let findings = found(&format!(r#"{{"message": {{"text": "m"}}, {result}}}"#), "").unwrap();
        assert_eq!((findings.list.len(), findings.suppressed), (list, suppressed), "{result}");
    }
}

#[test]
fn a_run_that_failed_is_not_clean() {
    for more in [
        r#", "invocations": [{"executionSuccessful": false}]"#,
        r#", "invocations": [{"executionSuccessful": true}, {"executionSuccessful": false}]"#,
        r#", "invocations": [{"executionSuccessful": true, "exitSignalName": "SIGKILL"}]"#,
        r#", "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "error", "message": {"text": "no"}}]}]"#,
        r#", "invocations": [{"executionSuccessful": true, "toolConfigurationNotifications": [{"level": "error", "message": {"text": "no"}}]}]"#,
    ] {
        assert_eq!(testing::counts(&found("", more).unwrap()).1, 1, "{more}");
    }
    let warned = r#", "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"message": {"text": "hm"}}]}]"#;
    assert_eq!(found("", warned), Ok(Findings::default()));
    for (text, code) in [
        (r#"{"version": "2.1.0", "runs": []}"#, Code::ToolFailed),
        (r#"{"version": "2.1.0", "runs": null}"#, Code::ToolFailed),
        (r#"{"version": "2.1.0"}"#, Code::ToolFailed),
        (r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "X"}}}]}"#, Code::ToolFailed),
        (
            r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "X"}}, "results": null}]}"#,
            Code::ToolFailed,
        ),
        (r#"{"version": "2.0.0", "runs": []}"#, Code::WrongFormat),
        (r#"{"version": "2.1.0", "runs": [{"results": []}]}"#, Code::Malformed),
    ] {
        assert_eq!(testing::read(&FORMAT, text, None), Err(code), "{text}");
    }
    assert_eq!(testing::read(&FORMAT, &log("", ""), Some(1)), Err(Code::Contradiction));
    assert_eq!(testing::read(&FORMAT, &log("", ""), Some(139)), Err(Code::ToolFailed));
}

#[test]
fn overrides_belong_to_their_invocation() {
    let more = r#", "invocations": [
        {"executionSuccessful": true},
        {"executionSuccessful": true, "ruleConfigurationOverrides": [{"descriptor": {"id": "R0"}, "configuration": {"level": "note"}}]}]"#;
    for (result, want) in [
        (r#""ruleId": "R0""#, Severity::Info),
        (r#""ruleId": "R0/1""#, Severity::Info),
        (r#""ruleId": "R0", "provenance": {"invocationIndex": 1}"#, Severity::Info),
        (r#""ruleId": "R0", "provenance": {"invocationIndex": 0}"#, Severity::Error),
        (r#""ruleId": "R0", "level": "warning""#, Severity::Warning),
        (r#""ruleId": "R3""#, Severity::Warning),
    ] {
        let findings = found(&format!(r#"{{"message": {{"text": "m"}}, {result}}}"#), more).unwrap();
        assert_eq!(findings.list[0].severity, want, "{result}");
    }
}

#[test]
fn messages_and_places() {
    let result = r#"{"ruleId": "R1", "message": {"id": "m", "arguments": ["x"]}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b.c", "uriBaseId": "%SRC%"}, "region": {"startLine": 3, "startColumn": 4}}}]},
        {"message": {"text": "no place"}},
        {"message": {"text": "target"}, "analysisTarget": {"uri": "t.c"}, "locations": [{"logicalLocations": [{"name": "f"}]}]}"#;
    let findings = found(result, "").unwrap();
    assert_eq!(findings.list[0].message, "a x b");
    assert_eq!(findings.list[0].place, Some(Place::at("a b.c", 3, 4)));
    assert_eq!(findings.list[1].place, None);
    assert_eq!(findings.list[2].place, Some(Place::file("t.c")));
}
