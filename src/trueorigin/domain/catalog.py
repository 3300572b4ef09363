# SPDX-License-Identifier: Apache-2.0
"""Products, batches and runs: their shapes and the arithmetic of a packing plan."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

# Level 0 is the item; 1 to 3 are case, pallet, container.
LEVELS_MAX = 4
# How often the codes of a run may be taken away before an owner has to allow more.
DOWNLOADS_MAX = 3
# 32 bits of index in every serial.
QUANTITY_MAX = 2**32
# A pack of one is not a group; beyond this a packing line has made a typing error.
PACK_MIN, PACK_MAX = 2, 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalText:
    """One text in the two languages; at least one of them is given."""

    zh: str | None
    en: str | None

    def pick(self, language: str) -> str:
        """Return the text in `language`, or in the other one where it is missing."""
        first, second = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return first or second or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A raw material that went into a batch."""

    name: str
    supplier: str | None
    lot: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialFilter:
    """Which raw material is meant: all that is given must agree, word for word."""

    name: str | None = None
    supplier: str | None = None
    lot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a batch comes from: place, line and raw materials."""

    place: LocalText | None
    line: str | None
    materials: tuple[Material, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One line said of a product, such as its strength and how strong."""

    name: LocalText
    value: LocalText


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Basic features of goods, under a GTIN-14 or an organisation-internal number.

    `version` counts the changes from 1. A product of an import that is not visible yet
    (`import_id`) is in no list and found by nobody.
    """

    id: UUID
    organisation_id: UUID
    gtin: str | None
    internal_number: str | None
    name: LocalText
    description: LocalText | None
    category: str | None
    specification: str | None
    created_at: datetime
    features: tuple[Feature, ...] = ()
    picture_file_ids: tuple[UUID, ...] = ()
    certificate_file_ids: tuple[UUID, ...] = ()
    version: int = 1
    updated_at: datetime | None = None
    import_id: UUID | None = None

    def __hash__(self) -> int:
        """Hash the id alone: rendered answers are kept by product, and all fields cost 9 us."""
        return hash(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A lot of a product. `expires_on` is the last good day in the organisation's time zone."""

    id: UUID
    organisation_id: UUID
    product_id: UUID
    lot: str
    produced_on: date | None
    expires_on: date | None
    origin: Origin
    created_at: datetime
    paper_file_ids: tuple[UUID, ...] = ()
    version: int = 1
    updated_at: datetime | None = None
    import_id: UUID | None = None

    def __hash__(self) -> int:
        """Hash the id alone, as products do."""
        return hash(self.id)


class Contents(StrEnum):
    """How a group code carries the numbers of its units."""

    LIST = "list"
    FIRST = "first"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One order of codes for a batch: one row, whatever the quantity.

    `id` is at most 29 bits, `ordinal` 20 bits within the organisation's key `epoch`.
    `packing` holds the units per group from the case upwards: (24, 40) is 24 items a case and
    40 cases a pallet. `group_gtins` and `sscc_first` have one entry per group level; a level
    has its own GTIN, or a first SSCC serial reference under `gs1_prefix`, or neither.
    """

    id: int
    organisation_id: UUID
    batch_id: UUID
    product_id: UUID
    epoch: int
    ordinal: int
    symbols: int
    quantity: int
    packing: tuple[int, ...]
    group_gtins: tuple[str | None, ...]
    gs1_prefix: str | None
    sscc_first: tuple[int | None, ...]
    contents: Contents
    public_url: str
    created_at: datetime
    downloads_max: int = DOWNLOADS_MAX

    @property
    def levels(self) -> range:
        """Return the levels this run has, items first."""
        return range(len(self.packing) + 1)

    def pack_size(self, level: int) -> int:
        """Return how many items a full unit of `level` holds; 1 at level 0."""
        size = 1
        for count in self.packing[:level]:
            size *= count
        return size

    def quantity_at(self, level: int) -> int:
        """Return how many units `level` has; the last group may be short."""
        return -(-self.quantity // self.pack_size(level))

    def count_inside(self, level: int, index: int, below: int) -> int:
        """Return how many units of level `below` are in group `index`; the last may hold fewer."""
        full = self.pack_size(level) // self.pack_size(below)
        return min(self.quantity_at(below) - index * full, full)

    def parent_index(self, level: int, index: int) -> int | None:
        """Return the planned container's index one level up, or None at the top."""
        return index // self.packing[level] if level < len(self.packing) else None
