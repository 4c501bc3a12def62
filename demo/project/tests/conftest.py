"""What the tests share."""

from decimal import Decimal

import pytest

from orders.model import Line, Order


@pytest.fixture
def order() -> Order:
    """Two lamps and a table: 99.00."""
    lamps = Line("lamp", 2, Decimal("12.00"))
    table = Line("table", 1, Decimal("75.00"))
    return Order("A-1", "cleo", (lamps, table))
