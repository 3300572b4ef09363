# SPDX-License-Identifier: Apache-2.0
"""The enterprise's own information, as consumers see it: names, contacts, logo, colour."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.conflicts import Difference, compare, read_version
from trueorigin.console.files import (
    PICTURES_ACCEPTED,
    FileView,
    Uploads,
    keep_uploads,
    list_views,
    name_files,
    read_ids,
)
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.registry import RemitPart, word_remit
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.colours import contrast, parse_colour, pick_ink
from trueorigin.domain.digitallink import host_of
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError
from trueorigin.domain.people import EMAIL_LENGTH_MAX
from trueorigin.domain.tenancy import Organisation, Permission
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services import accounts, remits
from trueorigin.services.accounts import PHONE_LENGTH_MAX

PATH: Final = "/console/enterprise"
_TEMPLATE: Final = "console/enterprise_form.html"
# What the head of a consumer's page looks like while no colour is chosen.
_COLOUR_DEFAULT: Final = "#10563f"
_FIELDS: Final = (
    "name", "legal_name", "uscc", "address", "email", "phone", "website", "gs1_prefix",
    "time_zone", "colour",
)  # fmt: skip
_LABELS: Final[Mapping[str, str]] = {
    "name": "console-enterprise-name",
    "legal_name": "console-enterprise-legal-name",
    "uscc": "console-enterprise-uscc",
    "address": "console-enterprise-address",
    "email": "console-enterprise-email",
    "phone": "field-phone",
    "website": "field-website",
    "gs1_prefix": "console-enterprise-gs1-prefix",
    "time_zone": "console-enterprise-time-zone",
    "colour": "console-enterprise-colour",
    "logo": "console-enterprise-logo",
}
# Where most of the organisations are; any other IANA name can be typed.
ZONES: Final = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei",
    "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Bangkok", "Asia/Kolkata", "Asia/Dubai",
    "Europe/Moscow", "Europe/Berlin", "Europe/Paris", "Europe/London", "Africa/Johannesburg",
    "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Los_Angeles",
    "Australia/Sydney", "Pacific/Auckland", "UTC",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """A colour as the head of a consumer's page shows it."""

    colour: str = field(metadata={"help": "Background, `#rrggbb`."})
    ink: str = field(metadata={"help": "Text on it, `#rrggbb`."})
    ratio: str = field(metadata={"help": "Their contrast, with one decimal."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterprisePage:
    """The enterprise as it is."""

    organisation: Organisation = field(metadata={"help": "The stored one."})
    logo: FileView | None = field(metadata={"help": "Its logo."})
    swatch: Swatch = field(metadata={"help": "Its colour, or the default one."})
    missing: tuple[str, ...] = field(metadata={"help": "What consumers would miss, in words."})
    may_write: bool = field(metadata={"help": "Whether the reader may change it."})
    remit: RemitPart | None = field(metadata={"help": "What an authority answers for."})
    address: str = field(metadata={"help": "How the address in a code of its goods begins."})
    former: tuple[str, ...] = field(metadata={"help": "Hosts of before that still lead here."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseForm:
    """The form of the enterprise's information."""

    values: Mapping[str, str] = field(metadata={"help": "What is in the fields, by name."})
    version: int = field(metadata={"help": "The version the form was opened at."})
    logo: tuple[FileView, ...] = field(metadata={"help": "The logo kept already, or none."})
    swatch: Swatch = field(metadata={"help": "The colour in the field, as far as it is one."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for those errors."})
    is_verified: bool = field(metadata={"help": "Whether a change can end the verification."})
    differences: tuple[Difference, ...] = field(default=(), metadata={"help": "After a conflict."})
    changed_at: str | None = field(
        default=None, metadata={"help": "When somebody else changed it."}
    )
    zones: tuple[str, ...] = field(default=ZONES, metadata={"help": "Time zones offered."})
    accepted: str = field(default=PICTURES_ACCEPTED, metadata={"help": "Types of the logo."})
    name_length_max: int = field(default=NAME_LENGTH_MAX, metadata={"help": "Characters."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})
    phone_length_max: int = field(default=PHONE_LENGTH_MAX, metadata={"help": "Characters."})
    email_length_max: int = field(default=EMAIL_LENGTH_MAX, metadata={"help": "Characters."})


def show_page(request: ConsoleRequest) -> Response:
    """Show what consumers see of the enterprise, and what is missing."""
    with request.read() as tx:
        organisation = accounts.get_organisation(tx, request.act.scope)
        ids = [organisation.logo_file_id] if organisation.logo_file_id else []
        views = list_views(tx, request.act.scope, tuple(ids))
        remit = remits.find_remit(tx, request.act.scope)
    page = EnterprisePage(
        organisation=organisation,
        logo=views[0] if views else None,
        swatch=_build_swatch(organisation.colour),
        missing=list_missing(request, organisation),
        may_write=request.may(Permission.ORGANISATION_WRITE) and request.is_owner,
        remit=word_remit(remit) if request.may(Permission.REGISTRY_READ) else None,
        address=request.context.public_url,
        former=tuple(sorted(request.context.hosts - {host_of(request.context.public_url)})),
    )
    return request.page("console/enterprise.html", page)


def list_missing(request: ConsoleRequest, organisation: Organisation) -> tuple[str, ...]:
    """Name what consumers look for first and would not find."""
    wanted = {
        "legal_name": organisation.legal_name,
        "uscc": organisation.uscc,
        "phone": organisation.phone,
        "logo": organisation.logo_file_id,
    }
    return tuple(
        request.translator.text(_LABELS[name]) for name, value in wanted.items() if not value
    )


def _build_swatch(text: str | None) -> Swatch:
    try:
        colour = parse_colour(text or _COLOUR_DEFAULT)
    except InvalidError:
        colour = _COLOUR_DEFAULT
    ink = pick_ink(colour)
    return Swatch(colour=colour, ink=ink, ratio=f"{contrast(colour, ink):.1f}")


def edit_page(request: ConsoleRequest) -> Response:
    """Show the form."""
    with request.read() as tx:
        organisation = accounts.get_organisation(tx, request.act.scope)
    return request.page(_TEMPLATE, _build_form(request, organisation))


def update(request: ConsoleRequest) -> Response:
    """Keep what was typed, unless somebody else changed it since the form was opened."""
    with request.read() as tx:
        organisation = accounts.get_organisation(tx, request.act.scope)
    changed, uploads = _read_changes(request, organisation)
    if request.form.has("preview"):
        form = _build_form(request, changed, uploads.join(NO_ERRORS))
        return request.page(_TEMPLATE, form)
    try:
        uploads.settle()
        with request.write() as tx:
            accounts.update_organisation(tx, request.act, changed)
    except ConflictError as error:
        if error.code != "edited_meanwhile":
            return _refill(request, changed, uploads, error)
        return _show_conflict(request, changed, error)
    except DomainError as error:
        return _refill(request, changed, uploads, error)
    return request.redirect(PATH, "console-enterprise-saved")


def _refill(
    request: ConsoleRequest, changed: Organisation, uploads: Uploads, error: DomainError
) -> Response:
    form = _build_form(request, changed, uploads.join(request.form_errors(error)))
    return request.refill(_TEMPLATE, form, error)


def _show_conflict(
    request: ConsoleRequest, changed: Organisation, error: ConflictError
) -> Response:
    """Show both versions; saving once more, knowing the other one, replaces it."""
    with request.read() as tx:
        stored = accounts.get_organisation(tx, request.act.scope)
    form = replace(
        _build_form(request, replace(changed, version=stored.version)),
        differences=compare(_word(request, changed), _word(request, stored)),
        changed_at=request.instant(request.act.at),
    )
    return request.refill(_TEMPLATE, form, error)


def _word(request: ConsoleRequest, organisation: Organisation) -> Mapping[str, str]:
    """Return what is in each field, by its label, for comparison."""
    text = request.translator.text
    words = {text(_LABELS[name]): getattr(organisation, name) or "" for name in _FIELDS}
    logo = (organisation.logo_file_id,) if organisation.logo_file_id else ()
    return {**words, text(_LABELS["logo"]): name_files(request, logo)}


def _read_changes(
    request: ConsoleRequest, organisation: Organisation
) -> tuple[Organisation, Uploads]:
    form = request.form
    uploads = keep_uploads(request, {"logo": PICTURES_ACCEPTED})
    logos: tuple[UUID, ...] = (*read_ids(form, "logo"), *uploads.ids["logo"])
    changed = replace(
        organisation,
        name=form.line("name") or "",
        legal_name=form.line("legal_name"),
        uscc=form.line("uscc"),
        address=form.line("address"),
        email=form.line("email"),
        phone=form.line("phone"),
        website=form.line("website"),
        gs1_prefix=form.line("gs1_prefix"),
        time_zone=form.line("time_zone") or "",
        colour=(form.line("colour") or "").lower() or None,
        # A new logo takes the place of the old one.
        logo_file_id=logos[-1] if logos else None,
        version=read_version(form) or organisation.version,
    )
    return changed, uploads


def _build_form(
    request: ConsoleRequest, organisation: Organisation, errors: FormErrors = NO_ERRORS
) -> EnterpriseForm:
    logo = (organisation.logo_file_id,) if organisation.logo_file_id else ()
    with request.read() as tx:
        views = list_views(tx, request.act.scope, logo)
    text = request.translator.text
    return EnterpriseForm(
        values={name: getattr(organisation, name) or "" for name in _FIELDS},
        version=organisation.version,
        logo=views,
        swatch=_build_swatch(organisation.colour),
        errors=errors,
        labels={name: text(message) for name, message in _LABELS.items()},
        is_verified=organisation.verified_at is not None,
    )
