//! Why a report is not evidence: what is wrong, where, and what to do next.

use std::fmt;

/// What is wrong with a report. The words are part of the JSON contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// No file where one should be.
    Missing,
    /// Nothing in it, or nothing but blanks.
    Empty,
    /// It stops before its end.
    Truncated,
    /// It breaks the rules of its syntax.
    Malformed,
    /// Its bytes are not the text it claims to be.
    Encoding,
    /// It is like no format that is known.
    UnknownFormat,
    /// It could be more than one format.
    AmbiguousFormat,
    /// It is another format than the one that was declared.
    WrongFormat,
    /// It says two things that cannot both be true.
    Contradiction,
    /// It says the same thing twice where that decides something.
    Duplicate,
    /// The tool that wrote it says that it could not do its work.
    ToolFailed,
    /// Clean and crashed look alike, and nothing shows which it was.
    NoExitStatus,
    /// It is larger or deeper than the limits allow.
    Limit,
    /// It is not a regular file inside the repository, or may not be read.
    Unreadable,
}

impl Code {
    /// All codes with their word in JSON and a sentence for `explain`.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Missing, "report/missing", "no file matches the configured pattern"),
        (Self::Empty, "report/empty", "the file holds nothing; a tool that crashed leaves such a file"),
        (
            Self::Truncated,
            "report/truncated",
            "the file stops before its end; half a report has half the failures",
        ),
        (Self::Malformed, "report/malformed", "the file breaks the rules of its own format"),
        (Self::Encoding, "report/encoding", "the bytes are not the text they claim to be"),
        (Self::UnknownFormat, "report/unknown-format", "the content is like no known report format"),
        (
            Self::AmbiguousFormat,
            "report/ambiguous-format",
            "the content fits more than one format; declare it",
        ),
        (Self::WrongFormat, "report/wrong-format", "the content is not of the declared format"),
        (Self::Contradiction, "report/contradiction", "the report says two things that cannot both be true"),
        (Self::Duplicate, "report/duplicate", "the report gives one deciding field twice"),
        (Self::ToolFailed, "report/tool-failed", "the tool says that it could not do its work"),
        (
            Self::NoExitStatus,
            "report/no-exit-status",
            "clean and crashed look alike without the tool's exit status",
        ),
        (Self::Limit, "report/limit", "the file is larger or deeper than the configured limits"),
        (Self::Unreadable, "report/unreadable", "not a regular file inside the repository, or not readable"),
    ];

    /// The word in JSON: `report/truncated`.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|row| row.0 == self).map_or("report/malformed", |row| row.1)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a report is not evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// The kind of defect.
    pub code: Code,
    /// A sentence without a full stop; report text in it is quoted and cut.
    pub message: String,
    /// 1-based line, where it is known.
    pub line: Option<u64>,
    /// 1-based column.
    pub column: Option<u64>,
    /// What to do next, if there is more to say than "make the report again".
    pub hint: Option<String>,
}

impl ReadError {
    /// An error without a place.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), line: None, column: None, hint: None }
    }

    /// A tool ended with a status by which it says that it did not do its work.
    pub(super) fn tool_ended(tool: &str, status: i32) -> Self {
        Self::new(Code::ToolFailed, format!("{tool} ended with status {status}"))
    }

    /// A tool ended with the status for `what`, and its list is empty.
    pub(super) fn none_listed(tool: &str, what: &str) -> Self {
        let message = format!("{tool} ended with status 1, which means {what}, and none is listed");
        Self::new(Code::Contradiction, message)
    }

    /// A tool that writes nothing when all is well wrote nothing, and nobody knows how it ended.
    pub(super) fn silent(tool: &str) -> Self {
        Self::new(Code::NoExitStatus, "nothing is listed, which a crash would look like too")
            .hint(format!("record the exit status: exit-status = \"{tool}.status\" in [reports]"))
    }

    /// The same error at a line (1-based).
    #[must_use]
    pub fn at(mut self, line: u64, column: Option<u64>) -> Self {
        self.line = Some(line);
        self.column = column;
        self
    }

    /// The same error with a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A piece of a report for a message: in back quotes, without control characters, cut.
pub(super) fn quote(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut chars = text.trim().chars().filter(|c| !c.is_control());
    let shown: String = chars.by_ref().take(SHOWN).collect();
    let more = if chars.next().is_some() { "..." } else { "" };
    format!("`{shown}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_cut_and_harmless() {
        assert_eq!(quote("a\x07\x1b[2J"), "`a[2J`");
        assert_eq!(quote(&"x".repeat(100)).len(), 65);
    }
}
