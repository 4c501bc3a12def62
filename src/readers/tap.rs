//! TAP, the Test Anything Protocol (versions 12 to 14, testanything.org): node --test, node-tap,
//! Mocha, Vitest, Perl's Test::More, bats, pgTAP and others.
//!
//! The plan is the mark of completeness: it must be there, and as many test points as it says. A
//! subtest stands four spaces deeper, before its own test point (or behind it in braces); the point
//! repeats the result, so the innermost points count. A point that failed though nothing in its
//! subtest did is a test that could not be run. `not ok` with `# TODO` is no failure, and neither is
//! what failed inside of it; `not ok` with `# SKIP` is one. `Bail out!` is the end of the run.
//!
//! node and node-tap close with counts; where they are expected and missing, the file was cut.
//! Lines that are not TAP are what tests print; TAP says to pass over them, and the plan shows whether
//! a result was lost by it. How many they are is told. YAML blocks are passed over but for the `type`
//! by which node marks suites.

use super::cases::{Cases, case};
use super::detect::{Head, TextHead};
use super::error::{Code, ReadError, quote};
use super::format::{End, Format, Input, Kind, Report};
use super::lines::{self, Line};
use super::tap_line::{Directive, Point, Said, say};
use crate::model::tests::{TestCase, TestOutcome};
use std::collections::BTreeSet;

/// Row of the table of formats.
pub(super) static FORMAT: Format = Format {
    name: "tap",
    kind: Kind::Tests,
    tools: "node --test, node-tap, mocha, vitest, prove, bats, ...",
    command: "node --test --test-reporter=tap --test-reporter-destination=reports/node.tap",
    end: End::Marked,
    detect: |head| matches!(head, Head::Text(text) if is_tap(text)),
    read,
};

fn is_tap(text: &TextHead<'_>) -> bool {
    let Some(first) = text.first.first() else { return false };
    match say(first) {
        Said::Version => true,
        Said::Plan { .. } => {
            text.first.len() == 1 || text.any(|line| matches!(say(line.trim_start()), Said::Point(_)))
        }
        Said::Point(point) => point.number.is_some(),
        _ => false,
    }
}

/// Columns by which a subtest stands deeper.
const STEP: usize = 4;

fn read(input: &Input<'_>) -> Result<Report, ReadError> {
    let text = lines::text(input)?;
    let mut reader = Reader { most: input.limits.depth, blocks: vec![Block::default()], ..Reader::default() };
    for line in lines::filled(&text) {
        reader.take(&line)?;
        input.limits.check_items(reader.points)?;
    }
    reader.finish(Cases::new(input.limits))
}

/// A test that counts, with the names of what it stands in, innermost first.
struct Leaf {
    path: Vec<String>,
    case: TestCase,
}

/// The points of one depth, since the last point of the depth above.
#[derive(Default)]
struct Block {
    plan: Option<u64>,
    numbers: BTreeSet<u64>,
    points: u64,
    leaves: Vec<Leaf>,
    /// Some leaf failed.
    bad: bool,
}

#[derive(Default)]
struct Reader {
    most: usize,
    points: usize,
    /// By depth; the first is the file's own.
    blocks: Vec<Block>,
    /// Points whose subtest follows in braces.
    braces: Vec<Point>,
    /// Columns of a YAML block that is open.
    yaml: Option<usize>,
    /// The point to which a YAML block belongs is node's suite: (depth, index of the leaf).
    latest: Option<(usize, usize)>,
    /// node's marks: `# Subtest:` and `duration_ms` of its YAML.
    subtests: bool,
    durations: usize,
    /// The latest point has one.
    timed: bool,
    version_14: bool,
    times: bool,
    begun: bool,
    /// The closing comment of node or node-tap.
    closed: bool,
    /// Failures that a closing comment counts.
    told_bad: u64,
    other: u64,
    last: u64,
}

impl Reader {
    fn take(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        let first = !std::mem::replace(&mut self.begun, true);
        self.last = line.number;
        let text = line.text.trim_end();
        let body = text.trim_start_matches(' ');
        let columns = text.len() - body.len();
        if let Some(open) = self.yaml {
            self.in_yaml(open, columns, body);
            return Ok(());
        }
        if body == "---" && columns > 0 && self.points > 0 {
            self.yaml = Some(columns);
            return Ok(());
        }
        let said = say(body);
        // Only whole lines are what they seem; a plan is held against the points.
        if !line.ended && !matches!(said, Said::Plan { last: 1.. }) {
            return Err(ReadError::new(Code::Truncated, "the last line has no end").at(line.number, None));
        }
        let depth = columns / STEP;
        if !columns.is_multiple_of(STEP) || depth > self.blocks.len() {
            // Mocha's diagnostics stand two columns in.
            self.other += u64::from(columns == 0);
            return Ok(());
        }
        match said {
            Said::Version if first => self.version_14 = body.ends_with("14"),
            Said::Version if depth == 0 => {
                let message = "a second `TAP version`: two documents in one file?";
                return Err(ReadError::new(Code::Malformed, message).at(line.number, None));
            }
            Said::Version | Said::Pragma => {}
            Said::Plan { last } => self.block(depth, line)?.plan(last, line)?,
            Said::Point(point) => self.point(point, depth, line)?,
            Said::BailOut(reason) => {
                let message = format!("the run was given up: {}", quote(reason));
                return Err(ReadError::new(Code::ToolFailed, message).at(line.number, None));
            }
            Said::Comment(comment) => self.comment(comment, depth),
            Said::Other if body == "}" && !self.braces.is_empty() => self.close_brace(depth, line)?,
            Said::Other if first => return Err(lines::unknown(line, true, "TAP")),
            Said::Other => self.other += u64::from(columns == 0),
        }
        Ok(())
    }

    fn in_yaml(&mut self, open: usize, columns: usize, body: &str) {
        if body == "..." && columns == open {
            self.yaml = None;
        }
        if columns == open && body.starts_with("duration_ms:") {
            self.durations += 1;
            self.timed = true;
        }
        // An empty suite of node's is no test.
        if columns == open
            && body == "type: 'suite'"
            && let Some((depth, index)) = self.latest.take()
            && let Some(block) = self.blocks.get_mut(depth)
            && block.leaves.get(index).is_some_and(|leaf| leaf.case.outcome == TestOutcome::Passed)
        {
            block.leaves.remove(index);
        }
    }

    fn comment(&mut self, comment: &str, depth: usize) {
        if comment.starts_with("Subtest: ") {
            self.subtests = true;
            // It stands as deep as its test point will.
            if depth == self.blocks.len() && depth < self.most {
                self.blocks.push(Block::default());
            }
        }
        if depth > 0 {
            return;
        }
        self.closed |= comment.starts_with("duration_ms ") || comment.starts_with("time=");
        for word in ["fail ", "cancelled "] {
            let count = comment.strip_prefix(word).and_then(|count| count.trim().parse::<u64>().ok());
            self.told_bad = self.told_bad.saturating_add(count.unwrap_or(0));
        }
    }

    /// The block of that depth; deeper ones begin at the first line that stands there.
    fn block(&mut self, depth: usize, line: &Line<'_>) -> Result<&mut Block, ReadError> {
        if depth >= self.most {
            return Err(ReadError::new(Code::Limit, "subtests are nested too deep").at(line.number, None));
        }
        if depth + 1 < self.blocks.len() {
            let message = "a plan stands between a subtest and its test point";
            return Err(ReadError::new(Code::Malformed, message).at(line.number, None));
        }
        if depth == self.blocks.len() {
            self.blocks.push(Block::default());
        }
        Ok(&mut self.blocks[depth])
    }

    fn point(&mut self, point: Point, depth: usize, line: &Line<'_>) -> Result<(), ReadError> {
        self.points += 1;
        self.timed = false;
        self.times |= point.seconds.is_some();
        if point.opens {
            if depth + 1 < self.blocks.len() {
                return Err(
                    ReadError::new(Code::Malformed, "a subtest without a test point").at(line.number, None)
                );
            }
            self.braces.push(point);
            return self.block(depth, line).map(drop);
        }
        if self.blocks.len() > depth + 2 {
            return Err(
                ReadError::new(Code::Malformed, "a subtest without a test point").at(line.number, None)
            );
        }
        let inner = if self.blocks.len() == depth + 2 { self.blocks.pop() } else { None };
        let block = self.block(depth, line)?;
        let alone = inner.is_none().then_some((depth, block.leaves.len()));
        block.add(point, inner, line)?;
        self.latest = alone;
        Ok(())
    }

    fn close_brace(&mut self, depth: usize, line: &Line<'_>) -> Result<(), ReadError> {
        let Some(point) = self.braces.pop() else { return Ok(()) };
        if self.blocks.len() > depth + 2 || depth >= self.blocks.len() {
            return Err(
                ReadError::new(Code::Malformed, "a brace that closes no subtest").at(line.number, None)
            );
        }
        let inner = if self.blocks.len() == depth + 2 { self.blocks.pop() } else { None };
        self.blocks[depth].add(point, inner, line)
    }

    fn finish(mut self, mut cases: Cases<'_>) -> Result<Report, ReadError> {
        let cut = |what: &str| Err(ReadError::new(Code::Truncated, what).at(self.last, None));
        if self.yaml.is_some() || self.blocks.len() > 1 || !self.braces.is_empty() {
            return cut("the file ends inside of a test");
        }
        let (node, node_tap) = (self.subtests && self.durations > 0, self.version_14 && self.times);
        if (node || node_tap) && !self.closed {
            return cut("the closing counts are missing");
        }
        if self.points > 1 && self.durations + 1 == self.points && !self.timed {
            return cut("the last test has no duration, and all others have one");
        }
        let Some(block) = self.blocks.pop() else { return cut("no plan") };
        block.check(self.last)?;
        let bad = block.bad;
        for Leaf { mut path, mut case } in block.leaves {
            path.reverse();
            case.id.suite = path.join(" > ");
            cases.push(case)?;
        }
        if !bad {
            cases.declared_bad(self.told_bad, 0);
        }
        if self.other > 0 {
            cases.notice(format!("{} lines are not TAP: what tests print", self.other));
        }
        Ok(cases.finish(&FORMAT))
    }
}

impl Block {
    fn plan(&mut self, last: u64, line: &Line<'_>) -> Result<(), ReadError> {
        match self.plan.replace(last) {
            None => Ok(()),
            Some(_) => Err(ReadError::new(Code::Contradiction, "a second plan").at(line.number, None)),
        }
    }

    /// As many points as the plan says.
    fn check(&self, line: u64) -> Result<(), ReadError> {
        let (code, message) = match self.plan {
            None => (
                Code::Truncated,
                "there is no plan (`1..N`), which shows that all tests are there".to_owned(),
            ),
            Some(plan) if plan > self.points => {
                (Code::Truncated, format!("the plan says {plan} tests, and {} are there", self.points))
            }
            Some(plan) if plan < self.points => {
                (Code::Contradiction, format!("the plan says {plan} tests, and {} are there", self.points))
            }
            Some(_) => return Ok(()),
        };
        Err(ReadError::new(code, message).at(line, None))
    }

    /// Adds a point, and in its place what its subtest holds.
    fn add(&mut self, point: Point, inner: Option<Self>, line: &Line<'_>) -> Result<(), ReadError> {
        self.points += 1;
        if let Some(number) = point.number
            && !self.numbers.insert(number)
        {
            let message = format!("the test {number} is there twice");
            return Err(ReadError::new(Code::Duplicate, message).at(line.number, None));
        }
        let outcome = match (point.ok, point.directive) {
            (true, Some(_)) | (false, Some(Directive::Todo)) => TestOutcome::Skipped,
            (true, None) => TestOutcome::Passed,
            (false, _) => TestOutcome::Failed,
        };
        let name = if point.name.is_empty() { format!("test {}", self.points) } else { point.name };
        let reason = Some(point.reason).filter(|reason| !reason.is_empty());
        let own = TestCase { message: reason, seconds: point.seconds, ..case("", name.clone(), outcome) };
        let Some(inner) = inner else {
            self.bad |= outcome == TestOutcome::Failed;
            self.leaves.push(Leaf { path: Vec::new(), case: own });
            return Ok(());
        };
        inner.check(line.number)?;
        let todo = point.directive == Some(Directive::Todo);
        if inner.leaves.is_empty() || (outcome == TestOutcome::Failed && !inner.bad) {
            let broken = if outcome == TestOutcome::Failed { TestOutcome::Errored } else { outcome };
            self.bad |= broken == TestOutcome::Errored;
            self.leaves.push(Leaf { path: Vec::new(), case: TestCase { outcome: broken, ..own } });
        }
        self.bad |= inner.bad && !todo;
        for mut leaf in inner.leaves {
            if todo && leaf.case.outcome > TestOutcome::Passed {
                leaf.case.outcome = TestOutcome::Skipped;
            }
            leaf.path.push(name.clone());
            self.leaves.push(leaf);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{TestTotals, Tests};
    use crate::readers::Limits;
    use crate::readers::testing;

    fn report(text: &str) -> Result<Tests, ReadError> {
        testing::tests(read, text).map(|read| read.0)
    }

    fn totals(text: &str) -> TestTotals {
        report(text).unwrap().totals()
    }

    fn code(text: &str) -> Code {
        report(text).unwrap_err().code
    }

    #[test]
    fn the_plan_shows_that_all_is_there() {
        assert_eq!(totals("1..2\nok 1 - a\nnot ok 2 - b\n").failed, 1);
        assert_eq!(totals("ok\nok\n1..2").passed, 2);
        assert_eq!(totals("1..0 # SKIP no database\n").total, 0);
        for (text, want) in [
            ("ok 1\nok 2\n", Code::Truncated),
            ("1..2\nok 1\n", Code::Truncated),
            ("1..2\nok 1\nok 2", Code::Truncated),
            ("1..1\nok 1\nok 2\n", Code::Contradiction),
            ("1..1\nok 1\n1..1\n", Code::Contradiction),
            ("1..2\nok 1\nok 1\n", Code::Duplicate),
            ("1..1\nok 1\nBail out! no database\n", Code::ToolFailed),
            ("1..1\nok 1\nTAP version 13\n", Code::Malformed),
            ("1..1\nok 1\n  ---\n  a: 1\n", Code::Truncated),
            ("text\n1..1\nok 1\n", Code::WrongFormat),
            ("TAP version 13\n", Code::Truncated),
        ] {
            assert_eq!(code(text), want, "{text}");
        }
    }

    #[test]
    fn directives_decide() {
        let totals = totals("1..5\nnot ok 1 # TODO a\nok 2 # TODO b\nok 3 # SKIP\nnot ok 4 # SKIP\nok 5\n");
        assert_eq!((totals.skipped, totals.failed, totals.passed), (3, 1, 1));
    }

    #[test]
    fn leaves_count_and_what_only_the_parent_tells_is_an_error() {
        let text = "# Subtest: g\n    ok 1 - a\n    not ok 2 - b\n    1..2\nnot ok 1 - g\n1..1\n";
        let read = report(text).unwrap();
        assert_eq!((read.totals().total, read.totals().failed), (2, 1));
        assert_eq!(read.cases.keys().next().map(|id| id.suite).as_deref(), Some("g"));
        let hook = totals("    ok 1 - a\n    1..1\nnot ok 1 - g\n1..1\n");
        assert_eq!((hook.total, hook.errors), (2, 1));
        let todo = totals("    not ok 1 - a\n    1..1\nnot ok 1 - g # TODO\n1..1\n");
        assert_eq!((todo.total, todo.skipped), (1, 1));
        let skipped = totals("    1..0 # SKIP x\nok 1 # skip x\n1..1\n");
        assert_eq!((skipped.total, skipped.skipped), (1, 1));
        assert_eq!(code("    ok 1 - a\n    1..2\nok 1 - g\n1..1\n"), Code::Truncated);
        assert_eq!(code("1..1\nok 1\n    ok 1 - a\n    1..1\n"), Code::Truncated);
        let braces = totals("1..1\nnot ok 1 - f {\n    1..2\n    ok 1 - a\n    not ok 2 - b\n}\n");
        assert_eq!((braces.total, braces.failed), (2, 1));
        assert_eq!(code("1..1\nok 1 - f {\n    1..1\n    ok 1 - a\n"), Code::Truncated);
    }

    #[test]
    fn what_is_printed_is_passed_over_and_told() {
        let read = |text: &str| {
            let input = Input { bytes: text.as_bytes(), exit_status: None, limits: &Limits::default() };
            super::read(&input).unwrap()
        };
        assert_eq!(read("1..1\nhello\nok 1\n").notices.len(), 1);
        // A result inside of YAML is none.
        let yaml = report("1..1\nok 1\n  ---\n  out: |\n    not ok 2\n  ...\n").unwrap();
        assert_eq!(yaml.totals().total, 1);
        assert_eq!(report("1..1\nok 1 - a\n# fail 1\n").unwrap().hidden_failures, [(1, 0)]);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep: String = (0..300).map(|n| format!("{}ok 1\n", " ".repeat(4 * n))).collect();
        assert!(report(&deep).is_err());
    }
}
