# SPDX-License-Identifier: Apache-2.0
"""The parts that bodies and answers of the JSON surface are made of.

A body is strict: unknown members, numbers in quotes and instants without a zone are refused, all
in one answer. What the values mean is for the services to judge.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Final, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictInt
from pydantic_core import PydanticCustomError

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.texts import DESCRIPTION_LENGTH_MAX

T = TypeVar("T")

# A page a person scrolls through; programs follow `next`.
PAGE_DEFAULT: Final = 50
# Some 200 kB of the largest objects.
PAGE_MAX: Final = 200
# 29 bits of every unit key.
RUN_ID_MAX: Final = 2**29 - 1

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# Converting to UTC must stay within the calendar; nothing here happens outside these years.
_YEAR_MIN, _YEAR_MAX = 1970, 2199


class Body(BaseModel):
    """What a client sends: nothing unknown in it, nothing changed after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True)


def _require_day(value: object) -> object:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("day_malformed", "YYYY-MM-DD")
    return value


def _require_instant(value: object) -> object:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise PydanticCustomError("instant_malformed", "RFC 3339 with zone")
    if not _YEAR_MIN <= int(value[:4]) <= _YEAR_MAX:
        raise PydanticCustomError(
            "instant_implausible", "year", {"min": str(_YEAR_MIN), "max": str(_YEAR_MAX)}
        )
    return value.upper()


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


# Text only: a bare number would be read as a day count or a time stamp.
Day = Annotated[date, BeforeValidator(_require_day)]
Instant = Annotated[datetime, BeforeValidator(_require_instant), AfterValidator(_to_utc)]
RunId = Annotated[int, Field(ge=1, le=RUN_ID_MAX)]
Whole = StrictInt


class LocalTextForm(Body):
    """One text in Chinese, English or both."""

    zh: str | None = Field(default=None, max_length=DESCRIPTION_LENGTH_MAX)
    en: str | None = Field(default=None, max_length=DESCRIPTION_LENGTH_MAX)

    def to_text(self) -> LocalText:
        """Return the domain's form."""
        return LocalText(zh=self.zh, en=self.en)

    @classmethod
    def of(cls, text: LocalText) -> "LocalTextForm":
        """Show a stored text."""
        return cls(zh=text.zh, en=text.en)

    @classmethod
    def of_optional(cls, text: LocalText | None) -> "LocalTextForm | None":
        """Show a text that may be missing."""
        return None if text is None else cls.of(text)


class Page(Answer, Generic[T]):
    """Part of a list, in the order things were made; `next` continues it, null ends it."""

    items: list[T]
    next: str | None


class ErrorPart(Answer):
    """One refusal: a stable code, a sentence for people, the field and the facts."""

    code: str
    message: str
    field: str | None
    params: dict[str, str | int]
    errors: list["ErrorPart"]


class ErrorAnswer(Answer):
    """The body of every answer that is no success."""

    error: ErrorPart


class PageQuery(Body):
    """Which part of a list is wanted: what comes after the cursor `after`, at most `limit`."""

    after: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=PAGE_DEFAULT, ge=1, le=PAGE_MAX)
