"""The desk: store, prices and cache behind one counter."""

from decimal import Decimal

from orders.cache import TtlCache
from orders.model import Order
from orders.pricing import total
from orders.store import OrderStore


class OrderDesk:
    """Takes orders and says what they cost."""

    def __init__(self, store: OrderStore, cache: TtlCache[Decimal]) -> None:
        self._store = store
        self._cache = cache

    def place(self, order: Order) -> Order:
        """Take a new order."""
        return self._store.add(order)

    def change(self, order: Order) -> Order:
        """Take a changed order; its old price is forgotten."""
        saved = self._store.save(order)
        self._cache.drop(saved.number)
        return saved

    def cancel(self, number: str) -> None:
        if self._store.remove(number):
            self._cache.drop(number)

    def price(self, number: str) -> Decimal:
        """What the order costs, computed at most once a while."""
        return self._cache.get(number, lambda: total(self._store.get(number)))
