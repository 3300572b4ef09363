# SPDX-License-Identifier: Apache-2.0
"""The label studio of a run: how its labels look, whether they will be read, and their files.

Every file is logged and counted; large ones are printed in the background.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response, StreamingResponse

from trueorigin.console import runs
from trueorigin.console.advisor import Verdict, word_advice
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.ranges import RangeValues, list_choices, list_levels, read_range
from trueorigin.console.routing import ConsoleRequest
from trueorigin.console.specimens import DPI_DEFAULT, Specimen, draw
from trueorigin.domain.catalog import Run
from trueorigin.domain.downloads import Download
from trueorigin.domain.errors import ConflictError, InvalidError, SeveralError
from trueorigin.domain.ranges import parse_range
from trueorigin.domain.sheets import LAYOUTS, PRINTER_DPI, get_layout
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import catalog, downloads, issuing, previewing, printing
from trueorigin.services.downloads import ALLOWED_AT_ONCE, Taking
from trueorigin.services.exporting import CodeFormat, list_code_lines
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat, LabelOrder
from trueorigin.services.printing import PrintOrder
from trueorigin.web.i18n import languages, translator
from trueorigin.web.labels import name_file, open_label_file, stream_file, word_export

_TEMPLATE: Final = "console/labels.html"
_LAYOUT_DEFAULT: Final = "a4-24"
_FORMATS: Final = ("pdf", "zpl", "svg", "png", "csv", "txt")
_DOWNLOADS_SHOWN: Final = 30
_LABELS: Final = {
    "level": "console-range-what",
    "from": "console-range-from",
    "to": "console-range-to",
    "layout": "console-labels-layout",
    "dpi": "console-labels-dpi",
    "skip": "console-labels-skip",
    "format": "console-labels-format",
    "more": "console-labels-more",
    "reason": "console-stage-reason",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelValues:
    """What is in the fields."""

    range: RangeValues = field(default_factory=lambda: RangeValues(level="0"))
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
    formats: tuple[tuple[str, str], ...] = field(metadata={"help": "Formats to choose from."})
    layouts: tuple[tuple[str, str], ...] = field(metadata={"help": "Sheets and rolls."})
    languages: tuple[tuple[str, str], ...] = field(metadata={"help": "Of the label."})
    resolutions: tuple[tuple[str, str], ...] = field(metadata={"help": "Of the printer."})
    specimen: Specimen = field(metadata={"help": "The label as chosen."})
    advice: Verdict | None = field(metadata={"help": "Whether it meets GS1; items only."})
    downloads: tuple[DownloadRow, ...] = field(metadata={"help": "The newest downloads."})
    taken: int = field(metadata={"help": "How often its most taken item was taken."})
    is_owner: bool = field(metadata={"help": "Whether the reader may allow more."})
    background_from: int = field(metadata={"help": "More labels than this are made later."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    more: str = field(default="1", metadata={"help": "How many more are to be allowed."})
    reason: str = field(default="", metadata={"help": "Why, as typed."})
    more_max: int = field(default=ALLOWED_AT_ONCE, metadata={"help": "At a time."})
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
    if values.format not in _FORMATS:
        raise InvalidError("format_unknown", field="format", known=", ".join(_FORMATS))
    run_id, wanted = request.run_id(), values.range.to_draft()
    if values.format in set(CodeFormat):
        taking = Taking(run_id=run_id, range=wanted, format=values.format, is_limited=True)
        export = _take(request, taking)
        lines = list_code_lines(export, CodeFormat(values.format))
        media_type = "text/csv" if values.format == "csv" else "text/plain"
        return _send(lines, f"{media_type}; charset=utf-8", name_file(export, values.format))
    order = _build_order(request, values)
    if order.is_large:
        with request.write() as tx:
            job = printing.order_print(tx, request.act, order)
        return request.redirect(f"/console/jobs/{job.id}", "console-job-ordered")
    kind = LabelFormat(values.format)
    _require_fitting(request, order)
    taking = Taking(run_id=run_id, range=order.range, format=order.format, is_limited=True)
    export = _take(request, taking)
    file = open_label_file(request.context.scratch, export, _build_look(export, order))
    return _send(stream_file(file), kind.media_type, name_file(export, kind.suffix))


def _take(request: ConsoleRequest, taking: Taking) -> Export:
    with request.write() as tx:
        return downloads.take_codes(tx, request.context.vault, request.act, taking)


def _require_fitting(request: ConsoleRequest, order: PrintOrder) -> None:
    """Refuse labels that do not fit before anything is logged as taken."""
    with request.read() as tx:
        run = issuing.get_run(tx, request.act.scope, order.run_id)
        export = previewing.open_specimen(
            tx, request.context.vault, request.act.scope, run, order.level
        )
    specimen = draw(request, export, order.layout, order.language, order.dpi)
    if specimen.drawing is None:
        raise InvalidError("label_not_drawn", field="layout", why=specimen.problem)


def _build_order(request: ConsoleRequest, values: LabelValues) -> PrintOrder:
    """Return what is wanted, with bounds, or refuse what is no label."""
    layout = get_layout(values.layout)
    dpi = int(values.dpi) if values.dpi.isdecimal() else 0
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
    )


def _build_look(export: Export, order: PrintOrder) -> LabelOrder:
    return LabelOrder(
        text=word_export(export, order.language),
        language=translator(order.language).tag,
        layout=get_layout(order.layout),
        dpi=order.dpi,
        skip=order.skip,
        format=LabelFormat(order.format),
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
    chosen = form.text("language")
    return LabelValues(
        range=read_range(form),
        format=form.text("format")[:10],
        layout=form.text("layout")[:40],
        language=chosen if chosen in languages() else request.translator.language,
        dpi=form.text("dpi")[:5],
        skip=form.text("skip").strip()[:5],
    )


def _build_page(
    request: ConsoleRequest, values: LabelValues, errors: FormErrors = NO_ERRORS
) -> LabelsPage:
    text, scope, vault = request.translator.text, request.act.scope, request.context.vault
    with request.read() as tx:
        run = issuing.get_run(tx, scope, request.run_id())
        batch = catalog.get_batch(tx, scope, run.batch_id)
        product = catalog.get_product(tx, scope, run.product_id)
        level = _shown_level(values, run)
        export = previewing.open_specimen(tx, vault, scope, run, level)
        rows = downloads.list_downloads(tx, scope, run.id, before=None, limit=_DOWNLOADS_SHOWN)
        names = downloads.name_actors(tx, scope, rows)
        whole = issuing.parse_ranges(run, ())
        taken = max(downloads.find_allowance(tx, scope, run.id, each).taken for each in whole)
    levels = list_levels(run, product.gtin, request.translator)
    layout = values.layout if values.layout in LAYOUTS else _LAYOUT_DEFAULT
    dpi = next((each for each in PRINTER_DPI if str(each) == values.dpi), DPI_DEFAULT)
    return LabelsPage(
        run=run,
        run_href=runs.path_of(run.id),
        action=path_of(run.id),
        about=f"{product.name.pick(request.translator.language)} · {batch.lot}",
        values=values,
        levels=list_choices(levels, request.translator, has_whole=False),
        formats=tuple((each, text(f"console-labels-{each}")) for each in _FORMATS),
        layouts=tuple((each, word_layout(request, each)) for each in LAYOUTS),
        languages=tuple((each, translator(each).name) for each in languages()),
        resolutions=tuple((str(each), f"{each} dpi") for each in PRINTER_DPI),
        specimen=draw(request, export, layout, values.language, dpi),
        advice=word_advice(request, run.public_url, run.symbols, layout, dpi)
        if level == 0
        else None,
        downloads=tuple(_build_download(request, each, names) for each in rows),
        taken=taken,
        is_owner=request.is_owner,
        background_from=printing.PART_LABELS,
        errors=errors.named(tuple(_LABELS)),
        labels={name: text(message) for name, message in _LABELS.items()},
        more=request.form.text("more")[:5] or "1",
        reason=request.form.text("reason")[:LINE_LENGTH_MAX],
    )


def _shown_level(values: LabelValues, run: Run) -> int:
    """Return the level whose label is shown: the chosen one, if the run has it."""
    return next((each for each in run.levels if str(each) == values.range.level), 0)


def _build_download(
    request: ConsoleRequest, row: Download, names: Mapping[UUID, str]
) -> DownloadRow:
    text, number = request.translator.text, request.translator.number
    who = None if row.actor_id is None else names.get(row.actor_id)
    return DownloadRow(
        at=request.instant(row.at),
        who=who or text("console-labels-machine"),
        units=text(
            "console-range-words",
            level=text(f"level-{row.level}"),
            start=number(row.start),
            last=number(row.stop - 1),
            count=number(row.stop - row.start),
        ),
        format=row.format.upper(),
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
