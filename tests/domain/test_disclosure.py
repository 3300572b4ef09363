# SPDX-License-Identifier: Apache-2.0
"""What everybody may know of a unit's life, and what nobody is told."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from tests.chain_makers import (
    ALICE,
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
    make_site,
    pack,
    pack_planned,
    tell_history,
)
from tests.factories import make_organisation

from trueorigin.domain.chainfacts import Surroundings, fold_chain
from trueorigin.domain.disclosure import (
    FINDINGS_MAX,
    NOTHING,
    STEPS_MAX,
    TOLD,
    Disclosure,
    disclose,
)
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.inspections import DETAIL
from trueorigin.domain.packing import Plan, Span
from trueorigin.domain.risk import CELL_RADIUS_KM
from trueorigin.domain.sites import SiteKind

OWNER = make_organisation(id=ALICE)
SECRETS = ("暗仓", "顺风物流", "贵A12345", "给司机的话", "REGION-EAST")
HIDDEN = make_site(OWNER, id=WAREHOUSE, name="暗仓", region="暗仓省")
STORE = make_site(
    OWNER, id=SHOP, kind=SiteKind.SHOP, name="解放路店", region="成都", is_public=True
)  # fmt: skip
AROUND = Surroundings(
    sites={HIDDEN.id: HIDDEN, STORE.id: STORE},
    territories={},
    organisations={ALICE: "宁山酒业", SAM: "顺风物流", REGULATOR: "市场监督管理局"},
)
CHAIN_DOC = Path(__file__).parents[2] / "docs" / "chain.md"


def told(*events: Event, at: datetime | None = None, unit: int | None = None) -> Disclosure:
    history = tell_history(item(7) if unit is None else unit, *events)
    at = hours(1000) if at is None else at
    return disclose(history, AROUND, fold_chain(history, AROUND, at=at).findings, at=at)


def found(at: float, result: str = "conforms") -> Event:
    return make_event(
        hours(at),
        item(7),
        kind=EventKind.INSPECTING,
        organisation_id=REGULATOR,
        details={DETAIL: {"result": result, "document": "7", "notes": {"zh": "合格", "en": None}}},
    )


def test_nothing_is_told_of_units_nothing_happened_to() -> None:
    assert told() == NOTHING


@pytest.mark.parametrize("kind", [each for each in EventKind if TOLD[each]])
def test_partners_sites_and_details_are_never_told(kind: EventKind) -> None:
    event = make_event(
        hours(1),
        item(7),
        kind=kind,
        organisation_id=SAM,
        site_id=WAREHOUSE,
        partner_id=SAM,
        details={
            "carrier": "顺风物流",
            "vehicle": "贵A12345",
            "notes": "给司机的话",
            "territory": "00000000-0000-0000-0000-000000000001",
        },
    )
    disclosure = told(event)
    [step] = disclosure.steps
    assert (step.kind, step.at, step.stop) == (kind, hours(1), None)
    assert not any(secret in repr(disclosure) for secret in SECRETS)
    assert str(SAM) not in repr(disclosure)


def test_a_public_site_is_told_with_its_organisation_and_cell_only() -> None:
    [step] = told(make_event(hours(1), item(7), kind=EventKind.SELLING, site_id=SHOP)).steps
    assert step.stop is not None
    assert (step.stop.name, step.stop.organisation) == ("解放路店 (成都)", "宁山酒业")
    place = step.stop.place
    assert place is not None
    assert CELL_RADIUS_KM == 8
    assert str(place) == "32.1,118.8"
    assert "32.06" not in repr(step)


def test_errors_the_future_and_owners_inspections_are_left_out() -> None:
    shipped = make_event(hours(1), item(7))
    assert told(replace(shipped, declaration=declare(shipped))) == NOTHING
    assert told(shipped, at=hours(0.5)) == NOTHING
    assert told(make_event(hours(1), item(7), kind=EventKind.INSPECTING)) == NOTHING
    assert told(replace(found(1), declaration=declare(found(1)))) == NOTHING


def test_findings_are_told_in_full_and_are_no_steps() -> None:
    disclosure = told(found(1), found(2, "sealed"))
    assert disclosure.steps == ()
    assert [each.result.value for each in disclosure.findings] == ["conforms", "sealed"]
    first = disclosure.findings[0]
    assert (first.authority, first.document, first.at) == ("市场监督管理局", "7", hours(1))
    assert first.notes is not None


def test_a_unit_is_told_what_happened_to_its_container_while_it_was_inside() -> None:
    packed = pack(hours(1), case(0), item(7), site_id=SHOP)
    sent = make_event(hours(2), case(0))
    emptied = empty(hours(3), case(0))
    later = make_event(hours(4), case(0), kind=EventKind.DESTROYING)
    kinds = [step.kind.value for step in told(packed, sent, emptied, later).steps]
    assert kinds == ["packing", "shipping", "unpacking"]


def test_a_case_packed_item_by_item_was_packed_once_and_rejects_never() -> None:
    events = [pack(hours(1) if n else hours(0), case(0), item(n)) for n in range(5)]
    assert [step.kind.value for step in told(*events, unit=case(0)).steps] == ["packing"]
    plan = Plan(containers=Span(5, 1, 0, 2), first=0, stop=10, size=5, rejects=(7,))
    assert told(pack_planned(hours(0), plan)) == NOTHING
    assert len(told(pack_planned(hours(0), plan), unit=case(1)).steps) == 1


def test_steps_and_findings_are_the_latest() -> None:
    days = [hours(24 * day) for day in range(STEPS_MAX + 5)]
    steps = told(*(make_event(at, item(7)) for at in days), at=days[-1]).steps
    assert [step.at for step in steps] == days[5:]
    findings = told(*(found(n) for n in range(FINDINGS_MAX + 3))).findings
    assert [each.at for each in findings] == [hours(n) for n in range(3, FINDINGS_MAX + 3)]


def test_the_document_has_the_table_and_the_limits() -> None:
    text = CHAIN_DOC.read_text(encoding="utf-8")
    section = text[text.index("## What everybody may know") :]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE))
    assert set(rows) == {kind.value for kind in EventKind}
    for kind in EventKind:
        assert rows[kind.value].startswith("kind and date" if TOLD[kind] else "findings")
    assert f"latest {STEPS_MAX} steps and {FINDINGS_MAX} findings" in section
