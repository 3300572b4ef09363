# SPDX-License-Identifier: Apache-2.0
"""Which units of a run a form means, and when: the same fields wherever ranges are chosen.

People give the first and the last unit, as all lists show them; within, ranges are half-open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from trueorigin.console.forms import Form
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import Run
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.domain.ranges import RangeDraft, UnitRange
from trueorigin.web.i18n import Translator

# What the list box sends for every unit of every level.
WHOLE: Final = ""
_LEVELS: Final = ("0", "1", "2", "3")
# As the JSON interface takes instants: what lies outside was mistyped, and would hold for ever.
_YEAR_MIN, _YEAR_MAX = 1970, 2199


class Stretch(Protocol):
    """The units [start, stop) of one level, whatever else it says of them."""

    @property
    def level(self) -> int:
        """0 for items."""

    @property
    def start(self) -> int:
        """The first."""

    @property
    def stop(self) -> int:
        """The one after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeValues:
    """What is in the fields: `level` is empty for the whole run, `last` is part of the range."""

    level: str = WHOLE
    start: str = ""
    last: str = ""

    def to_drafts(self) -> tuple[RangeDraft, ...]:
        """Return what the services check; nothing for the whole run."""
        return () if self.level == WHOLE else (self.to_draft(),)

    def to_draft(self) -> RangeDraft:
        """Return the range meant; without a level it is one of items."""
        errors: list[DomainError] = []
        start = _parse_bound("from", self.start, errors)
        last = _parse_bound("to", self.last, errors)
        if errors:
            raise SeveralError(errors)
        if self.level not in (WHOLE, *_LEVELS):
            # Never taken for another level, and least of all for the whole run.
            raise InvalidError("choice_unknown", field="level", known=", ".join(_LEVELS))
        stop = None if last is None else last + 1
        return RangeDraft(level=int(self.level or "0"), start=start, stop=stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a run."""

    level: int = field(metadata={"help": "0 for items."})
    name: str = field(metadata={"help": "What units of it are called."})
    quantity: int = field(metadata={"help": "How many there are."})
    note: str = field(metadata={"help": "Under which number, or nothing."})


def read_range(form: Form) -> RangeValues:
    """Return what a form says of a range."""
    return RangeValues(
        level=form.text("level").strip(),
        start=form.text("from").strip(),
        last=form.text("to").strip(),
    )


def list_levels(run: Run, gtin: str | None, language: Translator) -> tuple[Level, ...]:
    """Describe the levels of a run, items first."""
    levels = []
    for level in run.levels:
        own = gtin if level == 0 else run.group_gtins[level - 1]
        first = None if level == 0 else run.sscc_first[level - 1]
        note = f"GTIN {own}" if own else ""
        if first is not None:
            note = language.text("console-run-sscc", first=str(first))
        levels.append(
            Level(
                level=level,
                name=language.text(f"level-{level}"),
                quantity=run.quantity_at(level),
                note=note,
            )
        )
    return tuple(levels)


def list_choices(
    levels: Sequence[Level], language: Translator, *, has_whole: bool
) -> tuple[tuple[str, str], ...]:
    """Return the entries of the list box of levels."""
    whole = ((WHOLE, language.text("console-range-whole")),) if has_whole else ()
    return whole + tuple(
        (
            str(each.level),
            language.text("console-range-level", level=each.name, count=each.quantity),
        )
        for each in levels
    )


def word_ranges(request: ConsoleRequest, run: Run, values: RangeValues) -> str:
    """Say which units a range means, for a page that asks whether that is right."""
    drafts = values.to_drafts()
    if not drafts:
        return request.translator.text("console-range-whole")
    level, start, stop = drafts[0].level, drafts[0].start or 0, drafts[0].stop
    if stop is None:
        stop = run.quantity_at(level)
    return word_range(request.translator, UnitRange(level=level, start=start, stop=stop))


def word_range(language: Translator, units: Stretch) -> str:
    """Say which units a range is: the first, the last, and how many."""
    return language.text(
        "console-range-words",
        level=language.text(f"level-{units.level}"),
        start=language.number(units.start),
        last=language.number(units.stop - 1),
        count=language.number(units.stop - units.start),
    )


def parse_instant(request: ConsoleRequest, name: str) -> datetime | None:
    """Read day and minute on the organisation's clocks; None where nothing was given."""
    typed = request.form.text(name).strip()[:32]
    if not typed:
        return None
    try:
        local = datetime.fromisoformat(typed)
        if local.tzinfo is None:
            local = local.replace(tzinfo=ZoneInfo(request.organisation.time_zone))
        at = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidError("date_malformed", field=name) from None
    if not _YEAR_MIN <= at.year <= _YEAR_MAX:
        raise InvalidError(
            "instant_implausible", field=name, min=str(_YEAR_MIN), max=str(_YEAR_MAX)
        )
    return at


def _parse_bound(name: str, typed: str, errors: list[DomainError]) -> int | None:
    plain = typed.replace(",", "").replace(" ", "").replace("\u202f", "")
    if not plain:
        return None
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 10:  # noqa: PLR2004 - digits of 2**32
        errors.append(InvalidError("number_malformed", field=name))
        return None
    return int(plain)
