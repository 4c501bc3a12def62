"""Tests of the prices."""

from decimal import Decimal

from orders.model import Line, Order
from orders.pricing import line_price, total


def test_a_line_costs_pieces_times_price():
    assert line_price(Line("lamp", 3, Decimal("12.00"))) == Decimal("36.00")


def test_the_discount_begins_at_ten_pieces():
    assert line_price(Line("lamp", 10, Decimal("12.00"))) == Decimal("114.00")


def test_half_a_cent_is_rounded_up():
    assert line_price(Line("nail", 11, Decimal("0.10"))) == Decimal("1.05")


def test_a_small_order_pays_shipping():
    order = Order("A-1", "cleo", (Line("lamp", 1, Decimal("12.00")),))
    assert total(order) == Decimal("16.90")
