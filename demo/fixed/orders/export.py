"""Orders for other programs."""

import csv
import io
import json
from collections.abc import Iterable

from orders.model import Order
from orders.pricing import total

COLUMNS = ["number", "customer", "lines", "total"]


def rows(orders: Iterable[Order]) -> list[list[str]]:
    """One row an order."""
    found = []
    for order in orders:
        count = str(len(order.lines))
        found.append([order.number, order.customer, count, str(total(order))])
    return found


def to_csv(orders: Iterable[Order]) -> str:
    """A table for spreadsheets, with a head."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(orders))
    return out.getvalue()


def to_json(orders: Iterable[Order]) -> str:
    """A list of objects, for the yearly hand-over to the archive."""
    return json.dumps([dict(zip(COLUMNS, row)) for row in rows(orders)])
