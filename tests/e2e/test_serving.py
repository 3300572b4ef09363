# SPDX-License-Identifier: Apache-2.0
"""Server processes: they stop without losing an answer, come back, and add up their figures."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import httpx
from tests.e2e.program import PROGRAM, Server, wait_until
from tools.clerk import TRUST
from tools.ports import lend_port

JSON = {"Accept": "application/json"}
# A worker that has not stopped by itself in thirty seconds is killed, and a busy machine is slow.
STOP_SECONDS_MAX = 60
# Readers who ask at the same time.
CROWD = 40
# Answers that each reader has before the server is asked to stop.
READINGS = 5


def issue(server: Server, base: str) -> list[str]:
    """Issue and release some codes; return the paths of their URLs."""
    maker = server.sign_in(base)
    run = maker.create_run(100)
    return [urlsplit(row[5]).path for row in maker.list_codes(run["id"], 0, 100)]


def test_a_stop_answers_what_was_accepted(server: Server) -> None:
    base = server.start()
    paths = issue(server, base)
    answered: list[str] = []
    broken: list[Exception] = []

    def keep_reading(start: int) -> None:
        with httpx.Client(base_url=base, headers=JSON, timeout=60, verify=TRUST) as http:
            for path in paths[start:] * 100:
                try:
                    answer = http.get(path)
                except httpx.ConnectError:
                    return
                except httpx.TransportError as error:
                    broken.append(error)
                    return
                if answer.status_code == httpx.codes.OK:
                    answered.append(answer.json()["scan"]["id"])

    threads = [threading.Thread(target=keep_reading, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(answered) > READINGS * len(threads), "nothing is answered")
    [process] = server.processes.values()
    process.send_signal(signal.SIGTERM)
    assert process.wait(STOP_SECONDS_MAX) == 0
    for thread in threads:
        thread.join()
    assert set(answered) <= server.list_scan_ids()
    # A kept-alive connection may be closed between two requests, never within an answer.
    assert all(isinstance(error, httpx.RemoteProtocolError | httpx.ReadError) for error in broken)
    assert "Traceback" not in server.logs()
    assert list((server.data / "scratch").iterdir()) == []


def get(url: str) -> httpx.Response:
    """Read over a connection of its own, so that all workers get some."""
    return httpx.get(url, headers=JSON, timeout=60, verify=TRUST)


def worker_ids(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=True
    )
    return [int(line) for line in listed.stdout.split()]


def wait_for_workers(server: Server, *, but: int = 0) -> list[int]:
    """Wait until there are two, none of which is `but`; the first one may be ready long before."""
    [process] = server.processes.values()
    found: list[int] = []

    def are_there() -> bool:
        found[:] = worker_ids(process.pid)
        return len(found) == 2 and but not in found

    wait_until(are_there, "there are not two workers")
    return found


def test_several_workers_share_a_port_and_add_up_their_figures(
    postgres_backed_server: Server,
) -> None:
    server = postgres_backed_server
    server.extra = ("--workers", "2")
    base = server.start()
    paths = issue(server, base)
    wait_for_workers(server)
    for path in paths[:40]:
        assert get(base + path).json()["verdict"] == "genuine"
    text = get(f"{base}/metrics").text
    wanted = r'trueorigin_requests_total\{[^}]*surface="page"[^}]*\} (\d+)'
    assert sum(int(found) for found in re.findall(wanted, text)) == 40
    assert server.logs().count(base) == 1


def test_a_worker_that_dies_is_replaced(postgres_backed_server: Server) -> None:
    server = postgres_backed_server
    server.extra = ("--workers", "2")
    base = server.start()
    paths = issue(server, base)
    dead = wait_for_workers(server)[0]
    os.kill(dead, signal.SIGKILL)
    wait_for_workers(server, but=dead)
    for path in paths[:20]:
        assert get(base + path).status_code == httpx.codes.OK


def test_a_killed_server_leaves_no_worker_behind(sqlite_server: Server) -> None:
    sqlite_server.start()
    [(port, process)] = sqlite_server.processes.items()
    [worker] = worker_ids(process.pid)
    process.kill()
    process.wait()
    wait_until(lambda: not Path(f"/proc/{worker}").exists(), "a worker outlived its server")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def hear_until(said: IO[str], last: str) -> str:
    """Return what a program says, up to the line that holds `last` or its end."""
    lines: list[str] = []
    for line in said:
        lines.append(line)
        if last in line:
            break
    return "".join(lines)


def run_demo(data: Path, port: int) -> str:
    """Start the demo, open its address once it is told, stop it, and return what it said."""
    command = [str(PROGRAM), "demo", "--data", str(data), "--port", str(port)]
    environ = os.environ | {"LC_ALL": "en_GB.UTF-8"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as demo:
        try:
            assert demo.stdout is not None
            said = hear_until(demo.stdout, "Ctrl+C stops")
            assert get(f"http://127.0.0.1:{port}").status_code == httpx.codes.OK
        finally:
            demo.terminate()
            rest, _ = demo.communicate(timeout=STOP_SECONDS_MAX)
    assert rest == ""
    return said


def test_an_address_is_told_once_somebody_answers_there(tmp_path: Path) -> None:
    port = lend_port()
    # A name is listened on as well: by the address that it stands for.
    command = [
        str(PROGRAM), "serve", "--data", str(tmp_path), "--host", "localhost", "--port", str(port),
    ]  # fmt: skip
    environ = os.environ | {"LC_ALL": "en_GB.UTF-8"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as program:
        try:
            assert program.stderr is not None
            told = hear_until(program.stderr, "Serving")
            assert get(f"http://localhost:{port}/healthz").is_success
        finally:
            program.terminate()
            rest = program.communicate(timeout=STOP_SECONDS_MAX)[1]
    assert told.splitlines()[-1].endswith(f"http://localhost:{port}")
    assert "Serving" not in rest
    assert program.returncode == 0


def test_a_start_that_fails_tells_no_address(tmp_path: Path) -> None:
    # What only a worker finds out: its folder for short-lived files cannot be.
    (tmp_path / "scratch").write_text("")
    command = [str(PROGRAM), "serve", "--data", str(tmp_path), "--port", str(lend_port())]
    failed = subprocess.run(
        command, capture_output=True, text=True, timeout=STOP_SECONDS_MAX, check=False,
        env=os.environ | {"LC_ALL": "en_GB.UTF-8"},
    )  # fmt: skip
    assert failed.returncode == 1
    assert "/scratch: File exists. [file_failed]" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "Serving" not in failed.stderr


def test_the_demo_says_where_to_look_and_finds_its_data_again(tmp_path: Path) -> None:
    data, port = tmp_path / "demo", lend_port()
    said = run_demo(data, port)
    for word in ("genuine:", "not released:", "forged:", "manufacturer", "openapi.json"):
        assert word in said
    assert len(re.findall(rf"http://127\.0\.0\.1:{port}/0[01]/", said)) >= 3
    # Of two makers, a carrier, a dealer, a shop, an authority, and the operator.
    assert len(re.findall(r"\bto_[\w-]{43}\b", said)) == 7
    [labels] = re.findall(r"print: (\S+)", said)
    assert Path(labels).read_bytes().startswith(b"%PDF-")
    before = Path(labels).stat().st_mtime_ns
    assert run_demo(data, port) == said
    assert Path(labels).stat().st_mtime_ns == before


def list_policies(worker: int) -> set[int]:
    """Return how the threads of a process are scheduled."""
    threads = [int(thread.name) for thread in Path(f"/proc/{worker}/task").iterdir()]
    assert len(threads) > 2
    return {os.sched_getscheduler(thread) for thread in threads}


def test_the_threads_of_a_worker_take_long_turns_while_many_wait(sqlite_server: Server) -> None:
    base = sqlite_server.start()
    paths = issue(sqlite_server, base)
    assert get(base + paths[0]).status_code == httpx.codes.OK
    [process] = sqlite_server.processes.values()
    [worker] = worker_ids(process.pid)
    assert list_policies(worker) == {os.SCHED_OTHER}
    rounds = 0
    with (
        ThreadPoolExecutor(CROWD) as crowd,
        closing(
            sqlite3.connect(sqlite_server.data / "trueorigin.db", isolation_level=None)
        ) as other,
    ):
        while list_policies(worker) != {os.SCHED_BATCH}:
            assert rounds < 12, "no crowd made them"
            # Nobody is answered meanwhile, so that all of them gather.
            other.execute("BEGIN IMMEDIATE")
            asked = [crowd.submit(get, base + path) for path in paths[:CROWD]]
            time.sleep(0.7)
            other.execute("ROLLBACK")
            assert {each.result().status_code for each in asked} == {httpx.codes.OK}
            rounds += 1
    for _ in range(80):
        assert get(base + paths[0]).status_code == httpx.codes.OK
    assert list_policies(worker) == {os.SCHED_OTHER}
