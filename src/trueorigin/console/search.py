# SPDX-License-Identifier: Apache-2.0
"""The box on top of every page: what the reader can find, which is not the same for all."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from trueorigin.console.navigation import Search, find_search
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import ForbiddenError
from trueorigin.domain.tenancy import Permission
from trueorigin.services import search
from trueorigin.services.search import HITS_MAX, TEXT_LENGTH_MAX

UNITS_PATH: Final = "/console/units"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Something found."""

    href: str = field(metadata={"help": "Its page."})
    title: str = field(metadata={"help": "What it is called."})
    note: str = field(metadata={"help": "What tells it from others of that name."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HitGroup:
    """Everything found of one kind."""

    title: str = field(metadata={"help": "The kind, in words."})
    icon: str = field(metadata={"help": "Name of its drawing."})
    hits: tuple[Hit, ...] = field(metadata={"help": "Newest first."})
    is_cut: bool = field(metadata={"help": "Whether there may be more than are shown."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What was found."""

    text: str = field(metadata={"help": "What was looked for."})
    words: str = field(metadata={"help": "How what can be found is named."})
    code: str | None = field(metadata={"help": "Page of the unit, if the text may be a code."})
    groups: tuple[HitGroup, ...] = field(metadata={"help": "Kinds of which something was found."})
    length_max: int = field(default=TEXT_LENGTH_MAX, metadata={"help": "Characters."})


def show_page(request: ConsoleRequest) -> Response:
    """Find what the text names; nothing but a code goes straight to its unit."""
    text = search.clean_text(request.query.get("q", ""))[:TEXT_LENGTH_MAX]
    kind = find_search(request.act.actor.permissions)
    if kind is None:
        raise ForbiddenError("permission_missing", permission=Permission.EVENT_READ.value)
    if kind is Search.REGISTRY:
        # Authorities have nothing registered of their own: they search everybody's.
        return request.redirect(f"/console/registry?{urlencode({'text': text})}")
    if kind is Search.ORGANISATIONS:
        return request.redirect(f"/console/organisations?{urlencode({'q': text})}")
    hits = search.Hits()
    if kind is Search.GOODS:
        with request.read() as tx:
            hits = search.find_everything(tx, request.act.scope, text)
    code = None
    if request.may(Permission.EVENT_READ) and search.is_code(text, request.context.hosts):
        code = f"{UNITS_PATH}?{urlencode({'code': text})}"
        if not hits:
            return request.redirect(code)
    groups = tuple(each for each in _build_groups(request, hits) if each.hits)
    words = f"console-search-for-{kind.value}"
    page = SearchPage(text=text, words=words, code=code, groups=groups)
    return request.page("console/search.html", page)


def _build_groups(request: ConsoleRequest, hits: search.Hits) -> tuple[HitGroup, ...]:
    text, language = request.translator.text, request.translator.language
    products = tuple(
        Hit(
            href=f"/console/products/{each.id}",
            title=each.name.pick(language),
            note=each.gtin or each.internal_number or "",
        )
        for each in hits.products
    )
    batches = tuple(
        Hit(
            href=f"/console/batches/{each.batch.id}",
            title=each.batch.lot,
            note=each.product.name.pick(language),
        )
        for each in hits.batches
    )
    runs = tuple(
        Hit(
            href=f"/console/runs/{each.run.id}",
            title=text("console-run-title", number=str(each.run.id)),
            note=f"{each.product.name.pick(language)} · {each.batch.lot}",
        )
        for each in hits.runs
    )
    kinds = (
        ("console-nav-products", "product", products),
        ("console-nav-batches", "batch", batches),
        ("console-search-runs", "run", runs),
    )
    return tuple(
        HitGroup(title=text(message), icon=icon, hits=found, is_cut=len(found) == HITS_MAX)
        for message, icon, found in kinds
    )
