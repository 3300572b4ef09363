# SPDX-License-Identifier: Apache-2.0
"""Options that several commands share, said once."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from trueorigin.domain import days

# As the JSON interface has it.
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2200

Data: TypeAlias = Annotated[
    Path | None,
    typer.Option("--data", help="Data folder [TRUEORIGIN_DATA].", show_default="data/main"),
]
DatabaseURL: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="postgresql://USER@HOST/NAME [TRUEORIGIN_DATABASE].",
        show_default="SQLite in the data folder",
    ),
]
PublicURL: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        help="Address printed in every code of a new run [TRUEORIGIN_PUBLIC_URL].",
        show_default="http://HOST:PORT",
    ),
]
AsJSON: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Organisation: TypeAlias = Annotated[str, typer.Option("--org", help="Name of the organisation.")]
Output: TypeAlias = Annotated[Path, typer.Option("-o", "--output", help="File to write.")]
Level: TypeAlias = Annotated[
    int, typer.Option("--level", min=0, max=3, help="0 items, 1 cases, 2 pallets, 3 containers.")
]
Start: TypeAlias = Annotated[int, typer.Option("--from", min=0, help="First index.")]
Stop: TypeAlias = Annotated[
    int | None,
    typer.Option("--to", min=1, help="Index after the last one.", show_default="all units"),
]
Run: TypeAlias = Annotated[int, typer.Argument(help="Number of the run.", metavar="RUN")]


def parse_day(text: str | None, field: str) -> date | None:
    """Read 2026-03-05, or nothing."""
    if text is None:
        return None
    try:
        return days.parse_day(text)
    except ValueError:
        raise typer.BadParameter("a day such as 2026-03-05", param_hint=field) from None


def parse_instant(text: str | None, field: str) -> datetime | None:
    """Read 2026-03-05T08:00+08:00, or nothing; an instant without its zone is refused."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise typer.BadParameter("an instant such as 2026-03-05T08:00+08:00", param_hint=field)
    # Nothing happens outside these years, and converting zones must stay within the calendar.
    if not YEAR_MIN < instant.year < YEAR_MAX:
        raise typer.BadParameter(
            f"an instant between the years {YEAR_MIN} and {YEAR_MAX}", param_hint=field
        )
    return instant.astimezone(UTC)
