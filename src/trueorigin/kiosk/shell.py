# SPDX-License-Identifier: Apache-2.0
"""What a kiosk keeps of us: the page with every sentence it says, and its service worker.

The page is the same for every organisation and site: where it stands, the kiosk learns from the
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

PAGE_PATH: Final = "/kiosk"
WORKER_PATH: Final = "/kiosk/worker.js"

# What the page must have to start without network.
_KEPT: Final = (
    "built/kiosk.js",
    "kiosk.css",
    "icon.svg",
    "built/detector.js",
    "built/zxing_reader.wasm",
)
_WORKER: Final = "built/field_worker.js"
_WORDS_PREFIX: Final = "kiosk-"

# No link, form or frame leads out, whatever a label says.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self' blob:; "
    "connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_ALIKE: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}
WORKER_HEADERS: Final[Mapping[str, str]] = {
    **_ALIKE,
    "content-type": "text/javascript; charset=utf-8",
    # It lies beneath the page it keeps.
    "service-worker-allowed": PAGE_PATH,
    # A worker has its own policy: it fetches our files and nothing else.
    "content-security-policy": "default-src 'none'; connect-src 'self'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskPage:
    """The page of a kiosk before its script runs."""

    title: str = field(metadata={"help": "What the page is called."})
    style: str = field(metadata={"help": "Path of its style sheet."})
    script: str | None = field(metadata={"help": "Path of its script; None: it was not built."})
    data: Markup = field(metadata={"help": "Sentences and addresses for the script, as JSON."})


def build_shell(language: Translator, hosts: Collection[str]) -> KioskPage:
    """Build the page; it holds the sentences of all languages, for visitors to choose from."""
    script = assets().get("built/kiosk.js")
    start = len(_WORDS_PREFIX)
    data = {
        "language": language.language,
        "languages": {
            code: {
                "name": translator(code).name,
                "tag": translator(code).tag,
                "words": {
                    name[start:]: text for name, text in list_patterns(code, _WORDS_PREFIX).items()
                },
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
    return KioskPage(
        title=language.text("kiosk-title"),
        style=assets()["kiosk.css"].url,
        script=script.url if script else None,
        data=Markup(text),  # noqa: S704 - JSON of our own sentences, no tag can begin in it
    )


def build_worker(pages: Collection[str]) -> bytes:
    """Return the service worker, which names the files it keeps and a version of them all."""
    files = [asset.url for name in _KEPT if (asset := assets().get(name)) is not None]
    kept = {
        "app": "kiosk",
        "version": _version_of("\n".join([*files, *pages])),
        "page": PAGE_PATH,
        "files": files,
    }
    worker = assets().get(_WORKER)
    return f"self.KEPT={json.dumps(kept)};\n".encode() + (worker.body if worker else b"")


def shell_headers(language: str) -> dict[str, str]:
    """Return the headers of the page; it holds nothing of anybody, so a kiosk may keep it."""
    return {
        **_ALIKE,
        "content-type": "text/html; charset=utf-8",
        "content-language": translator(language).tag,
        "vary": "Accept-Language, Accept-Encoding, Cookie",
        "content-security-policy": _POLICY,
        "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=()",
        "x-robots-tag": "noindex",
    }


def _version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
