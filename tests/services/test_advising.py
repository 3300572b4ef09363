# SPDX-License-Identifier: Apache-2.0
"""What the advisor promises of group codes is what the label shop prints or refuses."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.services.test_logistic_labels import ORDER, RUN, make_export

from trueorigin.domain.catalog import Contents
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import LAYOUTS
from trueorigin.services.advising import advise_group
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelOrder, build_labels

SMALL = replace(ORDER, layout=LAYOUTS["roll-60x40"], is_logistic=False)


def packed(units: int, contents: Contents = Contents.LIST) -> Export:
    run = replace(RUN, packing=(units, 2), quantity=units * 2, contents=contents)
    return make_export(0, 1, run=run)


@pytest.mark.parametrize("order", [ORDER, SMALL], ids=["logistic", "small"])
def test_the_longest_list_is_printed_and_one_number_more_is_not(
    order: LabelOrder, tmp_path: Path
) -> None:
    longest = advise_group(packed(24), order).listed_max
    assert 1 <= longest <= 100
    build_labels(packed(longest), order, tmp_path / "labels")
    assert advise_group(packed(longest), order).passes
    if longest < 100:
        assert not advise_group(packed(longest + 1), order).passes
        with pytest.raises(InvalidError):
            build_labels(packed(longest + 1), order, tmp_path / "labels")


def test_a_large_label_lists_a_hundred_and_counts_more() -> None:
    assert advise_group(packed(24), ORDER).listed_max == 100
    assert advise_group(packed(100), ORDER).contents is Contents.LIST
    more = advise_group(packed(101), ORDER)
    assert more.contents is Contents.FIRST
    assert more.version == more.first_version
    assert more.passes


@pytest.mark.parametrize("contents", [Contents.FIRST, Contents.NONE])
def test_a_run_without_lists_keeps_to_its_order(contents: Contents) -> None:
    advice = advise_group(packed(24, contents), ORDER)
    assert advice.contents is contents
    assert advice.version < advise_group(packed(24), ORDER).version
    assert advice.x_dimension_mm is not None
    assert advice.x_dimension_mm >= 0.396


def test_items_hold_nothing() -> None:
    with pytest.raises(ValueError, match="items"):
        advise_group(make_export(0, 1, level=0), ORDER)
