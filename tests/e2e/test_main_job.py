# SPDX-License-Identifier: Apache-2.0
"""The main job over HTTP: register, issue, scan, compare, remember, recall."""

from typing import Any

import httpx
from tests.e2e.program import Maker, Server, get_json

BILLION = 1_000_000_000


def read_json(base: str, url: str) -> Any:  # noqa: ANN401  JSON
    status, answer = get_json(base, "/" + url.split("/", 3)[3])
    assert status == httpx.codes.OK, answer
    return answer


def change_one_symbol(url: str, position: int) -> str:
    head, serial = url.rsplit("/", 1)
    other = "7" if serial[position] != "7" else "9"
    return f"{head}/{serial[:position]}{other}{serial[position + 1 :]}"


def test_the_next_answer_knows_the_first_reading(server: Server) -> None:
    base = server.start()
    maker = server.sign_in(base)
    run = maker.create_run(1000)
    url = maker.list_codes(run["id"], 7, 8)[0][5]
    first = read_json(base, url)
    assert first["verdict"] == "genuine"
    assert first["unit"]["index"] == 7
    assert first["scan"]["counted"] is True
    again = read_json(base, url)
    assert again["scans"]["devices"] == 1
    assert again["scans"]["first_at"] is not None
    assert again["scan"]["counted"] is False
    assert {first["scan"]["id"], again["scan"]["id"]} <= server.list_scan_ids()


def test_one_changed_symbol_is_never_issued(server: Server) -> None:
    base = server.start()
    maker = server.sign_in(base)
    run = maker.create_run(1000)
    url = maker.list_codes(run["id"], 0, 1)[0][5]
    for position in range(16):
        answer = read_json(base, change_one_symbol(url, position))
        assert answer["verdict"] == "not_issued"
        assert answer["scan"] is None


def test_a_run_of_a_billion_is_one_row_and_its_last_unit_verifies(sqlite_server: Server) -> None:
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    maker.create_run(24, gtin="06901234567908")
    before = sqlite_server.measure_bytes()
    worked = sqlite_server.measure_work()
    run = maker.create_run(BILLION)
    # A guard against work for each unit, not a benchmark; a machine that stands still works not.
    assert sqlite_server.measure_work() - worked < 10
    rows = maker.list_codes(run["id"], BILLION - 1, BILLION)
    assert read_json(base, rows[0][5])["verdict"] == "genuine"
    assert sqlite_server.measure_bytes() - before < 100_000


def test_a_recall_holds_on_the_very_next_reading_of_another_process(server: Server) -> None:
    if server.database is None:
        # SQLite has one server process; the other process is the command line.
        base = server.start()
        maker = server.sign_in(base)
        run = maker.create_run(1000)
        url = maker.list_codes(run["id"], 3, 4)[0][5]
        assert read_json(base, url)["verdict"] == "genuine"
        recall_by_cli(server, run)
        assert read_json(base, url)["verdict"] == "recalled"
        return
    here, there = server.start(), server.start()
    maker = server.sign_in(here)
    run = maker.create_run(1000)
    url = maker.list_codes(run["id"], 3, 4)[0][5]
    assert read_json(there, url)["verdict"] == "genuine"
    recall(maker, run)
    assert read_json(there, url)["verdict"] == "recalled"


def recall(maker: Maker, run: dict[str, str]) -> None:
    maker.post(
        "/recalls",
        {"batch_id": run["batch_id"], "reason": {"zh": "瓶盖渗漏", "en": "Leaking caps"}},
    )


def recall_by_cli(server: Server, run: dict[str, str]) -> None:
    server.run_cli(
        "recall", "create", "--org", "Alice Distillery", "--batch", run["batch_id"],
        "--reason-zh", "瓶盖渗漏", "--reason-en", "Leaking caps",
    )  # fmt: skip


def test_charlie_never_sees_what_is_alices(server: Server) -> None:
    base = server.start()
    alice = server.sign_in(base)
    charlie = server.sign_in(base, "Charlie Seeds")
    run = alice.create_run(100)
    paths = [f"/runs/{run['id']}", f"/runs/{run['id']}/codes", f"/batches/{run['batch_id']}"]
    for path in paths:
        answer = charlie.http.get(f"/api/v1{path}")
        assert answer.status_code == httpx.codes.NOT_FOUND, path
        assert answer.json()["error"]["code"]
