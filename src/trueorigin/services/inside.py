# SPDX-License-Identifier: Apache-2.0
"""What is inside a group: now, by the plan, and as its printed code claims.

The plan is arithmetic, what is inside now follows from events, and the claim is compared with it
and never believed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from trueorigin.domain.catalog import PACK_MAX
from trueorigin.domain.digitallink import CONTENTS_PARSED_MAX, Contents, parse_contents
from trueorigin.domain.packing import Span, subtract_spans
from trueorigin.domain.records import record
from trueorigin.domain.scans import ScanUnit
from trueorigin.domain.serials import as_text, number
from trueorigin.services import tracing
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.vault import Vault
from trueorigin.storage import containment
from trueorigin.storage.database import Tx

# Numbers in one list: as many as a label can name.
NUMBERS_MAX: Final = CONTENTS_PARSED_MAX
# Numbers that are computed to be compared with a label: the largest group that can be ordered.
COMPARED_MAX: Final = PACK_MAX


@record
class Load:
    """Units in ranges, how many they are, and the numbers of the first `NUMBERS_MAX`."""

    spans: tuple[Span, ...]
    count: int
    numbers: tuple[str, ...]


@record
class Claim:
    """What the label says, and whether that `agrees` with what is inside.

    `missing` is inside and not on the label, `extra` on the label and not inside.
    """

    count: int
    numbers: tuple[str, ...]
    agrees: bool
    missing: tuple[str, ...]
    extra: tuple[str, ...]


@record
class Insides:
    """The contents of a group; `now` is None where nothing was ever packed into it.

    `missing` was planned and is not inside, `extra` the other way around. Where nothing was ever
    packed, neither says anything, and the claim is held against the plan.
    """

    planned: Load
    now: Load | None
    missing: tuple[Span, ...]
    extra: tuple[Span, ...]
    claim: Claim | None


def find_insides(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    unit: ScanUnit,
    *,
    claim: str | None,
    at: datetime,
) -> Insides:
    """Return what `unit`, a group, holds at `at`, compared with plan and printed `claim`."""
    run, below = unit.run, unit.level - 1
    first = unit.index * run.packing[below]
    stop = min(first + run.packing[below], run.quantity_at(below))
    plan = (Span(run.id, below, first, stop),)
    now = tracing.find_packed(tx, unit.unit_key, at=at)
    held = plan if now is None else now
    claimed = parse_contents(claim) if claim else None
    wanted = COMPARED_MAX if claimed is not None else NUMBERS_MAX
    numbers = _list_numbers(tx, catalogue, vault, held, wanted)
    planned = numbers if now is None else _list_numbers(tx, catalogue, vault, plan, NUMBERS_MAX)
    return Insides(
        planned=_build_load(plan, planned),
        now=None if now is None else _build_load(now, numbers),
        missing=() if now is None else subtract_spans(plan, now),
        extra=() if now is None else subtract_spans(now, plan),
        claim=None if claimed is None else _compare(claimed, _count(held), numbers),
    )


def _build_load(spans: Sequence[Span], numbers: Sequence[str]) -> Load:
    return Load(spans=tuple(spans), count=_count(spans), numbers=tuple(numbers[:NUMBERS_MAX]))


def _count(spans: Sequence[Span]) -> int:
    return sum(span.size for span in spans)


def _list_numbers(
    tx: Tx, catalogue: Catalogue, vault: Vault, spans: Sequence[Span], limit: int
) -> list[str]:
    """Return the numbers of at most `limit` units, in order. Two queries."""
    runs = containment.find_runs(tx, {span.run_id for span in spans})
    entries = catalogue.open_organisations(
        tx, vault, {run.organisation_id for run in runs.values()}
    )
    numbers: list[str] = []
    for span in spans:
        room = limit - len(numbers)
        if room <= 0:
            break
        run = runs[span.run_id]
        cipher = dict(entries[run.organisation_id].ciphers(run.symbols))[run.epoch]
        stop = min(span.stop, span.start + room)
        packed = cipher.encode_range(run.ordinal, span.level, span.start, stop)
        numbers += [number(serial) for serial in as_text(packed)]
    return numbers


def _compare(claimed: Contents, count: int, numbers: Sequence[str]) -> Claim:
    """Compare a label with what is inside; order means nothing, a number twice is extra."""
    if not claimed.is_listed:
        first = numbers[0] if numbers else None
        agrees = claimed.count == count and claimed.numbers[0] == first
        return Claim(count=claimed.count, numbers=(), agrees=agrees, missing=(), extra=())
    rest = dict.fromkeys(numbers, 1)
    extra = [each for each in claimed.numbers if not rest.pop(each, 0)]
    return Claim(
        count=claimed.count,
        numbers=claimed.numbers,
        agrees=not rest and not extra and count == claimed.count,
        missing=tuple(rest)[:NUMBERS_MAX],
        extra=tuple(extra),
    )
