"""Tests of what an order is."""

from decimal import Decimal

import pytest

from orders.model import Line


def test_a_line_has_at_least_one_piece():
    with pytest.raises(ValueError, match="at least 1 piece"):
        Line("lamp", 0, Decimal("12.00"))


def test_a_price_is_not_negative():
    with pytest.raises(ValueError, match="not negative"):
        Line("lamp", 1, Decimal("-0.01"))
