# SPDX-License-Identifier: Apache-2.0
"""API keys: for machines that speak for the organisation; a secret is shown once."""

from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, InvalidError
from trueorigin.domain.tenancy import Role
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import accounts

PATH: Final = "/console/keys"
_TEMPLATE: Final = "console/keys.html"
_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One API key; never its secret."""

    id: str = field(metadata={"help": "Id of the key."})
    label: str = field(metadata={"help": "What its maker called it."})
    role: str = field(metadata={"help": "In which role it acts, in words."})
    created: str = field(metadata={"help": "When it was made."})
    revoked: str | None = field(metadata={"help": "When it was revoked; None: it is good."})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage:
    """The organisation's API keys, and the form for a new one."""

    keys: tuple[KeyLine, ...] = field(metadata={"help": "In the order they were made."})
    next: str | None = field(metadata={"help": "Address of later ones."})
    is_owner: bool = field(metadata={"help": "Whether the reader may make and revoke keys."})
    roles: tuple[tuple[str, str], ...] = field(metadata={"help": "Roles to choose from."})
    label: str = field(metadata={"help": "Typed for a new key."})
    role: str = field(metadata={"help": "Chosen for a new key."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    label_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPage:
    """The secret of a new key, shown once."""

    label: str = field(metadata={"help": "What its maker called it."})
    secret: str = field(metadata={"help": "The secret; only its hash is stored."})


def list_page(request: ConsoleRequest) -> Response:
    """List the keys."""
    return request.page(_TEMPLATE, _build_page(request, NO_ERRORS))


def _build_page(request: ConsoleRequest, errors: FormErrors) -> KeysPage:
    text = request.translator.text
    with request.read() as tx:
        found = accounts.list_api_keys(
            tx, request.act.scope, after=request.cursor("after"), limit=_PAGE + 1
        )
    lines = tuple(
        KeyLine(
            id=str(each.id),
            label=each.label,
            role=text(f"console-role-{each.role.value}"),
            created=request.instant(each.created_at),
            revoked=request.instant(each.revoked_at) if each.revoked_at else None,
        )
        for each in found[:_PAGE]
    )
    roles = sorted(request.organisation.roles - {Role.OPERATOR})
    return KeysPage(
        keys=lines,
        next=f"{PATH}?after={lines[-1].id}" if len(found) > _PAGE else None,
        is_owner=request.is_owner,
        roles=tuple((role.value, text(f"console-role-{role.value}")) for role in roles),
        label=request.form.text("label"),
        role=request.form.text("role"),
        errors=errors,
    )


def create(request: ConsoleRequest) -> Response:
    """Make a key and show its secret once."""
    try:
        role = _read_role(request.form.text("role"))
        with request.write() as tx:
            issued = accounts.create_api_key(tx, request.act, role, request.form.text("label"))
    except DomainError as error:
        return request.refill(_TEMPLATE, _build_page(request, request.form_errors(error)), error)
    page = SecretPage(label=issued.key.label, secret=issued.secret)
    return request.page("console/secret.html", page)


def _read_role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise InvalidError("role_unknown", field="role") from error


def revoke(request: ConsoleRequest) -> Response:
    """End a key, from its very next request on."""
    with request.write() as tx:
        accounts.revoke_api_key(tx, request.act, request.uuid("key_id"))
    return request.redirect(PATH, "console-keys-revoked")
