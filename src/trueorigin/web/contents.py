# SPDX-License-Identifier: Apache-2.0
"""What a read group holds, held against its label: looked up beside its answer, and as JSON."""

from typing import Any

from anyio.to_thread import run_sync

from trueorigin.domain.contents import Group, GroupContents
from trueorigin.domain.scans import ScanOutcome
from trueorigin.services import contents as service
from trueorigin.web.context import AppContext


async def find_contents(
    context: AppContext, outcome: ScanOutcome, claim: str | None
) -> GroupContents | None:
    """Return what the unit of `outcome` holds, compared with the printed `claim`.

    None of items, unless something was packed into one.
    """
    unit = outcome.unit
    if unit is None or (unit.level == 0 and outcome.life is None):
        return None
    group = Group(run=unit.run, level=unit.level, index=unit.index)
    # Nothing is asked of the chain where nothing ever happened.
    at = None if outcome.life is None else outcome.at

    def look_up() -> GroupContents:
        with context.database.read() as tx:
            return service.find_contents(
                tx, context.catalogue, context.vault, group, claim=claim, at=at
            )

    found = await run_sync(look_up)
    return None if unit.level == 0 and found.now is None else found


def build_group_json(contents: GroupContents | None) -> dict[str, Any] | None:
    """Build the member `group` of an answer; the consumer's page says the same in words."""
    if contents is None:
        return None
    held, claim = contents.held, contents.claim
    return {
        "level": contents.level,
        "count": held.count,
        "items": held.items,
        "packed": contents.now is not None,
        "numbers": held.numbers,
        "agrees": None if claim is None else claim.agrees,
        "missing": () if claim is None else claim.missing,
        "extra": () if claim is None else claim.extra,
        "gone": contents.gone.numbers,
        "added": contents.added.numbers,
    }
