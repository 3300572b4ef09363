# SPDX-License-Identifier: Apache-2.0
"""Read events in GS1 EPCIS 2.0 (JSON-LD) as other producers write them, into our own form. Pure.

Identifiers may be GS1 Digital Links of any host, EPC URIs (`urn:epc:id:`), or those we write in
`epcis.py`. What makes no difference to goods (sensor data, business transactions) is kept among
the details where there is room. Refused is only what says nothing that could be recorded: units by
class alone, transformations, steps that no kind of event stands for.

    AggregationEvent   ADD: packing    DELETE: unpacking    OBSERVE: its step, for the parent
    ObjectEvent        its step, else its disposition, else ADD: commissioning, DELETE: destroying
    TransactionEvent   its step, else its disposition, for the parent as well: its action is about
                       the transaction, which goods outlive
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Final, TypeAlias
from urllib.parse import quote, unquote
from uuid import UUID, uuid5

import orjson

from trueorigin.domain.digitallink import host_of
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.eventdrafts import (
    YEAR_MAX,
    YEAR_MIN,
    DeclarationDraft,
    EventDraft,
    is_shallow,
    parse_event,
    refuse_year,
)
from trueorigin.domain.events import EventKind
from trueorigin.domain.gs1 import check_digit

# All of them are read; more is no event.
_URI_LENGTH_MAX: Final = 2048
# Letters of what is kept of an event beside what is understood: most of what details may have.
_EXTRAS_MAX: Final = 3000
_PREFIX: Final = "trueorigin:"

_STEPS: Final[Mapping[str, EventKind]] = {
    **{kind.value: kind for kind in EventKind if kind is not EventKind.SELLING},
    "retail_selling": EventKind.SELLING,
    "dispensing": EventKind.SELLING,
    "loading": EventKind.PACKING,
    "assembling": EventKind.PACKING,
    "unloading": EventKind.UNPACKING,
    "disassembling": EventKind.UNPACKING,
    "departing": EventKind.SHIPPING,
    "transporting": EventKind.SHIPPING,
    "consigning": EventKind.SHIPPING,
    "arriving": EventKind.RECEIVING,
    "accepting": EventKind.RECEIVING,
    "stocking": EventKind.STORING,
    "holding": EventKind.STORING,
    "picking": EventKind.STORING,
    "reserving": EventKind.STORING,
    "staging_outbound": EventKind.STORING,
    "stock_taking": EventKind.STORING,
    "cycle_counting": EventKind.STORING,
    "sampling": EventKind.INSPECTING,
}
_DISPOSITIONS: Final[Mapping[str, EventKind]] = {
    "in_transit": EventKind.SHIPPING,
    "retail_sold": EventKind.SELLING,
    "returned": EventKind.RETURNING,
    "destroyed": EventKind.DESTROYING,
}
_ACTIONS: Final = {"ADD": EventKind.COMMISSIONING, "DELETE": EventKind.DESTROYING}
# A shipment that was called off: whatever its disposition says, nothing was sent.
_VOID: Final = "void_shipping"
_OBJECT: Final = "ObjectEvent"
_TRANSACTION: Final = "TransactionEvent"
_AGGREGATION: Final = "AggregationEvent"
TYPES: Final = (_OBJECT, _TRANSACTION, _AGGREGATION)
# Tuples, not sets: what a stranger says may be a list or an object, which has no hash.
_DOCUMENTS: Final = ("EPCISDocument", "EPCISQueryDocument")
_ACTION_WORDS: Final = ("ADD", "DELETE", "OBSERVE")
# The words of CBV 2.0 alone, and behind what names its vocabularies in EPCIS 1.2 and 2.0.
_WORD: Final = re.compile(
    r"(?:urn:epcglobal:cbv:\w+:|https?://(?:ref|ns)\.gs1\.org/cbv/\w+-|cbv:\w+-)?([a-z_]+)"
)
# Where units are named, one by one and by class and quantity: of objects, and of aggregations.
_MEMBERS: Final = {
    False: ("epcList", "quantityList"),
    True: ("childEPCs", "childQuantityList"),
}
_KEPT: Final = (
    *("bizStep", "disposition", "readPoint", "bizLocation", "bizTransactionList"),
    *("sourceList", "destinationList", "persistentDisposition", "certificationInfo"),
    *("quantityList", "childQuantityList", "ilmd"),
)
_LINK: Final = re.compile(
    r"((?i:https?)://[^/?#\s]+)(?:/[^?#\s]*?)?(/(?:01/\d{14}|00/\d{18})(?:/.*)?)"
)
_OURS: Final = re.compile(r"(https?://[^/?#\s]+)/epcis/(units|sites|organisations)/([\w/-]+)")
_ADDRESS: Final = re.compile(r"(?i:https?)://[^/?#\s]+")
_UNIT: Final = re.compile(r"(\d{1,10})/(\d)/(\d{1,10})")
_GLN_LINK: Final = re.compile(r"https?://[^?#\s]+/414/(\d{13})(?:/254/[^/?#]+)?")
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)")

_Document: TypeAlias = Mapping[str, Any]


def is_epcis(document: object) -> bool:
    """Tell whether somebody means this as an event of EPCIS rather than of our own form."""
    return isinstance(document, dict) and "kind" not in document and "type" in document


def list_documents(body: object) -> list[Any] | None:
    """Return the events of a parsed body: our list, an EPCIS document, a list or one event.

    None where the body is none of these.
    """
    if isinstance(body, list):
        return body
    if not isinstance(body, dict):
        return None
    if body.get("type") in _DOCUMENTS:
        found = body.get("epcisBody")
        while isinstance(found, dict) and "eventList" not in found:
            found = found.get("queryResults", found.get("resultsBody"))
        events = found.get("eventList") if isinstance(found, dict) else None
        return events if isinstance(events, list) else None
    if "events" in body:
        return body["events"] if isinstance(body["events"], list) else None
    return [body]


def parse_epcis_event(document: object, *, hosts: Collection[str], sender: UUID) -> EventDraft:
    """Read one event of EPCIS, or refuse it with the member that is wrong.

    An event whose id is no UUID, or that has none, gets one made from `sender` and its id or its
    whole content: sent again it is the same event.
    """
    if not isinstance(document, dict):
        raise InvalidError("event_malformed")
    reading = _Reading(document, {host_of(host) for host in hosts})
    told = reading.translate()
    event_id = _find_id(document, sender)
    try:
        draft = parse_event({**told, "id": str(event_id)}, hosts=hosts)
    except DomainError as error:
        raise InvalidError(error.code, field=reading.name(error), **error.params) from error
    gln = None if draft.site_id is not None else reading.find_gln(draft.kind)
    return replace(draft, site_gln=gln, declaration=_read_declaration(document))


def _find_id(document: _Document, sender: UUID) -> UUID:
    named = document.get("eventID")
    if named is None:
        return uuid5(sender, orjson.dumps(document, option=orjson.OPT_SORT_KEYS).hex())
    if not isinstance(named, str) or not 0 < len(named) <= _URI_LENGTH_MAX:
        raise InvalidError("event_field_malformed", field="eventID")
    try:
        # The name of a URN's scheme and space means the same in either case (RFC 8141).
        return UUID(re.sub("^urn:uuid:", "", named, flags=re.IGNORECASE))
    except ValueError:
        return uuid5(sender, named)


class _Reading:
    """One event on its way from EPCIS into our form."""

    def __init__(self, document: _Document, hosts: Collection[str]) -> None:
        self._document = document
        self._hosts = hosts
        # What our own names of fields were called, for refusals.
        self._names = {"at": "eventTime", "container": "parentID"}

    def translate(self) -> dict[str, Any]:
        """Return it as `parse_event` takes it, without an id."""
        document = self._document
        kind = self._find_kind()
        told: dict[str, Any] = {"kind": kind.value, "at": self._find_time()}
        told |= self._find_units(kind)
        if site := self._find_own("sites", self._find_place(kind)):
            told["site"] = site
        if partner := self._find_partner(kind):
            told["partner"] = partner
        details = document.get(f"{_PREFIX}details")
        if details is None and f"{_PREFIX}units" not in document:
            details = self._find_extras(kind)
        if details:
            told["details"] = details
        return told

    def name(self, error: DomainError) -> str | None:
        """Return which member of the document a refusal of `parse_event` is about."""
        if error.field is None:
            return None
        first, dot, rest = error.field.partition(".")
        return self._names.get(first, first) + dot + rest

    def find_gln(self, kind: EventKind) -> str | None:
        """Return the GLN of the place, if it has one; of what left a place, of that place."""
        members = ("bizLocation", "readPoint")
        for member in reversed(members) if kind is EventKind.SHIPPING else members:
            gln = _parse_gln(self._read_place(member))
            if gln is not None:
                return gln
        return None

    def _find_kind(self) -> EventKind:
        document = self._document
        named, action = document.get("type"), document.get("action")
        if named not in TYPES:
            raise InvalidError("epcis_type_unsupported", field="type", known=", ".join(TYPES))
        if action not in _ACTION_WORDS:
            raise InvalidError("event_field_malformed", field="action")
        if named == _AGGREGATION and action != "OBSERVE":
            return EventKind.PACKING if action == "ADD" else EventKind.UNPACKING
        step = self._read_word("bizStep")
        disposition = self._read_word("disposition")
        kind = _STEPS.get(step)
        if kind is None and not step and named == _OBJECT:
            kind = _ACTIONS.get(action)
        if kind is EventKind.RECEIVING and disposition == "returned":
            return EventKind.RETURNING
        if step != _VOID:
            kind = kind or _DISPOSITIONS.get(disposition)
        if kind is None:
            known = ", ".join(sorted(_STEPS))
            raise InvalidError("epcis_step_unsupported", field="bizStep", known=known)
        return kind

    def _read_word(self, member: str) -> str:
        text = self._document.get(member)
        if text is None:
            return ""
        found = _WORD.fullmatch(text) if isinstance(text, str) else None
        # A word of somebody's own vocabulary means nothing to us.
        return found[1] if found is not None else ""

    def _find_time(self) -> str:
        """Return when it happened, on the clock on the wall there."""
        text, offset = (self._document.get(each) for each in ("eventTime", "eventTimeZoneOffset"))
        if not isinstance(text, str):
            raise InvalidError("event_field_malformed", field="eventTime")
        if offset is None:
            return text
        found = _OFFSET.fullmatch(offset) if isinstance(offset, str) else None
        if found is None:
            raise InvalidError("event_field_malformed", field="eventTimeZoneOffset")
        try:
            at = datetime.fromisoformat(text)
            east = timedelta(hours=int(found[2]), minutes=int(found[3]))
            zone = timezone(east if found[1] == "+" else -east)
            return at.astimezone(zone).isoformat() if at.tzinfo else text
        except (ValueError, OverflowError) as error:
            raise InvalidError("event_field_malformed", field="eventTime") from error

    def _find_units(self, kind: EventKind) -> dict[str, Any]:
        """Return units and container, or the plan, as our own form has them."""
        document, own = self._document, self._document.get(f"{_PREFIX}units")
        if f"{_PREFIX}plan" in document:
            return {"plan": self._find_plan(own)}
        is_aggregation = document["type"] == _AGGREGATION
        parent = document.get("parentID") if document["type"] != _OBJECT else None
        member, by_class = _MEMBERS[is_aggregation]
        self._names["units"] = member if own is None else f"{_PREFIX}units"
        is_emptied = is_aggregation and not document.get(member) and not document.get(by_class)
        if kind is EventKind.UNPACKING and (
            is_emptied or document.get(f"{_PREFIX}emptied") is True
        ):
            return {"container": [self._read_unit(parent, "parentID")] if own is None else own}
        if is_aggregation and parent is not None and document["action"] == "OBSERVE":
            # What is inside goes along.
            return {"units": [self._read_unit(parent, "parentID")]}
        units = self._read_units(member) if own is None else own
        above = None if parent is None else self._read_unit(parent, "parentID")
        if document["type"] == _TRANSACTION and above is not None and own is None:
            return {"units": [above, *units]}
        if not units and document.get(by_class):
            raise InvalidError("epcis_units_by_class", field=by_class)
        return {"units": units} if above is None else {"units": units, "container": above}

    def _find_plan(self, own: object) -> dict[str, Any]:
        plan = self._document[f"{_PREFIX}plan"]
        if not (
            isinstance(plan, dict)
            and isinstance(own, list)
            and len(own) == 1
            and isinstance(own[0], dict)
        ):
            raise InvalidError("event_field_malformed", field=f"{_PREFIX}plan")
        # How many go into each follows from the run.
        return {**own[0], **{name: plan[name] for name in plan if name != "size"}}

    def _read_units(self, member: str) -> list[Any]:
        named = self._document.get(member, [])
        if not isinstance(named, list):
            raise InvalidError("event_field_malformed", field=member)
        return [self._read_unit(each, f"{member}.{place}") for place, each in enumerate(named)]

    def _read_unit(self, uri: object, field: str) -> Any:  # noqa: ANN401 - any of our references
        """Return a unit by its identifier, as our own form has it."""
        if not isinstance(uri, str) or len(uri) > _URI_LENGTH_MAX:
            raise InvalidError("event_field_malformed", field=field)
        if own := self._find_own("units", uri):
            numbers = _UNIT.fullmatch(own)
            if numbers is not None:
                run, level, at = map(int, numbers.groups())
                return {"run": run, "level": level, "from": at, "to": at + 1}
        link = _LINK.fullmatch(uri)
        if link is not None:
            return link[2]
        address = _ADDRESS.match(uri)
        if address is not None and host_of(address[0]) in self._hosts:
            # What is printed on groups, as we print it.
            return uri
        code = _parse_epc(uri)
        if code is None:
            raise InvalidError("epcis_identifier_unsupported", field=field, given=uri[:100])
        return code

    def _find_own(self, noun: str, uri: str | None) -> str | None:
        """Return what an identifier of our own names."""
        found = None if uri is None else _OURS.fullmatch(uri)
        if found is None or found[2] != noun or host_of(found[1]) not in self._hosts:
            return None
        return found[3]

    def _read_place(self, member: str) -> str | None:
        place = self._document.get(member)
        named = place.get("id") if isinstance(place, dict) else None
        return named if isinstance(named, str) and len(named) <= _URI_LENGTH_MAX else None

    def _find_place(self, kind: EventKind) -> str | None:
        """Return where the units are afterwards; of what left a place, that place."""
        there, here = self._read_place("bizLocation"), self._read_place("readPoint")
        return here if kind is EventKind.SHIPPING else there or here

    def _find_partner(self, kind: EventKind) -> str | None:
        is_sent = kind is EventKind.SHIPPING
        member, name = ("destinationList", "destination") if is_sent else ("sourceList", "source")
        for each in self._list_members(member):
            uri = each.get(name)
            if isinstance(uri, str) and (own := self._find_own("organisations", uri)):
                return own
        return None

    def _list_members(self, member: str) -> Iterator[_Document]:
        held = self._document.get(member)
        if isinstance(held, list):
            yield from (each for each in held if isinstance(each, dict))

    def _find_extras(self, kind: EventKind) -> dict[str, Any]:
        """Return what of the document is not said by the event itself, as far as there is room."""
        extras: dict[str, Any] = {}
        room = _EXTRAS_MAX
        for name in _KEPT:
            value = self._document.get(name)
            if value is None or (name == "bizStep" and self._read_word(name) == kind.value):
                continue
            size = len(name) + len(orjson.dumps(value))
            if size <= room and is_shallow({"epcis": {name: value}}):
                extras[name] = value
                room -= size
        return {"epcis": extras} if extras else {}


def _parse_epc(uri: str) -> str | None:
    """Return the path of a code for an EPC URI of an item or a logistic unit."""
    scheme, _, rest = uri.rpartition(":")
    parts = rest.split(".", 2)
    if scheme == "urn:epc:id:sgtin" and len(parts) == 3:  # noqa: PLR2004 - prefix, item, serial
        digits = _join(parts[0], parts[1], length=13)
        return digits and f"/01/{digits}/21/{quote(unquote(parts[2]), safe='')}"
    if scheme == "urn:epc:id:sscc" and len(parts) == 2:  # noqa: PLR2004 - prefix, reference
        digits = _join(*parts, length=17)
        return digits and f"/00/{digits}"
    return None


def _parse_gln(uri: str | None) -> str | None:
    """Return the GLN of a place, without the extension that names a door of it."""
    if uri is None:
        return None
    link = _GLN_LINK.fullmatch(uri)
    if link is not None:
        return link[1]
    scheme, _, rest = uri.rpartition(":")
    if scheme != "urn:epc:id:sgln":
        return None
    digits = "".join(rest.split(".", 2)[:2])
    is_gln = len(digits) == 12 and digits.isascii() and digits.isdigit()  # noqa: PLR2004 - and a check digit
    return digits + check_digit(digits) if is_gln else None


def _join(prefix: str, reference: str, *, length: int) -> str | None:
    """Return a GS1 key from company prefix and reference, whose first digit stands in front."""
    digits = reference[:1] + prefix + reference[1:]
    if len(digits) != length or not (digits.isascii() and digits.isdigit()):
        return None
    return digits + check_digit(digits)


def _read_declaration(document: _Document) -> DeclarationDraft | None:
    told = document.get("errorDeclaration")
    if told is None:
        return None
    when = told.get("declarationTime") if isinstance(told, dict) else None
    try:
        at = datetime.fromisoformat(when) if isinstance(when, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidError("event_field_malformed", field="errorDeclaration.declarationTime")
    if not YEAR_MIN <= at.year <= YEAR_MAX:
        refuse_year("errorDeclaration.declarationTime")
    reason = told.get(f"{_PREFIX}reason", told.get("reason"))
    return DeclarationDraft(at=at, reason=reason if isinstance(reason, str) else None)
