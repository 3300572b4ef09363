"""Changing products, batches and the organisation when others do so, too; on both databases."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.factories import Cast, Tenant, later, make_act, make_id
from tests.hostile_files import make_image, make_pdf

from trueorigin.adapters.files import FolderStore
from trueorigin.domain.catalog import Feature, LocalText, Material, Origin
from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    InvalidError,
    NotFoundError,
    SeveralError,
)
from trueorigin.services import accounts, catalog
from trueorigin.services.catalog import (
    FEATURES_MAX,
    PAPERS_MAX,
    PICTURES_MAX,
    BatchUpdate,
    ProductUpdate,
)
from trueorigin.services.files import Upload, store_file
from trueorigin.storage import audit, catalog as stored
from trueorigin.storage.database import Database

FEATURE = Feature(
    name=LocalText(zh="酒精度", en="Strength"), value=LocalText(zh="53 度", en="53 %")
)
HOSTILE = "<script>alert(1)</script>'); DROP TABLE product;--"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    picture: UUID
    paper: UUID
    charlies: UUID


@pytest.fixture
def files(database: Database, cast: Cast, tmp_path: Path) -> Files:
    store = FolderStore(tmp_path / "files")

    def keep(tenant: Tenant, data: bytes) -> UUID:
        upload = Upload(content=io.BytesIO(data), name="a")
        return store_file(database, store, make_act(tenant.organisation), upload).id

    return Files(
        picture=keep(cast.alice, make_image()),
        paper=keep(cast.alice, make_pdf()),
        charlies=keep(cast.charlie, make_image()),
    )


def _update_product(database: Database, tenant: Tenant, **changes: Any) -> Any:  # noqa: ANN401 - Product
    """Change a product as somebody does who saw it as it was at first."""
    update = replace(ProductUpdate.of(tenant.product), **changes)
    with database.write() as tx:
        act = make_act(tenant.organisation, at=later(hours=1))
        return catalog.update_product(tx, act, tenant.product.id, update)


def test_a_product_says_something_new_everywhere(
    database: Database, cast: Cast, files: Files
) -> None:
    after = _update_product(
        database,
        cast.alice,
        name=LocalText(zh=" 新名 ", en=HOSTILE),
        description=LocalText(zh="一\r\n二", en=None),
        category="酒",
        specification=None,
        features=(FEATURE,),
        picture_file_ids=(files.picture,),
        certificate_file_ids=(files.paper, files.picture),
    )
    with database.read() as tx:
        assert catalog.get_product(tx, cast.alice.scope, after.id) == after
        entry = audit.list_recent(tx, cast.alice.scope, "product.update", str(after.id), limit=9)[0]
    assert after == replace(
        cast.alice.product,
        name=LocalText(zh="新名", en=HOSTILE),
        description=LocalText(zh="一\n二", en=None),
        category="酒",
        specification=None,
        features=(FEATURE,),
        picture_file_ids=(files.picture,),
        certificate_file_ids=(files.paper, files.picture),
        version=2,
        updated_at=later(hours=1),
    )
    assert entry.detail == {
        "version": 1,
        "fields": [
            "name",
            "description",
            "category",
            "specification",
            "features",
            "picture_file_ids",
            "certificate_file_ids",
        ],
    }


def test_the_second_of_two_is_told_what_the_first_changed(database: Database, cast: Cast) -> None:
    first = _update_product(database, cast.alice, category="酒")
    with pytest.raises(ConflictError) as caught:
        _update_product(database, cast.alice, specification="1 L")
    assert caught.value.code == "edited_meanwhile"
    assert caught.value.params == {"version": 2, "fields": "category"}
    with database.read() as tx:
        assert catalog.get_product(tx, cast.alice.scope, first.id) == first
    # Knowing the other version, the second may decide.
    update = replace(ProductUpdate.of(first), specification="1 L")
    with database.write() as tx:
        after = catalog.update_product(tx, make_act(cast.alice.organisation), first.id, update)
    assert (after.version, after.category, after.specification) == (3, "酒", "1 L")


def test_every_field_changed_since_is_named(database: Database, cast: Cast) -> None:
    seen = cast.alice.product
    for number in range(25):
        update = replace(
            ProductUpdate.of(seen),
            category=f"c{number}",
            specification="2 L" if number == 24 else seen.specification,
        )
        with database.write() as tx:
            act = make_act(cast.alice.organisation, at=later(seconds=number))
            seen = catalog.update_product(tx, act, seen.id, update)
    with pytest.raises(ConflictError) as caught:
        _update_product(database, cast.alice, category="mine")
    assert caught.value.params == {"version": 26, "fields": "category, specification"}


def test_saving_what_is_there_changes_nothing(database: Database, cast: Cast) -> None:
    with database.read() as tx:
        before = stored.find_revisions(tx, [cast.alice.scope])
    assert _update_product(database, cast.alice) == cast.alice.product
    with database.read() as tx:
        assert catalog.get_product(tx, cast.alice.scope, cast.alice.product.id).version == 1
        assert stored.find_revisions(tx, [cast.alice.scope]) != before


def test_a_change_is_seen_by_the_next_reading(database: Database, cast: Cast) -> None:
    with database.read() as tx:
        before = stored.find_revisions(tx, [cast.alice.scope])[cast.alice.scope]
    _update_product(database, cast.alice, category="酒")
    with database.read() as tx:
        assert stored.find_revisions(tx, [cast.alice.scope])[cast.alice.scope] == before + 1


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        pytest.param({"name": LocalText(zh=None, en=None)}, "text_missing", "name", id="no name"),
        pytest.param({"category": "a\u202eb"}, "text_character_refused", "category", id="bidi"),
        pytest.param({"category": " "}, "text_blank", "category", id="blank"),
        pytest.param({"specification": "x" * 201}, "text_too_long", "specification", id="long"),
        pytest.param(
            {"features": (FEATURE, replace(FEATURE, value=LocalText(zh="x" * 201, en=None)))},
            "text_too_long",
            "features.1.value.zh",
            id="long feature",
        ),
        pytest.param(
            {"features": (FEATURE,) * (FEATURES_MAX + 1)}, "too_many", "features", id="features"
        ),
        pytest.param(
            {"picture_file_ids": (make_id(),) * (PICTURES_MAX + 1)},
            "too_many",
            "picture_file_ids",
            id="too many pictures",
        ),
        pytest.param(
            {"certificate_file_ids": (make_id(),) * (PAPERS_MAX + 1)},
            "too_many",
            "certificate_file_ids",
            id="too many papers",
        ),
        pytest.param(
            {"picture_file_ids": (make_id(),)}, "file_unknown", "picture_file_ids.0", id="no file"
        ),
    ],
)
def test_a_wrong_change_is_refused_by_field(
    database: Database, cast: Cast, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        _update_product(database, cast.alice, **changes)
    assert (caught.value.code, caught.value.field) == (code, field)
    with database.read() as tx:
        assert catalog.get_product(tx, cast.alice.scope, cast.alice.product.id).version == 1


def test_pictures_must_be_ones_own_and_pictures(
    database: Database, cast: Cast, files: Files
) -> None:
    for file_id, code in ((files.charlies, "file_unknown"), (files.paper, "file_type_refused")):
        with pytest.raises(InvalidError) as caught:
            _update_product(database, cast.alice, picture_file_ids=(files.picture, file_id))
        assert (caught.value.code, caught.value.field) == (code, "picture_file_ids.1")


def test_a_batch_changes_its_dates_origin_and_papers(
    database: Database, cast: Cast, files: Files
) -> None:
    batch = cast.alice.batch
    origin = Origin(
        place=None, line=" 3 ", materials=(Material(name="麦", supplier=None, lot=None),)
    )
    update = replace(
        BatchUpdate.of(batch),
        produced_on=date(2026, 3, 2),
        expires_on=None,
        origin=origin,
        paper_file_ids=(files.paper,),
    )
    act = make_act(cast.alice.organisation, at=later(hours=1))
    with database.write() as tx:
        after = catalog.update_batch(tx, act, batch.id, update)
        with pytest.raises(ConflictError) as caught:
            catalog.update_batch(tx, act, batch.id, update)
    assert after == replace(
        batch,
        produced_on=date(2026, 3, 2),
        expires_on=None,
        origin=replace(origin, line="3"),
        paper_file_ids=(files.paper,),
        version=2,
        updated_at=later(hours=1),
    )
    assert caught.value.params == {
        "version": 2,
        "fields": "expires_on, origin, paper_file_ids, produced_on",
    }


def test_a_batch_cannot_expire_before_it_was_made(database: Database, cast: Cast) -> None:
    update = replace(BatchUpdate.of(cast.alice.batch), expires_on=date(2026, 2, 28))
    act = make_act(cast.alice.organisation)
    with database.write() as tx, pytest.raises(InvalidError, match="expiry_before_production"):
        catalog.update_batch(tx, act, cast.alice.batch.id, update)


def test_things_of_others_are_not_there(database: Database, cast: Cast) -> None:
    act = make_act(cast.charlie.organisation)
    calls: list[Callable[[Any], object]] = [
        lambda tx: catalog.update_product(
            tx, act, cast.alice.product.id, ProductUpdate.of(cast.alice.product)
        ),
        lambda tx: catalog.update_batch(
            tx, act, cast.alice.batch.id, BatchUpdate.of(cast.alice.batch)
        ),
        lambda tx: accounts.update_organisation(tx, act, cast.alice.organisation),
    ]
    for call in calls[:2]:
        with database.write() as tx, pytest.raises(NotFoundError):
            call(tx)
    with database.write() as tx, pytest.raises(DomainError):
        calls[2](tx)


def test_an_organisation_introduces_itself(database: Database, cast: Cast, files: Files) -> None:
    wanted = replace(
        cast.alice.organisation,
        legal_name=" 真源酒业有限公司 ",
        uscc="9144 0300 7084 6113 6t",
        address="贵州仁怀",
        email="Hello@Alice.Example",
        logo_file_id=files.picture,
        colour="#8C2A20",
    )
    act = make_act(cast.alice.organisation)
    with database.write() as tx:
        after = accounts.update_organisation(tx, act, wanted)
        with pytest.raises(ConflictError) as caught:
            accounts.update_organisation(tx, act, wanted)
    assert after == replace(
        wanted,
        legal_name="真源酒业有限公司",
        uscc="91440300708461136T",
        email="hello@alice.example",
        colour="#8c2a20",
        version=2,
    )
    assert caught.value.params == {
        "version": 2,
        "fields": "address, colour, email, legal_name, logo_file_id, uscc",
    }


def test_every_fault_of_an_organisation_is_told_at_once(database: Database, cast: Cast) -> None:
    wrong = replace(
        cast.alice.organisation,
        legal_name="",
        uscc="914403007084611360",
        address="a\nb",
        email="@",
        colour="red; } body { display: none",
        time_zone="localtime",
    )
    with database.write() as tx, pytest.raises(SeveralError) as caught:
        accounts.update_organisation(tx, make_act(cast.alice.organisation), wrong)
    assert {(each.code, each.field) for each in caught.value.errors} == {
        ("text_blank", "legal_name"),
        ("uscc_check", "uscc"),
        ("text_character_refused", "address"),
        ("email_malformed", "email"),
        ("colour_malformed", "colour"),
        ("time_zone_unknown", "time_zone"),
    }


def test_a_credit_code_is_one_organisations(database: Database, cast: Cast) -> None:
    for tenant, code in ((cast.alice, None), (cast.charlie, "uscc_taken")):
        wanted = replace(tenant.organisation, uscc="91440300708461136T")
        with database.write() as tx:
            act = make_act(tenant.organisation)
            if code is None:
                accounts.update_organisation(tx, act, wanted)
                continue
            with pytest.raises(ConflictError, match=code):
                accounts.update_organisation(tx, act, wanted)


@pytest.mark.parametrize("changes", [{"legal_name": "新"}, {"uscc": "91440300708461136T"}])
def test_another_legal_identity_ends_the_verification(
    database: Database, cast: Cast, changes: dict[str, Any]
) -> None:
    act = make_act(cast.alice.organisation)
    with database.write() as tx:
        accounts.verify_organisation(tx, act, cast.alice.scope, is_verified=True)
        said = accounts.get_organisation(tx, cast.alice.scope)
        assert accounts.update_organisation(tx, act, replace(said, address="a")).verified_at
        said = accounts.get_organisation(tx, cast.alice.scope)
        assert accounts.update_organisation(tx, act, replace(said, **changes)).verified_at is None


def test_a_logo_is_ones_own_picture(database: Database, cast: Cast, files: Files) -> None:
    for file_id, code in ((files.charlies, "file_unknown"), (files.paper, "file_type_refused")):
        wanted = replace(cast.alice.organisation, logo_file_id=file_id)
        with database.write() as tx, pytest.raises(InvalidError, match=code):
            accounts.update_organisation(tx, make_act(cast.alice.organisation), wanted)
