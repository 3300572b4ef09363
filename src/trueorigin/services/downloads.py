# SPDX-License-Identifier: Apache-2.0
"""Hand out codes: log who takes which, and refuse to hand them out more often than allowed.

Lists of codes leak at printers, so every way out of the house leads through `take_codes`. People
and API keys are held to the limit. The command line of the installation is not: whoever runs it has
the master key and could compute every code without us; what it takes is logged and counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from trueorigin.domain.downloads import CONTINUED, CONTINUED_WITHIN, Download, count_overlap
from trueorigin.domain.errors import ConflictError, InvalidError
from trueorigin.domain.ranges import RangeDraft, UnitRange, parse_range
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.domain.texts import LINE_LENGTH_MAX, parse_text
from trueorigin.services import issuing
from trueorigin.services.issuing import Export
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, audit, downloads as stored, people
from trueorigin.storage.database import Tx

# So many more an owner may allow at a time, and on the whole.
ALLOWED_AT_ONCE: Final = 10
ALLOWED_MAX: Final = 1000
# A run handed out in more parts than this is taken for one that reached its limit.
_PARTS_MAX: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What somebody takes: a range, in a format.

    `is_limited` False is for whoever needs no leave. `is_resumable` is for lists that machines
    fetch as a stream: going on with one is not another download.
    """

    run_id: int
    range: RangeDraft
    format: str
    is_limited: bool = True
    is_resumable: bool = False
    job_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How often the codes of a range have been taken in one format, and how often they may be."""

    taken: int
    allowed: int

    @property
    def left(self) -> int:
        """Return how often they may still be taken."""
        return max(self.allowed - self.taken, 0)


def prepare_codes(tx: Tx, vault: Vault, scope: TenantScope, taking: Taking) -> Export:
    """Return what the codes are computed from, to make a file that is not handed out yet.

    Nothing is logged: `take_codes` follows when the file is ready, so that a file that could not
    be made counts for nothing. Refused as that would refuse it now.
    """
    run = issuing.get_run(tx, scope, taking.run_id)
    wanted = parse_range(run, taking.range)
    if taking.is_limited:
        require_allowance(tx, scope, run.id, wanted, taking.format)
    return issuing.open_codes(tx, vault, scope, run.id, taking.range)


def take_codes(tx: Tx, vault: Vault, act: Act, taking: Taking) -> Export:
    """Log a download and return what its codes are computed from.

    `downloads_used_up` when any code of the range has been taken as often as allowed in this
    format. The transaction may end before the first code is written.
    """
    stored.lock_run(tx, act.scope, taking.run_id)
    run = issuing.get_run(tx, act.scope, taking.run_id)
    wanted = parse_range(run, taking.range)
    row = Download(
        id=act.new_id(),
        organisation_id=act.scope,
        actor_id=act.actor.credential_id,
        run_id=run.id,
        level=wanted.level,
        start=wanted.start,
        stop=wanted.stop,
        format=taking.format,
        at=act.at,
        reason=None,
        job_id=taking.job_id,
    )
    since = act.at - CONTINUED_WITHIN
    if taking.is_resumable and stored.has_taken(tx, act.scope, row, since=since):
        row = replace(row, reason=CONTINUED)
    elif taking.is_limited:
        require_allowance(tx, act.scope, run.id, wanted, taking.format)
    stored.append_download(tx, act.scope, row)
    purpose = "export" if taking.format in {"csv", "txt"} else "label"
    return issuing.open_export(tx, vault, act, run.id, taking.range, purpose=purpose)


def require_allowance(
    tx: Tx, scope: TenantScope, run_id: int, wanted: UnitRange, file_format: str
) -> None:
    """Refuse a range of which a code has been taken as often as allowed in this format."""
    allowance = find_allowance(tx, scope, run_id, wanted, file_format)
    if not allowance.left:
        raise ConflictError("downloads_used_up", field="from", limit=allowance.allowed)


def find_allowance(
    tx: Tx, scope: TenantScope, run_id: int, wanted: UnitRange, file_format: str | None = None
) -> Allowance:
    """Return how often the code taken most often of a range was taken, and may be.

    In one format, or in the one in which that was most often.
    """
    run = issuing.get_run(tx, scope, run_id)
    bounds = (wanted.level, wanted.start, wanted.stop)
    rows = stored.list_overlapping(tx, scope, run_id, bounds, limit=_PARTS_MAX + 1)
    formats = {each for each, _, _ in rows} if file_format is None else {file_format}
    taken = 0
    for each in formats:
        ranges = [(start, stop) for kind, start, stop in rows if kind == each]
        taken = max(taken, count_overlap(ranges, wanted.start, wanted.stop))
    if len(rows) > _PARTS_MAX:
        taken = max(taken, run.downloads_max)
    return Allowance(taken=taken, allowed=run.downloads_max)


def allow_more(tx: Tx, act: Act, run_id: int, more: int, reason: str) -> int:
    """Let every code of a run be taken `more` times more, and return how often that is in all.

    The caller has seen to it that this is an owner; the reason stays in the trail.
    """
    if not 1 <= more <= ALLOWED_AT_ONCE:
        raise InvalidError("downloads_more", field="more", min=1, max=ALLOWED_AT_ONCE)
    reason = parse_text(reason, field="reason", length_max=LINE_LENGTH_MAX)
    stored.lock_run(tx, act.scope, run_id)
    allowed = issuing.get_run(tx, act.scope, run_id).downloads_max + more
    if allowed > ALLOWED_MAX:
        raise InvalidError("downloads_more", field="more", min=1, max=ALLOWED_AT_ONCE)
    stored.update_downloads_max(tx, act.scope, run_id, allowed)
    detail = {"more": more, "allowed": allowed, "reason": reason}
    audit.append_audit(tx, act, "download.allow", str(run_id), detail)
    return allowed


def list_downloads(
    tx: Tx, scope: TenantScope, run_id: int, *, before: UUID | None, limit: int
) -> list[Download]:
    """List the downloads of a run, newest first."""
    issuing.get_run(tx, scope, run_id)
    return stored.list_downloads(tx, scope, run_id, before=before, limit=limit)


def name_actors(tx: Tx, scope: TenantScope, rows: Sequence[Download]) -> dict[UUID, str]:
    """Return the names of those who downloaded: people, and labels of API keys. Two queries."""
    actors = {each.actor_id for each in rows if each.actor_id is not None}
    names = people.find_person_names(tx, actors)
    if actors - set(names):
        names |= {key.id: key.label for key in accounts.list_api_keys(tx, scope)}
    return names
