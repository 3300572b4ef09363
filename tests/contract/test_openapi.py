# SPDX-License-Identifier: Apache-2.0
"""The published description: complete, valid, and changed only on purpose."""

import json
import os
from pathlib import Path
from typing import Any

from tests.api_world import World

from trueorigin.api import ROUTES

SNAPSHOT = Path(__file__).with_name("openapi.json")


def describe(world: World) -> dict[str, Any]:
    description: dict[str, Any] = world.dora.get("/openapi.json")
    return description


def test_the_description_is_the_agreed_one(sqlite_world: World) -> None:
    """After a wanted change: TRUEORIGIN_SNAPSHOT=1 pytest tests/contract/test_openapi.py."""
    text = json.dumps(describe(sqlite_world), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("TRUEORIGIN_SNAPSHOT"):
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text()


def test_it_is_openapi_3_1_and_names_every_route(sqlite_world: World) -> None:
    description = describe(sqlite_world)
    assert description["openapi"].startswith("3.1")
    assert description["servers"] == [{"url": "/api/v1"}]
    described = {
        (method.upper(), path)
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert described == {(route.method, route.path) for route in ROUTES}


def test_every_operation_says_what_it_does_and_who_may(sqlite_world: World) -> None:
    paths = describe(sqlite_world)["paths"]
    for route in ROUTES:
        operation = paths[route.path][route.method.lower()]
        assert operation["summary"].endswith("."), route
        assert set(operation["responses"]) == {str(route.status), "4XX", "5XX"}
        if route.permission is None:
            assert "security" not in operation
        else:
            assert operation["security"] == [{"bearer": []}]
            assert f"`{route.permission.value}`" in operation["description"]
        named = {each["name"] for each in operation.get("parameters", [])}
        assert ("Idempotency-Key" in named) == route.is_act


def test_it_asks_nothing_of_other_hosts(sqlite_world: World) -> None:
    assert "http" not in sqlite_world.dora.send("GET", "/openapi.json").text.replace(
        '"type":"http"', ""
    )
    for path in ("/docs", "/redoc"):
        assert sqlite_world.dora.send("GET", path).status_code == 404
