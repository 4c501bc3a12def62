//! The GitHub Action's step, as a runner starts it: `bash --noprofile --norc -e -o pipefail`.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod orders;

use orders::{Run, Sample};
use std::fs;
use std::path::Path;

const BINARY: &str = env!("CARGO_BIN_EXE_milegate");

/// What the step left behind.
struct Step {
    run: Run,
    outputs: String,
    summary: String,
}

impl Step {
    #[track_caller]
    fn is(&self, verdict: &str, code: i32) -> &Self {
        let wanted = format!("verdict={verdict}\nexit-code={code}\n");
        assert_eq!(self.outputs, wanted, "{}\n{}", self.run.out, self.run.err);
        self
    }
}

/// Runs the script in `folder` with these inputs, and files for output and summary that are new.
fn step(sample: &Sample, folder: &Path, inputs: &[(&str, &str)]) -> Step {
    let (output, summary) = (sample.root().join("output"), sample.root().join("summary"));
    fs::write(&output, "").unwrap();
    fs::write(&summary, "").unwrap();
    let action = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut bash = sample.command("bash", folder);
    bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(action.join("action/check.sh"));
    bash.env("GITHUB_ACTIONS", "true").env("GITHUB_ACTION_PATH", action).env("RUNNER_TEMP", sample.root());
    bash.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary).env("MILEGATE_BINARY", BINARY);
    bash.envs(inputs.iter().copied());
    let run = Run::of(bash.output().unwrap());
    let left: Vec<_> = fs::read_dir(sample.root())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with("milegate-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    Step { run, outputs: fs::read_to_string(output).unwrap(), summary: fs::read_to_string(summary).unwrap() }
}

/// A shell script in the temporary folder.
fn executable(sample: &Sample, name: &str, script: &str) -> String {
    let path = sample.root().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    let path = path.to_str().unwrap().to_owned();
    assert!(sample.command("chmod", &sample.work).args(["+x", &path]).status().unwrap().success());
    path
}

#[test]
fn the_outputs_are_the_verdicts() {
    let sample = Sample::second();
    let passed = step(&sample, &sample.work, &[]);
    passed.is("passed", 0);
    assert_eq!(passed.summary.matches("## Milegate: passed").count(), 1, "{}", passed.summary);
    assert_eq!(passed.run.code, 0);
    // The step itself ends well: the next one exits with the code, after the outputs are set.
    let failed = step(&sample, &sample.work, &[("MILEGATE_MILESTONE", "1.0")]);
    failed.is("failed", 1);
    assert_eq!(failed.run.code, 0);
    fs::remove_file(sample.work.join("reports/unit.xml")).unwrap();
    step(&sample, &sample.work, &[]).is("unproven", 3);

    let sample = Sample::first();
    step(&sample, &sample.work, &[]).is("failed", 1);
    // An advisory run ends with 0, and still says what it found.
    step(&sample, &sample.work, &[("MILEGATE_ARGS", "--advisory")]).is("failed", 0);
    // From elsewhere, with a configuration of another name.
    fs::rename(sample.work.join("milegate.toml"), sample.work.join("gates of ours.toml")).unwrap();
    let elsewhere = [("MILEGATE_DIRECTORY", "orders"), ("MILEGATE_CONFIG", "gates of ours.toml")];
    step(&sample, &sample.root(), &elsewhere).is("failed", 1);
}

#[test]
fn what_is_no_verdict_is_an_error() {
    let sample = Sample::second();
    let crash = executable(&sample, "crash", "echo '  \"verdict\": \"passed\",'; exit 139");
    for (binary, code) in [
        ("/nowhere/milegate", 127),
        ("nowhere/milegate", 127),
        ("README.md", 126),
        ("orders", 126),
        ("/usr/bin/env true --", 127),
        (&crash, 139),
    ] {
        step(&sample, &sample.work, &[("MILEGATE_BINARY", binary)]).is("error", code);
    }
    // A program that ends well and judges nothing.
    let yes = executable(&sample, "yes", "echo '  \"verdict\": \"passed\",'");
    step(&sample, &sample.work, &[("MILEGATE_BINARY", &yes)]).is("error", 5);
    step(&sample, &sample.work, &[("MILEGATE_ARGS", "--help")]).is("error", 5);
    step(&sample, &sample.work, &[("MILEGATE_ARGS", "--no-such-flag")]).is("error", 2);
    step(&sample, &sample.work, &[("MILEGATE_MILESTONE", "9.9")]).is("error", 2);
    step(&sample, &sample.root(), &[]).is("error", 2);
    step(&sample, &sample.work, &[("MILEGATE_DIRECTORY", "no such folder")]).is("error", 2);
    // A build that fails with the exit code of a failed gate.
    let tools = sample.root().join("tools");
    fs::create_dir(&tools).unwrap();
    executable(&sample, "tools/cargo", "exit 1");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let built = step(&sample, &sample.work, &[("MILEGATE_BINARY", ""), ("PATH", &path)]);
    built.is("error", 1);
    assert_ne!(built.run.code, 0);
}

#[test]
fn inputs_are_never_part_of_a_script() {
    let sample = Sample::second();
    let evil = "a b;$(touch x)`touch x`\"'; touch x #";
    for input in [
        "MILEGATE_MILESTONE",
        "MILEGATE_CONFIG",
        "MILEGATE_DIRECTORY",
        "MILEGATE_POLICY_FROM",
        "MILEGATE_ARGS",
    ] {
        let ended = step(&sample, &sample.work, &[(input, evil)]);
        assert!(ended.outputs.starts_with("verdict=error\nexit-code="), "{input}: {}", ended.outputs);
        assert_eq!(ended.outputs.lines().count(), 2);
    }
    step(&sample, &sample.work, &[("MILEGATE_BINARY", evil)]).is("error", 127);
    let forged = "1.0\nverdict=passed\nexit-code=0";
    step(&sample, &sample.work, &[("MILEGATE_MILESTONE", forged)]).is("error", 2);
    // One argument a line, spaces and all; empty lines are none.
    let args = "--output\n\njson=a report;$(touch x).json\n";
    step(&sample, &sample.work, &[("MILEGATE_ARGS", args)]).is("passed", 0);
    assert!(sample.work.join("a report;$(touch x).json").is_file());
    assert!(!sample.work.join("x").exists());
}

#[test]
fn a_pull_request_is_judged_by_the_policy_of_its_base() {
    let sample = Sample::first();
    sample.git(&["switch", "-q", "-c", "change"]);
    sample.edit("milegate.toml", "reports = [\"unit\"]", "reports = [\"integration\"]");
    sample.edit("milegate.toml", "lines = \">= 90%\"", "lines = \">= 10%\"");
    sample.edit("milegate.toml", "max = { critical = 0, error = 0 }", "max = { error = 99 }");
    sample.commit_as("eve", "Lower the bar");
    sample.git(&["switch", "-q", "--detach", "main"]);
    sample.git(&["merge", "-q", "--no-ff", "-m", "Merge", "change"]);
    sample.git(&["push", "-q", "origin", "HEAD:refs/pull/1/merge"]);
    let pull = [("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/1/merge")];

    // As checkout makes it: one commit deep, in a folder of its own.
    let place = sample.root().join("checkout");
    let remote = format!("file://{}", sample.remote.display());
    sample.git_in(&sample.root(), &["init", "-q", "checkout"]);
    sample.git_in(&place, &["remote", "add", "origin", &remote]);
    sample.git_in(
        &place,
        &["fetch", "-q", "--depth=1", "origin", "+refs/pull/1/merge:refs/remotes/pull/1/merge"],
    );
    sample.git_in(&place, &["checkout", "-q", "--detach", "refs/remotes/pull/1/merge"]);
    fs::create_dir(place.join("reports")).unwrap();
    for entry in fs::read_dir(sample.work.join("reports")).unwrap() {
        let path = entry.unwrap().path();
        fs::write(place.join("reports").join(path.file_name().unwrap()), fs::read(&path).unwrap()).unwrap();
    }
    let inputs = [&pull[..], &[("MILEGATE_DIRECTORY", "checkout")]].concat();
    let judged = step(&sample, &sample.root(), &inputs);
    judged.is("failed", 1);
    assert!(judged.run.out.contains("this change edits milegate.toml"), "{}", judged.run.out);

    // Switched off on purpose, and where the base cannot be had.
    let off = [&inputs[..], &[("MILEGATE_POLICY_FROM", "none")]].concat();
    assert!(!step(&sample, &sample.root(), &off).run.out.contains("this change edits"));
    let elsewhere = [&inputs[..], &[("GITHUB_REF", "refs/heads/x")]].concat();
    step(&sample, &sample.root(), &elsewhere).is("error", 2);
}
