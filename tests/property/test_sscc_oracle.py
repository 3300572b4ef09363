# SPDX-License-Identifier: Apache-2.0
"""SSCCs drawn under nested prefixes, against an oracle that writes out every 18-digit number."""

from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.factories import Cast

from trueorigin.domain.errors import ConflictError
from trueorigin.domain.gs1 import build_sscc, sscc_capacity
from trueorigin.domain.ssccs import list_shared
from trueorigin.storage.database import Database
from trueorigin.storage.schema import sscc_pool
from trueorigin.storage.ssccs import reserve_sscc

# The smallest pools there are: a prefix of twelve digits makes a hundred thousand numbers.
SHORT = "95212340000"
PREFIXES = (SHORT, SHORT + "0", SHORT + "5", SHORT + "9")

Flags: TypeAlias = npt.NDArray[np.bool_]


@cache
def write_numbers(prefix: str) -> npt.NDArray[np.uint64]:
    """Return every SSCC of a prefix by its reference."""
    count = sscc_capacity(prefix)
    return np.array([int(build_sscc(prefix, each)) for each in range(count)], dtype=np.uint64)


@cache
def find_places(prefix: str) -> npt.NDArray[np.intp]:
    """Return where each number of a prefix stands among all of them: the short prefix has all."""
    everything = np.sort(write_numbers(SHORT))
    numbers = write_numbers(prefix)
    places = np.searchsorted(everything, numbers)
    assert np.array_equal(everything[places], numbers)
    return places


class Oracle:
    """Remembers of every number whether it was drawn, and which pools lie behind it."""

    def __init__(self) -> None:
        size = sscc_capacity(SHORT)
        self.drawn: Flags = np.zeros(size, dtype=np.bool_)
        self.behind: dict[str, Flags] = {each: np.zeros(size, np.bool_) for each in PREFIXES}
        self.ends = dict.fromkeys(PREFIXES, 0)

    def expect(self, prefix: str, count: int) -> tuple[int | None, int]:
        """Return where the next block begins, and how many are free in a row if there is none."""
        others = [flags for each, flags in self.behind.items() if each != prefix]
        used = np.logical_or.reduce(others)[find_places(prefix)]
        used[: self.ends[prefix]] = True
        used_before = np.concatenate(([0], np.cumsum(used)))
        free = np.flatnonzero(used_before[count:] == used_before[: len(used) + 1 - count])
        if len(free):
            return int(free[0]), 0
        edges = np.flatnonzero(np.concatenate(([True], used, [True])))
        return None, int(np.diff(edges).max()) - 1

    def draw(self, prefix: str, first: int, count: int) -> None:
        places = find_places(prefix)
        block = places[first : first + count]
        assert len(block) == count
        assert not self.drawn[block].any(), "printed twice"
        self.drawn[block] = True
        self.behind[prefix][places[self.ends[prefix] : first + count]] = True
        self.ends[prefix] = first + count


draws = st.tuples(
    st.sampled_from(PREFIXES),
    st.one_of(
        st.integers(1, 30_000),
        st.sampled_from([1, 9_999, 10_000, 10_001, 90_000, 100_000, 400_000]),
    ),
)


@settings(
    max_examples=40,
    deadline=None,
    # Each example begins without pools in the one database.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wanted=st.lists(draws, max_size=16))
def test_no_number_is_drawn_twice_and_no_block_is_missed(
    database: Database, cast: Cast, wanted: list[tuple[str, int]]
) -> None:
    oracle = Oracle()
    with database.write() as tx:
        tx.execute(sscc_pool.delete())
        for prefix, count in wanted:
            capacity = sscc_capacity(prefix)
            if count > capacity:
                continue
            expected, free = oracle.expect(prefix, count)
            if expected is None:
                with pytest.raises(ConflictError) as caught:
                    reserve_sscc(tx, cast.alice.scope, prefix, count, capacity)
                assert caught.value.code == "sscc_exhausted"
                assert caught.value.params == {"needed": count, "available": free}
                continue
            first = reserve_sscc(tx, cast.alice.scope, prefix, count, capacity)
            assert first == expected
            oracle.draw(prefix, first, count)


@given(
    own=st.sampled_from(PREFIXES),
    other=st.sampled_from(PREFIXES),
    stop=st.integers(0, sscc_capacity(SHORT)),
)
def test_shared_references_are_those_of_the_same_numbers(own: str, other: str, stop: int) -> None:
    stop = min(stop, sscc_capacity(other))
    flags = np.zeros(sscc_capacity(SHORT), dtype=np.bool_)
    flags[find_places(other)[:stop]] = True
    told = np.zeros(sscc_capacity(own), dtype=np.bool_)
    for block in list_shared(own, other, stop):
        assert not told[block.first : block.stop].any()
        told[block.first : block.stop] = True
    assert np.array_equal(told, flags[find_places(own)])
