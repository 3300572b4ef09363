# SPDX-License-Identifier: Apache-2.0
"""Let `--help` speak Chinese; what it says in English stands at the commands themselves.

Its sentences have a file of their own: reading those of the pages takes longer than all of it.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_FILE = Path(__file__).resolve().parent.parent / "locale" / "help.zh.txt"
# What the library of the commands says by itself.
FRAME: Final = (
    "Usage: ", "Arguments", "Options", "Commands", "[OPTIONS]", "COMMAND [ARGS]...",
    "Show this message and exit.", "default: ", "required",
)  # fmt: skip
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
