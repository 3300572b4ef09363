# SPDX-License-Identifier: Apache-2.0
"""Reading a photograph with a label, JPEG decoding included, beside zxing-cpp on the same JPEG.

zxing-cpp alone decodes with Pillow and looks for QR codes with its own defaults. A photograph that
either of them does not read ends the benchmark.
"""

import io
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import zxingcpp
from bench.rounds import LOAD_CORE, Plan, interleave, on_core, rate_of
from bench.rows.labels import write_sheets
from bench.rows.symbols import draw_serials
from bench.table import Line, Reach
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from trueorigin.adapters.barcodes import rasterise, read_photo

ROW: Final = "photos"
SIZES: Final = ((640, 480), (1920, 1080), (4032, 3024))
_REACH: Final = Reach(at_least=0.8)
# One photograph takes some milliseconds; so many are read in a round.
_TIMES: Final = 5


def measure(plan: Plan) -> list[Line]:
    """Read photographs of all sizes in both ways in turn."""
    works = {}
    for width, height in SIZES:
        data = take_photo(width, height)
        if len(read_photo(data)) != 1 or len(_read_plainly(data)) != 1:
            raise RuntimeError(f"the photograph of {width} x {height} pixels is not read")
        for name, read in (("ours", read_photo), ("theirs", _read_plainly)):
            works[f"{name}-{width}"] = rate_of(partial(_repeat, read, data), _TIMES)
    with on_core(LOAD_CORE):
        found = interleave(works, plan.rounds)
    return [
        Line(
            row=ROW,
            key=f"{width}x{height}",
            title=f"photographs read, {width} x {height} pixels",
            unit="/s",
            ours=found[f"ours-{width}"],
            rival="zxing-cpp",
            theirs=found[f"theirs-{width}"],
            reach=_REACH,
        )
        for width, height in SIZES
    ]


def take_photo(width: int, height: int) -> bytes:
    """Photograph a printed label: tilted, a little blurred, noisy, as JPEG in colour."""
    page = Image.fromarray(rasterise(write_sheets(draw_serials(1)), 0, dpi=600))
    label = page.crop((120, 260, 1000, 750)).resize((width // 2, width * 49 // 176))
    random = np.random.default_rng(3)
    picture = Image.new("L", (width, height), 120)
    picture.paste(label.rotate(17, expand=True, fillcolor=255), (width // 6, height // 8))
    noisy: NDArray[np.float64] = np.asarray(picture) * 0.8 + random.normal(20, 6, (height, width))
    blurred = Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(1.2)
    )
    jpeg = io.BytesIO()
    blurred.convert("RGB").save(jpeg, "JPEG", quality=88)
    return jpeg.getvalue()


def _repeat(read: Callable[[bytes], object], data: bytes) -> None:
    for _ in range(_TIMES):
        read(data)


def _read_plainly(data: bytes) -> list[zxingcpp.Barcode]:
    """Read with the reader's own defaults, all barcode formats but QR left out."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return list(zxingcpp.read_barcodes(Image.open(io.BytesIO(data)), formats=formats))
