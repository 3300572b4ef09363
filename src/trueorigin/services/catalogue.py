# SPDX-License-Identifier: Apache-2.0
"""What every reading asks of the catalogue, kept in the process and never out of date.

Each batch of readings compares one revision number for each organisation it touches, inside its
own transaction. What was loaded under another revision is not used, so a recall made by another
process holds on the very next reading. What is *not* there is never remembered: a new run answers
at once. All of it is bounded, and forgotten by least recent use.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar
from uuid import UUID

from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.serials import SerialCipher
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.units import (
    RangeBlock,
    Recall,
)
from trueorigin.services.recent import Recent
from trueorigin.services.standings import HeldFacts, PagedFacts, Shelf, Terms
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, catalog, events, ssccs, units
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
# Pages of all such runs, and one for each block of theirs: about 50 MB.
PAGES_WEIGHT_MAX: Final = 100_000

# (organisation, revision, epoch, ordinal): a new revision is a new key, the old one is forgotten.
RunKey: TypeAlias = tuple[UUID, int, int, int]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """A run and everything about it that a reading needs, as of one revision.

    `gtins` and `quantities` have one entry a level, and so has `ranges`, unless there are too many
    range facts to hold: then it has pages of them, and for units of others the database has to be
    asked, and `terms` to fold what it says. `has_events` says whether anything happened
    to any of its units: if not, nobody need ask the chain.
    """

    organisation: Organisation
    product: Product
    batch: Batch
    run: Run
    has_events: bool
    gtins: tuple[str | None, ...]
    quantities: tuple[int, ...]
    terms: Terms
    ranges: tuple[HeldFacts, ...] | PagedFacts

    @property
    def batch_recalls(self) -> tuple[Recall, ...]:
        """Return every recall of the whole batch, lifted ones too."""
        return self.terms.batch_recalls


class Trust:
    """Organisations that a batch took for up to date, to be checked with its next question.

    PostgreSQL is asked once for both then. If it does not hold, the batch begins again.
    """

    __slots__ = ("_find", "_tx", "revisions")

    def __init__(self, tx: Tx) -> None:
        """Begin with nothing taken for granted in this transaction."""
        self._tx = tx
        self._find: Callable[[], dict[UUID, int]] = dict
        # The revision each of them was loaded under.
        self.revisions: dict[UUID, int] = {}

    def extend(self, entries: Collection[OrganisationEntry]) -> None:
        """Take more organisations for up to date."""
        self.revisions.update((entry.organisation.id, entry.revision) for entry in entries)

    def ask(self) -> None:
        """Ask for the revisions of all of them, without waiting."""
        self._find = catalog.ask_revisions(self._tx, self.revisions)

    def holds(self) -> bool:
        """Say whether all of them were at the revision they were loaded under, once asked."""
        return self._find() == self.revisions


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
        self._shelf = Shelf(PAGES_WEIGHT_MAX)
        self._decoys: dict[int, SerialCipher] = {}

    def find_gtin_owners(self, tx: Tx, gtins: Collection[str]) -> dict[str, UUID]:
        """Return the organisation of each GTIN that has one. At most one query.

        An owner never changes, so no revision is asked; an unknown GTIN is asked for every time.
        """
        return _find_owners(tx, self._gtins, catalog.find_gtin_owners, gtins)

    def find_prefix_owners(self, tx: Tx, prefixes: Collection[str]) -> dict[str, UUID]:
        """Return the organisation of each code prefix that has one. At most one query."""
        return _find_owners(tx, self._prefixes, accounts.find_prefix_owners, prefixes)

    def find_gs1_prefix_owners(self, tx: Tx, prefixes: Collection[str]) -> dict[str, UUID]:
        """Return the organisation of each GS1 prefix that has SSCCs. At most one query."""
        return _find_owners(tx, self._gs1_prefixes, ssccs.find_sscc_owners, prefixes)

    def open_organisations(
        self,
        tx: Tx,
        vault: Vault,
        organisation_ids: Collection[UUID],
        trust: Trust | None = None,
    ) -> dict[UUID, OrganisationEntry]:
        """Return the organisations as of this transaction. One query if all are up to date.

        The revision is read before anything that is loaded for it: whatever a concurrent change
        adds is newer than its label, never older, and the next batch loads again. Given `trust`,
        what is kept of all of them is returned without waiting, and trusted.
        """
        if not organisation_ids:
            return {}
        held = self._organisations.find_many(organisation_ids)
        if trust is not None and len(held) == len(organisation_ids):
            trust.extend(held.values())
            return held
        revisions = catalog.find_revisions(tx, organisation_ids)
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
        for loaded, weight in _load_runs(
            tx, entry.organisation, runs, self._blocks_held_max, self._shelf
        ):
            ordinal = loaded.run.ordinal
            self._runs.keep((owner, entry.revision, epoch, ordinal), loaded, weight=weight)
            found[ordinal] = loaded
        return found


def _find_owners(
    tx: Tx,
    kept: Recent[str, UUID],
    ask: Callable[[Tx, Collection[str]], dict[str, UUID]],
    names: Collection[str],
) -> dict[str, UUID]:
    """Return whose the names are, by what is kept, and what is not from the database."""
    if not names:
        return {}
    found = kept.find_many(names)
    if len(found) < len(names):
        for name, owner in ask(tx, set(names) - found.keys()).items():
            kept.keep(name, owner)
            found[name] = owner
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
    tx: Tx, organisation: Organisation, runs: Sequence[Run], blocks_held_max: int, shelf: Shelf
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
            ranges=PagedFacts(terms, run.id, shelf)
            if blocks is None
            else _arrange_facts(terms, run, blocks),
        )
        yield entry, 1 + len(blocks or ())


def _arrange_facts(terms: Terms, run: Run, blocks: Iterable[RangeBlock]) -> tuple[HeldFacts, ...]:
    by_level: dict[int, list[RangeBlock]] = {level: [] for level in run.levels}
    for block in blocks:
        by_level[block.level].append(block)
    return tuple(
        HeldFacts(terms, 0, run.quantity_at(level), by_level[level]) for level in run.levels
    )
