# SPDX-License-Identifier: Apache-2.0
"""Start the real program as its users do and talk to it over HTTP only."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from tests.command_line import run_here
from tools import clerk
from tools.ports import lend_port

START_SECONDS_MAX = 120
# What comes for certain, but on a busy machine late.
PATIENCE_S = 120
PROGRAM = Path(sys.executable).with_name("trueorigin")


def get_json(base: str, path: str) -> tuple[int, Any]:
    """Read like a new phone each time: no cookie; http.client is ten times as fast as httpx."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    with closing(connection):
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Wait until something is so; fail with `what` where it never comes."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@dataclass
class Server:
    """One data folder and database, with any number of server processes on them."""

    data: Path
    database: str | None
    public_url: str = "http://127.0.0.1:8000"
    extra: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)

    def storage_options(self) -> list[str]:
        options = ["--data", str(self.data)]
        return options if self.database is None else [*options, "--database", self.database]

    def run_cli(self, *arguments: str) -> str:
        finished = self.try_cli(*arguments)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def try_cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(PROGRAM), *arguments, *self.storage_options()]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def sign_in(self, base: str, organisation: str = "Alice Distillery") -> "Maker":
        """Make the organisation if need be, and return its client; it closes with the server."""
        headers = {"Authorization": f"Bearer {self.create_key(organisation)}"}
        client = httpx.Client(base_url=base, headers=headers, timeout=60, verify=clerk.TRUST)
        self.clients.append(client)
        return Maker(client)

    def close(self) -> None:
        """End everything that was opened."""
        self.kill()
        for client in self.clients:
            client.close()

    def create_key(self, organisation: str, role: str = "manufacturer") -> str:
        answer = self.set_up("apikey", "create", "--org", organisation, "--role", role, "--json")
        return str(json.loads(answer)["key"])

    def hire(self, organisation: str) -> None:
        """Let the person of `tools.clerk` sign in for an organisation that exists."""
        secret = self.data.parent / "password.txt"
        secret.write_text(clerk.PASSWORD)
        self.set_up(
            "person", "create", "--org", organisation, "--email", clerk.EMAIL,
            "--password-file", str(secret),
        )  # fmt: skip

    def set_up(self, *arguments: str) -> str:
        """Run a command in this process: what the test needs, and is not about."""
        finished = run_here([*arguments, *self.storage_options()])
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def start(self) -> str:
        """Start one more server process and return its base URL once it is ready."""
        port = lend_port()
        command = [
            str(PROGRAM), "serve", *self.storage_options(),
            "--host", "127.0.0.1", "--port", str(port), "--public-url", self.public_url,
            *self.extra,
        ]  # fmt: skip
        log = (self.data.parent / f"serve-{port}.log").open("wb")
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | self.environment,
        )
        log.close()
        self.processes[port] = process
        base = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with suppress(OSError, http.client.HTTPException):
                if get_json(base, "/readyz")[0] == httpx.codes.OK:
                    return base
            time.sleep(0.05)
        text = (self.data.parent / f"serve-{port}.log").read_text()
        pytest.fail(f"the server did not start: {text[-3000:]}")

    def kill(self) -> None:
        """Send SIGKILL to every server process and its children at once."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Keep every server process and its children where they are while the block runs."""
        groups = [process.pid for process in self.processes.values()]
        for group in groups:
            os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            for group in groups:
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGCONT)

    def has_sessions(self) -> bool:
        """Tell whether PostgreSQL still works for a server; it ends what it has begun."""
        return self.database is not None and bool(
            self.query(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'trueorigin'"
            )
        )

    def list_processes(self) -> list[int]:
        """Return the ids of all processes of the server."""
        found = [process.pid for process in self.processes.values()]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in children.read_text().split()]
        return found

    def measure_work(self) -> float:
        """Return for how many seconds its processes have kept a core busy."""
        # User and system time, behind the name of the program.
        lines = [Path(f"/proc/{pid}/stat").read_text() for pid in self.list_processes()]
        ticks = [int(part) for line in lines for part in line.rpartition(")")[2].split()[11:13]]
        return sum(ticks) / os.sysconf("SC_CLK_TCK")

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Look into the database from outside, as an auditor would."""
        if self.database is not None:
            with psycopg.connect(self.database) as connection:
                return connection.execute(statement.encode()).fetchall()
        with closing(sqlite3.connect(self.data / "trueorigin.db", timeout=30)) as connection:
            return connection.execute(statement).fetchall()

    def change(self, statement: str) -> None:
        """Change the database from outside: what a test cannot wait for."""
        if self.database is not None:
            with psycopg.connect(self.database) as connection:
                connection.execute(statement.encode())
            return
        with closing(sqlite3.connect(self.data / "trueorigin.db", timeout=30)) as connection:
            connection.execute(statement)
            connection.commit()

    def list_scan_ids(self) -> set[str]:
        return {str(row[0]) for row in self.query("SELECT id FROM scan")}

    def measure_bytes(self) -> int:
        """Return the bytes in use of the SQLite database."""
        [(pages,)], [(free,)] = self.query("PRAGMA page_count"), self.query("PRAGMA freelist_count")
        [(size,)] = self.query("PRAGMA page_size")
        return int((pages - free) * size)

    def logs(self) -> str:
        return "".join(path.read_text() for path in self.data.parent.glob("serve-*.log"))


@dataclass(frozen=True)
class Maker:
    """A manufacturer's API client with the few calls every journey needs."""

    http: httpx.Client

    def post(self, path: str, body: dict[str, Any], *, expect: int = 201) -> Any:  # noqa: ANN401  JSON
        answer = self.http.post(f"/api/v1{path}", json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def create_run(
        self,
        quantity: int,
        *,
        gtin: str = "06901234567892",
        packing: tuple[int, ...] = (24, 40),
        release: bool = True,
    ) -> dict[str, Any]:
        product = self.post("/products", {"gtin": gtin, "name": {"zh": "真源大曲", "en": "Qu"}})
        batch = self.post(
            "/batches",
            {
                "product_id": product["id"],
                "lot": "A20260101",
                "produced_on": "2026-01-01",
                "expires_on": "2036-01-01",
                "origin": {"place": {"zh": "镇江", "en": "Zhenjiang"}},
            },
        )
        run = self.post(
            "/runs", {"batch_id": batch["id"], "quantity": quantity, "packing": list(packing)}
        )
        if release:
            self.post(f"/runs/{run['id']}/releases", {"level": 0, "from": 0, "to": quantity})
        return {**run, "batch_id": batch["id"], "gtin": gtin}

    def list_codes(self, run_id: int, start: int, stop: int, *, level: int = 0) -> list[list[str]]:
        answer = self.http.get(
            f"/api/v1/runs/{run_id}/codes", params={"level": level, "from": start, "to": stop}
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        header, *rows = answer.text.split()
        assert header == "level,index,number,serial,code,url,parent"
        return [row.split(",") for row in rows]
