# SPDX-License-Identifier: Apache-2.0
"""What is registered across all enterprises, as an authority searches and opens it.

Within its remit only; what lies outside is unknown. What only the manufacturer may see is not
here: how much was issued or read, its partners, its sales regions, its downloads and its people.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import Batch, Product
from trueorigin.domain.days import name_day
from trueorigin.domain.errors import InvalidError, NotFoundError
from trueorigin.domain.records import record
from trueorigin.domain.remits import Region, Remit, find_division, find_province, name_province
from trueorigin.domain.risk import parse_place
from trueorigin.domain.tenancy import Act, Organisation, Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.domain.units import Recall
from trueorigin.domain.words import list_sought
from trueorigin.services.remits import find_region
from trueorigin.services.search import clean_text
from trueorigin.storage import accounts, catalog, figures, registry, remits, units
from trueorigin.storage.database import Tx
from trueorigin.storage.figures import Period
from trueorigin.storage.registry import Wanted
from trueorigin.storage.registry_words import ENTERPRISE_ROLES, WordKind

# The longest name.
TEXT_LENGTH_MAX: Final = 200
# A season of readings, and the period that a product's page is about.
PERIOD_DAYS: Final = 90
# Batches and products of one page; older ones are behind it.
PAGE: Final = 50


@record
class Query:
    """What an inspector typed: a name or number, a category, a region, an enterprise."""

    text: str = ""
    category: str = ""
    region: str = ""
    enterprise_id: UUID | None = None


@record
class ProductHit:
    """A product that was found, and whose it is."""

    product: Product
    enterprise: Organisation


@record
class Found:
    """What a search found, newest first; `is_cut`: the text has more matches than were looked at.

    `is_more` says that there is another page.
    """

    products: tuple[ProductHit, ...] = ()
    enterprises: tuple[Organisation, ...] = ()
    is_cut: bool = False
    is_more: bool = False


@record
class Suspicions:
    """Readings with a warning in some days: by province of the remit, and elsewhere in all.

    `places` are cells within the remit. A reading without a place is elsewhere.
    """

    by_region: tuple[tuple[Region, int], ...]
    elsewhere: int
    places: Mapping[str, int]


@record
class ProductSheet:
    """A product as it is registered; `recalls` in force are by batch."""

    product: Product
    enterprise: Organisation
    seat: Region | None
    batches: tuple[Batch, ...]
    is_more: bool
    recalls: Mapping[UUID, tuple[Recall, ...]]
    suspicions: Suspicions


@record
class EnterpriseSheet:
    """An enterprise as it is registered, and its products within the remit."""

    enterprise: Organisation
    seat: Region | None
    division: str | None
    products: tuple[Product, ...]
    is_more: bool


def parse_query(query: Query, remit: Remit) -> Wanted:
    """Return what to look for, or refuse it: a region has to be a province or of the remit."""
    text = clean_text(query.text)
    if len(text) > TEXT_LENGTH_MAX:
        raise InvalidError("text_too_long", field="text", max=TEXT_LENGTH_MAX, length=len(text))
    words = tuple(list_sought(text))
    if text and not words:
        raise InvalidError("search_without_letters", field="text")
    category = clean_text(query.category)
    if len(category) > LINE_LENGTH_MAX:
        length = len(category)
        raise InvalidError("text_too_long", field="category", max=LINE_LENGTH_MAX, length=length)
    return Wanted(
        words=words,
        category=category or None,
        region=find_region(query.region, remit) if query.region else None,
        enterprise_id=query.enterprise_id,
    )


def find_products(
    tx: Tx, act: Act, query: Query, *, before: UUID | None = None, limit: int = PAGE
) -> Found:
    """Search products of all enterprises within the remit. Four queries."""
    remit = remits.find_remit(tx, act.scope)
    wanted = parse_query(query, remit)
    rows = registry.find_products(tx, remit, wanted, before=before, limit=limit + 1)
    owners = accounts.find_organisations(tx, {each.organisation_id for each in rows})
    return Found(
        products=tuple(
            ProductHit(product=each, enterprise=owners[each.organisation_id])
            for each in rows[:limit]
        ),
        is_cut=registry.is_cut(tx, WordKind.NAME, wanted),
        is_more=len(rows) > limit,
    )


def find_enterprises(
    tx: Tx, act: Act, query: Query, *, before: UUID | None = None, limit: int = PAGE
) -> Found:
    """Search enterprises within the remit by name or 统一社会信用代码. Three queries."""
    remit = remits.find_remit(tx, act.scope)
    wanted = parse_query(query, remit)
    rows = registry.find_enterprises(tx, remit, wanted, before=before, limit=limit + 1)
    return Found(
        enterprises=tuple(rows[:limit]),
        is_cut=registry.is_cut(tx, WordKind.ENTERPRISE, wanted),
        is_more=len(rows) > limit,
    )


def get_product(
    tx: Tx, act: Act, product_id: UUID, *, before: UUID | None = None, limit: int = PAGE
) -> ProductSheet:
    """Return a product as registered; `product_not_found` outside the remit. Nine queries.

    Whoever answers with it takes the look down first (`looks.record_product_look`).
    """
    remit = remits.find_remit(tx, act.scope)
    product = catalog.find_product(tx, product_id)
    if product is None or not registry.covers_product(tx, remit, product_id):
        raise NotFoundError("product_not_found")
    owner = accounts.find_organisations(tx, [product.organisation_id])[product.organisation_id]
    batches = registry.list_batches(tx, product_id, before=before, limit=limit + 1)
    shown = batches[:limit]
    return ProductSheet(
        product=product,
        enterprise=owner,
        seat=_find_seat(owner),
        batches=tuple(shown),
        is_more=len(batches) > limit,
        recalls=_find_recalls(tx, shown, act.at),
        suspicions=_find_suspicions(tx, remit, product, owner, act.at),
    )


def get_known_product(tx: Tx, act: Act, product_id: UUID) -> Product:
    """Return a product whose name the caller may know: its own, or within an authority's remit.

    `product_not_found` for any other. Three queries at most.
    """
    product = catalog.find_product(tx, product_id)
    if product is not None and product.organisation_id == act.scope:
        return product
    remit = _find_remit(tx, act)
    if product is None or remit is None or not registry.covers_product(tx, remit, product_id):
        raise NotFoundError("product_not_found")
    return product


def get_known_enterprise(tx: Tx, act: Act, organisation_id: UUID) -> Organisation:
    """Return the caller's organisation, or for an authority an enterprise within its remit."""
    if organisation_id == act.scope:
        return accounts.get_organisation(tx, act.scope)
    remit = _find_remit(tx, act)
    if remit is None:
        raise NotFoundError("organisation_not_found")
    return _get_covered(tx, remit, organisation_id)


def _find_remit(tx: Tx, act: Act) -> Remit | None:
    """Return what the caller answers for; None for who is no authority."""
    is_authority = Permission.REGISTRY_READ in act.actor.permissions
    return remits.find_remit(tx, act.scope) if is_authority else None


def _get_covered(tx: Tx, remit: Remit, organisation_id: UUID) -> Organisation:
    found = accounts.find_organisation(tx, organisation_id)
    is_enterprise = found is not None and bool(found.roles & ENTERPRISE_ROLES)
    if found is None or not is_enterprise or not registry.covers_enterprise(tx, remit, found.id):
        raise NotFoundError("organisation_not_found")
    return found


def get_enterprise(
    tx: Tx, act: Act, organisation_id: UUID, *, before: UUID | None = None, limit: int = PAGE
) -> EnterpriseSheet:
    """Return an enterprise as registered; `organisation_not_found` outside the remit.

    Whoever answers with it takes the look down first (`looks.record_enterprise_look`).
    """
    remit = remits.find_remit(tx, act.scope)
    found = _get_covered(tx, remit, organisation_id)
    wanted = Wanted(enterprise_id=found.id)
    rows = registry.find_products(tx, remit, wanted, before=before, limit=limit + 1)
    return EnterpriseSheet(
        enterprise=found,
        seat=_find_seat(found),
        division=find_division(found.uscc),
        products=tuple(rows[:limit]),
        is_more=len(rows) > limit,
    )


def _find_seat(organisation: Organisation) -> Region | None:
    """Return the province in which an enterprise is registered."""
    division = find_division(organisation.uscc)
    return None if division is None else find_province(division[:2])


def _find_recalls(tx: Tx, batches: Sequence[Batch], at: datetime) -> dict[UUID, tuple[Recall, ...]]:
    """Return the recalls in force of each batch, of the whole or of a range of it. Two queries."""
    found: dict[UUID, list[Recall]] = {}
    for batch_id, each in units.list_recalls_of(tx, [batch.id for batch in batches]):
        if each.is_in_force(at):
            found.setdefault(batch_id, []).append(each)
    return {key: tuple(each) for key, each in found.items()}


def _find_suspicions(
    tx: Tx, remit: Remit, product: Product, owner: Organisation, at: datetime
) -> Suspicions:
    zone = owner.time_zone
    start = name_day(at - timedelta(days=PERIOD_DAYS), zone)
    period = Period(start=start, stop=name_day(at, zone) + 1, time_zone=zone)
    counts = figures.sum_suspicious(tx, product.id, period)
    by_code: Counter[str] = Counter()
    places: dict[str, int] = {}
    elsewhere = 0
    for text, count in counts.items():
        place = parse_place(text)
        code = None if place is None else name_province(place)
        if place is None or code is None or not remit.covers_place(place):
            elsewhere += count
        else:
            by_code[code] += count
            places[text] = count
    named = ((find_province(code), count) for code, count in by_code.most_common())
    return Suspicions(
        by_region=tuple((region, count) for region, count in named if region is not None),
        elsewhere=elsewhere,
        places=places,
    )
