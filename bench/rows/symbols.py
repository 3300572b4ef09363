# SPDX-License-Identifier: Apache-2.0
"""QR symbols on one core, beside three encoders that are given version, level and mask.

Every symbol an independent encoder draws of the same segments must be ours to the last module, or
no ratio is shown. segno draws one segment only: it gets the text in capitals, which fits in the
same version, and zxing-cpp chooses for itself.
"""

from typing import Final

import numpy as np
import qrcode
import segno
import zxingcpp
from bench.rounds import LOAD_CORE, Plan, interleave, on_core, rate_of
from bench.table import Line, Reach
from numpy.typing import NDArray
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, MODE_NUMBER, QRData

from trueorigin.domain.qr import Template, unpack
from trueorigin.domain.qr_segments import Mode
from trueorigin.domain.serials import ALPHABET

ROW: Final = "symbols"
SYMBOLS: Final = 1 << 18
# The rivals draw as many as take them a fraction of a second.
RIVAL_SYMBOLS: Final = 64
ZXING_SYMBOLS: Final = 2_000
TEMPLATE: Final = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16)
_LETTERS: Final = np.frombuffer(ALPHABET.encode(), np.uint8)
_MODES: Final = {
    Mode.NUMERIC: MODE_NUMBER,
    Mode.ALPHANUMERIC: MODE_ALPHA_NUM,
    Mode.BYTE: MODE_8BIT_BYTE,
}
_REACHES: Final = {"qrcode": Reach(at_least=2000), "segno": Reach(at_least=500), "zxing-cpp": None}


def draw_serials(count: int) -> NDArray[np.uint8]:
    """Return random serials, one row each."""
    return np.random.default_rng(1).choice(_LETTERS, (count, 16))


def measure(plan: Plan) -> list[Line]:
    """Draw symbols in all ways in turn."""
    count = plan.scaled(SYMBOLS, 1 << 12)
    serials = draw_serials(count)
    texts = [TEMPLATE.text(bytes(row).decode()) for row in serials[:ZXING_SYMBOLS]]
    few = texts[:RIVAL_SYMBOLS]
    ours = unpack(TEMPLATE.render(serials[:RIVAL_SYMBOLS]), TEMPLATE.size).tolist()
    differing = sum(a != _with_qrcode(text) for a, text in zip(ours, few, strict=True))
    works = {
        "ours": rate_of(lambda: TEMPLATE.render(serials), count),
        "qrcode": rate_of(lambda: [_with_qrcode(text) for text in few], len(few)),
        "segno": rate_of(lambda: [_with_segno(text) for text in few], len(few)),
        "zxing-cpp": rate_of(lambda: [_with_zxing(text) for text in texts], len(texts)),
    }
    with on_core(LOAD_CORE):
        found = interleave(works, plan.rounds)
    return [
        Line(
            row=ROW,
            key=name,
            title="symbols drawn",
            unit="/s",
            ours=found["ours"],
            rival=name,
            theirs=found[name],
            reach=reach,
            refusal=f"{differing} symbols differ from qrcode's" if differing else "",
        )
        for name, reach in _REACHES.items()
    ]


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
        code.add_data(QRData(piece, mode=_MODES[part.mode]), optimize=0)
        start += len(part.text)
    code.make(fit=False)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _with_segno(text: str) -> object:
    """Draw with segno: one alphanumeric segment of the same length."""
    return segno.make_qr(
        text.upper(), version=TEMPLATE.version, error="m", mask=TEMPLATE.mask, boost_error=False
    )


def _with_zxing(text: str) -> object:
    """Draw with zxing-cpp."""
    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
