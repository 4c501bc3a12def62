"""Tests of the cache."""

from orders.cache import TtlCache


def test_a_value_is_loaded_once():
    cache = TtlCache(10)
    values = iter([1, 2])
    assert [cache.get("k", lambda: next(values)) for _ in range(2)] == [1, 1]
    assert (cache.hits, cache.misses) == (1, 1)


def test_an_old_value_is_loaded_again():
    now = [0.0]
    cache = TtlCache(10, clock=lambda: now[0])
    cache.get("k", lambda: "old")
    now[0] = 10.0
    assert cache.get("k", lambda: "new") == "new"
