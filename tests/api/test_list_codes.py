# SPDX-License-Identifier: Apache-2.0
"""GET /runs/{id}/codes: the CSV of every level, in parts, on record, and never to strangers."""

import asyncio
import tracemalloc
from typing import Any

import pytest
from starlette.types import Message
from tests.api_world import World

from trueorigin.api.surface import build_api
from trueorigin.domain.gs1 import is_sscc

HEADER = "level,index,number,serial,code,url,parent"


def test_items_name_their_case_and_cases_their_pallet(world: World) -> None:
    run = world.alice.add_run(100)
    items, cases, pallets = (world.alice.list_rows(run, level=level) for level in range(3))
    assert [row["index"] for row in items] == [str(i) for i in range(100)]
    assert [row["parent"] for row in items] == [cases[i // 24]["number"] for i in range(100)]
    assert [row["parent"] for row in cases] == [pallets[i // 2]["number"] for i in range(5)]
    assert {row["parent"] for row in pallets} == {""}
    assert all(row["serial"].startswith(row["number"]) for row in items)
    assert len({row["serial"] for row in items + cases + pallets}) == 108


def test_a_case_carries_the_numbers_of_its_items(world: World) -> None:
    run = world.alice.add_run(100)
    items, cases = (world.alice.list_rows(run, level=level) for level in range(2))
    for place, case in enumerate(cases):
        inside = [item["number"] for item in items[place * 24 : place * 24 + 24]]
        assert case["url"].endswith("?n=" + "".join(inside))


def test_groups_of_a_gs1_member_have_ssccs(world: World) -> None:
    world.alice.patch("/organisation", {"gs1_prefix": "690123"})
    run = world.alice.add_run(100)
    cases = world.alice.list_rows(run, level=1)
    ssccs = [row["url"].partition("/00/")[2].partition("?")[0] for row in cases]
    assert all(is_sscc(sscc) for sscc in ssccs)
    assert len(set(ssccs)) == 5
    assert f"?t={cases[0]['serial']}&n=" in cases[0]["url"]


def test_parts_put_together_are_the_whole(world: World) -> None:
    run = world.alice.add_run(1000)
    path = f"/runs/{run['id']}/codes"
    whole = world.alice.send("GET", path).text
    assert whole.startswith(HEADER + "\n")
    parts = [
        world.alice.send("GET", path, params={"from": a, "to": b}).text.partition("\n")[2]
        for a, b in ((0, 7), (7, 640), (640, 1000))
    ]
    assert whole == HEADER + "\n" + "".join(parts)


def test_every_download_is_on_record_with_its_range(world: World) -> None:
    run = world.alice.add_run(100)
    world.alice.list_rows(run, level=1, **{"from": 1, "to": 3})
    trail = world.list_audit(world.alice)
    assert (trail[-1].action, trail[-1].subject) == ("code.export", str(run["id"]))
    assert trail[-1].detail == {"level": 1, "from": 1, "to": 3}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param({"level": 3}, "level_unknown", id="level the run has not"),
        pytest.param({"level": -1}, "number_too_small", id="negative level"),
        pytest.param({"from": 5, "to": 5}, "range_reversed", id="empty"),
        pytest.param({"to": 101}, "range_beyond_run", id="beyond"),
        pytest.param({"from": "x"}, "field_not_whole", id="text"),
        pytest.param({"form": 1}, "field_unknown", id="misspelt"),
    ],
)
def test_a_wrong_range_is_refused_and_not_on_record(
    sqlite_world: World, query: dict[str, Any], code: str
) -> None:
    run = sqlite_world.alice.add_run(100)
    before = sqlite_world.fingerprint()
    answer = sqlite_world.alice.send("GET", f"/runs/{run['id']}/codes", params=query)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code
    assert sqlite_world.fingerprint() == before


def test_codes_are_kept_by_no_cache(world: World) -> None:
    run = world.alice.add_run(100)
    answer = world.alice.send("GET", f"/runs/{run['id']}/codes")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]


def test_whoever_asks_for_the_head_of_all_codes_has_none_of_them_made(world: World) -> None:
    """Fifty million rows would take minutes."""
    run = world.alice.add_run(50_000_000)
    answer = world.alice.send("HEAD", f"/runs/{run['id']}/codes")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "content-length" not in answer.headers


def test_a_slow_reader_does_not_grow_the_server(world: World) -> None:
    """Nothing is made ahead of the reader: memory stays flat however much is asked for."""
    run = world.alice.add_run(50_000_000)
    app = build_api(world.context)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": f"/runs/{run['id']}/codes",
        "raw_path": b"",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {world.alice.key}".encode())],
        "client": ("203.0.113.9", 5),
        "server": ("ex.cn", 443),
    }
    received: list[int] = []
    grown: list[int] = []

    async def read_slowly() -> None:
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if asked:
                await asyncio.sleep(60)
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        class GoneAwayError(Exception):
            """The reader has hung up."""

        async def send(message: Message) -> None:
            received.append(len(message.get("body", b"")))
            await asyncio.sleep(0.02)
            grown.append(tracemalloc.get_traced_memory()[0])
            if len(received) == 20:
                raise GoneAwayError

        with pytest.raises(GoneAwayError):
            await app(scope, receive, send)

    tracemalloc.start()
    asyncio.run(read_slowly())
    tracemalloc.stop()
    assert sum(received) > 10_000_000
    assert max(grown[4:]) - min(grown[4:]) < 8_000_000
