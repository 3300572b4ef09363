# SPDX-License-Identifier: Apache-2.0
"""The languages of the pages: which one a reader gets, and every sentence in it.

A language is one file `locale/<code>.ftl` (Project Fluent); adding the file adds the language.
Nothing here knows what a verdict is, and nothing falls back silently: an id that no file has is
a programming error. Bundles are built once per process.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from fluent.runtime import FluentBundle
from fluent.runtime.resolver import Pattern
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor

from trueorigin.web.localefile import LocaleFile

LOCALES = Path(__file__).resolve().parent.parent / "locale"

# Readers whose phones speak none of our languages get this one.
DEFAULT_LANGUAGE = "en"

# A header is read no further: real ones are below 100 characters.
ACCEPT_LANGUAGE_MAX = 200

# The longest gap between two codes in one Accept-Language header that we bother to weigh.
_CHOICES_MAX = 20
_WHITE_SPACE = re.compile(r"\s+")


class UnknownMessageError(LookupError):
    """A message id that the language's file does not have: a defect, never the reader's fault."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Translator:
    """One language: its sentences, and its way to write dates and numbers.

    `tag` goes into the `lang` attribute, `name` is what the language calls itself. Messages
    asked for without parameters are kept in `plain`, so that most of a page costs one dictionary
    look-up a sentence. Shared by all threads: what two of them load is the same.
    """

    language: str
    tag: str
    name: str
    locale: Locale
    plain: dict[str, str] = field(default_factory=dict, repr=False)
    file: LocaleFile = field(repr=False)
    bundle: FluentBundle = field(repr=False)

    def has(self, message_id: str) -> bool:
        """Say whether `message_id` (or `message.attribute`) exists in this language."""
        return message_id in self.plain or self._find(message_id) is not None

    def _find(self, message_id: str) -> Pattern | None:
        """Return the pattern of a message or attribute, which is loaded by the first who asks."""
        name, _, attribute = message_id.partition(".")
        if not self.bundle.has_message(name):
            self.file.load(name, self.bundle)
            if not self.bundle.has_message(name):
                return None
        message = self.bundle.get_message(name)
        return message.attributes.get(attribute) if attribute else message.value

    def text(self, message_id: str, **params: str | int) -> str:
        """Return the sentence `message_id`, or `message.attribute`, with `params` filled in.

        Raises `UnknownMessageError` for an id, and `ValueError` for a placeholder, that is
        missing. Numbers are written the language's way; strings are put in as they are, so the
        caller escapes.
        """
        found = self.plain.get(message_id)
        return found if found is not None else _format(self, message_id, tuple(params.items()))

    def format(self, message_id: str, params: Mapping[str, str | int]) -> str:
        """Do the work of `text`, without looking at what was done before."""
        pattern = self._find(message_id)
        if pattern is None:
            raise UnknownMessageError(f"{message_id} ({self.language})")
        value, errors = self.bundle.format_pattern(pattern, dict(params))
        if errors:
            raise ValueError(f"{message_id} ({self.language}): {errors[0]}")
        text = str(value)
        if not params:
            self.plain[message_id] = text
        return text

    def day(self, value: date) -> str:
        """Return a day in words that no reader can take for another: 5 March 2026."""
        return str(format_date(value, "long", locale=self.locale))

    def instant(self, value: datetime, time_zone: str) -> str:
        """Return day and minute of `value` on the clocks of `time_zone` (an IANA name)."""
        return _write_minute(self, value.replace(second=0, microsecond=0), time_zone)

    def clock(self, local: datetime) -> str:
        """Return hour and minute of an already local time, on a 24-hour clock."""
        return str(format_time(local, "HH:mm", locale=self.locale))

    def month(self, value: date) -> str:
        """Return year and month of `value`."""
        return str(format_skeleton("yMMMM", value, locale=self.locale))

    def number(self, value: int) -> str:
        """Return a whole number with the language's grouping."""
        return str(format_decimal(value, locale=self.locale))

    def decimal(self, value: float, digits: int) -> str:
        """Return a number with so many decimals, the language's way."""
        return str(format_decimal(value, format=f"0.{'0' * digits}", locale=self.locale))


# Translators are shared and compared by identity, so they can be keys.
# Answers of one minute share their time, and most sentences recur: 190 us an answer become 25.
@lru_cache(maxsize=8192)
def _format(
    language: Translator, message_id: str, params: tuple[tuple[str, str | int], ...]
) -> str:
    return language.format(message_id, dict(params))


@lru_cache(maxsize=8192)
def _write_minute(language: Translator, minute: datetime, time_zone: str) -> str:
    local = minute.astimezone(ZoneInfo(time_zone))
    return language.text("instant", day=language.day(local.date()), time=language.clock(local))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the codes of all languages, in alphabetical order: one for each file."""
    return tuple(sorted(path.stem for path in LOCALES.glob("*.ftl")))


@lru_cache(maxsize=32)
def translator(language: str) -> Translator:
    """Return the translator of `language`; built at the first call, then shared by all threads."""
    if language not in languages():
        raise UnknownMessageError(f"no locale file for {language!r}")
    file = LocaleFile((LOCALES / f"{language}.ftl").read_text(encoding="utf-8"))
    names = {name: _read_name(file, name) for name in file.list_ids("language-")}
    locale = names["language-locale"]
    return Translator(
        language=language,
        tag=names["language-tag"],
        name=names["language-name"],
        locale=Locale.parse(locale),
        file=file,
        bundle=FluentBundle([locale], use_isolating=False),
    )


@lru_cache(maxsize=32)
def list_patterns(language: str, prefix: str) -> Mapping[str, str]:
    """Return the messages whose ids begin with `prefix`, for a script that fills them in itself.

    `{name}` stands for each placeholder; of a choice by number the other case is taken.
    """
    words = translator(language)
    found: dict[str, str] = {}
    for name in words.file.list_ids(prefix):
        message = words.file.parse(name)
        if message is not None:
            asked = _Placeholders()
            asked.visit(message)
            found[name] = words.text(name, **{each: f"{{{each}}}" for each in asked.found})
    return found


class _Placeholders(Visitor):
    """Collects what a message asks for."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - its API
        """Note one placeholder."""
        self.found.add(node.id.name)


def negotiate(accept_language: str | None, cookie: str | None, query: str | None) -> str:
    """Choose the language: what the link asks for, else the cookie, else the phone's own order.

    Unknown and malformed wishes are passed over. Chinese in any script and region reads `zh`.
    """
    for wish in (query, cookie):
        if wish is not None and wish in languages():
            return wish
    return _accepted((accept_language or "")[:ACCEPT_LANGUAGE_MAX])


def forget_languages() -> None:
    """Read the files anew at the next call; for a process whose files were changed."""
    for kept in (languages, translator, list_patterns, _accepted):
        kept.cache_clear()


@lru_cache(maxsize=512)
def _accepted(header: str) -> str:
    """Pick our best language for an Accept-Language header (RFC 9110 section 12.5.4)."""
    best, best_weight = DEFAULT_LANGUAGE, 0.0
    for choice in header.split(",")[:_CHOICES_MAX]:
        wanted, _, parameter = _WHITE_SPACE.sub("", choice).partition(";")
        weight = _weight(parameter)
        primary = wanted.lower().partition("-")[0]
        if primary in languages() and weight > best_weight:
            best, best_weight = primary, weight
    return best


def _weight(parameter: str) -> float:
    """Read `q=0.7`; a weight that is no number from 0 to 1 loses."""
    if not parameter:
        return 1.0
    match = re.fullmatch(r"q=([01](?:\.\d{0,3})?)", parameter)
    return float(match[1]) if match else 0.0


def _read_name(file: LocaleFile, name: str) -> str:
    """Return one of the plain messages by which a file introduces its language."""
    message = file.parse(name)
    elements = message.value.elements if message is not None and message.value is not None else []
    return "".join(each.value for each in elements if isinstance(each, ast.TextElement))
