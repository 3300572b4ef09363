# SPDX-License-Identifier: Apache-2.0
"""Whatever stands in a member of an event, ours or of EPCIS, it is read or refused by row."""

from typing import Any
from uuid import UUID

from hypothesis import given, strategies as st

from trueorigin.domain.epcis_reading import list_documents
from trueorigin.domain.errors import DomainError
from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.services.capturing import parse_events

SENDER = UUID(int=7)
SPAN = {"run": 1, "level": 0, "from": 3, "to": 4}
OWN: dict[str, Any] = {
    "id": "01978f3e-0000-7000-8000-000000000001",
    "kind": "packing",
    "at": "2026-03-14T17:30:00+08:00",
    "units": [SPAN],
    "container": SPAN,
    "plan": None,
    "site": None,
    "partner": None,
    "details": {"carrier": "顺丰"},
}
FOREIGN: dict[str, Any] = {
    "type": "AggregationEvent",
    "action": "ADD",
    "bizStep": "packing",
    "disposition": "in_progress",
    "eventID": "urn:x:1",
    "eventTime": "2026-03-14T17:30:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "parentID": "urn:epc:id:sscc:6901234.0000000001",
    "childEPCs": ["https://id.gs1.org/01/06901234567892/21/X"],
    "epcList": [],
    "quantityList": [],
    "readPoint": {"id": "urn:epc:id:sgln:690123.456789.0"},
    "bizLocation": {"id": "https://id.gs1.org/414/6901234567892"},
    "sourceList": [{"type": "x", "source": "y"}],
    "destinationList": [],
    "errorDeclaration": None,
    "trueorigin:units": None,
    "trueorigin:details": None,
    "trueorigin:emptied": True,
}
# What a parser of JSON that is as strict as ours can hand out.
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(["ADD", "DELETE", "OBSERVE", "ObjectEvent", "packing", "unpacking", SPAN])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)


@given(st.sampled_from([OWN, FOREIGN]), st.data())
def test_any_event_is_read_or_refused(document: dict[str, Any], data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from([*document, "other"]), max_size=3, unique=True))
    spoilt = document | {name: data.draw(VALUES) for name in names}
    [told] = parse_events([spoilt], hosts=["https://ex.cn"], sender=SENDER)
    assert isinstance(told, EventDraft | DomainError)


@given(VALUES, VALUES)
def test_any_body_is_a_list_of_events_or_none(kind: object, body: object) -> None:
    for framed in (body, {"type": kind, "epcisBody": body}, {"events": body}):
        found = list_documents(framed)
        assert found is None or isinstance(found, list)
