# SPDX-License-Identifier: Apache-2.0
"""What a group should hold by its packing plan, and whether its label says the same.

Computed from the run and the key, nothing is looked up for each unit. The printed list is a claim:
it is compared and never believed.
"""

from dataclasses import dataclass
from typing import Final

from trueorigin.domain.digitallink import CONTENTS_PARSED_MAX, parse_contents
from trueorigin.domain.scans import ScanUnit
from trueorigin.domain.serials import as_text, number
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Tx

# As many as a label can list; larger groups show their first units.
NUMBERS_MAX: Final = CONTENTS_PARSED_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupContents:
    """The planned contents of one group, in the order of packing.

    `count` units of `level` hold `items` items in all; `numbers` are the first `NUMBERS_MAX`.
    `agrees` is None when the label says nothing readable; `missing` are packed but not printed,
    `extra` printed but not packed.
    """

    level: int
    count: int
    items: int
    numbers: tuple[str, ...]
    agrees: bool | None
    missing: tuple[str, ...]
    extra: tuple[str, ...]


def find_planned_contents(
    tx: Tx, catalogue: Catalogue, vault: Vault, unit: ScanUnit, claim: str | None
) -> GroupContents:
    """Return what `unit`, a group, was planned to hold, compared with the printed `claim`.

    At most one query where the organisation is known already.
    """
    run, below = unit.run, unit.level - 1
    first = unit.index * run.packing[below]
    stop = min(first + run.packing[below], run.quantity_at(below))
    size = run.pack_size(unit.level)
    organisation_id = unit.organisation.id
    entry = catalogue.open_organisations(tx, vault, {organisation_id})[organisation_id]
    cipher = dict(entry.ciphers(run.symbols))[run.epoch]
    shown = min(stop, first + NUMBERS_MAX)
    serials = as_text(cipher.encode_range(run.ordinal, below, first, shown))
    numbers = tuple(number(serial) for serial in serials)
    missing, extra, agrees = _compare(numbers, stop - first, claim)
    return GroupContents(
        level=below,
        count=stop - first,
        items=min(size, run.quantity - unit.index * size),
        numbers=numbers,
        agrees=agrees,
        missing=missing,
        extra=extra,
    )


def _compare(
    numbers: tuple[str, ...], count: int, claim: str | None
) -> tuple[tuple[str, ...], tuple[str, ...], bool | None]:
    """Compare the plan with the printed list; order means nothing, a number twice is extra."""
    claimed = parse_contents(claim) if claim else None
    if claimed is None:
        return (), (), None
    if not claimed.is_listed:
        return (), (), claimed.count == count and claimed.numbers[0] == numbers[0]
    rest = list(claimed.numbers)
    missing = []
    for each in numbers:
        if each in rest:
            rest.remove(each)
        else:
            missing.append(each)
    return tuple(missing), tuple(rest), not missing and not rest and count == len(claimed.numbers)
