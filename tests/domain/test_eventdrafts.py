"""Events as clients tell them: read with their zone, or refused with the field that is wrong."""

from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from tests.factories import make_gtin

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.eventdrafts import (
    DETAILS_MAX,
    REJECTS_MAX,
    UNITS_MAX,
    PlanDraft,
    parse_event,
)
from trueorigin.domain.events import Effect, EventKind
from trueorigin.domain.packing import Span

HOSTS = frozenset({"t.example"})
GTIN, SERIAL = make_gtin("0690123000001"), "TYVYJ54W1J81SXW3"
URL = f"https://t.example/01/{GTIN}/21/{SERIAL}"
ID = UUID("01931a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b")
RANGE = {"run": 5, "level": 1, "from": 0, "to": 10}


def tell(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - of any type
    document: dict[str, Any] = {"id": str(ID), "kind": "shipping", "units": [URL]}
    document |= {"at": "2026-03-14T17:30:00+08:00", **fields}
    for name in [name for name in fields if fields[name] is None]:
        del document[name]
    return document


def refusal_of(document: object) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        parse_event(document, hosts=HOSTS)
    return caught.value


def test_an_event_is_read_with_the_zone_of_its_clock() -> None:
    draft = parse_event(
        tell(site=str(UUID(int=7)), partner=str(UUID(int=8)), details={"vehicle": "京A 12345"}),
        hosts=HOSTS,
    )
    assert (draft.id, draft.kind, draft.effect) == (ID, EventKind.SHIPPING, Effect.NONE)
    assert draft.at == datetime(2026, 3, 14, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    assert draft.at.utcoffset() == timedelta(hours=8)
    assert draft.units == (PrintedCode(gtin=GTIN, serial=SERIAL),)
    assert (draft.site_id, draft.partner_id) == (UUID(int=7), UUID(int=8))
    assert draft.details == {"vehicle": "京A 12345"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(URL, PrintedCode(gtin=GTIN, serial=SERIAL), id="URL"),
        pytest.param(
            f"HTTPS://T.EXAMPLE/01/{GTIN}/21/{SERIAL.lower()}",
            PrintedCode(gtin=GTIN, serial=SERIAL),
            id="URL in the wrong case",
        ),
        pytest.param("006141410000000005", PrintedCode(sscc="006141410000000005"), id="SSCC"),
        pytest.param(SERIAL, PrintedCode(serial=SERIAL), id="serial"),
    ],
)
def test_units_are_named_by_whatever_is_printed(text: str, code: PrintedCode) -> None:
    assert parse_event(tell(units=[text]), hosts=HOSTS).units == (code,)


def test_units_and_containers_are_named_by_range() -> None:
    draft = parse_event(tell(kind="unpacking", units=None, container=RANGE), hosts=HOSTS)
    assert (draft.effect, draft.containers) == (Effect.EMPTIED, (Span(5, 1, 0, 10),))
    draft = parse_event(tell(kind="unpacking", units=[RANGE], container=URL), hosts=HOSTS)
    assert (draft.effect, draft.units) == (Effect.OUT, (Span(5, 1, 0, 10),))
    draft = parse_event(tell(kind="packing", container=[URL]), hosts=HOSTS)
    assert (draft.effect, len(draft.containers)) == (Effect.INTO, 1)


def test_a_plan_is_read_with_what_is_left_out() -> None:
    draft = parse_event(tell(kind="packing", units=None, plan=RANGE), hosts=HOSTS)
    assert draft.effect is Effect.PLANNED
    assert draft.plan == PlanDraft(containers=Span(5, 1, 0, 10))
    given = {**RANGE, "first": 3, "stop": 90, "rejects": [4, 5]}
    draft = parse_event(tell(kind="packing", units=None, plan=given), hosts=HOSTS)
    assert draft.plan == PlanDraft(containers=Span(5, 1, 0, 10), first=3, stop=90, rejects=(4, 5))


MALFORMED = "event_field_malformed"
REFUSED: dict[str, tuple[object, str, str | None]] = {
    "no object": ([], "event_malformed", None),
    "unknown field": (tell(colour="red"), "field_unknown", "colour"),
    "no id": (tell(id=None), MALFORMED, "id"),
    "id that is a number": (tell(id=7), MALFORMED, "id"),
    "id of no form": (tell(id="x"), MALFORMED, "id"),
    "endless id": (tell(id="0" * 10_000), MALFORMED, "id"),
    "unknown kind": (tell(kind="eating"), "event_kind_unknown", "kind"),
    "kind that is a list": (tell(kind=[]), "event_kind_unknown", "kind"),
    "no time": (tell(at=None), MALFORMED, "at"),
    "time of no form": (tell(at="yesterday"), MALFORMED, "at"),
    "time without zone": (tell(at="2026-03-14T17:30:00"), "event_time_zone_missing", "at"),
    "zone with seconds": (
        tell(at="2026-03-14T17:30:00+08:00:30"),
        "event_time_zone_missing",
        "at",
    ),
    "time out of mind": (tell(at="1999-12-31T17:30:00Z"), "event_time_out_of_range", "at"),
    "time beyond sense": (tell(at="2100-01-01T00:00:00Z"), "event_time_out_of_range", "at"),
    "units that are no list": (tell(units=URL), MALFORMED, "units"),
    "no units": (tell(units=[]), "event_units_missing", "units"),
    "too many units": (tell(units=[URL] * (UNITS_MAX + 1)), "too_many", "units"),
    "unit that is a number": (tell(units=[URL, 7]), MALFORMED, "units.1"),
    "unit of no form": (tell(units=["?"]), "code_malformed", "units.0"),
    "URL of others": (tell(units=["https://evil.example/01/1"]), "foreign_url", "units.0"),
    "range without end": (tell(units=[{"run": 1, "level": 0, "from": 0}]), MALFORMED, "units.0"),
    "range with more": (tell(units=[{**RANGE, "first": 0}]), MALFORMED, "units.0"),
    "range of text": (tell(units=[{**RANGE, "to": "9"}]), MALFORMED, "units.0.to"),
    "range of truth": (tell(units=[{**RANGE, "to": True}]), MALFORMED, "units.0.to"),
    "range below zero": (tell(units=[{**RANGE, "from": -1}]), MALFORMED, "units.0.from"),
    "endless number": (tell(units=[{**RANGE, "to": 10**30}]), MALFORMED, "units.0.to"),
    "shipped with container": (tell(container=URL), "event_containers", "container"),
    "packed into nothing": (tell(kind="packing"), "event_containers", "container"),
    "packed into two": (
        tell(kind="packing", container=[URL, URL]),
        "event_containers",
        "container",
    ),
    "nothing packed": (
        tell(kind="packing", units=None, container=URL),
        "event_units_missing",
        "units",
    ),
    "nothing unpacked": (tell(kind="unpacking", units=None), "event_containers", "container"),
    "plan that is a list": (tell(kind="packing", units=None, plan=[]), MALFORMED, "plan"),
    "plan of shipping": (tell(units=None, plan=RANGE), "event_plan_misplaced", "plan"),
    "plan with units": (tell(kind="packing", plan=RANGE), "event_plan_misplaced", "plan"),
    "plan with container": (
        tell(kind="packing", units=None, plan=RANGE, container=URL),
        "event_containers",
        "container",
    ),
    "rejects of text": (
        tell(kind="packing", units=None, plan={**RANGE, "rejects": ["1"]}),
        MALFORMED,
        "plan.rejects",
    ),
    "too many rejects": (
        tell(kind="packing", units=None, plan={**RANGE, "rejects": list(range(REJECTS_MAX + 1))}),
        "too_many",
        "plan.rejects",
    ),
    "first of text": (
        tell(kind="packing", units=None, plan={**RANGE, "first": "1"}),
        MALFORMED,
        "plan.first",
    ),
    "details that are a list": (tell(details=[]), MALFORMED, "details"),
    "details too long": (
        tell(details={"notes": "x" * DETAILS_MAX}),
        "event_details_too_long",
        "details",
    ),
    "details of too many": (
        tell(details={"list": [1] * DETAILS_MAX}),
        "event_details_too_long",
        "details",
    ),
    "details too deep": (
        tell(details={"a": {"b": [{"c": [1]}]}}),
        "event_details_too_deep",
        "details",
    ),
    "details with hidden order": (
        tell(details={"vehicle": "A\u202eB"}),
        "text_character_refused",
        "details",
    ),
    "details beyond counting": (tell(details={"n": 2**60}), MALFORMED, "details"),
    "details without number": (tell(details={"n": float("nan")}), MALFORMED, "details"),
}


@pytest.mark.parametrize(("document", "code", "field"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_sense_is_refused_by_name(
    document: object, code: str, field: str | None
) -> None:
    error = refusal_of(document)
    assert (error.code, error.field) == (code, field)


def test_details_keep_their_values_and_normal_texts() -> None:
    details = {"e\u0301": [True, None, 1.5, {"a": "b"}], "n": 7}
    draft = parse_event(tell(details=details), hosts=HOSTS)
    assert draft.details == {"\u00e9": [True, None, 1.5, {"a": "b"}], "n": 7}
