"""What devices may do, which ones an organisation may have, and how codes are written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories import NOW, make_id

from trueorigin.domain.devices import (
    ENROL_SYMBOLS,
    ENROL_TTL,
    PROFILES,
    SEEN_AFTER,
    Device,
    DeviceKind,
    DeviceState,
    Profile,
    find_role,
    group_code,
    list_profiles,
    parse_code,
    write_code,
)
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Actor, Permission, Role


def make_device() -> Device:
    return Device(
        id=make_id(),
        organisation_id=make_id(),
        kind=DeviceKind.FIELD,
        profile=Profile.PACKER,
        label="Line 2",
        site_id=None,
        person_id=None,
        created_by=None,
        created_at=NOW,
        enrol_expires_at=NOW + ENROL_TTL,
        enrolled_at=None,
        revoked_at=None,
        last_seen_at=None,
        app_version=None,
    )


@pytest.mark.parametrize(
    ("role", "profiles"),
    [
        (Role.MANUFACTURER, {"packer", "logistics", "seller", "kiosk"}),
        (Role.SELLER, {"seller", "kiosk"}),
        (Role.LOGISTICS, {"logistics"}),
        (Role.REGULATOR, {"inspector", "kiosk"}),
        (Role.KIOSK, {"kiosk"}),
        (Role.OPERATOR, {"kiosk"}),
    ],
)
def test_an_organisation_may_have_the_devices_of_its_roles(role: Role, profiles: set[str]) -> None:
    assert {each.value for each in list_profiles({role})} == profiles


def test_without_a_role_there_is_no_device() -> None:
    assert list_profiles(()) == ()
    assert set(list_profiles(tuple(Role))) == set(Profile)


def test_a_device_acts_in_the_role_that_fits_best() -> None:
    both = {Role.MANUFACTURER, Role.SELLER, Role.LOGISTICS}
    assert find_role(Profile.SELLER, both) is Role.SELLER
    assert find_role(Profile.SELLER, {Role.MANUFACTURER}) is Role.MANUFACTURER
    assert find_role(Profile.LOGISTICS, both) is Role.LOGISTICS
    assert find_role(Profile.PACKER, {Role.SELLER}) is None
    # Whoever puts it up: what a kiosk reads is read by the public.
    for holder in PROFILES[Profile.KIOSK].holders:
        assert find_role(Profile.KIOSK, {holder}) is Role.KIOSK


@pytest.mark.parametrize("profile", Profile)
def test_no_device_manages_devices_keys_or_people(profile: Profile) -> None:
    forbidden = {
        Permission.CODE_EXPORT,
        Permission.DEVICE_READ,
        Permission.DEVICE_WRITE,
        Permission.KEY_WRITE,
        Permission.ORGANISATION_VERIFY,
        Permission.ORGANISATION_WRITE,
        Permission.RECALL_WRITE,
        Permission.RUN_RELEASE,
        Permission.RUN_WRITE,
    }
    assert forbidden.isdisjoint(PROFILES[profile].permissions)


def test_a_list_never_gives_more_than_the_role_has() -> None:
    actor = Actor(
        organisation_id=make_id(),
        role=Role.SELLER,
        credential_id=make_id(),
        allowed=frozenset(Permission),
    )
    assert actor.permissions == ROLE_PERMISSIONS[Role.SELLER]
    assert replace(actor, allowed=frozenset()).permissions == frozenset()
    assert replace(actor, allowed=None).permissions == ROLE_PERMISSIONS[Role.SELLER]


def test_a_code_is_twelve_symbols_of_five_bits_and_survives_typing() -> None:
    code = write_code(bytes(range(100, 100 + ENROL_SYMBOLS)))
    assert len(code) == ENROL_SYMBOLS
    assert group_code(code).count("-") == 2
    assert parse_code(f" {group_code(code).lower()} ") == code
    assert parse_code("OIL0-OIL0-OIL0") == "011001100110"
    assert len({write_code(bytes([value] * ENROL_SYMBOLS)) for value in range(256)}) == 32


@pytest.mark.parametrize("text", ["", "-", "0" * 11, "0" * 13, "U" * 12, "0" * 100, "真" * 12])
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse_code(text) is None


def test_a_device_waits_expires_works_and_ends() -> None:
    device = make_device()
    assert device.state(NOW) is DeviceState.WAITING
    assert device.state(NOW + ENROL_TTL - timedelta(microseconds=1)) is DeviceState.WAITING
    assert device.state(NOW + ENROL_TTL) is DeviceState.EXPIRED
    assert replace(device, enrol_expires_at=None).state(NOW) is DeviceState.EXPIRED
    enrolled = replace(device, enrolled_at=NOW)
    assert enrolled.state(NOW + ENROL_TTL) is DeviceState.ENROLLED
    assert replace(enrolled, revoked_at=NOW).state(NOW) is DeviceState.REVOKED


def test_that_it_showed_up_is_written_once_a_minute() -> None:
    device = make_device()
    assert device.is_seen_due(NOW)
    seen = replace(device, last_seen_at=NOW)
    assert not seen.is_seen_due(NOW + SEEN_AFTER - timedelta(microseconds=1))
    assert seen.is_seen_due(NOW + SEEN_AFTER)
