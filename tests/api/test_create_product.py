# SPDX-License-Identifier: Apache-2.0
"""POST /products: what is accepted, what is refused, and that a refusal stores nothing."""

import pytest
from tests.api_world import World

GTIN = "06901234567892"
NAME = {"zh": "酒", "en": "Spirit"}


def test_a_product_is_stored_as_it_was_described(world: World) -> None:
    body = {
        "gtin": "6901234567892",
        "name": {"zh": " 真源大曲 ", "en": "Daqu"},
        "description": {"en": "One.\r\nTwo."},
        "category": "酒",
        "specification": "500 ml",
    }
    made = world.alice.post("/products", body)
    assert made["gtin"] == GTIN
    assert made["name"] == {"zh": "真源大曲", "en": "Daqu"}
    assert made["description"] == {"zh": None, "en": "One.\nTwo."}
    assert world.alice.get(f"/products/{made['id']}") == made
    assert world.alice.get("/products")["items"] == [made]


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        pytest.param({"gtin": "06901234567893"}, "gtin_check_digit", "gtin", id="check digit"),
        pytest.param({"gtin": "12345"}, "gtin_malformed", "gtin", id="five digits"),
        pytest.param({"gtin": "x" * 41}, "text_too_long", "gtin", id="41 characters"),
        pytest.param({"gtin": None}, "product_number_missing", "gtin", id="no number"),
        pytest.param(
            {"internal_number": "A1"}, "product_number_twice", "internal_number", id="two numbers"
        ),
        pytest.param({"name": {}}, "text_missing", "name", id="no name"),
        pytest.param({"name": {"zh": " "}}, "text_blank", "name.zh", id="blank name"),
        pytest.param({"name": {"zh": "a" * 201}}, "text_too_long", "name.zh", id="long name"),
        pytest.param({"name": {"en": "a\x00"}}, "text_character_refused", "name.en", id="NUL"),
        pytest.param({"name": "Spirit"}, "field_not_object", "name", id="name as text"),
        pytest.param({"colour": "red"}, "field_unknown", "colour", id="unknown field"),
        pytest.param({"category": 7}, "field_not_text", "category", id="number as text"),
        pytest.param({"category": "\u202e"}, "text_character_refused", "category", id="bidi"),
    ],
)
def test_a_wrong_product_is_refused_by_field(
    sqlite_world: World, fields: dict[str, object], code: str, field: str
) -> None:
    before = sqlite_world.fingerprint()
    answer = sqlite_world.alice.post("/products", {"gtin": GTIN, "name": NAME} | fields, expect=422)
    assert (answer["error"]["code"], answer["error"]["field"]) == (code, field)
    assert sqlite_world.fingerprint() == before


def test_an_unpaired_surrogate_is_refused(world: World) -> None:
    answer = world.alice.send(
        "POST",
        "/products",
        content=b'{"gtin":"06901234567892","name":{"zh":"a\\ud800b"}}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in {"text_not_unicode", "text_character_refused"}
    assert answer.json()["error"]["field"] == "name.zh"


def test_all_faults_are_named_at_once(world: World) -> None:
    body = {"gtin": "06901234567893", "name": {"zh": ""}, "category": "\x07"}
    answer = world.alice.post("/products", body, expect=422)
    assert answer["error"]["code"] == "several"
    assert [part["field"] for part in answer["error"]["errors"]] == ["gtin", "name.zh", "category"]


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE product; --", "{{7*7}}", "%s%n"]
)
def test_html_and_sql_are_kept_as_text(world: World, text: str) -> None:
    body = {"gtin": GTIN, "name": {"zh": text, "en": text}, "category": text}
    made = world.alice.post("/products", body)
    assert made["name"] == {"zh": text, "en": text}
    assert world.count("product") == 1


def test_a_gtin_of_another_organisation_is_taken_but_not_by_whom(world: World) -> None:
    world.alice.add_product(gtin=GTIN)
    before = world.fingerprint()
    answer = world.charlie.post("/products", {"gtin": GTIN, "name": NAME}, expect=409)
    assert answer["error"]["code"] == "gtin_taken"
    assert "Alice" not in str(answer)
    assert world.fingerprint() == before


def test_the_same_gtin_twice_is_refused(world: World) -> None:
    world.alice.add_product(gtin=GTIN)
    answer = world.alice.post("/products", {"gtin": GTIN, "name": NAME}, expect=409)
    assert answer["error"]["code"] == "gtin_registered"


def test_two_organisations_may_use_the_same_internal_number(world: World) -> None:
    for person in (world.alice, world.charlie):
        person.add_product(gtin=None, internal_number="A-1")
    answer = world.alice.post("/products", {"internal_number": "A-1", "name": NAME}, expect=409)
    assert answer["error"]["code"] == "internal_number_taken"
