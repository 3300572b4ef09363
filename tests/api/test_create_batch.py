# SPDX-License-Identifier: Apache-2.0
"""POST /batches: dates, lot, origin, and whose product it is."""

from typing import Any
from uuid import uuid4

import pytest
from tests.api_world import World

ORIGIN = {
    "place": {"zh": "贵州仁怀", "en": "Renhuai"},
    "line": "2",
    "materials": [{"name": "高粱", "supplier": "红缨子合作社", "lot": "S-7"}],
}


def test_a_batch_is_stored_with_its_origin(world: World) -> None:
    product = world.alice.add_product()
    made = world.alice.add_batch(product, origin=ORIGIN)
    assert made["origin"] == ORIGIN
    assert (made["produced_on"], made["expires_on"]) == ("2026-01-01", "2030-12-31")
    assert world.alice.get(f"/batches/{made['id']}") == made


def test_dates_and_origin_may_be_unknown(world: World) -> None:
    product = world.alice.add_product()
    made = world.alice.post("/batches", {"product_id": product["id"], "lot": "x"})
    assert made["produced_on"] is None
    assert made["origin"] == {"place": None, "line": None, "materials": []}


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        pytest.param({"lot": "x" * 21}, "gs1_length", "lot", id="lot of 21 characters"),
        pytest.param({"lot": ""}, "gs1_length", "lot", id="empty lot"),
        pytest.param({"lot": "批1"}, "gs1_characters", "lot", id="lot outside set 82"),
        pytest.param({"lot": "A 1"}, "gs1_characters", "lot", id="blank in lot"),
        pytest.param(
            {"expires_on": "2025-12-31"},
            "expiry_before_production",
            "expires_on",
            id="expiry before production",
        ),
        pytest.param({"produced_on": 20260101}, "day_malformed", "produced_on", id="day as number"),
        pytest.param(
            {"produced_on": "2026-02-30"}, "day_malformed", "produced_on", id="30 February"
        ),
        pytest.param(
            {"produced_on": "2026-01-01T00:00:00Z"}, "day_malformed", "produced_on", id="instant"
        ),
        pytest.param(
            {"produced_on": "0026-01-01"}, "date_implausible", "produced_on", id="year 26"
        ),
        pytest.param({"product_id": "7"}, "id_malformed", "product_id", id="id of no form"),
        pytest.param(
            {"origin": {"materials": [{"name": "a"}, {"supplier": "b"}]}},
            "field_missing",
            "origin.materials.1.name",
            id="material without name",
        ),
        pytest.param(
            {"origin": {"materials": [{"name": "a"}] * 101}},
            "too_many",
            "origin.materials",
            id="101 materials",
        ),
        pytest.param(
            {"origin": {"line": "\x1b"}}, "text_character_refused", "origin.line", id="escape"
        ),
    ],
)
def test_a_wrong_batch_is_refused_by_field(
    sqlite_world: World, fields: dict[str, Any], code: str, field: str
) -> None:
    product = sqlite_world.alice.add_product()
    before = sqlite_world.fingerprint()
    body = {
        "product_id": product["id"],
        "lot": "L1",
        "produced_on": "2026-01-01",
        "expires_on": "2030-12-31",
    }
    answer = sqlite_world.alice.post("/batches", body | fields, expect=422)
    assert (answer["error"]["code"], answer["error"]["field"]) == (code, field)
    assert sqlite_world.fingerprint() == before


def test_a_product_made_and_expiring_on_one_day_is_right(world: World) -> None:
    product = world.alice.add_product()
    world.alice.add_batch(product, produced_on="2026-01-01", expires_on="2026-01-01")


def test_the_same_lot_twice_is_refused_but_not_of_another_product(world: World) -> None:
    product = world.alice.add_product()
    other = world.alice.add_product(gtin=None, internal_number="B")
    world.alice.add_batch(product, lot="L7")
    world.alice.add_batch(other, lot="L7")
    body = {"product_id": product["id"], "lot": "L7"}
    assert world.alice.post("/batches", body, expect=409)["error"]["code"] == "lot_taken"


def test_a_product_that_is_not_ones_own_does_not_exist(world: World) -> None:
    product = world.alice.add_product()
    for product_id in (product["id"], str(uuid4())):
        body = {"product_id": product_id, "lot": "L1"}
        answer = world.charlie.post("/batches", body, expect=404)
        assert answer["error"]["code"] == "product_not_found"
