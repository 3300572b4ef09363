# SPDX-License-Identifier: Apache-2.0
"""Where everything is, a run reconciled, and readings out of region."""

from datetime import timedelta
from uuid import UUID

from tests.console.test_chain_pages import new_site, tell
from tests.console_house import Office
from tests.factories import make_id

from trueorigin.domain.diversions import Diversion
from trueorigin.domain.eventdrafts import PlanDraft
from trueorigin.domain.events import EventKind
from trueorigin.domain.packing import Span
from trueorigin.domain.units import unit_key
from trueorigin.storage import diversions

CONSOLE = "/console/whereabouts"


def test_all_units_are_somewhere_and_add_up(office: Office) -> None:
    run, batch = office.alices.run, office.alices.batch
    alice = office.browser(office.alice)
    site = UUID(new_site(alice).rpartition("/")[2])
    tell(office, EventKind.PACKING, plan=PlanDraft(containers=Span(run.id, 1, 0, 4)))
    tell(office, EventKind.STORING, units=(Span(run.id, 1, 0, 4),), site_id=site)
    tell(office, EventKind.SELLING, units=(Span(run.id, 0, 3, 5),))
    whole = f"{run.quantity:,} units"
    for query in (f"run={run.id}", f"batch={batch.id}"):
        assert alice.get(f"{CONSOLE}?{query}").status_code == 200
        text = alice.page.text
        assert whole in text
        assert "Put into store" in text
        assert "North store" in text
        assert "94 units" in text
        assert "2 units" in text
        assert "Nothing recorded yet" in text
    alice.get(f"{CONSOLE}?unit={unit_key(run.id, 1, 0)}")
    assert "24 units" in alice.page.text
    assert "22 units" in alice.page.text


def test_goods_are_found_by_a_lot_of_raw_material(office: Office) -> None:
    run, batch = office.alices.run, office.alices.batch
    [lot] = {each.lot for each in batch.origin.materials if each.lot}
    alice, charlie = office.browser(office.alice), office.browser(office.charlie)
    alice.get(f"/console/batches/{batch.id}")
    assert f"{CONSOLE}?lot={lot}" in alice.page.links.values()
    alice.get(f"{CONSOLE}?lot={lot}")
    assert f"{run.quantity:,} units" in alice.page.text
    alice.get(f"{CONSOLE}?lot=never-heard-of")
    assert "No unit holds a raw material of this lot" in alice.page.text
    for query in (f"run={run.id}", f"batch={batch.id}", f"unit={unit_key(run.id, 1, 0)}"):
        assert charlie.get(f"{CONSOLE}?{query}").status_code == 404


def test_a_run_is_reconciled_with_what_does_not_fit(office: Office) -> None:
    run = office.alices.run
    tell(office, EventKind.RECEIVING, units=(Span(run.id, 0, 10, 15),))
    alice = office.browser(office.alice)
    alice.get(f"/console/runs/{run.id}/reconciliation")
    assert "do not fit" in alice.page.text or "does not fit" in alice.page.text
    assert "5 items of run" in alice.page.text
    assert "Received" in alice.page.text


def test_readings_out_of_region_are_listed_and_exported_as_text(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/diversions")
    assert "Nothing out of region" in alice.page.text
    form = {"name.zh": "=1+1", "name.en": "=1+1", "areas.0.latitude": "31"}
    alice.get("/console/territories/new")
    form |= {"areas.0.longitude": "121", "areas.0.radius_km": "90"}
    kept = alice.post("/console/territories/new", form).headers["location"]
    at = office.site.world.tick()
    rows = [
        Diversion(
            unit_key=unit_key(office.alices.run.id, 0, index),
            scan_id=make_id(),
            organisation_id=office.alices.organisation.id,
            territory_id=UUID(kept.rpartition("/")[2]),
            event_id=make_id(),
            at=at + timedelta(minutes=index),
            place="39.9,116.4",
            km=800 + index,
        )
        for index in range(60)
    ]
    with office.site.world.database.write() as tx:
        diversions.append_diversions(tx, rows)
    alice.get("/console/diversions")
    assert "km outside" in alice.page.text
    assert "Meant for =1+1" in alice.page.text
    [older] = {link for link in alice.page.links.values() if "before=" in link}
    alice.get(older)
    assert "km outside" in alice.page.text
    table = alice.send("GET", "/console/diversions.csv").text.splitlines()
    assert len(table) == 61
    assert "'=1+1" in table[1]
    charlie = office.browser(office.charlie)
    assert len(charlie.send("GET", "/console/diversions.csv").text.splitlines()) == 1
