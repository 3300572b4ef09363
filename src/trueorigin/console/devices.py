# SPDX-License-Identifier: Apache-2.0
"""Phones and kiosks: made, enrolled by a code that is shown once, seen last, moved, revoked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from trueorigin.adapters.svg import draw_symbol
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.devices import (
    ENROL_TTL,
    Device,
    DeviceKind,
    DeviceState,
    Profile,
    group_code,
    list_profiles,
)
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import devices, people
from trueorigin.services.devices import DeviceChange, DeviceDraft, IssuedCode

PATH: Final = "/console/devices"
_TEMPLATE: Final = "console/devices.html"
_FORM: Final = "console/device_form.html"
_PAGE: Final = 100
# More colleagues than anybody would look through; others' phones are then nobody's.
_PEOPLE_MAX: Final = 500
_APPS: Final = {DeviceKind.FIELD: "/field", DeviceKind.KIOSK: "/kiosk"}
_TONES: Final = {
    DeviceState.WAITING: "wait",
    DeviceState.EXPIRED: "plain",
    DeviceState.ENROLLED: "good",
    DeviceState.REVOKED: "bad",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """One phone or kiosk; never its code or key."""

    id: str = field(metadata={"help": "Id of the device."})
    label: str = field(metadata={"help": "What its maker called it."})
    profile: str = field(metadata={"help": "What it is for, in words."})
    person: str | None = field(metadata={"help": "Whose phone it is."})
    site: str | None = field(metadata={"help": "Where it belongs."})
    history: str = field(metadata={"help": "When it was seen last, or what became of it."})
    version: str | None = field(metadata={"help": "Of its app, as it said."})
    state: str = field(metadata={"help": "What has become of it, in one word."})
    tone: str = field(metadata={"help": "How good that is."})
    is_living: bool = field(metadata={"help": "Whether it can be changed and revoked."})
    is_silent: bool = field(metadata={"help": "A kiosk that should say it lives, and does not."})


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesPage:
    """The organisation's phones and kiosks, and the form for a new one."""

    devices: tuple[DeviceLine, ...] = field(metadata={"help": "In the order they were made."})
    next: str | None = field(metadata={"help": "Address of later ones."})
    is_owner: bool = field(metadata={"help": "Whether the reader may change anything here."})
    profiles: tuple[tuple[str, str], ...] = field(metadata={"help": "Those that can be made."})
    people: tuple[tuple[str, str], ...] = field(metadata={"help": "Whose phone it may be."})
    sites: tuple[tuple[str, str], ...] = field(metadata={"help": "Where it may be."})
    label: str = field(metadata={"help": "Typed for a new device."})
    profile: str = field(metadata={"help": "Chosen for a new device."})
    site: str = field(metadata={"help": "Chosen for a new device."})
    person: str = field(metadata={"help": "Chosen for a new device."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    label_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentPage:
    """The code of a device, shown once."""

    id: str = field(metadata={"help": "Id of the device."})
    label: str = field(metadata={"help": "What its maker called it."})
    is_kiosk: bool = field(metadata={"help": "Whether it is a kiosk and no phone."})
    symbol: Markup = field(metadata={"help": "SVG of the QR symbol, with its quiet zone."})
    address: str = field(metadata={"help": "Where the code can be typed instead."})
    code: str = field(metadata={"help": "The code in groups; only its hash is stored."})
    until: str = field(metadata={"help": "When it ends."})
    minutes: int = field(metadata={"help": "How long it is valid."})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceForm:
    """What may change of a device that is there."""

    id: str = field(metadata={"help": "Id of the device."})
    name: str = field(metadata={"help": "Its stored name."})
    profile: str = field(metadata={"help": "What it is for, in words; that stays."})
    is_kiosk: bool = field(metadata={"help": "Whether its readings carry its place."})
    values: Mapping[str, str] = field(metadata={"help": "What is in the fields, by name."})
    people: tuple[tuple[str, str], ...] = field(metadata={"help": "Whose it may be."})
    sites: tuple[tuple[str, str], ...] = field(metadata={"help": "Where it may be."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    label_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


def list_page(request: ConsoleRequest) -> Response:
    """List the devices."""
    return request.page(_TEMPLATE, _build_page(request, NO_ERRORS))


def _build_page(request: ConsoleRequest, errors: FormErrors) -> DevicesPage:
    text, scope, form = request.translator.text, request.act.scope, request.form
    with request.read() as tx:
        found = devices.list_devices(tx, scope, after=request.cursor("after"), limit=_PAGE + 1)
        members = people.list_members(tx, scope, limit=_PEOPLE_MAX)
        places = devices.list_sites(tx, scope)
    names = {each.person.id: each.person.name for each in members}
    sites = {each.id: each.name for each in places}
    lines = tuple(_build_line(request, each, names | sites) for each in found[:_PAGE])
    profiles = list_profiles(request.organisation.roles)
    return DevicesPage(
        devices=lines,
        next=f"{PATH}?after={lines[-1].id}" if len(found) > _PAGE else None,
        is_owner=request.is_owner,
        profiles=tuple((each.value, text(f"device-profile-{each.value}")) for each in profiles),
        people=_list_choices(text("console-devices-nobody"), names),
        sites=_list_choices(text("console-devices-anywhere"), sites),
        label=form.text("label"),
        site=form.text("site"),
        profile=form.text("profile"),
        person=form.text("person"),
        errors=errors,
    )


def _list_choices(nothing: str, names: Mapping[UUID, str]) -> tuple[tuple[str, str], ...]:
    return (("", nothing), *((str(key), name) for key, name in names.items()))


def _build_line(request: ConsoleRequest, device: Device, names: dict[UUID, str]) -> DeviceLine:
    text, state = request.translator.text, device.state(request.act.at)
    is_silent = device.is_silent(request.act.at)
    if device.revoked_at is not None:
        history = text("console-devices-revoked-at", at=request.instant(device.revoked_at))
    elif is_silent and device.last_seen_at is not None:
        history = text("console-devices-silent-since", at=request.instant(device.last_seen_at))
    elif device.last_seen_at is not None:
        history = text("console-devices-seen", at=request.instant(device.last_seen_at))
    else:
        history = text("console-devices-made", at=request.instant(device.created_at))
    return DeviceLine(
        id=str(device.id),
        label=device.label,
        profile=text(f"device-profile-{device.profile.value}"),
        person=None if device.person_id is None else names.get(device.person_id),
        site=None if device.site_id is None else names.get(device.site_id),
        history=history,
        version=device.app_version,
        state=text("device-state-silent" if is_silent else f"device-state-{state.value}"),
        tone="warn" if is_silent else _TONES[state],
        is_silent=is_silent,
        is_living=state is not DeviceState.REVOKED,
    )


def create(request: ConsoleRequest) -> Response:
    """Make a device and show the code that enrols it."""
    form = request.form
    try:
        draft = DeviceDraft(
            profile=_read_profile(form.text("profile")),
            label=form.text("label"),
            site_id=_read_id(form.text("site"), "site"),
            person_id=_read_id(form.text("person"), "person"),
        )
        with request.write() as tx:
            issued = devices.create_device(tx, request.act, draft)
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    return _show_code(request, issued)


def edit_page(request: ConsoleRequest) -> Response:
    """Show the form of a device that is there."""
    with request.read() as tx:
        device = devices.get_device(tx, request.act.scope, request.uuid("device_id"))
    values = {
        "label": device.label,
        "site": str(device.site_id or ""),
        "person": str(device.person_id or ""),
    }
    return request.page(_FORM, _build_form(request, device, values, NO_ERRORS))


def _build_form(
    request: ConsoleRequest, device: Device, values: Mapping[str, str], errors: FormErrors
) -> DeviceForm:
    """Build the form. What it has already stays a choice, though it could not be chosen anew."""
    text, scope = request.translator.text, request.act.scope
    with request.read() as tx:
        names = {
            each.person.id: each.person.name
            for each in people.list_members(tx, scope, limit=_PEOPLE_MAX)
        }
        places = {each.id: each.name for each in devices.list_sites(tx, scope)}
        standing = devices.find_site(tx, scope, device.site_id)
    if standing is not None:
        places.setdefault(standing.id, standing.name)
    return DeviceForm(
        id=str(device.id),
        name=device.label,
        profile=text(f"device-profile-{device.profile.value}"),
        is_kiosk=device.kind is DeviceKind.KIOSK,
        values=values,
        people=_list_choices(text("console-devices-nobody"), names),
        sites=_list_choices(text("console-devices-anywhere"), places),
        errors=errors,
    )


def update(request: ConsoleRequest) -> Response:
    """Write what a device is called, where it is and whose it is."""
    form, device_id = request.form, request.uuid("device_id")
    with request.read() as tx:
        device = devices.get_device(tx, request.act.scope, device_id)
    try:
        change = DeviceChange(
            label=form.text("label"),
            site_id=_read_id(form.text("site"), "site"),
            person_id=_read_id(form.text("person"), "person"),
        )
        with request.write() as tx:
            devices.update_device(tx, request.act, device_id, change)
    except DomainError as error:
        values = {name: form.text(name) for name in ("label", "site", "person")}
        page = _build_form(request, device, values, request.form_errors(error))
        return request.refill(_FORM, page, error)
    return request.redirect(PATH, "console-devices-saved")


def renew(request: ConsoleRequest) -> Response:
    """Show a new code for a device; its key works until the code is used."""
    try:
        with request.write() as tx:
            issued = devices.renew_code(tx, request.act, request.uuid("device_id"))
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    return _show_code(request, issued)


def revoke(request: ConsoleRequest) -> Response:
    """End a device, from its very next request on."""
    with request.write() as tx:
        devices.revoke_device(tx, request.act, request.uuid("device_id"))
    return request.redirect(PATH, "console-devices-revoked")


def _show_code(request: ConsoleRequest, issued: IssuedCode) -> Response:
    """Show a code. Behind the # no browser sends it anywhere, so that it is in no log."""
    device = issued.device
    address = request.context.public_url + _APPS[device.kind]
    page = EnrolmentPage(
        id=str(device.id),
        label=device.label,
        is_kiosk=device.kind is DeviceKind.KIOSK,
        # Made of our own address and symbols; nothing in it is anybody's text.
        symbol=Markup(draw_symbol(f"{address}#enrol={issued.code}")),  # noqa: S704
        address=address,
        code=group_code(issued.code),
        until=request.instant(issued.expires_at),
        minutes=int(ENROL_TTL.total_seconds()) // 60,
    )
    return request.page("console/enrolment.html", page)


def _read_profile(text: str) -> Profile:
    try:
        return Profile(text)
    except ValueError as error:
        raise InvalidError("profile_unknown", field="profile") from error


def _read_id(text: str, field: str) -> UUID | None:
    """Read one of the choices of a list; nothing is the first of them."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidError("choice_not_listed", field=field) from error
