"""Answers written from shared parts are those that are built anew for each reading."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import orjson
from hypothesis import given, settings, strategies as st
from tests.factories import make_batch, make_organisation, make_product, make_run

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.scans import Evidence, ScanOutcome, ScanUnit
from trueorigin.domain.verdict import Reason, ReasonCode, Verdict
from trueorigin.web.i18n import translator
from trueorigin.web.wording import build_answer_json, write_answer_json

INSTANTS = st.datetimes(
    datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.sampled_from([UTC])  # noqa: DTZ001 - bounds are naive
)  # fmt: skip
COUNTS = st.integers(0, 2**32)
TEXTS = st.text(min_size=1, max_size=20)
REASONS = st.one_of(
    st.sampled_from(
        [
            Reason(code=ReasonCode.FIRST_READING),
            Reason(code=ReasonCode.SAME_DEVICE),
            Reason(code=ReasonCode.NOT_RELEASED),
            Reason(code=ReasonCode.ORGANISATION_UNVERIFIED),
            Reason(code=ReasonCode.EXPIRED, params={"on": date(2026, 3, 5)}),
        ]
    ),
    st.builds(
        lambda devices, at: Reason(
            code=ReasonCode.FEW_DEVICES, params={"devices": devices, "at": at}
        ),
        st.integers(1, 5),
        INSTANTS,
    ),
    st.builds(
        lambda at, zh, contact: Reason(
            code=ReasonCode.RECALLED,
            params={"at": at, "reason": LocalText(zh=zh, en=None), "contact": contact},
        ),
        INSTANTS,
        TEXTS,
        TEXTS,
    ),
)
ORGANISATION = make_organisation(name='Ma"ker</script>')
PRODUCT = make_product(ORGANISATION)
BATCH = make_batch(PRODUCT)
UNIT = ScanUnit(
    organisation=ORGANISATION,
    product=PRODUCT,
    batch=BATCH,
    run=make_run(BATCH),
    level=0,
    index=0,
    number="ABC234",
    unit_key=0,
)


@st.composite
def outcomes(draw: st.DrawFn) -> ScanOutcome:
    """Draw an answer to an issued code, or to an invented one."""
    is_issued = draw(st.booleans())
    evidence = Evidence(
        devices=draw(COUNTS),
        other_devices=draw(COUNTS),
        first_at=draw(st.none() | INSTANTS),
        first_place=draw(st.none() | TEXTS),
        is_known_device=draw(st.booleans()),
    )
    return ScanOutcome(
        verdict=draw(st.sampled_from(Verdict)) if is_issued else Verdict.NOT_ISSUED,
        reasons=tuple(draw(st.lists(REASONS, min_size=1, max_size=3)))
        if is_issued
        else (Reason(code=ReasonCode.NOT_ISSUED),),
        unit=replace(UNIT, index=draw(COUNTS), level=draw(st.integers(0, 3)))
        if is_issued
        else None,
        evidence=evidence if is_issued else None,
        scan_id=UUID(int=draw(st.integers(0, 2**128 - 1))) if is_issued else None,
        at=draw(INSTANTS),
        counted=draw(st.booleans()),
        can_confirm=False,
    )


@settings(max_examples=150, deadline=None)
@given(outcome=outcomes(), language=st.sampled_from(["zh", "en"]))
def test_written_and_built_answers_are_the_same(outcome: ScanOutcome, language: str) -> None:
    words = translator(language)
    assert orjson.loads(write_answer_json(outcome, words)) == build_answer_json(outcome, words)


def test_a_changed_product_is_not_answered_with_the_old_one() -> None:
    outcome = ScanOutcome(
        verdict=Verdict.GENUINE,
        reasons=(Reason(code=ReasonCode.FIRST_READING),),
        unit=UNIT,
        evidence=Evidence(
            devices=0, other_devices=0, first_at=None, first_place=None, is_known_device=False
        ),
        scan_id=UUID(int=7),
        at=datetime(2026, 11, 22, tzinfo=UTC) + timedelta(microseconds=1),
        counted=True,
        can_confirm=False,
    )
    words = translator("en")
    before = orjson.loads(write_answer_json(outcome, words))
    renamed = replace(PRODUCT, name=LocalText(zh=None, en="Another"))
    changed = replace(outcome, unit=replace(UNIT, product=renamed))
    after = orjson.loads(write_answer_json(changed, words))
    assert before["product"]["name"] != after["product"]["name"]
    assert after["scan"]["at"] == "2026-11-22T00:00:00.000001Z"
