# SPDX-License-Identifier: Apache-2.0
"""How fast symbols are drawn, labels are printed and photographs are read, against other programs.

All draw the same symbols: same segments where the program lets us choose, same version, level and
mask. Rounds are interleaved, so that a busy machine slows all; processor time is counted. A
symbol that differs from an independent encoder's stops the run. Run: python -m bench.symbols
"""

import io
import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import qrcode
import segno
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

from trueorigin.adapters.barcodes import rasterise, read_photo
from trueorigin.adapters.pdf import LabelChunk, LabelJob, write_labels
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.qr import Template, unpack
from trueorigin.domain.qr_segments import Mode
from trueorigin.domain.sheets import LAYOUTS

ROUNDS = 5
SYMBOLS = 1 << 18
RIVAL_SYMBOLS = 24
ZXING_SYMBOLS = 2_000
LABELS = 65 * 400
LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
TEMPLATE = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16)
MODES = {Mode.NUMERIC: MODE_NUMBER, Mode.ALPHANUMERIC: MODE_ALPHA_NUM, Mode.BYTE: MODE_8BIT_BYTE}

# What issue four asks of symbols and photographs; the PDF's rivals are measured there.
QRCODE_TIMES_MIN = 2_000
SEGNO_TIMES_MIN = 500
PHOTO_SHARE_MIN = 0.8


def _seconds(work: Callable[[], object], count: int) -> float:
    """Return the processor time of one of the `count` things that `work` does."""
    start = time.thread_time()
    work()
    return (time.thread_time() - start) / count


def _interleaved(works: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Run all works in turn, several times, and return the median seconds of each."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, (work, count) in works.items():
            times[name].append(_seconds(work, count))
    return {name: statistics.median(values) for name, values in times.items()}


def _with_qrcode(text: str) -> list[list[bool]]:
    """Draw the same segments with qrcode, version and mask fixed."""
    code = qrcode.QRCode(
        version=TEMPLATE.version,
        error_correction=qrcode.ERROR_CORRECT_M,
        mask_pattern=TEMPLATE.mask,
        border=0,
    )
    start = 0
    for part in TEMPLATE.segments:
        piece = text[start : start + len(part.text)].encode()
        code.add_data(QRData(piece, mode=MODES[part.mode]), optimize=0)
        start += len(part.text)
    code.make(fit=False)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _with_segno(text: str) -> object:
    """Draw with segno, which cannot mix modes: one byte segment needs a version more."""
    version = TEMPLATE.version + 1
    return segno.make_qr(text, version=version, error="m", mask=TEMPLATE.mask, boost_error=False)


def _with_zxing(text: str) -> object:
    """Draw with zxing-cpp, which chooses segments, version and mask itself."""
    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")


def measure_symbols() -> dict[str, float]:
    """Measure one core drawing symbols; every rival's first symbol is compared where it can be."""
    serials = np.random.default_rng(1).choice(LETTERS, (SYMBOLS, 16))
    texts = [TEMPLATE.text(bytes(row).decode()) for row in serials[:ZXING_SYMBOLS]]
    few = texts[:RIVAL_SYMBOLS]
    for row, text in zip(serials, few, strict=False):
        if unpack(TEMPLATE.render(row[None]), TEMPLATE.size)[0].tolist() != _with_qrcode(text):
            raise SystemExit(f"symbol differs from qrcode's: {text}")
    found = _interleaved(
        {
            "ours": (lambda: TEMPLATE.render(serials), SYMBOLS),
            "qrcode": (lambda: [_with_qrcode(text) for text in few], RIVAL_SYMBOLS),
            "segno": (lambda: [_with_segno(text) for text in few], RIVAL_SYMBOLS),
            "zxing": (lambda: [_with_zxing(text) for text in texts], ZXING_SYMBOLS),
        }
    )
    ours = found.pop("ours")
    ratios = {f"times_{name}": round(seconds / ours) for name, seconds in found.items()}
    return {"million_a_second": round(1 / ours / 1e6, 2), **ratios}


def _labels() -> tuple[LabelJob, list[LabelChunk]]:
    serials = np.random.default_rng(2).choice(LETTERS, (LABELS, 16))
    codes = np.concatenate([serials[:, :4], serials, serials[:, :1]], axis=1)
    job = LabelJob(
        layout=LAYOUTS["a4-65"],
        text=LabelText(title="真源窖藏 浓香型白酒", lines=("批号 20260113A",)),
        modules=TEMPLATE.size,
        code_length=codes.shape[1],
    )
    return job, [LabelChunk(symbols=TEMPLATE.render(serials), codes=codes)]


def measure_pages() -> dict[str, float]:
    """Measure one core writing label sheets, symbols drawn beforehand."""
    job, chunks = _labels()
    found = _interleaved({"pdf": (lambda: write_labels(io.BytesIO(), job, chunks), LABELS)})
    return {"labels_a_second": round(1 / found["pdf"], -3)}


def _photograph(width: int, height: int) -> bytes:
    """Photograph a printed label: tilted, a little blurred, noisy, as JPEG in colour."""
    job, chunks = _labels()
    out = io.BytesIO()
    chunk = LabelChunk(symbols=chunks[0].symbols[:1], codes=chunks[0].codes[:1])
    write_labels(out, job, [chunk])
    page = Image.fromarray(rasterise(out.getvalue(), 0, dpi=600))
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


def _read_plainly(data: bytes) -> object:
    """Read a photograph with the reader's own defaults, all barcode formats but QR left out."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return zxingcpp.read_barcodes(Image.open(io.BytesIO(data)), formats=formats)


def measure_photographs() -> dict[str, float]:
    """Measure reading a JPEG, decoding included, as a share of zxing-cpp's speed on the same."""
    shares = {}
    for width, height in ((640, 480), (1920, 1080), (4032, 3024)):
        data = _photograph(width, height)
        if len(read_photo(data)) != 1:
            raise SystemExit(f"the photograph of {width} x {height} pixels is not read")
        found = _interleaved(
            {
                "ours": (lambda data=data: read_photo(data), 1),  # type: ignore[misc]  # bound now
                "zxing": (lambda data=data: _read_plainly(data), 1),  # type: ignore[misc]  # bound now
            }
        )
        shares[f"share_{width}x{height}"] = round(found["zxing"] / found["ours"], 2)
    return shares


def measure() -> dict[str, object]:
    """Measure everything; the result can be printed as JSON."""
    symbols, photographs = measure_symbols(), measure_photographs()
    is_reached = (
        symbols["times_qrcode"] >= QRCODE_TIMES_MIN
        and symbols["times_segno"] >= SEGNO_TIMES_MIN
        and min(photographs.values()) >= PHOTO_SHARE_MIN
    )
    return {
        "symbols": symbols,
        "pages": measure_pages(),
        "photographs": photographs,
        "ok": is_reached,
    }


def main() -> int:
    """Print the figures and fail below the floor."""
    figures = measure()
    print(json.dumps(figures, indent=2))
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
