"""Organisations, credentials, epochs and the installation, on both databases."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.budgets import max_queries
from tests.factories import (
    NOW,
    Cast,
    later,
    make_api_key,
    make_cast,
    make_id,
    make_organisation,
    scope_of,
)

from trueorigin.domain.errors import ConflictError, NotFoundError
from trueorigin.domain.tenancy import Role
from trueorigin.storage import accounts, catalog, ssccs
from trueorigin.storage.accounts import Installation
from trueorigin.storage.database import Database
from trueorigin.storage.schema import key_epoch

HOSTILE = "Robert'); DROP TABLE organisation;-- <script>alert(1)</script> 真源 %s ? \\ \""


def test_an_organisation_comes_back_as_it_was(database: Database) -> None:
    organisation = make_organisation(
        name=HOSTILE,
        roles=frozenset({Role.MANUFACTURER, Role.SELLER}),
        gs1_prefix="6901234",
        website="https://alice.example",
        phone="+86 10 0000 0000",
        verified_at=later(microseconds=1),
    )
    with database.write() as tx:
        accounts.append_organisation(tx, organisation)
    with database.read() as tx:
        assert accounts.get_organisation(tx, scope_of(organisation)) == organisation
        assert accounts.find_organisation(tx, organisation.id) == organisation
        assert accounts.find_organisation_by_name(tx, HOSTILE) == organisation
        assert accounts.find_organisation_by_prefix(tx, organisation.prefix) == organisation
        assert accounts.find_organisation_by_name(tx, HOSTILE.lower()) is None
        assert accounts.find_organisation(tx, make_id()) is None
        with pytest.raises(NotFoundError, match="organisation_not_found"):
            accounts.get_organisation(tx, scope_of(make_organisation()))


@pytest.mark.parametrize(
    ("field", "code"),
    [
        pytest.param("name", "organisation_name_taken", id="name"),
        pytest.param("prefix", "organisation_prefix_taken", id="code prefix"),
        pytest.param("gs1_prefix", "gs1_prefix_taken", id="GS1 prefix"),
        pytest.param("id", "id_taken", id="id"),
    ],
)
def test_what_is_taken_is_named_and_the_transaction_goes_on(
    database: Database, cast: Cast, field: str, code: str
) -> None:
    value = getattr(cast.alice.organisation, field)
    with database.write() as tx:
        with pytest.raises(ConflictError) as caught:
            accounts.append_organisation(tx, make_organisation(**{field: value}))
        assert (caught.value.code, caught.value.field) == (code, field)
        accounts.append_organisation(tx, make_organisation(name="After the refusal"))
    with database.read() as tx:
        assert accounts.find_organisation_by_name(tx, "After the refusal") is not None


@pytest.mark.parametrize("nested", ["6901", "690123", "69012345"])
def test_a_gs1_prefix_inside_anothers_is_refused(
    database: Database, cast: Cast, nested: str
) -> None:
    assert cast.alice.organisation.gs1_prefix == "690123"
    with database.write() as tx:
        with pytest.raises(ConflictError, match="gs1_prefix_taken"):
            accounts.append_organisation(tx, make_organisation(gs1_prefix=nested))
        moved = replace(cast.charlie.organisation, gs1_prefix=nested)
        with pytest.raises(ConflictError, match="gs1_prefix_taken"):
            accounts.update_organisation(tx, cast.charlie.scope, moved)
        accounts.append_organisation(tx, make_organisation(gs1_prefix="690124"))


@pytest.mark.parametrize("nested", ["6901", "690123", "69012345"])
def test_a_gs1_prefix_stays_taken_while_goods_carry_it(
    database: Database, cast: Cast, nested: str
) -> None:
    """Given up by its holder, it still names whose the SSCCs under it are."""
    free = replace(cast.charlie.organisation, gs1_prefix=nested)
    left = replace(cast.alice.organisation, gs1_prefix=None)
    with database.write() as tx:
        ssccs.reserve_sscc(tx, cast.alice.scope, "690123", 1, 1000)
        accounts.update_organisation(tx, cast.alice.scope, left)
        with pytest.raises(ConflictError, match="gs1_prefix_taken"):
            accounts.update_organisation(tx, cast.charlie.scope, free)
        with pytest.raises(ConflictError, match="gs1_prefix_taken"):
            accounts.append_organisation(tx, make_organisation(gs1_prefix=nested))
        # Whose they are may take it up again, as it was or as it should have been.
        again = accounts.get_organisation(tx, cast.alice.scope)
        accounts.update_organisation(tx, cast.alice.scope, replace(again, gs1_prefix=nested))


@pytest.mark.parametrize("who", ["a member", "a newcomer"])
def test_of_two_who_set_nested_gs1_prefixes_at_once_one_is_refused(
    database: Database, cast: Cast, who: str
) -> None:
    """The second waits for the first: neither would see what the other has not committed."""
    refusals: list[ConflictError] = []

    def set_second() -> None:
        with database.write() as tx:
            try:
                if who == "a newcomer":
                    accounts.append_organisation(tx, make_organisation(gs1_prefix="95212340"))
                else:
                    row = replace(cast.charlie.organisation, gs1_prefix="95212340")
                    accounts.update_organisation(tx, cast.charlie.scope, row)
            except ConflictError as error:
                refusals.append(error)

    second = threading.Thread(target=set_second)
    with database.write() as tx:
        first = replace(cast.alice.organisation, gs1_prefix="9521234")
        accounts.update_organisation(tx, cast.alice.scope, first)
        second.start()
        # Long enough for whoever need not wait.
        second.join(0.5)
        assert second.is_alive()
    second.join()
    assert [(each.code, each.field) for each in refusals] == [("gs1_prefix_taken", "gs1_prefix")]
    with database.read() as tx:
        stored = [each.gs1_prefix for each in accounts.list_organisations(tx, None, 100)]
    assert sorted(each for each in stored if each and each.startswith("952")) == ["9521234"]


def test_who_sets_no_gs1_prefix_waits_for_nobody(
    postgres_database: Database,
) -> None:
    with postgres_database.write() as tx:
        alice = make_cast(tx).alice
    with postgres_database.write() as tx:
        first = replace(alice.organisation, gs1_prefix="9521234")
        accounts.update_organisation(tx, alice.scope, first)
        with postgres_database.write() as other:
            accounts.append_organisation(other, make_organisation(gs1_prefix=None))


def test_a_gs1_prefix_nobody_printed_is_free_once_it_is_given_up(
    database: Database, cast: Cast
) -> None:
    left = replace(cast.alice.organisation, gs1_prefix=None)
    with database.write() as tx:
        accounts.update_organisation(tx, cast.alice.scope, left)
        accounts.append_organisation(tx, make_organisation(gs1_prefix="69012345"))


def test_an_organisation_changes_what_it_may(database: Database, cast: Cast) -> None:
    before = cast.alice.organisation
    wanted = replace(
        before,
        name="Alice & Bob",
        roles=frozenset({Role.SELLER}),
        time_zone="Europe/Paris",
        gs1_prefix="690129",
        website="https://a.example",
        phone="1",
        prefix="EV1L",
        verified_at=NOW,
        created_at=later(days=1),
    )
    with database.write() as tx:
        accounts.update_organisation(tx, cast.alice.scope, wanted)
    with database.read() as tx:
        after = accounts.get_organisation(tx, cast.alice.scope)
    assert after == replace(
        wanted, prefix=before.prefix, verified_at=None, created_at=before.created_at, version=2
    )


def test_an_organisation_cannot_change_another_or_take_its_name(
    database: Database, cast: Cast
) -> None:
    alice, charlie = cast.alice, cast.charlie
    with database.write() as tx:
        with pytest.raises(NotFoundError):
            accounts.update_organisation(tx, charlie.scope, alice.organisation)
        renamed = replace(charlie.organisation, name=alice.organisation.name)
        with pytest.raises(ConflictError, match="organisation_name_taken"):
            accounts.update_organisation(tx, charlie.scope, renamed)


def test_verification_comes_and_goes(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        accounts.mark_verified(tx, cast.alice.scope, NOW)
        assert accounts.get_organisation(tx, cast.alice.scope).verified_at == NOW
        assert accounts.get_organisation(tx, cast.charlie.scope).verified_at is None
        accounts.mark_verified(tx, cast.alice.scope, None)
        assert accounts.get_organisation(tx, cast.alice.scope).verified_at is None
        with pytest.raises(NotFoundError):
            accounts.mark_verified(tx, make_id(), NOW)


def test_owners_of_code_prefixes_are_found_in_one_query(database: Database, cast: Cast) -> None:
    with max_queries(database, 1), database.read() as tx:
        found = accounts.find_prefix_owners(tx, ["A1CE", "CH4R", "ZZZZ"])
        assert accounts.find_prefix_owners(tx, []) == {}
    assert found == {"A1CE": cast.alice.scope, "CH4R": cast.charlie.scope}


def test_organisations_are_listed_in_pages(database: Database) -> None:
    made = [make_organisation() for _ in range(5)]
    with database.write() as tx:
        for organisation in made:
            accounts.append_organisation(tx, organisation)
    with database.read() as tx:
        first = accounts.list_organisations(tx, None, 3)
        rest = accounts.list_organisations(tx, first[-1].id, 3)
    assert first + rest == made


def test_a_key_is_found_by_its_secret_until_it_is_revoked(database: Database, cast: Cast) -> None:
    key = make_api_key(cast.alice.organisation, role=Role.SELLER)
    with database.write() as tx:
        accounts.append_api_key(tx, cast.alice.scope, key, b"h" * 32)
    with database.write() as tx:
        assert accounts.find_api_key(tx, b"h" * 32) == key
        assert accounts.find_api_key(tx, b"i" * 32) is None
        with pytest.raises(NotFoundError):
            accounts.revoke_api_key(tx, cast.charlie.scope, key.id, NOW)
        assert accounts.find_api_key(tx, b"h" * 32) == key
        accounts.revoke_api_key(tx, cast.alice.scope, key.id, NOW)
        accounts.revoke_api_key(tx, cast.alice.scope, key.id, later(days=1))
        assert accounts.find_api_key(tx, b"h" * 32) is None
        listed = accounts.list_api_keys(tx, cast.alice.scope)
    assert listed == [replace(key, revoked_at=NOW)]


def test_keys_are_listed_for_their_own_organisation(database: Database, cast: Cast) -> None:
    keys = [make_api_key(cast.alice.organisation, label=str(n)) for n in range(3)]
    with database.write() as tx:
        for number, key in enumerate(keys):
            accounts.append_api_key(tx, cast.alice.scope, key, bytes([number]) * 32)
        with pytest.raises(NotFoundError):
            accounts.append_api_key(tx, cast.charlie.scope, keys[0], b"x" * 32)
        assert accounts.list_api_keys(tx, cast.charlie.scope) == []
        first = accounts.list_api_keys(tx, cast.alice.scope, limit=2)
        rest = accounts.list_api_keys(tx, cast.alice.scope, after=first[-1].id, limit=2)
    assert first + rest == keys


def test_ordinals_come_from_the_newest_epoch(database: Database, cast: Cast) -> None:
    scope = cast.alice.scope
    with database.write() as tx:
        assert accounts.allocate_ordinal(tx, scope) == (0, 1)
        accounts.append_epoch(tx, scope, 1, b"second", NOW)
        assert accounts.allocate_ordinal(tx, scope) == (1, 0)
        assert accounts.allocate_ordinal(tx, scope) == (1, 1)
        assert accounts.allocate_ordinal(tx, cast.charlie.scope) == (0, 1)
        assert accounts.list_epochs(tx, scope) == [(1, b"second"), (0, b"wrapped")]
        with pytest.raises(ConflictError, match="epoch_exists"):
            accounts.append_epoch(tx, scope, 1, b"again", NOW)


def test_an_epoch_ends_after_its_last_ordinal(database: Database, cast: Cast) -> None:
    last = accounts.ORDINAL_LIMIT - 1
    with database.write() as tx:
        tx.execute(sa.update(key_epoch).values(next_ordinal=last))
        assert accounts.allocate_ordinal(tx, cast.alice.scope) == (0, last)
        with pytest.raises(ConflictError, match="ordinals_exhausted"):
            accounts.allocate_ordinal(tx, cast.alice.scope)
        accounts.append_epoch(tx, cast.alice.scope, 1, b"next", NOW)
        assert accounts.allocate_ordinal(tx, cast.alice.scope) == (1, 0)


def test_every_epoch_is_rewrapped(database: Database, cast: Cast) -> None:
    with database.write() as tx:
        every = accounts.list_every_epoch(tx)
        accounts.rewrap_epochs(tx, [(owner, epoch, b"new") for owner, epoch, _ in every])
        accounts.rewrap_epochs(tx, [])
        after = accounts.list_every_epoch(tx)
    owners = sorted([cast.alice.scope, cast.charlie.scope])
    assert every == [(owner, 0, b"wrapped") for owner in owners]
    assert after == [(owner, 0, b"new") for owner in owners]


def test_an_installation_has_one_identity(database: Database) -> None:
    row = Installation(instance=make_id(), key_check=b"check", created_at=NOW)
    with database.write() as tx:
        assert accounts.find_installation(tx) is None
        accounts.append_installation(tx, row)
        assert accounts.find_installation(tx) == row
        with pytest.raises(ConflictError, match="installation_exists"):
            accounts.append_installation(tx, replace(row, instance=make_id()))
        accounts.update_key_check(tx, b"rotated")
        assert accounts.find_installation(tx) == replace(row, key_check=b"rotated")


def test_changes_of_an_organisation_raise_its_revision_once_a_transaction(
    database: Database, cast: Cast
) -> None:
    alice, charlie = cast.alice.scope, cast.charlie.scope
    with database.write() as tx:
        before = catalog.find_revisions(tx, [alice, charlie, make_id()])
        assert set(before) == {alice, charlie}
        assert catalog.find_revisions(tx, []) == {}
        accounts.mark_verified(tx, alice, NOW)
        accounts.append_epoch(tx, alice, 1, b"k", NOW)
        accounts.update_organisation(tx, alice, cast.alice.organisation)
        catalog.bump_revision(tx, alice)
        after = catalog.find_revisions(tx, [alice, charlie])
    assert after == {alice: before[alice] + 1, charlie: before[charlie]}


def test_organisations_are_found_by_name_or_number_as_text(database: Database) -> None:
    named = {"legal_name": "江苏春天有限公司", "uscc": "91320106MA1W3UXG7A", "prefix": "Q7QX"}
    spring = make_organisation(name="Spring 100% Ltd", **named)
    other = make_organisation(name="Autumn 1000 Ltd")
    with database.write() as tx:
        for each in (spring, other):
            accounts.append_organisation(tx, each)
    with database.read() as tx:
        for text in ("spring", "100%", "春天", "91320106ma1w3uxg7a", "q7qx"):
            found = accounts.list_organisations(tx, None, 9, text)
            assert [each.id for each in found] == [spring.id], text
        # Part of a number is none, and what a pattern would mean is only text.
        for text in ("91320106", "_pring", "100%%"):
            assert accounts.list_organisations(tx, None, 9, text) == []
        assert accounts.list_organisations(tx, spring.id, 9, "spring") == []
