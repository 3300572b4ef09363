# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random moments of a storm: every answered reading is in the ledger afterwards."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.scanning_world import Tenant, World, sum_devices
from tools import test_postgres

from trueorigin.storage.database import Database, migrate

ROOT = Path(__file__).parents[2]
ROUNDS = 4
# What comes for certain, but on a busy machine late.
PATIENCE_S = 120
# Readings that are answered before the moment of the crash is drawn.
THICK = 25
# So long the storm goes on, to a moment nobody chose.
SECONDS = (0.0, 0.5)


class Storm:
    """A process that reads the codes of a listing and reports what it was answered."""

    def __init__(self, folder: Path, url: str, listing: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.storm", str(folder), url, str(listing)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # What is read ahead here would be missing where the rest is read, in part of a line.
            bufsize=0,
        )
        assert self.process.stdout is not None
        self.first = b"".join(self.process.stdout.readline() for _ in range(THICK))
        assert self.first.count(b"\n") == THICK, self._complaint()

    def _complaint(self) -> str:
        return self.process.communicate()[1].decode()[-3000:]

    def kill(self) -> set[str]:
        """Kill it without warning; return the ids of the readings it was answered."""
        self.process.send_signal(signal.SIGKILL)
        printed, _ = self.process.communicate()
        lines = (self.first + printed).decode().split("\n")
        assert self.process.returncode == -signal.SIGKILL
        # What stands behind the last line end was cut off in the middle of printing.
        return set(lines[:-1])

    def wait(self) -> set[str]:
        """Wait until it ends by itself, its database gone; return what it was answered."""
        printed, complaint = self.process.communicate(timeout=PATIENCE_S)
        assert self.process.returncode == 1, complaint.decode()[-3000:]
        return set((self.first + printed).decode().split("\n")[:-1])


def wait_a_random_moment() -> None:
    time.sleep(random.uniform(*SECONDS))  # noqa: S311 - the moment of the crash


def write_listing(world: World, path: Path) -> Tenant:
    with world.database.write() as tx:
        tenant = world.join(tx)
    path.write_text(
        "".join(f"{tenant.product.gtin} {tenant.serial(index)}\n" for index in range(500))
    )
    return tenant


def stored(database: Database) -> set[str]:
    with database.read() as tx:
        return {str(row[0]) for row in tx.run("SELECT id FROM scan")}


def device_sums(database: Database) -> tuple[int, int]:
    """Return how many devices the states count, and how many readings counted one."""
    with database.read() as tx:
        return (
            sum_devices(tx),
            int(tx.run("SELECT count(*) FROM scan WHERE counted <> 0")[0][0]),
        )


def test_every_answered_reading_survives_a_killed_process(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = ""
    if database.dialect == "postgresql":
        url = request.getfixturevalue("postgres_database_url")
    write_listing(World(database), tmp_path / "listing")
    answered: set[str] = set()
    for _ in range(ROUNDS):
        storm = Storm(tmp_path, url, tmp_path / "listing")
        wait_a_random_moment()
        answered |= storm.kill()
    assert answered <= stored(database)
    devices, counted = device_sums(database)
    assert devices == counted


@pytest.fixture
def durable_postgres() -> Iterator[str]:
    """A cluster of its own that keeps its promises, unlike that of the other tests."""
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    cluster = test_postgres.Cluster(settings=test_postgres.SETTINGS | durable)
    with test_postgres.running_postgres(cluster) as url:
        yield url


def kill_server(url: str) -> None:
    """Send SIGKILL to the whole cluster: no checkpoint, no good-bye."""
    folder = Path(str(make_url(url).query["host"]))
    leader = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.killpg(os.getpgid(leader), signal.SIGKILL)


def start_server(url: str) -> None:
    """Start the killed cluster again; it recovers from its log."""
    folder = Path(str(make_url(url).query["host"]))
    data = folder / "data"
    deadline = time.monotonic() + PATIENCE_S
    options = (data / "postmaster.opts").read_text().split(None, 1)[1].replace('"', "'").strip()
    command = [str(test_postgres.find_programs() / "pg_ctl"), "start", "--wait"]
    command += [f"--pgdata={data}", f"--log={folder / 'log'}", f"--options={options}"]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
    while subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
        assert time.monotonic() < deadline, (folder / "log").read_text()[-3000:]
        time.sleep(0.2)


def test_every_answered_reading_survives_a_killed_postgresql(
    durable_postgres: str, tmp_path: Path
) -> None:
    database = Database.open(durable_postgres, tmp_path)
    migrate(database)
    write_listing(World(database), tmp_path / "listing")
    database.close()
    answered: set[str] = set()
    for _ in range(2):
        storm = Storm(tmp_path, durable_postgres, tmp_path / "listing")
        wait_a_random_moment()
        kill_server(durable_postgres)
        answered |= storm.wait()
        start_server(durable_postgres)
    with psycopg.connect(durable_postgres) as connection:
        found = {str(row[0]) for row in connection.execute("SELECT id FROM scan")}
    assert answered <= found
