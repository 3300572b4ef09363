# SPDX-License-Identifier: Apache-2.0
"""The words by which products and enterprises are found: written with each of them.

Some ten rows for a Chinese name, one a word for any other. Nothing that a consumer's page does
not tell is among them.
"""

from collections.abc import Collection, Sequence
from enum import IntEnum
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.catalog import Product
from trueorigin.domain.remits import find_division
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.domain.words import fold_line, list_number_words, list_words
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import copy_rows, to_identifiers
from trueorigin.storage.schema import registry_word

# Whose goods or premises an authority inspects: neither itself nor who runs the data centre.
ENTERPRISE_ROLES: Final = frozenset({Role.MANUFACTURER, Role.SELLER, Role.LOGISTICS})


class WordKind(IntEnum):
    """What a word is of: a product's names and numbers, its category; an enterprise; its seat.

    A category is one word, folded (`fold_line`); a seat is the six digits of a division.
    """

    NAME = 1
    CATEGORY = 2
    ENTERPRISE = 3
    SEAT = 4


def append_product_words(tx: Tx, rows: Sequence[Product]) -> None:
    """Add the words of new products. One statement, if any."""
    ids = to_identifiers(tx.dialect, [row.id for row in rows])
    values = [
        (kind.value, word, subject_id)
        for row, subject_id in zip(rows, ids, strict=True)
        for kind, word in _list_product_words(row)
    ]
    if values:
        copy_rows(tx, registry_word.name, ("kind", "word", "subject_id"), values)


def replace_product_words(tx: Tx, row: Product) -> None:
    """Write the words of a product that was changed."""
    delete_words(tx, [row.id])
    append_product_words(tx, [row])


def replace_enterprise_words(tx: Tx, row: Organisation) -> None:
    """Write the words of an organisation; one that is no enterprise has none."""
    delete_words(tx, [row.id])
    if not ENTERPRISE_ROLES & row.roles:
        return
    words = [*list_words((row.name, row.legal_name)), *list_number_words((row.uscc,))]
    values = [
        {"kind": WordKind.ENTERPRISE, "word": word, "subject_id": row.id}
        for word in dict.fromkeys(words)
    ]
    division = find_division(row.uscc)
    if division is not None:
        values.append({"kind": WordKind.SEAT, "word": division.encode(), "subject_id": row.id})
    if values:
        tx.execute(sa.insert(registry_word), values)


def delete_words(tx: Tx, subject_ids: Collection[UUID]) -> None:
    """Forget the words of what is changed or removed."""
    if subject_ids:
        tx.execute(sa.delete(registry_word).where(registry_word.c.subject_id.in_(subject_ids)))


def _list_product_words(row: Product) -> list[tuple[WordKind, bytes]]:
    words = [*list_words((row.name.zh, row.name.en)),
             *list_number_words((row.gtin, row.internal_number))]  # fmt: skip
    found = [(WordKind.NAME, word) for word in dict.fromkeys(words)]
    if row.category:
        found.append((WordKind.CATEGORY, fold_line(row.category).encode()))
    return found
