//! OpenCover XML: OpenCover 4.7, and coverlet's `opencover` format.
//!
//! A sequence point spans the lines `sl` to `el`, which are hit if any point of theirs was (`vc`);
//! the points themselves are the statements, OpenCover's own unit. Branches are branch points by
//! method, offset, ordinal and path; a function is a method with points. Whatever carries
//! `skippedDueTo` was left out by a filter and is left out here. A file or module that occurs again
//! is united.
//!
//! Ignored on purpose: complexities, NPath, CRAP, tracked methods, summaries below the session's,
//! points of hidden lines (0xFEEFEE), and the session's branch total (OpenCover adds one a method).

use super::coverage_draft::{Draft, Spanned, count, differs, hits, line, path, ratio, required};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::xml::{self, Cursor, Elements};
use crate::model::coverage::{Block, Coverage};
use crate::model::ratio::Ratio;
use std::collections::BTreeMap;

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "opencover",
    kind: Kind::Coverage,
    tools: "OpenCover, coverlet",
    command: "dotnet test --collect:\"XPlat Code Coverage;Format=opencover\"",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "CoverageSession"),
    read,
};

/// The line of points that stand for no source.
const HIDDEN: u64 = 0x00fe_efee;

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let mut reader = Reader::new(input.limits);
    xml::whole(input, &["CoverageSession"], &mut reader)?;
    reader.finish()
}

/// A `<Method>` that is open.
#[derive(Default)]
struct Method {
    name: String,
    /// Its file, for points that do not name one.
    file: Option<u64>,
    first: Option<(u64, u32)>,
    visited: bool,
}

struct Reader<'a> {
    limits: &'a Limits,
    modules: bool,
    /// Depth of the element that is skipped.
    skipping: Option<usize>,
    /// Paths by uid, and points by uid, of the open module.
    paths: BTreeMap<u64, String>,
    drafts: BTreeMap<u64, Draft>,
    method: Option<Method>,
    /// The text of a method's name is coming in.
    naming: bool,
    spanned: Spanned,
    session: Option<Ratio>,
    homeless: u64,
    coverage: Coverage,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            modules: false,
            skipping: None,
            paths: BTreeMap::new(),
            drafts: BTreeMap::new(),
            method: None,
            naming: false,
            spanned: Spanned::default(),
            session: None,
            homeless: 0,
            coverage: Coverage {
                has_branches: true,
                has_functions: true,
                has_statements: true,
                ..Coverage::default()
            },
        }
    }

    fn summary(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if let (Some(total), Some(visited)) =
            (count(xml, "numSequencePoints")?, count(xml, "visitedSequencePoints")?)
        {
            self.session =
                Some(ratio(visited, total, "sequence points").map_err(|e| xml.error(e.code, e.message))?);
        }
        Ok(())
    }

    /// The file of a point; `None` if nothing says it.
    fn file(&mut self, xml: &Cursor<'_>) -> Result<Option<u64>, ReadError> {
        let own = count(xml, "fileid")?.filter(|id| *id != 0);
        let file = own.or(self.method.as_ref().and_then(|method| method.file));
        self.homeless += u64::from(file.is_none());
        Ok(file)
    }

    fn sequence_point(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let number = |name: &str, absent: Option<u64>| -> Result<u64, ReadError> {
            count(xml, name)?
                .or(absent)
                .ok_or_else(|| xml.error(Code::Malformed, format!("a point without {name}")))
        };
        let start = number("sl", None)?;
        if start == HIDDEN {
            return Ok(());
        }
        let end = number("el", Some(start))?;
        let (Some(first), Some(last)) = (line(start), line(end).filter(|_| end >= start)) else {
            return Err(xml.error(Code::Malformed, format!("a point from line {start} to line {end}")));
        };
        let hit = hits(xml, "vc")?
            .ok_or_else(|| xml.error(Code::Malformed, "a point without its number of visits (vc)"))?;
        let Some(file) = self.file(xml)? else { return Ok(()) };
        if let Some(method) = &mut self.method {
            method.visited |= hit;
            method.first = Some(method.first.map_or((file, first), |known| known.min((file, first))));
        }
        let draft = self.drafts.entry(file).or_default();
        for number in self.spanned.lines(first, last).map_err(|e| xml.error(e.code, e.message))? {
            draft.line(number, hit);
        }
        let column = |name| count(xml, name).map(|c| c.and_then(|c| u32::try_from(c).ok()).unwrap_or(0));
        let span = [first, column("sc")?, last, column("ec")?];
        let block = draft.file.statements.entry(span).or_insert(Block { statements: 1, hit: false });
        block.hit |= hit;
        Ok(())
    }

    fn branch_point(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let taken = hits(xml, "vc")?
            .ok_or_else(|| xml.error(Code::Malformed, "a branch without its number of visits (vc)"))?;
        let at = count(xml, "sl")?.filter(|number| *number != HIDDEN).and_then(line).unwrap_or(0);
        let Some(file) = self.file(xml)? else { return Ok(()) };
        let method = self.method.as_ref().map_or("", |method| &method.name);
        let part = |name| xml.attribute(name).unwrap_or_default();
        let id = format!("{method} {}/{}/{}", part("offset"), part("ordinal"), part("path"));
        self.drafts.entry(file).or_default().edge(at, id, taken);
        Ok(())
    }

    fn close_module(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        for (file, draft) in std::mem::take(&mut self.drafts) {
            let Some(path) = self.paths.get(&file) else {
                return Err(
                    xml.error(Code::Contradiction, format!("points of file {file}, which is not listed"))
                );
            };
            self.coverage.files.entry(path.clone()).or_default().merge(draft.finish());
        }
        self.paths.clear();
        Ok(())
    }

    fn finish(self) -> Result<Report, ReadError> {
        if !self.modules {
            let root = quote("Modules");
            return Err(ReadError::new(Code::Malformed, format!("no {root}: not a whole OpenCover report")));
        }
        let found = self.coverage.statements().unwrap_or_default();
        let mut notices: Vec<_> =
            self.session.and_then(|said| differs("sequence points", said, found)).into_iter().collect();
        if self.homeless > 0 {
            notices.push(format!("{} points without a file do not count", self.homeless));
        }
        Ok(Report { notices, ..Report::new(&FORMAT, Body::Coverage(self.coverage)) })
    }
}

impl Elements for Reader<'_> {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if self.skipping.is_some() {
            return Ok(());
        }
        if xml.attribute("skippedDueTo").is_some() {
            self.skipping = Some(xml.depth());
            return Ok(());
        }
        match name {
            "Modules" => self.modules = true,
            "Summary" if xml.depth() == 2 => self.summary(xml)?,
            "File" => {
                let known = self.paths.insert(required(xml, "uid")?, path(xml, &["fullPath"])?);
                if known.is_some() {
                    return Err(xml.error(Code::Duplicate, "two files of a module have one uid"));
                }
                self.limits.check_items(self.paths.len() + self.coverage.files.len())?;
            }
            "Method" => {
                let visited = xml.attribute("visited").is_some_and(|word| word.eq_ignore_ascii_case("true"));
                self.method = Some(Method { visited, ..Method::default() });
            }
            "Name" => self.naming = self.method.is_some(),
            "FileRef" => {
                let file = count(xml, "uid")?;
                if let Some(method) = &mut self.method {
                    method.file = file;
                }
            }
            "SequencePoint" => self.sequence_point(xml)?,
            "BranchPoint" => self.branch_point(xml)?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if let Some(depth) = self.skipping {
            if xml.depth() < depth {
                self.skipping = None;
            }
            return Ok(());
        }
        match name {
            "Name" => self.naming = false,
            "Method" => {
                if let Some(Method { name, first: Some((file, line)), visited, .. }) = self.method.take() {
                    self.drafts.entry(file).or_default().function(line, &name, visited);
                }
            }
            "Module" => self.close_module(xml)?,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(method) = self.method.as_mut().filter(|_| self.naming) {
            method.name.push_str(text.trim());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing;

    fn report(modules: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        let text = format!("<CoverageSession><Modules>{modules}</Modules></CoverageSession>");
        testing::coverage(read, &text)
    }

    fn module(points: &str) -> String {
        format!(
            "<Module hash='A'><Files><File uid='1' fullPath='C:\\w\\A.cs'/></Files><Classes><Class><Methods>\
             <Method visited='false'><Name>f</Name><FileRef uid='1'/><SequencePoints>{points}</SequencePoints></Method>\
             </Methods></Class></Classes></Module>"
        )
    }

    #[test]
    fn points_span_lines_and_repeated_modules_unite() {
        let one = module(
            "<SequencePoint vc='1' sl='1' sc='5' el='3' ec='6'/><SequencePoint vc='0' sl='3' sc='8' el='4' ec='9'/>",
        );
        let two = module(
            "<SequencePoint vc='0' sl='1' sc='5' el='3' ec='6'/><SequencePoint vc='0' sl='3' sc='8' el='4' ec='9'/><SequencePoint vc='9' sl='16707566' el='16707566'/>",
        );
        let (found, _) =
            report(&format!("{one}{two}<Module skippedDueTo='Filter'><File/></Module>")).unwrap();
        assert_eq!((found.lines(), found.statements()), (Ratio::new(3, 4), Some(Ratio::new(1, 2))));
        assert_eq!(found.functions(), Some(Ratio::new(1, 1)));
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["C:\\w\\A.cs"]);
    }

    #[test]
    fn branches_are_told_apart_by_method_offset_and_path() {
        let branch = |vc: u8, path: u8| {
            format!("<BranchPoint vc='{vc}' sl='2' offset='7' ordinal='0' path='{path}' fileid='1'/>")
        };
        let points = format!("<SequencePoint vc='1' sl='2'/>{}{}", branch(1, 0), branch(0, 1));
        let (found, _) = report(&format!("{}{}", module(&points), module(&points))).unwrap();
        assert_eq!(found.branches(), Some(Ratio::new(1, 2)));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (points, code) in [
            ("<SequencePoint vc='1' sl='3' el='2'/>", Code::Malformed),
            ("<SequencePoint vc='1'/>", Code::Malformed),
            ("<SequencePoint sl='1'/>", Code::Malformed),
            ("<SequencePoint vc='1' sl='1' el='900000000'/>", Code::Limit),
            ("<SequencePoint vc='1' sl='1' fileid='7'/>", Code::Contradiction),
        ] {
            assert_eq!(report(&module(points)).unwrap_err().code, code, "{points}");
        }
        let limits = Limits::default();
        let none = read(&Input { bytes: b"<CoverageSession/>", exit_status: None, limits: &limits });
        assert_eq!(none.unwrap_err().code, Code::Malformed);
        let session = "<CoverageSession><Summary numSequencePoints='1' visitedSequencePoints='2'/><Modules/></CoverageSession>";
        let read = read(&Input { bytes: session.as_bytes(), exit_status: None, limits: &limits });
        assert_eq!(read.unwrap_err().code, Code::Contradiction);
    }
}
