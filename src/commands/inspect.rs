//! `inspect`: what is read from reports. 0 if every file was read, else 3.

use super::cli::Inspect;
use super::outputs;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::Locate;
use crate::criteria::spec::did_you_mean;
use crate::ledger::anywhere;
use crate::readers::{self, Code, Format, Limits, ReadError};
use crate::render::report::{self, Inspected};
use crate::verdict::ExitStatus;
use std::io::Read;
use std::path::Path;

/// Runs the command.
pub(super) fn run(args: &Inspect, locate: &Locate, terminal: Terminal) -> Result<u8, Refusal> {
    let format = args.format.as_deref().map(declared).transpose()?;
    let start = locate.start()?;
    let limits = Limits::default();
    let inspected: Vec<_> = args
        .reports
        .iter()
        .map(|path| inspect(&start.join(path), &path.to_string_lossy(), format, args.exit_status, &limits))
        .collect();
    let text = match args.output_format.as_str() {
        "json" => report::json(&inspected),
        _ => report::text(&inspected, terminal.style(0).width),
    };
    outputs::print(&args.output_format, &text, terminal);
    let all_read = inspected.iter().all(|file| file.report.is_ok());
    Ok(if all_read { ExitStatus::Passed } else { ExitStatus::Unproven }.code())
}

fn declared(name: &str) -> Result<&'static Format, Refusal> {
    readers::format(name).ok_or_else(|| {
        let hint = did_you_mean(name, readers::formats().map(|f| f.name));
        Refusal::usage(format!("no report format `{name}`"))
            .hint(hint.unwrap_or_else(|| "`milegate formats` lists them".to_owned()))
    })
}

fn inspect(
    file: &Path,
    path: &str,
    format: Option<&'static Format>,
    exit_status: Option<i32>,
    limits: &Limits,
) -> Inspected {
    let unread =
        |error: ReadError| Inspected { path: path.to_owned(), sha256: String::new(), report: Err(error) };
    // What belongs to the report and stands beside it; what is not there, the reader misses.
    let beside = readers::companions(path).iter().map(|name| {
        let read = anywhere::read_once(&file.with_file_name(name), limits.bytes, |file, _| {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).map(|_| bytes)
        });
        read.ok().and_then(|(bytes, _)| bytes.ok()).unwrap_or_default()
    });
    let beside: Vec<u8> = beside.flatten().collect();
    let read = |file: &mut dyn Read| {
        readers::read_from(&mut beside.as_slice().chain(file), limits, format, || Ok(exit_status))
    };
    match anywhere::read_once(file, limits.bytes, |file, _| read(file)) {
        Ok((report, sha256)) => Inspected { path: path.to_owned(), sha256, report },
        Err(error) if error.is_missing() => {
            unread(ReadError::new(Code::Missing, "no such file").hint("check the path"))
        }
        Err(error) => unread(ReadError::new(Code::Unreadable, error.to_string())),
    }
}
