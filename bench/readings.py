# SPDX-License-Identifier: Apache-2.0
"""Durable readings over HTTP, as a share of the bare server in the same run.

The server has processor 0, the load (wrk) and PostgreSQL have processor 1. Each round measures
the floor and every variant in turn, so a drift of the machine touches all of them alike.
"""

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

CONNECTIONS = 64
SECONDS = 4
ROUNDS = 5
# First readings 60 %, repeats 30 %, one popular code 10 %.
UNITS = 200_000
PROGRAM = Path(sys.executable).with_name("trueorigin")
_BENCH = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One server under load: its address, the header and the file of paths the load draws from."""

    name: str
    port: int
    accept: str
    paths: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one burst of load measured; `errors` counts answers other than 200 and lost ones."""

    rate: float
    p99_ms: float
    errors: int


def find_free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def run_server(command: list[str], port: int) -> Iterator[None]:
    """Run a server on processor 0 until the block ends; it must answer within 40 s."""
    process = subprocess.Popen(
        ["taskset", "-c", "0", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(_BENCH)},
    )
    try:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def measure_load(target: Target) -> Load:
    """Load `target` from processor 1 for `SECONDS` seconds."""
    printed = subprocess.run(
        [
            "taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency",
            "-s", str(_BENCH / "readings.lua"), "-H", f"Accept: {target.accept}",
            f"http://127.0.0.1:{target.port}", "--", str(target.paths),
        ],
        capture_output=True, text=True, check=True, timeout=SECONDS * 10,
    ).stdout  # fmt: skip
    rate = float(re.findall(r"Requests/sec:\s+([0-9.]+)", printed)[0])
    number, unit = re.findall(r"99%\s+([0-9.]+)(us|ms|s)\b", printed)[0]
    errors = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", printed))
    errors += sum(int(n) for n in re.findall(r"timeout (\d+)", printed))
    return Load(
        rate=rate, p99_ms=float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], errors=errors
    )


def call_api(port: int, key: str, path: str, body: dict[str, object] | None = None) -> bytes:
    """Call the JSON surface and return the body; any refusal ends the benchmark."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return bytes(answer.read())


def prepare_paths(port: int, options: list[str], folder: Path) -> tuple[Path, Path]:
    """Issue a run of 10^9 units, release it, and write issued and invented paths to files."""
    made = subprocess.run(
        [str(PROGRAM), "apikey", "create", "--org", "Bench", "--role", "manufacturer", "--json",
         *options], capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    key = json.loads(made)["key"]
    product = json.loads(
        call_api(
            port, key, "/products", {"gtin": "06901234567892", "name": {"zh": "测", "en": "T"}}
        )
    )
    batch = json.loads(
        call_api(port, key, "/batches", {"product_id": product["id"], "lot": "BENCH"})
    )
    run = json.loads(
        call_api(port, key, "/runs", {"batch_id": batch["id"], "quantity": 10**9, "packing": []})
    )
    call_api(port, key, f"/runs/{run['id']}/releases", {})
    rows = call_api(port, key, f"/runs/{run['id']}/codes?level=0&from=0&to={UNITS}").decode()
    paths = [row.split(",")[5].split("//", 1)[1].split("/", 1)[1] for row in rows.splitlines()[1:]]
    issued, invented = folder / "issued.txt", folder / "invented.txt"
    issued.write_text("\n".join("/" + path for path in paths))
    invented.write_text("\n".join("/" + path[:-1] + ("7" if path[-1] != "7" else "9")
                                  for path in paths))  # fmt: skip
    return issued, invented


def main(database: str | None = None) -> dict[str, float]:
    """Measure and print the table; return each row's median share of the floor."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        options = ["--data", str(folder / "data")]
        options += [] if database is None else ["--database", database]
        floor_port, port = find_free_port(), find_free_port()
        floor = [str(PROGRAM.with_name("granian")), "--interface", "asgi", "--host", "127.0.0.1",
                 "--port", str(floor_port), "--no-access-log", "floor:app"]  # fmt: skip
        serve = [str(PROGRAM), "serve", *options, "--host", "127.0.0.1", "--port", str(port)]
        os.environ["TRUEORIGIN_INVENTED_PER_MINUTE"] = "0"
        with run_server(floor, floor_port), run_server(serve, port):
            issued, invented = prepare_paths(port, options, folder)
            targets = [
                Target(name="floor", port=floor_port, accept="application/json", paths=issued),
                Target(name="reading, JSON", port=port, accept="application/json", paths=issued),
                Target(name="reading, page", port=port, accept="text/html", paths=issued),
                Target(name="invented", port=port, accept="application/json", paths=invented),
            ]
            loads = {target.name: [] for target in targets}  # type: dict[str, list[Load]]
            for _ in range(ROUNDS):
                for target in targets:
                    loads[target.name].append(measure_load(target))
    return print_shares(loads)


def print_shares(loads: dict[str, list[Load]]) -> dict[str, float]:
    """Print medians of rates and their share of the floor; no share where a round had errors."""
    table = Table("row", "requests/s", "share of floor", "p99 ms", "errors")
    shares: dict[str, float] = {}
    for name, rounds in loads.items():
        share = statistics.median(
            load.rate / floor.rate for load, floor in zip(rounds, loads["floor"], strict=True)
        )
        errors = sum(load.errors for load in rounds)
        if not errors:
            shares[name] = round(share, 3)
        table.add_row(
            name,
            f"{statistics.median(load.rate for load in rounds):,.0f}",
            "-" if errors else f"{share:.2f}",
            f"{statistics.median(load.p99_ms for load in rounds):.1f}",
            str(errors),
        )
    Console().print(table)
    return shares


if __name__ == "__main__":
    main(*sys.argv[1:2])
