"""Remits: what they refuse, how, and that every look is on record with both sides."""

from dataclasses import replace
from typing import Any

import pytest
from tests.factories import make_id
from tests.same_instant import overtake
from tests.scanning_world import Tenant, World
from tests.supervised_world import (
    GUANGZHOU,
    GUIYANG,
    GUIZHOU,
    JIANGSU,
    NANJING,
    ZHENJIANG,
    Supervised,
    open_supervision,
    seat,
)

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    SeveralError,
)
from trueorigin.domain.events import EventKind
from trueorigin.domain.inspections import DETAIL
from trueorigin.domain.packing import Span
from trueorigin.domain.people import MembershipRole
from trueorigin.domain.remits import AREAS_MAX, CATEGORIES_MAX, REGIONS_MAX
from trueorigin.domain.territories import Area
from trueorigin.services import lives, looks, people, registry, remits, trail
from trueorigin.services.people import PersonDraft
from trueorigin.services.remits import RegionDraft, RemitDraft
from trueorigin.storage import audit, catalog
from trueorigin.storage.database import Database

SEALED = {DETAIL: {"result": "sealed"}}


@pytest.fixture
def supervised(database: Database) -> Supervised:
    world = open_supervision(World(database=database))
    seat(world, world.alice, GUIZHOU + "0103")
    world.keep_goods(world.alice, GUIYANG)
    return world


def look(supervised: Supervised, wanted: PrintedCode | int, **fields: Any) -> str:  # noqa: ANN401 - of any type
    """Look at a unit of Alice's; say what came of it."""
    world = supervised.world
    with world.database.read() as tx:
        try:
            act = supervised.act(**fields)
            lives.find_life(tx, world.catalogue, world.vault, act, wanted)
        except DomainError as error:
            return error.code
    return "seen"


def find(supervised: Supervised, *units: object, **fields: Any) -> str:  # noqa: ANN401 - of any type
    """Seal units as Rita; say what came of it."""
    fields = {"details": SEALED, **fields}
    outcome = supervised.tell(supervised.rita, EventKind.INSPECTING, *units, **fields)
    return outcome.outcome.value if outcome.error is None else outcome.error.code


def test_a_unit_outside_is_refused_with_a_reason_by_code_and_unknown_by_key(
    supervised: Supervised,
) -> None:
    alice = supervised.alice
    assert look(supervised, alice.code(1)) == "seen"
    supervised.limit(JIANGSU)
    assert look(supervised, alice.code(1)) == "remit_region"
    assert look(supervised, alice.key(1)) == "unit_not_found"
    supervised.limit(GUIZHOU)
    assert look(supervised, alice.code(1)) == look(supervised, alice.key(1)) == "seen"


def test_a_refusal_says_what_the_remit_is(supervised: Supervised) -> None:
    world = supervised.world
    supervised.limit(JIANGSU, ZHENJIANG)
    code = supervised.alice.code(1)
    with world.database.read() as tx, pytest.raises(ForbiddenError) as refused:
        lives.find_life(tx, world.catalogue, world.vault, supervised.act(), code)
    assert refused.value.params == {"regions": "江苏 Jiangsu、镇江 Zhenjiang"}


def test_a_unit_that_was_read_in_the_region_may_be_looked_at(supervised: Supervised) -> None:
    alice = supervised.alice
    supervised.limit(JIANGSU)
    # Before the hour has passed: only the unit itself is known to have been there.
    supervised.world.read(alice.code(1), place="32.1,118.8")
    assert look(supervised, alice.code(1)) == "seen"
    assert look(supervised, alice.code(2)) == "remit_region"


def test_a_phone_that_belongs_to_a_site_in_the_region_may_look(supervised: Supervised) -> None:
    supervised.limit(JIANGSU)
    inside = supervised.add_site(supervised.rita, NANJING)
    outside = supervised.add_site(supervised.rita, GUANGZHOU)
    code = supervised.alice.code(1)
    assert look(supervised, code, site_id=inside.id) == "seen"
    assert look(supervised, code, site_id=outside.id) == "remit_region"


def test_a_category_outside_is_refused_wherever_it_is(supervised: Supervised) -> None:
    alice = supervised.alice
    with supervised.world.database.write() as tx:
        catalog.update_product(tx, alice.scope, replace(alice.product, category="白酒"))
    supervised.limit(GUIZHOU, categories=("种子",))
    site = supervised.add_site(supervised.rita, GUIYANG)
    assert look(supervised, alice.code(1), site_id=site.id) == "remit_category"
    assert find(supervised, alice.code(1), site_id=site.id) == "remit_category"
    supervised.limit(GUIZHOU, categories=("种子", "白酒"))
    assert find(supervised, alice.code(1), site_id=site.id) == "stored"


def test_the_place_of_a_finding_decides_before_the_goods(supervised: Supervised) -> None:
    alice, rita = supervised.alice, supervised.rita
    supervised.limit(JIANGSU)
    inside, outside = (supervised.add_site(rita, at) for at in (NANJING, GUIYANG))
    code = alice.code(1)
    assert find(supervised, code) == "remit_region"
    assert find(supervised, Span(alice.run.id, 0, 0, 5)) == "run_not_found"
    assert find(supervised, code, site_id=inside.id) == "stored"
    assert find(supervised, code, site_id=outside.id) == "remit_place"
    # Where the phone was goes before the site that was chosen.
    for at, said in ((NANJING, "stored"), (GUIYANG, "remit_place")):
        position = {"latitude": at[0], "longitude": at[1], "accuracy_m": 10}
        details = {**SEALED, "position": position}
        assert find(supervised, code, site_id=inside.id, details=details) == said
    # Goods within the remit, but a place outside it.
    supervised.limit(GUIZHOU)
    assert find(supervised, code) == "stored"
    assert find(supervised, code, site_id=inside.id) == "remit_place"


def test_looking_without_a_finding_is_limited_alike(supervised: Supervised) -> None:
    supervised.limit(JIANGSU)
    assert find(supervised, supervised.alice.code(1), details=None) == "remit_region"


def test_of_many_events_only_those_outside_are_refused(supervised: Supervised) -> None:
    supervised.limit(JIANGSU)
    supervised.keep_goods(supervised.charlie, NANJING)
    assert find(supervised, supervised.charlie.code(1)) == "stored"
    mixed = (supervised.charlie.code(2), supervised.alice.code(1))
    assert find(supervised, *mixed) == "remit_region"


def test_owners_and_partners_have_no_remit(supervised: Supervised) -> None:
    supervised.limit(JIANGSU)
    alice = supervised.alice
    outcome = supervised.tell(alice, EventKind.STORING, Span(alice.run.id, 0, 0, 5))
    assert outcome.error is None


def actions_of(supervised: Supervised, tenant: Tenant) -> list[tuple[str, str]]:
    """Return what the trail of an organisation tells of looks, and who looked."""
    with supervised.world.database.read() as tx:
        lines = trail.list_oldest(tx, tenant.scope, TrailFilter(), after=None, limit=100)
    return [
        (line.entry.action, line.actor.name)
        for line in lines
        if line.entry.action.endswith(".look")
    ]


def test_every_look_is_in_the_trails_of_both(supervised: Supervised) -> None:
    world, alice = supervised.world, supervised.alice
    act = supervised.act()
    with world.database.write() as tx:
        life = lives.find_life(tx, world.catalogue, world.vault, act, alice.code(1))
        looks.record_look(tx, act, life)
        sheet = registry.get_product(tx, act, alice.product.id)
        looks.record_product_look(tx, act, sheet.product, sheet.enterprise)
        looks.record_enterprise_look(tx, act, sheet.enterprise)
    name = supervised.rita.organisation.name
    expected = ["organisation.look", "product.look", "unit.look"]
    # One act at one instant: in no order.
    assert sorted(actions_of(supervised, alice)) == [(each, name) for each in expected]
    assert sorted(each for each, _ in actions_of(supervised, supervised.rita)) == expected
    assert actions_of(supervised, supervised.charlie) == []


def test_a_look_at_what_is_ones_own_is_none(supervised: Supervised) -> None:
    act = supervised.act(supervised.alice)
    with supervised.world.database.write() as tx:
        looks.record_enterprise_look(tx, act, supervised.alice.organisation)
    assert actions_of(supervised, supervised.alice) == []


def test_setting_a_remit_is_in_the_trails_of_both(supervised: Supervised) -> None:
    supervised.limit(JIANGSU, categories=("白酒",))
    with supervised.world.database.read() as tx:
        for tenant in (supervised.rita, supervised.charlie):
            [entry] = audit.list_audit(
                tx, tenant.scope, wanted=TrailFilter(action="remit.set"), limit=9
            )
            assert entry.detail["regions"] == "江苏 Jiangsu"
            assert entry.detail["categories"] == "白酒"


def test_of_two_who_set_a_remit_the_second_is_told(supervised: Supervised) -> None:
    world, rita = supervised.world, supervised.rita.organisation.id

    def set_remit(*categories: str, seen: int | None) -> int:
        draft = RemitDraft(categories=categories)
        with world.database.write() as tx:
            act = supervised.act(supervised.charlie)
            return remits.set_remit(tx, act, rita, draft, seen=seen).version

    first = set_remit("Tea", seen=0)
    second = set_remit("Seed", seen=first)
    assert 0 < first < second
    for seen in (0, first, second + 1, 2**80):
        with pytest.raises(ConflictError) as refused:
            set_remit("Wine", seen=seen)
        assert refused.value.code == "edited_meanwhile"
        assert refused.value.params["version"] == second
    with world.database.read() as tx:
        assert remits.get_remit(tx, rita).categories == ("Seed",)
        assert remits.get_remit(tx, rita).version == second
    # Whoever says no version replaces what is there, as the command line does.
    assert set_remit("Wine", seen=None) > second


def test_what_is_named_is_what_changed_since(supervised: Supervised) -> None:
    rita = supervised.rita.organisation.id
    supervised.limit(categories=("Tea",))
    with supervised.world.database.read() as tx:
        seen = remits.get_remit(tx, rita).version
    supervised.limit(JIANGSU, categories=("Tea",))
    for version, fields in ((seen, "regions"), (0, "categories, regions")):
        act = supervised.act(supervised.charlie)
        with supervised.world.database.write() as tx, pytest.raises(ConflictError) as refused:
            remits.set_remit(tx, act, rita, RemitDraft(), seen=version)
        assert refused.value.params["fields"] == fields


def test_versions_of_a_remit_grow_though_a_clock_is_behind(supervised: Supervised) -> None:
    rita = supervised.rita.organisation.id
    act = supervised.act(supervised.charlie)
    versions = []
    for _ in range(3):
        with supervised.world.database.write() as tx:
            versions.append(remits.set_remit(tx, act, rita, RemitDraft()).version)
            assert remits.get_remit(tx, rita).version == versions[-1]
    assert versions == [versions[0], versions[0] + 1, versions[0] + 2]


def test_of_two_at_the_same_instant_one_sets_the_remit(supervised: Supervised) -> None:
    world, rita = supervised.world, supervised.rita.organisation.id
    first, second = supervised.act(supervised.charlie), supervised.act(supervised.charlie)

    def set_second() -> str:
        try:
            with world.database.write() as tx:
                remits.set_remit(tx, second, rita, RemitDraft(categories=("Seed",)), seen=0)
        except ConflictError as error:
            return error.code
        return "set"

    tea = RemitDraft(categories=("Tea",))
    came = overtake(
        world.database, lambda tx: remits.set_remit(tx, first, rita, tea, seen=0), set_second
    )
    assert came == "edited_meanwhile"
    with world.database.read() as tx:
        assert remits.get_remit(tx, rita).categories == ("Tea",)


def test_only_authorities_have_a_remit(supervised: Supervised) -> None:
    with supervised.world.database.write() as tx:
        alice = supervised.alice.organisation.id
        with pytest.raises(InvalidError) as refused:
            remits.set_remit(tx, supervised.act(supervised.charlie), alice, RemitDraft())
        assert refused.value.code == "remit_needs_authority"
        with pytest.raises(NotFoundError):
            remits.set_remit(tx, supervised.act(supervised.charlie), make_id(), RemitDraft())


CIRCLE = (Area(32.2, 119.4, 40),)
CITY = LocalText(zh="镇江", en=None)
WRONG: dict[str, tuple[RemitDraft, str, str]] = {
    "no province": (RemitDraft(regions=(RegionDraft(code="99"),)),
                    "region_code_unknown", "regions.0.code"),
    "no code": (RemitDraft(regions=(RegionDraft(code="Jiangsu"),)),
                "region_code_unknown", "regions.0.code"),
    "a city without circles": (RemitDraft(regions=(RegionDraft(code="3211", name=CITY),)),
                               "region_needs_areas", "regions.0.areas"),
    "a city without name": (RemitDraft(regions=(RegionDraft(code="3211", areas=CIRCLE),)),
                            "region_needs_areas", "regions.0.areas"),
    "circles in a province": (RemitDraft(regions=(RegionDraft(code="32", areas=CIRCLE),)),
                              "region_areas_known", "regions.0.areas"),
    "a city twice, not alike": (
        RemitDraft(regions=(ZHENJIANG, RegionDraft(code="3211", name=CITY, areas=CIRCLE))),
        "region_repeated", "regions.1.code"),
    "a circle off the globe": (
        RemitDraft(regions=(RegionDraft(code="3211", name=CITY, areas=(Area(91, 119, 40),)),)),
        "position_out_of_range", "regions.0.areas.0.latitude"),
    "too many circles": (
        RemitDraft(regions=(RegionDraft(code="3211", name=CITY, areas=CIRCLE * (AREAS_MAX + 1)),)),
        "too_many", "regions.0.areas"),
    "too many regions": (RemitDraft(regions=(RegionDraft(code="32"),) * (REGIONS_MAX + 1)),
                         "too_many", "regions"),
    "too many categories": (RemitDraft(categories=("Tea",) * (CATEGORIES_MAX + 1)),
                            "too_many", "categories"),
    "an empty category": (RemitDraft(categories=(" ",)), "text_blank", "categories.0"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_remit_is_refused_with_its_field(case: str) -> None:
    draft, code, field = WRONG[case]
    with pytest.raises(DomainError) as refused:
        remits.parse_remit(draft)
    error = refused.value
    first = error.errors[0] if isinstance(error, SeveralError) else error
    assert (first.code, first.field) == (code, field)


def test_a_region_or_category_named_twice_is_one() -> None:
    draft = RemitDraft(
        regions=(RegionDraft(code="32"), RegionDraft(code="32"), ZHENJIANG, ZHENJIANG),
        categories=("Tea", " tea ", "茶"),
    )
    remit = remits.parse_remit(draft)
    assert (remit.seats, remit.categories) == (("32", "3211"), ("Tea", "茶"))


def test_the_owner_reads_the_authority_where_the_authority_reads_who_of_its_people(
    supervised: Supervised,
) -> None:
    rita = supervised.rita
    with supervised.world.database.write() as tx:
        act = supervised.act()
        draft = PersonDraft(
            email="rita@example.com",
            name="Rita",
            password="celadon spirit 1368",  # noqa: S106 - of a test's person
            role=MembershipRole.INSPECTOR,
        )
        person = people.keep_person(tx, act, people.prepare_person(act, draft))
        looking = supervised.act(credential_id=person.id)
        looks.record_enterprise_look(tx, looking, supervised.alice.organisation)
    for tenant, name in ((supervised.alice, rita.organisation.name), (rita, "Rita")):
        assert actions_of(supervised, tenant) == [("organisation.look", name)]
