# SPDX-License-Identifier: Apache-2.0
"""Sites: where the organisation makes, keeps and sells goods; entered, corrected, closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.charts import Map, build_map
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.insight import find_map_href
from trueorigin.console.picking import Picker, build_picker, is_widening, read_degrees, read_pick
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, InvalidError, SeveralError
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services import sites
from trueorigin.services.insight import Sums
from trueorigin.services.sites import SiteDraft
from trueorigin.storage import sites as stored

PATH: Final = "/console/sites"
_LIST: Final = "console/sites.html"
_PAGE: Final = "console/site.html"
_FORM: Final = "console/site_form.html"
_ROWS: Final = 100
_FIELDS: Final = ("kind", "name", "gln", "country", "region", "address", "latitude", "longitude")
_LABELS: Final[Mapping[str, str]] = {
    **{name: f"console-site-{name}" for name in _FIELDS},
    "is_public": "console-site-public",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """One site of the list."""

    href: str = field(metadata={"help": "Its page."})
    name: str = field(metadata={"help": "What people there call it."})
    note: str = field(metadata={"help": "Kind, region and GLN."})
    is_public: bool = field(metadata={"help": "Whether consumers are told its name."})
    is_closed: bool = field(metadata={"help": "Whether it is out of use."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesPage:
    """The organisation's sites, open ones and on demand closed ones too."""

    rows: tuple[SiteLine, ...] = field(metadata={"help": "In the order they were entered."})
    map: Map | None = field(metadata={"help": "Where those of this page are."})
    next: str | None = field(metadata={"help": "Address of later ones."})
    first: str | None = field(metadata={"help": "Address of the first ones."})
    may_write: bool = field(metadata={"help": "Whether the reader may enter one."})
    other: str = field(metadata={"help": "The same list with or without closed ones."})
    with_closed: bool = field(metadata={"help": "Whether closed ones are listed too."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePage:
    """One site."""

    site: Site = field(metadata={"help": "The stored one."})
    map: Map | None = field(metadata={"help": "Where it is."})
    closed: str | None = field(metadata={"help": "When it was taken out of use."})
    may_write: bool = field(metadata={"help": "Whether the reader may change it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteForm:
    """The form of a new site, or of one that is there."""

    href: str | None = field(metadata={"help": "Page of the site; None for a new one."})
    name: str = field(metadata={"help": "Its stored name; empty for a new one."})
    values: Mapping[str, str] = field(metadata={"help": "What is in the fields, by name."})
    is_public: bool = field(metadata={"help": "Whether the box is ticked."})
    kinds: tuple[tuple[str, str], ...] = field(metadata={"help": "Kinds offered, in words."})
    picker: Picker | None = field(metadata={"help": "The map to pick on; None: there is none."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    name_length_max: int = field(default=NAME_LENGTH_MAX, metadata={"help": "Characters."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


def list_page(request: ConsoleRequest) -> Response:
    """List the sites."""
    with_closed = request.choice("closed", ("yes",)) == "yes"
    after = request.cursor()
    with request.read() as tx:
        found = stored.list_sites(
            tx, request.act.scope, after=after, limit=_ROWS + 1, with_closed=with_closed
        )
    shown = found[:_ROWS]
    page = SitesPage(
        rows=tuple(_build_line(request, each) for each in shown),
        map=_build_map(request, shown),
        next=request.here(after=str(shown[-1].id)) if len(found) > _ROWS else None,
        first=request.here(after=None) if after else None,
        may_write=request.may(Permission.SITE_WRITE),
        other=request.here(closed=None if with_closed else "yes", after=None),
        with_closed=with_closed,
    )
    return request.page(_LIST, page)


def _build_line(request: ConsoleRequest, site: Site) -> SiteLine:
    parts = (word_kind(request, site.kind), site.region, site.gln)
    return SiteLine(
        href=f"{PATH}/{site.id}",
        name=site.name,
        note=" · ".join(each for each in parts if each),
        is_public=site.is_public,
        is_closed=site.closed_at is not None,
    )


def word_kind(request: ConsoleRequest, kind: SiteKind) -> str:
    """Name a kind of site in the reader's language."""
    return request.translator.text(f"site-kind-{kind.value}")


def _build_map(request: ConsoleRequest, found: list[Site]) -> Map | None:
    places = {str(place): Sums(readings=1) for each in found if (place := each.place) is not None}
    return build_map(places, find_map_href(request))


def show_page(request: ConsoleRequest) -> Response:
    """Show one site."""
    with request.read() as tx:
        site = stored.get_site(tx, request.act.scope, request.uuid("site_id"))
    page = SitePage(
        site=site,
        map=_build_map(request, [site]),
        closed=None if site.closed_at is None else request.instant(site.closed_at),
        may_write=request.may(Permission.SITE_WRITE),
    )
    return request.page(_PAGE, page)


def new_page(request: ConsoleRequest) -> Response:
    """Show an empty form."""
    values = {"kind": SiteKind.WAREHOUSE.value, "country": "CN"}
    return request.page(_FORM, _build_form(request, None, values, is_public=False))


def edit_page(request: ConsoleRequest) -> Response:
    """Show the form of a site that is there."""
    site = _get_site(request)
    values = {name: _write(getattr(site, name)) for name in _FIELDS}
    return request.page(_FORM, _build_form(request, site, values, is_public=site.is_public))


def _get_site(request: ConsoleRequest) -> Site:
    with request.read() as tx:
        return stored.get_site(tx, request.act.scope, request.uuid("site_id"))


def _write(value: object) -> str:
    return "" if value is None else str(value)


def create(request: ConsoleRequest) -> Response:
    """Enter a site, or show the map nearer."""
    return _keep(request, None)


def update(request: ConsoleRequest) -> Response:
    """Correct a site, or show the map nearer."""
    return _keep(request, _get_site(request))


def _keep(request: ConsoleRequest, site: Site | None) -> Response:
    values = {name: request.form.text(name) for name in _FIELDS}
    is_public = request.form.has("is_public")
    pick = read_pick(request)
    if pick is not None or is_widening(request):
        if pick is not None:
            values |= {"latitude": str(pick.latitude), "longitude": str(pick.longitude)}
        zoom = 0 if pick is None else pick.zoom
        form = _build_form(request, site, values, is_public=is_public, zoom=zoom)
        return request.page(_FORM, form)
    try:
        draft = _read_draft(values, is_public=is_public)
        with request.write() as tx:
            if site is None:
                kept = sites.create_site(tx, request.act, draft)
            else:
                kept = sites.update_site(tx, request.act, site.id, draft)
    except DomainError as error:
        errors = request.form_errors(error)
        form = _build_form(request, site, values, is_public=is_public, errors=errors)
        return request.refill(_FORM, form, error)
    return request.redirect(f"{PATH}/{kept.id}", "console-site-saved")


def _read_draft(values: Mapping[str, str], *, is_public: bool) -> SiteDraft:
    """Return the draft that was typed; numbers that are none are refused, all at once."""
    wrong: list[DomainError] = [
        InvalidError("degrees_malformed", field=name)
        for name in ("latitude", "longitude")
        if values[name].strip() and read_degrees(values[name]) is None
    ]
    if values["kind"] not in set(SiteKind):
        wrong.append(InvalidError("field_missing", field="kind"))
    if wrong:
        raise SeveralError(wrong) if len(wrong) > 1 else wrong[0]
    return SiteDraft(
        kind=SiteKind(values["kind"]),
        name=values["name"].strip(),
        gln=values["gln"].replace(" ", "").strip() or None,
        country=values["country"].strip().upper() or None,
        region=values["region"].strip() or None,
        address=values["address"].strip() or None,
        latitude=read_degrees(values["latitude"]),
        longitude=read_degrees(values["longitude"]),
        is_public=is_public,
    )


def _build_form(
    request: ConsoleRequest,
    site: Site | None,
    values: Mapping[str, str],
    *,
    is_public: bool,
    zoom: int | None = None,
    errors: FormErrors = NO_ERRORS,
) -> SiteForm:
    latitude = read_degrees(values.get("latitude", ""))
    longitude = read_degrees(values.get("longitude", ""))
    position = None
    if latitude is not None and longitude is not None:
        position = (min(max(latitude, -90.0), 90.0), min(max(longitude, -180.0), 180.0))
    text = request.translator.text
    return SiteForm(
        href=None if site is None else f"{PATH}/{site.id}",
        name="" if site is None else site.name,
        values={name: values.get(name, "") for name in _FIELDS},
        is_public=is_public,
        kinds=tuple((each.value, word_kind(request, each)) for each in SiteKind),
        picker=build_picker(request, position, zoom),
        errors=errors.named([*_FIELDS, "is_public"]),
        labels={name: text(message) for name, message in _LABELS.items()},
    )


def close(request: ConsoleRequest) -> Response:
    """Take a site out of use."""
    with request.write() as tx:
        site = sites.close_site(tx, request.act, request.uuid("site_id"))
    return request.redirect(f"{PATH}/{site.id}", "console-site-closed")
