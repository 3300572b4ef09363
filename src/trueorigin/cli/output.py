# SPDX-License-Identifier: Apache-2.0
"""How the command line speaks: data on standard output, everything else on standard error.

Refusals are told in the reader's language, with their code for whoever searches for it.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from trueorigin.domain.errors import DomainError, SeveralError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

REFUSED = 2
_FAILED = 1


def reader_language(environ: Mapping[str, str] = os.environ) -> str:
    """Return `zh` for a Chinese terminal, else `en`; the order of variables is POSIX.1-2017's."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


def print_json(value: object) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def print_rows(
    names: tuple[str, ...], rows: Iterable[tuple[object, ...]], *, as_json: bool
) -> None:
    """Print rows as JSON objects, or as tab-separated lines that cut(1) takes apart."""
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    for row in (names, *rows):
        typer.echo("\t".join("" if cell is None else str(cell) for cell in row))


def print_new(name: str, *, as_json: bool, **others: object) -> None:
    """Print the id of what was made; as JSON together with the `others`."""
    if as_json:
        print_json({"id": name, **others})
    else:
        typer.echo(name)


def say(text: str) -> None:
    """Print a line for the person at the terminal, on standard error."""
    typer.echo(text, err=True)


def tell(message: str, **params: str | int) -> None:
    """Say the sentence `told-<message>` in the reader's language."""
    from trueorigin.web.i18n import translator

    say(translator(reader_language()).text(f"told-{message}", **params))


def fail(error: DomainError) -> int:
    """Tell a refusal, each part of it on its own line, and return the exit status."""
    for part in error.errors if isinstance(error, SeveralError) else [error]:
        say(describe(part))
    return REFUSED


def fail_file(error: OSError) -> int:
    """Tell that a file or a connection failed, and return the exit status."""
    name = error.filename or "-"
    return fail(DomainError("file_failed", file=str(name), why=error.strerror or str(error)))


def fail_unexpected(error: Exception) -> int:
    """Tell a defect of ours in one sentence; the trace is shown when it is asked for."""
    if os.environ.get("TRUEORIGIN_LOG_LEVEL") == "debug":
        raise error
    fail(DomainError("command_failed", kind=type(error).__name__, text=str(error)[:300]))
    return _FAILED


def describe(error: DomainError) -> str:
    """Say a refusal in the reader's language, with the field it is about and its code."""
    from trueorigin.web.errors import message_id
    from trueorigin.web.i18n import translator

    sentence = translator(reader_language()).text(message_id(error.code), **error.params)
    place = f"{error.field}: " if error.field else ""
    return f"{place}{sentence} [{error.code}]"


class Steps:
    """A progress bar on standard error; silent where that is not a terminal."""

    def __init__(self, progress: "Progress", task: "TaskID") -> None:
        """Wrap one bar of rich."""
        self._progress = progress
        self._task = task

    def show(self, what: str, count: int) -> None:
        """Say what is worked on and how far that is, where the end is not known."""
        self._progress.update(self._task, description=f"{what} {count:,}")

    def advance(self, count: int = 1) -> None:
        """Move on by `count`."""
        self._progress.advance(self._task, count)


@contextmanager
def show_progress(title: str, total: int | None) -> Iterator[Steps]:
    """Show a bar of `total` steps while the block runs; None where the total is not known."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Steps(progress, progress.add_task(title, total=total))
