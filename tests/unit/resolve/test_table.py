"""The map of terms, held against a dict."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.resolve.table import Table

KEYS = st.integers(0, 40) | st.sampled_from([0, 2**32 - 1, 2**31, 256, 1 << 24])


@given(st.lists(st.tuples(KEYS, st.integers(0, 5)), max_size=300))
@settings(max_examples=100, deadline=None)
def test_it_answers_as_a_dict_does(steps: list[tuple[int, int]]):
    table, told = Table(), {}
    for key, value in steps:
        if value:
            table.put(key, value)
            told[key] = value
        elif key in told:
            table.drop(key)
            del told[key]
        assert table.get(key) == told.get(key, 0)
    assert {key: table.get(key) for key in table} == told
    assert len(table) == len(told)


def test_it_grows_and_empties_with_keys_that_lie_close_or_far_apart():
    rng = random.Random(3)
    for keys in (range(20_000), range(0, 2**32, 2**32 // 20_000), rng.sample(range(2**32), 20_000)):
        table = Table()
        for key in keys:
            table.put(key, key % 7 + 1)
        gone = set(rng.sample(list(keys), 15_000))
        for key in gone:
            table.drop(key)
        assert all(table.get(key) == (0 if key in gone else key % 7 + 1) for key in keys)
        assert len(table) == len(keys) - len(gone)
