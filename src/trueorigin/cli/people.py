# SPDX-License-Identifier: Apache-2.0
"""`person`: who can sign in to the console, for which organisation."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from trueorigin.cli.options import AsJSON, Data, DatabaseURL, Organisation
from trueorigin.cli.output import print_new, print_rows, tell
from trueorigin.domain.people import MembershipRole

_PAGE = 1000
# More than the longest password in UTF-8 with its line end: the rest of a wrong file is not read.
_PASSWORD_BYTES_MAX = 1000

Email = Annotated[str, typer.Option("--email", help="E-mail address the person signs in with.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        help="File with the password in its first line, - for standard input; else it is asked.",
    ),
]
As = Annotated[MembershipRole, typer.Option("--as", help="Owners also decide about people.")]

_person = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_person, name="person")


@_person.command("create")
def create(
    org: Organisation,
    email: Email,
    name: Annotated[str | None, typer.Option(help="What the person is called.")] = None,
    role: As = MembershipRole.OWNER,
    password_file: PasswordFile = None,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Let a new person sign in for an organisation."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.people import PersonDraft, create_person

    with open_session(data, database) as session:
        with session.database.read() as tx:
            act = session.open_act(tx, org)
        password = _read_password(password_file)
        draft = PersonDraft(
            email=email, name=name or email.partition("@")[0], password=password, role=role
        )
        person = create_person(session.database, act, draft)
    print_new(str(person.id), as_json=as_json, email=person.email, role=role.value)


@_person.command("list")
def list_people(
    org: Organisation, as_json: AsJSON = False, data: Data = None, database: DatabaseURL = None
) -> None:
    """List the people of an organisation."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.people import list_members

    with open_session(data, database) as session, session.database.read() as tx:
        found = list_members(tx, session.open_act(tx, org).scope, limit=_PAGE)
    rows = [
        (
            each.person.id,
            each.person.email,
            each.person.name,
            each.role.value,
            each.joined_at,
            each.person.disabled_at,
        )
        for each in found
    ]
    names = ("id", "email", "name", "role", "joined_at", "disabled_at")
    print_rows(names, rows, as_json=as_json)


@_person.command("join")
def join(
    org: Organisation,
    email: Email,
    role: As = MembershipRole.MEMBER,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Let somebody who can sign in already act for one more organisation."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.people import join_person

    with open_session(data, database) as session, session.database.write() as tx:
        join_person(tx, session.open_act(tx, org), email, role)
    tell("person-joined")


@_person.command("password")
def reset_password(
    org: Organisation,
    email: Email,
    password_file: PasswordFile = None,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Give somebody who has forgotten it a new password; ends all their sessions."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import people

    with open_session(data, database) as session:
        with session.database.read() as tx:
            act = session.open_act(tx, org)
            member = people.get_member_by_email(tx, act.scope, email)
        password = _read_password(password_file)
        people.reset_password(session.database, act, member.person.id, password)
    tell("person-password")


@_person.command("disable")
def disable(
    org: Organisation,
    email: Email,
    undo: Annotated[bool, typer.Option("--undo", help="Let the person sign in again.")] = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Let somebody sign in nowhere any more, at once."""
    from trueorigin.cli.session import open_session
    from trueorigin.services import people

    with open_session(data, database) as session, session.database.write() as tx:
        act = session.open_act(tx, org)
        people.get_member_by_email(tx, act.scope, email)
        people.disable_person(tx, act, email, is_disabled=not undo)
    tell("person-enabled" if undo else "person-disabled")


def _read_password(file: Path | None) -> str:
    """Read a password without showing it; never an option, which others could see in `ps`."""
    if file is None:
        if not sys.stdin.isatty():
            raise typer.BadParameter("no terminal to ask at", param_hint="--password-file")
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    descriptor = os.dup(0) if str(file) == "-" else os.open(file, os.O_RDONLY)
    with os.fdopen(descriptor, "rb") as source:
        content = source.read(_PASSWORD_BYTES_MAX)
    try:
        return content.decode().split("\n", 1)[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise typer.BadParameter("no text", param_hint="--password-file") from None
