# SPDX-License-Identifier: Apache-2.0
"""What PostgreSQL is told of a batch's commit: one issued code, and it waits for the disk."""

import asyncio

import pytest
from tests.scanning_world import World

from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.scans import Reading, ScanOutcome
from trueorigin.services.scanning import must_last, record_scans
from trueorigin.storage.database import Database, Tx
from trueorigin.web.coalescer import Coalescer

# Deferred, it runs within the commit: whatever was said before is what the commit does.
WITNESS = """
CREATE TABLE turn (readings bigint);
CREATE TABLE witness (readings bigint, waits text);
CREATE FUNCTION testify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO witness VALUES (NEW.readings, current_setting('synchronous_commit'));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER testify AFTER INSERT ON turn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION testify();
"""


@pytest.mark.parametrize(
    ("codes", "waits"),
    [("invented", "off"), ("issued", "on"), ("mostly invented", "on"), ("issued last", "on")],
)
def test_a_batch_with_one_issued_code_waits_for_the_disk(
    postgres_database: Database, codes: str, waits: str
) -> None:
    world = World(postgres_database)
    with world.database.write() as tx:
        alice = world.join(tx)
        tx.run(WITNESS)
    issued = alice.code(7)
    invented = [PrintedCode(gtin=issued.gtin, serial=f"{number:0>16}") for number in range(1, 6)]
    batch = {
        "invented": invented,
        "issued": [issued],
        "mostly invented": [issued, *invented],
        "issued last": [*invented, issued],
    }[codes]

    def work(tx: Tx, readings: list[Reading]) -> list[ScanOutcome]:
        # No test waits for the disk otherwise.
        tx.run("SET synchronous_commit = on")
        tx.run("INSERT INTO turn VALUES (%s)", [len(readings)])
        return record_scans(tx, world.catalogue, world.vault, readings, per_hour_max=None)

    async def read() -> list[ScanOutcome]:
        coalescer = Coalescer(world.database, work, must_last=must_last)
        outcomes = await asyncio.gather(*(coalescer.submit(world.reading(each)) for each in batch))
        await coalescer.close()
        return outcomes

    outcomes = asyncio.run(read())
    assert [outcome.scan_id is not None for outcome in outcomes] == [
        code == issued for code in batch
    ]
    with world.database.read() as tx:
        assert tx.run("SELECT readings, waits FROM witness") == [(len(batch), waits)]
