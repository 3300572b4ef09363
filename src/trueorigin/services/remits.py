# SPDX-License-Identifier: Apache-2.0
"""Remits of authorities: set by the operator, asked by everything an authority does.

Goods are within a remit if their product is (`storage/registry.py`): so what a search finds can
be opened, and a finding recorded on it. On top of that an inspector who stands in the region may
look at, and judge, whatever lies there. Decision 0020 says why.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import DomainError, ForbiddenError, InvalidError, NotFoundError
from trueorigin.domain.ids import from_microseconds, to_microseconds
from trueorigin.domain.records import record
from trueorigin.domain.remits import (
    AREAS_MAX,
    CATEGORIES_MAX,
    NATIONAL,
    RADIUS_KM_MAX,
    REGIONS_MAX,
    Region,
    Remit,
    find_province,
    is_region_code,
)
from trueorigin.domain.risk import Place, parse_place
from trueorigin.domain.tenancy import Act, Organisation, Role
from trueorigin.domain.territories import RADIUS_KM_MIN, Area
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX, parse_local_text, parse_text
from trueorigin.domain.words import fold_line
from trueorigin.services.access import open_act_of
from trueorigin.services.editing import require_version
from trueorigin.services.findings import Findings
from trueorigin.storage import accounts, audit, catalog, registry, remits, scans, sites
from trueorigin.storage.catalog import bump_revision
from trueorigin.storage.database import Tx

_LATITUDE_MAX, _LONGITUDE_MAX = 90, 180
# What a remit says, by its fields.
PARTS = ("regions", "categories")


@record
class RegionDraft:
    """A region as told: a province's code alone, or any division's with a name and circles."""

    code: str
    name: LocalText | None = None
    areas: tuple[Area, ...] = ()


@record
class RemitDraft:
    """A remit as told; nothing is no limit."""

    regions: tuple[RegionDraft, ...] = ()
    categories: tuple[str, ...] = ()


def find_remit(tx: Tx, organisation_id: UUID) -> Remit:
    """Return what an authority answers for; one without limits for everything. One query."""
    return remits.find_remit(tx, organisation_id)


def find_region(code: str, remit: Remit) -> Region:
    """Return a region that may be searched: a province, or one of the remit."""
    own = {each.code: each for each in remit.regions}
    region = own.get(code) or find_province(code)
    if region is None:
        raise InvalidError("region_code_unknown", field="region", given=code[:20])
    return region


def find_remits(tx: Tx, organisation_ids: Collection[UUID]) -> dict[UUID, Remit]:
    """Return what each of these authorities answers for. One query."""
    limits = remits.find_remits(tx, organisation_ids)
    return {each: limits.get(each, NATIONAL) for each in organisation_ids}


def get_authority(tx: Tx, organisation_id: UUID) -> tuple[Organisation, Remit]:
    """Return an authority and what it answers for; unknown is also what is no authority."""
    found = accounts.find_organisation(tx, organisation_id)
    if found is None or Role.REGULATOR not in found.roles:
        raise NotFoundError("organisation_not_found")
    return found, remits.find_remit(tx, organisation_id)


def get_remit(tx: Tx, organisation_id: UUID) -> Remit:
    """Return what an organisation answers for; `organisation_not_found` for none."""
    if accounts.find_organisation(tx, organisation_id) is None:
        raise NotFoundError("organisation_not_found")
    return remits.find_remit(tx, organisation_id)


def require_authority(found: Organisation) -> None:
    """Refuse an organisation that is no authority: it has no remit."""
    if Role.REGULATOR not in found.roles:
        raise InvalidError("remit_needs_authority", field="organisation")


def set_remit(
    tx: Tx, act: Act, organisation_id: UUID, draft: RemitDraft, *, seen: int | None = None
) -> Remit:
    """Say what an authority answers for from now on; it is in the trails of both.

    `remit_needs_authority` where the organisation is none: nobody else has a remit. Given the
    version that was `seen`, `edited_meanwhile` if somebody else has set another one since.
    """
    found = accounts.find_organisation(tx, organisation_id)
    if found is None:
        raise NotFoundError("organisation_not_found")
    require_authority(found)
    own = open_act_of(act, found.id)
    # First of all the lock: what is read after it cannot change any more.
    bump_revision(tx, own.scope)
    before = remits.find_remit(tx, found.id)
    if seen is not None:
        subject, since = ("remit.set", found.id), from_microseconds(min(seen, before.version))
        require_version(tx, own, subject, seen=seen, stored=before.version, since=since)
    remit = parse_remit(draft)
    # Of two clocks one may be behind: versions grow all the same.
    at = max(act.at, from_microseconds(before.version + 1))
    remits.write_remit(tx, own.scope, remit, at)
    detail = {
        "name": found.name,
        "regions": remit.told_regions,
        "categories": remit.told_categories,
        "version": before.version,
        "fields": [name for name in PARTS if getattr(before, name) != getattr(remit, name)],
    }
    audit.append_audit(tx, act, "remit.set", str(found.id), detail)
    if found.id != act.scope:
        audit.append_audit(tx, act, "remit.set", str(found.id), detail, of=found.id)
    return replace(remit, version=to_microseconds(at))


def parse_remit(draft: RemitDraft) -> Remit:
    """Return a remit in the form it is stored, or refuse it with every fault it has."""
    findings = Findings()
    for name, given, most in (
        ("regions", draft.regions, REGIONS_MAX),
        ("categories", draft.categories, CATEGORIES_MAX),
    ):
        if len(given) > most:
            findings.add(InvalidError("too_many", field=name, max=most, count=len(given)))
    regions: dict[str, Region] = {}
    for place, each in enumerate(draft.regions[:REGIONS_MAX]):
        with findings.collecting():
            region = _parse_region(each, f"regions.{place}", findings)
            # The circles of one of the two would count for nothing.
            if regions.setdefault(region.code, region) != region:
                at = f"regions.{place}.code"
                raise InvalidError("region_repeated", field=at, given=region.code)
    categories: dict[str, str] = {}
    for place, text in enumerate(draft.categories[:CATEGORIES_MAX]):
        with findings.collecting():
            line = parse_text(text, field=f"categories.{place}", length_max=LINE_LENGTH_MAX)
            categories.setdefault(fold_line(line), line)
    findings.settle()
    return Remit(regions=tuple(regions.values()), categories=tuple(categories.values()))


def _parse_region(draft: RegionDraft, field: str, findings: Findings) -> Region:
    if not is_region_code(draft.code):
        raise InvalidError("region_code_unknown", field=f"{field}.code", given=draft.code[:20])
    province = find_province(draft.code)
    if province is not None:
        if draft.areas:
            # Whoever draws a part of it would be given the whole.
            raise InvalidError("region_areas_known", field=f"{field}.areas", given=draft.code)
        return province
    if draft.name is None or not draft.areas:
        raise InvalidError("region_needs_areas", field=f"{field}.areas", given=draft.code)
    if len(draft.areas) > AREAS_MAX:
        count = len(draft.areas)
        raise InvalidError("too_many", field=f"{field}.areas", max=AREAS_MAX, count=count)
    for place, area in enumerate(draft.areas):
        for part, least, most in (
            ("latitude", -_LATITUDE_MAX, _LATITUDE_MAX),
            ("longitude", -_LONGITUDE_MAX, _LONGITUDE_MAX),
            ("radius_km", RADIUS_KM_MIN, RADIUS_KM_MAX),
        ):
            if not least <= getattr(area, part) <= most:
                at = f"{field}.areas.{place}.{part}"
                findings.add(InvalidError("position_out_of_range", field=at, min=least, max=most))
    name = parse_local_text(draft.name, field=f"{field}.name", length_max=NAME_LENGTH_MAX)
    return Region(code=draft.code, name=name, areas=draft.areas)


def require_unit(tx: Tx, act: Act, remit: Remit, run_id: int, unit_key: int) -> None:
    """Refuse a look at a unit outside the remit, saying what that is. Five queries at most.

    Let through: goods within it, a unit that was itself read there, and whatever is looked at by
    a phone that belongs to a site there.
    """
    if not remit.is_limited:
        return
    refusal = _refuse_run(tx, remit, run_id, is_here=_is_stationed(tx, act, remit))
    if refusal is None:
        return
    if refusal.code == "remit_region" and _was_read_within(tx, remit, unit_key):
        return
    raise refusal


def refuse_runs(
    tx: Tx, act: Act, remit: Remit, run_ids: Collection[int], place: Place | None
) -> DomainError | None:
    """Return why an authority may record nothing of goods of these runs, or None: it may.

    `place` is where it says it is. Known, it decides: inside, any goods of its categories may be
    judged; outside, none. Unknown, the goods themselves have to be within the remit.
    """
    if not remit.is_limited:
        return None
    if place is not None and not remit.covers_place(place):
        return ForbiddenError("remit_place", regions=remit.told_regions)
    is_here = place is not None or _is_stationed(tx, act, remit)
    refused = (_refuse_run(tx, remit, each, is_here=is_here) for each in sorted(run_ids))
    return next((each for each in refused if each is not None), None)


def _refuse_run(tx: Tx, remit: Remit, run_id: int, *, is_here: bool) -> DomainError | None:
    run = catalog.find_run(tx, run_id)
    product = None if run is None else catalog.find_product(tx, run.product_id)
    if product is None:
        return None
    if not remit.covers_category(product.category):
        return ForbiddenError("remit_category", categories=remit.told_categories)
    if is_here or registry.covers_product(tx, remit, product.id):
        return None
    return ForbiddenError("remit_region", regions=remit.told_regions)


def _is_stationed(tx: Tx, act: Act, remit: Remit) -> bool:
    """Say whether the phone that acts belongs to a site in the region."""
    site_id = act.actor.site_id
    if not remit.regions or site_id is None:
        return False
    site = sites.find_sites(tx, [site_id]).get(site_id)
    return site is not None and site.place is not None and remit.covers_place(site.place)


def _was_read_within(tx: Tx, remit: Remit, unit_key: int) -> bool:
    rows = scans.list_scans(tx, unit_key, limit=scans.LIST_MAX)
    places = (None if row.place is None else parse_place(row.place) for row in rows)
    return any(place is not None and remit.covers_place(place) for place in places)


def covers_runs(tx: Tx, remit: Remit, run_ids: Sequence[int]) -> bool:
    """Say whether goods of any of these runs are within a remit, or there are none."""
    if not remit.is_limited or not run_ids:
        return True
    return any(_refuse_run(tx, remit, each, is_here=False) is None for each in run_ids)
