# SPDX-License-Identifier: Apache-2.0
"""What units stand under by the facts on ranges of their run, for look-ups in memory.

Terms        of a whole run: its organisation, batch, expiry and recalls
HeldFacts    the facts of a level or of a page of it, by the blocks that hold a unit
FoldedFacts  what the facts of one set of blocks come to
PagedFacts   of a run with too many facts to hold: some pages of them
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import UTC, datetime
from itertools import chain
from typing import Final, TypeAlias
from uuid import UUID

from trueorigin.domain.catalog import Batch
from trueorigin.domain.lifecycle import end_of_day
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.units import (
    RangeBlock,
    Recall,
    UnitFact,
    fold_range_facts,
)
from trueorigin.domain.verdict import RecallNotice, Standing
from trueorigin.services.recent import Recent
from trueorigin.storage import units
from trueorigin.storage.database import Tx

# Different sets of ranges whose fold a level of a run remembers; about 500 bytes each.
FOLDED_MAX: Final = 4_000
# Units of a page, as a power of two: a carton or two of a line, a range or a few of most runs.
PAGE_BITS: Final = 10
# Pages that were asked for once, remembered at a time.
MISSED_MAX: Final = 10_000
# Of one batch of readings, so that none waits long; and the blocks of these pages.
PAGES_AT_ONCE: Final = 8
PAGES_BLOCKS_MAX: Final = 4_000

# What marks a run as of one revision, the level, and the number of the page on it.
PageKey: TypeAlias = tuple[object, int, int]

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)


class Terms:
    """What all units of a run stand under, whatever ranges hold them, as of one revision.

    `recalls` are those that range facts of the run name, with all that such a fact does not say.
    """

    __slots__ = ("_expires_at", "_expires_on", "_is_verified", "batch_recalls", "recalls")

    def __init__(
        self,
        organisation: Organisation,
        batch: Batch,
        batch_recalls: tuple[Recall, ...],
        recalls: dict[UUID, Recall],
    ) -> None:
        """Take what was loaded; the end of the last good day is worked out once."""
        self._is_verified = organisation.verified_at is not None
        self._expires_on = batch.expires_on
        self._expires_at = (
            None
            if batch.expires_on is None
            else end_of_day(batch.expires_on, organisation.time_zone)
        )
        self.batch_recalls = batch_recalls
        self.recalls = recalls

    def naming(self, recalls: dict[UUID, Recall]) -> "Terms":
        """Return the same terms with other recalls."""
        terms = copy(self)
        terms.recalls = recalls
        return terms

    def fold(
        self, facts: Iterable[UnitFact], at: datetime, recalls: dict[UUID, Recall] | None = None
    ) -> Standing:
        """Return what a unit is at `at` that these facts hold; `recalls` in place of our own."""
        state = fold_range_facts(facts, at)
        ordered = self.recalls if recalls is None else recalls
        in_force = [recall for recall in self.batch_recalls if recall.is_in_force(at)]
        in_force += [ordered[each] for each in state.recall_ids]
        return Standing(
            is_organisation_verified=self._is_verified,
            stage=state.lifecycle.stage,
            stage_since=state.lifecycle.since,
            first_released_at=state.lifecycle.first_released_at,
            recall=_summarise_recalls(in_force),
            expires_on=self._expires_on,
            expires_at=self._expires_at,
        )

    def settles_at(self, facts: Iterable[UnitFact]) -> datetime:
        """Return from when on `fold` says the same for ever."""
        turns = chain(
            ((fact.effective_at, fact.lifted_at) for fact in facts),
            ((recall.effective_at, recall.lifted_at) for recall in self.batch_recalls),
        )
        return max((at for turn in turns for at in turn if at is not None), default=_ALWAYS)


def _summarise_recalls(in_force: Sequence[Recall]) -> RecallNotice | None:
    """Tell of the earliest recall in force."""
    if not in_force:
        return None
    first = min(in_force, key=lambda recall: (recall.effective_at, recall.id))
    return RecallNotice(
        effective_at=first.effective_at,
        reason=first.reason,
        instruction=first.instruction,
        contact=first.contact,
    )


class FoldedFacts:
    """Facts that hold the same units, folded once for all time after the last of them.

    Nearly every reading is later than that: 0.1 us instead of 5 us.
    """

    __slots__ = ("_facts", "_settled_at", "_standing", "_terms")

    def __init__(self, terms: Terms, facts: tuple[UnitFact, ...]) -> None:
        """Fold `facts`, which may be none."""
        self._terms = terms
        self._facts = facts
        self._settled_at = terms.settles_at(facts)
        self._standing = terms.fold(facts, self._settled_at)

    def find_standing(self, at: datetime) -> Standing:
        """Return what a unit is at `at` that these and no other facts hold."""
        return self._standing if at >= self._settled_at else self._terms.fold(self._facts, at)


class HeldFacts:
    """The range facts of neighbouring units, of a whole level or a page of it, by their index.

    Facts that hold them all stand apart: a run of 10^9 released at once would cost 13 probes a
    reading, 2 us, and this way costs none.
    """

    __slots__ = ("_blocks", "_folded", "_sizes", "_terms", "_whole", "_whole_facts")

    def __init__(self, terms: Terms, start: int, stop: int, blocks: Iterable[RangeBlock]) -> None:
        """Arrange all blocks that hold any of the units [start, stop) of one level."""
        blocks = list(blocks)
        covered: Counter[UUID] = Counter()
        for block in blocks:
            first = block.prefix << block.exponent
            after = first + (1 << block.exponent)
            covered[block.fact.id] += min(stop, after) - max(start, first)
        facts = {block.fact.id: block.fact for block in blocks}
        self._terms = terms
        self._whole_facts = tuple(
            facts[each] for each, units_held in covered.items() if units_held >= stop - start
        )
        self._whole = FoldedFacts(terms, self._whole_facts)
        self._blocks: dict[int, list[UnitFact]] = {}
        sizes = set()
        for block in blocks:
            if covered[block.fact.id] < stop - start:
                sizes.add(block.exponent)
                node = _first_node(block.exponent) + block.prefix
                self._blocks.setdefault(node, []).append(block.fact)
        self._sizes = [(exponent, _first_node(exponent)) for exponent in sorted(sizes)]
        self._folded: dict[tuple[int, ...], FoldedFacts] = {}

    def find_standing(self, index: int, at: datetime) -> Standing:
        """Return what a unit is at `at`; 0.15 us for each size of block held."""
        if not self._sizes:
            return self._whole.find_standing(at)
        nodes = [first + (index >> exponent) for exponent, first in self._sizes]
        hits = tuple([node for node in nodes if node in self._blocks])
        folded = self._folded.get(hits)
        if folded is None:
            folded = self._fold(hits)
        return folded.find_standing(at)

    def _fold(self, hits: tuple[int, ...]) -> FoldedFacts:
        held = (self._blocks[node] for node in hits)
        folded = FoldedFacts(self._terms, (*self._whole_facts, *chain.from_iterable(held)))
        if len(self._folded) >= FOLDED_MAX:
            self._folded.clear()
        self._folded[hits] = folded
        return folded


def _first_node(exponent: int) -> int:
    """Return the number of the first block of a size, as a tree of halves is numbered by level."""
    return 1 << 32 - exponent


class Shelf:
    """The pages of all runs that have too many range facts to hold, and what was missed of late.

    Both of bounded weight, whatever the number of runs and of their revisions.
    """

    __slots__ = ("missed", "pages")

    def __init__(self, weight_max: int) -> None:
        """Hold pages of `weight_max` together; each weighs one, and one for each block."""
        self.pages: Recent[PageKey, HeldFacts] = Recent(weight_max)
        self.missed: Recent[PageKey, bool] = Recent(MISSED_MAX)


class PagedFacts:
    """The range facts of a run that has too many to hold, a page of neighbouring units at a time.

        units    0 .. 1023 | 1024 .. 2047 | ...     a page is held once its units were missed
        pages    (level, 0)  (level, 1)             twice: readings of one place come together

    What is not held is asked of the database, at 35 us a unit where a page answers in 1 us. Safe
    for many threads.
    """

    __slots__ = ("_is_dense", "_mark", "_run_id", "_shelf", "_terms")

    def __init__(self, terms: Terms, run_id: int, shelf: Shelf) -> None:
        """Begin with nothing on the shelf: what others put there was of another revision."""
        self._terms = terms
        self._run_id = run_id
        self._shelf = shelf
        self._mark = object()
        self._is_dense = False

    def find_standing(self, level: int, index: int, at: datetime) -> Standing | None:
        """Return what a unit is at `at`; None where its page is not held."""
        held = self._shelf.pages.find((self._mark, level, index >> PAGE_BITS))
        return None if held is None else held.find_standing(index, at)

    def learn(self, tx: Tx, missed: Iterable[tuple[int, int]]) -> None:
        """Take in some pages of units, each given as (level, index), that were missed twice.

        Two queries, if there are any. A run with thousands of blocks in a few pages is asked for
        unit by unit from then on.
        """
        if self._is_dense:
            return
        wanted = []
        for (level, page), count in Counter(
            (level, index >> PAGE_BITS) for level, index in missed
        ).items():
            key = self._mark, level, page
            if count > 1 or self._shelf.missed.find(key):
                wanted.append(key)
            else:
                self._shelf.missed.keep(key, value=True)
        if wanted:
            self._take_in(tx, wanted[:PAGES_AT_ONCE])

    def _take_in(self, tx: Tx, wanted: Sequence[PageKey]) -> None:
        pages = [(level, page << PAGE_BITS) for _, level, page in wanted]
        size, limit = 1 << PAGE_BITS, PAGES_BLOCKS_MAX
        blocks = units.list_page_blocks(tx, self._run_id, pages, size=size, limit=limit)
        if blocks is None:
            self._is_dense = True
            return
        named = {block.fact.recall_id for held in blocks for block in held}
        recalls = units.find_recalls(tx, [each for each in named if each is not None])
        terms = self._terms.naming(recalls)
        for key, (_, start), held in zip(wanted, pages, blocks, strict=True):
            facts = HeldFacts(terms, start, start + size, held)
            self._shelf.pages.keep(key, facts, weight=1 + len(held))
