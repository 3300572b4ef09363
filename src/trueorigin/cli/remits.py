# SPDX-License-Identifier: Apache-2.0
"""`remit`: for which regions and categories of goods an authority answers."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from trueorigin.cli.options import AsJSON, Data, DatabaseURL, Organisation
from trueorigin.cli.output import print_json, print_rows, tell
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.territories import Area, write_degrees

if TYPE_CHECKING:
    from trueorigin.domain.remits import Region
    from trueorigin.services.remits import RegionDraft

_remit = typer.Typer(help="What authorities answer for.", no_args_is_help=True)
# 3211=镇江 Zhenjiang@32.2,119.4,40
_REGION = re.compile(r"(?P<code>\d+)(?:=(?P<name>[^@]+)@(?P<circles>.+))?", re.ASCII)
_CIRCLE = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d{1,5})", re.ASCII)
_FORMS = "a province such as 32 nor a division such as 3211=镇江 Zhenjiang@32.2,119.4,40"
# Scripts of East Asia begin here; Latin letters, with whatever accents, come before.
_EAST_ASIA = "\u2e80"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(_remit, name="remit")


@_remit.command("set")
def set_remit(
    org: Organisation,
    region: Annotated[
        list[str] | None,
        typer.Option(
            help="A province by its two digits, as 32; or a prefecture or county with name and"
            " circles, as 3211=镇江 Zhenjiang@32.2,119.4,40 (latitude, longitude, km; more after"
            " semicolons). May be given again."
        ),
    ] = None,
    category: Annotated[
        list[str] | None,
        typer.Option(help="A category of products, as makers write it. May be given again."),
    ] = None,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Say what an authority answers for; without any option for the whole country."""
    from trueorigin.cli.session import open_session
    from trueorigin.domain.tenancy import Role
    from trueorigin.services import remits
    from trueorigin.services.accounts import get_organisation_by_name

    regions = tuple(_parse_region(each) for each in region or ())
    draft = remits.RemitDraft(regions=regions, categories=tuple(category or ()))
    with open_session(data, database) as session, session.database.write() as tx:
        found = get_organisation_by_name(tx, org)
        found_remit = remits.set_remit(tx, session.act_for(found, Role.OPERATOR), found.id, draft)
    tell("remit-set" if found_remit.is_limited else "remit-open", organisation=org)


@_remit.command("show")
def show_remit(
    org: Organisation,
    as_json: AsJSON = False,
    data: Data = None,
    database: DatabaseURL = None,
) -> None:
    """Show what an authority answers for; nothing is everything."""
    from trueorigin.cli.session import open_session
    from trueorigin.services.accounts import get_organisation_by_name
    from trueorigin.services.remits import find_remit, require_authority

    with open_session(data, database) as session, session.database.read() as tx:
        found = get_organisation_by_name(tx, org)
        # Of others an empty remit would read as if they answered for everything.
        require_authority(found)
        remit = find_remit(tx, found.id)
    if as_json:
        regions = [
            {"code": each.code, "name": each.title, "circles": _write_circles(each)}
            for each in remit.regions
        ]
        print_json({"regions": regions, "categories": list(remit.categories)})
        return
    rows = [("region", each.code, each.title, _write_circles(each)) for each in remit.regions]
    rows += [("category", "", each, "") for each in remit.categories]
    print_rows(("kind", "code", "name", "circles"), rows, as_json=False)


def _write_circles(region: "Region") -> str:
    """Write the circles of a region as `--region` takes them; a province is known without."""
    from trueorigin.domain.remits import find_province

    if find_province(region.code) is not None:
        return ""
    return ";".join(
        f"{write_degrees(each.latitude)},{write_degrees(each.longitude)},{each.radius_km}"
        for each in region.areas
    )


def _parse_region(text: str) -> "RegionDraft":
    from trueorigin.services.remits import RegionDraft

    match = _REGION.fullmatch(text.strip())
    if match is None:
        raise _refuse(text)
    if match["name"] is None:
        return RegionDraft(code=match["code"])
    areas = []
    for circle in match["circles"].split(";"):
        numbers = _CIRCLE.fullmatch(circle.strip())
        if numbers is None:
            raise _refuse(text)
        areas.append(Area(float(numbers[1]), float(numbers[2]), int(numbers[3])))
    return RegionDraft(code=match["code"], name=_parse_name(match["name"]), areas=tuple(areas))


def _refuse(text: str) -> typer.BadParameter:
    return typer.BadParameter(f"“{text}” is neither {_FORMS}", param_hint="--region")


def _parse_name(text: str) -> LocalText:
    """Tell two names apart by their script: "镇江 Zhenjiang"."""
    words = text.split()
    zh = [word for word in words if max(word) >= _EAST_ASIA]
    en = [word for word in words if max(word) < _EAST_ASIA]
    return LocalText(zh=" ".join(zh) or None, en=" ".join(en) or None)
