"""Tests of the exports."""

import json
from dataclasses import replace

from orders.export import to_csv, to_json


def test_a_table_has_a_head_and_a_row_an_order(order):
    table = to_csv([order, replace(order, number="A-2")])
    assert table.splitlines() == [
        "number,customer,lines,total",
        "A-1,cleo,2,99.00",
        "A-2,cleo,2,99.00",
    ]


def test_the_archive_gets_objects(order):
    assert json.loads(to_json([order])) == [
        {"number": "A-1", "customer": "cleo", "lines": "2", "total": "99.00"}
    ]
