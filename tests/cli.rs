//! The command line as people meet it: help, explanations, generated files, `init` and `demo`.

#![allow(clippy::unwrap_used)]

mod orders;

use orders::{Run, Sample, TAG};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const COMMANDS: &[&str] = &[
    "collect",
    "init",
    "check",
    "complete",
    "record",
    "baseline",
    "compare",
    "approve",
    "verify",
    "approvals",
    "status",
    "progress",
    "tick",
    "burndown",
    "next",
    "escalations",
    "log",
    "standup",
    "risk",
    "debt",
    "blocker",
    "need",
    "change",
    "dependency",
    "inspect",
    "explain",
    "formats",
    "demo",
    "schema",
    "completions",
    "man",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn sessions() {
    trycmd::TestCases::new().env("COLUMNS", "100").env("NO_COLOR", "1").case("tests/cmd/*.trycmd");
}

#[test]
fn every_command_explains_itself() {
    let sample = Sample::bare();
    let help = sample.milegate(&["--help"]).exits(0);
    for command in COMMANDS {
        assert!(help.out.lines().any(|l| l.trim_start().starts_with(command)), "{command}:\n{}", help.out);
        let own = sample.milegate(&[command, "--help"]).exits(0);
        assert!(own.out.contains(&format!("Usage: milegate {command}")), "{}", own.out);
        assert_eq!(sample.milegate(&["help", command]).exits(0).out, own.out);
        sample.milegate(&[command, "--no-such-flag"]).exits(2).says("--no-such-flag");
    }
    let listed = help.out.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let listed: BTreeSet<_> = listed.lines().filter_map(|l| l.split_whitespace().next()).collect();
    let known: BTreeSet<_> = COMMANDS.iter().copied().chain(["help"]).collect();
    assert!(known.is_subset(&listed), "{listed:?}");
    sample.milegate(&[]).exits(2).says("Usage: milegate");
    sample.milegate(&["no-such-command"]).exits(2);
}

#[test]
fn no_width_of_the_terminal_matters() {
    let sample = Sample::second();
    for columns in ["0", "1", "7", "79", "18446744073709551615", "99999999999999999999", "x", ""] {
        for args in [&["explain", "coverage"][..], &["formats"], &["check", "1.0"], &["approvals", "1.0"]] {
            let run = Run::of(sample.program(args).env("COLUMNS", columns).output().unwrap());
            assert!(run.code <= 1, "{columns} {args:?}: {} {}", run.code, run.err);
            assert!(run.out.len() < 100_000, "{columns} {args:?}");
        }
    }
}

#[test]
fn formats_and_criteria_are_explained() {
    let sample = Sample::bare();
    let formats = sample.milegate(&["formats"]).exits(0).out;
    for format in milegate::readers::FORMATS {
        assert!(formats.lines().any(|l| l.starts_with(format.name)), "{}", format.name);
        sample.milegate(&["explain", format.name]).exits(0).says(format.command);
    }
    let run = sample.milegate(&["explain", "coverage"]).exits(0).says("min-changed-lines").says("judged-on");
    assert_eq!(sample.milegate(&["explain", "code-complete/coverage"]).exits(0).out, run.out);
    for kind in milegate::criteria::CRITERIA {
        sample.milegate(&["explain", kind.name]).exits(0);
    }
}

/// Codes are for looking up: every one that stands in the program can be.
#[test]
fn every_code_can_be_explained() {
    let pattern = regex::Regex::new("\"([a-z]+(?:-[a-z]+)*/[a-z]+(?:-[a-z]+)*)\"").unwrap();
    let mut codes = BTreeSet::new();
    for folder in ["src/criteria", "src/evidence", "src/gates", "src/commands/collect"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            // Examples in tests are no codes.
            let text = text.split("#[cfg(test)]").next().unwrap();
            codes.extend(pattern.captures_iter(text).map(|c| c[1].to_owned()));
        }
    }
    assert!(codes.len() > 40, "{codes:?}");
    let sample = Sample::bare();
    let unknown: Vec<_> = codes.iter().filter(|code| sample.milegate(&["explain", code]).code != 0).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

#[test]
fn generated_files_are_what_they_claim_to_be() {
    let sample = Sample::bare();
    let schema = sample.milegate(&["schema"]).exits(0);
    assert_eq!(schema.json()["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema.out, fs::read_to_string(root().join("schema/milegate.schema.json")).unwrap());
    for (shell, mark) in [
        ("bash", "complete -F _milegate"),
        ("zsh", "#compdef milegate"),
        ("fish", "complete -c milegate"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        sample.milegate(&["completions", shell]).exits(0).says(mark).says("approvals");
    }
    sample.milegate(&["completions", "tcsh"]).exits(2);
    let man = sample.milegate(&["man"]).exits(0).out;
    assert!(man.lines().take(5).any(|l| l.starts_with(".TH milegate 1")), "{man}");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_changes_no_exit_status() {
    let sample = Sample::second();
    for (args, code) in [("check 1.0", 1), ("schema", 0), ("inspect reports/unit.xml", 0)] {
        let script = format!("{{ '{}' {args}; echo $? >code; }} | true", env!("CARGO_BIN_EXE_milegate"));
        sample.command("sh", &sample.work).args(["-c", &script]).output().unwrap();
        assert_eq!(sample.read("code").trim(), code.to_string(), "{args}");
    }
    let script = format!("'{}' check 1.0 >/dev/full", env!("CARGO_BIN_EXE_milegate"));
    if Path::new("/dev/full").exists() {
        assert_eq!(
            Run::of(sample.command("sh", &sample.work).args(["-c", &script]).output().unwrap()).code,
            1
        );
    }
}

#[test]
fn init_writes_what_check_reads_and_keeps_what_is_there() {
    for before in [Sample::first(), Sample::second()] {
        let sample = before;
        sample.git(&["rm", "-q", "milegate.toml"]);
        sample.commit_as("ada", "Begin anew");
        sample.lay("reports-after", "reports");
        let printed = sample.milegate(&["init", "--stdout"]).exits(0).out;
        assert!(!sample.work.join("milegate.toml").exists());
        sample.milegate(&["init"]).exits(0).says("next:");
        let written = sample.read("milegate.toml");
        assert_eq!(written, printed);
        for found in
            ["reports/unit.xml", "reports/coverage.xml", "CHECKLIST.md", "STATUS.md", "PROGRESS_LOG.md"]
        {
            assert!(written.contains(found), "{found}:\n{written}");
        }
        let run = sample.milegate(&["check"]);
        assert!([0, 1].contains(&run.code), "{}\n{}\n{written}", run.out, run.err);
        let run = sample.milegate(&["check", "1.0"]);
        assert!([1, 3].contains(&run.code), "{}\n{}", run.out, run.err);
        sample.write("milegate.toml", "# mine\n");
        for folder in [".", "orders"] {
            sample.milegate(&["-C", folder, "init"]).exits(0).says("kept as it is");
        }
        assert_eq!(sample.read("milegate.toml"), "# mine\n");
        assert!(!sample.work.join("orders/milegate.toml").exists());
    }
    // An empty folder outside any repository.
    let sample = Sample::bare();
    let folder = sample.root().join("empty");
    fs::create_dir(&folder).unwrap();
    let mut init = sample.command(env!("CARGO_BIN_EXE_milegate"), &folder);
    Run::of(init.arg("init").output().unwrap()).exits(0);
    let mut check = sample.command(env!("CARGO_BIN_EXE_milegate"), &folder);
    assert_ne!(Run::of(check.arg("check").output().unwrap()).code, 2);
}

#[test]
fn init_does_not_guess_in_a_repository_that_cannot_be_read() {
    let sample = Sample::bare();
    sample.write(
        ".git/config",
        "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n",
    );
    sample.milegate(&["init"]).exits(5).says("next:");
    assert!(!sample.work.join("milegate.toml").exists());
}

/// `demo` with this in the user's own configuration of git.
fn demo_with(settings: &str) -> Run {
    let sample = Sample::bare();
    let hostile = sample.root().join("hostile");
    for folder in ["template/hooks", "hooks"] {
        for hook in ["pre-commit", "commit-msg", "pre-push", "update", "pre-receive", "reference-transaction"]
        {
            let place = hostile.join(folder);
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join(hook), "#!/bin/sh\necho no >&2\nexit 1\n").unwrap();
            let chmod = sample.command("chmod", &place).args(["+x", hook]).status();
            assert!(chmod.unwrap().success());
        }
    }
    fs::write(hostile.join("ignore"), "*.py\n*.xml\nmilegate.toml\n").unwrap();
    fs::write(hostile.join("attributes"), "* text eol=crlf\n").unwrap();
    let settings = settings.replace("HOSTILE", hostile.to_str().unwrap());
    fs::write(sample.home.join(".gitconfig"), settings).unwrap();
    let mut demo = sample.command(env!("CARGO_BIN_EXE_milegate"), &sample.home);
    // Offline: whatever would ask a network is told to use a proxy that is not there.
    demo.env("ALL_PROXY", "http://127.0.0.1:9").arg("demo");
    Run::of(demo.output().unwrap())
}

#[test]
fn the_demo_needs_nothing_of_the_machine() {
    let run = demo_with("").exits(0).says("Refused: ").says("Complete: ").says("Already complete");
    assert!(!run.out.contains('\u{1b}'), "colour into a pipe");
    let hostile = [
        "[init]\n\ttemplateDir = HOSTILE/template\n\tdefaultBranch = trunk\n\tdefaultObjectFormat = sha256\n\tdefaultRefFormat = reftable\n\
         [core]\n\tautocrlf = true\n\tsafecrlf = true\n\texcludesFile = HOSTILE/ignore\n\tattributesFile = HOSTILE/attributes\n\
         [push]\n\tgpgSign = true\n\tdefault = nothing\n\tfollowTags = true\n[protocol]\n\tallow = never\n",
        "[core]\n\thooksPath = HOSTILE/hooks\n[user]\n\tuseConfigOnly = true\n\
         [commit]\n\tgpgsign = true\n\tcleanup = scissors\n\tverbose = true\n[tag]\n\tgpgsign = true\n\
         [color]\n\tui = always\n[log]\n\tshowSignature = true\n[diff]\n\texternal = false\n[receive]\n\tfsckObjects = true\n",
    ];
    for settings in hostile {
        let run = demo_with(settings);
        assert_eq!(run.code, 0, "{settings}\n{}\n{}", run.out, run.err);
    }
}

#[test]
fn the_demo_is_kept_where_that_is_asked_for() {
    let sample = Sample::bare();
    let place = sample.root().join("kept");
    let demo = |folder: &Path| sample.milegate(&["demo", folder.to_str().unwrap()]);
    demo(&place).exits(0).says("Look around in");
    let project = place.join("orders");
    assert!(sample.object(&project, &format!("refs/tags/{TAG}")).is_some());
    let mut check = sample.command(env!("CARGO_BIN_EXE_milegate"), &project);
    Run::of(check.args(["complete", "1.0", "--yes"]).output().unwrap()).exits(0).says("Already complete");
    demo(&place).exits(2).says("not empty").says("next:");
    demo(&sample.work).exits(2);
    let file = sample.root().join("file");
    fs::write(&file, "").unwrap();
    assert_ne!(demo(&file).code, 0);
    // A hook, and thus an environment that points git elsewhere, changes nothing.
    let other = sample.root().join("other");
    let before = sample.snapshot();
    let mut hooked = sample.program(&["demo", other.to_str().unwrap()]);
    hooked.env("GIT_DIR", sample.work.join(".git")).env("GIT_INDEX_FILE", sample.work.join(".git/index"));
    Run::of(hooked.output().unwrap()).exits(0);
    assert_eq!(orders::difference(&before, &sample.snapshot()), Vec::<std::path::PathBuf>::new());
}

/// The blocks of the README between these fences.
fn blocks(language: &str) -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let open = format!("```{language}\n");
    readme.split(open.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn merge(into: &mut toml::Table, other: toml::Table) {
    for (key, value) in other {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => drop(into.insert(key, value)),
        }
    }
}

#[test]
fn the_first_configuration_of_the_readme_is_green() {
    let sample = Sample::second();
    let toml = &blocks("toml")[0];
    sample.write("milegate.toml", toml).write("reports/junit.xml", &sample.read("reports/unit.xml"));
    sample.milegate(&["check"]).exits(0);
    // The others are to be added to it.
    for other in &blocks("toml")[1..] {
        let mut whole: toml::Table = toml.parse().unwrap();
        merge(&mut whole, other.parse().unwrap());
        sample.write("milegate.toml", &whole.to_string());
        let run = sample.milegate(&["check"]);
        assert_ne!(run.code, 2, "{}\n{other}", run.err);
    }
}

#[test]
fn commands_in_the_readme_are_commands() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let inline = readme.split('`').skip(1).step_by(2).map(str::to_owned);
    let in_blocks = blocks("sh").into_iter().flat_map(|b| b.lines().map(str::to_owned).collect::<Vec<_>>());
    let sample = Sample::bare();
    let mut seen = BTreeSet::new();
    for line in inline.chain(in_blocks) {
        let Some(rest) = line.strip_prefix("milegate ") else { continue };
        let word = rest.split_whitespace().next().unwrap().to_owned();
        assert!(COMMANDS.contains(&word.as_str()) || word.starts_with('-'), "{line}");
        // Its flags are flags.
        let help = sample.milegate(&[&word, "--help"]).exits(0).out;
        let own = rest.split(" -- ").next().unwrap();
        for flag in own.split_whitespace().filter(|w| w.starts_with("--")) {
            assert!(help.contains(flag), "{line}: {flag}");
        }
        seen.insert(word);
    }
    assert!(seen.len() >= 5, "{seen:?}");
}
