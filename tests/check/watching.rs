//! `check --watch`: the real program beside files that change, and reports that are written slowly.

use crate::program::{command, run};
use crate::small::{Small, junit};
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any machine takes for one round.
const PATIENCE: Duration = Duration::from_secs(60);

/// A child that watches, and the last line of each verdict it prints.
struct Watch {
    child: Child,
    ends: Receiver<String>,
    said: Receiver<String>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watch {
    fn on(small: &Small, args: &[&str]) -> Self {
        let mut child = command(small.path(), &[&["check", "--watch"], args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, ends) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok).filter(|line| line.contains("  exit ")) {
                let _ = tell.send(line.trim().to_owned());
            }
        });
        let (tell, said) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || stderr.lines().map_while(Result::ok).for_each(|line| drop(tell.send(line))));
        Self { child, ends, said }
    }

    /// The next verdict.
    #[track_caller]
    fn next(&self) -> String {
        self.ends.recv_timeout(PATIENCE).unwrap()
    }

    /// The next verdict ends with this exit status.
    #[track_caller]
    fn comes_to(&self, status: u8) {
        let end = self.next();
        assert!(end.ends_with(&format!("exit {status}")), "{end}");
    }

    /// A line that it says on stderr.
    #[track_caller]
    fn says(&self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if self.said.recv_timeout(PATIENCE).unwrap().contains(text) {
                return;
            }
        }
        panic!("never said: {text}");
    }

    fn ends(mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status,
                None => assert!(Instant::now() < until, "does not end"),
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn append(small: &Small, path: &str, text: &str) {
    OpenOptions::new()
        .append(true)
        .open(small.path().join(path))
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
}

#[test]
fn a_changed_report_is_judged_once_and_half_a_report_never() {
    let small = Small::new();
    let watch = Watch::on(&small, &[]);
    watch.says("Ctrl-C");
    watch.comes_to(0);
    small.junit(&junit(&[("test_add", "<failure/>")]));
    watch.comes_to(1);
    watch.says("reports/junit.xml changed");
    small.green();
    watch.comes_to(0);

    // The first half alone has no failure in it; the writer pauses longer than a change has to rest.
    let whole = junit(&[("test_add", ""), ("test_remove", "<failure message='late'/>")]);
    let (first, second) = whole.split_at(whole.find("test_remove").unwrap());
    small.junit(first);
    thread::sleep(Duration::from_millis(1500));
    append(&small, "reports/junit.xml", second);
    watch.comes_to(1);

    // Taken away and written anew.
    small.repo.remove("reports/junit.xml");
    thread::sleep(Duration::from_millis(1200));
    small.green();
    watch.comes_to(0);
    assert!(watch.ends.try_recv().is_err(), "one verdict for one change");
}

#[test]
fn half_a_report_that_stays_is_unproven() {
    let small = Small::new();
    let watch = Watch::on(&small, &[]);
    watch.comes_to(0);
    let whole = junit(&[("test_add", "")]);
    small.junit(&whole[..whole.len() - 20]);
    watch.comes_to(3);
}

#[test]
fn mistakes_in_the_configuration_are_told_and_mended() {
    let small = Small::new();
    let watch = Watch::on(&small, &[]);
    watch.comes_to(0);
    small.config("[gates.code-complete.coverage]\nlines = \">= 99%\"\nlimes = 1\n");
    watch.says("limes");
    small.config("[gates.code-complete.coverage]\nlines = \">= 99%\"\n");
    watch.comes_to(1);
    small.repo.write("reports/other.xml", junit(&[("test_new", "")]));
    small.config("[gates.code-complete.tests]\nmin-tests = 3\n");
    watch.comes_to(1);
    small.repo.commit("Configure");
    watch.says("HEAD changed");
}

#[test]
fn it_ends_by_the_signal_or_when_nobody_reads() {
    let small = Small::new();
    let watch = Watch::on(&small, &[]);
    watch.comes_to(0);
    let pid = watch.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let status = watch.ends();
    assert_eq!((status.code(), status.signal()), (None, Some(2)));

    // Its status is the verdict's: a closed pipe is no pass.
    small.junit(&junit(&[("test_add", "<failure/>")]));
    let mut child = command(small.path(), &["check", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let (ends, said) = (channel().1, channel().1);
    assert_eq!(Watch { child, ends, said }.ends().code(), Some(1));
}

#[test]
fn it_is_for_people() {
    let small = Small::new();
    for also in [&["--run"][..], &["--comment"], &["--confirm-cmd", "true"]] {
        small.run(&[&["check", "--watch"], also].concat()).exits(2);
    }
    let mut ci = command(small.path(), &["check", "--watch"]);
    ci.env("CI", "true");
    assert!(run(ci).exits(2).stderr.contains("does not end"));
    small.repo.write("milegate.toml", "nonsense");
    small.run(&["check", "--watch"]).exits(2);
}
