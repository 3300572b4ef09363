# SPDX-License-Identifier: Apache-2.0
"""Put an outcome into words: its reasons, and the JSON answer with the same sentences.

Every surface that answers a reading words it here, so that page, API and command line never
disagree. It decides nothing: verdict, reasons and evidence are taken as they are.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, TypeAlias

import orjson

from trueorigin.domain.catalog import Batch, LocalText, Product
from trueorigin.domain.chainfacts import Found
from trueorigin.domain.disclosure import NOTHING, Disclosure, Step
from trueorigin.domain.ids import to_microseconds
from trueorigin.domain.scans import Evidence, ScanOutcome, ScanUnit
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.verdict import Reason, ReasonCode, ReasonParam, Verdict
from trueorigin.web.alike import Alike, liken, recurs
from trueorigin.web.answers import Worded
from trueorigin.web.i18n import Translator, languages, translator

# Reasons that speak for the goods; all others are warnings.
REASSURING: Final = frozenset(
    {
        ReasonCode.FIRST_READING,
        ReasonCode.SAME_DEVICE,
        ReasonCode.FEW_DEVICES,
        ReasonCode.SOLD,
    }
)
# Goods have no time zone that readers of every country share when nobody issued the code.
_NOWHERE: Final = "UTC"
_RECALL_MEMBERS: Final = ("at", "reason", "instruction", "contact")
# 2026-11-22T18:00:00
_SECOND_LENGTH: Final = 19
# The members behind the goods where nobody issued the code.
_NOTHING: Final = b'"unit":null,"scans":null,"scan":null,"history":null,"findings":null}'
# The members behind the reading where nothing is known of the life of the unit.
_NO_LIFE: Final = b',"history":[],"findings":[]}'
# Instants end in Z, not in +00:00.
_ZULU: Final = orjson.OPT_UTC_Z
# One a run, language and kind of answer; 1 kB each, and the goods while others are as new.
_OPENINGS: Final[Alike[bytes]] = Alike(4096)


def pick_tone(outcome: ScanOutcome) -> str:
    """Return the verdict, or what softens it: `expired` alone, or a maker nobody verified."""
    if outcome.verdict is Verdict.GENUINE:
        is_known = all(r.code is not ReasonCode.ORGANISATION_UNVERIFIED for r in outcome.reasons)
        return "genuine" if is_known else "unverified"
    if outcome.verdict is Verdict.CAUTION:
        warnings = {reason.code for reason in outcome.reasons} - REASSURING
        if warnings <= {ReasonCode.EXPIRED, ReasonCode.ORGANISATION_UNVERIFIED}:
            return "expired"
    return outcome.verdict.value


def zone_of(unit: ScanUnit | None) -> str:
    """Return the time zone in which an answer gives times: the issuing organisation's."""
    return unit.organisation.time_zone if unit else _NOWHERE


def word(text: LocalText, language: Translator) -> Worded:
    """Pick the reader's language, and say which one it is where it is not the page's.

    Registered texts come in Chinese and English; readers of other languages get the English.
    """
    is_chinese = bool(text.zh) if language.language == "zh" else not text.en
    found = "zh" if is_chinese else "en"
    tag = None if found == language.language else translator(found).tag
    return Worded(text=text.pick(language.language), tag=tag)


def reason_text(reason: Reason, language: Translator, zone: str) -> str:
    """Return the sentence of one reason, its instants on the clocks of `zone`."""
    params = {name: _word_param(value, language, zone) for name, value in reason.params.items()}
    name = f"reason-{reason.code.value.replace('_', '-')}"
    # Where is left out when it is not known, or not for the public.
    if "place" not in params and language.has(f"{name}.somewhere"):
        name += ".somewhere"
    return language.text(name, **params)


def _word_param(value: ReasonParam, language: Translator, zone: str) -> str | int:
    match value:
        case datetime():
            return language.instant(value, zone)
        case date():
            return language.day(value)
        case LocalText():
            return value.pick(language.language)
        case _:
            return value


# The organisation, product and batch of a unit.
_Goods: TypeAlias = tuple[Organisation, Product, Batch]
# The code of a reason and its parameters, in a form that can be compared.
_Said: TypeAlias = tuple[ReasonCode, tuple[tuple[str, ReasonParam], ...]]


def write_answer_json(outcome: ScanOutcome, language: Translator) -> bytes:
    """Write the machine-readable answer: what `build_answer_json` builds, as JSON.

    What is said before `unit` is the same for many units and written once for all of them, and
    all that is said of invented codes: 2 us an answer instead of 32.
    """
    unit, evidence = outcome.unit, outcome.evidence
    opening = _find_opening(outcome, language)
    if unit is None or evidence is None:
        return opening + _NOTHING
    devices = evidence.devices
    own = {
        "unit": {
            "run": unit.run.id,
            "level": unit.level,
            "index": unit.index,
            "number": unit.number,
        },
        "scans": {
            "devices": devices,
            "other_devices": evidence.other_devices,
            "first_at": _plain_instant(evidence.first_at),
            "first_place": evidence.first_place,
            "known_device": evidence.is_known_device,
            "first_reading": devices == 0,
        },
        "scan": {
            "id": outcome.scan_id,
            "at": _plain_instant(outcome.at),
            "counted": outcome.counted,
        },
    }
    life = _NO_LIFE if outcome.life is None else _write_life(outcome.life)
    return b"".join((opening, orjson.dumps(own, option=_ZULU)[1:-1], life))


def _plain_instant(at: datetime | None) -> datetime | str | None:
    """Return what orjson writes as `instant_json` does: it leaves a fraction of zero out.

    It takes 0.1 us for an instant and as much for an id; by hand they are 0.8 and 0.7.
    """
    return at if at is None or (at.microsecond and at.tzinfo is UTC) else instant_json(at)


def _find_opening(outcome: ScanOutcome, language: Translator) -> bytes:
    """Find the members before `unit`, by which objects they are made of or else by value."""
    likeness = liken(outcome, language, outcome.reasons)
    opening = _OPENINGS.find(likeness)
    if opening is None:
        unit = outcome.unit
        goods = None if unit is None else (unit.organisation, unit.product, unit.batch)
        said = tuple([(reason.code, tuple(reason.params.items())) for reason in outcome.reasons])
        opening = _write_shared(outcome.verdict, pick_tone(outcome), said, goods, language)
        if recurs(outcome):
            _OPENINGS.keep(likeness, opening, outcome)
    return opening


@lru_cache(maxsize=4096)
def _write_shared(
    verdict: Verdict, tone: str, said: tuple[_Said, ...], goods: _Goods | None, language: Translator
) -> bytes:
    """Write the members before `unit`, with the brace before them and the comma behind."""
    reasons = [Reason(code=code, params=dict(params)) for code, params in said]
    zone = goods[0].time_zone if goods else _NOWHERE
    opening = {
        "verdict": verdict.value,
        "title": language.text(f"verdict-{tone.replace('_', '-')}"),
        "reasons": [_reason_json(reason, language, zone) for reason in reasons],
        "recall": _recall_json(reasons),
    }
    shown = _write_goods(*goods) if goods else b'"organisation":null,"product":null,"batch":null'
    return b"%b,%b," % (orjson.dumps(opening)[:-1], shown)


@lru_cache(maxsize=1024)
def _write_goods(organisation: Organisation, product: Product, batch: Batch) -> bytes:
    """Write three members, without the braces around them."""
    goods = {
        "organisation": _organisation_json(organisation),
        "product": _product_json(product),
        "batch": _batch_json(batch),
    }
    return orjson.dumps(goods)[1:-1]


def build_answer_json(outcome: ScanOutcome, language: Translator) -> dict[str, Any]:
    """Build the machine-readable answer: the public contract of every verification.

    Instants are RFC 3339 in UTC, days ISO 8601; texts come in both languages as registered, and
    `reasons[].text` in the reader's.
    """
    unit, evidence = outcome.unit, outcome.evidence
    zone = zone_of(unit)
    return {
        "verdict": outcome.verdict.value,
        "title": language.text(f"verdict-{pick_tone(outcome).replace('_', '-')}"),
        "reasons": [_reason_json(reason, language, zone) for reason in outcome.reasons],
        "recall": _recall_json(outcome.reasons),
        "organisation": _organisation_json(unit.organisation) if unit else None,
        "product": _product_json(unit.product) if unit else None,
        "batch": _batch_json(unit.batch) if unit else None,
        "unit": _unit_json(unit) if unit else None,
        "scans": _scans_json(evidence) if evidence else None,
        "scan": {
            "id": str(outcome.scan_id),
            "at": instant_json(outcome.at),
            "counted": outcome.counted,
        }
        if outcome.scan_id
        else None,
        **(_life_json(outcome.life or NOTHING) if unit else {"history": None, "findings": None}),
    }


def build_translations_json(outcome: ScanOutcome) -> dict[str, Any]:
    """Build title and reasons in every language, in the order of `reasons`.

    For screens whose readers choose the language while they read: asking again would be a reading.
    """
    zone, tone = zone_of(outcome.unit), pick_tone(outcome).replace("_", "-")
    words = [translator(code) for code in languages()]
    return {
        each.language: {
            "title": each.text(f"verdict-{tone}"),
            "reasons": [reason_text(reason, each, zone) for reason in outcome.reasons],
        }
        for each in words
    }


# Units of one run often have the same life, as far as everybody may know it.
@lru_cache(maxsize=1024)
def _write_life(life: Disclosure) -> bytes:
    """Write two members behind others, with the comma before them and the closing brace."""
    return b",%b" % orjson.dumps(_life_json(life))[1:]


def _life_json(life: Disclosure) -> dict[str, Any]:
    return {
        "history": [_step_json(step) for step in life.steps],
        "findings": [_finding_json(found) for found in life.findings],
    }


def _step_json(step: Step) -> dict[str, Any]:
    stop = step.stop
    return {
        "kind": step.kind.value,
        "at": instant_json(step.at),
        "place": None if stop is None else stop.name,
        "organisation": None if stop is None else stop.organisation,
    }


def _finding_json(found: Found) -> dict[str, Any]:
    return {
        "result": found.result.value,
        "at": instant_json(found.at),
        "authority": found.authority,
        "document": found.document,
        "notes": _local_json(found.notes),
    }


def instant_json(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with microseconds, so that texts sort as times do."""
    seconds, rest = divmod(to_microseconds(at), 1_000_000)
    return f"{_write_second(seconds)}.{rest:06}Z"


# Answers of one second share all but the fraction: 1.0 us instead of 1.9.
@lru_cache(maxsize=4096)
def _write_second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:_SECOND_LENGTH]


def _reason_json(reason: Reason, language: Translator, zone: str) -> dict[str, str]:
    return {"code": reason.code.value, "text": reason_text(reason, language, zone)}


def _local_json(text: LocalText | None) -> dict[str, str | None] | None:
    return None if text is None else {"zh": text.zh, "en": text.en}


def _recall_json(reasons: Sequence[Reason]) -> dict[str, Any] | None:
    """Return the order behind a verdict `recalled`: since when, why, what to do, whom to ask."""
    for reason in reasons:
        if reason.code is ReasonCode.RECALLED:
            return {name: _plain(reason.params.get(name)) for name in _RECALL_MEMBERS}
    return None


def _plain(value: ReasonParam | None) -> str | int | dict[str, str | None] | None:
    match value:
        case datetime():
            return instant_json(value)
        case date():
            return value.isoformat()
        case LocalText():
            return _local_json(value)
        case _:
            return value


def _organisation_json(organisation: Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name,
        "verified": organisation.verified_at is not None,
        "website": organisation.website,
        "phone": organisation.phone,
    }


def _product_json(product: Product) -> dict[str, Any]:
    return {
        "gtin": product.gtin,
        "internal_number": product.internal_number,
        "name": _local_json(product.name),
        "description": _local_json(product.description),
        "category": product.category,
        "specification": product.specification,
    }


def _batch_json(batch: Batch) -> dict[str, Any]:
    return {
        "lot": batch.lot,
        "produced_on": batch.produced_on.isoformat() if batch.produced_on else None,
        "expires_on": batch.expires_on.isoformat() if batch.expires_on else None,
        "origin": {
            "place": _local_json(batch.origin.place),
            "line": batch.origin.line,
            "materials": [
                {"name": material.name, "supplier": material.supplier, "lot": material.lot}
                for material in batch.origin.materials
            ],
        },
    }


def _unit_json(unit: ScanUnit) -> dict[str, Any]:
    return {
        "run": unit.run.id,
        "level": unit.level,
        "index": unit.index,
        "number": unit.number,
    }


def _scans_json(evidence: Evidence) -> dict[str, Any]:
    return {
        "devices": evidence.devices,
        "other_devices": evidence.other_devices,
        "first_at": instant_json(evidence.first_at) if evidence.first_at else None,
        "first_place": evidence.first_place,
        "known_device": evidence.is_known_device,
        "first_reading": evidence.is_first_reading,
    }
