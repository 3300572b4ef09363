# SPDX-License-Identifier: Apache-2.0
"""Two people change one thing: what differs between their versions, and which one was opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trueorigin.console.forms import Form

# 32 bits.
_VERSION_DIGITS_MAX = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field of which two versions say something else."""

    label: str = field(metadata={"help": "Which field."})
    mine: str = field(metadata={"help": "What this reader typed."})
    theirs: str = field(metadata={"help": "What is stored by now."})


def compare(mine: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[Difference, ...]:
    """List the fields in which two versions, texts by label, differ, in the order of `mine`."""
    return tuple(
        Difference(label=label, mine=text, theirs=theirs[label])
        for label, text in mine.items()
        if text != theirs[label]
    )


def read_version(form: Form) -> int | None:
    """Return the version the form was opened at, or None where it does not say."""
    text = form.text("version")
    is_number = text.isascii() and text.isdigit() and len(text) <= _VERSION_DIGITS_MAX
    return int(text) if is_number else None
