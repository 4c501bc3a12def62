//! Linters of the Java world with XML of their own: PMD, its copy-paste detector CPD, SpotBugs.
//!
//! PMD: priority 1 is critical, 2 an error, 3 a warning, the rest info; `<error>` and `<configerror>`
//! block; suppressed violations are such. CPD: a duplication is a warning, at its first place; files
//! that were looked at are told by newer versions. SpotBugs: the rank decides, else the priority; its
//! `<Errors>` block, missing classes are a notice, the summary counts classes that were analysed.
//! Ignored on purpose: links, rule sets, code fragments, long messages, histories, totals by package.

use super::detect::Head;
use super::encoding;
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::linter;
use super::xml::{Cursor, Node};
use crate::model::findings::{Finding, Findings, Severity};
use crate::model::place::Place;

/// The row of PMD.
pub(super) static PMD: Format = Format {
    name: "pmd",
    kind: Kind::Findings,
    tools: "PMD",
    command: "pmd check -d src -R rulesets/java/quickstart.xml -f xml -r pmd.xml",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "pmd"),
    read: read_pmd,
};

/// The row of CPD.
pub(super) static CPD: Format = Format {
    name: "cpd",
    kind: Kind::Findings,
    tools: "PMD's CPD",
    command: "pmd cpd --minimum-tokens 100 -d src --format xml > cpd.xml",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "pmd-cpd"),
    read: read_cpd,
};

/// The row of SpotBugs.
pub(super) static SPOTBUGS: Format = Format {
    name: "spotbugs",
    kind: Kind::Findings,
    tools: "SpotBugs, FindBugs",
    command: "spotbugs -textui -xml -output spotbugs.xml build/classes",
    end: End::Marked,
    detect: |head| matches!(head, Head::Xml(xml) if xml.root == "BugCollection"),
    read: read_spotbugs,
};

/// A number in an attribute of the latest start tag.
fn number(xml: &Cursor<'_>, name: &str) -> Option<i64> {
    xml.attribute(name)?.trim().parse().ok()
}

fn strange(xml: &Cursor<'_>, name: &str, what: &str) -> ReadError {
    xml.error(Code::Malformed, format!("an element {} in the XML of {what}", quote(name)))
}

fn read_pmd(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["pmd"]);
    let mut findings = Findings::default();
    let mut file = String::new();
    // The text of the open violation belongs to the last finding.
    let mut open = false;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start("pmd") if xml.depth() == 1 => {}
            Node::Start("file") if xml.depth() == 2 => {
                file = xml.attribute("name").unwrap_or_default().into_owned();
            }
            Node::Start("violation") if xml.depth() == 3 => {
                findings.list.push(violation(&xml, &file)?);
                open = true;
            }
            Node::Start("suppressedviolation") => findings.suppressed += 1,
            Node::Start("error" | "configerror") => {
                let place = xml.attribute("filename").map(Place::file);
                let message = xml.attribute("msg").unwrap_or_default();
                findings.list.push(linter::blocking("pmd", place, message));
            }
            Node::Start(name) => return Err(strange(&xml, name, "PMD")),
            Node::Text(text) if open => {
                if let Some(finding) = findings.list.last_mut() {
                    finding.message.push_str(text.trim());
                }
            }
            Node::End("violation") => open = false,
            Node::Text(_) | Node::End(_) => {}
        }
        input.limits.check_items(findings.list.len())?;
    }
    // 4: violations; 5: files that could not be processed.
    linter::ended("pmd", input.exit_status, &[4, 5], &findings)?;
    Ok(linter::report(&PMD, findings, Vec::new()))
}

fn violation(xml: &Cursor<'_>, file: &str) -> Result<Finding, ReadError> {
    let severity = match number(xml, "priority") {
        Some(1) => Severity::Critical,
        Some(2) => Severity::Error,
        Some(3) => Severity::Warning,
        Some(4 | 5) => Severity::Info,
        _ => return Err(xml.error(Code::Malformed, "a violation without a priority from 1 to 5")),
    };
    let place =
        Place::at(file, number(xml, "beginline").unwrap_or(0), number(xml, "begincolumn").unwrap_or(0));
    let rule = xml.attribute("rule").unwrap_or_default();
    Ok(linter::finding("pmd", severity, Some(place), Some(&rule), ""))
}

fn read_cpd(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["pmd-cpd"]);
    let mut findings = Findings::default();
    let mut open: Option<Finding> = None;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start("pmd-cpd") if xml.depth() == 1 => {}
            Node::Start("file") if xml.depth() == 2 => *findings.analysed.get_or_insert(0) += 1,
            Node::Start("duplication") if xml.depth() == 2 => {
                let (Some(lines), Some(tokens)) = (number(&xml, "lines"), number(&xml, "tokens")) else {
                    return Err(xml.error(Code::Malformed, "a duplication that does not tell its size"));
                };
                let message = format!("{lines} lines ({tokens} tokens) occur more than once");
                open = Some(linter::finding("cpd", Severity::Warning, None, None, message));
            }
            Node::Start("file") if open.is_some() => {
                if let Some(found) = open.as_mut().filter(|found| found.place.is_none()) {
                    let path = xml.attribute("path").unwrap_or_default();
                    let column = number(&xml, "column").unwrap_or(0);
                    found.place = Some(Place::at(path, number(&xml, "line").unwrap_or(0), column));
                }
            }
            Node::Start("codefragment") if open.is_some() => {}
            Node::Start("error") if xml.depth() == 2 => {
                let place = xml.attribute("filename").map(Place::file);
                let message = xml.attribute("msg").unwrap_or_default();
                findings.list.push(linter::blocking("cpd", place, message));
            }
            Node::Start(name) => return Err(strange(&xml, name, "CPD")),
            Node::End("duplication") => findings.list.extend(open.take()),
            Node::Text(_) | Node::End(_) => {}
        }
        input.limits.check_items(findings.list.len())?;
    }
    linter::ended("cpd", input.exit_status, &[4, 5], &findings)?;
    Ok(linter::report(&CPD, findings, Vec::new()))
}

/// A bug that is open: the place of its class until one of its own is told.
#[derive(Default)]
struct Bug {
    found: Option<Finding>,
    primary: bool,
    depth: usize,
    /// Inside of an `<Error>`: the message of it.
    error: Option<String>,
}

fn read_spotbugs(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = encoding::xml(input.bytes)?;
    let mut xml = Cursor::new(&text, input.limits, &["BugCollection"]);
    let mut findings = Findings::default();
    let mut notices = Vec::new();
    let mut bug = Bug::default();
    let mut summary = false;
    let mut said = None;
    while let Some(node) = xml.next()? {
        match node {
            Node::Start("BugInstance") => {
                bug = Bug { found: Some(instance(&xml)?), depth: xml.depth(), ..Bug::default() };
            }
            Node::Start("SourceLine") => bug.line(&xml),
            Node::Start("FindBugsSummary") => {
                summary = true;
                findings.analysed = number(&xml, "total_classes").and_then(|n| u64::try_from(n).ok());
                said = number(&xml, "total_bugs").and_then(|n| u64::try_from(n).ok());
            }
            Node::Start("Errors") => {
                if let Some(missing) = number(&xml, "missingClasses").filter(|n| *n > 0) {
                    notices
                        .push(format!("SpotBugs could not find {missing} classes that the code refers to"));
                }
            }
            Node::Start("Error" | "AnalysisError") => bug.error = Some(String::new()),
            Node::Text(text) => {
                if let Some(error) = bug.error.as_mut().filter(|error| error.is_empty()) {
                    error.push_str(text.trim());
                }
            }
            Node::End("BugInstance") => findings.list.extend(bug.found.take()),
            Node::End("Error" | "AnalysisError") => {
                let why = bug.error.take().unwrap_or_default();
                findings.list.push(linter::blocking("spotbugs", None, why));
            }
            Node::Start(_) | Node::End(_) => {}
        }
        input.limits.check_items(findings.list.len())?;
    }
    if !summary {
        return Err(ReadError::new(Code::Malformed, "the summary of SpotBugs is missing"));
    }
    let listed = findings.list.iter().filter(|found| !found.blocking).count() as u64;
    if let Some(said) = said.filter(|said| *said != listed) {
        notices
            .push(format!("the summary counts {said} bugs, {listed} are listed: a filter leaves some out"));
    }
    linter::ended_somehow(input, &findings)?;
    Ok(linter::report(&SPOTBUGS, findings, notices))
}

impl Bug {
    /// A line of the bug itself, the one marked primary before all, before one of its class.
    fn line(&mut self, xml: &Cursor<'_>) {
        let own = xml.depth() == self.depth + 1;
        let primary = own && xml.attribute("primary").as_deref() == Some("true");
        let Some(found) = self.found.as_mut() else { return };
        if found.place.is_none() || (own && !self.primary) {
            let path = xml.attribute("sourcepath").unwrap_or_default();
            found.place = Some(Place::at(path, number(xml, "start").unwrap_or(0), 0));
            self.primary = primary || (own && self.primary);
        }
    }
}

fn instance(xml: &Cursor<'_>) -> Result<Finding, ReadError> {
    let severity = match (number(xml, "rank"), number(xml, "priority")) {
        (Some(1..=4), _) => Severity::Critical,
        (Some(5..=9), _) => Severity::Error,
        (Some(10..=14), _) => Severity::Warning,
        (Some(15..=20), _) => Severity::Info,
        (None, Some(1)) => Severity::Error,
        (None, Some(2)) => Severity::Warning,
        (None, Some(3..=5)) => Severity::Info,
        _ => return Err(xml.error(Code::Malformed, "a bug with neither a rank nor a priority")),
    };
    let rule = xml.attribute("type").unwrap_or_default();
    Ok(linter::finding("spotbugs", severity, None, Some(&rule), rule.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::linter::testing::{counts, read};

    #[test]
    fn pmd_priorities_and_failures() {
        let text = |inside: &str| format!("<pmd version=\"7\">{inside}</pmd>");
        let one = |priority: &str| {
            text(&format!(
                "<file name=\"A.java\"><violation beginline=\"3\" begincolumn=\"4\" rule=\"R\" priority=\"{priority}\">\nA &lt;b\n</violation></file>"
            ))
        };
        let found = read(&PMD, &one("1"), Some(4)).unwrap();
        assert_eq!((counts(&found), found.list[0].message.as_str()), (([1, 0, 0, 0], 0), "A<b"));
        assert_eq!(counts(&read(&PMD, &one("5"), None).unwrap()).0, [0, 0, 0, 1]);
        assert_eq!(read(&PMD, &one("6"), None), Err(Code::Malformed));
        let error = text("<error filename=\"B.java\" msg=\"ParseException\">stack</error>");
        assert_eq!(counts(&read(&PMD, &error, Some(5)).unwrap()), ([0, 1, 0, 0], 1));
        let aside = text("<suppressedviolation filename=\"C.java\" msg=\"m\"/>");
        assert_eq!(read(&PMD, &aside, Some(0)).unwrap().suppressed, 1);
        assert_eq!(read(&PMD, &text("<bug/>"), None), Err(Code::Malformed));
        assert_eq!(read(&PMD, &text(""), Some(1)), Err(Code::ToolFailed));
    }

    #[test]
    fn cpd_has_a_place_for_each_duplication() {
        let text = "<pmd-cpd><file path=\"A.java\" totalNumberOfTokens=\"9\"/><duplication lines=\"10\" tokens=\"75\"><file line=\"1\" path=\"A.java\"/><file line=\"20\" path=\"B.java\"/><codefragment><![CDATA[x]]></codefragment></duplication></pmd-cpd>";
        let found = read(&CPD, text, Some(4)).unwrap();
        assert_eq!((counts(&found).0, found.analysed), ([0, 0, 1, 0], Some(1)));
        assert_eq!(found.list[0].place, Some(Place::line("A.java", 1)));
        assert_eq!(read(&CPD, &text.replace("tokens=\"75\"", ""), None), Err(Code::Malformed));
    }

    #[test]
    fn spotbugs_ranks_and_failures() {
        let text = |rank: &str, errors: &str| {
            format!(
                "<BugCollection><BugInstance type=\"NP\" priority=\"1\"{rank}><Class classname=\"A\"><SourceLine sourcepath=\"p/A.java\" start=\"1\"/></Class><SourceLine sourcepath=\"p/A.java\" start=\"9\" primary=\"true\"/><SourceLine sourcepath=\"p/A.java\" start=\"12\"/></BugInstance>{errors}<FindBugsSummary total_classes=\"5\" total_bugs=\"1\"/></BugCollection>"
            )
        };
        let found = read(&SPOTBUGS, &text(" rank=\"3\"", ""), Some(1)).unwrap();
        assert_eq!((counts(&found).0, found.analysed), ([1, 0, 0, 0], Some(5)));
        assert_eq!(found.list[0].place, Some(Place::line("p/A.java", 9)));
        assert_eq!(counts(&read(&SPOTBUGS, &text("", ""), None).unwrap()).0, [0, 1, 0, 0]);
        assert_eq!(read(&SPOTBUGS, &text(" rank=\"30\"", ""), None), Err(Code::Malformed));
        let errors = "<Errors errors=\"1\"><Error><ErrorMessage>crash</ErrorMessage></Error></Errors>";
        assert_eq!(counts(&read(&SPOTBUGS, &text("", errors), None).unwrap()), ([0, 2, 0, 0], 1));
        assert_eq!(read(&SPOTBUGS, "<BugCollection/>", None), Err(Code::Malformed));
    }
}
