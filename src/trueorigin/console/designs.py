# SPDX-License-Identifier: Apache-2.0
"""What is to stand on labels, as a form says it: a design, its texts, a line of one's own."""

from dataclasses import dataclass, field
from typing import Final

from trueorigin.console.forms import Form
from trueorigin.domain.designs import (
    DESIGN_DEFAULT,
    DESIGNS,
    FREE_LINE_LENGTH_MAX,
    LOOK_DEFAULT,
    Look,
    Part,
    parse_look,
)
from trueorigin.web.i18n import Translator

_PARTS_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignValues:
    """What is in the fields."""

    design: str = DESIGN_DEFAULT
    parts: tuple[str, ...] = LOOK_DEFAULT.parts
    line: str = ""

    def to_look(self) -> Look:
        """Return what the labels show, or refuse it; texts stay ticked on a design without any."""
        if self.design in DESIGNS and not DESIGNS[self.design].parts:
            return parse_look(self.design)
        return parse_look(self.design, self.parts, self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One design or one text to choose."""

    key: str = field(metadata={"help": "What the form sends."})
    label: str = field(metadata={"help": "What it is called."})
    hint: str = field(metadata={"help": "What it is, or nothing."})
    is_chosen: bool = field(metadata={"help": "Whether it is ticked."})


def read_design(form: Form) -> DesignValues:
    """Return what a form says; one without these fields says nothing of them."""
    if not form.has("design"):
        return DesignValues()
    # Of boxes without a tick nothing is sent; an empty value beside them says that they were there.
    parts = tuple(part for part in form.texts("parts")[:_PARTS_MAX] if part)
    design = form.text("design")[:20]
    if not form.has("parts") and design in DESIGNS:
        parts = DESIGNS[design].parts
    return DesignValues(
        design=design,
        parts=tuple(part[:20] for part in parts),
        line=form.text("line").strip()[: 2 * FREE_LINE_LENGTH_MAX],
    )


def list_designs(values: DesignValues, language: Translator) -> tuple[Option, ...]:
    """Return all designs, each with what it is for."""
    return tuple(
        Option(
            key=each,
            label=language.text(f"console-design-{each}"),
            hint=language.text(f"console-design-{each}.hint"),
            is_chosen=each == values.design,
        )
        for each in DESIGNS
    )


def list_parts(values: DesignValues, language: Translator) -> tuple[Option, ...]:
    """Return all texts that a label can have."""
    return tuple(
        Option(
            key=each.value,
            label=language.text(f"console-part-{each.value.replace('_', '-')}"),
            hint="",
            is_chosen=each.value in values.parts,
        )
        for each in Part
    )
