//! The same reports read by other tools, where they are installed.

use crate::generate::Made;
use crate::measure::{Measured, in_process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Measures every tool that is on the `PATH`, and says which are not.
pub(crate) fn run(data: &Path, rows: &[(&str, Made)]) {
    for (what, made) in rows {
        match *what {
            "cobertura" => {
                if let Some(repository) = changed_repository(data) {
                    let mut command = tool("diff-cover", &repository);
                    command.arg(&made.path).args(["--compare-branch", "HEAD"]);
                    compare("diff-cover", "cobertura", made, command);
                }
            }
            "lcov" => {
                let mut command = tool("lcov", data);
                command.arg("--summary").arg(&made.path);
                compare("lcov", "lcov", made, command);
                let mut command = tool("grcov", data);
                command
                    .arg(&made.path)
                    .args(["-t", "lcov", "--threads", "1", "-o"])
                    .arg(data.join("grcov.out"));
                compare("grcov", "lcov", made, command);
            }
            "junit" => {
                let mut command = tool("junitparser", data);
                command.arg("verify").arg(&made.path);
                compare("junitparser", "junit", made, command);
            }
            _ => {}
        }
    }
}

fn tool(name: &str, directory: &Path) -> Command {
    let mut command = Command::new(name);
    command.current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn compare(name: &str, format: &str, made: &Made, mut command: Command) {
    let start = Instant::now();
    // Their exit status is their verdict on the report, which is not ours to judge here.
    if command.status().is_err() {
        return println!("{name:22} not installed: left out");
    }
    let theirs = start.elapsed().as_secs_f64();
    let ours = Measured::median((0..3).map(|_| in_process(format, &made.path)).collect());
    println!("{name:22} {theirs:.2} s | ours {:.3} s | {:.0} x", ours.seconds, theirs / ours.seconds);
}

/// A repository in which fifty of the measured files have changed, as diff-cover wants it.
fn changed_repository(data: &Path) -> Option<PathBuf> {
    let root = data.join("repository");
    if root.join(".git").exists() {
        return Some(root);
    }
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.invalid"];
        let done = Command::new("git")
            .current_dir(&root)
            .args(identity)
            .args(arguments)
            .stdout(Stdio::null())
            .status();
        done.is_ok_and(|status| status.success()).then_some(())
    };
    let write = |line: &str| {
        for file in 0..50 {
            let path = root.join(format!("src/package_0000/module_{file:05}.py"));
            fs::create_dir_all(path.parent()?).ok()?;
            fs::write(path, format!("{line}\n").repeat(600)).ok()?;
        }
        Some(())
    };
    write("before = 1")?;
    git(&["init", "-q"])?;
    git(&["add", "."])?;
    git(&["commit", "-qm", "before"])?;
    write("after = 2")?;
    Some(root)
}
