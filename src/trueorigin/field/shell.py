# SPDX-License-Identifier: Apache-2.0
"""What the phone keeps of us: the page with every sentence of the app, and its service worker.

The page is the same for every organisation and device: who somebody is, the app learns from the
JSON interface once it has a key.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from trueorigin.web.assets import assets
from trueorigin.web.i18n import Translator, languages, list_patterns, translator

PAGE_PATH: Final = "/field"
WORKER_PATH: Final = "/field/worker.js"
MANIFEST_PATH: Final = "/field/manifest.webmanifest"

# What the app must have to work without network; in the order a phone should get it.
_KEPT: Final = (
    "built/field.js",
    "field.css",
    "icon.svg",
    "built/detector.js",
    "built/zxing_reader.wasm",
)
_WORKER: Final = "built/field_worker.js"
_WORDS_PREFIX: Final = "field-"
# The seal of our pages, by day; phones draw it around an installed app.
_PAPER: Final = "#f4f0e8"
_SEAL: Final = "#a5281b"
# Drawn from icon.svg, without corners: phones cut theirs. Not all of them draw SVG.
_ICON_SIDES: Final = (192, 512)

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_ALIKE: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FILE_HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    WORKER_PATH: {
        **_ALIKE,
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": "no-cache",
        # It lies beneath the page it keeps.
        "service-worker-allowed": PAGE_PATH,
        # A worker has its own policy: it fetches our files and nothing else.
        "content-security-policy": "default-src 'none'; connect-src 'self'",
    },
    MANIFEST_PATH: {
        **_ALIKE,
        "content-type": "application/manifest+json",
        "cache-control": "no-cache",
        "vary": "Accept-Language, Accept-Encoding, Cookie",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellPage:
    """The page of the app before its script runs."""

    title: str = field(metadata={"help": "What the app is called, on the page and on the phone."})
    style: str = field(metadata={"help": "Path of its style sheet."})
    script: str | None = field(metadata={"help": "Path of its script; None: it was not built."})
    manifest: str = field(metadata={"help": "Path of its manifest."})
    icon: str = field(metadata={"help": "Path of the picture for the home screen."})
    data: Markup = field(metadata={"help": "Sentences and addresses for the script, as JSON."})


def build_shell(language: Translator, hosts: Collection[str]) -> ShellPage:
    """Build the page; it holds the sentences of all languages, so that one can change offline."""
    script = assets().get("built/field.js")
    data = {
        "language": language.language,
        "languages": {
            code: {
                "name": translator(code).name,
                "tag": translator(code).tag,
                "words": _list_words(code),
            }
            for code in languages()
        },
        "hosts": sorted(hosts),
        "files": {
            name: asset.url
            for name, source in (
                ("detector", "built/detector.js"),
                ("reader", "built/zxing_reader.wasm"),
            )
            if (asset := assets().get(source)) is not None
        },
        "worker": WORKER_PATH,
        "scope": PAGE_PATH,
        "icon": assets()["icon.svg"].url,
        "version": _version_of(script.name if script else ""),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return ShellPage(
        title=language.text("field-title"),
        style=assets()["field.css"].url,
        script=script.url if script else None,
        manifest=MANIFEST_PATH,
        icon=assets()["icon-192.png"].url,
        data=Markup(text),  # noqa: S704 - JSON of our own sentences, no tag can begin in it
    )


def _list_words(code: str) -> dict[str, str]:
    """Return the sentences of the app without their common prefix; `{name}` is to be filled in."""
    start = len(_WORDS_PREFIX)
    found = list_patterns(code, _WORDS_PREFIX)
    return {message_id[start:]: text for message_id, text in found.items()}


def _version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def build_worker(pages: Collection[str]) -> bytes:
    """Return the service worker, which names the files it keeps and a version of them all."""
    files = [asset.url for name in _KEPT if (asset := assets().get(name)) is not None]
    kept = {
        "version": _version_of("\n".join([*files, *pages])),
        "page": PAGE_PATH,
        "files": [*files, MANIFEST_PATH],
    }
    worker = assets().get(_WORKER)
    body = worker.body if worker else b""
    return f"self.KEPT={json.dumps(kept)};\n".encode() + body


def build_manifest(language: Translator) -> bytes:
    """Return what a phone shows of the installed app, in its language."""
    icons = [
        {
            "src": assets()[f"icon-{side}.png"].url,
            "type": "image/png",
            "sizes": f"{side}x{side}",
            "purpose": purpose,
        }
        for side in _ICON_SIDES
        for purpose in ("any", "maskable")
    ]
    manifest = {
        "id": PAGE_PATH,
        "name": language.text("field-title"),
        "short_name": language.text("field-short-title"),
        "description": language.text("field-description"),
        "lang": language.tag,
        "start_url": PAGE_PATH,
        "scope": PAGE_PATH,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": _PAPER,
        "theme_color": _SEAL,
        "icons": icons,
    }
    return json.dumps(manifest, ensure_ascii=False).encode()


def shell_headers(language: str) -> dict[str, str]:
    """Return the headers of the page; it holds nothing of anybody, so a phone may keep it."""
    return {
        **_ALIKE,
        "content-type": "text/html; charset=utf-8",
        "content-language": translator(language).tag,
        "cache-control": "no-cache",
        "vary": "Accept-Language, Accept-Encoding, Cookie",
        "content-security-policy": _POLICY,
        "permissions-policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
        "x-robots-tag": "noindex",
    }
