# SPDX-License-Identifier: Apache-2.0
"""People, their memberships and sessions, and the failures of signing in.

Of secrets only hashes are kept. Nothing is judged here: not a password, not an age.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from trueorigin.domain.errors import NotFoundError
from trueorigin.domain.people import Membership, MembershipRole, Person, Session
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage.database import Tx
from trueorigin.storage.dialect import Unique, insert_new, insert_unique
from trueorigin.storage.schema import membership, person, session, sign_in_failure

# No list hands out more rows at once, whatever is asked for.
PAGE_MAX: Final = 1000

_PERSON_RULES = (Unique(columns=("email",), code="email_taken", field="email"),)
_MEMBERSHIP_RULES = (
    Unique(columns=("person_id", "organisation_id"), code="member_already", field="email"),
)
_PERSON_COLUMNS = [column for column in person.c if column.name != "password_hash"]
_SESSION_COLUMNS = [column for column in session.c if column.name != "secret_hash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person and what they are in one organisation."""

    person: Person
    role: MembershipRole
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """How often signing in has failed for one bucket since `first_at`."""

    bucket: bytes
    failures: int
    first_at: datetime
    blocked_until: datetime


def append_person(tx: Tx, row: Person, password_hash: str) -> None:
    """Add a person; `email_taken` if the address belongs to one already."""
    insert_unique(tx, person, {**asdict(row), "password_hash": password_hash}, _PERSON_RULES)


def find_person(tx: Tx, person_id: UUID) -> Person | None:
    """Return any person by id."""
    row = tx.execute(sa.select(*_PERSON_COLUMNS).where(person.c.id == person_id)).mappings().first()
    return None if row is None else Person(**row)


def find_person_names(tx: Tx, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of these people; ids of others, such as API keys, are missing."""
    if not person_ids:
        return {}
    query = sa.select(person.c.id, person.c.name).where(person.c.id.in_(person_ids))
    return {row.id: row.name for row in tx.execute(query)}


def find_password(tx: Tx, email: str) -> tuple[Person, str] | None:
    """Return the person with this folded address and the hash of their password."""
    return _find_password(tx, sa.select(person).where(person.c.email == email))


def hold_password(tx: Tx, email: str) -> tuple[Person, str] | None:
    """Return what `find_password` does, and let nobody replace it until the transaction ends."""
    return _find_password(tx, sa.select(person).where(person.c.email == email).with_for_update())


def update_password(tx: Tx, person_id: UUID, password_hash: str) -> None:
    """Replace the hash of a person's password."""
    _update_person(tx, person_id, password_hash=password_hash)


def update_language(tx: Tx, person_id: UUID, language: str | None) -> None:
    """Keep the language a person has chosen."""
    _update_person(tx, person_id, language=language)


def update_name(tx: Tx, person_id: UUID, name: str) -> None:
    """Change what a person is called."""
    _update_person(tx, person_id, name=name)


def update_disabled(tx: Tx, person_id: UUID, at: datetime | None) -> None:
    """Note since when a person may no longer sign in; None lets them again."""
    _update_person(tx, person_id, disabled_at=at)


def append_membership(tx: Tx, scope: TenantScope, row: Membership) -> None:
    """Let a person act for this organisation; `member_already` if they do."""
    if row.organisation_id != scope:
        raise NotFoundError("organisation_not_found")
    insert_unique(tx, membership, asdict(row), _MEMBERSHIP_RULES)


def list_memberships(tx: Tx, person_id: UUID) -> list[Membership]:
    """Return the organisations a person acts for, in the order of joining."""
    query = (
        sa.select(membership)
        .where(membership.c.person_id == person_id)
        .order_by(membership.c.created_at, membership.c.organisation_id)
        .limit(PAGE_MAX)
    )
    return [_membership(row) for row in tx.execute(query).mappings()]


def list_members(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int = PAGE_MAX
) -> list[Member]:
    """Return the people of this organisation by id, which is their age, those behind `after`."""
    query = (
        sa.select(*_PERSON_COLUMNS, membership.c.role, membership.c.created_at.label("joined_at"))
        .join(membership, membership.c.person_id == person.c.id)
        .where(membership.c.organisation_id == scope)
    )
    if after is not None:
        query = query.where(person.c.id > after)
    query = query.order_by(person.c.id).limit(min(limit, PAGE_MAX))
    return [_member(row) for row in tx.execute(query).mappings()]


def count_members(tx: Tx, scope: TenantScope) -> dict[MembershipRole, int]:
    """Return how many of this organisation's people may sign in, by what they are. One query."""
    query = (
        sa.select(membership.c.role, sa.func.count().label("count"))
        .join(person, person.c.id == membership.c.person_id)
        .where(membership.c.organisation_id == scope, person.c.disabled_at.is_(None))
        .group_by(membership.c.role)
    )
    return {MembershipRole(row.role): row.count for row in tx.execute(query).mappings()}


def get_member(tx: Tx, scope: TenantScope, person_id: UUID) -> Member:
    """Return one of this organisation's people."""
    query = (
        sa.select(*_PERSON_COLUMNS, membership.c.role, membership.c.created_at.label("joined_at"))
        .join(membership, membership.c.person_id == person.c.id)
        .where(membership.c.organisation_id == scope, person.c.id == person_id)
    )
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFoundError("person_not_found")
    return _member(row)


def hold_member(tx: Tx, scope: TenantScope, person_id: UUID) -> None:
    """Let one of this organisation's people not leave before the transaction ends."""
    query = sa.select(membership.c.person_id).where(
        membership.c.organisation_id == scope, membership.c.person_id == person_id
    )
    if tx.execute(query.with_for_update(read=True)).first() is None:
        raise NotFoundError("person_not_found")


def lock_owners(tx: Tx, scope: TenantScope) -> set[UUID]:
    """Return this organisation's owners and keep others from changing them meanwhile.

    Those who may sign in nowhere any more are none.
    """
    query = (
        sa.select(membership.c.person_id)
        .join(person, person.c.id == membership.c.person_id)
        .where(
            membership.c.organisation_id == scope,
            membership.c.role == MembershipRole.OWNER.value,
            person.c.disabled_at.is_(None),
        )
    )
    # SQLite's one writer holds everything; FOR UPDATE is not its word.
    return {row.person_id for row in tx.execute(query.with_for_update(of=membership))}


def update_role(tx: Tx, scope: TenantScope, person_id: UUID, role: MembershipRole) -> None:
    """Change what a person is in this organisation."""
    changed = tx.execute(
        sa.update(membership)
        .where(membership.c.organisation_id == scope, membership.c.person_id == person_id)
        .values(role=role.value)
    )
    if changed.rowcount == 0:
        raise NotFoundError("person_not_found")


def delete_membership(tx: Tx, scope: TenantScope, person_id: UUID) -> None:
    """Let a person no longer act for this organisation."""
    changed = tx.execute(
        sa.delete(membership).where(
            membership.c.organisation_id == scope, membership.c.person_id == person_id
        )
    )
    if changed.rowcount == 0:
        raise NotFoundError("person_not_found")


def append_session(tx: Tx, row: Session, secret_hash: bytes) -> None:
    """Keep a new session."""
    insert_unique(tx, session, {**asdict(row), "secret_hash": secret_hash})


def find_session(tx: Tx, secret_hash: bytes) -> tuple[Session, Member] | None:
    """Return the session with this secret and whose it is, whatever its state. One query.

    None, too, where the person no longer acts for the organisation of the session.
    """
    columns = [column.label(f"session_{column.name}") for column in _SESSION_COLUMNS]
    query = (
        sa.select(
            *columns,
            *_PERSON_COLUMNS,
            membership.c.role,
            membership.c.created_at.label("joined_at"),
        )
        .join(person, person.c.id == session.c.person_id)
        .join(
            membership,
            (membership.c.person_id == session.c.person_id)
            & (membership.c.organisation_id == session.c.organisation_id),
        )
        .where(session.c.secret_hash == secret_hash)
    )
    row = tx.execute(query).mappings().first()
    if row is None:
        return None
    values = {column.name: row[f"session_{column.name}"] for column in _SESSION_COLUMNS}
    return Session(**values), _member(row)


def update_seen(tx: Tx, session_id: UUID, at: datetime) -> None:
    """Note when a session was used last; never earlier than noted before."""
    tx.execute(
        sa.update(session)
        .where(session.c.id == session_id, session.c.seen_at < at)
        .values(seen_at=at)
    )


def update_session_organisation(tx: Tx, session_id: UUID, organisation_id: UUID) -> None:
    """Let a session act for another organisation of its person."""
    changed = sa.update(session).where(session.c.id == session_id)
    tx.execute(changed.values(organisation_id=organisation_id))


def list_sessions(tx: Tx, person_id: UUID, *, seen_after: datetime) -> list[Session]:
    """Return a person's sessions not ended and used after an instant, newest first."""
    query = (
        sa.select(*_SESSION_COLUMNS)
        .where(
            session.c.person_id == person_id,
            session.c.revoked_at.is_(None),
            session.c.seen_at > seen_after,
        )
        .order_by(session.c.id.desc())
        .limit(PAGE_MAX)
    )
    return [Session(**row) for row in tx.execute(query).mappings()]


def revoke_session(tx: Tx, person_id: UUID, session_id: UUID, at: datetime) -> None:
    """End one of a person's sessions; ending twice keeps the first time."""
    own = (session.c.id == session_id) & (session.c.person_id == person_id)
    if tx.execute(sa.select(session.c.id).where(own)).first() is None:
        raise NotFoundError("session_not_found")
    tx.execute(sa.update(session).where(own, session.c.revoked_at.is_(None)).values(revoked_at=at))


def revoke_sessions(
    tx: Tx,
    person_id: UUID,
    at: datetime,
    *,
    keep: UUID | None = None,
    organisation_id: UUID | None = None,
) -> int:
    """End a person's sessions except `keep`, all or those for one organisation; return how many."""
    query = sa.update(session).where(
        session.c.person_id == person_id, session.c.revoked_at.is_(None)
    )
    if keep is not None:
        query = query.where(session.c.id != keep)
    if organisation_id is not None:
        query = query.where(session.c.organisation_id == organisation_id)
    return tx.execute(query.values(revoked_at=at)).rowcount


def delete_sessions_before(tx: Tx, at: datetime, limit: int) -> int:
    """Forget up to `limit` sessions whose time ended before `at`; return how many."""
    old = sa.select(session.c.id).where(session.c.expires_at < at).limit(limit)
    return tx.execute(sa.delete(session).where(session.c.id.in_(old))).rowcount


def lock_failures(tx: Tx, buckets: Collection[bytes], at: datetime) -> dict[bytes, Failures]:
    """Return the failures of every bucket, none for new ones, and hold their locks."""
    empty = [
        {"bucket": each, "failures": 0, "first_at": at, "blocked_until": at}
        for each in sorted(buckets)
    ]
    insert_new(tx, sign_in_failure, empty)
    # In one order, so that two attempts cannot wait for each other.
    query = (
        sa.select(sign_in_failure)
        .where(sign_in_failure.c.bucket.in_(sorted(buckets)))
        .order_by(sign_in_failure.c.bucket)
        .with_for_update()
    )
    return {row["bucket"]: Failures(**row) for row in tx.execute(query).mappings()}


def update_failures(tx: Tx, row: Failures) -> None:
    """Write the failures of a bucket."""
    values: dict[str, Any] = asdict(row)
    del values["bucket"]
    statement = sa.update(sign_in_failure).where(sign_in_failure.c.bucket == row.bucket)
    tx.execute(statement.values(**values))


def delete_failures_before(tx: Tx, at: datetime, limit: int) -> int:
    """Forget up to `limit` buckets that block nobody since `at`; return how many."""
    old = sa.select(sign_in_failure.c.bucket).where(sign_in_failure.c.blocked_until < at)
    statement = sa.delete(sign_in_failure).where(sign_in_failure.c.bucket.in_(old.limit(limit)))
    return tx.execute(statement).rowcount


def _find_password(tx: Tx, query: sa.Select[Any]) -> tuple[Person, str] | None:
    row = tx.execute(query).mappings().first()
    if row is None:
        return None
    values = dict(row)
    stored = values.pop("password_hash")
    return Person(**values), stored


def _update_person(tx: Tx, person_id: UUID, **values: str | datetime | None) -> None:
    changed = tx.execute(sa.update(person).where(person.c.id == person_id).values(**values))
    if changed.rowcount == 0:
        raise NotFoundError("person_not_found")


def _membership(row: sa.RowMapping) -> Membership:
    return Membership(**{**row, "role": MembershipRole(row["role"])})


def _member(row: sa.RowMapping) -> Member:
    values = {column.name: row[column.name] for column in _PERSON_COLUMNS}
    return Member(
        person=Person(**values), role=MembershipRole(row["role"]), joined_at=row["joined_at"]
    )
