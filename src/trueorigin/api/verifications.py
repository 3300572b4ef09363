# SPDX-License-Identifier: Apache-2.0
"""Readings of codes at the JSON surface: as text, as GTIN and serial, or on a photograph.

No key is needed. A code is never an error, whoever invented it: it gets a verdict. A text that is
no code at all, or an address of another host, is refused by name.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import Field, ValidationError

from trueorigin.api.calls import JSON, Call, current_call
from trueorigin.api.failures import describe_faults
from trueorigin.api.forms import Answer, Body, LocalTextForm
from trueorigin.domain.digitallink import (
    CODE_LENGTH_MAX,
    PrintedCode,
    parse_code,
    parse_public_code,
)
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.events import EventKind
from trueorigin.domain.gs1 import normalise_gtin
from trueorigin.domain.inspections import InspectionResult
from trueorigin.domain.scans import Channel
from trueorigin.domain.serials import FOLD_MAX, fold
from trueorigin.domain.verdict import Verdict
from trueorigin.web.contents import build_group_json, find_contents
from trueorigin.web.photopages import CHOICE_MAX
from trueorigin.web.photos import PhotoDesk
from trueorigin.web.readings import Stamp, build_reading, identify, submit_reading
from trueorigin.web.requests import build_device_cookie, client_network, pick_translator
from trueorigin.web.wording import build_translations_json, write_answer_json


class Extra(StrEnum):
    """What an answer holds only where it is asked for: few need it, and it costs."""

    GROUP = "group"
    TRANSLATIONS = "translations"


class VerificationBody(Body):
    """A printed URL or human-readable code; or a serial and the GTIN beside it.

    Enrolled devices may give the reading an `id` (UUIDv7) and its `at` themselves, both or neither:
    sent again it is stored once, and what was read without network keeps its time. `include` asks
    for members that are left out otherwise.
    """

    code: str | None = Field(default=None, max_length=CODE_LENGTH_MAX)
    gtin: str | None = Field(default=None, max_length=40)
    serial: str | None = Field(default=None, max_length=FOLD_MAX)
    id: UUID | None = None
    at: datetime | None = None
    include: list[Extra] = Field(default=[], max_length=len(Extra))

    def to_code(self, call: Call) -> PrintedCode:
        """Return what was read, or refuse what can be no code of whoever calls."""
        if self.code is not None and self.gtin is None and self.serial is None:
            return _parse(self.code, call)
        if self.code is None and self.gtin is not None and self.serial is not None:
            # A serial that nobody could have printed is an invented one, not an error.
            serial = fold(self.serial) or self.serial
            return PrintedCode(gtin=normalise_gtin(self.gtin), serial=serial)
        raise InvalidError("verification_form", field="code")

    def to_stamp(self) -> Stamp | None:
        """Return what a device says of when it read; `reading_stamp_half` for one without other."""
        if self.id is None and self.at is None:
            return None
        if self.id is None or self.at is None:
            raise InvalidError("reading_stamp_half", field="at" if self.at is None else "id")
        return Stamp(id=self.id, at=self.at)


class ReasonAnswer(Answer):
    """One reason of a verdict: a stable code, and a sentence in the reader's language."""

    code: str
    text: str


class RecallPart(Answer):
    """Why the goods are recalled, since when, and what to do."""

    at: datetime
    reason: LocalTextForm
    instruction: LocalTextForm | None
    contact: str | None


class UnitAnswer(Answer):
    """Which unit the code names."""

    run: int
    level: int
    index: int
    number: str


class ScansAnswer(Answer):
    """What was known of earlier readings of the unit; this one is not among them."""

    devices: int
    other_devices: int
    first_at: datetime | None
    first_place: str | None
    known_device: bool
    first_reading: bool


class ScanAnswer(Answer):
    """The reading's entry in the ledger; `counted` says that it counted a new phone."""

    id: UUID
    at: datetime
    counted: bool


class StepAnswer(Answer):
    """Something that happened to the unit, or to a container of it while it was inside.

    `place` and `organisation` are those of public sites only.
    """

    kind: EventKind
    at: datetime
    place: str | None
    organisation: str | None


class FindingAnswer(Answer):
    """What an authority found; `notes` are in its own words."""

    result: InspectionResult
    at: datetime
    authority: str
    document: str | None
    notes: LocalTextForm | None


class GroupAnswer(Answer):
    """What a group holds, and whether its label says the same.

    `count` units of `level` hold `items` items. Where `packed`, `numbers` (at most 500) are what is
    inside now, `gone` was planned and is not inside, `added` the other way around; else they are
    the plan. `agrees` is null where the label lists nothing; `missing` is inside and not on the
    label, `extra` on the label and not inside.
    """

    level: int
    count: int
    items: int
    packed: bool
    numbers: list[str]
    agrees: bool | None
    missing: list[str]
    extra: list[str]
    gone: list[str]
    added: list[str]


class TranslationAnswer(Answer):
    """Title and reasons in one language, in the order of `reasons`."""

    title: str
    reasons: list[str]


class VerificationAnswer(Answer):
    """The verdict, why, on what, and the reading's place in the ledger.

    `group` (null of items) and `translations`, by language, are there only where `include` names
    them. Everything but verdict, title and reasons is null for a code that was never issued. When a
    photograph shows several codes the answer is `{"choice": [{"code": ...}]}` instead.
    """

    verdict: Verdict
    title: str
    reasons: list[ReasonAnswer]
    recall: RecallPart | None
    organisation: dict[str, Any] | None
    product: dict[str, Any] | None
    batch: dict[str, Any] | None
    unit: UnitAnswer | None
    scans: ScansAnswer | None
    scan: ScanAnswer | None
    history: list[StepAnswer] | None
    findings: list[FindingAnswer] | None
    group: GroupAnswer | None = None
    translations: dict[str, TranslationAnswer] | None = None


class ChoiceItem(Answer):
    """One of several codes in a photograph, as it was printed."""

    code: str


class ChoiceAnswer(Answer):
    """Several codes were in the photograph: none was recorded; send the one that is meant."""

    choice: list[ChoiceItem]


# The body is read by hand, because it may be either of two types; this describes it.
REQUEST_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": VerificationBody.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"photo": {"type": "string", "format": "binary"}},
                    "required": ["photo"],
                }
            },
        },
    }
}


async def create_verification(request: Request) -> Response:
    """Read a code: compare it, record the reading, and answer once it is durable."""
    call = current_call(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        desk: PhotoDesk = request.app.state.photo_desk
        texts = await desk.read_form(request)
        if len(texts) > 1:
            chosen = [ChoiceItem(code=text) for text in texts[:CHOICE_MAX]]
            return Response(ChoiceAnswer(choice=chosen).model_dump_json(), media_type=JSON)
        code = _parse(texts[0], call)
        return await _answer(request, call, code, Channel.PHOTO)
    if kind != JSON:
        expected = f"{JSON}, multipart/form-data"
        raise InvalidError("media_type_unsupported", field="Content-Type", expected=expected)
    body = await _read_body(request)
    code, stamp = body.to_code(call), body.to_stamp()
    return await _answer(request, call, code, Channel.API, stamp, body.include)


def _parse(text: str, call: Call) -> PrintedCode:
    """Read a code; a bare serial only from somebody who speaks for an organisation."""
    parse = parse_public_code if call.actor is None else parse_code
    return parse(text, hosts=call.context.hosts)


async def _answer(
    request: Request,
    call: Call,
    code: PrintedCode,
    channel: Channel,
    stamp: Stamp | None = None,
    include: Sequence[Extra] = (),
) -> Response:
    """Record the reading and word its outcome."""
    context = call.context
    network = client_network(request.scope, context.trusted_proxies)
    sender = identify(context, network, request.cookies, call.actor)
    reading = build_reading(context, sender, code, channel=channel, is_confirmed=True, stamp=stamp)
    outcome = await submit_reading(context, reading)
    language = pick_translator(request.headers)
    headers = {"Cache-Control": "no-store", "Content-Language": language.tag}
    if sender.minted_token is not None and outcome.scan_id is not None:
        headers["Set-Cookie"] = build_device_cookie(
            sender.minted_token, is_secure=context.has_secure_cookies
        )
    body = write_answer_json(outcome, language)
    if include:
        extras: dict[str, Any] = {}
        if Extra.GROUP in include:
            extras["group"] = build_group_json(await find_contents(context, outcome, code.contents))
        if Extra.TRANSLATIONS in include:
            extras["translations"] = build_translations_json(outcome)
        body = b"%b,%b" % (body[:-1], orjson.dumps(extras)[1:])
    return Response(body, headers=headers, media_type=JSON)


async def _read_body(request: Request) -> VerificationBody:
    """Read the JSON form of a reading."""
    body = await request.body()
    try:
        parsed: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidError("body_malformed") from None
    try:
        return VerificationBody.model_validate(parsed)
    except ValidationError as error:
        raise describe_faults(error.errors(include_url=False, include_input=False)) from None
