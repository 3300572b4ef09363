# SPDX-License-Identifier: Apache-2.0
"""GTINs that shops and companies give out by themselves name no product of one maker."""

from dataclasses import fields, replace

import pytest
from tests.factories import Cast, make_act, make_product
from tests.services.test_importing import act_for, codes, stage

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import InvalidError
from trueorigin.services import catalog, issuing
from trueorigin.services.catalog import ProductDraft, ProductUpdate
from trueorigin.services.issuing import RunDraft
from trueorigin.storage import catalog as stored
from trueorigin.storage.database import Database

RESTRICTED = "02000000000121"


def test_no_product_is_made_with_one(database: Database, cast: Cast) -> None:
    act = make_act(cast.alice.organisation)
    draft = ProductDraft(
        gtin=RESTRICTED[1:], internal_number=None, name=LocalText(zh=None, en="Tea")
    )
    with database.write() as tx, pytest.raises(InvalidError, match="gtin_restricted"):
        catalog.create_product(tx, act, draft)
    with database.write() as tx:
        assert catalog.create_product(tx, act, replace(draft, gtin="09521234000013")).gtin


def test_no_table_brings_one(database: Database, cast: Cast) -> None:
    found = stage(
        database, act_for(cast.alice.organisation), f"gtin,name_en\r\n{RESTRICTED},Tea\r\n"
    )
    assert codes(found) == [(2, "gtin", "gtin_restricted")]


def test_no_group_carries_one(cast: Cast) -> None:
    draft = RunDraft(
        batch_id=cast.alice.batch.id,
        quantity=24,
        public_url="https://t.example",
        packing=(24,),
        group_gtins=(RESTRICTED,),
    )
    with pytest.raises(InvalidError, match="gtin_restricted") as caught:
        issuing.parse_run(draft)
    assert caught.value.field == "group_gtins.0"


def test_a_product_that_has_one_already_can_be_changed(database: Database, cast: Cast) -> None:
    alice = cast.alice
    old = make_product(alice.organisation, gtin=RESTRICTED)
    with database.write() as tx:
        stored.append_product(tx, alice.scope, old)
    said = {each.name: getattr(old, each.name) for each in fields(ProductUpdate)[1:]}
    update = ProductUpdate(version=old.version, **said | {"category": "Tea"})
    with database.write() as tx:
        found = catalog.update_product(tx, make_act(alice.organisation), old.id, update)
    assert (found.gtin, found.category) == (RESTRICTED, "Tea")
