# SPDX-License-Identifier: Apache-2.0
"""Put an outcome into the parts of its page: what is the same for many units, and what differs.

The frame is the key under which rendered pages are kept; the fills are what one reading adds.
Reasons are worded in `wording.py`; nothing is decided here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup

from trueorigin.domain import humancode
from trueorigin.domain.catalog import Batch, LocalText, Product
from trueorigin.domain.contents import GroupContents
from trueorigin.domain.disclosure import NOTHING, Disclosure
from trueorigin.domain.ids import MINUTE_US, to_microseconds
from trueorigin.domain.records import record
from trueorigin.domain.risk import parse_place
from trueorigin.domain.scans import Evidence, ScanOutcome
from trueorigin.domain.serials import NUMBER_SYMBOLS
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.verdict import Reason, ReasonCode, Verdict
from trueorigin.web.alike import Likeness, liken
from trueorigin.web.answers import (
    BatchPart,
    FeatureRow,
    GroupPart,
    MaterialRow,
    Moment,
    OrganisationPart,
    PatternPiece,
    ProductPart,
    ReadingsPart,
    ReasonLine,
    RecallPart,
    UnitPart,
    VerdictPage,
    Worded,
)
from trueorigin.web.basemap import BaseMap
from trueorigin.web.brand import (
    build_place_part,
    find_brand_style,
    find_logo,
    list_papers,
    list_pictures,
)
from trueorigin.web.disclosure import word_history
from trueorigin.web.i18n import Translator, translator
from trueorigin.web.pages import list_steps
from trueorigin.web.places import word_place
from trueorigin.web.shownfiles import ShownFile
from trueorigin.web.splicing import slot
from trueorigin.web.wording import REASSURING, pick_tone, reason_text, word, zone_of

# These repeat the sentence under the headline word for word.
_SAID_ALREADY: Final = frozenset({ReasonCode.NOT_ISSUED})
_NOT_DIALLED: Final = re.compile(r"[^0-9+]")
_DOT: Final = "•"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What the reason `recalled` carries, in a form that can be compared."""

    at: datetime
    reason: LocalText
    instruction: LocalText | None
    contact: str | None


@record
class Frame:
    """All of an answer that is the same for many units: the key under which pages are kept.

    Built anew for each answer and compared by value, so a changed product is a new frame.
    """

    language: str
    verdict: Verdict
    tone: str
    organisation: Organisation | None
    product: Product | None
    batch: Batch | None
    symbols: int
    is_group: bool
    recall: Recall | None
    warnings: tuple[bool, ...]
    has_first: bool
    is_uncounted: bool
    has_confirm: bool
    has_read: bool
    is_mistyped: bool
    life: Disclosure | None


@record
class Answer:
    """An outcome in words: the frame of its page, and the text of every slot in it."""

    frame: Frame
    fills: dict[str, str]


def build_answer(
    outcome: ScanOutcome,
    language: Translator,
    confirm_path: str | None = None,
    read_code: str | None = None,
    *,
    is_mistyped: bool = False,
) -> Answer:
    """Word `outcome` for its page.

    `confirm_path` is where loading a picture counts the phone; `read_code` is shown where the code
    led nowhere, for the reader to compare; `is_mistyped` when its check symbol is wrong.
    """
    unit = outcome.unit
    reasons = [reason for reason in outcome.reasons if reason.code not in _SAID_ALREADY]
    frame = Frame(
        language=language.language,
        verdict=outcome.verdict,
        tone=pick_tone(outcome),
        organisation=unit.organisation if unit else None,
        product=unit.product if unit else None,
        batch=unit.batch if unit else None,
        symbols=unit.run.symbols if unit else 0,
        is_group=unit is not None and unit.level > 0,
        recall=_find_recall(outcome.reasons),
        warnings=tuple(reason.code not in REASSURING for reason in reasons),
        has_first=outcome.evidence is not None and outcome.evidence.first_at is not None,
        is_uncounted=not (outcome.counted or outcome.can_confirm or _is_known(outcome)),
        has_confirm=confirm_path is not None,
        has_read=read_code is not None,
        is_mistyped=is_mistyped,
        # Units of which there is nothing to tell share the page of those nothing happened to.
        life=None if outcome.life == NOTHING else outcome.life,
    )
    fills = _word_shared(outcome, reasons, language)
    fills |= word_own(outcome, language, confirm_path, read_code)
    return Answer(frame=frame, fills=fills)


def _is_known(outcome: ScanOutcome) -> bool:
    return outcome.evidence is not None and outcome.evidence.is_known_device


def word_own(
    outcome: ScanOutcome, language: Translator, confirm_path: str | None, read_code: str | None
) -> dict[str, str]:
    """Word the slots that even pages of answers that are alike do not share."""
    confirm = confirm_path or ""
    fills = {
        "confirm": confirm,
        "place": confirm.replace("/confirm/", "/place/", 1),
        "read": read_code or "",
    }
    unit, evidence, zone = outcome.unit, outcome.evidence, zone_of(outcome.unit)
    if unit is not None and evidence is not None:
        fills["number"] = unit.number
        fills["number_printed"] = _spread(unit.number)
        if evidence.first_at is not None:
            fills["first"] = _word_first(evidence.first_at, evidence, language, zone)
        if evidence.other_devices:
            fills["summary"] = _summarise(evidence, language)
    # What is said already has no parameters and stands alone, so these have the places they had.
    for place, reason in enumerate(outcome.reasons):
        if reason.params:
            fills[f"reason_{place}"] = reason_text(reason, language, zone)
    return fills


def _word_shared(
    outcome: ScanOutcome, reasons: list[Reason], language: Translator
) -> dict[str, str]:
    """Word all other slots, which are the same for all answers of a minute that are alike."""
    zone = zone_of(outcome.unit)
    checked_at, now = _word_now(outcome.at.replace(second=0, microsecond=0), zone, language)
    fills = {"checked_at": checked_at}
    for place, reason in enumerate(reasons):
        if not reason.params:
            fills[f"reason_{place}"] = reason_text(reason, language, zone)
    if outcome.unit is not None and outcome.evidence is not None:
        if not outcome.evidence.other_devices:
            fills["summary"] = _summarise(outcome.evidence, language)
        fills["now"] = now
    return fills


def liken_page(
    outcome: ScanOutcome,
    language: Translator,
    confirm_path: str | None,
    read_code: str | None,
    *,
    is_mistyped: bool,
) -> Likeness:
    """Return what is equal for answers whose pages differ in `word_own` alone; see `liken`.

    Of reasons with parameters only the code counts, but for recalls, whose order is on the page.
    """
    unit, seen = outcome.unit, outcome.evidence
    said = [reason.code if reason.params else reason for reason in outcome.reasons]
    return (
        *liken(outcome, language, said),
        to_microseconds(outcome.at) // MINUTE_US,
        None if unit is None else (unit.run.symbols, unit.level),
        None
        if seen is None
        else (seen.other_devices == 0, seen.is_known_device, seen.first_at is None),
        outcome.counted or outcome.can_confirm,
        confirm_path is None,
        read_code is None,
        is_mistyped,
        outcome.life,
    )


def build_verdict_page(
    frame: Frame,
    *,
    group: GroupPart | None,
    files: Mapping[UUID, ShownFile] | None = None,
    base_map: BaseMap | None = None,
) -> VerdictPage:
    """Build the page of `frame`, with slots for what `Answer.fills` holds.

    `files` are those of `list_file_ids`; one that is not there is left out. `base_map` lies under
    the places of its way.
    """
    files = files or {}
    language = translator(frame.language)
    name = f"verdict-{frame.tone.replace('_', '-')}"
    suffix = "-group" if frame.is_group and language.has(f"{name}.sentence-group") else ""
    organisation = frame.organisation.name if frame.organisation else ""
    return VerdictPage(
        verdict=frame.verdict.value,
        tone=frame.tone,
        headline=language.text(name),
        sentence=language.text(f"{name}.sentence{suffix}", organisation=organisation),
        reasons=tuple(
            ReasonLine(text=slot(f"reason_{place}"), is_warning=is_warning)
            for place, is_warning in enumerate(frame.warnings)
        ),
        steps=list_steps(name, language),
        checked_at=slot("checked_at"),
        read_code=slot("read") if frame.has_read else None,
        is_mistyped=frame.is_mistyped,
        confirm_path=slot("confirm") if frame.has_confirm else None,
        place=build_place_part(slot("place"), language) if frame.has_confirm else None,
        brand_style=Markup(find_brand_style(frame)),  # noqa: S704 - two checked colours
        recall=_word_recall(frame, language),
        product=_word_product(frame.product, files, language) if frame.product else None,
        organisation=_word_organisation(frame.organisation, files) if frame.organisation else None,
        unit=_word_unit(frame) if frame.organisation else None,
        group=group,
        readings=_word_readings(frame, language) if frame.organisation else None,
        batch=_word_batch(frame.batch, files, language) if frame.batch else None,
        history=word_history(frame.life, frame.batch, frame.organisation, language, base_map)
        if frame.life and frame.batch and frame.organisation
        else None,
    )


def _find_recall(reasons: tuple[Reason, ...]) -> Recall | None:
    for reason in reasons:
        if reason.code is ReasonCode.RECALLED:
            at, why = reason.params["at"], reason.params["reason"]
            instruction, contact = reason.params.get("instruction"), reason.params.get("contact")
            assert isinstance(at, datetime)  # noqa: S101 - the verdict rules put it there
            assert isinstance(why, LocalText)  # noqa: S101 - the same
            return Recall(
                at=at,
                reason=why,
                instruction=instruction if isinstance(instruction, LocalText) else None,
                contact=contact if isinstance(contact, str) else None,
            )
    return None


def _word_recall(frame: Frame, language: Translator) -> RecallPart | None:
    if frame.recall is None or frame.organisation is None:
        return None
    recall = frame.recall
    return RecallPart(
        reason=word(recall.reason, language),
        instruction=word(recall.instruction, language) if recall.instruction else None,
        contact=recall.contact,
        since=language.instant(recall.at, frame.organisation.time_zone),
    )


def _word_product(
    product: Product, files: Mapping[UUID, ShownFile], language: Translator
) -> ProductPart:
    name = word(product.name, language)
    other = product.name.en if language.language == "zh" else product.name.zh
    has_other = other is not None and other != name.text
    other_tag = translator("en" if language.language == "zh" else "zh").tag
    return ProductPart(
        name=name,
        other_name=Worded(text=other or "", tag=other_tag) if has_other else None,
        description=word(product.description, language) if product.description else None,
        specification=product.specification,
        category=product.category,
        gtin=product.gtin.removeprefix("0") if product.gtin else None,
        features=tuple(
            FeatureRow(name=word(each.name, language), value=word(each.value, language))
            for each in product.features
        ),
        pictures=list_pictures(product.picture_file_ids, files),
        certificates=list_papers(product.certificate_file_ids, files, language),
    )


def _word_organisation(
    organisation: Organisation, files: Mapping[UUID, ShownFile]
) -> OrganisationPart:
    dialled = _NOT_DIALLED.sub("", organisation.phone or "")
    website = organisation.website or ""
    address = urlsplit(website)
    # The sheet of answers is not the place to learn that a registered address runs a script.
    is_web = address.scheme in {"http", "https"} and bool(address.hostname)
    return OrganisationPart(
        name=organisation.name,
        is_verified=organisation.verified_at is not None,
        phone=organisation.phone if dialled else None,
        phone_link=f"tel:{dialled}" if dialled else None,
        website=website if is_web else None,
        website_name=address.netloc.rpartition("@")[2] if is_web else None,
        legal_name=organisation.legal_name
        if organisation.legal_name != organisation.name
        else None,
        uscc=organisation.uscc,
        address=organisation.address,
        email=organisation.email,
        logo=find_logo(organisation, files),
    )


def _word_unit(frame: Frame) -> UnitPart:
    """Show the printed code with everything but the number left out."""
    printed = humancode.PREFIX_SYMBOLS + frame.symbols + humancode.CHECK_SYMBOLS
    dots = humancode.group(_DOT * printed)
    shown = slot("number_printed")
    start = humancode.PREFIX_SYMBOLS + 1
    stop = start + NUMBER_SYMBOLS + 1
    return UnitPart(
        number=slot("number"),
        pattern=(
            PatternPiece(text=dots[:start], is_number=False),
            PatternPiece(text=shown, is_number=True),
            PatternPiece(text=dots[stop:], is_number=False),
        ),
        is_group=frame.is_group,
    )


def _spread(number: str) -> str:
    """Write a number the way it stands in the printed groups of four."""
    return humancode.group(number)


def _word_readings(frame: Frame, language: Translator) -> ReadingsPart:
    first = Moment(label=language.text("field-first-reading"), text=slot("first"))
    now = Moment(label=language.text("field-this-reading"), text=slot("now"))
    return ReadingsPart(
        summary=slot("summary"),
        moments=(first, now) if frame.has_first else (now,),
        is_uncounted=frame.is_uncounted,
    )


def _summarise(evidence: Evidence, language: Translator) -> str:
    if evidence.other_devices == 0:
        return language.text("readings-again" if evidence.is_known_device else "readings-first")
    others = language.text("readings-others", count=evidence.other_devices)
    if not evidence.is_known_device:
        return others
    return language.text("readings-two", first=others, second=language.text("readings-also-you"))


def _word_first(at: datetime, evidence: Evidence, language: Translator, zone: str) -> str:
    instant = language.instant(at, zone)
    place = parse_place(evidence.first_place) if evidence.first_place else None
    if place is None:
        return instant
    return language.text("readings-at-place", at=instant, place=word_place(place, language))


def _word_batch(batch: Batch, files: Mapping[UUID, ShownFile], language: Translator) -> BatchPart:
    origin = batch.origin
    return BatchPart(
        lot=batch.lot,
        produced=language.day(batch.produced_on) if batch.produced_on else None,
        expires=language.day(batch.expires_on) if batch.expires_on else None,
        place=word(origin.place, language) if origin.place else None,
        line=origin.line,
        materials=tuple(
            MaterialRow(name=material.name, supplier=material.supplier, lot=material.lot)
            for material in origin.materials
        ),
        papers=list_papers(batch.paper_file_ids, files, language),
    )


def word_group(
    contents: GroupContents, outcome: ScanOutcome, language: Translator
) -> GroupPart | None:
    """Word what a group holds; None where there is no unit."""
    if outcome.unit is None:
        return None
    held, claim = contents.held, contents.claim
    rest = held.count - len(held.numbers)
    differs = claim is not None and not claim.agrees
    return GroupPart(
        title=language.text(
            "contents-title",
            level=language.text(f"level-{outcome.unit.level}"),
            items=language.text("contents-items", count=held.items),
        ),
        summary=None
        if contents.level == 0
        else language.text(
            "contents-children",
            count=held.count,
            level=language.text(f"level-{contents.level}"),
        ),
        numbers=held.numbers,
        more=language.text("contents-more", count=rest) if rest else None,
        claim=None if claim is None else "differs" if differs else "agrees",
        missing="" if claim is None else " ".join(claim.missing),
        extra="" if claim is None else " ".join(claim.extra),
        is_packed=contents.now is not None,
        gone=" ".join(contents.gone.numbers),
        added=" ".join(contents.added.numbers),
    )


# All answers of a minute share it.
@lru_cache(maxsize=1024)
def _word_now(minute: datetime, zone: str, language: Translator) -> tuple[str, str]:
    """Word when an answer is given, with the offset of its zone; and the same of its reader."""
    now = language.instant(minute, zone)
    return (
        language.text("instant-in-zone", instant=now, zone=_offset(minute, zone)),
        language.text("readings-now", at=now, who=language.text("readings-you")),
    )


def _offset(at: datetime, zone: str) -> str:
    """Write how far the clocks of `zone` are from UTC at `at`: UTC+8, UTC-3:30, UTC."""
    seconds = int((at.astimezone(ZoneInfo(zone)).utcoffset() or at - at).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    if not hours and not minutes:
        return "UTC"
    sign = "+" if seconds > 0 else "−"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
