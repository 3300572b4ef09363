# SPDX-License-Identifier: Apache-2.0
"""What an authority answers for, at the JSON surface: read by it, set by the operator."""

from dataclasses import asdict
from uuid import UUID

from fastapi import Response
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Body, LocalTextForm, Whole
from trueorigin.api.territories import AreaForm
from trueorigin.domain.remits import (
    AREAS_MAX,
    CATEGORIES_MAX,
    REGIONS_MAX,
    Region,
    Remit,
    find_province,
)
from trueorigin.domain.territories import Area
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import remits
from trueorigin.services.remits import RegionDraft, RemitDraft


class RegionBody(Body):
    """A division by its code of GB/T 2260: a province's two digits say all; four or six need more.

    Of a prefecture or county we know neither name nor place: `name` and `areas` tell both.
    """

    code: str = Field(max_length=6, examples=["32"])
    name: LocalTextForm | None = None
    areas: list[AreaForm] = Field(default=[], max_length=AREAS_MAX)

    def to_draft(self) -> RegionDraft:
        """Return what the service checks."""
        areas = tuple(
            Area(latitude=each.latitude, longitude=each.longitude, radius_km=each.radius_km)
            for each in self.areas
        )
        name = None if self.name is None else self.name.to_text()
        return RegionDraft(code=self.code, name=name, areas=areas)


class RemitBody(Body):
    """What an authority answers for from now on; an empty list is no limit.

    With the `version` that was seen, another one that somebody else set since is not overwritten:
    the answer is 409 `edited_meanwhile`.
    """

    regions: list[RegionBody] = Field(default=[], max_length=REGIONS_MAX)
    categories: list[str] = Field(default=[], max_length=CATEGORIES_MAX)
    version: Whole | None = Field(default=None, ge=0)

    def to_draft(self) -> RemitDraft:
        """Return what the service checks."""
        return RemitDraft(
            regions=tuple(each.to_draft() for each in self.regions),
            categories=tuple(each[: 4 * LINE_LENGTH_MAX + 1] for each in self.categories),
        )


class RegionAnswer(Answer):
    """A division of a remit; `areas` are those that were told, none for a province."""

    code: str
    name: LocalTextForm
    areas: list[AreaForm]

    @classmethod
    def of(cls, region: Region) -> "RegionAnswer":
        """Show a region."""
        told = () if find_province(region.code) else region.areas
        return cls(
            code=region.code,
            name=LocalTextForm.of(region.name),
            areas=[AreaForm(**asdict(each)) for each in told],
        )


class RemitAnswer(Answer):
    """What an authority answers for; empty lists are no limit, `is_limited` says whether any.

    `version` grows with every setting; 0 is that of an authority for which nobody has set any.
    """

    is_limited: bool
    regions: list[RegionAnswer]
    categories: list[str]
    version: int

    @classmethod
    def of(cls, remit: Remit) -> "RemitAnswer":
        """Show a remit."""
        return cls(
            is_limited=remit.is_limited,
            regions=[RegionAnswer.of(each) for each in remit.regions],
            categories=list(remit.categories),
            version=remit.version,
        )


def get_own_remit(call: CallHere) -> RemitAnswer:
    """Return what the caller's authority answers for."""
    return call.read(lambda tx, scope: RemitAnswer.of(remits.find_remit(tx, scope)))


def get_remit(call: CallHere, organisation_id: UUID) -> RemitAnswer:
    """Return what an authority answers for, for the operator; others have no limits to show."""
    return call.read(lambda tx, _scope: RemitAnswer.of(remits.get_remit(tx, organisation_id)))


def set_remit(call: CallHere, organisation_id: UUID, body: RemitBody) -> Response:
    """Say what an authority answers for from now on, in place of what was said before."""
    return call.create(
        lambda tx, act: RemitAnswer.of(
            remits.set_remit(tx, act, organisation_id, body.to_draft(), seen=body.version)
        )
    )
