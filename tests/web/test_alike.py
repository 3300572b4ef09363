"""What is found by the objects it was made of is never found for others."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.factories import make_organisation, make_scan_unit

from trueorigin.domain.scans import ScanOutcome
from trueorigin.domain.verdict import Reason, ReasonCode, Verdict
from trueorigin.web.alike import Alike, Likeness, liken, recurs
from trueorigin.web.i18n import Translator, translator

FIRST = Reason(code=ReasonCode.FIRST_READING)
WORDS = translator("en")


def compare(outcome: ScanOutcome, words: Translator) -> Likeness:
    return liken(outcome, words, outcome.reasons)


def make_outcome() -> ScanOutcome:
    unit = make_scan_unit(make_organisation())
    return ScanOutcome(
        verdict=Verdict.GENUINE,
        reasons=(FIRST,),
        unit=unit,
        evidence=None,
        scan_id=None,
        at=datetime(2026, 11, 22, tzinfo=UTC),
        counted=True,
        can_confirm=False,
    )


def test_units_of_the_same_goods_are_alike_and_all_others_are_not() -> None:
    outcome = make_outcome()
    unit = outcome.unit
    assert unit is not None
    alike = replace(outcome, unit=replace(unit, number="XYZ567"), reasons=(FIRST,))
    assert compare(alike, WORDS) == compare(outcome, WORDS)
    others = [
        replace(outcome, unit=replace(unit, product=replace(unit.product))),
        replace(outcome, unit=replace(unit, batch=replace(unit.batch))),
        replace(outcome, unit=replace(unit, organisation=replace(unit.organisation))),
        replace(outcome, unit=None),
        replace(outcome, verdict=Verdict.CAUTION),
        replace(outcome, reasons=(FIRST, FIRST)),
        replace(outcome, reasons=(Reason(code=ReasonCode.SAME_DEVICE),)),
    ]
    for other in others:
        assert compare(other, WORDS) != compare(outcome, WORDS)
    assert compare(outcome, translator("zh")) != compare(outcome, WORDS)


def test_nobody_is_answered_from_an_address_that_was_another_s() -> None:
    kept: Alike[int] = Alike(50)
    for number in range(200):
        # The last one's goods would be gone here, and their addresses free, if nothing held them.
        outcome = make_outcome()
        assert kept.find(compare(outcome, WORDS)) is None
        kept.keep(compare(outcome, WORDS), number, outcome)
        assert kept.find(compare(outcome, WORDS)) == number
    assert len(kept) == 50


def test_what_a_reading_alone_says_does_not_recur() -> None:
    outcome = make_outcome()
    devices = Reason(code=ReasonCode.FEW_DEVICES, params={"devices": 2})
    assert recurs(outcome)
    assert not recurs(replace(outcome, reasons=(FIRST, devices)))
