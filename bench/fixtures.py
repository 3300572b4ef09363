# SPDX-License-Identifier: Apache-2.0
"""Data centres to measure: built once by readings in random order, kept, and copied for each run.

Every reading goes through `record_scans`, so the tables hold what the program itself would have
written, on pages split by keys that came in no order. Only the waiting for the disk is left out.

    data/bench/fixtures/REVISION-FORMAT-SCALE/
        sqlite/      10000/  1000000/  10000000/  paths/   one run of 10^9 units, grown in steps
        postgresql/  1000000/ + its stopped cluster   paths/
        runs/        centre/  paths/                       runs and ranges of several sizes
        chain-*/     100000/  1000000/  10000000/  paths/  events of a run of 10^9 units
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bench.chain import PACKING, SIZES as SIZES_OF_CHAINS, Chained, Size, fill_chain
from bench.goods import FRESH, FRESH_MIN, Goods, issue_goods, issue_runs
from bench.rounds import Plan
from bench.servers import durable_postgres
from rich.progress import Progress

from trueorigin.services.installation import Place, ensure_installation
from trueorigin.services.upkeep import prepare_months
from trueorigin.services.vault import Vault
from trueorigin.storage.database import FILE_NAME, Database, newest_revision

# Raised when a fixture of the same schema would be built differently.
FORMAT: Final = 3
SIZES: Final = (10**4, 10**6, 10**7)
STORED: Final = 10**6
CHAIN_DATABASES: Final = ("sqlite", "postgresql")
# Readings of one batch, and batches of one transaction where a commit may cost something.
BATCH: Final = 512
_BATCHES_A_COMMIT: Final = 64
# The pages of a growing SQLite database stay in memory until the step is done: in random order
# nearly every reading touches pages of its own, and each commit would write all of them.
_CACHE_KB: Final = 6_000_000
_POSTGRES_CLUSTER: Final = "cluster"
# All is issued so long ago and read since; the steps of growth cover the time.
_PAST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A data centre as it is kept: its folder, the paths of its codes, and a cluster if any."""

    name: str
    folder: Path
    paths: Path
    cluster: Path | None = None

    def path_file(self, name: str) -> Path:
        """Return the file of paths called `name`."""
        return self.paths / f"{name}.txt"

    @contextmanager
    def checked_out(self, plan: Plan) -> Iterator["Copy"]:
        """Copy it for one run of the command, start its database if it needs one; then delete."""
        target = plan.scratch / f"{self.name}-{os.urandom(2).hex()}"
        shutil.copytree(self.folder, target)
        # What is not on the disk yet would hold up the first commits that are measured.
        os.sync()
        try:
            if self.cluster is None:
                yield Copy(centre=self, data=target, database=None)
            else:
                with durable_postgres(copy_of=self.cluster) as url:
                    yield Copy(centre=self, data=target, database=url)
        finally:
            shutil.rmtree(target, ignore_errors=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A data centre that may be changed."""

    centre: Centre
    data: Path
    database: str | None

    @property
    def options(self) -> list[str]:
        """Return how the program is told of it."""
        options = ["--data", str(self.data)]
        return options if self.database is None else [*options, "--database", self.database]

    @property
    def place(self) -> Place:
        """Return the like for the program's own functions."""
        return Place(data=self.data, database=self.database, master_key=None)


def open_sqlite_centre(plan: Plan, readings: int) -> Centre:
    """Return the SQLite data centre with so many readings stored, one of `SIZES`."""
    folder = _require(plan, "sqlite")
    return Centre(name=f"sqlite-{readings}", folder=folder / str(readings), paths=folder / "paths")


def open_postgres_centre(plan: Plan) -> Centre:
    """Return the PostgreSQL data centre with `STORED` readings."""
    folder = _require(plan, "postgresql")
    return Centre(
        name="postgresql",
        folder=folder / str(STORED),
        paths=folder / "paths",
        cluster=folder / _POSTGRES_CLUSTER,
    )


def open_runs_centre(plan: Plan) -> Centre:
    """Return the SQLite data centre of runs and ranges of several sizes."""
    folder = _require(plan, "runs")
    return Centre(name="runs", folder=folder / "centre", paths=folder / "paths")


def open_chain_centre(plan: Plan, kind: str, size: Size) -> Centre:
    """Return the data centre with a chain of one of its sizes; `kind` of `CHAIN_DATABASES`."""
    folder = _require(plan, f"chain-{kind}")
    step = folder / str(size.singles)
    return Centre(
        name=f"chain-{kind}-{size.singles}",
        folder=step,
        paths=folder / "paths",
        cluster=None if kind == "sqlite" else folder / f"{_POSTGRES_CLUSTER}-{size.singles}",
    )


def build(plan: Plan, kinds: Collection[str]) -> None:
    """Build what is missing of some `KINDS`."""
    for kind in KINDS:
        if kind in kinds:
            _require(plan, kind)


def _require(plan: Plan, name: str) -> Path:
    """Return the folder of a kind of fixtures, built now if need be; whole or not at all."""
    version = f"{newest_revision()}-{FORMAT}-{plan.scale:g}"
    _forget_others(plan, version)
    folder = plan.fixtures / version / name
    if not folder.is_dir():
        draft = folder.with_name(f"{name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        (draft / "paths").mkdir(parents=True)
        KINDS[name](plan, draft)
        draft.rename(folder)
    return folder


def _forget_others(plan: Plan, version: str) -> None:
    """Delete fixtures of another schema, which nobody can use any more; other scales are kept."""
    same_schema = version.rsplit("-", 1)[0]
    for old in plan.fixtures.glob("*"):
        if old.name.rsplit("-", 1)[0] != same_schema:
            shutil.rmtree(old)


def _build_sqlite(plan: Plan, folder: Path) -> None:
    sizes = [plan.scaled(size) for size in SIZES]
    growing = folder / "growing"
    with (
        _new_centre(plan, growing, None, sizes[-1]) as (database, goods),
        Progress(transient=True) as progress,
    ):
        goods.write_paths(folder / "paths", most=sizes[-1])
        task = progress.add_task("readings on SQLite", total=sizes[-1])
        for nominal, size in zip(SIZES, sizes, strict=True):
            # One transaction a step; see `_CACHE_KB`.
            with database.write() as tx:
                tx.run(f"PRAGMA cache_size = -{_CACHE_KB}")
                for batch in goods.list_batches(size, BATCH):
                    goods.record(tx, batch)
                    progress.advance(task, len(batch))
            _store_sqlite(growing, folder / str(nominal))
    shutil.rmtree(growing)


def _store_sqlite(growing: Path, target: Path) -> None:
    """Copy a database that is open, page by page, together with its master key.

    By SQLite itself: the program may be moving pages from the log into the file at that moment.
    """
    shutil.copytree(growing, target, ignore=shutil.ignore_patterns(f"{FILE_NAME}*"))
    with (
        closing(sqlite3.connect(growing / FILE_NAME)) as source,
        closing(sqlite3.connect(target / FILE_NAME)) as copy,
    ):
        source.backup(copy)


def _build_postgres(plan: Plan, folder: Path) -> None:
    size = plan.scaled(STORED)
    data = folder / str(STORED)
    with (
        durable_postgres(keep_as=folder / _POSTGRES_CLUSTER) as url,
        _new_centre(plan, data, url, size) as (database, goods),
        Progress(transient=True) as progress,
    ):
        goods.write_paths(folder / "paths", most=size)
        task = progress.add_task("readings on PostgreSQL", total=size)
        batches = list(goods.list_batches(size, BATCH))
        for first in range(0, len(batches), _BATCHES_A_COMMIT):
            with database.write_bulk() as tx:
                tx.lift_timeouts()
                for batch in batches[first : first + _BATCHES_A_COMMIT]:
                    goods.record(tx, batch)
                    progress.advance(task, len(batch))
        _settle_postgres(database)


def _settle_postgres(database: Database) -> None:
    """Bring statistics and visibility to where an hour of autovacuum would have brought them."""
    with database.write() as tx:
        tx.lift_timeouts()
        tx.run("ANALYZE")


def _build_runs(plan: Plan, folder: Path) -> None:
    with _opening(folder / "centre", None) as (database, vault):
        issue_runs(database, vault, datetime.now(UTC) - _PAST, plan, folder / "paths")


def _build_chain_sqlite(plan: Plan, folder: Path) -> None:
    growing = folder / "growing"
    with _opening(growing, None) as (database, vault):
        chain = _join_chain(database, vault, folder, plan)
        done = None
        for size in SIZES_OF_CHAINS:
            scaled = _scale(plan, size)
            fill_chain(database, chain, done, scaled)
            done = scaled
            _store_sqlite(growing, folder / str(size.singles))
    shutil.rmtree(growing)


def _build_chain_postgres(plan: Plan, folder: Path) -> None:
    data, before, done, chain = folder / "growing", None, None, None
    for size in SIZES_OF_CHAINS:
        cluster = folder / f"{_POSTGRES_CLUSTER}-{size.singles}"
        scaled = _scale(plan, size)
        with (
            durable_postgres(copy_of=before, keep_as=cluster) as url,
            _opening(data, url) as (database, vault),
        ):
            if chain is None:
                chain = _join_chain(database, vault, folder, plan)
            fill_chain(database, chain, done, scaled)
        shutil.copytree(data, folder / str(size.singles))
        before, done = cluster, scaled
    shutil.rmtree(data)


def _join_chain(database: Database, vault: Vault, folder: Path, plan: Plan) -> Chained:
    """Make the one run that events are about, and write the codes that will be moved."""
    at = datetime.now(UTC) - _PAST
    goods = issue_goods(database, vault, at, codes=plan.scaled(FRESH, FRESH_MIN), packing=PACKING)
    goods.write_paths(folder / "paths", most=0)
    return Chained(run_id=goods.tenant.run.id, owner_id=goods.tenant.organisation.id)


def _scale(plan: Plan, size: Size) -> Size:
    return Size(ranges=plan.scaled(size.ranges), singles=plan.scaled(size.singles))


@contextmanager
def _new_centre(
    plan: Plan, data: Path, url: str | None, readings: int
) -> Iterator[tuple[Database, Goods]]:
    """Make a data centre with the one large run that is read."""
    with _opening(data, url) as (database, vault):
        at = datetime.now(UTC) - _PAST
        prepare_months(database, at)
        codes = readings + plan.scaled(FRESH, FRESH_MIN)
        yield database, issue_goods(database, vault, at, codes=codes)


@contextmanager
def _opening(data: Path, url: str | None) -> Iterator[tuple[Database, Vault]]:
    """Make an empty data centre and close its database at the end."""
    place = Place(data=data, database=url, master_key=None)
    database, vault = ensure_installation(place, at=datetime.now(UTC) - _PAST, entropy=os.urandom)
    try:
        yield database, vault
    finally:
        database.close()


# Each kind is built by its function, into a folder that is given its name when it is whole.
KINDS: Final[Mapping[str, Callable[[Plan, Path], None]]] = {
    "runs": _build_runs,
    "sqlite": _build_sqlite,
    "postgresql": _build_postgres,
    "chain-sqlite": _build_chain_sqlite,
    "chain-postgresql": _build_chain_postgres,
}
