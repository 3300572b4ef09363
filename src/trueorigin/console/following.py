# SPDX-License-Identifier: Apache-2.0
"""The page of one finding: what was found, what the owner answered and did, whether it is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.chronicle import (
    EVENTS_PATH,
    UNITS_PATH,
    Fact,
    Vocabulary,
    gather,
    word_event,
    word_span,
    word_unit,
)
from trueorigin.console.events import list_photos
from trueorigin.console.files import FileView
from trueorigin.console.findings import PATH, TONES, FindingLine, word_findings, word_result
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError
from trueorigin.domain.inspections import Note
from trueorigin.domain.tenancy import Organisation, Permission
from trueorigin.services import following, looks
from trueorigin.services.following import TEXT_LENGTH_MAX, Deed, Following
from trueorigin.services.naming import find_goods
from trueorigin.storage import accounts
from trueorigin.storage.database import Tx

_TEMPLATE: Final = "console/finding.html"
# Ranges shown one by one; an event may name a thousand.
_SPANS_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsLine:
    """Units of the finding."""

    label: str = field(metadata={"help": "Which."})
    href: str | None = field(metadata={"help": "Page of the unit, if it is one."})
    product: str = field(metadata={"help": "What they are."})
    product_href: str | None = field(metadata={"help": "Page of the product, for authorities."})
    lot: str = field(metadata={"help": "Their lot."})
    owner: str = field(metadata={"help": "Whose they are."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that came of the finding."""

    at: str = field(metadata={"help": "When."})
    title: str = field(metadata={"help": "What, in words."})
    who: str = field(metadata={"help": "By whom."})
    text: str = field(metadata={"help": "What was said."})
    icon: str = field(metadata={"help": "Name of its drawing."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowingPage:
    """A finding and all that came of it."""

    id: str = field(metadata={"help": "Id of its event."})
    result: str = field(metadata={"help": "What was found, in words."})
    tone: str = field(metadata={"help": "How good that is."})
    who: str = field(metadata={"help": "The authority's organisation."})
    at: str = field(metadata={"help": "When."})
    where: str | None = field(metadata={"help": "The site, if one was named."})
    facts: tuple[Fact, ...] = field(metadata={"help": "Authority, document, notes."})
    photos: tuple[FileView, ...] = field(metadata={"help": "Its photographs."})
    units: tuple[UnitsLine, ...] = field(metadata={"help": "Of which units."})
    more: int = field(metadata={"help": "Ranges that are not shown."})
    steps: tuple[Step, ...] = field(metadata={"help": "What came of it, the oldest first."})
    others: tuple[FindingLine, ...] = field(metadata={"help": "Found of the same units."})
    is_open: bool = field(metadata={"help": "Whether its authority follows it."})
    closed: str | None = field(metadata={"help": "Since when not any more."})
    declared: str | None = field(metadata={"help": "Why it is in error; None: it is not."})
    event_href: str = field(metadata={"help": "Page of its event."})
    may_answer: bool = field(metadata={"help": "Whether the reader may answer."})
    may_close: bool = field(metadata={"help": "Whether the reader may close it."})
    may_reopen: bool = field(metadata={"help": "Whether the reader may open it again."})
    text: str = field(metadata={"help": "What is in the field."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    length_max: int = field(default=TEXT_LENGTH_MAX, metadata={"help": "Characters."})


def show_page(request: ConsoleRequest) -> Response:
    """Show a finding; another authority's look at it is taken down for the owner."""
    return request.page(_TEMPLATE, _build_page(request, NO_ERRORS))


def _build_page(request: ConsoleRequest, errors: FormErrors) -> FollowingPage:
    with request.read() as tx:
        told = following.get_following(tx, request.act, request.uuid("finding_id"))
        page = _word_page(request, tx, told, errors)
    owner_ids = following.find_onlooked(request.act, told)
    if owner_ids:
        with request.write() as tx:
            looks.record_event_look(tx, request.act, told.found.event, owner_ids)
    return page


def _word_page(
    request: ConsoleRequest, tx: Tx, told: Following, errors: FormErrors
) -> FollowingPage:
    found = told.found
    keys = {span.key for span in found.spans[:_SPANS_MAX] if span.size == 1}
    words = gather(request, tx, [found.event], keys)
    line = word_event(request, found.event, words)
    may_find = told.is_own and request.may(Permission.INSPECTION_WRITE)
    is_asking = told.is_own and found.closed_at is not None and found.event.declaration is None
    return FollowingPage(
        id=str(found.event.id),
        result=word_result(request, found.finding.result),
        tone=TONES[found.finding.result],
        who=line.who,
        at=line.at,
        where=line.where,
        facts=line.facts,
        photos=list_photos(tx, found.event),
        units=_list_units(request, tx, told, words),
        more=max(0, len(found.spans) - _SPANS_MAX),
        steps=_list_steps(request, tx, told),
        others=word_findings(request, tx, told.others, is_authority_named=True),
        is_open=found.is_open,
        closed=None if found.closed_at is None else request.instant(found.closed_at),
        declared=line.declared,
        event_href=f"{EVENTS_PATH}/{found.event.id}",
        may_answer=told.is_owner and request.may(Permission.INSPECTION_ANSWER),
        may_close=may_find and found.is_open,
        may_reopen=may_find and is_asking,
        text=request.form.text("text"),
        errors=errors.named(["text"]),
    )


def _list_units(
    request: ConsoleRequest, tx: Tx, told: Following, words: Vocabulary
) -> tuple[UnitsLine, ...]:
    spans = told.found.spans[:_SPANS_MAX]
    goods = find_goods(tx, {span.run_id for span in spans})
    owners = accounts.find_organisations(tx, told.found.owner_ids)
    language = request.translator.language
    may_look = request.may(Permission.REGISTRY_READ)
    return tuple(
        UnitsLine(
            label=word_unit(request, span.key, words.names)
            if span.size == 1
            else word_span(request, span),
            href=f"{UNITS_PATH}?unit={span.key}" if span.size == 1 else None,
            product=(of := goods[span.run_id]).product.name.pick(language),
            product_href=f"/console/registry/products/{of.product.id}" if may_look else None,
            lot=of.batch.lot,
            owner=owners[of.run.organisation_id].name,
        )
        for span in spans
    )


def _list_steps(request: ConsoleRequest, tx: Tx, told: Following) -> tuple[Step, ...]:
    """Put in order of time what was said and done."""
    names = accounts.find_organisations(tx, {note.organisation_id for note in told.notes})
    owners = accounts.find_organisations(tx, told.found.owner_ids)
    steps = [(note.at, _word_note(request, note, names)) for note in told.notes]
    steps += [(deed.at, _word_deed(request, told, deed, owners)) for deed in told.deeds]
    return tuple(step for _, step in sorted(steps, key=lambda pair: pair[0]))


def _word_note(request: ConsoleRequest, note: Note, names: Mapping[UUID, Organisation]) -> Step:
    return Step(
        at=request.instant(note.at),
        title=request.translator.text(f"console-following-{note.kind.value}"),
        who=names[note.organisation_id].name,
        text=note.text or "",
        icon={"answer": "link", "close": "done", "reopen": "next"}[note.kind.value],
    )


def _word_deed(
    request: ConsoleRequest, told: Following, deed: Deed, owners: Mapping[UUID, Organisation]
) -> Step:
    text = request.translator.text
    title = text(
        f"console-following-{deed.kind.value}",
        units=text("console-following-whole-batch")
        if deed.span is None
        else word_span(request, deed.span),
    )
    owner_id = None if deed.span is None else told.runs[deed.span.run_id].organisation_id
    names = [owners[owner_id].name] if owner_id else sorted(each.name for each in owners.values())
    said = [
        deed.number,
        None if deed.reason is None else deed.reason.pick(request.translator.language),
    ]
    if deed.lifted_at is not None:
        said.append(text("console-following-lifted", at=request.instant(deed.lifted_at)))
    return Step(
        at=request.instant(deed.at),
        title=title,
        who="、".join(names),
        text=" · ".join(each for each in said if each),
        icon="recall",
    )


def answer(request: ConsoleRequest) -> Response:
    """Answer a finding on the organisation's goods."""
    return _say(request, "answer")


def close(request: ConsoleRequest) -> Response:
    """Stop following one of the authority's own findings."""
    return _say(request, "close")


def reopen(request: ConsoleRequest) -> Response:
    """Follow a closed one again."""
    return _say(request, "reopen")


def _say(request: ConsoleRequest, kind: str) -> Response:
    event_id, text = request.uuid("finding_id"), request.form.text("text").strip()
    try:
        with request.write() as tx:
            if kind == "answer":
                following.answer_finding(tx, request.act, event_id, text)
            elif kind == "close":
                following.close_finding(tx, request.act, event_id, text or None)
            else:
                following.reopen_finding(tx, request.act, event_id, text or None)
    except DomainError as error:
        page = _build_page(request, request.form_errors(error))
        return request.refill(_TEMPLATE, page, error)
    return request.redirect(f"{PATH}/{event_id}", f"console-following-{kind}-done")
