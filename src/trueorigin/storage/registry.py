# SPDX-License-Identifier: Apache-2.0
"""Search what is registered across all enterprises, for authorities and within their remit.

A text is found through one range of the index of words, so a search costs what it finds: of the
matches of its longest word the first `MATCHES_MAX`, in the order of the alphabet, are looked
through, whatever the number of products there are. Newest first, by id, which is their age.
"""

from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import Batch, Product
from trueorigin.domain.records import record
from trueorigin.domain.remits import Region, Remit
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.words import after, fold_line
from trueorigin.storage.accounts import build_organisation
from trueorigin.storage.catalog import build_batch, build_product, is_visible
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import ranges_table
from trueorigin.storage.registry_words import WordKind
from trueorigin.storage.schema import batch, organisation, presence, product, registry_word

PAGE_MAX: Final = 1000
# Matches of one search that are looked through: 20 to 50 ms. Who finds more says more.
MATCHES_MAX: Final = 10_000


@record
class Wanted:
    """What is looked for; everything that is given has to fit.

    `words` are beginnings (`list_sought`), the longest first. A region is where the enterprise is
    registered, or where goods were read or handled.
    """

    words: tuple[bytes, ...] = ()
    category: str | None = None
    region: Region | None = None
    enterprise_id: UUID | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was asked for."""
        return self == Wanted()


def find_products(
    tx: Tx, remit: Remit, wanted: Wanted, *, before: UUID | None = None, limit: int
) -> list[Product]:
    """Return products within a remit, newest first, those older than `before`; none unasked."""
    if wanted.is_empty:
        return []
    query = sa.select(product).where(is_visible(product), *_fit_product(tx, wanted))
    query = query.where(*_limit_product(tx, remit))
    if before is not None:
        query = query.where(product.c.id < before)
    query = query.order_by(product.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [build_product(row) for row in tx.execute(query).mappings()]


def find_enterprises(
    tx: Tx, remit: Remit, wanted: Wanted, *, before: UUID | None = None, limit: int
) -> list[Organisation]:
    """Return enterprises within a remit in the same way; `category` is that of their products."""
    if wanted.is_empty:
        return []
    query = sa.select(organisation).where(*_fit_enterprise(tx, wanted))
    query = query.where(*_limit_enterprise(tx, remit))
    if before is not None:
        query = query.where(organisation.c.id < before)
    query = query.order_by(organisation.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [build_organisation(row) for row in tx.execute(query).mappings()]


def list_batches(
    tx: Tx, product_id: UUID, *, before: UUID | None = None, limit: int
) -> list[Batch]:
    """Return the batches of a product, whosever it is, newest first."""
    query = sa.select(batch).where(batch.c.product_id == product_id, is_visible(batch))
    if before is not None:
        query = query.where(batch.c.id < before)
    query = query.order_by(batch.c.id.desc()).limit(min(limit, PAGE_MAX))
    return [build_batch(row) for row in tx.execute(query).mappings()]


def is_cut(tx: Tx, kind: WordKind, wanted: Wanted) -> bool:
    """Say whether a text has more matches than are looked through. One query."""
    if not wanted.words:
        return False
    query = sa.select(sa.literal(1)).where(*_begins(kind, wanted.words[0]))
    return tx.execute(query.limit(1).offset(MATCHES_MAX)).first() is not None


def covers_product(tx: Tx, remit: Remit, product_id: UUID) -> bool:
    """Say whether a product, and so its goods, are within a remit. One query, if any."""
    if not remit.is_limited:
        return True
    query = sa.select(product.c.id).where(product.c.id == product_id, *_limit_product(tx, remit))
    return tx.execute(query).first() is not None


def covers_enterprise(tx: Tx, remit: Remit, organisation_id: UUID) -> bool:
    """Say whether an enterprise is within a remit. One query, if any."""
    if not remit.is_limited:
        return True
    own = organisation.c.id == organisation_id
    query = sa.select(organisation.c.id).where(own, *_limit_enterprise(tx, remit))
    return tx.execute(query).first() is not None


def _fit_product(tx: Tx, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a search; the first narrows it down by an index."""
    fits: list[sa.ColumnElement[bool]] = []
    if wanted.words:
        fits.append(product.c.id.in_(_match(WordKind.NAME, wanted.words[0])))
        fits += [_has_word(WordKind.NAME, product.c.id, each) for each in wanted.words[1:]]
    if wanted.enterprise_id is not None:
        fits.append(product.c.organisation_id == wanted.enterprise_id)
    if wanted.category is not None:
        same = registry_word.c.word == fold_line(wanted.category).encode()
        found = sa.select(registry_word.c.subject_id).where(
            registry_word.c.kind == WordKind.CATEGORY, same
        )
        fits.append(product.c.id.in_(found))
    if wanted.region is not None:
        within = Remit(regions=(wanted.region,))
        near = sa.select(presence.c.product_id).where(_is_within(tx, within))
        seated = _list_seated(within)
        fits.append(sa.or_(product.c.id.in_(near), product.c.organisation_id.in_(seated)))
    return fits


def _fit_enterprise(tx: Tx, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    fits: list[sa.ColumnElement[bool]] = []
    column = organisation.c.id
    if wanted.words:
        fits.append(column.in_(_match(WordKind.ENTERPRISE, wanted.words[0])))
        fits += [_has_word(WordKind.ENTERPRISE, column, each) for each in wanted.words[1:]]
    else:
        # Authorities and operators are no enterprises, and have no words.
        fits.append(_has_any(WordKind.ENTERPRISE, column))
    if wanted.enterprise_id is not None:
        fits.append(column == wanted.enterprise_id)
    if wanted.category is not None:
        fits.append(_sells(Remit(categories=(wanted.category,)), is_strict=True))
    if wanted.region is not None:
        within = Remit(regions=(wanted.region,))
        near = sa.select(presence.c.organisation_id).where(_is_within(tx, within))
        fits.append(sa.or_(column.in_(near), column.in_(_list_seated(within))))
    return fits


def _limit_product(tx: Tx, remit: Remit) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a remit: excluded is only what certainly lies outside."""
    limits: list[sa.ColumnElement[bool]] = []
    if remit.categories:
        limits.append(_is_of(remit, is_strict=False))
    if remit.regions:
        here = presence.c.product_id == product.c.id
        limits.append(_lies_within(tx, remit, product.c.organisation_id, here))
    return limits


def _limit_enterprise(tx: Tx, remit: Remit) -> list[sa.ColumnElement[bool]]:
    limits: list[sa.ColumnElement[bool]] = []
    if remit.categories:
        none = ~sa.exists().where(product.c.organisation_id == organisation.c.id)
        limits.append(sa.or_(none, _sells(remit, is_strict=False)))
    if remit.regions:
        here = presence.c.organisation_id == organisation.c.id
        limits.append(_lies_within(tx, remit, organisation.c.id, here))
    return limits


def _lies_within(
    tx: Tx, remit: Remit, owner: sa.Column[UUID], here: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Match what is seated or present in the regions of a remit, or of which neither is known."""
    unknown = sa.and_(~_has_any(WordKind.SEAT, owner), ~sa.exists().where(here))
    present = sa.exists().where(here, _is_within(tx, remit))
    return sa.or_(owner.in_(_list_seated(remit)), present, unknown)


def _is_within(tx: Tx, remit: Remit) -> sa.ColumnElement[bool]:
    ranges = ranges_table(tx.dialect, remit.cells)
    return sa.exists().where(presence.c.cell >= ranges.c.low, presence.c.cell <= ranges.c.high)


def _list_seated(remit: Remit) -> sa.Select[tuple[UUID]]:
    kind, word = registry_word.c.kind == WordKind.SEAT, registry_word.c.word
    codes = [each.encode() for each in remit.seats]
    inside = sa.or_(*(sa.and_(word >= code, word < after(code)) for code in codes))
    return sa.select(registry_word.c.subject_id).where(kind, inside)


def _sells(remit: Remit, *, is_strict: bool) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        product.c.organisation_id == organisation.c.id, _is_of(remit, is_strict=is_strict)
    )


def _is_of(remit: Remit, *, is_strict: bool) -> sa.ColumnElement[bool]:
    """Match products of the remit's categories; unless `is_strict`, those that say none too."""
    named = sa.exists().where(
        registry_word.c.subject_id == product.c.id,
        registry_word.c.kind == WordKind.CATEGORY,
        registry_word.c.word.in_([each.encode() for each in sorted(remit.folded_categories)]),
    )
    return named if is_strict else sa.or_(~_has_any(WordKind.CATEGORY, product.c.id), named)


def _match(kind: WordKind, word: bytes) -> sa.Select[tuple[UUID]]:
    """Return the subjects of the first `MATCHES_MAX` words that begin like `word`."""
    found = (
        sa.select(registry_word.c.subject_id)
        .where(*_begins(kind, word))
        .order_by(registry_word.c.kind, registry_word.c.word, registry_word.c.subject_id)
        .limit(MATCHES_MAX)
        .subquery()
    )
    return sa.select(found.c.subject_id)


def _begins(kind: WordKind, word: bytes) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        registry_word.c.kind == kind,
        registry_word.c.word >= word,
        registry_word.c.word < after(word),
    )


def _has_word(kind: WordKind, subject: sa.Column[UUID], word: bytes) -> sa.ColumnElement[bool]:
    return sa.exists().where(registry_word.c.subject_id == subject, *_begins(kind, word))


def _has_any(kind: WordKind, subject: sa.Column[UUID]) -> sa.ColumnElement[bool]:
    return sa.exists().where(registry_word.c.subject_id == subject, registry_word.c.kind == kind)
