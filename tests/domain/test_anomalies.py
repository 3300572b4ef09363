"""What cannot be in the life of a unit is flagged, and what may well be is not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.chain_makers import (
    REGULATOR,
    SAM,
    SHOP,
    WAREHOUSE,
    case,
    declare,
    empty,
    hours,
    item,
    make_event,
    pack,
    pallet,
    take_out,
    tell_history,
)
from tests.factories import make_id

from trueorigin.domain.anomalies import Anomaly, AnomalyCode, find_anomalies
from trueorigin.domain.containment import DEPTH_MAX
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.lifecycle import Stage, StageFact

ITEM, CASE = item(7), case(1)
ISSUED = hours(-24)


def stage(at: float, stage: Stage = Stage.RELEASED) -> StageFact:
    return StageFact(effective_at=hours(at), fact_id=make_id(), stage=stage)


RELEASED = (stage(-20),)


def flags(*events: Event, stages: tuple[StageFact, ...] = RELEASED) -> tuple[Anomaly, ...]:
    return find_anomalies(tell_history(ITEM, *events), stages, issued_at=ISSUED)


def did(kind: EventKind, at: float, unit: int = ITEM, **fields: Any) -> Event:  # noqa: ANN401 - of any type
    return make_event(hours(at), unit, kind=kind, **fields)


def test_an_ordinary_life_has_no_flags() -> None:
    assert (
        flags(
            did(EventKind.COMMISSIONING, 0),
            pack(hours(1), CASE, ITEM),
            did(EventKind.SHIPPING, 2, CASE, partner_id=SAM),
            did(EventKind.RECEIVING, 3, CASE, organisation_id=SAM, site_id=SHOP),
            empty(hours(4), CASE, organisation_id=SAM),
            did(EventKind.SELLING, 5, organisation_id=SAM, site_id=SHOP),
            did(EventKind.RETURNING, 6, organisation_id=SAM),
            did(EventKind.SELLING, 7, organisation_id=SAM),
            did(EventKind.INSPECTING, 8, organisation_id=REGULATOR),
        )
        == ()
    )


def test_packed_into_one_container_while_in_another() -> None:
    again = pack(hours(2), case(2), ITEM)
    assert flags(pack(hours(1), CASE, ITEM), again) == (
        Anomaly(again.moment, AnomalyCode.PACKED_TWICE),
    )


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(take_out(hours(2), ITEM), id="taken out"),
        pytest.param(empty(hours(2), CASE), id="case broken up"),
    ],
)
def test_packed_into_another_container_after_it_came_out(between: Event) -> None:
    assert flags(pack(hours(1), CASE, ITEM), between, pack(hours(3), case(2), ITEM)) == ()


def test_packed_into_the_same_container_again_is_only_said_twice() -> None:
    assert flags(pack(hours(1), CASE, ITEM), pack(hours(2), CASE, ITEM)) == ()


def test_taken_out_of_a_container_it_was_not_in() -> None:
    wrong = take_out(hours(2), ITEM, container=case(2))
    assert flags(pack(hours(1), CASE, ITEM), wrong) == (
        Anomaly(wrong.moment, AnomalyCode.NOT_INSIDE),
    )
    assert flags(pack(hours(1), CASE, ITEM), take_out(hours(2), ITEM, container=CASE)) == ()
    nowhere = take_out(hours(2), ITEM, container=CASE)
    assert flags(nowhere) == (Anomaly(nowhere.moment, AnomalyCode.NOT_INSIDE),)


INSIDE = pack(hours(1), CASE, ITEM)
SHIPPED = did(EventKind.SHIPPING, 2, CASE, partner_id=SAM)
STORED = did(EventKind.STORING, 2, CASE, site_id=WAREHOUSE)


@pytest.mark.parametrize(
    ("outer", "own", "is_apart"),
    [
        pytest.param(SHIPPED, {"organisation_id": REGULATOR}, True, id="by a stranger"),
        pytest.param(SHIPPED, {"organisation_id": SAM}, False, id="by whom it was shipped to"),
        pytest.param(SHIPPED, {"site_id": SHOP}, False, id="on its way it is at no site"),
        pytest.param(STORED, {"site_id": SHOP}, True, id="at another site"),
        pytest.param(STORED, {"site_id": WAREHOUSE}, False, id="at the same site"),
        pytest.param(STORED, {}, False, id="nobody says where"),
    ],
)
def test_moved_by_itself_while_its_case_is_elsewhere(
    outer: Event, own: dict[str, Any], *, is_apart: bool
) -> None:
    moved = did(EventKind.STORING, 3, **own)
    expected = (Anomaly(moved.moment, AnomalyCode.APART),) if is_apart else ()
    assert flags(INSIDE, outer, moved) == expected


def test_where_its_last_case_was_says_nothing_of_the_next_one() -> None:
    moved = did(EventKind.STORING, 5, site_id=SHOP)
    into = pack(hours(4), case(2), ITEM)
    assert flags(INSIDE, STORED, take_out(hours(3), ITEM), into, moved) == ()
    assert flags(did(EventKind.STORING, 1, site_id=SHOP), moved) == ()


@pytest.mark.parametrize("kind", [EventKind.PACKING, EventKind.SHIPPING, EventKind.SELLING])
def test_handed_on_before_release_or_after_withdrawal(kind: EventKind) -> None:
    event = pack(hours(1), CASE, ITEM) if kind is EventKind.PACKING else did(kind, 1)
    early = flags(event, stages=(stage(2),))
    assert early == (Anomaly(event.moment, AnomalyCode.BEFORE_RELEASE),)
    late = flags(event, stages=(stage(-1), stage(0, Stage.WITHDRAWN)))
    assert late == (Anomaly(event.moment, AnomalyCode.AFTER_WITHDRAWAL),)
    assert flags(event, stages=(stage(-1), stage(0, Stage.WITHDRAWN), stage(0.5))) == ()


def test_stored_or_inspected_before_release_is_in_order() -> None:
    assert flags(did(EventKind.STORING, 1), did(EventKind.INSPECTING, 2), stages=()) == ()


def test_sold_twice_and_moved_after_sale() -> None:
    sold, again = did(EventKind.SELLING, 1), did(EventKind.SELLING, 2)
    moved = did(EventKind.SHIPPING, 3)
    assert flags(sold, again, moved) == (
        Anomaly(again.moment, AnomalyCode.SOLD_TWICE),
        Anomaly(moved.moment, AnomalyCode.AFTER_SALE),
    )


def test_anything_after_destruction() -> None:
    gone, read = did(EventKind.DESTROYING, 1, CASE), did(EventKind.INSPECTING, 2)
    inside = pack(hours(0), CASE, ITEM)
    assert flags(inside, gone, read) == (Anomaly(read.moment, AnomalyCode.AFTER_DESTRUCTION),)


def test_clocks_that_are_wrong() -> None:
    ahead = did(EventKind.STORING, 1, recorded_at=hours(1) - timedelta(days=365))
    behind = did(EventKind.STORING, -24 * 365)
    assert flags(ahead, behind) == (
        Anomaly(behind.moment, AnomalyCode.CLOCK_BEHIND),
        Anomaly(ahead.moment, AnomalyCode.CLOCK_AHEAD),
    )
    assert (
        flags(did(EventKind.STORING, 1, recorded_at=hours(0.5)), did(EventKind.STORING, -24.5))
        == ()
    )


def test_loops_and_endless_nesting() -> None:
    loop = pack(hours(2), ITEM, CASE)
    assert flags(INSIDE, loop) == (Anomaly(loop.moment, AnomalyCode.LOOP),)
    nested = [pack(hours(1), CASE, ITEM)]
    nested += [
        pack(hours(1 + n), pallet(n), pallet(n - 1) if n > 1 else CASE) for n in range(1, 10)
    ]
    assert flags(*nested) == (Anomaly(nested[DEPTH_MAX].moment, AnomalyCode.TOO_DEEP),)


def test_what_was_declared_in_error_accuses_nobody() -> None:
    again = did(EventKind.SELLING, 2)
    wrong = replace(again, declaration=declare(again))
    assert flags(did(EventKind.SELLING, 1), wrong) == ()
