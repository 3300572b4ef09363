# SPDX-License-Identifier: Apache-2.0
"""`remit`: what an authority answers for is set, replaced, shown, and refused with its field."""

from dataclasses import dataclass

import pytest
from tests.cli.conftest import Shell

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.remits import AREAS_MAX, CATEGORIES_MAX, REGIONS_MAX, Remit
from trueorigin.domain.tenancy import TenantScope
from trueorigin.domain.territories import Area
from trueorigin.storage import audit, remits
from trueorigin.storage.accounts import find_organisation_by_name
from trueorigin.storage.database import Database

NAME = "Market Regulator"
ORG = ("--org", NAME)
MAKER = ("--org", "Alice Distillery")
NOTHING: dict[str, list[object]] = {"regions": [], "categories": []}
JIANGSU = {"code": "32", "name": "江苏 Jiangsu", "circles": ""}
ZHENJIANG = "3211=镇江 Zhenjiang@32.2,119.4,40"


@pytest.fixture
def authority(shell: Shell) -> Shell:
    """A terminal of a data centre with an authority and a maker."""
    shell.get("apikey", "create", *ORG, "--role", "regulator")
    shell.get("apikey", "create", *MAKER, "--role", "manufacturer")
    return shell


@dataclass(frozen=True)
class Stored:
    """What the database holds of an authority."""

    remit: Remit
    trail: list[dict[str, object]]


def read(shell: Shell) -> Stored:
    database = Database.open(None, shell.data)
    with database.read() as tx:
        found = find_organisation_by_name(tx, NAME)
        assert found is not None
        scope = TenantScope(found.id)
        told = audit.list_audit(tx, scope, wanted=TrailFilter(action="remit.set"), limit=9)
        stored = Stored(remits.find_remit(tx, scope), [dict(each.detail) for each in told])
    database.close()
    return stored


def show(shell: Shell) -> object:
    return shell.get_json("remit", "show", *ORG)


def test_an_authority_answers_for_everything_until_a_remit_is_set(authority: Shell) -> None:
    assert show(authority) == NOTHING
    assert authority.get("remit", "show", *ORG) == "kind\tcode\tname\tcircles"
    assert read(authority) == Stored(Remit(), [])


def test_a_remit_is_set_shown_and_in_the_trail(authority: Shell) -> None:
    options = ("--region", "32", "--region", ZHENJIANG, "--category", "白酒", "--category", "Tea")
    set_ = authority.run("remit", "set", *ORG, *options)
    assert (set_.returncode, set_.stdout) == (0, "")
    assert NAME in set_.stderr
    city = {"code": "3211", "name": "镇江 Zhenjiang", "circles": "32.2,119.4,40"}
    assert show(authority) == {"regions": [JIANGSU, city], "categories": ["白酒", "Tea"]}
    assert authority.get("remit", "show", *ORG).splitlines() == [
        "kind\tcode\tname\tcircles",
        "region\t32\t江苏 Jiangsu\t",
        "region\t3211\t镇江 Zhenjiang\t32.2,119.4,40",
        "category\t\t白酒\t",
        "category\t\tTea",
    ]
    stored = read(authority)
    assert stored.remit.regions[1].areas == (Area(32.2, 119.4, 40),)
    # Whoever has the machine is the operator: the line is in the authority's own trail, once.
    detail = {
        "name": NAME,
        "regions": "江苏 Jiangsu、镇江 Zhenjiang",
        "categories": "白酒、Tea",
        "version": 0,
        "fields": ["regions", "categories"],
    }
    assert stored.trail == [detail]


def test_setting_again_replaces_and_nothing_is_everything(authority: Shell) -> None:
    authority.get("remit", "set", *ORG, "--region", "32", "--category", "Tea")
    authority.get("remit", "set", *ORG, "--region", "52")
    guizhou = {"code": "52", "name": "贵州 Guizhou", "circles": ""}
    assert show(authority) == {"regions": [guizhou], "categories": []}
    told = authority.run("remit", "set", *ORG)
    assert (told.returncode, "answers for everything" in told.stderr) == (0, True)
    assert show(authority) == NOTHING
    assert len(read(authority).trail) == 3


def test_the_same_twice_is_once(authority: Shell) -> None:
    options = ("--region", "32", "--region", " 32 ", "--region", ZHENJIANG, "--region", ZHENJIANG)
    named = ("--category", "Tea", "--category", " tea ", "--category", "ＴＥＡ")
    authority.get("remit", "set", *ORG, *options, *named)
    stored = read(authority).remit
    assert (stored.seats, stored.categories) == (("32", "3211"), ("Tea",))
    # As often as one likes: the same remit again is the same remit.
    authority.get("remit", "set", *ORG, *options, *named)
    assert read(authority).remit == stored


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("镇江 Zhenjiang", "镇江", "Zhenjiang"),
        ("Zhenjiang 镇江", "镇江", "Zhenjiang"),
        ("镇江市 Zhenjiang City", "镇江市", "Zhenjiang City"),
        ("镇江 丹徒", "镇江 丹徒", None),
        ("镇江", "镇江", None),
        ("Zhenjiang City", None, "Zhenjiang City"),
        ("乌鲁木齐 Ürümqi", "乌鲁木齐", "Ürümqi"),
    ],
)
def test_names_are_told_apart_by_their_script(
    authority: Shell, name: str, zh: str | None, en: str | None
) -> None:
    authority.get("remit", "set", *ORG, "--region", f"3211={name}@32.2,119.4,40")
    [region] = read(authority).remit.regions
    assert (region.name.zh, region.name.en) == (zh, en)


def test_a_region_has_several_circles(authority: Shell) -> None:
    circles = "32.2,119.4,40; -1.5,-0.25,3000;0,0,1"
    authority.get("remit", "set", *ORG, "--region", f"321183=句容@{circles}")
    [region] = read(authority).remit.regions
    assert region.code == "321183"
    assert region.areas == (Area(32.2, 119.4, 40), Area(-1.5, -0.25, 3000), Area(0, 0, 1))


def test_what_is_shown_of_a_region_can_be_set_again(authority: Shell) -> None:
    circles = "32.19876543,119.4123456789,40;-0.00001,-179.00000001,3000;32,119,1"
    authority.get("remit", "set", *ORG, "--region", f"3211=镇江 Zhenjiang@{circles}")
    before = read(authority).remit
    told = authority.get_json("remit", "show", *ORG)["regions"]
    assert [each["circles"] for each in told] == [circles]
    again = (f"{each['code']}={each['name']}@{each['circles']}" for each in told)
    authority.get("remit", "set", *ORG, "--region", "32", "--region", *again)
    assert read(authority).remit.regions[1:] == before.regions


MANY = tuple(f"{32}{number:02}=市@32,119,9" for number in range(REGIONS_MAX + 1))
REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no province": (("--region", "99"), "regions.0.code: [region_code_unknown]"),
    "three digits": (("--region", "321"), "regions.0.code: [region_code_unknown]"),
    "the second": (("--region", "32", "--region", "90"), "regions.1.code: [region_code_unknown]"),
    "a city without circles": (("--region", "3211"), "regions.0.areas: [region_needs_areas]"),
    "circles in a province": (
        ("--region", "32=江苏@32.2,119.4,40"), "regions.0.areas: [region_areas_known]"),
    "a region twice, not alike": (
        ("--region", ZHENJIANG, "--region", "3211=镇江@32.9,119.4,40"),
        "regions.1.code: [region_repeated]"),
    "a circle off the globe": (
        ("--region", "3211=镇江@91,119.4,40"),
        "regions.0.areas.0.latitude: [position_out_of_range]"),
    "a circle without width": (
        ("--region", "3211=镇江@32.2,119.4,0"),
        "regions.0.areas.0.radius_km: [position_out_of_range]"),
    "a blank name": (("--region", "3211= @32.2,119.4,40"), "regions.0.name: [text_missing]"),
    "too many circles": (
        ("--region", f"3211=镇江@{';'.join(['32,119,9'] * (AREAS_MAX + 1))}"),
        "regions.0.areas: [too_many]"),
    "too many regions": (
        tuple(word for each in MANY for word in ("--region", each)), "regions: [too_many]"),
    "too many categories": (
        ("--category", "Tea") * (CATEGORIES_MAX + 1), "categories: [too_many]"),
    "a blank category": (("--category", " "), "categories.0: [text_blank]"),
    "a category with controls": (
        ("--category", "Tea\u202e"), "categories.0: [text_character_refused]"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_remit_is_refused_with_its_field_and_changes_nothing(
    authority: Shell, case: str
) -> None:
    authority.get("remit", "set", *ORG, "--region", "32")
    before = read(authority)
    options, expected = REFUSED[case]
    [sentence] = authority.refuse("remit", "set", *ORG, *options).splitlines()
    field, _, code = expected.partition(" ")
    assert sentence.startswith(f"{field} ")
    assert sentence.endswith(code)
    assert read(authority) == before


def test_every_fault_is_told_at_once(authority: Shell) -> None:
    told = authority.refuse("remit", "set", *ORG, "--region", "99", "--category", "")
    assert [line.split(":")[0] for line in told.splitlines()] == ["regions.0.code", "categories.0"]


@pytest.mark.parametrize(
    "region",
    [
        "Jiangsu",
        "",
        "３２",
        "-32",
        "3211=镇江",
        "3211=镇江@",
        "3211=@32.2,119.4,40",
        "3211=镇江@32.2,119.4",
        "3211=镇江@32.2,119.4,40;",
        "3211=镇江@32.2,119.4,4e1",
        "3211=镇江@nan,119.4,40",
        "3211=镇江@32.2,119.4,999999",
    ],
)
def test_a_region_of_another_form_is_refused_with_the_right_one(
    authority: Shell, region: str
) -> None:
    told = authority.refuse("remit", "set", *ORG, "--region", region)
    assert "--region" in told
    assert ZHENJIANG in " ".join(told.split())
    assert read(authority) == Stored(Remit(), [])


def test_who_is_unknown_or_no_authority_has_no_remit(authority: Shell) -> None:
    for command in (("set",), ("set", "--region", "32"), ("show",), ("show", "--json")):
        nobody = authority.refuse("remit", *command, "--org", "Nobody")
        assert nobody.endswith("[organisation_not_found]")
        # Without the refusal `show` would say of a maker that it answers for everything.
        maker = authority.refuse("remit", *command, *MAKER)
        assert maker.endswith("[remit_needs_authority]")
        without = authority.run("remit", *command)
        assert (without.returncode, "--org" in without.stderr) == (2, True)


def test_a_chinese_terminal_is_answered_in_chinese(authority: Shell) -> None:
    chinese = Shell(authority.data, language="zh_CN.UTF-8")
    told = chinese.run("remit", "set", *ORG, "--region", "32")
    assert (told.returncode, f"已设定 {NAME} 的职权范围" in told.stderr) == (0, True)
    assert "负责全国的所有商品" in chinese.run("remit", "set", *ORG).stderr
    refused = {
        "不是省、市、县的行政区划代码": ("--region", "99"),
        "请给出名称": ("--region", "3211"),
        "请只给出两位代码": ("--region", "32=江苏@32,119,9"),
        "给出了两次且内容不同": ("--region", ZHENJIANG, "--region", "3211=镇江@9,9,9"),
    }
    for words, options in refused.items():
        assert words in chinese.refuse("remit", "set", *ORG, *options)
    assert "只有监管机构有职权范围" in chinese.refuse("remit", "show", *MAKER)
