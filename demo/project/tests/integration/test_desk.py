"""Tests of store, prices and cache together."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orders.cache import TtlCache
from orders.desk import OrderDesk
from orders.store import OrderStore


@pytest.fixture
def desk():
    """A desk with an empty store."""
    return OrderDesk(OrderStore(), TtlCache(60))


def test_a_placed_order_has_a_price(desk, order):
    desk.place(order)
    assert desk.price("A-1") == Decimal("99.00")


def test_a_changed_order_gets_a_new_price(desk, order):
    placed = desk.place(order)
    desk.price("A-1")
    desk.change(replace(placed, lines=placed.lines[:1]))
    assert desk.price("A-1") == Decimal("28.90")


def test_an_order_that_was_never_placed_has_no_price(desk):
    with pytest.raises(KeyError):
        desk.price("A-1")
