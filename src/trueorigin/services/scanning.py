# SPDX-License-Identifier: Apache-2.0
"""Record readings: recognise, judge, append, in one round trip each way for a whole batch.

The one path every reading of every client takes, and the only place that counts devices. It
commits nothing: whoever calls answers only after the transaction is durable.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from trueorigin.domain.chainfacts import ChainFacts
from trueorigin.domain.days import name_day_us
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.diversions import Diversion, Seen, find_diversion
from trueorigin.domain.ids import (
    DAY_US,
    HOUR_US,
    MINUTE_US,
    from_microseconds,
    to_microseconds,
    uuid7_floor,
)
from trueorigin.domain.risk import Place, parse_place
from trueorigin.domain.scans import (
    HOUR_MS,
    Confirmation,
    Reading,
    ScanOutcome,
    ScanUnit,
    Visit,
)
from trueorigin.domain.verdict import Standing, decide
from trueorigin.services.catalogue import Catalogue, Trust
from trueorigin.services.chainfacts import Life, find_lives
from trueorigin.services.recognising import Recognised, recognise
from trueorigin.services.standings import PagedFacts
from trueorigin.services.vault import Vault
from trueorigin.services.weighing import Judge, Reader, UnitBook
from trueorigin.storage import counting, diversions, figures, scans, units
from trueorigin.storage.counting import NewDevice, UnitState
from trueorigin.storage.database import Tx
from trueorigin.storage.figures import FigureKey, build_figure_key
from trueorigin.storage.scans import ScanRow

# One a minute for an hour: no honest unit is read more often, and a flood stays this small.
SCANS_PER_HOUR_MAX: Final = 60


@dataclass(slots=True)
class _Entries:
    """What one batch will write; `counted` has the figure of each (unit key, device) counted."""

    rows: list[ScanRow] = field(default_factory=list)
    diversions: list[Diversion] = field(default_factory=list)
    new_devices: list[NewDevice] = field(default_factory=list)
    increments: dict[tuple[int, UUID], int] = field(default_factory=dict)
    not_issued: Counter[tuple[int, int, str]] = field(default_factory=Counter)
    figures: list[FigureKey] = field(default_factory=list)
    counted: dict[tuple[int, int], FigureKey] = field(default_factory=dict)


@dataclass(slots=True)
class _Told:
    """Readings of clients that repeat them: what was answered to those that came before.

    `lines` has the line in which each (unit key, reading id) is, and whether it counted a phone;
    `invented` the (code, reading id) of codes that were never issued.
    """

    lines: dict[tuple[int, UUID], tuple[UUID, bool]] = field(default_factory=dict)
    invented: set[tuple[PrintedCode, UUID]] = field(default_factory=set)


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
    id. A reading that `may_repeat` counts once, but one that only raised a counter is kept nowhere:
    sent again in a later call, it raises that once more, as does an invented code.

    Costs one statement for each table read or written, whatever the size of the batch; units of
    runs of which there are events cost what `find_lives` does on top.
    """
    outcomes: list[ScanOutcome] = []
    repeatable = [reading.id for reading in readings if reading.may_repeat]
    if repeatable:
        # A phone that had no answer sends again while the first request may still be at work.
        scans.await_repeated(tx, repeatable)
    # A UUIDv7 opens with the milliseconds since 1970.
    hours = [(reading.id.int >> 80) // HOUR_MS for reading in readings]
    told = _Told()
    for hour, group in groupby(zip(hours, readings, strict=True), key=itemgetter(0)):
        alike = [reading for _, reading in group]
        batch = _Batch(tx, vault, alike, per_hour_max, told, is_all=len(alike) == len(readings))
        outcomes += batch.record(catalogue, uuid7_floor(from_microseconds(hour * HOUR_US)))
    return outcomes


def must_last(outcome: ScanOutcome) -> bool:
    """Say whether a reading must be on the disk before its answer: whether it is in the ledger.

    Of an invented code a count is raised, which follows at once. Its answer gives nobody anything
    to refer to, and whoever tries thousands of them should not make others wait for the disk.
    """
    return outcome.scan_id is not None


class _Batch:
    """Readings of one clock hour on their way into the ledger."""

    def __init__(
        self,
        tx: Tx,
        vault: Vault,
        readings: list[Reading],
        per_hour_max: int | None,
        told: _Told,
        *,
        is_all: bool,
    ) -> None:
        """Take readings of one hour; `is_all` if the transaction is to do nothing else."""
        self._tx = tx
        self._pseudonyms = vault.pseudonyms
        self._vault = vault
        self._readings = readings
        self._per_hour_max = per_hour_max
        self._entries = _Entries()
        self._books: dict[int, UnitBook] = {}
        self._judge = Judge()
        self._states: Mapping[int, UnitState] = {}
        # Units that were read before, without a phone being counted.
        self._read: Collection[int] = ()
        self._told = told
        # Nothing need be asked of PostgreSQL before invented codes are counted: that what is known
        # of the catalogue still holds, as of these revisions, is checked where they are.
        self._may_check_late = is_all and tx.dialect == "postgresql" and not tx.is_again
        self._as_of: Mapping[UUID, int] = {}

    def record(self, catalogue: Catalogue, hour: UUID) -> list[ScanOutcome]:
        """Run all steps; `hour` is the smallest id of the hour."""
        codes = [reading.code for reading in self._readings]
        own_ids = [
            None if reading.actor is None else reading.actor.organisation_id
            for reading in self._readings
        ]
        trust = Trust(self._tx)
        found = recognise(self._tx, catalogue, self._vault, codes, own_ids, trust)
        readers = self._identify(found.units)
        if self._may_check_late and not any(found.units):
            self._as_of = trust.revisions
        else:
            trust.ask()
            self._open_books(found.units, readers, hour)
            if not trust.holds():
                found = recognise(self._tx, catalogue, self._vault, codes, own_ids)
                readers = self._identify(found.units)
                self._open_books(found.units, readers, hour)
        self._find_repeated(found.units)
        standings = self._find_standings(found)
        lives = self._find_lives(found)
        outcomes = [
            self._refuse(reading, reader, is_owned=is_owned)
            if unit is None or standing is None
            else self._admit(reading, unit, reader, standing, life)
            for reading, unit, reader, standing, life, is_owned in zip(
                self._readings, found.units, readers, standings, lives, found.is_owned, strict=True
            )
        ]
        return self._write(outcomes)

    def _identify(self, found: Sequence[ScanUnit | None]) -> list[Reader]:
        """Name device and network of each public reading; others are named by their actor."""
        name_reader, readers = self._pseudonyms.name_reader, []
        visits: dict[tuple[str, int], Visit] = {}
        for reading, unit in zip(self._readings, found, strict=True):
            at_us = to_microseconds(reading.at)
            place = None if reading.place is None else _find_place(reading)
            network = device = None
            if reading.actor is None or reading.is_public:
                visited = (reading.network, at_us // DAY_US)
                visit = visits.get(visited)
                if visit is None:
                    visit = visits[visited] = self._pseudonyms.name_visit(reading.network, at_us)
                network = visit.network
                device = None if unit is None else name_reader(unit.unit_key, reading, visit)
            readers.append(Reader(at_us, place, network, device))
        return readers

    def _open_books(
        self, found: Sequence[ScanUnit | None], readers: Sequence[Reader], hour: UUID
    ) -> None:
        """Read what is known of all units of the batch."""
        asked = [
            (unit.unit_key, reader.device)
            for unit, reader in zip(found, readers, strict=True)
            if unit is not None
        ]
        keys = {key for key, _ in asked}
        count_recent = None
        if self._per_hour_max is not None:
            count_recent = scans.count_recent_scans(self._tx, keys, hour)
        states, self._read, known = counting.find_units_and_devices(self._tx, asked)
        self._states = states
        recent = {} if count_recent is None else count_recent()
        self._books = {}
        for key in keys:
            lines, newest = recent.get(key, (0, None))
            self._books[key] = UnitBook(states.get(key), {}, lines, newest)
        for (key, device), at in known.items():
            self._books[key].known[device] = at

    def _find_repeated(self, found: Sequence[ScanUnit | None]) -> None:
        """Look up which readings came before; asks nothing unless a device keeps its readings."""
        wanted = {
            (unit.unit_key, reading.id)
            for unit, reading in zip(found, self._readings, strict=True)
            if unit is not None and reading.may_repeat
        }
        rows = scans.find_scans(self._tx, wanted)
        self._told.lines |= {line: (line[1], row.is_counted) for line, row in rows.items()}

    def _find_standings(self, found: Recognised) -> list[Standing | None]:
        """Return what each unit is at its reading, whoever reads it; None for invented ones.

        Asks the database for the ranges of units whose run has too many to hold, in two queries.
        """
        standings: list[Standing | None] = []
        asked = []
        missed: dict[PagedFacts, list[tuple[int, int]]] = {}
        for at, (unit, reading) in enumerate(zip(found.units, self._readings, strict=True)):
            standing = None
            if unit is not None:
                entry = found.runs[unit.run.id]
                if isinstance(entry.ranges, tuple):
                    standing = entry.ranges[unit.level].find_standing(unit.index, reading.at)
                else:
                    standing = entry.ranges.find_standing(unit.level, unit.index, reading.at)
                    if standing is None:
                        asked.append((at, entry, (unit.run.id, unit.level, unit.index)))
                        missed.setdefault(entry.ranges, []).append((unit.level, unit.index))
            standings.append(standing)
        if asked:
            facts = units.find_range_facts(self._tx, [probe for _, _, probe in asked])
            ids = {fact.recall_id for held in facts for fact in held if fact.recall_id is not None}
            recalls = units.find_recalls(self._tx, list(ids))
            for (at, entry, _), held in zip(asked, facts, strict=True):
                standings[at] = entry.terms.fold(held, self._readings[at].at, recalls)
            for pages, places in missed.items():
                pages.learn(self._tx, places)
        return standings

    def _find_lives(self, found: Recognised) -> Sequence[Life | None]:
        """Return what the chain says of each unit at its reading.

        None, and nothing is asked, where nothing ever happened to any unit of its run.
        """
        marked = {run_id for run_id, entry in found.runs.items() if entry.has_events}
        if not marked:
            return [None] * len(found.units)
        asked = [
            unit.unit_key if unit is not None and unit.run.id in marked else None
            for unit in found.units
        ]
        lives = find_lives(self._tx, {key for key in asked if key is not None})
        return [
            None if key is None else lives.tell(key, reading.at)
            for key, reading in zip(asked, self._readings, strict=True)
        ]

    def _refuse(self, reading: Reading, reader: Reader, *, is_owned: bool) -> ScanOutcome:
        """Answer an invented code, and count it; products we do not know share one count."""
        code = reading.code
        if not reading.may_repeat or (code, reading.id) not in self._told.invented:
            product = (code.gtin or code.prefix or "") if is_owned else ""
            minute = reader.at_us // MINUTE_US
            self._entries.not_issued[(minute, reader.network or 0, product)] += 1
        if reading.may_repeat:
            self._told.invented.add((code, reading.id))
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
        self,
        reading: Reading,
        unit: ScanUnit,
        reader: Reader,
        standing: Standing,
        life: Life | None,
    ) -> ScanOutcome:
        """Judge a reading of an issued unit and enter it, as a line or in the hour's last line."""
        key, at, device, entries = unit.unit_key, reading.at, reader.device, self._entries
        book = self._books[key]
        decision, evidence = self._judge.decide(reading, reader, book, standing, life)
        verdict = decision.verdict
        if reading.may_repeat:
            before = self._told.lines.get((key, reading.id))
            if before is not None:
                line, was_counted = before
                return ScanOutcome(
                    verdict, decision.reasons, unit, evidence, line, at, was_counted,
                    can_confirm=False, life=None if life is None else life.told,
                )  # fmt: skip
        place = None if reader.place is None else reader.place.stored
        is_line = self._per_hour_max is None or book.lines < self._per_hour_max
        may_count = is_line and device is not None and not evidence.is_known_device
        is_counted = may_count and reading.is_confirmed
        day = name_day_us(reader.at_us, unit.organisation.time_zone)
        figure = build_figure_key(unit.run.id, day, place, verdict)
        entries.figures.append(figure)
        if is_line:
            scan_id = reading.id
            actor_id = None if reading.actor is None else reading.actor.organisation_id
            entries.rows.append(
                ScanRow(
                    key, scan_id, at, reading.channel, verdict, is_counted, 1, device,
                    reader.network, place, actor_id,
                )
            )  # fmt: skip
            if life is not None and life.facts.shipment is not None:
                self._note_diversion(reading, unit, reader, life.facts)
            book.lines += 1
            book.newest = scan_id if book.newest is None else max(book.newest, scan_id)
        else:
            assert book.newest is not None  # noqa: S101 - a full hour has lines
            scan_id = book.newest
            entries.increments[key, scan_id] = entries.increments.get((key, scan_id), 0) + 1
        if is_counted and device is not None:
            entries.counted[key, device] = figure
            alias = self._pseudonyms.name_alias(key, reading)
            book.added = NewDevice(key, device, at, place, alias)
            entries.new_devices.append(book.added)
        if reading.may_repeat:
            # The same may come again in this very call.
            self._told.lines[key, reading.id] = (scan_id, is_counted)
        can_confirm = may_count and not is_counted
        return ScanOutcome(
            verdict, decision.reasons, unit, evidence, scan_id, at, is_counted, can_confirm,
            None if life is None else life.told,
        )  # fmt: skip

    def _note_diversion(
        self, reading: Reading, unit: ScanUnit, reader: Reader, chain: ChainFacts
    ) -> None:
        """Note a reading out of region for the owner; the reader is told nothing of it."""
        seen = Seen(
            unit_key=unit.unit_key,
            scan_id=reading.id,
            organisation_id=unit.organisation.id,
            at=reading.at,
        )
        found = find_diversion(chain.shipment, seen, reader.place)
        if found is not None:
            self._entries.diversions.append(found)

    def _write(self, outcomes: list[ScanOutcome]) -> list[ScanOutcome]:
        """Append everything, in an order of tables that is the same for every batch."""
        entries, states = self._entries, self._states
        counting.settle_before(self._tx, entries.rows, states)
        openings = counting.pick_openings(
            self._tx, entries.rows, entries.new_devices, {*states, *self._read}
        )
        rows = entries.rows
        if entries.increments:
            rows = [self._fold_increments(row) for row in rows]
        # Lines before devices: where these are waited for, both go in one round trip.
        may_repeat = self._tx.is_again or any(each.may_repeat for each in self._readings)
        scans.append_scans(self._tx, rows, openings=openings, may_repeat=may_repeat)
        further = [each for each in entries.new_devices if each.unit_key not in openings]
        new = counting.count_devices(self._tx, further, units=states.keys())
        if len(new) < len(further):
            kept = {(e.unit_key, e.device) for e in entries.new_devices if e.unit_key in openings}
            outcomes = self._yield_devices(outcomes, new | kept)
        if entries.diversions:
            diversions.append_diversions(self._tx, entries.diversions)
        scans.increment_scans(self._tx, entries.increments)
        scans.append_not_issued(self._tx, entries.not_issued, as_of=self._as_of)
        figures.raise_figures(self._tx, Counter(entries.figures), Counter(entries.counted.values()))
        return outcomes

    def _fold_increments(self, row: ScanRow) -> ScanRow:
        """Put what came on top of a line of this very batch into the line."""
        more = self._entries.increments.pop((row.unit_key, row.id), None)
        return row if more is None else replace(row, readings=1 + more)

    def _yield_devices(
        self, outcomes: list[ScanOutcome], new: set[tuple[int, int]]
    ) -> list[ScanOutcome]:
        """Take back what another process counted between our read and our write."""
        rows = self._entries.rows
        lost = {
            row.id: row for row in rows if row.is_counted and (row.unit_key, row.device) not in new
        }
        self._entries.counted = {
            pair: figure for pair, figure in self._entries.counted.items() if pair in new
        }
        scans.unmark_scans(self._tx, [(row.unit_key, row.id) for row in lost.values()])
        return [
            replace(outcome, counted=False) if outcome.scan_id in lost else outcome
            for outcome in outcomes
        ]


def _find_place(reading: Reading) -> Place | None:
    """Read the place of a reading; whatever the text says, only a credential makes it trusted."""
    place = parse_place(reading.place or "")
    is_vouched = reading.place_trusted and reading.actor is not None
    if place is not None and place.is_trusted is not is_vouched:
        return replace(place, is_trusted=is_vouched)
    return place


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
    counted = counting.count_devices(tx, new_devices)
    counted_lines = {(row.unit_key, row.id): row for row in map(lines.__getitem__, counted)}
    marked = scans.mark_scans_counted(tx, counted_lines)
    newly = figures.find_keys(tx, [counted_lines[line] for line in marked])
    figures.raise_figures(tx, {}, Counter(newly))
    return [pair is not None and pair in counted for pair in claimed]
