"""Phones and kiosks in the database: found by their key, enrolled once, never another's."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.budgets import max_queries
from tests.factories import NOW, Cast, Tenant, later, make_id, scope_of

from trueorigin.domain.devices import Device, DeviceKind, Profile
from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.people import Membership, MembershipRole, Person
from trueorigin.domain.tenancy import Role
from trueorigin.storage import devices, people
from trueorigin.storage.database import Database
from trueorigin.storage.devices import Enrolment

HOSTILE = "Robert'); DROP TABLE device;-- <script> 真源 %s ? \\ \""


def make_device(cast: Cast, **fields: object) -> Device:
    values: dict[str, Any] = {
        "id": make_id(),
        "organisation_id": cast.alice.organisation.id,
        "kind": DeviceKind.FIELD,
        "profile": Profile.PACKER,
        "label": HOSTILE,
        "site_id": None,
        "person_id": None,
        "created_by": make_id(),
        "created_at": NOW,
        "enrol_expires_at": later(minutes=15),
        "enrolled_at": None,
        "revoked_at": None,
        "last_seen_at": None,
        "app_version": None,
    }
    values.update(fields)
    return Device(**values)


def use(code: bytes, key: bytes = b"key", **fields: object) -> Enrolment:
    values: dict[str, Any] = {"at": NOW, "app_version": "1.0"}
    values.update(fields)
    return Enrolment(enrol_hash=code, secret_hash=key, **values)


def test_a_device_comes_back_as_it_was(database: Database, cast: Cast) -> None:
    device = make_device(cast, site_id=make_id())
    scope = scope_of(cast.alice.organisation)
    with database.write() as tx:
        devices.append_device(tx, scope, device, b"code")
        with pytest.raises(NotFoundError, match="organisation_not_found"):
            devices.append_device(tx, scope_of(cast.charlie.organisation), device, b"other")
    with database.read() as tx:
        assert devices.get_device(tx, scope, device.id) == device
        assert devices.list_devices(tx, scope) == [device]


def test_a_code_works_once_and_in_time(database: Database, cast: Cast) -> None:
    device = make_device(cast)
    with database.write() as tx:
        devices.append_device(tx, cast.alice.scope, device, b"code")
        assert devices.enrol_device(tx, use(b"other")) is None
        assert devices.enrol_device(tx, use(b"code", at=later(minutes=15))) is None
        enrolled = devices.enrol_device(tx, use(b"code"))
        assert enrolled == replace(
            device, enrol_expires_at=None, enrolled_at=NOW, last_seen_at=NOW, app_version="1.0"
        )
        assert devices.enrol_device(tx, use(b"code", b"second")) is None
    with database.read() as tx, max_queries(database, 1):
        found = devices.find_device(tx, b"key")
    assert found is not None
    assert found.device == enrolled
    assert found.roles == {Role.MANUFACTURER}
    with database.read() as tx:
        assert devices.find_device(tx, b"second") is None
        assert devices.find_device(tx, b"code") is None


def test_a_new_code_replaces_the_key_when_it_is_used(database: Database, cast: Cast) -> None:
    device = make_device(cast)
    with database.write() as tx:
        devices.append_device(tx, cast.alice.scope, device, b"code")
        devices.enrol_device(tx, use(b"code", b"old key"))
        until = later(minutes=30)
        assert devices.update_code(tx, cast.alice.scope, device.id, b"next", until)
        assert devices.find_device(tx, b"old key") is not None
        assert devices.enrol_device(tx, use(b"next", b"new key")) is not None
        assert devices.find_device(tx, b"old key") is None
        assert devices.find_device(tx, b"new key") is not None


def test_a_revoked_device_is_ended_with_its_code(database: Database, cast: Cast) -> None:
    device, scope = make_device(cast), cast.alice.scope
    with database.write() as tx:
        devices.append_device(tx, scope, device, b"code")
        devices.enrol_device(tx, use(b"code"))
        devices.update_code(tx, scope, device.id, b"next", later(minutes=30))
        assert devices.revoke_device(tx, scope, device.id, later(minutes=1))
        assert not devices.revoke_device(tx, scope, device.id, later(minutes=2))
        assert devices.get_device(tx, scope, device.id).revoked_at == later(minutes=1)
        assert devices.find_device(tx, b"key") is None
        assert devices.enrol_device(tx, use(b"next")) is None
        assert not devices.update_code(tx, scope, device.id, b"third", later(minutes=30))


def test_what_is_anothers_is_not_there(database: Database, cast: Cast) -> None:
    device, foreign = make_device(cast), cast.charlie.scope
    with database.write() as tx:
        devices.append_device(tx, cast.alice.scope, device, b"code")
        assert devices.list_devices(tx, foreign) == []
        assert not devices.update_code(tx, foreign, device.id, b"next", later(minutes=30))
        assert not devices.revoke_device(tx, foreign, device.id, NOW)
        devices.update_seen(tx, foreign, device.id, NOW, "9")
        with pytest.raises(NotFoundError, match="device_not_found"):
            devices.get_device(tx, foreign, device.id)
        assert devices.get_device(tx, cast.alice.scope, device.id) == device


def test_a_phone_ends_with_its_person(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    bob = Person(
        id=make_id(), email="bob@a.example", name="Bob", language=None,
        created_at=NOW, disabled_at=None,
    )  # fmt: skip
    membership = Membership(
        person_id=bob.id, organisation_id=scope, role=MembershipRole.MEMBER, created_at=NOW
    )
    his, other = make_device(cast, person_id=bob.id), make_device(cast)
    with database.write() as tx:
        people.append_person(tx, bob, "hash")
        people.append_membership(tx, scope, membership)
        devices.append_device(tx, scope, his, b"his")
        devices.append_device(tx, scope, other, b"other")
        devices.enrol_device(tx, use(b"his"))
        devices.enrol_device(tx, use(b"other", b"other key"))
        people.update_disabled(tx, bob.id, NOW)
        assert devices.find_device(tx, b"key") is None
        assert devices.find_device(tx, b"other key") is not None
        people.update_disabled(tx, bob.id, None)
        assert devices.find_device(tx, b"key") is not None
        assert devices.revoke_devices_of(tx, cast.charlie.scope, bob.id, NOW) == []
        assert devices.revoke_devices_of(tx, scope, bob.id, NOW) == [his.id]
        assert devices.find_device(tx, b"key") is None
        assert devices.find_device(tx, b"other key") is not None


def test_pages_follow_one_another(database: Database, cast: Cast) -> None:
    made = [make_device(cast) for _ in range(5)]
    with database.write() as tx:
        for number, each in enumerate(made):
            devices.append_device(tx, cast.alice.scope, each, bytes([number]))
        first = devices.list_devices(tx, cast.alice.scope, limit=3)
        rest = devices.list_devices(tx, cast.alice.scope, after=first[-1].id, limit=3)
    assert first + rest == made


def test_when_it_was_seen_keeps_the_version_it_does_not_say(database: Database, cast: Cast) -> None:
    device = make_device(cast)
    with database.write() as tx:
        devices.append_device(tx, cast.alice.scope, device, b"code")
        devices.update_seen(tx, cast.alice.scope, device.id, later(hours=1), "1.2")
        devices.update_seen(tx, cast.alice.scope, device.id, later(hours=2), None)
        found = devices.get_device(tx, cast.alice.scope, device.id)
    assert (found.last_seen_at, found.app_version) == (later(hours=2), "1.2")


def test_only_name_place_and_person_change_and_only_of_the_living(
    database: Database, cast: Cast
) -> None:
    device = make_device(cast)
    changed = replace(device, label="Upstairs", site_id=make_id())
    hostile = replace(changed, profile=Profile.INSPECTOR, revoked_at=NOW, app_version="9")
    with database.write() as tx:
        devices.append_device(tx, cast.alice.scope, device, b"code")
        assert not devices.update_device(tx, cast.charlie.scope, changed)
        assert devices.update_device(tx, cast.alice.scope, hostile)
        assert devices.get_device(tx, cast.alice.scope, device.id) == changed
        devices.revoke_device(tx, cast.alice.scope, device.id, NOW)
        assert not devices.update_device(tx, cast.alice.scope, device)


def test_silent_kiosks_are_listed_the_latest_first(database: Database, cast: Cast) -> None:
    kinds = [DeviceKind.KIOSK, DeviceKind.KIOSK, DeviceKind.KIOSK, DeviceKind.FIELD]
    made = [make_device(cast, kind=kind) for kind in kinds]
    with database.write() as tx:
        for number, each in enumerate(made):
            devices.append_device(tx, cast.alice.scope, each, bytes([number]))
        for each, minutes in zip(made, (1, 5, 9, 5), strict=True):
            devices.update_seen(tx, cast.alice.scope, each.id, later(minutes=minutes), None)

        def list_ids(tenant: Tenant, limit: int = 9) -> list[UUID]:
            end = later(minutes=8)
            found = devices.list_silent(tx, tenant.scope, after=NOW, before=end, limit=limit)
            return [each.id for each in found]

        assert list_ids(cast.alice) == [made[1].id, made[0].id]
        assert list_ids(cast.alice, limit=1) == [made[1].id]
        assert list_ids(cast.charlie) == []
        devices.revoke_device(tx, cast.alice.scope, made[1].id, NOW)
        assert list_ids(cast.alice) == [made[0].id]
