# SPDX-License-Identifier: Apache-2.0
"""Advice on group codes: how many numbers a label holds, and what is printed beyond that.

Measured with the run's own addresses, design and label, so that what is promised is what the
label shop does.
"""

from dataclasses import dataclass, replace
from typing import Final

from trueorigin.adapters.pdf import LabelJob
from trueorigin.domain import qr
from trueorigin.domain.catalog import Contents
from trueorigin.domain.codelist import list_label_rows
from trueorigin.domain.digitallink import CONTENTS_LISTED_MAX
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.qr_tables import size_of
from trueorigin.domain.sheets import QUIET_ZONE_MODULES, Placement
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelOrder, build_job

# One measure of a symbol takes some milliseconds; seven of them find the longest list.
_NUMBERS: Final = range(1, CONTENTS_LISTED_MAX + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAdvice:
    """How the code of a full group comes out on a label.

    `units` are inside; `contents` is what the code carries of them, `FIRST` beyond
    `CONTENTS_LISTED_MAX` whatever was ordered. `x_dimension_mm` and `footprint_mm` (with quiet
    zone) are None where the symbol does not fit the label. `listed_max` is how many numbers would
    fit it as a list, `first_version` the symbol of first and count.
    """

    units: int
    contents: Contents
    version: int
    modules: int
    x_dimension_mm: float | None
    footprint_mm: float | None
    listed_max: int
    first_version: int

    @property
    def passes(self) -> bool:
        """Tell whether the label can be printed."""
        return self.x_dimension_mm is not None


def advise_group(export: Export, order: LabelOrder) -> GroupAdvice:
    """Measure the code of a full group of the export's level; items have no such code."""
    run, level = export.codes.run, export.codes.level
    if not level:
        raise ValueError("items hold nothing")
    units = run.packing[level - 1]
    is_listed = run.contents is Contents.LIST and units <= CONTENTS_LISTED_MAX
    is_first = run.contents is not Contents.NONE and not is_listed
    contents = Contents.FIRST if is_first else run.contents
    version = _measure(export, units, contents)
    placed = _place(export, order, version)
    listed_max = 0
    low, high = _NUMBERS.start, _NUMBERS.stop
    while low < high:
        middle = (low + high) // 2
        if _place(export, order, _measure(export, middle, Contents.LIST)) is None:
            high = middle
        else:
            low, listed_max = middle + 1, middle
    return GroupAdvice(
        units=units,
        contents=contents,
        version=version,
        modules=size_of(version),
        x_dimension_mm=None if placed is None else placed.x_dimension_mm,
        footprint_mm=None
        if placed is None
        else (placed.modules + 2 * QUIET_ZONE_MODULES) * placed.x_dimension_mm,
        listed_max=listed_max,
        first_version=_measure(export, units, Contents.FIRST),
    )


def _measure(export: Export, units: int, contents: Contents) -> int:
    """Return the version of the code of a group of `units` that carries them so."""
    codes, level = export.codes, export.codes.level
    packing = (*codes.run.packing[: level - 1], units, *codes.run.packing[level:])
    run = replace(codes.run, packing=packing, contents=contents)
    run = replace(run, quantity=run.pack_size(level))
    rows = next(list_label_rows(replace(codes, run=run), 0, 1))
    version, _ = qr.measure(*rows.parts)
    return version


def _place(export: Export, order: LabelOrder, version: int) -> Placement | None:
    """Return where a symbol of `version` goes on the label, texts and all; None if it does not."""
    job: LabelJob = build_job(export, order, size_of(version))
    try:
        placement, _ = job.arrange()
    except InvalidError:
        return None
    return placement
