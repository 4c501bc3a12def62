//! The bundle as it stands in the file.

mod body;
mod running;

use super::{Bundle, VERSION};
use crate::evidence::freshness::{Record, Sources};
use crate::evidence::{Doubt, ReportFile};
use crate::readers::{self, Code, ReadError, Report};
use body::WireBody;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireBundle {
    version: u32,
    milegate: String,
    project: String,
    commit: Option<String>,
    work_digest: Option<String>,
    files: Vec<WireFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireFile {
    entry: String,
    path: String,
    sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exit_status: Option<i32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    recorded: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stale: Option<WireDoubt>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notices: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<WireReport>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<WireError>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireReport {
    format: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notices: Vec<String>,
    body: WireBody,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireError {
    code: String,
    message: String,
    line: Option<u64>,
    column: Option<u64>,
    hint: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireDoubt {
    code: String,
    message: String,
    next_step: String,
}

/// The bundle as text. Maps with text keys and finite numbers: nothing that JSON could refuse.
pub(super) fn encode(bundle: &Bundle) -> String {
    let wire = WireBundle {
        version: VERSION,
        milegate: env!("CARGO_PKG_VERSION").to_owned(),
        project: bundle.project.clone(),
        commit: bundle.commit.clone(),
        work_digest: bundle.work_digest.clone(),
        files: bundle.files.iter().map(|(entry, file)| file_out(entry, file)).collect(),
    };
    serde_json::to_string(&wire).map(|text| text + "\n").unwrap_or_default()
}

/// A bundle from its bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<Bundle, String> {
    let wire: WireBundle = serde_json::from_slice(bytes).map_err(|e| match e.is_eof() {
        true => "the bundle stops before its end".to_owned(),
        false => format!("not an evidence bundle: {e}"),
    })?;
    if wire.version != VERSION {
        return Err(format!("a bundle of version {}; this program reads {VERSION}", wire.version));
    }
    let files = wire.files.into_iter().map(file_in).collect::<Result<_, _>>()?;
    Ok(Bundle { project: wire.project, commit: wire.commit, work_digest: wire.work_digest, files })
}

fn file_out(entry: &str, file: &ReportFile) -> WireFile {
    let report = file.report.as_ref().ok().map(|report| WireReport {
        format: report.format.name.to_owned(),
        notices: report.notices.clone(),
        body: body::out(&report.body),
    });
    let error = file.report.as_ref().err().map(|error| WireError {
        code: error.code.word().to_owned(),
        message: error.message.clone(),
        line: error.line,
        column: error.column,
        hint: error.hint.clone(),
    });
    let stale = file.stale.as_ref().map(|doubt| WireDoubt {
        code: doubt.code.clone(),
        message: doubt.message.clone(),
        next_step: doubt.next_step.clone(),
    });
    WireFile {
        entry: entry.to_owned(),
        path: file.path.clone(),
        sha256: file.sha256.clone(),
        exit_status: file.exit_status,
        recorded: file.record.is_some(),
        stale,
        notices: file.notices.clone(),
        report,
        error,
    }
}

fn file_in(wire: WireFile) -> Result<(String, ReportFile), String> {
    let report = match (wire.report, wire.error) {
        (Some(report), None) => Ok(report_in(report)?),
        (None, Some(error)) => Err(error_in(error)),
        _ => return Err(format!("{}: neither one report nor one error", wire.path)),
    };
    let stale = wire.stale.map(|d| Doubt::new(d.code, d.message, d.next_step));
    let record = wire.recorded.then(|| Record {
        exit_status: wire.exit_status.unwrap_or(0),
        sources: Sources::Same,
        work_digest: None,
        command: "milegate collect".to_owned(),
    });
    let file = ReportFile {
        path: wire.path,
        sha256: wire.sha256,
        report,
        stale,
        notices: wire.notices,
        record,
        exit_status: wire.exit_status,
    };
    Ok((wire.entry, file))
}

fn report_in(wire: WireReport) -> Result<Report, String> {
    let format =
        readers::format(&wire.format).ok_or_else(|| format!("unknown report format `{}`", wire.format))?;
    let body =
        body::read(wire.body).ok_or_else(|| format!("a {} report that cannot be read", wire.format))?;
    if body.kind() != format.kind {
        return Err(format!("a {} report that holds {}", wire.format, body.kind().word()));
    }
    Ok(Report { format, body, notices: wire.notices })
}

fn error_in(wire: WireError) -> ReadError {
    let code = Code::ALL.iter().find(|row| row.1 == wire.code).map_or(Code::Malformed, |row| row.0);
    ReadError { code, message: wire.message, line: wire.line, column: wire.column, hint: wire.hint }
}
