# SPDX-License-Identifier: Apache-2.0
"""Pictures of labels on a page: drawn by the server, with codes that nobody was given."""

from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.sheets import get_layout
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelOrder, draw_specimen
from trueorigin.web.i18n import languages, translator
from trueorigin.web.labels import word_export

LAYOUT_ITEMS: Final = "roll-60x40"
LAYOUT_GROUPS: Final = "roll-100x150"
DPI_DEFAULT: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """One label as it will look."""

    title: str = field(metadata={"help": "Of which level, and how large."})
    drawing: Markup | None = field(metadata={"help": "SVG; None where it does not fit."})
    problem: str = field(metadata={"help": "Why it does not fit, or nothing."})
    is_upright: bool = field(metadata={"help": "Whether it is taller than wide."})


def draw(
    request: ConsoleRequest,
    export: Export,
    layout_name: str,
    language: str | None = None,
    dpi: int = DPI_DEFAULT,
) -> Specimen:
    """Draw one label in a language, the reader's by default; say why where it does not fit."""
    text = request.translator.text
    layout = get_layout(layout_name)
    chosen = language if language in languages() else request.translator.language
    title = text(
        "console-specimen",
        level=text(f"level-{export.codes.level}"),
        width=f"{layout.label[0]:g}",
        height=f"{layout.label[1]:g}",
    )
    is_upright = layout.label[1] > layout.label[0]
    order = LabelOrder(
        text=word_export(export, chosen),
        language=translator(chosen).tag,
        layout=layout,
        dpi=dpi,
    )
    try:
        # Our own drawing: every text in it is an outline, so nothing in it can be markup.
        drawing = Markup(draw_specimen(export, order))  # noqa: S704 - see the line above
    except InvalidError as error:
        problem = request.form_errors(error)
        sentences = " ".join((*problem.by_field.values(), *problem.general))
        return Specimen(title=title, drawing=None, problem=sentences, is_upright=is_upright)
    return Specimen(title=title, drawing=drawing, problem="", is_upright=is_upright)
