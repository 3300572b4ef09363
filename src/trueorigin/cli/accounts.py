# SPDX-License-Identifier: Apache-2.0
"""`apikey`, `org` and `keys`: who may use the data centre, and the keys behind the codes."""

import os
from typing import Annotated
from uuid import UUID

import typer

from trueorigin.cli.options import AsJSON, Data, DatabaseURL, Organisation
from trueorigin.cli.output import print_json, print_rows, tell
from trueorigin.domain.tenancy import Role

_PAGE = 1000

_apikey = typer.Typer(help="Keys of the JSON interface.", no_args_is_help=True)
_org = typer.Typer(help="Organisations.", no_args_is_help=True)
_keys = typer.Typer(help="Keys from which codes are computed.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_apikey, name="apikey")
    app.add_typer(_org, name="org")
    app.add_typer(_keys, name="keys")


@_apikey.command("create")
def create_key(
    org: Organisation,
    role: Annotated[Role, typer.Option(help="What the key acts as.")],
    label: Annotated[str, typer.Option(help="What the key is for.")] = "API",
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Make a key, and the organisation too if it is new; the key is shown this once only."""
    from trueorigin.cli.session import now, open_session
    from trueorigin.services.accounts import LocalAct, OrganisationDraft, create_local_key

    with open_session(data, database) as session, session.database.write() as tx:
        act = LocalAct(at=now(), entropy=os.urandom, role=role, label=label)
        zone = session.settings.time_zone
        draft = OrganisationDraft(name=org, roles=frozenset({role}), time_zone=zone)
        issued = create_local_key(tx, session.vault, act, draft)
    if as_json:
        print_json(
            {
                "key": issued.secret,
                "id": str(issued.key.id),
                "organisation_id": str(issued.key.organisation_id),
                "role": role.value,
            }
        )
    else:
        typer.echo(issued.secret)
        tell("key-once")


@_apikey.command("list")
def list_keys(
    org: Organisation,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """List the keys of an organisation, never their secrets."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.accounts import list_api_keys

    with open_session(data, database) as session, session.database.read() as tx:
        scope = session.open_act(tx, org).scope
        found = list_api_keys(tx, scope, after=None, limit=_PAGE)
    rows = [(key.id, key.role.value, key.label, key.created_at, key.revoked_at) for key in found]
    names = ("id", "role", "label", "created_at", "revoked_at")
    print_rows(names, rows, as_json=as_json)


@_apikey.command("revoke")
def revoke_key(
    org: Organisation,
    key: Annotated[str, typer.Argument(help="Id of the key, from `apikey list`.")],
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """End a key, from its very next request on."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.accounts import revoke_api_key

    key_id = parse_id(key, "KEY")
    with open_session(data, database) as session, session.database.write() as tx:
        revoke_api_key(tx, session.open_act(tx, org), key_id)
    tell("key-revoked")


@_org.command("list")
def list_organisations(
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """List all organisations."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import accounts

    found: list[tuple[object, ...]] = []
    with open_session(data, database) as session, session.database.read() as tx:
        after: UUID | None = None
        while page := accounts.list_organisations(tx, after=after, limit=_PAGE):
            after = page[-1].id
            found += [
                (each.id, each.name, each.prefix, ",".join(sorted(each.roles)), each.verified_at)
                for each in page
            ]
    names = ("id", "name", "prefix", "roles", "verified_at")
    print_rows(names, found, as_json=as_json)


@_org.command("verify")
def verify(
    name: Annotated[str, typer.Argument(help="Name of the organisation.")],
    undo: Annotated[bool, typer.Option("--undo", help="No longer vouch for it.")] = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Record that you have checked who an organisation is; its pages then say so."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.accounts import get_organisation_by_name, verify_organisation

    with open_session(data, database) as session, session.database.write() as tx:
        found = get_organisation_by_name(tx, name)
        act = session.act_for(found, Role.OPERATOR)
        verify_organisation(tx, act, found.id, is_verified=not undo)
    tell("unverified" if undo else "verified", organisation=name)


@_keys.command("rotate-epoch")
def rotate_epoch(org: Organisation, data: Data = None, database: DatabaseURL = None) -> None:
    """Give an organisation a new key for coming runs; printed codes stay valid."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import accounts

    with open_session(data, database) as session, session.database.write() as tx:
        epoch = accounts.rotate_epoch(tx, session.vault, session.open_act(tx, org))
    tell("epoch", epoch=epoch)


@_keys.command("rotate-master")
def rotate_master(data: Data = None, database: DatabaseURL = None) -> None:
    """Replace the master key; stop all servers first, start them after. Codes stay valid."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import installation

    with open_session(data, database) as session:
        count = installation.rotate_master(session.database, session.settings.place, os.urandom)
    tell("master", count=count)


def parse_id(text: str, name: str) -> UUID:
    """Read an id as the lists print it."""
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter("not an id", param_hint=name) from None
