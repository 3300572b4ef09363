# SPDX-License-Identifier: Apache-2.0
"""Phones and kiosks: enrolling one with its code, what it is, and the list of them all."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.devices import APP_VERSION_MAX, Device, DeviceKind, DeviceState, Profile
from trueorigin.domain.serials import FOLD_MAX
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Permission
from trueorigin.services import devices
from trueorigin.services.devices import EnrolAttempt, Standing
from trueorigin.web.requests import client_network


class EnrolmentBody(Body):
    """The code that the console shows; blanks, hyphens and lower case do not matter."""

    code: str = Field(max_length=FOLD_MAX, examples=["7K3Q-9XTM-4WPD"])
    app_version: str | None = Field(default=None, max_length=APP_VERSION_MAX)


class HeartbeatQuery(Body):
    """Which version of its app the device runs, if it says so."""

    app_version: str | None = Field(default=None, max_length=APP_VERSION_MAX)


class OwnerAnswer(Answer):
    """Whose device it is."""

    id: UUID
    name: str


class DeviceSiteAnswer(Answer):
    """Where it belongs; a kiosk's readings carry its rough place."""

    id: UUID
    kind: SiteKind
    name: str
    region: str | None
    address: str | None
    latitude: float | None
    longitude: float | None

    @classmethod
    def of(cls, site: Site) -> "DeviceSiteAnswer":
        """Show a site."""
        return cls(
            id=site.id,
            kind=site.kind,
            name=site.name,
            region=site.region,
            address=site.address,
            latitude=site.latitude,
            longitude=site.longitude,
        )


class StandingAnswer(Answer):
    """What a device is, for whom it works and what it may do; `server_time` sets its clock."""

    device_id: UUID
    kind: DeviceKind
    profile: Profile
    label: str
    organisation: OwnerAnswer
    site: DeviceSiteAnswer | None
    permissions: list[Permission]
    server_time: datetime

    @classmethod
    def of(cls, standing: Standing, at: datetime) -> "StandingAnswer":
        """Show what a device is at `at`."""
        device, organisation = standing.device, standing.organisation
        return cls(
            device_id=device.id,
            kind=device.kind,
            profile=device.profile,
            label=device.label,
            organisation=OwnerAnswer(id=organisation.id, name=organisation.name),
            site=None if standing.site is None else DeviceSiteAnswer.of(standing.site),
            permissions=sorted(standing.actor.permissions),
            server_time=at,
        )


class NewStandingAnswer(StandingAnswer):
    """A device just enrolled, with its key."""

    key: str


class DeviceAnswer(Answer):
    """A device as its organisation sees it; never its code or key.

    `silent`: a kiosk in use that has not said for ten minutes that it is alive.
    """

    id: UUID
    kind: DeviceKind
    profile: Profile
    label: str
    state: DeviceState
    site_id: UUID | None
    person_id: UUID | None
    silent: bool
    created_at: datetime
    enrolled_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    app_version: str | None

    @classmethod
    def of(cls, device: Device, at: datetime) -> "DeviceAnswer":
        """Show a device as it is at `at`."""
        return cls(
            id=device.id,
            kind=device.kind,
            profile=device.profile,
            label=device.label,
            state=device.state(at),
            site_id=device.site_id,
            person_id=device.person_id,
            silent=device.is_silent(at),
            created_at=device.created_at,
            enrolled_at=device.enrolled_at,
            revoked_at=device.revoked_at,
            last_seen_at=device.last_seen_at,
            app_version=device.app_version,
        )


def enrol_device(call: CallHere, body: EnrolmentBody, response: Response) -> NewStandingAnswer:
    """Use up an enrolment code: the device gets a key of its own, in this answer and nowhere else.

    Needs no key. A wrong, a used and an expired code are refused alike, with 401.
    """
    context = call.context
    at = context.clock()
    attempt = EnrolAttempt(
        code=body.code,
        network=client_network(call.request.scope, context.trusted_proxies),
        app_version=body.app_version,
    )
    new = devices.enrol_device(
        context.database, context.vault, attempt, at=at, entropy=context.entropy
    )
    response.headers["cache-control"] = "no-store"
    known = StandingAnswer.of(new.standing, at).model_dump()
    return NewStandingAnswer(**known, key=new.secret)


def get_own_device(call: CallHere, query: Annotated[HeartbeatQuery, Query()]) -> StandingAnswer:
    """Tell a device what it is and may do; that it showed up is noted once a minute.

    Keys that are no device's are answered with 404.
    """
    act = call.open_act()
    with call.context.database.read() as tx:
        standing = devices.get_standing(tx, act.actor)
    if standing.device.is_seen_due(act.at):
        with call.context.database.write() as tx:
            devices.touch_device(tx, act, query.app_version)
    return StandingAnswer.of(standing, act.at)


def list_devices(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[DeviceAnswer]:
    """List the organisation's devices, revoked ones too."""
    after, at = parse_uuid_cursor(query), call.context.clock()
    rows = call.read(
        lambda tx, scope: devices.list_devices(tx, scope, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, lambda row: DeviceAnswer.of(row, at), lambda row: row.id)


def revoke_device(call: CallHere, device_id: UUID) -> Response:
    """End a device from its very next request on, for good."""
    call.write(lambda tx, act: devices.revoke_device(tx, act, device_id))
    return Response(status_code=204)
