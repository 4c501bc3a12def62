//! Where a test is defined: its file by its class, where the report names none, and its line by its
//! name. A guess that a person can check; it never decides.

use crate::model::tests::TestId;
use std::collections::HashMap;

/// Files by the last part of their path without its ending.
#[derive(Debug, Default)]
pub struct Files<'a> {
    by_stem: HashMap<&'a str, Vec<&'a str>>,
}

/// `tests/cart.py` -> `tests/cart`.
fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    path[name..].rfind('.').filter(|at| *at > 0).map_or(path, |at| &path[..name + at])
}

impl<'a> Files<'a> {
    /// Looks these files up.
    pub fn new(files: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_stem: HashMap<&str, Vec<&str>> = HashMap::new();
        for file in files {
            let stem = stem(file);
            by_stem.entry(stem.rsplit('/').next().unwrap_or(stem)).or_default().push(file);
        }
        Self { by_stem }
    }

    /// The file of a test: the one whose path ends in the class, or in what the class is inside of;
    /// `None` if there is none, or more than one.
    pub fn of(&self, id: &TestId) -> Option<&'a str> {
        let class = id.class.replace('\\', "/");
        if class.contains('/')
            && let Some(file) = self.ending_in(stem(&class))
        {
            return Some(file);
        }
        let path = class.replace(['.', '$'], "/").replace("::", "/");
        let mut inside = path.as_str();
        while !inside.is_empty() {
            if let Some(file) = self.ending_in(inside) {
                return Some(file);
            }
            inside = inside.rsplit_once('/')?.0;
        }
        None
    }

    fn ending_in(&self, path: &str) -> Option<&'a str> {
        let ends = |file: &str| {
            let root = stem(file).strip_suffix(path);
            root.is_some_and(|root| root.is_empty() || root.ends_with('/'))
        };
        let mut found = self.by_stem.get(path.rsplit('/').next()?)?.iter().filter(|file| ends(file));
        let first = found.next()?;
        found.next().is_none().then_some(*first)
    }
}

/// Words before the name of what is defined.
const KEYWORDS: &[&str] = &["def ", "fn ", "func ", "fun ", "function ", "void ", "sub ", "test ", "it "];

/// The line in which a test is defined, 1-based; `None` if its name is not in the text.
pub fn line_of(id: &TestId, text: &str) -> Option<u32> {
    let bare = id.name.find(['[', '(']).filter(|at| *at > 0).map_or(id.name.as_str(), |at| &id.name[..at]);
    let last = |text: &'static str| bare.rsplit(text).next().unwrap_or(bare);
    let names = [bare, last("::"), last(" > "), last("."), last("/")].map(str::trim);
    // Of several classes in one file the test's own.
    let class = id.class.rsplit(['.', '$', ':', '/']).next().filter(|class| !class.is_empty());
    let from =
        class.and_then(|class| find(text, class, &["class ", "struct ", "impl ", "mod ", "module "], 0));
    let from = from.unwrap_or(0);
    let defined = |name: &&str| find(text, name, KEYWORDS, from);
    let named = |name: &&str| {
        let quoted = ['"', '\'', '`'].map(|quote| format!("{quote}{name}{quote}"));
        let at = |line: &str| quoted.iter().any(|quoted| line.contains(quoted.as_str()));
        text.lines().position(at)
    };
    let mentioned = |name: &&str| find(text, name, &[""], from);
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let found = names.iter().find_map(defined);
    let found = found.or_else(|| names.iter().find_map(named)).or_else(|| names.iter().find_map(mentioned));
    found.and_then(|line| u32::try_from(line + 1).ok())
}

/// The first line from `from` on in which one of the words stands right before `name`, as a whole word.
fn find(text: &str, name: &str, words: &[&str], from: usize) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let holds = |line: &str| {
        line.match_indices(name).any(|(at, _)| {
            let (before, after) = (&line[..at], &line[at + name.len()..]);
            let whole = !after.starts_with(is_part) && !before.ends_with(is_part);
            whole && words.iter().any(|word| before.ends_with(word))
        })
    };
    text.lines().enumerate().skip(from).find(|(_, line)| holds(line)).map(|(at, _)| at)
}

#[cfg(test)]
mod laws {
    use super::*;

    fn id(class: &str, name: &str) -> TestId {
        TestId { suite: String::new(), class: class.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn the_file_follows_from_the_class() {
        let all = [
            "tests/test_cart.py",
            "tests/unit/test_cart.py",
            "src/test/java/com/x/FooTest.java",
            "src/a.test.js",
            "other/test_cart.txt",
        ];
        let files = Files::new(all);
        for (class, file) in [
            ("tests.unit.test_cart", Some("tests/unit/test_cart.py")),
            ("tests.unit.test_cart.TestAdd", Some("tests/unit/test_cart.py")),
            ("tests.test_cart", Some("tests/test_cart.py")),
            // Three files bear that name.
            ("test_cart", None),
            ("com.x.FooTest", Some("src/test/java/com/x/FooTest.java")),
            ("com.x.FooTest$Inner", Some("src/test/java/com/x/FooTest.java")),
            ("src/a.test.js", Some("src/a.test.js")),
            ("nothing.like.it", None),
            ("", None),
        ] {
            assert_eq!(files.of(&id(class, "t")), file, "{class}");
        }
    }

    #[test]
    fn the_line_is_that_of_the_definition() {
        let text = "# test_add is below\nclass TestOne:\n    def test_add(self):\n        pass\n\
                    class TestTwo:\n    def test_add_all(self):\n        pass\n    def test_add(self):\n";
        assert_eq!(line_of(&id("t.TestOne", "test_add"), text), Some(3));
        assert_eq!(line_of(&id("t.TestTwo", "test_add[1-2]"), text), Some(8));
        assert_eq!(line_of(&id("t", "test_other"), text), None);
        let js = "describe('cart', () => {\n  it('adds two', () => {})\n";
        assert_eq!(line_of(&id("cart", "adds two"), js), Some(2));
        let rust = "mod tests {\n    #[test]\n    fn adds() {}\n";
        assert_eq!(line_of(&id("shop", "cart::tests::adds"), rust), Some(3));
    }
}
