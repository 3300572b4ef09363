# SPDX-License-Identifier: Apache-2.0
"""What the advisor promises of group codes is what the label shop prints or refuses."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.services.test_logistic_labels import ORDER, RUN, make_export

from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.catalog import Contents, LocalText
from trueorigin.domain.designs import Look, parse_look
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import LAYOUTS, Printing, advise
from trueorigin.services.advising import (
    Identifier,
    LabelAdvice,
    LabelPlan,
    advise_group,
    advise_labels,
    parse_address,
)
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelOrder, build_labels
from trueorigin.web.i18n import translator
from trueorigin.web.labels import word_label

SMALL = replace(ORDER, layout=LAYOUTS["roll-60x40"], is_logistic=False)


def packed(units: int, contents: Contents = Contents.LIST) -> Export:
    run = replace(RUN, packing=(units, 2), quantity=units * 2, contents=contents)
    return make_export(0, 1, run=run)


@pytest.mark.parametrize("order", [ORDER, SMALL], ids=["logistic", "small"])
def test_the_longest_list_is_printed_and_one_number_more_is_not(
    order: LabelOrder, tmp_path: Path
) -> None:
    longest = advise_group(packed(24).codes, order).listed_max
    assert 1 <= longest <= 100
    build_labels(packed(longest), order, tmp_path / "labels")
    assert advise_group(packed(longest).codes, order).passes
    if longest < 100:
        assert not advise_group(packed(longest + 1).codes, order).passes
        with pytest.raises(InvalidError):
            build_labels(packed(longest + 1), order, tmp_path / "labels")


def test_a_large_label_lists_a_hundred_and_counts_more() -> None:
    assert advise_group(packed(24).codes, ORDER).listed_max == 100
    assert advise_group(packed(100).codes, ORDER).contents is Contents.LIST
    more = advise_group(packed(101).codes, ORDER)
    assert more.contents is Contents.FIRST
    assert more.version == more.first_version
    assert more.passes


@pytest.mark.parametrize("contents", [Contents.FIRST, Contents.NONE])
def test_a_run_without_lists_keeps_to_its_order(contents: Contents) -> None:
    advice = advise_group(packed(24, contents).codes, ORDER)
    assert advice.contents is contents
    assert advice.version < advise_group(packed(24).codes, ORDER).version
    assert advice.x_dimension_mm is not None
    assert advice.x_dimension_mm >= 0.396


def test_items_hold_nothing() -> None:
    with pytest.raises(ValueError, match="items"):
        advise_group(make_export(0, 1, level=0).codes, ORDER)


def plan(**changes: Any) -> LabelPlan:  # noqa: ANN401 - of any field
    usual = LabelPlan(
        public_url="https://zy.example",
        symbols=16,
        items=Printing(),
        packing=(24, 40),
        identifier=Identifier.SSCC,
        contents=None,
        group_layout=LAYOUTS["roll-100x150"],
    )
    return replace(usual, **changes)


def word(export: Export, look: Look) -> LabelText:
    return word_label(export, translator("zh"), look)


def ask(planned: LabelPlan) -> LabelAdvice:
    return advise_labels(planned, word, "zh-Hans")


@pytest.mark.parametrize("contents", list(Contents))
@pytest.mark.parametrize(
    ("identifier", "design"),
    [
        *((each, design) for each in Identifier for design in ("text", "plain")),
        (Identifier.SSCC, "logistic"),
    ],
)
def test_a_plan_is_measured_like_the_run_it_becomes(
    identifier: Identifier, contents: Contents, design: str
) -> None:
    said: list[LabelText] = []

    def remember(export: Export, look: Look) -> LabelText:
        said.append(word(export, look))
        return said[-1]

    planned = plan(identifier=identifier, contents=contents, group_design=design, lot="L-77")
    advice = advise_labels(planned, remember, "zh-Hans")
    run = replace(RUN, packing=(24, 40), contents=contents, public_url="https://zy.example")
    if identifier is not Identifier.SSCC:
        run = replace(run, gs1_prefix=None, sscc_first=(None, None))
    if identifier is Identifier.GTIN:
        run = replace(run, group_gtins=("16901234567899",) * 2)
    for level, found in enumerate(advice.groups, start=1):
        order = replace(
            ORDER,
            text=said[level - 1],
            is_plain=design == "plain",
            is_logistic=design == "logistic",
        )
        codes = make_export(0, 1, level=level, run=run).codes
        assert found == advise_group(codes, order)
    assert [each.units for each in advice.groups] == [24, 40]
    words = [" ".join((each.title, *each.lines, *each.whole)) for each in said]
    for each, inside in zip(words, ("装 24 件", "装 40 箱，共 960 件"), strict=True):
        assert (inside in each) is (design != "plain")
        assert ("批号 L-77" in each) is (design != "plain")
    assert advice.items == advise("https://zy.example", 16)


def test_a_longer_identifier_and_a_longer_list_take_larger_symbols() -> None:
    (listed,) = ask(plan(packing=(100,))).groups
    (counted,) = ask(plan(packing=(101,))).groups
    assert (listed.contents, counted.contents) == (Contents.LIST, Contents.FIRST)
    assert listed.version > counted.version == listed.first_version
    assert not ask(plan(packing=())).groups


def test_texts_that_do_not_fit_beside_the_code_are_told(tmp_path: Path) -> None:
    long = LocalText(zh="特级明前龙井茶礼盒装" * 8, en=None)
    small = LAYOUTS["roll-60x40"]
    assert all(each.texts_fit for each in ask(plan()).groups)
    for each in ask(plan(name=long, group_layout=small, packing=(4,))).groups:
        assert (each.passes, each.texts_fit) == (True, False)
    # A logistic label says all or is not printed, neither here nor in the label shop.
    chosen = plan(group_layout=small, packing=(4,), group_design="logistic", lot="L" * 20)
    for each in ask(chosen).groups:
        assert (each.passes, each.texts_fit) == (False, False)
    export = packed(4)
    order = replace(ORDER, layout=small, text=word(export, parse_look("logistic")))
    with pytest.raises(InvalidError):
        build_labels(export, order, tmp_path / "labels")
    plain = ask(plan(name=long, group_layout=small, group_design="plain", packing=(4,)))
    assert all(each.texts_fit for each in plain.groups)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"group_design": "bold"}, "design_unknown", "group_design"),
        (
            {"group_design": "logistic", "identifier": Identifier.GTIN},
            "design_without_sscc",
            "group_design",
        ),
        ({"packing": (1,)}, "packing_count", "packing.0"),
        ({"packing": (2, 100_001)}, "packing_count", "packing.1"),
        ({"packing": (2, 2, 2, 2)}, "packing_levels", "packing"),
        ({"symbols": 15}, "symbols_unknown", "symbols"),
        ({"items": Printing(dpi=12)}, "dpi_unknown", "dpi"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(changes: Any, code: str, field: str) -> None:  # noqa: ANN401 - of any field
    with pytest.raises(InvalidError) as refused:
        ask(plan(**changes))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_largest_packing_is_measured() -> None:
    groups = ask(plan(packing=(100_000,) * 3)).groups
    assert all(each.passes for each in groups)


@pytest.mark.parametrize(
    "host",
    ["", " ", "zy example", "真源.cn", "\0", "zy.example/shop", "zy.example:65536", "a@zy.example"],
)
def test_what_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(InvalidError, match="host_malformed"):
        parse_address(host)


def test_an_address_needs_no_scheme() -> None:
    assert parse_address("zy.example") == parse_address("https://zy.example")
