# SPDX-License-Identifier: Apache-2.0
"""What every reading asks of the catalogue, kept in the process and never out of date.

Each batch of readings compares one revision number for each organisation it touches, inside its
own transaction. What was loaded under another revision is not used, so a recall made by another
process holds on the very next reading. What is *not* there is never remembered: a new run answers
at once. All of it is bounded, and forgotten by least recent use.
"""

import threading
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.lifecycle import end_of_day
from trueorigin.domain.serials import SerialCipher
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.units import (
    RangeBlock,
    Recall,
    UnitFact,
    fold_range_facts,
)
from trueorigin.domain.verdict import RecallNotice, Standing
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, catalog, events, units
from trueorigin.storage.database import Tx

K = TypeVar("K")
V = TypeVar("V")

# One entry is about 2 kB with its ciphers; more organisations than one process serves at a time.
ORGANISATIONS_MAX: Final = 2_000
# GTINs, code prefixes and GS1 prefixes that lead to an organisation; about 200 bytes each.
OWNERS_MAX: Final = 100_000
# Runs weigh one, and one for each range block held with them: about 100 MB in all.
RUNS_WEIGHT_MAX: Final = 200_000
# Beyond so many a run's blocks are probed in the database, at 33 look-ups a unit.
BLOCKS_HELD_MAX: Final = 4_000
# Different sets of ranges whose fold a level of a run remembers; about 500 bytes each.
FOLDED_MAX: Final = 4_000

# (organisation, revision, epoch, ordinal): a new revision is a new key, the old one is forgotten.
RunKey: TypeAlias = tuple[UUID, int, int, int]

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)


class Recent(Generic[K, V]):
    """A dictionary that forgets what was not asked for longest, once it weighs too much.

    Thread-safe; holds its lock for dictionary operations only.
    """

    def __init__(self, weight_max: int) -> None:
        """Start empty; the newest entry stays even if it alone weighs more than `weight_max`."""
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._weight = 0
        self._weight_max = weight_max

    def __len__(self) -> int:
        """Return how many entries are kept."""
        return len(self._entries)

    def find_many(self, keys: Iterable[K]) -> dict[K, V]:
        """Return what is kept of `keys`, and remember that it was asked for."""
        found = {}
        with self._lock:
            for key in keys:
                entry = self._entries.get(key)
                if entry is not None:
                    self._entries.move_to_end(key)
                    found[key] = entry[0]
        return found

    def find(self, key: K) -> V | None:
        """Return what is kept of one key, and remember that it was asked for."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
        return entry[0]

    def keep(self, key: K, value: V, *, weight: int = 1) -> None:
        """Keep or replace an entry, and forget others as needed."""
        with self._lock:
            replaced = self._entries.pop(key, None)
            self._weight += weight - (0 if replaced is None else replaced[1])
            self._entries[key] = (value, weight)
            while self._weight > self._weight_max and len(self._entries) > 1:
                _, (_, forgotten) = self._entries.popitem(last=False)
                self._weight -= forgotten


class OrganisationEntry:
    """An organisation as of one revision, and the ciphers of its key epochs, newest first."""

    __slots__ = ("_ciphers", "_keys", "organisation", "revision")

    def __init__(
        self, organisation: Organisation, revision: int, keys: Sequence[tuple[int, bytes]]
    ) -> None:
        """Hold unwrapped (epoch, key) pairs; ciphers are built when first needed."""
        self.organisation = organisation
        self.revision = revision
        self._keys = keys
        self._ciphers: dict[int, list[tuple[int, SerialCipher]]] = {}

    def ciphers(self, symbols: int) -> list[tuple[int, SerialCipher]]:
        """Return (epoch, cipher) for serials of this length."""
        found = self._ciphers.get(symbols)
        if found is None:
            found = [(epoch, SerialCipher(key, symbols)) for epoch, key in self._keys]
            self._ciphers[symbols] = found
        return found


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


class LevelFacts:
    """The range facts of one level of a run, for look-ups by index.

    Facts that hold the whole level stand apart: a run of 10^9 released at once would cost 13
    probes a reading, 2 us, and this way costs none.
    """

    __slots__ = ("_blocks", "_folded", "_sizes", "_terms", "_whole", "_whole_facts")

    def __init__(self, terms: Terms, quantity: int, blocks: Iterable[RangeBlock]) -> None:
        """Arrange all blocks of a level that has `quantity` units."""
        blocks = list(blocks)
        covered: Counter[UUID] = Counter()
        for block in blocks:
            start = block.prefix << block.exponent
            covered[block.fact.id] += min(quantity, start + (1 << block.exponent)) - start
        facts = {block.fact.id: block.fact for block in blocks}
        self._terms = terms
        self._whole_facts = tuple(
            facts[each] for each, units_held in covered.items() if units_held >= quantity
        )
        self._whole = FoldedFacts(terms, self._whole_facts)
        self._blocks: dict[int, list[UnitFact]] = {}
        sizes = set()
        for block in blocks:
            if covered[block.fact.id] < quantity:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """A run and everything about it that a reading needs, as of one revision.

    `gtins`, `quantities` and `levels` have one entry a level. `levels` is None when there are too
    many range facts to hold: then the database has to be asked for a unit's facts, and `terms`
    to fold them. `has_events` says whether anything happened to any of its units: if not, nobody
    need ask the chain.
    """

    organisation: Organisation
    product: Product
    batch: Batch
    run: Run
    has_events: bool
    gtins: tuple[str | None, ...]
    quantities: tuple[int, ...]
    terms: Terms
    levels: tuple[LevelFacts, ...] | None

    @property
    def batch_recalls(self) -> tuple[Recall, ...]:
        """Return every recall of the whole batch, lifted ones too."""
        return self.terms.batch_recalls


class Catalogue:
    """The cache of one process; safe for several threads, each with its own transaction."""

    def __init__(
        self,
        *,
        organisations_max: int = ORGANISATIONS_MAX,
        owners_max: int = OWNERS_MAX,
        runs_weight_max: int = RUNS_WEIGHT_MAX,
        blocks_held_max: int = BLOCKS_HELD_MAX,
    ) -> None:
        """Start empty; the limits are only ever changed by tests."""
        self._gtins: Recent[str, UUID] = Recent(owners_max)
        self._prefixes: Recent[str, UUID] = Recent(owners_max)
        self._gs1_prefixes: Recent[str, UUID] = Recent(owners_max)
        self._organisations: Recent[UUID, OrganisationEntry] = Recent(organisations_max)
        self._runs: Recent[RunKey, RunEntry] = Recent(runs_weight_max)
        self._blocks_held_max = blocks_held_max
        self._decoys: dict[int, SerialCipher] = {}

    def find_gtin_owners(self, tx: Tx, gtins: Collection[str]) -> dict[str, UUID]:
        """Return the organisation of each GTIN that has one. At most one query.

        An owner never changes, so no revision is asked; an unknown GTIN is asked for every time.
        """
        found = self._gtins.find_many(gtins)
        missing = set(gtins) - found.keys()
        for gtin, owner in catalog.find_gtin_owners(tx, missing).items():
            self._gtins.keep(gtin, owner)
            found[gtin] = owner
        return found

    def find_prefix_owners(self, tx: Tx, prefixes: Collection[str]) -> dict[str, UUID]:
        """Return the organisation of each code prefix that has one. At most one query."""
        found = self._prefixes.find_many(prefixes)
        missing = set(prefixes) - found.keys()
        for prefix, owner in accounts.find_prefix_owners(tx, missing).items():
            self._prefixes.keep(prefix, owner)
            found[prefix] = owner
        return found

    def find_gs1_prefix_owners(self, tx: Tx, prefixes: Collection[str]) -> dict[str, UUID]:
        """Return the organisation of each GS1 prefix that has SSCCs. At most one query."""
        found = self._gs1_prefixes.find_many(prefixes)
        missing = set(prefixes) - found.keys()
        for prefix, owner in catalog.find_sscc_owners(tx, missing).items():
            self._gs1_prefixes.keep(prefix, owner)
            found[prefix] = owner
        return found

    def open_organisations(
        self, tx: Tx, vault: Vault, organisation_ids: Collection[UUID]
    ) -> dict[UUID, OrganisationEntry]:
        """Return the organisations as of this transaction. One query if all are up to date.

        The revision is read before anything that is loaded for it: whatever a concurrent change
        adds is newer than its label, never older, and the next batch loads again.
        """
        if not organisation_ids:
            return {}
        revisions = catalog.find_revisions(tx, organisation_ids)
        held = self._organisations.find_many(organisation_ids)
        opened = {}
        for organisation_id, revision in revisions.items():
            entry = held.get(organisation_id)
            if entry is None or entry.revision != revision:
                entry = _load_organisation(tx, vault, organisation_id, revision)
                self._organisations.keep(organisation_id, entry)
            opened[organisation_id] = entry
        return opened

    def decoy_cipher(self, vault: Vault, symbols: int) -> SerialCipher:
        """Return what stands in for the cipher of an organisation that does not exist."""
        found = self._decoys.get(symbols)
        if found is None:
            found = self._decoys[symbols] = SerialCipher(vault.decoy_key, symbols)
        return found

    def find_runs(
        self, tx: Tx, entry: OrganisationEntry, epoch: int, ordinals: Collection[int]
    ) -> dict[int, RunEntry]:
        """Return the runs of an organisation's epoch that exist, by ordinal.

        No query for those that are kept.
        """
        owner = entry.organisation.id
        keys = {(owner, entry.revision, epoch, ordinal) for ordinal in ordinals}
        found = {key[3]: run for key, run in self._runs.find_many(keys).items()}
        missing = [(owner, epoch, ordinal) for ordinal in ordinals if ordinal not in found]
        if not missing:
            return found
        runs = list(catalog.find_runs(tx, missing).values())
        for loaded, weight in _load_runs(tx, entry.organisation, runs, self._blocks_held_max):
            ordinal = loaded.run.ordinal
            self._runs.keep((owner, entry.revision, epoch, ordinal), loaded, weight=weight)
            found[ordinal] = loaded
        return found


def _load_organisation(
    tx: Tx, vault: Vault, organisation_id: UUID, revision: int
) -> OrganisationEntry:
    organisation = accounts.find_organisation(tx, organisation_id)
    assert organisation is not None, "a revision belongs to an organisation"  # noqa: S101 - schema
    keys = [
        (epoch, vault.unwrap(wrapped, organisation_id=organisation_id, epoch=epoch))
        for epoch, wrapped in accounts.list_epochs(tx, organisation_id)
    ]
    return OrganisationEntry(organisation, revision, keys)


def _load_runs(
    tx: Tx, organisation: Organisation, runs: Sequence[Run], blocks_held_max: int
) -> Iterator[tuple[RunEntry, int]]:
    """Yield the entry of each run and its weight. Seven queries, however many runs there are."""
    if not runs:
        return
    products = catalog.find_products(tx, {run.product_id for run in runs})
    batches = catalog.find_batches(tx, {run.batch_id for run in runs})
    batch_recalls: dict[UUID | None, list[Recall]] = {}
    for recall in units.list_batch_recalls(tx, batches.keys()):
        batch_recalls.setdefault(recall.batch_id, []).append(recall)
    counts = units.count_range_blocks(tx, [run.id for run in runs], limit=blocks_held_max + 1)
    held: dict[int, list[RangeBlock]] = {
        run_id: [] for run_id, count in counts.items() if count <= blocks_held_max
    }
    for block in units.list_range_blocks(tx, held.keys()):
        held[block.run_id].append(block)
    ordered = {block.fact.recall_id for blocks in held.values() for block in blocks}
    recalls = units.find_recalls(tx, [each for each in ordered if each is not None])
    marked = events.find_marked_runs(tx, [run.id for run in runs])
    for run in runs:
        product, batch, blocks = products[run.product_id], batches[run.batch_id], held.get(run.id)
        named = {block.fact.recall_id for block in blocks or ()}
        terms = Terms(
            organisation,
            batch,
            tuple(batch_recalls.get(batch.id, ())),
            {each: recalls[each] for each in named if each is not None},
        )
        entry = RunEntry(
            organisation=organisation,
            product=product,
            batch=batch,
            run=run,
            has_events=run.id in marked,
            gtins=(product.gtin, *run.group_gtins),
            quantities=tuple(run.quantity_at(level) for level in run.levels),
            terms=terms,
            levels=None if blocks is None else _arrange_facts(terms, run, blocks),
        )
        yield entry, 1 + len(blocks or ())


def _arrange_facts(terms: Terms, run: Run, blocks: Iterable[RangeBlock]) -> tuple[LevelFacts, ...]:
    by_level: dict[int, list[RangeBlock]] = {level: [] for level in run.levels}
    for block in blocks:
        by_level[block.level].append(block)
    return tuple(LevelFacts(terms, run.quantity_at(level), by_level[level]) for level in run.levels)
