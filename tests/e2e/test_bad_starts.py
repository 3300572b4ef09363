# SPDX-License-Identifier: Apache-2.0
"""Starts and bodies that must be refused in one sentence, with nothing half done."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from tests.e2e.program import Server
from tests.e2e.test_main_job import read_json
from tools.ports import lend_port

INVENTED = 10_000
# Each waits a moment for every refusal.
GUESSERS = 200
HUGE = 200 * 2**20


def test_four_workers_on_sqlite_are_refused_and_told_why(sqlite_server: Server) -> None:
    refused = sqlite_server.try_cli("serve", "--workers", "4")
    assert refused.returncode == 2
    assert "SQLite" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_empty_data_folder_on_a_used_database_is_refused(
    postgres_backed_server: Server, tmp_path: Path
) -> None:
    postgres_backed_server.start()
    key = postgres_backed_server.create_key("Alice Distillery")
    assert key
    stranger = Server(data=tmp_path / "other", database=postgres_backed_server.database)
    refused = stranger.try_cli("serve", "--port", str(lend_port()))
    assert refused.returncode == 2
    assert "master" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list((tmp_path / "other").glob("**/*key*"))


def test_a_body_of_200_mb_is_refused_before_it_is_read(sqlite_server: Server) -> None:
    base = sqlite_server.start()
    key = sqlite_server.create_key("Alice Distillery")
    for path in ("/api/v1/products", "/api/v1/verifications"):
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        connection.putrequest("POST", path)
        connection.putheader("Authorization", f"Bearer {key}")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(HUGE))
        connection.endheaders()
        connection.send(b"{" + b" " * 4096)
        assert connection.getresponse().status == httpx.codes.REQUEST_ENTITY_TOO_LARGE, path
        connection.close()


def test_ten_thousand_invented_codes_are_slowed_down_and_genuine_ones_are_not(
    sqlite_server: Server,
) -> None:
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    run = maker.create_run(100)
    genuine = maker.list_codes(run["id"], 0, 1)[0][5]
    statuses: set[int] = set()

    def guess(first: int) -> None:
        """Try some codes from `first` on, as one of many who share a network."""
        connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        for at in range(first, INVENTED, GUESSERS):
            path = f"/01/{run['gtin']}/21/{at:016d}"
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            statuses.add(answer.status)
            if answer.status == httpx.codes.TOO_MANY_REQUESTS:
                assert int(answer.headers["Retry-After"]) > 0
                assert "verdict" not in body
        connection.close()

    with ThreadPoolExecutor(GUESSERS) as guessers:
        assert list(guessers.map(guess, range(GUESSERS))) == [None] * GUESSERS
    assert read_json(base, genuine)["verdict"] == "genuine"
    assert statuses == {httpx.codes.OK, httpx.codes.TOO_MANY_REQUESTS}
    [(counted,)] = sqlite_server.query("SELECT sum(readings) FROM not_issued_count")
    assert counted == INVENTED
    assert run["gtin"] not in sqlite_server.logs()
