# SPDX-License-Identifier: Apache-2.0
"""Make a reply of a rendered page: fill its slots, pack it, and keep the reader's language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from trueorigin.scanpage.replies import Headers, Reply
from trueorigin.scanpage.visits import Visit
from trueorigin.web.pages import build_language_cookie
from trueorigin.web.splicing import SplicedPage

# The longest query that a link to the same page in another language takes along.
_QUERY_MAX: Final = 2048
GZIP: Final = (b"content-encoding", b"gzip")
_OK: Final = int(HTTPStatus.OK)


def fill_page(
    visit: Visit,
    spliced: SplicedPage,
    fills: Mapping[str, str],
    headers: Headers,
    *,
    is_secure: bool,
    status: int = _OK,
) -> Reply:
    """Return a page with `fills` in its slots, packed where the reader unpacks.

    A language that a link asked for is kept in a cookie; `is_secure` sends it over TLS only.
    """
    values = {**fills, "query": _kept_query(visit) if visit.raw_query else ""}
    if visit.query and visit.first("lang") == visit.language.language:
        cookie = build_language_cookie(visit.language.language, is_secure=is_secure)
        headers = (*headers, (b"set-cookie", cookie.encode()))
    if not visit.wishes.is_gzip:
        return Reply(headers, spliced.fill(values), int(status))
    return Reply((*headers, GZIP), spliced.fill_gzip(values), int(status))


def _kept_query(visit: Visit) -> str:
    """Return what a link to this page in another language carries on, ending in `&`."""
    if len(visit.raw_query) > _QUERY_MAX:
        return ""
    kept = [part for part in visit.raw_query.split("&") if part and not part.startswith("lang=")]
    return "".join(f"{part}&" for part in kept)
