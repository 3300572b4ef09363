# SPDX-License-Identifier: Apache-2.0
"""What the chain says of one unit at one instant, as far as a verdict asks: a fold of its history.

Pure, and the same in whatever order events arrived. Events declared in error and events that have
not happened yet count for nothing. What cannot be is not judged here: see `anomalies.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.diversions import Shipment
from trueorigin.domain.events import Effect, Event, EventKind, Part
from trueorigin.domain.history import Entry, History
from trueorigin.domain.inspections import Finding, InspectionResult, find_finding
from trueorigin.domain.records import record
from trueorigin.domain.risk import Place
from trueorigin.domain.sites import Site
from trueorigin.domain.territories import TERRITORY, Territory


@record
class Surroundings:
    """What events refer to by id, as far as it is known: sites, sales regions, organisations."""

    sites: Mapping[UUID, Site]
    territories: Mapping[UUID, Territory]
    organisations: Mapping[UUID, str]


@record
class Found:
    """One finding: which authority found what, and when. Consumers may know all of it."""

    event_id: UUID
    at: datetime
    result: InspectionResult
    authority: str
    document: str | None = None
    notes: LocalText | None = None


@record
class Sale:
    """A unit was sold, and never returned since. `place` is what the public may know of where."""

    at: datetime
    place: str | None


@record
class Keeping:
    """The container around a unit was last said to be here; `region` only of public sites."""

    place: Place
    since: datetime
    region: str | None


@record
class ChainFacts:
    """What holds of a unit at one instant.

    `judged` is the last finding that says what the goods are, `sealed` the one that sealed them
    where none has unsealed them since; `findings` are all, in order. `keeping` is None unless
    the unit is in a container that somebody put somewhere, and has not itself been anywhere since.
    """

    destroyed_at: datetime | None = None
    judged: Found | None = None
    sealed: Found | None = None
    findings: tuple[Found, ...] = ()
    sale: Sale | None = None
    keeping: Keeping | None = None
    shipment: Shipment | None = None


NOTHING: Final = ChainFacts()

_JUDGING: Final = frozenset(
    {
        InspectionResult.CONFORMS,
        InspectionResult.DOES_NOT_CONFORM,
        InspectionResult.SUSPECTED_COUNTERFEIT,
    }
)
# After one of these a container stays where it is said to be until somebody moves it. Packing is
# none of them: whoever records nothing else would have everything that left seem to be there still.
_KEEPING: Final = frozenset({EventKind.RECEIVING, EventKind.STORING})
_FILLING: Final = frozenset({Effect.INTO, Effect.PLANNED})


def fold_chain(history: History, around: Surroundings, *, at: datetime) -> ChainFacts:
    """Return what the chain says of a unit at `at`."""
    if not history.entries:
        return NOTHING
    fold = _Fold(around)
    for entry in history.entries:
        if entry.event.at > at:
            break
        if entry.event.declaration is None:
            fold.add(entry)
    is_inside = any(place.start.at <= at < place.stop.at for place in history.places)
    return ChainFacts(
        destroyed_at=fold.destroyed_at,
        judged=fold.judged,
        sealed=fold.sealed,
        findings=tuple(fold.findings),
        sale=fold.sale,
        keeping=fold.find_keeping() if is_inside else None,
        shipment=fold.shipment,
    )


class _Fold:
    """The state of a unit while its events go by in order."""

    __slots__ = (
        "_around", "_last", "destroyed_at", "findings", "judged", "sale", "sealed", "shipment"
    )  # fmt: skip

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        # The last event that put the unit, or a container of it, somewhere.
        self._last: Entry | None = None
        self.destroyed_at: datetime | None = None
        self.judged: Found | None = None
        self.sealed: Found | None = None
        self.findings: list[Found] = []
        self.sale: Sale | None = None
        self.shipment: Shipment | None = None

    def add(self, entry: Entry) -> None:
        event = entry.event
        if entry.part is Part.PACKED:
            if event.effect in _FILLING:
                self._last = entry
        elif entry.part is not Part.SUBJECT:
            return
        elif event.kind is EventKind.INSPECTING:
            self._inspect(event)
        else:
            self._last = entry
            self._handle(event)

    def _handle(self, event: Event) -> None:
        match event.kind:
            case EventKind.DESTROYING:
                self.destroyed_at = self.destroyed_at or event.at
            case EventKind.SELLING if self.sale is None:
                site = self._find_site(event)
                self.sale = Sale(at=event.at, place=None if site is None else site.public_name)
            case EventKind.RETURNING:
                self.sale = self.shipment = None
            case EventKind.SHIPPING:
                self.shipment = self._find_shipment(event) or self.shipment

    def _inspect(self, event: Event) -> None:
        finding = find_finding(event)
        if finding is None:
            return
        found = self._build_found(event, finding)
        self.findings.append(found)
        if found.result in _JUDGING:
            self.judged = found
        elif found.result is InspectionResult.SEALED:
            self.sealed = found
        elif found.result is InspectionResult.UNSEALED:
            self.sealed = None

    def _build_found(self, event: Event, finding: Finding) -> Found:
        name = self._around.organisations.get(event.organisation_id, "")
        return Found(
            event_id=event.id,
            at=event.at,
            result=finding.result,
            authority=finding.authority or name,
            document=finding.document,
            notes=finding.notes,
        )

    def _find_shipment(self, event: Event) -> Shipment | None:
        """Return a shipment that names where its goods are to be sold."""
        named = (event.details or {}).get(TERRITORY)
        territory = None if named is None else self._around.territories.get(UUID(named))
        return None if territory is None else Shipment(event_id=event.id, territory=territory)

    def _find_site(self, event: Event) -> Site | None:
        return None if event.site_id is None else self._around.sites.get(event.site_id)

    def find_keeping(self) -> Keeping | None:
        """Return where the container around the unit is, if it is where it was last put."""
        last = self._last
        if last is None or last.event.kind not in _KEEPING:
            return None
        if last.part is Part.SUBJECT and not last.path:
            # It was handled by itself: somebody opened the container and did not say so.
            return None
        site = self._find_site(last.event)
        place = None if site is None else site.place
        if site is None or place is None:
            return None
        return Keeping(place=place, since=last.event.at, region=site.public_region)
