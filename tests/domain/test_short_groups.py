# SPDX-License-Identifier: Apache-2.0
"""What a group of a run holds, against packing every item by hand."""

from collections import Counter

from hypothesis import given, strategies as st
from tests.factories import make_batch, make_organisation, make_product, make_run

BATCH = make_batch(make_product(make_organisation()))


@given(st.integers(1, 400), st.lists(st.integers(2, 7), min_size=1, max_size=3))
def test_groups_hold_what_packing_by_hand_puts_there(quantity: int, packing: list[int]) -> None:
    none = (None,) * len(packing)
    run = make_run(
        BATCH, quantity=quantity, packing=tuple(packing), group_gtins=none, sscc_first=none
    )
    paths = []
    for item in range(quantity):
        path = [item]
        for count in packing:
            path.append(path[-1] // count)
        paths.append(path)
    for level in run.levels[1:]:
        for below in range(level):
            inside = Counter(group for group, _ in {(path[level], path[below]) for path in paths})
            assert len(inside) == run.quantity_at(level)
            assert [run.count_inside(level, index, below) for index in sorted(inside)] == [
                inside[index] for index in sorted(inside)
            ]
            # Only the last one may be short: two texts word any print file.
            full = run.count_inside(level, 0, below)
            assert all(inside[index] == full for index in range(len(inside) - 1))
