# SPDX-License-Identifier: Apache-2.0
"""Every rule of the verdict, and the page that explains them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.lifecycle import Stage
from trueorigin.domain.risk import Place, Sighting, build_place
from trueorigin.domain.verdict import (
    OTHER_DEVICES_MAX,
    ReasonCode,
    RecallNotice,
    Standing,
    UnitFacts,
    Verdict,
    decide,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RELEASED = AT - timedelta(days=30)
DOC = Path(__file__).parents[2] / "docs" / "verdicts.md"

RELEASED_UNIT = UnitFacts(
    standing=Standing(
        is_organisation_verified=True,
        stage=Stage.RELEASED,
        stage_since=RELEASED,
        first_released_at=RELEASED,
        recall=None,
        expires_on=None,
        expires_at=None,
    ),
    other_devices=0,
    first_other_at=None,
    is_known_device=False,
    last_sighting=None,
    sighting=None,
)
RECALL = RecallNotice(
    effective_at=AT - timedelta(days=1),
    reason=LocalText(zh="玻璃碎片", en="Glass splinters"),
    instruction=LocalText(zh="停止饮用", en=None),
    contact="400-000-0000",
)


def change(facts: UnitFacts, **fields: Any) -> UnitFacts:  # noqa: ANN401 - of any type
    """Replace fields of the facts or of their standing."""
    names = set(Standing.__dataclass_fields__) & set(fields)
    standing = replace(facts.standing, **{name: fields.pop(name) for name in names})
    return replace(facts, standing=standing, **fields)


def place(latitude: float, longitude: float, *, is_trusted: bool = False) -> Place:
    built = build_place(latitude, longitude, is_trusted=is_trusted)
    assert built is not None
    return built


def codes(facts: UnitFacts | None) -> tuple[Verdict, list[ReasonCode]]:
    decision = decide(facts, at=AT)
    return decision.verdict, [reason.code for reason in decision.reasons]


def test_a_code_nobody_issued_is_not_issued_and_nothing_else_is_said() -> None:
    assert codes(None) == (Verdict.NOT_ISSUED, [ReasonCode.NOT_ISSUED])


def test_first_reading_of_a_released_unit_is_genuine() -> None:
    assert codes(RELEASED_UNIT) == (Verdict.GENUINE, [ReasonCode.FIRST_READING])


def test_second_phone_is_still_genuine_and_told_of_the_first() -> None:
    facts = change(RELEASED_UNIT, other_devices=1, first_other_at=AT - timedelta(hours=1))
    decision = decide(facts, at=AT)
    assert decision.verdict is Verdict.GENUINE
    [reason] = decision.reasons
    assert reason.code is ReasonCode.FEW_DEVICES
    assert reason.params == {"devices": 1, "at": AT - timedelta(hours=1)}


def test_own_earlier_readings_never_worry() -> None:
    facts = change(RELEASED_UNIT, is_known_device=True)
    assert codes(facts) == (Verdict.GENUINE, [ReasonCode.SAME_DEVICE])


@pytest.mark.parametrize("devices", [OTHER_DEVICES_MAX - 1, OTHER_DEVICES_MAX, 10**9])
def test_number_of_devices_alone_is_never_more_than_caution(devices: int) -> None:
    facts = change(RELEASED_UNIT, other_devices=devices, first_other_at=RELEASED)
    verdict, reasons = codes(facts)
    if devices < OTHER_DEVICES_MAX:
        assert (verdict, reasons) == (Verdict.GENUINE, [ReasonCode.FEW_DEVICES])
    else:
        assert (verdict, reasons) == (Verdict.CAUTION, [ReasonCode.MANY_DEVICES])


def test_recall_tells_who_why_and_what_to_do() -> None:
    decision = decide(change(RELEASED_UNIT, recall=RECALL), at=AT)
    assert decision.verdict is Verdict.RECALLED
    assert decision.reasons[0].params == {
        "at": RECALL.effective_at,
        "reason": RECALL.reason,
        "instruction": RECALL.instruction,
        "contact": RECALL.contact,
    }


def test_recall_without_contact_leaves_the_placeholder_out() -> None:
    notice = replace(RECALL, contact=None, instruction=None)
    decision = decide(change(RELEASED_UNIT, recall=notice), at=AT)
    assert set(decision.reasons[0].params) == {"at", "reason"}


def test_recall_outranks_withdrawal_but_both_are_said() -> None:
    facts = change(RELEASED_UNIT, recall=RECALL, stage=Stage.WITHDRAWN, stage_since=RELEASED)
    assert codes(facts) == (Verdict.RECALLED, [ReasonCode.RECALLED, ReasonCode.WITHDRAWN])


def test_withdrawn_unit_says_since_when() -> None:
    facts = change(RELEASED_UNIT, stage=Stage.WITHDRAWN, stage_since=RELEASED)
    decision = decide(facts, at=AT)
    assert decision.verdict is Verdict.WITHDRAWN
    assert decision.reasons[0].params == {"at": RELEASED}


def test_planned_unit_is_not_released() -> None:
    facts = change(RELEASED_UNIT, stage=Stage.PLANNED, stage_since=None, first_released_at=None)
    assert codes(facts) == (Verdict.NOT_RELEASED, [ReasonCode.NOT_RELEASED])


def test_last_good_day_ends_exactly_at_its_end() -> None:
    facts = change(RELEASED_UNIT, expires_on=date(2026, 11, 22), expires_at=AT)
    assert codes(facts) == (Verdict.CAUTION, [ReasonCode.EXPIRED])
    later = change(facts, expires_at=AT + timedelta(microseconds=1))
    assert codes(later) == (Verdict.GENUINE, [ReasonCode.FIRST_READING])


@pytest.mark.parametrize(
    ("here", "there", "verdict", "reason"),
    [
        pytest.param(True, True, Verdict.SUSPECT, ReasonCode.FAR_APART, id="both-trusted"),
        pytest.param(True, False, Verdict.CAUTION, ReasonCode.FAR_APART_REPORTED, id="here"),
        pytest.param(False, True, Verdict.CAUTION, ReasonCode.FAR_APART_REPORTED, id="there"),
        pytest.param(False, False, Verdict.CAUTION, ReasonCode.FAR_APART_REPORTED, id="none"),
    ],
)
def test_only_two_trusted_places_too_far_apart_are_suspect(
    *, here: bool, there: bool, verdict: Verdict, reason: ReasonCode
) -> None:
    facts = change(
        RELEASED_UNIT,
        other_devices=1,
        first_other_at=AT - timedelta(hours=1),
        last_sighting=Sighting(
            place=place(31.2, 121.5, is_trusted=there), at=AT - timedelta(hours=1)
        ),
        sighting=Sighting(place=place(43.8, 87.6, is_trusted=here), at=AT),
    )
    decision = decide(facts, at=AT)
    assert decision.verdict is verdict
    assert decision.reasons[0].code is reason
    assert decision.reasons[0].params["minutes"] == 60
    assert 3200 < int(str(decision.reasons[0].params["km"])) < 3300


def test_reading_by_another_phone_before_release_is_remembered_as_caution() -> None:
    facts = change(RELEASED_UNIT, other_devices=1, first_other_at=RELEASED - timedelta(seconds=1))
    assert codes(facts) == (Verdict.CAUTION, [ReasonCode.READ_BEFORE_RELEASE])
    after = change(facts, first_other_at=RELEASED)
    assert codes(after) == (Verdict.GENUINE, [ReasonCode.FEW_DEVICES])


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(RELEASED_UNIT, id="genuine"),
        pytest.param(change(RELEASED_UNIT, recall=RECALL), id="recalled"),
        pytest.param(change(RELEASED_UNIT, stage=Stage.PLANNED), id="planned"),
    ],
)
def test_unverified_organisation_is_a_label_that_changes_no_verdict(facts: UnitFacts) -> None:
    verified = codes(facts)
    unverified = codes(change(facts, is_organisation_verified=False))
    assert unverified[0] is verified[0]
    assert unverified[1] == [*verified[1], ReasonCode.ORGANISATION_UNVERIFIED]


def test_all_warnings_are_given_in_the_order_of_the_rules() -> None:
    facts = change(
        RELEASED_UNIT,
        recall=RECALL,
        other_devices=OTHER_DEVICES_MAX,
        first_other_at=RELEASED - timedelta(days=1),
        expires_on=date(2026, 1, 1),
        expires_at=RELEASED,
        is_organisation_verified=False,
    )
    verdict, reasons = codes(facts)
    assert verdict is Verdict.RECALLED
    assert reasons == [
        ReasonCode.RECALLED,
        ReasonCode.READ_BEFORE_RELEASE,
        ReasonCode.MANY_DEVICES,
        ReasonCode.EXPIRED,
        ReasonCode.ORGANISATION_UNVERIFIED,
    ]


def test_document_lists_every_reason_in_the_order_of_the_rules() -> None:
    text = DOC.read_text(encoding="utf-8")
    table = re.findall(r"^\| \d+ \| `(\w+)` \| `?(\w+|\*)`? \|", text, re.MULTILINE)
    assert [code for code, _ in table] == [code.value for code in ReasonCode]
    # The verdicts of the table are in order of precedence, apart from the label at the end.
    ranks = [list(Verdict).index(Verdict(verdict)) for _, verdict in table[:-1]]
    assert ranks == sorted(ranks)
    assert set(ranks) == set(range(len(Verdict)))


def test_document_states_the_limits_of_the_code() -> None:
    text = DOC.read_text(encoding="utf-8")
    assert f"{OTHER_DEVICES_MAX} other phones" in text
