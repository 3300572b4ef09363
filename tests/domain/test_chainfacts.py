# SPDX-License-Identifier: Apache-2.0
"""What the chain says of one unit at one instant: each fact, when it begins and when it ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.chain_makers import (
    ALICE,
    REGULATOR,
    SHOP,
    WAREHOUSE,
    case,
    declare,
    hours,
    item,
    make_event,
    make_site,
    make_territory,
    pack,
    pallet,
    take_out,
    tell_history,
)
from tests.factories import make_organisation

from trueorigin.domain.chainfacts import NOTHING, ChainFacts, Sale, Surroundings, fold_chain
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.inspections import DETAIL, InspectionResult
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.territories import TERRITORY

OWNER = make_organisation(id=ALICE)
NANJING = make_site(OWNER, id=WAREHOUSE)
STORE = make_site(
    OWNER, id=SHOP, kind=SiteKind.SHOP, name="南京路店", region="上海", is_public=True,
    latitude=31.2, longitude=121.5,
)  # fmt: skip
EAST = make_territory(OWNER)
AROUND = Surroundings(
    sites={NANJING.id: NANJING, STORE.id: STORE},
    territories={EAST.id: EAST},
    organisations={REGULATOR: "市场监督管理局"},
)


def facts(*events: Event, at: datetime | None = None, unit: int | None = None) -> ChainFacts:
    history = tell_history(item(7) if unit is None else unit, *events)
    return fold_chain(history, AROUND, at=hours(100) if at is None else at)


def did(kind: EventKind, at: float, *units: int, **fields: Any) -> Event:  # noqa: ANN401 - of any type
    return make_event(hours(at), *(units or (item(7),)), kind=kind, **fields)


def found(result: str, at: float, *units: int, **more: Any) -> Event:  # noqa: ANN401 - JSON
    return did(
        EventKind.INSPECTING, at, *units,
        organisation_id=REGULATOR, details={DETAIL: {"result": result, **more}},
    )  # fmt: skip


def results(of: ChainFacts) -> Sequence[InspectionResult | None]:
    return [None if each is None else each.result for each in (of.judged, of.sealed)]


def test_a_unit_of_which_nothing_is_known_has_no_facts() -> None:
    assert facts() == NOTHING == ChainFacts()


def test_destruction_holds_from_its_hour_for_whoever_was_inside() -> None:
    packed = pack(hours(0), case(0), item(7))
    burnt = did(EventKind.DESTROYING, 5, case(0))
    again = did(EventKind.DESTROYING, 6)
    assert facts(packed, burnt, again).destroyed_at == hours(5)
    assert facts(packed, burnt, at=hours(5)).destroyed_at == hours(5)
    assert facts(packed, burnt, at=hours(4.99)).destroyed_at is None
    assert facts(packed, burnt, unit=item(8)).destroyed_at is None
    out = take_out(hours(4), item(7))
    assert facts(packed, out, burnt).destroyed_at is None


def test_events_declared_in_error_count_for_nothing() -> None:
    events = [
        did(EventKind.DESTROYING, 5),
        did(EventKind.SELLING, 5),
        found("suspected_counterfeit", 5),
        found("sealed", 6),
        did(EventKind.SHIPPING, 7, details={TERRITORY: str(EAST.id)}),
    ]
    assert facts(*events) != NOTHING
    assert facts(*(replace(each, declaration=declare(each)) for each in events)) == NOTHING


def test_the_last_judging_finding_counts_and_all_are_kept() -> None:
    notes = {"zh": "铅超标", "en": "Lead"}
    wrong = found("does_not_conform", 2, authority="南京市局", document="宁检 7", notes=notes)
    right = found("conforms", 3)
    sampled = found("sampled", 4)
    told = facts(sampled, right, wrong)
    assert results(told) == [InspectionResult.CONFORMS, None]
    assert [each.result.value for each in told.findings] == [
        "does_not_conform",
        "conforms",
        "sampled",
    ]
    first = told.findings[0]
    assert (first.authority, first.document, first.at) == ("南京市局", "宁检 7", hours(2))
    assert first.notes is not None
    assert (first.notes.zh, first.notes.en) == ("铅超标", "Lead")
    # An authority that names no office is shown by its own name.
    assert told.findings[1].authority == "市场监督管理局"
    assert results(facts(sampled, right, wrong, at=hours(2))) == [
        InspectionResult.DOES_NOT_CONFORM,
        None,
    ]


def test_a_seal_holds_until_it_is_lifted_and_judges_nothing() -> None:
    sealed, lifted = found("sealed", 2), found("unsealed", 4)
    assert results(facts(lifted, sealed, at=hours(3))) == [None, InspectionResult.SEALED]
    assert results(facts(lifted, sealed)) == [None, None]
    again = found("sealed", 5)
    assert facts(again, lifted, sealed).sealed == facts(again).sealed


def test_a_finding_on_a_group_holds_for_what_was_inside() -> None:
    packed = pack(hours(0), case(0), item(7))
    sealed = found("sealed", 2, case(0))
    late = pack(hours(3), case(0), item(8))
    assert results(facts(packed, sealed)) == [None, InspectionResult.SEALED]
    assert results(facts(packed, sealed, late, unit=item(8))) == [None, None]


def test_a_sale_is_the_first_one_since_the_last_return_and_names_public_places_only() -> None:
    sold = did(EventKind.SELLING, 2, site_id=SHOP)
    assert facts(sold).sale == Sale(at=hours(2), place="南京路店 (上海)")
    twice = did(EventKind.SELLING, 3, site_id=WAREHOUSE)
    assert facts(sold, twice).sale == facts(sold).sale
    back = did(EventKind.RETURNING, 4)
    assert facts(sold, twice, back).sale is None
    again = did(EventKind.SELLING, 5, site_id=WAREHOUSE)
    assert facts(sold, twice, back, again).sale == Sale(at=hours(5), place=None)
    assert facts(did(EventKind.SELLING, 5)).sale == Sale(at=hours(5), place=None)


def test_a_container_is_kept_where_it_was_last_put() -> None:
    packed = pack(hours(0), case(0), item(7), site_id=SHOP)
    # Packing alone puts nothing anywhere.
    assert facts(packed).keeping is None
    received = did(EventKind.RECEIVING, 1, case(0), site_id=SHOP)
    kept = facts(packed, received).keeping
    assert kept is not None
    assert (kept.place, kept.since, kept.region) == (STORE.place, hours(1), "上海")
    stored = did(EventKind.STORING, 2, case(0), site_id=WAREHOUSE)
    kept = facts(packed, received, stored).keeping
    assert kept is not None
    # A site that is not public is measured from, and not named.
    assert (kept.place, kept.since, kept.region) == (NANJING.place, hours(2), None)


def test_outer_containers_take_the_unit_along() -> None:
    packed = pack(hours(0), case(0), item(7), site_id=SHOP)
    loaded = pack(hours(1), pallet(0), case(0))
    assert facts(packed, loaded).keeping is None
    received = did(EventKind.RECEIVING, 2, pallet(0), site_id=WAREHOUSE)
    kept = facts(packed, loaded, received).keeping
    assert kept is not None
    assert kept.place == NANJING.place


def test_nothing_is_kept_in_transit_singly_outside_or_nowhere() -> None:
    packed = pack(hours(0), case(0), item(7), site_id=WAREHOUSE)
    kept = did(EventKind.STORING, 1, case(0), site_id=WAREHOUSE)
    for last in (
        did(EventKind.SHIPPING, 2, case(0), site_id=WAREHOUSE),
        did(EventKind.SELLING, 2, case(0), site_id=WAREHOUSE),
        did(EventKind.STORING, 2, case(0)),
        did(EventKind.STORING, 2, case(0), site_id=UUID(int=9)),
        did(EventKind.STORING, 2, item(7), site_id=WAREHOUSE),
        did(EventKind.SELLING, 2, item(7), site_id=SHOP),
        take_out(hours(2), item(7)),
    ):
        assert facts(packed, kept, last).keeping is None
        assert facts(packed, kept, last, at=hours(1.9)).keeping is not None
    assert facts(did(EventKind.STORING, 2, site_id=WAREHOUSE)).keeping is None


def test_goods_are_meant_for_the_region_of_the_last_shipment_that_names_one() -> None:
    sent = did(EventKind.SHIPPING, 1, details={TERRITORY: str(EAST.id)})
    onward = did(EventKind.SHIPPING, 2, details={"vehicle": "A"})
    told = facts(sent, onward).shipment
    assert told is not None
    assert (told.event_id, told.territory) == (sent.id, EAST)
    unknown = did(EventKind.SHIPPING, 3, details={TERRITORY: str(UUID(int=1))})
    assert facts(sent, unknown).shipment == told
    assert facts(sent, did(EventKind.RETURNING, 3)).shipment is None
    assert facts(did(EventKind.STORING, 1, details={TERRITORY: str(EAST.id)})).shipment is None
