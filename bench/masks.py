# SPDX-License-Identifier: Apache-2.0
"""Whether one mask for a whole run is read as well as the mask of least penalty for each symbol.

The same serials under the same distortions (size, turn, blur, noise, shade, a lost patch), so hard
that a good share is not read, drawn with: the run's mask, each symbol's own best mask, and each
symbol's worst. Run: python -m bench.masks
"""

import json
import math
import sys

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from trueorigin.domain.qr import Template, encode, penalties
from trueorigin.domain.qr_tables import MASKS

SYMBOLS = 2_000
LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
TEMPLATE = Template("https://TRUEORIG.CN/01/09506000134352/21/", 16)
SIDE = 160


def distort(modules: NDArray[np.bool_], seed: int) -> NDArray[np.uint8]:
    """Photograph a symbol badly; the same `seed` spoils any symbol in the same way."""
    random = np.random.default_rng(seed)
    padded = np.pad(np.where(modules, 25, 230).astype(np.uint8), 4, constant_values=230)
    scale = random.uniform(2.6, 3.6)
    turn = random.uniform(-0.8, 0.8)
    tilt = random.uniform(-0.0012, 0.0012, 2)
    cosine, sine = math.cos(turn) / scale, math.sin(turn) / scale
    middle, half = len(padded) / 2, SIDE / 2
    matrix = (
        cosine,
        sine,
        middle - half * (cosine + sine),
        -sine,
        cosine,
        middle - half * (cosine - sine),
        *tilt,
    )
    picture = Image.fromarray(np.kron(padded, np.ones((4, 4), np.uint8)))
    finer = tuple(value * 4 for value in matrix[:6]) + matrix[6:]
    seen = picture.transform(
        (SIDE, SIDE), Image.Transform.PERSPECTIVE, finer, Image.Resampling.BILINEAR, fillcolor=230
    ).filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.1)))
    shade = np.linspace(random.uniform(0.5, 1), random.uniform(0.5, 1), SIDE)
    pixels: NDArray[np.float64] = np.asarray(seen) * shade
    x, y = random.integers(int(SIDE * 0.35), int(SIDE * 0.65), 2)
    width = int(random.uniform(0, 8))
    pixels[y : y + width, x : x + width] = 200
    pixels += random.normal(0, random.uniform(4, 24), pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8)


def measure() -> dict[str, float]:
    """Return the share of symbols read for each way of choosing the mask."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    read = {"run": 0, "best": 0, "worst": 0}
    serials = np.random.default_rng(4).choice(LETTERS, (SYMBOLS, 16))
    for seed, row in enumerate(serials):
        text = TEMPLATE.text(bytes(row).decode())
        drawn = np.stack([encode(text, mask=mask).modules for mask in range(MASKS)])
        order = np.argsort(penalties(drawn), kind="stable")
        chosen = {"run": TEMPLATE.mask, "best": int(order[0]), "worst": int(order[-1])}
        for way, mask in chosen.items():
            found = zxingcpp.read_barcodes(distort(drawn[mask], seed), formats=formats)
            read[way] += [code.text for code in found] == [text]
    return {way: round(count / SYMBOLS, 4) for way, count in read.items()}


def main() -> int:
    """Print the shares; fail when the run's mask is read clearly worse than the best ones."""
    shares = measure()
    # Three standard errors of the difference of two shares.
    noise = 3 * math.sqrt(2 * shares["best"] * (1 - shares["best"]) / SYMBOLS)
    print(json.dumps({**shares, "noise": round(noise, 4), "symbols": SYMBOLS}, indent=2))
    return 0 if shares["run"] >= shares["best"] - noise else 1


if __name__ == "__main__":
    sys.exit(main())
