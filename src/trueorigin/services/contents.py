# SPDX-License-Identifier: Apache-2.0
"""Find what a group holds now, was planned to hold, and whether its label says the same.

The one answer for every surface. Whose units they are makes no difference: a number is what the
label of each shows to everybody who opens the group.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from trueorigin.domain.catalog import Run
from trueorigin.domain.contents import (
    COMPARED_MAX,
    LISTED_MAX,
    Group,
    GroupContents,
    Load,
    compare_claim,
)
from trueorigin.domain.digitallink import parse_contents
from trueorigin.domain.packing import Span, subtract_spans
from trueorigin.domain.serials import SerialCipher, as_text, number
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.tracing import find_packed
from trueorigin.services.vault import Vault
from trueorigin.storage import containment
from trueorigin.storage.database import Tx

_NOTHING: Final = Load(spans=(), count=0, items=0, numbers=())


def find_contents(
    tx: Tx,
    catalogue: Catalogue,
    vault: Vault,
    group: Group,
    *,
    claim: str | None,
    at: datetime | None,
) -> GroupContents:
    """Return what `group` holds at `at`, compared with its plan and with the printed `claim`.

    Of an item `now` is None unless something was packed into it. Without `at` nobody is asked
    what was packed: for groups that nothing ever happened to. Costs two statements, and six more
    with `at`, if the organisations of the units are known already.
    """
    plan = (group.plan,) if group.level else ()
    packed = None if at is None else find_packed(tx, group.key, at=at)
    held = plan if packed is None else tuple(packed)
    numberer = _Numberer(tx, catalogue, vault, group.run, held)
    claimed = parse_contents(claim) if claim else None
    planned = numberer.build_load(plan)
    now = None if packed is None else numberer.build_load(held)
    if claimed is None:
        compared = None
    else:
        numbers = numberer.list_numbers(held, COMPARED_MAX)
        firsts = numberer.list_firsts(held)
        compared = compare_claim(claimed, (now or planned).count, numbers, firsts)
    return GroupContents(
        planned=planned,
        now=now,
        gone=_NOTHING if now is None else numberer.build_load(subtract_spans(plan, held)),
        added=_NOTHING if now is None else numberer.build_load(subtract_spans(held, plan)),
        claim=compared,
    )


class _Numberer:
    """Computes the numbers of units of some runs, whosever they are."""

    def __init__(
        self, tx: Tx, catalogue: Catalogue, vault: Vault, own: Run, spans: Iterable[Span]
    ) -> None:
        """Read the runs of `spans`, beside `own`, and the keys of whose they are."""
        runs = {own.id: own}
        runs |= containment.find_runs(tx, {span.run_id for span in spans} - runs.keys())
        owners = {run.organisation_id for run in runs.values()}
        entries = catalogue.open_organisations(tx, vault, owners)
        self._runs: Mapping[int, Run] = runs
        self._ciphers: Mapping[int, SerialCipher] = {
            run.id: dict(entries[run.organisation_id].ciphers(run.symbols))[run.epoch]
            for run in runs.values()
        }

    def build_load(self, spans: Sequence[Span]) -> Load:
        """Count units and name the first of them."""
        return Load(
            spans=tuple(spans),
            count=sum(span.size for span in spans),
            items=sum(map(self._count_items, spans)),
            numbers=tuple(self.list_numbers(spans, LISTED_MAX)),
        )

    def list_numbers(self, spans: Iterable[Span], limit: int) -> list[str]:
        """Return the numbers of the first units, in order."""
        numbers: list[str] = []
        for span in spans:
            stop = min(span.stop, span.start + limit - len(numbers))
            if stop > span.start:
                run = self._runs[span.run_id]
                cipher = self._ciphers[span.run_id]
                serials = cipher.encode_range(run.ordinal, span.level, span.start, stop)
                numbers += map(number, as_text(serials))
        return numbers

    def list_firsts(self, spans: Iterable[Span]) -> list[str]:
        """Return the number of the first unit of each run and level."""
        firsts: dict[tuple[int, int], Span] = {}
        for span in spans:
            first = firsts.setdefault(span[:2], span)
            if span.start < first.start:
                firsts[span[:2]] = span
        ones = [span._replace(stop=span.start + 1) for span in firsts.values()]
        return self.list_numbers(ones, len(ones))

    def _count_items(self, span: Span) -> int:
        """Return how many items these units hold by plan; the last of a run may be short."""
        run = self._runs[span.run_id]
        size = run.pack_size(span.level)
        return min(span.stop * size, run.quantity) - min(span.start * size, run.quantity)
