#!/usr/bin/env python3
"""A made project with a history, for pictures: shop.py DIR MILEGATE.

Forty runs on main, recorded; a checklist that went down in three weeks; a branch on which a test
fails, lines are not covered, a benchmark got slower and one approval is stale.
"""
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys

ROOT, MILEGATE = pathlib.Path(sys.argv[1]), sys.argv[2]
RANDOM = random.Random(7)
TODAY = datetime.datetime.now(datetime.timezone.utc)

CONFIG = """\
[project]
id = "shop"
name = "Shop"

[documents]
checklist = "CHECKLIST.md"
status = "STATUS.md"

[[milestones]]
id = "1.0"
name = "Catalogue"
[[milestones]]
id = "2.0"
name = "Checkout"

[reports]
unit = "reports/unit.xml"
coverage = "reports/coverage.xml"
pylint = "reports/pylint.json"
bench = { path = "reports/bench.json", format = "custom-smaller-is-better" }

[gates.code-complete.coverage]
changed-lines = ">= 90%"

[gates.integration-verified]
disable = { monitoring = "nothing runs before 3.0", integration-tests = "part of the unit tests here" }
[gates.integration-verified.benchmarks.targets]
"cart total" = "< 5 ms"
"checkout" = "< 40 ms"
"search 10k" = "< 120 ms"

[gates.documentation-complete.guides]
required = ["docs/guide.md"]
[gates.documentation-complete]
disable = { docstrings = "types say it", diagrams = "none in this project", troubleshooting = "part of the guide" }

[people.alice]
emails = ["alice@example.com"]
roles = ["code", "security"]
[people.bob]
emails = ["bob@example.com"]
roles = ["code", "architecture", "security", "performance"]
"""

ITEMS = [
    "Cart keeps its items over a restart", "Prices are integers of the smallest coin", "Discounts stack in one order only",
    "Totals are rounded once", "Stock is reserved at checkout", "A payment that fails frees the stock", "Addresses are checked",
    "Mails go out once", "Search finds by name and number", "Search is fast with 10,000 products", "Orders can be cancelled",
    "Orders can be exported", "The log holds no card number", "The API says which field is wrong", "A full warehouse is told",
    "Refunds go to the first card",
]

PAYMENT = '''\
"""Payments: one attempt at a time, and stock that is freed when it fails."""
from shop.stock import Reservation


class Declined(Exception):
    """The bank said no."""


def pay(order, card, bank):
    """Charges the card; the stock stays reserved only if that worked."""
    reservation = Reservation(order)
    try:
        receipt = bank.charge(card, order.total())
    except Declined:
        reservation.free()
        raise
    order.paid(receipt)
    return receipt


def refund(order, bank):
    """Gives the money back to the card that paid."""
    if order.receipt is None:
        raise ValueError("nothing was paid")
    amount = order.total() - order.refunded
    if amount <= 0:
        return None
    receipt = bank.refund(order.receipt, amount)
    order.refunded += amount
    return receipt
'''

CHANGED = PAYMENT.replace('''    order.paid(receipt)
    return receipt


def refund''', '''    order.paid(receipt)
    if receipt.partial:
        # The bank charged less: what is left is asked for once more.
        rest = order.total() - receipt.amount
        receipt = receipt + bank.charge(card, rest)
    return receipt


def refund''')

FILES = {
    "shop/cart.py": (120, 4), "shop/prices.py": (90, 0), "shop/stock.py": (140, 9), "shop/search.py": (210, 11),
    "shop/orders/store.py": (260, 12), "shop/orders/export.py": (80, 17), "shop/orders/mail.py": (60, 3),
    "shop/api/routes.py": (180, 22), "shop/api/errors.py": (40, 0), "shop/api/auth.py": (110, 14),
    "shop/web/pages.py": (150, 12), "shop/web/forms.py": (70, 2), "shop/tools/import_csv.py": (75, 26), "shop/tools/labels.py": (30, 0), "shop/orders/refunds.py": (95, 5),
}

BENCHMARKS = {"cart total": 3.1, "checkout": 27.0, "search 10k": 84.0, "import csv": 410.0, "export orders": 160.0, "render page": 9.4}

SUITES = {
    "tests.test_cart": 34, "tests.test_prices": 41, "tests.test_stock": 28, "tests.test_search": 37, "tests.test_payment": 19,
    "tests.orders.test_store": 46, "tests.orders.test_export": 12, "tests.orders.test_mail": 9, "tests.api.test_routes": 52,
    "tests.api.test_errors": 14, "tests.web.test_pages": 31, "tests.web.test_forms": 22,
}
VERBS = ["keeps", "refuses", "rounds", "finds", "returns", "counts", "forgets", "sorts"]
NOUNS = ["an_empty_cart", "two_items", "the_last_item", "a_negative_price", "unknown_product", "a_long_name", "umlauts"]
TRACE = """AssertionError: assert 1999 == 2499
 +  where 1999 = &lt;Receipt 7041&gt;.amount

def test_returns_unknown_product_4(bank, order):
    bank.answers(Receipt(7041, amount=1999, partial=True))
    receipt = pay(order, CARD, bank)
&gt;   assert receipt.amount == order.total()
E   assert 1999 == 2499

tests/test_payment.py:88: AssertionError"""


def write(path, text):
    path = ROOT / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def run(*args, at=None, who="alice", check=True):
    env = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", HOME=str(ROOT), NO_COLOR="1")
    for role in ("AUTHOR", "COMMITTER"):
        env[f"GIT_{role}_NAME"], env[f"GIT_{role}_EMAIL"] = who.title(), f"{who}@example.com"
        if at:
            env[f"GIT_{role}_DATE"] = at.isoformat()
    env.pop("GITHUB_ACTIONS", None)
    return subprocess.run(args, cwd=ROOT, env=env, check=check, capture_output=True, text=True)


def commit(message, at, who="alice"):
    run("git", "add", "--all")
    run("git", "commit", "-q", "-m", message, at=at, who=who)


def checklist(done):
    boxes = [f"- [{'x' if at < done else ' '}] {item}\n" for at, item in enumerate(ITEMS)]
    write("CHECKLIST.md", "# Checklist\n\n### Milestone 2.0: Checkout\n\n" + "".join(boxes))


def sources():
    for path, (lines, _) in FILES.items():
        write(path, "".join(f"value_{n} = {n}\n" for n in range(1, lines + 1)))
    write("shop/payment.py", PAYMENT)


def coverage(worse):
    def known(path, lines, missed):
        rows = "".join(f'<line number="{n}" hits="{0 if n in missed else 1}"/>' for n in lines)
        return f'<class name="{path}" filename="{path}"><lines>{rows}</lines></class>'

    classes = []
    for path, (lines, missed) in FILES.items():
        classes.append(known(path, range(1, lines + 1), set(range(lines - missed + 1, lines + 1))))
    text = CHANGED if worse else PAYMENT
    executable = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() and '"""' not in line and "#" not in line]
    missed = {n for n, line in enumerate(text.splitlines(), 1) if "rest" in line or "nothing was paid" in line}
    classes.append(known("shop/payment.py", executable, missed))
    write("reports/coverage.xml", '<?xml version="1.0"?><coverage><packages><package name="shop"><classes>'
          + "".join(classes) + "</classes></package></packages></coverage>")


def tests(worse):
    suites = []
    for suite, count in SUITES.items():
        cases = []
        for n in range(count):
            name, seconds = f"test_{VERBS[n % 8]}_{NOUNS[n % 7]}_{n}", RANDOM.expovariate(30)
            inside = '<skipped message="needs the mail server"/>' if "mail" in suite and n < 3 else ""
            if worse and suite == "tests.test_payment" and n == 4:
                inside = f'<failure message="{TRACE}"/>'
            file = suite.replace(".", "/") + ".py"
            cases.append(f'<testcase classname="{suite}" name="{name}" file="{file}" line="{n * 9 + 7}" time="{seconds:.4f}">{inside}</testcase>')
        suites.append("".join(cases))
    write("reports/unit.xml", '<?xml version="1.0"?><testsuites><testsuite name="pytest">' + "".join(suites) + "</testsuite></testsuites>")


def findings(worse):
    rows = [("warning", "shop/api/auth.py", 61, "W0511", "TODO: lock the account after ten attempts"),
            ("convention", "shop/search.py", 140, "C0103", 'Variable name "q" doesn\'t conform to snake_case naming style'),
            ("refactor", "shop/api/routes.py", 33, "R0911", "Too many return statements (9/6)"),
            ("warning", "shop/web/pages.py", 90, "W0613", "Unused argument 'request'")]
    if worse:
        rows.append(("error", "shop/payment.py", 23, "E1101", "Instance of 'Receipt' has no '__add__' member"))
    write("reports/pylint.json", json.dumps([
        {"type": kind, "module": path[:-3].replace("/", "."), "obj": "", "line": line, "column": 4, "endLine": None, "endColumn": None,
         "path": path, "symbol": rule.lower(), "message": said, "message-id": rule} for kind, path, line, rule, said in rows]))


def benchmarks(worse):
    values = []
    for name, value in BENCHMARKS.items():
        factor = {"checkout": 1.45, "search 10k": 0.78}.get(name, 1.0) if worse else 1.0
        values.append({"name": name, "unit": "ms", "value": round(value * factor * RANDOM.gauss(1, 0.02), 3)})
    write("reports/bench.json", json.dumps(values))


def reports(worse=False):
    coverage(worse), tests(worse), findings(worse), benchmarks(worse)


def main():
    ROOT.mkdir(parents=True)
    run("git", "init", "-q", "--initial-branch=main")
    start = TODAY - datetime.timedelta(days=22)
    write("milegate.toml", CONFIG)
    write(".gitignore", "reports/\n")
    write("STATUS.md", "# Status\n")
    write("docs/guide.md", "# Guide\n\nHow an order becomes a parcel.\n")
    sources()
    done = [0, 0, 1, 1, 3, 3, 3, 4, 5, 5, 7, 8, 8, 8, 9, 9, 11, 11, 12, 12]
    for day, count in enumerate(done):
        checklist(count)
        write("shop/prices.py", f"# day {day}\n" + "".join(f"value_{n} = {n}\n" for n in range(2, 91)))
        commit(f"Work of day {day + 1}", start + datetime.timedelta(days=day))
        reports()
        first = ["--init"] if day == 0 else []
        run(MILEGATE, "baseline", "record", "--no-push", *first)
    run("git", "tag", "-a", "-m", "Catalogue", "shop-milestone-1.0-complete")
    run("git", "switch", "-q", "-c", "partial-charges")
    run(MILEGATE, "approve", "performance", "--as", "bob", "--milestone", "2.0", "-m", "measured on the old machine")
    commit("Sign off", TODAY - datetime.timedelta(days=1), who="bob")
    checklist(13)
    write("shop/payment.py", CHANGED)
    write("tests/test_payment.py", "".join(f"line_{n} = {n}\n" for n in range(1, 100)))
    commit("Complete partial charges", TODAY - datetime.timedelta(hours=20))
    run(MILEGATE, "approve", "security", "--as", "bob", "--milestone", "2.0", "-m", "no card number is logged")
    run(MILEGATE, "approve", "code", "--as", "bob", "--milestone", "2.0", "-m", "read it twice")
    commit("Sign off again", TODAY - datetime.timedelta(hours=2), who="bob")
    reports(worse=True)


main()
