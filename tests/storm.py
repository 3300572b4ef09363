"""A process to be killed: reads codes as fast as it can and prints the id of every answered scan.

Others invent codes meanwhile: a batch of nothing else waits for no disk.

Started by `tests/services/test_kill.py` with the data folder, the database URL or "", and a file
of lines "gtin serial".
"""

import asyncio
import os
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.scanning_world import MASTER, NETWORK

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.ids import uuid7
from trueorigin.domain.scans import Channel, Reading, ScanOutcome
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.scanning import must_last, record_scans
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Database, Tx
from trueorigin.web.coalescer import Coalescer

READERS = 24
GUESSERS = 8


def make_reading(code: PrintedCode) -> Reading:
    at = datetime.now(UTC)
    return Reading(
        code=code,
        at=at,
        id=uuid7(at, os.urandom(10)),
        channel=Channel.API,
        device_token=None,
        minted_token=os.urandom(16),
        network=NETWORK,
        place=None,
        place_trusted=False,
        actor=None,
        is_confirmed=True,
    )


async def read_for_ever(
    coalescer: Coalescer[Reading, ScanOutcome], codes: list[PrintedCode]
) -> None:
    choice = random.Random()  # noqa: S311 - picks test units
    while True:
        outcome = await coalescer.submit(make_reading(choice.choice(codes)))
        # One write of less than a pipe's buffer: a line is there whole or not at all.
        os.write(1, f"{outcome.scan_id}\n".encode())


async def invent_for_ever(
    coalescer: Coalescer[Reading, ScanOutcome], codes: list[PrintedCode]
) -> None:
    while True:
        for code in codes:
            invented = replace(code, serial=(code.serial or "")[::-1])
            await coalescer.submit(make_reading(invented))


async def storm(database: Database, codes: list[PrintedCode]) -> None:
    vault, catalogue = Vault(MASTER), Catalogue()

    def work(tx: Tx, readings: list[Reading]) -> list[ScanOutcome]:
        return record_scans(tx, catalogue, vault, readings, per_hour_max=None)

    coalescer = Coalescer(database, work, must_last=must_last)
    await asyncio.gather(
        *(read_for_ever(coalescer, codes) for _ in range(READERS)),
        *(invent_for_ever(coalescer, codes) for _ in range(GUESSERS)),
    )


def main() -> None:
    folder, url, listing = sys.argv[1:]
    codes = [
        PrintedCode(gtin=gtin, serial=serial)
        for gtin, serial in (line.split() for line in Path(listing).read_text().splitlines())
    ]
    asyncio.run(storm(Database.open(url or None, Path(folder)), codes))


if __name__ == "__main__":
    main()
