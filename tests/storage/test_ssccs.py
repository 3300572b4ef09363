# SPDX-License-Identifier: Apache-2.0
"""No SSCC is drawn twice, under whichever of its nested prefixes an organisation draws."""

from dataclasses import replace
from itertools import combinations

import pytest
from tests.factories import Cast, make_act, make_run

from trueorigin.domain.catalog import Run
from trueorigin.domain.errors import ConflictError
from trueorigin.domain.gs1 import build_sscc, sscc_capacity
from trueorigin.services import issuing
from trueorigin.services.issuing import RunDraft
from trueorigin.storage import accounts, catalog, ssccs
from trueorigin.storage.database import Database, Tx

SHORT, LONG = "9521234", "95212340"


def take_prefix(tx: Tx, cast: Cast, prefix: str) -> None:
    """Let Alice's organisation change its GS1 company prefix."""
    row = accounts.get_organisation(tx, cast.alice.scope)
    accounts.update_organisation(tx, cast.alice.scope, replace(row, gs1_prefix=prefix))


def order(tx: Tx, cast: Cast, quantity: int = 100) -> Run:
    draft = RunDraft(
        batch_id=cast.alice.batch.id,
        quantity=quantity,
        public_url="https://ex.cn",
        packing=(10, 2),
    )
    return issuing.create_run(tx, make_act(cast.alice.organisation), draft)


def list_printed(run: Run) -> list[str]:
    """Return the 18 digits of every group of a run."""
    assert run.gs1_prefix is not None
    return [
        build_sscc(run.gs1_prefix, first + index)
        for level, first in enumerate(run.sscc_first, start=1)
        if first is not None
        for index in range(run.quantity_at(level))
    ]


@pytest.mark.parametrize(
    "prefixes",
    [
        pytest.param((SHORT, LONG), id="to a longer one"),
        pytest.param((LONG, SHORT), id="to a shorter one"),
        pytest.param((SHORT, LONG, SHORT, LONG), id="there and back"),
        pytest.param((LONG, SHORT, LONG + "00", SHORT, LONG), id="three of them"),
    ],
)
def test_a_changed_prefix_prints_no_number_again(
    database: Database, cast: Cast, prefixes: tuple[str, ...]
) -> None:
    printed: list[list[str]] = []
    for prefix in prefixes:
        with database.write() as tx:
            take_prefix(tx, cast, prefix)
            printed.append(list_printed(order(tx, cast)))
    assert all(len(numbers) == len(set(numbers)) == 15 for numbers in printed)
    for one, another in combinations(printed, 2):
        assert set(one).isdisjoint(another)


@pytest.mark.parametrize("prefix", [LONG, SHORT[:-1], "6901234", "9521235"])
def test_a_mistyped_prefix_is_corrected_and_draws_from_its_first_number(
    database: Database, cast: Cast, prefix: str
) -> None:
    """Nothing was drawn under what was typed first: nothing is passed over."""
    with database.write() as tx:
        take_prefix(tx, cast, SHORT)
        take_prefix(tx, cast, prefix)
        assert order(tx, cast).sscc_first == (0, 10)


def test_each_extension_digit_is_passed_over_for_itself(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    short, long = "95212340000", "952123400005"
    with database.write() as tx:
        # All of extension digit 0, and five numbers of digit 1.
        assert ssccs.reserve_sscc(tx, scope, long, 10_005, sscc_capacity(long)) == 0
        assert ssccs.reserve_sscc(tx, scope, short, 50_000, sscc_capacity(short)) == 0
        assert ssccs.reserve_sscc(tx, scope, short, 1, sscc_capacity(short)) == 60_000
        # What is left before the second stretch is too short: a block never crosses used numbers.
        assert ssccs.reserve_sscc(tx, scope, short, 90_000, sscc_capacity(short)) == 150_005


def test_the_shortage_is_what_is_left_in_a_row(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    short, long = "95212340000", "952123400005"
    capacity = sscc_capacity(short)
    with database.write() as tx:
        # All but the last extension digit, of which one number: between two stretches are 90,000.
        ssccs.reserve_sscc(tx, scope, long, 90_001, sscc_capacity(long))
        assert ssccs.reserve_sscc(tx, scope, short, 1, capacity) == 0
        with pytest.raises(ConflictError) as caught:
            ssccs.reserve_sscc(tx, scope, short, 90_001, capacity)
        assert caught.value.code == "sscc_exhausted"
        assert caught.value.params == {"needed": 90_001, "available": 90_000}
        # A refusal reserves nothing.
        assert ssccs.reserve_sscc(tx, scope, short, 90_000, capacity) == 60_000
        assert ssccs.reserve_sscc(tx, scope, long, 1, sscc_capacity(long)) == 90_001


def test_a_pool_that_a_shorter_prefix_emptied_is_exhausted(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    short, long = "95212340000", "952123400005"
    with database.write() as tx:
        ssccs.reserve_sscc(tx, scope, short, sscc_capacity(short), sscc_capacity(short))
        with pytest.raises(ConflictError) as caught:
            ssccs.reserve_sscc(tx, scope, long, 1, sscc_capacity(long))
        assert caught.value.params == {"needed": 1, "available": 0}


def test_sscc_blocks_follow_one_another_up_to_the_capacity(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    with database.write() as tx:
        assert ssccs.reserve_sscc(tx, scope, "690123", 40, 100) == 0
        assert ssccs.reserve_sscc(tx, scope, "690123", 50, 100) == 40
        with pytest.raises(ConflictError) as caught:
            ssccs.reserve_sscc(tx, scope, "690123", 11, 100)
        assert caught.value.code == "sscc_exhausted"
        assert caught.value.params == {"needed": 11, "available": 10}
        assert ssccs.reserve_sscc(tx, scope, "690123", 10, 100) == 90
        with pytest.raises(ConflictError, match="sscc_exhausted"):
            ssccs.reserve_sscc(tx, scope, "690123", 1, 100)
        with pytest.raises(ConflictError, match="gs1_prefix_taken"):
            ssccs.reserve_sscc(tx, cast.charlie.scope, "690123", 1, 1000)
        assert ssccs.find_sscc_owners(tx, ["690123", "690124"]) == {"690123": scope}
        assert ssccs.find_sscc_owners(tx, []) == {}


def test_a_plain_sscc_leads_to_its_unit(database: Database, cast: Cast) -> None:
    run = make_run(
        cast.alice.batch,
        id=50,
        ordinal=50,
        quantity=1000,
        packing=(24, 40),
        gs1_prefix="690123",
        sscc_first=(100, 200),
    )
    with database.write() as tx:
        catalog.append_run(tx, cast.alice.scope, run)
    with database.read() as tx:
        assert ssccs.find_sscc_unit(tx, "690123", 99) is None
        assert ssccs.find_sscc_unit(tx, "690123", 100) == (50, 1, 0)
        assert ssccs.find_sscc_unit(tx, "690123", 141) == (50, 1, 41)
        assert ssccs.find_sscc_unit(tx, "690123", 142) is None
        assert ssccs.find_sscc_unit(tx, "690123", 201) == (50, 2, 1)
        assert ssccs.find_sscc_unit(tx, "690123", 202) is None
        assert ssccs.find_sscc_unit(tx, "690124", 100) is None
