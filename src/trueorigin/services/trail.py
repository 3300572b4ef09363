# SPDX-License-Identifier: Apache-2.0
"""Read the trail of an organisation: who did what, when and on what, with names for all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from trueorigin.domain.audit import TrailFilter
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.services.access import LOCAL_CREDENTIAL
from trueorigin.storage import accounts, audit, catalog, devices, people
from trueorigin.storage.audit import AuditEntry
from trueorigin.storage.database import Database, Tx

# Lines read at a time for an export: some milliseconds.
_CHUNK: Final = 500
# More actors of one kind than a list to choose from can show.
ACTORS_MAX: Final = 500
# What in the details of an act says best on what it was, the best first.
_NAMING: Final = ("name", "label", "lot", "gtin", "email", "number")
# The acts by which an authority looks at what is ours, and where its name is in the details.
_LOOKS: Final = frozenset({"event.look", "organisation.look", "product.look", "unit.look"})
_AUTHORITY: Final = "authority"
_AUTHORITY_ID: Final = "authority_id"


class ActorKind(StrEnum):
    """What sort of thing acted."""

    PERSON = "person"
    KEY = "key"
    DEVICE = "device"
    # Another one, an authority, that looked at what is ours.
    ORGANISATION = "organisation"
    # Whoever runs the data centre, at its command line; or a key of long ago.
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody or something that acts, or was acted on, and what it is called."""

    id: UUID
    kind: ActorKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One line of the trail; `subject` is what it was done to, as people call it, or ""."""

    entry: AuditEntry
    actor: Named
    subject: str


def list_newest(
    tx: Tx, scope: TenantScope, wanted: TrailFilter, *, before: UUID | None, limit: int
) -> list[TrailLine]:
    """Return lines newest first, those older than `before`. A few queries, whatever `limit`."""
    rows = audit.list_newest(tx, scope, wanted, before=before, limit=limit)
    return _name_lines(tx, scope, rows)


def list_oldest(
    tx: Tx, scope: TenantScope, wanted: TrailFilter, *, after: UUID | None, limit: int
) -> list[TrailLine]:
    """Return lines in the order things were done, those behind `after`."""
    rows = audit.list_audit(tx, scope, wanted=wanted, after=after, limit=limit)
    return _name_lines(tx, scope, rows)


def open_export(tx: Tx, act: Act, wanted: TrailFilter) -> None:
    """Record who takes the trail away."""
    named = (("action", wanted.action), ("actor", wanted.actor_id))
    detail = {name: str(value) for name, value in named if value is not None}
    audit.append_audit(tx, act, "audit.export", str(act.scope), detail)


def read_whole(
    database: Database, scope: TenantScope, wanted: TrailFilter
) -> Iterator[Sequence[TrailLine]]:
    """Yield all lines in the order things were done, each chunk from a short transaction."""
    after: UUID | None = None
    while True:
        with database.read() as tx:
            lines = list_oldest(tx, scope, wanted, after=after, limit=_CHUNK)
        yield lines
        if len(lines) < _CHUNK:
            return
        after = lines[-1].entry.id


def list_actors(tx: Tx, scope: TenantScope) -> list[Named]:
    """Return the people, keys and devices of an organisation: who may have acted."""
    members = people.list_members(tx, scope, limit=ACTORS_MAX)
    found = [
        Named(id=each.person.id, kind=ActorKind.PERSON, name=each.person.name) for each in members
    ]
    found += [
        Named(id=each.id, kind=ActorKind.DEVICE, name=each.label)
        for each in devices.list_devices(tx, scope, limit=ACTORS_MAX)
    ]
    found += [
        Named(id=each.id, kind=ActorKind.KEY, name=each.label)
        for each in accounts.list_api_keys(tx, scope, limit=ACTORS_MAX)
    ]
    return found


def _name_lines(tx: Tx, scope: TenantScope, rows: Sequence[AuditEntry]) -> list[TrailLine]:
    subjects = {row.id: _parse_id(row.subject) for row in rows}
    ids = {each for each in subjects.values() if each} | {
        row.actor_id for row in rows if row.actor_id
    }
    named = _find_named(tx, scope, ids)
    unknown = Named(id=LOCAL_CREDENTIAL, kind=ActorKind.INSTALLATION, name="")
    names = {key: each.name for key, each in named.items()} | _name_goods(tx, scope, rows, subjects)
    return [
        TrailLine(
            entry=row,
            actor=_name_actor(row, named.get(row.actor_id or LOCAL_CREDENTIAL, unknown)),
            subject=_name_subject(row, names.get(subjects[row.id] or LOCAL_CREDENTIAL)),
        )
        for row in rows
    ]


def _name_actor(row: AuditEntry, own: Named) -> Named:
    """Return who acted: one of ours, or the organisation that the details name."""
    by = row.detail.get(_AUTHORITY)
    if row.action not in _LOOKS or by is None or row.actor_id is None:
        return own
    # Its own trail names who of its people or machines it was; ours names the authority.
    is_ours = row.detail.get(_AUTHORITY_ID, str(row.organisation_id)) == str(row.organisation_id)
    if is_ours and own.name:
        return own
    return Named(id=row.actor_id, kind=ActorKind.ORGANISATION, name=str(by))


def _name_subject(row: AuditEntry, name: str | None) -> str:
    if name is not None:
        return name
    said = next((row.detail[key] for key in _NAMING if row.detail.get(key)), None)
    # A run is called by its number; any other bare id tells nobody anything.
    return str(said) if said else row.subject if row.subject.isdigit() else ""


def _find_named(tx: Tx, scope: TenantScope, ids: set[UUID]) -> dict[UUID, Named]:
    found = {
        key: Named(id=key, kind=ActorKind.PERSON, name=name)
        for key, name in people.find_person_names(tx, ids).items()
    }
    for kind, names in (
        (ActorKind.KEY, audit.find_key_labels(tx, scope, ids)),
        (ActorKind.DEVICE, audit.find_device_labels(tx, scope, ids)),
    ):
        found |= {key: Named(id=key, kind=kind, name=name) for key, name in names.items()}
    return found


def _name_goods(
    tx: Tx,
    scope: TenantScope,
    rows: Sequence[AuditEntry],
    subjects: dict[UUID, UUID | None],
) -> dict[UUID, str]:
    """Name products by their number and batches by their lot, as both are printed."""
    nouns: dict[str, set[UUID]] = {"product": set(), "batch": set()}
    for row in rows:
        subject, noun = subjects[row.id], row.action.partition(".")[0]
        if subject is not None and noun in nouns:
            nouns[noun].add(subject)
    products = catalog.find_products(tx, nouns["product"]) if nouns["product"] else {}
    batches = catalog.find_batches(tx, nouns["batch"]) if nouns["batch"] else {}
    named = {key: each.gtin or each.internal_number or "" for key, each in products.items()
             if each.organisation_id == scope}  # fmt: skip
    return named | {key: each.lot for key, each in batches.items() if each.organisation_id == scope}


def _parse_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
