# SPDX-License-Identifier: Apache-2.0
"""`product` and `batch`: what a manufacturer registers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from trueorigin.cli.accounts import parse_id
from trueorigin.cli.options import AsJSON, Data, DatabaseURL, Organisation, parse_day
from trueorigin.cli.output import print_new, print_rows

if TYPE_CHECKING:
    from trueorigin.domain.tenancy import TenantScope
    from trueorigin.storage.database import Tx

_PAGE = 1000

_product = typer.Typer(help="Products.", no_args_is_help=True)
_batch = typer.Typer(help="Batches of products.", no_args_is_help=True)

NameZh = Annotated[str | None, typer.Option("--name-zh", help="Name in Chinese.")]
NameEn = Annotated[str | None, typer.Option("--name-en", help="Name in English.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_product, name="product")
    app.add_typer(_batch, name="batch")


@_product.command("create")
def create_product(
    org: Organisation,
    gtin: Annotated[str | None, typer.Option(help="GTIN of 8, 12, 13 or 14 digits.")] = None,
    number: Annotated[str | None, typer.Option(help="Own number, without a GTIN.")] = None,
    name_zh: NameZh = None,
    name_en: NameEn = None,
    specification: Annotated[str | None, typer.Option(help="500 mL, 53 % vol.")] = None,
    category: Annotated[str | None, typer.Option(help="Kind of goods.")] = None,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Register a product; prints its id."""
    from trueorigin.cli.session import open_session
    from trueorigin.domain.catalog import LocalText
    from trueorigin.services import catalog

    draft = catalog.ProductDraft(
        name=LocalText(zh=name_zh, en=name_en),
        gtin=gtin,
        internal_number=number,
        specification=specification,
        category=category,
    )
    with open_session(data, database) as session, session.database.write() as tx:
        product = catalog.create_product(tx, session.open_act(tx, org), draft)
    print_new(str(product.id), as_json=as_json, gtin=product.gtin)


@_product.command("list")
def list_products(
    org: Organisation,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """List the products of an organisation."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import catalog

    def read(tx: "Tx", scope: "TenantScope") -> Iterator[tuple[object, ...]]:
        after = None
        while page := catalog.list_products(tx, scope, after=after, limit=_PAGE):
            after = page[-1].id
            for each in page:
                yield each.id, each.gtin or each.internal_number, each.name.zh, each.name.en

    with open_session(data, database) as session, session.database.read() as tx:
        rows = list(read(tx, session.open_act(tx, org).scope))
    print_rows(("id", "number", "name_zh", "name_en"), rows, as_json=as_json)


@_batch.command("create")
def create_batch(
    org: Organisation,
    product: Annotated[str, typer.Option(help="Id of the product.")],
    lot: Annotated[str, typer.Option(help="Lot as printed on the goods.")],
    produced_on: Annotated[str | None, typer.Option(help="Day of production.")] = None,
    expires_on: Annotated[str | None, typer.Option(help="Last good day.")] = None,
    place_zh: Annotated[str | None, typer.Option(help="Place of origin in Chinese.")] = None,
    place_en: Annotated[str | None, typer.Option(help="Place of origin in English.")] = None,
    line: Annotated[str | None, typer.Option(help="Production line.")] = None,
    material: Annotated[
        list[str] | None, typer.Option(help="Raw material as NAME|SUPPLIER|LOT; repeat it.")
    ] = None,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Register a batch of a product; prints its id."""
    from trueorigin.cli.session import open_session
    from trueorigin.domain.catalog import LocalText, Material, Origin
    from trueorigin.services import catalog

    parts = [[*each.split("|", 2), "", ""][:3] for each in material or []]
    draft = catalog.BatchDraft(
        product_id=parse_id(product, "--product"),
        lot=lot,
        produced_on=parse_day(produced_on, "--produced-on"),
        expires_on=parse_day(expires_on, "--expires-on"),
        origin=Origin(
            place=LocalText(zh=place_zh, en=place_en) if place_zh or place_en else None,
            line=line,
            materials=tuple(
                Material(name=name, supplier=supplier or None, lot=material_lot or None)
                for name, supplier, material_lot in parts
            ),
        ),
    )
    with open_session(data, database) as session, session.database.write() as tx:
        batch = catalog.create_batch(tx, session.open_act(tx, org), draft)
    print_new(str(batch.id), as_json=as_json, lot=batch.lot)


@_batch.command("list")
def list_batches(
    org: Organisation,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """List the batches of an organisation."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import catalog

    def read(tx: "Tx", scope: "TenantScope") -> Iterator[tuple[object, ...]]:
        after = None
        while page := catalog.list_batches(tx, scope, product_id=None, after=after, limit=_PAGE):
            after = page[-1].id
            for each in page:
                yield each.id, each.product_id, each.lot, each.produced_on, each.expires_on

    names = ("id", "product_id", "lot", "produced_on", "expires_on")
    with open_session(data, database) as session, session.database.read() as tx:
        rows = list(read(tx, session.open_act(tx, org).scope))
    print_rows(names, rows, as_json=as_json)
