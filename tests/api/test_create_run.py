# SPDX-License-Identifier: Apache-2.0
"""POST /runs: the packing plan, numbers of groups, and limits; one row whatever the quantity."""

from typing import Any

import pytest
from tests.api_world import PUBLIC_URL, World
from tests.budgets import max_queries

QUANTITY_MAX = 4_294_967_296


def test_a_run_tells_its_levels_and_the_chance_of_a_guess(world: World) -> None:
    made = world.alice.add_run(100)
    assert [(level["level"], level["quantity"]) for level in made["levels"]] == [
        (0, 100),
        (1, 5),
        (2, 3),
    ]
    assert made["guess_chance"] == pytest.approx(108 / 2**80)
    assert (made["symbols"], made["contents"], made["public_url"]) == (16, "list", PUBLIC_URL)
    assert world.alice.get(f"/runs/{made['id']}") == made


def test_the_largest_run_is_made_like_a_small_one_and_is_one_row(world: World) -> None:
    world.alice.add_run()
    with max_queries(world.database, 99) as for_small:
        world.alice.add_run()
    with max_queries(world.database, len(for_small)):
        made = world.alice.add_run(QUANTITY_MAX, packing=[24, 40])
    assert world.count("run") == 3
    last = world.alice.list_rows(made, level=0, **{"from": QUANTITY_MAX - 1})
    assert [row["index"] for row in last] == [str(QUANTITY_MAX - 1)]


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        pytest.param({"quantity": 0}, "quantity_out_of_range", "quantity", id="none"),
        pytest.param(
            {"quantity": QUANTITY_MAX + 1}, "quantity_out_of_range", "quantity", id="one too many"
        ),
        pytest.param({"quantity": -1}, "quantity_out_of_range", "quantity", id="negative"),
        pytest.param({"quantity": 10**30}, "quantity_out_of_range", "quantity", id="huge"),
        pytest.param({"quantity": "5"}, "field_not_whole", "quantity", id="text"),
        pytest.param({"quantity": 5.5}, "field_not_whole", "quantity", id="fraction"),
        pytest.param({"quantity": True}, "field_not_whole", "quantity", id="truth"),
        pytest.param({"packing": [2, 2, 2, 2]}, "packing_levels", "packing", id="four levels"),
        pytest.param({"packing": [24, 1]}, "packing_count", "packing.1", id="group of one"),
        pytest.param({"packing": [100_001]}, "packing_count", "packing.0", id="group too large"),
        pytest.param({"symbols": 15}, "symbols_unknown", "symbols", id="15 symbols"),
        pytest.param({"contents": "all"}, "choice_unknown", "contents", id="contents"),
        pytest.param(
            {"group_gtins": [None]}, "group_gtins_count", "group_gtins", id="one GTIN for two"
        ),
        pytest.param(
            {"group_gtins": ["16901234567898", None]},
            "gtin_check_digit",
            "group_gtins.0",
            id="check digit",
        ),
        pytest.param(
            {"group_gtins": ["96901234567895", None]},
            "group_gtin_variable",
            "group_gtins.0",
            id="varying measure",
        ),
        pytest.param(
            {"group_gtins": ["16901234567899", "16901234567899"]},
            "group_gtin_repeated",
            "group_gtins.1",
            id="one GTIN twice",
        ),
        pytest.param(
            {"group_gtins": ["06901234567892", None]},
            "group_gtin_is_product",
            "group_gtins.0",
            id="the item's GTIN",
        ),
        pytest.param(
            {"batch_id": "00000000-0000-0000-0000-000000000000"},
            "batch_not_found",
            None,
            id="no batch",
        ),
    ],
)
def test_a_wrong_order_is_refused_by_field(
    sqlite_world: World, fields: dict[str, Any], code: str, field: str | None
) -> None:
    batch = sqlite_world.alice.add_batch(sqlite_world.alice.add_product())
    before = sqlite_world.fingerprint()
    body = {"batch_id": batch["id"], "quantity": 100, "packing": [24, 2]}
    answer = sqlite_world.alice.send("POST", "/runs", json=body | fields)
    assert answer.status_code == (404 if code == "batch_not_found" else 422)
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert sqlite_world.fingerprint() == before


@pytest.mark.parametrize("symbols", [14, 16, 20])
def test_serials_come_in_three_lengths(world: World, symbols: int) -> None:
    run = world.alice.add_run(10, symbols=symbols)
    rows = world.alice.list_rows(run)
    assert {len(row["serial"]) for row in rows} == {symbols}
    assert run["guess_chance"] == pytest.approx(12 / 2 ** (5 * symbols))


def test_groups_with_gtins_of_their_own_are_claimed(world: World) -> None:
    batch = world.alice.add_batch(world.alice.add_product())
    run = world.alice.add_run_of(batch, group_gtins=["16901234567899", None])
    assert run["levels"][1]["gtin"] == "16901234567899"
    body = {"gtin": "16901234567899", "name": {"en": "Not mine"}}
    answer = world.charlie.post("/products", body, expect=409)
    assert answer["error"]["code"] == "gtin_taken"
    # The same plan again is an everyday order.
    world.alice.add_run_of(batch, group_gtins=["16901234567899", None])


def test_a_group_gtin_of_another_organisation_names_its_field(world: World) -> None:
    world.charlie.add_product(gtin="16901234567899")
    batch = world.alice.add_batch(world.alice.add_product())
    body = {
        "batch_id": batch["id"],
        "quantity": 9,
        "packing": [2],
        "group_gtins": ["16901234567899"],
    }
    answer = world.alice.post("/runs", body, expect=409)
    assert (answer["error"]["code"], answer["error"]["field"]) == ("gtin_taken", "group_gtins.0")
    assert world.count("run") == 0


def test_sscc_blocks_follow_one_another(world: World) -> None:
    world.alice.patch("/organisation", {"gs1_prefix": "690123"})
    first = world.alice.add_run(100)
    second = world.alice.add_run(100)
    blocks = [[level["sscc_first"] for level in run["levels"]] for run in (first, second)]
    assert blocks == [[None, 0, 5], [None, 8, 13]]


def test_a_shortage_of_sscc_names_both_numbers_and_stores_nothing(world: World) -> None:
    world.alice.patch("/organisation", {"gs1_prefix": "690123456789"})
    batch = world.alice.add_batch(world.alice.add_product())
    before = world.fingerprint()
    body = {"batch_id": batch["id"], "quantity": 300_000, "packing": [2]}
    error = world.alice.post("/runs", body, expect=409)["error"]
    assert (error["code"], error["field"]) == ("sscc_exhausted", "packing")
    assert error["params"] == {"needed": 150_000, "available": 100_000}
    assert world.fingerprint() == before


@pytest.mark.parametrize(
    ("packing", "contents"),
    [([24, 40], "list"), ([101], "first"), ([24, 400], "list"), ([], "list")],
)
def test_contents_are_listed_where_a_list_fits(
    world: World, packing: list[int], contents: str
) -> None:
    assert world.alice.add_run(1000, packing=packing)["contents"] == contents
