# SPDX-License-Identifier: Apache-2.0
"""The operator lets organisations and people in: whole or not at all, in the trails of both."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.factories import Cast, Tenant, make_act, make_id
from tests.same_instant import overtake
from tests.signing_in import OTHER, PASSWORD, SHORT, VAULT, join, sign_in
from tests.supervised_world import make_uscc

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.errors import ConflictError, DomainError, NotFoundError, SeveralError
from trueorigin.domain.people import MembershipRole
from trueorigin.domain.tenancy import Act, Organisation, Role
from trueorigin.services import admission, people
from trueorigin.services.access import LOCAL_CREDENTIAL, open_act_of
from trueorigin.services.accounts import OrganisationDraft
from trueorigin.services.people import PersonDraft
from trueorigin.storage import accounts, audit
from trueorigin.storage.database import Database
from trueorigin.storage.metadata import metadata

DRAFT = OrganisationDraft(
    name="Gulou Tea",
    roles=frozenset({Role.SELLER, Role.LOGISTICS}),
    time_zone="Asia/Urumqi",
    gs1_prefix="6935555",
    legal_name="南京鼓楼茶业有限公司",
    phone="+86 25 5555 0123",
)
WANG = PersonDraft(
    email="Wang@Example.com", name="Wang", password=PASSWORD, role=MembershipRole.OWNER
)


@pytest.fixture
def olga(cast: Cast) -> Act:
    """Charlie's organisation stands for the operator's; a person of it acts."""
    act = make_act(cast.charlie.organisation, role=Role.OPERATOR)
    return replace(act, actor=replace(act.actor, credential_id=make_id()))


def admit(database: Database, act: Act, draft: OrganisationDraft = DRAFT) -> Organisation:
    with database.write() as tx:
        return admission.admit_organisation(tx, VAULT, act, draft)


def count_rows(database: Database) -> int:
    with database.read() as tx:
        return sum(
            tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        )


def list_trail(database: Database, act: Act, action: str) -> list[audit.AuditEntry]:
    with database.read() as tx:
        return audit.list_audit(tx, act.scope, wanted=TrailFilter(action=action), limit=9)


def test_an_organisation_is_let_in_with_everything_that_was_said(
    database: Database, olga: Act
) -> None:
    made = admit(database, olga)
    with database.read() as tx:
        kept = accounts.find_organisation(tx, made.id)
        epochs = accounts.list_epochs(tx, open_act_of(olga, made.id).scope)
    assert kept == made
    assert kept.roles == DRAFT.roles
    assert (kept.gs1_prefix, kept.time_zone) == ("6935555", "Asia/Urumqi")
    assert (kept.legal_name, kept.phone) == (DRAFT.legal_name, DRAFT.phone)
    assert kept.verified_at is None
    assert [epoch for epoch, _ in epochs] == [0]
    # In the trails of both, under the name of whoever did it.
    for act in (olga, open_act_of(olga, made.id)):
        [line] = list_trail(database, act, "organisation.create")
        assert (line.actor_id, line.subject) == (olga.actor.credential_id, str(made.id))
        assert line.detail["name"] == "Gulou Tea"


def test_what_is_wrong_is_said_at_once_and_leaves_nothing(database: Database, olga: Act) -> None:
    before = count_rows(database)
    wrong = replace(
        DRAFT, name=" ", roles=frozenset(), time_zone="Mars", uscc="1", gs1_prefix="x", phone=" "
    )
    with pytest.raises(SeveralError) as refused:
        admit(database, olga, wrong)
    fields = {each.field for each in refused.value.errors}
    assert fields == {"name", "roles", "time_zone", "uscc", "gs1_prefix", "phone"}
    assert count_rows(database) == before


@pytest.mark.parametrize("field", ["name", "uscc", "gs1_prefix"])
def test_what_another_one_has_is_refused_at_its_field(
    database: Database, olga: Act, field: str
) -> None:
    first = replace(DRAFT, uscc=make_uscc("320106"))
    admit(database, olga, first)
    before = count_rows(database)
    second = replace(DRAFT, name="Other Tea", gs1_prefix="6936666")
    with pytest.raises(ConflictError) as refused:
        admit(database, olga, replace(second, **{field: getattr(first, field)}))
    assert refused.value.field == field
    assert count_rows(database) == before
    assert admit(database, olga, second).name == "Other Tea"


def test_nobody_becomes_operator_this_way(database: Database, olga: Act) -> None:
    before = count_rows(database)
    for roles in ({Role.OPERATOR}, {Role.OPERATOR, Role.SELLER}):
        with pytest.raises(DomainError) as refused:
            admit(database, olga, replace(DRAFT, roles=frozenset(roles)))
        assert (refused.value.code, refused.value.field) == ("choice_not_listed", "roles")
    assert count_rows(database) == before
    assert {*admission.ROLES, Role.OPERATOR} == set(Role)


def test_of_two_at_the_same_instant_one_gets_the_name(database: Database, olga: Act) -> None:
    def admit_second() -> str | None:
        try:
            admit(database, olga, replace(DRAFT, gs1_prefix=None))
        except ConflictError as error:
            return error.field
        return "let in"

    came = overtake(
        database, lambda tx: admission.admit_organisation(tx, VAULT, olga, DRAFT), admit_second
    )
    assert came == "name"


def test_a_first_person_is_let_in_and_signs_in(database: Database, olga: Act) -> None:
    made = admit(database, olga)
    person = admission.admit_person(database, olga, made.id, WANG)
    issued = sign_in(database, "wang@example.com")
    assert (issued.session.organisation_id, issued.session.person_id) == (made.id, person.id)
    own = open_act_of(olga, made.id)
    with database.read() as tx:
        [member] = people.list_members(tx, own.scope, limit=9)
        assert member.role is MembershipRole.OWNER
        assert admission.count_people(tx, olga, made.id) == {MembershipRole.OWNER: 1}
    for act in (olga, own):
        [line] = list_trail(database, act, "person.create")
        assert (line.actor_id, line.subject) == (olga.actor.credential_id, str(person.id))
        assert PASSWORD not in str(line.detail)
    # The operator's trail names whom it was for, and no address.
    [line] = list_trail(database, olga, "person.create")
    assert line.detail == {"organisation": "Gulou Tea", "role": "owner"}


def test_a_person_of_the_operators_own_is_in_its_trail_once(
    database: Database, cast: Cast, olga: Act
) -> None:
    admission.admit_person(database, olga, cast.charlie.organisation.id, WANG)
    assert len(list_trail(database, olga, "person.create")) == 1


def test_who_has_an_account_is_not_let_in_again(database: Database, cast: Cast, olga: Act) -> None:
    join(database, cast.alice, "wang@example.com")
    before = count_rows(database)
    with pytest.raises(ConflictError, match="email_taken"):
        admission.admit_person(database, olga, cast.alice.organisation.id, WANG)
    with pytest.raises(NotFoundError, match="organisation_not_found"):
        admission.admit_person(database, olga, make_id(), replace(WANG, email="li@example.com"))
    assert count_rows(database) == before


def test_only_those_count_who_may_sign_in(database: Database, cast: Cast, olga: Act) -> None:
    roles = (MembershipRole.OWNER, MembershipRole.OWNER, MembershipRole.PACKER)
    for number, role in enumerate(roles):
        join(database, cast.alice, f"p{number}@example.com", role)
    join(database, cast.charlie, "c@example.com")
    assert count(database, olga, cast.alice) == {MembershipRole.OWNER: 2, MembershipRole.PACKER: 1}
    local = make_act(cast.alice.organisation)
    local = replace(local, actor=replace(local.actor, credential_id=LOCAL_CREDENTIAL))
    with database.write() as tx:
        people.disable_person(tx, local, "p1@example.com", is_disabled=True)
    assert count(database, olga, cast.alice) == {MembershipRole.OWNER: 1, MembershipRole.PACKER: 1}


def count(database: Database, act: Act, tenant: Tenant) -> dict[MembershipRole, int]:
    with database.read() as tx:
        return dict(admission.count_people(tx, act, tenant.organisation.id))


def test_a_password_that_is_too_weak_lets_nobody_in(database: Database, olga: Act) -> None:
    made = admit(database, olga)
    with pytest.raises(DomainError, match="password_too_short"):
        admission.admit_person(database, olga, made.id, replace(WANG, password=SHORT))
    admission.admit_person(database, olga, made.id, replace(WANG, password=OTHER))
