//! Commands for single tests and files, against what the tools themselves take.

use super::*;
use crate::model::tests::TestId;
use crate::readers;

fn maker(line: &str) -> Maker {
    Maker { name: Some("m".to_owned()), words: line.split(' ').map(str::to_owned).collect() }
}

fn case(class: &str, name: &str, place: Option<Place>) -> TestCase {
    let id = TestId { suite: String::new(), class: class.to_owned(), name: name.to_owned() };
    TestCase { id, outcome: TestOutcome::Failed, message: None, place, seconds: None }
}

const FILES: &[&str] = &[
    "shop/cart.py",
    "tests/test_cart.py",
    "web/cart.test.ts",
    "spec/cart_spec.rb",
    "store/db_test.go",
    "-x/test_y.py",
    "cart.dart",
];

/// The line for one test: how its report is made (nothing, if it is empty), its format, the test.
fn one(maker_line: &str, format: &str, case: &TestCase) -> Option<String> {
    let tree = Tree::new("/r", FILES.iter().map(|file| (*file).to_owned()));
    let makers: Vec<_> = (!maker_line.is_empty()).then(|| maker(maker_line)).into_iter().collect();
    let found = runners::Found::new(case, &tree, &Files::new(tree.files()), "");
    let words = runners::command(&makers, readers::format(format).unwrap(), case, &found)?;
    shell::line(&words)
}

#[test]
fn a_second_shell_gets_plain_words_only() {
    let place = Some(Place::line("web/cart.test.ts", 3));
    let named = |name: &str| case("", name, place.clone());
    let of = |line: &str, name: &str| one(line, "junit", &named(name));
    let hostile = of("npx mocha", "`touch pwned`").unwrap();
    assert!(hostile.starts_with("node_modules/.bin/mocha ") && !hostile.contains("npx"), "{hostile}");
    for line in ["pnpm exec mocha", "yarn mocha", "bunx mocha", "npx -p mocha mocha"] {
        for name in ["`touch pwned`", "$(touch pwned)", "a;b", "a b", "a|b", "a\"b"] {
            assert_eq!(of(line, name), None, "{line} {name}");
        }
    }
    assert!(of("pnpm exec mocha", "adds").unwrap().starts_with("pnpm exec mocha "));
    // The report does not choose which script is run.
    let script = case("", "adds", Some(Place::line("shop/cart.py", 1)));
    assert!(one("mocha", "junit", &script).is_none_or(|line| !line.contains("shop/cart.py")));
}

#[test]
fn each_runner_runs_one_test_in_its_own_words() {
    let place = |path: &str, line| Some(Place::line(path, line));
    let all = [
        (
            "poetry run pytest tests -q",
            "junit",
            case("tests.test_cart.TestAdd", "test_x[a b]", None),
            "poetry run pytest 'tests/test_cart.py::TestAdd::test_x[a b]'",
        ),
        ("", "junit", case("tests.test_cart", "test_x", None), "pytest tests/test_cart.py::test_x"),
        ("", "junit", case("", "tests.test_cart", None), "pytest tests/test_cart.py"),
        ("", "junit", case("-x.test_y", "test_z", None), "pytest ./-x/test_y.py::test_z"),
        (
            "cargo test --workspace",
            "libtest-text",
            case("src/lib.rs", "cart::tests::adds", None),
            "cargo test --workspace -- --exact cart::tests::adds",
        ),
        (
            "cargo nextest run --profile ci",
            "junit",
            case("shop", "cart::adds", None),
            "cargo nextest run --workspace -- --exact cart::adds",
        ),
        (
            "",
            "go-test-text",
            case("example.com/shop/store", "TestDB/it's_(new)", None),
            "go test '-run=^TestDB$/^it'\\''s_\\(new\\)$' example.com/shop/store",
        ),
        (
            "go test -json ./...",
            "go-test-json",
            case("example.com/shop", "[build failed]", None),
            "go test example.com/shop",
        ),
        (
            "npx jest --json",
            "jest-json",
            case("cart", "adds (one)", place("web/cart.test.ts", 3)),
            "node_modules/.bin/jest --runTestsByPath web/cart.test.ts '--testNamePattern=adds \\(one\\)$'",
        ),
        (
            "npx vitest run",
            "junit",
            case("web/cart.test.ts", "cart > adds", None),
            "node_modules/.bin/vitest run web/cart.test.ts '--testNamePattern=adds$'",
        ),
        (
            "node --test --test-reporter=tap",
            "tap",
            case("", "cart > adds.", None),
            "node --test '--test-name-pattern=adds\\.$'",
        ),
        (
            "",
            "rspec-json",
            case("cart_spec", "adds", place("./spec/cart_spec.rb", 7)),
            "rspec spec/cart_spec.rb:7",
        ),
        (
            "dotnet test",
            "trx",
            case("Shop.CartTests", "Adds(n: 1)", None),
            "dotnet test --filter 'FullyQualifiedName~Shop.CartTests.Adds'",
        ),
        (
            "./mvnw -q verify",
            "junit",
            case("shop.CartTest", "adds()", None),
            "./mvnw '-Dtest=shop.CartTest#adds' test",
        ),
        (
            "./gradlew check",
            "junit",
            case("shop.CartTest", "adds()", None),
            "./gradlew test --tests shop.CartTest.adds",
        ),
    ];
    for (maker, format, case, want) in all {
        assert_eq!(one(maker, format, &case).as_deref(), Some(want), "{maker} {:?}", case.id);
    }
}

#[test]
fn what_is_not_known_has_no_command() {
    for (maker, format, case) in [
        ("", "junit", case("shop.CartTest", "adds", None)),
        ("make test", "junit", case("tests.test_cart", "test_x", None)),
        ("sh -c pytest", "junit", case("tests.test_cart", "test_x", None)),
        ("tox -e pytest", "junit", case("tests.test_cart", "test_x", None)),
        ("pytest", "junit", case("elsewhere.test_gone", "test_x", None)),
    ] {
        assert_eq!(one(maker, format, &case), None, "{maker} {:?}", case.id);
    }
}

#[test]
fn a_hostile_name_is_an_argument_or_nothing() {
    assert_eq!(one("cargo test", "libtest-text", &case("", "--help", None)), None);
    assert_eq!(one("go test", "go-test-text", &case("-exec=/bin/evil", "TestX", None)), None);
    for outside in ["../../evil", "/tmp/evil", "a/../../../evil"] {
        assert_eq!(one("go test", "go-test-text", &case(outside, "TestX", None)), None, "{outside}");
    }
    assert_eq!(one("go test", "go-test-text", &case("a b;c", "TestX", None)), None);
    assert_eq!(one("./gradlew check", "junit", &case("-Ievil", "x", None)), None);
    assert_eq!(one("cargo test", "libtest-text", &case("", "a\x1b[2Jb", None)), None);
    let name = "x'; rm -rf ~ #";
    let line = one("cargo test", "libtest-text", &case("", name, None)).unwrap();
    assert_eq!(line, "cargo test --workspace -- --exact 'x'\\''; rm -rf ~ #'");
}

#[test]
fn linters_look_at_the_file() {
    let of = |makers: &[Maker], tool, path| linters::command(makers, tool, path).map(|words| words.join(" "));
    assert_eq!(of(&[], "ruff", "a.py").unwrap(), "ruff check a.py");
    assert_eq!(
        of(&[maker("poetry run pylint --rcfile=x shop")], "pylint", "-a.py").unwrap(),
        "poetry run pylint ./-a.py"
    );
    assert_eq!(of(&[maker("make lint")], "mypy", "@a.py").unwrap(), "mypy ./@a.py");
    assert_eq!(of(&[], "clippy", "src/lib.rs"), None);
}

/// A comment may follow; what is not shell would be run all the same.
#[test]
fn the_command_of_every_format_is_a_line_for_a_shell() {
    for format in readers::formats() {
        let parsed = std::process::Command::new("sh").args(["-n", "-c", format.command]).output().unwrap();
        assert!(parsed.status.success(), "{}: {}: {parsed:?}", format.name, format.command);
        assert!(!format.command.contains("the report"), "{}", format.command);
    }
}
