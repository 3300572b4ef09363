# SPDX-License-Identifier: Apache-2.0
"""Ranges against a brute-force oracle that folds every single unit."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings, strategies as st

from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.lifecycle import Stage, StageFact, fold_stages
from trueorigin.domain.ranges import (
    RangeDraft,
    StageRange,
    UnitRange,
    find_overlap,
    find_standing_part,
    list_whole_run,
    parse_range,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
UNITS = 12

RUN = Run(
    id=1,
    organisation_id=UUID(int=1),
    batch_id=UUID(int=2),
    product_id=UUID(int=3),
    epoch=0,
    ordinal=0,
    symbols=16,
    quantity=100,
    packing=(24, 2),
    group_gtins=(None, None),
    gs1_prefix=None,
    sscc_first=(None, None),
    contents=Contents.LIST,
    public_url="https://example.com",
    created_at=NOON,
)

bounds = st.tuples(st.integers(0, UNITS), st.integers(0, UNITS)).filter(lambda b: b[0] < b[1])


@st.composite
def stage_ranges(draw: st.DrawFn) -> StageRange:
    start, stop = draw(bounds)
    fact = StageFact(
        effective_at=NOON + timedelta(hours=draw(st.integers(-3, 3))),
        fact_id=UUID(int=draw(st.integers(1, 10**6))),
        stage=draw(st.sampled_from([Stage.RELEASED, Stage.WITHDRAWN])),
    )
    return StageRange(start=start, stop=stop, fact=fact)


@settings(max_examples=400)
@given(
    facts=st.lists(stage_ranges(), max_size=8, unique_by=lambda each: each.fact.fact_id),
    wanted=bounds,
    stage=st.sampled_from([Stage.RELEASED, Stage.WITHDRAWN]),
)
def test_standing_part_equals_the_fold_of_every_unit(
    facts: list[StageRange], wanted: tuple[int, int], stage: Stage
) -> None:
    def stands(index: int) -> bool:
        holding = [each.fact for each in facts if each.start <= index < each.stop]
        return fold_stages(holding, at=NOON).stage is stage

    expected: tuple[int, int] | None = None
    for index in range(*wanted):
        if stands(index):
            expected = (expected[0] if expected else index, index + 1)
        elif expected:
            break
    given_range = UnitRange(level=0, start=wanted[0], stop=wanted[1])
    assert find_standing_part(given_range, facts, stage=stage, at=NOON) == expected


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 1), bounds), max_size=6))
def test_overlap_is_found_exactly_when_a_unit_is_named_twice(
    named: list[tuple[int, tuple[int, int]]],
) -> None:
    ranges = [UnitRange(level=level, start=b[0], stop=b[1]) for level, b in named]
    units = [(r.level, index) for r in ranges for index in range(r.start, r.stop)]
    found = find_overlap(ranges)
    assert (found is not None) == (len(units) != len(set(units)))
    if found is not None:
        shared = [u for u in set(units) if units.count(u) > 1]
        assert all((found.level, i) in shared for i in range(found.start, found.stop))


def test_whole_run_names_every_level_up_to_its_short_last_group() -> None:
    assert [(r.level, r.start, r.stop) for r in list_whole_run(RUN)] == [
        (0, 0, 100),
        (1, 0, 5),
        (2, 0, 3),
    ]


def test_a_range_without_bounds_is_the_whole_level() -> None:
    assert parse_range(RUN, RangeDraft(level=1)) == UnitRange(level=1, start=0, stop=5)


@pytest.mark.parametrize(
    ("draft", "code", "field"),
    [
        pytest.param(RangeDraft(level=3), "level_unknown", "x.level", id="level above the top"),
        pytest.param(RangeDraft(level=-1), "level_unknown", "x.level", id="level below the item"),
        pytest.param(RangeDraft(level=0, start=-1), "range_negative", "x.from", id="negative"),
        pytest.param(RangeDraft(level=0, stop=101), "range_beyond_run", "x.to", id="one beyond"),
        pytest.param(RangeDraft(level=1, stop=6), "range_beyond_run", "x.to", id="case beyond"),
        pytest.param(RangeDraft(level=0, start=5, stop=4), "range_reversed", "x.to", id="reversed"),
        pytest.param(RangeDraft(level=0, start=5, stop=5), "range_reversed", "x.to", id="empty"),
    ],
)
def test_a_range_outside_the_run_is_refused(draft: RangeDraft, code: str, field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        parse_range(RUN, draft, field="x.")
    assert (caught.value.code, caught.value.field) == (code, field)


def test_the_last_unit_is_within_the_run() -> None:
    assert parse_range(RUN, RangeDraft(level=0, start=99, stop=100)).stop == 100
