# SPDX-License-Identifier: Apache-2.0
"""Let `--help` and usage errors speak Chinese; their English stands at the commands themselves.

Its sentences have a file of their own: reading those of the pages takes longer than all of it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import typer
from typer.exceptions import TyperException

_FILE = Path(__file__).resolve().parent.parent / "locale" / "help.zh.txt"
# What the library of the commands says by itself.
FRAME: Final = (
    "Usage: ", "Arguments", "Options", "Commands", "[OPTIONS]", "COMMAND [ARGS]...",
    "Show this message and exit.", "default: ", "required",
)  # fmt: skip
ERROR: Final = "Error: "
HINT: Final = "Try '{} -h' for help."
# What it says of a command line that cannot be run, and what our commands add; `{}` is anything,
# and may be a sentence of these itself. The first that fits is taken.
FAULTS: Final = (
    "Missing command.",
    "Missing option {}.",
    "Missing argument {}.",
    "No such command {}. Did you mean {}?",
    "No such command {}.",
    "No such option: {} (Possible options: {})",
    "No such option: {}",
    "Got unexpected extra argument(s) ({})",
    "Option {} requires an argument.",
    "Option {} does not take a value.",
    "Invalid value for {}: {}",
    "Input should be a valid integer, unable to parse string as an integer",
    "Value error, {} is not one of {}.",
    "a day such as {}",
    "an instant such as {}",
    "an instant between the years {} and {}",
    "csv or txt",
    "not an id",
    "numbers such as {}",
    "no terminal to ask at",
    "no text",
    "“{}” is neither a province such as {} nor a division such as {}",
)
# A default and what must be given stand in brackets at the end of what an option is for.
_TERMS = re.compile(r"(?<=\s\s\[)(default: )|(?:(?<=\s\s\[)|(?<=; ))(required)(?=\]$)")


def load_help() -> dict[str, str]:
    """Return what each sentence of `--help` is in Chinese."""
    pairs = _FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return dict(pair.split("\n") for pair in pairs)


# Typer keeps the library of its commands to itself, so there is no public type to name.
def translate_help(command: Any, sentences: Mapping[str, str]) -> None:  # noqa: ANN401
    """Put `sentences` in place of what a command, its options and those beneath it say."""
    command.context_class = _build_context(command.context_class, sentences)
    for name in ("help", "show_default", "options_metavar", "subcommand_metavar"):
        for each in (command, *command.params):
            text = getattr(each, name, None)
            if isinstance(text, str):
                setattr(each, name, sentences.get(text, text))
    for each in getattr(command, "commands", {}).values():
        translate_help(each, sentences)


def translate_faults(command: Any, sentences: Mapping[str, str]) -> None:  # noqa: ANN401
    """Let `command` tell in `sentences` why a command line cannot be run."""
    for name in ("make_context", "invoke"):
        setattr(command, name, _tell_faults_of(getattr(command, name), sentences))


def _tell_faults_of(act: Callable[..., Any], sentences: Mapping[str, str]) -> Callable[..., Any]:
    def run(*args: Any, **options: Any) -> Any:  # noqa: ANN401
        try:
            return act(*args, **options)
        except TyperException as fault:
            # Whoever calls a command without anything is shown its help, which speaks already.
            if type(fault).__name__ != "NoArgsIsHelpError":
                fault.show = partial(_show_fault, fault, sentences)  # type: ignore[attr-defined]
            raise

    return run


def _show_fault(fault: Any, sentences: Mapping[str, str]) -> None:  # noqa: ANN401
    context = getattr(fault, "ctx", None)
    if context is not None:
        hint = sentences[HINT].format(context.command_path)
        typer.echo(f"{context.get_usage()}\n{hint}\n", err=True)
    told = translate_fault(fault.format_message(), sentences)
    typer.echo(f"{sentences[ERROR]}{told}", err=True)


def translate_fault(text: str, sentences: Mapping[str, str]) -> str:
    """Return what is wrong with a command line in `sentences`, or `text` as it is."""
    for each in FAULTS:
        form = ("(.+?)" if "{} " in each else "(.+)").join(map(re.escape, each.split("{}")))
        if found := re.fullmatch(form, text, re.DOTALL):
            parts = (translate_fault(part, sentences) for part in found.groups())
            return sentences[each].format(*parts)
    return text


def _build_context(base: type[Any], sentences: Mapping[str, str]) -> type[Any]:
    """Return the context of a command that writes its frame with `sentences`."""
    formatter = base.formatter_class

    def write_usage(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:  # noqa: ANN401
        formatter.write_usage(self, prog, args, prefix or sentences["Usage: "])

    def write_heading(self: Any, heading: str) -> None:  # noqa: ANN401
        self.write(f"{sentences.get(heading, heading)}：\n")

    def write_dl(self: Any, rows: Sequence[tuple[str, str]]) -> None:  # noqa: ANN401
        told = [
            (name, _TERMS.sub(lambda found: sentences[found[0]], sentences.get(text, text)))
            for name, text in rows
        ]
        formatter.write_dl(self, told)

    said = {"write_usage": write_usage, "write_heading": write_heading, "write_dl": write_dl}
    return type(base.__name__, (base,), {"formatter_class": type("Formatter", (formatter,), said)})
