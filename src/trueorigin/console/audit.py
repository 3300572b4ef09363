# SPDX-License-Identifier: Apache-2.0
"""The trail: who did what, when and on what, for owners; as a page and as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import orjson
from starlette.responses import Response, StreamingResponse

from trueorigin.console.pages import HEADERS
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.audit import ACTIONS, TrailFilter
from trueorigin.domain.spreadsheets import BYTE_ORDER_MARK, format_line
from trueorigin.domain.tenancy import Permission
from trueorigin.services import trail
from trueorigin.services.trail import ActorKind, Named, TrailLine

PATH: Final = "/console/audit"
_PAGE: Final = 50
_HEADS: Final = ("at", "actor", "action", "subject", "detail")
# What has a page of its own, by the noun of what was done to it.
_HOMES: Final = {
    "product": "products",
    "batch": "batches",
    "run": "runs",
    "code": "runs",
    "download": "runs",
    "recall": "recalls",
    "event": "events",
    "inspection": "findings",
}
# The same for what an authority looked at.
_LOOKED: Final = {
    "event": "events",
    "organisation": "registry/enterprises",
    "product": "registry/products",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One thing done."""

    at: str = field(metadata={"help": "When."})
    actor: str = field(metadata={"help": "Who: a person, or a key or device by its name."})
    action: str = field(metadata={"help": "What, in words."})
    subject: str = field(metadata={"help": "On what, as people call it."})
    href: str | None = field(metadata={"help": "Its page."})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """The trail, newest first."""

    lines: tuple[AuditLine, ...] = field(metadata={"help": "Newest first."})
    actions: tuple[tuple[str, str], ...] = field(metadata={"help": "What can be looked for."})
    actors: tuple[tuple[str, str], ...] = field(metadata={"help": "Whose acts."})
    action: str = field(metadata={"help": "What is looked for."})
    actor: str = field(metadata={"help": "Whose acts are looked for."})
    next: str | None = field(metadata={"help": "Address of older ones."})
    first: str | None = field(metadata={"help": "Address of the newest."})
    export: str = field(metadata={"help": "Address of the same as CSV."})


def show_page(request: ConsoleRequest) -> Response:
    """Show who did what."""
    wanted, before = _read_filter(request), request.cursor("before")
    text, scope = request.translator.text, request.act.scope
    with request.read() as tx:
        found = trail.list_newest(tx, scope, wanted, before=before, limit=_PAGE + 1)
        actors = trail.list_actors(tx, scope)
    shown = found[:_PAGE]
    actions = sorted((_word_action(request, each), each) for each in ACTIONS)
    chosen = {"action": wanted.action or "", "actor": str(wanted.actor_id or "")}
    page = AuditPage(
        lines=tuple(_build_line(request, each) for each in shown),
        actions=(("", text("console-audit-any")), *((each, word) for word, each in actions)),
        actors=(
            ("", text("console-audit-anybody")),
            *((str(each.id), _name(request, each)) for each in actors),
        ),
        action=chosen["action"],
        actor=chosen["actor"],
        next=request.here(before=str(shown[-1].entry.id)) if len(found) > _PAGE else None,
        first=request.here(before=None) if before else None,
        export=f"{PATH}.csv?{urlencode({key: each for key, each in chosen.items() if each})}",
    )
    return request.page("console/audit.html", page)


def export(request: ConsoleRequest) -> Response:
    """Hand out all lines that the address asks for; that is a line of the trail itself."""
    wanted = _read_filter(request)
    headers = {**HEADERS, "content-disposition": 'attachment; filename="audit.csv"'}
    if request.method == "HEAD":
        return Response(headers=headers, media_type="text/csv; charset=utf-8")
    with request.write() as tx:
        trail.open_export(tx, request.act, wanted)
    return StreamingResponse(
        _list_csv(request, wanted), headers=headers, media_type="text/csv; charset=utf-8"
    )


def _list_csv(request: ConsoleRequest, wanted: TrailFilter) -> Iterator[str]:
    text = request.translator.text
    zone = request.organisation.time_zone
    heads = [text(f"console-audit-{name}", zone=zone) for name in _HEADS]
    yield BYTE_ORDER_MARK + format_line(heads)
    for chunk in trail.read_whole(request.context.database, request.act.scope, wanted):
        yield "".join(
            format_line(
                (
                    request.cell_instant(line.entry.at),
                    _name(request, line.actor),
                    _word_action(request, line.entry.action),
                    line.subject or line.entry.subject,
                    orjson.dumps(line.entry.detail).decode(),
                )
            )
            for line in chunk
        )


def _read_filter(request: ConsoleRequest) -> TrailFilter:
    return TrailFilter(
        action=request.choice("action", ACTIONS) or None, actor_id=request.cursor("actor")
    )


def _build_line(request: ConsoleRequest, line: TrailLine) -> AuditLine:
    noun, _, verb = line.entry.action.partition(".")
    # An authority looks at what is not its own: that has its page in the registry.
    is_look = verb == "look" and request.may(Permission.REGISTRY_READ)
    home = (_LOOKED if is_look else _HOMES).get(noun)
    return AuditLine(
        at=request.instant(line.entry.at),
        actor=_name(request, line.actor),
        action=_word_action(request, f"{noun}.{verb}"),
        subject=_name_subject(request, line),
        href=f"/console/{home}/{line.entry.subject}" if home and line.subject else None,
    )


def _name_subject(request: ConsoleRequest, line: TrailLine) -> str:
    """Name what was acted on; a bare number is that of a run."""
    if not line.subject.isdigit() or line.subject != line.entry.subject:
        return line.subject
    return request.translator.text("console-audit-run", number=line.subject)


def _name(request: ConsoleRequest, actor: Named) -> str:
    """Name who acted; keys and devices are told apart from people."""
    text = request.translator.text
    if actor.kind is ActorKind.PERSON:
        return actor.name
    return text(f"console-audit-{actor.kind.value}", name=actor.name)


def _word_action(request: ConsoleRequest, action: str) -> str:
    """Return an action in words; a newer program's own name where there are none yet."""
    message = f"audit-{action.replace('.', '-').replace('_', '-')}"
    translator = request.translator
    return translator.text(message) if translator.has(message) else action
