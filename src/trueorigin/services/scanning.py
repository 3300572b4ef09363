# SPDX-License-Identifier: Apache-2.0
"""Record readings: recognise, judge, append, in one round trip each way for a whole batch.

The one path every reading of every client takes, and the only place that counts devices. It
commits nothing: whoever calls answers only after the transaction is durable.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from trueorigin.domain.ids import from_microseconds, to_microseconds, uuid7_floor
from trueorigin.domain.risk import Place, Sighting, parse_place
from trueorigin.domain.scans import (
    DAY_US,
    HOUR_MS,
    HOUR_US,
    MINUTE_US,
    Channel,
    Confirmation,
    Evidence,
    Reading,
    ScanOutcome,
    ScanUnit,
)
from trueorigin.domain.units import Recall, UnitRangeState, fold_range_facts
from trueorigin.domain.verdict import RecallNotice, UnitFacts, decide
from trueorigin.services.catalogue import Catalogue, RunEntry
from trueorigin.services.recognising import Recognition, recognise
from trueorigin.services.vault import Vault
from trueorigin.storage import figures, scans, units
from trueorigin.storage.database import Tx
from trueorigin.storage.figures import FigureKey
from trueorigin.storage.scans import NewDevice, ScanRow, UnitState

__all__ = [
    "SCANS_PER_HOUR_MAX",
    "Channel",
    "Confirmation",
    "Evidence",
    "Reading",
    "ScanOutcome",
    "ScanUnit",
    "confirm_scans",
    "record_scans",
]

# One a minute for an hour: no honest unit is read more often, and a flood stays this small.
SCANS_PER_HOUR_MAX: Final = 60

_NOBODY = Evidence(
    devices=0, other_devices=0, first_at=None, first_place=None, is_known_device=False
)


@dataclass(slots=True)
class _UnitBook:
    """What is known of one unit while a batch is judged; later readings see earlier ones.

    `known` holds the devices asked for that are known, with the time they were counted; `lines`
    counts the ledger lines of this hour, of which `newest` is the last.
    """

    state: UnitState | None
    known: dict[int, datetime]
    lines: int
    newest: UUID | None


@dataclass(slots=True)
class _Entries:
    """What one batch will write."""

    rows: list[ScanRow] = field(default_factory=list)
    new_devices: list[NewDevice] = field(default_factory=list)
    increments: Counter[tuple[int, UUID]] = field(default_factory=Counter)
    not_issued: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    figures: Counter[FigureKey] = field(default_factory=Counter)


@dataclass(slots=True)
class _Reader:
    """Who made a reading, as its unit names him; `device` is None for those who never count."""

    device: int | None
    alias: int | None
    network: int | None
    place: Place | None


def record_scans(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    readings: Sequence[Reading],
    *,
    per_hour_max: int | None = SCANS_PER_HOUR_MAX,
) -> list[ScanOutcome]:
    """Judge a batch of readings, append them to the ledger, and return the answers in order.

    Serves all tenants. Several readings of one unit see each other in order, exactly as if each
    had been a batch of its own. Readings of one unit beyond `per_hour_max` in a clock hour (UTC,
    by their ids; None: any number) raise the counter of the hour's last line and are given its
    id. Costs one statement for each table read or written, whatever the size of the batch.
    """
    outcomes: list[ScanOutcome] = []
    for hour, group in groupby(readings, key=_hour):
        batch = _Batch(tx, vault, list(group), per_hour_max)
        outcomes += batch.record(catalogue, uuid7_floor(from_microseconds(hour * HOUR_US)))
    return outcomes


def _hour(reading: Reading) -> int:
    """Return the hours since 1970 of the millisecond count that opens a UUIDv7."""
    return (reading.id.int >> 80) // HOUR_MS


class _Batch:
    """Readings of one clock hour on their way into the ledger."""

    def __init__(
        self, tx: Tx, vault: Vault, readings: list[Reading], per_hour_max: int | None
    ) -> None:
        self._tx = tx
        self._vault = vault
        self._readings = readings
        self._per_hour_max = per_hour_max
        self._entries = _Entries()
        self._networks: dict[tuple[str, int], int] = {}
        self._books: dict[int, _UnitBook] = {}
        self._units: Collection[int] = ()

    def record(self, catalogue: Catalogue, hour: UUID) -> list[ScanOutcome]:
        """Run all steps; `hour` is the smallest id of the hour."""
        codes = [reading.code for reading in self._readings]
        own_ids = [
            None if reading.actor is None else reading.actor.organisation_id
            for reading in self._readings
        ]
        found = recognise(self._tx, catalogue, self._vault, codes, own_ids)
        readers = [
            self._identify(reading, recognition)
            for reading, recognition in zip(self._readings, found, strict=True)
        ]
        self._open_books(found, readers, hour)
        probed = self._probe_ranges(found)
        outcomes = []
        for at, (reading, recognition, reader) in enumerate(
            zip(self._readings, found, readers, strict=True)
        ):
            if recognition.entry is None:
                outcomes.append(self._refuse(reading, recognition, reader))
            else:
                facts = self._gather_facts(reading, recognition, reader, probed.get(at))
                outcomes.append(self._admit(reading, recognition, reader, facts))
        return self._write(outcomes)

    def _identify(self, reading: Reading, recognition: Recognition) -> _Reader:
        """Name the device and network of a public reading; others are named by their actor."""
        place = None if reading.place is None else parse_place(reading.place)
        is_vouched = reading.place_trusted and reading.actor is not None
        if place is not None and place.is_trusted is not is_vouched:
            # Whatever the text says of itself, only a credential makes a place trusted.
            place = replace(place, is_trusted=is_vouched)
        if not reading.is_public:
            return _Reader(None, None, None, place)
        pseudonyms = self._vault.pseudonyms
        at_us = to_microseconds(reading.at)
        visit = (reading.network, at_us // DAY_US)
        network = self._networks.get(visit)
        if network is None:
            network = self._networks[visit] = pseudonyms.name_network(reading.network, at_us)
        if recognition.entry is None:
            return _Reader(None, None, network, place)
        device, alias = pseudonyms.name_reader(recognition.unit_key, reading, at_us)
        return _Reader(device, alias, network, place)

    def _open_books(
        self, found: Iterable[Recognition], readers: Iterable[_Reader], hour: UUID
    ) -> None:
        """Read what is known of all units of the batch."""
        pairs = set()
        keys = set()
        for recognition, reader in zip(found, readers, strict=True):
            if recognition.entry is not None:
                keys.add(recognition.unit_key)
                if reader.device is not None:
                    pairs.add((recognition.unit_key, reader.device))
        states = scans.find_unit_states(self._tx, keys)
        self._units = states.keys()
        recent: dict[int, tuple[int, UUID]] = {}
        if self._per_hour_max is not None:
            recent = scans.count_recent_scans(self._tx, keys, hour)
        for key in keys:
            lines, newest = recent.get(key, (0, None))
            self._books[key] = _UnitBook(states.get(key), {}, lines, newest)
        for (key, device), at in scans.find_known_devices(self._tx, states, pairs).items():
            self._books[key].known[device] = at

    def _probe_ranges(self, found: Sequence[Recognition]) -> dict[int, "_Ranges"]:
        """Ask the database for the ranges of units whose run has too many to hold."""
        asked = [
            (at, each.entry.run.id, each.level, each.index)
            for at, each in enumerate(found)
            if each.entry is not None and not each.entry.holds_facts
        ]
        if not asked:
            return {}
        facts = units.find_range_facts(self._tx, [probe[1:] for probe in asked])
        ids = {fact.recall_id for held in facts for fact in held if fact.recall_id is not None}
        recalls = units.find_recalls(self._tx, list(ids))
        return {
            probe[0]: _Ranges(
                state=fold_range_facts(held, self._readings[probe[0]].at), recalls=recalls
            )
            for probe, held in zip(asked, facts, strict=True)
        }

    def _gather_facts(
        self,
        reading: Reading,
        recognition: Recognition,
        reader: _Reader,
        probed: "_Ranges | None",
    ) -> UnitFacts:
        """Collect what is known of the unit before this reading."""
        entry = recognition.entry
        assert entry is not None  # noqa: S101 - asked for recognised units only
        ranges = probed or _Ranges(
            state=entry.find_state(recognition.level, recognition.index, reading.at),
            recalls=entry.recalls,
        )
        book = self._books[recognition.unit_key]
        own_at = None if reader.device is None else book.known.get(reader.device)
        state = book.state
        others = 0 if state is None else state.devices - (own_at is not None)
        # The first counted reading was the reader's own if it has the time of his device.
        first_other_at = state.first_at if state is not None and state.first_at != own_at else None
        may_count = reader.device is not None and own_at is None
        return UnitFacts(
            is_organisation_verified=entry.organisation.verified_at is not None,
            stage=ranges.state.lifecycle.stage,
            stage_since=ranges.state.lifecycle.since,
            first_released_at=ranges.state.lifecycle.first_released_at,
            recall=_find_recall(entry, ranges, reading.at),
            expires_on=entry.batch.expires_on,
            expires_at=entry.expires_at,
            other_devices=others,
            first_other_at=first_other_at if others else None,
            is_known_device=own_at is not None,
            last_sighting=_last_sighting(state) if may_count else None,
            sighting=Sighting(place=reader.place, at=reading.at)
            if may_count and reader.place is not None
            else None,
        )

    def _refuse(self, reading: Reading, recognition: Recognition, reader: _Reader) -> ScanOutcome:
        """Answer an invented code, and count it; products we do not know share one count."""
        code = reading.code
        product = (code.gtin or code.prefix or "") if recognition.is_owned else ""
        minute = to_microseconds(reading.at) // MINUTE_US
        self._entries.not_issued[(minute, reader.network or 0, product)] += 1
        decision = decide(None, at=reading.at)
        return ScanOutcome(
            verdict=decision.verdict,
            reasons=decision.reasons,
            unit=None,
            evidence=None,
            scan_id=None,
            at=reading.at,
            counted=False,
            can_confirm=False,
        )

    def _admit(
        self, reading: Reading, recognition: Recognition, reader: _Reader, facts: UnitFacts
    ) -> ScanOutcome:
        """Judge a reading of an issued unit and enter it, as a line or in the hour's last line."""
        decision = decide(facts, at=reading.at)
        key = recognition.unit_key
        book = self._books[key]
        evidence = _build_evidence(book.state, facts)
        place = None if reader.place is None else reader.place.stored
        is_line = self._per_hour_max is None or book.lines < self._per_hour_max
        may_count = is_line and reader.device is not None and not facts.is_known_device
        is_counted = may_count and reading.is_confirmed
        if is_line:
            self._entries.rows.append(
                ScanRow(
                    unit_key=key,
                    id=reading.id,
                    at=reading.at,
                    channel=reading.channel,
                    verdict=decision.verdict,
                    is_counted=is_counted,
                    device=reader.device,
                    network=reader.network,
                    place=place,
                    actor_id=None if reading.actor is None else reading.actor.organisation_id,
                )
            )
            book.lines += 1
            book.newest = reading.id if book.newest is None else max(book.newest, reading.id)
        self._entries.figures[figures.key_of_reading(key, reading.at, place, decision.verdict)] += 1
        scan_id = reading.id if is_line else book.newest
        assert scan_id is not None  # noqa: S101 - a full hour has lines
        if not is_line:
            self._entries.increments[(key, scan_id)] += 1
        if is_counted:
            self._count(key, reader, reading.at, book)
        return ScanOutcome(
            verdict=decision.verdict,
            reasons=decision.reasons,
            unit=_build_unit(recognition),
            evidence=evidence,
            scan_id=scan_id,
            at=reading.at,
            counted=is_counted,
            can_confirm=may_count and not is_counted,
        )

    def _count(self, key: int, reader: _Reader, at: datetime, book: _UnitBook) -> None:
        """Count a new device, also in the book: the next reading of the batch sees it."""
        assert reader.device is not None  # noqa: S101 - only public readers are counted
        place = None if reader.place is None else reader.place.stored
        self._entries.new_devices.append(
            NewDevice(unit_key=key, device=reader.device, at=at, place=place, alias=reader.alias)
        )
        book.known[reader.device] = at
        if reader.alias is not None:
            # A phone that is known already may be given its own cookie again.
            book.known.setdefault(reader.alias, at)
        book.state = _add_device(book.state, key, at, place)

    def _write(self, outcomes: list[ScanOutcome]) -> list[ScanOutcome]:
        """Append everything, in an order of tables that is the same for every batch."""
        entries = self._entries
        new = scans.count_devices(self._tx, entries.new_devices, units=self._units)
        if len(new) < len(entries.new_devices):
            outcomes = self._yield_devices(outcomes, new)
        rows = entries.rows
        if entries.increments:
            rows = [self._fold_increments(row) for row in rows]
        scans.append_scans(self._tx, rows)
        scans.increment_scans(self._tx, entries.increments)
        scans.append_not_issued(self._tx, entries.not_issued)
        counted = Counter(figures.key_of_row(row) for row in rows if row.is_counted)
        figures.raise_figures(self._tx, entries.figures, counted)
        return outcomes

    def _fold_increments(self, row: ScanRow) -> ScanRow:
        """Put what came on top of a line of this very batch into the line."""
        more = self._entries.increments.pop((row.unit_key, row.id), None)
        return row if more is None else replace(row, readings=1 + more)

    def _yield_devices(
        self, outcomes: list[ScanOutcome], new: set[tuple[int, int]]
    ) -> list[ScanOutcome]:
        """Take back what another process counted between our read and our write."""
        lost = {
            row.id
            for row in self._entries.rows
            if row.is_counted and (row.unit_key, row.device) not in new
        }
        self._entries.rows = [
            replace(row, is_counted=False) if row.id in lost else row for row in self._entries.rows
        ]
        return [
            replace(outcome, counted=False) if outcome.scan_id in lost else outcome
            for outcome in outcomes
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranges:
    """What range facts make of a unit, and the recall orders they name."""

    state: UnitRangeState
    recalls: dict[UUID, Recall]


def _find_recall(entry: RunEntry, ranges: _Ranges, at: datetime) -> RecallNotice | None:
    """Return the oldest recall in force that holds the unit, by batch or by range."""
    if not entry.batch_recalls and not ranges.state.recall_ids:
        return None
    in_force = [recall for recall in entry.batch_recalls if recall.is_in_force(at)]
    in_force += [ranges.recalls[each] for each in ranges.state.recall_ids]
    if not in_force:
        return None
    first = min(in_force, key=lambda recall: (recall.effective_at, recall.id))
    return RecallNotice(
        effective_at=first.effective_at,
        reason=first.reason,
        instruction=first.instruction,
        contact=first.contact,
    )


def _last_sighting(state: UnitState | None) -> Sighting | None:
    place = None if state is None or state.last_place is None else parse_place(state.last_place)
    return None if place is None or state is None else Sighting(place=place, at=state.last_at)


def _build_evidence(state: UnitState | None, facts: UnitFacts) -> Evidence:
    if state is None:
        return _NOBODY
    place = None if state.first_place is None else parse_place(state.first_place)
    return Evidence(
        devices=state.devices,
        other_devices=facts.other_devices,
        first_at=state.first_at,
        first_place=None if place is None else str(place),
        is_known_device=facts.is_known_device,
    )


def _build_unit(recognition: Recognition) -> ScanUnit:
    entry = recognition.entry
    assert entry is not None  # noqa: S101 - built for recognised units only
    return ScanUnit(
        organisation=entry.organisation,
        product=entry.product,
        batch=entry.batch,
        run=entry.run,
        level=recognition.level,
        index=recognition.index,
        number=recognition.number,
        unit_key=recognition.unit_key,
    )


def _add_device(state: UnitState | None, key: int, at: datetime, place: str | None) -> UnitState:
    """Return what `scans.count_devices` makes of a unit's state."""
    if state is None:
        return UnitState(
            unit_key=key, devices=1, first_at=at, first_place=place, last_at=at, last_place=place
        )
    is_first, is_last = at < state.first_at, at > state.last_at
    return UnitState(
        unit_key=key,
        devices=state.devices + 1,
        first_at=at if is_first else state.first_at,
        first_place=place if is_first else state.first_place,
        last_at=at if is_last else state.last_at,
        last_place=place if is_last else state.last_place,
    )


def confirm_scans(tx: Tx, vault: Vault, confirmations: Sequence[Confirmation]) -> list[bool]:
    """Count the devices of pages that were looked at; say for each whether it counted a new one.

    Idempotent: a line counts once, a known device never again. Nothing is counted for a scan that
    does not exist, of a signed-in reader, or that stands for many readings.
    """
    wanted = {(each.unit_key, each.scan_id) for each in confirmations}
    rows = scans.find_scans(tx, wanted)
    lines: dict[tuple[int, int], ScanRow] = {}
    new_devices: list[NewDevice] = []
    claimed: list[tuple[int, int] | None] = []
    for each in confirmations:
        # Each line is used up by the first confirmation of it.
        row = rows.pop((each.unit_key, each.scan_id), None)
        pair = None
        if row is not None and row.device is not None and not row.is_counted and row.readings == 1:
            # A phone that sends its cookie is that phone; else the line knows it best.
            device = (
                row.device
                if each.device_token is None
                else vault.pseudonyms.name_phone(each.unit_key, each.device_token)
            )
            if (each.unit_key, device) not in lines:
                pair = (each.unit_key, device)
                lines[pair] = row
                new_devices.append(
                    NewDevice(unit_key=row.unit_key, device=device, at=row.at, place=row.place)
                )
        claimed.append(pair)
    counted = scans.count_devices(tx, new_devices)
    counted_lines = {(row.unit_key, row.id): row for row in map(lines.__getitem__, counted)}
    marked = scans.mark_scans_counted(tx, counted_lines)
    figures.raise_figures(
        tx, {}, Counter(figures.key_of_row(counted_lines[line]) for line in marked)
    )
    return [pair is not None and pair in counted for pair in claimed]
