# SPDX-License-Identifier: Apache-2.0
"""What is stored: for a run of codes, whatever its size, and for a reading that counts a phone.

Bytes are those of the whole database, so every table and index is in them; where a database holds
more than is asked about, a smaller one of the same kind is taken off.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from bench.fixtures import BATCH, SIZES, open_postgres_centre, open_sqlite_centre
from bench.goods import Goods, issue_goods
from bench.rounds import Plan
from bench.table import Line, Reach
from tests.factories import make_act, make_batch, make_organisation, make_product, scope_of

from trueorigin.services.installation import Place, ensure_installation, open_installation
from trueorigin.services.issuing import RunDraft, StageDraft, create_run, release
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, catalog
from trueorigin.storage.database import FILE_NAME, Database

ROW: Final = "storage"
RUNS: Final = 100
SMALL, LARGE = 10**6, 10**9
FURTHER: Final = 40 * BATCH
_FEW_KB: Final = Reach(at_most=4096)
_COUNTED: Final = Reach(at_most=220)
_SQLITE_BYTES: Final = (
    "SELECT (page_count - freelist_count) * page_size"
    " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)
_GROWING: Final = ("unit_state", "unit_device", "reading_figure")
_POSTGRES_BYTES: Final = (
    "SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class AS c"
    " LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid AND i.inhparent = 'scan'::regclass"
    " WHERE c.relkind = 'r' AND (c.relname = ANY(%s) OR i.inhparent IS NOT NULL)"
)
_PHONES: Final = "SELECT count(*) FROM scan WHERE counted <> 0"


def measure(plan: Plan) -> list[Line]:
    """Fill and weigh databases."""
    small, large = (_weigh_run(plan, quantity) for quantity in (SMALL, LARGE))
    return [
        Line(
            row=ROW,
            key="run",
            title="a released run of 10⁹ units in cases and pallets",
            unit="bytes",
            ours=(large,),
            rival="a run of 10⁶",
            theirs=(small,),
        ),
        Line(
            row=ROW,
            key="run-difference",
            title="what 10⁹ units take more than 10⁶",
            unit="bytes",
            ours=(large - small,),
            reach=_FEW_KB,
        ),
        Line(
            row=ROW,
            key="reading-sqlite",
            title="a counted reading, SQLite",
            unit="bytes",
            ours=(_weigh_reading_on_sqlite(plan),),
            reach=_COUNTED,
        ),
        Line(
            row=ROW,
            key="reading-postgresql",
            title="a counted reading, PostgreSQL",
            unit="bytes",
            ours=(_weigh_reading_on_postgres(plan),),
        ),
        Line(
            row=ROW,
            key="reading-popular",
            title="a counted reading of the unit that everybody reads, SQLite",
            unit="bytes",
            ours=(_weigh_popular_reading(plan),),
        ),
    ]


def _weigh_run(plan: Plan, quantity: int) -> float:
    """Return the bytes of one released run among `RUNS`."""
    with _empty_centre(plan) as (database, _):
        organisation = make_organisation(gs1_prefix="6901234")
        product = make_product(organisation)
        batch = make_batch(product)
        scope = scope_of(organisation)
        with database.write() as tx:
            accounts.append_organisation(tx, organisation)
            accounts.append_epoch(tx, scope, 0, b"wrapped", organisation.created_at)
            catalog.claim_gtin(tx, scope, product.gtin or "")
            catalog.append_product(tx, scope, product)
            catalog.append_batch(tx, scope, batch)
        before = _measure(database)
        act = make_act(organisation)
        draft = RunDraft(
            batch_id=batch.id, quantity=quantity, packing=(24, 40), public_url="https://ex.cn"
        )
        with database.write() as tx:
            for _ in range(RUNS):
                release(tx, act, create_run(tx, act, draft).id, StageDraft())
        return (_measure(database) - before) / RUNS


def _weigh_reading_on_sqlite(plan: Plan) -> float:
    """Return what each reading took by which the largest data centre has more than the next."""
    sizes: list[int] = []
    phones: list[int] = []
    for readings in SIZES[-2:]:
        file = open_sqlite_centre(plan, readings).folder / FILE_NAME
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            sizes += [size for (size,) in connection.execute(_SQLITE_BYTES)]
            phones += [counted for (counted,) in connection.execute(_PHONES)]
    return float((sizes[1] - sizes[0]) / (phones[1] - phones[0]))


def _weigh_reading_on_postgres(plan: Plan) -> float:
    """Return what all tables that grow with readings take for each counted phone."""
    with open_postgres_centre(plan).checked_out(plan) as copy:
        database, _ = open_installation(copy.place)
        try:
            with database.read() as tx:
                [(size,)] = tx.run(_POSTGRES_BYTES, (list(_GROWING),))
                [(counted,)] = tx.run(_PHONES)
        finally:
            database.close()
    return float(size / counted)


def _weigh_popular_reading(plan: Plan) -> float:
    """Return what each of many phones takes that read one unit."""
    with _empty_centre(plan) as (database, vault):
        goods = issue_goods(database, vault, datetime.now(UTC) - timedelta(days=30), codes=1)
        _record_popular(database, goods, BATCH)
        before = _measure(database)
        _record_popular(database, goods, FURTHER)
        return (_measure(database) - before) / FURTHER


def _record_popular(database: Database, goods: Goods, count: int) -> None:
    with database.write() as tx:
        for _ in range(0, count, BATCH):
            goods.record(tx, goods.make_popular_readings(BATCH))


def _measure(database: Database) -> float:
    """Return the bytes a SQLite database uses."""
    with database.read() as tx:
        return float(tx.run(_SQLITE_BYTES)[0][0])


@contextmanager
def _empty_centre(plan: Plan) -> Iterator[tuple[Database, Vault]]:
    folder = plan.scratch / "storage"
    shutil.rmtree(folder, ignore_errors=True)
    place = Place(data=folder, database=None, master_key=None)
    database, vault = ensure_installation(place, at=datetime.now(UTC), entropy=os.urandom)
    try:
        yield database, vault
    finally:
        database.close()
        shutil.rmtree(folder)
