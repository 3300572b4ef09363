# SPDX-License-Identifier: Apache-2.0
"""Sales regions: drawn as circles, from provinces, from the map or by typing; shown and closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.charts import AreaMap, build_area_map
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.insight import find_map_href
from trueorigin.console.picking import Picker, build_picker, is_widening, read_degrees, read_pick
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.domain.provinces import PROVINCES
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.territories import AREAS_MAX, RADIUS_KM_MAX, Area, Territory
from trueorigin.domain.texts import NAME_LENGTH_MAX
from trueorigin.services import territories
from trueorigin.services.territories import TerritoryDraft
from trueorigin.storage import territories as stored

PATH: Final = "/console/territories"
_LIST: Final = "console/territories.html"
_PAGE: Final = "console/territory.html"
_FORM: Final = "console/territory_form.html"
_ROWS: Final = 100
_COLUMNS: Final = ("latitude", "longitude", "radius_km")
# A city and its surroundings, until somebody says otherwise.
_RADIUS_KM: Final = 100
_NAMES: Final = ("name.zh", "name.en")


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryLine:
    """One sales region of the list."""

    href: str = field(metadata={"help": "Its page."})
    name: str = field(metadata={"help": "In the reader's language."})
    areas: int = field(metadata={"help": "How many circles it has."})
    is_closed: bool = field(metadata={"help": "Whether it is out of use."})


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoriesPage:
    """The organisation's sales regions."""

    rows: tuple[TerritoryLine, ...] = field(metadata={"help": "In the order they were drawn."})
    map: AreaMap | None = field(metadata={"help": "Those of this page."})
    next: str | None = field(metadata={"help": "Address of later ones."})
    first: str | None = field(metadata={"help": "Address of the first ones."})
    may_write: bool = field(metadata={"help": "Whether the reader may draw one."})
    other: str = field(metadata={"help": "The same list with or without closed ones."})
    with_closed: bool = field(metadata={"help": "Whether closed ones are listed too."})


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryPage:
    """One sales region."""

    id: str = field(metadata={"help": "Its id."})
    name: str = field(metadata={"help": "In the reader's language."})
    names: LocalText = field(metadata={"help": "In both."})
    areas: tuple[Area, ...] = field(metadata={"help": "Its circles."})
    map: AreaMap | None = field(metadata={"help": "Where it is."})
    closed: str | None = field(metadata={"help": "When it was taken out of use."})
    may_write: bool = field(metadata={"help": "Whether the reader may close it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class TerritoryForm:
    """The form of a new sales region."""

    values: Mapping[str, str] = field(metadata={"help": "Names in both languages, by field."})
    rows: tuple[Mapping[str, str], ...] = field(metadata={"help": "Areas typed, and a blank one."})
    provinces: tuple[tuple[str, str], ...] = field(metadata={"help": "Where one may begin."})
    map: AreaMap | None = field(metadata={"help": "The areas so far."})
    picker: Picker | None = field(metadata={"help": "The map to pick on; None: there is none."})
    row: str = field(metadata={"help": "Number of the row that the map moves; empty: a new one."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    name_length_max: int = field(default=NAME_LENGTH_MAX, metadata={"help": "Characters."})


def list_page(request: ConsoleRequest) -> Response:
    """List the sales regions."""
    with_closed = request.choice("closed", ("yes",)) == "yes"
    after = request.cursor()
    with request.read() as tx:
        found = stored.list_territories(
            tx, request.act.scope, after=after, limit=_ROWS + 1, with_closed=with_closed
        )
    shown = found[:_ROWS]
    areas = [area for each in shown if each.closed_at is None for area in each.areas]
    page = TerritoriesPage(
        rows=tuple(
            TerritoryLine(
                href=f"{PATH}/{each.id}",
                name=each.name.pick(request.translator.language),
                areas=len(each.areas),
                is_closed=each.closed_at is not None,
            )
            for each in shown
        ),
        map=build_area_map(areas, find_map_href(request)),
        next=request.here(after=str(shown[-1].id)) if len(found) > _ROWS else None,
        first=request.here(after=None) if after else None,
        may_write=request.may(Permission.TERRITORY_WRITE),
        other=request.here(closed=None if with_closed else "yes", after=None),
        with_closed=with_closed,
    )
    return request.page(_LIST, page)


def show_page(request: ConsoleRequest) -> Response:
    """Show one sales region."""
    with request.read() as tx:
        found = stored.get_territory(tx, request.act.scope, request.uuid("territory_id"))
    return request.page(_PAGE, _word(request, found))


def _word(request: ConsoleRequest, found: Territory) -> TerritoryPage:
    return TerritoryPage(
        id=str(found.id),
        name=found.name.pick(request.translator.language),
        names=found.name,
        areas=found.areas,
        map=build_area_map(found.areas, find_map_href(request)),
        closed=None if found.closed_at is None else request.instant(found.closed_at),
        may_write=request.may(Permission.TERRITORY_WRITE) and found.closed_at is None,
    )


def close(request: ConsoleRequest) -> Response:
    """Take a sales region out of use for new shipments."""
    with request.write() as tx:
        found = territories.close_territory(tx, request.act, request.uuid("territory_id"))
    return request.redirect(f"{PATH}/{found.id}", "console-territory-closed")


def new_page(request: ConsoleRequest) -> Response:
    """Show an empty form."""
    return request.page(_FORM, _build_form(request, dict.fromkeys(_NAMES, ""), []))


def create(request: ConsoleRequest) -> Response:
    """Keep a sales region; or add a province, or move an area on the map, and show the form."""
    form = request.form
    names = {name: form.text(name) for name in _NAMES}
    rows = [dict(row) for row in form.rows("areas", _COLUMNS)]
    pick = read_pick(request)
    if form.has("add"):
        _add_province(form.text("province"), names, rows)
        return request.page(_FORM, _build_form(request, names, rows))
    if pick is not None:
        row = _find_row(form.text("map.row"), rows)
        rows[row] |= {"latitude": str(pick.latitude), "longitude": str(pick.longitude)}
        rows[row].setdefault("radius_km", str(_RADIUS_KM))
        page = _build_form(request, names, rows, zoom=pick.zoom, row=row)
        return request.page(_FORM, page)
    if is_widening(request):
        return request.page(_FORM, _build_form(request, names, rows))
    try:
        draft = TerritoryDraft(
            name=LocalText(zh=form.line("name.zh"), en=form.line("name.en")),
            areas=_read_areas(rows),
        )
        with request.write() as tx:
            kept = territories.create_territory(tx, request.act, draft)
    except DomainError as error:
        page = _build_form(request, names, rows, request.form_errors(error))
        return request.refill(_FORM, page, error)
    return request.redirect(f"{PATH}/{kept.id}", "console-territory-saved")


def _add_province(code: str, names: dict[str, str], rows: list[dict[str, str]]) -> None:
    """Add the circles of a province; an unnamed region takes its name."""
    for province in PROVINCES:
        if province.code != code or len(rows) + len(province.areas) > AREAS_MAX:
            continue
        if not rows and not any(names.values()):
            names |= {"name.zh": province.name.zh or "", "name.en": province.name.en or ""}
        rows += [
            {
                "latitude": f"{area.latitude:g}",
                "longitude": f"{area.longitude:g}",
                "radius_km": str(area.radius_km),
            }
            for area in province.areas
        ]


def _find_row(text: str, rows: list[dict[str, str]]) -> int:
    """Return the row that a click moves; a new one unless it moved one before."""
    if text.isascii() and text.isdigit() and len(text) < 3 and int(text) < len(rows):  # noqa: PLR2004
        return int(text)
    if len(rows) < AREAS_MAX:
        rows.append({})
    return len(rows) - 1


def _read_areas(rows: Sequence[Mapping[str, str]]) -> tuple[Area, ...]:
    """Return the areas that were typed; numbers that are none are refused, all at once."""
    errors: list[DomainError] = []
    areas = []
    for number, row in enumerate(rows[: AREAS_MAX + 1]):
        position = [read_degrees(row[name]) for name in ("latitude", "longitude")]
        for name, value in zip(("latitude", "longitude"), position, strict=True):
            if value is None:
                errors.append(InvalidError("degrees_malformed", field=f"areas.{number}.{name}"))
        radius = row["radius_km"].replace(" ", "")
        is_number = radius.isascii() and radius.isdigit() and len(radius) <= len(str(RADIUS_KM_MAX))
        if not is_number:
            errors.append(InvalidError("number_malformed", field=f"areas.{number}.radius_km"))
        if None not in position and is_number:
            areas.append(Area(position[0] or 0.0, position[1] or 0.0, int(radius)))
    if errors:
        raise SeveralError(errors) if len(errors) > 1 else errors[0]
    return tuple(areas)


def _build_form(
    request: ConsoleRequest,
    names: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    errors: FormErrors = NO_ERRORS,
    *,
    zoom: int = 0,
    row: int | None = None,
) -> TerritoryForm:
    text, language = request.translator.text, request.translator.language
    columns = {name: text(f"console-territory-{name.replace('_', '-')}") for name in _COLUMNS}
    labels = {
        "name": text("console-territory-name"),
        "name.zh": text("console-territory-name-zh"),
        "name.en": text("console-territory-name-en"),
        "areas": text("console-territory-areas"),
    }
    for number in range(len(rows)):
        for name, label in columns.items():
            labels[f"areas.{number}.{name}"] = text(
                "console-territory-field", number=number + 1, label=label
            )
    position = None
    if row is not None:
        latitude, longitude = (read_degrees(rows[row][name]) for name in _COLUMNS[:2])
        if latitude is not None and longitude is not None:
            position = (latitude, longitude)
    return TerritoryForm(
        values=names,
        rows=(*({name: each.get(name, "") for name in _COLUMNS} for each in rows), _BLANK)
        if len(rows) < AREAS_MAX
        else tuple({name: each.get(name, "") for name in _COLUMNS} for each in rows),
        provinces=(
            ("", text("console-form-choose")),
            *((each.code, each.name.pick(language)) for each in PROVINCES),
        ),
        map=build_area_map(_list_drawable(rows), find_map_href(request)),
        picker=build_picker(request, position, zoom),
        row="" if row is None else str(row),
        errors=errors.named(tuple(labels)),
        labels={**labels, **columns},
    )


_BLANK: Final[Mapping[str, str]] = dict.fromkeys(_COLUMNS, "")


def _list_drawable(rows: Sequence[Mapping[str, str]]) -> list[Area]:
    """Return the areas of a form that can be drawn already."""
    try:
        areas = _read_areas([{name: each.get(name, "") for name in _COLUMNS} for each in rows])
    except DomainError:
        return []
    return [
        each
        for each in areas
        if abs(each.latitude) <= 90  # noqa: PLR2004 - degrees
        and abs(each.longitude) <= 180  # noqa: PLR2004
        and each.radius_km <= RADIUS_KM_MAX
    ]
