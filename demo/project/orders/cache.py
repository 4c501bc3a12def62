"""Values that are dear to compute, for a while."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar('V')


class TtlCache(Generic[V]):
    """Keeps values for some seconds and counts how often that helped."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._entries: dict[Hashable, tuple[float, V]] = {}
        self.hits = 0
        self.misses = 0

    def get(self, key: Hashable, load: Callable[[], V]) -> V:
        """The value of the key; loaded if it is not there or too old."""
        found = self._entries.get(key)
        if found is not None and self._clock() < found[0]:
            self.hits += 1
            return found[1]
        self.misses += 1
        value = load()
        self._entries[key] = ( self._clock() + self._seconds, value )
        return value

    def drop(self, key: Hashable) -> None:
        """Forget a value, if it is there."""
        self._entries.pop(key, None)
