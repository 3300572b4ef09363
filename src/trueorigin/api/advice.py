# SPDX-License-Identifier: Apache-2.0
"""Advice on labels at the JSON surface: how symbols come out on paper, before a run is ordered."""

from typing import Annotated, Final

from fastapi import Query
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body
from trueorigin.domain.catalog import Contents, LocalText
from trueorigin.domain.designs import DESIGN_DEFAULT, DESIGNS
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.serials import SYMBOLS_DEFAULT
from trueorigin.domain.sheets import PRINTER_DPI, Advice, Printing, get_layout
from trueorigin.domain.texts import NAME_LENGTH_MAX
from trueorigin.services.advising import (
    HOST_LENGTH_MAX,
    LOT_LENGTH_MAX,
    LOT_USUAL,
    NAME_USUAL,
    GroupAdvice,
    Identifier,
    LabelPlan,
    advise_labels,
    parse_address,
)
from trueorigin.web.i18n import languages, translator
from trueorigin.web.labels import word_label

GROUP_LAYOUT_DEFAULT: Final = "roll-100x150"
# Micrometres: no printer is more exact, and no length is 0.42333333333333334.
_DIGITS: Final = 3
# The figures of the largest packing, commas between.
_PACKING_LENGTH_MAX: Final = 40


class AdviceQuery(Body):
    """Labels that are thought of; without `layout` those of items are as small as GS1 allows.

    `host` is this data centre's unless given. `packing` has the units per group from the case
    upwards, with commas between; groups are known by their `identifier` and say of their
    `contents` what a run would. Their labels carry `name` and `lot` in `language`, or texts of
    usual length.
    """

    host: str | None = Field(default=None, max_length=HOST_LENGTH_MAX, examples=["zy.example"])
    symbols: int = Field(default=SYMBOLS_DEFAULT, ge=1, le=100)
    layout: str | None = Field(default=None, max_length=40)
    dpi: int = Field(default=300, ge=1, le=max(PRINTER_DPI))
    dots_per_module: int | None = Field(default=None, ge=1, le=100)
    packing: str = Field(default="", max_length=_PACKING_LENGTH_MAX, examples=["24,40"])
    identifier: Identifier = Identifier.SSCC
    contents: Contents | None = None
    group_layout: str = Field(default=GROUP_LAYOUT_DEFAULT, max_length=40)
    group_design: str = Field(default=DESIGN_DEFAULT, max_length=40, examples=list(DESIGNS))
    name: str | None = Field(default=None, max_length=NAME_LENGTH_MAX)
    lot: str | None = Field(default=None, max_length=LOT_LENGTH_MAX)
    language: str = Field(default="zh", max_length=10)


class ItemAdviceAnswer(Answer):
    """What symbols of items will measure, in millimetres, and what to change.

    `symbol_mm` is the dark square, `footprint_mm` includes the quiet zone. `characters_spare` is
    by how much the host may grow before the symbol does.
    """

    version: int
    modules: int
    dots_per_module: int
    x_dimension_mm: float
    symbol_mm: float
    footprint_mm: float
    characters_spare: int
    passes: bool
    reasons: list[str]

    @classmethod
    def of(cls, advice: Advice) -> "ItemAdviceAnswer":
        """Show advice."""
        return cls(
            version=advice.version,
            modules=advice.modules,
            dots_per_module=advice.dots_per_module,
            x_dimension_mm=round(advice.x_dimension_mm, _DIGITS),
            symbol_mm=round(advice.symbol_mm, _DIGITS),
            footprint_mm=round(advice.footprint_mm, _DIGITS),
            characters_spare=advice.characters_spare,
            passes=advice.passes,
            reasons=list(advice.reasons),
        )


class GroupAdviceAnswer(Answer):
    """What the symbol of a full group will measure; no lengths where it does not fit the label.

    `contents` is what it carries of its units: a list that is too long is first and count.
    `listed_max` is how many numbers this label holds as a list, `first_version` the symbol of
    first and count. Without `texts_fit` some text beside the symbol is shortened or left out.
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
    passes: bool

    @classmethod
    def of(cls, advice: GroupAdvice) -> "GroupAdviceAnswer":
        """Show advice."""
        x, side = advice.x_dimension_mm, advice.footprint_mm
        return cls(
            level=advice.level,
            units=advice.units,
            contents=advice.contents,
            version=advice.version,
            modules=advice.modules,
            x_dimension_mm=None if x is None else round(x, _DIGITS),
            footprint_mm=None if side is None else round(side, _DIGITS),
            listed_max=advice.listed_max,
            first_version=advice.first_version,
            texts_fit=advice.texts_fit,
            passes=advice.passes,
        )


class LabelAdviceAnswer(Answer):
    """Advice on items, and on each level of groups from the case upwards."""

    items: ItemAdviceAnswer
    groups: list[GroupAdviceAnswer]


def get_label_advice(call: CallHere, query: Annotated[AdviceQuery, Query()]) -> LabelAdviceAnswer:
    """Tell how labels will come out on paper, and whether GS1's limits are met."""
    host = call.context.public_url if query.host is None else query.host.strip()
    layout = None if query.layout is None else get_layout(query.layout)
    if query.language not in languages():
        known = ", ".join(languages())
        raise InvalidError("choice_unknown", field="language", known=known)
    language = translator(query.language)
    advice = advise_labels(
        LabelPlan(
            public_url=parse_address(host),
            symbols=query.symbols,
            items=Printing(dpi=query.dpi, layout=layout, dots_per_module=query.dots_per_module),
            packing=_parse_packing(query.packing),
            identifier=query.identifier,
            contents=query.contents,
            group_layout=get_layout(query.group_layout, field="group_layout"),
            group_design=query.group_design,
            name=NAME_USUAL if query.name is None else LocalText(zh=query.name, en=query.name),
            lot=LOT_USUAL if query.lot is None else query.lot,
        ),
        lambda export, look: word_label(export, language, look),
        language.tag,
    )
    return LabelAdviceAnswer(
        items=ItemAdviceAnswer.of(advice.items),
        groups=[GroupAdviceAnswer.of(each) for each in advice.groups],
    )


def _parse_packing(text: str) -> tuple[int, ...]:
    counts = [each.strip() for each in text.split(",")] if text.strip() else []
    for place, count in enumerate(counts):
        if not count.isascii() or not count.isdecimal():
            raise InvalidError("number_malformed", field=f"packing.{place}")
    return tuple(map(int, counts))
