//! JaCoCo XML (report DTD 1.1): JaCoCo 0.8, Kover, and gcovr's `--jacoco`.
//!
//! Lines are those of `sourcefile`: hit if instructions of theirs were (`ci`), with `cb` of `cb + mb`
//! branches. Functions are the methods of the classes. A file is called `group/package/name`: JaCoCo
//! does not tell the source folder, which placement finds. **gcovr's dialect** writes lines without
//! `mi` and `ci`, and methods only as counters: then the counters of the file are its totals, and
//! which lines were hit is not known. The counters of the report are compared with the recount.
//!
//! Ignored on purpose: instructions, complexity, counters of packages and groups, sessions, and the
//! DOCTYPE, which is never fetched. Classes without line numbers are told in a notice.

use super::coverage_draft::{Draft, count, differs, line_attribute, ratio, required};
use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::xml::{Cursor, Node};
use crate::model::coverage::Coverage;
use crate::model::ratio::Ratio;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The row.
pub(super) static FORMAT: Format = Format {
    name: "jacoco",
    kind: Kind::Coverage,
    tools: "JaCoCo (Maven, Gradle, Ant), Kover, gcovr",
    command: "mvn test jacoco:report",
    end: End::Marked,
    detect,
    read,
};

fn detect(head: &Head<'_>) -> bool {
    let Head::Xml(xml) = head else { return false };
    let first = xml.elements.first().map(String::as_str);
    xml.root == "report"
        && first.is_some_and(|f| matches!(f, "sessioninfo" | "group" | "package" | "counter"))
}

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["report"]);
    let mut reader = Reader::new(input.limits);
    while let Some(node) = xml.next()? {
        match node {
            Node::Start(name) => reader.start(name, &xml)?,
            Node::End(name) => reader.end(name, &xml)?,
            Node::Text(_) => {}
        }
    }
    Ok(reader.finish())
}

/// Counters of one element that say something of lines, branches, methods.
#[derive(Default, Clone, Copy)]
struct Counters {
    line: Option<Ratio>,
    branch: Option<Ratio>,
    method: Option<Ratio>,
    instruction: bool,
}

/// A `<sourcefile>` that is open.
struct Source {
    path: String,
    draft: Draft,
    counters: Counters,
    numbers: BTreeSet<u32>,
    /// Lines that do not say whether they were hit.
    blind: u64,
}

/// A `<class>` that is open.
struct Class<'a> {
    name: Cow<'a, str>,
    /// Path of its source; `None` if it was compiled without.
    path: Option<String>,
    counters: Counters,
}

/// A `<method>` that is open.
struct Method {
    line: u32,
    name: String,
    called: bool,
}

struct Reader<'a> {
    limits: &'a Limits,
    groups: Vec<Cow<'a, str>>,
    package: Option<Cow<'a, str>>,
    class: Option<Class<'a>>,
    method: Option<Method>,
    source: Option<Source>,
    /// Functions by the path of their file.
    functions: BTreeMap<String, Draft>,
    coverage: Coverage,
    /// Counters of the report itself.
    root: Counters,
    /// Classes without line numbers, and without a source.
    lineless: u64,
    blind_files: u64,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            groups: Vec::new(),
            package: None,
            class: None,
            method: None,
            source: None,
            functions: BTreeMap::new(),
            coverage: Coverage::default(),
            root: Counters::default(),
            lineless: 0,
            blind_files: 0,
        }
    }

    fn start(&mut self, name: &str, xml: &Cursor<'a>) -> Result<(), ReadError> {
        let attribute = |name| xml.attribute(name).unwrap_or_default();
        let inside = (self.package.is_some(), self.class.is_some(), self.source.is_some());
        match (name, inside) {
            ("report", _) if xml.depth() == 1 => {}
            ("sessioninfo", (false, ..)) => {}
            ("group", (false, ..)) => self.groups.push(attribute("name")),
            ("package", (false, ..)) => self.package = Some(attribute("name")),
            ("class", (true, false, false)) => {
                let source = xml.attribute("sourcefilename").filter(|source| !source.is_empty());
                let path = source.map(|source| self.path(&source));
                self.class = Some(Class { name: attribute("name"), path, counters: Counters::default() });
            }
            ("method", (_, true, _)) if self.method.is_none() => self.open_method(xml)?,
            ("sourcefile", (true, false, false)) => self.open_source(xml)?,
            ("line", (.., true)) => self.line(xml)?,
            ("counter", _) => self.counter(xml)?,
            _ => {
                let code = if xml.depth() == 2 { Code::WrongFormat } else { Code::Malformed };
                return Err(xml.error(code, format!("{} has no place here in a JaCoCo report", quote(name))));
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "group" => drop(self.groups.pop()),
            "package" => self.package = None,
            "method" => self.close_method(),
            "class" => {
                if let Some(class) = self.class.take() {
                    self.lineless += u64::from(class.counters.instruction && class.counters.line.is_none());
                }
            }
            "sourcefile" => self.close_source(xml)?,
            _ => {}
        }
        Ok(())
    }

    /// `group/package/name`
    fn path(&self, file: &str) -> String {
        let folders = self.groups.iter().chain(&self.package).filter(|part| !part.is_empty());
        folders.map(|part| format!("{part}/")).chain([file.to_owned()]).collect()
    }

    fn open_method(&mut self, xml: &Cursor<'a>) -> Result<(), ReadError> {
        let line = count(xml, "line")?.and_then(super::coverage_draft::line).unwrap_or(0);
        let class = self.class.as_ref().map(|class| class.name.as_ref()).unwrap_or_default();
        let part = |name| xml.attribute(name).unwrap_or_default();
        let name = format!("{class}.{}{}", part("name"), part("desc"));
        self.method = Some(Method { line, name, called: false });
        Ok(())
    }

    fn close_method(&mut self) {
        let path = self.class.as_ref().and_then(|class| class.path.as_ref());
        if let (Some(method), Some(path)) = (self.method.take(), path) {
            self.coverage.has_functions = true;
            let draft = self.functions.entry(path.clone()).or_default();
            draft.function(method.line, &method.name, method.called);
        }
    }

    fn open_source(&mut self, xml: &Cursor<'a>) -> Result<(), ReadError> {
        let name = xml.attribute("name").filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| xml.error(Code::Malformed, "a sourcefile without a name"))?;
        self.limits.check_items(self.coverage.files.len() + 1)?;
        self.source = Some(Source {
            path: self.path(&name),
            draft: Draft::default(),
            counters: Counters::default(),
            numbers: BTreeSet::new(),
            blind: 0,
        });
        Ok(())
    }

    fn line(&mut self, xml: &Cursor<'a>) -> Result<(), ReadError> {
        let Some(source) = &mut self.source else { return Ok(()) };
        let number = line_attribute(xml, "nr")?;
        let instructions = (count(xml, "mi")?, count(xml, "ci")?);
        let taken = count(xml, "cb")?.unwrap_or(0);
        let total = taken.saturating_add(count(xml, "mb")?.unwrap_or(0));
        source.blind += u64::from(instructions == (None, None));
        source.numbers.insert(number);
        source.draft.line(number, instructions.1.unwrap_or(0) > 0);
        source.draft.counted(number, Ratio::new(taken, total));
        self.coverage.has_branches |= total > 0;
        Ok(())
    }

    fn counter(&mut self, xml: &Cursor<'a>) -> Result<(), ReadError> {
        let covered = required(xml, "covered")?;
        let counted = Ratio::new(covered, covered.saturating_add(required(xml, "missed")?));
        let kind = xml.attribute("type").unwrap_or_default();
        if let Some(method) = &mut self.method {
            method.called |= kind == "METHOD" && covered > 0;
            return Ok(());
        }
        let counters = match (&mut self.class, &mut self.source) {
            (Some(class), _) => &mut class.counters,
            (_, Some(source)) => &mut source.counters,
            _ if xml.depth() == 2 => &mut self.root,
            _ => return Ok(()),
        };
        match &*kind {
            "LINE" => counters.line = Some(counted),
            "BRANCH" => counters.branch = Some(counted),
            "METHOD" => counters.method = Some(counted),
            "INSTRUCTION" => counters.instruction = !counted.is_empty(),
            _ => {}
        }
        Ok(())
    }

    fn close_source(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let Some(source) = self.source.take() else { return Ok(()) };
        let path = source.path;
        let mut file = source.draft.finish();
        if source.blind > 0 {
            let lines = source.numbers.len() as u64;
            let Some(counted) = source.counters.line.filter(|counted| counted.total == lines) else {
                let message = format!(
                    "{} of {lines} lines of {} do not say whether they were hit (no mi, no ci), and no counter of as many lines does",
                    source.blind,
                    quote(&path)
                );
                return Err(xml.error(Code::Contradiction, message));
            };
            self.blind_files += 1;
            file.lines = Default::default();
            file.totals.lines = ratio(counted.covered, counted.total, "lines")?;
        }
        if let Some(methods) = source.counters.method.filter(|_| !self.functions.contains_key(&path)) {
            self.coverage.has_functions = true;
            file.totals.functions = methods;
        }
        if let Some(known) = self.coverage.files.get(&path)
            && !known.lines.iter().map(|line| line.0).eq(source.numbers.iter().copied())
        {
            let message = format!("{} is in the report twice, with other lines", quote(&path));
            let hint =
                "two modules hold a file of this name: hand in one report for each, or one with groups";
            return Err(xml.error(Code::Contradiction, message).hint(hint));
        }
        self.coverage.files.entry(path).or_default().merge(file);
        Ok(())
    }

    fn finish(mut self) -> Report {
        for (path, draft) in self.functions {
            self.coverage.files.entry(path).or_default().merge(draft.finish());
        }
        let mut notices = Vec::new();
        let found = [
            ("lines", self.root.line, Some(self.coverage.lines())),
            ("branches", self.root.branch, self.coverage.branches()),
            ("methods", self.root.method, self.coverage.functions()),
        ];
        for (what, said, found) in found {
            notices.extend(said.and_then(|said| differs(what, said, found.unwrap_or_default())));
        }
        if self.lineless > 0 {
            let classes = self.lineless;
            notices
                .push(format!("{classes} classes without line numbers (compiled without -g) do not count"));
        }
        if self.blind_files > 0 {
            let files = self.blind_files;
            notices.push(format!("{files} files tell how many lines were hit, and not which"));
        }
        Report { notices, ..Report::new(&FORMAT, Body::Coverage(self.coverage)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing;

    fn report(body: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        let text = format!(
            "<!DOCTYPE report PUBLIC '-//JACOCO//DTD Report 1.1//EN' 'report.dtd'><report name='x'>{body}</report>"
        );
        testing::coverage(read, &text)
    }

    const LINES: &str =
        "<line nr='1' mi='0' ci='2' mb='1' cb='1'/><line nr='2' mi='3' ci='0'/><line nr='3' ci='1'/>";

    #[test]
    fn modules_own_files_of_one_name() {
        let module = |name: &str, lines: &str| {
            format!(
                "<group name='{name}'><package name='com/x'><sourcefile name='A.java'>{lines}</sourcefile></package></group>"
            )
        };
        let (found, _) =
            report(&format!("{}{}", module("a", LINES), module("b", "<line nr='9' mi='1'/>"))).unwrap();
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["a/com/x/A.java", "b/com/x/A.java"]);
        assert_eq!((found.lines(), found.branches()), (Ratio::new(2, 4), Some(Ratio::new(1, 2))));
        let same = format!("{}{}", module("a", LINES), module("a", "<line nr='9' mi='1'/>"));
        assert_eq!(report(&same).unwrap_err().code, Code::Contradiction);
        let again = format!("{}{}", module("a", LINES), module("a", LINES));
        assert_eq!(report(&again).unwrap().0.lines(), Ratio::new(2, 3));
    }

    #[test]
    fn lines_that_do_not_say_are_totals() {
        let file = |counters: &str| {
            format!(
                "<package name=''><sourcefile name='a.c'><line nr='1'/><line nr='2' mb='1' cb='1'/>{counters}</sourcefile></package>"
            )
        };
        let counter =
            "<counter type='LINE' missed='1' covered='1'/><counter type='METHOD' missed='1' covered='2'/>";
        let (found, notices) = report(&file(counter)).unwrap();
        assert!(found.files["a.c"].is_without_lines());
        assert_eq!((found.lines(), found.functions()), (Ratio::new(1, 2), Some(Ratio::new(2, 3))));
        assert_eq!(notices.len(), 1, "{notices:?}");
        for bad in ["", "<counter type='LINE' missed='1' covered='2'/>"] {
            assert_eq!(report(&file(bad)).unwrap_err().code, Code::Contradiction);
        }
    }

    #[test]
    fn methods_and_classes_without_lines() {
        let class = "<package name='p'><class name='p/A' sourcefilename='A.java'><method name='f' desc='()V' line='3'>\
             <counter type='METHOD' missed='0' covered='1'/></method><method name='f' desc='(I)V' line='3'>\
             <counter type='METHOD' missed='1' covered='0'/></method><counter type='INSTRUCTION' missed='1' covered='4'/>\
             </class></package><counter type='LINE' missed='3' covered='4'/>";
        let (found, notices) = report(class).unwrap();
        assert_eq!((found.lines(), found.functions()), (Ratio::new(0, 0), Some(Ratio::new(1, 2))));
        assert_eq!(notices.len(), 2, "{notices:?}");
    }

    #[test]
    fn what_is_not_jacocos_is_refused() {
        let file =
            |line: &str| format!("<package name='p'><sourcefile name='a'>{line}</sourcefile></package>");
        for (body, code) in [
            ("<tests/>".to_owned(), Code::WrongFormat),
            (file("<lines/>"), Code::Malformed),
            (file("<line nr='0' ci='1'/>"), Code::Malformed),
            (file("<line nr='1' ci='-1'/>"), Code::Malformed),
            (file("<line ci='1'/>"), Code::Malformed),
            (file("<counter type='LINE' missed='1'/>"), Code::Malformed),
            ("<package name='p'><line nr='1' ci='1'/></package>".to_owned(), Code::Malformed),
            ("<package name='p'><sourcefile/></package>".to_owned(), Code::Malformed),
        ] {
            assert_eq!(report(&body).unwrap_err().code, code, "{body}");
        }
    }
}
