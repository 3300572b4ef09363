# SPDX-License-Identifier: Apache-2.0
"""Cursors of keyset-paged lists: the id of the last object of the page before."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from trueorigin.api.forms import RUN_ID_MAX, Page, PageQuery
from trueorigin.domain.errors import InvalidError

S = TypeVar("S")
T = TypeVar("T")


def parse_uuid_cursor(query: PageQuery) -> UUID | None:
    """Return the object id that the page begins after, or None for the first page."""
    if query.after is None:
        return None
    try:
        return UUID(query.after)
    except ValueError:
        raise InvalidError("cursor_malformed", field="after") from None


def parse_run_cursor(query: PageQuery) -> int | None:
    """Return the run id that the page begins after, or None for the first page."""
    if query.after is None:
        return None
    text = query.after
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(RUN_ID_MAX))):
        raise InvalidError("cursor_malformed", field="after")
    return int(text)


def build_page(
    rows: Sequence[S], limit: int, show: Callable[[S], T], cursor: Callable[[S], object]
) -> Page[T]:
    """Build a page from up to `limit` + 1 rows: the one too many only says that more follow."""
    shown = rows[:limit]
    has_more = len(rows) > limit
    return Page[T](
        items=[show(row) for row in shown],
        next=str(cursor(shown[-1])) if has_more else None,
    )
