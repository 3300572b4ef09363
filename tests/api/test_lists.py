# SPDX-License-Identifier: Apache-2.0
"""Every list comes in pages by a cursor, in the order things were made, within limits."""

from typing import Any

import pytest
from tests.api_world import World

from trueorigin.api.forms import PAGE_MAX


def walk(world: World, path: str, **query: object) -> list[Any]:
    """Follow `next` to the end, two at a time."""
    found: list[Any] = []
    after: dict[str, object] = {}
    for _ in range(50):
        page = world.alice.get(path, params={"limit": 2, **query, **after})
        assert len(page["items"]) <= 2
        found += page["items"]
        if page["next"] is None:
            return found
        after = {"after": page["next"]}
    raise AssertionError("the list has no end")


def test_pages_hold_everything_once_in_order(world: World) -> None:
    products = [
        world.alice.add_product(gtin=None, internal_number=f"P{number}") for number in range(5)
    ]
    world.charlie.add_product()
    assert walk(world, "/products") == products
    batches = [world.alice.add_batch(products[number % 2], lot=f"L{number}") for number in range(5)]
    assert walk(world, "/batches") == batches
    assert walk(world, "/batches", product_id=products[0]["id"]) == batches[::2]
    runs = [world.alice.add_run_of(batches[number % 2], 10) for number in range(5)]
    assert walk(world, "/runs") == runs
    assert walk(world, "/runs", batch_id=batches[1]["id"]) == runs[1::2]
    recalls = [
        world.alice.post("/recalls", {"batch_id": batch["id"], "reason": {"en": "Why"}})
        for batch in batches
    ]
    assert walk(world, "/recalls") == recalls
    keys = [world.alice.post("/api-keys", {"role": "seller"}) for _ in range(3)]
    assert [each["id"] for each in walk(world, "/api-keys")][-3:] == [key["id"] for key in keys]


def test_a_list_of_nothing_is_an_empty_page(world: World) -> None:
    for path in ("/products", "/batches", "/runs", "/recalls"):
        assert world.alice.get(path) == {"items": [], "next": None}


@pytest.mark.parametrize("path", ["/products", "/batches", "/runs", "/recalls", "/api-keys"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param({"limit": 0}, "number_too_small", id="none"),
        pytest.param({"limit": PAGE_MAX + 1}, "number_too_large", id="too many"),
        pytest.param({"limit": "ten"}, "field_not_whole", id="text"),
        pytest.param({"after": "~"}, "cursor_malformed", id="no cursor"),
        pytest.param({"after": "9" * 60}, "cursor_malformed", id="cursor without end"),
        pytest.param({"after": "x" * 65}, "text_too_long", id="cursor too long"),
        pytest.param({"page": 2}, "field_unknown", id="unknown parameter"),
    ],
)
def test_a_wrong_page_is_refused(
    sqlite_world: World, path: str, query: dict[str, object], code: str
) -> None:
    assert sqlite_world.alice.get(path, params=query, expect=422)["error"]["code"] == code


def test_the_largest_page_is_allowed(world: World) -> None:
    assert world.alice.get("/products", params={"limit": PAGE_MAX})["items"] == []


def test_a_cursor_of_another_organisation_opens_nothing(world: World) -> None:
    first = world.alice.add_product()
    world.charlie.add_product(gtin=None, internal_number="C")
    page = world.charlie.get("/products", params={"after": first["id"]})
    assert [each["internal_number"] for each in page["items"]] == ["C"]
