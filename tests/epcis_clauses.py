# SPDX-License-Identifier: Apache-2.0
"""What GS1 EPCIS 2.0 and CBV 2.0 ask of a document in JSON-LD, clause by clause, as we read them.

Written from the standards: EPCIS 2.0, sections 7.3.6 (identifiers), 7.4.1 (all events), 7.4.2 and
7.4.3 (objects, aggregations), 10.2 (JSON-LD); CBV 2.0, sections 7.1 (business steps), 7.2
(dispositions), 7.4 (sources and destinations), 7.5 (reasons of errors), 8 (forms of identifiers).
"""

import re
from datetime import datetime, timedelta
from typing import Any

STEPS = frozenset(
    [
        "accepting",
        "arriving",
        "assembling",
        "collecting",
        "commissioning",
        "consigning",
        "creating_class_instance",
        "cycle_counting",
        "decommissioning",
        "departing",
        "destroying",
        "disassembling",
        "dispensing",
        "encoding",
        "entering_exiting",
        "holding",
        "inspecting",
        "installing",
        "killing",
        "loading",
        "other",
        "packing",
        "picking",
        "receiving",
        "removing",
        "repackaging",
        "repairing",
        "replacing",
        "reserving",
        "retail_selling",
        "sampling",
        "sensor_reporting",
        "shipping",
        "staging_outbound",
        "stock_taking",
        "stocking",
        "storing",
        "transporting",
        "unloading",
        "unpacking",
        "void_shipping",
    ]
)
DISPOSITIONS = frozenset(
    [
        "active",
        "available",
        "completeness_inferred",
        "completeness_verified",
        "conformant",
        "container_closed",
        "container_open",
        "damaged",
        "destroyed",
        "dispensed",
        "disposed",
        "encoded",
        "expired",
        "in_progress",
        "in_transit",
        "inactive",
        "mismatch_class",
        "mismatch_instance",
        "mismatch_quantity",
        "needs_replacement",
        "no_pedigree_match",
        "non_conformant",
        "non_sellable_other",
        "partially_dispensed",
        "recalled",
        "reserved",
        "retail_sold",
        "returned",
        "sellable_accessible",
        "sellable_not_accessible",
        "stolen",
        "unavailable",
        "unknown",
    ]
)
PARTIES = frozenset({"location", "owning_party", "possessing_party"})
ERROR_REASONS = frozenset({"did_not_occur", "incorrect_data"})

_COMMON = frozenset(
    [
        "@context",
        "type",
        "eventID",
        "eventTime",
        "eventTimeZoneOffset",
        "recordTime",
        "errorDeclaration",
        "certificationInfo",
        "action",
        "bizStep",
        "disposition",
        "persistentDisposition",
        "readPoint",
        "bizLocation",
        "bizTransactionList",
        "sourceList",
        "destinationList",
        "sensorElementList",
    ]
)
_OWN = {
    "ObjectEvent": frozenset({"epcList", "quantityList", "ilmd"}),
    "AggregationEvent": frozenset({"parentID", "childEPCs", "childQuantityList"}),
}
# RFC 3986, the absolute form: a scheme, and no character that has to be escaped.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_OFFSET = re.compile(r"([+-])(?:(0\d|1[0-3]):([0-5]\d)|(14):(00))")
_EXTENSION = re.compile(r"([a-z]+):[A-Za-z_]\w*")


def assert_document(document: dict[str, Any]) -> None:
    """EPCIS 2.0, 10.2: the frame around some events."""
    assert document.keys() == {"@context", "type", "schemaVersion", "creationDate", "epcisBody"}
    assert document["type"] == "EPCISDocument"
    assert re.fullmatch(r"\d+(\.\d+)*", document["schemaVersion"])
    _assert_time(document["creationDate"])
    assert document["epcisBody"].keys() == {"eventList"}
    for event in document["epcisBody"]["eventList"]:
        assert "@context" not in event
        assert_event(event | {"@context": document["@context"]})


def assert_event(event: dict[str, Any]) -> None:
    """EPCIS 2.0, 7.4.1: what holds for every event."""
    first, own = event["@context"]
    assert first == "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
    kind = event["type"]
    for name in event.keys() - _COMMON - _OWN[kind]:
        prefix = _EXTENSION.fullmatch(name)
        assert prefix is not None, name
        _assert_uri(own[prefix[1]])
    _assert_uri(event["eventID"])
    _assert_when(event)
    assert event["action"] in {"ADD", "OBSERVE", "DELETE"}
    assert event["bizStep"] in STEPS
    assert event["disposition"] in DISPOSITIONS
    for place in ("readPoint", "bizLocation"):
        if place in event:
            assert event[place].keys() == {"id"}
            _assert_uri(event[place]["id"])
    for member, name in (("sourceList", "source"), ("destinationList", "destination")):
        for each in event.get(member, ()):
            assert each.keys() == {"type", name}
            assert each["type"] in PARTIES
            _assert_uri(each[name])
    if kind == "ObjectEvent":
        _assert_objects(event)
    else:
        _assert_aggregation(event)


def _assert_when(event: dict[str, Any]) -> None:
    """The time zone offset is that of the place, and the instant is one for all (7.4.1.1)."""
    at = _assert_time(event["eventTime"])
    offset = _OFFSET.fullmatch(event["eventTimeZoneOffset"])
    assert offset is not None
    hours, minutes = int(offset[2] or offset[4]), int(offset[3] or offset[5])
    east = timedelta(hours=hours, minutes=minutes)
    assert at.utcoffset() == (east if offset[1] == "+" else -east)
    _assert_time(event["recordTime"])
    if "errorDeclaration" in event:
        told = event["errorDeclaration"]
        _assert_time(told["declarationTime"])
        assert told["reason"] in ERROR_REASONS


def _assert_objects(event: dict[str, Any]) -> None:
    """7.4.2: one of the two lists is there, and what is known of instances only when added."""
    assert event.get("epcList") or event.get("quantityList")
    _assert_units(event.get("epcList", []), event.get("quantityList", []))
    assert "ilmd" not in event or event["action"] == "ADD"


def _assert_aggregation(event: dict[str, Any]) -> None:
    """7.4.3: a parent unless only observed; children unless all came out."""
    assert event["action"] == "OBSERVE" or "parentID" in event
    if "parentID" in event:
        _assert_uri(event["parentID"])
    children, classes = event.get("childEPCs", []), event.get("childQuantityList", [])
    assert children or classes or event["action"] == "DELETE"
    _assert_units(children, classes)
    assert event.get("parentID") not in children


def _assert_units(epcs: list[str], classes: list[dict[str, Any]]) -> None:
    """7.3.6: each identifier once, as a URI; a quantity of each class, counted without a unit."""
    assert len(set(epcs)) == len(epcs)
    for each in epcs:
        _assert_uri(each)
    for named in classes:
        assert named.keys() == {"epcClass", "quantity"}
        _assert_uri(named["epcClass"])
        assert isinstance(named["quantity"], int)
        assert named["quantity"] > 0


def _assert_uri(text: str) -> None:
    assert _URI.fullmatch(text), text
    # CBV 2.0, 8: a GS1 Digital Link has its key and qualifiers in pairs, of the right length.
    link = re.fullmatch(r"https?://[^/]+/(00|01|414)/(\d+)(?:/10/[^/]+|/21/[^/]+)?", text)
    if link is not None:
        assert len(link[2]) == {"00": 18, "01": 14, "414": 13}[link[1]]


def _assert_time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    assert at.tzinfo is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)", text)
    return at
