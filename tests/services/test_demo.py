"""The demo tells its story through the services, on both databases: every kind of answer."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories import NOW
from tests.installations import Centre, fill_centre, sqlite_place
from tests.postgres_pool import PostgresServer

from trueorigin.domain.gs1 import normalise_gtin
from trueorigin.domain.verdict import Verdict
from trueorigin.services.accounts import list_organisations
from trueorigin.services.demo import forge
from trueorigin.services.demo_goods import MAKERS
from trueorigin.services.tracing import find_history
from trueorigin.services.visibility import Viewer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def centre(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Centre]:
    place = sqlite_place(tmp_path_factory.mktemp("demo"))
    if request.param == "sqlite":
        centre = fill_centre(place)
        yield centre
        centre.database.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create("template0")
    centre = fill_centre(replace(place, database=server.database_url(name)))
    yield centre
    centre.database.close()
    server.drop(name)


@pytest.mark.parametrize(
    ("item", "verdict", "reason"),
    [
        ("genuine", Verdict.GENUINE, "first_reading"),
        ("not-released", Verdict.NOT_RELEASED, "not_released"),
        ("forged", Verdict.NOT_ISSUED, "not_issued"),
        ("recalled", Verdict.RECALLED, "recalled"),
        ("copied", Verdict.CAUTION, "many_devices"),
        ("expired", Verdict.CAUTION, "expired"),
        ("case", Verdict.GENUINE, "first_reading"),
        ("journey", Verdict.GENUINE, "sold"),
        ("sealed", Verdict.CAUTION, "sealed_by_authority"),
        ("destroyed", Verdict.SUSPECT, "destroyed"),
        ("pallet", Verdict.GENUINE, "first_reading"),
    ],
)
def test_every_kind_of_answer_is_in_it(
    centre: Centre, item: str, verdict: Verdict, reason: str
) -> None:
    outcome = centre.read(item)
    assert outcome.verdict is verdict
    assert reason in {each.code.value for each in outcome.reasons}


def test_its_numbers_are_its_makers_and_belong_to_no_real_goods(centre: Centre) -> None:
    gtins = [goods.gtin for maker in MAKERS for goods in maker.goods]
    assert len(gtins) == len(set(gtins))
    for maker in MAKERS:
        for goods in maker.goods:
            assert normalise_gtin(goods.gtin).lstrip("0").startswith("952")
            assert goods.gtin.startswith(maker.gs1_prefix or "-")
    with centre.database.read() as tx:
        names = {each.name for each in list_organisations(tx, after=None, limit=10)}
    assert names >= {maker.name for maker in MAKERS}


def test_there_is_a_run_of_a_million_and_weeks_of_readings(centre: Centre) -> None:
    with centre.database.read() as tx:
        [(largest,)] = tx.run("SELECT max(quantity) FROM run")
        [(lines, first, last)] = tx.run("SELECT count(*), min(at), max(at) FROM scan")
        [(invented,)] = tx.run("SELECT sum(readings) FROM not_issued_count")
    assert largest == 1_000_000
    assert lines > 200
    assert last - first > 20 * 24 * 3600 * 1_000_000
    assert invented >= 40


def test_what_was_done_is_on_the_trail_of_each_maker(centre: Centre) -> None:
    with centre.database.read() as tx:
        actions = {action for (action,) in tx.run("SELECT DISTINCT action FROM audit")}
    assert {"product.create", "batch.create", "run.create", "recall.create"} <= actions


def test_everything_happened_before_now(centre: Centre) -> None:
    with centre.database.read() as tx:
        [(latest,)] = tx.run("SELECT max(created_at) FROM range_fact")
    assert latest < NOW.timestamp() * 1_000_000


def test_a_forged_url_differs_in_its_last_symbol_only() -> None:
    url = "http://H/01/09521234000013/21/0123456789ABCDEZ"
    assert forge(url) == url[:-1] + "0"
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{16}", forge(url)[-16:])


def test_the_story_fits_any_folder(tmp_path: Path) -> None:
    first = fill_centre(sqlite_place(tmp_path / "one"))
    second = fill_centre(sqlite_place(tmp_path / "two"))
    # The same story under other keys: codes of one data centre mean nothing to the other.
    assert first.story.items["genuine"] != second.story.items["genuine"]
    second.story = first.story
    assert second.read("genuine").verdict is Verdict.NOT_ISSUED
    first.database.close()
    second.database.close()


def test_one_bottle_tells_its_whole_way_from_the_cellar_to_the_buyer(centre: Centre) -> None:
    unit = centre.read("journey").unit
    assert unit is not None
    with centre.database.read() as tx:
        viewer = Viewer(organisation_id=unit.organisation.id)
        found = find_history(tx, viewer, unit.unit_key)
        [(findings,)] = tx.run("SELECT count(*) FROM inspection")
    kinds = [entry.event.kind.value for entry in found.history.entries]
    assert kinds == [
        *("packing", "packing", "storing", "shipping", "receiving", "receiving", "unpacking"),
        *("shipping", "receiving", "unpacking", "inspecting", "selling"),
    ]
    recorders = {entry.event.organisation_id for entry in found.history.entries}
    assert len(recorders) == 5
    assert found.anomalies == ()
    assert findings == 2


def test_some_bottles_were_read_out_of_region(centre: Centre) -> None:
    with centre.database.read() as tx:
        [(strays, nearest)] = tx.run("SELECT count(*), min(km) FROM diversion")
    assert strays > 3
    assert nearest > 500
