"""Answers written from shared parts are those that are built anew for each reading."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import orjson
from hypothesis import given, settings, strategies as st
from tests.factories import make_organisation, make_scan_unit

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.scans import Evidence, ScanOutcome
from trueorigin.domain.verdict import Reason, ReasonCode, Verdict
from trueorigin.web.i18n import translator
from trueorigin.web.verdictpage import build_answer, liken_page, word_own
from trueorigin.web.wording import build_answer_json, write_answer_json

INSTANTS = st.datetimes(
    datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.sampled_from([UTC])  # noqa: DTZ001 - bounds are naive
)  # fmt: skip
# Two of one minute, and one of the next.
NEAR = [datetime(2026, 11, 22, 8, 30, 0, tzinfo=UTC) + timedelta(seconds=n) for n in (0, 59, 60)]
VERDICTS = [Verdict.GENUINE, Verdict.CAUTION]
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
UNIT = make_scan_unit(ORGANISATION)


@st.composite
def outcomes(draw: st.DrawFn, *, few: bool = False) -> ScanOutcome:
    """Draw an answer to an issued code, or to an invented one; one of `few` with equals."""
    is_issued = draw(st.booleans())
    counts = st.integers(0, 1) if few else COUNTS
    instants = st.sampled_from(NEAR) if few else INSTANTS
    evidence = Evidence(
        devices=draw(counts),
        other_devices=draw(counts),
        first_at=draw(st.none() | instants),
        first_place=draw(st.none() | TEXTS),
        is_known_device=draw(st.booleans()),
    )
    return ScanOutcome(
        verdict=draw(st.sampled_from(VERDICTS if few else list(Verdict)))
        if is_issued
        else Verdict.NOT_ISSUED,
        reasons=tuple(draw(st.lists(REASONS, min_size=1, max_size=1 if few else 3)))
        if is_issued
        else (Reason(code=ReasonCode.NOT_ISSUED),),
        unit=replace(UNIT, index=draw(COUNTS), level=draw(st.integers(0, 1 if few else 3)))
        if is_issued
        else None,
        evidence=evidence if is_issued else None,
        scan_id=UUID(int=draw(st.integers(0, 2**128 - 1))) if is_issued else None,
        at=draw(instants),
        counted=draw(st.booleans()),
        can_confirm=draw(st.booleans()),
    )


@settings(max_examples=300, deadline=None)
@given(first=outcomes(few=True), second=outcomes(few=True), has_confirm=st.booleans())
def test_pages_that_are_alike_differ_in_their_own_slots_alone(
    first: ScanOutcome, second: ScanOutcome, *, has_confirm: bool
) -> None:
    words, confirm = translator("en"), "/confirm/x" if has_confirm else None
    if liken_page(first, words, confirm, None, is_mistyped=False) != liken_page(
        second, words, confirm, None, is_mistyped=False
    ):
        return
    pages = [build_answer(each, words, confirm) for each in (first, second)]
    own = [word_own(outcome, words, confirm, None) for outcome in (first, second)]
    assert own[0].keys() == own[1].keys()
    if pages[0].frame.recall is None:
        assert pages[0].frame == pages[1].frame
    shared = [
        {name: text for name, text in page.fills.items() if name not in own[0]} for page in pages
    ]
    assert shared[0] == shared[1]
    for page, words_own in zip(pages, own, strict=True):
        assert words_own.items() <= page.fills.items()


@settings(max_examples=150, deadline=None)
@given(outcome=outcomes(), language=st.sampled_from(["zh", "en"]))
def test_written_and_built_answers_are_the_same(outcome: ScanOutcome, language: str) -> None:
    words = translator(language)
    written = write_answer_json(outcome, words)
    assert written == orjson.dumps(build_answer_json(outcome, words))
    # Once more, from what is kept now.
    assert write_answer_json(outcome, words) == written


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
    renamed = replace(UNIT.product, name=LocalText(zh=None, en="Another"))
    changed = replace(outcome, unit=replace(UNIT, product=renamed))
    after = orjson.loads(write_answer_json(changed, words))
    assert before["product"]["name"] != after["product"]["name"]
    assert after["scan"]["at"] == "2026-11-22T00:00:00.000001Z"
