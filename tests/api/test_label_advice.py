# SPDX-License-Identifier: Apache-2.0
"""Advice on labels at the JSON surface: items by the measures of GS1, groups by their labels."""

from typing import Any

import pytest
from tests.api_world import World


def ask(world: World, **query: object) -> dict[str, Any]:
    answer: dict[str, Any] = world.alice.send("GET", "/label-advice", params=query).json()
    return answer


def test_items_are_judged_and_groups_by_level(sqlite_world: World) -> None:
    advice = ask(sqlite_world, host="zy.example", layout="a4-24", packing="24, 40")
    items = advice["items"]
    assert (items["version"], items["modules"], items["passes"], items["reasons"]) == (
        3,
        29,
        True,
        [],
    )
    assert 0.396 <= items["x_dimension_mm"] <= 0.99
    case, pallet = advice["groups"]
    assert (case["level"], case["units"], case["contents"]) == (1, 24, "list")
    assert (pallet["level"], pallet["units"]) == (2, 40)
    assert pallet["version"] > case["version"] > case["first_version"]
    assert case["listed_max"] == pallet["listed_max"] == 100
    assert case["footprint_mm"] == pytest.approx(
        (case["modules"] + 8) * case["x_dimension_mm"], abs=0.1
    )


def test_what_does_not_fit_says_what_would(sqlite_world: World) -> None:
    advice = ask(sqlite_world, dots_per_module=4, packing="100", group_layout="roll-40x30")
    assert advice["items"]["passes"] is False
    assert advice["items"]["reasons"] == ["x_dimension_small"]
    (case,) = advice["groups"]
    assert case["passes"] is False
    assert case["x_dimension_mm"] is case["footprint_mm"] is None
    listed = case["listed_max"]
    assert 0 < listed < 100
    for units, fits in ((listed, True), (listed + 1, False)):
        (case,) = ask(sqlite_world, packing=units, group_layout="roll-40x30")["groups"]
        assert case["passes"] is fits


def test_identifier_and_contents_change_the_symbol(sqlite_world: World) -> None:
    usual = {"packing": "24", "group_layout": "roll-100x150"}
    versions = {
        contents: ask(sqlite_world, contents=contents, **usual)["groups"][0]["version"]
        for contents in ("list", "first", "none")
    }
    assert versions["list"] > versions["first"] >= versions["none"]
    for identifier in ("sscc", "gtin", "code"):
        (case,) = ask(sqlite_world, identifier=identifier, **usual)["groups"]
        assert case["passes"]
    assert ask(sqlite_world)["groups"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"host": "zy example"}, "host"),
        ({"symbols": 15}, "symbols"),
        ({"dpi": 12}, "dpi"),
        ({"layout": "x"}, "layout"),
        ({"group_layout": "x"}, "group_layout"),
        ({"group_design": "x"}, "group_design"),
        ({"group_design": "logistic", "identifier": "gtin"}, "group_design"),
        ({"identifier": "x"}, "identifier"),
        ({"contents": "x"}, "contents"),
        ({"packing": "24,x"}, "packing.1"),
        ({"packing": "²"}, "packing.0"),
        ({"packing": "1"}, "packing.0"),
        ({"packing": "2,2,2,2"}, "packing"),
        ({"packing": "9" * 41}, "packing"),
        ({"dots_per_module": 0}, "dots_per_module"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_every_fault_is_named(sqlite_world: World, query: dict[str, object], field: str) -> None:
    answer = sqlite_world.alice.send("GET", "/label-advice", params=query)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert field in str(error), error
