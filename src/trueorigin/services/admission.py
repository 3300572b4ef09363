# SPDX-License-Identifier: Apache-2.0
"""The operator lets organisations in, and their first people, as the command line does.

Both are in the trails of both: the operator's own, and that of the organisation, whose owners see
whom the operator has let in. Whoever becomes operator becomes it at the command line alone.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.people import MembershipRole, Person
from trueorigin.domain.tenancy import Act, Organisation, Role
from trueorigin.services.access import open_act_of
from trueorigin.services.accounts import (
    OrganisationDraft,
    create_organisation,
    get_joined_organisation,
)
from trueorigin.services.people import PersonDraft, keep_person, prepare_person
from trueorigin.services.vault import Vault
from trueorigin.storage import audit, people
from trueorigin.storage.database import Database, Tx

# What an organisation can be that the operator lets in, the commonest first.
ROLES: Final = (Role.MANUFACTURER, Role.SELLER, Role.LOGISTICS, Role.REGULATOR, Role.KIOSK)


def admit_organisation(tx: Tx, vault: Vault, act: Act, draft: OrganisationDraft) -> Organisation:
    """Let an organisation join, with every check of `create_organisation`; it starts unverified."""
    if not draft.roles <= set(ROLES):
        raise InvalidError("choice_not_listed", field="roles")
    row = create_organisation(tx, vault, draft, at=act.at, entropy=act.entropy, by=act)
    detail = {"name": row.name, "roles": sorted(row.roles)}
    audit.append_audit(tx, act, "organisation.create", str(row.id), detail)
    return row


def admit_person(database: Database, act: Act, organisation_id: UUID, draft: PersonDraft) -> Person:
    """Let a new person act for any organisation; `email_taken` if the address is known."""
    own = open_act_of(act, organisation_id)
    with database.read() as tx:
        organisation = get_joined_organisation(tx, organisation_id)
    prepared = prepare_person(own, draft)
    with database.write() as tx:
        person = keep_person(tx, own, prepared)
        if own.scope != act.scope:
            detail = {"organisation": organisation.name, "role": draft.role.value}
            audit.append_audit(tx, act, "person.create", str(person.id), detail)
    return person


def count_people(tx: Tx, act: Act, organisation_id: UUID) -> Mapping[MembershipRole, int]:
    """Return how many people may sign in for any organisation, by what they are; not who."""
    return people.count_members(tx, open_act_of(act, organisation_id).scope)
