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
