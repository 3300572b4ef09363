# SPDX-License-Identifier: Apache-2.0
"""What leaves the printer opens as genuine: PDF, 300 dpi raster, foreign reader, real answers."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from tests.e2e.program import Server
from tests.e2e.test_main_job import change_one_symbol, read_json

from trueorigin.adapters.barcodes import read_symbols

LABELS = 130


def rasterise(sheet: Path) -> list[Path]:
    subprocess.run(
        ["pdftoppm", "-r", "300", "-gray", "-png", str(sheet), str(sheet.with_suffix(""))],
        check=True,
    )
    return sorted(sheet.parent.glob(f"{sheet.stem}-*.png"))


@pytest.mark.parametrize("level", [0, 1])
def test_every_symbol_of_a_sheet_reads_back_and_is_answered(
    sqlite_server: Server, tmp_path: Path, level: int
) -> None:
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    run = maker.create_run(5000)
    maker.post(f"/runs/{run['id']}/releases", {"level": 1, "from": 0, "to": 200})
    answer = maker.http.get(
        f"/api/v1/runs/{run['id']}/labels.pdf", params={"level": level, "from": 3, "to": 3 + LABELS}
    )
    assert answer.status_code == httpx.codes.OK, answer.text
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(answer.content)
    found = [symbol.text for page in rasterise(sheet) for symbol in read_symbols(Image.open(page))]
    rows = maker.list_codes(run["id"], 3, 3 + LABELS, level=level)
    assert sorted(found) == sorted(row[5] for row in rows)
    for at, url in enumerate(sorted(found)):
        assert read_json(base, url)["verdict"] == "genuine", url
        if level == 0:
            assert read_json(base, change_one_symbol(url, at % 16))["verdict"] == "not_issued"


def test_the_sheet_carries_the_readable_code_and_the_chinese_name(
    sqlite_server: Server, tmp_path: Path
) -> None:
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    run = maker.create_run(30)
    answer = maker.http.get(
        f"/api/v1/runs/{run['id']}/labels.pdf", params={"level": 0, "from": 0, "to": 30}
    )
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(answer.content)
    text = subprocess.run(
        ["pdftotext", "-raw", str(sheet), "-"], capture_output=True, text=True, check=True
    ).stdout
    code = maker.list_codes(run["id"], 0, 1)[0][4]
    compact = "".join(text.split()).replace("-", "")
    assert code.replace("-", "").replace(" ", "") in compact
    assert "真源大曲" in compact
    assert urlsplit(maker.list_codes(run["id"], 0, 1)[0][5]).scheme == "http"
