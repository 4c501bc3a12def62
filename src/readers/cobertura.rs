//! Cobertura XML: coverage.py, gcovr, Istanbul, coverlet, cargo-llvm-cov, simplecov-cobertura, MATLAB
//! and many more.
//!
//! The unit is the distinct (file, line): classes of one file are united, and a line is hit if any
//! of its occurrences is. A method's lines are copies of the class's; they count only where the
//! class does not list the line, and never in Istanbul's dialect, where they hold the calls of the
//! function (`<method hits=...>`). Branches are bare counts of a line ("50% (1/2)"): of several the
//! maximum is taken. A function was called if the first of its lines was hit.
//!
//! Ignored on purpose: rates, complexity, timestamps, packages, `<conditions>`. The header's totals
//! are compared with the recount and shown where they differ; they never decide.

use super::cobertura_whole::{Class, Found, Header, Whole};
use super::detect::{Head, XmlHead};
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Limits, Report};
use super::pieces::Source;
use super::xml::{Cursor, Elements, Handler, walk};
use super::xml_numbers::Shape;
use crate::model::coverage::{Functions, MAX_LINE};
use crate::model::ratio::Ratio;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "cobertura",
    kind: Kind::Coverage,
    tools: "coverage.py, pytest-cov, gcovr, Istanbul (jest, vitest, nyc), coverlet, cargo-llvm-cov, SimpleCov, MATLAB, ...",
    command: "coverage xml -o reports/coverage.xml",
    end: End::Marked,
    detect,
    read,
};

/// Clover and Sonar's generic format have the same root.
fn detect(head: &Head<'_>) -> bool {
    let Head::Xml(xml) = head else { return false };
    let cobertura = |xml: &XmlHead| {
        ["line-rate", "lines-valid", "branch-rate"].iter().any(|a| xml.attribute(a).is_some())
            || ["packages", "package", "sources"].iter().any(|e| xml.has(e))
    };
    xml.root == "coverage"
        && foreign(&xml.elements.first().cloned().unwrap_or_default()).is_none()
        && cobertura(xml)
}

/// Another format with the root `coverage`, by the name of an element right below the root.
fn foreign(element: &str) -> Option<&'static str> {
    match element {
        "project" | "testproject" => Some("Clover"),
        "file" => Some("SonarQube's generic coverage"),
        _ => None,
    }
}

/// A line without branches, as coverage.py, gcovr and coverlet write it.
const LINE: Shape = Shape {
    before: ["<line number=\"", "\" hits=\""],
    after: &["\"/>", "\" branch=\"false\"/>", "\" branch=\"False\" />", "\" />"],
    attributes: 3,
};

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    stream(Source::Whole(input.bytes), input.limits)
}

/// Reads a report in pieces.
pub(super) fn stream(source: Source<'_>, limits: &Limits) -> Result<Report, ReadError> {
    let mut whole = Whole::default();
    walk(source, limits, &["coverage"], Reader::default(), |found| whole.add(found, limits))?;
    Ok(whole.finish())
}

/// Lines and branches as they are met: of a class, of its methods.
#[derive(Clone, Default)]
struct Met {
    /// Twice the number of the line, and one more if it was hit: four bytes for each.
    lines: Vec<u32>,
    branches: Vec<(u32, Ratio)>,
}

impl Met {
    fn clear(&mut self) {
        self.lines.clear();
        self.branches.clear();
    }
}

/// A `<method>` that is open.
#[derive(Clone)]
struct Method {
    name: Box<str>,
    /// Its lines hold the calls of the function.
    calls: bool,
    first: Option<u32>,
    /// Its first line was hit, which is what a call does.
    hit: bool,
}

/// The place in a report: what is open there, and what was found since it was asked for last.
#[derive(Clone, Default)]
struct Reader {
    /// The open class, its lines not yet packed.
    class: Option<Class>,
    own: Met,
    of_methods: Met,
    method: Option<Method>,
    /// Methods of the open class: the first line, and whether it was hit.
    functions: Vec<(u32, Box<str>, bool)>,
    source: Option<String>,
    found: Found,
}

impl Reader {
    fn source_ends(&mut self) {
        let source = self.source.take().unwrap_or_default();
        if !source.trim().is_empty() {
            self.found.roots.push(source.trim().to_owned());
        }
    }

    fn header(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        let count = |name: &str| match xml.attribute(name) {
            // MATLAB writes NaN where it counts nothing.
            Some(value) if !matches!(value.trim(), "" | "NaN") => {
                value.trim().parse::<u64>().map(Some).map_err(|_| {
                    xml.error(
                        Code::Malformed,
                        format!("{name}={} is not a number of something", quote(&value)),
                    )
                })
            }
            _ => Ok(None),
        };
        let header = Header {
            lines: [count("lines-covered")?, count("lines-valid")?],
            branches: [count("branches-covered")?, count("branches-valid")?],
        };
        for (what, pair) in [("lines", header.lines), ("branches", header.branches)] {
            if let [Some(covered), Some(valid)] = pair
                && covered > valid
            {
                let message = format!("the header says {covered} of {valid} {what}");
                return Err(xml.error(Code::Contradiction, message));
            }
        }
        self.found.has_branches |= header.branches[1].is_some_and(|valid| valid > 0);
        self.found.header = Some(header);
        Ok(())
    }

    fn open_class(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if self.class.is_some() {
            return Err(xml.error(Code::Malformed, "a class inside a class"));
        }
        let Some(name) = xml.attribute("filename").filter(|name| !name.trim().is_empty()) else {
            return Err(xml.error(Code::Malformed, "a class without a filename"));
        };
        self.class = Some(Class { path: name.into_owned(), ..Class::default() });
        self.functions.clear();
        self.own.clear();
        self.of_methods.clear();
        Ok(())
    }

    /// What the methods of a class list counts where the class itself is silent.
    fn close_class(&mut self) {
        let Some(mut class) = self.class.take() else { return };
        if !self.of_methods.lines.is_empty() {
            let mut known: Vec<u32> = self.own.lines.iter().map(|line| line >> 1).collect();
            known.sort_unstable();
            let silent = |number: u32| known.binary_search(&number).is_err();
            self.own.lines.extend(self.of_methods.lines.iter().filter(|line| silent(**line >> 1)));
            self.own.branches.extend(self.of_methods.branches.iter().filter(|(number, _)| silent(*number)));
        }
        class.lines.take(self.own.lines.iter().map(|line| (line >> 1, line & 1 == 1)));
        class.branches = self.own.branches.as_slice().into();
        let functions = self.functions.iter().map(|(first, name, called)| (*first, &**name, *called));
        class.functions = Functions::collect(functions);
        self.found.classes.push(class);
    }

    fn open_method(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if self.class.is_none() || self.method.is_some() {
            return Err(xml.error(Code::Malformed, "a method that is not right inside a class"));
        }
        let name = xml.attribute("name").unwrap_or_default().into();
        self.method = Some(Method { name, calls: xml.attribute("hits").is_some(), first: None, hit: false });
        Ok(())
    }

    /// A method without lines is abstract: there is nothing to call.
    fn close_method(&mut self) {
        let Some(method) = self.method.take() else { return };
        if let Some(first) = method.first {
            self.functions.push((first, method.name, method.hit));
            self.found.has_functions = true;
        }
    }

    fn line(&mut self, xml: &Cursor<'_>) -> Result<(), ReadError> {
        if self.class.is_none() {
            return Err(xml.error(Code::Malformed, "a line outside of a class"));
        }
        let number = line_number(xml)?;
        let hit = is_hit(xml)?;
        if !self.counts(number, hit) {
            return Ok(());
        }
        let branches = self.branches(xml, hit)?;
        let met = self.met();
        met.lines.push(number << 1 | u32::from(hit));
        if let Some(branches) = branches {
            met.branches.push((number, branches));
            self.found.has_branches = true;
        }
        Ok(())
    }

    /// Whether a line counts for the file. The method that is open, if there is one, takes note of it.
    #[inline]
    fn counts(&mut self, number: u32, hit: bool) -> bool {
        let Some(method) = &mut self.method else { return true };
        let first = method.first.map_or(number, |first| first.min(number));
        // gcovr lists lines of other functions (lambdas, what follows a template) in a method.
        method.hit = (method.hit && method.first == Some(first)) || (hit && first == number);
        method.first = Some(first);
        !method.calls
    }

    #[inline]
    fn met(&mut self) -> &mut Met {
        if self.method.is_some() { &mut self.of_methods } else { &mut self.own }
    }

    /// The branches of a line. A writer that says `branch="true"` and no number is taken at its
    /// word: two branches, of which none is shown to be taken.
    fn branches(&mut self, xml: &Cursor<'_>, hit: bool) -> Result<Option<Ratio>, ReadError> {
        let declared = xml.attribute("branch");
        let branch = declared.as_ref().map(|word| word.trim().eq_ignore_ascii_case("true"));
        let Some(coverage) = xml.attribute("condition-coverage").filter(|_| branch != Some(false)) else {
            self.found.uncounted += u64::from(branch == Some(true));
            return Ok((branch == Some(true)).then_some(Ratio::new(0, 2)));
        };
        let bad =
            |code, what: &str| xml.error(code, format!("condition-coverage={} {what}", quote(&coverage)));
        let Some(inside) = coverage.split_once('(').and_then(|(_, rest)| rest.split_once(')')) else {
            self.found.uncounted += 1;
            let full = hit && coverage.trim().trim_end_matches('%').parse() == Ok(100.0_f64);
            return Ok(Some(Ratio::new(if full { 2 } else { 0 }, 2)));
        };
        let parts = inside.0.split_once('/').and_then(|(covered, total)| {
            let count = |text: &str| text.trim().parse::<u32>().ok().map(u64::from);
            Some(Ratio::new(count(covered)?, count(total)?))
        });
        match parts {
            None => Err(bad(Code::Malformed, "is not like \"50% (1/2)\"")),
            Some(counted) if counted.covered > counted.total => {
                Err(bad(Code::Contradiction, "covers more than there is"))
            }
            Some(counted) => Ok(Some(counted).filter(|counted| !counted.is_empty())),
        }
    }
}

impl Elements for Reader {
    const BLANKS: bool = false;

    /// Nearly all lines are a number and a number of hits.
    fn glance(&mut self, xml: &mut Cursor<'_>) {
        while self.class.is_some()
            && let Some(([number, hits], left)) = xml.numbers(&LINE)
            && number > 0
        {
            if self.counts(number, hits > 0) {
                self.met().lines.push(number << 1 | u32::from(hits > 0));
            }
            xml.go_to(left);
            xml.skip_indent();
        }
    }

    fn start(&mut self, name: &str, xml: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "line" => self.line(xml),
            "class" => self.open_class(xml),
            "method" => self.open_method(xml),
            "source" => {
                self.source = Some(String::new());
                Ok(())
            }
            "coverage" if xml.depth() == 1 => self.header(xml),
            _ if xml.depth() == 2 => match foreign(name) {
                None => Ok(()),
                Some(what) => Err(xml.error(Code::WrongFormat, format!("this is {what}, not Cobertura"))),
            },
            _ => Ok(()),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(source) = &mut self.source {
            source.push_str(text);
        }
    }

    fn end(&mut self, name: &str, _: &Cursor<'_>) -> Result<(), ReadError> {
        match name {
            "class" => self.close_class(),
            "method" => self.close_method(),
            "source" => self.source_ends(),
            _ => {}
        }
        Ok(())
    }
}

impl Handler for Reader {
    const RECORD: &'static str = "<class ";
    type Found = Found;

    fn found(&mut self) -> Found {
        std::mem::take(&mut self.found)
    }

    fn afresh(&self) -> Option<Self> {
        (self.class.is_none() && self.method.is_none() && self.source.is_none()).then(Self::default)
    }

    fn is_like(&self, other: &Self) -> bool {
        [self, other].iter().all(|reader| reader.afresh().is_some())
    }
}

fn line_number(xml: &Cursor<'_>) -> Result<u32, ReadError> {
    let value = xml.attribute("number").unwrap_or_default();
    match value.parse::<u32>().or_else(|_| value.trim().parse()) {
        Ok(number) if (1..=MAX_LINE).contains(&number) => Ok(number),
        _ => Err(xml.error(Code::Malformed, format!("number={} is no line of a file", quote(&value)))),
    }
}

/// Counts may be written as `1.5e+20` or be beyond any integer; what matters is whether they are more than none.
fn is_hit(xml: &Cursor<'_>) -> Result<bool, ReadError> {
    let value = xml.attribute("hits").unwrap_or_default();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(value.bytes().any(|b| b != b'0'));
    }
    match value.trim().parse::<f64>() {
        Ok(hits) if hits.is_finite() && hits >= 0.0 => Ok(hits > 0.0),
        _ => Err(xml.error(Code::Malformed, format!("hits={} is not a number of hits", quote(&value)))),
    }
}
