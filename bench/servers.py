# SPDX-License-Identifier: Apache-2.0
"""Start what is measured over HTTP, each on its core: the program, the bare server, PostgreSQL.

The bare server is the same server program with the same options and an application of four lines
(`bench.floor`). PostgreSQL waits for its disk as in production: nothing else would be durable.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.rounds import LOAD_CORE, SERVER_CORE
from tools.test_postgres import Cluster, running_postgres

START_S_MAX: Final = 60.0
PROGRAM: Final = Path(sys.executable).with_name("trueorigin")
_BARE: Final = (str(PROGRAM.with_name("granian")),)
ROOT: Final = Path(__file__).resolve().parent.parent
# What PostgreSQL's guide gives a small server; whatever keeps a commit from being lost stays on.
_POSTGRES: Final = {
    "listen_addresses": "",
    "shared_buffers": "512MB",
    "max_wal_size": "1GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "timezone": "UTC",
}
# The limits on bursts are off: the load comes from one address and reads one unit all the time.
_UNLIMITED: Final = {"TRUEORIGIN_INVENTED_PER_MINUTE": "0", "TRUEORIGIN_READINGS_PER_HOUR": "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: where it listens, its first process, and how long it took to answer."""

    port: int
    pid: int
    started_s: float

    def list_processes(self) -> list[int]:
        """Return the ids of its processes, the first one and all below it."""
        found, at = [self.pid], 0
        while at < len(found):
            for task in Path(f"/proc/{found[at]}/task").glob("*/children"):
                with suppress(OSError):
                    found += [int(child) for child in task.read_text().split()]
            at += 1
        return found

    def measure_memory(self) -> float:
        """Return the resident memory of its processes in MB, pages they share counted in each."""
        pages = 0
        for process in self.list_processes():
            with suppress(OSError):
                pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def find_free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_program(
    options: Sequence[str], *, first_path: str = "/readyz", is_limited: bool = False
) -> Iterator[Server]:
    """Serve a data centre; `first_path` is what it must answer to count as started."""
    command = [str(PROGRAM), "serve", *options, "--host", "127.0.0.1"]
    environment = {} if is_limited else _UNLIMITED
    with _running(command, first_path, environment) as server:
        yield server


@contextmanager
def running_floor(
    program: Sequence[str] = _BARE,
    *,
    application: str = "bench.floor:app",
    data: Path | None = None,
) -> Iterator[Server]:
    """Serve a fixed answer; `program` is a command that runs the server.

    `data` is the data folder of an application that keeps something.
    """
    command = [
        *(*program, "--interface", "asgi", "--host", "127.0.0.1"),
        *("--http", "1", "--no-ws", "--backlog", "4096", "--no-access-log"),
        *("--log-level", "error", application),
    ]
    environment = {"PYTHONPATH": str(ROOT)}
    if data is not None:
        environment["BENCH_DATA"] = str(data)
    with _running(command, "/", environment) as server:
        yield server


@contextmanager
def _running(command: list[str], first_path: str, environment: dict[str, str]) -> Iterator[Server]:
    port = find_free_port()
    pinned = ["taskset", "-c", str(SERVER_CORE), *command, "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        begun = time.perf_counter()
        process = subprocess.Popen(
            pinned,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | environment,
        )
        try:
            if not _has_answered(process, port, first_path, begun + START_S_MAX):
                log.seek(0)
                raise RuntimeError(f"the server did not start: {log.read().decode()[-2000:]}")
            yield Server(port=port, pid=process.pid, started_s=time.perf_counter() - begun)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _has_answered(
    process: "subprocess.Popen[bytes]", port: int, path: str, deadline: float
) -> bool:
    while time.perf_counter() < deadline and process.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            if get(port, path)[0] == http.client.OK:
                return True
        time.sleep(0.01)
    return False


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Return status and body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {"Accept": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def call_api(port: int, key: str, path: str, body: dict[str, Any] | None = None) -> bytes:
    """Call the JSON surface and return the body; any refusal ends the benchmark."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        sent = None if body is None else json.dumps(body)
        connection.request("GET" if sent is None else "POST", f"/api/v1{path}", sent, headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status >= http.client.BAD_REQUEST:
        raise RuntimeError(f"{path}: {answer.status} {content[:500]!r}")
    return content


@contextmanager
def durable_postgres(*, copy_of: Path | None = None, keep_as: Path | None = None) -> Iterator[str]:
    """Run a PostgreSQL cluster on the load's core and yield its URL; for folders see `Cluster`."""
    cluster = Cluster(settings=_POSTGRES, copy_of=copy_of, keep_as=keep_as, core=LOAD_CORE)
    with running_postgres(cluster) as url:
        yield url


def require_programs() -> None:
    """End with a sentence where a program is missing."""
    missing = [name for name in ("wrk", "taskset") if shutil.which(name) is None]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}; on Debian: apt-get install wrk util-linux")
