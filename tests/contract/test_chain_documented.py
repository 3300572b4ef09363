"""docs/chain.md says who may see and do what; it is what services/visibility.py decides."""

from pathlib import Path
from uuid import UUID

import pytest
from tests.chain_makers import make_event
from tests.factories import NOW

from trueorigin.domain.anomalies import AnomalyCode
from trueorigin.domain.events import Event, EventKind
from trueorigin.domain.inspections import DETAIL
from trueorigin.services.visibility import Viewer, knows, may_find, may_record, may_see
from trueorigin.web.i18n import languages, translator

TEXT = (Path(__file__).parents[2] / "docs" / "chain.md").read_text()
OWNER, ASKER, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)

# Whether an organisation was brought or linked is settled before: `partners.find_owners`.
VIEWERS = {
    "owner": Viewer(organisation_id=OWNER),
    "partner": Viewer(organisation_id=ASKER, owner_ids=frozenset({OWNER})),
    "brought by a partner": Viewer(organisation_id=ASKER, owner_ids=frozenset({OWNER})),
    "former partner": Viewer(organisation_id=ASKER),
    "authority": Viewer(organisation_id=ASKER, is_authority=True),
    "anybody else": Viewer(organisation_id=ASKER, owner_ids=frozenset({OTHER})),
}
EVERY_OTHER = set(EventKind) - {EventKind.COMMISSIONING, EventKind.INSPECTING}


def read_table() -> dict[str, list[str]]:
    lines = TEXT.partition("| who |")[2].splitlines()[2:]
    rows = {}
    for line in lines:
        if not line.startswith("|"):
            break
        who, *cells = (each.strip() for each in line.strip("|").split("|"))
        rows[who] = cells
    return rows


def is_the_same(answers: list[bool]) -> bool:
    assert len(set(answers)) == 1
    return answers[0]


def told(**fields: object) -> Event:
    return make_event(NOW, 1 << 34, **{"organisation_id": OTHER, **fields})


def decide(viewer: Viewer) -> list[bool]:
    found = told(kind=EventKind.INSPECTING, details={DETAIL: {"result": "conforms"}})
    mine = [
        told(organisation_id=viewer.organisation_id),
        told(partner_id=viewer.organisation_id),
    ]
    others = [told(kind=kind) for kind in EventKind]
    return [
        knows(viewer, OWNER),
        may_record(viewer, OWNER, EventKind.COMMISSIONING),
        may_record(viewer, OWNER, EventKind.INSPECTING),
        is_the_same([may_record(viewer, OWNER, kind) for kind in EVERY_OTHER]),
        may_find(viewer),
        is_the_same([may_see(viewer, OWNER, event) for event in mine]),
        may_see(viewer, OWNER, found),
        is_the_same([may_see(viewer, OWNER, event) for event in others]),
    ]


@pytest.mark.parametrize("who", VIEWERS)
def test_the_table_is_what_the_program_decides(who: str) -> None:
    cells = read_table()[who]
    assert {"yes", "–"} >= set(cells)
    assert [cell == "yes" for cell in cells] == decide(VIEWERS[who])


def test_the_table_has_every_row_and_no_other() -> None:
    assert list(read_table()) == list(VIEWERS)


def test_every_kind_of_event_is_explained() -> None:
    assert [kind for kind in EventKind if f"`{kind}`" not in TEXT] == []


def test_every_anomaly_has_words() -> None:
    for language in languages():
        text = translator(language)
        missing = [
            each for each in AnomalyCode if not text.has(f"anomaly-{each.replace('_', '-')}")
        ]
        assert missing == []
