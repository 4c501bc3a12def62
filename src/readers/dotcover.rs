//! dotCover's reports of 2018 to 2025: the XML with statements (`DetailedXml`), and the two that only
//! count, XML and JSON.
//!
//! **DetailedXml**: statements are told apart by where they stand; a line is hit if a statement on it
//! is. dotCover itself counts a statement again in each method that holds it (a field's initial value,
//! in each constructor): where that differs, a notice tells. A function is a method with statements.
//!
//! **Xml and JSON** count the statements of assemblies, namespaces, types and members, and name no
//! file and no line. A type is taken to stand in `Namespace/Type.cs`, a nested one in the file of the
//! outermost; they answer for `statements` alone.
//!
//! Ignored on purpose: percentages, checksums, and which test covers what.

use super::coverage_draft::{Draft, Spanned, count, differs, line_attribute, path, ratio, required};
use super::detect::Head;
use super::error::{Code, ReadError, quote};
use super::format::{Body, End, Format, Input, Kind, Limits, Report};
use super::json;
use super::xml::{self, Cursor, Elements};
use crate::model::coverage::{Block, Coverage, Span};
use crate::model::ratio::Ratio;
use std::collections::BTreeMap;

/// The row of the XML.
pub(super) static XML: Format = Format {
    name: "dotcover",
    kind: Kind::Coverage,
    tools: "dotCover (JetBrains)",
    command: "dotCover cover --xml-report-output coverage.xml -- dotnet test",
    end: End::Marked,
    detect: |head| match head {
        Head::Xml(xml) => xml.root == "Root" && xml.attribute("DotCoverVersion").is_some(),
        _ => false,
    },
    read: read_xml,
};

/// The row of the JSON.
pub(super) static JSON: Format = Format {
    name: "dotcover-json",
    kind: Kind::Coverage,
    tools: "dotCover (JetBrains)",
    command: "dotCover cover --json-report-output coverage.json -- dotnet test",
    end: End::Marked,
    detect: |head| match head {
        Head::Json(json) => {
            !json.array && json.has(&["DotCoverVersion", "Kind", "CoveredStatements", "TotalStatements"])
        }
        _ => false,
    },
    read: read_json,
};

/// What is said of a report without lines.
const COUNTS: &str = "this report of dotCover counts statements and names types, not files or lines: \
                      `Namespace/Type.cs` is assumed; DetailedXml tells all";

fn read_xml(input: &Input<'_>) -> Result<Report, ReadError> {
    let mut reader = Reader::new(input.limits);
    xml::whole(input, &["Root"], &mut reader)?;
    reader.finish()
}

/// A `<Method>` that is open.
struct Method {
    name: String,
    first: Option<(u64, u32)>,
    called: bool,
}

struct Reader<'a> {
    limits: &'a Limits,
    detailed: bool,
    said: Ratio,
    namespace: String,
    /// Types that are open, one in the other.
    types: usize,
    paths: BTreeMap<u64, String>,
    drafts: BTreeMap<u64, Draft>,
    method: Option<Method>,
    spanned: Spanned,
    types_found: Types,
}

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            detailed: false,
            said: Ratio::default(),
            namespace: String::new(),
            types: 0,
            paths: BTreeMap::new(),
            drafts: BTreeMap::new(),
            method: None,
            spanned: Spanned::default(),
            types_found: Types::default(),
        }
    }

    fn statement(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let hit = match xml.attribute("Covered").as_deref() {
            Some("True" | "true") => true,
            Some("False" | "false") => false,
            _ => return Err(xml.error(Code::Malformed, "a statement that is neither covered nor not")),
        };
        let file = required(xml, "FileIndex")?;
        if !self.paths.contains_key(&file) {
            let message = format!("a statement of file {file}, which is not listed");
            return Err(xml.error(Code::Contradiction, message));
        }
        let (first, last) = (line_attribute(xml, "Line")?, line_attribute(xml, "EndLine")?);
        if last < first {
            return Err(xml.error(Code::Malformed, format!("a statement from line {first} to line {last}")));
        }
        if let Some(method) = &mut self.method {
            method.called |= hit;
            method.first = Some(method.first.map_or((file, first), |known| known.min((file, first))));
        }
        let column = |name| count(xml, name).map(|c| c.and_then(|c| u32::try_from(c).ok()).unwrap_or(0));
        let span: Span = [first, column("Column")?, last, column("EndColumn")?];
        let draft = self.drafts.entry(file).or_default();
        for number in self.spanned.lines(first, last).map_err(|e| xml.error(e.code, e.message))? {
            draft.line(number, hit);
        }
        let block = draft.file.statements.entry(span).or_insert(Block { statements: 1, hit: false });
        block.hit |= hit;
        Ok(())
    }

    fn finish(mut self) -> Result<Report, ReadError> {
        if !self.detailed {
            return self.types_found.report(&XML, self.said);
        }
        let mut coverage = Coverage { has_functions: true, has_statements: true, ..Coverage::default() };
        for (file, draft) in self.drafts {
            // Every statement has been held against the list.
            let path = self.paths.remove(&file).unwrap_or_default();
            coverage.files.entry(path).or_default().merge(draft.finish());
        }
        let found = coverage.statements().unwrap_or_default();
        if coverage.files.is_empty() && self.said.total > 0 {
            let message = format!("a total of {} statements, and none is in the report", self.said.total);
            return Err(ReadError::new(Code::Contradiction, message));
        }
        let notices = differs("statements", self.said, found).into_iter().collect();
        Ok(Report { notices, ..Report::new(&XML, Body::Coverage(coverage)) })
    }
}

impl Elements for Reader<'_> {
    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let named = || xml.attribute("Name").unwrap_or_default().into_owned();
        match name {
            "Root" if xml.depth() == 1 => {
                let kind = xml.attribute("ReportType").unwrap_or_default();
                self.detailed = kind.eq_ignore_ascii_case("DetailedXml");
                self.said = statements(xml)?;
            }
            "File" => {
                let known = self.paths.insert(required(xml, "Index")?, path(xml, &["Name"])?);
                if known.is_some() {
                    return Err(xml.error(Code::Duplicate, "two files have one index"));
                }
                self.limits.check_items(self.paths.len())?;
            }
            "Assembly" => self.namespace.clear(),
            "Namespace" => self.namespace = named(),
            "Type" => {
                self.types += 1;
                if self.types == 1 && !self.detailed {
                    self.types_found.add(&self.namespace, &named(), statements(xml)?);
                    self.limits.check_items(self.types_found.files.len())?;
                }
            }
            "Method" => self.method = Some(Method { name: named(), first: None, called: false }),
            "Statement" => self.statement(xml)?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, _: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "Namespace" => self.namespace.clear(),
            "Type" => self.types = self.types.saturating_sub(1),
            "Method" => {
                if let Some(Method { name, first: Some((file, line)), called }) = self.method.take() {
                    self.drafts.entry(file).or_default().function(line, &name, called);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The statements that an element counts.
fn statements(xml: &Cursor<'_>) -> Result<Ratio, ReadError> {
    let (covered, total) = (required(xml, "CoveredStatements")?, required(xml, "TotalStatements")?);
    ratio(covered, total, "statements").map_err(|error| xml.error(error.code, error.message))
}

/// The outermost types of a report that counts.
#[derive(Default)]
struct Types {
    files: BTreeMap<String, Ratio>,
}

impl Types {
    fn add(&mut self, namespace: &str, name: &str, statements: Ratio) {
        let plain = name.split(['<', '+', '`']).next().unwrap_or(name);
        let folders = namespace.replace('.', "/");
        let path = if folders.is_empty() { format!("{plain}.cs") } else { format!("{folders}/{plain}.cs") };
        let known = self.files.entry(path).or_default();
        *known = [*known, statements].into_iter().sum();
    }

    fn report(self, format: &'static Format, said: Ratio) -> Result<Report, ReadError> {
        let found: Ratio = self.files.values().copied().sum();
        if found != said {
            let message = format!(
                "the report says {} of {} statements, its types {} of {}",
                said.covered, said.total, found.covered, found.total
            );
            return Err(ReadError::new(Code::Contradiction, message));
        }
        let mut coverage = Coverage { has_statements: true, ..Coverage::default() };
        for (path, statements) in self.files {
            coverage.files.entry(path).or_default().totals.statements = statements;
        }
        Ok(Report { notices: vec![COUNTS.to_owned()], ..Report::new(format, Body::Coverage(coverage)) })
    }
}

/// The root of the JSON, or what lies below it.
#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    kind: String,
    #[serde(default)]
    name: String,
    covered_statements: u64,
    total_statements: u64,
    #[serde(default)]
    children: Vec<Self>,
}

fn read_json(input: &Input<'_>) -> Result<Report, ReadError> {
    let root: Item = json::parse(input)?;
    if root.kind != "Root" {
        return Err(ReadError::new(Code::WrongFormat, format!("{} and not the root", quote(&root.kind))));
    }
    let mut types = Types::default();
    let said = ratio(root.covered_statements, root.total_statements, "statements")?;
    collect(root.children, "", input.limits, &mut types)?;
    types.report(&JSON, said)
}

/// Collects the types of assemblies, projects and namespaces.
fn collect(items: Vec<Item>, namespace: &str, limits: &Limits, types: &mut Types) -> Result<(), ReadError> {
    for item in items {
        match item.kind.as_str() {
            "Type" => {
                let counted = ratio(item.covered_statements, item.total_statements, "statements");
                types.add(namespace, &item.name, counted?);
                limits.check_items(types.files.len())?;
            }
            "Namespace" => collect(item.children, &item.name, limits, types)?,
            _ => collect(item.children, namespace, limits, types)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::testing;

    fn xml(kind: &str, counts: &str, body: &str) -> Result<(Coverage, Vec<String>), ReadError> {
        testing::coverage(
            read_xml,
            &format!(
                "<Root {counts} ReportType='{kind}' DotCoverVersion='2025.1'><FileIndices><File Index='1' Name='C:\\w\\A.cs'/>\
                 </FileIndices><Assembly Name='Shop' {counts}><Namespace Name='Shop.Orders' {counts}>\
                 <Type Name='Cart&lt;T&gt;' {counts}>{body}</Type></Namespace></Assembly></Root>"
            ),
        )
    }

    const TWO: &str = "CoveredStatements='1' TotalStatements='2'";

    #[test]
    fn a_statement_of_two_methods_is_one() {
        let statement = |line: u8, hit: &str| {
            format!(
                "<Statement FileIndex='1' Line='{line}' Column='9' EndLine='{}' EndColumn='30' Covered='{hit}'/>",
                line + 1
            )
        };
        let method = |name: &str, body: &str| format!("<Method Name='{name}' {TWO}>{body}</Method>");
        let twice = method("a()", &format!("{}{}", statement(3, "True"), statement(4, "False")));
        let (found, notices) =
            xml("DetailedXml", TWO, &format!("{twice}{}", method("b()", &statement(3, "False")))).unwrap();
        assert_eq!((found.lines(), found.statements()), (Ratio::new(2, 3), Some(Ratio::new(1, 2))));
        assert_eq!((found.functions(), notices), (Some(Ratio::new(1, 2)), vec![]));
        let (_, notices) = xml("DetailedXml", "CoveredStatements='1' TotalStatements='3'", &twice).unwrap();
        assert_eq!(notices, ["totals say 1 of 3 statements, recounted 1 of 2"]);
        for (counts, body, code) in [
            (TWO, "", Code::Contradiction),
            ("CoveredStatements='3' TotalStatements='2'", "", Code::Contradiction),
            (TWO, "<Statement FileIndex='2' Line='1' EndLine='1' Covered='True'/>", Code::Contradiction),
            (TWO, "<Statement FileIndex='1' Line='2' EndLine='1' Covered='True'/>", Code::Malformed),
            (TWO, "<Statement FileIndex='1' Line='0' EndLine='1' Covered='True'/>", Code::Malformed),
            (TWO, "<Statement FileIndex='1' Line='1' EndLine='1' Covered='Perhaps'/>", Code::Malformed),
            (TWO, "<Statement FileIndex='1' Line='1' EndLine='900000000' Covered='True'/>", Code::Limit),
        ] {
            assert_eq!(xml("DetailedXml", counts, body).unwrap_err().code, code, "{body}");
        }
    }

    #[test]
    fn what_only_counts_answers_for_statements() {
        let nested = "<Type Name='Inner' CoveredStatements='1' TotalStatements='1'/>";
        let (found, notices) = xml("Xml", TWO, nested).unwrap();
        assert_eq!((found.statements(), found.lines()), (Some(Ratio::new(1, 2)), Ratio::default()));
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["Shop/Orders/Cart.cs"]);
        assert_eq!(notices, [COUNTS]);
        let json = |total: u8, of_type: u8| {
            let text = format!(
                r#"{{"DotCoverVersion": "2025.1", "Kind": "Root", "CoveredStatements": 1, "TotalStatements": {total},
                    "CoveragePercent": 50, "Children": [{{"Kind": "Assembly", "Name": "Shop", "CoveredStatements": 1,
                    "TotalStatements": {total}, "Children": [{{"Kind": "Type", "Name": "Program", "CoveredStatements": 1,
                    "TotalStatements": {of_type}, "Children": []}}]}}]}}"#
            );
            testing::coverage(read_json, &text)
        };
        let (found, _) = json(2, 2).unwrap();
        assert_eq!(found.files.keys().collect::<Vec<_>>(), ["Program.cs"]);
        assert_eq!(json(2, 1).unwrap_err().code, Code::Contradiction);
        assert_eq!(json(0, 0).unwrap_err().code, Code::Contradiction);
    }
}
