# SPDX-License-Identifier: Apache-2.0
"""Record a finding: a form, then what it would be about, and only then it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from trueorigin.console.actforms import Choices, list_choices, read_draft, read_fields
from trueorigin.console.acts import fill_time, read_event_id, word_refusal
from trueorigin.console.chronicle import UNITS_PATH, gather, word_site, word_span, word_unit
from trueorigin.console.files import (
    PICTURES_ACCEPTED,
    FileView,
    Uploads,
    keep_uploads,
    list_views,
    read_ids,
)
from trueorigin.console.findings import PATH, TONES, FindingLine, word_findings, word_result
from trueorigin.console.forms import NO_ERRORS, FormErrors
from trueorigin.console.routing import ConsoleRequest
from trueorigin.domain.errors import DomainError, ForbiddenError
from trueorigin.domain.eventdrafts import EventDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.ids import uuid7
from trueorigin.domain.inspections import (
    DETAIL,
    NOTES_LENGTH_MAX,
    Finding,
    InspectionResult,
    build_details,
    find_finding,
    parse_finding,
)
from trueorigin.domain.positions import Position
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.services import inspecting
from trueorigin.services.inspecting import SeenGoods
from trueorigin.services.naming import Names, find_handlers
from trueorigin.web.errors import message_id
from trueorigin.web.pages import ScanPart, build_scan

_FORM: Final = "console/finding_form.html"
_PREVIEW: Final = "console/finding_preview.html"
_OWN: Final = ("result", "authority", "paper", "notes.zh", "notes.en")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingForm:
    """The form of a new finding."""

    values: Mapping[str, str] = field(metadata={"help": "What is in the fields, by name."})
    results: tuple[tuple[str, str], ...] = field(metadata={"help": "Results to choose from."})
    photos: tuple[FileView, ...] = field(metadata={"help": "Photographs kept already."})
    choices: Choices = field(metadata={"help": "Sites and levels to choose from."})
    labels: Mapping[str, str] = field(metadata={"help": "Labels by field, for errors."})
    errors: FormErrors = field(metadata={"help": "What was wrong."})
    scan: ScanPart | None = field(metadata={"help": "The camera; None: no scripts."})
    accepted: str = field(default=PICTURES_ACCEPTED, metadata={"help": "Types of photographs."})
    notes_length_max: int = field(default=NOTES_LENGTH_MAX, metadata={"help": "Characters."})
    line_length_max: int = field(default=LINE_LENGTH_MAX, metadata={"help": "Characters."})


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsLine:
    """Units that the finding would be about."""

    units: str = field(metadata={"help": "Which units."})
    href: str | None = field(metadata={"help": "Page of the unit, if it is one."})
    product: str = field(metadata={"help": "What they are."})
    number: str = field(metadata={"help": "GTIN or internal number."})
    lot: str = field(metadata={"help": "Their lot."})
    owner: str = field(metadata={"help": "Whose they are."})
    stage: str = field(metadata={"help": "planned, released or withdrawn: the first of them."})
    is_recalled: bool = field(metadata={"help": "Whether a recall holds the first of them."})
    places: tuple[str, ...] = field(metadata={"help": "Where they are, in words."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPreview:
    """What would be recorded, before it is."""

    values: Mapping[str, str] = field(metadata={"help": "The fields, sent again as they are."})
    result: str = field(metadata={"help": "What was found, in words."})
    tone: str = field(metadata={"help": "How good that is."})
    at: str = field(metadata={"help": "When."})
    site: str | None = field(metadata={"help": "Where."})
    authority: str = field(metadata={"help": "Who, as consumers read it."})
    document: str | None = field(metadata={"help": "Its paper."})
    notes: tuple[tuple[str, str], ...] = field(metadata={"help": "Language and text."})
    photos: tuple[FileView, ...] = field(metadata={"help": "Its photographs."})
    goods: tuple[GoodsLine, ...] = field(metadata={"help": "What it is about."})
    is_cut: bool = field(metadata={"help": "Whether there are more than are shown."})
    others: tuple[FindingLine, ...] = field(metadata={"help": "What was found of them so far."})


def new_page(request: ConsoleRequest) -> Response:
    """Show an empty form; `?code=` fills in a unit somebody came from."""
    act = request.act
    values = {
        **_read_values(request),
        "id": str(uuid7(act.at, act.entropy(10))),
        "codes": request.query.get("code", "")[:2048],
        "authority": request.organisation.name,
    }
    return request.page(_FORM, _build_form(request, values), has_camera=True)


def _read_values(request: ConsoleRequest) -> dict[str, str]:
    return {**read_fields(request), **{name: request.form.text(name) for name in _OWN}}


def create(request: ConsoleRequest) -> Response:
    """Show what the finding would be about; confirmed, record it on goods of anybody."""
    values, context = _read_values(request), request.context
    values["id"] = read_event_id(request, values["id"])
    values["at"] = fill_time(request, values["at"])
    uploads = keep_uploads(request, {"photos": PICTURES_ACCEPTED})
    if request.form.has("change"):
        form = _build_form(request, values, NO_ERRORS, uploads)
        return request.page(_FORM, form, has_camera=True)
    try:
        uploads.settle()
        draft = _read_finding(request, values, uploads)
        if request.form.text("confirmed") != "yes":
            return _preview(request, values, draft)
        with request.write() as tx:
            found = inspecting.record_finding(
                tx, context.catalogue, context.vault, request.act, draft
            )
    except DomainError as error:
        errors = uploads.join(_word_refusal(request, error))
        form = _build_form(request, values, errors, uploads)
        return request.page(_FORM, form, status=422, has_camera=True)
    return request.redirect(f"{PATH}/{found.event.id}", "console-finding-done")


def _word_refusal(request: ConsoleRequest, error: DomainError) -> FormErrors:
    """Put a refusal beside its field; what lies outside the remit beside codes or site."""
    if not isinstance(error, ForbiddenError):
        return word_refusal(request, error)
    field_name = "site" if error.field == "site" else "codes"
    sentence = request.translator.text(message_id(error.code), **error.params)
    return FormErrors(by_field={field_name: sentence})


def _read_finding(
    request: ConsoleRequest, values: Mapping[str, str], uploads: Uploads
) -> EventDraft:
    """Return the event that holds the finding; its parts are checked before its units are."""
    file_ids = (*read_ids(request.form, "photos"), *uploads.ids["photos"])
    told: dict[str, Any] = {
        "result": values["result"],
        "authority": values["authority"].strip() or None,
        "document": values["paper"].strip() or None,
        "file_ids": [str(each) for each in file_ids],
    }
    notes = {code: values[f"notes.{code}"].strip() or None for code in ("zh", "en")}
    if any(notes.values()):
        told["notes"] = notes
    finding: Finding = parse_finding(told, field=DETAIL)
    draft = read_draft(request, EventKind.INSPECTING, values)
    return replace(draft, details={**(draft.details or {}), DETAIL: build_details(finding)})


def _preview(request: ConsoleRequest, values: Mapping[str, str], draft: EventDraft) -> Response:
    """Show which units it is about, what they are, whose and in which state."""
    context = request.context
    with request.read() as tx:
        found = inspecting.preview_finding(tx, context.catalogue, context.vault, request.act, draft)
        keys = {each.span.key for each in found.goods if each.span.size == 1}
        words = gather(request, tx, [found.event], keys)
        handlers = find_handlers(tx, [each for seen in found.goods for each in seen.positions])
        finding = find_finding(found.event)
        assert finding is not None  # noqa: S101 - the draft has one
        photos = list_views(tx, request.act.scope, finding.file_ids)
        others = word_findings(request, tx, found.others, is_authority_named=True)
    site = words.names.site(found.event.site_id)
    notes = finding.notes
    page = FindingPreview(
        values=values,
        result=word_result(request, finding.result),
        tone=TONES[finding.result],
        at=request.instant(found.event.at),
        site=None if site is None else word_site(site),
        authority=finding.authority or request.organisation.name,
        document=finding.document,
        notes=()
        if notes is None
        else tuple((code, text) for code, text in (("zh", notes.zh), ("en", notes.en)) if text),
        photos=photos,
        goods=tuple(_word_goods(request, each, words.names, handlers) for each in found.goods),
        is_cut=found.is_cut,
        others=others,
    )
    return request.page(_PREVIEW, page)


def _word_goods(
    request: ConsoleRequest, seen: SeenGoods, numbers: Names, handlers: Names
) -> GoodsLine:
    span, lifecycle = seen.span, seen.state.lifecycle
    is_one = span.size == 1
    return GoodsLine(
        units=word_unit(request, span.key, numbers) if is_one else word_span(request, span),
        href=f"{UNITS_PATH}?unit={span.key}" if is_one else None,
        product=seen.product.name.pick(request.translator.language),
        number=seen.product.gtin or seen.product.internal_number or "",
        lot=seen.batch.lot,
        owner=seen.owner.name,
        stage=lifecycle.stage.value,
        is_recalled=seen.is_recalled,
        places=tuple(
            dict.fromkeys(_word_position(request, each, handlers) for each in seen.positions)
        ),
    )


def _word_position(request: ConsoleRequest, position: Position, names: Names) -> str:
    """Say where units are: what put them there, who has them, at which site, since when."""
    text = request.translator.text
    if position.kind is None or position.at is None:
        return text("console-unit-nowhere")
    holder, site = names.organisation(position.holder_id), names.site(position.site_id)
    parts = (
        text(f"event-kind-{position.kind.value}"),
        None if holder is None else holder.name,
        None if site is None else word_site(site),
        request.instant(position.at),
    )
    return " · ".join(each for each in parts if each)


def _build_form(
    request: ConsoleRequest,
    values: Mapping[str, str],
    errors: FormErrors = NO_ERRORS,
    uploads: Uploads | None = None,
) -> FindingForm:
    text = request.translator.text
    kept = () if uploads is None else (*_list_kept(request), *uploads.ids["photos"])
    with request.read() as tx:
        choices = list_choices(request, tx)
        photos = list_views(tx, request.act.scope, kept)
    labels = {
        "codes": text("console-act-codes"),
        "run": text("console-column-run"),
        "level": text("console-units-level"),
        "from": text("console-range-from"),
        "to": text("console-range-to"),
        "at": text("console-event-at"),
        "site": text("console-event-site"),
        "result": text("console-finding-result"),
        "authority": text("console-finding-authority"),
        "paper": text("console-finding-document"),
        "notes": text("console-finding-notes"),
        "notes.zh": text("console-finding-notes-zh"),
        "notes.en": text("console-finding-notes-en"),
        "photos": text("console-finding-photos"),
    }
    choose = ("", text("console-form-choose"))
    return FindingForm(
        values=values,
        results=(
            choose,
            *(
                (each.value, text(f"console-finding-{each.value.replace('_', '-')}"))
                for each in InspectionResult
            ),
        ),
        photos=photos,
        choices=choices,
        labels=labels,
        errors=errors.named(tuple(labels)),
        scan=build_scan(request.translator, request.context.hosts, fill="codes"),
    )


def _list_kept(request: ConsoleRequest) -> tuple[UUID, ...]:
    try:
        return read_ids(request.form, "photos")
    except DomainError:
        return ()
