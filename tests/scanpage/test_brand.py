"""The maker on the page: logo, colour, pictures and papers, and who may fetch them."""

import gzip
import io
import re
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image
from tests.consumer_site import Outline, Phone, Site, item_path
from tests.dressed_goods import change_organisation, dress, keep, picture
from tests.scanning_world import Tenant, World

from trueorigin.adapters.files import FolderStore
from trueorigin.domain.publicfiles import build_file_path


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


@pytest.fixture
def dressed(world: World, alice: Tenant, store: FolderStore) -> dict[str, UUID]:
    return dress(world, alice, store)


@pytest.mark.usefixtures("dressed")
def test_a_page_shows_its_maker_and_everything_on_it_can_be_fetched(
    dora: Phone, alice: Tenant
) -> None:
    reply = dora.get(item_path(alice, 7))
    page = Outline.of(reply.text)
    shown = {source for source in page.sources if source.startswith("/files/")}
    assert len(shown) >= 4
    for source in shown | set(re.findall(r"(/files/\S+) \d+w", reply.text)):
        file = dora.get(source)
        assert file.status == 200
        assert "sandbox" in file.headers["content-security-policy"]
        assert file.headers["x-content-type-options"] == "nosniff"
    assert "证书 1.pdf" in page.text
    assert "lab.pdf" in page.text


@pytest.mark.usefixtures("dressed")
def test_pictures_come_in_sizes_and_papers_as_downloads(dora: Phone, alice: Tenant) -> None:
    text = dora.get(item_path(alice, 7)).text
    sizes = dict(re.findall(r"(/files/\w+\?w=\d+) (\d+)w", text))
    assert sorted(sizes.values()) == ["160", "480", "960"]
    for path, width in sizes.items():
        small = dora.get(path)
        assert small.headers["content-type"] == "image/webp"
        assert Image.open(io.BytesIO(small.body)).width == int(width)
    papers = re.findall(r'href="(/files/\w+)" download', text)
    assert len(papers) == 2
    for paper in papers:
        reply = dora.get(paper)
        assert reply.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert reply.body.startswith(b"%PDF")
    assert 'loading="lazy"' in text
    assert re.search(r'width="1200"\s+height="800"', text)


def test_a_file_on_no_page_cannot_be_fetched(
    dora: Phone, dressed: dict[str, UUID], world: World
) -> None:
    right = build_file_path(world.vault.file_key, dressed["picture"])
    assert dora.get(right).status == 200
    assert dora.get(f"{right}?w=481").status == 404
    other = dressed["unused"].hex
    for wrong in (f"/files/{dressed['unused']}", f"/files/{other}", f"/files/{other}{right[-24:]}"):
        assert dora.get(wrong).status == 404
    assert dora.get("/files/../scratch").status == 404


@pytest.mark.usefixtures("dressed")
def test_the_makers_colour_is_one_more_sheet_the_policy_knows(dora: Phone, alice: Tenant) -> None:
    reply = dora.get(item_path(alice, 7))
    assert ".plate{background:#7b1e2b;color:#fdfaf2" in reply.text
    styles = re.search(r"style-src ([^;]+);", reply.headers["content-security-policy"])
    assert styles is not None
    assert len(styles[1].split()) == 2


@pytest.mark.usefixtures("dressed")
def test_an_unverified_maker_borrows_no_logo_and_no_colour(
    site: Site, world: World, store: FolderStore
) -> None:
    with world.database.write() as tx:
        charlie = world.join(tx, gtin="06901234000023", verified_at=None)
        logo = keep(tx, store, charlie, picture(300, 200), width=300, height=200)
        change_organisation(tx, charlie, logo_file_id=logo, colour="#7b1e2b")
    text = Phone(site).get(item_path(charlie, 7)).text
    assert "/files/" not in text
    assert "#7b1e2b" not in text


@pytest.mark.usefixtures("dressed")
def test_goods_that_are_not_released_give_no_file_away(
    dora: Phone, alice: Tenant, world: World
) -> None:
    with world.database.write() as tx:
        unreleased = world.add_run(tx, alice)
    reply = dora.get(item_path(unreleased, 3))
    assert Outline.of(reply.text).verdict == "not_released"
    assert "lab.pdf" not in reply.text
    # The logo is the maker's own and public with its first released goods.
    assert len(re.findall(r"/files/\w+", reply.text)) <= 1


@pytest.mark.usefixtures("dressed")
def test_a_whole_page_stays_within_its_budget(dora: Phone, alice: Tenant) -> None:
    for path in (item_path(alice, 7), "/"):
        reply = dora.get(path, accept_encoding="gzip")
        scripts = re.findall(r'<script src="([^"]+)"', gzip.decompress(reply.body).decode())
        size = len(reply.body) + sum(
            len(dora.get(each, accept_encoding="gzip").body) for each in scripts
        )
        assert size <= 30_000
