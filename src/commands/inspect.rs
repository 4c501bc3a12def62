//! `inspect`: what is read from reports. 0 if every file was read, else 3.

use super::cli::Inspect;
use super::refusal::Refusal;
use super::terminal::Terminal;
use super::workspace::Locate;
use crate::criteria::spec::did_you_mean;
use crate::ledger::anywhere;
use crate::ledger::json::sha256;
use crate::readers::{self, Code, FORMATS, Format, Input, Limits, ReadError};
use crate::render::report::{self, Inspected};
use crate::verdict::ExitStatus;
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
    terminal.print(&text);
    let all_read = inspected.iter().all(|file| file.report.is_ok());
    Ok(if all_read { ExitStatus::Passed } else { ExitStatus::Unproven }.code())
}

fn declared(name: &str) -> Result<&'static Format, Refusal> {
    readers::format(name).ok_or_else(|| {
        let hint = did_you_mean(name, FORMATS.iter().map(|f| f.name));
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
    let bytes = match anywhere::read(file, limits.bytes) {
        Ok(bytes) => bytes,
        Err(error) if error.is_missing() => {
            return unread(ReadError::new(Code::Missing, "no such file").hint("check the path"));
        }
        Err(error) => return unread(ReadError::new(Code::Unreadable, error.to_string())),
    };
    // What belongs to the report and stands beside it; what is not there, the reader misses.
    let beside =
        readers::companions(path).iter().map(|name| anywhere::read(&file.with_file_name(name), limits.bytes));
    let mut whole: Vec<u8> = beside.filter_map(Result::ok).flatten().collect();
    whole.extend(&bytes);
    let input = Input { bytes: &whole, exit_status, limits };
    Inspected { path: path.to_owned(), sha256: sha256(&bytes), report: readers::read(&input, format) }
}
