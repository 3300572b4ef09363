# SPDX-License-Identifier: Apache-2.0
"""What a group holds now, or should by its packing plan, and whether its label says the same.

Until somebody says that anything was packed into it, the plan is all there is: computed from the
run and the key. The printed list is a claim: it is compared, never believed, and changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import Run
from trueorigin.domain.digitallink import CONTENTS_PARSED_MAX, parse_contents
from trueorigin.domain.packing import Span
from trueorigin.domain.scans import ScanUnit
from trueorigin.domain.serials import as_text, number
from trueorigin.services.catalogue import Catalogue, OrganisationEntry
from trueorigin.services.tracing import find_packed
from trueorigin.services.vault import Vault
from trueorigin.storage import containment
from trueorigin.storage.database import Tx

# As many as a label can list; larger groups show their first units.
NUMBERS_MAX: Final = CONTENTS_PARSED_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContents:
    """The contents of one group, in the order of packing, or of their numbers in their runs.

    `count` units of `level` (the largest, where there are several) hold `items` items in all, by
    plan; `numbers` are the first `NUMBERS_MAX` of those of the group's own organisation. Where
    `is_packed`, they are what is inside now, `gone` is planned and not inside, `added` inside and
    not planned. `agrees` is None when the label says nothing readable; `missing` are inside but
    not printed, `extra` printed but not inside.
    """

    level: int
    count: int
    items: int
    numbers: tuple[str, ...]
    agrees: bool | None
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    is_packed: bool = False
    gone: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def find_group_contents(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    unit: ScanUnit,
    claim: str | None,
    *,
    at: datetime | None = None,
) -> GroupContents:
    """Return what `unit`, a group, holds at `at`, compared with the printed `claim`.

    Without `at`, and where nobody has packed it, what it was planned to hold: at most one query
    where the organisation is known already, else seven more.
    """
    organisation_id = unit.organisation.id
    entry = catalogue.open_organisations(tx, vault, {organisation_id})[organisation_id]
    planned = _find_planned(unit)
    inside = None if at is None else find_packed(tx, unit.unit_key, at=at)
    spans = [planned] if inside is None else inside
    runs = {unit.run.id: unit.run}
    runs |= containment.find_runs(tx, {span.run_id for span in spans} - runs.keys())
    numberer = _Numberer(entry, organisation_id, runs)
    numbers = numberer.list_numbers(spans)
    count = sum(span.size for span in spans)
    missing, extra, agrees = _compare(numbers, count, claim)
    return GroupContents(
        level=max((span.level for span in spans), default=planned.level),
        count=count,
        items=_count_items(unit, spans, runs, is_planned=inside is None),
        numbers=numbers,
        agrees=agrees,
        missing=missing,
        extra=extra,
        is_packed=inside is not None,
        gone=numberer.list_numbers(_subtract(planned, spans)),
        added=numberer.list_numbers(
            chain.from_iterable(_subtract(each, [planned]) for each in spans)
        ),
    )


def _find_planned(unit: ScanUnit) -> Span:
    """Return what a group was planned to hold."""
    run, below = unit.run, unit.level - 1
    first = unit.index * run.packing[below]
    return Span(run.id, below, first, min(first + run.packing[below], run.quantity_at(below)))


def _count_items(
    unit: ScanUnit, spans: Sequence[Span], runs: dict[int, Run], *, is_planned: bool
) -> int:
    if is_planned:
        size = unit.run.pack_size(unit.level)
        return min(size, unit.run.quantity - unit.index * size)
    items = 0
    for span in spans:
        run = runs[span.run_id]
        size = run.pack_size(span.level)
        items += min(span.stop * size, run.quantity) - min(span.start * size, run.quantity)
    return items


def _subtract(span: Span, others: Iterable[Span]) -> Iterable[Span]:
    """Yield the parts of `span` that are in none of `others`, which are in order."""
    start = span.start
    for other in others:
        if other[:2] == span[:2] and other.start < span.stop and other.stop > start:
            if other.start > start:
                yield span._replace(start=start, stop=other.start)
            start = max(start, other.stop)
    if start < span.stop:
        yield span._replace(start=start)


class _Numberer:
    """Computes the numbers of units of one organisation; those of others it does not know."""

    def __init__(
        self, entry: OrganisationEntry, organisation_id: UUID, runs: dict[int, Run]
    ) -> None:
        self._entry = entry
        self._organisation_id = organisation_id
        self._runs = runs

    def list_numbers(self, spans: Iterable[Span]) -> tuple[str, ...]:
        """Return the first `NUMBERS_MAX` numbers of these units."""
        numbers: list[str] = []
        for span in spans:
            run = self._runs[span.run_id]
            room = NUMBERS_MAX - len(numbers)
            if run.organisation_id != self._organisation_id or room <= 0:
                continue
            cipher = dict(self._entry.ciphers(run.symbols))[run.epoch]
            stop = min(span.stop, span.start + room)
            serials = as_text(cipher.encode_range(run.ordinal, span.level, span.start, stop))
            numbers += map(number, serials)
        return tuple(numbers)


def _compare(
    numbers: tuple[str, ...], count: int, claim: str | None
) -> tuple[tuple[str, ...], tuple[str, ...], bool | None]:
    """Compare the plan with the printed list; order means nothing, a number twice is extra."""
    claimed = parse_contents(claim) if claim else None
    if claimed is None:
        return (), (), None
    if not claimed.is_listed:
        return (), (), claimed.count == count and claimed.numbers[:1] == numbers[:1]
    rest = list(claimed.numbers)
    missing = []
    for each in numbers:
        if each in rest:
            rest.remove(each)
        else:
            missing.append(each)
    return tuple(missing), tuple(rest), not missing and not rest and count == len(claimed.numbers)
