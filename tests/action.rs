//! The GitHub Action's step, as a runner starts it: `bash --noprofile --norc -e -o pipefail`.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod orders;

use orders::{Run, Sample};
use std::fs;
use std::path::{Path, PathBuf};

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
        assert!(self.outputs.starts_with(&wanted), "{}\n{}\n{}", self.outputs, self.run.out, self.run.err);
        let names: Vec<_> =
            self.outputs.lines().filter_map(|line| line.split_once('=')).map(|e| e.0).collect();
        let all =
            ["verdict", "exit-code", "failed-gates", "unproven-gates", "report-json", "summary-file", "tag"];
        assert_eq!(names, all, "{}", self.outputs);
        self
    }

    /// The value of an output.
    #[track_caller]
    fn output(&self, name: &str) -> &str {
        let mut lines = self.outputs.lines().filter_map(|line| line.split_once('='));
        lines.find(|line| line.0 == name).unwrap().1
    }
}

/// Runs the script in `folder` with these inputs, and files for output and summary that are new.
fn step(sample: &Sample, folder: &Path, inputs: &[(&str, &str)]) -> Step {
    step_of(Path::new(env!("CARGO_MANIFEST_DIR")), sample, folder, inputs)
}

/// The same, of an action that lies elsewhere.
fn step_of(action: &Path, sample: &Sample, folder: &Path, inputs: &[(&str, &str)]) -> Step {
    let (output, summary) = (sample.root().join("output"), sample.root().join("summary"));
    fs::write(&output, "").unwrap();
    fs::write(&summary, "").unwrap();
    let mut bash = sample.command("bash", folder);
    bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(action.join("action/check.sh"));
    bash.env("GITHUB_ACTIONS", "true").env("GITHUB_ACTION_PATH", action).env("RUNNER_TEMP", sample.root());
    bash.env("GITHUB_OUTPUT", &output).env("GITHUB_STEP_SUMMARY", &summary).env("MILEGATE_BINARY", BINARY);
    bash.envs(inputs.iter().copied());
    let run = Run::of(bash.output().unwrap());
    Step { run, outputs: fs::read_to_string(output).unwrap(), summary: fs::read_to_string(summary).unwrap() }
}

/// Folders that the action made beside the project.
fn left(sample: &Sample) -> usize {
    let entries = fs::read_dir(sample.root()).unwrap().map(|e| e.unwrap().file_name());
    entries.filter(|name| name.to_string_lossy().starts_with("milegate-")).count()
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
        let ended = step(&sample, &sample.work, &[("MILEGATE_BINARY", binary)]);
        ended.is("error", code);
        assert_eq!([ended.output("report-json"), ended.output("summary-file"), ended.output("tag")], [""; 3]);
    }
    assert_eq!(left(&sample), 0, "a run without results leaves no folder");
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
    let build = [("MILEGATE_BINARY", ""), ("MILEGATE_BUILD", "true"), ("PATH", &*path)];
    let built = step(&sample, &sample.work, &build);
    built.is("error", 1);
    assert_ne!(built.run.code, 0);
    for inputs in [
        [("MILEGATE_COMMAND", "verify"), ("MILEGATE_MILESTONE", "1.0")],
        [("MILEGATE_COMMAND", "complete"), ("MILEGATE_MILESTONE", "")],
        [("MILEGATE_COMMAND", "check complete"), ("MILEGATE_MILESTONE", "")],
    ] {
        step(&sample, &sample.work, &inputs).is("error", 2);
    }
    step(&sample, &sample.work, &[("MILEGATE_BINARY", ""), ("MILEGATE_BUILD", "yes")]).is("error", 5);
}

#[test]
fn the_files_of_a_verdict_stay_for_the_steps_that_follow() {
    let sample = Sample::first();
    let failed = step(&sample, &sample.work, &[]);
    failed.is("failed", 1);
    assert_eq!(failed.output("failed-gates"), "code-complete");
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(failed.output("report-json")).unwrap()).unwrap();
    assert_eq!(report["verdict"], "failed");
    let summary = fs::read_to_string(failed.output("summary-file")).unwrap();
    assert!(summary.contains("## Milegate: failed"), "{summary}");
    // On a milestone the last gate is missing its approvals as well; what is not passed is named in order.
    let both = step(&sample, &sample.work, &[("MILEGATE_MILESTONE", "1.0")]);
    assert_eq!(both.is("failed", 1).output("failed-gates"), "code-complete,review-and-approval");
    // What is missing is unproven, and stays apart from what failed.
    fs::remove_file(sample.work.join("reports/integration.xml")).unwrap();
    let mixed = step(&sample, &sample.work, &[]);
    assert_eq!(mixed.is("failed", 1).output("failed-gates"), "code-complete");
    assert_eq!(mixed.output("unproven-gates"), "integration-verified");
}

#[test]
fn a_milestone_is_completed_once() {
    let sample = Sample::second();
    let complete = [("MILEGATE_COMMAND", "complete"), ("MILEGATE_MILESTONE", "1.0")];
    let refused = step(&sample, &sample.work, &complete);
    refused.is("failed", 1);
    assert_eq!([refused.output("failed-gates"), refused.output("tag")], ["review-and-approval", ""]);
    sample.approve_all("1.0");
    let pull = [&complete[..], &[("GITHUB_BASE_REF", "main"), ("GITHUB_REF", "refs/pull/1/merge")]].concat();
    step(&sample, &sample.work, &pull).is("error", 2);
    assert!(sample.tag_there().is_none());

    let done = step(&sample, &sample.work, &complete);
    assert_eq!(done.is("passed", 0).output("tag"), orders::TAG);
    assert!(sample.tag_there().is_some());
    let notes = fs::read_to_string(done.output("summary-file")).unwrap();
    assert!(notes.contains("Order Store"), "{notes}");
    // The JSON in the log stands between marks that differ from run to run.
    let mark = done.run.out.lines().next().unwrap().strip_prefix("::stop-commands::").unwrap().to_owned();
    assert_eq!(mark.len(), 32);
    assert_eq!(done.run.out.lines().last().unwrap(), format!("::{mark}::"));
    let again = step(&sample, &sample.work, &complete);
    assert_eq!(again.is("passed", 0).output("tag"), orders::TAG);
    assert!(!again.run.out.contains(&mark));
}

/// The action as a release has it: its scripts, its manifest, and digests of its archives.
struct Release {
    sample: Sample,
    action: PathBuf,
    archive: PathBuf,
}

impl Release {
    /// A release of the program itself, packed by `tar` as the release workflow does it.
    fn new() -> Self {
        let sample = Sample::second();
        let (action, mirror) = (sample.root().join("action"), sample.root().join("mirror"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::create_dir_all(action.join("action")).unwrap();
        fs::create_dir(&mirror).unwrap();
        for file in ["Cargo.toml", "action/check.sh", "action/binary.sh", "action/checksums.txt"] {
            fs::copy(source.join(file), action.join(file)).unwrap();
        }
        let name = format!("milegate-v{}-x86_64-unknown-linux-musl", env!("CARGO_PKG_VERSION"));
        fs::create_dir(sample.root().join(&name)).unwrap();
        fs::copy(BINARY, sample.root().join(&name).join("milegate")).unwrap();
        let archive = mirror.join(format!("{name}.tar.gz"));
        let status =
            sample.command("tar", &sample.root()).arg("-czf").arg(&archive).arg(&name).status().unwrap();
        assert!(status.success());
        Self { sample, action, archive }
    }

    fn digest(&self) -> String {
        let output = self.sample.command("sha256sum", &self.action).arg(&self.archive).output().unwrap();
        String::from_utf8(output.stdout).unwrap()[..64].to_owned()
    }

    /// Writes lines below those of the repository.
    fn sums(&self, lines: &str) -> &Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("action/checksums.txt");
        let head = fs::read_to_string(path).unwrap();
        fs::write(self.action.join("action/checksums.txt"), head + lines).unwrap();
        self
    }

    fn run(&self, inputs: &[(&str, &str)]) -> Step {
        let mirror = format!("file://{}", self.archive.parent().unwrap().display());
        let runner = [("RUNNER_OS", "Linux"), ("RUNNER_ARCH", "X64"), ("MILEGATE_BINARY", "")];
        let all = [&runner[..], &[("MILEGATE_DOWNLOAD_URL", &*mirror)], inputs].concat();
        step_of(&self.action, &self.sample, &self.sample.work, &all)
    }
}

#[test]
fn a_download_has_the_digest_of_the_release_or_is_not_unpacked() {
    let release = Release::new();
    let version = env!("CARGO_PKG_VERSION");
    let line = |digest: &str| format!("{version} x86_64-unknown-linux-musl {digest}\n");
    let right = line(&release.digest());
    release.sums(&right).run(&[]).is("passed", 0);
    release.run(&[("RUNNER_ARCH", "ARM64")]).is("error", 5);
    release.run(&[("RUNNER_OS", "Windows")]).is("error", 5);

    // No digest, another version's, a damaged one, two of them: nothing is downloaded.
    for lines in [
        String::new(),
        right.replacen(version, "9.9.9", 1),
        line("abc"),
        line(&"g".repeat(64)),
        right.repeat(2),
    ] {
        let refused = release.sums(&lines).run(&[]);
        refused.is("error", 5);
        assert!(refused.run.err.contains("checksums.txt"), "{}", refused.run.err);
        assert!(refused.run.err.contains("binary-path"), "{}", refused.run.err);
    }
    let wrong = release.sums(&line(&"0".repeat(64))).run(&[]);
    wrong.is("error", 5);
    assert!(wrong.run.err.contains("was not unpacked"), "{}", wrong.run.err);
    release.sums(&right).run(&[("MILEGATE_DOWNLOAD_URL", "file:///nowhere")]).is("error", 5);
    // From a folder, without a mirror: no repository, so no release.
    let nobody = release.run(&[("MILEGATE_DOWNLOAD_URL", "")]);
    nobody.is("error", 5);
    assert!(nobody.run.err.contains("no release belongs to it"), "{}", nobody.run.err);
    // One byte more in the archive.
    let mut bytes = fs::read(&release.archive).unwrap();
    bytes.push(0);
    fs::write(&release.archive, bytes).unwrap();
    release.run(&[]).is("error", 5);
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
        "MILEGATE_EVIDENCE",
        "MILEGATE_ARGS",
    ] {
        let ended = step(&sample, &sample.work, &[(input, evil)]);
        assert!(!ended.outputs.starts_with("verdict=passed"), "{input}: {}", ended.outputs);
        assert_eq!(ended.outputs.lines().count(), 7);
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
