"""Phones and kiosks of Alice's, made at the console's own service and enrolled over the wire."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.api_world import Person, World

from trueorigin.domain.devices import Profile
from trueorigin.domain.sites import Site, SiteKind
from trueorigin.domain.tenancy import Act, Actor, Role, TenantScope
from trueorigin.services import devices, sites
from trueorigin.services.devices import DeviceDraft, IssuedCode
from trueorigin.services.sites import SiteDraft
from trueorigin.storage import accounts
from trueorigin.storage.database import Tx

OWNER = UUID(int=0xA11CE)


def open_owner_act(world: World, person: Person | None = None) -> Act:
    """Open an act of an owner of the organisation of `person`, by default Alice's."""
    organisation_id = UUID((person or world.alice).get("/organisation")["id"])
    actor = Actor(organisation_id=organisation_id, role=Role.MANUFACTURER, credential_id=OWNER)
    return Act(
        scope=TenantScope(organisation_id),
        actor=actor,
        at=world.clock(),
        entropy=world.context.entropy,
    )


def give_all_roles(tx: Tx, scope: TenantScope) -> None:
    """Let an organisation be everything at once, so that it may have every device."""
    found = accounts.get_organisation(tx, scope)
    accounts.update_organisation(tx, scope, replace(found, roles=frozenset(Role)))


def make_site(world: World) -> Site:
    """Open the hall of Alice's in which kiosks stand."""
    draft = SiteDraft(kind=SiteKind.KIOSK, name="Hall", latitude=31.23, longitude=121.47)
    act = open_owner_act(world)
    with world.database.write() as tx:
        return sites.create_site(tx, act, draft)


def make_device(
    world: World, profile: Profile, label: str = "Line 2", site: Site | None = None
) -> IssuedCode:
    """Make a device of Alice's that waits for its phone."""
    act = open_owner_act(world)
    draft = DeviceDraft(profile=profile, label=label, site_id=None if site is None else site.id)
    with world.database.write() as tx:
        give_all_roles(tx, act.scope)
        return devices.create_device(tx, act, draft)


def enrol(
    world: World, profile: Profile, label: str = "Line 2", site: Site | None = None
) -> dict[str, Any]:
    """Make a device of Alice's and enrol it; return what the device was told."""
    code = make_device(world, profile, label, site).code
    answer: dict[str, Any] = world.dora.post("/devices/enrolment", {"code": code}, expect=200)
    return answer
