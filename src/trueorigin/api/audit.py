# SPDX-License-Identifier: Apache-2.0
"""The trail of the caller's organisation: who did what, when and on what."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field

from trueorigin.api.calls import CallHere
from trueorigin.api.forms import Answer, Page, PageQuery
from trueorigin.api.paging import build_page, parse_uuid_cursor
from trueorigin.domain.audit import TrailFilter
from trueorigin.services import trail
from trueorigin.services.search import clean_text
from trueorigin.services.trail import ActorKind, TrailLine

# No action has a longer name.
_ACTION_MAX = 60


class TrailQuery(PageQuery):
    """Which lines are wanted."""

    action: str | None = Field(default=None, max_length=_ACTION_MAX, examples=["run.release"])
    actor_id: UUID | None = None


class ActorAnswer(Answer):
    """Who acted; of the installation itself there is no id and no name."""

    id: UUID | None
    kind: ActorKind
    name: str


class AuditAnswer(Answer):
    """One thing done: `action` is `noun.verb`, `subject` the id of what it was done to."""

    id: UUID
    at: datetime
    actor: ActorAnswer
    action: str
    subject: str
    subject_name: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, line: TrailLine) -> "AuditAnswer":
        """Show a line."""
        return cls(
            id=line.entry.id,
            at=line.entry.at,
            actor=ActorAnswer(
                id=line.entry.actor_id if line.actor.name else None,
                kind=line.actor.kind,
                name=line.actor.name,
            ),
            action=line.entry.action,
            subject=line.entry.subject,
            subject_name=line.subject,
            detail=dict(line.entry.detail),
        )


def list_audit(call: CallHere, query: Annotated[TrailQuery, Query()]) -> Page[AuditAnswer]:
    """List what was done in the organisation, by whom, in the order it was done."""
    after = parse_uuid_cursor(query)
    # A name that no database can hold names nothing, like any other that is unknown.
    action = None if query.action is None else clean_text(query.action)
    wanted = TrailFilter(action=action, actor_id=query.actor_id)
    rows = call.read(
        lambda tx, scope: trail.list_oldest(tx, scope, wanted, after=after, limit=query.limit + 1)
    )
    return build_page(rows, query.limit, AuditAnswer.of, lambda line: line.entry.id)
