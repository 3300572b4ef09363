"""Products, batches, runs and the numbers they draw, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.budgets import max_queries
from tests.factories import (
    NOW,
    Cast,
    Tenant,
    later,
    make_batch,
    make_gtin,
    make_id,
    make_product,
    make_run,
)

from trueorigin.domain.catalog import QUANTITY_MAX, Contents, LocalText, Origin
from trueorigin.domain.errors import ConflictError, NotFoundError
from trueorigin.domain.units import RUN_LIMIT
from trueorigin.storage import catalog
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.schema import run_counter

GTIN = make_gtin("0690123999999")


def test_a_product_comes_back_as_it_was(database: Database, cast: Cast) -> None:
    full = make_product(
        cast.alice.organisation,
        name=LocalText(zh="<b>酒</b>", en=None),
        description=LocalText(zh=None, en="Robert'); DROP TABLE product;--"),
        category="spirits",
        internal_number="A-1",
    )
    bare = make_product(cast.alice.organisation, gtin=None, specification=None)
    with database.write() as tx:
        catalog.append_product(tx, cast.alice.scope, full)
        catalog.append_product(tx, cast.alice.scope, bare)
    with database.read() as tx:
        assert catalog.get_product(tx, cast.alice.scope, full.id) == full
        assert catalog.find_product(tx, bare.id) == bare
        assert catalog.find_product(tx, make_id()) is None


def test_a_batch_comes_back_as_it_was(database: Database, cast: Cast) -> None:
    bare = make_batch(
        cast.alice.product,
        produced_on=None,
        expires_on=None,
        origin=Origin(place=None, line=None, materials=()),
    )
    with database.write() as tx:
        catalog.append_batch(tx, cast.alice.scope, bare)
    with database.read() as tx:
        assert catalog.get_batch(tx, cast.alice.scope, bare.id) == bare
        assert catalog.get_batch(tx, cast.alice.scope, cast.alice.batch.id) == cast.alice.batch
        assert catalog.find_batch(tx, make_id()) is None


def test_a_run_of_every_unit_comes_back_as_it_was(database: Database, cast: Cast) -> None:
    run = make_run(
        cast.alice.batch,
        id=RUN_LIMIT - 1,
        ordinal=2**20 - 1,
        quantity=QUANTITY_MAX,
        packing=(24, 40, 20),
        group_gtins=(GTIN, None, None),
        gs1_prefix="690123",
        sscc_first=(None, 5, 7),
        contents=Contents.FIRST,
    )
    with database.write() as tx:
        catalog.append_run(tx, cast.alice.scope, run)
    with database.read() as tx:
        assert catalog.get_run(tx, cast.alice.scope, run.id) == run
        assert catalog.find_run(tx, 12345) is None


Getter = Callable[[Tx, Tenant, Tenant], object]


@pytest.mark.parametrize(
    ("get", "code"),
    [
        pytest.param(
            lambda tx, me, other: catalog.get_product(tx, me.scope, other.product.id),
            "product_not_found",
            id="product",
        ),
        pytest.param(
            lambda tx, me, other: catalog.get_batch(tx, me.scope, other.batch.id),
            "batch_not_found",
            id="batch",
        ),
        pytest.param(
            lambda tx, me, other: catalog.get_run(tx, me.scope, other.run.id),
            "run_not_found",
            id="run",
        ),
    ],
)
def test_charlie_never_sees_what_is_alices(
    database: Database, cast: Cast, get: Getter, code: str
) -> None:
    with database.read() as tx:
        get(tx, cast.alice, cast.alice)
        with pytest.raises(NotFoundError, match=code):
            get(tx, cast.charlie, cast.alice)


def test_charlies_lists_hold_only_his_own(database: Database, cast: Cast) -> None:
    scope = cast.charlie.scope
    with database.read() as tx:
        assert catalog.list_products(tx, scope, limit=9) == [cast.charlie.product]
        assert catalog.list_batches(tx, scope, limit=9) == [cast.charlie.batch]
        assert catalog.list_runs(tx, scope, limit=9) == [cast.charlie.run]
        foreign = cast.alice.batch
        assert catalog.list_batches(tx, scope, product_id=foreign.product_id, limit=9) == []
        assert catalog.list_runs(tx, scope, batch_id=foreign.id, limit=9) == []


def test_charlie_cannot_store_under_alices_name(database: Database, cast: Cast) -> None:
    alice, charlie = cast.alice, cast.charlie.scope
    with database.write() as tx:
        with pytest.raises(NotFoundError):
            catalog.append_product(tx, charlie, make_product(alice.organisation))
        with pytest.raises(NotFoundError):
            catalog.append_batch(tx, charlie, make_batch(alice.product))
        with pytest.raises(NotFoundError):
            catalog.append_run(tx, charlie, make_run(alice.batch))


def test_a_gtin_belongs_to_one_organisation(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        assert catalog.claim_gtin(tx, cast.alice.scope, GTIN) is True
        assert catalog.claim_gtin(tx, cast.alice.scope, GTIN) is False
        with pytest.raises(ConflictError) as caught:
            catalog.claim_gtin(tx, cast.charlie.scope, GTIN)
        assert (caught.value.code, caught.value.field) == ("gtin_taken", "gtin")
        owners = catalog.find_gtin_owners(tx, [GTIN, "00000000000000"])
        assert owners == {GTIN: cast.alice.scope}
        assert catalog.find_gtin_owners(tx, []) == {}


def test_a_second_product_with_the_gtin_is_refused(database: Database, cast: Cast) -> None:
    twin = make_product(cast.alice.organisation, gtin=cast.alice.product.gtin)
    with database.write() as tx, pytest.raises(ConflictError) as caught:
        catalog.append_product(tx, cast.alice.scope, twin)
    assert (caught.value.code, caught.value.field) == ("gtin_registered", "gtin")


def test_internal_numbers_are_unique_within_an_organisation(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        for tenant in (cast.alice, cast.charlie):
            product = make_product(tenant.organisation, gtin=None, internal_number="N-1")
            catalog.append_product(tx, tenant.scope, product)
        again = make_product(cast.alice.organisation, gtin=None, internal_number="N-1")
        with pytest.raises(ConflictError, match="internal_number_taken"):
            catalog.append_product(tx, cast.alice.scope, again)


def test_products_without_any_number_do_not_collide(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        for _ in range(2):
            product = make_product(cast.alice.organisation, gtin=None, internal_number=None)
            catalog.append_product(tx, cast.alice.scope, product)


def test_a_lot_is_unique_within_a_product(database: Database, cast: Cast) -> None:
    other = make_product(cast.alice.organisation)
    lot = cast.alice.batch.lot
    with database.write() as tx:
        catalog.append_product(tx, cast.alice.scope, other)
        catalog.append_batch(tx, cast.alice.scope, make_batch(other, lot=lot))
        with pytest.raises(ConflictError) as caught:
            catalog.append_batch(tx, cast.alice.scope, make_batch(other, lot=lot))
    assert (caught.value.code, caught.value.field) == ("lot_taken", "lot")
    assert caught.value.params == {"value": lot}


def test_an_ordinal_is_used_once(database: Database, cast: Cast) -> None:
    twin = make_run(cast.alice.batch, id=77, ordinal=cast.alice.run.ordinal)
    with database.write() as tx, pytest.raises(ConflictError, match="ordinal_taken"):
        catalog.append_run(tx, cast.alice.scope, twin)


def test_lists_go_on_behind_the_cursor(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    products = [make_product(cast.alice.organisation) for _ in range(4)]
    batches = [make_batch(cast.alice.product) for _ in range(4)]
    runs = [make_run(cast.alice.batch, id=100 + n, ordinal=100 + n) for n in range(4)]
    with database.write() as tx:
        for product in products:
            catalog.append_product(tx, scope, product)
        for batch in batches:
            catalog.append_batch(tx, scope, batch)
        for run in runs:
            catalog.append_run(tx, scope, run)
    with max_queries(database, 6), database.read() as tx:
        first = catalog.list_products(tx, scope, limit=3)
        more = catalog.list_products(tx, scope, after=first[-1].id, limit=3)
        assert first + more == [cast.alice.product, *products]
        some = catalog.list_batches(tx, scope, product_id=cast.alice.product.id, limit=3)
        rest = catalog.list_batches(tx, scope, after=some[-1].id, limit=3)
        assert some + rest == [cast.alice.batch, *batches]
        early = catalog.list_runs(tx, scope, batch_id=cast.alice.batch.id, limit=3)
        late = catalog.list_runs(tx, scope, after=early[-1].id, limit=3)
        assert early + late == [cast.alice.run, *runs]


def test_runs_are_found_by_ordinal_in_one_query(database: Database, cast: Cast) -> None:
    wanted = [
        (tenant.organisation.id, tenant.run.epoch, tenant.run.ordinal)
        for tenant in (cast.alice, cast.charlie)
    ]
    unknown: list[tuple[UUID, int, int]] = [(make_id(), 0, 0), (wanted[0][0], 9, 0)]
    with max_queries(database, 1), database.read() as tx:
        found = catalog.find_runs(tx, wanted + unknown)
        assert catalog.find_runs(tx, []) == {}
    assert found == dict(zip(wanted, (cast.alice.run, cast.charlie.run), strict=True))


def test_run_ids_count_up_until_they_are_used_up(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        assert catalog.next_run_id(tx) == cast.charlie.run.id + 1
        tx.execute(sa.update(run_counter).values(next_run_id=RUN_LIMIT - 1))
        assert catalog.next_run_id(tx) == RUN_LIMIT - 1
        with pytest.raises(ConflictError, match="runs_exhausted"):
            catalog.next_run_id(tx)


def test_public_hosts_are_remembered_once(database: Database) -> None:
    with database.write() as tx:
        for host, at in (("b.example", NOW), ("a.example", later(days=1)), ("b.example", NOW)):
            catalog.append_public_host(tx, host, at)
        assert catalog.list_public_hosts(tx) == ["b.example", "a.example"]


@pytest.mark.parametrize("change", ["product", "batch", "run", "gtin"])
def test_every_change_of_the_catalogue_raises_the_revision(
    database: Database, cast: Cast, change: str
) -> None:
    alice, scope = cast.alice, cast.alice.scope
    with database.read() as tx:
        before = catalog.find_revisions(tx, [scope])[scope]
    with database.write() as tx:
        if change == "product":
            catalog.append_product(tx, scope, make_product(alice.organisation))
        elif change == "batch":
            catalog.append_batch(tx, scope, make_batch(alice.product))
        elif change == "run":
            catalog.append_run(tx, scope, replace(alice.run, id=60, ordinal=60))
        else:
            catalog.claim_gtin(tx, scope, GTIN)
    with database.read() as tx:
        assert catalog.find_revisions(tx, [scope]) == {scope: before + 1}


def test_no_list_is_longer_than_a_page(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "PAGE_MAX", 1)
    with database.write() as tx:
        catalog.append_product(tx, cast.alice.scope, make_product(cast.alice.organisation))
        assert len(catalog.list_products(tx, cast.alice.scope, limit=10**9)) == 1
