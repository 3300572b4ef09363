# SPDX-License-Identifier: Apache-2.0
"""Recalls: of a batch, a run, a range; with what is packed inside; from a time; lifted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.api_world import World
from tests.factories import NOW

REASON = {"zh": "瓶盖渗漏", "en": "Leaking caps"}


def read(world: World, run: dict[str, Any], index: int, level: int = 0) -> dict[str, Any]:
    rows = world.alice.list_rows(run, level=level, **{"from": index, "to": index + 1})
    answer = world.dora.send("POST", "/verifications", json={"code": rows[0]["url"]})
    found: dict[str, Any] = answer.json()
    return found


def make_run(world: World) -> dict[str, Any]:
    run = world.alice.add_run(100)
    world.alice.post(f"/runs/{run['id']}/releases", {})
    return run


def test_a_recalled_batch_is_recalled_in_every_run_also_later_ones(world: World) -> None:
    run = make_run(world)
    made = world.alice.post("/recalls", {"batch_id": run["batch_id"], "reason": REASON})
    assert (made["batch_id"], made["run_id"], made["lifted_at"]) == (run["batch_id"], None, None)
    later = world.alice.add_run_of({"id": run["batch_id"]})
    assert read(world, run, 7)["verdict"] == "recalled"
    assert read(world, later, 7)["verdict"] == "recalled"
    assert world.alice.get(f"/recalls/{made['id']}") == made
    assert world.alice.get("/recalls")["items"] == [made]


def test_a_recalled_case_takes_its_items_along(world: World) -> None:
    run = make_run(world)
    body = {"run_id": run["id"], "level": 1, "from": 1, "to": 2, "reason": REASON}
    made = world.alice.post("/recalls", body)
    assert (made["level"], made["from"], made["to"]) == (1, 1, 2)
    assert read(world, run, 1, level=1)["verdict"] == "recalled"
    assert [read(world, run, i)["verdict"] for i in (23, 24, 47, 48)] == [
        "genuine",
        "recalled",
        "recalled",
        "genuine",
    ]
    assert read(world, run, 0, level=1)["verdict"] == "genuine"


def test_the_last_short_case_takes_only_what_is_in_it(world: World) -> None:
    run = make_run(world)
    body = {"run_id": run["id"], "level": 2, "from": 2, "to": 3, "reason": REASON}
    world.alice.post("/recalls", body)
    assert read(world, run, 99)["verdict"] == "recalled"
    assert read(world, run, 95)["verdict"] == "genuine"
    assert read(world, run, 4, level=1)["verdict"] == "recalled"


def test_a_recalled_run_is_recalled_at_every_level(world: World) -> None:
    run = make_run(world)
    made = world.alice.post("/recalls", {"run_id": run["id"], "reason": REASON})
    assert (made["level"], made["from"], made["to"]) == (None, None, None)
    assert [read(world, run, 0, level=level)["verdict"] for level in (0, 1, 2)] == ["recalled"] * 3


def test_consumers_are_told_why_and_whom_to_ask(world: World) -> None:
    run = make_run(world)
    body = {
        "batch_id": run["batch_id"],
        "reason": REASON,
        "instruction": {"zh": "请勿饮用", "en": "Do not drink"},
        "contact": "400-000-0000",
        "number": "R-7",
    }
    made = world.alice.post("/recalls", body)
    assert read(world, run, 3)["recall"] == {
        "at": made["effective_at"],
        "reason": REASON,
        "instruction": body["instruction"],
        "contact": "400-000-0000",
    }
    world.alice.post(f"/recalls/{made['id']}/lifting", {})
    assert read(world, run, 3)["recall"] is None


def test_a_lifted_recall_holds_no_longer(world: World) -> None:
    run = make_run(world)
    made = world.alice.post("/recalls", {"batch_id": run["batch_id"], "reason": REASON})
    lifted = world.alice.post(f"/recalls/{made['id']}/lifting", {})
    assert lifted["lifted_at"] is not None
    assert read(world, run, 3)["verdict"] == "genuine"
    again = world.alice.send("POST", f"/recalls/{made['id']}/lifting")
    assert again.json() == lifted


@pytest.mark.parametrize("name", ["effective_at", "from_at"])
def test_a_recall_may_begin_later(world: World, name: str) -> None:
    run = make_run(world)
    at = NOW + timedelta(hours=5)
    body = {"batch_id": run["batch_id"], "reason": REASON, name: at.isoformat()}
    world.alice.post("/recalls", body)
    assert read(world, run, 3)["verdict"] == "genuine"
    world.clock.now = at
    assert read(world, run, 3)["verdict"] == "recalled"


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        pytest.param({}, "recall_subject", "batch_id", id="nothing recalled"),
        pytest.param(
            {"batch_id": str(uuid4()), "run_id": 1}, "recall_subject", "batch_id", id="two subjects"
        ),
        pytest.param(
            {"batch_id": str(uuid4()), "level": 1}, "recall_range_of_batch", "level", id="part"
        ),
        pytest.param({"run_id": 0}, "number_too_small", "run_id", id="run 0"),
        pytest.param({"run_id": 2**29}, "number_too_large", "run_id", id="run beyond 29 bits"),
        pytest.param(
            {"batch_id": str(uuid4()), "reason": {"zh": "\x00"}},
            "text_character_refused",
            "reason.zh",
            id="NUL",
        ),
        pytest.param(
            {"batch_id": str(uuid4()), "reason": {}}, "text_missing", "reason", id="no reason"
        ),
    ],
)
def test_a_wrong_recall_is_refused_by_field(
    sqlite_world: World, fields: dict[str, Any], code: str, field: str
) -> None:
    error = sqlite_world.alice.post("/recalls", {"reason": REASON} | fields, expect=422)["error"]
    assert (error["code"], error["field"]) == (code, field)


def test_what_is_not_ones_own_cannot_be_recalled(world: World) -> None:
    run = make_run(world)
    for body in ({"run_id": run["id"]}, {"batch_id": run["batch_id"]}, {"run_id": 99}):
        world.charlie.post("/recalls", {"reason": REASON} | body, expect=404)
    made = world.alice.post("/recalls", {"batch_id": run["batch_id"], "reason": REASON})
    world.charlie.post(f"/recalls/{made['id']}/lifting", {}, expect=404)
    assert read(world, run, 3)["verdict"] == "recalled"
