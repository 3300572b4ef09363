# SPDX-License-Identifier: Apache-2.0
"""Migrations 0011 and 0012: a story of before becomes what the program of today makes of it.

The program of today lives through a story. What it left in the tables of revision 0010 is what
the program of that time would have written, for those tables are the same; it is copied there,
migrated, and compared.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from tests.factories import NOW, make_batch, make_id, make_product, scope_of
from tests.scanning_world import Tenant, World
from tests.supervised_world import (
    GUANGDONG,
    GUIYANG,
    GUIZHOU,
    JIANGSU,
    NANJING,
    Supervised,
    join_authority,
    make_uscc,
    open_supervision,
)

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.cells import cell_of
from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.inspections import DETAIL, InspectionFilter
from trueorigin.domain.packing import Span
from trueorigin.domain.risk import build_place
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.tenancy import Role
from trueorigin.services import capturing, following, inspecting, registry, sites
from trueorigin.services.registry import Query
from trueorigin.services.sites import SiteDraft
from trueorigin.services.upkeep import enter_read
from trueorigin.storage import accounts, catalog, database as module, schema
from trueorigin.storage.database import Database, migrate, require_current_schema
from trueorigin.storage.metadata import metadata

SANTIAGO, LONDON = (-33.5, -70.7), (51.5, -0.04)
# Enough products that their words do not fit one statement of the migration.
MANY = 150


@pytest.fixture
def old_database(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> Iterator[Database]:
    """An empty database of revision 0010, of the same kind as `database`."""
    if database.dialect == "sqlite":
        opened = Database.open(None, tmp_path / "old")
        upgrade(opened, "0010")
        yield opened
        opened.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create("template0")
    opened = Database.open(server.database_url(name), tmp_path)
    upgrade(opened, "0010")
    yield opened
    opened.close()
    server.drop(name)


def upgrade(database: Database, revision: str) -> None:
    with database.write() as tx:
        command.upgrade(module._config(tx.connection), revision)  # noqa: SLF001 - no public way


@pytest.fixture
def supervised(database: Database) -> Supervised:
    """Alice of Guizhou, Charlie registered centrally, Rita's authority with a credit code."""
    supervised = open_supervision(World(database=database))
    with database.write() as tx:
        for tenant, division, name in (
            (supervised.alice, GUIZHOU + "0103", "贵州青瓷酒业有限公司"),
            (supervised.charlie, "100000", "Charlie's Seeds, Inc."),
            (supervised.rita, JIANGSU + "0102", "江苏省市场监督管理局"),
        ):
            found = accounts.get_organisation(tx, tenant.scope)
            told = replace(found, uscc=make_uscc(division), legal_name=name)
            accounts.update_organisation(tx, tenant.scope, told)
        dealer = supervised.world.join(tx)
        seller = replace(dealer.organisation, roles=frozenset({Role.SELLER}))
        accounts.update_organisation(tx, dealer.scope, seller)
    return supervised


def copy(source: Database, target: Database) -> None:
    """Write what is in the tables of `source` into those that `target` has, as far as it can."""
    with source.read() as reading, target.write() as writing:
        inspector = sa.inspect(writing.connection)
        for table in metadata.sorted_tables:
            # The ledger of readings is unit-grained and no concern of these migrations.
            if table.name == "scan" or not inspector.has_table(table.name):
                continue
            known = {each["name"] for each in inspector.get_columns(table.name)}
            columns = [column for column in table.columns if column.name in known]
            rows = reading.execute(sa.select(*columns)).mappings().all()
            writing.execute(sa.delete(table))
            if rows:
                writing.execute(sa.insert(table), [dict(row) for row in rows])


def read(database: Database, table: sa.Table) -> list[tuple[object, ...]]:
    with database.read() as tx:
        return sorted(map(tuple, tx.execute(sa.select(table))), key=repr)


def compare(old: Database, new: Database, *tables: sa.Table) -> None:
    """Assert that tables hold the same, and something."""
    for table in tables:
        rows = read(new, table)
        assert rows, table.name
        assert read(old, table) == rows, table.name


def register(supervised: Supervised) -> None:
    """Register goods of every kind of name, number and category."""
    alice, charlie = supervised.alice, supervised.charlie
    add = supervised.add_product
    add(alice, name=LocalText(zh="真源大曲 53度", en="True Origin Qu 53%"), category="白酒")
    add(alice, name=LocalText(zh="真源真源真源", en="True true TRUE"), category=" ＢＡＩ  Jiu ")
    add(charlie, gtin=None, internal_number="SEED-007/b", name=LocalText(zh=None, en="Ürümqi 77"))
    add(charlie, name=LocalText(zh="種" * 90, en="x" * 90), category="种子")
    for number in range(MANY):
        add(charlie, name=LocalText(zh=f"杂交水稻种子第{number}号", en=f"Hybrid rice {number}"))
    # What an import has not revealed yet has its words already, too.
    staged = make_product(charlie.organisation, import_id=make_id())
    row = {"kind": "products", "name": "a.csv", "state": "staged", "row_count": 1}
    with supervised.world.database.write() as tx:
        tx.execute(
            sa.insert(schema.import_batch).values(
                id=staged.import_id, organisation_id=charlie.scope, created_at=NOW, **row
            )
        )
        catalog.append_product(tx, charlie.scope, staged)


def add_kind(supervised: Supervised, owner: Tenant) -> Tenant:
    """Give an owner another product with a run of its own."""
    product = supervised.add_product(owner, name=LocalText(zh="礼盒", en="Gift box"))
    batch = make_batch(product)
    with supervised.world.database.write() as tx:
        catalog.append_batch(tx, owner.scope, batch)
        return supervised.world.add_run(tx, replace(owner, product=product, batch=batch))


def handle(supervised: Supervised) -> UUID:
    """Let goods be handled: ranges and single ones, with and without site and position.

    Returns the product of boxes that goods of another went into.
    """
    alice, charlie, run = supervised.alice, supervised.charlie, supervised.alice.run.id
    boxes = add_kind(supervised, alice)
    guiyang, nanjing = (supervised.add_site(alice, at) for at in (GUIYANG, NANJING))
    santiago, london = (supervised.add_site(charlie, at) for at in (SANTIAGO, LONDON))
    with supervised.world.database.write() as tx:
        draft = SiteDraft(kind=SiteKind.SHOP, name="Somewhere")
        nowhere = sites.create_site(tx, supervised.act(alice), draft)
    plan = PlanDraft(containers=Span(run, 1, 0, 2), rejects=(3,))
    told: list[tuple[Tenant, EventKind, tuple[Span, ...], dict[str, Any]]] = [
        (alice, EventKind.PACKING, (), {"plan": plan, "site_id": guiyang.id}),
        (alice, EventKind.STORING, (Span(run, 1, 0, 2),), {"site_id": guiyang.id}),
        (alice, EventKind.SELLING, (Span(run, 0, 60, 61),), {"site_id": nanjing.id}),
        (alice, EventKind.STORING, (Span(run, 0, 100, 200),), {"site_id": nowhere.id}),
        (alice, EventKind.STORING, (Span(run, 0, 100, 200),), {}),
        # Into a box of another product: the box was there as well.
        (alice, EventKind.PACKING, (Span(run, 0, 70, 72),),
         {"containers": (Span(boxes.run.id, 1, 0, 1),), "site_id": nanjing.id}),
        (charlie, EventKind.SHIPPING, (Span(charlie.run.id, 0, 0, 9),), {"site_id": santiago.id}),
        (charlie, EventKind.SELLING, (Span(charlie.run.id, 0, 5, 6),), {"site_id": london.id}),
    ]  # fmt: skip
    outcomes = [supervised.tell(by, kind, *units, **rest) for by, kind, units, rest in told]
    assert [each.error for each in outcomes] == [None] * len(told)
    last = outcomes[-1].event_id
    assert last is not None
    with supervised.world.database.write() as tx:
        # It happened at the site all the same.
        capturing.declare_error(tx, supervised.act(charlie), last, reason="Wrong till")
    return boxes.product.id


def inspect(supervised: Supervised) -> dict[str, UUID]:
    """Let Rita find all kinds of things; return the ids of her findings by name."""
    run, rita = supervised.alice.run.id, supervised.rita
    site = supervised.add_site(rita, NANJING).id
    phone = {"latitude": GUIYANG[0], "longitude": GUIYANG[1], "accuracy_m": 10}
    odd = {"latitude": "north", "longitude": None}
    early = supervised.world.tick()
    told: list[tuple[str, str, Span, dict[str, Any]]] = [
        ("at site", "conforms", Span(run, 0, 0, 5), {"site_id": site}),
        ("by phone", "does_not_conform", Span(run, 0, 0, 5), {"position": phone}),
        ("both", "sampled", Span(run, 0, 5, 6), {"position": phone, "site_id": site}),
        ("odd", "sampled", Span(run, 0, 5, 6), {"position": odd, "site_id": site}),
        ("nowhere", "suspected_counterfeit", Span(run, 0, 7, 8), {}),
        ("off", "sealed", Span(run, 0, 10, 20), {}),
        ("taken off", "unsealed", Span(run, 0, 0, 30), {"site_id": site}),
        ("half", "sealed", Span(run, 0, 40, 60), {}),
        ("half off", "unsealed", Span(run, 0, 40, 50), {}),
        ("another's", "unsealed", Span(run, 0, 40, 60), {"by": join_authority(supervised)}),
        ("off before", "unsealed", Span(run, 1, 0, 1), {}),
        ("late", "sealed", Span(run, 1, 0, 1), {"at": early}),
        ("anew", "sealed", Span(run, 1, 0, 1), {}),
    ]
    found: dict[str, UUID] = {}
    for name, result, span, fields in told:
        by = fields.pop("by", rita)
        details = {DETAIL: {"result": result}, "position": fields.pop("position", None)}
        outcome = supervised.tell(by, EventKind.INSPECTING, span, details=details, **fields)
        assert outcome.event_id is not None, (name, outcome.error)
        found[name] = outcome.event_id
    with supervised.world.database.write() as tx:
        capturing.declare_error(tx, supervised.act(), found["nowhere"], reason="Other pallet")
    return found


def test_what_was_registered_is_found_afterwards(
    supervised: Supervised, old_database: Database
) -> None:
    register(supervised)
    new = supervised.world.database
    copy(new, old_database)
    migrate(old_database)
    with old_database.read() as tx:
        require_current_schema(tx)
    compare(old_database, new, schema.registry_word)
    # More than one statement's worth, and nothing of an authority.
    words = read(new, schema.registry_word)
    assert len(words) > 1500
    subjects = {row[2] for row in words}
    assert supervised.rita.organisation.id not in subjects
    assert supervised.charlie.organisation.id in subjects
    assert read(old_database, schema.remit) == []
    for query in (
        Query(text="大曲"), Query(text="种子第14"), Query(text="7"), Query(category="bai jiu"),
        Query(region=GUIZHOU), Query(enterprise_id=supervised.charlie.organisation.id),
    ):  # fmt: skip
        found = [search(supervised, database, query) for database in (old_database, new)]
        assert found[0] == found[1]
        assert found[1] != [], query


def search(supervised: Supervised, database: Database, query: Query) -> list[UUID]:
    with database.read() as tx:
        found = registry.find_products(tx, supervised.act(), query)
    return [each.product.id for each in found.products]


def test_where_goods_were_is_known_afterwards(
    supervised: Supervised, old_database: Database
) -> None:
    boxes = handle(supervised)
    supervised.world.read(supervised.alice.code(1), place="23.1,113.3")
    new = supervised.world.database
    copy(new, old_database)
    migrate(old_database)
    compare(old_database, new, schema.presence)
    assert read(old_database, schema.presence_mark) == []
    assert search(supervised, old_database, Query(region=GUANGDONG)) == []
    # Where they were read follows within the hour.
    for database in (old_database, new):
        assert enter_read(database, NOW + timedelta(hours=1), lambda: None) == 1
    compare(old_database, new, schema.presence, schema.presence_mark)
    alices = supervised.alice.product.id
    assert search(supervised, old_database, Query(region=GUANGDONG)) == [alices]
    assert set(search(supervised, old_database, Query(region=JIANGSU))) == {alices, boxes}


def list_findings(
    supervised: Supervised, database: Database, *, region: str = "", is_open: bool | None = None
) -> list[UUID]:
    scope = scope_of(supervised.rita.organisation)
    with database.read() as tx:
        wanted = InspectionFilter(is_open=is_open)
        wanted = inspecting.narrow_region(tx, scope, wanted, region)
        found = inspecting.list_inspections(tx, scope, "own", wanted, limit=50)
    return [each.event.id for each in found]


def test_findings_of_before_have_places_and_what_is_off_is_closed(
    supervised: Supervised, old_database: Database
) -> None:
    found = inspect(supervised)
    new = supervised.world.database
    copy(new, old_database)
    migrate(old_database)
    compare(old_database, new, schema.inspection)
    still_open = {"by phone", "both", "odd", "half", "anew"}
    names = {event_id: name for name, event_id in found.items()}
    listed = list_findings(supervised, old_database, is_open=True)
    assert {names[each] for each in listed} == still_open
    places = build_place(*GUIYANG), build_place(*NANJING)
    cells = {None if each is None else cell_of(each) for each in places}
    assert {row[-2] for row in read(old_database, schema.inspection)} == {None, *cells}
    for region in (GUIZHOU, JIANGSU):
        assert list_findings(supervised, old_database, region=region) == list_findings(
            supervised, new, region=region
        )


def unfill(database: Database, event_ids: set[UUID]) -> None:
    """Leave findings as revision 0011 left those of before."""
    column = schema.inspection.c.event_id
    with database.write() as tx:
        empty = {"cell": None, "closed_at": None}
        tx.execute(sa.update(schema.inspection).where(column.in_(event_ids)).values(**empty))


def test_what_was_followed_since_stays_as_it_is(
    supervised: Supervised, old_database: Database
) -> None:
    found = inspect(supervised)
    new = supervised.world.database
    acts: list[tuple[Callable[..., object], str]] = [
        (following.close_finding, "by phone"),
        (following.reopen_finding, "off"),
        (following.close_finding, "anew"),
    ]
    with new.write() as tx:
        for act, name in acts:
            supervised.world.tick(days=1)
            act(tx, supervised.act(), found[name], "Because")
    upgrade(old_database, "0011")
    copy(new, old_database)
    # These were there before 0011; nobody touched them since.
    unfill(old_database, {found["late"], found["odd"], found["half"]})
    migrate(old_database)
    compare(old_database, new, schema.inspection, schema.finding_note)
    assert found["off"] in list_findings(supervised, old_database, is_open=True)
