# SPDX-License-Identifier: Apache-2.0
"""Let `--help` speak Chinese; what it says in English stands at the commands themselves.

Its sentences have a file of their own: reading those of the pages takes longer than all of it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = Path(__file__).resolve().parent.parent / "locale" / "help.zh.txt"


def load_help() -> dict[str, str]:
    """Return what each sentence of `--help` is in Chinese."""
    pairs = _FILE.read_text(encoding="utf-8").strip().split("\n\n")
    return dict(pair.split("\n") for pair in pairs)


# Typer keeps the library of its commands to itself, so there is no public type to name.
def translate_help(command: Any, sentences: Mapping[str, str]) -> None:  # noqa: ANN401
    """Put `sentences` in place of what a command, its options and those beneath it say."""
    for each in (command, *command.params):
        text = getattr(each, "help", None)
        if text:
            each.help = sentences.get(text, text)
    for each in getattr(command, "commands", {}).values():
        translate_help(each, sentences)
