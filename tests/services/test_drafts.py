# SPDX-License-Identifier: Apache-2.0
"""Drafts that come by other ways than the JSON surface are checked by the same rules."""

from uuid import UUID

import pytest

from trueorigin.domain.catalog import LocalText, Material, Origin
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.services.catalog import (
    MATERIALS_MAX,
    BatchDraft,
    ProductDraft,
    parse_batch,
    parse_product,
)
from trueorigin.services.findings import Findings

ID = UUID(int=1)


def make_origin(materials: int) -> Origin:
    return Origin(
        place=None, line=None, materials=(Material(name="a", supplier=None, lot=None),) * materials
    )


def test_a_batch_has_a_limited_list_of_materials() -> None:
    draft = BatchDraft(product_id=ID, lot="1", origin=make_origin(MATERIALS_MAX))
    assert parse_batch(draft) == draft
    with pytest.raises(InvalidError) as caught:
        parse_batch(BatchDraft(product_id=ID, lot="1", origin=make_origin(MATERIALS_MAX + 1)))
    assert (caught.value.code, caught.value.field) == ("too_many", "origin.materials")


def test_a_product_keeps_its_internal_number_as_it_is() -> None:
    name = LocalText(zh="酒", en=None)
    assert parse_product(ProductDraft(name=name, internal_number="A/1")).internal_number == "A/1"
    with pytest.raises(InvalidError):
        parse_product(ProductDraft(name=name, internal_number="编号"))


def refuse(code: str) -> None:
    raise InvalidError(code)


def test_findings_raise_what_they_found_in_order() -> None:
    Findings().settle()
    one = Findings()
    one.add(InvalidError("a"))
    with pytest.raises(InvalidError):
        one.settle()
    two = Findings()
    with two.collecting():
        refuse("a")
    assert two.check(lambda: int("5"), 0) == 5
    two.add(InvalidError("b"))
    with pytest.raises(SeveralError) as caught:
        two.settle()
    assert [error.code for error in caught.value.errors] == ["a", "b"]


def test_findings_keep_no_defect() -> None:
    findings = Findings()
    with pytest.raises(DomainError), findings.collecting():
        raise DomainError("no_fault_of_the_draft")
    assert findings.errors == []
