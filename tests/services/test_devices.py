"""Phones and kiosks from making to revoking, honest and hostile, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from tests.budgets import max_queries
from tests.factories import NOW, Cast, Tenant, later, make_act, make_entropy, make_id
from tests.signing_in import NETWORK, VAULT, act_of, join

from trueorigin.domain.devices import ENROL_TTL, PROFILES, DeviceKind, DeviceState, Profile
from trueorigin.domain.errors import (
    ConflictError,
    DomainError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.people import FREE_FAILURES_NETWORK, MembershipRole
from trueorigin.domain.sites import SiteKind
from trueorigin.domain.tenancy import Actor, Role
from trueorigin.services import access, devices, people
from trueorigin.services.devices import (
    DeviceChange,
    DeviceDraft,
    EnrolAttempt,
    IssuedCode,
    NewStanding,
)
from trueorigin.services.sites import SiteDraft, close_site, create_site
from trueorigin.storage import accounts, audit
from trueorigin.storage.database import Database

PACKER = DeviceDraft(profile=Profile.PACKER, label="Line 2")
HALL = SiteDraft(kind=SiteKind.KIOSK, name="Hall", latitude=31.23, longitude=121.47)


def make(database: Database, tenant: Tenant, draft: DeviceDraft = PACKER) -> IssuedCode:
    with database.write() as tx:
        return devices.create_device(tx, make_act(tenant.organisation), draft)


def enrol(
    database: Database, code: str, *, network: str = NETWORK, version: str = "1.0", **delta: float
) -> NewStanding:
    attempt = EnrolAttempt(code=code, network=network, app_version=version)
    return devices.enrol_device(
        database, VAULT, attempt, at=later(**delta), entropy=make_entropy(f"{code}{delta}{version}")
    )


def find_actor(database: Database, secret: str) -> Actor | None:
    with database.read() as tx, max_queries(database, 1):
        return access.find_actor(tx, secret)


def list_actions(database: Database, tenant: Tenant) -> list[str]:
    with database.read() as tx:
        return [each.action for each in audit.list_audit(tx, tenant.scope, limit=100)]


def test_a_phone_is_made_enrolled_and_speaks(database: Database, cast: Cast) -> None:
    issued = make(database, cast.alice)
    assert issued.device.state(NOW) is DeviceState.WAITING
    assert issued.expires_at == NOW + ENROL_TTL
    new = enrol(database, issued.code.lower(), minutes=14)
    assert new.standing.device.id == issued.device.id
    assert new.standing.organisation.id == cast.alice.organisation.id
    actor = find_actor(database, new.secret)
    assert actor == new.standing.actor
    assert actor is not None
    assert (actor.device_id, actor.credential_id) == (issued.device.id, issued.device.id)
    assert actor.role is Role.MANUFACTURER
    assert actor.permissions == PROFILES[Profile.PACKER].permissions
    assert list_actions(database, cast.alice) == ["device.create", "device.enrol"]


def test_a_kiosk_speaks_as_kiosk_whosever_it_is(database: Database, cast: Cast) -> None:
    issued = make(database, cast.alice, DeviceDraft(profile=Profile.KIOSK, label="Hall"))
    actor = enrol(database, issued.code).standing.actor
    assert issued.device.kind is DeviceKind.KIOSK
    assert actor.role is Role.KIOSK
    assert actor.permissions == PROFILES[Profile.KIOSK].permissions


def test_a_device_that_does_not_fit_the_organisation_is_not_made(
    database: Database, cast: Cast
) -> None:
    with pytest.raises(ForbiddenError, match="profile_not_held"):
        make(database, cast.alice, replace(PACKER, profile=Profile.INSPECTOR))
    with pytest.raises(InvalidError, match="text_blank"):
        make(database, cast.alice, replace(PACKER, label=" "))
    assert list_actions(database, cast.alice) == []


def test_a_device_ends_when_its_organisation_is_no_longer_what_it_was(
    database: Database, cast: Cast
) -> None:
    first, second = make(database, cast.alice), make(database, cast.alice)
    secret = enrol(database, first.code).secret
    with database.write() as tx:
        found = accounts.get_organisation(tx, cast.alice.scope)
        shop = replace(found, roles=frozenset({Role.SELLER}))
        accounts.update_organisation(tx, cast.alice.scope, shop)
    assert find_actor(database, secret) is None
    with pytest.raises(UnauthenticatedError, match="enrolment_refused"):
        enrol(database, second.code)
    with database.write() as tx:
        accounts.update_organisation(tx, cast.alice.scope, replace(found, version=2))
    # Refused, the code was not used up.
    assert enrol(database, second.code).secret


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), id="wrong"),
        pytest.param(lambda _: "", id="empty"),
        pytest.param(lambda code: code + "0", id="too long"),
        pytest.param(lambda _: "'; DROP TABLE device;--", id="hostile"),
        pytest.param(lambda _: "\ud800" * 12, id="no text"),
    ],
)
def test_wrong_codes_look_like_used_and_expired_ones(
    database: Database, cast: Cast, spoil: object
) -> None:
    issued = make(database, cast.alice)
    assert callable(spoil)
    refusals = []
    for code, minutes in ((spoil(issued.code), 0), (issued.code, 15)):
        with pytest.raises(UnauthenticatedError) as caught:
            enrol(database, code, minutes=minutes)
        refusals.append((caught.value.code, caught.value.field, dict(caught.value.params)))
    enrol(database, issued.code, minutes=1)
    with pytest.raises(UnauthenticatedError) as caught:
        enrol(database, issued.code, minutes=2)
    refusals.append((caught.value.code, caught.value.field, dict(caught.value.params)))
    assert set(map(str, refusals)) == {"('enrolment_refused', 'code', {})"}


def test_of_two_phones_with_one_code_one_wins(database: Database, cast: Cast) -> None:
    for turn in range(5):
        issued, together = make(database, cast.alice), Barrier(2)

        def use(version: str, code: str = issued.code, start: Barrier = together) -> str | None:
            start.wait()
            try:
                return enrol(database, code, version=version, network=version).secret
            except UnauthenticatedError:
                return None

        with ThreadPoolExecutor(2) as pool:
            secrets = list(pool.map(use, (f"{turn}.1", f"{turn}.2")))
        winners = [each for each in secrets if each is not None]
        assert len(winners) == 1
        assert find_actor(database, winners[0]) is not None
    assert list_actions(database, cast.alice).count("device.enrol") == 5


def test_who_guesses_is_slowed_and_a_neighbour_with_the_right_code_is_not(
    database: Database, cast: Cast
) -> None:
    issued = make(database, cast.alice)
    for _ in range(FREE_FAILURES_NETWORK):
        with pytest.raises(UnauthenticatedError, match="enrolment_refused"):
            enrol(database, "0" * 12)
    near = issued.code[:-1] + ("0" if issued.code[-1] != "0" else "1")
    for guess in ("0" * 12, near, "no code"):
        with pytest.raises(DomainError) as caught:
            enrol(database, guess)
        assert caught.value.code == "enrolment_throttled"
        assert 0 < int(caught.value.params["seconds"]) <= 2
    with pytest.raises(UnauthenticatedError, match="enrolment_refused"):
        enrol(database, "0" * 12, network="198.51.100.0/24")
    # Nobody guesses 60 bits: a right code needs no delay, and whoever shares a network gets in.
    assert enrol(database, issued.code).secret
    # That forgives no guess.
    with pytest.raises(DomainError) as caught:
        enrol(database, issued.code)
    assert caught.value.code == "enrolment_throttled"


def test_honest_enrolments_never_add_up(database: Database, cast: Cast) -> None:
    for number in range(FREE_FAILURES_NETWORK + 5):
        issued = make(database, cast.alice, replace(PACKER, label=f"Phone {number}"))
        enrol(database, issued.code)


def test_enrolling_anew_ends_the_old_key_only_when_the_code_is_used(
    database: Database, cast: Cast
) -> None:
    issued = make(database, cast.alice)
    old = enrol(database, issued.code).secret
    with database.write() as tx:
        act = make_act(cast.alice.organisation, at=later(hours=1))
        again = devices.renew_code(tx, act, issued.device.id)
    assert again.code != issued.code
    assert find_actor(database, old) is not None
    new = enrol(database, again.code, hours=1).secret
    assert find_actor(database, old) is None
    assert find_actor(database, new) is not None


def test_a_newer_code_makes_the_older_worthless(database: Database, cast: Cast) -> None:
    issued = make(database, cast.alice)
    with database.write() as tx:
        devices.renew_code(tx, make_act(cast.alice.organisation), issued.device.id)
    with pytest.raises(UnauthenticatedError, match="enrolment_refused"):
        enrol(database, issued.code)


def test_revoking_ends_key_and_code_at_once_and_for_good(database: Database, cast: Cast) -> None:
    issued = make(database, cast.alice)
    secret = enrol(database, issued.code).secret
    with database.write() as tx:
        act = make_act(cast.alice.organisation, at=later(hours=1))
        again = devices.renew_code(tx, act, issued.device.id)
        devices.revoke_device(tx, act, issued.device.id)
        devices.revoke_device(tx, replace(act, at=later(hours=2)), issued.device.id)
        with pytest.raises(ConflictError, match="device_revoked"):
            devices.renew_code(tx, act, issued.device.id)
        found = devices.get_device(tx, cast.alice.scope, issued.device.id)
    assert found.revoked_at == later(hours=1)
    assert find_actor(database, secret) is None
    with pytest.raises(UnauthenticatedError):
        enrol(database, again.code, hours=1)
    assert list_actions(database, cast.alice).count("device.revoke") == 1


def test_another_organisations_device_does_not_exist(database: Database, cast: Cast) -> None:
    issued = make(database, cast.alice)
    act = make_act(cast.charlie.organisation)
    with database.write() as tx:
        for do in (devices.renew_code, devices.revoke_device):
            with pytest.raises(NotFoundError, match="device_not_found"):
                do(tx, act, issued.device.id)
        assert devices.list_devices(tx, act.scope, after=None, limit=10) == []
    assert enrol(database, issued.code).secret


def test_a_phone_of_a_person_ends_when_they_leave(database: Database, cast: Cast) -> None:
    owner = join(database, cast.alice)
    bob = join(database, cast.alice, "bob@example.com", MembershipRole.MEMBER)
    issued = make(database, cast.alice, replace(PACKER, person_id=bob.id))
    secret = enrol(database, issued.code).secret
    with database.write() as tx:
        people.remove_member(tx, act_of(cast.alice, owner), bob.id)
    assert find_actor(database, secret) is None
    assert list_actions(database, cast.alice).count("device.revoke") == 1


def test_a_phone_belongs_to_nobody_from_elsewhere(database: Database, cast: Cast) -> None:
    charlie = join(database, cast.charlie, "charlie@example.com")
    for person_id in (charlie.id, make_id()):
        with pytest.raises(NotFoundError, match="person_not_found"):
            make(database, cast.alice, replace(PACKER, person_id=person_id))


def test_what_a_device_is_told_is_what_holds_now(database: Database, cast: Cast) -> None:
    new = enrol(database, make(database, cast.alice).code)
    act = access.open_act(new.standing.actor, later(hours=1), make_entropy())
    with database.write() as tx:
        devices.touch_device(tx, act, "1.1")
        standing = devices.get_standing(tx, act.actor)
        with pytest.raises(NotFoundError, match="device_not_found"):
            devices.get_standing(tx, make_act(cast.alice.organisation).actor)
        with pytest.raises(InvalidError):
            devices.touch_device(tx, act, "x" * 41)
    assert standing.device.last_seen_at == later(hours=1)
    assert standing.device.app_version == "1.1"


def test_name_place_and_person_change_and_the_key_stays(database: Database, cast: Cast) -> None:
    bob = join(database, cast.alice, "bob@example.com", MembershipRole.MEMBER)
    issued = make(database, cast.alice, DeviceDraft(profile=Profile.KIOSK, label="Hall"))
    secret = enrol(database, issued.code).secret
    act = make_act(cast.alice.organisation)
    with database.write() as tx:
        site = create_site(tx, act, HALL)
        change = DeviceChange(label=" Upstairs ", site_id=site.id, person_id=bob.id)
        changed = devices.update_device(tx, act, issued.device.id, change)
        assert devices.update_device(tx, act, issued.device.id, change) == changed
    assert (changed.label, changed.site_id, changed.person_id) == ("Upstairs", site.id, bob.id)
    assert changed.profile is Profile.KIOSK
    actor = find_actor(database, secret)
    assert actor is not None
    # From the very next reading on it carries the new place.
    assert actor.place == "31.2,121.5"
    # What changed nothing is not in the trail.
    assert list_actions(database, cast.alice).count("device.update") == 1
    with database.read() as tx:
        [line] = [
            each
            for each in audit.list_audit(tx, cast.alice.scope, limit=100)
            if each.action == "device.update"
        ]
    assert line.detail == {"label": "Upstairs", "fields": ["label", "site", "person"]}


def test_a_closed_site_stays_and_cannot_be_chosen_anew(database: Database, cast: Cast) -> None:
    act = make_act(cast.alice.organisation)
    with database.write() as tx:
        site = create_site(tx, act, HALL)
        draft = replace(PACKER, site_id=site.id)
        there = devices.create_device(tx, act, draft).device
        other = devices.create_device(tx, act, PACKER).device
        close_site(tx, act, site.id)
        change = DeviceChange(label="Line 3", site_id=site.id, person_id=None)
        assert devices.update_device(tx, act, there.id, change).label == "Line 3"
        assert devices.find_site(tx, act.scope, site.id) is not None
        with pytest.raises(NotFoundError, match="site_not_found"):
            devices.update_device(tx, act, other.id, change)


def test_a_change_that_does_not_fit_changes_nothing(database: Database, cast: Cast) -> None:
    device = make(database, cast.alice).device
    act, foreign = make_act(cast.alice.organisation), make_act(cast.charlie.organisation)
    charlie = join(database, cast.charlie, "charlie@example.com")
    plain = DeviceChange(label="Line 3", site_id=None, person_id=None)
    with database.write() as tx:
        theirs = create_site(tx, foreign, HALL)
        for change, error in (
            (replace(plain, label=" "), "text_blank"),
            (replace(plain, site_id=theirs.id), "site_not_found"),
            (replace(plain, person_id=charlie.id), "person_not_found"),
        ):
            with pytest.raises(DomainError, match=error):
                devices.update_device(tx, act, device.id, change)
        with pytest.raises(NotFoundError, match="device_not_found"):
            devices.update_device(tx, foreign, device.id, plain)
        devices.revoke_device(tx, act, device.id)
        with pytest.raises(ConflictError, match="device_revoked"):
            devices.update_device(tx, act, device.id, plain)
        assert devices.get_device(tx, act.scope, device.id).label == "Line 2"
    assert "device.update" not in list_actions(database, cast.alice)


def test_a_kiosk_that_should_speak_and_does_not_is_silent(database: Database, cast: Cast) -> None:
    hall = DeviceDraft(profile=Profile.KIOSK, label="Hall")
    kiosk, waiting = make(database, cast.alice, hall), make(database, cast.alice, hall)
    phone = make(database, cast.alice)
    enrol(database, kiosk.code)
    enrol(database, phone.code)

    def list_silent(**delta: float) -> list[UUID]:
        with database.read() as tx:
            found = devices.list_silent(tx, cast.alice.scope, later(**delta), limit=10)
        assert all(each.is_silent(later(**delta)) for each in found)
        return [each.id for each in found]

    assert list_silent(minutes=9) == []
    assert list_silent(minutes=11) == [kiosk.device.id]
    assert list_silent(days=31) == []
    with database.read() as tx:
        assert devices.list_silent(tx, cast.charlie.scope, later(minutes=11), limit=10) == []
        for each in (waiting, phone):
            found = devices.get_device(tx, cast.alice.scope, each.device.id)
            assert not found.is_silent(later(hours=1))
    with database.write() as tx:
        devices.revoke_device(tx, make_act(cast.alice.organisation), kiosk.device.id)
    assert list_silent(minutes=11) == []
