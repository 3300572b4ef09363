# SPDX-License-Identifier: Apache-2.0
"""What to say of a photograph: which of its codes is meant, or why there is nothing to answer.

An address of another host is shown as text; nothing here makes a link of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from trueorigin.domain.digitallink import parse_public_code
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.web.addresses import address_of, show_code
from trueorigin.web.errors import message_id
from trueorigin.web.i18n import Translator
from trueorigin.web.pages import list_steps

# Whoever photographs more labels at a time sends the codes one by one.
CHOICE_MAX: Final = 100
# More of an address than anybody reads.
SHOWN_MAX: Final = 300
# Refusals that leave the reader with something to try, by what the page is called.
_NAMES: Final = {
    "photo_without_code": "photo-none",
    "field_missing": "photo-missing",
    "body_too_large": "photo-large",
    "image_too_large": "photo-pixels",
    "image_type": "photo-type",
    "image_broken": "photo-broken",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChoice:
    """One code of ours on a photograph."""

    href: str = field(metadata={"help": "Path of its answer, on this host."})
    shown: str = field(metadata={"help": "The code in groups of four."})
    gtin: str | None = field(metadata={"help": "The product it names, if it does."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoPage:
    """The page after a photograph that does not lead to one answer."""

    tone: str = field(metadata={"help": "Class and icon: `home` or `error`."})
    headline: str = field(metadata={"help": "What we saw, in a few words."})
    sentence: str = field(metadata={"help": "What it means."})
    steps: tuple[str, ...] = field(metadata={"help": "What to do now, in order."})
    choices: tuple[CodeChoice, ...] = field(metadata={"help": "Codes of ours, from the top."})
    foreign: tuple[str, ...] = field(metadata={"help": "Texts that are not ours, to be shown."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCodes:
    """What a photograph shows: codes that may be ours, and texts that are not, both in order."""

    choices: tuple[CodeChoice, ...]
    foreign: tuple[str, ...]


def sort_codes(texts: Sequence[str], *, hosts: Collection[str]) -> SeenCodes:
    """Tell our codes from addresses and texts that are not ours."""
    choices: dict[str, CodeChoice] = {}
    foreign: dict[str, None] = {}
    for text in texts[:CHOICE_MAX]:
        try:
            code = parse_public_code(text, hosts=hosts)
            href = address_of(code)
        except InvalidError:
            foreign[text[:SHOWN_MAX]] = None
        else:
            shown = show_code(code) or href
            choices[href] = CodeChoice(href=href, shown=shown, gtin=code.gtin)
    return SeenCodes(choices=tuple(choices.values()), foreign=tuple(foreign))


def build_choice_page(seen: SeenCodes, language: Translator) -> PhotoPage:
    """Build the page for a photograph with several codes, or with none of ours."""
    name = "photo-several" if seen.choices else "photo-foreign"
    return PhotoPage(
        tone="home" if seen.choices else "error",
        headline=language.text(name),
        sentence=language.text(f"{name}.sentence", count=len(seen.choices)),
        steps=list_steps(name, language),
        choices=seen.choices,
        foreign=seen.foreign,
    )


def build_refused_page(error: DomainError, language: Translator) -> PhotoPage | None:
    """Build the page for a photograph that could not be read; None where it is no fault of it."""
    name = _NAMES.get(error.code)
    if name is None:
        return None
    return PhotoPage(
        tone="error",
        headline=language.text(name),
        sentence=language.text(message_id(error.code), **error.params)
        if not language.has(f"{name}.sentence")
        else language.text(f"{name}.sentence"),
        steps=list_steps(name, language),
        choices=(),
        foreign=(),
    )
