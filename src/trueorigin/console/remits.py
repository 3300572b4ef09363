# SPDX-License-Identifier: Apache-2.0
"""What an authority answers for: set and withdrawn by the operator, at the console."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.responses import Response

from trueorigin.console.charts import AreaMap
from trueorigin.console.conflicts import Difference, compare
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.organisations import PATH, draw_remit, show_refusal
from trueorigin.console.picking import read_degrees
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError, SeveralError
from trueorigin.domain.ids import from_microseconds
from trueorigin.domain.provinces import PROVINCES
from trueorigin.domain.remits import (
    CATEGORIES_MAX,
    RADIUS_KM_MAX,
    Region,
    Remit,
    find_province,
)
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.territories import Area, write_degrees
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services import remits
from trueorigin.services.remits import RegionDraft, RemitDraft

_FORM: Final = "console/remit_form.html"
_COLUMNS: Final = ("code", "name.zh", "name.en", "circles")
_BLANK: Final[Mapping[str, str]] = dict.fromkeys(_COLUMNS, "")
_BLANK_ROWS: Final = 2
# Ten circles, each number at its full length.
_CIRCLES_LENGTH_MAX: Final = 500
_BETWEEN: Final = re.compile(r"[;；\n]")
# What the service says of the circles of a region belongs to the one field they are typed in.
_PART: Final = re.compile(r"(regions\.\d+)\.(?:areas(?:\..+)?|circles)|(categories)(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemitForm:
    """The form of a remit."""

    organisation: Organisation = field(metadata={"help": "The authority."})
    href: str = field(metadata={"help": "Its page."})
    version: int = field(metadata={"help": "The version the form was opened at."})
    provinces: tuple[tuple[str, str, bool], ...] = field(metadata={"help": "Code, name, ticked."})
    rows: tuple[Mapping[str, str], ...] = field(metadata={"help": "Parts of provinces, as typed."})
    categories: str = field(metadata={"help": "One a line."})
    map: AreaMap | None = field(metadata={"help": "Where the stored regions are."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    differences: tuple[Difference, ...] = field(default=(), metadata={"help": "After a conflict."})
    changed_at: str | None = field(
        default=None, metadata={"help": "When somebody else changed it."}
    )
    name_length_max: int = field(default=NAME_LENGTH_MAX, metadata={"help": "Characters."})
    circles_length_max: int = field(default=_CIRCLES_LENGTH_MAX, metadata={"help": "Characters."})
    categories_length_max: int = field(
        default=CATEGORIES_MAX * (LINE_LENGTH_MAX + 1), metadata={"help": "Characters."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """What is in the fields."""

    provinces: frozenset[str]
    rows: tuple[Mapping[str, str], ...]
    categories: str


def edit_page(request: ConsoleRequest) -> Response:
    """Show what an authority answers for, to be changed."""
    organisation, remit = _find(request)
    return request.page(_FORM, _build_form(request, organisation, remit, _describe(remit)))


def update(request: ConsoleRequest) -> Response:
    """Say what an authority answers for from now on; or show more rows.

    Nobody's remit is overwritten unseen: whoever comes second is shown both.
    """
    organisation, remit = _find(request)
    form = request.form
    typed = _Typed(
        provinces=frozenset(form.texts("provinces")),
        rows=form.rows("regions", _COLUMNS),
        categories=form.text("categories"),
    )
    seen = _read_version(request)
    # What is drawn is what is stored; what is saved next is still measured by what was seen.
    remit = replace(remit, version=seen)
    if form.has("more"):
        return request.page(_FORM, _build_form(request, organisation, remit, typed))
    try:
        draft = _read_draft(typed)
        with request.write() as tx:
            kept = remits.set_remit(tx, request.act, organisation.id, draft, seen=seen)
    except ConflictError as error:
        return _show_conflict(request, typed, error)
    except DomainError as error:
        errors = _place(request.form_errors(error))
        page = _build_form(request, organisation, remit, typed, errors)
        return request.refill(_FORM, page, error)
    flash = "console-remit-set" if kept.is_limited else "console-remit-withdrawn"
    return request.redirect(f"{PATH}/{organisation.id}", flash, name=organisation.name)


def _show_conflict(request: ConsoleRequest, typed: _Typed, error: ConflictError) -> Response:
    """Show both versions; saving once more, knowing the other one, replaces it."""
    organisation, remit = _find(request)
    form = replace(
        _build_form(request, organisation, remit, typed),
        differences=compare(_word(request, typed), _word(request, _describe(remit))),
        changed_at=request.instant(from_microseconds(remit.version)),
    )
    return request.refill(_FORM, form, error)


def withdraw(request: ConsoleRequest) -> Response:
    """Let an authority answer for everything again, unless somebody set another remit meanwhile."""
    organisation, _ = _find(request)
    seen = _read_version(request)
    try:
        with request.write() as tx:
            remits.set_remit(tx, request.act, organisation.id, RemitDraft(), seen=seen)
    except ConflictError as error:
        sentence = request.translator.text("console-remit-kept", name=organisation.name)
        return show_refusal(request, organisation.id, error, sentence)
    return request.redirect(
        f"{PATH}/{organisation.id}", "console-remit-withdrawn", name=organisation.name
    )


def _find(request: ConsoleRequest) -> tuple[Organisation, Remit]:
    with request.read() as tx:
        return remits.get_authority(tx, request.uuid("organisation_id"))


def _read_version(request: ConsoleRequest) -> int:
    """Return the version that the page showed; one that says none has seen none."""
    return request.form.number("version") or 0


def _describe(remit: Remit) -> _Typed:
    """Write a remit as its form is filled in."""
    provinces = frozenset(each.code for each in remit.regions if find_province(each.code))
    return _Typed(
        provinces=provinces,
        rows=tuple(_describe_part(each) for each in remit.regions if each.code not in provinces),
        categories="\n".join(remit.categories),
    )


def _word(request: ConsoleRequest, typed: _Typed) -> Mapping[str, str]:
    """Return what is in each part of the form, by its label, for comparison."""
    text, language = request.translator.text, request.translator.language
    ticked = (each.name.pick(language) for each in PROVINCES if each.code in typed.provinces)
    rows = (" · ".join(filter(None, row.values())) for row in typed.rows)
    lines = (line.strip() for line in typed.categories.splitlines())
    return {
        text("console-remit-provinces"): text("console-remit-comma").join(ticked),
        text("console-remit-parts"): "\n".join(rows),
        text("console-remit-kinds"): "\n".join(filter(None, lines)),
    }


def _describe_part(region: Region) -> Mapping[str, str]:
    """Write a part of a province as its row of the form."""
    circles = (
        f"{write_degrees(each.latitude)}, {write_degrees(each.longitude)}, {each.radius_km}"
        for each in region.areas
    )
    return {
        "code": region.code,
        "name.zh": region.name.zh or "",
        "name.en": region.name.en or "",
        "circles": "; ".join(circles),
    }


def _read_draft(typed: _Typed) -> RemitDraft:
    """Return what was typed; circles that cannot be read are refused, all at once.

    Parts come first, so that the number of a region is that of its row.
    """
    errors: list[DomainError] = []
    parts = []
    for number, row in enumerate(typed.rows):
        areas: tuple[Area, ...] = ()
        try:
            areas = _read_circles(row["circles"], f"regions.{number}.circles")
        except InvalidError as error:
            errors.append(error)
        named = row["name.zh"] or row["name.en"]
        name = LocalText(zh=row["name.zh"] or None, en=row["name.en"] or None) if named else None
        parts.append(RegionDraft(code=row["code"], name=name, areas=areas))
    if errors:
        raise SeveralError(errors) if len(errors) > 1 else errors[0]
    whole = [RegionDraft(code=each.code) for each in PROVINCES if each.code in typed.provinces]
    lines = (line.strip() for line in typed.categories.splitlines())
    return RemitDraft(regions=(*parts, *whole), categories=tuple(line for line in lines if line))


def _read_circles(text: str, name: str) -> tuple[Area, ...]:
    """Read "latitude, longitude, km", several after semicolons; `circles_malformed` else."""
    areas = []
    for circle in _BETWEEN.split(text):
        if not circle.strip():
            continue
        numbers = [part.strip() for part in re.split("[,，]", circle)]
        if len(numbers) != 3:  # noqa: PLR2004 - latitude, longitude, radius
            raise InvalidError("circles_malformed", field=name, given=circle.strip()[:40])
        latitude, longitude = (read_degrees(each) for each in numbers[:2])
        radius = numbers[2]
        is_number = radius.isascii() and radius.isdigit() and len(radius) <= len(str(RADIUS_KM_MAX))
        if latitude is None or longitude is None or not is_number:
            raise InvalidError("circles_malformed", field=name, given=circle.strip()[:40])
        areas.append(Area(latitude, longitude, int(radius)))
    return tuple(areas)


def _place(errors: FormErrors) -> FormErrors:
    """Put each sentence to the field in which its cause was typed."""
    placed: dict[str, str] = {}
    for name, sentence in errors.by_field.items():
        match = _PART.fullmatch(name)
        # A name that is missing altogether is asked for where the first of the two is typed.
        named = f"{name}.zh" if name.endswith(".name") else name
        home = named if match is None else match[2] or f"{match[1]}.circles"
        placed.setdefault(home, sentence)
    return FormErrors(by_field=placed, general=errors.general)


def _build_form(
    request: ConsoleRequest,
    organisation: Organisation,
    remit: Remit,
    typed: _Typed,
    errors: FormErrors = NO_ERRORS,
) -> RemitForm:
    text, language = request.translator.text, request.translator.language
    columns: dict[str, str] = {
        "code": text("console-remit-code"),
        "name.zh": text("console-territory-name-zh"),
        "name.en": text("console-territory-name-en"),
        "circles": text("console-remit-circles"),
    }
    labels = {"regions": text("console-remit-parts"), "categories": text("console-remit-kinds")}
    for number in range(len(typed.rows)):
        part = text("console-remit-part", number=number + 1)
        labels |= {f"regions.{number}.{name}": f"{part}: {each}" for name, each in columns.items()}
    return RemitForm(
        organisation=organisation,
        href=f"{PATH}/{organisation.id}",
        version=remit.version,
        provinces=tuple(
            (each.code, each.name.pick(language), each.code in typed.provinces)
            for each in PROVINCES
        ),
        rows=_pad(typed.rows),
        categories=typed.categories,
        map=draw_remit(request, remit),
        errors=errors.named(tuple(labels)),
        labels={**labels, **columns},
    )


def _pad(rows: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    """Add blank rows to fill in."""
    return (*rows, *(_BLANK for _ in range(_BLANK_ROWS if rows else 1)))
