# SPDX-License-Identifier: Apache-2.0
"""The caller's organisation, its API keys, and the operator's view of all organisations."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, Page, PageQuery, Whole
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.people import EMAIL_LENGTH_MAX
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services import accounts
from trueorigin.services.accounts import LABEL_DEFAULT
from trueorigin.storage.accounts import ApiKey


class OrganisationBody(Body):
    """What is to change; what is left out stays, null empties it.

    A new name, legal name, credit code, website or GS1 prefix ends the operator's verification.
    With the `version` that was seen, a newer one that somebody else made since is not
    overwritten: the answer is 409.
    """

    version: Whole = Field(default=1, ge=1)

    name: str = Field(default="", max_length=NAME_LENGTH_MAX)
    time_zone: str = Field(default="", max_length=LINE_LENGTH_MAX)
    gs1_prefix: str | None = Field(default=None, max_length=40)
    website: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    phone: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    legal_name: str | None = Field(default=None, max_length=NAME_LENGTH_MAX)
    uscc: str | None = Field(default=None, max_length=40, examples=["91440300708461136T"])
    address: str | None = Field(default=None, max_length=LINE_LENGTH_MAX)
    email: str | None = Field(default=None, max_length=EMAIL_LENGTH_MAX)
    logo_file_id: UUID | None = None
    colour: str | None = Field(default=None, max_length=20, examples=["#10563f"])

    def changes(self) -> dict[str, Any]:
        """Return the fields that the client named."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class OrganisationAnswer(Answer):
    """An organisation; `prefix` opens its human-readable codes.

    `uscc` is its unified social credit code (GB 32100-2015).
    """

    id: UUID
    name: str
    prefix: str
    roles: list[Role]
    time_zone: str
    gs1_prefix: str | None
    website: str | None
    phone: str | None
    legal_name: str | None
    uscc: str | None
    address: str | None
    email: str | None
    logo_file_id: UUID | None
    colour: str | None
    version: int
    verified_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, organisation: Organisation) -> "OrganisationAnswer":
        """Show an organisation."""
        return cls(
            id=organisation.id,
            name=organisation.name,
            prefix=organisation.prefix,
            roles=sorted(organisation.roles),
            time_zone=organisation.time_zone,
            gs1_prefix=organisation.gs1_prefix,
            website=organisation.website,
            phone=organisation.phone,
            legal_name=organisation.legal_name,
            uscc=organisation.uscc,
            address=organisation.address,
            email=organisation.email,
            logo_file_id=organisation.logo_file_id,
            colour=organisation.colour,
            version=organisation.version,
            verified_at=organisation.verified_at,
            created_at=organisation.created_at,
        )


class VerificationBody(Body):
    """Whether the operator vouches for the organisation."""

    verified: bool = Field(default=True, strict=True)


class KeyBody(Body):
    """A new key: in one of the organisation's roles, with a label to know it by."""

    role: Role
    label: str = Field(default=LABEL_DEFAULT, max_length=LINE_LENGTH_MAX)


class KeyAnswer(Answer):
    """An API key; its secret is never shown again."""

    id: UUID
    role: Role
    label: str
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyAnswer":
        """Show a key."""
        return cls(
            id=key.id,
            role=key.role,
            label=key.label,
            created_at=key.created_at,
            revoked_at=key.revoked_at,
        )


class NewKeyAnswer(KeyAnswer):
    """A new API key with its secret; null when the answer is a repetition."""

    key: str | None


def get_organisation(call: CallHere) -> OrganisationAnswer:
    """Return the caller's own organisation."""
    return call.read(lambda tx, scope: OrganisationAnswer.of(accounts.get_organisation(tx, scope)))


def update_organisation(call: CallHere, body: OrganisationBody) -> OrganisationAnswer:
    """Change what the organisation says of itself."""
    changes = body.changes()
    return call.write(
        lambda tx, act: OrganisationAnswer.of(
            accounts.update_organisation(
                tx, act, replace(accounts.get_organisation(tx, act.scope), **changes)
            )
        )
    )


def list_organisations(
    call: CallHere, query: Annotated[PageQuery, Query()]
) -> Page[OrganisationAnswer]:
    """List all organisations of the data centre, for its operator."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, _scope: accounts.list_organisations(tx, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, OrganisationAnswer.of, lambda row: row.id)


def verify_organisation(
    call: CallHere, organisation_id: UUID, body: VerificationBody | None = None
) -> Response:
    """Record that the operator vouches for an organisation, or no longer does."""
    verified = body is None or body.verified
    return call.create(
        lambda tx, act: OrganisationAnswer.of(
            accounts.verify_organisation(tx, act, organisation_id, is_verified=verified)
        )
    )


def create_api_key(call: CallHere, body: KeyBody) -> Response:
    """Make a key of the caller's organisation; its secret is in this answer and nowhere else."""

    def show(issued: accounts.IssuedKey) -> NewKeyAnswer:
        return NewKeyAnswer(**KeyAnswer.of(issued.key).model_dump(), key=issued.secret)

    return call.create(
        lambda tx, act: show(accounts.create_api_key(tx, act, body.role, body.label)),
        keep=lambda answer: answer.model_copy(update={"key": None}),
    )


def list_api_keys(call: CallHere, query: Annotated[PageQuery, Query()]) -> Page[KeyAnswer]:
    """List the organisation's keys, revoked ones too; never their secrets."""
    after = parse_uuid_cursor(query)
    rows = call.read(
        lambda tx, scope: accounts.list_api_keys(tx, scope, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, KeyAnswer.of, lambda key: key.id)


def revoke_api_key(call: CallHere, key_id: UUID) -> Response:
    """End a key from its very next request on."""
    call.write(lambda tx, act: accounts.revoke_api_key(tx, act, key_id))
    return Response(status_code=204)
