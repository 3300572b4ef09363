# SPDX-License-Identifier: Apache-2.0
"""The files the pages need: read once, named by their content, compressed when first asked for.

A name carries the hash of the bytes, so phones keep a file for a year and never ask again.
Only what is listed in `SERVED` leaves the process; a path in a URL never reaches the disk.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

STATIC = Path(__file__).resolve().parent.parent / "static"

# Files under static/ that pages may link to, with their types. Scripts under built/ are made by
# `make init`; a missing one is left out, because every page is complete without script.
SERVED: Mapping[str, str] = {
    "icon.svg": "image/svg+xml",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
    "console.css": "text/css; charset=utf-8",
    "field.css": "text/css; charset=utf-8",
    "kiosk.css": "text/css; charset=utf-8",
    "built/console.js": "text/javascript; charset=utf-8",
    "built/detector.js": "text/javascript; charset=utf-8",
    "built/field.js": "text/javascript; charset=utf-8",
    "built/home.js": "text/javascript; charset=utf-8",
    "built/kept_worker.js": "text/javascript; charset=utf-8",
    "built/kiosk.js": "text/javascript; charset=utf-8",
    "built/place.js": "text/javascript; charset=utf-8",
    "built/scan.js": "text/javascript; charset=utf-8",
    "built/zxing_reader.wasm": "application/wasm",
}

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,>])\s*")
_AFTER_COLON = re.compile(r"(?<=[\w-]):\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it goes out; `name` is the last part of its URL."""

    name: str
    media_type: str
    body: bytes

    @property
    def url(self) -> str:
        """Return the path pages link to."""
        return f"/static/{self.name}"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return what goes with it: its name changes with its content, so it is kept for a year."""
        return (
            ("content-type", self.media_type),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("vary", "Accept-Encoding"),
            ("x-content-type-options", "nosniff"),
        )


@lru_cache(maxsize=1)
def assets() -> Mapping[str, Asset]:
    """Return all files to serve, by their names under static/. Reads the disk once."""
    found = ((source, STATIC / source) for source in SERVED)
    return {
        source: build_asset(source, path.read_bytes()) for source, path in found if path.is_file()
    }


@lru_cache(maxsize=1)
def assets_by_name() -> Mapping[str, Asset]:
    """Return the same files by the hashed names in URLs."""
    return {asset.name: asset for asset in assets().values()}


def build_asset(source: str, body: bytes) -> Asset:
    """Name `body` by its SHA-256 (48 bits of it)."""
    path = PurePosixPath(source)
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(
        name=f"{path.stem}.{digest}{path.suffix}",
        media_type=SERVED[source],
        body=body,
    )


# Of all files together it takes 230 ms, a fifth of what a server did before its first answer.
@lru_cache(maxsize=64)
def pack(body: bytes) -> bytes:
    """Compress a file as far as gzip goes, once; not on the event loop, it may take a while."""
    return gzip.compress(body, 9, mtime=0)


@lru_cache(maxsize=1)
def page_style() -> str:
    """Return the sheet that is put into every consumer page, without comments and white space."""
    return minify_style((STATIC / "page.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def asking_style() -> str:
    """Return the second sheet, of pages that ask for a code; 0.4 kB packed that answers save."""
    return minify_style((STATIC / "asking.css").read_text(encoding="utf-8"))


def minify_style(source: str) -> str:
    """Take comments and needless white space out of a style sheet that we wrote ourselves."""
    text = _AROUND.sub(r"\1", _COMMENT.sub("", source))
    return re.sub(r"\s+", " ", _AFTER_COLON.sub(":", text)).replace(";}", "}").strip()
