# SPDX-License-Identifier: Apache-2.0
"""Weigh a reading against all that is known of its unit: what it means, and what is told of it.

UnitBook     what is known of one unit, while a batch of readings goes by
Reader       who made a reading, as its unit names him
Judge        decides the readings of one batch
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from trueorigin.domain.risk import Place, Sighting, parse_place
from trueorigin.domain.scans import Evidence, Reading
from trueorigin.domain.tenancy import Role
from trueorigin.domain.verdict import Decision, Standing, UnitFacts, decide
from trueorigin.services.chainfacts import Life
from trueorigin.storage.counting import NewDevice, UnitState

# Whoever sells or carries goods on is warned of what a consumer is only told.
_HANDLERS: Final = frozenset({Role.LOGISTICS, Role.SELLER})
_NOBODY: Final = Evidence(
    devices=0, other_devices=0, first_at=None, first_place=None, is_known_device=False
)


@dataclass(slots=True)
class UnitBook:
    """What is known of one unit while a batch is judged; later readings see earlier ones.

    `known` holds the devices asked for that are known, with the time they were counted; `lines`
    counts the ledger lines of this hour, of which `newest` is the last. `added` was counted by
    the reading before: most units are read once, so it is put to the rest when somebody looks.
    """

    state: UnitState | None
    known: dict[int, datetime]
    lines: int
    newest: UUID | None
    added: NewDevice | None = None

    def settle(self, new: NewDevice) -> None:
        """Count the device of the reading before, for the next one of the batch to see."""
        self.added = None
        self.known[new.device] = new.at
        if new.alias is not None:
            # A phone that is known already may be given its own cookie again.
            self.known.setdefault(new.alias, new.at)
        self.state = _add_device(self.state, new)


@dataclass(slots=True)
class Reader:
    """Who made a reading, as its unit names him; `device` is None for those who never count."""

    at_us: int
    place: Place | None
    network: int | None = None
    device: int | None = None


class Judge:
    """Decides the readings of one batch."""

    __slots__ = ("_alone",)

    def __init__(self) -> None:
        """Begin with nothing decided."""
        # By the number of the standing's object, known device or not, expired or not. Holding the
        # standing keeps its number from being given to another.
        self._alone: dict[tuple[int, bool, bool], tuple[Standing, Decision]] = {}

    def decide(
        self,
        reading: Reading,
        reader: Reader,
        book: UnitBook,
        standing: Standing,
        life: Life | None,
    ) -> tuple[Decision, Evidence]:
        """Decide what a reading means by all that is known, and say what that is."""
        if book.added is not None:
            book.settle(book.added)
        state, device = book.state, reader.device
        own_at = None if state is None or device is None else book.known.get(device)
        is_known = own_at is not None
        evidence = _NOBODY if state is None else _build_evidence(state, is_known)
        if life is None and evidence.other_devices == 0:
            return self._decide_alone(standing, reading.at, is_known), evidence
        facts = _gather_facts(reading, reader, state, own_at, standing)
        if life is not None:
            is_handler = reading.actor is not None and reading.actor.role in _HANDLERS
            facts = replace(facts, chain=life.facts, place=reader.place, is_handler=is_handler)
        return decide(facts, at=reading.at), evidence

    def _decide_alone(self, standing: Standing, at: datetime, is_known: bool) -> Decision:  # noqa: FBT001 - by position
        """Decide on a unit that no phone but the reader's was counted for: nine in ten.

        Once for all units that share a standing, since of the time it only matters whether the
        goods have expired: 0.3 us each instead of 1.7 us.
        """
        is_expired = standing.expires_at is not None and at >= standing.expires_at
        case = (id(standing), is_known, is_expired)
        found = self._alone.get(case)
        if found is None:
            facts = UnitFacts(standing, 0, None, is_known, None, None)
            found = self._alone[case] = (standing, decide(facts, at=at))
        return found[1]


def _gather_facts(
    reading: Reading,
    reader: Reader,
    state: UnitState | None,
    own_at: datetime | None,
    standing: Standing,
) -> UnitFacts:
    """Collect what is known of the unit before this reading."""
    if state is None:
        return UnitFacts(standing, 0, None, False, None, None)  # noqa: FBT003 - by position
    others = state.devices - (own_at is not None)
    # The first counted reading was the reader's own if it has the time of his device.
    first_other_at = state.first_at if others and state.first_at != own_at else None
    before = now = None
    if reader.device is not None and own_at is None:
        before = _find_sighting(state.last_place, state.last_at)
        now = None if reader.place is None else Sighting(place=reader.place, at=reading.at)
    return UnitFacts(standing, others, first_other_at, own_at is not None, before, now)


def _find_sighting(place: str | None, at: datetime) -> Sighting | None:
    found = None if place is None else parse_place(place)
    return None if found is None else Sighting(place=found, at=at)


def _build_evidence(state: UnitState, is_known: bool) -> Evidence:  # noqa: FBT001 - by position
    first = _find_sighting(state.first_place, state.first_at)
    place = None if first is None else str(first.place)
    return Evidence(state.devices, state.devices - is_known, state.first_at, place, is_known)


def _add_device(state: UnitState | None, new: NewDevice) -> UnitState:
    """Return what `counting.count_devices` makes of a unit's state."""
    key, at, place = new.unit_key, new.at, new.place
    if state is None:
        return UnitState(key, 1, at, place, at, place)
    is_first, is_last = at < state.first_at, at > state.last_at
    return UnitState(
        unit_key=key,
        devices=state.devices + 1,
        first_at=at if is_first else state.first_at,
        first_place=place if is_first else state.first_place,
        last_at=at if is_last else state.last_at,
        last_place=place if is_last else state.last_place,
    )
