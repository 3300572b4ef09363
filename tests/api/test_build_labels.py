# SPDX-License-Identifier: Apache-2.0
"""GET /runs/{id}/labels.pdf: every symbol of the file is read back and leads to its unit."""

import shutil
from contextlib import ExitStack
from typing import Any

import pypdfium2
import pytest
from tests.api_world import World

from trueorigin.adapters.barcodes import rasterise, read_symbols
from trueorigin.services.labelling import LABELS_PER_FILE_MAX
from trueorigin.web import labels


def fetch(world: World, run: dict[str, Any], **query: object) -> Any:  # noqa: ANN401 - httpx.Response
    return world.alice.send("GET", f"/runs/{run['id']}/labels.pdf", params=query)


def read_page(data: bytes, page: int) -> list[str]:
    return [symbol.text for symbol in read_symbols(rasterise(data, page, dpi=300))]


def read_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return text


def test_every_label_of_a_sheet_shows_its_code(world: World) -> None:
    batch = world.alice.add_batch(world.alice.add_product(), lot="L26A")
    run = world.alice.add_run_of(batch, 100)
    answer = fetch(world, run, **{"from": 10, "to": 40}, layout="a4-24", language="en")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    rows = world.alice.list_rows(run, **{"from": 10, "to": 40})
    found = read_page(answer.content, 0) + read_page(answer.content, 1)
    assert sorted(found) == sorted(row["url"] for row in rows)
    text = read_text(answer.content)
    assert all(part in text for part in ("Spirit", "L26A", "2030-12-31"))
    shown = text.replace(" ", "").replace("\r", "").replace("\n", "")
    assert all(row["code"].replace("-", "") in shown for row in rows)


def test_labels_speak_chinese_too(world: World) -> None:
    run = world.alice.add_run_of(world.alice.add_batch(world.alice.add_product()), 10)
    text = read_text(fetch(world, run, language="zh").content)
    assert "酒" in text
    assert "批号" in text


@pytest.mark.parametrize("prefix", [None, "690123"])
def test_groups_have_labels_with_their_contents(world: World, prefix: str | None) -> None:
    world.alice.patch("/organisation", {"gs1_prefix": prefix})
    run = world.alice.add_run(100)
    for level in (1, 2):
        answer = fetch(world, run, level=level, layout="a4-8")
        assert answer.status_code == 200, answer.text
        rows = world.alice.list_rows(run, level=level)
        # The last group is short, and its code too.
        assert len({len(row["url"]) for row in rows}) == 2
        assert sorted(read_page(answer.content, 0)) == sorted(row["url"] for row in rows)


def test_a_used_sheet_is_filled_from_where_it_is_empty(world: World) -> None:
    run = world.alice.add_run(100)
    answer = fetch(world, run, to=3, layout="a4-24", skip=23)
    assert len(read_page(answer.content, 0)) == 1
    assert len(read_page(answer.content, 1)) == 2


def test_a_roll_has_a_page_for_each_label(world: World) -> None:
    run = world.alice.add_run(100)
    answer = fetch(world, run, to=3, layout="roll-60x40")
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == 3
    document.close()


def test_who_printed_what_is_on_record(world: World) -> None:
    run = world.alice.add_run(100)
    fetch(world, run, to=3)
    last = world.list_audit(world.alice)[-1]
    assert (last.action, last.subject) == ("code.label", str(run["id"]))
    assert last.detail == {"level": 0, "from": 0, "to": 3}
    assert list(world.context.scratch.glob("tmp*")) == []


def test_a_folder_for_short_lived_files_that_another_process_cleared_is_made_again(
    world: World,
) -> None:
    run = world.alice.add_run(100)
    shutil.rmtree(world.context.scratch)
    assert fetch(world, run, to=3).status_code == 200


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param({"layout": "a4-9"}, "layout_unknown", id="layout"),
        pytest.param({"dpi": 250}, "dpi_unknown", id="dots"),
        pytest.param({"language": "fr"}, "choice_unknown", id="language"),
        pytest.param({"skip": 24}, "skip_out_of_range", id="a whole sheet empty"),
        pytest.param({"to": 101}, "range_beyond_run", id="beyond the run"),
        pytest.param({"level": 1, "layout": "roll-40x30"}, "label_too_small", id="too small"),
    ],
)
def test_a_wrong_order_of_labels_is_refused(
    sqlite_world: World, query: dict[str, Any], code: str
) -> None:
    run = sqlite_world.alice.add_run(100, packing=[100])
    answer = fetch(sqlite_world, run, **query)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code


def test_a_file_has_its_limit(sqlite_world: World) -> None:
    run = sqlite_world.alice.add_run(LABELS_PER_FILE_MAX + 1)
    answer = fetch(sqlite_world, run)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "labels_too_many"


def test_layouts_are_listed(sqlite_world: World) -> None:
    items = sqlite_world.alice.get("/label-layouts")["items"]
    names = [each["name"] for each in items]
    assert "a4-24" in names
    assert len(names) == len(set(names))
    assert all(each["columns"] * each["rows"] >= 1 for each in items)
    assert all(each["label"][0] <= each["page"][0] for each in items)


def test_printers_take_turns_or_are_asked_to_come_back(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = sqlite_world.alice.add_run(100)
    monkeypatch.setattr(labels, "WAIT_S_MAX", 0.01)
    with ExitStack() as held:
        for _ in range(labels.FILES_AT_ONCE):
            held.enter_context(labels._PLACES)  # noqa: SLF001 - stands for requests under way
        answer = fetch(sqlite_world, run, to=2)
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "busy"
        assert int(answer.headers["retry-after"]) >= 1
    assert fetch(sqlite_world, run, to=2).status_code == 200
