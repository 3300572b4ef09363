"""Searching across enterprises: what is found by what, and only within the remit."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.budgets import max_queries
from tests.factories import make_id
from tests.scanning_world import Tenant, World
from tests.supervised_world import (
    GUANGDONG,
    GUANGZHOU,
    GUIYANG,
    GUIZHOU,
    JIANGSU,
    NANJING,
    ZHENJIANG,
    Supervised,
    make_uscc,
    open_supervision,
    seat,
)

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import DomainError, InvalidError, NotFoundError
from trueorigin.services import registry
from trueorigin.services.registry import Query
from trueorigin.storage import accounts, catalog, registry as stored
from trueorigin.storage.database import Database


@pytest.fixture
def supervised(database: Database) -> Supervised:
    return open_supervision(World(database=database))


def find(supervised: Supervised, **query: object) -> list[UUID]:
    with supervised.world.database.read() as tx:
        found = registry.find_products(tx, supervised.act(), Query(**query))  # type: ignore[arg-type]
    return [each.product.id for each in found.products]


def find_enterprises(supervised: Supervised, **query: object) -> list[UUID]:
    with supervised.world.database.read() as tx:
        found = registry.find_enterprises(tx, supervised.act(), Query(**query))  # type: ignore[arg-type]
    return [each.id for each in found.enterprises]


def may_open(supervised: Supervised, tenant: Tenant) -> bool:
    """Say whether the pages of a product and its maker open; they agree in these tests."""
    with supervised.world.database.read() as tx:
        try:
            registry.get_product(tx, supervised.act(), tenant.product.id)
        except NotFoundError:
            return False
    return True


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("青瓷老酒", 1),
        ("瓷老", 1),
        ("老酒 青瓷", 1),
        ("celadon OLD", 1),
        ("ｃｅｌａｄｏｎ o", 1),
        ("old cela", 1),
        ("53", 1),
        ("eladon", 0),
        ("老瓷", 0),
        ("celadon wine", 0),
    ],
)
def test_a_product_is_found_by_parts_of_its_name(
    supervised: Supervised, text: str, count: int
) -> None:
    name = LocalText(zh="青瓷老酒 53度", en="Celadon Old Spirit")
    product = supervised.add_product(supervised.alice, name=name)
    assert find(supervised, text=text) == [product.id] * count


@pytest.mark.parametrize("text", ["%", "_", "!?"])
def test_a_text_without_letters_is_refused(supervised: Supervised, text: str) -> None:
    with pytest.raises(InvalidError) as refused:
        find(supervised, text=text)
    assert (refused.value.code, refused.value.field) == ("search_without_letters", "text")


def test_a_product_is_found_by_its_numbers_of_any_form(supervised: Supervised) -> None:
    gtin = supervised.alice.product.gtin
    assert gtin is not None
    for text in (gtin, gtin.lstrip("0"), gtin[:9]):
        assert supervised.alice.product.id in find(supervised, text=text)
    own = supervised.add_product(supervised.charlie, gtin=None, internal_number="SEED-77")
    assert find(supervised, text="seed-77") == [own.id]


def test_a_changed_name_is_found_by_what_it_is_now(supervised: Supervised) -> None:
    product = supervised.add_product(supervised.alice, name=LocalText(zh="旧名酒", en=None))
    changed = replace(product, name=LocalText(zh="新名酒", en=None), category="白酒")
    with supervised.world.database.write() as tx:
        catalog.update_product(tx, supervised.alice.scope, changed)
    assert find(supervised, text="旧名") == []
    assert find(supervised, text="新名") == find(supervised, category="白酒") == [product.id]


def test_nothing_asked_for_finds_nothing_and_everything_given_has_to_fit(
    supervised: Supervised,
) -> None:
    assert find(supervised) == []
    one = supervised.add_product(
        supervised.alice, name=LocalText(zh="米酒", en=None), category="酒"
    )
    two = supervised.add_product(supervised.charlie, name=LocalText(zh="米酒", en=None))
    assert find(supervised, text="米酒") == [two.id, one.id]
    assert find(supervised, text="米酒", category="酒") == [one.id]
    assert find(supervised, text="米酒", enterprise_id=two.organisation_id) == [two.id]
    assert find(supervised, text="米酒", region=JIANGSU) == []
    with pytest.raises(InvalidError) as refused:
        find(supervised, region="99")
    assert (refused.value.code, refused.value.field) == ("region_code_unknown", "region")


def test_enterprises_are_found_by_names_code_and_seat(supervised: Supervised) -> None:
    alice = seat(supervised, supervised.alice, "320102")
    charlie = seat(supervised, supervised.charlie, "520103", 2)
    with supervised.world.database.write() as tx:
        row = accounts.get_organisation(tx, supervised.alice.scope)
        changed = replace(row, legal_name="江南酿造有限公司")
        accounts.update_organisation(tx, supervised.alice.scope, changed)
    assert find_enterprises(supervised, text="酿造") == [alice]
    assert find_enterprises(supervised, text=make_uscc("520103", 2)) == [charlie]
    assert find_enterprises(supervised, region=JIANGSU) == [alice]
    assert find_enterprises(supervised, region=GUANGDONG) == []
    # The authority itself is no enterprise.
    assert find_enterprises(supervised, text=supervised.rita.organisation.name) == []
    with supervised.world.database.read() as tx, pytest.raises(NotFoundError):
        registry.get_enterprise(tx, supervised.act(), supervised.rita.organisation.id)


def test_pages_follow_one_another_and_say_whether_there_is_more(supervised: Supervised) -> None:
    made = [
        supervised.add_product(supervised.alice, name=LocalText(zh="页酒", en=f"Page {number}")).id
        for number in range(5)
    ]
    seen, before = [], None
    with supervised.world.database.read() as tx:
        while True:
            found = registry.find_products(
                tx, supervised.act(), Query(text="页酒"), before=before, limit=2
            )
            seen += [each.product.id for each in found.products]
            if not found.is_more:
                break
            before = seen[-1]
    assert seen == made[::-1]


def test_more_matches_than_are_looked_through_are_admitted(
    supervised: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        name = LocalText(zh="众酒", en=f"Crowd {number}")
        supervised.add_product(supervised.alice, name=name)
    monkeypatch.setattr(stored, "MATCHES_MAX", 2)
    with supervised.world.database.read() as tx:
        found = registry.find_products(tx, supervised.act(), Query(text="众酒"))
        assert (len(found.products), found.is_cut) == (2, True)
    monkeypatch.setattr(stored, "MATCHES_MAX", 3)
    with supervised.world.database.read() as tx:
        found = registry.find_products(tx, supervised.act(), Query(text="众酒"))
        assert (len(found.products), found.is_cut) == (3, False)


def test_goods_are_in_a_region_by_seat_by_handling_and_by_reading(supervised: Supervised) -> None:
    supervised.limit(JIANGSU)
    alice = supervised.alice
    # Nobody knows where she belongs: every authority may look.
    assert may_open(supervised, alice)
    seat(supervised, alice, GUIZHOU + "0103")
    assert not may_open(supervised, alice)
    supervised.keep_goods(alice, GUIYANG)
    assert not may_open(supervised, alice)
    supervised.keep_goods(alice, NANJING)
    assert may_open(supervised, alice)


def test_goods_that_were_read_in_a_region_are_found_there(supervised: Supervised) -> None:
    supervised.limit(JIANGSU)
    alice, charlie = supervised.alice, supervised.charlie
    for number, tenant in enumerate((alice, charlie)):
        seat(supervised, tenant, GUIZHOU + "0103", number)
    supervised.read_goods(alice, "23.1,113.3")
    assert not may_open(supervised, alice)
    supervised.read_goods(alice, "32.1,118.8", index=1)
    assert may_open(supervised, alice)
    assert find(supervised, region=JIANGSU) == [alice.product.id]
    assert find_enterprises(supervised, region=JIANGSU) == [alice.organisation.id]
    assert not may_open(supervised, charlie)
    # A region outside the remit may be asked for: only what is in both is found.
    assert find(supervised, region=GUANGDONG) == [alice.product.id]
    assert find(supervised, region=GUIZHOU) == [alice.product.id]


def test_a_city_has_its_own_circle_and_code(supervised: Supervised) -> None:
    supervised.limit(ZHENJIANG)
    alice, charlie = supervised.alice, supervised.charlie
    seat(supervised, alice, "321102")
    seat(supervised, charlie, "320102", 2)
    assert may_open(supervised, alice)
    assert not may_open(supervised, charlie)
    supervised.keep_goods(charlie, (32.2, 119.3))
    assert may_open(supervised, charlie)
    assert alice.product.id in find(supervised, region="3211")


def test_categories_limit_all_but_what_says_none(supervised: Supervised) -> None:
    supervised.limit(categories=("白酒 Baijiu", "Wine"))
    names = {"白酒  BAIJIU": True, "wine": True, "Seed": False, None: True}
    for category, is_found in names.items():
        product = supervised.add_product(
            supervised.alice, category=category, name=LocalText(zh="类酒", en=None)
        )
        assert (product.id in find(supervised, text="类酒")) is is_found, category
    # Alice has something of theirs; a maker of seed alone has not.
    only = supervised.charlie
    with supervised.world.database.write() as tx:
        changed = replace(only.product, category="Seed")
        catalog.update_product(tx, only.scope, changed)
    name = only.organisation.name
    assert only.organisation.id not in find_enterprises(supervised, text=name)
    name = supervised.alice.organisation.name
    assert supervised.alice.organisation.id in find_enterprises(supervised, text=name)


def test_an_authority_without_limits_finds_the_whole_country(supervised: Supervised) -> None:
    seat(supervised, supervised.alice, GUIZHOU + "0103")
    supervised.keep_goods(supervised.alice, GUANGZHOU)
    assert may_open(supervised, supervised.alice)
    supervised.limit(JIANGSU, categories=("Seed",))
    supervised.limit()
    assert may_open(supervised, supervised.alice)


def test_a_product_is_shown_as_registered_with_suspicions_by_region(
    supervised: Supervised,
) -> None:
    alice = supervised.alice
    supervised.limit(JIANGSU)
    # Many phones at two places: copied, by all appearances.
    for number in range(12):
        place = "32.1,118.8" if number % 2 else "23.1,113.3"
        supervised.read_goods_as(alice, place, phone=number)
    with supervised.world.database.read() as tx, max_queries(supervised.world.database, 9):
        sheet = registry.get_product(tx, supervised.act(), alice.product.id)
    assert [each.lot for each in sheet.batches] == [alice.batch.lot]
    [(region, count)] = sheet.suspicions.by_region
    assert (region.code, count > 0) == (JIANGSU, True)
    assert sheet.suspicions.elsewhere > 0
    assert set(sheet.suspicions.places) == {"32.1,118.8"}


def test_an_unknown_product_is_answered_like_one_outside(supervised: Supervised) -> None:
    with supervised.world.database.read() as tx:
        for get in (registry.get_product, registry.get_enterprise):
            with pytest.raises(NotFoundError) as refused:
                get(tx, supervised.act(), make_id())
            assert isinstance(refused.value, DomainError)
