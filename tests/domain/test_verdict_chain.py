# SPDX-License-Identifier: Apache-2.0
"""The rules of the verdict that ask what the chain says of a unit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.chainfacts import ChainFacts, Found, Keeping, Sale
from trueorigin.domain.inspections import InspectionResult
from trueorigin.domain.lifecycle import Stage
from trueorigin.domain.risk import CELL_RADIUS_KM, Place, build_place, distance_km
from trueorigin.domain.verdict import (
    ELSEWHERE_KM_MIN,
    Decision,
    ReasonCode,
    Standing,
    UnitFacts,
    Verdict,
    decide,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
EARLIER = AT - timedelta(days=2)
DOC = Path(__file__).parents[2] / "docs" / "verdicts.md"
NOTES = LocalText(zh="铅超标", en="Lead")


def place(latitude: float, longitude: float) -> Place:
    built = build_place(latitude, longitude)
    assert built is not None
    return built


NANJING, SHANGHAI, SUZHOU = place(32.1, 118.8), place(31.2, 121.5), place(31.3, 120.6)


def judge(
    chain: ChainFacts,
    *,
    stage: Stage = Stage.RELEASED,
    here: Place | None = None,
    is_handler: bool = False,
) -> Decision:
    standing = Standing(
        is_organisation_verified=True,
        stage=stage,
        stage_since=EARLIER,
        first_released_at=EARLIER,
        recall=None,
        expires_on=None,
        expires_at=None,
    )
    facts = UnitFacts(
        standing=standing,
        other_devices=0,
        first_other_at=None,
        is_known_device=False,
        last_sighting=None,
        sighting=None,
        chain=chain,
        place=here,
        is_handler=is_handler,
    )
    return decide(facts, at=AT)


def codes(decision: Decision) -> tuple[Verdict, list[str]]:
    return decision.verdict, [reason.code.value for reason in decision.reasons]


def found(result: InspectionResult) -> Found:
    return Found(event_id=UUID(int=1), at=EARLIER, result=result, authority="市局", notes=NOTES)


def test_what_was_destroyed_and_is_read_is_suspect() -> None:
    decision = judge(ChainFacts(destroyed_at=EARLIER))
    assert codes(decision) == (Verdict.SUSPECT, ["destroyed"])
    assert decision.reasons[0].params == {"at": EARLIER}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        pytest.param("suspected_counterfeit", (Verdict.SUSPECT, ["suspected_counterfeit"])),
        pytest.param("does_not_conform", (Verdict.CAUTION, ["does_not_conform"])),
        pytest.param("conforms", (Verdict.GENUINE, ["first_reading"])),
    ],
)
def test_findings_judge_with_authority_date_and_notes(result: str, expected: object) -> None:
    decision = judge(ChainFacts(judged=found(InspectionResult(result))))
    assert codes(decision) == expected
    if decision.verdict is not Verdict.GENUINE:
        params = decision.reasons[0].params
        assert params == {"authority": "市局", "at": EARLIER, "notes": NOTES}


def test_a_seal_is_a_caution_beside_the_finding() -> None:
    chain = ChainFacts(
        judged=found(InspectionResult.DOES_NOT_CONFORM), sealed=found(InspectionResult.SEALED)
    )
    assert codes(judge(chain)) == (Verdict.CAUTION, ["does_not_conform", "sealed_by_authority"])


def test_a_container_far_away_is_a_caution_where_the_reading_has_a_place() -> None:
    chain = ChainFacts(keeping=Keeping(place=NANJING, since=EARLIER, region="江苏"))
    decision = judge(chain, here=SHANGHAI)
    assert codes(decision) == (Verdict.CAUTION, ["sealed_elsewhere"])
    params = decision.reasons[0].params
    assert params["place"] == "江苏"
    assert params["at"] == EARLIER
    assert params["km"] == int(distance_km(NANJING, SHANGHAI) - 2 * CELL_RADIUS_KM)
    assert judge(chain, here=NANJING).verdict is Verdict.GENUINE
    assert judge(chain).verdict is Verdict.GENUINE
    secret = ChainFacts(keeping=Keeping(place=NANJING, since=EARLIER, region=None))
    assert "place" not in judge(secret, here=SHANGHAI).reasons[0].params


def test_both_errors_and_fifty_kilometres_are_on_the_side_of_the_goods() -> None:
    chain = ChainFacts(keeping=Keeping(place=place(0, 0), since=EARLIER, region=None))
    # 0.6 degrees are 66.7 km at the equator: more than 50 + 2 * 8; 0.5 are not.
    assert judge(chain, here=place(0, 0.6)).verdict is Verdict.CAUTION
    assert judge(chain, here=place(0, 0.5)).verdict is Verdict.GENUINE


def test_a_sale_is_a_fact_for_consumers_and_a_caution_for_sellers() -> None:
    chain = ChainFacts(sale=Sale(at=EARLIER, place="南京路店"))
    told = judge(chain)
    assert codes(told) == (Verdict.GENUINE, ["first_reading", "sold"])
    assert told.reasons[1].params == {"at": EARLIER, "place": "南京路店"}
    warned = judge(chain, is_handler=True)
    assert codes(warned) == (Verdict.CAUTION, ["already_sold"])
    assert warned.reasons[0].params == {"at": EARLIER, "place": "南京路店"}
    nowhere = judge(ChainFacts(sale=Sale(at=EARLIER, place=None)))
    assert nowhere.reasons[1].params == {"at": EARLIER}


def test_a_warning_leaves_the_plain_fact_of_the_sale_out() -> None:
    chain = ChainFacts(sale=Sale(at=EARLIER, place=None), destroyed_at=EARLIER)
    assert codes(judge(chain)) == (Verdict.SUSPECT, ["destroyed"])


def test_orders_of_the_manufacturer_come_first_and_everything_is_said() -> None:
    chain = ChainFacts(
        destroyed_at=EARLIER,
        judged=found(InspectionResult.SUSPECTED_COUNTERFEIT),
        sealed=found(InspectionResult.SEALED),
        sale=Sale(at=EARLIER, place=None),
        keeping=Keeping(place=NANJING, since=EARLIER, region=None),
    )
    decision = judge(chain, stage=Stage.PLANNED, here=SUZHOU, is_handler=True)
    assert codes(decision) == (
        Verdict.NOT_RELEASED,
        [
            "not_released",
            "destroyed",
            "suspected_counterfeit",
            "sealed_by_authority",
            "sealed_elsewhere",
            "already_sold",
        ],
    )


def test_document_numbers_the_rules_as_the_code_does() -> None:
    text = DOC.read_text(encoding="utf-8")
    code = (Path(__file__).parents[2] / "src/trueorigin/domain/verdict.py").read_text("utf-8")
    numbers = {int(line.split("|")[1]) for line in text.splitlines() if line.startswith("| ")
               and line.split("|")[1].strip().isdigit()}  # fmt: skip
    assert numbers == set(range(1, 19))
    assert all(f"({number})" in code for number in numbers)
    assert f"farther than {ELSEWHERE_KM_MIN} km" in text
    assert len(ReasonCode) == len(set(ReasonCode))
