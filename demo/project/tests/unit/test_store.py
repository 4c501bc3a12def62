"""Tests of the store."""

from dataclasses import replace

import pytest

from orders.store import OrderStore, StaleOrder


def test_a_new_order_is_version_one(order):
    store = OrderStore()
    assert store.add(order).version == 1
    assert len(store) == 1


def test_an_order_is_added_once(order):
    store = OrderStore()
    store.add(order)
    with pytest.raises(ValueError, match="exists already"):
        store.add(order)


def test_an_unknown_order_is_an_error():
    with pytest.raises(KeyError):
        OrderStore().get("A-9")


def test_a_saved_order_gets_the_next_version(order):
    store = OrderStore()
    saved = store.save(replace(store.add(order), customer="dora"))
    assert (saved.customer, saved.version) == ("dora", 2)


def test_a_stale_order_is_refused(order):
    store = OrderStore()
    first = store.add(order)
    store.save(first)
    with pytest.raises(StaleOrder):
        store.save(first)


def test_orders_of_a_customer_are_sorted(order):
    store = OrderStore()
    for number in ["A-3", "A-2"]:
        store.add(replace(order, number=number))
    store.add(replace(order, customer="dora"))
    assert [o.number for o in store.of_customer("cleo")] == ["A-2", "A-3"]
