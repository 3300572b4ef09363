# SPDX-License-Identifier: Apache-2.0
"""`run` and `recall`: order codes for a batch, let goods go, hold them back, call them back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from trueorigin.cli.accounts import parse_id
from trueorigin.cli.options import (
    AsJSON,
    Data,
    DatabaseURL,
    Organisation,
    PublicURL,
    Run,
    parse_instant,
)
from trueorigin.cli.output import print_new, print_rows, tell

if TYPE_CHECKING:
    from trueorigin.domain.ranges import RangeDraft
    from trueorigin.domain.tenancy import TenantScope
    from trueorigin.storage.database import Tx

_PAGE = 1000

_run = typer.Typer(help="Runs of codes for a batch.", no_args_is_help=True)
_recall = typer.Typer(help="Recalls.", no_args_is_help=True)

Level = Annotated[
    int | None,
    typer.Option(min=0, max=3, show_default="every level", help="0 items, 1 cases, 2 pallets."),
]
Start = Annotated[
    int | None, typer.Option("--from", min=0, help="First index.", show_default="the first")
]
Stop = Annotated[
    int | None, typer.Option("--to", min=1, help="Index after the last.", show_default="all units")
]
At = Annotated[
    str | None,
    typer.Option("--at", help="From when on: 2026-03-05T08:00+08:00.", show_default="now"),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_run, name="run")
    app.add_typer(_recall, name="recall")


@_run.command("create")
def create_run(
    org: Organisation,
    batch: Annotated[str, typer.Option(help="Id of the batch.")],
    quantity: Annotated[int, typer.Option(help="How many items, 1 to 4294967296.")],
    packing: Annotated[
        str, typer.Option(help="Units per group from the case upwards: 24,40.")
    ] = "",
    symbols: Annotated[int, typer.Option(help="Length of a serial: 14, 16 or 20.")] = 16,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
    public_url: PublicURL = None,
) -> None:
    """Order codes for a batch; prints the number of the run."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import issuing

    try:
        counts = tuple(int(part) for part in packing.split(",") if part.strip())
    except ValueError:
        raise typer.BadParameter("numbers such as 24,40", param_hint="--packing") from None
    with open_session(data, database, public_url) as session, session.database.write() as tx:
        draft = issuing.RunDraft(
            batch_id=parse_id(batch, "--batch"),
            quantity=quantity,
            public_url=session.settings.public_address,
            packing=counts,
            symbols=symbols,
        )
        run = issuing.create_run(tx, session.open_act(tx, org), draft)
    print_new(str(run.id), as_json=as_json, quantity=run.quantity)


@_run.command("list")
def list_runs(
    org: Organisation,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """List the runs of an organisation."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import issuing

    def read(tx: "Tx", scope: "TenantScope") -> Iterator[tuple[object, ...]]:
        after = None
        while page := issuing.list_runs(tx, scope, batch_id=None, after=after, limit=_PAGE):
            after = page[-1].id
            for each in page:
                packing = ",".join(map(str, each.packing))
                yield each.id, each.batch_id, each.quantity, packing, each.public_url

    names = ("id", "batch_id", "quantity", "packing", "public_url")
    with open_session(data, database) as session, session.database.read() as tx:
        rows = list(read(tx, session.open_act(tx, org).scope))
    print_rows(names, rows, as_json=as_json)


@_run.command("release")
def release(
    run: Run,
    org: Organisation,
    level: Level = None,
    start: Start = None,
    stop: Stop = None,
    at: At = None,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Release a run, or a range of it, for sale."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import issuing

    draft = issuing.StageDraft(
        ranges=_ranges(level, start, stop), effective_at=parse_instant(at, "--at")
    )
    with open_session(data, database) as session, session.database.write() as tx:
        issuing.release(tx, session.open_act(tx, org), run, draft)
    tell("released", run=str(run))


@_run.command("withdraw")
def withdraw(
    run: Run,
    org: Organisation,
    level: Level = None,
    start: Start = None,
    stop: Stop = None,
    at: At = None,
    reason: Annotated[str | None, typer.Option(help="Why, for your own records.")] = None,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Withdraw a run, or a range of it: goods on sale should not carry these codes."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import issuing

    draft = issuing.StageDraft(
        ranges=_ranges(level, start, stop), effective_at=parse_instant(at, "--at"), reason=reason
    )
    with open_session(data, database) as session, session.database.write() as tx:
        issuing.withdraw(tx, session.open_act(tx, org), run, draft)
    tell("withdrawn", run=str(run))


@_recall.command("create")
def create_recall(
    org: Organisation,
    reason_zh: Annotated[str | None, typer.Option(help="Why, in Chinese.")] = None,
    reason_en: Annotated[str | None, typer.Option(help="Why, in English.")] = None,
    batch: Annotated[str | None, typer.Option(help="Id of the batch.")] = None,
    run: Annotated[int | None, typer.Option(help="Number of the run.")] = None,
    level: Level = None,
    start: Start = None,
    stop: Stop = None,
    instruction_zh: Annotated[str | None, typer.Option(help="What to do, in Chinese.")] = None,
    instruction_en: Annotated[str | None, typer.Option(help="What to do, in English.")] = None,
    contact: Annotated[str | None, typer.Option(help="Phone or address for questions.")] = None,
    number: Annotated[str | None, typer.Option(help="Number of the order.")] = None,
    at: At = None,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Recall a batch, or a run or a range of it; holds from the very next reading."""
    from trueorigin.cli.session import open_session
    from trueorigin.domain.catalog import LocalText
    from trueorigin.services import recalls

    ranges = _ranges(level, start, stop)
    has_instruction = instruction_zh or instruction_en
    draft = recalls.RecallDraft(
        reason=LocalText(zh=reason_zh, en=reason_en),
        batch_id=None if batch is None else parse_id(batch, "--batch"),
        run_id=run,
        range=ranges[0] if ranges else None,
        number=number,
        instruction=LocalText(zh=instruction_zh, en=instruction_en) if has_instruction else None,
        contact=contact,
        effective_at=parse_instant(at, "--at"),
    )
    with open_session(data, database) as session, session.database.write() as tx:
        recall = recalls.create_recall(tx, session.open_act(tx, org), draft)
    print_new(str(recall.id), as_json=as_json, number=recall.number)


@_recall.command("list")
def list_recalls(
    org: Organisation,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """List the recalls of an organisation, lifted ones too."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import recalls

    def read(tx: "Tx", scope: "TenantScope") -> Iterator[tuple[object, ...]]:
        after = None
        while page := recalls.list_recalls(tx, scope, after=after, limit=_PAGE):
            after = page[-1].id
            for each in page:
                yield each.id, each.batch_id or each.run_id, each.effective_at, each.lifted_at

    with open_session(data, database) as session, session.database.read() as tx:
        rows = list(read(tx, session.open_act(tx, org).scope))
    print_rows(("id", "of", "effective_at", "lifted_at"), rows, as_json=as_json)


@_recall.command("lift")
def lift_recall(
    recall: Annotated[str, typer.Argument(help="Id of the recall.")],
    org: Organisation,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """End a recall now."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import recalls

    recall_id = parse_id(recall, "RECALL")
    with open_session(data, database) as session, session.database.write() as tx:
        recalls.lift_recall(tx, session.open_act(tx, org), recall_id)
    tell("lifted")


def _ranges(level: int | None, start: int | None, stop: int | None) -> "tuple[RangeDraft, ...]":
    """Return the range named by the options; none named means all levels of the run."""
    from trueorigin.domain.ranges import RangeDraft

    if level is None and start is None and stop is None:
        return ()
    return (RangeDraft(level=level or 0, start=start, stop=stop),)
