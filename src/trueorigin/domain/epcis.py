# SPDX-License-Identifier: Apache-2.0
"""Write an event as GS1 EPCIS 2.0 in JSON, with the words of CBV 2.0. Pure.

Serials are secrets, and this is no way around the log of downloads: units are named by what is
public of them. That is the Digital Link of an SSCC, else a URI of our own of run, level and index:
EPCIS takes any URI for an identifier within a company. More units than `EPCS_MAX` are named by
class and quantity. `trueorigin:units` always has them all, as ranges.

    one container      AggregationEvent   ADD, or DELETE (without children: everything came out)
    several by plan    ObjectEvent        OBSERVE, and `trueorigin:plan`: EPCIS knows one parent
    units              ObjectEvent        ADD when commissioned, DELETE when destroyed, else OBSERVE
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from trueorigin.domain.catalog import Run
from trueorigin.domain.events import Effect, Event, EventKind
from trueorigin.domain.gs1 import build_sscc
from trueorigin.domain.inspections import InspectionResult, find_finding
from trueorigin.domain.packing import Span, span_of
from trueorigin.domain.records import record

# Units named one by one: more is a matter of classes and quantities.
EPCS_MAX: Final = 1000
_CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_PREFIX: Final = "trueorigin"

_STEPS: Final[Mapping[EventKind, str]] = {
    **{kind: kind.value for kind in EventKind},
    EventKind.SELLING: "retail_selling",
    # CBV has no step of returning; what is received is then `returned`.
    EventKind.RETURNING: "receiving",
}
_DISPOSITIONS: Final = {
    EventKind.COMMISSIONING: "active",
    EventKind.SHIPPING: "in_transit",
    EventKind.SELLING: "retail_sold",
    EventKind.RETURNING: "returned",
    EventKind.DESTROYING: "destroyed",
}
_FINDINGS: Final = {
    InspectionResult.CONFORMS: "conformant",
    InspectionResult.DOES_NOT_CONFORM: "non_conformant",
}
_ACTIONS: Final = {EventKind.COMMISSIONING: "ADD", EventKind.DESTROYING: "DELETE"}
# Who sends and who gets, by what the recorder does.
_SENDING: Final = frozenset({EventKind.SHIPPING})
_GETTING: Final = frozenset({EventKind.RECEIVING, EventKind.RETURNING})


@record
class Goods:
    """What units of a run are: its product's GTIN if it has one, and its lot."""

    run: Run
    gtin: str | None
    lot: str


@record
class Names:
    """What identifiers are made of: `base` is the public URL; GLNs by site where it has one."""

    base: str
    goods: Mapping[int, Goods]
    glns: Mapping[UUID, str]

    def epc(self, run_id: int, level: int, index: int) -> str:
        """Return the public identifier of a unit."""
        run = self.goods[run_id].run
        first = run.sscc_first[level - 1] if level else None
        if first is not None and run.gs1_prefix is not None:
            return f"{self.base}/00/{build_sscc(run.gs1_prefix, first + index)}"
        return f"{self.base}/epcis/units/{run_id}/{level}/{index}"

    def epc_class(self, run_id: int, level: int) -> str:
        """Return the class of the units of one level of a run: GTIN and lot."""
        goods = self.goods[run_id]
        gtin = goods.run.group_gtins[level - 1] if level else goods.gtin
        if gtin is not None:
            return f"{self.base}/01/{gtin}/10/{quote(goods.lot, safe='')}"
        return f"{self.base}/epcis/classes/{run_id}/{level}"

    def site(self, site_id: UUID) -> str:
        """Return the identifier of a site: its GLN, else our own."""
        gln = self.glns.get(site_id)
        return f"{self.base}/epcis/sites/{site_id}" if gln is None else f"{self.base}/414/{gln}"

    def party(self, organisation_id: UUID) -> str:
        """Return the identifier of an organisation."""
        return f"{self.base}/epcis/organisations/{organisation_id}"


def build_document(event: Event, names: Names) -> dict[str, Any]:
    """Return `event` as one EPCIS event with its own context."""
    return {"@context": _build_context(names), **_build_event(event, names)}


def build_list(events: Iterable[Event], names: Names, *, at: datetime) -> dict[str, Any]:
    """Return some events, in order, as one EPCIS document made at `at`."""
    return {
        "@context": _build_context(names),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _write_time(at),
        "epcisBody": {"eventList": [_build_event(event, names) for event in events]},
    }


def _build_context(names: Names) -> list[Any]:
    return [_CONTEXT, {_PREFIX: f"{names.base}/epcis/"}]


def _build_event(event: Event, names: Names) -> dict[str, Any]:
    zone = timezone(timedelta(minutes=event.offset_minutes))
    local = event.at.astimezone(zone)
    document: dict[str, Any] = {
        "eventID": f"urn:uuid:{event.id}",
        "eventTime": local.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": local.isoformat()[-6:],
        "recordTime": _write_time(event.recorded_at),
        "bizStep": _STEPS[event.kind],
        "disposition": _find_disposition(event),
        **_build_what(event, names),
        **_build_where(event, names),
    }
    if event.plan is not None:
        plan = event.plan
        document[f"{_PREFIX}:plan"] = {
            "first": plan.first,
            "stop": plan.stop,
            "size": plan.size,
            "rejects": list(plan.rejects),
        }
    if event.effect is Effect.EMPTIED:
        document[f"{_PREFIX}:emptied"] = True
    document[f"{_PREFIX}:units"] = [
        {"run": span.run_id, "level": span.level, "from": span.start, "to": span.stop}
        for span in event.about
    ]
    if event.details is not None:
        document[f"{_PREFIX}:details"] = dict(event.details)
    if event.declaration is not None:
        document["errorDeclaration"] = {
            "declarationTime": _write_time(event.declaration.declared_at),
            "reason": "incorrect_data",
            f"{_PREFIX}:reason": event.declaration.reason,
        }
    return document


def _write_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _find_disposition(event: Event) -> str:
    finding = find_finding(event)
    if finding is not None:
        return _FINDINGS.get(finding.result, "in_progress")
    return _DISPOSITIONS.get(event.kind, "in_progress")


def _build_what(event: Event, names: Names) -> dict[str, Any]:
    """Return type, action and units."""
    parent, children, action = _find_parent(event)
    if parent is None:
        units = _name_units(event.about, names, ("epcList", "quantityList"))
        return {"type": "ObjectEvent", "action": _ACTIONS.get(event.kind, "OBSERVE"), **units}
    return {
        "type": "AggregationEvent",
        "action": action,
        "parentID": names.epc(*span_of(parent)[:3]),
        **_name_units(children, names, ("childEPCs", "childQuantityList")),
    }


def _find_parent(event: Event) -> tuple[int | None, tuple[Span, ...], str]:
    """Return the one container of a packing or unpacking, what went in or out, and the action."""
    action = "ADD" if event.kind is EventKind.PACKING else "DELETE"
    if event.container is not None:
        return event.container, event.about, action
    [first, *others] = event.about
    if not others and first.size == 1:
        if event.plan is not None:
            children = tuple(event.plan.list_children(first.start, first.stop))
            return first.key, children, action
        if event.effect is Effect.EMPTIED:
            return first.key, (), action
    return None, event.about, action


def _name_units(
    spans: Iterable[Span], names: Names, members: tuple[str, str]
) -> dict[str, list[Any]]:
    """Name units one by one while they are few, else by class and quantity."""
    spans = tuple(spans)
    if sum(span.size for span in spans) <= EPCS_MAX:
        epcs = [
            names.epc(span.run_id, span.level, index)
            for span in spans
            for index in range(span.start, span.stop)
        ]
        return {members[0]: epcs}
    counts: dict[str, int] = {}
    for span in spans:
        named = names.epc_class(span.run_id, span.level)
        counts[named] = counts.get(named, 0) + span.size
    classes = [{"epcClass": named, "quantity": count} for named, count in counts.items()]
    return {members[0]: [], members[1]: classes}


def _build_where(event: Event, names: Names) -> dict[str, Any]:
    """Return the place, and who sends to whom where that is told."""
    where: dict[str, Any] = {}
    if event.site_id is not None:
        place = {"id": names.site(event.site_id)}
        where["readPoint"] = place
        # What left a place is no longer at it.
        if event.kind not in _SENDING:
            where["bizLocation"] = place
    own, partner = names.party(event.organisation_id), event.partner_id
    if partner is not None and event.kind in _SENDING | _GETTING:
        other = names.party(partner)
        sender, getter = (own, other) if event.kind in _SENDING else (other, own)
        where["sourceList"] = [{"type": "possessing_party", "source": sender}]
        where["destinationList"] = [{"type": "possessing_party", "destination": getter}]
    return where
