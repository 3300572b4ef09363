# SPDX-License-Identifier: Apache-2.0
"""kill -9 at any moment: every answered reading of an issued code is in the ledger afterwards."""

import random
import threading
import time
from urllib.parse import urlsplit

import httpx
from tests.e2e.program import Server, wait_until
from tools.clerk import TRUST

ROUNDS = 6
CLIENTS = 8
# Readings a round that are answered before the moment of the crash is drawn.
THICK = 4 * CLIENTS


def storm(base: str, paths: list[str], answered: list[str], stop: threading.Event) -> None:
    """Read random units until the server dies; keep the id of every answered reading."""
    choice = random.Random()  # noqa: S311  picks test units
    headers = {"Accept": "application/json"}
    with httpx.Client(base_url=base, headers=headers, timeout=60, verify=TRUST) as http:
        while not stop.is_set():
            try:
                answer = http.get(choice.choice(paths))
            except httpx.TransportError:
                return
            if answer.status_code == httpx.codes.OK:
                answered.append(answer.json()["scan"]["id"])


def wait_for_more(answered: list[str]) -> None:
    enough = len(answered) + THICK
    wait_until(lambda: len(answered) >= enough, "the storm is too thin to show anything")


def test_answered_readings_survive_kill_9_at_random_moments(server: Server) -> None:
    base = server.start()
    maker = server.sign_in(base)
    run = maker.create_run(100_000)
    rows = maker.list_codes(run["id"], 0, 400)
    paths = [urlsplit(row[5]).path for row in rows]
    answered: list[str] = []
    for _ in range(ROUNDS):
        stop = threading.Event()
        threads = [
            threading.Thread(target=storm, args=(base, paths, answered, stop))
            for _ in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        wait_for_more(answered)
        time.sleep(random.uniform(0, 0.8))  # noqa: S311  the moment of the crash
        server.kill()
        stop.set()
        for thread in threads:
            thread.join()
        base = server.start()
    missing = set(answered) - server.list_scan_ids()
    assert not missing
