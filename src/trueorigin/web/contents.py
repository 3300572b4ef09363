# SPDX-License-Identifier: Apache-2.0
"""What a read group holds, held against its label: looked up beside its answer, and as JSON."""

from typing import Any

from anyio.to_thread import run_sync

from trueorigin.domain.scans import ScanOutcome
from trueorigin.services.contents import GroupContents, find_group_contents
from trueorigin.web.context import AppContext


async def find_contents(
    context: AppContext, outcome: ScanOutcome, claim: str | None
) -> GroupContents | None:
    """Return what the unit of `outcome` holds, compared with the printed `claim`; None of items."""
    unit = outcome.unit
    if unit is None or unit.level == 0:
        return None

    def look_up() -> GroupContents:
        with context.database.read() as tx:
            # Nothing is asked of the chain where nothing ever happened.
            at = None if outcome.life is None else outcome.at
            return find_group_contents(tx, context.catalogue, context.vault, unit, claim, at=at)

    return await run_sync(look_up)


def build_group_json(contents: GroupContents | None) -> dict[str, Any] | None:
    """Build the member `group` of an answer; the consumer's page says the same in words."""
    if contents is None:
        return None
    return {
        "level": contents.level,
        "count": contents.count,
        "items": contents.items,
        "packed": contents.is_packed,
        "numbers": contents.numbers,
        "agrees": contents.agrees,
        "missing": contents.missing,
        "extra": contents.extra,
        "gone": contents.gone,
        "added": contents.added,
    }
