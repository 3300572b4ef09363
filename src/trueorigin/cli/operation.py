# SPDX-License-Identifier: Apache-2.0
"""`init`, `migrate`, `backup`, `restore` and `doctor`: looking after a data centre."""

import os
from pathlib import Path
from typing import Annotated

import typer

from trueorigin.cli.options import AsJSON, Data, DatabaseURL, Output, PublicURL
from trueorigin.cli.output import (
    describe,
    print_json,
    reader_language,
    show_progress,
    tell,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("init")(initialise)
    app.command()(migrate)
    app.command()(backup)
    app.command()(restore)
    app.command()(doctor)


def initialise(data: Data = None, database: DatabaseURL = None) -> None:
    """Make a data centre in an empty folder and an empty database; harmless where one is."""
    from trueorigin.cli.session import now
    from trueorigin.services.installation import ensure_installation
    from trueorigin.settings import load_settings

    settings = load_settings(os.environ, data=data, database=database)
    opened, _ = ensure_installation(settings.place, at=now(), entropy=os.urandom)
    opened.close()
    tell("ready", data=str(settings.data))


def migrate(data: Data = None, database: DatabaseURL = None) -> None:
    """Bring the tables of a data centre to this program's; make a backup first."""
    from trueorigin.services.installation import upgrade_schema
    from trueorigin.settings import load_settings

    settings = load_settings(os.environ, data=data, database=database)
    upgrade_schema(settings.place)
    tell("migrated")


def backup(output: Output, data: Data = None, database: DatabaseURL = None) -> None:
    """Write database, master key and files into one archive, while serving; guard it well."""
    from trueorigin.cli.session import now, open_session
    from trueorigin.services.backup import write_backup

    with open_session(data, database) as session, show_progress("backup", None) as steps:
        written = write_backup(
            session.database, session.settings.place, output, at=now(), report=steps.show
        )
    tell("backup", file=str(output), rows=written.rows, bytes=written.bytes)


def restore(
    archive: Annotated[Path, typer.Argument(metavar="FILE", help="Archive made by `backup`.")],
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Make the data centre of an archive again, in an empty folder and an empty database."""
    from trueorigin.services.backup import read_backup
    from trueorigin.settings import load_settings

    settings = load_settings(os.environ, data=data, database=database)
    with show_progress("restore", None) as steps:
        restored = read_backup(archive, settings.place, report=steps.show)
    tell("restored", rows=restored.rows, data=str(settings.data))


def doctor(
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
    public_url: PublicURL = None,
) -> None:
    """Look over the data centre; exit status 1 if something has to be done at once."""
    from trueorigin.cli.session import now
    from trueorigin.services.doctor import Status, examine
    from trueorigin.settings import load_settings
    from trueorigin.web.i18n import translator

    settings = load_settings(os.environ, data=data, database=database, public_url=public_url)
    language = translator(reader_language())
    rows = []
    proxies = settings.trusted_proxies
    for finding in examine(settings.place, settings.public_address, proxies, at=now()):
        text = language.text(f"doctor-{finding.code}", **finding.params)
        if finding.error is not None:
            text = f"{text} {describe(finding.error)}"
        rows.append({"status": finding.status.value, "code": finding.code, "text": text})
        if not as_json:
            typer.echo(f"{finding.status.value:<4}  {text}")
    if as_json:
        print_json(rows)
    if any(row["status"] == Status.FAIL for row in rows):
        raise typer.Exit(1)
