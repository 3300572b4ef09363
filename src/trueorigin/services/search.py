# SPDX-License-Identifier: Apache-2.0
"""One box for everything an organisation has: products, lots, runs, and codes.

A code is only recognised by its form here; looking a unit up is another page's work.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from trueorigin.domain.catalog import Product
from trueorigin.domain.digitallink import parse_code
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage import search as stored
from trueorigin.storage.database import Tx
from trueorigin.storage.search import BatchOfProduct, RunOfBatch

# A whole printed URL with the contents of a case fits.
TEXT_LENGTH_MAX: Final = 2048
# Nobody reads further down; a longer word finds less.
HITS_MAX: Final = 20
# The longest name; beyond it only a code can be meant.
_NAME_LENGTH_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What was found, newest first, at most `HITS_MAX` of a kind."""

    products: tuple[Product, ...] = ()
    batches: tuple[BatchOfProduct, ...] = ()
    runs: tuple[RunOfBatch, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything was found."""
        return bool(self.products or self.batches or self.runs)


def find_everything(tx: Tx, scope: TenantScope, text: str) -> Hits:
    """Return what is called by `text` or a part of it. At most seven queries."""
    text = clean_text(text)
    if not text or len(text) > _NAME_LENGTH_MAX:
        return Hits()
    return Hits(
        products=tuple(stored.list_newest_products(tx, scope, text=text, limit=HITS_MAX)),
        batches=tuple(stored.list_newest_batches(tx, scope, text=text, limit=HITS_MAX)),
        runs=tuple(stored.list_newest_runs(tx, scope, text=text, limit=HITS_MAX)),
    )


def clean_text(text: str) -> str:
    """Return `text` as databases can look for it: no NUL, no half characters, no outer blanks."""
    return "".join(
        each for each in text if each != "\0" and not "\ud800" <= each <= "\udfff"
    ).strip()


def is_code(text: str, hosts: Collection[str]) -> bool:
    """Tell whether `text` has the form of a printed code: a URL of ours, or what is under it."""
    if not text.strip() or len(text) > TEXT_LENGTH_MAX:
        return False
    try:
        code = parse_code(text, hosts=frozenset(hosts))
    except InvalidError:
        return False
    return code.serial is not None or code.sscc is not None or code.prefix is not None


def list_products(
    tx: Tx, scope: TenantScope, *, text: str = "", before: UUID | None = None, limit: int
) -> list[Product]:
    """List products with `text` in a name or number, newest first, those older than `before`."""
    return stored.list_newest_products(tx, scope, text=clean_text(text), before=before, limit=limit)


def list_batches(
    tx: Tx,
    scope: TenantScope,
    *,
    text: str = "",
    product_id: UUID | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[BatchOfProduct]:
    """List batches with `text` in the lot, of one product or of all, newest first."""
    return stored.list_newest_batches(
        tx, scope, text=clean_text(text), product_id=product_id, before=before, limit=limit
    )


def list_runs(
    tx: Tx, scope: TenantScope, *, text: str = "", before: int | None = None, limit: int
) -> list[RunOfBatch]:
    """List runs of that number or with `text` in the lot, newest first, those before `before`."""
    return stored.list_newest_runs(tx, scope, text=clean_text(text), before=before, limit=limit)
