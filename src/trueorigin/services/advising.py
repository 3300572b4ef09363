# SPDX-License-Identifier: Apache-2.0
"""Advice on labels before printing: items by GS1's measures, and how many numbers a group's holds.

Groups are measured with their own addresses, design, label and texts, so that what is promised
is what the label shop does.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain import qr
from trueorigin.domain.catalog import Batch, Contents, LocalText, Origin, Product, Run
from trueorigin.domain.codelist import LevelCodes, list_label_rows
from trueorigin.domain.designs import DESIGN_DEFAULT, DESIGNS, Look, parse_look
from trueorigin.domain.digitallink import CONTENTS_LISTED_MAX
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.humancode import PREFIX_SYMBOLS
from trueorigin.domain.publicurls import build_stem
from trueorigin.domain.qr_tables import size_of
from trueorigin.domain.serials import SerialCipher
from trueorigin.domain.sheets import QUIET_ZONE_MODULES, Advice, Layout, Placement, Printing, advise
from trueorigin.services.issuing import Export, RunDraft, parse_run
from trueorigin.services.labelling import LabelOrder, build_job

# One measure of a symbol takes some milliseconds; seven of them find the longest list.
_NUMBERS: Final = range(1, CONTENTS_LISTED_MAX + 1)

# Twice the longest host name that anybody prints.
HOST_LENGTH_MAX: Final = 200

# Of a run that nobody has: only the length of what they stand for is measured.
_NOBODY: Final = UUID(int=0)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_GTIN: Final = "09506000134352"
_GS1_PREFIX: Final = "0" * 7
_PREFIX: Final = "0" * PREFIX_SYMBOLS


# What labels say of goods that nobody has named yet: as long as such texts usually are.
NAME_USUAL: Final = LocalText(zh="明前特级龙井茶礼盒装", en="Longjing green tea, gift box")
LOT_USUAL: Final = "L20260314-A1"
# A lot of GS1 has no more.
LOT_LENGTH_MAX: Final = 20
_A_DAY: Final = date(2030, 12, 31)

Wording: TypeAlias = Callable[[Export, Look], LabelText]
"""Words the label of the first unit of an export as the label shop does."""


class Identifier(StrEnum):
    """What the address of a group names it by: the key of GS1's, else its readable code."""

    SSCC = "sscc"
    GTIN = "gtin"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPlan:
    """Labels as they are thought of, before there is a run.

    `items` says how those of items are printed, also with how many dots those of groups are.
    `packing` and `contents` are as in `RunDraft`; `name` and `lot` stand on labels of groups.
    """

    public_url: str
    symbols: int
    items: Printing
    packing: tuple[int, ...]
    identifier: Identifier
    contents: Contents | None
    group_layout: Layout
    group_design: str = DESIGN_DEFAULT
    name: LocalText = NAME_USUAL
    lot: str = LOT_USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAdvice:
    """How the code of a full group comes out on a label.

    `units` are inside; `contents` is what the code carries of them, `FIRST` beyond
    `CONTENTS_LISTED_MAX` whatever was ordered. `x_dimension_mm` and `footprint_mm` (with quiet
    zone) are None where symbol and texts do not fit the label. `listed_max` is how many numbers
    would fit it as a list, `first_version` the symbol of first and count. Without `texts_fit` some
    text beside the symbol is shortened or left out, or nothing is printed at all.
    """

    level: int
    units: int
    contents: Contents
    version: int
    modules: int
    x_dimension_mm: float | None
    footprint_mm: float | None
    listed_max: int
    first_version: int
    texts_fit: bool

    @property
    def passes(self) -> bool:
        """Tell whether the label can be printed."""
        return self.x_dimension_mm is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAdvice:
    """How the labels of a plan come out, groups from the case upwards."""

    items: Advice
    groups: tuple[GroupAdvice, ...]


def parse_address(host: str) -> str:
    """Return the address of a host that was typed with or without its scheme."""
    address = host if "://" in host else f"https://{host}"
    try:
        build_stem(address if len(host) <= HOST_LENGTH_MAX else "")
    except InvalidError as error:
        raise InvalidError("host_malformed", field="host") from error
    return address


def advise_labels(plan: LabelPlan, word: Wording, language: str) -> LabelAdvice:
    """Tell how the labels of items and of full groups will come out on paper.

    Those of groups with their texts, worded by `word` in `language` (BCP 47). Refused
    with every fault that ordering such a run would find, an unknown design, a logistic label of
    groups that have no SSCC, and what `sheets.advise` refuses.
    """
    draft = parse_run(
        RunDraft(
            batch_id=_NOBODY,
            quantity=1,
            public_url=plan.public_url,
            packing=plan.packing,
            symbols=plan.symbols,
            contents=plan.contents,
        )
    )
    look = _choose_look(plan)
    items = advise(plan.public_url, plan.symbols, printing=plan.items)
    groups = []
    for level in range(1, len(draft.packing) + 1):
        codes = _plan_codes(draft, plan.identifier, level)
        text = word(_plan_export(plan, codes), look)
        order = LabelOrder(
            text=text,
            language=language,
            layout=plan.group_layout,
            dpi=plan.items.dpi,
            is_plain=look.is_plain,
            is_logistic=look.has_sscc,
        )
        groups.append(advise_group(codes, order))
    return LabelAdvice(items=items, groups=tuple(groups))


def _choose_look(plan: LabelPlan) -> Look:
    """Return what stands on labels of the plan's groups."""
    if plan.group_design not in DESIGNS:
        raise InvalidError("design_unknown", field="group_design", known=", ".join(DESIGNS))
    look = parse_look(plan.group_design)
    if look.has_sscc and plan.identifier is not Identifier.SSCC:
        raise InvalidError("design_without_sscc", field="group_design")
    return look


def _plan_export(plan: LabelPlan, codes: LevelCodes) -> Export:
    """Return the first group of the plan, of goods of nobody."""
    product = Product(
        id=_NOBODY,
        organisation_id=_NOBODY,
        gtin=None,
        internal_number=None,
        name=plan.name,
        description=None,
        category=None,
        specification=None,
        created_at=_LONG_AGO,
    )
    batch = Batch(
        id=_NOBODY,
        organisation_id=_NOBODY,
        product_id=_NOBODY,
        lot=plan.lot,
        produced_on=_A_DAY,
        expires_on=_A_DAY,
        origin=Origin(place=None, line=None, materials=()),
        created_at=_LONG_AGO,
    )
    maker = plan.name.pick("zh")
    return Export(codes=codes, batch=batch, product=product, maker=maker, start=0, stop=1)


def _plan_codes(draft: RunDraft, identifier: Identifier, level: int) -> LevelCodes:
    """Return the codes of a level as the run would have them, with a key of nobody."""
    is_sscc, gtin = identifier is Identifier.SSCC, None
    if identifier is Identifier.GTIN:
        gtin = _GTIN
    run = Run(
        id=0,
        organisation_id=_NOBODY,
        batch_id=_NOBODY,
        product_id=_NOBODY,
        epoch=0,
        ordinal=0,
        symbols=draft.symbols,
        quantity=math.prod(draft.packing),
        packing=draft.packing,
        group_gtins=(gtin,) * len(draft.packing),
        gs1_prefix=_GS1_PREFIX if is_sscc else None,
        sscc_first=(0 if is_sscc else None,) * len(draft.packing),
        contents=draft.contents or Contents.LIST,
        public_url=draft.public_url,
        created_at=_LONG_AGO,
    )
    cipher = SerialCipher(bytes(32), run.symbols)
    return LevelCodes(run=run, level=level, gtin=gtin, prefix=_PREFIX, cipher=cipher)


def advise_group(codes: LevelCodes, order: LabelOrder) -> GroupAdvice:
    """Measure the code of a full group of the level; items have no such code."""
    run, level = codes.run, codes.level
    if not level:
        raise ValueError("items hold nothing")
    units = run.packing[level - 1]
    is_listed = run.contents is Contents.LIST and units <= CONTENTS_LISTED_MAX
    is_first = run.contents is not Contents.NONE and not is_listed
    contents = Contents.FIRST if is_first else run.contents
    version = _measure(codes, units, contents)
    placed = _place(codes, order, version)
    listed_max = 0
    low, high = _NUMBERS.start, _NUMBERS.stop
    while low < high:
        middle = (low + high) // 2
        if _place(codes, order, _measure(codes, middle, Contents.LIST)) is None:
            high = middle
        else:
            low, listed_max = middle + 1, middle
    return GroupAdvice(
        level=level,
        units=units,
        contents=contents,
        version=version,
        modules=size_of(version),
        x_dimension_mm=None if placed is None else placed.x_dimension_mm,
        footprint_mm=None
        if placed is None
        else (placed.modules + 2 * QUIET_ZONE_MODULES) * placed.x_dimension_mm,
        listed_max=listed_max,
        first_version=_measure(codes, units, Contents.FIRST),
        texts_fit=_place(codes, _keep_whole(order), version) is not None,
    )


def _keep_whole(order: LabelOrder) -> LabelOrder:
    """Return an order that is refused where any of its texts would be shortened or left out."""
    text = order.text
    whole = tuple(each for each in (text.title, *text.lines, *text.whole) if each)
    return replace(order, text=replace(text, title="", lines=(), whole=whole), last_text=None)


def _measure(codes: LevelCodes, units: int, contents: Contents) -> int:
    """Return the version of the code of a group of `units` that carries them so."""
    level = codes.level
    packing = (*codes.run.packing[: level - 1], units, *codes.run.packing[level:])
    run = replace(codes.run, packing=packing, contents=contents)
    run = replace(run, quantity=run.pack_size(level))
    rows = next(list_label_rows(replace(codes, run=run), 0, 1))
    version, _ = qr.measure(*rows.parts)
    return version


def _place(codes: LevelCodes, order: LabelOrder, version: int) -> Placement | None:
    """Return where a symbol of `version` goes on the label, texts and all; None if it does not."""
    try:
        placement, _ = build_job(codes, order, size_of(version)).arrange()
    except InvalidError:
        return None
    return placement
