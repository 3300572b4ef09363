# SPDX-License-Identifier: Apache-2.0
"""The label studio of a run: how its labels look, whether they will be read, and their files.

Every file is logged and counted; large ones are printed in the background.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from trueorigin.console import runs
from trueorigin.console.advisor import GroupVerdict, Verdict, word_advice, word_group_advice
from trueorigin.console.designs import DesignValues, Option, list_designs, list_parts, read_design
from trueorigin.console.forms import NO_ERRORS, FormErrors, pick_choice
from trueorigin.console.ranges import (
    RangeValues,
    list_choices,
    list_levels,
    read_range,
    word_range,
)
from trueorigin.console.routing import ConsoleRequest
from trueorigin.console.specimens import (
    DPI_DEFAULT,
    Specimen,
    Style,
    build_specimen_order,
    draw,
    word_problem,
)
from trueorigin.domain.catalog import Run
from trueorigin.domain.designs import FREE_LINE_LENGTH_MAX, LOOK_DEFAULT, Look
from trueorigin.domain.downloads import Download
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError, SeveralError
from trueorigin.domain.files import File
from trueorigin.domain.ranges import parse_range
from trueorigin.domain.sheets import LAYOUTS, PRINTER_DPI, Printing, get_layout
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import accounts, catalog, downloads, issuing, logos, previewing, printing
from trueorigin.services.advising import advise_group
from trueorigin.services.downloads import ALLOWED_AT_ONCE, Taking
from trueorigin.services.exporting import CodeFormat, list_code_lines
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat, require_printable
from trueorigin.services.printing import PrintOrder
from trueorigin.storage.database import Tx
from trueorigin.web.i18n import languages, translator
from trueorigin.web.labels import build_label_order, name_file, open_label_file, stream_file

_TEMPLATE: Final = "console/labels.html"
_LAYOUT_DEFAULT: Final = "a4-24"
_FORMATS: Final = ("pdf", "zpl", "svg", "png", "csv", "txt")
_DOWNLOADS_SHOWN: Final = 30
_LABELS: Final = {
    "level": "console-range-what",
    "from": "console-range-from",
    "to": "console-range-to",
    "design": "console-labels-design",
    "parts": "console-labels-parts",
    "line": "console-labels-line",
    "layout": "console-labels-layout",
    "dpi": "console-labels-dpi",
    "skip": "console-labels-skip",
    "format": "console-labels-format",
    "language": "console-labels-language",
    "more": "console-labels-more",
    "reason": "console-stage-reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelValues:
    """What is in the fields."""

    range: RangeValues = field(default_factory=lambda: RangeValues(level="0"))
    design: DesignValues = field(default_factory=DesignValues)
    format: str = "pdf"
    layout: str = _LAYOUT_DEFAULT
    language: str = "zh"
    dpi: str = str(DPI_DEFAULT)
    skip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadRow:
    """One download."""

    at: str = field(metadata={"help": "When."})
    who: str = field(metadata={"help": "Who."})
    units: str = field(metadata={"help": "Which units."})
    format: str = field(metadata={"help": "In which format."})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsPage:
    """The studio of one run."""

    run: Run = field(metadata={"help": "The run itself."})
    run_href: str = field(metadata={"help": "Its page."})
    action: str = field(metadata={"help": "Where the form goes."})
    about: str = field(metadata={"help": "Product and lot."})
    values: LabelValues = field(metadata={"help": "What is in the fields."})
    levels: tuple[tuple[str, str], ...] = field(metadata={"help": "Levels to choose from."})
    designs: tuple[Option, ...] = field(metadata={"help": "Designs to choose from."})
    parts: tuple[Option, ...] = field(metadata={"help": "Texts to choose from."})
    has_logo: bool = field(metadata={"help": "Whether the organisation has a logo."})
    formats: tuple[tuple[str, str], ...] = field(metadata={"help": "Formats to choose from."})
    layouts: tuple[tuple[str, str], ...] = field(metadata={"help": "Sheets and rolls."})
    languages: tuple[tuple[str, str], ...] = field(metadata={"help": "Of the label."})
    resolutions: tuple[tuple[str, str], ...] = field(metadata={"help": "Of the printer."})
    specimen: Specimen = field(metadata={"help": "The label as chosen."})
    advice: Verdict | None = field(metadata={"help": "Whether it meets GS1; items only."})
    group: GroupVerdict | None = field(metadata={"help": "What fits the code of a group."})
    downloads: tuple[DownloadRow, ...] = field(metadata={"help": "The newest downloads."})
    taken: int = field(metadata={"help": "How often its most taken item was taken."})
    is_owner: bool = field(metadata={"help": "Whether the reader may allow more."})
    background_from: int = field(metadata={"help": "More labels than this are made later."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    more: str = field(default="1", metadata={"help": "How many more are to be allowed."})
    reason: str = field(default="", metadata={"help": "Why, as typed."})
    more_max: int = field(default=ALLOWED_AT_ONCE, metadata={"help": "At a time."})
    free_line_length_max: int = field(
        default=FREE_LINE_LENGTH_MAX, metadata={"help": "Of the line of one's own."}
    )
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


def path_of(run_id: int) -> str:
    """Return the address of a run's studio."""
    return f"{runs.path_of(run_id)}/labels"


def show_page(request: ConsoleRequest) -> Response:
    """Show the studio with the usual choices."""
    values = LabelValues(language=request.translator.language)
    return request.page(_TEMPLATE, _build_page(request, values))


def create(request: ConsoleRequest) -> Response:
    """Hand out a file, order a large one, or show what it would look like."""
    values = _read_values(request)
    try:
        if request.form.has("preview"):
            _require_choices(values)
            return request.page(_TEMPLATE, _build_page(request, values))
        return _hand_out(request, values)
    except (InvalidError, ConflictError, SeveralError) as error:
        page = _build_page(request, values, request.form_errors(error))
        return request.refill(_TEMPLATE, page, error)


def allow_more(request: ConsoleRequest) -> Response:
    """Let the codes of a run be taken more often."""
    run_id = request.run_id()
    try:
        more = request.form.number("more") or 0
        reason = request.form.text("reason")
        with request.write() as tx:
            allowed = downloads.allow_more(tx, request.act, run_id, more, reason)
    except (InvalidError, ConflictError, SeveralError) as error:
        values = LabelValues(language=request.translator.language)
        page = _build_page(request, values, request.form_errors(error))
        return request.refill(_TEMPLATE, page, error)
    return request.redirect(path_of(run_id), "console-labels-allowed", count=allowed)


def _hand_out(request: ConsoleRequest, values: LabelValues) -> Response:
    """Answer with the file, or with the page of the job that makes it."""
    _require_choices(values)
    run_id, wanted = request.run_id(), values.range.to_draft()
    if values.format in set(CodeFormat):
        export = _take(request, Taking(run_id=run_id, range=wanted, format=values.format))
        lines = list_code_lines(export, CodeFormat(values.format))
        media_type = "text/csv" if values.format == "csv" else "text/plain"
        return _send(lines, f"{media_type}; charset=utf-8", name_file(export, values.format))
    order = _build_order(request, values)
    if not order.is_large:
        return _print_now(request, order)
    with request.read() as tx:
        export = _open_specimen(request, tx, order.level)
        logo = logos.find_logo(tx, request.act.scope, order.look)
    opened = logos.open_logo(request.context.files, logo)
    require_printable(export, build_label_order(export, order, opened))
    with request.write() as tx:
        job = printing.order_print(tx, request.act, order)
    return request.redirect(f"/console/jobs/{job.id}", "console-job-ordered")


def _require_choices(values: LabelValues) -> None:
    """Refuse what is no choice of the page: nothing else is printed in its place."""
    if values.format not in _FORMATS:
        raise InvalidError("format_unknown", field="format", known=", ".join(_FORMATS))
    if values.layout:
        get_layout(values.layout)
    pick_choice(values.language, languages(), field="language")
    resolutions = tuple(map(str, PRINTER_DPI))
    if values.dpi and values.dpi not in resolutions:
        raise InvalidError("dpi_unknown", field="dpi", known=", ".join(resolutions))


def _print_now(request: ConsoleRequest, order: PrintOrder) -> Response:
    """Make the file, read it back, and only then log the download and hand it out."""
    context, scope, kind = request.context, request.act.scope, LabelFormat(order.format)
    taking = Taking(run_id=order.run_id, range=order.range, format=order.format)
    with request.read() as tx:
        export = downloads.prepare_codes(tx, context.vault, scope, taking)
        logo = logos.find_logo(tx, scope, order.look)
    opened = logos.open_logo(context.files, logo)
    file = open_label_file(context.scratch, export, build_label_order(export, order, opened))
    try:
        _take(request, taking)
    except DomainError:
        file.close()
        raise
    return _send(stream_file(file), kind.media_type, name_file(export, kind.suffix))


def _take(request: ConsoleRequest, taking: Taking) -> Export:
    with request.write() as tx:
        return downloads.take_codes(tx, request.context.vault, request.act, taking)


def _open_specimen(request: ConsoleRequest, tx: Tx, level: int) -> Export:
    scope = request.act.scope
    run = issuing.get_run(tx, scope, request.run_id())
    return previewing.open_specimen(tx, request.context.vault, scope, run, level)


def _build_order(request: ConsoleRequest, values: LabelValues) -> PrintOrder:
    """Return what is wanted, with bounds, or refuse what is no label."""
    layout, look = get_layout(values.layout), values.design.to_look()
    dpi = int(values.dpi or 0)
    if dpi not in PRINTER_DPI:
        raise InvalidError("dpi_unknown", field="dpi", known=", ".join(map(str, PRINTER_DPI)))
    skip = request.form.number("skip") or 0
    if skip >= layout.per_page:
        raise InvalidError("skip_out_of_range", field="skip", max=layout.per_page - 1)
    with request.read() as tx:
        run = issuing.get_run(tx, request.act.scope, request.run_id())
    wanted = parse_range(run, values.range.to_draft())
    return PrintOrder(
        run_id=run.id,
        level=wanted.level,
        start=wanted.start,
        stop=wanted.stop,
        format=values.format,
        layout=layout.name,
        language=values.language,
        dpi=dpi,
        skip=skip if values.format == "pdf" else 0,
        look=look,
    )


def _send(content: Iterator[bytes], media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        # Codes are worth money: no proxy and no browser keeps them.
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(content, media_type=media_type, headers=headers)


def _read_values(request: ConsoleRequest) -> LabelValues:
    form = request.form
    return LabelValues(
        range=read_range(form),
        design=read_design(form),
        format=form.text("format")[:10],
        layout=form.text("layout")[:40],
        language=form.text("language")[:10] or request.translator.language,
        dpi=form.text("dpi")[:5],
        skip=form.text("skip").strip()[:5],
    )


def _build_page(
    request: ConsoleRequest, values: LabelValues, errors: FormErrors = NO_ERRORS
) -> LabelsPage:
    text, scope, language = request.translator.text, request.act.scope, request.translator
    with request.read() as tx:
        run = issuing.get_run(tx, scope, request.run_id())
        batch = catalog.get_batch(tx, scope, run.batch_id)
        product = catalog.get_product(tx, scope, run.product_id)
        level = _shown_level(values, run)
        export = _open_specimen(request, tx, level)
        rows = downloads.list_downloads(tx, scope, run.id, before=None, limit=_DOWNLOADS_SHOWN)
        names = downloads.name_actors(tx, scope, rows)
        whole = issuing.parse_ranges(run, ())
        taken = max(downloads.find_allowance(tx, scope, run.id, each).taken for each in whole)
        has_logo = accounts.get_organisation(tx, scope).logo_file_id is not None
        choice = _find_choice(request, tx, values)
    style, printing_as = _build_style(values, choice.look)
    return LabelsPage(
        run=run,
        run_href=runs.path_of(run.id),
        action=path_of(run.id),
        about=f"{product.name.pick(language.language)} · {batch.lot}",
        values=values,
        levels=list_choices(list_levels(run, product.gtin, language), language, has_whole=False),
        designs=list_designs(values.design, language),
        parts=list_parts(values.design, language),
        has_logo=has_logo,
        formats=tuple((each, text(f"console-labels-{each}")) for each in _FORMATS),
        layouts=tuple((each, word_layout(request, each)) for each in LAYOUTS),
        languages=tuple((each, translator(each).name) for each in languages()),
        resolutions=tuple((str(each), f"{each} dpi") for each in PRINTER_DPI),
        specimen=_draw(request, export, style, choice),
        advice=word_advice(request, run.public_url, run.symbols, printing_as)
        if level == 0
        else None,
        group=_advise_group(request, export, style) if level else None,
        downloads=tuple(_build_download(request, each, names) for each in rows),
        taken=taken,
        is_owner=request.is_owner,
        background_from=printing.PART_LABELS,
        errors=errors.named(tuple(_LABELS)),
        labels={name: text(message) for name, message in _LABELS.items()},
        more=request.form.text("more")[:5] or "1",
        reason=request.form.text("reason")[:LINE_LENGTH_MAX],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What the label is to show, its logo, and why there is none if there is none."""

    look: Look = LOOK_DEFAULT
    logo: File | None = None
    problem: str = ""


def _find_choice(request: ConsoleRequest, tx: Tx, values: LabelValues) -> _Choice:
    """Return what is chosen; a choice that cannot be is a sentence in the place of the label."""
    try:
        look = values.design.to_look()
        return _Choice(look=look, logo=logos.find_logo(tx, request.act.scope, look))
    except InvalidError as error:
        return _Choice(problem=word_problem(request, error))


def _build_style(values: LabelValues, look: Look) -> tuple[Style, Printing]:
    """Return how the specimen is drawn and judged, with usual values for what is no choice."""
    layout = values.layout if values.layout in LAYOUTS else _LAYOUT_DEFAULT
    dpi = next((each for each in PRINTER_DPI if str(each) == values.dpi), DPI_DEFAULT)
    style = Style(layout=layout, language=values.language, dpi=dpi, format=values.format, look=look)
    return style, Printing(dpi=dpi, layout=get_layout(layout), is_plain=look.is_plain)


def _advise_group(request: ConsoleRequest, export: Export, style: Style) -> GroupVerdict:
    order = build_label_order(export, build_specimen_order(request, export, style), None)
    return word_group_advice(request, advise_group(export.codes, order))


def _draw(request: ConsoleRequest, export: Export, style: Style, choice: _Choice) -> Specimen:
    try:
        logo = logos.open_logo(request.context.files, choice.logo)
    except InvalidError as error:
        choice = _Choice(problem=word_problem(request, error))
        logo = None
    specimen = draw(request, export, style, logo)
    if choice.problem:
        return replace(specimen, drawing=None, problem=choice.problem)
    return specimen


def _shown_level(values: LabelValues, run: Run) -> int:
    """Return the level whose label is shown: the chosen one, if the run has it."""
    return next((each for each in run.levels if str(each) == values.range.level), 0)


def _build_download(
    request: ConsoleRequest, row: Download, names: Mapping[UUID, str]
) -> DownloadRow:
    text = request.translator.text
    who = None if row.actor_id is None else names.get(row.actor_id)
    return DownloadRow(
        at=request.instant(row.at),
        who=who or text("console-labels-machine"),
        units=word_range(request.translator, row),
        format=text("console-labels-continued", format=row.format.upper())
        if row.is_continued
        else row.format.upper(),
    )


def word_layout(request: ConsoleRequest, name: str) -> str:
    """Say what a layout is: the sheet, how many labels, how large each."""
    layout = LAYOUTS[name]
    width, height = (f"{side:g}" for side in layout.label)
    if layout.per_page == 1:
        return request.translator.text("console-labels-roll", width=width, height=height)
    sheet = "A4" if name.startswith("a4") else "Letter"
    return request.translator.text(
        "console-labels-sheet", sheet=sheet, count=layout.per_page, width=width, height=height
    )
