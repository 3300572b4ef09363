# SPDX-License-Identifier: Apache-2.0
"""People: joining an organisation, signing in, sessions, passwords, rights.

An unknown address costs the same work as a wrong password and is refused in the same words. An
attempt is counted before its password is looked at, so many at once are no way round the delay:
among the failures of account and network, or, in a browser the person has signed in from before,
among its own, which no stranger can use up.
Hashing takes a fifth of a second and never happens inside a transaction: no reading waits for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from trueorigin.adapters import passwords
from trueorigin.domain.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)
from trueorigin.domain.ids import uuid7
from trueorigin.domain.knownbrowsers import Holder, find_mark
from trueorigin.domain.people import (
    DEVICE_LABEL_MAX,
    FREE_FAILURES_ACCOUNT,
    PASSWORD_MAX,
    PERSON_NAME_MAX,
    SESSION_AGE_MAX,
    SESSION_IDLE_MAX,
    TOUCH_AFTER,
    Membership,
    MembershipRole,
    Person,
    Session,
    check_language,
    check_password,
    fold_email,
)
from trueorigin.domain.tenancy import Act, Actor, Organisation, Role, TenantScope
from trueorigin.domain.texts import parse_text
from trueorigin.services.access import (
    LOCAL_CREDENTIAL,
    SECRET_BYTES,
    SECRET_LENGTH_MAX,
    build_secret,
    hash_secret,
    open_act,
)
from trueorigin.services.attempts import count_attempt, forget_failures
from trueorigin.services.findings import Findings
from trueorigin.services.knownbrowsers import pick_allowance, renew_marks
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, audit, devices, people as stored
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.people import Member

Entropy: TypeAlias = Callable[[int], bytes]

_THROTTLED: Final = "sign_in_throttled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """Somebody who is to act for an organisation, with a first password."""

    email: str
    name: str
    password: str
    role: MembershipRole = MembershipRole.MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPerson:
    """Somebody who can be kept at once: checked, and with the password hashed."""

    person: Person
    role: MembershipRole
    password_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt:
    """What somebody typed, and where it comes from; `network` is a prefix, never an address.

    `marks` is what the browser keeps of those who have signed in from it, as it sent it.
    """

    email: str
    password: str
    network: str
    device_label: str
    marks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedSession:
    """A new session and its secret, which nobody can show again; `marks` is for the browser."""

    session: Session
    person: Person
    secret: str
    marks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Who is behind the secret of a living session."""

    person: Person
    session: Session
    role: MembershipRole
    organisation: Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """A person's own change of password, in the session that is to stay."""

    old: str
    new: str
    session_id: UUID
    marks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPassword:
    """How many other sessions a change of password has ended; `marks` is for the browser."""

    ended: int
    marks: str


def create_person(database: Database, act: Act, draft: PersonDraft) -> Person:
    """Let a new person act for the organisation of `act`; `email_taken` if the address is known."""
    prepared = prepare_person(act, draft)
    with database.write() as tx:
        return keep_person(tx, act, prepared)


def prepare_person(act: Act, draft: PersonDraft) -> PreparedPerson:
    """Check a draft, all of it at once, and hash its password: outside of any transaction."""
    findings = Findings()
    email = findings.check(lambda: fold_email(draft.email), draft.email)
    name = findings.check(
        lambda: parse_text(draft.name, field="name", length_max=PERSON_NAME_MAX), draft.name
    )
    with findings.collecting():
        check_password(draft.password, email)
    findings.settle()
    person = Person(
        id=act.new_id(),
        email=email,
        name=name,
        language=None,
        created_at=act.at,
        disabled_at=None,
    )
    hashed = passwords.hash_password(draft.password, act.entropy(passwords.SALT_BYTES))
    return PreparedPerson(person=person, role=draft.role, password_hash=hashed)


def keep_person(tx: Tx, act: Act, prepared: PreparedPerson) -> Person:
    """Keep a prepared person; `email_taken` if the address is known."""
    person = prepared.person
    stored.append_person(tx, person, prepared.password_hash)
    _join(tx, act, person.id, prepared.role)
    detail = {"email": person.email, "role": prepared.role.value}
    audit.append_audit(tx, act, "person.create", str(person.id), detail)
    return person


def join_person(tx: Tx, act: Act, email: str, role: MembershipRole) -> Person:
    """Let a person of another organisation act for that of `act`, too.

    For the command line of the installation: owners must not find out who has an account.
    """
    _require_local(act)
    found = stored.find_password(tx, fold_email(email))
    if found is None:
        raise NotFoundError("person_not_found", field="email")
    person = found[0]
    _join(tx, act, person.id, role)
    audit.append_audit(tx, act, "person.join", str(person.id), {"role": role.value})
    return person


def disable_person(tx: Tx, act: Act, email: str, *, is_disabled: bool) -> Person:
    """Let a person sign in nowhere any more, from the very next request on, or let them again.

    For the command line of the installation: a person may act for several organisations.
    """
    _require_local(act)
    found = stored.find_password(tx, fold_email(email))
    if found is None:
        raise NotFoundError("person_not_found", field="email")
    person = replace(found[0], disabled_at=act.at if is_disabled else None)
    stored.update_disabled(tx, person.id, person.disabled_at)
    stored.revoke_sessions(tx, person.id, act.at)
    action = "person.disable" if is_disabled else "person.enable"
    audit.append_audit(tx, act, action, str(person.id), {})
    return person


def sign_in(
    database: Database, vault: Vault, attempt: SignInAttempt, *, at: datetime, entropy: Entropy
) -> IssuedSession:
    """Open a session for the right password, else refuse in one way whatever was wrong.

    `sign_in_refused` for a wrong address or password, and for somebody who may no longer;
    `sign_in_throttled` with the seconds to wait after too many failures of the account or network,
    or of a known browser.
    """
    try:
        email = fold_email(attempt.email)
    except InvalidError:
        email = ""
    with database.read() as tx:
        found = stored.find_password(tx, email) if email else None
    hashed = passwords.DECOY if found is None else found[1]
    allowance = pick_allowance(
        vault, found, at, email=email, network=attempt.network, marks=attempt.marks
    )
    with database.write() as tx:
        count_attempt(tx, allowance.free, at, code=_THROTTLED)
    is_right = passwords.is_password(attempt.password[:PASSWORD_MAX], hashed)
    if found is None or not is_right or len(attempt.password) > PASSWORD_MAX:
        raise UnauthenticatedError("sign_in_refused")
    renewed = (
        passwords.hash_password(attempt.password, entropy(passwords.SALT_BYTES))
        if passwords.is_outdated(hashed)
        else None
    )
    with database.write() as tx:
        # Whoever replaced the password while it was checked has ended every session but this one.
        held = stored.hold_password(tx, email)
        if held is None or held[1] != hashed:
            raise UnauthenticatedError("sign_in_refused")
        person = held[0]
        memberships = stored.list_memberships(tx, person.id)
        if person.disabled_at is not None or not memberships:
            raise UnauthenticatedError("sign_in_refused")
        allowance.restore(tx, at)
        if renewed is not None:
            stored.update_password(tx, person.id, renewed)
        actor = Actor(
            organisation_id=memberships[0].organisation_id,
            role=Role.MANUFACTURER,
            credential_id=person.id,
        )
        holder = Holder(person_id=person.id, password_hash=renewed or hashed)
        marks = renew_marks(
            vault, holder, attempt.marks, instead_of=allowance.mark, at=at, entropy=entropy
        )
        return _open_session(tx, open_act(actor, at, entropy), person, attempt.device_label, marks)


def find_presence(tx: Tx, secret: str, at: datetime) -> Presence | None:
    """Return who is behind a session's secret at `at`, or None. Two queries.

    None for a secret that is unknown, ended, too old or too long unused, and for a person who may
    no longer act for the organisation.
    """
    if len(secret) > SECRET_LENGTH_MAX:
        return None
    found = stored.find_session(tx, hash_secret(secret))
    if found is None:
        return None
    session, member = found
    if not session.is_living(at) or member.person.disabled_at is not None:
        return None
    return Presence(
        person=member.person,
        session=session,
        role=member.role,
        organisation=accounts.get_organisation(tx, TenantScope(session.organisation_id)),
    )


def is_touch_due(session: Session, at: datetime) -> bool:
    """Tell whether the last use of a session should be noted again."""
    return at - session.seen_at >= TOUCH_AFTER


def touch_session(tx: Tx, session: Session, at: datetime) -> None:
    """Note that a session was used."""
    stored.update_seen(tx, session.id, at)


def list_sessions(tx: Tx, act: Act) -> list[Session]:
    """Return the living sessions of the person who acts, newest first."""
    found = stored.list_sessions(tx, act.actor.credential_id, seen_after=act.at - SESSION_IDLE_MAX)
    return [each for each in found if each.is_living(act.at)]


def end_session(tx: Tx, act: Act, session_id: UUID) -> None:
    """End one session of the person who acts, from its very next request on."""
    stored.revoke_session(tx, act.actor.credential_id, session_id, act.at)
    audit.append_audit(tx, act, "session.end", str(session_id), {})


def end_other_sessions(tx: Tx, act: Act, keep: UUID) -> int:
    """End every session of the person who acts except `keep`; return how many."""
    ended = stored.revoke_sessions(tx, act.actor.credential_id, act.at, keep=keep)
    audit.append_audit(
        tx, act, "session.end_others", str(act.actor.credential_id), {"ended": ended}
    )
    return ended


def switch_organisation(tx: Tx, act: Act, session_id: UUID, organisation_id: UUID) -> None:
    """Let the acting person's session act for another of their organisations."""
    person_id = act.actor.credential_id
    own = {each.organisation_id for each in stored.list_memberships(tx, person_id)}
    sessions = stored.list_sessions(tx, person_id, seen_after=act.at - SESSION_IDLE_MAX)
    if organisation_id not in own or session_id not in {each.id for each in sessions}:
        raise NotFoundError("organisation_not_found")
    stored.update_session_organisation(tx, session_id, organisation_id)


def list_organisations_of(tx: Tx, act: Act) -> list[Organisation]:
    """Return the organisations the acting person may act for, in the order of joining."""
    memberships = stored.list_memberships(tx, act.actor.credential_id)
    scopes = [TenantScope(each.organisation_id) for each in memberships]
    return [accounts.get_organisation(tx, scope) for scope in scopes]


def change_password(
    database: Database, vault: Vault, act: Act, change: PasswordChange
) -> ChangedPassword:
    """Replace the acting person's password and end their other sessions; no other browser is known.

    The old password is asked for and throttled like a sign-in: a stolen session is not enough.
    Failures count by themselves, so that whoever is being guessed at can change the password.
    """
    with database.read() as tx:
        person = _get_person(tx, act.actor.credential_id)
        found = stored.find_password(tx, person.email)
    check_password(change.new, person.email, field="new")
    account = vault.name_sign_in("account", person.email)
    change_of = vault.name_sign_in("change", person.email)
    with database.write() as tx:
        count_attempt(tx, {change_of: FREE_FAILURES_ACCOUNT}, act.at, code=_THROTTLED)
    hashed = passwords.DECOY if found is None else found[1]
    if not passwords.is_password(change.old[: PASSWORD_MAX + 1], hashed):
        raise InvalidError("password_wrong", field="old")
    renewed = passwords.hash_password(change.new, act.entropy(passwords.SALT_BYTES))
    with database.write() as tx:
        # It may have been reset meanwhile, by somebody who knew why.
        held = stored.hold_password(tx, person.email)
        if held is None or held[1] != hashed:
            raise InvalidError("password_wrong", field="old")
        forget_failures(tx, change_of, act.at)
        forget_failures(tx, account, act.at)
        stored.update_password(tx, person.id, renewed)
        ended = stored.revoke_sessions(tx, person.id, act.at, keep=change.session_id)
        audit.append_audit(tx, act, "person.change_password", str(person.id), {"ended": ended})
    old = Holder(person_id=person.id, password_hash=hashed)
    mark = find_mark(vault.browser_key, old, change.marks, act.at)
    new = replace(old, password_hash=renewed)
    marks = renew_marks(vault, new, change.marks, instead_of=mark, at=act.at, entropy=act.entropy)
    return ChangedPassword(ended=ended, marks=marks)


def reset_password(database: Database, act: Act, person_id: UUID, password: str) -> None:
    """Give one of the organisation's people a new password and end all their sessions.

    Refused with `person_elsewhere` for somebody who also acts for another organisation: one owner
    must not get into another's.
    """
    with database.read() as tx:
        member = stored.get_member(tx, act.scope, person_id)
    check_password(password, member.person.email)
    renewed = passwords.hash_password(password, act.entropy(passwords.SALT_BYTES))
    with database.write() as tx:
        others = {each.organisation_id for each in stored.list_memberships(tx, person_id)}
        if others != {act.scope} and act.actor.credential_id != LOCAL_CREDENTIAL:
            raise ForbiddenError("person_elsewhere")
        stored.update_password(tx, person_id, renewed)
        stored.revoke_sessions(tx, person_id, act.at)
        audit.append_audit(tx, act, "person.reset_password", str(person_id), {})


def set_language(tx: Tx, act: Act, person_id: UUID, language: str | None) -> None:
    """Keep the language the acting person wants on every device; None follows the browser."""
    _require_self(act, person_id)
    stored.update_language(tx, person_id, None if language is None else check_language(language))


def rename_person(tx: Tx, act: Act, person_id: UUID, name: str) -> None:
    """Change what the acting person is called."""
    _require_self(act, person_id)
    stored.update_name(tx, person_id, parse_text(name, field="name", length_max=PERSON_NAME_MAX))


def list_members(
    tx: Tx, scope: TenantScope, *, after: UUID | None = None, limit: int
) -> list[Member]:
    """List the people who act for an organisation, in the order they were made."""
    return stored.list_members(tx, scope, after=after, limit=limit)


def get_member(tx: Tx, scope: TenantScope, person_id: UUID) -> Member:
    """Return one of the organisation's people."""
    return stored.get_member(tx, scope, person_id)


def get_member_by_email(tx: Tx, scope: TenantScope, email: str) -> Member:
    """Return the one of the organisation's people with this address."""
    found = stored.find_password(tx, fold_email(email))
    if found is None:
        raise NotFoundError("person_not_found", field="email")
    return stored.get_member(tx, scope, found[0].id)


def change_role(tx: Tx, act: Act, person_id: UUID, role: MembershipRole) -> None:
    """Make one of the organisation's people an owner or a member; an owner must remain."""
    _keep_an_owner(tx, act, person_id, is_owner=role is MembershipRole.OWNER)
    stored.update_role(tx, act.scope, person_id, role)
    audit.append_audit(tx, act, "person.change_role", str(person_id), {"role": role.value})


def remove_member(tx: Tx, act: Act, person_id: UUID) -> None:
    """Let a person no longer act for the organisation, nor their phones, from the next request."""
    stored.get_member(tx, act.scope, person_id)
    _keep_an_owner(tx, act, person_id, is_owner=False)
    stored.delete_membership(tx, act.scope, person_id)
    stored.revoke_sessions(tx, person_id, act.at, organisation_id=act.scope)
    audit.append_audit(tx, act, "person.remove", str(person_id), {})
    for device_id in devices.revoke_devices_of(tx, act.scope, person_id, act.at):
        audit.append_audit(tx, act, "device.revoke", str(device_id), {"person": str(person_id)})


def _join(tx: Tx, act: Act, person_id: UUID, role: MembershipRole) -> None:
    membership = Membership(
        person_id=person_id, organisation_id=act.scope, role=role, created_at=act.at
    )
    stored.append_membership(tx, act.scope, membership)


def _open_session(tx: Tx, act: Act, person: Person, device_label: str, marks: str) -> IssuedSession:
    secret = build_secret(act.entropy(SECRET_BYTES))
    session = Session(
        id=uuid7(act.at, act.entropy(10)),
        person_id=person.id,
        organisation_id=act.scope,
        created_at=act.at,
        seen_at=act.at,
        expires_at=act.at + SESSION_AGE_MAX,
        revoked_at=None,
        device_label=device_label[:DEVICE_LABEL_MAX],
    )
    stored.append_session(tx, session, hash_secret(secret))
    audit.append_audit(tx, act, "session.create", str(session.id), {"device": session.device_label})
    return IssuedSession(session=session, person=person, secret=secret, marks=marks)


def _get_person(tx: Tx, person_id: UUID) -> Person:
    found = stored.find_person(tx, person_id)
    if found is None:
        raise NotFoundError("person_not_found")
    return found


def _require_local(act: Act) -> None:
    if act.actor.credential_id != LOCAL_CREDENTIAL:
        raise ForbiddenError("person_elsewhere")


def _require_self(act: Act, person_id: UUID) -> None:
    if act.actor.credential_id != person_id:
        raise NotFoundError("person_not_found")


def _keep_an_owner(tx: Tx, act: Act, person_id: UUID, *, is_owner: bool) -> None:
    """Refuse what would leave the organisation without anybody who may change rights."""
    owners = stored.lock_owners(tx, act.scope)
    if not is_owner and owners <= {person_id} and owners:
        raise ConflictError("last_owner")
