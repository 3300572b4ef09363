# SPDX-License-Identifier: Apache-2.0
"""What the real server keeps in memory is bounded: exports, slow clients and readings."""

import http.client
import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.program import Maker, Server, get_json, wait_until

MB = 1 << 20
# What a Python process may take or give back for reasons of its own.
SLACK = 12 * MB
QUANTITY = 10**8
FIRST_LINES = 200_000
LINES = 3_000_000
SLOW_CLIENTS = 12
# What one of them holds at most: a chunk of the list, what it is made of, and copies on their way.
HELD = 10 * MB


def measure_resident(server: Server) -> int:
    """Return the resident bytes of all processes of the server."""
    page = os.sysconf("SC_PAGE_SIZE")
    sizes = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in server.list_processes()]
    return sum(int(size) * page for size in sizes)


def wait_until_level(server: Server) -> int:
    """Wait until the server takes no more memory, and return how much it has taken.

    One that makes ahead what nobody reads goes on for minutes, and takes gigabytes.
    """
    sizes = [measure_resident(server)]

    def is_level() -> bool:
        time.sleep(4)
        sizes.append(measure_resident(server))
        return sizes[-1] <= sizes[-2] + SLACK // 4

    wait_until(is_level, "the server takes more and more")
    return sizes[-1]


@contextmanager
def exporting(base: str, maker: Maker, run_id: int) -> Iterator[http.client.HTTPResponse]:
    """Ask for every code of a run and give out the answer before it is read."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    with closing(connection):
        path = f"/api/v1/runs/{run_id}/codes?from=0&to={QUANTITY}"
        authorization = maker.http.headers["Authorization"]
        connection.request("GET", path, headers={"Authorization": authorization})
        answer = connection.getresponse()
        assert answer.status == http.client.OK
        yield answer


def test_an_export_keeps_nothing_of_what_it_sent(sqlite_server: Server) -> None:
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    with exporting(base, maker, maker.create_run(QUANTITY)["id"]) as answer:
        lines, early, late = 0, 0, 0
        while lines < LINES:
            lines += answer.read(MB).count(b"\n")
            now = measure_resident(sqlite_server)
            if lines < FIRST_LINES:
                early = max(early, now)
            late = max(late, now)
    assert 0 < late <= early + SLACK
    assert get_json(base, "/readyz")[0] == http.client.OK


def test_clients_that_do_not_read_are_not_read_ahead_for(sqlite_server: Server) -> None:
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    run_id = maker.create_run(QUANTITY)["id"]
    with exporting(base, maker, run_id) as answer:
        answer.read(20 * MB)
        quiet = measure_resident(sqlite_server)
    place = urlsplit(base)
    head = (
        f"GET /api/v1/runs/{run_id}/codes?from=0&to={QUANTITY} HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: {maker.http.headers['Authorization']}\r\n\r\n"
    ).encode()
    stalled = []
    try:
        for _ in range(SLOW_CLIENTS):
            client = socket.create_connection((place.hostname or "", place.port or 0), timeout=30)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(head)
            assert client.recv(12) == b"HTTP/1.1 200"
            stalled.append(client)
        # Each is written as far as the system takes it, and no farther however long it waits.
        after = wait_until_level(sqlite_server)
        assert get_json(base, "/readyz")[0] == http.client.OK
    finally:
        for client in stalled:
            client.close()
    assert after <= quiet + SLOW_CLIENTS * HELD + SLACK


def test_readings_leave_nothing_in_the_server(sqlite_server: Server) -> None:
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    rows = maker.list_codes(maker.create_run(6000)["id"], 0, 6000)
    paths = [urlsplit(row[5]).path for row in rows]
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    with closing(connection):
        sizes = []
        for part in range(3):
            for path in paths[part * 2000 : (part + 1) * 2000]:
                connection.request("GET", path, headers={"Accept": "application/json"})
                answer = connection.getresponse()
                assert answer.status == http.client.OK
                answer.read()
            sizes.append(measure_resident(sqlite_server))
    assert sizes[-1] <= sizes[0] + SLACK
    assert len(sqlite_server.list_scan_ids()) == len(paths)
