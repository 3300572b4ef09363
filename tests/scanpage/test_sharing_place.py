"""A reader may add roughly where a reading was made: once, coarsely, and only to that reading."""

import re

import pytest
from tests.consumer_site import Phone, Site, item_path
from tests.scanning_world import Tenant, World

from trueorigin.storage import counting, scans
from trueorigin.storage.scans import ScanRow


def open_offer(phone: Phone, path: str) -> str:
    """Open an answer, draw it, and return where its place may be sent."""
    found = re.search(r'data-to="([^"]+)"', phone.look(path).text)
    assert found is not None
    return found[1]


def lines(world: World, tenant: Tenant, index: int) -> list[ScanRow]:
    with world.database.read() as tx:
        return scans.list_scans(tx, tenant.key(index), limit=10)


def test_a_shared_place_is_kept_with_its_reading_and_shown_to_the_next(
    site: Site, dora: Phone, alice: Tenant, world: World
) -> None:
    offer = open_offer(dora, item_path(alice, 7))
    assert dora.post(offer, b"31.2,121.5").status == 204
    [line] = lines(world, alice, 7)
    assert line.place == "31.2,121.5"
    other = Phone(site, network="203.0.113.9")
    with world.database.read() as tx:
        assert (
            counting.find_unit_states(tx, [alice.key(7)])[alice.key(7)].first_place == "31.2,121.5"
        )
    assert other.ask(item_path(alice, 7)).text.count("31.2,121.5") == 1


def test_nothing_is_kept_unless_the_reader_says_so(
    dora: Phone, alice: Tenant, world: World
) -> None:
    open_offer(dora, item_path(alice, 7))
    [line] = lines(world, alice, 7)
    assert line.place is None


def test_a_place_before_the_page_is_drawn_is_counted_with_it(
    dora: Phone, alice: Tenant, world: World
) -> None:
    page = dora.get(item_path(alice, 7)).text
    offer = re.search(r'data-to="([^"]+)"', page)
    assert offer is not None
    assert dora.post(offer[1], b"31.2,121.5").status == 204
    assert dora.get(offer[1].replace("/place/", "/confirm/")).status == 200
    with world.database.read() as tx:
        assert (
            counting.find_unit_states(tx, [alice.key(7)])[alice.key(7)].first_place == "31.2,121.5"
        )


def test_a_place_is_said_once(dora: Phone, alice: Tenant, world: World) -> None:
    offer = open_offer(dora, item_path(alice, 7))
    assert dora.post(offer, b"31.2,121.5").status == 204
    assert dora.post(offer, b"22.5,114.1").status == 409
    assert lines(world, alice, 7)[0].place == "31.2,121.5"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"31.2304,121.4737", id="finer than a cell"),
        pytest.param(b"31.2,121.5*", id="claims to be trusted"),
        pytest.param(b"91.0,0.0", id="beyond the pole"),
        pytest.param(b"-0.0,0.0", id="a second zero"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"<script>", id="a script"),
        pytest.param(b"1" * 5000, id="long"),
        pytest.param("３１.2,121.5".encode(), id="other digits"),
    ],
)
def test_anything_but_a_cell_is_refused(
    dora: Phone, alice: Tenant, world: World, text: bytes
) -> None:
    offer = open_offer(dora, item_path(alice, 7))
    assert dora.post(offer, text).status == 422
    assert lines(world, alice, 7)[0].place is None


def test_an_invented_or_stale_reference_says_nothing(
    dora: Phone, alice: Tenant, world: World
) -> None:
    offer = open_offer(dora, item_path(alice, 7))
    assert dora.post("/place/" + "A" * 54, b"31.2,121.5").status == 404
    world.tick(minutes=16)
    assert dora.post(offer, b"31.2,121.5").status == 404
    assert lines(world, alice, 7)[0].place is None


def test_who_reads_again_is_not_asked_again(dora: Phone, alice: Tenant) -> None:
    open_offer(dora, item_path(alice, 7))
    assert "data-to" not in dora.get(item_path(alice, 7)).text
