# SPDX-License-Identifier: Apache-2.0
"""A label's list of units held against what is inside."""

import pytest

from trueorigin.domain.contents import LISTED_MAX, compare_claim
from trueorigin.domain.digitallink import Contents

ONE, TWO, THREE = "AAAAAA", "BBBBBB", "CCCCCC"


def listed(*numbers: str) -> Contents:
    return Contents(numbers=numbers, count=len(numbers))


def test_order_means_nothing() -> None:
    claim = compare_claim(listed(TWO, ONE), 2, [ONE, TWO], ())
    assert (claim.agrees, claim.missing, claim.extra) == (True, (), ())


def test_a_number_printed_twice_is_extra_once() -> None:
    claim = compare_claim(listed(ONE, ONE), 2, [ONE, TWO], ())
    assert (claim.agrees, claim.missing, claim.extra) == (False, (TWO,), (ONE,))


def test_two_units_of_one_number_are_both_inside() -> None:
    assert compare_claim(listed(ONE, ONE), 2, [ONE, ONE], ()).agrees
    claim = compare_claim(listed(ONE), 2, [ONE, ONE], ())
    assert (claim.agrees, claim.missing, claim.extra) == (False, (ONE,), ())


def test_an_empty_group_lacks_all_that_is_printed() -> None:
    claim = compare_claim(listed(ONE, TWO), 0, [], ())
    assert (claim.agrees, claim.missing, claim.extra) == (False, (), (ONE, TWO))


@pytest.mark.parametrize(
    ("count", "numbers", "firsts", "agrees"),
    [
        (3, [ONE, TWO, THREE], [ONE], True),
        # Of goods of two runs the label may begin with either.
        (3, [TWO, ONE, THREE], [TWO, ONE], True),
        (3, [TWO, ONE, THREE], [TWO], False),
        (2, [ONE, TWO], [ONE], False),
        (3, [TWO, THREE, "DDDDDD"], [TWO], False),
        (0, [], [], False),
    ],
)
def test_first_and_count(
    count: int, numbers: list[str], firsts: list[str], *, agrees: bool
) -> None:
    claim = compare_claim(Contents(numbers=(ONE,), count=3), count, numbers, firsts)
    assert claim.agrees is agrees
    assert (claim.is_listed, claim.missing, claim.extra) == (False, (), ())


def test_what_is_missing_is_listed_up_to_a_limit() -> None:
    numbers = [f"{place:06}" for place in range(LISTED_MAX + 1)]
    claim = compare_claim(listed(ONE), len(numbers), numbers, ())
    assert len(claim.missing) == LISTED_MAX
    assert claim.extra == (ONE,)
