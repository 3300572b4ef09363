# SPDX-License-Identifier: Apache-2.0
"""Pictures of labels on a page: drawn by the server, with codes that nobody was given."""

from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from trueorigin.adapters.logos import Logo
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.designs import LOOK_DEFAULT, Look
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.sheets import get_layout
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat, draw_specimen
from trueorigin.services.printing import PrintOrder
from trueorigin.web.i18n import languages
from trueorigin.web.labels import build_label_order

DPI_DEFAULT: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One label as it will look."""

    title: str = field(metadata={"help": "Of which level, and how large."})
    drawing: Markup | None = field(metadata={"help": "SVG; None where it does not fit."})
    problem: str = field(metadata={"help": "Why it does not fit, or nothing."})
    is_upright: bool = field(metadata={"help": "Whether it is taller than wide."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a specimen is drawn; without `language` in the reader's."""

    layout: str
    language: str | None = None
    dpi: int = DPI_DEFAULT
    format: str = LabelFormat.PDF.value
    look: Look = LOOK_DEFAULT


STYLE_ITEMS: Final = Style(layout="roll-60x40")
STYLE_GROUPS: Final = Style(layout="roll-100x150")


def draw(
    request: ConsoleRequest, export: Export, style: Style, logo: Logo | None = None
) -> Specimen:
    """Draw one label as it would be printed; say why where it does not fit."""
    text, codes = request.translator.text, export.codes
    layout = get_layout(style.layout)
    title = text(
        "console-specimen",
        level=text(f"level-{codes.level}"),
        width=f"{layout.label[0]:g}",
        height=f"{layout.label[1]:g}",
    )
    is_upright = layout.label[1] > layout.label[0]
    order = build_specimen_order(request, export, style)
    try:
        # Our own drawing: every text in it is an outline, so nothing in it can be markup.
        drawing = Markup(draw_specimen(export, build_label_order(export, order, logo)))  # noqa: S704 - see the line above
    except InvalidError as error:
        problem = word_problem(request, error)
        return Specimen(title=title, drawing=None, problem=problem, is_upright=is_upright)
    return Specimen(title=title, drawing=drawing, problem="", is_upright=is_upright)


def build_specimen_order(request: ConsoleRequest, export: Export, style: Style) -> PrintOrder:
    """Return the order that would print labels of this style."""
    is_known = style.language in languages()
    codes = export.codes
    return PrintOrder(
        run_id=codes.run.id,
        level=codes.level,
        start=export.start,
        stop=export.stop,
        format=style.format if style.format in set(LabelFormat) else LabelFormat.PDF.value,
        layout=get_layout(style.layout).name,
        language=style.language if style.language and is_known else request.translator.language,
        dpi=style.dpi,
        look=style.look,
    )


def word_problem(request: ConsoleRequest, error: DomainError) -> str:
    """Say in one text why there is no label to show."""
    problem = request.form_errors(error)
    return " ".join((*problem.by_field.values(), *problem.general))
