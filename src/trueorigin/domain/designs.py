# SPDX-License-Identifier: Apache-2.0
"""What stands on a label beside its symbol and code: named designs, and the texts of each.

Decides which parts there are; their words, fonts and places are made elsewhere. The symbol, its
quiet zone and the code belong to every design.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.texts import parse_text

# One line of a label; no built-in label is wide enough for more at a readable size.
FREE_LINE_LENGTH_MAX: Final = 60


class Part(StrEnum):
    """A text of a label, in the order they are printed.

    `name` is the product's in the label's language, `other_name` in the other one. Names and
    `specification` are shortened where they are too long.
    """

    NAME = "name"
    OTHER_NAME = "other_name"
    SPECIFICATION = "specification"
    LOT = "lot"
    PRODUCED = "produced"
    EXPIRES = "expires"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A way for labels to look; `parts` are those printed unless somebody chooses.

    `has_sscc` designs carry the SSCC as GS1-128 and the sender's name: for groups that have one.
    """

    name: str
    parts: tuple[Part, ...]
    has_logo: bool = False
    has_sscc: bool = False


_USUAL: Final = (Part.NAME, Part.SPECIFICATION, Part.LOT, Part.EXPIRES)

# `plain` puts the code below the symbol, which then takes all the rest of the label.
DESIGNS: Final = MappingProxyType(
    {
        design.name: design
        for design in (
            Design(name="plain", parts=()),
            Design(name="text", parts=_USUAL),
            Design(name="branded", parts=_USUAL, has_logo=True),
            Design(name="logistic", parts=_USUAL, has_sscc=True),
        )
    }
)
DESIGN_DEFAULT: Final = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one order of labels shows: a design, its chosen parts, a line of one's own.

    With `is_whole` lot, dates and line are printed whole or the label is refused: somebody chose
    them. Of a design as it is, what has no room is shortened or left out.
    """

    design: str = DESIGN_DEFAULT
    parts: tuple[Part, ...] = _USUAL
    line: str | None = None
    is_whole: bool = False

    @property
    def has_logo(self) -> bool:
        """Tell whether the organisation's logo is on it."""
        return DESIGNS[self.design].has_logo

    @property
    def has_sscc(self) -> bool:
        """Tell whether the SSCC is on it as GS1-128."""
        return DESIGNS[self.design].has_sscc

    @property
    def is_plain(self) -> bool:
        """Tell whether there is nothing but symbol and code."""
        return not (self.parts or self.line or self.has_logo or self.has_sscc)


LOOK_DEFAULT: Final = Look()


def parse_look(
    design: str = DESIGN_DEFAULT, parts: Collection[str] | None = None, line: str | None = None
) -> Look:
    """Return what is to be shown; without `parts` all of the design's.

    Raises `design_unknown`, `part_unknown`, `design_without_texts` for texts on a design that has
    none, and what `parse_text` says of `line`.
    """
    if design not in DESIGNS:
        raise InvalidError("design_unknown", field="design", known=", ".join(DESIGNS))
    chosen = DESIGNS[design]
    is_given = line is not None and line.strip()
    line = (
        parse_text(line or "", field="line", length_max=FREE_LINE_LENGTH_MAX) if is_given else None
    )
    if not chosen.parts and (parts or line):
        raise InvalidError("design_without_texts", field="parts" if parts else "line")
    if parts is None:
        return Look(design=design, parts=chosen.parts, line=line, is_whole=line is not None)
    if set(parts) - set(Part):
        raise InvalidError("part_unknown", field="parts", known=", ".join(Part))
    ordered = tuple(part for part in Part if part in set(parts))
    return Look(design=design, parts=ordered, line=line, is_whole=True)


def restore_look(kept: Mapping[str, Any]) -> Look:
    """Return a look that was kept as its fields, as JSON has them."""
    return Look(
        design=kept["design"],
        parts=tuple(Part(part) for part in kept["parts"]),
        line=kept["line"],
        is_whole=kept["is_whole"],
    )
