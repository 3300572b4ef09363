# SPDX-License-Identifier: Apache-2.0
"""What is printed for cases and pallets says, without the server, which units are inside.

The real program makes code lists and labels; programs that are not ours turn the labels into dots
and read them. From there on only the texts on the labels and the code lists are compared.
"""

import csv
import subprocess
import zipfile
from pathlib import Path

import httpx
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image
from tests.e2e.program import Maker, Server
from tests.e2e.test_printed_sheet import rasterise

from trueorigin.adapters.svg import read_modules
from trueorigin.adapters.zpl import read_picture

PREFIX = "6901234"
NUMBER = 6
LAYOUT = "roll-100x150"


def read(picture: Image.Image | NDArray[np.uint8]) -> dict[str, str]:
    """Return symbology identifier and text of all that a reader finds on one label."""
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return {each.symbology_identifier: each.text for each in found}


def read_list(url: str) -> list[str]:
    """Return the numbers in a group code: `n=`, cut every six symbols."""
    listed = url.partition("&n=")[2]
    return [listed[at : at + NUMBER] for at in range(0, len(listed), NUMBER)]


def export(server: Server, run: int, level: int, target: Path) -> list[dict[str, str]]:
    server.run_cli("codes", "export", str(run), "--level", str(level), "-o", str(target))
    with target.open(newline="") as file:
        return list(csv.DictReader(file))


def list_inside(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    """Return the numbers of the units inside each container, in order, by a code list of them."""
    inside: dict[str, list[str]] = {}
    for row in rows:
        inside.setdefault(row["parent"], []).append(row["number"])
    return inside


def has_check_digit(sscc: str) -> bool:
    return sum(int(digit) * (3, 1)[at % 2] for at, digit in enumerate(sscc)) % 10 == 0


def order_run(server: Server, quantity: int) -> tuple[Maker, int]:
    maker = server.sign_in(server.start())
    own = maker.http.get("/api/v1/organisation").json()
    answer = maker.http.patch("/api/v1/organisation", json={"gs1_prefix": PREFIX})
    if answer.status_code != httpx.codes.OK:
        answer = maker.http.patch(
            "/api/v1/organisation", json={"gs1_prefix": PREFIX, "version": own["version"]}
        )
    assert answer.status_code == httpx.codes.OK, answer.text
    return maker, maker.create_run(quantity, packing=(24, 40))["id"]


@pytest.mark.parametrize("level", [1, 2])
def test_a_printed_list_names_the_units_inside_without_the_server(
    sqlite_server: Server, tmp_path: Path, level: int
) -> None:
    # Three pallets; the last one has three cases, the last of them seven bottles.
    _, run = order_run(sqlite_server, 2 * 960 + 2 * 24 + 7)
    parents = export(sqlite_server, run, level, tmp_path / "groups.csv")
    inside = list_inside(export(sqlite_server, run, level - 1, tmp_path / "units.csv"))
    # Cases: the first ones, and the last of all, which is short.
    start = len(parents) - 3
    sheet = tmp_path / "labels.pdf"
    sqlite_server.run_cli(
        "labels", str(run), "--level", str(level), "--from", str(start), "--design", "logistic",
        "--layout", LAYOUT, "-o", str(sheet),
    )  # fmt: skip
    sqlite_server.kill()
    labels = [read(Image.open(page)) for page in rasterise(sheet)]
    assert len(labels) == 3
    for label, row in zip(labels, parents[start:], strict=True):
        assert label["]Q1"] == row["url"]
        assert read_list(label["]Q1"]) == inside[row["number"]]
        sscc = label["]C1"].removeprefix("00")
        assert f"/00/{sscc}?" in row["url"]
        assert PREFIX in sscc
        assert has_check_digit(sscc)
    assert [len(read_list(label["]Q1"])) for label in labels] == (
        [24, 24, 7] if level == 1 else [40, 40, 3]
    )


@pytest.mark.parametrize("kind", ["zpl", "svg", "png"])
def test_other_formats_of_the_interface_say_the_same(
    sqlite_server: Server, tmp_path: Path, kind: str
) -> None:
    maker, run = order_run(sqlite_server, 100)
    inside = list_inside(export(sqlite_server, run, 0, tmp_path / "units.csv"))
    query = {"level": "1", "design": "logistic", "layout": LAYOUT, "dpi": "203"}
    query |= {} if kind == "zpl" else {"image": kind}
    file = "labels.zpl" if kind == "zpl" else "labels.zip"
    answer = maker.http.get(f"/api/v1/runs/{run}/{file}", params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    target = tmp_path / file
    target.write_bytes(answer.content)
    if kind == "zpl":
        pictures = [read_picture(line) for line in answer.content.splitlines()]
    else:
        with zipfile.ZipFile(target) as archive:
            names = archive.namelist()
            data = [archive.read(name) for name in names]
            archive.extractall(tmp_path)
        pictures = [
            read_modules(each.decode())
            if kind == "svg"
            else np.asarray(Image.open(tmp_path / name).convert("L"))
            for name, each in zip(names, data, strict=True)
        ]
    rows = maker.list_codes(run, 0, 5, level=1)
    found = [read(picture) for picture in pictures]
    assert [label["]Q1"] for label in found] == [row[5] for row in rows]
    assert [read_list(label["]Q1"]) for label in found] == [inside[row[2]] for row in rows]
    assert all(f"/00/{label[']C1'][2:]}?" in label["]Q1"] for label in found)
    refused = maker.http.get(f"/api/v1/runs/{run}/labels.pdf", params={"design": "logistic"})
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert refused.json()["error"]["code"] == "design_without_sscc"


@pytest.mark.parametrize(("level", "words"), [(1, "装 7 件"), (2, "装 3 箱，共 55 件")])
def test_the_label_of_a_short_last_group_says_what_is_in_it(
    sqlite_server: Server, tmp_path: Path, level: int, words: str
) -> None:
    _, run = order_run(sqlite_server, 2 * 960 + 2 * 24 + 7)
    sheet = tmp_path / "labels.pdf"
    sqlite_server.run_cli(
        "labels", str(run), "--level", str(level), "--design", "text", "--layout", LAYOUT,
        "-o", str(sheet),
    )  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", str(sheet), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    assert [words in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_people_read_sender_contents_and_sscc(sqlite_server: Server, tmp_path: Path) -> None:
    maker, run = order_run(sqlite_server, 960)
    sheet = tmp_path / "labels.pdf"
    sqlite_server.run_cli(
        "labels", str(run), "--level", "2", "--design", "logistic", "--layout", "a4-4",
        "-o", str(sheet),
    )  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", str(sheet), "-"], capture_output=True, text=True, check=True
    ).stdout
    sscc = maker.list_codes(run, 0, 1, level=2)[0][5].partition("/00/")[2][:18]
    assert f"(00){sscc}" in text
    for words in ("发货方：Alice Distillery", "共 960 件", "真源大曲", "A20260101"):
        assert words in text
