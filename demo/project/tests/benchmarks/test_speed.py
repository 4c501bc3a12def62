"""How fast the desk is."""

from dataclasses import replace

from orders.pricing import total
from orders.store import OrderStore


def test_read_an_order(benchmark, order):
    """One order out of a thousand."""
    store = OrderStore()
    for number in range(1000):
        store.add(replace(order, number=f"A-{number}"))
    found = benchmark(store.get, "A-500")
    assert found.number == "A-500"


def test_price_a_hundred_orders(benchmark, order):
    """One round prices 100 orders."""
    batch = [order] * 100
    totals = benchmark(lambda: [total(each) for each in batch])
    assert len(totals) == 100
