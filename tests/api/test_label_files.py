# SPDX-License-Identifier: Apache-2.0
"""Label files of every format and design: each code reads back, who may, and how often."""

import io
import zipfile
from typing import Any

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from tests.api_world import World
from tests.drawn_logos import draw_seal, draw_white

from trueorigin.adapters import zpl
from trueorigin.adapters.archives import decode_png
from trueorigin.adapters.barcodes import rasterise, read_symbols
from trueorigin.adapters.svg import read_modules
from trueorigin.domain.designs import DESIGNS
from trueorigin.domain.sheets import LAYOUTS
from trueorigin.services.labelling import PICTURES_PER_FILE_MAX
from trueorigin.web import labels

FILES = {"pdf": "labels.pdf", "zpl": "labels.zpl", "svg": "labels.zip", "png": "labels.zip"}
TYPES = {
    "pdf": "application/pdf",
    "zpl": "application/vnd.zebra-zpl",
    "svg": "application/zip",
    "png": "application/zip",
}
ROLL = "roll-60x40"
FOR_ITEMS = [name for name, design in DESIGNS.items() if not design.has_sscc]


def fetch(world: World, run: dict[str, Any], kind: str, **query: object) -> Any:  # noqa: ANN401 - httpx.Response
    wanted = {"layout": ROLL} | query | ({"image": kind} if kind in {"svg", "png"} else {})
    return world.alice.send("GET", f"/runs/{run['id']}/{FILES[kind]}", params=wanted)


def list_pictures(data: bytes, kind: str) -> list[NDArray[np.uint8]]:
    """Return what comes out of the printer, or what the archive shows."""
    if kind == "pdf":
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        document.close()
        return [rasterise(data, page, dpi=300) for page in range(pages)]
    if kind == "zpl":
        printer = zpl.Printer()
        printed = [printer.take(line) for line in data.splitlines()]
        return [picture for picture in printed if picture is not None]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = [archive.read(name) for name in archive.namelist()]
    return [read_modules(each.decode()) if kind == "svg" else decode_png(each) for each in files]


def read_file(data: bytes, kind: str) -> list[str]:
    return [
        symbol.text for picture in list_pictures(data, kind) for symbol in read_symbols(picture)
    ]


def give_logo(world: World, content: bytes) -> None:
    file = world.alice.send("POST", "/files?name=logo.png", content=content).json()
    world.alice.patch("/organisation", {"logo_file_id": file["id"]})


def list_logged(world: World) -> list[dict[str, Any]]:
    trail = world.list_audit(world.alice)
    return [dict(each.detail or {}) for each in trail if each.action == "code.label"]


@pytest.mark.parametrize("kind", FILES)
def test_every_design_of_every_format_reads_back(world: World, kind: str) -> None:
    give_logo(world, draw_seal())
    run = world.alice.add_run(100)
    urls = [row["url"] for row in world.alice.list_rows(run, **{"from": 40, "to": 43})]
    for design in FOR_ITEMS:
        answer = fetch(world, run, kind, design=design, **{"from": 40, "to": 43})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == TYPES[kind]
        assert answer.headers["cache-control"] == "no-store"
        assert "attachment" in answer.headers["content-disposition"]
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert read_file(answer.content, kind) == urls, design
    assert list_logged(world) == [{"level": 0, "from": 40, "to": 43}] * len(FOR_ITEMS)
    assert list(world.context.scratch.glob("tmp*")) == []


@pytest.mark.parametrize("kind", ["zpl", "svg", "png"])
def test_groups_have_labels_in_every_format(sqlite_world: World, kind: str) -> None:
    run = sqlite_world.alice.add_run(100)
    rows = sqlite_world.alice.list_rows(run, level=1)
    answer = fetch(sqlite_world, run, kind, level=1, layout="roll-100x150")
    assert read_file(answer.content, kind) == [row["url"] for row in rows]


@pytest.mark.parametrize("kind", ["zpl", "svg", "png"])
@pytest.mark.parametrize("dpi", [203, 600])
def test_pictures_are_as_large_as_the_label_at_the_printers_dots(
    sqlite_world: World, kind: str, dpi: int
) -> None:
    run = sqlite_world.alice.add_run(10)
    answer = fetch(sqlite_world, run, kind, dpi=dpi, to=1)
    (picture,) = list_pictures(answer.content, kind)
    dots_per_mm = {203: 8, 600: 600 / 25.4}[dpi]
    assert picture.shape[0] == int(40 * dots_per_mm)
    assert 0 <= picture.shape[1] - int(60 * dots_per_mm) < 8
    assert len(read_symbols(picture)) == 1


def read_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text.replace(" ", "").replace("\r", "").replace("\n", "")


def test_texts_are_those_that_were_asked_for(sqlite_world: World) -> None:
    world = sqlite_world
    product = world.alice.add_product(specification="500 mL")
    run = world.alice.add_run_of(world.alice.add_batch(product, lot="L26A"), 10)

    def text_of(first: int, **query: object) -> str:
        bounds = {"from": first, "to": first + 1, "language": "en", "layout": "a4-24"}
        answer = fetch(world, run, "pdf", **(bounds | query))
        assert answer.status_code == 200, answer.text
        return read_text(answer.content)

    usual = text_of(0)
    assert all(part in usual for part in ("Spirit", "500mL", "L26A", "2030-12-31"))
    assert "酒" not in usual
    everything = "name,other_name,specification,lot,produced,expires"
    full = text_of(1, parts=everything, line="窖藏 Cellar 4")
    wanted = ("Spirit", "酒", "500mL", "L26A", "2026-01-01", "2030-12-31", "窖藏Cellar4")
    assert all(part in full for part in wanted)
    some = text_of(2, parts="lot")
    assert "L26A" in some
    assert "Spirit" not in some
    plain = text_of(3, design="plain")
    assert not any(part in plain for part in wanted)
    assert text_of(4, parts="", language="zh").isascii()


def test_logo_and_texts_do_not_make_files_grow_with_their_labels(sqlite_world: World) -> None:
    world = sqlite_world
    give_logo(world, draw_seal())
    run = world.alice.add_run(2000)

    def growth(kind: str, design: str) -> float:
        start = 0 if design == "text" else 1000
        few, many = (
            fetch(world, run, kind, design=design, layout="a4-24", **bounds)
            for bounds in (
                {"from": start, "to": start + 24},
                {"from": start + 100, "to": start + 340},
            )
        )
        assert few.status_code == many.status_code == 200
        return (len(many.content) - len(few.content)) / 216

    assert abs(growth("pdf", "branded") - growth("pdf", "text")) < 3
    assert growth("zpl", "branded") - growth("zpl", "text") < 150


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        pytest.param({"design": "bold"}, "design_unknown", "design", id="design"),
        pytest.param({"parts": "lot,price"}, "part_unknown", "parts", id="texts"),
        pytest.param({"design": "plain", "parts": "lot"}, "design_without_texts", "parts", id="no"),
        pytest.param({"line": "x" * 61}, "text_too_long", "line", id="a long line"),
        pytest.param({"line": "a\tb"}, "text_character_refused", "line", id="a tabulator"),
        pytest.param({"design": "branded"}, "logo_missing", "design", id="no logo"),
        pytest.param({"layout": "a4-9"}, "layout_unknown", "layout", id="sheet"),
        pytest.param({"dpi": 250}, "dpi_unknown", "dpi", id="dots"),
        pytest.param({"language": "fr"}, "choice_unknown", "language", id="language"),
        pytest.param({"from": 5, "to": 5}, "range_reversed", "to", id="no units"),
        pytest.param({"from": 7, "to": 5}, "range_reversed", "to", id="backwards"),
        pytest.param({"to": 101}, "range_beyond_run", "to", id="beyond the run"),
        pytest.param({"level": 3}, "level_unknown", "level", id="a level it has not"),
        pytest.param({"from": -1}, "number_too_small", "from", id="below zero"),
        pytest.param(
            {"layout": "a4-65", "line": "x" * 60, "parts": "name,lot,produced,expires"},
            "label_texts_too_long",
            "layout",
            id="more texts than room",
        ),
    ],
)
def test_a_wrong_order_is_refused_and_takes_nothing(
    sqlite_world: World, query: dict[str, Any], code: str, field: str
) -> None:
    run = sqlite_world.alice.add_run(100)
    answer = fetch(sqlite_world, run, "zpl", **query)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == (code, field)
    assert list_logged(sqlite_world) == []


def test_a_refused_label_says_what_would_fit(sqlite_world: World) -> None:
    run = sqlite_world.alice.add_run(100, packing=[100])
    answer = fetch(sqlite_world, run, "pdf", level=1, layout="a4-65")
    error = answer.json()["error"]
    assert error["code"] == "label_too_small"
    assert "roll-100x150 (100 × 150 mm)" in error["params"]["fits"]
    assert error["params"]["fits"] in error["message"]
    names = {each.partition(" ")[0] for each in error["params"]["fits"].split(", ")}
    assert names < set(LAYOUTS)
    for name, kind in zip(names, FILES, strict=False):
        assert fetch(sqlite_world, run, kind, level=1, layout=name, to=1).status_code == 200


def test_a_logo_that_cannot_be_seen_is_refused(sqlite_world: World) -> None:
    give_logo(sqlite_world, draw_white())
    answer = fetch(sqlite_world, sqlite_world.alice.add_run(10), "svg", design="branded")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "logo_blank"
    assert fetch(sqlite_world, sqlite_world.alice.add_run(10), "svg").status_code == 200


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_an_archive_has_its_limit(sqlite_world: World, kind: str) -> None:
    run = sqlite_world.alice.add_run(PICTURES_PER_FILE_MAX + 1)
    answer = fetch(sqlite_world, run, kind)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["params"]) == (
        "labels_too_many",
        {"limit": PICTURES_PER_FILE_MAX},
    )


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_the_fourth_file_of_one_format_is_refused(world: World, kind: str) -> None:
    run = world.alice.add_run(100)
    for _ in range(3):
        assert fetch(world, run, kind, to=2).status_code == 200
    refused = fetch(world, run, kind, to=2)
    assert refused.status_code == 409
    error = refused.json()["error"]
    assert (error["code"], error["params"]) == ("downloads_used_up", {"limit": 3})
    # One code of the range is enough; others have their own three.
    assert fetch(world, run, kind, **{"from": 1, "to": 3}).status_code == 409
    assert fetch(world, run, kind, **{"from": 2, "to": 3}).status_code == 200
    others = [each for each in FILES if each != kind]
    assert [fetch(world, run, each, to=2).status_code for each in others] == [200] * 3
    assert len(list_logged(world)) == 7


def test_keys_share_the_limit(sqlite_world: World) -> None:
    world = sqlite_world
    run = world.alice.add_run(100)
    made = world.alice.post("/api-keys", {"role": "manufacturer", "label": "Line 2"})
    line = {"Authorization": f"Bearer {made['key']}"}
    path = f"/runs/{run['id']}/labels.zpl"
    for _ in range(3):
        assert world.alice.send("GET", path, params={"to": 2, "layout": ROLL}).status_code == 200
    answer = world.alice.send("GET", path, params={"to": 2, "layout": ROLL}, headers=line)
    assert answer.status_code == 409


def test_a_code_list_is_resumed_as_often_as_it_breaks_and_then_limited(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    run = world.alice.add_run(100)
    for start in (0, 30, 60, 90, 0):
        assert len(world.alice.list_rows(run, **{"from": start})) == 100 - start
    for days, status in ((2, 200), (4, 200), (6, 409)):
        world.clock.now = world.clock.now.replace(day=14 + days)
        answer = world.alice.send("GET", f"/runs/{run['id']}/codes")
        assert answer.status_code == status


def test_a_file_that_could_not_be_made_was_not_taken(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sqlite_world.alice.add_run(100)

    def fail(*_: object) -> None:
        raise OSError("no room on the disk")

    with monkeypatch.context() as patch:
        patch.setattr(labels, "build_labels", fail)
        for _ in range(4):
            assert fetch(sqlite_world, run, "pdf", to=2).status_code == 500
    assert list_logged(sqlite_world) == []
    assert fetch(sqlite_world, run, "pdf", to=2).status_code == 200


@pytest.mark.parametrize("kind", FILES)
def test_only_the_makers_own_keys_get_labels(sqlite_world: World, kind: str) -> None:
    world = sqlite_world
    run = world.alice.add_run(100)
    path = f"/runs/{run['id']}/{FILES[kind]}"
    got = {
        name: getattr(world, name).send("GET", path, params={"to": 1}).status_code
        for name in ("dora", "sam", "olga", "charlie", "alice")
    }
    assert got == {"dora": 401, "sam": 403, "olga": 403, "charlie": 404, "alice": 200}


def test_designs_are_listed_with_the_sheets(sqlite_world: World) -> None:
    designs = sqlite_world.alice.get("/label-layouts")["designs"]
    assert [each["name"] for each in designs] == ["plain", "text", "branded", "logistic"]
    assert [each["has_logo"] for each in designs] == [False, False, True, False]
    assert [each["has_sscc"] for each in designs] == [False, False, False, True]
    assert designs[0]["parts"] == []
    assert designs[1]["parts"] == ["name", "specification", "lot", "expires"]
