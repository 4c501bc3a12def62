"""Where orders are kept."""

from dataclasses import replace

from orders.model import Order


class StaleOrder(Exception):
    """Somebody else saved the order in the meantime."""


class OrderStore:
    """Orders in memory, by number, with optimistic locking."""

    def __init__(self) -> None:
        self._orders: dict[str, Order] = {}

    def __len__(self) -> int:
        return len(self._orders)

    def add(self, order: Order) -> Order:
        """Keep a new order as version 1."""
        if order.number in self._orders:
            raise ValueError(f"order {order.number} exists already")
        return self._keep(order)

    def get(self, number: str) -> Order:
        """The order of that number; KeyError if there is none."""
        return self._orders[number]

    def save(self, order: Order) -> Order:
        """Keep a changed order, unless it was changed elsewhere too."""
        kept = self.get(order.number)
        if kept.version != order.version:
            raise StaleOrder(f"{order.number}: {order.version} is not {kept.version}")
        return self._keep(order)

    def remove(self, number: str) -> bool:
        """Forget an order; false if there was none."""
        return self._orders.pop(number, None) is not None

    def of_customer(self, customer: str) -> list[Order]:
        """All orders of a customer, by number."""
        found = [o for o in self._orders.values() if o.customer == customer]
        return sorted(found, key=lambda order: order.number)

    def _keep(self, order: Order) -> Order:
        """Store the next version."""
        kept = replace(order, version=order.version + 1)
        self._orders[kept.number] = kept
        return kept
