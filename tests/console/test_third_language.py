"""A third language is one file for the console too: every page, what is wrong, and the choice."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.console.test_openings import PAGES
from tests.console_house import House, Office
from tests.third_language import speaking_french

pytestmark = pytest.mark.usefixtures("_french")


@pytest.fixture
def _french(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder: Path = tmp_path_factory.mktemp("locale")
    with speaking_french(folder):
        yield


def test_every_page_is_written_in_it(house: House) -> None:
    for route in PAGES:
        browser = house.browser(route)
        browser.language = "fr-CH"
        answer = browser.get(house.fill(route.path))
        assert answer.status_code == 200, route.path
        assert '<html lang="fr"' in answer.text, route.path


def test_a_person_keeps_it_and_faults_are_told_in_it(office: Office) -> None:
    alice = office.browser(office.alice)
    alice.get("/console/account")
    assert re.search(r'<option value="fr"[^>]*>Français</option>', alice.page.html)
    alice.post("/console/language", {"language": "fr", "next": "/console"})
    other = office.browser(office.alice)
    assert '<html lang="fr"' in other.get("/console").text
    other.get("/console/products/new")
    answer = other.post("/console/products/new", {"gtin": "1"})
    assert answer.status_code == 422
    assert '<html lang="fr"' in answer.text
