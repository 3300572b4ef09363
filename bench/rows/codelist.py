# SPDX-License-Identifier: Apache-2.0
"""A run's code list written to a file on one core: beside copying it, and beside a csv writer.

`cat` of the same bytes is the floor: nobody can write them with less. The csv writer gets its codes
from a table that stores them, as rivals do, and writes the same columns.
"""

import csv
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.rounds import LOAD_CORE, Plan, interleave, on_core, rate_of, rate_of_command
from bench.table import Line, Reach
from tests.factories import make_batch, make_organisation, make_product, make_run

from trueorigin.domain.codelist import HEADER, LevelCodes
from trueorigin.domain.serials import SerialCipher
from trueorigin.services.exporting import CodeFormat, write_codes
from trueorigin.services.issuing import Export

ROW: Final = "codelist"
CODES: Final = 3 * 10**6
STORED_CODES: Final = 2 * 10**5
# Far into the run, where indices are long.
START: Final = 100_000_000


def open_export(count: int) -> Export:
    """Return what `count` items of a run of 10^9 are exported from."""
    organisation = make_organisation(prefix="7K2M")
    product = make_product(organisation)
    batch = make_batch(product)
    run = make_run(batch, quantity=10**9, gs1_prefix="6901234", sscc_first=(0, 500_000_000))
    cipher = SerialCipher(bytes(32), run.symbols)
    codes = LevelCodes(
        run=run, level=0, gtin=product.gtin, prefix=organisation.prefix, cipher=cipher
    )
    return Export(
        codes=codes,
        start=START,
        stop=START + count,
        batch=batch,
        product=product,
        maker="Bench",
    )


def measure(plan: Plan) -> list[Line]:
    """Write the list in all ways in turn."""
    count, stored = plan.scaled(CODES, 10**5), plan.scaled(STORED_CODES, 10**4)
    export = open_export(count)
    few = replace(export, stop=START + stored)
    with _scratch(plan) as folder, on_core(LOAD_CORE):
        ours, copy = folder / "ours.csv", folder / "copy.csv"
        _write(export, ours)
        with closing(_store_codes(few, folder)) as connection:
            theirs = folder / "theirs.csv"
            _write_with_csv(connection, theirs)
            _require_same(ours, theirs)
            works = {
                "ours": rate_of(lambda: _write(export, ours), count),
                "cat": rate_of_command(["sh", "-c", f"cat '{ours}' > '{copy}'"], count),
                "csv": rate_of(lambda: _write_with_csv(connection, theirs), stored),
            }
            found = interleave(works, plan.rounds)
    title = "codes written to a CSV file"
    reaches = {
        "cat": ("cat of the same bytes", Reach(at_least=0.15)),
        "csv": ("csv writer over stored codes", Reach(at_least=10)),
    }
    return [
        Line(
            row=ROW,
            key=name,
            title=title,
            unit="/s",
            ours=found["ours"],
            rival=rival,
            theirs=found[name],
            reach=reach,
        )
        for name, (rival, reach) in reaches.items()
    ]


@contextmanager
def _scratch(plan: Plan) -> Iterator[Path]:
    folder = plan.scratch / "codelist"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        for file in folder.iterdir():
            file.unlink()


def _write(export: Export, target: Path) -> None:
    """Write the list as the command line does."""
    target.unlink(missing_ok=True)
    write_codes(export, CodeFormat.CSV, target, report=lambda _: None)


def _store_codes(export: Export, folder: Path) -> sqlite3.Connection:
    """Store codes one row each, as a system does that draws them."""
    source = folder / "stored.csv"
    _write(export, source)
    connection = sqlite3.connect(folder / "stored.db")
    connection.execute(
        'CREATE TABLE code (level, "index" PRIMARY KEY, number, serial, code, url, parent)'
    )
    with source.open(encoding="ascii", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        connection.executemany("INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    return connection


def _write_with_csv(connection: sqlite3.Connection, target: Path) -> None:
    """Write the stored codes; waits for the disk at the end as ours does."""
    with target.open("w", encoding="ascii", newline="") as file:
        file.write(HEADER.decode())
        rows = connection.execute('SELECT * FROM code ORDER BY "index"')
        csv.writer(file, lineterminator="\n").writerows(rows)
        file.flush()
        os.fsync(file.fileno())


def _require_same(ours: Path, theirs: Path) -> None:
    """End the benchmark unless the shorter list is the beginning of the longer one."""
    with theirs.open("rb") as file:
        expected = file.read()
    with ours.open("rb") as file:
        if file.read(len(expected)) != expected:
            raise RuntimeError("the two code lists differ")
