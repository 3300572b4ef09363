# SPDX-License-Identifier: Apache-2.0
"""`codes`, `labels` and `verify`: write codes out for printers, and read one back."""

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trueorigin.cli.options import (
    AsJSON,
    Data,
    DatabaseURL,
    Level,
    Output,
    PublicURL,
    Run,
    Start,
    Stop,
)
from trueorigin.cli.output import print_json, reader_language, show_progress, tell

if TYPE_CHECKING:
    from trueorigin.adapters.logos import Logo
    from trueorigin.cli.session import Session
    from trueorigin.domain.designs import Look
    from trueorigin.domain.scans import ScanOutcome
    from trueorigin.services.downloads import Taking
    from trueorigin.services.issuing import Export

_codes = typer.Typer(help="Codes of a run.", no_args_is_help=True)

Design = Annotated[
    str,
    typer.Option(
        help="plain: symbol and code; text; branded: with texts and logo; logistic: with GS1-128."
    ),
]
Parts = Annotated[
    str | None,
    typer.Option(
        help="Texts: name,other_name,specification,lot,produced,expires.",
        show_default="the design's",
    ),
]
OwnLine = Annotated[str | None, typer.Option(help="A line of your own.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_codes, name="codes")
    app.command()(labels)
    app.command()(verify)


@_codes.command("export")
def export_codes(
    run: Run,
    output: Output,
    level: Level = 0,
    start: Start = 0,
    stop: Stop = None,
    code_format: Annotated[
        str, typer.Option("--format", help="csv with all columns, or txt with one URL a line.")
    ] = "csv",
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Write codes to a file; the same command again takes up a file that was interrupted."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.exporting import CodeFormat, write_codes

    if code_format not in set(CodeFormat):
        raise typer.BadParameter("csv or txt", param_hint="--format")
    with open_session(data, database) as session:
        export = _open_export(session, run, level, start, stop, code_format)
    with show_progress("codes", export.stop - export.start) as steps:
        write_codes(export, CodeFormat(code_format), output, report=steps.advance)
    tell("codes", file=str(output), count=export.stop - export.start)


def labels(
    run: Run,
    output: Output,
    level: Level = 0,
    start: Start = 0,
    stop: Stop = None,
    label_format: Annotated[
        str, typer.Option("--format", help="pdf, zpl, or svg and png: a ZIP of pictures.")
    ] = "pdf",
    layout: Annotated[str, typer.Option(help="Label sheet or roll.")] = "a4-24",
    language: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    dpi: Annotated[int, typer.Option(min=1, help="Dots per inch of the printer.")] = 300,
    skip: Annotated[int, typer.Option(min=0, help="Labels already used on sheet 1.")] = 0,
    design: Design = "text",
    parts: Parts = None,
    line: OwnLine = None,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Write labels for a printer; a sample of the symbols is read back before the file is given."""
    from trueorigin.cli.session import open_session
    from trueorigin.domain.designs import parse_look
    from trueorigin.domain.ranges import RangeDraft
    from trueorigin.services import downloads
    from trueorigin.services.downloads import Taking
    from trueorigin.services.labelling import LabelFormat, build_labels
    from trueorigin.services.printing import PrintOrder
    from trueorigin.web.i18n import languages
    from trueorigin.web.labels import build_label_order, split_parts

    if label_format not in set(LabelFormat):
        raise typer.BadParameter(", ".join(LabelFormat), param_hint="--format")
    if language not in languages():
        raise typer.BadParameter(", ".join(languages()), param_hint="--language")
    look = parse_look(design, split_parts(parts), line)
    wanted = RangeDraft(level=level, start=start, stop=stop)
    taking = Taking(run_id=run, range=wanted, format=label_format, is_limited=False)
    with open_session(data, database) as session:
        export, logo = _open_labels(session, taking, look)
        order = PrintOrder(
            run_id=run,
            level=level,
            start=export.start,
            stop=export.stop,
            format=label_format,
            layout=layout,
            language=language,
            dpi=dpi,
            skip=skip,
            look=look,
        )
        draft = output.with_name(f"{output.name}.part")
        # Codes are worth money: for their owner's eyes only, from the first byte on.
        os.close(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600))
        try:
            appearance = build_label_order(export, order, logo)
            with show_progress("labels", export.stop - export.start) as steps:
                count = build_labels(export, appearance, draft, report=steps.advance)
            # What could not be printed was not taken.
            with session.database.write() as tx:
                act = session.open_act_of_run(tx, run)
                downloads.take_codes(tx, session.vault, act, taking)
            draft.replace(output)
        finally:
            draft.unlink(missing_ok=True)
    tell("labels", file=str(output), count=count)


def verify(
    code: Annotated[str, typer.Argument(help="Printed URL, or the code under the symbol.")],
    language: Annotated[
        str | None, typer.Option(help="zh or en.", show_default="the terminal's")
    ] = None,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
    public_url: PublicURL = None,
) -> None:
    """Compare a code and print the verdict; the reading is recorded but never counts."""
    from trueorigin.cli.session import open_session
    from trueorigin.web.i18n import languages, translator
    from trueorigin.web.wording import build_answer_json

    chosen = language or reader_language()
    if chosen not in languages():
        raise typer.BadParameter(", ".join(languages()), param_hint="--language")
    with open_session(data, database, public_url) as session:
        outcome = _record(session, code)
    answer = build_answer_json(outcome, translator(chosen))
    if as_json:
        print_json(answer)
    else:
        _print_answer(answer, outcome, chosen)


def _open_export(
    session: "Session", run: int, level: int, start: int, stop: int | None, file_format: str
) -> "Export":
    from trueorigin.domain.ranges import RangeDraft
    from trueorigin.services import downloads
    from trueorigin.services.downloads import Taking

    wanted = RangeDraft(level=level, start=start, stop=stop)
    with session.database.write() as tx:
        act = session.open_act_of_run(tx, run)
        taking = Taking(run_id=run, range=wanted, format=file_format, is_limited=False)
        return downloads.take_codes(tx, session.vault, act, taking)


def _open_labels(
    session: "Session", taking: "Taking", look: "Look"
) -> "tuple[Export, Logo | None]":
    from trueorigin.adapters.files import FOLDER_NAME, FolderStore
    from trueorigin.services import downloads, logos

    with session.database.read() as tx:
        scope = session.open_act_of_run(tx, taking.run_id).scope
        export = downloads.prepare_codes(tx, session.vault, scope, taking)
        logo = logos.find_logo(tx, scope, look)
    return export, logos.open_logo(FolderStore(session.settings.data / FOLDER_NAME), logo)


def _record(session: "Session", code: str) -> "ScanOutcome":
    from trueorigin.cli.session import now
    from trueorigin.domain.digitallink import host_of, parse_public_code
    from trueorigin.domain.ids import uuid7
    from trueorigin.domain.scans import Channel, Reading
    from trueorigin.services.catalogue import Catalogue
    from trueorigin.services.scanning import record_scans
    from trueorigin.storage.catalog import list_public_hosts

    settings = session.settings
    with session.database.write() as tx:
        own = (settings.public_address, *settings.former_urls)
        hosts = {*list_public_hosts(tx), *map(host_of, own)}
        at = now()
        reading = Reading(
            code=parse_public_code(code, hosts=hosts),
            at=at,
            id=uuid7(at, os.urandom(10)),
            channel=Channel.CLI,
            device_token=None,
            minted_token=None,
            network="",
            place=None,
            place_trusted=False,
            actor=None,
            is_confirmed=False,
        )
        return record_scans(tx, Catalogue(), session.vault, [reading])[0]


def _print_answer(answer: "dict[str, Any]", outcome: "ScanOutcome", chosen: str) -> None:
    """Print verdict, reasons and what the code names, one a line."""
    from trueorigin.web.i18n import translator

    language = translator(chosen)
    typer.echo(f"{answer['title']} [{answer['verdict']}]")
    for reason in answer["reasons"]:
        typer.echo(f"- {reason['text']}")
    unit = outcome.unit
    if unit is not None:
        facts = {
            "organisation": unit.organisation.name,
            "product": unit.product.name.pick(chosen),
            "lot": unit.batch.lot,
            "number": unit.number,
        }
        for name, value in facts.items():
            label = "section-product" if name == "product" else f"field-{name}"
            typer.echo(f"{language.text(label)}: {value}")
